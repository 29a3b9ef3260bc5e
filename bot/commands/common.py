"""What the commands have in common: options, whose documents, how results are printed. Knows no command."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from datetime import date, datetime
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from retrieval.types import Scope

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Person = Annotated[
    int | None,
    typer.Option(
        help="A person's Telegram id: their own documents besides the shared library.", metavar="ID"
    ),
]
Theirs = Annotated[
    int | None,
    typer.Option(help="A person's Telegram id: their own sources in place of the shared ones.", metavar="ID"),
]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="Know nothing published after this day."),
]


def command(run: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Makes a command of a coroutine."""

    @wraps(run)
    def called(*args: Any, **options: Any) -> None:
        asyncio.run(run(*args, **options))

    return called


def owner_of(person_id: int | None) -> str:
    """Whose a person's documents are; without a person, the shared library's."""
    from retrieval.types import SHARED, person

    return SHARED if person_id is None else person(person_id)


def scope_of(person_id: int | None) -> Scope:
    """What a person may read; without a person, the shared library."""
    from retrieval.types import Scope

    return Scope.of(owner_of(person_id))


def day_of(moment: datetime | None) -> date | None:
    """The day of a moment."""
    return moment.date() if moment else None


def dated(day: date | None) -> str | None:
    """A day as it is printed."""
    return day.isoformat() if day else None


def print_json(result: dict[str, Any]) -> None:
    """A result for other tools."""
    print(json.dumps(result, ensure_ascii=False, indent=2))
