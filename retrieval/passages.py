"""Cuts a text into sentences and into passages, runs of whole sentences, with exact offsets.

Knows nothing of documents, tokens or models; any language, no list to load.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.types import Span

LIMIT = 900  # characters of a passage: about 200 word pieces of English, what small models read whole
SHORT = 250  # a last run below this joins the one before it
LONGEST = 2_000  # characters of a sentence; beyond, it is cut at a space

# Marks that end a sentence wherever they stand, and those that need a space behind them.
_ENDING = re.compile(
    r"""(?P<strong>[。！？｡।॥؟۔።։။]+[!?…]*)|[.!?…]+"""
    r"""(?:["'”’»)\]』」》）]|\[\d{1,3}\])*""",
    re.VERBOSE,
)
_CLOSERS = re.compile(r"""["'”’»)\]』」》）]+""")
_OPENERS = "\"'“‘«(¿¡[-–—*•‚„「『《（ \t\r\n\u00a0\u3000"
_LINE = re.compile(r"[^\n\r\u2028\u2029\x0b\x0c\x85]*(?:\r\n|[\n\r\u2028\u2029\x0b\x0c\x85]|$)")
_ITEM = re.compile(r"\s*(?:[-*+•‣▪◦–—#>|]|\d{1,3}[.)]\s|\(?[a-z]\)\s)")
_WIDE = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_WIDTH = 120  # lines up to this length may be one paragraph that was wrapped


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Words whose full stop does not end a sentence: titles; words before a number; words that may do either.
_TITLES = _words(
    "mr mrs ms messrs dr prof gov sen sens rep reps gen lt col maj sgt capt cmdr adm rev hon pres supt mt ft "
    "st vs cf eg ie viz approx ca bzw z.b d.h u.a sog evtl inkl hr sr sra srta dra mme mlle mm "
    "проф акад им ул см св гл стр рис т.е т.к т.н напр"
)
_NUMBERED = _words(
    "no nos nr núm num n vol vols p pp pg pág págs art arts fig figs ch chap sec secs eq § ex op "
    "jan feb mar apr jun jul aug sep sept oct nov dec № ст п д кв"
)
_EITHER = _words("inc co corp ltd jr bros etc al ph.d m.d dept univ ave blvd rd")
_DOTTED = re.compile(r"^(?:(?![a-z])[^\W\d_]|[^\W\d_]{1,3}(?:\.[^\W\d_]{1,3})+)$")  # J, U.S, Ph.D
_INITIAL = re.compile(r"[^\W\d_]{1,2}\.(?!\w)")
_STARTERS = _words(
    "the it he she they we i you but and so a an this that these those in on at for as if when while after "
    "before his her its their our there what who why how not no yes now then since with however"
)
_ORDINAL_BEFORE = _words("am im vom zum der den die das dem des bis ab und seit")
_FIRST_WORD = re.compile(r"[^\W\d_]+")


def sentences(text: str) -> list[Span]:
    """Every sentence of a text in order: trimmed, never overlapping, together all that is not space."""
    return [sentence for block in _blocks(text) for sentence in _sentences(text, block)]


def split(text: str) -> list[Span]:
    """The passages of a text: whole paragraphs together while they fit, else runs of whole sentences."""
    runs: list[list[Span]] = []
    heading = False
    for block in _blocks(text):
        inside = _sentences(text, block)
        for piece in [inside] if _weight(text, inside) <= LIMIT else [[each] for each in inside]:
            if runs and (heading or _weight(text, runs[-1] + piece) <= LIMIT):
                runs[-1].extend(piece)
            elif runs and len(runs[-1]) > 1 and _heading(text, runs[-1][-1]):
                runs.append([runs[-1].pop(), *piece])  # a heading goes with what it heads
            else:
                runs.append(list(piece))
            heading = len(runs[-1]) == 1 and _heading(text, runs[-1][0])
    if len(runs) > 1 and _weight(text, runs[-1]) < SHORT:
        last = runs.pop()
        runs[-1].extend(last)
    return [Span(run[0].start, run[-1].end) for run in runs]


def _weight(text: str, run: list[Span]) -> int:
    """The size of a run in characters, those of scripts that say more with each counted as three."""
    if not run:
        return 0
    start, end = run[0].start, run[-1].end
    return end - start + 2 * sum(1 for _ in _WIDE.finditer(text, start, end))


def _heading(text: str, sentence: Span) -> bool:
    """Whether a sentence looks like the heading of what follows: short, a line of its own, no full stop."""
    alone = sentence.start == 0 or "\n" in text[max(0, sentence.start - 2) : sentence.start]
    last = text[sentence.end - 1]
    return alone and sentence.end - sentence.start < 100 and (last.isalnum() or last in "?:")


def _blocks(text: str) -> Iterator[Span]:
    """Paragraphs, headings and list items: stretches no sentence leaves. Wrapped lines stay together."""
    start, width, lines = 0, 0, list(_LINE.finditer(text))
    for index, line in enumerate(lines):
        length = len(line.group().strip())
        width = max(width, length)
        following = lines[index + 1].group() if index + 1 < len(lines) else ""
        if length and following.strip() and _wrapped(line.group().strip(), following, width):
            continue
        if text[start : line.end()].strip():
            yield Span(start, line.end())
        start, width = line.end(), 0


def _wrapped(line: str, following: str, width: int) -> bool:
    """Whether a line break only wraps a paragraph: full lines, neither long nor followed by an item."""
    longest = max(width, len(following.strip()))
    full = longest <= _WIDTH and len(line) >= 0.6 * longest
    return full and not line.startswith("#") and not _ITEM.match(following)


def _sentences(text: str, block: Span) -> list[Span]:
    found: list[Span] = []
    start = block.start
    for ending in _ENDING.finditer(text, block.start, block.end):
        end = ending.end()
        if ending.group("strong") and (closers := _CLOSERS.match(text, end, block.end)):
            end = closers.end()
        if _ends(text, ending, end, Span(start, block.end)):
            found.extend(_trimmed(text, start, end))
            start = end
    found.extend(_trimmed(text, start, block.end))
    return found


def _ends(text: str, ending: re.Match[str], end: int, rest: Span) -> bool:
    """Whether the mark that was found ends the sentence that ``rest`` begins with."""
    if ending.group("strong"):
        return end == ending.end() or not text.startswith(("と", "って", "という"), end)
    if end < rest.end and not text[end].isspace():
        return False
    following = text[end : min(end + 40, rest.end)].lstrip(_OPENERS)
    if following[:1].islower():
        return False
    return not ending.group().startswith(".") or not _abbreviates(text, ending, rest.start, following)


def _abbreviates(text: str, ending: re.Match[str], start: int, following: str) -> bool:
    """Whether a full stop belongs to the word before it and the sentence goes on."""
    if ending.group().startswith(".."):
        return False
    before = text[max(start, ending.start() - 40) : ending.start()].split()
    if not before or text[ending.start() - 1].isspace():
        return False
    word = before[-1].lstrip(_OPENERS)
    folded = word.casefold()
    if folded.isdigit() and len(folded) <= 2:
        return len(before) == 1 or before[-2].casefold() in _ORDINAL_BEFORE
    initial = _INITIAL.match(following)
    if folded in _TITLES or (len(word) <= 2 and initial and initial.group().isupper()):
        return True
    if folded in _NUMBERED and following[:1].isdigit():
        return True
    first = _FIRST_WORD.match(following)
    if first is None or first.group().casefold() in _STARTERS:
        return False
    return folded in _EITHER or bool(_DOTTED.match(word))


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """The stretch without the space around it, cut where it is longer than any sentence should be."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        cut = _space_before(text, start + LONGEST // 2, start + LONGEST)
        yield from _trimmed(text, start, cut)
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield Span(start, end)


def _space_before(text: str, low: int, high: int) -> int:
    for at in range(high, low, -1):
        if text[at].isspace():
            return at
    return high
