"""Brings an answer into a chat and remembers what it says there. Knows nothing of how it came about."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

import prompts
from bot.faults import described
from bot.handlers.desk import Desk, Visit
from bot.histories import Conversation
from bot.outbox import Place, Sent
from bot.render import Button, Part, answer_parts, plain_parts
from retrieval.types import Answer

_log = structlog.get_logger()


async def tell(
    desk: Desk,
    visit: Visit,
    place: Place,
    answer: Answer,
    *,
    heading: str | None = None,
    ending: str | None = None,
    over: int | None = None,
) -> list[Sent]:
    """Send an answer, whole or as far as it came, with what can be tapped; what became of its messages.

    ``heading`` and ``ending`` are as for ``answer_parts``; ``over`` is the message whose place it takes.
    """
    try:
        buttons = await _buttons(desk, visit, answer) if ending is None else []
        parts = answer_parts(
            answer,
            today=desk.clock().date(),
            open_link=desk.open_link,
            question_buttons=buttons,
            heading=heading,
            ending=ending,
        )
    except Exception as error:
        _log.error("answer.unshowable", chat=visit.chat, **described(error))
        parts = plain_parts(prompts.text("failed"))
    results = await desk.outbox.deliver(place, parts, over=over)
    await remember(desk, visit, parts, results)
    return results


async def remember(desk: Desk, visit: Visit, parts: Sequence[Part], results: Sequence[Sent]) -> None:
    """Keep what the messages that arrived rest on, for whoever replies to them."""
    for part, sent in zip(parts, results, strict=False):
        if isinstance(sent, int):
            await desk.grounds.remember(visit.chat, sent, part.grounds)


async def keep(desk: Desk, visit: Visit, conversation: Conversation, answer: Answer) -> None:
    """Add an answer to the conversation it is part of; an answer is never lost for that."""
    said = [statement.text for statement in answer.statements]
    try:
        await desk.histories.add(conversation, visit.person, answer.understood or answer.question, said)
    except Exception as error:
        _log.error("answer.unremembered", chat=visit.chat, **described(error))


async def _buttons(desk: Desk, visit: Visit, answer: Answer) -> list[Button]:
    """What can be asked next; where nothing was answered, the offer to look out for an answer."""
    buttons = []
    if answer.follow_ups:
        offer = await desk.asked.offer(visit.chat, answer.follow_ups)
        buttons = [Button(words, f"f:{offer}:{at}") for at, words in enumerate(answer.follow_ups)]
    if not answer.answered:
        offer = await desk.asked.offer(visit.chat, [answer.understood or answer.question])
        buttons.append(Button(prompts.text("watch_button"), f"w:{offer}:0"))
    return buttons
