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
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakValueDictionary

import structlog
from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatAction
from telegram.error import ChatMigrated, RetryAfter, TelegramError

import prompts
from bot.outcomes import Outcome, outcome_of, unchanged
from bot.pace import Pace
from bot.render import Attachment, Button, Part, plain_parts
from bot.render.buttons import Rows
from bot.wire import seconds_of

_TRIES = 4
_A_SECOND = 28.0  # messages; Telegram takes 30 of a bot
_SLACK = 0.2  # seconds
_KEPT_UNCERTAIN = 200  # messages whose arrival is unknown, kept for whoever asks for them
_TYPING_LASTS = 4.5  # seconds; Telegram shows it for five
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

_log = structlog.get_logger()

Sent = int | Outcome  # the message that surely arrived, or why none did


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: a chat, perhaps a thread of it, perhaps as a reply."""

    chat: int
    thread: int | None = None
    reply_to: int | None = None


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
        moved: Callable[[int, int], Awaitable[object]] | None = None,
    ) -> None:
        self._bot = bot
        self._pace = pace
        self._sent = sent
        self._moved = moved
        self._lanes: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._uncertain: OrderedDict[str, tuple[int, list[Part]]] = OrderedDict()
        # a turn comes before a message is claimed, and the wire keeps what is claimed from bunching
        self._line, self._wire = Pace(_A_SECOND, slack=_SLACK), Pace(_A_SECOND)
        self._asked_to_wait: dict[int, float] = {}

    async def turn(self) -> None:
        """Wait until a message that can wait may be posted; answers go before."""
        await self._line.turn()

    async def post(self, place: Place, part: Part) -> tuple[Sent, float]:
        """Send one part whose turn it is, trying once.

        Returns what became of it, and how many seconds Telegram asks to wait before it is tried again.
        """
        async with self._lane(place):
            await self._wire.turn()
            sent = await self._settle(place, part, tries=1)
        return sent, self._asked_to_wait.pop(place.chat, 0.0)

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
                await self._settle(place, self._offer_again(place.chat, uncertain))
        return results

    async def doubt(self, place: Place, parts: Sequence[Part]) -> None:
        """Say that it is unknown whether these parts arrived, with a button that sends them."""
        async with self._lane(place):
            self._went()
            await self._settle(place, self._offer_again(place.chat, list(parts)))

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
        await self._bot.edit_message_text(
            part.text,
            chat_id=chat,
            message_id=message_id,
            entities=part.entities,
            reply_markup=_inline(part),
            link_preview_options=_NO_PREVIEW,
        )

    def claim_uncertain(self, chat: int, token: str) -> list[Part] | None:
        """The parts that perhaps did not arrive in this chat, once; None where the token offers none here."""
        kept = self._uncertain.get(token)
        if kept is None or kept[0] != chat:
            return None
        del self._uncertain[token]
        return kept[1]

    def forget(self, chat: int) -> None:
        """Forget what perhaps did not arrive in a chat."""
        for token in [token for token, kept in self._uncertain.items() if kept[0] == chat]:
            del self._uncertain[token]

    async def change(self, chat: int, message_id: int, part: Part) -> bool:
        """Put ``part`` in the place of a message that was sent; False where Telegram refuses that."""
        return await self._change(chat, message_id, part) in (None, Outcome.UNCERTAIN)

    async def set_buttons(self, chat: int, message_id: int, buttons: Rows) -> bool:
        """Put other buttons below a message that was sent; False where Telegram refuses that."""

        async def edit(chat: int) -> None:
            await self._bot.edit_message_reply_markup(chat, message_id, reply_markup=_markup(buttons))

        return await self._persist(chat, edit, repeatable=True) in (None, Outcome.UNCERTAIN)

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

    async def _settle(
        self, place: Place, part: Part, over: int | None = None, *, tries: int = _TRIES
    ) -> Sent:
        """Bring one part where it belongs; where ``over`` cannot be changed, as a message of its own."""
        if over is not None and part.attachment is None:
            outcome = await self._change(place.chat, over, part)
            if outcome is None:
                return over
            if outcome not in (Outcome.REFUSED, Outcome.MOVED):
                return outcome
        sent: list[Message] = []

        async def send(chat: int) -> None:
            sent.append(await self._send(chat, place, part))

        outcome = await self._persist(place.chat, send, tries=tries)
        if outcome is Outcome.REFUSED and part.attachment and part.attachment.picture:
            return await self._settle(place, replace(part, attachment=None))
        if outcome is Outcome.REFUSED and _may_go_bare(place, part):
            return await self._send_bare(place, part)
        return sent[0].message_id if outcome is None else outcome

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

        return await self._persist(chat, edit, repeatable=True)

    async def _persist(
        self,
        chat: int,
        request: Callable[[int], Awaitable[None]],
        *,
        repeatable: bool = False,
        tries: int = _TRIES,
    ) -> Outcome | None:
        """Make a request as often as that is right; None where it was done, else what stands in the way."""
        outcome = Outcome.AGAIN
        for attempt in range(tries + 1):  # once more, since a chat may have moved
            try:
                await request(chat)
                return None
            except (TelegramError, KeyError) as error:
                outcome = outcome_of(error)
                if unchanged(error):
                    return None
                if isinstance(error, ChatMigrated):
                    if self._moved:
                        await self._moved(chat, error.new_chat_id)
                    chat = error.new_chat_id
                elif outcome in (Outcome.WAIT, Outcome.AGAIN) or (
                    repeatable and outcome is Outcome.UNCERTAIN
                ):
                    wait = seconds_of(error) if isinstance(error, RetryAfter) else 2.0**attempt
                    _log.info("send.waits", chat=chat, seconds=wait, error=type(error).__name__)
                    if tries == 1:
                        self._asked_to_wait[chat] = wait
                        return outcome
                    if attempt + 1 >= tries:
                        break
                    await asyncio.sleep(wait)
                else:
                    _log.warning(f"send.{outcome.value}", chat=chat, error=type(error).__name__)
                    return outcome
        _log.error("send.given_up", chat=chat, tries=tries)
        return outcome

    async def _send(self, chat: int, place: Place, part: Part) -> Message:
        way: dict[str, Any] = {
            "reply_markup": _keyboard(part),
            "message_thread_id": place.thread,
            "reply_parameters": _reply_to(place),
            "disable_notification": part.silent or None,
        }
        if part.attachment:
            message = await self._send_attached(chat, part, part.attachment, way)
        else:
            message = await self._bot.send_message(
                chat, part.text, entities=part.entities, link_preview_options=_NO_PREVIEW, **way
            )
        self._sent(chat)
        return message

    async def _send_attached(self, chat: int, part: Part, held: Attachment, way: dict[str, Any]) -> Message:
        way |= {"caption": part.text, "caption_entities": part.entities, "filename": held.name}
        if held.picture:
            return await self._bot.send_photo(chat, held.content, **way)
        return await self._bot.send_document(chat, held.content, **way)

    def _offer_again(self, chat: int, parts: list[Part]) -> Part:
        token = secrets.token_urlsafe(12)
        self._uncertain[token] = (chat, parts)
        while len(self._uncertain) > _KEPT_UNCERTAIN:
            self._uncertain.popitem(last=False)
        button = Button(prompts.text("uncertain_button"), f"r:{token}")
        return plain_parts(prompts.text("uncertain"), question_buttons=[button])[0]


def _keyboard(part: Part) -> InlineKeyboardMarkup | ForceReply | None:
    return ForceReply(selective=True) if part.awaits_reply else _inline(part)


def _inline(part: Part) -> InlineKeyboardMarkup | None:
    return _markup(part.buttons) if part.buttons else None


def _markup(buttons: Rows) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button.label, callback_data=button.data) for button in row] for row in buttons]
    )


def _may_go_bare(place: Place, part: Part) -> bool:
    """Whether the words alone may be taken and say something; those of a file only say what it holds."""
    return part.attachment is None and bool(part.entities or part.buttons or place.thread)


def _reply_to(place: Place) -> ReplyParameters | None:
    if place.reply_to is None:
        return None
    return ReplyParameters(place.reply_to, allow_sending_without_reply=True)
