"""Decides whether two texts are copies, and whether one is the other's newer version. Knows no database."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import numpy as np
from rapidfuzz import fuzz

from retrieval.copies.words import Worded
from retrieval.types import Document, Draft

Numbers = dict[tuple[str, ...], set[str]]  # by the words around them

FEWEST = 25  # words; of shorter texts only equal ones are the same
_COPIED = 0.66  # of the shorter text's runs that stand in the longer one
_NUMBERED = 0.8  # of its numbers that the other does not give otherwise
_PART, _PART_COPIED = 0.5, 0.85  # a text shorter than this share of the other must be copied further
_BEFORE, _BEHIND = 2, 1  # words around a number that say what it counts
_UPDATED = 0.7
_ONE_TITLE = 85  # per cent of likeness
_SOON = timedelta(days=2)  # from one version of an article to the next at another address
_CUT, _CUT_COPIED = 0.7, 0.95  # a text this much shorter and copied this far was cut from the other
_LIKE = 0.3  # an address is shared by texts or titles that are at least like this

_HOSTS_OF_MANY = frozenset(
    [
        "t.me",
        "telegram.me",
        "youtube.com",
        "medium.com",
        "reddit.com",
        "github.com",
        "x.com",
        "twitter.com",
        "facebook.com",
        "linkedin.com",
        "news.google.com",
        "msn.com",
        "news.yahoo.com",
    ]
)
_LABEL = re.compile(
    r"^(?:updated?|live|breaking|correction|corrected)\s*[:|–—-]\s*|\s[|–—-]\s[^|–—-]{2,30}$", re.I
)
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much of the shorter of two texts stands in the longer one.

    ``runs`` is the share of the shorter's runs of words, ``numbers`` that of its numbers for which the other
    gives no others in the same words (0 where so few runs are shared that nobody asks); ``length`` is its
    length as a share of the longer's, in ``words``.
    """

    runs: float
    numbers: float
    length: float
    words: int

    @property
    def in_part(self) -> bool:
        """Whether one is much shorter than the other."""
        return self.length < _PART

    @property
    def copied(self) -> bool:
        """Whether one is a copy of the other: as a whole or cut short, with its own head, foot and numbers.

        Reports of one form that differ in their numbers are no copies.
        """
        enough = _PART_COPIED if self.in_part else _COPIED
        return self.words >= FEWEST and self.runs >= enough and self.numbers >= _NUMBERED


def compare(one: Worded, other: Worded) -> Likeness:
    """How much of the shorter text stands in the longer one, wherever it stands."""
    short, long = sorted((one, other), key=lambda each: len(each.words))
    runs = np.unique(short.runs)
    found = np.isin(runs, np.unique(long.runs), assume_unique=True)
    share = float(found.mean()) if len(runs) else 0.0
    kept = _kept(_numbers(short), _numbers(long)) if share >= _COPIED else 0.0
    return Likeness(share, kept, len(short.words) / max(1, len(long.words)), len(short.words))


def cut_from(part: Worded, whole: Worded) -> bool:
    """Whether a text is no more than the beginning of another, as the summary in a feed is."""
    if not part.words or len(part.words) > _CUT * len(whole.words):
        return False
    opening = whole.runs[: len(part.runs) + len(part.runs) // 4]
    return float(np.isin(part.runs, opening).mean()) >= _CUT_COPIED


def updates(draft: Draft, held: Document, likeness: Likeness) -> bool:
    """Whether a draft is clearly the same article as one that is held under another address.

    That is so where publisher, title and time agree; a copy elsewhere is a document of its own.
    """
    publisher = publisher_of(draft)
    if publisher is None or publisher != publisher_of(held):
        return False
    if likeness.runs < _UPDATED or not draft.published or not held.published:
        return False
    return abs(draft.published - held.published) <= _SOON and one_title(draft.title, held.title)


def one_title(title: str, other: str) -> bool:
    """Whether two titles can be those of one article at two times."""
    first, second = (_folded(each) for each in (title, other))
    if Counter(re.findall(r"\d+", first)) != Counter(re.findall(r"\d+", second)):
        return False
    return fuzz.ratio(first, second) >= _ONE_TITLE


def share_an_address(draft: Draft, title: str, likeness: Likeness) -> bool:
    """Whether what names the same address is one article: a corpus may give one address to all its rows."""
    return one_title(draft.title, title) or likeness.runs >= _LIKE


def later(draft: Draft, held: Document) -> bool:
    """Whether a draft is no older than what is held, as far as both are dated."""
    mine, theirs = _last(draft), _last(held)
    return mine is None or theirs is None or mine >= theirs


def publisher_of(document: Draft | Document) -> str | None:
    """Who publishes a document, in a form that compares: the host of its address, else the name given.

    Where one host publishes for many, both.
    """
    host = _host(document.url)
    name = (document.publisher or "").casefold().removeprefix("www.")
    return f"{host} {name}" if host in _HOSTS_OF_MANY else host or name or None


def independent(documents: Iterable[Document]) -> int:
    """How many publishers vouch for something in these documents, a text and all its copies being one."""
    voices: list[set[object]] = []
    for document in documents:
        voice: set[object] = {document.group, publisher_of(document) or document.group}
        for other in [each for each in voices if each & voice]:
            voices.remove(other)
            voice |= other
        voices.append(voice)
    return len(voices)


def _kept(numbers: Numbers, others: Numbers) -> float:
    """The share of a text's numbers for which another gives no others in the same words."""
    changed = sum(place in others and given.isdisjoint(others[place]) for place, given in numbers.items())
    return 1 - changed / len(numbers) if numbers else 1.0


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").casefold().removeprefix("www.")
    except ValueError:
        return ""


def _numbers(text: Worded) -> Numbers:
    """The numbers of a text by the words around them, in which other numbers are left open."""
    masked = ["#" if word[0].isdigit() else word for word in text.words]
    found: Numbers = {}
    for at, word in enumerate(masked):
        if word == "#":
            around = (*masked[max(0, at - _BEFORE) : at], "#", *masked[at + 1 : at + 1 + _BEHIND])
            found.setdefault(around, set()).add(text.words[at])
    return found


def _folded(title: str) -> str:
    return " ".join(_WORDS.findall(_LABEL.sub("", title).casefold()))


def _last(document: Draft | Document) -> datetime | None:
    return document.updated or document.published
