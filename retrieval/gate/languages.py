"""Tells the language of a sentence by its script and its smallest words. Knows nothing of what it says."""

from __future__ import annotations

import re
from functools import lru_cache

_SCRIPTS = (
    ("zh", re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_PERSIAN = re.compile(r"[پچژگکی]|\b(?:است|شد|را|از|این|که|با|برای)\b")
_UKRAINIAN = re.compile(r"[іїєґ]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

# Small words each language cannot do without; those of several languages decide nothing.
_SMALL = {
    "en": "the of and to in is was were are that for on with by from has have had not at it its he she they "
    "his her their be been will would could may said after who which this an as but or than about more "
    "into over",
    "de": "der die das den dem des ein eine einen einem einer und ist sind war waren wird werden wurde "
    "wurden hat "
    "haben nicht kein keine mit von zu zum zur für auf im am bei nach aus sich auch dass als an vor "
    "seit über es",
    "fr": "le la les un une des du de et est sont était été a ont dans par pour avec sur que qui ne "
    "pas au aux "
    "il elle ils elles se son sa ses ce cette plus selon après l'on d'un n'a l'a c'est",
    "es": "el la los las un una de del y es son fue fueron era ha han en por para con que se no su sus "
    "al lo le más "
    "como pero según desde hasta entre sobre está este esta",
    "it": "il lo la i gli le un una di del della dei delle e è sono era ha hanno in nel nella per con "
    "che si non al "
    "alla dal dalla sul sulla più come ma dopo secondo tra",
    "pt": "o a os as um uma de do da dos das e é são foi foram em no na nos nas por pelo pela para com "
    "que se não "
    "ao à mais como mas seu sua segundo entre sobre está",
    "nl": "de het een en van is zijn was waren wordt werd werden heeft hebben niet geen met voor op in "
    "te dat die "
    "aan bij naar uit ook als om door over",
    "tr": "ve bir bu da de için ile olarak oldu değil daha sonra ancak göre kadar çok olan",
    "pl": "i w na z do że nie się jest są był była było o po od za przez dla jak to ale oraz według",
    "sv": "och att det som en ett på är var för med av till den har inte om från men vid",
    "id": "yang dan di ke dari untuk dengan pada ini itu tidak akan telah oleh dalam adalah",
}
_LISTS = {language: frozenset(words.split()) for language, words in _SMALL.items()}


@lru_cache(maxsize=4_096)
def language_of(text: str) -> str:
    """The language as two letters, or "" where too little tells: a name alone belongs to none."""
    latin = len(_LATIN.findall(text))
    counts = {language: len(script.findall(text)) for language, script in _SCRIPTS}
    counts["ja"] *= 3  # Japanese is written with Chinese characters among its own
    best = max(counts, key=lambda language: counts[language])
    if counts[best] > latin * (0.4 if best in ("zh", "ja", "ko") else 1):
        return _variant(best, text)
    words = [word.replace("’", "'") for word in _WORD.findall(text.lower())]
    votes = {language: sum(word in small for word in words) for language, small in _LISTS.items()}
    first, second = sorted(votes.values())[:-3:-1]
    return max(votes, key=lambda language: votes[language]) if first > second else ""


def _variant(script: str, text: str) -> str:
    if script == "ar" and _PERSIAN.search(text):
        return "fa"
    return "uk" if script == "ru" and _UKRAINIAN.search(text) else script
