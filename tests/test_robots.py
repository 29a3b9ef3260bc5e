"""What sites let programs read is asked once a day and kept to, for pages; feeds were asked for by people."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from followers import Desk, desk_at
from libraries import NOW
from web import Entry, Web, article

FEED = "http://courier.test/feed"
SUMMARY = "The tram line reached the hospital in June."
END = "So it was said at the depot."


@pytest.fixture(scope="module")
def whole_web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
async def desk(whole_web: Web, tmp_path: Path) -> AsyncIterator[Desk]:
    whole_web.forget()
    async with desk_at(whole_web, tmp_path) as desk:
        yield desk


def publish(desk: Desk, *places: str) -> None:
    """A feed of summaries whose articles stand at these places."""
    entries = []
    for day, place in enumerate(places):
        title = f"Tram at {place} arrives"
        said = hashlib.sha256(place.encode()).hexdigest()
        whole = " ".join(f"Train {said[at : at + 3]} runs at {said[at + 3 : at + 6]}." for at in range(50))
        desk.web.page(place, article(title, SUMMARY, f"{whole} {END}"))
        url = f"http://{place}" if place[0] != "/" else f"http://courier.test{place}"
        entries.append(Entry(title, url=url, summary=SUMMARY, published=NOW - timedelta(days=day)))
    desk.web.feed("/feed", "City Courier", entries)


async def read_in_full(desk: Desk) -> list[str]:
    """The titles of what was read in full."""
    return [title for title, text in (await desk.texts()).items() if END in text]


def asked(desk: Desk, path: str = "/robots.txt") -> int:
    """How often a path was asked for."""
    return sum(visit.path == path for visit in desk.web.log)


@pytest.mark.parametrize(
    ("rules", "whole"),
    [
        ("User-agent: *\nDisallow: /", 0),
        ("User-agent: *\nDisallow: /one", 1),
        ("User-agent: *\nDisallow: /\nAllow: /one", 1),
        ("User-agent: footnote\nDisallow: /\n\nUser-agent: *\nAllow: /", 0),
        ("User-agent: Footnote\nAllow: /\n\nUser-agent: *\nDisallow: /", 2),
        ("User-agent: *\nDisallow: /*.html$", 1),
        ("User-agent: *\nDisallow:", 2),
        ("<html>We have no rules.</html>", 2),
        ("\x00\xff\nDisallow: /" + "*a" * 100_000, 2),
    ],
)
async def test_pages_are_read_as_far_as_the_rules_allow(desk: Desk, rules: str, whole: int) -> None:
    publish(desk, "/one", "/two.html")
    desk.web.robots(rules)
    await desk.follows(FEED)
    assert len(await read_in_full(desk)) == whole
    assert len(await desk.texts()) == 2, "what may not be read in full stands with its summary"
    assert asked(desk) == 1
    assert asked(desk, "/one") + asked(desk, "/two.html") == whole


@pytest.mark.parametrize(("status", "whole"), [(404, 1), (403, 1), (500, 0), (503, 0), (429, 0)])
async def test_a_site_without_rules_is_open_and_one_that_cannot_say_is_not(
    desk: Desk, status: int, whole: int
) -> None:
    publish(desk, "/one")
    desk.web.refuses("/robots.txt", status)
    await desk.follows(FEED)
    assert len(await read_in_full(desk)) == whole


async def test_the_rules_are_asked_for_once_a_day_each_site_its_own(desk: Desk) -> None:
    desk.web.robots("User-agent: *\nDisallow: /two")
    desk.web.robots("User-agent: *\nDisallow: /one", host="herald.test")
    publish(desk, "/one", "/two", "herald.test/one", "herald.test/two")
    await desk.follows(FEED)
    assert await read_in_full(desk) == ["Tram at /one arrives", "Tram at herald.test/two arrives"]
    assert asked(desk) == 2
    desk.web.robots("User-agent: *\nDisallow: /")
    publish(desk, "/one", "/two", "/three", "/four", "/five")
    await desk.refresh(hours=20)
    assert "Tram at /five arrives" in await read_in_full(desk)
    assert asked(desk) == 2
    publish(desk, "/one", "/two", "/three", "/four", "/five", "/six")
    await desk.refresh(hours=5)
    assert "Tram at /six arrives" not in await read_in_full(desk)
    assert asked(desk) == 3


async def test_the_rules_are_remembered_by_the_next_process(whole_web: Web, tmp_path: Path) -> None:
    whole_web.forget()
    whole_web.robots("User-agent: *\nDisallow: /two")
    for _ in range(2):
        async with desk_at(whole_web, tmp_path) as desk:
            publish(desk, "/one", "/two")
            await desk.follows(FEED)
            publish(desk, "/one", "/two", "/three")
            await desk.refresh(hours=1)
            assert asked(desk) == 1


async def test_rules_are_not_for_feeds(desk: Desk) -> None:
    publish(desk, "/one")
    desk.web.robots("User-agent: *\nDisallow: /")
    assert (await desk.follows(FEED)).newest
    assert (await desk.refresh(hours=4)).failed == 0


async def test_a_site_that_wants_time_between_pages_gets_it(desk: Desk) -> None:
    import asyncio

    publish(desk, "/one", "/two", "/three")
    desk.web.robots("User-agent: *\nCrawl-delay: 0.3")
    clock = asyncio.get_running_loop().time
    started = clock()
    await desk.follows(FEED)
    assert clock() - started >= 0.6
    assert len(await read_in_full(desk)) == 3
