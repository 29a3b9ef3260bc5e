"""Makes flowing paragraphs of the lines of printed pages. Knows nothing of how the lines were found."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, pairwise, takewhile
from statistics import median

from retrieval.extract.text import clean_line
from retrieval.extract.titles import LONGEST, looks_like_title


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: where it starts and how large its letters are, in points from the bottom left."""

    text: str
    x: float
    y: float
    size: float
    page: int


_EDGE = 2  # lines at the top and bottom of a page that may be its header or footer
_FURNITURE = 80  # characters of the longest header or footer
_PRESENTED = re.compile(r"[\ufb00-\ufb06\ufb1d-\ufdf9\ufe70-\ufefc]")  # ligatures and shaped letters
_LEADER = re.compile(r"\s?\.(?:\s?\.){4,}")
_NUMBER = re.compile(r"^\W*(\d{1,4})\b|\b(\d{1,4})\W*$")  # at the start or the end of a line
_ITEM = re.compile(r"(?:[-•‣▪◦–—*]\s|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s)")
_ENDED = re.compile(r"[.!?:;。！？۔؟।…][\"'”’»)\]]*$")
_UNSPACED = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60]")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def flowing(lines: Sequence[Line], pages: int) -> tuple[str, str]:
    """The text in paragraphs, whole sentences together, and the heading it opens with (perhaps empty).

    Running headers, footers and page numbers are left out; words cut at a line's end are made whole.
    """
    lines = [replace(line, text=_plain(line.text)) for line in lines]
    lines = _without_furniture([line for line in lines if line.text], pages)
    if not lines:
        return "", ""
    measure = _Measure.of(lines)
    paragraphs = [[lines[0].text]]
    for above, below in pairwise(lines):
        if measure.parts(above, below):
            paragraphs.append([below.text])
        else:
            paragraphs[-1].append(below.text)
    known = {word.lower() for line in lines for word in _WORD.findall(line.text)}
    return "\n\n".join(_joined(texts, known) for texts in paragraphs), _heading(lines, measure)


def _plain(text: str) -> str:
    """The line with the letters that its ligatures and shaped forms stand for, its dotted leaders short."""
    return _LEADER.sub(
        " …", _PRESENTED.sub(lambda form: unicodedata.normalize("NFKC", form.group()), text)
    ).strip()


def _without_furniture(lines: Sequence[Line], pages: int) -> list[Line]:
    """The lines that are no page numbers and no headers or footers that most pages repeat."""
    edges = list(_edges(lines))
    shapes = Counter(_shape(line) for line, _ in edges)
    numbers = Counter(number for line, slot in edges for number in _numbers(line, slot))
    counted = {number for number, count in numbers.items() if count >= max(3, 0.3 * pages)}
    offsets = {1} | {offset for _, _, offset in counted}
    furniture = {
        line
        for line, slot in edges
        if shapes[_shape(line)] >= max(3, 0.6 * pages)
        or _numbers(line, slot) & counted
        or line.text in {str(line.page + offset) for offset in offsets}
    }
    kept = {line.page for line in lines if line not in furniture}
    return [line for line in lines if line not in furniture or line.page not in kept]  # no page goes empty


def _edges(lines: Sequence[Line]) -> Iterator[tuple[Line, int]]:
    """The short first and last lines of every page, with their places: 0 and 1, or -1 and -2."""
    by_page: dict[int, list[Line]] = {}
    for line in lines:
        by_page.setdefault(line.page, []).append(line)
    for page in by_page.values():
        for slot in range(-min(_EDGE, len(page)), min(_EDGE, len(page))):
            if len(page[slot].text) <= _FURNITURE:
                yield page[slot], slot


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text)


def _numbers(line: Line, slot: int) -> set[tuple[int, bool, int]]:
    """What would be a page number here: where it stands, and how far it runs ahead of the count of pages."""
    found = _NUMBER.finditer(line.text)
    return {(slot, bool(number[1]), int(number[1] or number[2]) - line.page) for number in found}


@dataclass(frozen=True, slots=True)
class _Measure:
    """What is usual in a document: line spacing (in letter sizes), full lines (characters), letter size."""

    spacing: float
    full: int
    size: float

    @classmethod
    def of(cls, lines: Sequence[Line]) -> _Measure:
        gaps = [
            (above.y - below.y) / below.size
            for above, below in pairwise(lines)
            if above.page == below.page and _alike(above, below) and 0 < above.y - below.y < 3 * below.size
        ]
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[round(line.size, 1)] += len(line.text)
        widths = sorted(len(line.text) for line in lines)
        return cls(median(gaps) if gaps else 1.2, widths[int(0.8 * len(widths))], sizes.most_common(1)[0][0])

    def parts(self, above: Line, below: Line) -> bool:
        """Whether a paragraph ends between two lines."""
        if not _alike(above, below) or _ITEM.match(below.text):
            return True
        ended = bool(_ENDED.search(above.text))
        gap = (above.y - below.y) / below.size
        if above.page != below.page or not 0 < gap < 20:  # a new page or column
            short = len(above.text) < max(30, 0.6 * self.full)
            return ended or (short and not below.text[0].islower())
        if gap > 1.3 * self.spacing:
            return True
        if below.text[0].islower() or _cut(above.text):
            return False
        indented = below.x - above.x > 0.8 * below.size
        return len(above.text) < (0.8 if ended else 0.6) * self.full or (ended and indented)


def _alike(above: Line, below: Line) -> bool:
    """Whether two lines have letters of about one size."""
    return abs(above.size - below.size) <= 0.12 * max(above.size, below.size)


def _cut(text: str) -> str:
    """The beginning of a word that was cut at the end of a line, or nothing."""
    if not text.endswith(("-", "\u00ad", "\u2010")):
        return ""
    words = _WORD.findall(text[-60:-1])
    return words[-1] if words and text[-2].isalpha() else ""


def _joined(texts: Sequence[str], known: set[str]) -> str:
    """The lines as one: cut words made whole, with the hyphen only where the document writes it elsewhere."""
    whole = [texts[0]]
    for above, below in pairwise(texts):
        head, rest = _cut(above).lower(), _WORD.match(below)
        if head and rest and below[0].islower():
            tail = rest.group().lower()
            if head + tail in known or f"{head}-{tail}" not in known:
                whole[-1] = whole[-1][:-1]
        elif not (head and rest) and not (_UNSPACED.match(above[-1]) and _UNSPACED.match(below[0])):
            whole.append(" ")
        whole.append(below)
    return "".join(whole)


def _heading(lines: Sequence[Line], measure: _Measure) -> str:
    """The largest lines near the top of the first page, where they are larger than the text."""
    top = [line for line in lines if line.page == lines[0].page][:12]
    largest = max(line.size for line in top)
    below = dropwhile(lambda line: line.size < 0.95 * largest, top)
    heading = " ".join(line.text for line in takewhile(lambda line: line.size > 0.95 * largest, below))
    stands_out = largest > 1.15 * measure.size and looks_like_title(heading)
    return clean_line(heading, LONGEST) if stands_out else ""
