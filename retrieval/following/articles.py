"""Decides what of a feed is new and makes documents of it. Fetches, reads and stores nothing itself."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from retrieval.extract import clean_line, fields
from retrieval.feeds import Feed, Item
from retrieval.following.addresses import front, place
from retrieval.following.entries import Entry, Known
from retrieval.following.words import admitted
from retrieval.types import Draft

NEWEST = 50  # items that are read of a source when it is first looked at
MOST = 100  # items that are read at one look; the others wait for the next
TRIES = 3  # to have the page of an item that carries only a summary

_LONGEST_TITLE = 120  # characters, of a title made of the first words
_SHINGLE = 4  # characters
_ALIKE = 0.5  # share of an item's words that its page must hold
_COMPARED = 200  # characters of a summary
_STAMPED = 3  # items that may say at one look that they were updated, and be believed
_AHEAD = timedelta(minutes=1)
_MEDIA = re.compile(r"\.(?:aac|avi|flac|m4[abv]|mkv|mov|mp[34]|og[agv]|opus|wav|webm|zip)(?:\?|$)", re.I)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An item to be made a document of.

    ``known`` is what will be noted of it, ``address`` that of a page of its own, ``in_full`` whether that
    page is to be read for the text.
    """

    item: Item
    known: Known
    address: str | None
    in_full: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with the items of a feed: those wanted, those only noted; ``whole`` unless cut."""

    wanted: tuple[Wanted, ...]
    noted: tuple[Known, ...]
    whole: bool


def plan(feed: Feed, entry: Entry, known: Mapping[str, Known], now: datetime, room: int | None) -> Plan:
    """What is new or changed in a feed, against what is ``known`` of its items.

    At the first look only the newest are wanted; at any no more than ``room``, where that is bounded.
    """
    first = not known
    speaking = [item for item in feed.items if item.title or item.text or item.url]
    items = {item.key: item for item in reversed(speaking)}  # of two with one key the newer counts
    stamped = _stamped(items.values(), known)
    own = _own_addresses(feed, entry)
    wanted: list[Wanted] = []
    noted: list[Known] = []
    most = MOST if room is None else min(MOST, room)
    whole = True
    for order, item in enumerate(reversed(items.values())):
        held = known.get(item.key)
        note = _noted(item, held, first=first, now=now)
        if held is not None and not _changed(held, note, item.key in stamped):
            continue
        if held is None and first and order >= NEWEST:
            noted.append(replace(note, state="passed"))
        elif not _may_come(item, entry):
            noted.append(replace(note, state="filtered"))
        elif len(wanted) < most:
            address = own.get(item.key)
            in_full = bool(address) and not item.whole and entry.kind == "feed"
            wanted.append(Wanted(item, note, address, in_full))
        else:
            whole = False
    wanted.sort(key=lambda each: each.known.tries)  # what failed before must not hold up the rest
    return Plan(tuple(wanted), tuple(noted), whole)


def draft_of(wanted: Wanted, entry: Entry, feed: Feed, article: Draft | None, now: datetime) -> Draft:
    """The document of an item: its page's text where it was had, else its own."""
    item = wanted.item
    feeds_name = f"feed:{entry.url}#{item.key}"
    address = wanted.address
    key = (article.key if article else None) or address or feeds_name
    names = (feeds_name, address, *((article.key, article.url, *article.aliases) if article else ()))
    text = article.text if article else item.text or item.title
    published = item.published or (article.published if article else None)
    return Draft(
        key=key,
        title=item.title or (article.title if article else "") or clean_line(text, _LONGEST_TITLE),
        text=text,
        source=entry.title or entry.url,
        publisher=publisher(entry, item.url or feed.home),
        author=item.author or (article.author if article else None),
        url=(article.url if article else None) or item.url,
        published=clamped(published, now),
        updated=clamped(item.updated or (article.updated if article else None), now),
        language=item.language or (article.language if article else None) or feed.language,
        aliases=tuple(dict.fromkeys(name for name in names if name and name != key)),
    )


def settled(wanted: Wanted, draft: Draft, *, had: bool, tried: bool) -> Known:
    """What is noted of an item whose document is stored; a page that was not ``had`` is tried again later."""
    known = replace(wanted.known, moment=wanted.known.moment or draft.published)
    if had or not wanted.in_full:
        return replace(known, state="kept")
    tries = known.tries + tried
    return replace(known, state="summary" if tries < TRIES else "kept", tries=tries)


def publisher(entry: Entry, url: str | None) -> str | None:
    """Who says it: the site of the item, or the channel."""
    if entry.kind == "channel":
        return place(entry.url).replace("/s/", "/")
    return fields.host(url or entry.home or entry.url)


def clamped(moment: datetime | None, now: datetime) -> datetime | None:
    """A moment that is not later than now: what a feed dates ahead was published by the time it was seen."""
    return min(moment, now) if moment else None


def tells_of(article: Draft, item: Item) -> bool:
    """Whether a page is the article of an item, rather than a notice that stands in its place.

    Enough of the words of its title or its summary stand there, and it says no less than the summary.
    """
    if len(article.text) < len(item.text):
        return False
    said = _shingles(f"{article.title} {article.text}")
    parts = [each for each in (item.title, item.text[:_COMPARED]) if len(each) >= 2 * _SHINGLE]
    shares = [len(own & said) / len(own) for own in map(_shingles, parts) if own]
    return max(shares, default=1.0) >= _ALIKE


def digest(title: str, text: str) -> str:
    """A short name for what was said."""
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:32]


def _noted(item: Item, held: Known | None, *, first: bool, now: datetime) -> Known:
    """What an item is noted as, once it is kept."""
    said = digest(item.title, item.text)
    return Known(
        key=item.key,
        digest=said,
        state="kept",
        tries=held.tries if held and held.digest == said else 0,
        stamp=item.updated,
        document=held.document if held else None,
        moment=clamped(item.published, now) or (held.moment if held else None if first else now),
    )


def _changed(held: Known, note: Known, stamped: bool) -> bool:
    """Whether an item that was seen before is wanted again."""
    if held.state == "passed":
        return False
    if held.digest != note.digest:
        return True
    return held.state == "summary" or (stamped and held.state == "kept")


def _stamped(items: Iterable[Item], known: Mapping[str, Known]) -> frozenset[str]:
    """The items whose words are the same, but which say they were updated.

    A feed that stamps all of its items anew whenever it is asked says nothing by that.
    """
    newer = [
        item.key
        for item in items
        if not item.whole
        and item.updated
        and (held := known.get(item.key))
        and held.stamp
        and item.updated - held.stamp > _AHEAD
    ]
    return frozenset(newer if len(newer) <= _STAMPED else ())


def _may_come(item: Item, entry: Entry) -> bool:
    """Whether the words of an item let it come; one that is not whole may hold an allowed word further on."""
    allow = entry.allow if item.whole else ()
    return admitted(item.title, item.text, allow=allow, deny=entry.deny)


def _own_addresses(feed: Feed, entry: Entry) -> dict[str, str]:
    """The addresses of items that have a page of their own, by key.

    One that is its site's, its feed's or another item's too, but for what stands after ``#``, is none.
    """
    counts = Counter(_unanchored(item.url) for item in feed.items if item.url)
    shared = {place(url) for url in (feed.home, entry.home, entry.url) if url}
    return {
        item.key: item.url
        for item in feed.items
        if item.url
        and not front(item.url)
        and not _MEDIA.search(place(item.url))
        and counts[_unanchored(item.url)] == 1
        and place(item.url) not in shared
    }


def _unanchored(url: str) -> str:
    return url.partition("#")[0]


def _shingles(text: str) -> set[str]:
    plain = "".join(char for char in text.casefold() if char.isalnum())
    return {plain[at : at + _SHINGLE] for at in range(len(plain) - _SHINGLE + 1)}
