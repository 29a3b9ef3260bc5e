"""Judges editions by what stands in the database and on the page alone, by none of the writer's own means.

Statements are compared as words, dates come from the documents' rows, and what is new is a number or a name
that nothing the reader could have been told before says. Knows nothing of how editions are made.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from benchmarks.replayed import Edition, Reader, is_copy
from retrieval import database
from retrieval.briefing import Piece
from retrieval.library import Library
from retrieval.types import Citation, Draft, Statement

_SAME = 0.85  # share of the shorter one's words, from which two statements are one
_FEWEST = 6  # words of a statement that can be told twice
_STALE = timedelta(4)  # before the last edition: news that old is dressed up
_ON_TOPIC = 3  # times that its words stand in a document on a topic
_TOKEN = re.compile(r"\d[\d.,]*\d|\d|(?<![.!?] )(?<!^)\b[A-Z][\w'’-]+", re.MULTILINE)
_WORD = re.compile(r"\w+")


@dataclass
class Count:
    """What was counted over all editions; the lists name each fault."""

    editions: int = 0
    quiet: int = 0
    stories: int = 0
    updates: int = 0
    statements: int = 0
    faithful: int = 0
    matching: int = 0
    topical: int = 0
    repeats: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    unfaithful: list[str] = field(default_factory=list)
    written: int = 0
    withheld: int = 0


@dataclass
class _Told:
    """What a reader was told: the statements, the documents cited, and all that could have been cited."""

    statements: list[tuple[frozenset[str], str]] = field(default_factory=list)
    cited: set[int] = field(default_factory=set)


class Judge:
    """Takes one edition after the other."""

    def __init__(self) -> None:
        self.count = Count()
        self._told: dict[str, _Told] = defaultdict(_Told)

    async def see(self, library: Library, edition: Edition) -> None:
        """Count what is right and wrong with an edition."""
        count, told = self.count, self._told[edition.reader.name]
        count.editions += 1
        count.quiet += not edition.briefing.pieces
        count.withheld += edition.briefing.footer.withheld
        for piece in edition.briefing.pieces:
            count.stories += 1
            count.updates += piece.is_update
            count.written += getattr(piece, "mode", "extractive") == "model"
            rows = await _rows(library, [each.document.number for each in piece.citations])
            name = f"{edition.reader.name} {edition.day}: {piece.headline}"
            await self._repeats(library, edition, piece, rows, name)
            self._again(piece, told, name)
            self._stale(edition, piece, rows, name)
            self._faithful(piece, rows, name)
            if edition.reader.matches:
                count.topical += 1
                count.matching += any(_on_topic(edition.reader, row.title, row.text) for row in rows.values())
            told.cited |= set(rows)

    async def _repeats(
        self, library: Library, edition: Edition, piece: Piece, rows: dict[int, Any], name: str
    ) -> None:
        """A story that cites what was cited before needs a report that came since and says something new."""
        told = self._told[edition.reader.name]
        if not told.cited & set(rows) or edition.since is None:
            return
        came = [row for row in rows.values() if datetime.fromisoformat(row.fetched) > edition.since]
        new = await _originals(library, edition.since)
        came = [row for row in came if not is_copy(row.url) or row.grouped in new]
        before = set(
            _tokens(" ".join([row.title + "\n" + row.text for row in await _held(library, edition)]))
        )
        if not any(set(_tokens(f"{row.title}\n{row.text}")) - before for row in came):
            self.count.repeats.append(name)

    def _again(self, piece: Piece, told: _Told, name: str) -> None:
        """A statement that was told on another day, outside the sentence that says what was known before."""
        fresh = []
        for statement in piece.statements:
            words = frozenset(_WORD.findall(statement.text.casefold()))
            if len(words) < _FEWEST:
                continue
            numbers = frozenset(word for word in words if word[0].isdigit())
            same = (text for other, text in told.statements if numbers <= other and _alike(words, other))
            twin = next(same, None)
            if twin and statement not in piece.lead:
                self.count.again.append(f"{name}: {statement.text}")
            fresh.append((words, statement.text))
        told.statements += fresh

    def _stale(self, edition: Edition, piece: Piece, rows: dict[int, Any], name: str) -> None:
        """What leads a story was published lately, and what is announced is still to come."""
        if edition.since is None:
            return
        oldest = edition.since.date() - _STALE
        by_number = {each.number: each for each in piece.citations}
        for statement in piece.bullets[:1]:
            days = [_published(rows[by_number[n].quote.document.number]) for n in statement.citations]
            if all(day is not None and day < oldest for day in days):
                self.count.stale.append(f"{name}: {statement.text}")
        self.count.stale += [
            f"{name}: {event.statement.text}"
            for event in piece.timeline
            if event.ahead and event.day <= edition.day
        ]

    def _faithful(self, piece: Piece, rows: dict[int, Any], name: str) -> None:
        """Every citation stands at its offsets, and every statement is its quote, or says no more."""
        by_number = {each.number: each for each in piece.citations}
        right = {each.number for each in piece.citations if _stands(each, rows)}
        for statement in _statements(piece):
            self.count.statements += 1
            quoted = [by_number[n] for n in statement.citations if n in right]
            if quoted and len(quoted) == len(statement.citations) and _said(piece, statement, quoted, rows):
                self.count.faithful += 1
            else:
                self.count.unfaithful.append(f"{name}: {statement.text}")


def average(articles: list[Draft], first: date, days: int, readers: tuple[Reader, ...]) -> float:
    """The share of the articles of some days that match a reader's topics, over the readers with topics."""
    last = first + timedelta(days)
    some = [each for each in articles if each.published and first <= each.published.date() < last]
    asked = [(reader, each) for reader in readers if reader.matches for each in some]
    return sum(_on_topic(reader, each.title, each.text) for reader, each in asked) / max(1, len(asked))


def _on_topic(reader: Reader, title: str, text: str) -> bool:
    pattern = re.compile(reader.matches, re.IGNORECASE)
    return bool(pattern.search(title)) or len(pattern.findall(text)) >= _ON_TOPIC


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _SAME * min(len(one), len(other)) and len(one & other) >= _SAME * 0.7 * max(
        len(one), len(other)
    )


def _stands(citation: Citation, rows: dict[int, Any]) -> bool:
    quote = citation.quote
    row = rows.get(quote.document.number)
    return row is not None and row.text[quote.start : quote.end] == quote.text


def _said(piece: Piece, statement: Statement, quoted: list[Citation], rows: dict[int, Any]) -> bool:
    """Whether a statement is its quote, or, in a model's words, its numbers and names are in the source."""
    text = " ".join(statement.text.split())
    if any(text == " ".join(each.quote.text.split()) for each in quoted):
        return True
    if getattr(piece, "mode", "extractive") != "model":
        return False
    around = " ".join(rows[each.quote.document.number].text for each in quoted)
    return set(_tokens(text)) <= set(_tokens(f". {around}")) | set(_WORD.findall(around))


def _statements(piece: Piece) -> Iterator[Statement]:
    yield from piece.statements
    yield from (event.statement for event in piece.timeline)


def _tokens(text: str) -> list[str]:
    """Its numbers, and its names as capitals inside sentences tell them."""
    return [found.rstrip(".,").casefold() for found in _TOKEN.findall(text)]


def _published(row: Any) -> date | None:
    moments = [each for each in (row.published, row.updated) if each]
    return max(datetime.fromisoformat(each).date() for each in moments) if moments else None


async def _rows(library: Library, numbers: list[int]) -> dict[int, Any]:
    found = await database.rows(
        library.engine,
        "SELECT number, title, text, url, published, updated, fetched, "
        "coalesce(copy_of, number) AS grouped FROM documents "
        "WHERE number IN :numbers",
        numbers=list(set(numbers)),
    )
    return {row.number: row for row in found}


async def _originals(library: Library, since: datetime) -> set[int]:
    """The groups of copies whose original came since a moment: a copy is then news as well."""
    query = "SELECT coalesce(copy_of, number) AS grouped, url FROM documents WHERE fetched > :since"
    found = await database.rows(library.engine, query, since=since.isoformat())
    return {row.grouped for row in found if not is_copy(row.url)}


async def _held(library: Library, edition: Edition) -> list[Any]:
    """What had arrived by the last edition."""
    since = edition.since.isoformat() if edition.since else ""
    query = "SELECT title, text FROM documents WHERE fetched <= :since"
    return list(await database.rows(library.engine, query, since=since))
