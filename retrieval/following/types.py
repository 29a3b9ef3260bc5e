"""What is known of the sources people follow, as frozen values. Knows nothing of storage or the network."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from retrieval.types import Document


class State(Enum):
    """How a source is doing."""

    FRESH = "fresh"
    QUIET = "quiet"  # it answers, and has had nothing new for a month
    FAILING = "failing"
    PAUSED = "paused"
    GONE = "gone"  # its server says that it will not come back


@dataclass(frozen=True, slots=True)
class Source:
    """One source that somebody follows.

    ``kind`` is ``"feed"``, ``"page"`` or ``"channel"``; ``home`` is the page that people read. ``reason``
    is a sentence that says why it is failing or gone. ``allow`` and ``deny`` are the words that an item
    must and must not hold. ``next_look`` is None where nothing is due any more. Moments are in UTC.
    """

    number: int
    owner: str
    kind: str
    url: str
    title: str
    home: str | None
    language: str | None
    state: State
    reason: str | None
    failing_since: datetime | None
    last_item: datetime | None
    items_this_week: int
    next_look: datetime | None
    allow: tuple[str, ...]
    deny: tuple[str, ...]
    in_briefings: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be followed at an address: a ``"feed"``, a ``"page"`` or a ``"channel"``."""

    kind: str
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What an address turned out to be.

    ``offers`` has feeds first and the page itself last; empty where nothing there can be followed.
    ``article`` says whether it can also be added once, as one document.
    """

    offers: tuple[Offer, ...]
    article: bool


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list of feeds: how many are new, how many were followed before, what was unreadable.

    ``unreadable`` holds one sentence for each that could not be taken.
    """

    followed: int
    known: int
    unreadable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence to be told, once, to the owner of a source.

    ``kind`` is ``"failing"``, ``"gone"``, ``"moved"`` or ``"limit"``.
    """

    source: Source
    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a round of looking brought.

    ``unchanged`` counts the sources that had nothing new, ``passages`` the new ones.
    """

    looked_at: int = 0
    unchanged: int = 0
    failed: int = 0
    added: tuple[Document, ...] = ()
    replaced: tuple[Document, ...] = ()
    notices: tuple[Notice, ...] = ()
    passages: int = 0

    def __add__(self, other: Refreshed) -> Refreshed:
        return Refreshed(
            self.looked_at + other.looked_at,
            self.unchanged + other.unchanged,
            self.failed + other.failed,
            self.added + other.added,
            self.replaced + other.replaced,
            self.notices + other.notices,
            self.passages + other.passages,
        )


@dataclass(frozen=True, slots=True)
class Followed:
    """A source that is now followed, with up to three of its newest items; ``known`` where it was before.

    ``brought`` is what the first look at it brought.
    """

    source: Source
    newest: tuple[Document, ...]
    known: bool
    brought: Refreshed = field(default_factory=Refreshed)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much one person may have of each; 0 is no limit. The shared library has none.

    ``text`` is in bytes, ``fetches`` are of one day (UTC).
    """

    sources: int = 0
    documents: int = 0
    text: int = 0
    fetches: int = 0
