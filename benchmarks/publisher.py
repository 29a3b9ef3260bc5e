"""Plays many sites with a feed each, in a process of its own: `python -m benchmarks.publisher FEEDS ITEMS`.

Each answers after a delay of its own, with an ETag, and with 304 to who has it. The first line that is
printed is the port. Knows nothing of who reads the feeds.
"""

from __future__ import annotations

import asyncio
import math
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import product

from aiohttp import web

_MEDIAN, _SPREAD, _LONGEST = 0.12, 0.6, 3.0  # seconds of delay, log-normal
_WORDS = 150  # of an item
_SYLLABLES = ("ka", "lo", "mi", "tu", "re", "san", "vor", "pel", "dri", "gan", "sho", "ne", "ba", "qui")
_VOCABULARY = ["".join(parts) for parts in product(_SYLLABLES, repeat=3)]
_WEIGHTS = [1 / rank for rank in range(1, len(_VOCABULARY) + 1)]
_START = datetime(2026, 11, 1, tzinfo=UTC)


class Publisher:
    """Sites by number, with how many items each has published beyond its first ones."""

    def __init__(self, feeds: int, items: int) -> None:
        self._items = items
        self._more = [0] * feeds

    async def feed(self, request: web.Request) -> web.Response:
        """The feed of ``siteN.test``."""
        number = int(request.host.partition(".")[0].removeprefix("site"))
        chance = random.Random(number)
        delay = _MEDIAN * math.exp(chance.gauss(0, _SPREAD))
        await asyncio.sleep(min(_LONGEST, delay))
        headers = {"ETag": f'"{self._more[number]}"', "Content-Type": "application/rss+xml; charset=utf-8"}
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        return web.Response(text=self._written(number), headers=headers)

    async def publish(self, request: web.Request) -> web.Response:
        """Every so-manieth site publishes one more item."""
        for number in range(0, len(self._more), int(request.query["every"])):
            self._more[number] += 1
        return web.Response()

    def _written(self, site: int) -> str:
        newest = self._items + self._more[site]
        items = "".join(_item(site, number) for number in range(newest - 1, newest - 1 - self._items, -1))
        return (
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>Site {site}</title><link>http://site{site}.test/</link>"
            f"<description>News</description><language>en</language>{items}</channel></rss>"
        )


def _item(site: int, number: int) -> str:
    """An item with its whole text, which is the same whenever it is asked for."""
    chance = random.Random(site * 10_000 + number)
    words = chance.choices(_VOCABULARY, _WEIGHTS, k=_WORDS)
    sentences = [" ".join(words[at : at + 15]).capitalize() + "." for at in range(0, _WORDS, 15)]
    text = "".join(f"&lt;p&gt;{' '.join(sentences[at : at + 4])}&lt;/p&gt;" for at in range(0, 10, 4))
    url = f"http://site{site}.test/{number}"
    moment = format_datetime(_START + timedelta(hours=number, minutes=site % 60))
    return (
        f"<item><title>{sentences[0][:60]}</title><link>{url}</link><guid>{url}</guid>"
        f"<pubDate>{moment}</pubDate><content:encoded>{text}</content:encoded></item>"
    )


async def _serve(feeds: int, items: int) -> None:
    publisher = Publisher(feeds, items)
    application = web.Application()
    application.router.add_get("/feed", publisher.feed)
    application.router.add_get("/publish", publisher.publish)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
