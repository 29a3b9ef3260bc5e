"""A library that is only a memory: what it answers is found by words or told by a script. Holds no tests."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from retrieval.citations import number, quote_from
from retrieval.documents import Arrivals
from retrieval.errors import NotFound
from retrieval.types import (
    SHARED,
    Answer,
    Citation,
    Document,
    Draft,
    Exchange,
    Hit,
    Passage,
    Quote,
    Scope,
    Span,
    Statement,
)

Step = Answer | threading.Event | float | Exception


@dataclass(frozen=True)
class Holdings:
    documents: int
    passages: int
    publishers: int
    sample: int
    newest: date | None
    pending: int = 0


@dataclass(frozen=True)
class AddReport:
    added: tuple[Document, ...] = ()
    replaced: tuple[Document, ...] = ()
    unchanged: tuple[Document, ...] = ()
    passages: int = 1


@dataclass(frozen=True)
class Asked:
    """One question as the library was asked it."""

    question: str
    scope: Scope
    asker: str
    history: tuple[Exchange, ...]
    about: tuple[int, ...]


@dataclass
class FakeLibrary:
    """Every document is one passage; it answers the questions that share a long word with it.

    ``scripts`` say, for the questions that hold a word, how the answer grows instead.
    """

    texts: dict[int, tuple[Document, str]] = field(default_factory=dict)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    questions: list[Asked] = field(default_factory=list)
    scripts: dict[str, Sequence[Step]] = field(default_factory=dict)
    slow: threading.Event | None = None  # questions wait until it is set
    fault: Exception | None = None
    drafts: list[Draft] = field(default_factory=list)
    keys: dict[int, str] = field(default_factory=dict)
    writer: None = None
    forgotten: set[str] = field(default_factory=set)  # the owners of whom nothing is left
    next_questions: tuple[str, ...] = ()
    begun: int = 0
    broken_off: int = 0

    def put(self, title: str, text: str, owner: str = SHARED, *, sample: bool = False) -> Document:
        row = max(self.texts, default=0) + 1
        document = Document(row, f"d{row}", owner, title, title, "Selwick Gazette", sample=sample)
        published, fetched = datetime(2025, 10, (row - 1) % 28 + 1, tzinfo=UTC), datetime.now(UTC)
        document = replace(document, published=published, fetched=fetched)
        self.texts[row] = (document, text)
        return document

    def visible(self, scope: Scope) -> list[tuple[Document, str]]:
        return [held for held in self.texts.values() if held[0].owner in scope.owners]

    async def arrivals(self, scope: Scope, moment: datetime | None = None) -> Arrivals:
        fetched = [each.fetched for each, _ in self.visible(scope) if each.fetched]
        before = max((each for each in fetched if moment and each <= moment), default=None)
        return Arrivals(len(fetched), max(fetched, default=None), before)

    async def holdings(self, scope: Scope) -> Holdings:
        self.calls.append(("holdings", scope))
        held = [document for document, _ in self.visible(scope)]
        newest = max((document.day for document in held if document.day), default=None)
        return Holdings(len(held), len(held), 1, sum(document.sample for document in held), newest)

    async def documents(self, scope: Scope, *, limit: int | None = None, offset: int = 0) -> list[Document]:
        self.calls.append(("documents", scope))
        held = [document for document, _ in reversed(self.visible(scope))]
        return held[offset:][:limit]

    async def document(self, number: int, scope: Scope) -> Document:
        return self._find(number, scope)[0]

    async def show(self, id: str, scope: Scope) -> tuple[Document, str]:
        return next(held for held in self.visible(scope) if held[0].id == id)

    async def passage(self, number: int, scope: Scope) -> Passage:
        self.calls.append(("passage", scope))
        document, text = self._find(number, scope)
        return Passage(number, document, 0, len(text), text)

    async def remove(self, number: int, owner: str) -> Document:
        document = self._find(number, Scope((owner,)))[0]
        del self.texts[number]
        return document

    async def forget(self, owner: str) -> None:
        self.forgotten.add(owner)
        self.texts = {number: held for number, held in self.texts.items() if held[0].owner != owner}

    async def add(self, drafts: list[Draft], owner: str = SHARED) -> AddReport:
        self.calls.append(("add", owner))
        reports = [self._add(draft, owner) for draft in drafts]
        return AddReport(
            added=tuple(each for report in reports for each in report.added),
            replaced=tuple(each for report in reports for each in report.replaced),
            unchanged=tuple(each for report in reports for each in report.unchanged),
            passages=sum(bool(report.added or report.replaced) for report in reports),
        )

    def _add(self, draft: Draft, owner: str) -> AddReport:
        self.drafts.append(draft)
        same = [held for held in self.visible(Scope((owner,))) if self.keys.get(held[0].number) == draft.key]
        if any(text == draft.text for _, text in same):
            return AddReport(unchanged=(same[0][0],))
        for document, _ in same:
            del self.texts[document.number]
        document = replace(self.put(draft.title, draft.text, owner), source=draft.source, url=draft.url)
        if draft.published:
            document = replace(document, published=draft.published, publisher=draft.publisher)
        self.texts[document.number] = (document, draft.text)
        self.keys[document.number] = draft.key
        return AddReport(replaced=(document,)) if same else AddReport(added=(document,))

    async def search(self, question: str, scope: Scope, *, k: int = 10) -> list[Hit]:
        return [Hit(passage, 1.0) for passage in self._about(question, scope)[:k]]

    async def further(self, matter: str, documents: Iterable[int], scope: Scope) -> tuple[str, ...]:
        return self.next_questions

    async def ask(self, question: str, scope: Scope, **more: Any) -> Answer:
        return [answer async for answer in self.answering(question, scope, **more)][-1]

    async def answering(
        self,
        question: str,
        scope: Scope,
        *,
        asker: str = SHARED,
        history: Sequence[Exchange] = (),
        about: Sequence[int] = (),
    ) -> AsyncIterator[Answer]:
        self.calls.append(("ask", question, scope))
        self.questions.append(Asked(question, scope, asker, tuple(history), tuple(about)))
        self.begun += 1
        try:
            await asyncio.sleep(0.02)  # nobody finds an answer in no time
            if self.slow:
                await _set(self.slow)
            if self.fault:
                raise self.fault
            script = next((steps for word, steps in self.scripts.items() if word in question), None)
            for step in script or [self._found(question, scope)]:
                if isinstance(step, Answer):
                    yield replace(step, question=question)
                elif isinstance(step, Exception):
                    raise step
                elif isinstance(step, threading.Event):
                    await _set(step)
                else:
                    await asyncio.sleep(step)
        except asyncio.CancelledError:
            self.broken_off += 1
            raise

    def asked(self) -> list[str]:
        return [asked.question for asked in self.questions]

    def _found(self, question: str, scope: Scope) -> Answer:
        found = self._about(question, scope)
        quotes = [(passage.text, [quote_from(passage, Span(0, passage.end))]) for passage in found]
        statements, citations = number(quotes)
        follow_ups = ("What about fishing?", "Who signed the treaty?") if found else ()
        return Answer(question, datetime.now(UTC).date(), statements, citations, (), follow_ups)

    def _about(self, question: str, scope: Scope) -> list[Passage]:
        words = {word for word in re.findall(r"\w+", question.lower()) if len(word) > 4}
        return [
            Passage(document.number, document, 0, len(text), text)
            for document, text in self.visible(scope)
            if words & set(re.findall(r"\w+", text.lower()))
        ]

    def _find(self, number: int, scope: Scope) -> tuple[Document, str]:
        held = self.texts.get(number)
        if held is None or held[0].owner not in scope.owners:
            raise NotFound("There is no such document.")
        return held


async def _set(event: threading.Event) -> None:
    while not event.is_set():  # noqa: ASYNC110 (set by another thread)
        await asyncio.sleep(0.005)


def written(*texts: str, **more: Any) -> Answer:
    """An answer of a model: one statement per text, each on a quote of its own; ``more`` are its fields."""
    citations, said = [], []
    for at, text in enumerate(texts, 1):
        document = Document(
            at, f"d{at}", SHARED, f"Source {at}", "test", f"Publisher {at}", url=f"https://source.test/{at}"
        )
        document = replace(document, published=datetime(2025, 10, at % 28 + 1, tzinfo=UTC))
        words = f"What source {at} says."
        quote = Quote(document, 100 + at, 0, len(words), words)
        citations.append(Citation(at, quote, f"https://source.test/{at}#:~:text=says"))
        said.append(Statement(text, (at,), "words"))
    values = {"statements": tuple(said), "citations": tuple(citations), "mode": "model"} | more
    return Answer("?", datetime.now(UTC).date(), **values)


def up_to(answer: Answer, statements: int) -> Answer:
    """An answer while it has only its first statements."""
    said = answer.statements[:statements]
    cited = {number for statement in said for number in statement.citations}
    citations = tuple(citation for citation in answer.citations if citation.number in cited)
    return replace(
        answer,
        statements=said,
        citations=citations,
        follow_ups=(),
        withheld=0,
        conflicts=(),
        without_model=None,
        complete=False,
    )


def growing(answer: Answer, pause: float = 0.0) -> list[Step]:
    """An answer that comes statement by statement, then whole."""
    steps: list[Step] = []
    for count in range(1, len(answer.statements) + 1):
        steps += [up_to(answer, count), pause]
    return [*steps, answer]


TREATY = written(
    "The treaty is in force since 2 October.",
    "It has no defence clause.",
    "Both sides promise not to help an attacker.",
    follow_ups=("What does Iran get?",),
)


def spoken(text: str) -> str:
    """What stands above the quotes."""
    return text.partition("\n\n[1] Source 1")[0]
