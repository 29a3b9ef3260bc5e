"""A sentence of a document that can be told by itself, and what it shows. Knows nothing of stories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from retrieval.briefing.asides import unfit
from retrieval.briefing.moments import Moment, moments, over
from retrieval.citations import quote_from
from retrieval.gate.figures import figures
from retrieval.gate.mentions import mentions
from retrieval.noise import spoken
from retrieval.terms import question_terms
from retrieval.types import Document, Passage, Quote, Span
from retrieval.writing.values import Told

_JOINS = re.compile(
    r"\W*(?:and|but|or|so|yet|also|however|meanwhile|instead|still|moreover|in addition|another|others?"
    r"|the (?:first|two|three|finding|figure)"
    r"|there)\b|[^,]{0,80}\balso\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"""
    (?<!had\ )(?<!were\ )
      \b(?: will | would | (?-i:may) | might | could | shall | should | if | unless | perhaps | possibly
        | (?:is|are|was|were|be)\ (?:\w+\ )?(?:expected|due|set|meant|scheduled|planned|likely|about
            |poised|slated)
        | (?:is|are)\ to\ (?!date\b)\w
        | expects? | plans?\ (?:to|for) | planned | prepar(?:es?|ing) | intends? | hop(?:es?|ing) | aims?
        | proposes? | considering | wants?\ to | seeks?\ to | predicts? | forecasts? | ready\ to )\b
      | \b\w+['’]ll\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PERSONAL = re.compile(
    r"(?<![\w’'])(?:I|we|you|your|our|us|my)(?![\w-])|\b(?:let['’]s|here['’]s)\b", re.IGNORECASE
)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|„[^“”]*[“”]")
_QUOTES = '"“„«'
_VOICED = 0.45  # of its characters in quotation marks
_TODAY = re.compile(
    r"\b(?:today|tonight|yesterday|tomorrow|(?:this|last|next|past|coming) "
    r"(?:week|month|year|morning|evening|night|weekend|spring|summer|autumn|fall|winter|season)"
    r"|(?:days?|weeks?|months?|hours?) (?:ago|later)|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False)
class Said:
    """A sentence of a document, with the one before it where it leans on that.

    ``span`` are offsets in the document's text; ``place`` is where it stands in it, 0 to 1, and ``order`` how
    many sentences stand before it.
    """

    passage: Passage
    span: Span
    text: str
    place: float
    order: int
    people: frozenset[str] = frozenset()  # last words of the whole names that its document gives

    @property
    def document(self) -> Document:
        """The document that says it."""
        return self.passage.document

    @property
    def day(self) -> date | None:
        """The day its document was published."""
        return self.document.day

    @cached_property
    def quote(self) -> Quote:
        """Its exact words."""
        return quote_from(self.passage, self.span)

    @cached_property
    def around(self) -> tuple[str, str]:
        """The sentences before and behind it in its passage, as far as they are fit to be shown."""
        text, start = self.passage.text, self.passage.start
        spans = [span for span in spoken(text) if not unfit(text[span.start : span.end])]
        before = [span for span in spans if span.end + start <= self.span.start]
        behind = [span for span in spans if span.start + start >= self.span.end]
        return (
            text[before[-1].start : before[-1].end] if before else "",
            text[behind[0].start : behind[0].end] if behind else "",
        )

    @cached_property
    def told(self) -> Told:
        """It as values are compared in it."""
        return Told(self.text, f"{self.document.title}\n{self.passage.text}", self.day)

    @cached_property
    def gist(self) -> Told:
        """The same of its words before the first comma: what follows mostly adds to them."""
        return Told(self.text.partition(", ")[0], self.told.around, self.day)

    @cached_property
    def terms(self) -> frozenset[str]:
        """Its telling words."""
        return frozenset(question_terms(self.text))

    @cached_property
    def numbers(self) -> frozenset[float]:
        """Every number it gives, in digits or in words, those of dates too."""
        return frozenset(value for figure in figures(self.told.reading) for value in figure.values)

    @cached_property
    def ahead(self) -> bool:
        """Whether it speaks of what may be or is to come, outside of what it quotes."""
        foreign = self.told.reading.language not in ("en", "")
        return looks_ahead(self.text) or (foreign and self.told.guarded)

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """The days it names."""
        return moments(self.told.reading, self.day, looks_ahead)

    @cached_property
    def parts(self) -> tuple[frozenset[str], ...]:
        """The telling words of each of its sentences."""
        each = (self.text[span.start : span.end] for span in spoken(self.text))
        return tuple(frozenset(question_terms(words)) for words in each)

    def stale(self, today: date) -> bool:
        """Whether it looks forward to what should have come by now."""
        return self.ahead and over(self.told.reading, self.day, today, looks_ahead)

    @cached_property
    def voiced(self) -> bool:
        """Whether it is somebody's own words rather than the reporter's."""
        quoted = sum(len(each) for each in _QUOTED.findall(self.text))
        return self.text[0] in _QUOTES or quoted > _VOICED * len(self.text)

    @cached_property
    def outside(self) -> str:
        """Its words outside of what it quotes."""
        return _QUOTED.sub(" ", self.text)

    @cached_property
    def surnames(self) -> frozenset[str]:
        """Who it names by one word alone, though its document gives the whole name elsewhere."""
        named = [mention.tokens for mention in mentions(self.told.reading)]
        whole = {tokens[-1] for tokens in named if len(tokens) > 1}
        return frozenset(tokens[0] for tokens in named if len(tokens) == 1) & self.people - whole

    @cached_property
    def personal(self) -> bool:
        """Whether its writer speaks of themselves or to the reader."""
        return bool(_PERSONAL.search(self.outside))

    @cached_property
    def joins(self) -> bool:
        """Whether it goes on from something before it."""
        return bool(_JOINS.match(self.text))

    @cached_property
    def timely(self) -> bool:
        """Whether it speaks of "today" or "Thursday", which only its date makes clear."""
        text = self.text
        for when in self.told.dates:
            text = text.replace(when.text, " ")
        return bool(_TODAY.search(_QUOTED.sub(" ", text)))


def said_of(quote: Quote, passages: Mapping[int, Passage]) -> Said:
    """What is quoted, as a sentence of its document; ``passages`` hold its passage by number."""
    return Said(passages[quote.passage], Span(quote.start, quote.end), quote.text, 0.0, 0)


def looks_ahead(words: str) -> bool:
    """Whether words speak of what may be or is to come, outside of what they quote."""
    return bool(_AHEAD.search(_QUOTED.sub(" ", words)))
