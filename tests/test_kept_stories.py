"""What was told stays as it was, for whoever may read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from pydantic import TypeAdapter
from test_bot_briefings import HARBOUR

from bot.kept_stories import SCHEMA, KeptStories
from retrieval import database
from retrieval.briefing import Event
from retrieval.types import SHARED, Conflict, Side, Statement


async def test_a_story_is_kept_as_it_was_told_until_it_is_forgotten_or_a_month_old(tmp_path) -> None:
    engine = database.connect(tmp_path / "a.sqlite")
    await database.apply(engine, "kept_stories", SCHEMA)
    now = datetime(2026, 11, 20, 7, tzinfo=UTC)
    kept = KeptStories(engine, lambda: now)
    told = replace(
        HARBOUR,
        timeline=(Event(date(2026, 11, 2), Statement("Opened.", (1,)), ahead=True),),
        conflicts=(Conflict((Side("1,200", Statement("It was 1,200.", (1,))),)),),
        around={1: ("Before — é.", "")},
    )
    everybodys = await kept.keep(SHARED, told)
    own = await kept.keep("person:7", told)
    assert await kept.find(everybodys, [SHARED]) == told
    assert await kept.find(own, [SHARED, "person:7"]) == told
    assert await kept.find(own, [SHARED, "person:8"]) is None
    await kept.forget("person:7")
    assert await kept.find(own, [SHARED, "person:7"]) is None
    now += timedelta(days=31)
    await kept.keep(SHARED, HARBOUR)
    assert await kept.find(everybodys, [SHARED]) is None
    await engine.dispose()


async def test_a_kept_story_takes_little_room_and_one_of_an_earlier_version_still_opens(tmp_path) -> None:
    engine = database.connect(tmp_path / "a.sqlite")
    await database.apply(engine, "kept_stories", SCHEMA)
    kept = KeptStories(engine, lambda: datetime(2026, 11, 20, 7, tzinfo=UTC))
    number = await kept.keep(SHARED, HARBOUR)
    (row,) = await database.rows(engine, "SELECT length(piece) AS size FROM kept_stories")
    whole = TypeAdapter(type(HARBOUR)).dump_json(HARBOUR).decode()
    assert row.size < len(whole) / 2
    await database.execute(engine, "UPDATE kept_stories SET piece = :whole", whole=whole)
    assert await kept.find(number, [SHARED]) == HARBOUR
    assert await kept.several([number], [SHARED]) == {number: HARBOUR}
    await engine.dispose()
