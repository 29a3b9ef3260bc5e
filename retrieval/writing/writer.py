"""Lets a model write statements and shows those that pass the gate, each as soon as it does.

What failed is mended once, together; what a code check cannot judge is put to the model once, together. What
was shown is never changed. Knows nothing of searching, of storage or of how answers are shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import structlog

from retrieval.errors import BudgetSpent, ModelFault
from retrieval.gate import examine
from retrieval.gate.support_meaning import Reader
from retrieval.gate.types import Proposal, Verdict
from retrieval.llm.prompt import LanguageModel, Prompt
from retrieval.types import Exchange
from retrieval.writing import asking, leaning, reading, requoting
from retrieval.writing.bearing import bears, tells
from retrieval.writing.excerpts import EVIDENCE_TOKENS, Excerpts, secret
from retrieval.writing.reading import Reply

MOST = 8  # statements of an answer
_MENDED = 6  # failed statements that are put to the model once more

_log = structlog.get_logger()


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
class Standalone:
    """A question that needs no conversation, and the same in the library's language to search with."""

    question: str
    search: str


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


class Writer:
    """A language model that answers from excerpts, under the gate's eyes."""

    def __init__(
        self,
        model: LanguageModel,
        *,
        second_opinion: bool = False,
        evidence_tokens: int = EVIDENCE_TOKENS,
        side_by_side: int = 2,
    ) -> None:
        """``second_opinion``: nothing is shown before the model, too, has judged it supported.

        ``evidence_tokens`` is about how much of the sources it reads for one answer, ``side_by_side`` how
        many things that nobody waits for it is given at a time.
        """
        self.evidence_tokens = evidence_tokens
        self.side_by_side = side_by_side
        self._model = model
        self._second_opinion = second_opinion

    @property
    def name(self) -> str:
        """What its model is called."""
        return self._model.name

    async def standalone(
        self, question: str, history: Sequence[Exchange], language: str, asker: str
    ) -> Standalone | None:
        """The question without its conversation, for a library in ``language``; None where that fails.

        Raises BudgetSpent and ModelFault.
        """
        reply = await self._whole(asking.for_standalone(question, history, language), asker)
        found = reading.fields(reply, "question", "search")
        if found is None:
            return None
        written, search = found if history else (question, found[1])
        if history and not leaning.comes_from(written, question, history):
            _log.info("writing.standalone_refused")
            return None
        return Standalone(written, search if leaning.keeps_numbers(search, written) else written)

    async def write(self, task: Assignment) -> AsyncGenerator[Written, None]:
        """The statements that pass, as they come; the last is what remains in the end."""
        desk = _Desk(task, self._second_opinion)
        reading_ahead = asyncio.ensure_future(asyncio.to_thread(_read_ahead, task))
        try:
            async with aclosing(self._model.write(task.prompt(), task.asker)) as pieces:
                async for piece in pieces:
                    if await desk.take(desk.reply.read(piece)):
                        yield desk.written()
                    if desk.reply.ended or len(desk.said) >= task.most:
                        break
        except (BudgetSpent, ModelFault) as fault:
            desk.fault = _named(fault)
        finally:
            await reading_ahead
        if await desk.take(desk.reply.finish()):
            yield desk.written()
        if desk.fault is None:
            if desk.failed and await self._mend(desk):
                yield desk.written()
            if desk.waiting:
                await self._judge(desk)
        yield desk.written()

    async def _mend(self, desk: _Desk) -> bool:
        """Put what failed to the model once more; returns whether more may be shown."""
        task, failed = desk.task, desk.failed[:_MENDED]
        try:
            reply = Reply(task.excerpts.passages, task.most)
            mended = await self._whole(task.repair(failed), task.asker)
            proposals = [*reply.read(mended), *reply.finish()]
        except (BudgetSpent, ModelFault):
            return False
        return await desk.take_mended(proposals[: len(failed)])

    async def _judge(self, desk: _Desk) -> None:
        """Put what waits for a second opinion to the model; what it does not clear is withheld."""
        ids: dict[str, Verdict] = {}
        for verdict in desk.waiting:
            ids[secret(4, ids)] = verdict
        try:
            said = reading.verdicts(await self._whole(asking.for_opinion(ids), desk.task.asker))
        except (BudgetSpent, ModelFault) as fault:
            said = {}
            desk.fault = None if desk.said else _named(fault)
        desk.settle([verdict.judged(said.get(id, False)) for id, verdict in ids.items()])

    async def _whole(self, prompt: Prompt, asker: str) -> str:
        """A reply that is of use only when it is over."""
        text = ""
        async with aclosing(self._model.write(prompt, asker)) as pieces:
            async for piece in pieces:
                text += piece
                if len(text) > reading.LONGEST:
                    break
        return text


class _Desk:
    """Where the statements of one answer lie: said, failed, or waiting for a second opinion."""

    def __init__(self, task: Assignment, second_opinion: bool) -> None:
        self.task = task
        self.reply = Reply(task.excerpts.passages, task.most)
        self.said: list[Verdict] = []
        self.failed: list[Verdict] = []
        self.waiting: list[Verdict] = []
        self.fault: str | None = None
        self._second_opinion = second_opinion
        self._mended = 0

    async def take(self, proposals: Iterable[Proposal]) -> bool:
        """Have statements examined and lay them where they belong; returns whether one may be shown."""
        return await self._lay(proposals, self.failed)

    async def take_mended(self, proposals: Sequence[Proposal]) -> bool:
        """The same for statements that replace failed ones: what fails again is not kept."""
        before = len(self.said) + len(self.waiting)
        shown = await self._lay(proposals, [])
        self._mended = len(self.said) + len(self.waiting) - before
        return shown

    def settle(self, verdicts: Iterable[Verdict]) -> None:
        """Take in what a second opinion said of those that waited."""
        for verdict in verdicts:
            (self.said if verdict.passed else self.failed).append(verdict)
        self.waiting = []

    def written(self) -> Written:
        """What there is so far."""
        reply = self.reply
        withheld = len(self.failed) + len(self.waiting) - self._mended
        silent = not (self.said or self.failed or self.waiting)
        return Written(
            tuple(self.said[: self.task.most]),
            max(0, withheld),
            declined=silent and self.fault is None and reply.answered is not None,
            fault=self.fault,
            follow_ups=reply.follow_ups,
        )

    async def _lay(self, proposals: Iterable[Proposal], failed: list[Verdict]) -> bool:
        shown = False
        for proposal in proposals:
            verdict = await self._examined(proposal)
            if any(_same(verdict, other) for other in (*self.said, *self.waiting)):
                continue
            if (verdict.passed or verdict.unjudged) and not self.task.wanted(verdict):
                failed.append(verdict)
            elif verdict.unjudged or (verdict.passed and self._second_opinion):
                self.waiting.append(verdict)
            elif verdict.passed:
                self.said.append(verdict)
                shown = True
            else:
                failed.append(verdict)
                _log.info("writing.refused", reasons=[reason.name for reason in verdict.reasons])
        return shown

    async def _examined(self, proposal: Proposal) -> Verdict:
        """The gate's verdict on a statement whose quotes are put back into the documents' own words.

        A statement that is a sentence of a document it names is quoted as just that; one that quotes the
        wrong words of it is judged on the right ones.
        """
        excerpts, text = self.task.excerpts, proposal.text
        if id := excerpts.holding(text, (id for id, _ in proposal.quotes)):
            own = await self._verdict(replace(proposal, quotes=((id, excerpts.original(id, text)),)))
            if own.passed:
                return own
        quotes = tuple((id, excerpts.original(id, quote)) for id, quote in proposal.quotes)
        verdict = await self._verdict(replace(proposal, quotes=quotes[: asking.MOST_QUOTES]))
        named = [id for id, _ in quotes]
        if requoting.misquoted(verdict) and (closer := requoting.closest(text, named, excerpts)):
            again = await self._verdict(replace(proposal, quotes=((closer[0], excerpts.original(*closer)),)))
            return again if again.passed else verdict
        return verdict

    async def _verdict(self, proposal: Proposal) -> Verdict:
        passages, means = self.task.excerpts.passages, self.task.means
        try:
            return await asyncio.to_thread(
                examine, proposal, passages, similar=means.similar, reader=means.reader
            )
        except ModelFault as fault:  # the checks that need no embedding model remain
            _log.warning("writing.words_only", reason=str(fault))
            return await asyncio.to_thread(examine, proposal, passages)


def _read_ahead(task: Assignment) -> None:
    """Read the excerpts while the model does, so that less is left to do when a statement comes."""
    if task.means.reader:
        for passage in task.excerpts.passages.values():
            task.means.reader.read_ahead(passage.text)


def _same(one: Verdict, other: Verdict) -> bool:
    return one.proposal.place == other.proposal.place and one.text.casefold() == other.text.casefold()


def _named(fault: BudgetSpent | ModelFault) -> str:
    return "budget" if isinstance(fault, BudgetSpent) else "outage"
