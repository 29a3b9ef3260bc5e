"""The index is derived: deleted, damaged, half filled or of another model, the database mends it."""

from __future__ import annotations

import shutil
import sqlite3

import pytest
from libraries import WordModel, draft, library_in

from retrieval.index import Index
from retrieval.types import Scope

PAPERS = [draft(f"paper{n}.txt", f"Paper {n} is about topic{n} and nothing else.") for n in range(30)]


async def found(library, n: int) -> list[str]:
    hits = await library.search(f"topic{n}", Scope(), k=3)
    assert hits[0].similarity is not None, "found by its words alone"
    return [hit.passage.document.title for hit in hits]


async def test_a_deleted_index_is_rebuilt_without_embedding_anything(tmp_path):
    async with library_in(tmp_path) as library:
        await library.add(PAPERS)
    shutil.rmtree(tmp_path / "chroma")
    model = WordModel()
    async with library_in(tmp_path, model) as library:
        assert await library.fill() == 30
        assert model.embedded == []
        assert (await found(library, 7))[0] == "paper7.txt"


async def test_search_answers_by_words_while_there_is_no_index(tmp_path):
    async with library_in(tmp_path) as library:
        await library.add(PAPERS)
    shutil.rmtree(tmp_path / "chroma")
    async with library_in(tmp_path) as library:
        hits = await library.search("topic7", Scope())
        assert hits[0].passage.document.title == "paper7.txt"
        assert hits[0].similarity is None


@pytest.mark.parametrize("damage", ["lost", "strays"])
async def test_vectors_that_are_lost_or_stray_are_noticed_and_mended(tmp_path, damage):
    async with library_in(tmp_path) as library:
        await library.add(PAPERS)
    index = Index(tmp_path / "chroma")
    (name,) = index.names()
    if damage == "lost":
        index.delete(name, sorted(index.numbers(name))[3:20])
    else:
        model = WordModel()
        index.put(name, [9_001, 9_002], next(model.passages(["topic7 stray", "topic8 stray"]))[1])
    index.close()
    async with library_in(tmp_path) as library:
        await library.check()
        await library.fill()
        assert (await found(library, 7))[0] == "paper7.txt"
        assert (await library.holdings(Scope())).pending == 0
    index = Index(tmp_path / "chroma")
    assert index.count(name) == 30
    index.close()


async def test_a_collection_that_answers_wrongly_is_built_anew(tmp_path):
    async with library_in(tmp_path) as library:
        await library.add(PAPERS)
    index = Index(tmp_path / "chroma")
    (name,) = index.names()
    numbers = sorted(index.numbers(name))
    garbled = WordModel()
    index.put(name, numbers, next(garbled.passages(["other words"] * 8))[1][[0] * len(numbers)])
    index.close()
    async with library_in(tmp_path) as library:
        await library.check()
        assert await library.fill() == 30
        assert (await found(library, 7))[0] == "paper7.txt"


async def test_another_embedding_model_is_noticed_and_embeds_all_anew(tmp_path):
    async with library_in(tmp_path) as library:
        await library.add(PAPERS)
    other = WordModel("other words", dimensions=32)
    async with library_in(tmp_path, other) as library:
        assert (await library.search("topic7", Scope()))[0].passage.document.title == "paper7.txt"
        assert await library.fill() == 30
        assert len(other.embedded) == 30
        assert (await found(library, 7))[0] == "paper7.txt"


async def test_reindexing_answers_from_the_old_index_until_the_new_one_is_whole(tmp_path):
    async with library_in(tmp_path) as library:
        await library.add(PAPERS)
        asked: list[int] = []
        assert await library.reindex(lambda done, total: asked.append(total)) == 30
        assert (await found(library, 7))[0] == "paper7.txt"
    index = Index(tmp_path / "chroma")
    assert len(index.names()) == 1
    index.close()


async def test_words_folded_in_an_older_way_are_folded_anew(tmp_path, monkeypatch):
    monkeypatch.setattr("retrieval.keywords.FOLDING", 0)
    async with library_in(tmp_path) as library:
        await library.add(PAPERS)
    monkeypatch.undo()
    async with library_in(tmp_path) as library:
        assert (await library.search("topic7", Scope()))[0].passage.document.title == "paper7.txt"
    with sqlite3.connect(tmp_path / "footnote.sqlite") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master")]
    assert not [name for name in tables if name.startswith("words0")]
