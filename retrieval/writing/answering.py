"""Takes a question from how it was asked to its answer: understood, searched, written or extracted, checked.

Knows nothing of how anything is stored, of servers or of how an answer is shown.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import date

from retrieval.answer import extract, follow_ups, nearest
from retrieval.errors import BudgetSpent, ModelFault
from retrieval.evidence import Evidence, gather
from retrieval.gate.languages import language_of
from retrieval.search import Found
from retrieval.types import Answer, Exchange, Hit, Passage, Scope
from retrieval.writing import leaning
from retrieval.writing.disagreeing import Disputes, disputes
from retrieval.writing.excerpts import excerpts
from retrieval.writing.languages import name_of, spoken_in
from retrieval.writing.neutral import neutral
from retrieval.writing.sayings import Saying, Sayings
from retrieval.writing.suggestions import answerable
from retrieval.writing.tasks import Means, Task, Written
from retrieval.writing.writer import Writer

_HEARD = 8  # of the best hits, whose language is the library's

Find = Callable[[str], Awaitable[Found]]


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as it was asked; the fields are the parameters of ``Library.answering``."""

    question: str
    scope: Scope
    today: date
    asker: str
    history: Sequence[Exchange] = ()
    about: Sequence[Passage] = ()


@dataclass(frozen=True, slots=True)
class _Understood:
    """A question made to stand by itself, the words it is searched with, and what they found.

    ``fault`` says why no model could help with that, where none could.
    """

    question: str
    search: str
    found: Found
    fault: str | None = None


async def answering(
    asking: Asking, find: Find, writer: Writer | None, means: Means
) -> AsyncGenerator[Answer, None]:
    """The answer as it grows; the last one is complete. ``find`` searches what the asker may read."""
    understood = await _understand(asking, find, writer)
    case = await asyncio.to_thread(_Case, asking, understood)
    if writer is None or understood.fault or not (case.evidence.promises or asking.about):
        yield case.extracted(understood.fault)
        return
    written = Written()
    async with aclosing(writer.write(case.task(writer.evidence_tokens, means))) as growing:
        async for written in growing:
            if answer := case.grown(written):
                yield answer
    offered = await _follow_ups(case, written, find)
    yield case.finished(written, offered)


async def _understand(asking: Asking, find: Find, writer: Writer | None) -> _Understood:
    """Make the question stand by itself, in the library's language, where it does not already."""
    history = [*asking.history, *map(_pointed_at, asking.about[:1])]
    leaning_on = leaning.leans(asking.question, history)
    plain = leaning.carried(asking.question, history) if leaning_on else asking.question
    found = await find(plain)
    library = spoken_in(hit.passage for hit in found.hits[:_HEARD])
    own = language_of(asking.question)
    foreign = bool(own and library and own != library)
    if writer is None or not (leaning_on or foreign):
        return _Understood(plain, plain, found)
    try:
        better = await writer.standalone(
            asking.question, history if leaning_on else (), name_of(library or own), asking.asker
        )
    except (BudgetSpent, ModelFault) as fault:
        return _Understood(plain, plain, found, "budget" if isinstance(fault, BudgetSpent) else "outage")
    if better is None:
        return _Understood(plain, plain, found)
    return _Understood(better.question, better.search, await find(better.search))


def _pointed_at(passage: Passage) -> Exchange:
    """A passage that a question is about, as the turn of the conversation before it."""
    return Exchange(passage.document.title, (neutral(passage.text).text,))


async def _follow_ups(case: _Case, written: Written, find: Find) -> tuple[str, ...]:
    """What could be asked next: the model's questions that the library answers."""

    async def weigh(question: str) -> Evidence:
        found = await find(question)
        return await asyncio.to_thread(_weighed, question, found, found.hits, case.asking.today)

    asked = (case.asking.question, case.understood.question, *(each.question for each in case.asking.history))
    return await answerable(written.follow_ups, asked, case.said.quotes, weigh)


async def further(matter: str, known: Collection[int], find: Find, today: date) -> tuple[str, ...]:
    """What could be asked next of a matter: titles of documents that tell of it, none of them ``known``."""
    found = await find(matter)
    evidence = await asyncio.to_thread(_weighed, matter, found, found.hits, today)
    return follow_ups(evidence, known)


class _Case:
    """One question with its evidence, and what has been said to it so far."""

    def __init__(self, asking: Asking, understood: _Understood) -> None:
        self.asking = asking
        self.understood = understood
        pointed = {passage.number for passage in asking.about}
        others = [hit for hit in understood.found.hits if hit.passage.number not in pointed]
        hits = [*(Hit(passage, math.inf) for passage in asking.about), *others]
        self.evidence = _weighed(understood.search, understood.found, hits, asking.today)
        self.disputes: Disputes = disputes(self.evidence)
        self.said = Sayings(self.disputes)
        self._taken = 0

    def task(self, tokens: int, means: Means) -> Task:
        """What a model is to write."""
        asking = self.asking
        hits = [hit for hit in self.evidence.hits if hit.score != math.inf]
        chosen = excerpts(hits, asking.scope, about=asking.about, tokens=tokens)
        understood = self.understood
        return Task(understood.question, understood.search, chosen, asking.today, asking.asker, means)

    def grown(self, written: Written) -> Answer | None:
        """The answer with what was written since the last time, if that adds to it."""
        before = len(self.said)
        for verdict in written.statements[self._taken :]:
            self.said.add(Saying(verdict.text, verdict.quotes, verdict.check))
        self._taken = len(written.statements)
        if len(self.said) == before:
            return None
        return replace(self._answer(), mode="model", complete=False)

    def finished(self, written: Written, offered: tuple[str, ...]) -> Answer:
        """The whole answer once the model has written all it will."""
        if not len(self.said):
            if written.declined:
                return self._declined()
            answer = self.extracted(written.fault or "unsupported")
            return replace(answer, withheld=written.withheld)
        cited = {quote.document.number for quote in self.said.quotes}
        return replace(
            self._answer(disputed=True),
            mode="model",
            withheld=written.withheld,
            follow_ups=offered or follow_ups(self.evidence, cited),
            without_model=written.fault,
        )

    def extracted(self, without_model: str | None) -> Answer:
        """The answer in the sources' own sentences, or the passages nearest to the question."""
        found = extract(self.evidence)
        if not found.answered:
            return self._titled(replace(found, without_model=without_model))
        for statement in found.statements:
            quotes = tuple(citation.quote for citation in found.cited_by(statement))
            self.said.add(Saying(statement.text, quotes, statement.check))
        answer = self._answer(disputed=True)
        return replace(answer, follow_ups=found.follow_ups, without_model=without_model)

    def _declined(self) -> Answer:
        return self._titled(
            Answer(self.asking.question, self.asking.today, nearest=nearest(self.evidence), mode="model")
        )

    def _answer(self, disputed: bool = False) -> Answer:
        statements, conflicts, citations = self.said.numbered(disputed)
        return self._titled(
            Answer(self.asking.question, self.asking.today, statements, citations, conflicts=conflicts)
        )

    def _titled(self, answer: Answer) -> Answer:
        """The answer under the question that was asked, with the one that was understood if that differs."""
        asked, understood = self.asking.question, self.understood.question
        shown = understood if leaning.differs(understood, asked) else None
        return replace(answer, question=asked, understood=shown)


def _weighed(question: str, found: Found, hits: Sequence[Hit], today: date) -> Evidence:
    rarity = {
        term: math.log((found.extent.passages + 1) / (count + 0.5))
        for term, count in found.frequencies.items()
    }
    return gather(question, hits, rarity=rarity, as_of=today, newest=found.extent.newest)
