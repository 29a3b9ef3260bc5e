"""Reads Word documents: paragraphs and tables in their order. Knows nothing of pictures and comments."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from retrieval.extract import fields
from retrieval.extract.content import Content, Refused
from retrieval.extract.text import clean_line
from retrieval.extract.titles import LONGEST, sane

if TYPE_CHECKING:
    from datetime import datetime

_MAX_PART = 40 * 1024 * 1024  # bytes of one part after inflation
_MAX_WHOLE = 120 * 1024 * 1024
_MAX_PARTS = 5_000
_TEMPLATE = "python-docx"  # it signs and dates every file whose writer does neither
_TEMPLATE_DAY = "2013-12-23"

_NS = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}
_W = f"{{{_NS['w']}}}"
_SHOWN_AS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
# Drawn a second time, struck out, or never shown: the codes of fields and the properties of paragraphs.
_SKIPPED = frozenset(
    {
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
        f"{_W}del",
        f"{_W}instrText",
        f"{_W}pPr",
    }
)
_HEADING = re.compile(r"(?:title|heading ?1)$", re.I)


def read_docx(data: bytes) -> Content:
    """The visible text of a Word document with its title, author and date.

    Raises Refused, and whatever damage causes.
    """
    _check_size(data)
    from docx import Document

    document = Document(BytesIO(data))
    body = document.element.body
    known = document.core_properties
    return Content(
        text="\n\n".join(_blocks(body)),
        title=sane(known.title) or _heading(document, body),
        author=fields.line(known.author) if known.author != _TEMPLATE else None,
        published=_saved(known.modified or known.created),
        language=fields.language(known.language),
    )


def _check_size(data: bytes) -> None:
    """Refuses a package that inflates beyond any real document; zipfile never reads past the stated sizes."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        sizes = [part.file_size for part in package.infolist()]
    if max(sizes) > _MAX_PART or sum(sizes) > _MAX_WHOLE or len(sizes) > _MAX_PARTS:
        raise Refused(f"unpacks to {sum(sizes) // 2**20} MB, far more than a document holds; save it as .pdf")


def _blocks(element: Any) -> Iterator[str]:
    """Paragraphs and tables below an element, through content controls and tracked changes."""
    for child in _children(element):
        if child.tag == f"{_W}p":
            yield _shown(child)
        elif child.tag == f"{_W}tbl":
            yield "\n".join(map(_row, _rows(child)))
        else:
            yield from _blocks(child)


def _children(element: Any) -> Iterator[Any]:
    """What an element holds, without what is not shown."""
    return (child for child in element if isinstance(child.tag, str) and child.tag not in _SKIPPED)


def _rows(table: Any) -> Iterator[Any]:
    """The rows of a table, without those of tables in its cells."""
    for child in _children(table):
        if child.tag == f"{_W}tr":
            yield child
        else:
            yield from _rows(child)


def _row(row: Any) -> str:
    cells = (" ".join(" ".join(_blocks(cell)).split()) for cell in row.iterfind("w:tc", _NS))
    return f"| {' | '.join(cells)} |"


def _shown(element: Any) -> str:
    """What the runs of a paragraph show, text boxes included, hidden runs left out."""
    shown: list[str] = []
    for child in _children(element):
        if child.tag == f"{_W}t":
            shown.append(child.text or "")
        elif not _hidden(child):
            shown.append(_SHOWN_AS.get(child.tag) or _shown(child))
        if child.tag == f"{_W}p":
            shown.append(" ")  # between the paragraphs of a text box
    return "".join(shown)


def _hidden(run: Any) -> bool:
    mark = run.find("w:rPr/w:vanish", _NS)
    return mark is not None and mark.get(f"{_W}val") not in ("0", "false", "off")


def _heading(document: Any, body: Any) -> str:
    """The first paragraph that is styled as a title or a first heading."""
    named = {style.style_id: style.name or "" for style in document.styles}
    for paragraph in body.iter(f"{_W}p"):
        style = paragraph.find("w:pPr/w:pStyle", _NS)
        if style is not None and _HEADING.fullmatch(named.get(style.get(f"{_W}val"), "")):
            return clean_line(_shown(paragraph), LONGEST)
    return ""


def _saved(when: datetime | None) -> datetime | None:
    """When the file was last saved, unless it only carries the day of its template."""
    if when is None or when.date().isoformat() == _TEMPLATE_DAY:
        return None
    return fields.plausible(fields.in_utc(when))
