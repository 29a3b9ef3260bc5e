"""Lists of well-known feeds to begin with, by topic and language. Knows nothing of how they are followed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("starters.toml")


@dataclass(frozen=True, slots=True)
class Starter:
    """One feed by its name and address."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Pack:
    """A list of feeds under a title."""

    title: str
    feeds: tuple[Starter, ...]


@cache
def packs() -> tuple[Pack, ...]:
    """All lists, in the order they are offered."""
    read = tomllib.loads(_FILE.read_text("utf-8"))
    return tuple(
        Pack(each["title"], tuple(Starter(**feed) for feed in each["feeds"])) for each in read["pack"]
    )
