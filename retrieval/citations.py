"""Finds quotes in texts, numbers them and links to them. Knows nothing of questions, models or storage."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import quote as percent_encode
from urllib.parse import urlsplit

from retrieval.types import Citation, Passage, Quote, Span, Statement

LONGEST_LINK = 1_900  # characters; servers and clients begin to cut at about 2,000
_LONGEST_TERM = 500  # encoded characters of one side of a text fragment
_WHOLE_WORDS = 10  # a quote up to this many words is linked whole, a longer one by its two ends
_END_WORDS = 5
_DIRECTIVE = ":~:"
_IN_APP = ("t.me", "telegram.me")  # posts open in an app, which may not know a link with a fragment

_SAME = str.maketrans(
    dict.fromkeys("‘’‚‛′‹›`´", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", None)
)
# Scripts without spaces have no word borders to respect; their clauses end at these marks.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_NUMBER = re.compile(r"\d[.,]\d")
_WORD = re.compile(r"[^\s、。，！？；：]+[、。，！？；：]*|[、。，！？；：]+")


def locate(quote: str, text: str, *, within: Span | None = None) -> Span | None:
    """Where ``text`` says ``quote``, as whole words; None where it does not.

    An exact match wins. Otherwise differences of white space, quotation marks, dashes, letter case and
    composed characters are overlooked, and the span is of the source's own words. ``within`` limits the
    search to one stretch of the text.
    """
    area = within or Span(0, len(text))
    wanted = quote.strip()
    if not any(char.isalnum() for char in wanted):
        return None
    at = text.find(wanted, area.start, area.end)
    while at >= 0:
        if _whole(text, at, at + len(wanted)):
            return Span(at, at + len(wanted))
        at = text.find(wanted, at + 1, area.end)
    return _locate_folded(wanted, text, area)


def quote_from(passage: Passage, span: Span) -> Quote:
    """The quote at ``span`` (document offsets) of a passage; ValueError where it leaves the passage."""
    if not passage.start <= span.start < span.end <= passage.end:
        raise ValueError("A quote must lie inside its passage.")
    words = passage.text[span.start - passage.start : span.end - passage.start]
    return Quote(passage.document, passage.number, span.start, span.end, words)


def number(
    statements: Iterable[tuple[str, Sequence[Quote]]],
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Give each quote its number, 1.. in order of first use; the same span of a document only one."""
    citations: dict[tuple[int, int, int], Citation] = {}
    numbered = []
    for text, quotes in statements:
        used = []
        for quote in quotes:
            key = (quote.document.number, quote.start, quote.end)
            if key not in citations:
                link = link_to(quote.document.url, quote.text)
                citations[key] = Citation(len(citations) + 1, quote, link)
            used.append(citations[key].number)
        numbered.append(Statement(text, tuple(dict.fromkeys(used))))
    return tuple(numbered), tuple(citations.values())


def link_to(url: str | None, quote: str) -> str | None:
    """A link that opens ``url`` at the quoted words, or None where there is no web address to open.

    A text fragment: short quotes whole, long ones by their first and last words; a term never crosses a
    line, since browsers do not match one across blocks. Where nothing fits, the plain address is given.
    """
    if not url or not _opens(url):
        return None
    address, _, fragment = url.partition("#")
    kept = fragment.partition(_DIRECTIVE)[0]
    plain = f"{address}#{kept}" if kept else address
    in_app = urlsplit(address).hostname in _IN_APP
    found = "" if in_app else ",".join(_encoded(term) for term in _fragment_terms(quote))
    link = f"{address}#{kept}{_DIRECTIVE}text={found}"
    if found and len(link) <= LONGEST_LINK:
        return link
    return plain if len(plain) <= LONGEST_LINK else None


def _whole(text: str, start: int, end: int) -> bool:
    return not _cuts(text, start) and not _cuts(text, end)


def _cuts(text: str, at: int) -> bool:
    """Whether a border at ``at`` would split a word, a letter from its accent or a number ("1,032")."""
    if at <= 0 or at >= len(text):
        return False
    before, after = text[at - 1], text[at]
    if unicodedata.combining(after) or _NUMBER.fullmatch(text[max(0, at - 2) : at + 1]):
        return True
    if _NUMBER.fullmatch(text[at - 1 : at + 2]):
        return True
    return before.isalnum() and after.isalnum() and not (_UNSPACED.match(before) or _UNSPACED.match(after))


def _locate_folded(wanted: str, text: str, area: Span) -> Span | None:
    needle = _folded(wanted, 0)[0]
    haystack, origin = _folded(text[area.start : area.end], area.start)
    at = haystack.find(needle)
    while at >= 0:
        last = at + len(needle)
        start, end = origin[at], origin[last - 1] + 1
        between = (at == 0 or origin[at - 1] != start) and (last == len(origin) or origin[last] >= end)
        if between and _whole(text, start, end):
            return Span(start, end)
        at = haystack.find(needle, at + 1)
    return None


def _folded(text: str, offset: int) -> tuple[str, list[int]]:
    """The text with everything overlooked folded away, and where each of its characters came from."""
    folded: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text, offset):
        if char.isspace():
            if folded and folded[-1] != " ":
                folded.append(" ")
                origin.append(index)
            continue
        for part in _letters(char):
            if part != " " or (folded and folded[-1] != " "):
                folded.append(part)
                origin.append(index)
    while folded and folded[-1] == " ":
        folded.pop()
        origin.pop()
    return "".join(folded), origin


@lru_cache(maxsize=4_096)
def _letters(char: str) -> str:
    return unicodedata.normalize("NFKD", char.translate(_SAME).casefold())


def _opens(url: str) -> bool:
    if any(char.isspace() or not char.isprintable() for char in url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _fragment_terms(quote: str) -> list[str]:
    lines = [words for line in quote.splitlines() if (words := _words(line))]
    if not lines:
        return []
    if len(lines) == 1 and len(lines[0]) <= _WHOLE_WORDS:
        whole = _joined(lines[0])
        if len(_encoded(whole)) <= _LONGEST_TERM:
            return [whole]
    start, end = lines[0][:_END_WORDS], lines[-1][-_END_WORDS:]
    if len(lines) == 1 and len(lines[0]) < 2 * _END_WORDS:
        middle = len(lines[0]) // 2
        start, end = lines[0][:middle], lines[0][middle:]
    return _fitting(start, end)


def _fitting(start: list[tuple[str, bool]], end: list[tuple[str, bool]]) -> list[str]:
    while start and len(_encoded(_joined(start))) > _LONGEST_TERM:
        start = start[:-1]
    while end and len(_encoded(_joined(end))) > _LONGEST_TERM:
        end = end[1:]
    return [_joined(words) for words in (start, end) if words]


def _words(line: str) -> list[tuple[str, bool]]:
    """The words of a line, each with whether white space stands before it; marks at the ends left out."""
    found = [(m.group(), m.start() > 0 and line[m.start() - 1].isspace()) for m in _WORD.finditer(line)]
    while found and not any(char.isalnum() for char in found[0][0]):
        found.pop(0)
    while found and not any(char.isalnum() for char in found[-1][0]):
        found.pop()
    return found


def _joined(words: list[tuple[str, bool]]) -> str:
    return "".join(f" {word}" if spaced and i else word for i, (word, spaced) in enumerate(words))


def _encoded(term: str) -> str:
    return percent_encode(term, safe="", errors="replace").replace("-", "%2D")
