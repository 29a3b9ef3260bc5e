"""Looks out for answers that were missing: confirms the wish, looks when documents arrive, tells once.

Knows nothing of how documents arrive or of how answers are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

import prompts
from bot.faults import described
from bot.handlers import correcting, telling
from bot.handlers.desk import Desk, Visit
from bot.outcomes import Outcome
from bot.render import Button, plain_parts
from bot.render.clean import day
from bot.render.pieces import their_line
from bot.watches import DAYS, Watch
from retrieval.types import SHARED, Answer

EVERYBODY = 0  # the line of looks that no chat's upload asked for

_READ = 24  # hits; as many as an answer is made from
_OVERLAP = timedelta(minutes=10)  # a document may be found by its meaning only some time after it arrived
_SURELY_NOT_SENT = {Outcome.WAIT, Outcome.AGAIN}

_log = structlog.get_logger()


async def confirm(desk: Desk, visit: Visit, watch: int, question: str) -> None:
    """Say what is looked out for, with a button to drop it."""
    words = prompts.text("watch_set", question=_shown(question), days=DAYS)
    button = Button(prompts.text("watch_drop_button"), f"v:{watch}")
    await desk.outbox.send_parts(visit.place, plain_parts(words, question_buttons=[button]))


async def resume(desk: Desk, interrupted: Sequence[Watch]) -> None:
    """When the bot comes back: tell whom it may have left without a message, then look at every watch."""
    for watch in interrupted:
        if not desk.people.may_speak(watch.person):
            continue
        offer = await desk.asked.offer(watch.chat, [watch.question])
        words = prompts.text("watch_interrupted", question=_shown(watch.question))
        button = Button(prompts.text("watch_ask_button"), f"f:{offer}:0")
        await desk.outbox.send_parts(_visit(watch).place, plain_parts(words, question_buttons=[button]))
    await look(desk, SHARED)


async def look(desk: Desk, owner: str) -> int:
    """Look again, now that documents of ``owner`` have arrived, and tell whose question they answer.

    Only watches of people who may read that owner's documents are looked at. Returns how many were told.
    What editions told is looked back at too.
    """
    told = 0
    for watch in await desk.watches.open_to(owner):
        if not desk.people.may_speak(watch.person):
            continue
        try:
            told += await _look_for(desk, watch)
        except Exception as error:
            _log.error("watch.failed", watch=watch.id, **described(error))
    await correcting.look(desk, owner)
    return told


async def _look_for(desk: Desk, watch: Watch) -> bool:
    began = desk.clock()
    answer = await _answer(desk, watch)
    if answer is None:
        await desk.watches.looked(watch.id, began)
        return False
    return await desk.watches.claim(watch.id) and await _tell(desk, watch, answer)


async def _answer(desk: Desk, watch: Watch) -> Answer | None:
    """What is said to the question now, if a document that is newer than the watch says it.

    A search, which costs nothing, comes before the question is asked.
    """
    since = max(watch.created, watch.looked - _OVERLAP)
    hits = await desk.library.search(watch.question, watch.scope, k=_READ)
    if not any(_newer(hit.passage.document.fetched, since) for hit in hits):
        return None
    visit = _visit(watch)
    answer = await desk.library.ask(watch.question, watch.scope, asker=visit.owner)
    cited = [citation.document.fetched for citation in answer.citations]
    return answer if answer.answered and any(_newer(when, watch.created) for when in cited) else None


async def _tell(desk: Desk, watch: Watch, answer: Answer) -> bool:
    """Send the answer; whether it was, or may have been. What surely was not sent is looked for again."""
    visit = _visit(watch)
    heading = prompts.text("watch_answered", day=day(watch.created), question=_shown(watch.question))
    await telling.keep(desk, visit, await desk.histories.conversation(visit.chat, visit.thread), answer)
    results = await telling.tell(desk, visit, visit.place, answer, heading=heading)
    if results and all(sent in _SURELY_NOT_SENT for sent in results):
        await desk.watches.reopen(watch.id)
        return False
    await desk.watches.close(watch.id)
    _log.info("watch.told", watch=watch.id)
    return True


def _newer(when: datetime | None, than: datetime) -> bool:
    return when is not None and when > than


def _visit(watch: Watch) -> Visit:
    return Visit(watch.person, watch.chat, watch.private, watch.thread)


def _shown(question: str) -> str:
    return their_line(question).text
