"""The `footnote` command: puts its commands together and ends faults in one line. Knows nothing of them."""

from __future__ import annotations

import sys

import typer

from bot.commands import adding, asking, briefing, checking, following, holding, measuring, running
from retrieval.errors import FootnoteError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

for each in (
    running.run,
    adding.add,
    following.refresh,
    following.sources,
    following.export,
    asking.search,
    asking.ask,
    briefing.brief,
    holding.documents,
    holding.show,
    holding.remove,
    holding.sample,
    holding.reindex,
    checking.doctor,
):
    app.command()(each)
app.command("eval")(measuring.evaluate)


def main() -> None:
    """The entry point: faults Footnote can explain end with one line and exit code 1."""
    try:
        app()
    except FootnoteError as error:
        print(f"footnote: {error}", file=sys.stderr)
        sys.exit(1)


@app.callback(invoke_without_command=True)
def footnote(context: typer.Context) -> None:
    """Answers from the sources you choose, every sentence opening the passage that says it."""
    if context.invoked_subcommand is None:
        running.run()
