"""Makes a numbered, cited piece of a story, whoever put it into words. Knows nothing of choosing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import prompts
from retrieval.briefing.choosing import Candidate
from retrieval.briefing.headlines import titled
from retrieval.briefing.material import Material, Told
from retrieval.briefing.reasons import reason, why, written
from retrieval.briefing.sentences import Said, said_of
from retrieval.briefing.telling import Telling, extracted, on_one_line, repeats, saying_of
from retrieval.briefing.timeline import Dated
from retrieval.briefing.types import NOTHING, Cost, Event, Piece, Section
from retrieval.citations import number
from retrieval.copies.alike import independent
from retrieval.types import Citation, Conflict, Document, Side, Statement
from retrieval.writing.sayings import Saying

_FEWEST = 2  # bullets of a story that has more to say, where it is told the first time


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote of a story, ``foreign`` where in another language than its documents'; its cost.

    ``yours`` is what touches one kind of reader in it.
    """

    telling: Telling
    foreign: bool = False
    cost: Cost = NOTHING
    yours: Saying | None = None


def tellable(material: Material, told: Told) -> bool:
    """Whether enough could be told of a story."""
    return len(told.bullets) >= (1 if material.update else min(_FEWEST, len(material.said)))


def piece(material: Material, told: Told, candidate: Candidate, by_model: Written | None = None) -> Piece:
    """A story with its citations.

    What a model wrote comes first; its gaps are filled in the documents' own sentences, unless those are in
    another language.
    """
    telling = extracted(told, material.headline, material.said)
    telling = replace(telling, headline=telling.headline or _first(telling))
    written = bool(by_model and list(by_model.telling))
    if by_model and written:
        headline = Telling(_first(by_model.telling) or telling.headline)
        telling = by_model.telling.filled(headline if by_model.foreign else telling)
    yours = _yours(told, material, telling, by_model)
    if yours:
        touching = yours
        telling = telling.only(lambda each: each in telling.bullets or not repeats(each, touching))
    laid = _Laid(telling, yours, told, material)
    documents = candidate.story.documents
    newest = max((each.day for each in documents if each.day), default=None)
    cited = {citation.document for citation in laid.citations}
    return Piece(
        headline=telling.headline,
        bullets=laid.of(telling.bullets),
        lead=laid.of(telling.lead),
        sections=tuple(Section(question, laid.of(sayings)) for question, sayings in telling.sections),
        bottom_line=laid.of(telling.bottom_line),
        timeline=tuple(
            Event(each.day, laid.one(laid.event(each)), each.day > material.today) for each in told.timeline
        ),
        why_you=laid.one(yours) if yours else None,
        is_update=material.update,
        citations=laid.citations,
        conflicts=laid.conflicts,
        reason=reason(candidate, newest),
        why=why(candidate, newest, update=material.update),
        notes=tuple(_notes(material, candidate, newest, cited)),
        newest=newest,
        publishers=independent(documents),
        story=candidate.story.number,
        around=_around(laid.citations, material.said),
        mode="model" if written else "extractive",
        cost=by_model.cost if by_model else NOTHING,
    )


def _first(telling: Telling) -> str:
    """The first bullet, in the place of a headline."""
    return telling.bullets[0].text if telling.bullets else ""


def _yours(told: Told, material: Material, telling: Telling, by_model: Written | None) -> Saying | None:
    """What is told for one reader, unless a bullet says it, or it is told in another language."""
    saying = by_model.yours if by_model else None
    if saying is None and told.why_you and not (by_model and by_model.foreign):
        saying = saying_of(told.why_you, material.said)
    return saying if saying and not any(repeats(saying, each) for each in telling.bullets) else None


class _Laid:
    """Every statement of a piece, its citations numbered in reading order."""

    def __init__(self, telling: Telling, yours: Saying | None, told: Told, material: Material) -> None:
        self._all = material.said
        self._known: dict[Said, Saying] = {}
        self._disputes = told.disputes
        events = [self.event(each) for each in told.timeline]
        sides = [self._saying(said) for each in told.disputes for said in each.said]
        order = list(dict.fromkeys([*telling, *([yours] if yours else []), *events, *sides]))
        statements, self.citations = number([(each.text, each.quotes) for each in order])
        self._statements = {
            saying: replace(statement, check=saying.check)
            for saying, statement in zip(order, statements, strict=True)
        }

    def one(self, saying: Saying) -> Statement:
        """Its statement."""
        return self._statements[saying]

    def of(self, sayings: Iterable[Saying]) -> tuple[Statement, ...]:
        """Their statements."""
        return tuple(map(self.one, sayings))

    def event(self, dated: Dated) -> Saying:
        """What happened on a day."""
        return self._saying(dated.said)

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What publishers hold different values of."""
        return tuple(
            Conflict(
                tuple(
                    Side(value, self.one(self._saying(said)))
                    for value, said in zip(each.values, each.said, strict=True)
                )
            )
            for each in self._disputes
        )

    def _saying(self, said: Said) -> Saying:
        if said not in self._known:
            self._known[said] = saying_of(said, self._all)
        return self._known[said]


def _around(citations: Sequence[Citation], said: Sequence[Said]) -> dict[int, tuple[str, str]]:
    """What stands before and behind each quote."""
    passages = {each.passage.number: each.passage for each in said}
    found = {}
    for citation in citations:
        before, behind = said_of(citation.quote, passages).around
        found[citation.number] = on_one_line(before), on_one_line(behind)
    return found


def _notes(
    material: Material, candidate: Candidate, newest: date | None, cited: Collection[Document]
) -> Iterator[str]:
    documents = candidate.story.documents
    if independent(documents) == 1:
        publisher = next((each.publisher for each in documents if each.publisher), None)
        yield (
            prompts.text("brief_note_one_publisher", publisher=publisher)
            if publisher
            else prompts.text("brief_note_one_source")
        )
    if material.update:
        yield prompts.text("brief_note_update", new=len(candidate.fresh), all=len(documents))
    if newest and (material.today - newest).days > 7:
        yield prompts.text("brief_note_old", day=written(newest))
    if not material.update:
        for document in [each for each in _previews(material) if each not in cited]:
            about = ", ".join(
                filter(None, (document.publisher, written(document.day) if document.day else None))
            )
            yield prompts.text("brief_note_outdated", title=titled(document), about=about)


def _previews(material: Material) -> list[Document]:
    """Documents that looked ahead to what has happened since."""
    opening: dict[int, list[Said]] = {}
    for said in material.said:
        if said.document.number not in material.standing:
            opening.setdefault(said.document.number, []).append(said)
    return [found[0].document for found in opening.values() if sum(each.ahead for each in found[:4]) >= 2]
