"""Reads the numbers of a text with their units, scales and bounds. Knows nothing of evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from retrieval.gate.numerals import HAN, Numeral, chinese, digits, in_words, scale
from retrieval.gate.units import BOUNDS, SYMBOLS, unit_of
from retrieval.gate.words import Reading, folded

_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.,\u00c0-\u06ff])(?P<money>(?:US|A|C|HK|NZ|S)?[$€£¥₹₽₪₩₺])?\s?"
    r"(?P<body>\d{1,3}(?:(?:[.,'’]|[ \u00a0\u202f](?=\d{3}(?!\d)))\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
    r"(?P<half>[½¼¾⅓⅔])?(?P<tail>(?:st|nd|rd|th|er|ère|ème|º|ª)(?![^\W\d_])|s(?!\w))?"
)
_HALVES = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
_CLOCK = re.compile(
    r"(?<![\w.:])(?P<hour>[0-2]?\d)(?:[:.h](?P<minute>[0-5]\d))?\s?(?P<half>[ap]\.?\s?m\b\.?)"
    r"|(?<![\w.:\-])(?P<hour24>[0-2]?\d):(?P<minute24>[0-5]\d)(?![\d:])",
    re.IGNORECASE,
)
_AFTER = re.compile(r"[\s\u00a0\u202f\-–]*(?:(?P<symbol>[%٪$€£¥₹₽₪₩₺°])|(?P<word>[^\W\d_]+))")
_BEFORE = re.compile(
    rf"(?:(?<!\w)(?:{'|'.join(sorted(map(re.escape, BOUNDS), key=len, reverse=True))}))"
    r"(?:\s+(?:the|an?|another|an estimated|other))?\s*(?:US|A|C|HK)?[$€£¥₹₽]?\s?\Z",
    re.IGNORECASE,
)
_SPANS = frozenset(["second", "minute", "hour", "day", "week", "month", "year"])
_GOING = re.compile(
    r"\b(?:go|goes|went|going|gone|climb\w*|rise|rises|rising|rose|move[sd]?|push\w*|jump\w*)\s+\Z", re.I
)
_TOTAL = re.compile(
    r"\b(?P<sort>two|three)[- ](?P<part>thirds?|quarters?|fifths?)\b|\b(?P<half>half)\b", re.I
)
_PARTS = {"third": 3, "quarter": 4, "fifth": 5}
_HAN_NUMBER = re.compile(
    rf"(?:百分之)?(?P<han>[{HAN}]{{2,}}|[{HAN}](?=[个名人岁日月年天次位家国%]))|百分之(?P<digits>\d+(?:\.\d+)?)"
)
_EASTERN = {"万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8, "만": 1e4, "억": 1e8, "千": 1e3, "百": 1e2}
_ATTACHED = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12, "t": 1e12}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a text: every value its writing can have ("1.200"), what it measures, how it is bounded."""

    text: str
    start: int
    end: int
    values: frozenset[float]
    unit: str = ""
    bound: str = ""
    ordinal: bool = False
    reach: int = 0  # where its unit ends, or 0 where none follows it

    def same(self, other: Figure) -> bool:
        """Whether both can be the same number."""
        if self.ordinal != other.ordinal:
            return False
        return any(abs(a - b) <= 1e-9 * max(abs(a), abs(b)) for a in self.values for b in other.values)


@lru_cache(maxsize=4_096)
def figures(reading: Reading) -> tuple[Figure, ...]:
    """The numbers of a text in order: digits and words, clock times as minutes of the day (unit "clock")."""
    text = digits(reading.text)
    found = [*_clocks(text)]
    taken = [(each.start, each.end) for each in found]
    for each in (*_eastern(text), *_in_digits(text, reading.language), *_in_words(reading, text)):
        if not any(start < each.end and each.start < end for start, end in taken):
            taken.append((each.start, each.end))
            found.append(each)
    found.sort(key=lambda each: each.start)
    return tuple(_bounded(each, text) for each in found)


def _clocks(text: str) -> Iterator[Figure]:
    for match in _CLOCK.finditer(text):
        hour, minute = int(match["hour"] or match["hour24"]), int(match["minute"] or match["minute24"] or 0)
        if match["half"]:
            hour = hour % 12 + (12 if match["half"].lower().startswith("p") else 0)
        values = frozenset([60.0 * hour + minute])
        yield Figure(match.group(), match.start(), match.end(), values, "clock")


def _in_digits(text: str, language: str) -> Iterator[Figure]:
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        while text[start].isspace():
            start += 1
        before = text[start - 1] if start else " "
        if before in "-–/" and start > 1 and text[start - 2].isalpha():
            continue  # F-16, COVID-19: names
        following = text[end] if end < len(text) else " "
        attached = re.match(r"[^\W\d_]+", text[end:])
        multiple, unit = 1.0, _money(match["money"])
        if attached:
            word = attached.group().lower()
            multiple = (
                _ATTACHED.get(word)
                or _EASTERN.get(attached.group()[0])
                or scale(folded(word), language)
                or 0.0
            )
            unit = unit or unit_of(folded(word))
            if not multiple and not unit and not _unspaced(attached.group()[0]):
                continue  # 5G, 4x4: names
        values = _values(match["body"], language)
        if match["half"]:
            values = frozenset(value + _HALVES[match["half"]] for value in values)
        if attached and multiple:
            end += 1 if attached.group()[0] in _EASTERN else attached.end()
            ambiguous = attached.group().lower() in ("m", "t", "b") and not match["money"]
            values = frozenset(v * multiple for v in values) | (values if ambiguous else frozenset())
        if following == "s" or match["tail"] == "s":
            unit = "decade"
        ordinal = bool(match["tail"]) and match["tail"] != "s"
        yield _with_unit(Figure(text[start:end], start, end, values, unit, "", ordinal), text, language)


def _in_words(reading: Reading, text: str) -> Iterator[Figure]:
    for match in _TOTAL.finditer(text):
        value = 0.5
        if match["part"]:
            value = (2 if match["sort"].lower() == "two" else 3) / _PARTS[match["part"].lower().rstrip("s")]
        yield Figure(match.group(), match.start(), match.end(), frozenset([value, 100 * value]), "part")
    for numeral in in_words(reading):
        yield _with_unit(_from_words(numeral, reading), text, reading.language)


def _from_words(numeral: Numeral, reading: Reading) -> Figure:
    start, end = reading.words[numeral.first].start, reading.words[numeral.last].end
    values = frozenset([numeral.value])
    return Figure(reading.text[start:end], start, end, values, ordinal=numeral.ordinal)


def _eastern(text: str) -> Iterator[Figure]:
    if text.isascii():
        return
    for match in _HAN_NUMBER.finditer(text):
        value = float(match["digits"]) if match["digits"] else chinese(match["han"])
        before = text[match.start() - 1] if match.start() else " "
        if value is not None and not before.isdigit():
            unit = "%" if match.group().startswith("百分之") else unit_of(text[match.end() : match.end() + 2])
            unit = unit or unit_of(text[match.end() : match.end() + 1])
            yield Figure(match.group(), match.start(), match.end(), frozenset([value]), unit)


def _with_unit(figure: Figure, text: str, language: str) -> Figure:
    """The figure with the scale words and the unit that follow it."""
    for _ in range(3):
        after = _AFTER.match(text, figure.end)
        if not after:
            break
        word = folded(after["word"] or after["symbol"])
        multiple = None if figure.ordinal else scale(word, language) or (word == "hundred" and 100.0) or None
        if multiple and after["word"]:
            values = frozenset(value * multiple for value in figure.values)
            figure = replace(figure, text=text[figure.start : after.end()], end=after.end(), values=values)
            continue
        if word in ("per", "por", "pour", "به") and not figure.unit:
            cent = re.match(r"\s+(?:cent|ciento|cento)\b", text[after.end() :])
            return replace(figure, unit="%", reach=after.end() + cent.end()) if cent else figure
        unit = unit_of(word)
        if unit == "%" and re.match(r"[\s\-]+points?\b", text[after.end() :]):
            unit = "%pt"
        if unit and (not figure.unit or figure.unit == unit) and not (unit == "second" and figure.ordinal):
            figure = replace(figure, unit=unit, reach=after.end())
        break
    return figure


def _bounded(figure: Figure, text: str) -> Figure:
    before = _BEFORE.search(text[max(0, figure.start - 40) : figure.start])
    bound = ""
    if (
        before
        and before.group().lower().startswith("up to")
        and _GOING.search(text[: figure.start - len(before.group())])
    ):
        before = None
    if before and figure.unit != "clock" and not figure.ordinal:
        said = before.group().lower()
        bound = next(
            (BOUNDS[phrase] for phrase in sorted(BOUNDS, key=len, reverse=True) if said.startswith(phrase)),
            "",
        )
        if bound == "over" and said.startswith("over") and figure.unit in _SPANS:
            bound = ""  # "over ten years": throughout them
    if re.match(r"\s*(?:\+|or more\b(?! than)|or older\b|and over\b|and older\b)", text[figure.end :]):
        bound = "least"
    return replace(figure, bound=bound) if bound else figure


def _values(body: str, language: str) -> frozenset[float]:
    """What a number in digits can mean: "1,200" is 1200 and, in half of Europe, 1.2."""
    plain = re.sub(r"[ \u00a0\u202f'’]", "", body)
    marks = re.findall(r"[.,]", plain)
    if not marks:
        return frozenset([float(plain)])
    if len(set(marks)) == 2:
        last = marks[-1]
        other = "." if last == "," else ","
        return frozenset([float(plain.replace(other, "").replace(last, "."))])
    whole = float(re.sub(r"[.,]", "", plain))
    if len(marks) > 1:
        return frozenset([whole])
    decimal = float(plain.replace(",", "."))
    if not re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", plain):
        return frozenset([decimal])
    if language == "en" and marks == [","]:
        return frozenset([whole])
    return frozenset([whole, decimal])


def _money(symbol: str | None) -> str:
    return unit_of(symbol[-1]) if symbol and symbol[-1] in SYMBOLS else ""


def _unspaced(char: str) -> bool:
    return bool(re.match(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", char))
