"""When an edition is due: one for each local date, in every zone, through gaps, folds and journeys."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot import towns, zones
from bot.deliveries import SCHEMA as LEDGER
from bot.deliveries import Deliveries, Parcel
from bot.dues import EVERY_DAY, Due, Rhythm, moment, next_due
from bot.outbox import Place
from bot.render import plain_parts
from bot.subscribers import SCHEMA, Subscribers, Subscription
from retrieval import database
from retrieval.types import Scope

DAY = timedelta(days=1)
AWKWARD = (0, 30, 2 * 60 + 15, 23 * 60 + 45)


def editions(
    zone: str, minute: int, begin: datetime, end: datetime, step: timedelta | None = None
) -> list[Due]:
    """What is delivered by a bot that looks at each due moment, or every ``step``."""
    rhythm, last, now, found = Rhythm(zone, minute, EVERY_DAY, begin), None, begin, []
    while now < end:
        due = next_due(rhythm, last, now)
        assert due
        if due.at <= now:
            found.append(due)
            last = due.day
            continue
        now = now + step if step else due.at
    return found


def local_dates(zone: str, begin: datetime, end: datetime) -> list[date]:
    """The dates that a zone's calendar has, hour by hour."""
    hours = int((end - begin) / timedelta(minutes=30))
    seen = [(begin + at * timedelta(minutes=30)).astimezone(ZoneInfo(zone)).date() for at in range(hours)]
    return sorted(set(seen))


@pytest.mark.parametrize(
    ("zone", "begin"),
    [
        ("Pacific/Apia", datetime(2011, 12, 20, tzinfo=UTC)),  # has no 30 December
        ("Australia/Lord_Howe", datetime(2026, 9, 25, tzinfo=UTC)),  # half an hour
        ("Australia/Lord_Howe", datetime(2026, 3, 28, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(1994, 12, 25, tzinfo=UTC)),  # skips the last day of 1994
        ("Pacific/Kwajalein", datetime(1993, 8, 15, tzinfo=UTC)),
        ("Africa/Casablanca", datetime(2026, 2, 10, tzinfo=UTC)),  # back for Ramadan
        ("Africa/Casablanca", datetime(2026, 3, 15, tzinfo=UTC)),
        ("Antarctica/Troll", datetime(2026, 3, 25, tzinfo=UTC)),  # two hours
        ("Antarctica/Troll", datetime(2026, 10, 20, tzinfo=UTC)),
        ("America/Nuuk", datetime(2026, 3, 25, tzinfo=UTC)),  # the gap ends at midnight
        ("America/Havana", datetime(2026, 3, 1, tzinfo=UTC)),  # midnight is missing
        ("Asia/Beirut", datetime(2026, 10, 20, tzinfo=UTC)),  # midnight comes twice
    ],
)
@pytest.mark.parametrize("minute", AWKWARD)
def test_each_local_date_has_one_edition_where_clocks_are_worst(
    zone: str, begin: datetime, minute: int
) -> None:
    end = begin + 16 * DAY
    found = editions(zone, minute, begin, end)
    dates = local_dates(zone, begin + DAY, end - DAY)
    within = [due.day for due in found if dates[0] < due.day < dates[-1]]
    assert within == dates[1:-1]
    assert all(due.at.astimezone(ZoneInfo(zone)).date() == due.day for due in found)


def test_a_day_that_a_zone_skips_has_no_moment() -> None:
    assert moment("Pacific/Apia", date(2011, 12, 30), 7 * 60) is None
    assert moment("Pacific/Apia", date(2011, 12, 31), 7 * 60) == datetime(2011, 12, 30, 17, tzinfo=UTC)


def test_a_time_in_a_gap_is_right_after_it_and_one_that_comes_twice_is_the_first() -> None:
    assert moment("Europe/Berlin", date(2026, 3, 29), 150) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert moment("Europe/Berlin", date(2026, 10, 25), 150) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert moment("America/Nuuk", date(2026, 3, 28), 23 * 60 + 30) == datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 3, tzinfo=UTC))
HOUR = timedelta(hours=1)


def alike() -> dict[tuple[tuple[datetime, timedelta], ...], list[str]]:
    """Every zone there is, by what its clocks do in the year: hour by hour, whether they change."""
    found: dict[tuple[tuple[datetime, timedelta], ...], list[str]] = {}
    hours = [YEAR[0] + at * HOUR for at in range(int((YEAR[1] - YEAR[0]) / HOUR))]
    for zone in sorted(available_timezones() - {"Factory", "localtime"}):
        info = ZoneInfo(zone)
        offsets = [(hour, info.utcoffset(hour.astimezone(info)) or timedelta()) for hour in hours]
        changes = [offsets[0], *(b for a, b in pairwise(offsets) if a[1] != b[1])]
        found.setdefault(tuple(changes), []).append(zone)
    return found


def awkward(changes: tuple[tuple[datetime, timedelta], ...]) -> set[int]:
    """Minutes of the day that come twice or never when these clocks change, and some of every day."""
    minutes = {0, 7 * 60, 23 * 60 + 59}
    for (_, before), (at, after) in pairwise(changes):
        for offset in (before, after):
            local = at - HOUR / 2 + offset  # the change lies in the hour before
            minutes |= {local.hour * 60 + local.minute, (local.hour * 60 + local.minute + 31) % (24 * 60)}
    return minutes


@pytest.mark.slow
def test_each_local_date_of_a_year_has_one_edition_in_every_zone() -> None:
    kinds = alike()
    assert sum(map(len, kinds.values())) > 590
    for changes, zones_ in kinds.items():
        dates = local_dates(zones_[0], YEAR[0] + DAY, YEAR[1] - DAY)
        for minute in awkward(changes):
            found = [due.day for due in editions(zones_[0], minute, *YEAR)]
            assert [day for day in found if dates[0] <= day <= dates[-1]] == dates, (zones_, minute)


@pytest.mark.parametrize(
    "route",
    [
        ("Pacific/Kiritimati", "Pacific/Honolulu", "Pacific/Kiritimati"),  # one place on the sun, a day apart
        ("Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles", "Europe/Berlin"),
        ("Pacific/Auckland", "America/Anchorage", "Pacific/Apia", "Etc/GMT+12", "Etc/GMT-14"),
    ],
)
@pytest.mark.parametrize("minute", AWKWARD)
def test_who_travels_gets_each_date_at_most_once_and_is_not_left_out_for_long(
    route: tuple[str, ...], minute: int
) -> None:
    now, last, found = datetime(2026, 3, 20, tzinfo=UTC), None, list[Due]()
    for zone in (*route, *route):
        rhythm = Rhythm(zone, minute, EVERY_DAY, now)
        leaves = now + timedelta(days=3, hours=7)
        while (due := next_due(rhythm, last, now)) and due.at <= leaves:
            now = max(now, due.at)
            found.append(Due(due.day, now))
            last = due.day
        now = leaves
    assert all(before.day < after.day for before, after in pairwise(found))
    assert all(after.at - before.at <= 3 * DAY for before, after in pairwise(found))


def test_after_days_offline_there_is_one_edition_not_three() -> None:
    begin = datetime(2026, 11, 16, tzinfo=UTC)
    rhythm = Rhythm("Europe/Berlin", 420, EVERY_DAY, begin)
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    due = next_due(rhythm, date(2026, 11, 16), now)
    assert due == Due(date(2026, 11, 20), datetime(2026, 11, 20, 6, tzinfo=UTC))
    after = next_due(rhythm, date(2026, 11, 20), now)
    assert after
    assert after.day == date(2026, 11, 21)


def test_a_journey_over_the_date_line_gives_each_date_one_edition() -> None:
    now = datetime(
        2026, 11, 20, 17, 1, tzinfo=UTC
    )  # 07:01 of the 21st in Kiritimati, of the 20th in Honolulu
    east = Rhythm("Pacific/Kiritimati", 420, EVERY_DAY, now - 9 * DAY)
    due = next_due(east, date(2026, 11, 20), now)
    assert due
    assert due.day == date(2026, 11, 21)
    assert due.at <= now
    west = replace(east, zone="Pacific/Honolulu", since=now)
    following = next_due(west, due.day, now)
    assert following
    assert following.day == date(2026, 11, 22)


def test_weekdays_are_kept_and_a_new_time_is_never_one_of_the_past() -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday
    weekdays = Rhythm("UTC", 420, frozenset(range(5)), now)
    due = next_due(weekdays, None, now)
    assert due
    assert due.day == date(2026, 11, 23)
    assert next_due(replace(weekdays, days=frozenset()), None, now) is None


async def test_what_is_forgotten_is_not_sent_from_an_edition_that_waits(tmp_path) -> None:
    engine = database.connect(tmp_path / "a.sqlite")
    await database.apply(engine, "deliveries", LEDGER)
    now = datetime(2026, 11, 20, 7, tzinfo=UTC)
    ledger = Deliveries(engine, lambda: now)
    await ledger.claim(7, Due(date(2026, 11, 20), now))
    (mine,) = await ledger.unwritten(9)
    await ledger.lease(mine.id)
    await ledger.ready(mine.id, [Parcel(part) for part in plain_parts("Secret.")], now)
    await ledger.forget_words(7)
    assert await ledger.next_part(mine.id) is None
    assert await ledger.unwritten(9) == [mine]
    assert await ledger.lease(mine.id)
    await ledger.ready(mine.id, [Parcel(part) for part in plain_parts("Rest.")], now)
    assert await ledger.next_part(mine.id)
    await engine.dispose()


async def test_subscriptions_are_kept_whole(tmp_path) -> None:
    engine = database.connect(tmp_path / "a.sqlite")
    await database.apply(engine, "subscribers", SCHEMA)
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    people = Subscribers(engine, lambda: now)
    wanted = Subscription(
        -7,
        Place(-100, 3),
        7,
        Rhythm("Asia/Tokyo", 420, frozenset({0, 6}), now),
        ("trade, “x”",),
        "investor",
        "ports",
        "deep",
    )
    kept = await people.keep(wanted)
    assert kept.due == datetime(2026, 11, 21, 22, tzinfo=UTC)
    assert await people.find(-7) == kept
    assert await people.at(Place(-100, 3)) == kept
    assert await people.at(Place(-100)) is None
    assert kept.scope == Scope()
    assert await people.due_by(now) == []
    assert await people.due_by(now + 2 * DAY) == [kept]
    assert await people.drop(-7)
    assert not await people.drop(-7)
    await engine.dispose()


TOWNS = cache(partial(lambda read: list(read()), towns.cities))  # read once for all tests


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever looks for a place reads the same list of towns."""
    monkeypatch.setattr(towns, "cities", TOWNS)


@pytest.mark.parametrize(
    ("said", "language", "found"),
    [
        ("Berlin", None, ["Europe/Berlin"]),
        ("köln", "de", ["Europe/Berlin"]),
        ("Koeln", "de", ["Europe/Berlin"]),
        ("San Francisco", "en", ["America/Los_Angeles"]),
        ("St. Louis", None, ["America/Chicago", "Africa/Dakar"]),
        ("Bengaluru", None, ["Asia/Kolkata"]),
        ("bangalore", None, ["Asia/Kolkata"]),
        ("NYC", None, ["America/New_York"]),
        ("Сан-Паулу", "ru", ["America/Sao_Paulo"]),
        ("sao paulo", None, ["America/Sao_Paulo"]),
        ("Москва", "ru", ["Europe/Moscow"]),
        ("東京", None, ["Asia/Tokyo"]),
        ("القاهرة", "ar", ["Africa/Cairo"]),
        # of namesakes the larger comes first, and what is far smaller is not meant
        ("Springfield", None, ["America/Chicago", "America/New_York", "America/Los_Angeles"]),
        ("Birmingham", None, ["Europe/London", "America/Chicago"]),
        ("Paris", None, ["Europe/Paris"]),
        ("Paris, Texas", None, ["America/Chicago"]),
        ("Springfield, MA", None, ["America/New_York"]),
        ("London, Canada", None, ["America/Toronto"]),
        ("london, uk", None, ["Europe/London"]),
        ("Berlin Germany", None, ["Europe/Berlin"]),
        ("Deutschland", "de", ["Europe/Berlin"]),
        ("UK", None, ["Europe/London"]),
        ("USA", None, ["America/New_York", "America/Chicago", "America/Los_Angeles", "America/Denver"]),
        ("europe/berlin", None, ["Europe/Berlin"]),
        ("UTC+2", None, ["Etc/GMT-2"]),
        ("gmt -11", None, ["Etc/GMT+11"]),
        ("+05:30", None, ["Asia/Kolkata"]),
        ("+5:30", None, ["Asia/Kolkata"]),
        ("UTC-3", None, ["Etc/GMT+3"]),
        ("−3:30", None, ["America/St_Johns"]),
        ("utc", None, ["Etc/UTC"]),
    ],
)
def test_a_place_is_found_by_many_names(said: str, language: str | None, found: list[str]) -> None:
    assert list(zones.find(said, language)) == found


@pytest.mark.parametrize(
    "said", ["", "xyzzy", "+15", "UTC+99:99", "../../etc/passwd", "\u202e", "a" * 10_000]
)
def test_what_is_no_place_is_none(said: str) -> None:
    assert zones.find(said, "xx-yy-zz") == ()


def test_zones_are_shown_with_their_clock_and_guessed_where_that_is_fair() -> None:
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert [zones.shown(each) for each in ("Etc/GMT-2", "Etc/GMT+11", "America/New_York")] == [
        "UTC+2",
        "UTC-11",
        "America/New York",
    ]
    assert zones.clock("Asia/Kathmandu", now) == "17:45"
    assert zones.guess("de") == "Europe/Berlin"
    assert zones.guess("en") is None
    assert zones.guess("en-GB") == "Europe/London"
    assert zones.guess(None) is None
    assert zones.at(-23.5, -46.6) == "America/Sao_Paulo"
