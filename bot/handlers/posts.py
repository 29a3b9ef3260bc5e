"""Takes in what people forward or paste: one document each, one report for what came together.

Knows nothing of how posts are read or stored.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import structlog
from telegram import Message
from telegram.error import TelegramError

import prompts
from bot.baskets import Basket
from bot.faults import described
from bot.handlers import documents, following, lists, questions, watching
from bot.handlers.desk import Desk, Visit, say
from bot.handlers.files import shown
from bot.handlers.gathered import Gathered, kept, sorted_out, told
from bot.handlers.waiting import in_turn
from bot.pasted import Kind, address_in, asks, kind_of
from bot.posts import PIECE, channel_of, joined, passed_on, pasted, said_by
from bot.render import Button, plain_parts, said_parts
from bot.render.buttons import Rows, forget_data
from bot.render.pieces import their_paragraph
from bot.render.split import units
from bot.turns import State
from retrieval.errors import FootnoteError
from retrieval.types import Draft

if TYPE_CHECKING:
    from retrieval.library import AddReport

_Work = Callable[[Desk, Visit, Basket], Awaitable[None]]

_FORWARDED, _PASTED = "forwarded", "pasted"
_SEEN = "👀"

_log = structlog.get_logger()


async def receive(desk: Desk, visit: Visit, message: Message) -> None:
    """Gather a forwarded message, or one of an album, with those that come with it."""
    await _gather(desk, visit, message, _FORWARDED, _take_in)


async def read(desk: Desk, visit: Visit, message: Message, words: str) -> bool:
    """Whether a written message is, or may be, a text to keep rather than a question; then it is dealt with.

    What is unclear is asked. A client cuts a long text into several messages, which are gathered first.
    """
    if desk.baskets.holds(visit.chat, _PASTED) or units(message.text or "") >= PIECE:
        await _gather(desk, visit, message, _PASTED, _join)
        return True
    return await _weigh(desk, visit, words)


async def keep(desk: Desk, visit: Visit, text: str, over: int | None = None) -> None:
    """Keep a pasted text as a document; ``over`` is our message that offered it."""
    draft = pasted(text)
    if draft is None:
        await say(desk, visit, "posts_wordless")
        return
    await in_turn(desk, visit, partial(_keep, desk, visit, draft, over))


async def _gather(desk: Desk, visit: Visit, message: Message, what: str, work: _Work) -> None:
    refused: list[bool] = []

    def opened(basket: Basket) -> bool:
        turn = desk.uploads.take(visit.chat, partial(work, desk, visit, basket))
        if turn.state is State.REFUSED:
            refused.append(turn.first)
        return turn.state is not State.REFUSED

    held = desk.baskets.holds(visit.chat, what)
    if not desk.baskets.put(visit.chat, what, message, opened):
        if any(refused):
            await say(desk, visit, "too_many_uploads")
    elif not held:
        await desk.outbox.react(visit.chat, message.message_id, _SEEN)


async def _join(desk: Desk, visit: Visit, basket: Basket) -> None:
    """Put the pieces of a long text together, and see what it is."""
    messages = await desk.baskets.take(visit.chat, _PASTED, basket)
    text = joined([message.text or "" for message in messages])
    if not await _weigh(desk, visit, text):
        await questions.ask(desk, visit, text)


async def _weigh(desk: Desk, visit: Visit, text: str) -> bool:
    kind = kind_of(text)
    if kind is Kind.SOURCE:
        await keep(desk, visit, text)
    elif kind is Kind.UNCLEAR:
        await _ask_which(desk, visit, text)
    return kind is not Kind.QUESTION


async def _ask_which(desk: Desk, visit: Visit, text: str) -> None:
    offer = await desk.asked.offer(visit.chat, [text])
    row = (
        Button(prompts.text("paste_answer_button"), f"pa:{offer}"),
        Button(prompts.text("paste_keep_button"), f"pk:{offer}"),
    )
    await desk.outbox.deliver(visit.reply, plain_parts(prompts.text("paste_what"), buttons=(row,)))


async def _keep(desk: Desk, visit: Visit, draft: Draft, over: int | None) -> None:
    try:
        async with desk.outbox.typing(visit.place):
            await desk.following.check_room(visit.owner)
            report = await desk.library.add([draft], owner=visit.owner)
        parts = plain_parts(kept(report), buttons=_undo(report))
        look(desk, visit, report)
    except Exception as error:
        parts = said_parts(_fault(visit, error))
    await desk.outbox.deliver(visit.reply, parts, over=over)


async def _take_in(desk: Desk, visit: Visit, basket: Basket) -> None:
    """Add what was forwarded together, and report once."""
    messages = await desk.baskets.take(visit.chat, _FORWARDED, basket)
    if len(messages) == 1 and await _alone(desk, visit, messages[0]):
        return
    gathered = sorted_out(messages, desk.bot.id)
    for message in gathered.lists:
        if message.document:
            await lists.take_in(desk, visit, message.document)
    if not (gathered.drafts or gathered.files):
        await _nothing(desk, visit, gathered)
        return
    try:
        async with desk.outbox.typing(visit.place):
            await desk.following.check_room(visit.owner)
            drafts = gathered.drafts + await _read(desk, visit, gathered)
            report = await desk.library.add(drafts, owner=visit.owner)
        look(desk, visit, report)
        words = told(report, drafts, gathered)
    except Exception as error:
        words = their_paragraph(_fault(visit, error)).text
    parts = plain_parts(words, buttons=await _channel(desk, visit, messages))
    await desk.outbox.deliver(visit.reply, parts)


async def _alone(desk: Desk, visit: Visit, message: Message) -> bool:
    """Deal with what a single message may be besides a post: an address, or a question of somebody else's."""
    if message.effective_attachment is not None:
        return False
    text = message.text or ""
    if address := address_in(text):
        await following.look(desk, visit, address)
        return True
    if kind_of(text) is Kind.QUESTION and asks(text) and not said_by(message.forward_origin, desk.bot.id):
        await _ask_which(desk, visit, text)
        return True
    return False


async def _read(desk: Desk, visit: Visit, gathered: Gathered) -> list[Draft]:
    """The drafts of the files among what was sent; what cannot be read is noted in a sentence each."""
    drafts: list[Draft] = []
    for message in gathered.files:
        if message.document is None:
            continue
        try:
            draft = await documents.read_upload(desk, message.document)
            drafts.append(passed_on(draft, message.forward_origin))
        except FootnoteError as error:
            gathered.unread.append(their_paragraph(str(error)).text)
        except TelegramError as error:
            _log.warning("upload.lost", chat=visit.chat, **described(error))
            gathered.unread.append(prompts.text("upload_lost", name=shown(message.document)))
    return drafts


async def _nothing(desk: Desk, visit: Visit, gathered: Gathered) -> None:
    if gathered.mine:
        await desk.outbox.say(visit.reply, prompts.text("posts_of_mine"))
    elif gathered.wordless:
        await desk.outbox.say(visit.reply, prompts.text("posts_wordless"))


def look(desk: Desk, visit: Visit, report: AddReport) -> None:
    """See whether what is new answers a question that waits; one look sees what any other would."""
    if report.added or report.replaced:
        desk.looks.take(visit.chat, partial(watching.look, desk, visit.owner))


def _undo(report: AddReport) -> Rows:
    new = (*report.added, *report.replaced)
    label = prompts.text("paste_forget_button")
    return ((Button(label, forget_data(new[0].number, sure=True)),),) if new else ()


async def _channel(desk: Desk, visit: Visit, messages: Sequence[Message]) -> Rows:
    """The offer to follow the public channel that all of it comes from."""
    names = {channel_of(message.forward_origin) for message in messages}
    name = names.pop() if len(names) == 1 else None
    if name is None:
        return ()
    offer = await desk.asked.offer(visit.chat, [f"@{name}"])
    return ((Button(prompts.text("follow_channel_button", channel=name), f"oc:{offer}"),),)


def _fault(visit: Visit, error: Exception) -> str:
    if isinstance(error, FootnoteError):
        _log.info("upload.refused", chat=visit.chat, error=type(error).__name__)
        return str(error)
    _log.error("upload.failed", chat=visit.chat, **described(error))
    return prompts.text("failed")
