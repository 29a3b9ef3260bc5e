"""Tells a story in its documents' own sentences: what changed, what is old, what a reader would ask.

Every sentence stands in a document word for word, and none is told twice. What newer events have overtaken is
not told as if it stood. Knows nothing of storage, of profiles beyond their words, or of how it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from retrieval.briefing import timeline
from retrieval.briefing.material import Material, Told
from retrieval.briefing.questions import (
    FORMS,
    SURE,
    Form,
    asked,
    blames,
    changed,
    closes,
    denies,
    gets,
    turns,
)
from retrieval.briefing.repeating import repeats
from retrieval.briefing.rivals import rivals
from retrieval.briefing.sentences import Said
from retrieval.briefing.worth import EARLIER, Worth, crisp
from retrieval.gate.mentions import mentions
from retrieval.relevance import Asked

BULLETS = 3
_LOOKS_BACK = 0.5  # what is added to an old event that a new report tells
_SECTIONS = 6
_ON_IT, _SHARE = 2, 0.12  # words that an answer shares with what leads, and their share of its own
_FEW = 4  # sentences that stand; a story with fewer is told from its older reports too
_OF_HEART = 0.45  # of the nearest sentence's nearness, for what leads
_NEAR = 0.3  # and for what answers a question
_MATTERS = ("whom", "why", "cost")  # what a third bullet may best tell
_SECOND = 0.5  # of what answers a question best, that a second answer must be worth
_BEHIND = 3  # characters between two sentences that follow each other
_YOURS = 0.75  # share of a profile's words that a sentence says


def compose(material: Material) -> Told:
    """Tell a story; what there are no words for is left out."""
    desk = _Desk(material)
    told = Told()
    told.disputes = desk.disputes
    told.outdated = desk.outdated
    told.bullets = desk.bullets()
    told.lead = desk.lead()
    told.bottom_line = desk.bottom_line()
    told.sections = desk.sections()
    told.why_you = desk.yours()
    told.timeline = desk.timeline()
    return told


class _Desk:
    """Where a story is put together; what was told is not told again."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._used: list[Said] = []
        known = {said: material.heart.nearness(said) for said in material.said}
        self._near = known
        self._events = timeline.events(material.said, known.__getitem__, material.today)
        fit = [said for said in material.said if not said.personal or said.voiced]
        self._worth = Worth(material, known, self._used)
        self._first = min((said.day for said in material.said if said.day), default=None)
        found = rivals([said for said in fit if known[said] >= _NEAR], _about(fit))
        self.outdated = frozenset(rival.said[1] for rival in found if not rival.disputed)
        fit = [said for said in fit if said not in self.outdated]
        fit = [said for said in fit if said not in material.repeated]
        self._pool = [said for said in fit if said.document.number in material.telling]
        if len(self._pool) < _FEW:
            self._pool += [said for said in fit if said not in self._pool and _lasts(said)]
        told = set(self._pool)
        self.disputes = [rival for rival in found if rival.disputed and told.issuperset(rival.said)]

    def bullets(self) -> list[Said]:
        """What changed, what it is not, and the next most telling sentence."""
        first = self._take(lambda said: crisp(said) * self._worth.opens(said), _OF_HEART, fresh=True)
        first = first or self._take(
            lambda said: crisp(said) * self._worth.happened(said), _OF_HEART, fresh=True
        )
        first = first or self._take(lambda said: float(not said.ahead), fresh=True)
        if first is None and self._material.update:
            return []
        other = self._take(
            lambda said: crisp(said) * self._denies(said) * self._to_the_matter(said), _OF_HEART
        )
        found = [said for said in (first, other) if said]
        while len(found) < BULLETS:
            more = self._take(lambda said: self._tells_more(said)) or self._take(crisp)
            if more is None:
                break
            found.append(more)
        return found

    def _denies(self, said: Said) -> float:
        """How surely a sentence says what the matter is not; what can be asked is kept for its question."""
        return denies(said, self._material.today) * (0.6 if asked(said) else 1.0)

    def _tells_more(self, said: Said) -> float:
        """How much a sentence adds to what changed; what can be asked is kept for its question."""
        today = self._material.today
        if gets(said, today) or asked(said) or said.ahead:
            return 0.0
        answers = any(form.weight(said, today) >= form.least for form in FORMS if form.name in _MATTERS)
        return crisp(said) * (1.3 if answers else 0.4 if self._worth.old(said) else 1.0)

    def yours(self) -> Said | None:
        """The best sentence that says what the profile names, where that is not what all of it is about."""
        headline = self._material.headline
        for phrase in self._material.phrases:
            asked = Asked(phrase, {})
            if asked.covered(asked.heard(headline)) >= _YOURS:
                continue
            said = self._take(partial(_names, asked))
            if said:
                return said
        return None

    def lead(self) -> list[Said]:
        """What the change really is, then what was known before it."""
        today = self._material.today
        real = self._take(lambda said: float(turns(said))) or self._take(
            lambda said: changed(said, today), _OF_HEART, fresh=True
        )
        return [said for said in (real, self._following(real), self._before()) if said]

    def _following(self, said: Said | None) -> Said | None:
        """The sentence right behind one that says what the change really is."""
        if said is None or not turns(said):
            return None
        return self._take(
            lambda each: float(
                each.document == said.document and 0 <= each.span.start - said.span.end <= _BEHIND
            )
        )

    def _before(self) -> Said | None:
        """An event of this story that is old, where there is one."""
        past = [day for day in self._events if day <= self._material.today]
        last = max(past, default=None)
        if last is None:
            return None
        old = [
            dated
            for day, told in self._events.items()
            for dated in told
            if day <= last - EARLIER and dated.said not in self.outdated and not dated.said.ahead
        ]
        standing = self._material.standing
        for dated in sorted(
            old, key=lambda dated: -dated.worth - _LOOKS_BACK * (dated.said.document.number in standing)
        ):
            if not self._told_already(dated.said):
                self._used.append(dated.said)
                return dated.said
        return None

    def bottom_line(self) -> Said | None:
        """A sentence that sums up; only where enough is left to answer questions with."""
        today = self._material.today

        def weight(said: Said) -> float:
            answers = (denies(said, today) >= SURE) or gets(said, today)
            on_it = len(said.terms & self._worth.focus)
            sums_up = on_it and not (said.ahead or answers or self._of_others(said))
            return closes(said, on_it) * bool(sums_up)

        return self._take(lambda said: weight(said) * (not said.joins), _NEAR) or self._take(
            lambda said: weight(said) * (" also " not in said.text), _NEAR
        )

    def _of_others(self, said: Said) -> bool:
        """Whether a sentence tells of somebody whom nothing before it names: an example, or a speaker."""
        known = self._worth.introduced()
        whole = (mention.tokens for mention in mentions(said.told.reading) if len(mention.tokens) > 1)
        return any(known.isdisjoint(tokens) for tokens in whole)

    def sections(self) -> list[tuple[str, list[Said]]]:
        """The questions that sentences answer, each with its best answers."""
        found: list[tuple[str, list[Said]]] = []
        for form in FORMS:
            for _ in range(3 if form.most == 1 else 1):
                section = self._section(form)
                if section and section[0] not in [question for question, _ in found]:
                    found.append(section)
        return found[:_SECTIONS]

    def _section(self, form: Form) -> tuple[str, list[Said]] | None:
        today = self._material.today

        def weight(said: Said) -> float:
            weighed = form.weight(said, today)
            if form.name == "changed" and self._worth.past(said):
                return 0.0
            if form.name == "why" and blames(said, self._worth.focus):
                return 0.0
            return weighed if weighed >= form.least and self._to_the_matter(said) else 0.0

        first = self._take(weight, _NEAR)
        if first is None:
            return None
        enough = _SECOND * weight(first) * self._worth.of(first)
        rest = [
            self._take(lambda said: weight(said) * (weight(said) * self._worth.of(said) >= enough), _NEAR)
            for _ in range(form.most - 1)
        ]
        answers = [first, *(said for said in rest if said)]
        return form.ask(answers), answers

    def _to_the_matter(self, said: Said) -> bool:
        """Whether a sentence speaks of what the headline or the bullets speak of, the first above all."""
        focus = self._worth.focus
        first = focus.union(*(each.terms for each in self._used[:1]))
        matter = first.union(*(each.terms for each in self._used[:BULLETS]))
        if focus.isdisjoint(said.terms) and len(said.terms & first) < _ON_IT:
            return False
        return len(said.terms & matter) >= max(_ON_IT, _SHARE * len(said.terms))

    def timeline(self) -> list[timeline.Dated]:
        """The dated events; one alone is no timeline."""
        events = timeline.line(self._events, self._used, self.outdated.__contains__, self._first)
        return events if len(events) > 1 else []

    def _take(
        self, weight: Callable[[Said], float], least: float = 0.0, *, fresh: bool = False
    ) -> Said | None:
        """The best sentence left by ``weight``; ``fresh``: of those that add something, in an update."""
        material = self._material
        best, most = None, 0.0
        for said in self._pool:
            if self._near[said] < least or said.stale(material.today):
                continue
            if fresh and material.update and said not in material.adds:
                continue
            worth = weight(said)
            worth = worth and worth * self._worth.of(said)
            if worth > most and not self._told_already(said):
                best, most = said, worth
        if best:
            self._used.append(best)
        return best

    def _told_already(self, said: Said) -> bool:
        return any(repeats(said, other) for other in self._used)


def _about(said: Sequence[Said]) -> str:
    return said[0].document.title if said else ""


def _names(asked: Asked, said: Said) -> float:
    """Whether a sentence names what is asked for; one with somebody's words may only say who speaks."""
    return float(said.outside == said.text and asked.covered(asked.heard(said.text)) >= _YOURS)


def _lasts(said: Said) -> bool:
    """Whether a sentence of an older report is as true now: it tells of a day that is past."""
    return not said.ahead and any(moment.event and moment.fixed for moment in said.moments)
