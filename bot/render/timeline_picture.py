"""Draws a story's timeline as a picture for a phone. Knows nothing of where it is shown.

What stands in it is said in words beside it, for those who cannot see it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import prompts
from bot.render.clean import day, leads_right_to_left, line
from bot.render.setting import Type, balanced, lines, typefaces
from bot.render.sheet import DARK, LIGHT, Sheet, one_at_a_time
from retrieval.briefing import Event

WIDTH = 1080  # pixels; a phone shows them at about a third, so 40 are the size of its usual text
TALLEST = 2600  # pixels: chats make taller pictures too small to read
_MARGIN = 72
_RAIL = _MARGIN + 12
_TEXT = _MARGIN + 60
_COLUMN = WIDTH - _MARGIN - _TEXT

_LABEL = Type(32, 44, bold=True)
_TITLE = Type(60, 76, bold=True)
_FAINT = Type(32, 46)
_DAY = Type(34, 52, bold=True)
_SAID = Type(40, 56)
_TITLE_LINES = 4
_ROOM = (
    (7, False),
    (5, False),
    (4, False),
    (3, True),
    (2, True),
)  # lines of an event, and whether it is dense
_LONGEST = 400  # characters
_NEAR, _STRETCH = 34, 13  # pixels between two events, and more for each doubling of the days between
_LONG = 30  # days between two events that are said in words


@dataclass(frozen=True, slots=True)
class _Block:
    """An event as it is drawn: how many days after the one before, its day, and its text in lines."""

    event: Event
    after: int | None
    day: str
    said: tuple[str, ...]
    dense: bool = False

    @property
    def later(self) -> str:
        """How long after the event before, where that is long and there is room to say it."""
        return _between(self.after) if self.after and self.after >= _LONG and not self.dense else ""

    @property
    def gap(self) -> float:
        """Pixels between it and the event before: more for a longer time, as its logarithm grows."""
        if self.after is None:
            return 0
        stretch = (_STRETCH / 3 if self.dense else _STRETCH) * math.log2(1 + self.after)
        return (_NEAR / 2 if self.dense else _NEAR) + stretch + _FAINT.leading * bool(self.later)

    @property
    def height(self) -> float:
        """Pixels of its own lines."""
        return _DAY.leading * bool(self.day) + _SAID.leading * len(self.said)


def timeline_picture(title: str, events: Sequence[Event], *, dark: bool = False) -> bytes:
    """A story's events, the oldest first, as a PNG of 1080 pixels' width; dark for dark screens.

    What is announced is a ring on a dotted line. The days between two events stretch the line, and long
    times are named. Where there are too many events, the oldest are counted instead of drawn. Takes up to a
    second of one core, so callers give it a thread. ValueError where there is no event.
    """
    if not events:
        raise ValueError("A timeline without events cannot be drawn.")
    return one_at_a_time(lambda: _drawn(_Timeline.of(title, events), dark=dark))


@dataclass(frozen=True, slots=True)
class _Timeline:
    """What is drawn: all texts in lines, the events that fit, and how many do not."""

    title: tuple[str, ...]
    period: str
    note: tuple[str, ...]
    mirrored: bool
    blocks: tuple[_Block, ...] = ()
    earlier: str = ""

    @classmethod
    def of(cls, title: str, events: Sequence[Event]) -> _Timeline:
        """The timeline with as long texts and as many events as there is room for."""
        ordered = sorted(events, key=lambda event: event.day)
        headline, spelt = typefaces().shown(line(title))
        said = [typefaces().shown(line(event.statement.text, _LONGEST)) for event in ordered]
        spelt = spelt or any(each for _, each in said)
        bare = cls(
            title=tuple(balanced(headline, _TITLE, WIDTH - 2 * _MARGIN, _TITLE_LINES)),
            period=_period(ordered),
            note=tuple(lines(prompts.text("picture_spelt"), _FAINT, WIDTH - 2 * _MARGIN, 2)) if spelt else (),
            mirrored=leads_right_to_left(headline),
        )
        for most, dense in _ROOM:
            blocks = tuple(_blocks(ordered, [words for words, _ in said], most, dense=dense))
            whole = replace(bare, blocks=blocks)
            if whole.height <= TALLEST:
                return whole
        folded = (bare._folded(blocks, count) for count in range(1, len(blocks)))
        return next((each for each in folded if each.height <= TALLEST), whole)

    def _folded(self, blocks: Sequence[_Block], count: int) -> _Timeline:
        """With so many of the oldest events counted instead of drawn."""
        one = prompts.text("picture_earlier_one")
        earlier = one if count == 1 else prompts.text("picture_earlier", count=count)
        first = replace(blocks[count], after=None, day=blocks[count].day or day(blocks[count].event.day))
        return replace(self, earlier=earlier, blocks=(first, *blocks[count + 1 :]))

    @property
    def top(self) -> float:
        """Where the events begin, in pixels from above."""
        heading = _MARGIN + _LABEL.leading + _TITLE.leading * len(self.title)
        return heading + (_FAINT.leading + 10) * bool(self.period) + 64 + 86 * bool(self.earlier)

    @property
    def height(self) -> int:
        """Of the whole picture, in pixels."""
        events = sum(block.gap + block.height for block in self.blocks)
        return math.ceil(self.top + events + _FAINT.leading * len(self.note) + 40 * bool(self.note) + _MARGIN)


def _blocks(events: Sequence[Event], shown: Sequence[str], most: int, *, dense: bool) -> Iterator[_Block]:
    """The events as they are drawn; a day is named once."""
    before: date | None = None
    for event, said in zip(events, shown, strict=True):
        after = (event.day - before).days if before else None
        named = "" if event.day == before else day(event.day)
        if event.ahead:
            named = prompts.text("picture_ahead", day=day(event.day))
        yield _Block(event, after, named, tuple(lines(said, _SAID, _COLUMN, most)), dense)
        before = event.day


def _period(events: Sequence[Event]) -> str:
    """From when to when, where that is not one day."""
    first, last = events[0].day, events[-1].day
    return "" if first == last else prompts.text("picture_period", first=day(first), last=day(last))


def _between(days: int) -> str:
    """A long time in words: in days, about two months on in months, about two years on in years."""
    if days < 60:
        return prompts.text("picture_days_later", count=days)
    if days < 2 * 365:
        return prompts.text("picture_months_later", count=round(days / 30.44))
    return prompts.text("picture_years_later", count=round(days / 365.25))


def _drawn(timeline: _Timeline, *, dark: bool) -> bytes:
    theme = DARK if dark else LIGHT
    sheet = Sheet(WIDTH, timeline.height, theme, mirrored=timeline.mirrored)
    _draw_heading(sheet, timeline)
    y = timeline.top
    places: list[float] = []
    for block in timeline.blocks:
        y += block.gap
        places.append(y + (_DAY.leading if block.day else _SAID.leading) / 2 - 2)
        _draw_block(sheet, block, y)
        y += block.height
    _draw_rail(sheet, timeline, places)
    for place, said in enumerate(timeline.note):
        below = y + 40 + _FAINT.leading * (place + 1)
        sheet.words(_MARGIN, below - 14, said, _FAINT, theme.faint, end=WIDTH - _MARGIN)
    return sheet.png()


def _draw_heading(sheet: Sheet, timeline: _Timeline) -> None:
    theme, end = sheet.theme, WIDTH - _MARGIN
    y = _MARGIN + 30.0
    sheet.ours(_MARGIN, y, prompts.text("brief_timeline"), _LABEL, theme.mark, end=end)
    y = _MARGIN + _LABEL.leading
    for said in timeline.title:
        sheet.words(_MARGIN, y + 58, said, _TITLE, theme.ink, end=end)
        y += _TITLE.leading
    if timeline.period:
        sheet.ours(_MARGIN, y + 44, timeline.period, _FAINT, theme.faint, end=end)
    if timeline.earlier:
        sheet.ours(_TEXT, timeline.top - 56, timeline.earlier, _FAINT, theme.faint, end=end)


def _draw_block(sheet: Sheet, block: _Block, y: float) -> None:
    theme, end = sheet.theme, WIDTH - _MARGIN
    if block.later:
        sheet.ours(_TEXT, y - block.gap / 2 + 11, block.later, _FAINT, theme.faint, end=end)
    if block.day:
        sheet.ours(_TEXT, y + 36, block.day, _DAY, theme.mark, end=end)
        y += _DAY.leading
    for said in block.said:
        sheet.words(_TEXT, y + 41, said, _SAID, theme.ink, end=end)
        y += _SAID.leading


def _draw_rail(sheet: Sheet, timeline: _Timeline, places: Sequence[float]) -> None:
    """The line with a dot for each event; dotted across long times and where the future begins."""
    theme = sheet.theme
    if timeline.earlier:
        sheet.rail(_RAIL, timeline.top - 76, places[0], theme.line, dashed=True)
    for (upper, lower), block in zip(pairwise(places), timeline.blocks[1:], strict=True):
        dashed = block.event.ahead or (block.after or 0) >= _LONG
        sheet.rail(_RAIL, upper, lower, theme.line, dashed=dashed)
    for place, block in zip(places, timeline.blocks, strict=True):
        sheet.dot(_RAIL, place, 13, theme.mark, hollow=block.event.ahead)
