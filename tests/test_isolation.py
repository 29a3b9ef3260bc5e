"""Whatever three people do to their libraries, none sees another's words; no publisher drowns the others."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libraries import MINILM, NOW, WordModel, draft, library_in

from retrieval.errors import NotFound
from retrieval.library import Library
from retrieval.types import SHARED, Draft, Scope, person

OWNERS = (SHARED, person(1), person(2), person(3))
CANARIES = dict(zip(OWNERS, ("heliotrope", "quokka", "bergamot", "zeppelin"), strict=True))
SUBJECTS = ("harbour", "tram", "school")
# The group's scope is the shared library; each person's is that and their own.
VIEWS = {owner: Scope.of(owner) for owner in OWNERS}

Step = tuple[str, str, str, int]  # what is done, by whom, with which document, in which version
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("add", "add", "add", "remove", "steal", "reindex")),
        st.sampled_from(OWNERS),
        st.sampled_from(SUBJECTS),
        st.integers(1, 3),
    ),
    min_size=3,
    max_size=8,
)


QUESTION = f"Which {' '.join(CANARIES.values())} secret does the harbour, the tram or the school keep?"


@dataclass
class World:
    """A library, who holds what in it, and how many numbers were ever given out."""

    library: Library
    held: dict[tuple[str, str], int] = field(default_factory=dict)
    documents: int = 0
    passages: int = 0

    async def do(self, step: Step) -> None:
        act, owner, subject, version = step
        if act == "add":
            report = await self.library.add([written(owner, subject, version)], owner)
            (document,) = report.added + report.replaced + report.unchanged
            self.held[owner, subject] = document.number
            self.documents = max(self.documents, document.number)
            self.passages += report.passages
        elif act == "remove" and (owner, subject) in self.held:
            await self.library.remove(self.held.pop((owner, subject)), owner)
        elif act == "steal":
            for (holder, _), number in self.held.items():
                if holder != owner:
                    await refused(self.library.remove(number, owner))
        elif act == "reindex":
            await self.library.reindex()

    async def seen(self, viewer: str) -> str:
        """All that a person can bring to light, by asking everything there is to ask."""
        scope, library = VIEWS[viewer], self.library
        answer = await library.ask(QUESTION, scope)
        found: list[object] = [
            await library.documents(scope),
            await library.holdings(scope),
            await library.search(QUESTION, scope, k=50),
            replace(answer, question=""),  # it names all canaries itself
            await library.ask("Who was seen by nobody?", scope),
        ]
        found += [await allowed(library.document(n, scope)) for n in range(self.documents + 2)]
        found += [await allowed(library.passage(n, scope)) for n in range(self.passages + 2)]
        ids = [id_of(owner, subject) for owner in OWNERS for subject in SUBJECTS]
        found += [await allowed(library.show(id, scope)) for id in ids]
        return repr(found)


def id_of(owner: str, subject: str) -> str:
    return f"{subject}-{OWNERS.index(owner)}"


def written(owner: str, subject: str, version: int) -> Draft:
    """One of an owner's documents: the same key for all of them, the canary wherever it could show."""
    canary = CANARIES[owner]
    return draft(
        f"{subject}.txt",
        f"The {subject} keeps a {canary} secret. Version {version} of the {canary} was seen by nobody.",
        title=f"{subject.title()} and {canary}",
        given_id=id_of(owner, subject),
        publisher=f"{canary}.example",
        url=f"https://{canary}.example/{subject}",
    )


async def allowed(look: Awaitable[object]) -> object:
    """What a look brings, or what the person is told instead."""
    try:
        return await look
    except NotFound as fault:
        return str(fault)


async def refused(attempt: Awaitable[object]) -> None:
    with pytest.raises(NotFound) as fault:
        await attempt
    assert not any(canary in str(fault.value) for canary in CANARIES.values())


@pytest.mark.slow
@given(STEPS)
@settings(max_examples=10, deadline=None)
def test_nobody_sees_anothers_canary_after_any_step(steps):
    async def story() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with library_in(Path(folder)) as library:
                world = World(library)
                for step in steps:
                    await world.do(step)
                    for viewer in OWNERS:
                        await check(world, viewer)

    asyncio.run(story())


async def check(world: World, viewer: str) -> None:
    """A viewer sees no canary but those of the scope, and those for certain."""
    seen = await world.seen(viewer)
    for owner, canary in CANARIES.items():
        holds = any(holder == owner for holder, _ in world.held)
        in_scope = owner in VIEWS[viewer].owners
        assert (canary in seen) == (holds and in_scope), f"{canary} of {owner}, seen by {viewer}"


FLOOD = [
    "The harbour council has raised the mooring fees for fishing boats to forty crowns a night.",
    "Members voted late in the evening, after a debate about the state of the northern breakwater.",
    "Treasurer Halvard Nilsen called the increase painful but unavoidable for a town of this size.",
    "Skippers who pay for a whole season in advance will receive a discount of ten per cent.",
    "Visiting yachts have been charged according to their length since the previous summer.",
    "Repairs to the breakwater are expected to cost three million crowns over several winters.",
    "The chairman of the fishing association said that smaller crews would struggle to survive.",
    "A second increase has been announced for the following spring, pending another vote.",
]
FILLER = "Witness {n}-{place} from quarter {n} added remark {place}{n} concerning warehouse {n}{place}."


def copies(count: int, changed: int) -> list[Draft]:
    """One publisher saying one thing over and over, with a few of its eight sentences new each time."""
    editions = []
    for n in range(count):
        kept = FLOOD[: len(FLOOD) - changed]
        text = " ".join(kept + [FILLER.format(n=n, place=place) for place in range(changed)])
        editions.append(
            draft(
                f"flood{n}.txt",
                f"Edition {n}. {text}",
                title=f"Harbour mooring fees rise, edition {n}",
                publisher="flood.example",
                published=NOW - timedelta(hours=n),
            )
        )
    return editions


OTHERS = [
    "Fishing boats pay more at the harbour since March, and three crews have left for the next port.",
    "The council defends the new mooring fees: the harbour wall must be paid for before winter.",
    "A skipper's wife has gathered two hundred names against what the harbour now asks for a mooring.",
    "Mooring in the harbour used to cost five crowns a night; old receipts hang in the fishermen's bar.",
    "Economists doubt that higher harbour fees bring more money, for boats can simply go elsewhere.",
    "In the harbour office the mooring fees are still counted by hand, in a ledger bound in green cloth.",
]


@pytest.mark.parametrize("changed", [0, 2, 4, 6])
@pytest.mark.parametrize("model", [WordModel(), MINILM], ids=["words", "minilm"])
async def test_fifty_copies_of_one_publisher_leave_half_of_the_first_ten_to_others(tmp_path, model, changed):
    others = [
        draft(f"other{n}.txt", text, title=text[:30], publisher=f"paper{n}.example", published=NOW)
        for n, text in enumerate(OTHERS)
    ]
    async with library_in(tmp_path, model) as library:
        await library.add(copies(50, changed) + others)
        hits = await library.search("How high are the mooring fees in the harbour?", Scope(), k=10)
        publishers = [hit.passage.document.publisher for hit in hits]
        assert publishers.count("flood.example") <= 5, publishers
        assert len(set(publishers)) >= 6, publishers
