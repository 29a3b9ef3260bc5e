"""Has a model's statements examined one by one, and lays each where it belongs. Knows nothing of models."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

import structlog

from retrieval.errors import ModelFault
from retrieval.gate import examine
from retrieval.gate.types import Proposal, Verdict
from retrieval.writing import asking, requoting
from retrieval.writing.reading import Reply
from retrieval.writing.tasks import Assignment, Written

_log = structlog.get_logger()


class Desk:
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


def _same(one: Verdict, other: Verdict) -> bool:
    return one.proposal.place == other.proposal.place and one.text.casefold() == other.text.casefold()
