"""Turns what an address gave into drafts and feeds. Knows nothing of how it is fetched or parsed."""

from __future__ import annotations

import codecs
import re
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import Message
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from retrieval.errors import Unreadable
from retrieval.extract import Reader, fields
from retrieval.extract.encodings import codec
from retrieval.feeds import Feed, Link
from retrieval.feeds.addresses import without_tracking
from retrieval.fetch import Fetched, same_host, shown
from retrieval.types import Draft

_HEAD = 4096  # bytes that tell what a page is
_STEP = 64 * 1024  # bytes
_MARK = codecs.BOM_UTF8  # says that what follows is UTF-8, whatever else is said in it
_ROOT = re.compile(  # the first of these tells what is served, whatever it quotes further on
    rb"<(?P<page>!doctype\s+html|html|head|body)\b"
    rb"|(?P<feed><(?:[a-z][\w.-]{0,20}:)?(?:rss|feed|rdf)(?=[\s>/])|//jsonfeed\.org/version/)"
    rb"|(?P<list><opml\b)",
    re.I,
)
_TAG = re.compile(rb"<[a-z!/][^<>]*>", re.I)
_PROLOG = 64 * 1024  # bytes of comments and declarations that may stand before the first tag of XML
_FEED_TYPES = ("application/feed+json", "application/rss+xml", "application/atom+xml", "application/rdf+xml")
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
_PACKED = (b"%PDF-", b"PK\x03\x04")
_GZIP = b"\x1f\x8b"

Kind = Literal["feed", "page", "list", "document", "nothing"]


def kind_of(fetched: Fetched) -> Kind:
    """What an address gave, as far as its first bytes tell: what the server calls it counts least.

    A ``list`` is one of feeds (OPML), a ``document`` any file, readable or not.
    """
    head = _head(fetched.body)
    if not head.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        return "nothing"
    if head.startswith(_PACKED):
        return "document"
    match _root(fetched.body):
        case "feed":
            return "feed"
        case "list":
            return "list"
        case "page":
            return "page"
    if fetched.media_type in _FEED_TYPES and head.lstrip()[:1] in (b"<", b"{"):
        return "feed"
    return "page" if fetched.media_type in _PAGE_TYPES and _TAG.search(head) else "document"


def read_feed(fetched: Fetched, reader: Reader, inbox: Path) -> Feed:
    """The feed that an address gave; its bytes pass through a file in ``inbox``. Raises Unreadable."""
    with _passing(fetched.body, inbox) as path:
        return reader.feed(path, url=fetched.url, content_type=_content_type(fetched))


def read_channel(fetched: Fetched, reader: Reader, inbox: Path) -> Feed:
    """The posts of a public Telegram channel, by the page that shows them. Raises Unreadable."""
    with _passing(fetched.body, inbox) as path:
        return reader.channel(path, url=fetched.url, content_type=_content_type(fetched))


def read_offers(fetched: Fetched, reader: Reader, inbox: Path) -> tuple[Link, ...]:
    """The feeds that a page offers, the best first. Raises Unreadable."""
    with _passing(fetched.body, inbox) as path:
        return reader.offers(path, url=fetched.url, content_type=_content_type(fetched))


def read_page(fetched: Fetched, typed: str, reader: Reader, inbox: Path) -> Draft:
    """The document at an address that a person ``typed``; its bytes pass through a file in ``inbox``.

    Raises Unreadable with one sentence.
    """
    name = shown(typed)
    if reason := _not_a_page(fetched):
        raise Unreadable(f"“{name}” {reason}.")
    with _passing(None, inbox) as path:
        _write(fetched, path)
        draft = reader.read(path, name=name, url=fetched.url)
    url = _address(draft.url, without_tracking(fetched.url))
    return replace(
        draft,
        key=url,
        aliases=tuple(sorted({fetched.url, without_tracking(fetched.url)} - {url})),
        url=url,
        source=name,
        publisher=fields.host(url),
        language=draft.language or fields.language(fetched.headers.get("content-language")),
    )


@contextmanager
def _passing(body: bytes | None, inbox: Path) -> Iterator[Path]:
    """A file in the inbox for as long as it is read, with a name that nobody can guess."""
    inbox.mkdir(parents=True, exist_ok=True)
    path = inbox / secrets.token_hex(16)
    try:
        if body is not None:
            path.write_bytes(body)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _not_a_page(fetched: Fetched) -> str | None:
    """Why an address is none of a page or document, as far as its first bytes tell."""
    match kind_of(fetched):
        case "nothing":
            return "is an empty page; check the address"
        case "feed":
            return "is a feed, not an article; follow it, or add the address of one article"
        case "list":
            return "is a list of feeds, not an article; save it as a file and add that file"
    return None


def _root(body: bytes) -> str | None:
    """Whether a body begins as a ``page``, a ``feed`` or a ``list`` of feeds, or as none of them."""
    head = _head(body)
    found = _ROOT.search(head)
    if found is None and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml", b"<!--")):
        found = _ROOT.search(body[:_PROLOG])
    return found.lastgroup if found else None


def _head(body: bytes) -> bytes:
    """The first bytes as they may be searched: unpacked, and of UTF-16 without its zeros."""
    head = body[:_HEAD]
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, _HEAD)
        except zlib.error:
            return head
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or head[:40].count(0) > 10
    return (head.replace(b"\x00", b"") if wide else head).replace(rb"\/", b"/")


def _content_type(fetched: Fetched) -> str:
    return fetched.headers.get("content-type", "")


def _write(fetched: Fetched, path: Path) -> None:
    """Put the body into a file that tells by itself what the server said: its encoding, that it is a page.

    Works in steps, for a text takes several times the memory of its bytes.
    """
    body = fetched.body
    encoding = None if body.startswith(_PACKED) else _encoding(fetched)
    with path.open("wb") as file:
        if encoding:
            file.write(_MARK)
        if encoding and fetched.media_type == "text/html" and _root(body) is None and _TAG.search(body):
            file.write(b"<!doctype html>\n")
        file.writelines(_in_utf8(body, encoding) if encoding else [body])


def _encoding(fetched: Fetched) -> str | None:
    """UTF-8 where the body is that, else what the server says if that is true, else None."""
    said = codec(_charset(_content_type(fetched)) or "")
    for encoding in ("utf-8-sig", said):
        try:
            if encoding and all(True for _ in _in_utf8(fetched.body, encoding)):
                return encoding
        except UnicodeError:
            continue
    return None


def _in_utf8(body: bytes, encoding: str) -> Iterator[bytes]:
    """The same text in UTF-8, piece by piece. Raises UnicodeError where it is in another encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(body), _STEP):
        piece = body[start : start + _STEP]
        yield decoder.decode(piece, final=start + _STEP >= len(body)).encode()


def _charset(content_type: str) -> str | None:
    """The character set that a Content-Type names, or None."""
    message = Message()
    message["Content-Type"] = content_type
    said = message.get_param("charset")
    return said.strip() if isinstance(said, str) else None


def _address(canonical: str | None, found: str) -> str:
    """The address a document is known by: the one its page names, where that may be believed.

    A page may speak for its own site alone, lest it pass for somebody else's article; and one that names
    the front page for every article would make them all one.
    """
    if canonical is None or not same_host(canonical, found):
        return found
    front = urlsplit(canonical).path in ("", "/") and not urlsplit(canonical).query
    return found if front and urlsplit(found).path not in ("", "/") else canonical
