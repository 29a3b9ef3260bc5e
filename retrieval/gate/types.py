"""What the gate is given and what it returns. Knows nothing of how statements are judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from retrieval.types import Quote


@dataclass(frozen=True, slots=True)
class Proposal:
    """A statement as a model proposes it: one sentence, and quotes as (excerpt id, quoted words).

    ``place`` is where in a longer text it is to stand; nothing is judged by it.
    """

    text: str
    quotes: tuple[tuple[str, str], ...]
    place: str = ""


class Reason(Enum):
    """Why a statement is refused. The value is one sentence for whoever is to repair it; {} is the detail."""

    EMPTY = "The statement says nothing."
    NO_QUOTE = "The statement has no quote."
    EXCERPT = "There is no excerpt with the id {}."
    QUOTE = "These quoted words do not stand in the excerpt: {}."
    SHORT_QUOTE = "This quote is too short or says nothing by itself: {}."
    ELSEWHERE = "These quoted words stand in another excerpt than the one named: {}."
    LINK = "The statement holds an address that is not in its evidence: {}."
    QUOTATION = "The statement puts quotation marks around words that are not verbatim in its evidence: {}."
    NUMBER = "The evidence does not give this number: {}."
    DATE = "The evidence does not give this date or time: {}."
    UNIT = "The evidence counts or measures something else with this number: {}."
    ROUNDING = "This rounding or comparison does not hold for the number in the evidence: {}."
    NAME = "The evidence does not mention this name: {}."
    ROLES = "The evidence has who does what to whom, or which number belongs to what, the other way: {}."
    NEGATION = "The statement says the opposite of its evidence, or adds or drops a denial: {}."
    MODALITY = "The evidence is more, or less, certain than the statement: {}."
    ATTRIBUTION = "The statement drops or changes who says this in the evidence: {}."
    PART = "The evidence says nothing of this part: {}."
    SUPPORT = "The quotes do not support the whole statement."
    ORDER = "The statement gives an order instead of telling something."
    UNJUDGED = "Statement and quotes are in different languages, and nothing here can compare their meaning."

    def sentence(self, detail: str = "") -> str:
        """The reason in one sentence, with the number, name or words that it is about."""
        return self.value.replace("{}", f"“{detail}”")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of a proposal.

    ``text`` is what may be shown once it passed: one line without markup, links or unseen characters, and
    quotation marks only around verbatim words. ``quotes`` are exact spans of the sources. ``check`` says
    what spoke for support: ``"verbatim"`` (the statement is its evidence's own words), ``"words"``,
    ``"meaning"`` (across languages) or ``"model"`` (nothing here could: see ``unjudged``); ``support`` is
    that check's score, 0 to 1. ``details`` has for each of ``reasons`` what it is about, or "".
    """

    proposal: Proposal
    text: str
    quotes: tuple[Quote, ...]
    reasons: tuple[Reason, ...]
    check: str
    support: float
    details: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the statement may be shown."""
        return not self.reasons

    @property
    def unjudged(self) -> bool:
        """Whether every check passed but that of support, which only a model's second opinion can make."""
        return self.reasons == (Reason.UNJUDGED,)

    @property
    def complaints(self) -> tuple[str, ...]:
        """The reasons as sentences for a repair prompt."""
        return tuple(
            reason.sentence(detail) for reason, detail in zip(self.reasons, self.details, strict=True)
        )

    def judged(self, supported: bool) -> Verdict:
        """This verdict once a model has said whether the quotes support the statement.

        It can clear what was unjudged and refuse what passed; it never overrules another reason.
        """
        if self.reasons and not self.unjudged:
            return self
        if supported:
            return replace(self, reasons=(), details=(), check="model", support=1.0)
        return replace(self, reasons=(Reason.SUPPORT,), details=("",), check="model", support=0.0)

    def evidence(self) -> str:
        """The quotes' words, a line each, as a second opinion reads them."""
        return "\n".join(quote.text for quote in self.quotes)
