"""Shows, removes and indexes what the library holds. Knows nothing of where it comes from."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.common import Json, Person, command, dated, owner_of, print_json, scope_of


@command
async def documents(person: Person = None, as_json: Json = False) -> None:
    """List the documents that are held, newest first."""
    from bot import as_json as form
    from bot.opening import opened

    async with opened() as library:
        held = await library.documents(scope_of(person))
    if as_json:
        print_json(form.documents(held))
        return
    for document in held:
        mark = " (sample)" if document.sample else ""
        print("  ".join((document.id, dated(document.day) or "undated", document.title + mark)))
    if not held:
        print("The library is empty: `footnote add FILE` puts documents into it.")


@command
async def show(
    id: str,
    quote: Annotated[
        str | None, typer.Option(help="Show the version that says these words.", metavar="WORDS")
    ] = None,
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Show one document with its stored text, or as it was when it was quoted."""
    import prompts
    from bot import as_json as form
    from bot.opening import opened
    from retrieval.copies.versions import saying

    async with opened() as library:
        document, text = await library.show(id, scope_of(person))
        older = await library.versions(document)
        copies = await library.siblings(document, scope_of(person))
    version = saying(quote, text, older) if quote else None
    if as_json:
        shown = version.text if version else text
        print_json(form.document(document) | {"text": shown} | form.kept(document, version, older, copies))
        return
    title = version.title if version else document.title
    changed = prompts.text("source_changed") if version else None
    elsewhere = ", ".join(copy.publisher or copy.id for copy in copies)
    about = (title, document.publisher, document.author, dated(document.day), document.url, changed)
    print("\n".join(filter(None, (*about, elsewhere and f"The same text: {elsewhere}"))))
    print(f"\n{version.text if version else text}")


@command
async def remove(ids: Annotated[list[str], typer.Argument(metavar="ID…")], person: Person = None) -> None:
    """Remove documents, with everything that was derived from them."""
    from bot.opening import opened

    async with opened() as library:
        from retrieval.types import Scope

        for id in ids:
            document, _ = await library.show(id, Scope((owner_of(person),)))
            await library.remove(document.number, document.owner)
            print(f"Removed “{document.title}”.")


@command
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


@command
async def reindex(as_json: Json = False) -> None:
    """Build the index anew; the old one answers until the new one is whole."""
    from bot.opening import opened
    from bot.progress import shown

    async with opened() as library:
        with shown() as show:
            passages = await library.reindex(lambda done, total: show("Indexing passages", done, total))
    if as_json:
        print_json({"passages": passages})
    else:
        print(f"The index is whole: {passages} passages.")
