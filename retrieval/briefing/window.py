"""Says which documents are new to a briefing: those that came or changed since the last one, and are news.

Knows nothing of stories, of storage or of whom a briefing is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from retrieval.types import Document

LATE = timedelta(3)  # before the last briefing: what came out earlier is no news when it arrives after it
_LIVE = timedelta(30)  # a library with nothing this new is an archive, told of as a whole
_FIRST = timedelta(7)  # what a first briefing of a live library looks back on


@dataclass(frozen=True)
class Window:
    """What a briefing looks at: the documents that may be told, and which of them are new.

    ``today`` is the reader's date. ``since`` is the moment of their last briefing in their own zone, or the
    first day whose publications count as new, or None where everything does.
    """

    today: date
    since: date | datetime | None
    documents: Sequence[Document]
    late: frozenset[int] = frozenset()  # those that came before but could not be told of then

    @property
    def first(self) -> date | None:
        """The day since when there may be news, as the reader counts days."""
        return self.since.date() if isinstance(self.since, datetime) else self.since

    @property
    def moment(self) -> datetime | None:
        """The moment of the last briefing, where it is known."""
        return self.since if isinstance(self.since, datetime) else None

    @property
    def fresh(self) -> tuple[Document, ...]:
        """The documents that are new."""
        return tuple(each for each in self.documents if self.new(each))

    def new(self, document: Document) -> bool:
        """Whether a document came, or changed, since the last briefing, and is news.

        Where that has no moment, whether it was published since its day.
        """
        day = document.day
        if day is None or self.since is None:
            return day is not None
        if not isinstance(self.since, datetime):
            return day >= self.since
        seen = max(self.since.date(), self.since.astimezone(UTC).date())
        fetched = document.fetched is not None and document.fetched > self.since
        came = fetched or day > seen or document.number in self.late
        last = max(moment.date() for moment in (document.published, document.updated) if moment)
        return came and last >= self.since.astimezone(UTC).date() - LATE


def first_day(documents: Sequence[Document], today: date) -> date | None:
    """Where a first briefing begins; None where the library is an archive."""
    newest = max(document.day for document in documents if document.day)
    return today - _FIRST + timedelta(1) if today - newest <= _LIVE else None
