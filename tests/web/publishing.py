"""What sites publish, written as they write it: feeds, articles, front pages. Knows nothing of serving."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr


@dataclass(frozen=True)
class Entry:
    """One entry of a feed: ``summary`` is its description, ``whole`` its full text, if it carries that."""

    title: str
    url: str | None = None
    summary: str = ""
    whole: str | None = None
    guid: str | None = None
    published: datetime | None = None
    author: str | None = None


def rss(title: str, entries: Iterable[Entry], *, home: str = "", language: str = "", ttl: int = 0) -> str:
    """An RSS 2.0 feed; ``ttl`` is in minutes."""
    about = f"<title>{escape(title)}</title><link>{escape(home)}</link><description>News</description>"
    about += f"<language>{language}</language>" if language else ""
    about += f"<ttl>{ttl}</ttl>" if ttl else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"{about}{''.join(map(_item, entries))}</channel></rss>"
    )


def _item(entry: Entry) -> str:
    parts = [f"<title>{escape(entry.title)}</title>"]
    if entry.url:
        parts.append(f"<link>{escape(entry.url)}</link>")
    if entry.guid:
        parts.append(f'<guid isPermaLink="false">{escape(entry.guid)}</guid>')
    if entry.summary:
        parts.append(f"<description>{escape(entry.summary)}</description>")
    if entry.whole:
        parts.append(f"<content:encoded>{escape(entry.whole)}</content:encoded>")
    if entry.published:
        parts.append(f"<pubDate>{format_datetime(entry.published.astimezone(UTC))}</pubDate>")
    if entry.author:
        parts.append(f"<dc:creator>{escape(entry.author)}</dc:creator>")
    return f"<item>{''.join(parts)}</item>"


def article(title: str, *paragraphs: str, canonical: str = "", published: str = "", author: str = "") -> str:
    """The page of an article, with what stands around one."""
    head = f"<title>{escape(title)} | The Site</title><meta property='og:title' content={quoteattr(title)}>"
    head += f"<link rel='canonical' href={quoteattr(canonical)}>" if canonical else ""
    head += f"<meta property='article:published_time' content={quoteattr(published)}>" if published else ""
    head += f"<meta name='author' content={quoteattr(author)}>" if author else ""
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html lang='en'><head>{head}</head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>{escape(title)}</h1>{text}</article><footer>All rights reserved.</footer>"
        "</body></html>"
    )


def front_page(title: str, feeds: Iterable[tuple[str, str]], *paragraphs: str) -> str:
    """A page that offers feeds: pairs of an address and a title."""
    links = "".join(
        f"<link rel='alternate' type='application/rss+xml' href={quoteattr(url)} title={quoteattr(name)}>"
        for url, name in feeds
    )
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html lang='en'><head><title>{escape(title)}</title>{links}</head>"
        f"<body><main><h1>{escape(title)}</h1>{text}</main></body></html>"
    )
