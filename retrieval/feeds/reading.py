"""Reads the bytes of a feed of any kind into one form. Knows nothing of processes and of fetching."""

from __future__ import annotations

import re
from dataclasses import replace

from retrieval.extract.content import Refused
from retrieval.feeds.json_feed import json_feed_of
from retrieval.feeds.second import second_reading
from retrieval.feeds.source import text_of, tree_of
from retrieval.feeds.types import Feed
from retrieval.feeds.xml import feed_of

_ROOT = re.compile(r"<(?:[A-Za-z][\w.-]{0,30}:)?(?:rss|feed|RDF|channel|redirect|entry|item)(?=[\s>/])", re.I)
_PAGE = re.compile(r"<!doctype\s+html|<html\b", re.I)
_NO_FEED = "is no feed; give the address of a feed, or of a site that offers one"


def read_feed(data: bytes, url: str, content_type: str = "") -> Feed:
    """The feed in what was fetched from ``url``: RSS, Atom, RDF or JSON Feed, mended where it is broken.

    ``content_type`` is what the server called it. Raises Refused with the reason.
    """
    text = text_of(data, content_type)
    start = text.lstrip("\ufeff \t\r\n")[:1]
    feed = json_feed_of(text, url) if start in ("{", "[") else None
    return feed or _xml_feed(text, url)


def _xml_feed(text: str, url: str) -> Feed:
    root = _ROOT.search(text)
    page = _PAGE.search(text)
    if root is None or (page and page.start() < root.start()):
        raise Refused(_NO_FEED)
    tree, state = tree_of(text, _ROOT)
    feed = feed_of(tree, url) if tree is not None else None
    if state == "torn" or feed is None:
        other = second_reading(text, url)
        if other and (feed is None or len(other.items) > len(feed.items)):
            feed = other if feed is None else replace(feed, items=other.items)
    if feed is None:
        raise Refused("is a feed that is too damaged to read; look at it again later")
    return feed if state == "sound" else replace(feed, complete=False)
