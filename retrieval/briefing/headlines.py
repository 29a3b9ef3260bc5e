"""Chooses which document's title heads a story. Knows nothing of what is told under it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from retrieval.briefing.weighing import Heart
from retrieval.types import Document
from retrieval.writing.neutral import commands

_FEWEST = 3  # words of a title
_AT_ONCE = timedelta(2)  # after an event, in which it is news
_REPORTS = 0.4  # more for a title that reports the latest event as news
_ASKING = re.compile(
    r"\A\W*(?:what|how|why|who|when|where|which|here['’]s|is|are|can|will)\b|\?", re.IGNORECASE
)
_LABELLED = re.compile(
    r"\A\W*(?:live|opinion|analysis|watch|video|podcast|factbox|explainer|review)\b\W*[:|–—-]?", re.IGNORECASE
)
_CUT_OFF = re.compile(r"(?:\.\.\.|…)\s*\Z|\b(?:what (?:to|we) know|live updates?|recap)\b", re.IGNORECASE)
_LABEL = re.compile(
    r"\A(?:updated?|breaking(?: news)?|recap|live(?: updates?| blog)?|watch|video|photos?|exclusive"
    r"|just in|developing)\s*[:|–—-]\s*(?=\w)",
    re.IGNORECASE,
)
# What sends a reader on, behind what is told: "See photos.", "Here's what to know", "What …"
_TEASER = re.compile(
    r"""
    (?<=\w{2})(?: (?P<end>[?!'’"”]+)[.:;]?\s+ | [.:;,–—]\s+ | \s+[–—-]\s+ )
      (?: what\ (?:to|we|you)\b.* | what(?:['’]s\ next)?\W*
        | see\ (?:\w+\ ){0,2}(?:photo|image|picture|video|map|list|timeline|tracker|forecast|track|path|result
            |where|who|which|how|what)s?\b.*
        | here(?:['’]s|\ is|\ are)\b.* | live\ updates?\b.* | how\ to\ watch\b.* | (?:watch|photos?|video)\W*
        | full\ (?:list|schedule|winners?\ list)\W* )
    \Z
    """,
    re.IGNORECASE | re.VERBOSE,
)
# The clause in which a title was cut off: "…; death toll…"
_BROKEN = re.compile(r"(?:(?<=[?!])|;|(?<=\w{4})\.|\s[–—])\s+[^;.?!–—]*…\Z")
_MORE = re.compile(r"[\s,;:–—-]*(?:\.{3}|…)\s*\Z")
_SITE = re.compile(r"\s+[|]\s+[^|]{2,40}\Z|\s+[–—-]\s+(?:[A-Z][\w.']*\s?){1,4}\Z")


def headline(documents: Sequence[Document], heart: Heart, turned: date | None) -> str:
    """The title that says best what a story is about: a statement, whole, of when it ``turned``."""
    if not documents:
        return ""
    return titled(max(documents, key=lambda each: _worth(each, heart, turned)))


def titled(document: Document) -> str:
    """A document's title without the site's name or a teaser behind it; empty where it is not to be shown."""
    title = " ".join(_SITE.sub("", " ".join(document.title.split())).split())
    title = _MORE.sub("…", _LABEL.sub("", title))
    for ending in (_TEASER, _BROKEN):
        told = ending.sub(lambda found: found.groupdict().get("end") or "", title)
        title = told if len(told.split()) >= _FEWEST else title
    return "" if commands(title) else title


def _worth(document: Document, heart: Heart, turned: date | None) -> float:
    title, whole = titled(document), " ".join(document.title.split())
    worth = heart.title(title) + _REPORTS * _reports(document, turned)
    worth *= 0.4 if _ASKING.search(title) else 1.0
    worth *= 0.6 if _LABELLED.search(whole) or _CUT_OFF.search(whole) else 1.0
    return worth * bool(title)


def _reports(document: Document, turned: date | None) -> bool:
    """Whether a document came out with the event that changed the story."""
    return bool(turned and document.day and timedelta(-1) <= document.day - turned <= _AT_ONCE)
