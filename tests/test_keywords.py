"""The words of an owner stay findable, however often some of them are forgotten."""

from __future__ import annotations

from sqlalchemy import Engine

from retrieval import database, keywords
from retrieval.keywords import Words


def of(body: str) -> Words:
    """The words of a passage of no title and no publisher."""
    return Words("", "", keywords.folded(body))


async def test_forgetting_a_thousand_documents_one_by_one_leaves_the_others_findable(tmp_path) -> None:
    engine = database.connect(tmp_path / "a.sqlite")
    writing: Engine = database.writing(engine)
    with writing.begin() as connection:
        keywords.insert(connection, "person:1", {1: of("The harbour opened in May.")})
        for number in range(2, 1_102):  # SQLite's index would be corrupt after a thousand
            keywords.insert(connection, "person:1", {number: of(f"Secret {number}.")})
            keywords.delete(connection, "person:1", [number])
            keywords.scrub(connection, "person:1")
    with writing.connect() as connection:
        found = keywords.find(connection, "person:1", keywords.folded("harbour").split(), 5)
        assert found == [1]
        assert keywords.find(connection, "person:1", keywords.folded("secret").split(), 5) == []
    writing.dispose()
    await engine.dispose()
