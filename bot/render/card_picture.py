"""Draws the picture that stands for a story or an edition where its link is shared.

Knows nothing of links.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bot.render.clean import day, leads_right_to_left, line
from bot.render.setting import Type, balanced, lines, typefaces
from bot.render.sheet import DARK, LIGHT, Sheet, one_at_a_time
from retrieval.briefing import Event

WIDTH, HEIGHT = 1200, 630  # pixels, as large previews of links have them
_MARGIN = 80
_NAME = "Footnote"
_NAMED = Type(34, 60, bold=True)
_TITLE = Type(66, 84, bold=True)
_LINE = Type(36, 50)
_DAY = Type(30, 40)
_END = WIDTH - _MARGIN
_COLUMN = _END - _MARGIN
_MOST = 12  # events; of more, the latest
_APART = 44  # pixels between two events at least
_AXIS = HEIGHT - 124


def card_picture(
    title: str,
    about: str = "",
    *,
    events: Sequence[Event] = (),
    headlines: Sequence[str] = (),
    dark: bool = False,
) -> bytes:
    """A title and a line ``about`` it, as a PNG of 1200 by 630 pixels.

    Below them stand the days of a story's events, or else the first headlines of an edition. CPU-bound as
    ``timeline_picture`` is.
    """
    latest = sorted(events, key=lambda event: event.day)[-_MOST:]

    def draw() -> bytes:
        headline, _ = typefaces().shown(line(title))
        sheet = Sheet(WIDTH, HEIGHT, DARK if dark else LIGHT, mirrored=leads_right_to_left(headline))
        below = _draw_title(sheet, headline, line(about))
        if latest:
            _draw_days(sheet, latest)
        else:
            _draw_headlines(sheet, headlines, below)
        return sheet.png()

    return one_at_a_time(draw)


def _draw_title(sheet: Sheet, headline: str, about: str) -> float:
    """The title under the name of the bot; where it ends, in pixels from above."""
    theme = sheet.theme
    sheet.ours(_MARGIN, _MARGIN + 30, _NAME, _NAMED, theme.mark, end=_END)
    y = _MARGIN + _NAMED.leading
    for said in balanced(headline, _TITLE, _COLUMN, 3):
        sheet.words(_MARGIN, y + 62, said, _TITLE, theme.ink, end=_END)
        y += _TITLE.leading
    for said in lines(typefaces().shown(about)[0], _LINE, _COLUMN, 1):
        sheet.words(_MARGIN, y + 48, said, _LINE, theme.faint, end=_END, right=sheet.mirrored)
        y += _LINE.leading
    return y


def _draw_headlines(sheet: Sheet, headlines: Sequence[str], top: float) -> None:
    """The first headlines, as many as there is room for, each in a line."""
    y = top + 64
    for headline in headlines:
        shown, _ = typefaces().shown(line(headline))
        for said in lines(shown, _LINE, _COLUMN - 40, 1):
            if y > HEIGHT - _MARGIN / 2:
                return
            sheet.dot(_MARGIN + 12, y - 12, 6, sheet.theme.mark)
            sheet.words(_MARGIN + 40, y, said, _LINE, sheet.theme.ink, end=_END)
            y += _LINE.leading + 10


def _draw_days(sheet: Sheet, events: Sequence[Event]) -> None:
    """A level line of time with a dot for each event, its first and its last day named."""
    theme, places = sheet.theme, _places(events)
    sheet.level(places[0], places[-1], _AXIS, theme.line)
    for place, event in zip(places, events, strict=True):
        sheet.dot(place, _AXIS, 12, theme.mark, hollow=event.ahead)
    first, last = events[0].day, events[-1].day
    sheet.ours(_MARGIN, _AXIS + 58, day(first), _DAY, theme.faint, end=_END)
    if last != first:
        sheet.ours(_END, _AXIS + 58, day(last), _DAY, theme.faint, end=_MARGIN)


def _places(events: Sequence[Event]) -> list[float]:
    """Where the events stand: as far apart as their days are, yet never one upon another."""
    days = [(later.day - earlier.day).days for earlier, later in pairwise(events)]
    room = _END - _MARGIN - 24 - _APART * len(days)
    places = [_MARGIN + 12.0]
    for each in days:
        places.append(places[-1] + _APART + room * each / max(1, sum(days)))
    return places
