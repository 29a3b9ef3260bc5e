"""Takes the lines of a PDF with their places and sizes. Knows nothing of paragraphs: `layout` makes those."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from retrieval.extract import fields
from retrieval.extract.content import LOCKED, MAX_TEXT, Content, Refused
from retrieval.extract.layout import Line, flowing
from retrieval.extract.titles import sane

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_SCANNED = "has no text layer (a scan, perhaps); run OCR on it and add the result"
_NOBODY = frozenset({"anonymous", "unknown", "user", "admin", "administrator", "owner"})


def read_pdf(data: bytes) -> Content:
    """The flowing text of a PDF with its title, author and date.

    Raises Refused, and whatever damage causes.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns about every odd font
    reader = _opened(data)
    pages = _lines_by_page(reader)
    lines = [line for page in pages for line in page]
    if not any(char.isalnum() for line in lines for char in line.text):
        raise Refused(_SCANNED)
    text, heading = flowing(lines, len(pages))
    author = fields.line(_said(reader, "author"))
    made = _said(reader, "creation_date")  # the nearest thing to a date of publication that PDFs carry
    return Content(
        text=text,
        title=sane(_said(reader, "title")) or heading,
        author=None if author and author.lower() in _NOBODY else author,
        published=fields.plausible(fields.in_utc(made) if made else None),
    )


def _said(reader: PdfReader, what: str) -> Any:
    """What the file says about itself; where that is damaged, nothing, since the text is what counts."""
    try:
        return getattr(reader.metadata, what, None)
    except Exception:
        return None


def _opened(data: bytes) -> PdfReader:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused(LOCKED)
    except (FileNotDecryptedError, DependencyError, NotImplementedError):
        raise Refused(LOCKED) from None
    return reader


def _lines_by_page(reader: PdfReader) -> list[list[Line]]:
    """The lines of every page, each page once; a page that is damaged counts as empty unless all are."""
    pages: list[list[Line]] = []
    fault: Exception | None = None
    seen: set[int] = set()
    total = 0
    for page in reader.pages:
        number = page.indirect_reference.idnum if page.indirect_reference else -len(pages)
        if number in seen:
            continue  # a tree that names one page again and again
        seen.add(number)
        try:
            pages.append(_lines(page, len(pages)))
        except Exception as damage:
            fault = damage
            pages.append([])
        total += sum(len(line.text) for line in pages[-1])
        if total > MAX_TEXT:
            break  # `Content.cleaned` says so
    if fault is not None and total == 0:
        raise fault
    return pages


def _lines(page: PageObject, number: int) -> list[Line]:
    collector = _Collector(number)
    page.extract_text(visitor_text=collector.visit)
    return collector.lines()


class _Collector:
    """Gathers the pieces of text that pypdf finds on a page into lines."""

    def __init__(self, page: int) -> None:
        self._page = page
        self._lines: list[list[tuple[str, float, float, float]]] = [[]]

    def visit(self, text: str, cm: Sequence[float], tm: Sequence[float], _font: Any, size: float) -> None:
        """Takes one piece: its text, the two matrices that place it, and the size of its letters."""
        scale = math.hypot(tm[2], tm[3]) * math.hypot(cm[2], cm[3])
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        first, *others = text.split("\n")
        self._lines[-1].append((first, x, y, abs(size * scale)))
        self._lines.extend([(other, x, y, abs(size * scale))] for other in others)

    def lines(self) -> list[Line]:
        """The lines with something on them, in the order they are written in."""
        return list(self._whole())

    def _whole(self) -> Iterator[Line]:
        for pieces in self._lines:
            shown = [piece for piece in pieces if piece[0].strip()]
            if shown:
                main = max(shown, key=lambda piece: len(piece[0]))  # not an exponent or a note's number
                text = "".join(piece[0] for piece in pieces)
                yield Line(text, x=shown[0][1], y=main[2], size=main[3] or 1.0, page=self._page)
