"""Turns the bytes of a feed into a text or a tree, mended where it is broken. Knows nothing of items."""

from __future__ import annotations

import re
import zlib
from email.message import Message
from html.entities import name2codepoint
from typing import TYPE_CHECKING, Literal

from retrieval.extract.content import Refused
from retrieval.extract.encodings import codec, decode
from retrieval.extract.limits import MAX_BYTES

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

State = Literal["sound", "mended", "torn"]  # as written, with its slips put right, or read as far as it goes

EMPTY = "is empty; check the address"

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9_:.-]{2,40})", re.I)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]{0,2000}(?P<subset>\[.{0,100000}?\]\s*)?>", re.I | re.S)
_ENTITY = re.compile(r"<!ENTITY\s+([\w.-]{1,50})\s+(?:\"([^\"&%<]{0,500})\"|'([^'&%<]{0,500})')\s*>")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#(\d{1,9}|x[0-9a-f]{1,8});|([a-z][\w.-]{0,50});)?", re.I)
_PREFIX = re.compile(
    r"</?([A-Za-z_][\w.-]{0,40}):[A-Za-z_]|\s([A-Za-z_][\w.-]{0,40}):[\w.-]{1,60}\s*=\s*[\"']"
)
_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
_LARGEST_EXPANSION = 2_000_000  # characters that a document's own entities may grow to


def text_of(data: bytes, content_type: str = "") -> str:
    """The characters of a feed however it is encoded. Raises Refused where the bytes are no text."""
    if data.startswith(b"\x1f\x8b"):
        data = _inflated(data)
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise Refused(EMPTY)
    wide = data.startswith(_MARKS) or data[:200].count(0) > 20
    declared = None if wide else _declared(data, content_type)
    text = declared if declared is not None else decode(data)
    if text is None:
        text = _mostly_text(data)
    if text is None:
        raise Refused("is no feed but some other file; check the address")
    return _NO_XML.sub("", text)


def _declared(data: bytes, content_type: str) -> str | None:
    """The text in UTF-8 where it is that, else as its first line or the server says; None to guess."""
    message = Message()
    message["Content-Type"] = content_type
    charset = message.get_param("charset")
    said = _DECLARED.search(data[:1024])
    names = [said[1].decode("ascii") if said else "", charset if isinstance(charset, str) else ""]
    usable = [found for name in names if (found := codec(name))]
    if b"\x1b" not in data[:10_000]:  # in which Japanese mail encodings look like ASCII
        usable.insert(0, "utf-8")
    for encoding in usable:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _mostly_text(data: bytes) -> str | None:
    """Text with more controls in it than a text should have, where it is a feed all the same."""
    return (
        data.decode("utf-8", "replace")
        if re.search(rb"<(?:rss|feed|rdf:RDF|opml)\b", data[:4096], re.I)
        else None
    )


def _inflated(data: bytes) -> bytes:
    """What a server packed without saying so, as far as it is allowed to grow."""
    try:
        return zlib.decompressobj(31).decompress(data, MAX_BYTES)
    except zlib.error:
        raise Refused("is a damaged packed file; check the address") from None


def tree_of(text: str, root: re.Pattern[str]) -> tuple[Element | None, State]:
    """The tree of an XML document that begins with the tag ``root`` matches, and how it was found.

    Nothing outside the document is ever read, and no entity of its own grows beyond bounds.
    """
    start = root.search(text)
    if not start:
        return None, "torn"
    head, body = text[: start.start()], text[start.start() :]
    end = body.rfind("</" + start.group()[1:].split()[0].rstrip("/>") + ">")
    body = expanded(body[: end + len(start.group()) + 2] if end > 0 else body, head)
    tree = _parsed(body, recover=False)
    if tree is not None:
        return tree, "sound"
    mended = _prefixed(mended_text(body))
    tree = _parsed(mended, recover=False)
    if tree is not None:
        return tree, "mended"
    return _parsed(mended, recover=True), "torn"


def _parsed(body: str, *, recover: bool) -> Element | None:
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        tree: Element | None = etree.fromstring(body.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return None
    return tree


def expanded(body: str, head: str) -> str:
    """The body with the simple entities that the document defines written out; others stay unknown."""
    at = head.lower().find("<!doctype")
    doctype = _DOCTYPE.match(head, at) if at >= 0 else None
    own: dict[str, str] = {}
    if doctype and doctype["subset"]:
        own = {name: double or single for name, double, single in _ENTITY.findall(doctype["subset"])[:200]}
    if not own:
        return body
    left = _LARGEST_EXPANSION

    def written(found: re.Match[str]) -> str:
        nonlocal left
        meant: str | None = own.get(found[2] or "")
        if meant is None or left < len(meant):
            return str(found.group())
        left -= len(meant)
        return meant

    return _REFERENCE.sub(written, body)


def mended_text(body: str) -> str:
    """The same with stray ampersands escaped and references resolved that XML does not know.

    What stands in CDATA is left as it is.
    """
    parts: list[str] = []
    at = 0
    while (start := body.find("<![CDATA[", at)) >= 0 and (end := body.find("]]>", start)) >= 0:
        parts += (_REFERENCE.sub(_known, body[at:start]), body[start : end + 3])
        at = end + 3
    parts.append(_REFERENCE.sub(_known, body[at:]))
    return "".join(parts)


def _known(found: re.Match[str]) -> str:
    """A reference as XML may hold it."""
    number, name = found[1], found[2]
    if number:
        try:
            char = chr(int(number[1:], 16) if number[0] in "xX" else int(number))
        except (ValueError, OverflowError):
            return ""
        return "" if _NO_XML.match(char) else found.group()
    if name in _OWN:
        return found.group()
    if name in name2codepoint:
        return f"&#{name2codepoint[name]};"
    return "&amp;" + found.group()[1:]


def _prefixed(body: str) -> str:
    """The same with every prefix declared that it uses: parsers refuse what many readers do not mind."""
    used = {first or second for first, second in _PREFIX.findall(body)} - {"xml", "xmlns"}
    missing = [prefix for prefix in sorted(used)[:50] if f"xmlns:{prefix}" not in body]
    end = re.match(r"<[^\s/>]+", body)
    if not missing or not end:
        return body
    declared = "".join(f' xmlns:{prefix}="urn:{prefix}"' for prefix in missing)
    return body[: end.end()] + declared + body[end.end() :]
