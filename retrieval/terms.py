"""Turns text into the words that search compares, in any script. Knows nothing of documents or ranking."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import snowballstemmer

# Scripts written without spaces, or with particles glued on, are cut into overlapping pairs of characters.
_UNSPACED = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_INDIC = "\u0900-\u0963\u0966-\u0dff\u1000-\u109f"  # their vowel signs are no letters to the word class
_STRETCH = re.compile(rf"[\w{_INDIC}]+(?:[.,'][\w{_INDIC}]+)*")
_TOKEN = re.compile(
    rf"(?P<pairs>[{_UNSPACED}]+)"
    r"|(?P<number>\d+(?:[.,]\d+)+)"
    r"|(?P<initials>(?<!\w)[^\W\d_](?:\.[^\W\d_])+(?!\w))"
    rf"|(?P<word>(?:(?![{_UNSPACED}])[^\W_]|[{_INDIC}])+(?:'(?!s\b)[^\W_]+)*)(?:'s\b)?"
)
_MARKS = re.compile("(?<!и)[\u0300-\u036f]|[\u0591-\u05c7\u064b-\u065f\u0670\u0640]")
_FOLDED = str.maketrans("øłđıيىكة’", "oldiییکه'")
_THOUSANDS = re.compile(r"[.,](?=\d{3}(?:\D|$))")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[a-z]")

# What questions are asked with rather than about, by language. A question is stripped by the list of its
# own language only: "die" and "war" mean nothing in German and a good deal in English.
_EMPTY = {
    "en": "a an the of in on at to from by with for about into over after before between during under "
    "against and or but nor so than as if that this these those there here it its he him his she "
    "her hers they them their we our ours you your i me my mine one ones who whom whose which "
    "what when where why how is are was were be been being am do does did done doing have has had "
    "having will would shall should can could may might must not no yes any some much many more "
    "most other another such same own very just also too only then now tell me please say says "
    "said let know find give show name named called call according new recent recently latest "
    "current currently today yesterday week month don't doesn't didn't isn't wasn't aren't can't "
    "won't it's what's who's that's following",
    "de": "der die das den dem des ein eine einen einem einer eines und oder aber wenn dass weil als "
    "wie wer wen wem wessen was wann wo warum wieso welche welcher welches welchen welchem ist "
    "sind war waren sein wird werden wurde wurden hat haben hatte hatten kann können konnte soll "
    "sollen muss nicht kein keine im in an am auf aus bei mit nach von vom vor zu zum zur für "
    "über unter durch um gegen bis seit es er sie wir ihr ich man sich auch noch nur schon sehr "
    "so dann da hier dieser diese dieses viel viele heißt",
    "es": "el la los las un una unos unas de del al a en y e o u que qué quién quiénes cuál cuáles "
    "cuándo cuánto cuánta cuántos cuántas cómo dónde por para con sin sobre entre desde hasta se "
    "es son fue fueron era eran ser está están ha han había hay lo le les su sus mi tu no sí más "
    "muy ya como si pero este esta estos estas ese esa qué porque también",
    "fr": "le la les l un une des du de d au aux à en et ou où que qu qui quoi quel quelle quels "
    "quelles quand comment combien pourquoi dans par pour avec sans sur sous entre depuis est "
    "sont était étaient été être a ont avait il elle ils elles on nous vous je tu se s ce c cet "
    "cette ces son sa ses leur leurs ne n pas plus y t mais si est-ce",
    "it": "il lo la i gli le un uno una di del dello della dei degli delle da dal dalla in nel nella a "
    "al alla ai con su sul sulla per tra fra e o che chi cosa quale quali quando quanto quanti "
    "come dove perché è sono era erano stato stata ha hanno aveva si non più ma se questo questa "
    "questi suo sua",
    "pt": "o a os as um uma de do da dos das em no na nos nas por pelo pela para com sem sobre entre e "
    "ou que quem qual quais quando quanto quantos como onde porque é são foi foram era ser está "
    "tem têm havia se não mais mas seu sua este esta isso",
    "ru": "и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по ее мне было "
    "вот от меня о из ему когда где кто кого кому чем какой какая какое какие каких какую каком "
    "сколько почему зачем ли или быть был была были есть это этот эта эти для до об при под над "
    "между после через чтобы который которая которые мы они их ее нет уже ещё если",
    "fa": "و در به از که این آن را با است بود شد می برای تا بر یا هم چه چیست کی کیست چرا چگونه کجا کدام "
    "آیا چند چقدر هر یک ها های شده کرد کرده دارد بودند هست نیست خود",
    "ar": "في من على إلى عن مع هل ما ماذا من متى أين كيف لماذا كم أي التي الذي هو هي هذا هذه ذلك كان "
    "كانت و أو ثم لا لم لن قد أن إن",
    "zh": "什么 甚么 谁是 的是 是谁 哪个 哪里 哪些 为什 为何 怎么 多少 何时 是否 吗？ 请问 了吗 的吗",
    "ja": "です ます した たの のは です すか ます ませ でし 何で いつ どこ 誰が なぜ",
}


def terms(text: str) -> list[str]:
    """The comparable words of a text, in order: case, accents and inflection folded away.

    Each is made of letters, digits and, within a number, a point: nothing a keyword index would cut again.
    """
    found: list[str] = []
    for stretch in _STRETCH.findall(_fold(text)):
        if stretch.isascii() and stretch.isalnum():
            found.append(_stem(stretch))
        else:
            found.extend(_parts(stretch))
    return found


def question_terms(question: str) -> list[str]:
    """The words of a question that carry meaning, each once, in order.

    Where nothing would be left, as in "Who is who?", all of its words are kept.
    """
    every = list(dict.fromkeys(terms(question)))
    empty = max(_empty().values(), key=lambda words: sum(word in words for word in every))
    return [term for term in every if term not in empty] or every


@lru_cache(maxsize=16_384)
def _parts(stretch: str) -> tuple[str, ...]:
    return tuple(term for match in _TOKEN.finditer(stretch) for term in _terms(match))


def _terms(match: re.Match[str]) -> Iterator[str]:
    kind = match.lastgroup or "word"
    found = match.group(kind)
    if kind == "pairs":
        yield from [found[i : i + 2] for i in range(len(found) - 1)] or [found]
    elif kind == "number":
        yield _THOUSANDS.sub("", found).replace(",", ".")
    elif kind == "initials":
        yield found.replace(".", "")
    else:
        yield _stem(found.replace("'", ""))


def _fold(text: str) -> str:
    """Lower case without accents; letters of one sound in several alphabets' variants made one."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_FOLDED)
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", folded)))


@lru_cache(maxsize=32_768)
def _stem(word: str) -> str:
    if _CYRILLIC.search(word):
        return str(_stemmer("russian").stemWord(word))
    if _LATIN.search(word):
        return str(_stemmer("english").stemWord(word))
    return word.removeprefix("ال") if len(word) > 4 else word


@lru_cache
def _empty() -> dict[str, frozenset[str]]:
    return {language: frozenset(terms(words)) for language, words in _EMPTY.items()}


@lru_cache
def _stemmer(language: str) -> Any:
    return snowballstemmer.stemmer(language)
