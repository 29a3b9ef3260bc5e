"""Turns what was fetched from an address into a draft. Knows nothing of how it is fetched or parsed."""

from __future__ import annotations

import codecs
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit

from retrieval.errors import Unreadable
from retrieval.extract import Reader, fields
from retrieval.extract.encodings import codec
from retrieval.fetch import Fetched, same_host, shown
from retrieval.types import Draft

_HEAD = 4096  # bytes that tell what a page is
_STEP = 64 * 1024  # bytes
_MARK = codecs.BOM_UTF8  # says that what follows is UTF-8, whatever else is said in it
_ROOT = re.compile(  # the first of these tells what is served, whatever it quotes further on
    rb"<(?P<page>!doctype\s+html|html|head|body)\b|(?P<feed><(?:rss|feed|rdf:RDF)\b|//jsonfeed\.org/version/)"
    rb"|(?P<list><opml\b)",
    re.I,
)
_TAG = re.compile(rb"<[a-z!/][^<>]*>", re.I)
_FEEDS = "and feeds are not read yet; add the address of one article instead"
_PACKED = (b"%PDF-", b"PK\x03\x04")


def read_page(fetched: Fetched, typed: str, reader: Reader, inbox: Path) -> Draft:
    """The document at an address that a person ``typed``; its bytes pass through a file in ``inbox``.

    Raises Unreadable with one sentence.
    """
    name = shown(typed)
    if reason := _not_a_page(fetched):
        raise Unreadable(f"“{name}” {reason}.")
    inbox.mkdir(parents=True, exist_ok=True)
    path = inbox / secrets.token_hex(16)
    try:
        _write(fetched, path)
        draft = reader.read(path, name=name)
    finally:
        path.unlink(missing_ok=True)
    url = _address(draft.url, fetched.url)
    return replace(
        draft,
        key=url,
        url=url,
        source=name,
        publisher=fields.host(url),
        language=draft.language or fields.language(fetched.headers.get("content-language")),
    )


def _not_a_page(fetched: Fetched) -> str | None:
    """Why an address is none of a page or document, as far as its first bytes tell."""
    if not fetched.body[:_HEAD].strip():
        return "is an empty page; check the address"
    match _root(fetched.body):
        case "feed":
            return f"is a feed, {_FEEDS}"
        case "list":
            return f"is a list of feeds, {_FEEDS}"
    return None


def _root(body: bytes) -> str | None:
    """Whether a body begins as a ``page``, a ``feed`` or a ``list`` of feeds, or as none of them."""
    found = _ROOT.search(body[:_HEAD])
    return found.lastgroup if found else None


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
    said = codec(_charset(fetched.headers.get("content-type", "")) or "")
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
