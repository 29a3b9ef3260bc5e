"""Documents of one event make one story, day after day and from one start to the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from libraries import MINILM, NOW, SHARED_DATA, WordModel, draft, library_in

from retrieval import database
from retrieval.stories import SCHEMA, Stories
from retrieval.stories.grouping import Grouping
from retrieval.stories.traits import Bag, Traits
from retrieval.types import SHARED, Draft, Scope, person

FERRY = (
    "The ferry Sel Vara ran aground off Hartmoor on Sunday with 214 people aboard, the coast guard said.",
    "Divers found a tear in the hull of the ferry Sel Vara, aground off Hartmoor with 214 people aboard.",
    "Vara Lines said the ferry Sel Vara had lost engine power before it ran aground off Hartmoor on Sunday.",
    "The accident board has heard the crew of the Sel Vara, the Vara Lines ferry aground off Hartmoor.",
)
TARIFF = (
    "Ministers in Eastley agreed on Monday to raise the tariff on imported timber to twelve per cent.",
    "Sawmills welcome the higher tariff on imported timber that ministers in Eastley agreed on.",
)
CUP = (
    "Selwick Rovers won the cup final against Northing Town on penalties, their first title in thirty years."
)


def told(text: str, *, days: int = 0, at: str = "one.example", **about: object) -> Draft:
    title = text.partition(",")[0][:80]
    url = f"https://{at}/{abs(hash((text, days)))}"
    published = NOW - timedelta(days=20 - days)
    return draft(url, text, title=title, url=url, publisher=at, published=published, **about)


async def grouped(library, *drafts: Draft, owner: str = SHARED, model: Any = MINILM) -> list[int]:
    """Add documents and put them into stories; the number of each one's story."""
    await database.apply(library.engine, "stories", SCHEMA)
    stories = Stories(library.engine, model)
    report = await library.add(drafts, owner)
    await stories.add(report.documents)
    found = [await stories.story_of(document) for document in report.documents]
    return [story.number for story in found if story]


async def test_documents_of_one_event_are_one_story_and_others_are_not(tmp_path):
    async with library_in(tmp_path, MINILM) as library:
        drafts = [told(FERRY[0]), told(TARIFF[0]), told(FERRY[1], days=1), told(CUP, days=1), told(TARIFF[1])]
        ferry, tariff, again, cup, more = await grouped(library, *drafts)
        assert again == ferry
        assert more == tariff
        assert len({ferry, tariff, cup}) == 3


async def test_a_story_goes_on_across_days_and_restarts(tmp_path):
    numbers = []
    for day, text in enumerate(FERRY):
        async with library_in(tmp_path, MINILM) as library:
            numbers += await grouped(library, told(text, days=3 * day, at=f"{day}.example"))
    assert len(numbers) == len(FERRY)
    assert len(set(numbers)) == 1
    async with library_in(tmp_path, MINILM) as library:
        stories = Stories(library.engine, MINILM)
        (story,) = await stories.telling((await library.documents(Scope()))[-1:], Scope())
        assert [document.publisher for document in story.documents] == [f"{n}.example" for n in range(4)]
        assert story.newest == (NOW - timedelta(days=11)).date()
        assert not await stories.telling((), Scope())


async def test_nothing_is_placed_twice_and_a_changed_document_stays_in_its_story(tmp_path):
    async with library_in(tmp_path, MINILM) as library:
        first, second = await grouped(library, told(FERRY[0]), told(FERRY[1]))
        assert first == second
        stories = Stories(library.engine, MINILM)
        documents = await library.documents(Scope())
        assert await stories.add(documents) == 0
        changed = replace(told(FERRY[0]), text=f"{FERRY[0]} All of them were taken off by lifeboats.")
        report = await library.add([changed])
        assert await stories.add(report.replaced) == 1
        assert (await stories.story_of(report.replaced[0])).number == first


async def test_two_stories_that_turn_out_to_be_one_are_merged_and_found_by_either_number(tmp_path):
    boats = (
        "Teachers sang all night beneath blankets, and someone poured tea; a doctor calls everybody healthy."
    )
    model = WordModel()
    async with library_in(tmp_path, model) as library:
        one, other = await grouped(library, told(FERRY[0]), told(boats), model=model)
        assert one != other
        (bridge,) = await grouped(library, told(f"{FERRY[0]} {boats}"), model=model)
        stories = Stories(library.engine, model)
        whole = await stories.story(one, Scope())
        assert whole == await stories.story(other, Scope())
        assert whole.number == bridge
        assert len(whole.documents) == 3
        for document in whole.documents:  # whoever follows it by a document, follows it still
            assert await stories.story_of(document) == whole


def test_a_document_that_turns_out_to_be_a_stranger_leaves_its_story():
    def traits(words: range, meaning: tuple[float, float], day: int) -> Traits:
        bag = Bag(np.array(words, np.uint32), np.ones(len(words), np.uint8))
        nothing = Bag(np.empty(0, np.uint32), np.empty(0, np.uint8))
        return Traits(bag, nothing, np.array(meaning, np.float32), day)

    grouping, numbers = Grouping(), iter(range(1, 10))
    first, stranger = traits(range(20), (1.0, 0.0), 0), traits(range(15, 40), (0.6, 0.8), 0)
    for number, each in enumerate((first, stranger)):
        grouping.place(number, each, lambda: next(numbers))
    assert grouping.stories == {0: 1, 1: 1}
    for number in (2, 3):
        grouping.place(number, traits(range(15), (1.0, 0.0), 30), lambda: next(numbers))
    assert grouping.stories == {0: 1, 1: 2, 2: 1, 3: 1}


async def test_each_owner_has_stories_of_their_own(tmp_path):
    anna, ben = person(1), person(2)
    async with library_in(tmp_path, MINILM) as library:
        (hers,) = await grouped(library, told(FERRY[0]), owner=anna)
        (his,) = await grouped(library, told(FERRY[1]), owner=ben)
        (shared,) = await grouped(library, told(FERRY[2]))
        assert len({hers, his, shared}) == 3
        stories = Stories(library.engine, MINILM)
        assert await stories.story(hers, Scope.of(ben)) is None
        scope = Scope.of(anna)
        every = await library.documents(Scope((SHARED, anna, ben)))
        (seen,) = await stories.telling(every, scope)
        assert seen.number == shared
        assert {document.owner for document in seen.documents} == {SHARED, anna}
        (everybodys,) = await stories.telling(every, Scope())
        assert {document.owner for document in everybodys.documents} == {SHARED}


async def test_a_removed_document_leaves_its_story_and_its_traits_go_with_it(tmp_path):
    async with library_in(tmp_path, MINILM) as library:
        first, _ = await grouped(library, told(FERRY[0]), told(FERRY[1]))
        documents = await library.documents(Scope())
        await library.remove(documents[0].number, SHARED)
        stories = Stories(library.engine, MINILM)
        assert (await stories.story(first, Scope())).documents == (documents[1],)
        await library.remove(documents[1].number, SHARED)
        assert await stories.story(first, Scope()) is None
        assert not await database.rows(library.engine, "SELECT 1 FROM story_documents")
        assert not await database.rows(library.engine, "SELECT 1 FROM stories")


async def test_what_has_no_vectors_yet_is_left_for_later(tmp_path):
    async with library_in(tmp_path, MINILM) as library:
        await database.apply(library.engine, "stories", SCHEMA)
        report = await library.add([told(FERRY[0])])
        await database.execute(library.engine, "DELETE FROM vectors")
        stories = Stories(library.engine, MINILM)
        assert await stories.add(report.added) == 0
        assert await stories.story_of(report.added[0]) is None
        await library.reindex()
        assert await stories.add(report.added) == 1


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED_DATA / "stories.jsonl").exists(), reason="needs the shared research data")
async def test_labelled_stories_are_found_again(tmp_path):
    from benchmarks.storied import fill, judge, place, read

    articles = read(SHARED_DATA / "stories.jsonl", half=1)[:120]
    async with fill(articles, tmp_path, MINILM) as engine:
        judged = judge(articles, await place(articles, engine, MINILM))
    assert judged["b_cubed_f1"] >= 0.9
    assert judged["pairwise_f1"] >= 0.8
