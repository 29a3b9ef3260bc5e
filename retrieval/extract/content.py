"""What a parser finds in one file, and how it refuses one. Knows nothing of paths, processes or storage."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from retrieval.extract.text import clean_text, has_words

MAX_TEXT = 5_000_000  # characters of one document: some 1,500 printed pages

LOCKED = "is protected by a password; save a copy without one and add that"


class Refused(Exception):
    """A file that cannot become a document. The message completes the sentence "“name” …"."""


@dataclass(frozen=True, slots=True)
class Content:
    """The text of one file and what the file says about itself. ``title`` is empty where it names none."""

    text: str
    title: str = ""
    author: str | None = None
    publisher: str | None = None
    url: str | None = None
    published: datetime | None = None
    language: str | None = None
    updated: datetime | None = None

    def cleaned(self) -> Content:
        """The same with clean text; Refused where that leaves nothing to read, or too much."""
        text = clean_text(self.text)
        if not has_words(text):
            raise Refused("has no words in it; add a file that holds text")
        if len(text) > MAX_TEXT:
            raise Refused(f"holds more than {MAX_TEXT // 1_000_000} million characters; split it into parts")
        return replace(self, text=text)

    def as_json(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return asdict(self) | {name: _written(getattr(self, name)) for name in ("published", "updated")}

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Content:
        """The content that ``as_json`` wrote."""
        moments = {name: _read(fields[name]) for name in ("published", "updated")}
        return cls(**fields | moments)


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _read(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
