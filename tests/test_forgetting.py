"""What is kept of an owner goes with them; what was spent still counts on what all may spend."""

from __future__ import annotations

import pytest
from libraries import NOW, draft, library_in

from retrieval import database
from retrieval.errors import BudgetSpent
from retrieval.following.entries import SCHEMA
from retrieval.llm import Budget, Ledger
from retrieval.llm.reading import Usage
from retrieval.types import Scope, person

ANNA, BEN = person(1), person(2)


async def test_an_owner_is_forgotten_whole_and_nobody_else_is(tmp_path) -> None:
    async with library_in(tmp_path) as library:
        await database.apply(library.engine, "following", SCHEMA)
        books = Ledger(library.engine, Budget(tokens=1_000), lambda: NOW)
        for owner, words in ((ANNA, "Heliotropes grow there."), (BEN, "Bergamots grow there.")):
            await library.add([draft("garden.txt", words, title="Garden")], owner)
            await books.settle(await books.reserve(owner, Usage(200, 100)), Usage(200, 100))
            await database.execute(
                library.engine,
                "INSERT INTO sources (owner, kind, url, place, title, added) "
                "VALUES (:owner, 'feed', 'https://a.test', 'a.test', 'A', :now)",
                owner=owner,
                now=NOW.isoformat(),
            )
        under_way = await books.reserve(ANNA, Usage(100, 100))
        await library.forget(ANNA)
        await books.settle(under_way, Usage(100, 100))
        assert await library.documents(Scope((ANNA,))) == []
        assert await library.search("heliotropes", Scope((ANNA,))) == []
        hits = await library.search("bergamots", Scope((BEN,)))
        assert [hit.passage.document.owner for hit in hits] == [BEN]
        owners = await database.rows(library.engine, "SELECT owner FROM sources")
        assert [row.owner for row in owners] == [BEN]
        assert {each.asker: each.tokens for each in await books.spent(NOW.date())} == {"left": 500, BEN: 300}
        with pytest.raises(BudgetSpent):  # who leaves and comes back gives nobody a fresh start
            await books.reserve(ANNA, Usage(300, 0))
        await library.forget(ANNA)  # there is nothing left to forget
        await library.add([draft("garden.txt", "Heliotropes grow again.", title="Garden")], ANNA)
        assert await library.search("heliotropes", Scope((ANNA,)))
