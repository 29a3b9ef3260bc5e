"""Takes questions in turn and answers each with one message. Knows nothing of how answers are found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import structlog

import prompts
from bot.faults import described
from bot.handlers.desk import Desk, Visit, say
from bot.render import Button, Part, answer_parts, plain_parts
from bot.turns import State
from retrieval.errors import FootnoteError

_SEEN = "👀"

_log = structlog.get_logger()


@dataclass(slots=True)
class _Ticket:
    """A question's way through its chat's line."""

    waited: bool = False
    begun: bool = False
    notice: int | None = None  # the message that says it waits


async def ask(desk: Desk, visit: Visit, words: str) -> None:
    """Put a written question in its chat's line and show that it was seen."""
    if not words:
        await say(desk, visit, "ask_what" if visit.private else "ask_what_group")
        return
    await put(desk, visit, words)
    if visit.message is not None:
        await desk.outbox.react(visit.chat, visit.message, _SEEN)


async def put(desk: Desk, visit: Visit, question: str) -> None:
    """Answer a question now or when it is its turn; where it waits, say so once with a way to go first."""
    ticket = _Ticket()
    turn = desk.questions.take(visit.chat, partial(_answer, desk, visit, question, ticket))
    ticket.waited = turn.state is State.WAITING
    if not turn.first:
        return
    if turn.state is State.REFUSED:
        await say(desk, visit, "too_many_questions")
    elif turn.state is State.WAITING:
        await _tell_waiting(desk, visit, turn.id, ticket)


async def stop(desk: Desk, visit: Visit, _words: str) -> None:
    """Break off the answer under way in this chat, and forget what waits."""
    stopped = desk.questions.stop(visit.chat)
    await say(desk, visit, "stopped" if stopped else "nothing_to_stop")


async def _tell_waiting(desk: Desk, visit: Visit, turn: str, ticket: _Ticket) -> None:
    button = Button(prompts.text("waiting_button"), f"n:{turn}")
    notice = plain_parts(prompts.text("waiting"), question_buttons=[button])
    sent = await desk.outbox.send_parts(visit.reply, notice)
    ticket.notice = sent[0] if sent else None
    if ticket.begun:
        await _take_back_notice(desk, visit, ticket)


async def _answer(desk: Desk, visit: Visit, question: str, ticket: _Ticket) -> None:
    ticket.begun = True
    await _take_back_notice(desk, visit, ticket)
    async with desk.outbox.typing(visit.place):
        parts = await _parts(desk, visit, question)
    await desk.outbox.send_parts(visit.reply if ticket.waited else visit.place, parts)


async def _take_back_notice(desk: Desk, visit: Visit, ticket: _Ticket) -> None:
    notice, ticket.notice = ticket.notice, None
    if notice is not None:
        await desk.outbox.delete(visit.chat, notice)


async def _parts(desk: Desk, visit: Visit, question: str) -> list[Part]:
    """The answer as messages, or the one sentence that says why there is none."""
    try:
        answer = await desk.library.ask(question, visit.scope)
        buttons: list[Button] = []
        if answer.follow_ups:
            offer = await desk.asked.offer(visit.chat, answer.follow_ups)
            buttons = [Button(words, f"f:{offer}:{at}") for at, words in enumerate(answer.follow_ups)]
        today = desk.clock().date()
        return answer_parts(answer, today=today, open_link=desk.open_link, question_buttons=buttons)
    except FootnoteError as error:
        _log.warning("question.refused", chat=visit.chat, **described(error))
        return plain_parts(str(error))
    except Exception as error:
        _log.error("question.failed", chat=visit.chat, **described(error))
        return plain_parts(prompts.text("failed"))
