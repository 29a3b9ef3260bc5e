"""The words of an owner stay findable, however often some of them are forgotten."""

from __future__ import annotations

from retrieval import database, keywords
from retrieval.keywords import Words, folded

OWNER = "person:1"


async def test_forgetting_a_thousand_documents_one_by_one_leaves_the_others_findable(tmp_path) -> None:
    engine = database.connect(tmp_path / "a.sqlite")
    writing = database.writing(engine)
    passages = {
        number: Words("", "", folded(f"Secret {number} of the harbour.")) for number in range(1, 2_001)
    }
    with writing.begin() as connection:
        keywords.insert(connection, OWNER, passages)
    for number in range(2, 1_051):  # SQLite's index would be corrupt after a thousand
        with writing.begin() as connection:
            keywords.delete(connection, OWNER, [number])
            keywords.scrub(connection, OWNER)
    with database.reading(writing).connect() as connection:
        found = keywords.find(connection, OWNER, [folded("harbour")], 2_000)
    assert sorted(found) == [1, *range(1_051, 2_001)]
    writing.dispose()
    await engine.dispose()
