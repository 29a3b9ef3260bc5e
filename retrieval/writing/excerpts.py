"""Chooses the excerpts an answer is written from: what the prompt shows is what the gate checks against.

Knows nothing of models or of how statements are checked.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from retrieval.citations import locate
from retrieval.llm.prompt import tokens as count
from retrieval.noise import is_noise, spoken
from retrieval.types import Hit, Passage, Scope
from retrieval.writing.neutral import Neutral, commands, neutral

EVIDENCE_TOKENS = 3_000
_LETTERS = "bcdfghjkmnpqrstvwxz"  # no vowels, so that no id is a word
_SIGNS = _LETTERS + "23456789"
_LONGEST_NAME = 160  # characters of a title or a publisher's name


@dataclass(frozen=True, slots=True)
class Excerpts:
    """Passages under short random ids, made for one request.

    ``mark`` begins every line of the prompt that is not a document's; no document holds it. ``evidence`` is
    what the prompt shows, ``passages`` what the gate sees; ``pointed`` are the ids of those asked about.
    """

    mark: str
    passages: Mapping[str, Passage]
    evidence: str
    pointed: tuple[str, ...]
    shown: Mapping[str, Neutral]

    def original(self, id: str, quote: str) -> str:
        """The stored words for words copied from the evidence; the same words where they are not there."""
        return self.shown[id].original(quote) if id in self.shown else quote

    def holding(self, words: str, ids: Iterable[str]) -> str | None:
        """The excerpt that says these words as they were shown: one of ``ids``, or of the same document."""
        named = {self.passages[id].document for id in ids if id in self.passages}
        for id, passage in self.passages.items():
            if passage.document in named and locate(self.original(id, words), passage.text):
                return id
        return None

    def titled(self, id: str, quote: str) -> bool:
        """Whether a quote is of the title of an excerpt's document instead of its text."""
        title = _line(self.passages[id].document.title) if id in self.passages else ""
        return locate(quote, title) is not None


def excerpts(
    hits: Sequence[Hit],
    scope: Scope,
    *,
    about: Sequence[Passage] = (),
    tokens: int = EVIDENCE_TOKENS,
    remarks: Mapping[int, str] = MappingProxyType({}),
) -> Excerpts:
    """The passages that fit into about ``tokens``, those the question is ``about`` first, then by rank.

    Of passages that say the same only the first is taken, and none of owners outside the scope. ``remarks``
    are said of documents by their numbers.
    """
    mark = secret(10)
    chosen: dict[str, Passage] = {}
    shown: dict[str, Neutral] = {}
    lines: list[str] = []
    room = tokens
    for passage in _telling([*about, *(hit.passage for hit in hits)], scope):
        text = neutral(passage.text)
        id = secret(4, {*chosen, mark})
        entry = f"{mark} excerpt {id}: {_source(passage, remarks)}\n{text.text.strip()}\n"
        room -= count(entry)
        if room < 0 and chosen:
            break
        chosen[id], shown[id] = passage, text
        lines.append(entry)
    pointed = tuple(id for id, passage in chosen.items() if passage in about)
    return Excerpts(mark, chosen, "\n".join(lines), pointed, shown)


def secret(length: int, taken: Iterable[str] = ()) -> str:
    """A random word that no text can foresee: a letter, then letters and digits."""
    while True:
        word = secrets.choice(_LETTERS) + "".join(secrets.choice(_SIGNS) for _ in range(length - 1))
        if word not in taken:
            return word


def _telling(passages: Iterable[Passage], scope: Scope) -> Iterator[Passage]:
    """Those in scope that tell something that was not there before."""
    before: set[str] = set()
    for passage in passages:
        told = " ".join(passage.text.split()).casefold()
        if passage.document.owner in scope.owners and told not in before and _tells(passage.text):
            before.add(told)
            yield passage


def _tells(text: str) -> bool:
    sentences = (text[span.start : span.end] for span in spoken(text))
    return any(not is_noise(sentence) and not commands(sentence) for sentence in sentences)


def _source(passage: Passage, remarks: Mapping[int, str]) -> str:
    """What is known of where a passage stands, as one line."""
    document = passage.document
    day = f"published {document.day.isoformat()}" if document.day else "undated"
    remark = remarks.get(document.number, "")
    return ", ".join(
        filter(None, (f"“{_line(document.title)}”", _line(document.publisher or ""), day, remark))
    )


def _line(name: str) -> str:
    return " ".join(neutral(name).text.split())[:_LONGEST_NAME]
