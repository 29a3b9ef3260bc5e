"""Gives a tapped button its meaning, if it still has one for whoever tapped it. Knows nothing of access.

A tap is answered exactly once. Its data may be forged, so it only names what is then looked up as if it
were asked for anew, in the scope of the chat it comes from.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import structlog
from telegram import CallbackQuery, Message

import prompts
from bot.addressed import PRIVATE
from bot.faults import described
from bot.handlers import (
    briefing_taps,
    deleting,
    documents,
    passages,
    questions,
    share_taps,
    source_taps,
    sources,
    story_taps,
    taste_taps,
    watching,
)
from bot.handlers.desk import Desk, Visit
from bot.handlers.tap import Meaning, Tap, rows_of, show
from bot.render import (
    KEEP,
    forget_question_parts,
    parse_forget_data,
    parse_page_data,
    parse_passage_data,
    plain_parts,
)
from bot.render.buttons import Rows
from bot.render.clean import line
from bot.render.pieces import their_line
from bot.watches import MOST, Declined
from retrieval.errors import NotFound

_LONGEST_TOAST = 180  # characters; Telegram takes 200
_NUMBER = "(0|[1-9][0-9]{0,17})"
_FOLLOW_UP = re.compile(f"f:{_NUMBER}:([0-9])")
_SAMPLE = re.compile("q:([0-9])")
_INSTEAD = re.compile("n:([0-9a-f]{12})")
_STOP = re.compile("t:([0-9a-f]{12})")
_WATCH = re.compile(f"w:{_NUMBER}:0")
_DROP = re.compile(f"v:{_NUMBER}")
_AGAIN = re.compile("r:([A-Za-z0-9_-]{16})")

_log = structlog.get_logger()


async def tapped(desk: Desk, query: CallbackQuery) -> None:
    """Do what the button says, or say that it is no longer valid."""
    try:
        meaning = await _meaning(desk, query)
    except Exception as error:
        _log.error("tap.failed", person=query.from_user.id, **described(error))
        meaning = Meaning(toast=prompts.text("failed"))
    if meaning is None:
        _log.info("tap.refused", person=query.from_user.id)
        meaning = Meaning(toast=prompts.text("button_invalid"))
    await desk.outbox.answer(query.id, meaning.toast, stays=meaning.stay)
    if meaning.work:
        await meaning.work()


async def _meaning(desk: Desk, query: CallbackQuery) -> Meaning | None:
    """What the tap means; None for what was not offered here, to this person, or not any more."""
    data, message = query.data, query.message
    if not data or message is None:
        return None
    rows: Rows = ()
    if isinstance(message, Message):
        visit, rows = Visit.of(message, query.from_user.id), rows_of(message.reply_markup)
        visit = replace(visit, language=query.from_user.language_code)
    else:
        visit = Visit(query.from_user.id, message.chat.id, message.chat.type == PRIVATE)
    if visit.private and visit.chat != visit.person:
        return None
    for read in _READERS:
        meaning = await read(desk, Tap(visit, data, isinstance(message, Message), rows))
        if meaning:
            return meaning
    return None


async def _passage(desk: Desk, tap: Tap) -> Meaning | None:
    found = parse_passage_data(tap.data)
    show = await passages.shown(desk, tap.visit, *found) if found else None
    return Meaning(show) if show else None


async def _page(desk: Desk, tap: Tap) -> Meaning | None:
    found = parse_page_data(tap.data)
    if found is None:
        return None
    kind, number = found
    if kind == "s":
        return Meaning(partial(show, desk, tap, await sources.documents_page(desk, tap.visit, number)))
    if kind == "l":
        return Meaning(partial(show, desk, tap, await sources.sources_page(desk, tap.visit, number)))
    if tap.visit.private:
        return Meaning(partial(show, desk, tap, await documents.forget_page(desk, tap.visit, number)))
    return None


async def _forget(desk: Desk, tap: Tap) -> Meaning | None:
    """Ask whether a document of one's own shall go, take it out, or leave it."""
    if not tap.visit.private:
        return None
    if tap.data == KEEP:
        return Meaning(partial(show, desk, tap, plain_parts(prompts.text("kept"))))
    found = parse_forget_data(tap.data)
    if found is None:
        return None
    number, sure = found
    try:
        document = await desk.library.document(number, tap.visit.scope)
        if document.owner != tap.visit.owner:
            return None
        if not sure:
            return Meaning(partial(show, desk, tap, forget_question_parts(document)))
        gone = await desk.library.remove(number, tap.visit.owner)
        await desk.histories.forget_chat(tap.visit.chat)  # it holds what the document said
        desk.editions.forget()
        await desk.deliveries.forget_words(tap.visit.person)
        await desk.stories.forget(tap.visit.owner)
        await desk.shares.forget_documents([number])
        await desk.corrections.forget_words([number])
        await desk.tastes.forget_words([number])
    except NotFound:
        return None
    title = their_line(gone.title, 100).text
    return Meaning(partial(show, desk, tap, plain_parts(prompts.text("forgotten", title=title))))


async def _question(desk: Desk, tap: Tap) -> Meaning | None:
    """Ask a question that was offered on a button; it passes over the screen, since nobody typed it."""
    question: str | None = None
    if found := _FOLLOW_UP.fullmatch(tap.data):
        question = await desk.asked.find(tap.visit.chat, int(found[1]), int(found[2]))
    elif found := _SAMPLE.fullmatch(tap.data):
        question = dict(enumerate(desk.sample_questions)).get(int(found[1]))
    if question is None:
        return None
    return Meaning(partial(questions.put, desk, tap.visit, question), line(question, _LONGEST_TOAST))


async def _turn(desk: Desk, tap: Tap) -> Meaning | None:
    found = _INSTEAD.fullmatch(tap.data)
    return Meaning() if found and desk.questions.instead(tap.visit.chat, found[1]) else None


async def _stop(desk: Desk, tap: Tap) -> Meaning | None:
    """Stop the answer that the button stands under; one that is just being sent is left alone."""
    found = _STOP.fullmatch(tap.data)
    ticket = desk.under_way.get(tap.visit.chat)
    if found is None or ticket is None or ticket.turn != found[1]:
        return None
    if ticket.settled:
        return Meaning()
    desk.questions.end(tap.visit.chat, found[1])
    return Meaning(toast=prompts.text("stopped"))


async def _watch(desk: Desk, tap: Tap) -> Meaning | None:
    """Look out for what was not answered, in this chat and for whoever taps."""
    found, visit = _WATCH.fullmatch(tap.data), tap.visit
    question = await desk.asked.find(visit.chat, int(found[1]), 0) if found else None
    if question is None:
        return None
    watch = await desk.watches.add(
        person=visit.person, chat=visit.chat, thread=visit.thread, private=visit.private, question=question
    )
    if watch is Declined.ALREADY:
        return Meaning(toast=prompts.text("watch_already"))
    if isinstance(watch, Declined):
        return Meaning(toast=prompts.text("watch_too_many", count=MOST))
    return Meaning(partial(watching.confirm, desk, visit, watch, question))


async def _drop(desk: Desk, tap: Tap) -> Meaning | None:
    found, visit = _DROP.fullmatch(tap.data), tap.visit
    question = await desk.watches.drop(int(found[1]), person=visit.person, chat=visit.chat) if found else None
    if question is None:
        return None
    words = prompts.text("watch_dropped", question=their_line(question).text)
    return Meaning(partial(show, desk, tap, plain_parts(words)))


async def _again(desk: Desk, tap: Tap) -> Meaning | None:
    found = _AGAIN.fullmatch(tap.data)
    parts = desk.outbox.claim_uncertain(tap.visit.chat, found[1]) if found else None
    return Meaning(partial(desk.outbox.send_parts, tap.visit.place, parts)) if parts else None


_READERS = (
    *(_passage, _page, _forget, _question, _turn, _stop, _watch, _drop, _again),
    *(source_taps.source, source_taps.offer, source_taps.pack, source_taps.text),
    *(story_taps.story, taste_taps.tastes),
    *(briefing_taps.edition, briefing_taps.settings, deleting.sure),
    *(share_taps.share, share_taps.feed, share_taps.links),
)
