"""Turns a subscription into one message with its buttons. Knows nothing of how it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import prompts
from bot import languages, zones
from bot.dues import EVERY_DAY
from bot.render.buttons import Button, Rows
from bot.render.clean import day
from bot.render.pieces import Text, bold, joined, their_line
from bot.render.split import Block, Part, parts
from bot.render.tastes import list_button
from bot.subscribers import AWAY, LENGTHS, PAUSED, Subscription

TIMES = (7 * 60, 8 * 60, 18 * 60)
WEEKDAYS, WEEKEND = frozenset(range(5)), frozenset({5, 6})

_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LENGTHS = {
    "glance": ("length_glance", "length_glance_button"),
    "standard": ("length_standard", "length_standard_button"),
    "deep": ("length_deep", "length_deep_button"),
}
_TIMING = (("briefing_time_button", "bt"), ("briefing_days_button", "bd"), ("briefing_place_button", "bz"))
_ABOUT = (
    ("briefing_topics_button", "bp"),
    ("briefing_role_button", "br"),
    ("briefing_industry_button", "bi"),
)
_HOW = ("briefing_language_button", "by")
_WORDS = 300  # characters


def clock_time(minute: int) -> str:
    """A minute of the day as a clock shows it: ``07:00``."""
    return f"{minute // 60:02}:{minute % 60:02}"


def card_of(
    kept: Subscription, now: datetime, *, said: str = "", written: bool = True, opinions: str = ""
) -> list[Part]:
    """All that is kept of a subscription, with what can be changed.

    ``written``: whether a model writes. ``opinions`` counts what was said of stories, if anything.
    """
    rhythm = kept.rhythm
    when = prompts.text(
        "briefing_when",
        days=days_said(rhythm.days),
        time=clock_time(rhythm.minute),
        zone=zones.shown(rhythm.zone),
        now=zones.clock(rhythm.zone, now),
    )
    lines = [Text(when), Text(next_said(kept, now))]
    about = [
        _named("briefing_topics", ", ".join(kept.topics) or prompts.text("briefing_topics_all")),
        _named("briefing_role", kept.role),
        _named("briefing_industry", kept.industry),
        Text(prompts.text("briefing_length", length=prompts.text(_LENGTHS[kept.length][0]))),
        Text(_language(kept, written=written)),
        Text(prompts.text("briefing_quiet_line" if kept.quiet else "briefing_quiet_nothing")),
        Text(opinions),
    ]
    head = bold(prompts.text("briefing_head" if kept.private else "briefing_head_here"))
    blocks = [Block(joined("\n", [head, *lines])), Block(joined("\n", about))]
    if said:
        blocks.insert(0, Block(Text(said)))
    return parts(blocks, (*_buttons(kept), (list_button(),)) if opinions else _buttons(kept))


def days_said(days: frozenset[int]) -> str:
    """The weekdays in words."""
    if days == EVERY_DAY:
        return prompts.text("days_every")
    if days == WEEKDAYS:
        return prompts.text("days_week")
    if days == WEEKEND:
        return prompts.text("days_weekend")
    return ", ".join(_NAMES[each] for each in sorted(days))


def times_parts(zone: str, now: datetime, *, back: bool = False, offer: str = "") -> list[Part]:
    """Asks at what time, in a zone, after what is offered; ``back``: there is a card to go back to."""
    words = prompts.text("briefing_ask_time", zone=zones.shown(zone), now=zones.clock(zone, now))
    first = tuple(Button(clock_time(minute), time_data(minute, zone)) for minute in TIMES)
    rows: Rows = (first, (Button(prompts.text("briefing_other_time_button"), f"bto:{zone}"),))
    if back:
        return parts([Block(Text(words))], (*rows, _back()))
    rows += ((Button(prompts.text("briefing_other_place_button"), "bz"),),)
    said = [Block(Text(offer))] if offer else []
    return parts([*said, Block(Text(words))], rows)


def time_data(minute: int, zone: str) -> str:
    """The data that sets the time, in this zone."""
    return f"bt:{minute:04}:{zone}"


def zones_parts(found: Sequence[str], now: datetime) -> list[Part]:
    """Asks which of several places is meant."""
    rows = tuple((Button(f"{zones.shown(zone)} · {zones.clock(zone, now)}", f"bz:{zone}"),) for zone in found)
    return parts([Block(Text(prompts.text("briefing_which_place")))], rows)


def days_parts(days: frozenset[int]) -> list[Part]:
    """Asks on which days; those that are wanted are marked."""
    single = [Button(("✓ " if at in days else "") + name, f"bd:{at}") for at, name in enumerate(_NAMES)]
    sets = (
        Button(prompts.text("days_every_button"), "bd:a"),
        Button(prompts.text("days_week_button"), "bd:w"),
    )
    rows = (tuple(single[:4]), tuple(single[4:]), sets, _back())
    return parts([Block(Text(prompts.text("briefing_ask_days")))], rows)


def _back() -> tuple[Button, ...]:
    return (Button(prompts.text("briefing_back_button"), "bm"),)


def _buttons(kept: Subscription) -> Rows:
    lengths = tuple(
        Button(("✓ " if each == kept.length else "") + prompts.text(_LENGTHS[each][1]), f"bl:{each}")
        for each in LENGTHS
    )
    stopped = kept.state in (PAUSED, AWAY)
    rest = (
        Button(prompts.text("source_resume_button"), "bg")
        if stopped
        else Button(prompts.text("source_pause_button"), "bh")
    )
    return (
        tuple(Button(prompts.text(name), data) for name, data in _TIMING),
        tuple(Button(prompts.text(name), data) for name, data in _ABOUT),
        lengths,
        (
            Button(prompts.text(_HOW[0]), _HOW[1]),
            Button(prompts.text("briefing_quiet_off" if kept.quiet else "briefing_quiet_on"), "bq"),
        ),
        (
            rest,
            Button(prompts.text("briefing_unsubscribe_button"), "bu"),
            Button(prompts.text("briefing_now_button"), "bn"),
        ),
    )


def next_said(kept: Subscription, now: datetime) -> str:
    """When the next edition comes, in local time; that none does where it is paused."""
    if kept.state != "on":
        return prompts.text("briefing_paused")
    if kept.due is None:
        return ""
    local = kept.due.astimezone(ZoneInfo(kept.rhythm.zone))
    return prompts.text("briefing_next", day=f"{local:%A}, {day(local)}", time=f"{local:%H:%M}")


def _language(kept: Subscription, *, written: bool) -> str:
    """In which language editions are, and why not where no model writes."""
    if kept.language is None:
        return prompts.text("briefing_language_theirs")
    line = "briefing_language" if written else "briefing_language_later"
    return prompts.text(line, language=languages.shown(kept.language))


def _named(line: str, words: str) -> Text:
    return Text(prompts.text(line, words=their_line(words, _WORDS).text)) if words else Text()
