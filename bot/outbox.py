"""Sends messages to chats: in order, paced, never twice. Knows nothing of what they say.

Telegram has no way to tell a repeated request from a new one. What surely did not arrive is sent again;
what may have arrived is not, and the person is told and may ask for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

import structlog
from telegram import Bot, Message
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot import requests
from bot.doubts import Doubts
from bot.outcomes import Outcome
from bot.pace import Pace
from bot.render import Attachment, Part, plain_parts
from bot.render.buttons import Rows
from bot.requests import Place
from bot.trying import Moved, persist

__all__ = ["Outbox", "Place", "Sent"]

_A_SECOND = 28.0  # messages; Telegram takes 30 of a bot
_SLACK = 0.2  # seconds
_TYPING_LASTS = 4.5  # seconds; Telegram shows it for five

_log = structlog.get_logger()

Sent = int | Outcome  # the message that surely arrived, or why none did


class Outbox:
    """The one way out: one message at a time in a chat, its parts ``pace`` seconds apart.

    ``sent`` is told the chat of each message that went out, ``moved`` of a group that has another id now.
    """

    def __init__(
        self,
        bot: Bot,
        *,
        pace: float = 1.0,
        sent: Callable[[int], object] = lambda chat: None,
        moved: Moved | None = None,
    ) -> None:
        self._bot = bot
        self._pace = pace
        self._sent = sent
        self._moved = moved
        self._lanes: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._doubts = Doubts()
        # a turn comes before a message is claimed, and the wire keeps what is claimed from bunching
        self._line, self._wire = Pace(_A_SECOND, slack=_SLACK), Pace(_A_SECOND)

    async def turn(self) -> None:
        """Wait until a message that can wait may be posted; answers go before."""
        await self._line.turn()

    async def post(self, place: Place, part: Part) -> tuple[Sent, float]:
        """Send one part whose turn it is, trying once.

        Returns what became of it, and how many seconds Telegram asks to wait before it is tried again.
        """
        async with self._lane(place):
            await self._wire.turn()
            return await self._try(place, part, tries=1)

    async def deliver(self, place: Place, parts: Sequence[Part], *, over: int | None = None) -> list[Sent]:
        """Send the parts in order; what became of each that was tried.

        ``over`` is a message of ours whose place the first part takes. Where it is unknown whether a part
        arrived, a line says so with a button that sends it again.
        """
        results: list[Sent] = []
        async with self._lane(place):
            for part in parts:
                if results:
                    await asyncio.sleep(self._pace)
                self._went()
                results.append(await self._settle(place, part, None if results else over))
                if results[-1] is Outcome.GONE:
                    break
            tried = zip(parts, results, strict=False)
            if uncertain := [part for part, sent in tried if sent is Outcome.UNCERTAIN]:
                await asyncio.sleep(self._pace)
                self._went()
                await self._settle(place, self._doubts.offer(place.chat, uncertain))
        return results

    async def doubt(self, place: Place, parts: Sequence[Part]) -> None:
        """Say that it is unknown whether these parts arrived, with a button that sends them."""
        async with self._lane(place):
            self._went()
            await self._settle(place, self._doubts.offer(place.chat, list(parts)))

    async def send_parts(self, place: Place, parts: Sequence[Part]) -> list[int]:
        """Send the parts in order; the message ids of those that surely arrived."""
        return [sent for sent in await self.deliver(place, parts) if isinstance(sent, int)]

    async def say(self, place: Place, words: str) -> list[int]:
        """Send a short text of our own."""
        return await self.send_parts(place, plain_parts(words))

    async def send_file(self, place: Place, content: bytes, name: str, caption: str) -> Sent:
        """Send a file; ``caption`` is a short text of our own that says what it holds."""
        part = replace(plain_parts(caption)[0], attachment=Attachment(content, name))
        return (await self.deliver(place, [part]))[0]

    async def begin(self, place: Place, part: Part) -> int:
        """Send the beginning of an answer, trying once; raises what the request raises."""
        async with self._lane(place):
            self._went()
            return (await self._send(place.chat, place, part)).message_id

    async def edit(self, chat: int, message_id: int, part: Part) -> None:
        """Put ``part`` in the place of a message of ours, trying once; raises what the request raises."""
        await requests.edit(self._bot, chat, message_id, part)

    def claim_uncertain(self, chat: int, token: str) -> list[Part] | None:
        """The parts that perhaps did not arrive in this chat, once; None where the token offers none here."""
        return self._doubts.claim(chat, token)

    def forget(self, chat: int) -> None:
        """Forget what perhaps did not arrive in a chat."""
        self._doubts.forget(chat)

    async def change(self, chat: int, message_id: int, part: Part) -> bool:
        """Put ``part`` in the place of a message that was sent; False where Telegram refuses that."""
        return await self._change(chat, message_id, part) in (None, Outcome.UNCERTAIN)

    async def set_buttons(self, chat: int, message_id: int, buttons: Rows) -> bool:
        """Put other buttons below a message that was sent; False where Telegram refuses that."""

        async def edit(chat: int) -> None:
            await requests.edit_buttons(self._bot, chat, message_id, buttons)

        outcome, _ = await persist(chat, edit, moved=self._moved, repeatable=True)
        return outcome in (None, Outcome.UNCERTAIN)

    async def delete(self, chat: int, message_id: int) -> None:
        """Take back a message of ours that has served its purpose."""
        await self._decorate("delete", self._bot.delete_message(chat, message_id))

    async def react(self, chat: int, message_id: int, emoji: str) -> None:
        """Show on somebody's message that it was seen."""
        await self._decorate("react", self._bot.set_message_reaction(chat, message_id, emoji))

    async def answer(self, query_id: str, words: str | None = None, *, stays: bool = False) -> None:
        """Answer a tapped button, with a line that passes or that ``stays`` until closed, or with nothing."""
        request = self._bot.answer_callback_query(query_id, words, show_alert=stays or None)
        await self._decorate("answer", request)

    @asynccontextmanager
    async def typing(self, place: Place) -> AsyncIterator[Callable[[], object]]:
        """Show that an answer is being written, until the block ends or the function it gives is called."""

        async def show() -> None:
            while True:
                await self._decorate(
                    "typing",
                    self._bot.send_chat_action(place.chat, ChatAction.TYPING, message_thread_id=place.thread),
                )
                await asyncio.sleep(_TYPING_LASTS)

        shown = asyncio.create_task(show())
        try:
            yield shown.cancel
        finally:
            shown.cancel()
            await asyncio.wait({shown})

    def _went(self) -> None:
        """Count a message that does not wait for its turn."""
        self._line.went()
        self._wire.went()

    def _lane(self, place: Place) -> asyncio.Lock:
        return self._lanes.setdefault(place.chat, asyncio.Lock())

    async def _decorate(self, what: str, request: Coroutine[Any, Any, object]) -> None:
        """Make a request that nothing depends on."""
        try:
            await request
        except (TelegramError, KeyError) as error:
            _log.info("decoration.failed", what=what, error=type(error).__name__)

    async def _settle(self, place: Place, part: Part, over: int | None = None) -> Sent:
        """Bring one part where it belongs; where ``over`` cannot be changed, as a message of its own."""
        if over is not None and part.attachment is None:
            outcome = await self._change(place.chat, over, part)
            if outcome is None:
                return over
            if outcome not in (Outcome.REFUSED, Outcome.MOVED):
                return outcome
        return (await self._try(place, part))[0]

    async def _try(self, place: Place, part: Part, tries: int | None = None) -> tuple[Sent, float]:
        """Send one part, or its words where the message is not taken; how long to wait for another try."""
        sent: list[Message] = []

        async def send(chat: int) -> None:
            sent.append(await self._send(chat, place, part))

        outcome, wait = await persist(place.chat, send, moved=self._moved, tries=tries)
        if outcome is Outcome.REFUSED and part.attachment and part.attachment.picture:
            return await self._settle(place, replace(part, attachment=None)), 0.0
        if outcome is Outcome.REFUSED and requests.may_go_bare(place, part):
            return await self._send_bare(place, part), 0.0
        return (sent[0].message_id if outcome is None else outcome), wait

    async def _send(self, chat: int, place: Place, part: Part) -> Message:
        message = await requests.send(self._bot, chat, place, part)
        self._sent(chat)
        return message

    async def _send_bare(self, place: Place, part: Part) -> Sent:
        """Send the words alone where Telegram does not take the message as it was made."""
        result: Sent = Outcome.REFUSED
        for bare in plain_parts(part.text):
            result = await self._settle(Place(place.chat), bare)
        return result

    async def _change(self, chat: int, message_id: int, part: Part) -> Outcome | None:
        """An edit may be repeated: done twice it is done once."""

        async def edit(chat: int) -> None:
            await self.edit(chat, message_id, part)

        return (await persist(chat, edit, moved=self._moved, repeatable=True))[0]
