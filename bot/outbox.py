"""Sends messages to chats: in order, paced, never twice. Knows nothing of what they say.

Telegram has no way to tell a repeated request from a new one. What surely did not arrive is sent again;
what may have arrived is not, and the person is told and may ask for it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any
from weakref import WeakValueDictionary

import httpx
import structlog
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

import prompts
from bot.render import Button, Part, plain_parts
from bot.wire import ServerFailedError, seconds_of

_TRIES = 4
_KEPT_UNCERTAIN = 200  # messages whose arrival is unknown, kept for whoever asks for them
_TYPING_LASTS = 4.5  # seconds; Telegram shows it for five
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

_log = structlog.get_logger()


class Outcome(Enum):
    """What a failed request means for the message it carried."""

    WAIT = "wait"  # refused for now: send again after the wait Telegram names
    AGAIN = "again"  # surely not sent
    UNCERTAIN = "uncertain"  # perhaps sent
    MOVED = "moved"  # the group has another id now
    GONE = "gone"  # the bot may not write here any more
    REFUSED = "refused"  # Telegram does not take this message


def outcome_of(error: Exception) -> Outcome:
    """What an error of a request means."""
    if isinstance(error, RetryAfter):
        return Outcome.WAIT
    if isinstance(error, ChatMigrated):
        return Outcome.MOVED
    if isinstance(error, Forbidden):
        return Outcome.GONE
    if isinstance(error, BadRequest):
        return Outcome.REFUSED
    if isinstance(error, ServerFailedError) or isinstance(error.__cause__, _NEVER_SENT):
        return Outcome.AGAIN
    # A request that was answered with something else than Telegram's form may well have been carried out.
    told = isinstance(error, TelegramError) and not isinstance(error, NetworkError)
    return Outcome.REFUSED if told and type(error) is not TelegramError else Outcome.UNCERTAIN


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: a chat, perhaps a thread of it, perhaps as a reply."""

    chat: int
    thread: int | None = None
    reply_to: int | None = None


class Outbox:
    """The one way out: one message at a time in a chat, its parts ``pace`` seconds apart."""

    def __init__(self, bot: Bot, *, pace: float = 1.0) -> None:
        self._bot = bot
        self._pace = pace
        self._lanes: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._uncertain: OrderedDict[str, tuple[int, list[Part]]] = OrderedDict()

    async def send_parts(self, place: Place, parts: Sequence[Part]) -> list[int]:
        """Send the parts in order; the message ids of those that surely arrived.

        Where it is unknown whether a part arrived, a line says so with a button that sends it again.
        """
        arrived: list[int] = []
        uncertain: list[Part] = []
        lane = self._lanes.setdefault(place.chat, asyncio.Lock())
        async with lane:
            for index, part in enumerate(parts):
                if index:
                    await asyncio.sleep(self._pace)
                sent = await self._deliver(place, part)
                if isinstance(sent, int):
                    arrived.append(sent)
                elif sent is Outcome.UNCERTAIN:
                    uncertain.append(part)
                elif sent is Outcome.GONE:
                    break
            if uncertain:
                await self._deliver(place, self._offer_again(place.chat, uncertain))
        return arrived

    async def say(self, place: Place, words: str) -> list[int]:
        """Send a short text of our own."""
        return await self.send_parts(place, plain_parts(words))

    def claim_uncertain(self, chat: int, token: str) -> list[Part] | None:
        """The parts that perhaps did not arrive in this chat, once; None where the token offers none here."""
        kept = self._uncertain.get(token)
        if kept is None or kept[0] != chat:
            return None
        del self._uncertain[token]
        return kept[1]

    async def change(self, chat: int, message_id: int, part: Part) -> bool:
        """Put ``part`` in the place of a message that was sent; False where Telegram refuses that."""

        async def edit(_chat: int) -> None:
            await self._bot.edit_message_text(
                part.text,
                chat_id=chat,
                message_id=message_id,
                entities=part.entities,
                reply_markup=_keyboard(part),
                link_preview_options=_NO_PREVIEW,
            )

        outcome = await self._persist(chat, edit)
        return outcome is None or outcome is Outcome.UNCERTAIN

    async def delete(self, chat: int, message_id: int) -> None:
        """Take back a message of ours that has served its purpose."""
        await self._decorate("delete", self._bot.delete_message(chat, message_id))

    async def react(self, chat: int, message_id: int, emoji: str) -> None:
        """Show on somebody's message that it was seen."""
        await self._decorate("react", self._bot.set_message_reaction(chat, message_id, emoji))

    async def answer(self, query_id: str, words: str | None = None) -> None:
        """Answer a tapped button, with a line that passes or with nothing."""
        await self._decorate("answer", self._bot.answer_callback_query(query_id, words))

    @asynccontextmanager
    async def typing(self, place: Place) -> AsyncIterator[None]:
        """Show that an answer is being written, until the block ends."""

        async def show() -> None:
            while True:
                await self._decorate(
                    "typing",
                    self._bot.send_chat_action(place.chat, ChatAction.TYPING, message_thread_id=place.thread),
                )
                await asyncio.sleep(_TYPING_LASTS)

        shown = asyncio.create_task(show())
        try:
            yield
        finally:
            shown.cancel()
            await asyncio.wait({shown})

    async def _decorate(self, what: str, request: Coroutine[Any, Any, object]) -> None:
        """Make a request that nothing depends on."""
        try:
            await request
        except (TelegramError, KeyError) as error:
            _log.info("decoration.failed", what=what, error=type(error).__name__)

    async def _deliver(self, place: Place, part: Part) -> int | Outcome:
        """Send one part; its message id, or why it has none."""
        sent: list[Message] = []

        async def send(chat: int) -> None:
            sent.append(await self._send(chat, place, part))

        outcome = await self._persist(place.chat, send)
        if outcome is Outcome.REFUSED and (part.entities or part.buttons or place.thread):
            return await self._deliver_bare(place, part)
        return sent[0].message_id if outcome is None else outcome

    async def _deliver_bare(self, place: Place, part: Part) -> int | Outcome:
        """Send the words alone where Telegram does not take the message as it was made."""
        result: int | Outcome = Outcome.REFUSED
        for bare in plain_parts(part.text):
            result = await self._deliver(Place(place.chat), bare)
        return result

    async def _persist(self, chat: int, request: Callable[[int], Awaitable[None]]) -> Outcome | None:
        """Make a request as often as that is right; None where it was done, else what stands in the way."""
        outcome = Outcome.AGAIN
        for attempt in range(_TRIES):
            try:
                await request(chat)
                return None
            except (TelegramError, KeyError) as error:
                outcome = outcome_of(error)
                if isinstance(error, BadRequest) and "not modified" in error.message.lower():
                    return None
                if isinstance(error, ChatMigrated):
                    chat = error.new_chat_id
                elif outcome in (Outcome.WAIT, Outcome.AGAIN):
                    wait = seconds_of(error) if isinstance(error, RetryAfter) else 2.0**attempt
                    _log.info("send.waits", chat=chat, seconds=wait, error=type(error).__name__)
                    await asyncio.sleep(wait)
                else:
                    _log.warning(f"send.{outcome.value}", chat=chat, error=type(error).__name__)
                    return outcome
        _log.error("send.given_up", chat=chat, tries=_TRIES)
        return outcome

    async def _send(self, chat: int, place: Place, part: Part) -> Message:
        return await self._bot.send_message(
            chat,
            part.text,
            entities=part.entities,
            reply_markup=_keyboard(part),
            message_thread_id=place.thread,
            link_preview_options=_NO_PREVIEW,
            reply_parameters=_reply_to(place),
        )

    def _offer_again(self, chat: int, parts: list[Part]) -> Part:
        token = secrets.token_urlsafe(12)
        self._uncertain[token] = (chat, parts)
        while len(self._uncertain) > _KEPT_UNCERTAIN:
            self._uncertain.popitem(last=False)
        button = Button(prompts.text("uncertain_button"), f"r:{token}")
        return plain_parts(prompts.text("uncertain"), question_buttons=[button])[0]


def _keyboard(part: Part) -> InlineKeyboardMarkup | None:
    rows = [[InlineKeyboardButton(b.label, callback_data=b.data) for b in row] for row in part.buttons]
    return InlineKeyboardMarkup(rows) if rows else None


def _reply_to(place: Place) -> ReplyParameters | None:
    if place.reply_to is None:
        return None
    return ReplyParameters(place.reply_to, allow_sending_without_reply=True)
