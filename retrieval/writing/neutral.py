"""Makes a document's words safe to show a model, each character traceable to where it came from.

What nobody can see is left out, marks that imitate a prompt's are replaced by look-alikes, and sentences that
order the reader about are cut. Knows nothing of prompts, excerpts or models.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.citations import locate
from retrieval.noise import gives_orders, spoken
from retrieval.types import Span

CUT = "[…]"
_PAYLOAD = 200  # characters after an order, on its line, that go with it
_NOWHERE = -1

# Formatting, control, private and unassigned characters; selectors and fillers that draw nothing.
_UNSEEN_KINDS = frozenset({"Cf", "Cc", "Cs", "Co", "Cn"})
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)

# Marks of a prompt, of a chat template, of markup or of a reply, by look-alikes that mean nothing.
_LOOK_ALIKES = str.maketrans("<>＜＞", "‹›‹›")
_MARKS = (
    (re.compile(r"‹¦?\||\|¦?›"), str.maketrans("|", "¦")),  # <|im_start|>
    (
        re.compile(r"\[\[|\]\]|\[/?(?:INST|SYS|system|user|assistant)\w*\]", re.IGNORECASE),
        str.maketrans("[]", "()"),
    ),
    (re.compile(r"`{3,}|~{3,}"), str.maketrans("`~", "''")),
    (re.compile(r"^[ \t]*(?:#{1,6}|={3,}|-{3,})", re.MULTILINE), str.maketrans("#=-", "·≈–")),
    (re.compile(r"[{\[]\s*\"\w+\"\s*:|\}\s*\]?\s*$", re.MULTILINE), str.maketrans("{}[]", "()()")),
    (
        re.compile(
            r"^[\W_]*(?:system|developer|assistant|user|human|ai|tool|role|excerpt|question)\b[^\n:]{0,20}:",
            re.IGNORECASE | re.MULTILINE,
        ),
        str.maketrans(":", "·"),
    ),
)

# Cyrillic and Greek letters that pass for Latin ones.
_PASSING = str.maketrans(
    "аеорсухіјѕԁӏАВЕКМНОРСТХІοαενρτυΑΒΕΗΙΚΜΝΟΡΤΧ", "aeopcyxijsdlABEKMHOPCTXIoaevptuABEHIKMNOPTX"
)
_LATIN = re.compile("[A-Za-z]")

# "Ignore the text above" in other tongues than English, which `gives_orders` knows.
_ELSEWHERE = re.compile(
    r"""
      \b(?:ignor(?:ez|e[zr]?|iere[n]?|a|á|ad|en|are|ate)|oubli(?:ez|e)|vergiss|vergesst|missachte\w*
          |olvid(?:a|e|en)|dimentica(?:te)?|esqueça|игнорируй\w*|проигнорируй\w*|забудь\w*|zignoruj\w*|negeer)\b
        .{0,40}?
        \b(?:texte?|instruction\w*|instruc\w*|consignes?|anweisung\w*|vorherige\w*|anterior\w*|préc[ée]dent\w*
          |testo|istruzioni|precedent\w*|инструкци\w*|текст\w*|предыдущ\w*|instrukcj\w*|tekst\w*|instructies?)\b
    | \b(?:répond(?:ez|s)|antworte[nt]?|respond[ae]n?|rispond[ei]|ответь\w*|отвечай\w*|odpowiedz)\b.{0,12}?
        \b(?:seulement|uniquement|nur|solo|solamente|únicamente|apenas|somente|soltanto|только|tylko)\b
    | (?:忽略|无视|無視|不要理会).{0,12}(?:内容|指令|指示|提示|文字|以上|上面|之前|前面)
    | (?:只|仅|僅)(?:回答|回复|回覆|输出|輸出)
    | (?:以上|上記|前)の?.{0,8}(?:指示|命令|内容|文章)を?.{0,4}無視
    | (?:تجاهل|انس).{0,20}(?:التعليمات|النص|السابقة|أعلاه) | (?:نادیده بگیر|فراموش کن)
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Neutral:
    """A text as it is shown to a model. ``origin`` has for each character its place in ``source``."""

    source: str
    text: str
    origin: tuple[int, ...]

    def original(self, quote: str) -> str:
        """The source's own words for a quote of the neutral text; the quote itself where that lacks it."""
        if self.text == self.source:
            return quote
        span = locate(quote, self.text)
        places = self.origin[span.start : span.end] if span else ()
        if not places or _NOWHERE in places:
            return quote
        return self.source[places[0] : places[-1] + 1]


def neutral(text: str) -> Neutral:
    """A document's words as data that nothing can mistake for a prompt."""
    shown, origin = _unmarked(text)
    return _without_orders(text, shown, origin)


def plain(text: str, limit: int) -> str:
    """A person's own words, which may order what they like, as one line of at most ``limit`` characters."""
    return " ".join(_unmarked(text)[0].split())[:limit]


def commands(sentence: str) -> bool:
    """Whether a sentence orders an assistant about, in any of the languages this is known for."""
    told = "".join(char for char in sentence if not _is_unseen(char))
    return any(gives_orders(each) or bool(_ELSEWHERE.search(each)) for each in {told, _unmixed(told)})


def _unmarked(text: str) -> tuple[str, list[int]]:
    """The text as far as it can be seen, without marks of a prompt, and where each character came from."""
    seen = [(char, place) for place, char in enumerate(text) if not _is_unseen(char)]
    shown = "".join("\n" if char in "\u2028\u2029\x85\r" else char for char, _ in seen)
    shown = shown.translate(_LOOK_ALIKES)
    for marks, look_alikes in _MARKS:
        shown = marks.sub(lambda found, table=look_alikes: found[0].translate(table), shown)  # type: ignore[misc]
    return shown, [place for _, place in seen]


def _without_orders(source: str, shown: str, origin: list[int]) -> Neutral:
    """The text without its orders: they are looked for in the source, where their marks are whole."""
    cuts = list(_orders(source))
    if not cuts:
        return Neutral(source, shown, tuple(origin))
    letters: list[str] = []
    places: list[int] = []
    for char, place in zip(shown, origin, strict=True):
        if not any(cut.start <= place < cut.end for cut in cuts):
            letters.append(char)
            places.append(place)
        elif not places or places[-1] != _NOWHERE:
            letters += CUT
            places += [_NOWHERE] * len(CUT)
    return Neutral(source, "".join(letters), tuple(places))


def _orders(text: str) -> Iterator[Span]:
    """Each order together with what follows it on its line, where its payload stands."""
    for span in spoken(text):
        if commands(text[span.start : span.end]):
            line_end = text.find("\n", span.end)
            rest = min(line_end if line_end >= 0 else len(text), span.end + _PAYLOAD)
            yield Span(span.start, max(span.end, rest))


def _is_unseen(char: str) -> bool:
    if char in "\n\t\r\x85":
        return False
    return unicodedata.category(char) in _UNSEEN_KINDS or bool(_UNSEEN.match(char))


def _unmixed(text: str) -> str:
    """The text with letters that pass for Latin ones made Latin in words that hold both."""
    words = (word.translate(_PASSING) if _LATIN.search(word) else word for word in re.split(r"(\s+)", text))
    return "".join(words)
