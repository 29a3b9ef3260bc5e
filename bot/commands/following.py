"""Refreshes, lists and exports the sources that are followed. Knows nothing of how they are read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import Json, Theirs, command, owner_of, print_json

if TYPE_CHECKING:
    from retrieval.following import Source

Number = Annotated[int | None, typer.Option(metavar="N")]


@command
async def refresh(
    everything: Annotated[bool, typer.Option("--all", help="Everything, also what is not due yet.")] = False,
    as_json: Json = False,
) -> None:
    """Look at the sources that are due and add what is new."""
    from bot import as_json as form
    from bot.opening import opened_with_following
    from bot.progress import shown

    async with opened_with_following() as (library, following):
        await library.prepare()  # the bot looks at its sources itself: two would do it twice
        with shown() as show:
            found = await following.refresh(
                everything=everything,
                progress=lambda done, total: show("Reading sources", done, total),
            )
    for notice in found.notices:
        print(notice.sentence, file=sys.stderr)
    if as_json:
        print_json(form.refreshed(found))
    else:
        print(
            f"{found.looked_at} looked at, {found.unchanged} unchanged, {found.failed} failed; "
            f"{len(found.added)} documents added, {len(found.replaced)} replaced."
        )


@command
async def sources(
    pause: Annotated[int | None, typer.Option(help="Look at this one no more for now.", metavar="N")] = None,
    resume: Annotated[int | None, typer.Option(help="Look at this one again.", metavar="N")] = None,
    unfollow: Annotated[
        int | None, typer.Option(help="Forget this one; its documents stay.", metavar="N")
    ] = None,
    person: Theirs = None,
    as_json: Json = False,
) -> None:
    """List what is followed with how it is doing, after changing what the options say."""
    from bot import as_json as form
    from bot.opening import opened_with_following

    owner = owner_of(person)
    async with opened_with_following() as (_, following):
        if pause is not None:
            await following.pause(pause, owner)
        if resume is not None:
            await following.resume(resume, owner)
        if unfollow is not None:
            await following.unfollow(unfollow, owner)
        followed = await following.sources(owner)
    if as_json:
        print_json(form.sources(followed))
        return
    for source in followed:
        print(_line(source))
    if not followed:
        print("Nothing is followed: `footnote add ADDRESS` follows a feed or a site.")


@command
async def export(
    file: Annotated[Path, typer.Argument(help="Where to write it.", metavar="FILE")],
    person: Theirs = None,
) -> None:
    """Write the feeds that are followed to an OPML file, which other readers understand."""
    from bot.opening import opened_with_following

    async with opened_with_following() as (_, following):
        file.write_bytes(await following.export_list(owner_of(person)))
    print(f"The feeds are in {file}.")


def _line(source: Source) -> str:
    """One source as a line, and the reason why it fails as another."""
    last = source.last_item.date().isoformat() if source.last_item else "nothing yet"
    week = f"{source.items_this_week} this week"
    line = f"{source.number:>4}  {source.state.value:<8}{last:<12}{week:<15}{source.title}  {source.url}"
    return f"{line}\n      {source.reason}" if source.reason else line
