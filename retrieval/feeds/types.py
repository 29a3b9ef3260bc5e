"""What feeds, channels and lists of feeds hold, as frozen values. Knows nothing of formats and parsers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed or channel. All of it is plain text, whatever the feed was written in.

    ``key`` tells it from the other items of its feed and stays when the item is edited: what the feed
    calls it, else its address, else a hash of its words. ``text`` has paragraphs; ``whole`` says that it is
    the article rather than a summary. ``url`` is an http or https address without tracking parameters.
    Times are in UTC as the feed said them, the future included.
    """

    key: str
    title: str
    text: str
    whole: bool
    url: str | None = None
    author: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed or channel: newest items first where dates say so, else as they came.

    ``every`` is how often it says it changes, ``moved_to`` the address it says it moved to. ``complete`` is
    false where it was damaged and mended, or had more items than are read.
    """

    title: str
    home: str | None
    language: str | None
    items: tuple[Item, ...]
    every: timedelta | None = None
    moved_to: str | None = None
    complete: bool = True

    def as_json(self) -> dict[str, Any]:
        """The feed as JSON values."""
        return asdict(self) | {
            "every": self.every.total_seconds() if self.every else None,
            "items": [
                asdict(item) | {"published": _written(item.published), "updated": _written(item.updated)}
                for item in self.items
            ],
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Feed:
        """The feed that ``as_json`` wrote."""
        items = tuple(
            Item(**item | {"published": _read(item["published"]), "updated": _read(item["updated"])})
            for item in said["items"]
        )
        every = timedelta(seconds=said["every"]) if said["every"] else None
        return cls(**{**said, "items": items, "every": every})


@dataclass(frozen=True, slots=True)
class Link:
    """A feed that a page offers. ``title`` is what the page calls it."""

    url: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """One feed of a list; ``folder`` names the folders around it, outermost first, as in ``News/Europe``."""

    url: str
    title: str | None = None
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What a list of feeds holds; ``unreadable`` has one sentence for each line that could not be read."""

    feeds: tuple[Subscription, ...]
    unreadable: tuple[str, ...] = ()


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _read(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
