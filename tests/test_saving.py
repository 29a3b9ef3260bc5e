"""An article is one document by whatever way it comes: its addresses, its feed's name for it, its words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from libraries import NOW, draft, library_in

from retrieval.types import SHARED, Draft, Scope, person

WORDS = (
    "The council of Selwick voted on Tuesday to rebuild the northern quay, which a storm broke in January. "
    "Work is to begin in April and to last two years, the harbour master said. It will cost 3.2 million "
    "crowns, of which the ministry pays half. Fishing boats move to the eastern basin meanwhile."
)
PAGE = "https://gazette.example/news/quay"
ARTICLE = draft(
    PAGE,
    WORDS,
    title="Council votes to rebuild the quay",
    url=PAGE,
    publisher="gazette.example",
    published=NOW - timedelta(days=1),
    aliases=("https://gazette.example/r/881", "feed:https://gazette.example/feed#881"),
)


async def held(library, owner: str = SHARED) -> int:
    return (await library.holdings(Scope((owner,)))).documents


def as_told(key: str, *aliases: str, **about: object) -> Draft:
    return replace(ARTICLE, key=key, aliases=aliases, **about)


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(as_told("https://gazette.example/r/881"), id="by the address it was linked by"),
        pytest.param(as_told("http://www.gazette.example/news/quay/?utm_source=rss"), id="spelt otherwise"),
        pytest.param(as_told("feed:https://gazette.example/feed#881", url=None), id="by its feed's name"),
        pytest.param(as_told("feed:https://all.example/feed#7", PAGE), id="through another feed"),
        pytest.param(as_told("quay.html", source="quay.html"), id="as a file that names its address"),
        pytest.param(as_told("corpus.jsonl#12", given_id="12"), id="as a row of a corpus"),
    ],
)
@pytest.mark.parametrize("text", [WORDS, WORDS + " The mayor abstained."], ids=["unchanged", "changed"])
async def test_one_article_is_one_document_whatever_way_it_comes(tmp_path, again, text):
    async with library_in(tmp_path) as library:
        first = (await library.add([ARTICLE])).added[0]
        report = await library.add([replace(again, text=text)])
        assert report.documents[0].number == first.number
        assert bool(report.replaced) == (text != WORDS)
        assert await held(library) == 1
        # what it is now known by holds from either side
        assert (await library.add([replace(again, text=text)])).unchanged
        assert (await library.add([replace(ARTICLE, text=text)])).documents[0].number == first.number
        assert await held(library) == 1


async def test_the_same_words_elsewhere_are_held_once_and_change_nothing_of_the_first(tmp_path):
    there = replace(ARTICLE, key="https://other.example/x", url="https://other.example/x", aliases=())
    async with library_in(tmp_path) as library:
        first = (await library.add([ARTICLE])).added[0]
        assert (await library.add([there])).unchanged == (first,)
        changed = replace(there, publisher="other.example", text=WORDS + " Divers look at it on Friday.")
        assert (await library.add([changed])).added
        assert (await library.document(first.number, Scope())).url == PAGE


async def test_an_address_that_cannot_be_read_keeps_nothing_out(tmp_path):
    broken = replace(ARTICLE, key="http://[broken", url="http://[broken", aliases=("http://[::1",))
    async with library_in(tmp_path) as library:
        assert (await library.add([broken])).added
        assert (await library.add([broken])).unchanged


async def test_short_texts_are_equal_by_chance(tmp_path):
    items = [
        draft(
            f"feed:https://links.example/feed#{n}", "Comments", title=f"Story {n}", publisher="links.example"
        )
        for n in range(3)
    ]
    async with library_in(tmp_path) as library:
        assert len((await library.add(items)).added) == 3


async def test_rows_that_share_one_address_stay_apart(tmp_path):
    rows = [
        draft(f"c.jsonl#{n}", f"Number {n} is about {word} alone.", title=word, url=f"{PAGE}", publisher="g")
        for n, word in enumerate(("herring", "lanterns", "gravel"))
    ]
    async with library_in(tmp_path) as library:
        assert len((await library.add(rows)).added) == 3
        told = [
            replace(row, key=f"d#{n}", title=f"Row {n}", given_id=str(n), text=WORDS)
            for n, row in enumerate(rows)
        ]
        assert len((await library.add(told)).added) == 3


async def test_a_summary_does_not_take_the_place_of_the_text_it_was_cut_from(tmp_path):
    summary = replace(ARTICLE, text=WORDS[:150])
    async with library_in(tmp_path) as library:
        await library.add([summary])
        assert (await library.add([ARTICLE])).replaced
        assert (await library.add([summary])).unchanged
        document = (await library.documents(Scope()))[0]
        assert (await library.show(document.id, Scope()))[1] == WORDS
        shorter = draft("notes.txt", WORDS[:150])
        await library.add([replace(shorter, text=WORDS * 2), shorter])
        assert (await library.show((await library.documents(Scope()))[-1].id, Scope()))[1] == WORDS[:150]


async def test_a_new_date_alone_leaves_passages_and_vectors_as_they_are(tmp_path):
    async with library_in(tmp_path) as library:
        await library.add([ARTICLE])
        before = (await library.search("northern quay", Scope()))[0].passage
        report = await library.add([replace(ARTICLE, updated=NOW, author="Ida Holm")])
        assert [document.updated for document in report.replaced] == [NOW]
        assert report.replaced[0].published == ARTICLE.published
        assert report.passages == 0
        after = (await library.search("northern quay", Scope()))[0].passage
        assert (after.number, after.text, after.replaced) == (before.number, before.text, None)


async def test_names_belong_to_their_owner_and_go_with_the_document(tmp_path):
    anna = person(1)
    async with library_in(tmp_path) as library:
        mine = (await library.add([ARTICLE], anna)).added[0]
        shared = (await library.add([ARTICLE])).added[0]
        assert mine.number != shared.number
        await library.remove(mine.number, anna)
        again = await library.add([as_told("https://gazette.example/r/881")], anna)
        assert again.added
