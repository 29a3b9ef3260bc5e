"""Reads and writes lists of feeds as OPML, however badly others wrote them. Knows nothing of feeds."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from retrieval.extract.content import Refused
from retrieval.extract.text import clean_line
from retrieval.feeds.addresses import joined
from retrieval.feeds.source import expanded, text_of
from retrieval.feeds.types import Subscription, Subscriptions

MOST = 10_000  # feeds of one list
_MOST_SENTENCES = 50  # on lines that cannot be read
_LONGEST_TITLE = 200  # characters
_DEEPEST = 8  # folders inside one another that are named
_LIST = re.compile(r"<(?:[\w.-]{1,20}:)?(?:opml|outline)\b", re.I)
_OUTLINE = re.compile(r"<(?P<close>/?)\s*(?:[\w.-]{1,20}:)?outline\b|<!--", re.I)
_ATTRIBUTE = re.compile(r"([A-Za-z_][\w:.-]{0,40})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]{1,2000}))")
_SCHEME = re.compile(r"^\s*(?:feeds?:(?://)?(?=https?:)|(?:feed|rss|pcast|podcast|itpc)://)", re.I)
_BARE = re.compile(r"^(?:[\w-]+\.)+[a-z]{2,}(?:[/:?]|$)", re.I)
_ADDRESSES = ("xmlurl", "url", "feedurl", "rssurl")


def read_subscriptions(data: bytes) -> Subscriptions:
    """The feeds of a list in any encoding, each once, with its folders; a broken list as far as it goes.

    Raises Refused where it is no list.
    """
    text = text_of(data)
    start = _LIST.search(text)
    if start is None:
        raise Refused("is no list of feeds; export your subscriptions as OPML and add that file")
    text = expanded(text, text[: start.start()])
    feeds: dict[str, Subscription] = {}
    unreadable: list[str] = []
    left_out = 0
    for line, about, folders in _outlines(text):
        url, sentence = _address(about, line)
        if sentence:
            unreadable.append(sentence)
        elif url and len(feeds) >= MOST and url not in feeds:
            left_out += 1
        elif url:
            folder = about.get("category", "").strip("/") if not folders else "/".join(folders)
            folder = clean_line(folder, _LONGEST_TITLE)
            feeds.setdefault(url, Subscription(url, _title(about), folder or None))
    if len(unreadable) > _MOST_SENTENCES:
        more = len(unreadable) - _MOST_SENTENCES
        unreadable = [*unreadable[:_MOST_SENTENCES], f"{more} more lines could not be read."]
    if left_out:
        unreadable.append(f"{left_out} feeds were left out: a list may hold {MOST}; split it into parts.")
    return Subscriptions(tuple(feeds.values()), tuple(unreadable))


def written(feeds: Iterable[Subscription], title: str) -> bytes:
    """A list of feeds as OPML 2.0, which other readers import; folders one inside another."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"  <head><title>{_escaped(title)}</title></head>", "  <body>"]
    open_folders: list[str] = []
    for feed in sorted(feeds, key=lambda feed: feed.folder or ""):
        folders = [name for name in (feed.folder or "").split("/") if name]
        kept = 0
        while kept < min(len(folders), len(open_folders)) and folders[kept] == open_folders[kept]:
            kept += 1
        lines += _closed(open_folders, kept)
        for depth in range(kept, len(folders)):
            lines.append(f'{_indent(depth)}<outline text="{_escaped(folders[depth])}">')
        open_folders = folders
        name = _escaped(feed.title or feed.url)
        address = html.escape(feed.url)
        lines.append(
            f'{_indent(len(folders))}<outline type="rss" text="{name}" title="{name}" xmlUrl="{address}"/>'
        )
    lines += [*_closed(open_folders, 0), "  </body>", "</opml>", ""]
    return "\n".join(lines).encode("utf-8", "replace")


def _closed(folders: list[str], kept: int) -> list[str]:
    return [f"{_indent(depth)}</outline>" for depth in reversed(range(kept, len(folders)))]


def _indent(depth: int) -> str:
    return "    " + "  " * depth


def _escaped(words: str) -> str:
    return html.escape(clean_line(words, _LONGEST_TITLE))


def _outlines(text: str) -> Iterator[tuple[int, dict[str, str], list[str]]]:
    """Each outline that is no folder: its line, its attributes by lower-case name, the folders around it.

    Read by eye as it were, tag by tag: many lists in the wild are no XML.
    """
    folders: list[str] = []
    at, line, counted = 0, 1, 0
    while found := _OUTLINE.search(text, at):
        at = found.end()
        if found.group() == "<!--":
            end = text.find("-->", at)
            at = end + 3 if end >= 0 else at
            continue
        if found["close"]:
            del folders[-1:]
            continue
        line += text.count("\n", counted, found.start())
        counted = found.start()
        following = _OUTLINE.search(text, at)
        about, closed = _attributes(text[at : following.start() if following else len(text)])
        if (
            any(about.get(name) for name in _ADDRESSES)
            or (closed and about.get("htmlurl"))
            or (about.get("htmlurl") and not closed and following and following["close"])
        ):
            yield line, about, [name for name in folders if name][:_DEEPEST]
        if not closed:
            folders.append(_title(about) or "")


def _attributes(tag: str) -> tuple[dict[str, str], bool]:
    """The attributes of a tag, and whether it closes itself."""
    about: dict[str, str] = {}
    end = 0
    for found in _ATTRIBUTE.finditer(tag[:20_000]):
        end = found.end()
        value = next((value for value in found.groups()[1:] if value is not None), "")
        about.setdefault(found[1].lower().rpartition(":")[2], html.unescape(value).strip())
    return about, tag[end : end + 200].partition(">")[0].rstrip().endswith("/")


def _address(about: dict[str, str], line: int) -> tuple[str | None, str]:
    """The address of a feed, or one sentence on why it cannot be read."""
    said = next((about[name] for name in _ADDRESSES if about.get(name)), "")
    named = f"“{title}”" if (title := _title(about)) else "a feed"
    if not said:
        site = clean_line(about["htmlurl"], 200)
        return None, f"Line {line}: {named} names only its site, {site}; follow that to find its feed."
    scheme = _SCHEME.match(said)
    rest = said[scheme.end() :] if scheme else said
    whole = (
        rest
        if re.match(r"https?:", rest, re.I)
        else f"https://{rest}"
        if scheme or _BARE.match(rest)
        else rest
    )
    url = joined(whole, None)
    if url is None:
        return None, f"Line {line}: the address of {named} cannot be read: {clean_line(said, 200)}."
    return url, ""


def _title(about: dict[str, str]) -> str | None:
    return clean_line(about.get("title") or about.get("text") or "", _LONGEST_TITLE) or None
