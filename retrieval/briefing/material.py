"""What a story is told from and what it is told as, in sentences; and who else says a sentence.

Knows nothing of choosing among sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from retrieval.briefing.repeating import vouches
from retrieval.briefing.rivals import Rival
from retrieval.briefing.sentences import Said
from retrieval.briefing.timeline import Dated
from retrieval.briefing.weighing import Heart
from retrieval.copies.alike import publisher_of
from retrieval.types import Quote

_QUOTED = 3  # documents quoted for one statement


@dataclass(frozen=True)
class Material:
    """What a story is told from.

    ``said`` are its sentences; ``standing`` and ``fresh`` the numbers of the documents that still stand and
    of those that are new; ``adds`` the sentences of the new ones that add to the others, ``repeated`` those
    that say what the others said. ``turned`` is the day of the latest event that changed it.
    """

    said: Sequence[Said]
    standing: frozenset[int]
    fresh: frozenset[int]
    adds: frozenset[Said]
    repeated: frozenset[Said]
    heart: Heart
    headline: str
    today: date
    update: bool
    turned: date | None = None
    phrases: tuple[str, ...] = ()

    @property
    def telling(self) -> frozenset[int]:
        """The documents it is told from: those that stand, and in an update the new ones of them."""
        return self.standing & self.fresh if self.update else self.standing


@dataclass
class Told:
    """A story as it is told, in sentences; ``outdated`` are those that newer ones have replaced."""

    bullets: list[Said] = field(default_factory=list)
    lead: list[Said] = field(default_factory=list)
    sections: list[tuple[str, list[Said]]] = field(default_factory=list)
    bottom_line: Said | None = None
    why_you: Said | None = None
    timeline: list[Dated] = field(default_factory=list)
    disputes: list[Rival] = field(default_factory=list)
    outdated: frozenset[Said] = frozenset()

    @property
    def sentences(self) -> Iterator[Said]:
        """Everything it tells outside of its timeline, in reading order, but what is told for one reader."""
        yield from self.bullets
        yield from self.lead
        for _, said in self.sections:
            yield from said
        yield from [self.bottom_line] if self.bottom_line else []


def quotes_for(said: Said, others: Iterable[Said]) -> tuple[Quote, ...]:
    """A sentence's own quote, then those of other publishers that say all of it, newest first."""
    quotes, seen = [said.quote], {publisher_of(said.document), said.document.group}
    for other in sorted(others, key=lambda each: -(each.day or date.min).toordinal()):
        publisher = publisher_of(other.document)
        if publisher in seen or other.document.group in seen or len(quotes) == _QUOTED:
            continue
        if vouches(other, said):
            quotes.append(other.quote)
            seen |= {publisher, other.document.group}
    return tuple(quotes)
