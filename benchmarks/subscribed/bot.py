"""Runs the bot through one day: `python -m benchmarks.subscribed.bot FOLDER PEOPLE [TELEGRAM [MODEL KEY]]`.

Without addresses it only fills the folder with stories and subscribers. It is the bot as `footnote run`
joins it, with a clock of its own that leaps over the time in which nothing is due; while something is written
or sent it runs as any clock does. Where it stands is kept, so that after a crash the day goes on.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks.subscribed.news import stories
from benchmarks.subscribed.people import everybody
from bot import logs
from bot.app import run_bot
from bot.dues import EVERY_DAY, Rhythm
from bot.furnishing import BotConfig
from bot.handlers import delivering
from bot.opening import following_of, language_model_of
from bot.outbox import Place
from bot.people import SCHEMA
from bot.settings import Settings
from bot.subscribers import SCHEMA as SUBSCRIBERS
from bot.subscribers import Subscribers, Subscription
from retrieval import database
from retrieval.briefing import Briefings
from retrieval.embeddings import LocalMiniLM
from retrieval.library import Library, open_library
from retrieval.writing import Writer

TOKEN = "123456:TEST-token-of-a-double-that-never-leaves"
BEGINS = datetime(2026, 11, 21, 0, 5, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=1)
_AHEAD = timedelta(minutes=3)  # how long before it is due an edition may be written
_ARRIVALS = (6, 12, 18)  # hours at which more is published
_HELD = 15  # stories that are held when the day begins; the others arrive later


class Leaping:
    """A clock that stands ``ahead`` of the machine's, by more and more; kept in a file."""

    def __init__(self, file: Path, begins: datetime) -> None:
        self._file = file
        self._ahead = float(file.read_text()) if file.exists() else begins.timestamp() - time.time()
        self._keep()

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self._ahead, UTC)

    def leap(self, to: datetime) -> None:
        """Let it be this moment, unless it is later already."""
        self._ahead += max(0.0, (to - self()).total_seconds())
        self._keep()

    def _keep(self) -> None:
        aside = self._file.with_suffix(".new")
        aside.write_text(str(self._ahead))
        aside.rename(self._file)


@asynccontextmanager
async def _opened(settings: Settings, clock: Callable[[], datetime]) -> AsyncIterator[Library]:
    async with (
        language_model_of(settings) as model,
        open_library(
            settings.footnote_data_dir, LocalMiniLM(), clock=clock, writer=Writer(model) if model else None
        ) as library,
    ):
        await library.prepare()
        yield library


def _settings(folder: Path, model: str = "", key: str = "") -> Settings:
    """Those of a bot for whose stories a model writes, where one is given, whatever that costs."""
    plenty: dict[str, Any] = {"model_tokens_a_day": 0, "model_tokens_a_day_each": 0}
    written = {"openai_base_url": model, "openai_api_key": key, "openai_model": "scripted"} if model else {}
    return Settings(_env_file=None, footnote_data_dir=folder, **written, **plenty)


async def fill(folder: Path, people: int) -> None:
    """Put the first stories and everybody's subscription into a folder."""
    clock = Leaping(folder / "clock", BEGINS)
    async with _opened(_settings(folder), clock) as library:
        await library.add([each for story in stories(BEGINS - timedelta(days=1))[:_HELD] for each in story])
        await database.apply(library.engine, "people", SCHEMA)
        await database.apply(library.engine, "subscribers", SUBSCRIBERS)
        subscribers = Subscribers(library.engine, clock)
        rows = []
        for each in everybody(people):
            rhythm = Rhythm(each.zone, each.minute, EVERY_DAY, clock())
            wanted = Subscription(
                each.person,
                Place(each.person),
                each.person,
                rhythm,
                topics=each.topics,
                role=each.role,
                length=each.length,
            )
            await subscribers.keep(wanted)
            rows.append({"id": each.person, "name": "P", "since": clock().isoformat()})
        async with library.engine.begin() as connection:
            await connection.execute(text("INSERT INTO people VALUES (:id, :name, 'allowed', :since)"), rows)
    (folder / "clock").unlink()


async def run(folder: Path, address: str, *model: str) -> None:
    """Be the bot until the day is over; ``model`` is the address and the key of one, if any."""
    clock = Leaping(folder / "clock", BEGINS)
    stop = asyncio.Event()
    settings = _settings(folder, *model)
    config = BotConfig(TOKEN, folder, api_url=address)
    async with _opened(settings, clock) as library, following_of(settings, library) as following:
        bot = asyncio.create_task(run_bot(config, library, following, library.engine, clock, stop=stop))
        day = asyncio.create_task(_day(library, clock, folder))
        await asyncio.wait({bot, day}, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        await bot
        await day


async def _day(library: Library, clock: Leaping, folder: Path) -> None:
    """Leap from one thing that is due to the next."""
    arrivals = [BEGINS.replace(hour=hour) for hour in _ARRIVALS]
    late = stories(BEGINS)[_HELD:]
    while clock() < ENDS:
        await asyncio.sleep(0.1)
        for at in [each for each in arrivals if each <= clock()]:
            number = _ARRIVALS.index(at.hour)
            await library.add([each for story in late[number :: len(_ARRIVALS)] for each in story])
            arrivals.remove(at)
        following = await _next(library, clock(), folder / "backlog")
        if following is not None:
            clock.leap(min([following, ENDS, *arrivals]))
    (folder / "over").touch()


async def _next(library: Library, now: datetime, samples: Path) -> datetime | None:
    """When something is due that is not due by now; None while something is. Notes how much that is."""
    (found,) = await database.rows(
        library.engine,
        "SELECT (SELECT count(*) FROM deliveries WHERE state = 'sending' AND at <= :now) AS late, "
        "EXISTS (SELECT 1 FROM deliveries WHERE state IN ('due', 'leased')) AS unwritten, "
        "(SELECT min(at) FROM deliveries WHERE state = 'sending') AS sends, "
        "(SELECT min(due) FROM subscribers) AS plans",
        now=now.isoformat(),
    )
    with samples.open("a", encoding="utf-8") as file:
        file.write(f"{time.monotonic():.3f} {found.late}\n")
    sends = [datetime.fromisoformat(found.sends)] if found.sends else []
    plans = [datetime.fromisoformat(found.plans) - _AHEAD] if found.plans else []
    due = min([*sends, *plans], default=ENDS)
    return due if due > now and not found.unwritten else None


def _noted(folder: Path) -> None:
    """Write down how long each briefing took to be composed."""
    made = Briefings.brief

    async def brief(self: Briefings, *arguments: Any, **named: Any) -> Any:
        began = time.perf_counter()
        briefing = await made(self, *arguments, **named)
        with (folder / "composed").open("a", encoding="utf-8") as file:
            file.write(json.dumps(round(time.perf_counter() - began, 4)) + "\n")
        return briefing

    Briefings.brief = brief  # type: ignore[method-assign]


if __name__ == "__main__":
    folder, people, *addresses = sys.argv[1:]
    if not addresses:
        asyncio.run(fill(Path(folder), int(people)))
    else:
        logs.configure(quiet=False)
        delivering.TICK = 0.2
        _noted(Path(folder))
        asyncio.run(run(Path(folder), *addresses))
