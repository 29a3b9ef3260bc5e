"""A library remembers what it is given, finds it again, keeps people apart and survives its owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from libraries import WordModel, draft, library_in

from retrieval.errors import LibraryBusy, NotFound, Unreadable
from retrieval.types import Scope, person

HARBOUR = draft(
    "harbour.txt", "The harbour opened in May. It has forty berths for fishing boats.", title="Harbour"
)
TRAM = draft("tram.txt", "The tram line reached the hospital in June. Riders pay two crowns.", title="Tram")
ANNA, BEN = person(1), person(2)


async def test_what_is_added_is_found_and_shown(tmp_path):
    async with library_in(tmp_path) as library:
        report = await library.add([HARBOUR, TRAM])
        assert [document.title for document in report.added] == ["Harbour", "Tram"]
        hit = (await library.search("How many berths has the harbour?", Scope()))[0]
        document, text = await library.show(hit.passage.document.id, Scope())
        assert document.title == "Harbour"
        assert text[hit.passage.start : hit.passage.end] == hit.passage.text


async def test_the_same_content_again_changes_nothing(tmp_path):
    model = WordModel()
    async with library_in(tmp_path, model) as library:
        await library.add([HARBOUR, TRAM])
        embedded = list(model.embedded)
        renamed = replace(TRAM, key="copy of tram.txt")
        report = await library.add([HARBOUR, renamed, replace(renamed, key="third.txt")])
        assert len(report.unchanged) == 3
        assert not report.added
        assert not report.replaced
        assert model.embedded == embedded
        assert (await library.holdings(Scope())).documents == 2


async def test_one_batch_that_says_the_same_twice_is_held_once(tmp_path):
    async with library_in(tmp_path) as library:
        report = await library.add([HARBOUR, replace(HARBOUR, key="again.txt")])
        assert (len(report.added), len(report.unchanged)) == (1, 1)


async def test_rows_of_a_corpus_with_equal_texts_are_both_held(tmp_path):
    async with library_in(tmp_path) as library:
        rows = [replace(HARBOUR, key=f"c.jsonl#{id}", given_id=id) for id in ("a1", "b2")]
        report = await library.add(rows)
        assert [document.id for document in report.added] == ["a1", "b2"]


async def test_a_changed_file_replaces_its_older_version_and_embeds_only_what_changed(tmp_path):
    model = WordModel()
    long = "\n\n".join(
        f"Paragraph {n} tells of berth {n} at length. " + "It is quiet there. " * 50 for n in range(5)
    )
    async with library_in(tmp_path, model) as library:
        first = await library.add([draft("berths.txt", long, title="Berths")])
        model.embedded.clear()
        changed = long.replace("tells of berth 3", "sings of berth 33")
        report = await library.add([draft("berths.txt", changed, title="Berths")])
        assert [document.id for document in report.replaced] == [first.added[0].id]
        assert len(model.embedded) == 1
        assert "berth 33" in model.embedded[0]
        assert (await library.show(first.added[0].id, Scope()))[1] == changed
        found = await library.search("berth 3 at length", Scope(), k=50)
        assert found
        assert all(hit.passage.text == changed[hit.passage.start : hit.passage.end] for hit in found)


async def test_a_new_date_or_title_is_a_new_version_too(tmp_path):
    async with library_in(tmp_path) as library:
        await library.add([HARBOUR])
        report = await library.add([replace(HARBOUR, published=datetime(2025, 5, 1, tzinfo=UTC))])
        assert [document.day for document in report.replaced] == [date(2025, 5, 1)]


async def test_what_cannot_be_read_is_reported_and_loses_nothing(tmp_path):
    async with library_in(tmp_path) as library:
        report = await library.add([HARBOUR, Unreadable("“x.pdf” is encrypted."), TRAM])
        assert report.unreadable == ("“x.pdf” is encrypted.",)
        assert len(report.added) == 2


async def test_one_persons_documents_reach_nobody_else(tmp_path):
    async with library_in(tmp_path) as library:
        await library.add([HARBOUR])
        secret = await library.add([draft("mine.txt", "The canary sings heliotrope tunes.")], ANNA)
        number = secret.added[0].number
        (found,) = [
            h for h in await library.search("heliotrope", Scope.of(ANNA)) if "canary" in h.passage.text
        ]
        for stranger in (Scope(), Scope.of(BEN)):
            assert not [
                h for h in await library.search("heliotrope canary", stranger) if "canary" in h.passage.text
            ]
            assert "mine.txt" not in [document.title for document in await library.documents(stranger)]
            for look in (
                library.document(number, stranger),
                library.passage(found.passage.number, stranger),
                library.show(secret.added[0].id, stranger),
            ):
                with pytest.raises(NotFound):
                    await look
        with pytest.raises(NotFound):
            await library.remove(number, BEN)


async def test_a_removed_document_leaves_nothing_behind(tmp_path):
    async with library_in(tmp_path) as library:
        report = await library.add([HARBOUR, TRAM])
        await library.remove(report.added[0].number, "shared")
        assert [document.title for document in await library.documents(Scope())] == ["Tram"]
        assert all(
            hit.passage.document.title == "Tram" for hit in await library.search("harbour berths", Scope())
        )
    for file in tmp_path.glob("footnote.sqlite*"):
        kept = file.read_bytes()
        assert b"forty berths" not in kept
        assert b"berth" not in kept, "the word index remembers"


async def test_as_of_a_day_hides_what_was_published_later(tmp_path):
    old = replace(HARBOUR, published=datetime(2025, 5, 1, tzinfo=UTC))
    new = draft("new.txt", "The harbour closed its berths.", published=datetime(2025, 6, 1, tzinfo=UTC))
    async with library_in(tmp_path) as library:
        await library.add([old, new])
        hits = await library.search("harbour berths", Scope(), as_of=date(2025, 5, 31))
        assert [hit.passage.document.title for hit in hits] == ["Harbour"]
        assert len(await library.search("harbour berths", Scope(), as_of=date(2025, 6, 1))) == 2


async def test_the_sample_is_wanted_only_by_an_empty_library_that_never_declined(tmp_path):
    async with library_in(tmp_path) as library:
        assert await library.wants_sample()
        await library.add([HARBOUR], ANNA)
        assert not await library.wants_sample()
        await library.remove((await library.documents(Scope.of(ANNA)))[0].number, ANNA)
        assert await library.wants_sample()
        await library.remove_samples()
        assert not await library.wants_sample()


async def test_a_second_holder_of_the_folder_is_refused_in_one_sentence(tmp_path):
    async with library_in(tmp_path) as library, library_in(tmp_path) as second:
        await library.prepare()
        with pytest.raises(LibraryBusy, match="stop it first"):
            await second.search("anything", Scope())
        assert await second.documents(Scope()) == []
