"""Reads numbers in digits and in words of many languages and scripts. Knows nothing of what they count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from text_to_num import find_numbers

from retrieval.gate.markers import listed
from retrieval.gate.words import Reading, Word, folded

_BY_LIBRARY = listed("en fr de es it pt nl")
_ZERO = {ord("٫"): ".", ord("٬"): ","}

_RUSSIAN = """ноль|один одна одно одного одной|два две двух двум двое двумя|три трех трем трое тремя
четыре четырех четырем
пять пяти|шесть шести|семь семи|восемь восьми|девять девяти|десять десяти|одиннадцать одиннадцати
двенадцать двенадцати
тринадцать тринадцати|четырнадцать четырнадцати|пятнадцать пятнадцати|шестнадцать шестнадцати
семнадцать семнадцати
восемнадцать восемнадцати|девятнадцать девятнадцати"""
_RUSSIAN_TENS = """двадцать двадцати|тридцать тридцати|сорок сорока|пятьдесят пятидесяти|
шестьдесят шестидесяти
семьдесят семидесяти|восемьдесят восьмидесяти|девяносто девяноста"""
_RUSSIAN_HUNDREDS = (
    "сто ста|двести двухсот|триста трехсот|четыреста|пятьсот пятисот|шестьсот|семьсот|восемьсот|девятьсот"
)
_PERSIAN = "صفر|یک|دو|سه|چهار|پنج|شش|هفت|هشت|نه|ده|یازده|دوازده|سیزده|چهارده|پانزده|شانزده|هفده|هجده|نوزده"
_PERSIAN_TENS = "بیست|سی|چهل|پنجاه|شصت|هفتاد|هشتاد|نود"
_PERSIAN_HUNDREDS = "صد|دویست|سیصد|چهارصد|پانصد|ششصد|هفتصد|هشتصد|نهصد"
_ARABIC = (
    "صفر|واحد واحدة|اثنان اثنين اثنتان|ثلاثة ثلاث|اربعة اربع أربعة أربع|خمسة خمس|ستة ست|سبعة سبع|"
    "ثمانية ثماني|تسعة تسع|عشرة عشر"
)


def _table(units: str, tens: str = "", hundreds: str = "") -> dict[str, int]:
    table: dict[str, int] = {}
    for given, first, step in ((units, 0, 1), (tens, 20, 10), (hundreds, 100, 100)):
        groups = [group.split() for group in re.split(r"[|\n]", given) if group.split()]
        table |= {folded(word): first + step * at for at, group in enumerate(groups) for word in group}
    return table


_TABLES = {
    "ru": _table(_RUSSIAN, _RUSSIAN_TENS, _RUSSIAN_HUNDREDS),
    "fa": _table(_PERSIAN, _PERSIAN_TENS, _PERSIAN_HUNDREDS),
    "ar": _table(_ARABIC),
}
_THOUSAND, _MILLION, _BILLION, _TRILLION = 1e3, 1e6, 1e9, 1e12
_SCALES = {
    _THOUSAND: "thousand thousands k tsd tausend mille mil mila duizend тыс тысяча тысячи тысяч тисяч "
    "tysiecy tysiace bin هزار "
    "ألف الف آلاف",
    1e5: "lakh lakhs",
    _MILLION: "million millions mln mn mio millionen millones millon milioni milione milhoes milhao "
    "miljoen milionow miliony "
    "milyon миллион миллиона миллионов млн мільйонів мільйон میلیون مليون ملايين",
    1e7: "crore crores",
    _BILLION: "billion billions bn bln milliard milliarde milliarden mrd md milliards miliardi "
    "miliardo miljard miliardow "
    "milyar миллиард миллиарда миллиардов млрд мільярдів bilhoes bilhao میلیارد مليار مليارات",
    _TRILLION: "trillion trillions tn trn billionen bill billones billon bilioni триллион триллиона "
    "триллионов трлн تریلیون "
    "trilhoes trilhao",
}
_SCALE = {folded(word): scale for scale, names in _SCALES.items() for word in names.split()}
_LONG = listed("de fr es it nl pl")  # where "billion" has twelve zeros
_CHINESE = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_CHINESE_STEPS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "萬": 10_000, "亿": 10**8, "億": 10**8}
HAN = "".join([*_CHINESE, *_CHINESE_STEPS])


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number written in words: the first and last of its words, its value, and whether it orders."""

    first: int
    last: int
    value: float
    ordinal: bool


def digits(text: str) -> str:
    """A text with the digits of every script as 0 to 9; its length stays."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() and not char.isascii() else char for char in text
    ).translate(_ZERO)


def scale(fold: str, language: str) -> float | None:
    """What a word like "million" multiplies by, or None."""
    if fold in ("billion", "billions") and language in _LONG:
        return _TRILLION
    return _SCALE.get(fold)


@lru_cache(maxsize=4_096)
def in_words(reading: Reading) -> tuple[Numeral, ...]:
    """The numbers that a text writes in words, in order; a lone "one" is an article and left out."""
    language = reading.language or "en"
    if language in _BY_LIBRARY:
        found = _by_library(reading.words, language)
    elif language in _TABLES or language == "uk":
        found = _by_table(reading.words, _TABLES["ru" if language == "uk" else language], language)
    else:
        found = []
    return tuple(each for each in found if each.value != 1 or each.ordinal or each.last > each.first)


class _Token:
    def __init__(self, word: str) -> None:
        self._word = word

    def text(self) -> str:
        return self._word

    def nt_separated(self, _previous: object) -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return any(char.isdigit() for char in self._word)


_NOT_NUMBERS = listed("""seconds segunda quarta quinta sexta dozens hundreds thousands millions billions""")


def _by_library(words: Sequence[Word], language: str) -> list[Numeral]:
    found = find_numbers([_Token(word.text.lower()) for word in words], language, 0.0)
    return [
        Numeral(each.start, each.end - 1, each.value, each.is_ordinal)
        for each in found
        if words[each.start].text.lower() not in _NOT_NUMBERS
    ]


def _by_table(words: Sequence[Word], table: dict[str, int], language: str) -> list[Numeral]:
    found: list[Numeral] = []
    at = 0
    while at < len(words):
        first, total, current, last = at, 0.0, None, at
        while at < len(words):
            fold = words[at].fold
            step = scale(fold, language)
            if fold in table and (current is None or table[fold] < _step_of(current)):
                current = (current or 0) + table[fold]
            elif step and step > 1 and current is not None:
                total, current = total + current * step, 0
            elif (
                fold in ("و",) and current is not None and at + 1 < len(words) and words[at + 1].fold in table
            ):
                at += 1
                continue
            else:
                break
            last = at
            at += 1
        if current is not None:
            found.append(Numeral(first, last, total + current, False))
        else:
            at += 1
    return found


def _step_of(value: float) -> int:
    """What may still be added to a number that is being spelled: tens to hundreds, units to tens."""
    if not value:
        return 1_000
    return 100 if value % 100 == 0 else 10 if value % 10 == 0 and value >= 20 else 0


def chinese(numeral: str) -> float | None:
    """The value of a number in Chinese characters, or None where it is none."""
    total, section, digit = 0, 0, 0
    for char in numeral:
        if char in _CHINESE:
            digit = digit * 10 + _CHINESE[char] if digit else _CHINESE[char]
        elif (step := _CHINESE_STEPS.get(char, 0)) >= 10_000:
            total, section, digit = total + (section + digit) * step, 0, 0
        elif step:
            section, digit = section + (digit or 1) * step, 0
        else:
            return None
    return float(total + section + digit)
