"""What may be written from excerpts, and what was written so far. Knows nothing of models or of checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from retrieval.gate.support_meaning import Reader
from retrieval.gate.types import Verdict
from retrieval.llm.prompt import Prompt
from retrieval.writing import asking
from retrieval.writing.bearing import bears, tells
from retrieval.writing.excerpts import Excerpts

MOST = 8  # statements of an answer


@dataclass(frozen=True, slots=True)
class Written:
    """What a model has written so far. ``statements`` only ever grow at their end.

    ``withheld`` counts statements that failed a check and could not be mended. ``declined``: the model says
    that the excerpts do not answer. ``fault`` is ``"budget"`` or ``"outage"`` where it could not (go on to)
    write. ``follow_ups`` are its suggestions, unchecked.
    """

    statements: tuple[Verdict, ...] = ()
    withheld: int = 0
    declined: bool = False
    fault: str | None = None
    follow_ups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Means:
    """What an embedding model lends to the gate, as :func:`retrieval.gate.examine` describes it."""

    similar: Callable[[str, str], float] | None = None
    reader: Reader | None = None


class Assignment(Protocol):
    """Anything that is to be written from excerpts: at most so many statements, paid for by ``asker``."""

    @property
    def excerpts(self) -> Excerpts:
        """What it is written from, and what the gate sees."""

    @property
    def asker(self) -> str:
        """Who pays."""

    @property
    def means(self) -> Means:
        """What an embedding model lends to the checks."""

    @property
    def most(self) -> int:
        """How many statements are wanted."""

    def prompt(self) -> Prompt:
        """Asks for it."""

    def repair(self, failed: Sequence[Verdict]) -> Prompt:
        """Asks again for what failed."""

    def wanted(self, verdict: Verdict) -> bool:
        """Whether a statement that holds belongs there."""


@dataclass(frozen=True, slots=True)
class Task:
    """An answer that is to be written: to ``question`` from ``excerpts``, as of ``today``, for ``asker``.

    ``search`` is the question in the words it was searched with.
    """

    question: str
    search: str
    excerpts: Excerpts
    today: date
    asker: str
    means: Means = Means()
    most: int = MOST

    def prompt(self) -> Prompt:
        """As in :class:`Assignment`."""
        return asking.for_answer(self.question, self.excerpts, self.today)

    def repair(self, failed: Sequence[Verdict]) -> Prompt:
        """As in :class:`Assignment`."""
        return asking.for_repair(self.question, self.excerpts, self.today, failed)

    def wanted(self, verdict: Verdict) -> bool:
        """Whether a statement that holds is a sentence that bears on the question."""
        excerpts = self.excerpts
        if not tells(verdict.text, verdict.quotes):
            return False
        questions = (self.question, self.search)
        return bool(excerpts.pointed) or bears(
            questions, verdict.text, verdict.quotes, excerpts.passages.values()
        )
