"""Turns the bytes of a text file into characters, however it was saved. Knows nothing of what they say."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.I)
# What a page may declare: Python's own codecs include some that are no character sets at all.
_KNOWN = re.compile(
    r"utf-8|iso8859-\d+|iso2022_jp|cp(?:125\d|866|874|932|949)|koi8-[ru]|shift_jis|euc_(?:jp|kr)|gb2312|gbk|gb18030"
    r"|big5(?:hkscs)?|tis-620|mac-\w+"
)
_ODD = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))


def decode(data: bytes) -> str | None:
    """The characters of a text in any usual encoding, or None where the bytes are no text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if wide := _wide(data):
        return data.decode(wide, "replace")
    if is_binary(data):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _declared(data) or _nearly_utf8(data) or _guessed(data)


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of mostly Latin text is zero."""
    sample = data[:4096]
    half = len(sample) // 2
    if half < 4:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * half and even < 0.02 * half + 1:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.02 * half + 1:
        return "utf-16-be"
    return None


def is_binary(data: bytes) -> bool:
    """Whether the bytes hold more controls than a slightly damaged text would."""
    sample = data[:65_536]
    controls = len(sample) - len(sample.translate(None, _ODD))
    return controls > 2 + len(sample) // 100


def codec(charset: str) -> str | None:
    """The codec that reads a declared character set as browsers do, or None where it is no character set."""
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return None
    if not _KNOWN.fullmatch(name):
        return None
    return "cp1252" if name == "iso8859-1" else name


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:4096])
    name = codec(found[1].decode("ascii")) if found else None
    if name is None:
        return None
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _nearly_utf8(data: bytes) -> str | None:
    """UTF-8 with a few broken bytes: better than guessing another encoding for all of it."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    other = sum(1 for char in text[:100_000] if ord(char) > 127) - broken
    return text if other > 4 * broken else None


def _guessed(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000]).best()
    if best is None:
        return None
    return data.decode(best.encoding, "replace")
