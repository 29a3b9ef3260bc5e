"""Orders from a model the stories of one edition, and takes in what it has written of them by then.

Knows nothing of how stories are chosen, or of what is shown where nothing was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from retrieval.briefing.authored import assigning, yours
from retrieval.briefing.authored.scribe import LATE, Order, Result, Scribe
from retrieval.briefing.authored.written import Key, WrittenStories, version_of
from retrieval.briefing.drafting import Draft
from retrieval.briefing.piecing import Written
from retrieval.briefing.types import Profile
from retrieval.llm.ledger import HOUSE
from retrieval.types import SHARED, Scope
from retrieval.writing import Means, Writer
from retrieval.writing.sayings import Saying

_WORST = ("outage", "budget", LATE)  # the first of these is what is said of an edition


@dataclass(frozen=True, slots=True)
class Wish:
    """For whom a model writes, how, and for how many seconds it is waited for (None: until it is done).

    ``near`` says whether a phrase of the profile and some words are near in meaning.
    """

    profile: Profile
    length: str
    language: str | None
    patience: float | None
    near: yours.Near


@dataclass(frozen=True, slots=True)
class Commissioned:
    """What was written of each story, what of it was withheld, and why something was not written."""

    stories: tuple[Written, ...]
    withheld: int = 0
    fault: str | None = None


class Commission:
    """A model that writes stories of one library."""

    def __init__(self, writer: Writer, written: WrittenStories, means: Means) -> None:
        self._writer = writer
        self._written = written
        self._means = means
        self._scribe = Scribe(writer, written)

    async def write(self, drafts: Sequence[Draft], wish: Wish) -> Commissioned:
        """What is written of some stories by the time that a wish leaves.

        A story that cites one person's documents is theirs alone and paid for by them; any other is written
        for everybody, and the house pays. What touches a reader is written once for all who are like them.
        """
        await self._written.open()
        orders = [await self._order(draft, wish) for draft in drafts]
        personal = [self._personal(drafts, orders, wish)] if _is_somebody(wish.profile) else []
        results = await self._scribe.write([*orders, *personal], wish.patience)
        touching = dict(results[-1].telling.sections) if personal else {}
        stories = [
            self._taken(draft, order, result, touching.get(str(order.story), ()))
            for draft, order, result in zip(drafts, orders, results, strict=False)
        ]
        faults = {result.fault for result in results[: len(orders)]}
        return Commissioned(
            tuple(stories),
            sum(result.withheld for result in results),
            next((fault for fault in _WORST if fault in faults), None),
        )

    async def settled(self, patience: float) -> None:
        """Wait until what is being written now is written, for so many seconds at most."""
        await self._scribe.settled(patience)

    async def pace(self) -> float | None:
        """The seconds that the latest stories took on average."""
        return await self._written.pace()

    async def close(self) -> None:
        """End what is being written."""
        await self._scribe.close()

    async def _order(self, draft: Draft, wish: Wish) -> Order:
        documents = draft.candidate.story.documents
        hashes = await self._written.hashes(documents)
        owner = next((each.owner for each in documents if each.owner != SHARED), SHARED)
        spoken = assigning.language_of_story(draft.material, wish.language)
        state = [(each, hashes.get(each.number, "")) for each in documents]
        version = version_of(state, draft.material.fresh, f"{self._writer.name} {draft.material.update}")
        task = partial(
            assigning.task,
            draft.material,
            draft.told,
            Scope.of(owner),
            length=wish.length,
            language=spoken,
            tokens=self._writer.evidence_tokens,
            asker=_payer(owner),
            means=self._means,
        )
        story = draft.candidate.story.number
        by_number = {each.number: each for each in documents}
        return Order(Key(version, wish.length, spoken, owner), story, by_number, hashes, task)

    def _personal(self, drafts: Sequence[Draft], orders: Sequence[Order], wish: Wish) -> Order:
        """What touches the reader in all of these stories, as one order."""
        owner = next((each.key.owner for each in orders if each.key.owner != SHARED), SHARED)
        spoken = orders[0].key.language
        documents = {number: held for each in orders for number, held in each.documents.items()}
        hashes = {number: content for each in orders for number, content in each.hashes.items()}
        version = yours.version_of(wish.profile, [each.key.version for each in orders])
        task = partial(
            yours.task,
            wish.profile,
            drafts,
            Scope.of(owner),
            language=spoken,
            tokens=self._writer.evidence_tokens,
            asker=_payer(owner),
            means=self._means,
            near=wish.near,
        )
        return Order(Key(version, yours.LENGTH, spoken, owner), 0, documents, hashes, task)

    def _taken(self, draft: Draft, order: Order, result: Result, touching: Sequence[Saying]) -> Written:
        """What was written, without what has been overtaken by the day since."""
        passages = {said.passage.number: said.passage for said in draft.material.said}

        def stands(saying: Saying) -> bool:
            return all(
                quote.passage in passages and not assigning.stale(quote, draft.material, passages)
                for quote in saying.quotes
            )

        telling = result.telling.only(stands)
        own = assigning.language_of_story(draft.material, None)
        if not telling.bullets:
            telling = replace(telling, headline="")
        personal = next(filter(stands, touching), None)
        return Written(telling, order.key.language != own, result.cost, personal)


def _is_somebody(profile: Profile) -> bool:
    """Whether more is known of a reader than their topics, by which stories are chosen anyway."""
    return bool(profile.role or profile.industry)


def _payer(owner: str) -> str:
    return HOUSE if owner == SHARED else owner
