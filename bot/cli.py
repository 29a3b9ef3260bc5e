"""The `footnote` command: reads its arguments, makes one call, prints the result. Knows nothing of how."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retrieval.errors import FootnoteError

if TYPE_CHECKING:
    from retrieval.types import Scope

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Person = Annotated[
    int | None,
    typer.Option(
        help="A person's Telegram id: their own documents besides the shared library.", metavar="ID"
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="Know nothing published after this day."),
]


def main() -> None:
    """The entry point: faults Footnote can explain end with one line and exit code 1."""
    try:
        app()
    except FootnoteError as error:
        print(f"footnote: {error}", file=sys.stderr)
        sys.exit(1)


def _command(run: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Makes a command of a coroutine."""

    @wraps(run)
    def command(*args: Any, **options: Any) -> None:
        asyncio.run(run(*args, **options))

    return command


@app.callback(invoke_without_command=True)
def footnote(context: typer.Context) -> None:
    """Answers from the sources you choose, every sentence opening the passage that says it."""
    if context.invoked_subcommand is None:
        run()


@app.command()
@_command
async def run() -> None:
    """Start the Telegram bot, or without a token a conversation in the terminal."""
    from bot import logs
    from bot.opening import library_of
    from bot.settings import load

    settings = load()
    logs.configure(quiet=not settings.telegram_bot_token)
    if settings.telegram_bot_token:
        from bot.service import serve

        await serve(settings.telegram_bot_token.get_secret_value(), settings)
    else:
        from bot.conversation import converse
        from bot.first_run import offer_sample

        async with library_of(settings) as library:
            await library.prepare()
            await offer_sample(library)
            await converse(library)


@app.command()
@_command
async def add(
    sources: Annotated[
        list[str], typer.Argument(help="Files, folders, JSONL corpora and web addresses.", metavar="SOURCE…")
    ],
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Add documents: .txt, .md, .html, .pdf, .docx, folders of these, JSONL corpora, and pages by address."""
    from bot import as_json as form
    from bot.opening import opened
    from bot.progress import shown
    from bot.settings import load
    from retrieval.fetch import Door
    from retrieval.sources import count, read_all

    settings = load()
    async with opened() as library, Door(allowed_private=settings.fetch_allow_private_hosts) as door:
        total = await asyncio.to_thread(count, sources)
        inbox = settings.footnote_data_dir / "uploads"
        with shown() as show:
            report = await library.add(
                read_all(sources, door.waiting(), inbox),
                _owner(person),
                reading=lambda done: show("Reading documents", done, total),
                progress=lambda done, total: show("Indexing passages", done, total),
            )
        for sentence in report.unreadable:
            print(sentence, file=sys.stderr)
        if as_json:
            _print(form.added(report))
        else:
            print(
                f"{len(report.added)} added, {len(report.replaced)} replaced, "
                f"{len(report.unchanged)} unchanged, {len(report.unreadable)} not readable; "
                f"{report.passages} new passages."
            )
    if report.unreadable and not (report.added or report.replaced or report.unchanged):
        raise typer.Exit(1)


@app.command()
@_command
async def search(
    query: str,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    as_of: AsOf = None,
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Show the passages that best answer a question."""
    from bot import as_json as form
    from bot.opening import opened

    async with opened() as library:
        hits = await library.search(query, _scope(person), k=k, as_of=_day(as_of))
    if as_json:
        _print(form.hits(hits))
        return
    for place, hit in enumerate(hits, start=1):
        document = hit.passage.document
        source = " · ".join(filter(None, (document.title, document.publisher, _shown(document.day))))
        print(f"{place}. {source}  [{document.id}]\n{hit.passage.text}\n")
    if not hits:
        print("Nothing found.")


@app.command()
@_command
async def ask(question: str, as_of: AsOf = None, person: Person = None, as_json: Json = False) -> None:
    """Answer one question, each statement with the passage that says it."""
    from bot import as_json as form
    from bot.opening import opened
    from bot.terminal_text import print_answer

    async with opened() as library:
        answer = await library.ask(question, _scope(person), as_of=_day(as_of))
    if as_json:
        _print(form.answer(answer))
    else:
        print_answer(answer, today=datetime.now(UTC).date(), file=sys.stdout)


@app.command()
@_command
async def documents(person: Person = None, as_json: Json = False) -> None:
    """List the documents that are held, newest first."""
    from bot import as_json as form
    from bot.opening import opened

    async with opened() as library:
        held = await library.documents(_scope(person))
    if as_json:
        _print(form.documents(held))
        return
    for document in held:
        mark = " (sample)" if document.sample else ""
        print("  ".join((document.id, _shown(document.day) or "undated", document.title + mark)))
    if not held:
        print("The library is empty: `footnote add FILE` puts documents into it.")


@app.command()
@_command
async def show(id: str, person: Person = None, as_json: Json = False) -> None:
    """Show one document with its stored text."""
    from bot import as_json as form
    from bot.opening import opened

    async with opened() as library:
        document, text = await library.show(id, _scope(person))
    if as_json:
        _print(form.document(document) | {"text": text})
        return
    about = (document.title, document.publisher, document.author, _shown(document.day), document.url)
    print("\n".join(filter(None, about)) + f"\n\n{text}")


@app.command()
@_command
async def remove(ids: Annotated[list[str], typer.Argument(metavar="ID…")], person: Person = None) -> None:
    """Remove documents, with everything that was derived from them."""
    from bot.opening import opened

    async with opened() as library:
        from retrieval.types import Scope

        for id in ids:
            document, _ = await library.show(id, Scope((_owner(person),)))
            await library.remove(document.number, document.owner)
            print(f"Removed “{document.title}”.")


@app.command()
@_command
async def sample(
    remove: Annotated[bool, typer.Option("--remove", help="Remove it instead.")] = False,
) -> None:
    """Load the sample library: short made-up articles to ask about at once."""
    from bot.first_run import load_sample
    from bot.opening import opened

    async with opened() as library:
        if remove:
            print(f"Removed {await library.remove_samples()} sample articles.")
        else:
            await load_sample(library)


@app.command()
@_command
async def reindex(as_json: Json = False) -> None:
    """Build the index anew; the old one answers until the new one is whole."""
    from bot.opening import opened
    from bot.progress import shown

    async with opened() as library:
        with shown() as show:
            passages = await library.reindex(lambda done, total: show("Indexing passages", done, total))
    if as_json:
        _print({"passages": passages})
    else:
        print(f"The index is whole: {passages} passages.")


@app.command("eval")
@_command
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
        _print(found.summary)
    else:
        table(found.summary)


def _owner(person_id: int | None) -> str:
    from retrieval.types import SHARED, person

    return SHARED if person_id is None else person(person_id)


def _scope(person_id: int | None) -> Scope:
    from retrieval.types import Scope

    return Scope.of(_owner(person_id))


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _shown(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _print(result: dict[str, Any]) -> None:
    print(json.dumps(result, ensure_ascii=False, indent=2))
