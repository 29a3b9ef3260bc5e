"""The things Footnote speaks of, as frozen values. Knows nothing of how they are stored, found or shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose documents may be read: a tuple of owners, each ``"shared"`` or ``"person:<id>"``."""

    owners: tuple[str, ...] = (SHARED,)

    @classmethod
    def of(cls, owner: str) -> Scope:
        """The shared library together with one owner's own documents."""
        return cls((SHARED,)) if owner == SHARED else cls((SHARED, owner))


def person(number: int) -> str:
    """The owner name of the person with this Telegram id."""
    return f"person:{number}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as it was read from a file or a feed, before it is stored.

    ``key`` says which document this is within its owner's library: the same key again is the same
    document, perhaps in a newer version. ``aliases`` are other keys under which the same document may
    come: its feed's name for it, the address it was linked by, the one it was found at, the one it calls
    its own. ``given_id`` is the id its corpus gave it, if any.
    ``published`` and ``updated`` are aware, in UTC; midnight where only the day is known.
    """

    key: str
    title: str
    text: str
    source: str
    given_id: str | None = None
    publisher: str | None = None
    author: str | None = None
    url: str | None = None
    published: datetime | None = None
    language: str | None = None
    sample: bool = False
    updated: datetime | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One stored article, page or file, without its text (``Library.show`` brings the text).

    ``number`` is the row; ``id`` is what people see and type, unique within its owner's library.
    ``updated`` is when its publisher says it was changed. ``copy_of`` is the number of a document whose text
    this one repeats or repeated; see ``group``.
    """

    number: int
    id: str
    owner: str
    title: str
    source: str
    publisher: str | None = None
    author: str | None = None
    url: str | None = None
    published: datetime | None = None
    fetched: datetime | None = None
    language: str | None = None
    sample: bool = False
    updated: datetime | None = None
    copy_of: int | None = None

    @property
    def group(self) -> int:
        """What is the same for a text and its copies at other publishers, and for no other document."""
        return self.copy_of or self.number

    @property
    def day(self) -> date | None:
        """The day it was published, or None where nobody said."""
        return self.published.date() if self.published else None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: ``text[start:end]``, in characters (code points)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one document: ``document text[start:end] == text``.

    ``replaced`` is when its document changed and it ceased to be found; None for one of the present text.
    """

    number: int
    document: Document
    start: int
    end: int
    text: str
    replaced: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question. A higher score is better; scores compare within one search only.

    ``siblings`` are passages of other documents that say nearly the same (syndicated copies, updates).
    ``similarity`` is the cosine of question and passage, or None where only words found it.
    """

    passage: Passage
    score: float
    similarity: float | None = None
    siblings: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """An exact span of a document's text that supports a statement: ``text[start:end] == quote.text``."""

    document: Document
    passage: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """How a statement shows its quote. ``link`` opens the source at the quoted words where it has a url."""

    number: int
    quote: Quote
    link: str | None

    @property
    def document(self) -> Document:
        """The document that is cited."""
        return self.quote.document


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence (or verbatim run of sentences) of an answer, with the numbers of its citations.

    ``check`` says what found that its quotes support it: ``"verbatim"`` where it is their own words,
    ``"words"``, ``"meaning"`` (across languages) or ``"model"``.
    """

    text: str
    citations: tuple[int, ...]
    check: str = "verbatim"


@dataclass(frozen=True, slots=True)
class Side:
    """What some sources say where others say otherwise: the value in question, in a cited statement."""

    value: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class Conflict:
    """Sources that disagree on a value (number, date, name, yes or no); the newest side first."""

    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier turn of a conversation: the question as it was understood, and what was answered."""

    question: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sources say to a question, or honestly that they don't.

    ``mode`` is ``"extractive"`` or ``"model"``. ``nearest`` are passages close to a question that
    nothing answers. ``withheld`` counts statements that were written and failed a check.
    ``understood`` is the standalone question that was answered, where it differs much from the one asked.
    ``without_model`` says why no model wrote this though one is set: ``"budget"``, ``"outage"`` or
    ``"unsupported"`` (nothing it wrote passed). ``complete`` is False while more is being written; what
    an incomplete answer states stands unchanged in the ones that follow.
    """

    question: str
    as_of: date
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    follow_ups: tuple[str, ...] = ()
    mode: str = "extractive"
    withheld: int = 0
    conflicts: tuple[Conflict, ...] = ()
    understood: str | None = None
    without_model: str | None = None
    complete: bool = True

    @property
    def answered(self) -> bool:
        """Whether the sources say anything to the question."""
        return bool(self.statements)

    def cited_by(self, statement: Statement) -> Sequence[Citation]:
        """The citations of one statement, in its order."""
        by_number = {citation.number: citation for citation in self.citations}
        return [by_number[number] for number in statement.citations]


def end_of(day: date) -> datetime:
    """The last moment of a day, in UTC: what ``as_of`` a day means."""
    return datetime.combine(day, time.max, tzinfo=UTC)
