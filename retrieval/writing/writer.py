"""Lets a model write statements and shows those that pass the gate, each as soon as it does.

What failed is mended once, together; what a code check cannot judge is put to the model once, together. What
was shown is never changed. Knows nothing of searching, of storage or of how answers are shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import structlog

from retrieval.errors import BudgetSpent, ModelFault
from retrieval.gate.types import Verdict
from retrieval.llm.prompt import LanguageModel, Prompt
from retrieval.types import Exchange
from retrieval.writing import asking, leaning, reading
from retrieval.writing.desk import Desk
from retrieval.writing.excerpts import EVIDENCE_TOKENS, secret
from retrieval.writing.reading import Reply
from retrieval.writing.tasks import Assignment, Written

_MENDED = 6  # failed statements that are put to the model once more

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that needs no conversation, and the same in the library's language to search with."""

    question: str
    search: str


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
        desk = Desk(task, self._second_opinion)
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

    async def _mend(self, desk: Desk) -> bool:
        """Put what failed to the model once more; returns whether more may be shown."""
        task, failed = desk.task, desk.failed[:_MENDED]
        try:
            reply = Reply(task.excerpts.passages, task.most)
            mended = await self._whole(task.repair(failed), task.asker)
            proposals = [*reply.read(mended), *reply.finish()]
        except (BudgetSpent, ModelFault):
            return False
        return await desk.take_mended(proposals[: len(failed)])

    async def _judge(self, desk: Desk) -> None:
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


def _read_ahead(task: Assignment) -> None:
    """Read the excerpts while the model does, so that less is left to do when a statement comes."""
    if task.means.reader:
        for passage in task.excerpts.passages.values():
            task.means.reader.read_ahead(passage.text)


def _named(fault: BudgetSpent | ModelFault) -> str:
    return "budget" if isinstance(fault, BudgetSpent) else "outage"
