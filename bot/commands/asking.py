"""Searches the library and asks it. Knows nothing of how it is filled."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.commands.common import AsOf, Json, Person, command, dated, day_of, print_json, scope_of


@command
async def search(
    query: str,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    as_of: AsOf = None,
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Show the passages that best answer a question."""
    from bot import as_json as form
    from bot.opening import opened

    async with opened() as library:
        hits = await library.search(query, scope_of(person), k=k, as_of=day_of(as_of))
    if as_json:
        print_json(form.hits(hits))
        return
    for place, hit in enumerate(hits, start=1):
        document = hit.passage.document
        source = " · ".join(filter(None, (document.title, document.publisher, dated(document.day))))
        print(f"{place}. {source}  [{document.id}]\n{hit.passage.text}\n")
    if not hits:
        print("Nothing found.")


@command
async def ask(question: str, as_of: AsOf = None, person: Person = None, as_json: Json = False) -> None:
    """Answer one question, each statement with the passage that says it."""
    from bot import as_json as form
    from bot.opening import opened
    from bot.terminal_text import print_answer

    async with opened() as library:
        answer = await library.ask(question, scope_of(person), as_of=day_of(as_of))
    if as_json:
        print_json(form.answer(answer))
    else:
        print_answer(answer, today=datetime.now(UTC).date(), file=sys.stdout)
