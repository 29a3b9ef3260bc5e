"""Weighs what a text says by how much it tells of a question. Knows nothing of documents or of answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from retrieval.terms import question_terms, terms

LIGHTEST = 1.0  # the least a telling word weighs: in a small library what is common still tells
IDLE = 0.25  # what a verb weighs that stands for any other ("get", "happen")
KINDS = 0.5  # "which country": an answer names one, and need not call it a country
HEART = 0.5  # share of a question's weight that a heading must say to ask the heart of it
KIN = 0.7  # a word of the same family ("defend", "defence") counts nearly whole

# Verbs whose forms no stemmer brings together.
_VERBS = (
    "begin began begun|break broke broken|bring brought|build built|buy bought|catch caught|choose chose "
    "chosen|come came|drive drove driven|fall fell fallen|fight fought|find found|fly flew flown|forbid "
    "forbade forbidden|freeze froze frozen|give gave given|go went gone|grow grew grown|hold held|keep "
    "kept|lead led|leave left|lose lost|make made|meet met|pay paid|rise rose risen|run ran|see saw seen"
    "|sell sold|send sent|shake shook|shoot shot|sing sang sung|speak spoke spoken|spend spent|stand stood"
    "|steal stole stolen|strike struck|swim swam swum|take took taken|teach taught|tear tore torn|think "
    "thought|throw threw thrown|wear wore worn|win won|write wrote written"
)
_FORMS = {form: forms for verb in _VERBS.split("|") for forms in [frozenset(terms(verb))] for form in forms}
_IDLE = frozenset(terms("get gets got happen happens happened mean means"))

_NOW = re.compile(
    r"\b(?:now|today|tonight|yesterday|tomorrow|current(?:ly)?|latest|newest|recent(?:ly)?|so far|just|new"
    r"|next|upcoming|(?:this|last)(?: past)? (?:week|month|year|morning|evening|night|weekend|season|spring"
    r"|summer|autumn|fall|winter)|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
_KIND = re.compile(r"\b(?:[Ww]hich|[Ww]hat) (?:of the following )?([a-z][\w-]+) \w")
_WHEN = re.compile(r"\b(?:when|(?:what|which) (?:day|date|month|year|time)|since when)\b", re.IGNORECASE)
_COUNT = re.compile(
    r"\b(?:how (?:many|much|long|old|far|big|large|often|high)|what (?:number|percent\w*|share|price))\b",
    re.IGNORECASE,
)
_WHY = re.compile(r"\b(?:why|what (?:caused|led to)|for what reason)\b", re.IGNORECASE)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.)"
)
_DAY = re.compile(rf"\b(?:(?:19|20)\d\d\b|\d{{1,2}}:\d\d|\d{{1,2}}\.? {_MONTH}|{_MONTH} \d)", re.IGNORECASE)
_DATE = re.compile(
    rf"\b(?:{_MONTH}|(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow)", re.IGNORECASE
)
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?"
    r"|billions?|half|third|quarter|twice|once)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:because|due to|owing to|caused|thanks to|so that|in order to|reasons?|as a result|blamed|prompted"
    r"|led to)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d+")
_FIRST = re.compile(r"\w+")  # what, why, is: how it is asked
_ASKS = re.compile(r"[?？؟]\W*\Z")
_CAPITALISED = re.compile(r"(?<![\w’'])[^\W\d_][^\W_]*(?:[’'][^\W_]+)?")
_OPENING = " \t\n\"'“‘«([-–—•*#>"


@dataclass(frozen=True)
class Asked:
    """A question as answers are measured against it. ``rarity`` says how rare a term is where it is asked."""

    text: str
    rarity: Mapping[str, float]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every term of the question."""
        return frozenset(terms(self.text))

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """Its telling terms with their weights."""
        asked = question_terms(_COUNT.sub(" ", _WHEN.sub(" ", self.text)))
        weights = {term: max(self.rarity.get(term, LIGHTEST), LIGHTEST) for term in asked or self.words}
        weights.update((term, IDLE) for term in _IDLE if term in weights)
        for kind in _KIND.findall(self.text):
            weights.update((term, KINDS * weights[term]) for term in terms(kind) if term in weights)
        return weights

    @property
    def about_now(self) -> bool:
        """Whether it asks for what is new."""
        return bool(_NOW.search(self.text))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The telling terms it writes with a capital inside a sentence: whom or what it is about."""
        written = (term for word in _names(self.text) for term in terms(word))
        return tuple(dict.fromkeys(term for term in written if term in self.weights))

    def heard(self, text: str) -> dict[str, float]:
        """Which telling terms a text says, each with how far that counts."""
        said: dict[str, float] = {}
        for word in terms(text):
            if term := self._exact.get(word):
                said[term] = 1.0
                continue
            for term in self._families.get(word[:5], ()):
                if _kin(term, word):
                    said.setdefault(term, KIN)
        return said

    def covered(self, said: Mapping[str, float]) -> float:
        """The share of its weight, 0 to 1, that is said (term → how far that counts)."""
        heard = (weight * said.get(term, 0.0) for term, weight in self.weights.items())
        return sum(heard) / (sum(self.weights.values()) or 1.0)

    def fits(self, sentence: str) -> float:
        """How far a sentence holds the kind of thing asked for, 0 to 1: a date, number, cause or name."""
        if _WHEN.search(self.text):
            return 1.0 if _DAY.search(sentence) else 0.5 if _DATE.search(sentence) else 0.0
        if _COUNT.search(self.text):
            return float(bool(_NUMBER.search(sentence)))
        if _WHY.search(self.text):
            return float(bool(_CAUSE.search(sentence)))
        named = " ".join((*_names(sentence), *_FIGURE.findall(sentence)))
        return float(not self.words.issuperset(terms(named)))

    def asked_by(self, heading: str) -> bool:
        """Whether a heading asks this, or the heart of it, in the same way and with no other telling word."""
        first, begins = _FIRST.search(heading), _FIRST.search(self.text)
        if not (first and begins and first[0].casefold() == begins[0].casefold() and _ASKS.search(heading)):
            return False
        told = set(question_terms(heading))
        return told <= self.words and self.covered(dict.fromkeys(told, 1.0)) >= HEART

    @cached_property
    def _exact(self) -> Mapping[str, str]:
        return {form: term for term in self.weights for form in (*_FORMS.get(term, ()), term)}

    @cached_property
    def _families(self) -> Mapping[str, list[str]]:
        families: dict[str, list[str]] = {}
        for term in self.weights:
            families.setdefault(term[:5], []).append(term)
        return families


def _kin(one: str, other: str) -> bool:
    """Whether two terms are of one family: five letters or more in common, and nearly all of the shorter."""
    shorter, longer = sorted((one, other), key=len)
    common = max(5, len(shorter) - 1)
    return len(shorter) >= 5 and longer.startswith(shorter[:common]) and len(longer) <= common + 3


def _names(text: str) -> list[str]:
    """The words written with a capital where no sentence begins."""
    found = []
    for word in _CAPITALISED.finditer(text):
        before = text[: word.start()].rstrip(_OPENING)
        if word.group()[0].isupper() and before and before[-1] not in ".?!:…":
            found.append(word.group())
    return found
