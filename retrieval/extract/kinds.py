"""Tells from a file's bytes what it is; its name decides only between kinds of text. Parses nothing."""

from __future__ import annotations

import json
import re
import zipfile
from io import BytesIO
from pathlib import PurePath
from typing import Literal

from retrieval.extract.content import LOCKED, Refused
from retrieval.extract.encodings import decode, is_binary

Kind = Literal["text", "markdown", "html", "pdf", "docx"]

READS = "Footnote reads .txt, .md, .html, .pdf and .docx"
SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf", ".docx"})

_PICTURE = f"is a picture, not a text; {READS}"
_ARCHIVE = "is a packed archive; unpack it and add the files in it"
_SOUND = f"is a sound or a film, not a text; {READS}"
_PROGRAM = f"is a program, not a text; {READS}"
_BINARY = f"is not a kind of file that can be read; {READS}"
_OLD_OFFICE = "is an old Office file; save it as .docx or .pdf and add that"

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\x00", _PICTURE),
    (b"MM\x00*", _PICTURE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ\x00", _ARCHIVE),
    (b"(\xb5/\xfd", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"MZ", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
    (b"\xca\xfe\xba\xbe", _PROGRAM),
    (b"\xcf\xfa\xed\xfe", _PROGRAM),
    (b"ID3", _SOUND),
    (b"OggS", _SOUND),
    (b"fLaC", _SOUND),
)
_HTML_START = re.compile(
    r"\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_ANY_TAG = re.compile(r"<[a-z!/][^<>]*>", re.I)
_XML_START = re.compile(r"\s*<(?:\?xml|rss|feed|rdf:|opml|svg)\b", re.I)
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)\b", re.I)


def kind_of(data: bytes, name: str) -> tuple[Kind, str]:
    """The kind of a file, with its decoded text where it is a text kind. Raises Refused with the reason."""
    if not data:
        raise Refused("is empty; add a file that holds text")
    if data[:1024].lstrip().startswith(b"%PDF-") or (b"%PDF-" in data[:1024] and b"%%EOF" in data[-2048:]):
        return "pdf", ""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zipped(data), ""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(LOCKED if "EncryptedPackage".encode("utf-16-le") in data else _OLD_OFFICE)
    for magic, reason in _MAGIC:
        if data.startswith(magic) and (not magic.isascii() or is_binary(data)):
            raise Refused(reason)
    text = decode(data)
    if text is None:
        raise Refused(_BINARY)
    return _text_kind(text, PurePath(name).suffix.lower()), text


def _zipped(data: bytes) -> Kind:
    """What a zip file is, by the names in it."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Refused("is a damaged zip or Word file; get a fresh copy and add that") from None
    if "word/document.xml" in names:
        return "docx"
    for part, what in (("xl/", "an Excel workbook"), ("ppt/", "a PowerPoint file")):
        if any(name.startswith(part) for name in names):
            raise Refused(f"is {what}; save it as .pdf and add that")
    if "content.xml" in names:
        raise Refused("is an OpenDocument file; save it as .docx or .pdf and add that")
    raise Refused(_ARCHIVE)


def _text_kind(text: str, suffix: str) -> Kind:
    head = text[:4096]
    markdown = suffix in (".md", ".markdown")
    if head.startswith("{\\rtf"):
        raise Refused("is a rich text file (RTF); save it as .docx or .pdf and add that")
    if _HTML_START.match(head):
        return "html"
    if _XML_START.match(head) and not markdown:
        feed = _FEED.search(head)
        raise Refused(
            "is a feed, not a text; follow its address" if feed else f"is XML data, not a text; {READS}"
        )
    if suffix in (".html", ".htm", ".xhtml") and _ANY_TAG.search(text):
        return "html"
    if _is_json(text):
        raise Refused(f"is JSON data, not a text; {READS}, and corpora as .jsonl from the command line")
    return "markdown" if markdown else "text"


def _is_json(text: str) -> bool:
    """Whether the whole text, or its first line where that is an object, is JSON."""
    text = text.strip()
    if text[:1] not in ("{", "["):
        return False
    for piece in (text, text.partition("\n")[0] if text.startswith("{") else ""):
        try:
            json.loads(piece)
        except ValueError:
            continue
        except RecursionError:
            pass
        return True
    return False
