"""The ledger of editions: whatever is interrupted, nothing is sent twice and what may be missing is known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic

from bot.delivered import SCHEMA
from bot.deliveries import Deliveries, Parcel
from bot.dues import Due
from bot.pace import Pace
from bot.render import plain_parts
from retrieval import database
from retrieval.database import execute

SEVEN = datetime(2026, 11, 21, 7, tzinfo=UTC)
SATURDAY = Due(date(2026, 11, 21), SEVEN)
ANN = 1001
HEAD, STORY = plain_parts("Your briefing")[0], plain_parts("The harbour closes")[0]
DOUBT = plain_parts("Something may be missing")[0]
PARCELS = [Parcel(HEAD), Parcel(STORY, ((7, 123), (8, 456)))]


class Time:
    """A clock that stands still until it is moved."""

    now = SEVEN

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def ledger(folder: Path, clock: Time | None = None) -> AsyncIterator[Deliveries]:
    """The ledger as a process finds it that has just begun."""
    engine = database.connect(folder / "footnote.sqlite")
    await database.apply(engine, "deliveries", SCHEMA)
    deliveries = Deliveries(engine, clock or Time())
    await deliveries.recover()
    yield deliveries
    deliveries.close()
    await engine.dispose()


async def made(deliveries: Deliveries) -> int:
    """An edition of two messages that waits to be sent; its number."""
    assert await deliveries.claim(ANN, SATURDAY)
    (delivery,) = await deliveries.unwritten(5)
    assert await deliveries.lease(delivery.id)
    await deliveries.ready(delivery.id, PARCELS, SEVEN)
    return delivery.id


async def test_an_edition_is_claimed_once_and_begun_again_where_nothing_of_it_was_sent(tmp_path):
    async with ledger(tmp_path) as deliveries:
        assert await deliveries.claim(ANN, SATURDAY)
    async with ledger(tmp_path) as deliveries:  # killed after the claim
        assert not await deliveries.claim(ANN, SATURDAY)
        (delivery,) = await deliveries.unwritten(5)
        assert SEVEN <= delivery.at < SEVEN + timedelta(seconds=20)
        assert await deliveries.lease(delivery.id)
        assert not await deliveries.lease(delivery.id)
        assert await deliveries.unwritten(5) == []
    async with ledger(tmp_path) as deliveries:  # killed while it was written
        assert await deliveries.unwritten(5) == [delivery]
        assert await deliveries.lease(delivery.id)
        await deliveries.ready(delivery.id, PARCELS, SEVEN)
    async with ledger(tmp_path) as deliveries:  # killed before anything was sent
        assert await deliveries.sendable(5) == [delivery]
        assert await deliveries.next_part(delivery.id) == (0, HEAD)
        assert await deliveries.settle(delivery.id, 0, "sent", DOUBT)
    async with ledger(tmp_path) as deliveries:  # killed between two parts
        assert await deliveries.sendable(5) == [delivery]
        assert await deliveries.next_part(delivery.id) == (1, STORY)
        assert not await deliveries.settle(delivery.id, 1, "sent", DOUBT)
        assert [each.state for each in await deliveries.past(ANN, 5)] == ["sent"]
        assert await deliveries.told(ANN) == {7: SEVEN, 8: SEVEN}
    async with ledger(tmp_path) as deliveries:
        assert await deliveries.sendable(5) == []
        assert not await deliveries.claim(ANN, SATURDAY)


async def test_what_was_under_way_when_it_was_killed_is_not_sent_again_and_is_said_first(tmp_path):
    async with ledger(tmp_path) as deliveries:
        id = await made(deliveries)
        await deliveries.next_part(id)
    async with ledger(tmp_path) as deliveries:
        (delivery,) = await deliveries.sendable(5)
        assert delivery.doubtful
        await deliveries.note(id, DOUBT)
        assert not (await deliveries.sendable(5))[0].doubtful
        await deliveries.note(id, DOUBT)  # killed in between: said once all the same
        number, part = await deliveries.next_part(id) or (0, HEAD)
        assert part == DOUBT
        assert await deliveries.settle(id, number, "sent", DOUBT)
        assert await deliveries.next_part(id) == (1, STORY)
        assert not await deliveries.settle(id, 1, "sent", DOUBT)
        (past,) = await deliveries.past(ANN, 5)
        assert (past.state, past.parts, past.again) == ("uncertain", 2, True)
        assert await deliveries.claim_uncertain(id, ANN + 1) == []
        assert await deliveries.claim_uncertain(id, ANN) == [HEAD]
        assert await deliveries.claim_uncertain(id, ANN) == []


async def test_a_note_that_may_be_missing_itself_is_not_followed_by_another(tmp_path):
    async with ledger(tmp_path) as deliveries:
        id = await made(deliveries)
        await deliveries.next_part(id)
        assert await deliveries.settle(id, 0, "uncertain", DOUBT)
        note = await deliveries.next_part(id)
        assert note
        assert note[1] == DOUBT
        assert await deliveries.settle(id, note[0], "uncertain", DOUBT)
        assert await deliveries.next_part(id) == (1, STORY)
        assert not await deliveries.settle(id, 1, "lost", DOUBT)
        assert await deliveries.claim_uncertain(id, ANN) == [HEAD]


async def test_what_waited_too_long_is_closed_and_what_is_old_is_dropped(tmp_path):
    clock = Time()
    async with ledger(tmp_path, clock) as deliveries:
        await made(deliveries)
        clock.now = SEVEN + timedelta(hours=21)
        await deliveries.close_late()
        assert await deliveries.sendable(5) == []
        assert [(each.state, each.why) for each in await deliveries.past(ANN, 5)] == [("skipped", "late")]
        clock.now = SEVEN + timedelta(days=31)
        await deliveries.prune()
        assert await deliveries.past(ANN, 5) == []


async def test_a_ledger_of_an_earlier_version_keeps_what_was_told(tmp_path):
    engine = database.connect(tmp_path / "footnote.sqlite")
    earlier = SCHEMA.index("CREATE INDEX deliveries_next ON deliveries (state, at)")
    await database.apply(engine, "deliveries", SCHEMA[:earlier])
    await execute(engine, "INSERT INTO told_stories VALUES (1001, 7, :at)", at=SEVEN.isoformat())
    await execute(
        engine,
        "INSERT INTO deliveries (id, reader, day, at, made, state) "
        "VALUES (1, 1001, '2026-11-21', :at, :at, 'sending')",
        at=SEVEN.isoformat(),
    )
    packed = '{"text": "x", "entities": [], "buttons": [], "grounds": [], "silent": false}'
    await execute(engine, "INSERT INTO delivery_parts VALUES (1, 0, 'waiting', '[8, 9]', :part)", part=packed)
    await engine.dispose()
    async with ledger(tmp_path) as deliveries:
        assert await deliveries.told(ANN) == {7: SEVEN}
        await deliveries.next_part(1)
        await deliveries.settle(1, 0, "sent")
        assert set(await deliveries.told(ANN)) == {7, 8, 9}


async def test_the_ledger_is_looked_up_by_its_indexes(tmp_path):
    async with ledger(tmp_path) as deliveries:
        for query in (
            "SELECT * FROM deliveries WHERE state = 'due' ORDER BY at, id LIMIT 5",
            "SELECT * FROM deliveries WHERE state IN ('due', 'leased') AND at < 'x'",
            "DELETE FROM deliveries WHERE at < 'x'",
            "DELETE FROM told_stories WHERE at < 'x'",
        ):
            plan = [row.detail for row in await deliveries._books.rows("EXPLAIN QUERY PLAN " + query)]
            assert not any(step.startswith("SCAN") or "TEMP B-TREE" in step for step in plan), plan


async def test_turns_are_handed_out_evenly_and_what_cannot_wait_goes_before():
    pace = Pace(50)
    began = monotonic()
    for _ in range(10):
        await pace.turn()
    assert 0.15 < monotonic() - began < 0.4
    for _ in range(10):
        pace.went()
    began = monotonic()
    await pace.turn()
    assert monotonic() - began > 0.15
