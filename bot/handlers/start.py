"""Says what the bot is, what it holds and how to use it. Knows nothing of answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import prompts
from bot.handlers import passages
from bot.handlers.desk import Desk, Visit, say
from bot.render import Button, plain_parts
from bot.render.buttons import Rows
from bot.render.clean import day
from bot.render.pieces import their_line

if TYPE_CHECKING:
    from retrieval.documents import Holdings

_OFFERED = 3
_TITLE = 40  # characters of a title on a button, with the question around it
_NUMBER = "(0|[1-9][0-9]{0,17})"
_PASSAGE = re.compile(f"p_{_NUMBER}_{_NUMBER}_{_NUMBER}")


async def start(desk: Desk, visit: Visit, words: str) -> None:
    """Welcome, or show the passage that the link which brought them here names."""
    found = _PASSAGE.fullmatch(words)
    if not found:
        await welcome(desk, visit)
    elif show := await passages.shown(desk, visit, *map(int, found.groups())):
        await show()
    else:
        await say(desk, visit, "passage_gone")


async def welcome(desk: Desk, visit: Visit) -> None:
    """Say what this is and what it holds, with questions to tap, and sources to begin with."""
    holdings = await desk.library.holdings(visit.scope)
    questions = await _questions(desk, visit, holdings)
    words = prompts.text("start", holdings=_holdings(holdings))
    if questions:
        words = f"{words}\n\n{prompts.text('try_these')}"
    begin: Rows = ()
    if visit.private and not await desk.following.sources(visit.owner):
        begin = ((Button(prompts.text("follow_begin_button"), "gg"),),)
    parts = plain_parts(words, question_buttons=questions, buttons=begin)
    await desk.outbox.send_parts(visit.place, parts)


async def help(desk: Desk, visit: Visit, _words: str) -> None:
    """Say what can be done here."""
    await say(desk, visit, "help", bot=desk.username)


async def unknown(desk: Desk, visit: Visit, _words: str) -> None:
    """Say that there is no such command."""
    await say(desk, visit, "unknown_command")


def counted(number: int, thing: str) -> str:
    """A number and its noun: "1 document", "1,200 documents", "3 entries"."""
    if number != 1:
        thing = thing[:-1] + "ies" if thing.endswith("ry") else thing + "s"
    return f"{number:,} {thing}"


async def _questions(desk: Desk, visit: Visit, holdings: Holdings) -> list[Button]:
    """Three questions to tap: those of the sample library, else one each about the newest documents."""
    if holdings.sample:
        return [Button(question, f"q:{at}") for at, question in enumerate(desk.sample_questions[:_OFFERED])]
    newest = await desk.library.documents(visit.scope, limit=_OFFERED)
    titles = [title for document in newest if (title := their_line(document.title, _TITLE).text)]
    questions = [prompts.text("question_from_title", title=title) for title in titles]
    offer = await desk.asked.offer(visit.chat, questions) if questions else 0
    return [Button(question, f"f:{offer}:{at}") for at, question in enumerate(questions)]


def _holdings(holdings: Holdings) -> str:
    if not holdings.documents:
        return prompts.text("holdings_empty")
    documents = counted(holdings.documents, "document")
    lines = [
        prompts.text("holdings", documents=documents, newest=day(holdings.newest))
        if holdings.newest
        else prompts.text("holdings_undated", documents=documents)
    ]
    if holdings.sample:
        lines.append(prompts.text("holdings_sample"))
    if holdings.pending:
        lines.append(prompts.text("holdings_pending", documents=counted(holdings.pending, "document")))
    return " ".join(lines)
