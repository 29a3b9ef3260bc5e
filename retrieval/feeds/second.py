"""Reads a feed that no strict parser takes, with feedparser, within a time. Knows nothing of formats."""

from __future__ import annotations

import io
import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from retrieval.extract import fields
from retrieval.feeds.addresses import absolute
from retrieval.feeds.entries import LONGEST_TITLE, MAX_ITEMS, Body, Entry, items_of
from retrieval.feeds.moments import Dates
from retrieval.feeds.prose import line_of, plain_text, text_of
from retrieval.feeds.types import Feed

SECONDS = 2.0  # of processor time
LARGEST = 2_000_000  # characters


class _TooSlow(BaseException):
    """Raised by the clock; no parser's ``except Exception`` may swallow it."""


def second_reading(text: str, url: str) -> Feed | None:
    """The feed as feedparser reads it, or None where it finds no item, fails or takes too long."""
    if len(text) > LARGEST or threading.current_thread() is not threading.main_thread():
        return None
    import feedparser

    try:
        with _within(SECONDS), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            said = feedparser.parse(
                io.BytesIO(text.encode("utf-8", "replace")),
                response_headers={"content-location": url, "content-type": "application/xml; charset=utf-8"},
                sanitize_html=False,
                resolve_relative_uris=False,
            )
    except (Exception, _TooSlow):  # it raises anything at all on what is made to break it
        return None
    entries = said.get("entries") or []
    if not entries:
        return None
    about = said.get("feed") or {}
    dates = Dates(about.get("language"))
    return Feed(
        title=line_of(str(about.get("title") or ""), LONGEST_TITLE),
        home=absolute(about.get("link"), url),
        language=fields.language(about.get("language")),
        items=items_of(_entry(entry, url, dates) for entry in entries[:MAX_ITEMS]),
        complete=False,
    )


def _entry(said: dict[str, Any], base: str, dates: Dates) -> Entry:
    entry = dict(said)  # as it is stored: feedparser's own look-ups stand in for what is missing
    names = [one.get("name") or "" for one in entry.get("authors") or [] if isinstance(one, dict)]
    return Entry(
        key=str(entry.get("id") or ""),
        title=str(entry.get("title") or ""),
        bodies=[
            *(Body(_prose(each), content=True) for each in entry.get("content") or []),
            Body(_prose(entry.get("summary_detail") or {"value": entry.get("summary") or ""})),
        ],
        links=[str(entry.get(name) or "") for name in ("feedburner_origlink", "link")],
        base=base,
        authors=[name for name in names if name] or [str(entry.get("author") or "")],
        published=dates.read(entry.get("published")),
        updated=dates.read(entry.get("updated")),
        language=entry.get("language"),
    )


def _prose(said: Any) -> str:
    value = str(said.get("value") or "")
    return plain_text(value) if said.get("type") == "text/plain" and "<" not in value else text_of(value)


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raises _TooSlow where the block takes more processor time than that."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise _TooSlow

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
