"""Reads a text as words with their places, stems and capitals. Knows nothing of quotes or statements."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from retrieval.gate.languages import language_of
from retrieval.gate.markers import listed
from retrieval.passages import sentences
from retrieval.terms import terms

_UNSPACED = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_SIGNS = "\u0300-\u036f\u064b-\u0670\u0900-\u0963\u0966-\u0dff\u1000-\u109f\u200c\u200d"
_WORD = re.compile(
    rf"(?:[^\W\d_]\.){{2,}}(?:[^\W\d_](?!\w))?"
    rf"|[{_UNSPACED}]|(?:(?![{_UNSPACED}])[^\W_]|[{_SIGNS}])+(?:['’](?:(?![{_UNSPACED}])[^\W_])+)*"
)
_BREAK = re.compile(r"[,;:()\[\]«»“”\"、，；：。।؛،]|\s[-–—]+\s|—|\.\.\.|…")
_CLAUSES = listed("""but while although though because which who when if as that whereas unless""")
_OPENER = re.compile(r"[:“\"«„•|]\s*[“\"'‘(]?$|[-–—]\s+$|[.!?][”\"’)]*\s")
_POSSESSIVE = re.compile(r"['’]s?$")

# Past forms that share no stem with their verb, and nouns of irregular number.
_FORMS = """be am is are was were been being|begin began begun|break broke broken|bring brought|build built
buy bought|catch caught|choose chose chosen|come came|do did done does|draw drew drawn|drink drank
drive drove driven
eat ate eaten|fall fell fallen|feel felt|fight fought|find found|flee fled|fly flew flown
forget forgot forgotten
freeze froze frozen|get got gotten|give gave given|go went gone|grow grew grown|hang hung|have has had
hear heard
hide hid hidden|hold held|keep kept|know knew known|lay laid|lead led|leave left|lend lent|lie lay lain
lose lost
make made|man men|mean meant|meet met|pay paid|person people|ride rode ridden|ring rang rung|rise rose risen
run ran|say said says|see saw seen|seek sought|sell sold|send sent|shake shook shaken|shoot shot|shrink shrank
sing sang sung|sink sank sunk|sit sat|sleep slept|speak spoke spoken|spend spent|stand stood
steal stole stolen
strike struck|swear swore sworn|swim swam swum|take took taken|teach taught|tell told|think thought
throw threw thrown
understand understood|wake woke woken|wear wore worn|win won|withdraw withdrew withdrawn|woman women
write wrote written
child children|overcome overcame|undergo underwent undergone|mistake mistook mistaken|arise arose arisen
beat beaten|bind bound|bite bit bitten|blow blew blown|breed bred|deal dealt|feed fed|forbid forbade forbidden
forgive forgave forgiven|overthrow overthrew overthrown|uphold upheld|tear tore torn|undo undid undone
wind wound"""
_IRREGULAR = {
    form: forms.split()[0]
    for line in _FORMS.split("\n")
    for forms in line.split("|")
    for form in forms.split()
}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text. ``opens`` is true where a capital says nothing: the first word of a sentence."""

    text: str
    start: int
    end: int
    fold: str
    stem: str
    capital: bool
    opens: bool
    clause: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text read once: its words in order, its language as two letters, or "" where that is unclear."""

    text: str
    words: tuple[Word, ...]
    language: str

    def __hash__(self) -> int:
        """By its text alone: readings are looked up often, and their words follow from it."""
        return hash(self.text)

    @property
    def stems(self) -> frozenset[str]:
        """The stems of all its words."""
        return frozenset(word.stem for word in self.words)

    def between(self, first: Word, second: Word) -> str:
        """What stands between two words."""
        return self.text[first.end : second.start]


@lru_cache(maxsize=4_096)
def read(text: str, language: str | None = None) -> Reading:
    """Read a text, in this language where it is known; the latest texts are remembered."""
    opening = {each.start for each in sentences(text)}
    words: list[Word] = []
    clause, opens = 0, True
    last = 0
    for match in _WORD.finditer(text):
        between = text[last : match.start()]
        if between != " " and _BREAK.search(between):
            clause += 1
        fold = folded(match.group())
        if fold in _CLAUSES:
            clause += 1
        if any(start in opening for start in range(last, match.start() + 1)) or _opens_again(between):
            opens = True
        words.append(
            Word(
                match.group(),
                match.start(),
                match.end(),
                fold,
                stem(fold),
                match.group()[0].isupper(),
                opens,
                clause,
            )
        )
        opens, last = False, match.end()
    return Reading(text, tuple(words), language_of(text) if language is None else language)


def _opens_again(between: str) -> bool:
    """Whether a direct speech, a heading or an item begins here."""
    return between not in ("", " ") and bool(_OPENER.search(between))


@lru_cache(maxsize=65_536)
def folded(word: str) -> str:
    """A word without case, accents, possessive and the points of its initials."""
    plain = word.replace("’", "'").casefold().translate(_PLAIN)
    if not plain.isascii():
        marked = unicodedata.normalize("NFKD", plain)
        plain = unicodedata.normalize("NFC", "".join(c for c in marked if not _accent(c)))
    return _POSSESSIVE.sub("", plain).replace(".", "") or plain


_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss", "\u200c": "", "\u200d": "", "ي": "ی", "ك": "ک"}
)


def _accent(char: str) -> bool:
    return ("\u0300" <= char <= "\u036f" and char != "\u0306") or "\u064b" <= char <= "\u0670"


@lru_cache(maxsize=65_536)
def stem(fold: str) -> str:
    """What the inflected forms of a word share, as far as suffixes and a list of irregular forms tell."""
    word = _IRREGULAR.get(fold, fold)
    return "".join(terms(word)) or word


def irregular_past(fold: str) -> bool:
    """Whether a word is the past form of an irregular verb."""
    return _IRREGULAR.get(fold, fold) != fold


def stems_of(words: str) -> frozenset[str]:
    """The stems of a list of words written in one string."""
    return frozenset(stem(word) for word in words.split())
