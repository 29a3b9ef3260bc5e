"""Answers one question: shows the answer while it grows, then sends what stands. Knows no commands.

Whatever ends it, what was verified is kept: a stop, a fault or the end of the program only say so below.
"""

from __future__ import annotations

import asyncio

import structlog

import prompts
from bot.aside import undisturbed
from bot.faults import described
from bot.handlers import replies, telling
from bot.handlers.desk import Desk, Visit
from bot.handlers.ticket import Ticket
from bot.histories import Conversation
from bot.outbox import Place
from bot.render import Button, Part, growing_part, plain_parts
from bot.streaming import Canvas, MessageCanvas, Preview
from retrieval.errors import FootnoteError
from retrieval.types import Answer

_SOON = 2.0  # seconds; an answer that takes longer gets a preview, and a Stop button, before its first words
_THINKING = Part("", ())

_log = structlog.get_logger()


class Answering:
    """One answer on its way into a chat."""

    def __init__(self, desk: Desk, visit: Visit, ticket: Ticket) -> None:
        self._desk = desk
        self._visit = visit
        self._ticket = ticket
        self._conversation: Conversation | None = None
        self._stopped = False

    async def run(self) -> None:
        """Answer, and send the answer or the one sentence that says why there is none.

        Cancelling it stops the answer where it is, and lets what stands be sent.
        """
        self._desk.under_way[self._visit.chat] = self._ticket
        try:
            ending = await self._grow()
            self._ticket.settled = True
            await undisturbed(self._settle(ending))
        finally:
            del self._desk.under_way[self._visit.chat]

    async def _grow(self) -> str | None:
        """Let the answer grow to its end; why it ended early, where it did. Never raises."""
        desk, visit, ticket = self._desk, self._visit, self._ticket
        try:
            self._conversation = await desk.histories.conversation(visit.chat, visit.thread)
            async with desk.outbox.typing(self._place) as hush:
                ticket.preview = Preview(self._canvas(), hush)
                thinking = asyncio.create_task(self._think(ticket.preview))
                try:
                    await self._read(ticket.preview, self._conversation)
                finally:
                    thinking.cancel()
        except asyncio.CancelledError:
            self._stopped = True
            return prompts.text("stopped")
        except FootnoteError as error:
            _log.warning("question.refused", chat=visit.chat, **described(error))
            return str(error)
        except Exception as error:
            _log.error("question.failed", chat=visit.chat, **described(error))
            return prompts.text("failed")
        return None

    async def _read(self, preview: Preview, conversation: Conversation) -> None:
        """Take in the answer as it comes. Being cancelled ends the work behind it."""
        desk, visit, ticket = self._desk, self._visit, self._ticket
        answers = desk.library.answering(
            ticket.question,
            visit.scope,
            asker=visit.owner,
            history=conversation.exchanges,
            about=await replies.about(desk, ticket.message) if ticket.message else (),
        )
        async for answer in answers:
            ticket.answer = answer
            self._show(answer, preview)

    async def _think(self, preview: Preview) -> None:
        """Show in private that something is on its way, where it takes long."""
        await asyncio.sleep(_SOON)
        if self._visit.private and not self._ticket.keeps:
            preview.show(_THINKING)

    def _show(self, answer: Answer, preview: Preview) -> None:
        """Show what can be said already. A frame that cannot be made costs the answer nothing."""
        if answer.complete:
            return
        stop = [] if self._visit.private else [Button(prompts.text("stop_button"), f"t:{self._ticket.turn}")]
        try:
            today = self._desk.clock().date()
            frame = growing_part(answer, today=today, open_link=self._desk.open_link, buttons=stop)
        except Exception as error:
            _log.error("frame.unshowable", chat=self._visit.chat, **described(error))
            return
        if frame:
            preview.show(frame)

    async def _settle(self, ending: str | None) -> None:
        """Send what stands in the place of what was shown of it."""
        over = await self._ticket.preview.end() if self._ticket.preview else None
        answer = self._ticket.answer
        if answer is not None and answer.complete:
            ending = None
        if answer is not None and (answer.answered or ending is None):
            if self._conversation:
                await telling.keep(self._desk, self._visit, self._conversation, answer)
            await telling.tell(self._desk, self._visit, self._place, answer, ending=ending, over=over)
        elif ending and not self._stopped:  # whoever stops it is told so at once
            await self._desk.outbox.deliver(self._place, plain_parts(ending), over=over)

    @property
    def _place(self) -> Place:
        """A question that waited is named, so that it is clear which one is answered."""
        return self._visit.reply if self._ticket.waited else self._visit.place

    def _canvas(self) -> Canvas:
        if self._visit.private:
            return self._desk.drafts.canvas(self._place, self._ticket.draft)
        return MessageCanvas(self._desk.outbox, self._place)
