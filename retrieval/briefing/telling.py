"""A story as it is told, part by part, whoever wrote it. Knows nothing of models, storage or numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from retrieval.briefing.material import Told, quotes_for
from retrieval.briefing.repeating import alike
from retrieval.briefing.sentences import Said
from retrieval.terms import question_terms
from retrieval.writing.sayings import Saying

_FEW = 2  # bullets; of fewer the others are taken from elsewhere

Asked = tuple[str, tuple[Saying, ...]]


@dataclass(frozen=True, slots=True)
class Telling:
    """What is said in each part of a story; ``sections`` are questions with what answers them."""

    headline: str = ""
    bullets: tuple[Saying, ...] = ()
    lead: tuple[Saying, ...] = ()
    sections: tuple[Asked, ...] = ()
    bottom_line: tuple[Saying, ...] = ()

    def __iter__(self) -> Iterator[Saying]:
        """Everything it says, in reading order."""
        yield from self.bullets
        yield from self.lead
        for _, sayings in self.sections:
            yield from sayings
        yield from self.bottom_line

    def only(self, wanted: Callable[[Saying], bool]) -> Telling:
        """The same without the statements that are not wanted, and without questions that lose them all."""

        def kept(sayings: Iterable[Saying]) -> tuple[Saying, ...]:
            return tuple(saying for saying in sayings if wanted(saying))

        sections = ((question, kept(sayings)) for question, sayings in self.sections)
        return Telling(
            self.headline,
            kept(self.bullets),
            kept(self.lead),
            tuple(section for section in sections if section[1]),
            kept(self.bottom_line),
        )

    def filled(self, other: Telling) -> Telling:
        """The same, with what it lacks taken from another telling of the story; nothing is told twice."""
        said = list(self)
        rest = other.only(lambda saying: not any(repeats(saying, each) for each in said))
        few = len(self.bullets) < _FEW
        return Telling(
            self.headline or other.headline,
            (*self.bullets, *rest.bullets)[: max(len(other.bullets), _FEW)] if few else self.bullets,
            self.lead or rest.lead,
            self.sections or rest.sections,
            self.bottom_line or rest.bottom_line,
        )


UNTOLD = Telling()


def repeats(one: Saying, other: Saying) -> bool:
    """Whether two statements tell the same in nearly the same words."""
    if one.text.casefold() == other.text.casefold():
        return True
    return alike(frozenset(question_terms(one.text)), frozenset(question_terms(other.text)))


def extracted(told: Told, headline: str, all_of_it: Sequence[Said]) -> Telling:
    """A story in its documents' own sentences; ``all_of_it`` is everything they say."""

    def of(said: Iterable[Said]) -> tuple[Saying, ...]:
        return tuple(saying_of(each, all_of_it) for each in said)

    return Telling(
        headline,
        of(told.bullets),
        of(told.lead),
        tuple((question, of(said)) for question, said in told.sections),
        of([told.bottom_line] if told.bottom_line else []),
    )


def saying_of(said: Said, all_of_it: Sequence[Said]) -> Saying:
    """A sentence as a statement, quoted from its own document and from others that say all of it."""
    return Saying(on_one_line(said.text), quotes_for(said, all_of_it), "verbatim")


def on_one_line(text: str) -> str:
    """A sentence without its line breaks."""
    return " ".join(text.split())
