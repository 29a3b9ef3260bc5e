"""What a briefing is made of, as frozen values. Knows nothing of how it is written, stored or shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from retrieval.types import Citation, Conflict, Statement


@dataclass(frozen=True, slots=True)
class Profile:
    """Whom a briefing is for: their role, their industry, the topics they follow, what they think of stories.

    The last four are numbers of documents: the story that holds one is followed, muted, or has made them
    want more or less of its like.
    """

    role: str | None = None
    industry: str | None = None
    topics: tuple[str, ...] = ()
    followed: tuple[int, ...] = ()
    muted: tuple[int, ...] = ()
    liked: tuple[int, ...] = ()
    disliked: tuple[int, ...] = ()

    @property
    def phrases(self) -> tuple[str, ...]:
        """Everything it names, the topics first; each once, without what is blank."""
        named = (*self.topics, self.industry or "", self.role or "")
        return tuple(dict.fromkeys(" ".join(each.split()) for each in named if each.strip()))


@dataclass(frozen=True, slots=True)
class Section:
    """A question that a reader would ask, and what the documents say to it."""

    question: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, or is to happen, on a day: the day of the event, never of its report.

    ``ahead`` is True for what has been announced for a day that is still to come.
    """

    day: date
    statement: Statement
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """What a language model used: how often it was asked, tokens read and written, and their price."""

    calls: int = 0
    read: int = 0
    written: int = 0
    money: float = 0.0

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return self.read + self.written

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.calls + other.calls,
            self.read + other.read,
            self.written + other.written,
            self.money + other.money,
        )


NOTHING = Cost()


@dataclass(frozen=True, slots=True)
class Piece:
    """One story as a briefing tells it. Its statements are numbered within it.

    ``is_update``: it was told of before and something was added since. ``reason`` says in a line why it is
    here, ``why`` in full, ``notes`` what a reader must know of how it is told (one publisher alone, how old
    it is). ``newest`` is the day of its newest document; ``publishers`` counts the independent ones.
    ``around`` has for each citation's number the sentences before and behind its quote, or "".
    ``mode`` is ``"model"`` where a language model wrote of it, else ``"extractive"``; ``cost`` is what
    writing this version of the story took, for all its readers together.
    """

    headline: str
    bullets: tuple[Statement, ...]
    lead: tuple[Statement, ...]
    sections: tuple[Section, ...]
    bottom_line: tuple[Statement, ...]
    timeline: tuple[Event, ...]
    why_you: Statement | None
    is_update: bool
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]
    reason: str
    notes: tuple[str, ...]
    newest: date | None
    publishers: int
    story: int
    around: Mapping[int, tuple[str, str]]
    mode: str = "extractive"
    cost: Cost = NOTHING
    why: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Everything it states outside its timeline and its conflicts, in reading order."""
        told = (statement for section in self.sections for statement in section.statements)
        yours = (self.why_you,) if self.why_you else ()
        return (*self.bullets, *self.lead, *told, *self.bottom_line, *yours)


@dataclass(frozen=True, slots=True)
class Footer:
    """What a briefing rests on: documents read, statements made and verified, and what was withheld."""

    sources_read: int
    publishers: int
    statements: int
    verified: int
    withheld: int
    feeds_failing: int


@dataclass(frozen=True, slots=True)
class Briefing:
    """One edition: what is new ``since`` a day (None: everything held), as of ``day``, for a profile.

    ``quiet`` says in a line why there is no story, where there is none. ``without_model`` says why a story
    is told in its sources' own sentences alone though a model is set: ``"budget"``, ``"outage"``, or
    ``"late"`` where it was not written in time.
    """

    title: str
    day: date
    since: date | None
    profile: Profile
    pieces: tuple[Piece, ...]
    footer: Footer
    quiet: str | None = None
    without_model: str | None = None
