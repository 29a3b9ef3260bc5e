"""What was cited stays as it was cited: an updated article shows its older words to whoever opens them."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from libraries import NOW, WordModel, draft, library_in
from test_cli import footnote, result

from bot.render import passage_parts
from retrieval.errors import NotFound
from retrieval.library import open_library
from retrieval.types import Passage, Scope, Span, person

PAGE = "https://gazette.example/fire"
FIRST = draft(
    PAGE,
    "Twelve people were hurt in the fire at Selwick mill on Monday, the fire brigade said. "
    "The cause is not known.",
    title="Fire at Selwick mill",
    url=PAGE,
    publisher="gazette.example",
    published=NOW - timedelta(hours=9),
)
LATER = replace(
    FIRST,
    title="Fire at Selwick mill: 17 hurt",
    text="Seventeen people were hurt in the fire at Selwick mill on Monday. A boiler had burst.",
    updated=NOW - timedelta(hours=2),
)


async def cited(library, question: str, scope: Scope | None = None) -> Passage:
    return (await library.search(question, scope or Scope()))[0].passage


async def test_an_older_citation_shows_its_words_and_says_that_the_source_has_changed(tmp_path):
    async with library_in(tmp_path) as library:
        await library.add([FIRST])
        quoted = await cited(library, "How many were hurt at the mill?")
        await library.add([LATER])
        opened = await library.passage(quoted.number, Scope())
        assert opened.text == quoted.text
        assert opened.replaced == NOW
        assert (opened.document.title, opened.document.updated) == (FIRST.title, None)
        (part,) = passage_parts(opened, Span(quoted.start, quoted.start + 25))
        assert "The source has changed since." in part.text.splitlines()
        assert "Twelve people were hurt" in part.text
        assert any(entity.url == PAGE for entity in part.entities)


async def test_search_and_questions_know_the_new_text_alone(tmp_path):
    async with library_in(tmp_path) as library:
        await library.add([FIRST])
        quoted = await cited(library, "How many were hurt at the mill?")
        await library.add([LATER])
        found = await library.search("Twelve people hurt, the fire brigade said", Scope(), k=50)
        assert {hit.passage.replaced for hit in found} == {None}
        assert not any("brigade" in hit.passage.text for hit in found)
        (part,) = passage_parts(found[0].passage)
        assert "has changed" not in part.text
        answer = await library.ask("What about it?", Scope(), about=[quoted.number])
        assert "Twelve" not in repr(answer)


async def test_all_versions_of_a_document_are_shown_with_it_newest_first(tmp_path):
    async with library_in(tmp_path) as library:
        await library.add([FIRST])
        await library.add([LATER])
        await library.add([replace(LATER, text="The mill at Selwick will not be rebuilt, its owner said.")])
        (document,) = await library.documents(Scope())
        kept = await library.versions(document)
        assert [version.text for version in kept] == [LATER.text, FIRST.text]
        assert (document.published, document.updated) == (FIRST.published, LATER.updated)


async def test_versions_are_kept_up_to_a_number_and_an_age(tmp_path):
    now = NOW
    async with open_library(tmp_path, WordModel(), clock=lambda: now) as library:
        quoted = []
        for n in range(13):
            await library.add([replace(FIRST, text=f"The tide stood at {n} metres at Selwick mill.")])
            quoted.append(await cited(library, "How high was the tide?"))
        (document,) = await library.documents(Scope())
        assert len(await library.versions(document)) == 10
        with pytest.raises(NotFound):
            await library.passage(quoted[1].number, Scope())
        assert "stood at 2 metres" in (await library.passage(quoted[2].number, Scope())).text
        now += timedelta(days=200)
        await library.add([draft("other.txt", "Nothing to do with it.")])
        await library.add([draft("other.txt", "Nothing to do with it, once more.")])
        with pytest.raises(NotFound):
            await library.passage(quoted[11].number, Scope())


async def test_an_older_version_is_its_owners_alone(tmp_path):
    anna, ben = person(1), person(2)
    async with library_in(tmp_path) as library:
        await library.add([FIRST], anna)
        quoted = await cited(library, "How many were hurt at the mill?", Scope.of(anna))
        await library.add([LATER], anna)
        assert (await library.passage(quoted.number, Scope.of(anna))).replaced
        for stranger in (Scope(), Scope.of(ben)):
            with pytest.raises(NotFound):
                await library.passage(quoted.number, stranger)


async def test_older_versions_go_with_the_document_and_leave_nothing_behind(tmp_path):
    secret = replace(
        FIRST, text=f"{FIRST.text} The watchman sings heliotrope tunes.", aliases=("secret:881",)
    )
    async with library_in(tmp_path) as library:
        added = (await library.add([secret])).added[0]
        quoted = await cited(library, "heliotrope watchman")
        await library.add([LATER])
        assert "heliotrope" in (await library.passage(quoted.number, Scope())).text
        await library.remove(added.number, "shared")
        with pytest.raises(NotFound):
            await library.passage(quoted.number, Scope())
        assert not await counts(library, "versions", "former_passages", "aliases", "prints")
    for file in tmp_path.glob("footnote.sqlite*"):
        kept = file.read_bytes()
        assert not re.search(rb"heliotrop|watchm|secret:881|gazette.example/fire", kept), file.name


async def counts(library: Any, *tables: str) -> dict[str, int]:
    """The tables among these that hold anything, with how many rows."""
    from retrieval import database

    found = await asyncio.gather(
        *(database.rows(library.engine, f"SELECT count(*) FROM {table}") for table in tables)
    )
    return {table: rows[0][0] for table, rows in zip(tables, found, strict=True) if rows[0][0]}


@pytest.mark.slow
def test_the_command_shows_a_quote_as_it_was_and_says_that_its_source_has_changed(tmp_path):
    page = tmp_path / "fire.txt"
    page.write_text(FIRST.text, encoding="utf-8")
    first = result(footnote(tmp_path, "add", "--json", "fire.txt"))["added"][0]
    page.write_text(LATER.text, encoding="utf-8")
    assert result(footnote(tmp_path, "add", "--json", "fire.txt"))["replaced"] == [first]
    now = footnote(tmp_path, "show", first, "--quote", "a boiler had burst").stdout
    assert LATER.text in now
    assert "changed" not in now
    then = footnote(tmp_path, "show", first, "--quote", "Twelve people were hurt").stdout
    assert "The source has changed since." in then.splitlines()
    assert FIRST.text in then
    told = result(footnote(tmp_path, "show", "--json", first))
    assert (told["text"], [each["text"] for each in told["versions"]]) == (LATER.text, [FIRST.text])
    missing = footnote(tmp_path, "show", first, "--quote", "nobody said this")
    assert missing.returncode == 1
    assert missing.stderr.startswith("footnote: Neither its text")
