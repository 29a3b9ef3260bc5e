"""Turns what became of a reader's editions into one short message. Knows nothing of how they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import prompts
from bot.delivered import Past
from bot.render.buttons import Button
from bot.render.pieces import Text, bold, joined
from bot.render.split import Block, Part, parts
from bot.render.subscription import next_said
from bot.subscribers import Subscription

_WHY = {
    "quiet": "status_quiet",
    "unwanted": "status_unwanted",
    "failed": "status_failed",
    "away": "status_away",
    "late": "status_late",
    "replaced": "status_replaced",
}


def status_parts(
    kept: Subscription, past: Sequence[Past], now: datetime, *, sources: int, failing: int
) -> list[Part]:
    """The last editions of a subscription, newest first, when the next one comes, and what fails."""
    lines = [Text(_line(each, kept.rhythm.zone)) for each in past]
    blocks = [Block(joined("\n", [bold(prompts.text("status_head")), *lines]))] if lines else []
    if not lines:
        blocks.append(Block(Text(prompts.text("status_none"))))
    blocks.append(Block(Text(next_said(kept, now))))
    if failing:
        blocks.append(Block(Text(prompts.text("status_failing", failing=failing, sources=sources))))
    again = tuple(
        (Button(prompts.text("status_again_button", day=_day(each)), f"ba:{each.id}"),)
        for each in past
        if each.again
    )
    return parts(blocks, again)


def _line(each: Past, zone: str) -> str:
    """One edition: its date, when it was due, and what became of it."""
    due = each.at.astimezone(ZoneInfo(zone))
    return f"{_day(each)}, {due:%H:%M}: {_state(each, zone)}"


def _state(each: Past, zone: str) -> str:
    if each.state in ("sent", "uncertain"):
        ended = each.ended.astimezone(ZoneInfo(zone)) if each.ended else None
        when = f"{ended:%H:%M}" if ended else "?"
        if ended and ended.date() != each.at.astimezone(ZoneInfo(zone)).date():
            when = f"{ended.day} {ended:%b} {when}"
        line = "status_sent" if each.state == "sent" else "status_uncertain"
        return prompts.text(line, time=when, parts=_messages(each.parts))
    if each.state == "skipped":
        return prompts.text(_WHY.get(each.why or "", "status_skipped"))
    return prompts.text("status_under_way")


def _messages(count: int) -> str:
    return f"{count} message" if count == 1 else f"{count} messages"


def _day(each: Past) -> str:
    return f"{each.day:%a} {each.day.day} {each.day:%b}"
