"""Says what needs attention: settings, library, index, sources. Mends nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from bot.commands.common import Json, command, print_json

if TYPE_CHECKING:
    from bot.settings import Settings
    from retrieval.following import Source
    from retrieval.library import Library


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it is well, and a sentence about it."""

    name: str
    well: bool
    says: str


@command
async def doctor(as_json: Json = False) -> None:
    """Check the settings, the library, the index and every source; exit 1 where something needs attention."""
    from bot import as_json as form
    from bot import logs
    from bot.opening import following_of, library_of
    from bot.settings import load

    logs.configure(quiet=True)
    settings = load()
    async with library_of(settings) as library, following_of(settings, library) as following:
        sources = await following.everybodys()
        checks = [
            *_settings(settings),
            await _library(library),
            await _index(library),
            _sources(sources),
            *([await _writing(library)] if library.writer else []),
        ]
    ill = [source for source in sources if source.reason]
    if as_json:
        print_json(form.doctor(checks, sources))
    else:
        for check in checks:
            print(f"{'ok     ' if check.well else 'ATTEND '} {check.name}: {check.says}")
        for source in ill:
            print(
                f"        {source.number}. “{source.title or source.url}” ({source.owner}): {source.reason}"
            )
    if not all(check.well for check in checks):
        raise typer.Exit(1)


def _settings(settings: Settings) -> list[Check]:
    """What the settings let Footnote do; that they can be read at all was found before."""
    telegram = "answers there" if settings.telegram_bot_token else "no token, so it talks in the terminal"
    model = settings.openai_model or "none, so answers are made of the sources' own sentences"
    return [
        Check("Telegram", True, telegram),
        Check("language model", True, model),
        Check("embeddings", True, settings.embeddings),
    ]


async def _library(library: Library) -> Check:
    """Whether the database is whole."""
    from retrieval.database import rows

    found = [row[0] for row in await rows(library.engine, "PRAGMA quick_check(1)")]
    (held,) = await rows(library.engine, "SELECT count(*) AS total FROM documents")
    if found != ["ok"]:
        return Check("library", False, "the database is damaged; put back a copy of the data folder.")
    return Check("library", True, f"{held.total:,} documents")


async def _index(library: Library) -> Check:
    """Whether the index answers, and holds all that it should."""
    from retrieval.database import rows
    from retrieval.errors import IndexFault, LibraryBusy

    try:
        await library.check()
    except LibraryBusy:
        return Check("index", True, "in use by another process, and not asked")
    except IndexFault as fault:
        return Check("index", False, str(fault))
    (waiting,) = await rows(library.engine, "SELECT count(*) AS total FROM passages WHERE indexed = 0")
    if waiting.total:
        return Check(
            "index", False, f"{waiting.total:,} passages wait to be indexed; run `footnote reindex`."
        )
    return Check("index", True, "answers")


async def _writing(library: Library) -> Check:
    """What the language model used for briefings today (UTC), and each subscriber's share of it."""
    from datetime import UTC, datetime

    from retrieval.briefing.authored.written import WrittenStories
    from retrieval.database import rows

    today = datetime.now(UTC).date()
    spent = await WrittenStories(library.engine).spent(today)
    says = f"{spent.stories} stories today, for {spent.cost.tokens:,} tokens"
    says += f" ({spent.cost.money:.2f} at your prices)" if spent.cost.money else ""
    if await rows(library.engine, "SELECT 1 FROM sqlite_master WHERE name = 'told_stories'"):
        told = "SELECT count(DISTINCT reader) AS readers FROM told_stories WHERE at LIKE :day"
        (found,) = await rows(library.engine, told, day=f"{today.isoformat()}%")
        if found.readers:
            says += f": {spent.cost.tokens // found.readers:,} for each of {found.readers:,} subscribers"
    return Check("briefings written", True, says)


def _sources(sources: list[Source]) -> Check:
    ill = sum(source.reason is not None for source in sources)
    if ill:
        return Check("sources", False, f"{ill} of {len(sources)} cannot be read:")
    return Check("sources", True, f"{len(sources)} followed")
