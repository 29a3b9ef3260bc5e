"""Reads the made-up stories of a day, each told by two publishers. Knows nothing of who reads them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

from retrieval.types import Draft

_FILE = Path(__file__).with_name("news.txt")
_PUBLISHERS = ("Gazette", "Courier", "Echo", "Observer", "Herald", "Tribune", "Post")


@cache
def _blocks() -> tuple[tuple[str, ...], ...]:
    """For each story its topic, its title, its first report and the second."""
    blocks = _FILE.read_text(encoding="utf-8").strip().split("\n\n")
    return tuple(tuple(block.split("\n")) for block in blocks)


def topics() -> tuple[str, ...]:
    """What the stories are about, one each."""
    return tuple(topic for topic, *_ in _blocks())


def stories(first: datetime) -> list[tuple[Draft, ...]]:
    """The reports of each story; the first ones came out at a moment."""
    return [
        tuple(_report(number, at, title, text, first) for at, text in enumerate(reports))
        for number, (_, title, *reports) in enumerate(_blocks())
    ]


def _report(number: int, at: int, title: str, text: str, first: datetime) -> Draft:
    publisher = _PUBLISHERS[(number + at) % len(_PUBLISHERS)]
    address = f"https://{publisher.lower()}.example/{number}-{at}"
    return Draft(
        key=address,
        title=title if at == 0 else f"{title}: what is known",
        text=text.replace(". ", ".\n\n", 1),
        source=address,
        publisher=f"The {publisher}",
        url=address,
        published=first.replace(hour=8 + at),
        language="en",
    )
