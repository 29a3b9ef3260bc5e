"""Finishes what any feed format says about its items: one text, one key, one address. Knows no format."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from retrieval.extract import fields
from retrieval.extract.text import has_words
from retrieval.feeds.addresses import absolute
from retrieval.feeds.prose import line_of
from retrieval.feeds.tails import without_tail
from retrieval.feeds.types import Item

MAX_ITEMS = 5_000  # of one feed
LONGEST_TITLE = 300  # characters
_LONGEST_KEY = 500  # characters
_ARTICLE = 500  # characters of a content element that may be all of an article
_LONG_SUMMARY = 2_000  # characters beyond which a description is one
_NO_KEYS = frozenset({"", "0", "-", "none", "null", "undefined", "n/a", "http://", "https://"})
_MAIL = re.compile(r"[<(\[]?[^\s<>()@]+@[^\s<>()@]+[>)\]]?")
_BY = re.compile(r"^(?:(?:written )?by|author)\b[:\s]+", re.I)
_ADDRESS = re.compile(r"https?://|//")
_FIRST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Body:
    """One of the texts a feed gives for an item; ``content`` where it is said to be the article itself."""

    text: str
    content: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as a format says it, with clean texts. ``links`` come best first; ``title`` may hold markup."""

    key: str = ""
    title: str = ""
    bodies: Sequence[Body] = ()
    links: Sequence[str] = ()
    base: str | None = None
    authors: Sequence[str] = ()
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None
    literal: bool = False  # the title is said to hold no markup
    rest: str = ""  # what tells it from others where it has no words: the pictures in it


def items_of(entries: Iterable[Entry]) -> tuple[Item, ...]:
    """The items, newest first where their dates say so, each once."""
    kept: dict[str, Item] = {}
    found = [(entry.key.strip(), item) for entry in entries if (item := _item(entry)) is not None]
    shared = _shared(found)
    for said, item in found:
        keyed = replace(item, key=_key("" if said in shared else said, item))
        kept.setdefault(keyed.key, keyed)
    items = list(kept.values())
    if any(item.published for item in items):
        items.sort(key=lambda item: item.published or _FIRST, reverse=True)
    return tuple(items)


def _shared(found: list[tuple[str, Item]]) -> set[str]:
    """Keys that a feed gives to several different items: they tell nothing apart."""
    said = {(key, item.url or item.title) for key, item in found if key}
    return {key for key, count in Counter(key for key, _ in said).items() if count > 1}


def _item(entry: Entry) -> Item | None:
    """The item without its key, or None where nothing tells it from others."""
    title = fields.line(entry.title, LONGEST_TITLE) if entry.literal else line_of(entry.title, LONGEST_TITLE)
    text, whole = _text(entry.bodies)
    url = next(filter(None, (absolute(link, entry.base) for link in entry.links)), None)
    if not title and not text and not url and not entry.key.strip() and not entry.rest:
        return None
    return Item(
        key="" if title or text else _hashed(entry.rest),
        title=title or "",
        text="" if text == title else text,
        whole=whole,
        url=url,
        author=_author(entry.authors),
        published=entry.published or entry.updated,
        updated=entry.updated,
        language=fields.language(entry.language),
    )


def _text(bodies: Sequence[Body]) -> tuple[str, bool]:
    """The text that says most, the article itself before a summary of it, and whether it is all of it."""
    best, whole = "", False
    for body in sorted(bodies, key=lambda body: not body.content):
        text, cut = without_tail(body.text)
        if len(text) > 1.1 * len(best) and has_words(text):
            enough = _ARTICLE if body.content else _LONG_SUMMARY
            best, whole = text, not cut and len(text) >= enough
    return best, whole


def _key(said: str, item: Item) -> str:
    """What the feed calls an item, else its address, else a hash of its words; never its date."""
    if said.lower() not in _NO_KEYS:
        return said if len(said) <= _LONGEST_KEY else _hashed(said)
    return item.url or item.key or _hashed(f"{item.title}\n{item.text}")


def _hashed(words: str) -> str:
    return "sha256:" + hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:32]


def _author(said: Sequence[str]) -> str | None:
    """The names of who wrote it, once each and without mail addresses."""
    names: dict[str, None] = {}
    for one in said[:20]:
        name = _BY.sub("", line_of(_MAIL.sub(" ", one[:500]), 200)).strip(" ,;:\"'()")
        if name and "@" not in name and not _ADDRESS.match(name) and name.lower() not in ("unknown", "admin"):
            names.setdefault(name)
    return fields.line(", ".join(names), 200)
