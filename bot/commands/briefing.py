"""Writes a briefing of what is new. Knows nothing of how stories are found or told."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.commands.common import (
    AsOf,
    Json,
    Person,
    command,
    dated,
    day_of,
    print_json,
    scope_of,
)

if TYPE_CHECKING:
    from retrieval.briefing import Briefing, Cost, Event, Piece
    from retrieval.types import Statement

Since = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"], help="The first day that counts as new (of a first briefing: a week ago)."
    ),
]
Topics = Annotated[
    list[str] | None, typer.Option("--topic", help="What you follow; as often as you like.", metavar="TOPIC")
]


@command
async def brief(
    role: Annotated[str | None, typer.Option(help="What you do.")] = None,
    industry: Annotated[str | None, typer.Option(help="The industry you work in.")] = None,
    topic: Topics = None,
    since: Since = None,
    as_of: AsOf = None,
    length: Annotated[
        Literal["glance", "standard", "deep"], typer.Option(help="How long a language model writes.")
    ] = "standard",
    language: Annotated[
        str | None,
        typer.Option(help="The language it writes in, as in `de` (each story's own).", metavar="CODE"),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write it as a page to this file.", metavar="FILE")
    ] = None,
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Show what is new, story by story, each sentence with the passage that says it."""
    from bot.opening import opened_with_following
    from bot.render.brief_page import page
    from bot.render.brief_text import print_briefing
    from retrieval.briefing import Briefings, Profile
    from retrieval.following import State, answers_only

    async with opened_with_following() as (library, following):
        scope = scope_of(person)
        sources = [each for owner in scope.owners for each in await following.sources(owner)]
        briefing = await Briefings(library).brief(
            Profile(role, industry, tuple(topic or ())),
            scope,
            today=day_of(as_of) or datetime.now(UTC).date(),
            since=day_of(since),
            without=await answers_only(following, sources),
            feeds_failing=sum(source.state in (State.FAILING, State.GONE) for source in sources),
            length=length,
            language=language,
        )
    if html is not None:
        try:
            html.write_text(page(briefing), encoding="utf-8")
        except OSError as error:
            raise typer.BadParameter(f"{html} cannot be written: {error.strerror}.") from None
    if as_json:
        print_json(_form(briefing))
    elif html is not None:
        print(f"The briefing is in {html}.")
    else:
        print_briefing(briefing, file=sys.stdout)


def _form(briefing: Briefing) -> dict[str, Any]:
    """`footnote brief --json`."""
    from retrieval.briefing.types import NOTHING

    footer = briefing.footer
    return {
        "title": briefing.title,
        "date": briefing.day.isoformat(),
        "since": dated(briefing.since),
        "stories": [_story(piece) for piece in briefing.pieces],
        "quiet": briefing.quiet,
        "without_model": briefing.without_model,
        "cost": _cost(sum((piece.cost for piece in briefing.pieces), NOTHING)),
        "footer": {
            "sources_read": footer.sources_read,
            "publishers": footer.publishers,
            "statements": footer.statements,
            "verified": footer.verified,
            "withheld": footer.withheld,
            "feeds_failing": footer.feeds_failing,
        },
    }


def _story(piece: Piece) -> dict[str, Any]:
    from bot import as_json as form
    from retrieval.types import Answer

    day = piece.newest or datetime.now(UTC).date()
    cited = form.answer(Answer("", day, citations=piece.citations, conflicts=piece.conflicts))
    return {
        "headline": piece.headline,
        "bullets": _statements(piece.bullets),
        "lead": _statements(piece.lead),
        "sections": [
            {"question": section.question, "statements": _statements(section.statements)}
            for section in piece.sections
        ],
        "bottom_line": _statements(piece.bottom_line),
        "timeline": [_event(event) for event in piece.timeline],
        "why_you": _statements([piece.why_you])[0] if piece.why_you else None,
        "is_update": piece.is_update,
        "reason": piece.reason,
        "why": list(piece.why),
        "notes": list(piece.notes),
        "mode": piece.mode,
        "cost": _cost(piece.cost),
        "newest": dated(piece.newest),
        "conflicts": cited["conflicts"],
        "citations": cited["citations"],
    }


def _cost(cost: Cost) -> dict[str, Any]:
    """What a model used for all the readers of what it wrote, in tokens and money."""
    return {
        "calls": cost.calls,
        "tokens_read": cost.read,
        "tokens_written": cost.written,
        "money": round(cost.money, 6),
    }


def _statements(statements: Sequence[Statement]) -> list[dict[str, Any]]:
    return [{"text": each.text, "citations": list(each.citations)} for each in statements]


def _event(event: Event) -> dict[str, Any]:
    return {"date": event.day.isoformat(), "ahead": event.ahead} | _statements([event.statement])[0]
