"""Makes an edition of its stories: title, counts, and a line where there is nothing to tell.

Knows nothing of how stories are found or told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import prompts
from retrieval.briefing.reasons import written
from retrieval.briefing.types import Briefing, Footer, Piece, Profile
from retrieval.briefing.window import Window
from retrieval.copies.alike import independent


@dataclass(frozen=True)
class Told:
    """The stories of an edition, and what is counted of them; ``others`` moved too and are not told."""

    pieces: tuple[Piece, ...]
    withheld: int
    others: int
    without_model: str | None


def edition(profile: Profile, window: Window, told: Told, feeds_failing: int) -> Briefing:
    fresh = window.fresh
    stated = sum(len(each.statements) for each in told.pieces)
    footer = Footer(
        sources_read=len(fresh),
        publishers=independent(fresh),
        statements=stated,
        verified=stated,
        withheld=told.withheld,
        feeds_failing=feeds_failing,
    )
    quiet = None if told.pieces else _quiet(profile, window, told.others)
    return Briefing(
        _title(window.today),
        window.today,
        window.first,
        profile,
        told.pieces,
        footer,
        quiet,
        told.without_model,
    )


def _quiet(profile: Profile, window: Window, others: int) -> str:
    if window.first is None:
        return prompts.text("brief_quiet_archive")
    since = written(window.first)
    if not profile.topics or not others:
        return prompts.text("brief_quiet_since", since=since)
    if others == 1:
        return prompts.text("brief_quiet_profile_one", since=since)
    return prompts.text("brief_quiet_profile", since=since, count=others)


def empty(profile: Profile, window: Window, feeds_failing: int, why: str) -> Briefing:
    footer = Footer(0, 0, 0, 0, 0, feeds_failing)
    return Briefing(_title(window.today), window.today, window.first, profile, (), footer, why)


def _title(today: date) -> str:
    return prompts.text("brief_title", day=written(today))
