"""What readers were told, what came after it, and what is said in its place. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from retrieval.briefing.corrections.mistaken import is_note
from retrieval.briefing.sentences import Said
from retrieval.briefing.splitting import LONGEST, sayings
from retrieval.citations import locate
from retrieval.noise import gives_orders, is_heading, spoken
from retrieval.terms import question_terms
from retrieval.types import Document, Passage, Quote, Span
from retrieval.writing.neutral import commands
from retrieval.writing.values import Told


@dataclass(frozen=True)
class Telling:
    """A quote that readers were given; ``around`` is what stood before and behind it."""

    quote: Quote
    around: tuple[str, str] = ("", "")

    @cached_property
    def told(self) -> Told:
        """It as values are compared in it."""
        before, behind = self.around
        document = self.quote.document
        return Told(self.quote.text, f"{document.title}\n{before} {self.quote.text} {behind}", document.day)

    @cached_property
    def terms(self) -> frozenset[str]:
        """Its telling words."""
        return frozenset(question_terms(self.quote.text))


@dataclass(frozen=True)
class Came:
    """A document as it stands now; ``former`` is what it said when it was quoted, where it changed since."""

    document: Document
    passages: Sequence[Passage]
    text: str
    former: str = ""

    @cached_property
    def lines(self) -> tuple[Said, ...]:
        """Its sentences, the new ones alone where it was held before; no headings and no orders."""
        singles = [
            _line(passage, span)
            for passage in self.passages
            for span in spoken(passage.text)
            if span.end - span.start <= LONGEST
        ]
        return tuple(each for each in singles if self._fit(each.text))

    @cached_property
    def notes(self) -> tuple[Said, ...]:
        """What it says of mistakes, each with the sentence behind it, which often has the right value."""
        noted = [each for each in self.lines if is_note(each.text)]
        return tuple(_with_next(each) for each in noted)

    @cached_property
    def sayings(self) -> tuple[Said, ...]:
        """Its sentences as they can be told by themselves, some with the one before them."""
        return tuple(sayings([self.document], {self.document.number: self.passages}))

    def quote(self, line: Said) -> Quote:
        """A sentence's words, with the sentence before it where it leans on that."""
        whole = [each for each in self.sayings if each.span.end == line.span.end]
        leaning = whole and whole[0].span.start < line.span.start
        return whole[0].quote if leaning else line.quote

    def _fit(self, sentence: str) -> bool:
        if is_heading(sentence) or gives_orders(sentence) or commands(sentence):
            return False
        return not (self.former and locate(sentence, self.former))


@dataclass(frozen=True, slots=True)
class Correction:
    """A quote that was told, and what is said in its place.

    ``value`` is what is said now, as it is written, or "" where what was told is only taken back; ``before``
    is the value that was told.
    """

    said: Quote
    now: Quote
    before: str = ""
    value: str = ""


def _line(passage: Passage, span: Span) -> Said:
    place = Span(passage.start + span.start, passage.start + span.end)
    return Said(passage, place, passage.text[span.start : span.end], 0.0, 0)


def _with_next(note: Said) -> Said:
    """A note together with the sentence behind it, as far as that is in its passage and fit to be quoted."""
    passage = note.passage
    start, end = note.span.start - passage.start, note.span.end - passage.start
    behind = next((span for span in spoken(passage.text) if span.start >= end), None)
    if behind is None or behind.end - start > LONGEST or "\n" in passage.text[end : behind.start]:
        return note
    text = passage.text[start : behind.end]
    return note if gives_orders(text) or commands(text) else _line(passage, Span(start, behind.end))
