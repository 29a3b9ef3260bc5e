"""Takes questions in turn, stops them and forgets conversations. Knows nothing of how answers come about."""

from __future__ import annotations

from functools import partial

from telegram import Message

import prompts
from bot.addressed import Halt
from bot.handlers.answering import Answering
from bot.handlers.desk import Desk, Visit, say
from bot.handlers.ticket import Ticket
from bot.render import Button, plain_parts
from bot.turns import State

_SEEN = "👀"


async def ask(desk: Desk, visit: Visit, words: str, message: Message | None = None) -> None:
    """Put a written question in its chat's line and show that it was seen."""
    if not words:
        await say(desk, visit, "ask_what" if visit.private else "ask_what_group")
        return
    await put(desk, visit, words, message)
    if visit.message is not None:
        await desk.outbox.react(visit.chat, visit.message, _SEEN)


async def put(desk: Desk, visit: Visit, question: str, message: Message | None = None) -> None:
    """Answer a question now or when it is its turn; where it waits, say so once with a way to go first."""
    ticket, before = Ticket(question, message), desk.under_way.get(visit.chat)
    turn = desk.questions.take(visit.chat, partial(_answer, desk, visit, ticket))
    ticket.turn = turn.id
    ticket.waited = turn.state is State.WAITING
    if not turn.first:
        return
    if turn.state is State.REFUSED:
        await say(desk, visit, "too_many_questions")
    elif turn.state is State.WAITING and not (before and before.settled):
        await _tell_waiting(desk, visit, ticket)


async def stop(desk: Desk, visit: Visit, _words: str) -> None:
    """Break off the answer under way in this chat, keeping what was verified, and forget what waits."""
    ticket = desk.under_way.get(visit.chat)
    stopped = desk.questions.stop(visit.chat)
    if ticket and ticket.keeps and (stopped == 1 or not ticket.settled):
        return  # the answer says so itself, or stands already
    await say(desk, visit, "stopped" if stopped else "nothing_to_stop")


async def stop_preview(desk: Desk, halt: Halt) -> None:
    """Break off the answer whose preview was stopped, keeping what was verified."""
    ticket = desk.under_way.get(halt.person)
    if ticket is None or ticket.draft != halt.draft:
        return
    kept = ticket.keeps
    if desk.questions.end(halt.person, ticket.turn) and not kept:
        await say(desk, Visit(halt.person, halt.person, private=True, thread=halt.thread), "stopped")


async def new(desk: Desk, visit: Visit, words: str) -> None:
    """Forget the conversation in this chat's topic; words after the command are a question."""
    await desk.histories.forget(visit.chat, visit.thread)
    await say(desk, visit, "new")
    if words:
        await ask(desk, visit, words)


async def _tell_waiting(desk: Desk, visit: Visit, ticket: Ticket) -> None:
    button = Button(prompts.text("waiting_button"), f"n:{ticket.turn}")
    notice = plain_parts(prompts.text("waiting"), question_buttons=[button])
    sent = await desk.outbox.send_parts(visit.reply, notice)
    ticket.notice = sent[0] if sent else None
    if ticket.begun:
        await _take_back_notice(desk, visit, ticket)


async def _answer(desk: Desk, visit: Visit, ticket: Ticket) -> None:
    ticket.begun = True
    await _take_back_notice(desk, visit, ticket)
    await Answering(desk, visit, ticket).run()


async def _take_back_notice(desk: Desk, visit: Visit, ticket: Ticket) -> None:
    notice, ticket.notice = ticket.notice, None
    if notice is not None:
        await desk.outbox.delete(visit.chat, notice)
