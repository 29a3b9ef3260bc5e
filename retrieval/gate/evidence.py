"""What a statement rests on: its quotes, the sentences they stand in, and those beside them.

Knows nothing of statements or how they are judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from retrieval.gate.languages import language_of
from retrieval.gate.names import Told
from retrieval.gate.quotes import as_quotes, sentences_of
from retrieval.gate.words import Reading, read
from retrieval.types import Document, Passage, Quote, Span


@dataclass(frozen=True)
class Evidence:
    """The quotes of one statement with what surrounds them.

    ``core`` are the whole sentences the quotes touch: a quote cut out of a denial is read with it.
    ``around`` adds the sentence before and after each of them, of the same passage. ``passages`` are whole.
    """

    quotes: tuple[Quote, ...]
    core: tuple[Reading, ...]
    around: tuple[Reading, ...]
    passages: tuple[str, ...]
    documents: tuple[Document, ...]

    @property
    def text(self) -> str:
        """The core, as one text."""
        return " ".join(reading.text for reading in self.core)

    @property
    def window(self) -> str:
        """The core with the sentences beside it, as one text."""
        return " ".join(reading.text for reading in self.around)

    @property
    def language(self) -> str:
        """The language of the passages that are quoted, by the first of them."""
        return self.core[0].language if self.core else ""

    @cached_property
    def titles(self) -> tuple[Reading, ...]:
        """What the documents are called and who wrote and published them."""
        lines = ((each.title, each.publisher or "", each.author or "") for each in self.documents)
        return tuple(read(line) for each in lines for line in each if line)

    @cached_property
    def told(self) -> Told:
        """The names of the quoted sentences, those beside them and the titles."""
        return Told((*self.around, *self.titles))

    @property
    def published(self) -> tuple[date, ...]:
        """The days on which the documents were published."""
        return tuple(each.day for each in self.documents if each.day)


def evidence_of(found: Sequence[tuple[Passage, Span]]) -> Evidence:
    """The evidence that quotes at these places are."""
    core: list[tuple[Passage, Span]] = []
    around: list[tuple[Passage, Span]] = []
    for passage, span in found:
        places = sentences_of(passage.text)
        touched = [i for i, each in enumerate(places) if each.start < span.end and span.start < each.end]
        core += [(passage, places[i]) for i in touched]
        near = range(max(0, touched[0] - 1), min(len(places), touched[-1] + 2)) if touched else ()
        around += [(passage, places[i]) for i in near]
    return Evidence(
        as_quotes(found),
        _readings(core),
        _readings(around),
        tuple(dict.fromkeys(passage.text for passage, _ in found)),
        tuple(dict.fromkeys(passage.document for passage, _ in found)),
    )


def _readings(places: Sequence[tuple[Passage, Span]]) -> tuple[Reading, ...]:
    ordered = sorted(
        dict.fromkeys(places), key=lambda place: (place[0].document.number, place[0].start + place[1].start)
    )
    return tuple(
        read(passage.text[span.start : span.end], language_of(passage.text)) for passage, span in ordered
    )
