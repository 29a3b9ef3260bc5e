"""Finds when a story's events happened and which of its documents the events have overtaken.

Knows nothing of questions or of how a story is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from retrieval.briefing.moments import Moment
from retrieval.briefing.questions import changed
from retrieval.briefing.repeating import overlap, repeats
from retrieval.briefing.sentences import Said
from retrieval.types import Document

MOST = 7  # events of a timeline
_LEAST = 0.35  # of the nearest sentence's nearness: what says less of the story is not an event of it
_TOLD = 0.5  # less for a sentence that is told elsewhere
_SURE = 1.0  # that something has happened, where only a weekday says when
_AS_NEWS = timedelta(3)  # between an event and a report of it as news
_BEFORE = timedelta(60)  # the first report of a story, from which events are its own
_FIRST = 4  # sentences of a report
_DONE = re.compile(r"\b[a-z]{3,}ed\b")
_GRACE = timedelta(3)  # days before the latest event from which reports still stand
_USUAL_LIFE = timedelta(14)  # how long reports stand where no event is dated
_SPAN = timedelta(3 * 365)  # how far back an event may lie
# "will be … on 6 October", in what came out after it: an old text that was put out again
_COMING = re.compile(
    r"\b(?:will|set to|due to|going to|expected to|scheduled (?:to|for))\b[^;.]{0,80}\Z", re.IGNORECASE
)
_SAYING = re.compile(
    r"\b(?:said|says|told|reported|announced|wrote|tweeted|posted)\b.{0,50}\Z", re.IGNORECASE
)

Nearness = Callable[[Said], float]


@dataclass(frozen=True)
class Dated:
    """A sentence that tells an event of a day, and how well it does."""

    day: date
    said: Said
    worth: float


def events(said: Iterable[Said], nearness: Nearness, today: date) -> dict[date, list[Dated]]:
    """What sentences tell of each day that had an event, or is announced to have one; the best first."""
    found: dict[date, list[Dated]] = {}
    for each in said:
        if each.personal or each.voiced or not each.moments:
            continue
        worth = nearness(each)
        days = {moment.day for moment in each.moments}
        for moment in each.moments:
            if (
                (worth < _LEAST and each.order >= _FIRST)
                or not moment.event
                or not _happens(each, moment, today)
            ):
                continue
            if not (moment.fixed or changed(each, today) >= _SURE or _leads(each)):
                continue
            worded = _SAYING.search(each.text[: _at(each, moment.day)])
            sure = worth + 0.3 * (len(days) == 1) + 0.3 * moment.fixed
            sure -= 0.2 * each.joins + 0.2 * bool(worded) + 0.4 * (len(each.parts) > 1)
            found.setdefault(moment.day, []).append(Dated(moment.day, each, sure))
    return {day: sorted(told, key=lambda dated: -dated.worth) for day, told in found.items()}


def _at(said: Said, day: date) -> int:
    """Where the year or the sentence ends: words of saying before that belong to the date."""
    place = said.text.find(str(day.day))
    return place if place >= 0 else len(said.text)


def _happens(said: Said, moment: Moment, today: date) -> bool:
    """Whether a sentence tells of the day as past when it was published, or as still to come from today."""
    if moment.ahead:
        return moment.day > today
    if said.day and moment.day < said.day and _COMING.search(said.text[: _at(said, moment.day)]):
        return False
    return today - _SPAN <= moment.day <= min(today, said.day or today)


def turning(happened: Mapping[date, Sequence[Dated]], today: date) -> date | None:
    """The day of the latest event that changed the story: one that was news when it was reported."""
    days = [day for day, told in happened.items() if day <= today and any(map(_news, told))]
    return max(days, default=None)


def _news(dated: Dated) -> bool:
    """Whether an event was reported as it happened."""
    return bool(dated.said.day and dated.said.day - dated.day <= _AS_NEWS)


def standing(documents: Sequence[Document], turned: date | None) -> list[Document]:
    """The documents that the latest event has not overtaken; of undated stories, those of the last weeks."""
    newest = max((document.day for document in documents if document.day), default=None)
    if newest is None:
        return list(documents)
    first = turned - _GRACE if turned else newest - _USUAL_LIFE
    kept = [document for document in documents if document.day is None or document.day >= first]
    return kept or [document for document in documents if document.day == newest]


def _leads(said: Said) -> bool:
    """Whether a sentence is one of the first of its report and tells what was done."""
    return said.order < _FIRST and bool(_DONE.search(said.text))


def _of_story(told: Sequence[Dated], first: date | None) -> bool:
    """Whether an event is the story's own: what lies long before it is so where several documents say so."""
    if first is None or told[0].day >= first - _BEFORE:
        return True
    return len({each.said.document.group for each in told}) > 1


def line(
    happened: Mapping[date, Sequence[Dated]],
    used: Sequence[Said],
    outdated: Callable[[Said], bool],
    first: date | None,
) -> list[Dated]:
    """The events worth a line, in order, each by its best sentence; one not told elsewhere is preferred.

    ``first`` is the day of the story's first document.
    """
    best = []
    for told in happened.values():
        if not _of_story(told, first):
            continue
        sound = [each for each in told if not outdated(each.said)]
        if sound:
            best.append(
                max(
                    sound,
                    key=lambda dated: dated.worth - _TOLD * any(overlap(dated.said, each) for each in used),
                )
            )
    chosen: list[Dated] = []
    for each in sorted(best, key=lambda dated: (-dated.worth, -dated.day.toordinal())):
        if len(chosen) < MOST and not any(repeats(each.said, other.said) for other in chosen):
            chosen.append(each)
    return sorted(chosen, key=lambda dated: dated.day)
