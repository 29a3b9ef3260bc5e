"""A conversation in the terminal over the same library. Knows nothing of Telegram."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.terminal_text import print_answer
from retrieval.documents import Holdings
from retrieval.errors import FootnoteError
from retrieval.library import Library
from retrieval.sample import QUESTIONS
from retrieval.types import Exchange, Scope

_NOT_IN_TELEGRAM = (
    "No TELEGRAM_BOT_TOKEN is set: send /newbot to @BotFather in Telegram, write the token into .env and "
    "start again; until then, ask here."
)

_TURNS = 6  # of the conversation that a question may lean on


async def converse(library: Library) -> None:
    """Answer each line read from stdin until it ends; a terminal gets a prompt and is told what to try."""
    print(_NOT_IN_TELEGRAM)
    holdings = await library.holdings(Scope())
    print(held(holdings))
    terminal = sys.stdin.isatty()
    if terminal:
        examples = QUESTIONS[:3] if holdings.sample else ()
        print("\n".join(["", *(f"Try: {question}" for question in examples), "Ctrl-D ends."]))
    history: list[Exchange] = []
    while line := await asyncio.to_thread(_read, terminal):
        if question := line.strip():
            history += await _answer(library, question, history[-_TURNS:])
    if terminal:
        print()


def held(holdings: Holdings) -> str:
    """One line that says what a library holds."""
    if not holdings.documents:
        return "The library is empty: `footnote add FILE` puts documents into it."
    line = f"The library holds {_counted(holdings.documents, 'document')}"
    line += f" in {_counted(holdings.passages, 'passage')}"
    if holdings.publishers:
        line += f" from {_counted(holdings.publishers, 'publisher')}"
    if holdings.newest:
        line += f", the newest of {holdings.newest:%-d %B %Y}"
    if holdings.sample:
        line += f"; {holdings.sample} of them are the sample library (`footnote sample --remove` removes it)"
    return line + "."


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


async def _answer(library: Library, question: str, history: Sequence[Exchange]) -> list[Exchange]:
    """Print the answer to one question; returns what the next questions may lean on."""
    print()
    try:
        answer = await library.ask(question, Scope(), history=history)
    except FootnoteError as error:
        print(error, file=sys.stderr)
        return []
    print_answer(answer, today=datetime.now(UTC).date(), file=sys.stdout)
    sys.stdout.flush()
    return [Exchange(answer.understood or question, tuple(each.text for each in answer.statements))]


def _read(terminal: bool) -> str:
    """The next line with its end, or nothing at the end of the input."""
    if not terminal:
        return sys.stdin.readline()
    try:
        return input("\n› ") + "\n"
    except EOFError:
        return ""
