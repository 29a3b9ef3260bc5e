"""Who is answered, how the bot gets its owner, and how little a stranger costs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from bot import people
from bot.people import TRIES_A_DAY, People, new_code
from retrieval import database

ANN, BOB, EVE = 11, 22, 33


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = database.connect(tmp_path / "footnote.db")
    await database.apply(engine, "people", people.SCHEMA)
    yield engine
    await engine.dispose()


async def opened(engine: AsyncEngine, clock: Clock, *allowed: int) -> tuple[People, str | None]:
    """People as they are after a start, and the setup code the log shows, if it does."""
    known = People(engine, allowed, clock)
    with capture_logs() as logs:
        await known.load()
    codes = [entry["code"] for entry in logs if entry["event"] == "setup.code"]
    return known, codes[0] if codes else None


async def test_those_the_settings_allow_may_speak_and_the_first_is_the_owner(
    engine: AsyncEngine, clock: Clock
) -> None:
    known, code = await opened(engine, clock, ANN, BOB)
    assert code is None
    assert not known.without_owner
    assert known.owner == ANN
    assert [known.may_speak(id) for id in (ANN, BOB, EVE)] == [True, True, False]


async def test_the_setup_code_makes_its_sender_the_owner_and_dies(engine: AsyncEngine, clock: Clock) -> None:
    known, code = await opened(engine, clock)
    assert code
    assert known.without_owner
    assert not known.may_speak(ANN)
    claim = await known.claim(ANN, "Ann", code)
    assert claim
    assert claim.accepted
    assert (known.owner, known.may_speak(ANN), known.without_owner) == (ANN, True, False)
    assert await known.claim(EVE, "Eve", code) is None
    assert not known.may_speak(EVE)


async def test_the_owner_stays_the_owner_after_a_restart(engine: AsyncEngine, clock: Clock) -> None:
    known, code = await opened(engine, clock)
    assert code
    await known.claim(ANN, "Ann", code)
    again, new = await opened(engine, clock)
    assert (new, again.owner, again.may_speak(ANN)) == (None, ANN, True)


@pytest.mark.parametrize("form", ["{}", " {} ", "/start {}", "/setup {}"])
async def test_the_code_may_be_written_as_people_write(engine: AsyncEngine, clock: Clock, form: str) -> None:
    known, code = await opened(engine, clock)
    assert code
    typed = form.format(code.lower().replace("-", " "))
    claim = await known.claim(ANN, "Ann", typed)
    assert claim
    assert claim.accepted


async def test_wrong_codes_run_out_for_a_day_but_only_for_who_tried_them(
    engine: AsyncEngine, clock: Clock
) -> None:
    known, code = await opened(engine, clock)
    assert code
    claims = [await known.claim(EVE, "Eve", "AAAA-AAAA") for _ in range(TRIES_A_DAY + 1)]
    assert [claim.left for claim in claims if claim] == [4, 3, 2, 1, 0, -1]
    refused = await known.claim(EVE, "Eve", code)
    assert refused
    assert not refused.accepted
    restarted, new = await opened(engine, clock)
    assert new
    still = await restarted.claim(EVE, "Eve", new)
    assert still
    assert not still.accepted
    clock.now += timedelta(days=1)
    accepted = await restarted.claim(EVE, "Eve", new)
    assert accepted
    assert accepted.accepted


async def test_what_does_not_look_like_a_code_is_no_try(engine: AsyncEngine, clock: Clock) -> None:
    known, _ = await opened(engine, clock)
    for said in ("", "hello", "/start", "What is new?", "AAAA-AAAAA", "1' OR 1=1--"):
        assert await known.claim(EVE, "Eve", said) is None


async def test_a_stranger_is_told_once_a_day(engine: AsyncEngine, clock: Clock) -> None:
    known, _ = await opened(engine, clock, ANN)
    assert [await known.tell_stranger(EVE) for _ in range(3)] == [True, False, False]
    assert await known.tell_stranger(BOB)
    clock.now += timedelta(days=1)
    assert [await known.tell_stranger(EVE) for _ in range(2)] == [True, False]


async def test_yesterdays_strangers_leave_no_trace(engine: AsyncEngine, clock: Clock) -> None:
    known, _ = await opened(engine, clock, ANN)
    for stranger in range(100, 120):
        await known.tell_stranger(stranger)
    clock.now += timedelta(days=1)
    await known.tell_stranger(EVE)
    async with database.reading(engine).connect() as connection:
        rows = await connection.execute(text("SELECT id FROM strangers"))
        assert [row.id for row in rows] == [EVE]


def test_codes_are_easy_to_read_and_differ() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert not set("".join(codes)) & set("01IOLl")
    assert all(len(code) == 9 and code[4] == "-" for code in codes)


async def test_an_owner_who_is_forgotten_is_a_stranger_and_a_new_code_is_out(
    engine: AsyncEngine, clock: Clock
) -> None:
    known, code = await opened(engine, clock)
    assert code
    await known.claim(ANN, "Ann", code)
    await known.tell_stranger(EVE)
    with capture_logs() as logs:
        for id in (ANN, EVE):
            await known.forget(id)
    assert not known.may_speak(ANN)
    assert known.without_owner
    assert [entry["event"] for entry in logs].count("setup.code") == 1
    async with engine.connect() as connection:
        for table in ("people", "strangers"):
            assert (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar() == 0


async def test_whom_the_settings_allow_may_speak_on_when_forgotten(engine: AsyncEngine, clock: Clock) -> None:
    known, _ = await opened(engine, clock, BOB)
    await known.forget(BOB)
    assert known.may_speak(BOB)
    assert known.stays(BOB)
    assert not known.stays(ANN)
