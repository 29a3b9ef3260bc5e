"""Measures finding and answering on a data set. Knows nothing of the measures."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import Json, command, print_json


@command
async def evaluate(
    folder: Annotated[Path, typer.Argument(help="Holds corpus.jsonl, queries*.jsonl and the like.")],
    details: Annotated[
        Path | None, typer.Option(help="Write one JSON row a question to this file.", metavar="FILE")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Keep the filled library here for the next time.", metavar="FOLDER")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure finding and answering on a data set, in a library of its own."""
    from bot import logs
    from bot.figures import table
    from bot.opening import library_of
    from bot.progress import shown
    from bot.settings import load
    from retrieval.evaluation import evaluate as measure

    logs.configure(quiet=True)
    with tempfile.TemporaryDirectory() as aside, shown() as show:
        settings = load().model_copy(update={"footnote_data_dir": keep or Path(aside)})
        async with library_of(settings) as library:
            found = await measure(library, folder, show)
    if details:
        rows = (json.dumps(row, ensure_ascii=False) for row in found.details)
        details.write_text("\n".join(rows) + "\n", encoding="utf-8")
    if as_json:
        print_json(found.summary)
    else:
        table(found.summary)
