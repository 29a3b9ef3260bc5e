"""What a reader thinks of stories moves the next briefing: what it should, and nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from libraries import MINILM, SHARED_DATA, library_in
from rendering import a_document
from test_bot_briefings import HARBOUR
from test_brief_news import CUP, FIRST, SECOND, TUESDAY, article

from bot.tastes import FOLLOW, LESS, MORE, MUTE, SCHEMA, Tastes
from retrieval import database, stories
from retrieval.briefing import Briefing, Briefings, Profile
from retrieval.briefing.choosing import Candidate, Near, varied
from retrieval.briefing.wishes import LESS as LEAST
from retrieval.briefing.wishes import MORE as MOST
from retrieval.briefing.wishes import Opined, Scale, Wishes
from retrieval.library import Library
from retrieval.stories import Story
from retrieval.types import Scope

BRANDT = (
    "Grandmaster Ilya Brandt beat all nine rivals at the chess open of Varn on Tuesday and takes home 40,000 "
    "crowns. The chess open of Varn drew 180 players from 22 countries. {more}"
)
OPEN = [
    article(
        f"open-{publisher[:4]}",
        TUESDAY,
        BRANDT.format(more=more),
        publisher,
        "Grandmaster Ilya Brandt wins the chess open of Varn",
    )
    for publisher, more in (
        ("Varn Post", "In the last game Brandt gave up his queen for two rooks."),
        ("Isle Herald", "Second came the Danish master Asta Krog, who is nineteen years old."),
        ("Coast Record", "The town of Varn paid for the hall and wants to hold the open again."),
    )
]
LAST_YEARS = replace(CUP, published=datetime(2025, 11, 17, tzinfo=UTC))
SCHOOL = article(
    "school",
    TUESDAY,
    "The Sorrel council voted on Tuesday to build a new school in Eastgate for 8 million crowns. "
    "The school will have room for 420 pupils and opens in 2028, the council said.\n\n"
    "Parents had asked for a school in Eastgate since 2019.",
    "Sorrel Gazette",
    "Council votes for a new school in Eastgate",
)
FERRY = article(
    "ferry",
    TUESDAY,
    "The Lorn ferry will cost 9 crowns from December, 2 crowns more than now, its owners said on Tuesday. "
    "The ferry company says that diesel has become dearer.\n\n"
    "About 1,500 people cross the Lorn by ferry every day.",
    "Lorn Letter",
    "Lorn ferry fares rise in December",
)
BOUGHT = article(
    "bought",
    date(2025, 3, 3),
    "The printer Ove Lind buys the Brackwater paper mill from the state for 31 million crowns. "
    "The Brackwater mill had made losses for six years, the ministry of finance said on Monday.",
    "Sorrel Gazette",
    "Printer Ove Lind buys Brackwater paper mill from the state for 31 million",
)
MILL, VARN, CLASS, BOAT = "mill", "Varn", "school", "ferry"


class World:
    """A library of two days, and its briefing on the second."""

    def __init__(self, library: Library, numbers: dict[str, int]) -> None:
        self.library = library
        self.number = numbers
        self.briefings = Briefings(library)

    async def told(self, **thinks: object) -> Briefing:
        """The second day's briefing for a profile."""
        return await self.briefings.brief(Profile(**thinks), Scope(), today=TUESDAY, since=TUESDAY)  # type: ignore[arg-type]

    async def order(self, **thinks: object) -> list[str]:
        """The stories it tells, in order."""
        return [known(piece.headline) for piece in (await self.told(**thinks)).pieces]


def known(headline: str) -> str:
    return next(name for name in (MILL, VARN, CLASS, BOAT) if name in headline)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """A folder with the documents of both days, and their numbers by what they are called."""
    folder = tmp_path_factory.mktemp("world")
    drafts = [LAST_YEARS, BOUGHT, FIRST, SECOND, *OPEN, SCHOOL, FERRY]

    async def fill() -> dict[str, int]:
        async with library_in(folder, MINILM) as library:
            added = (await library.add(drafts)).documents
            return {draft.key: each.number for draft, each in zip(drafts, added, strict=True)}

    return folder, asyncio.run(fill())


@pytest.fixture
async def world(held: tuple[Path, dict[str, int]]) -> AsyncIterator[World]:
    async with library_in(held[0], MINILM) as library:
        yield World(library, held[1])


async def test_what_a_reader_thinks_moves_what_it_should_and_nothing_else(world: World) -> None:
    number = world.number
    assert await world.order() == [VARN, MILL, CLASS, BOAT]
    assert await world.order(followed=(number["fire"],)) == [MILL, VARN, CLASS, BOAT]
    assert await world.order(muted=(number["cause"],)) == [VARN, CLASS, BOAT]
    assert await world.order(muted=(number["fire"],)) == [VARN, CLASS, BOAT]  # by any document of it
    assert await world.order(disliked=(number["cup"],)) == [MILL, CLASS, BOAT, VARN]
    assert await world.order(disliked=(number["school"],)) == [VARN, MILL, BOAT, CLASS]
    assert await world.order(liked=(number["school"],)) == [CLASS, VARN, MILL, BOAT]
    assert await world.order(liked=(number["cup"],), disliked=(number["cup"],)) == [VARN, MILL, CLASS, BOAT]
    every = tuple(number.values())
    assert sorted(await world.order(disliked=every)) == sorted([VARN, MILL, CLASS, BOAT])  # never empty


async def test_a_followed_story_is_told_off_all_topics_and_a_muted_one_on_its_own(world: World) -> None:
    topics = {"topics": ("school",)}
    assert await world.order(**topics) == [CLASS]
    assert await world.order(**topics, followed=(world.number["fire"],)) == [MILL, CLASS]
    assert await world.order(**topics, liked=(world.number["cup"],)) == [
        CLASS
    ]  # a little like it is not enough
    quiet = await world.told(**topics, muted=(world.number["school"],))
    assert (quiet.pieces, bool(quiet.quiet)) == ((), True)


async def test_each_story_says_why_it_is_there_and_only_what_counted(world: World) -> None:
    told = await world.told(topics=("school", "paper mill"), followed=(world.number["fire"],))
    mill, school = told.pieces
    assert mill.reason.startswith("You follow this; on “paper mill”; 2 publishers")
    assert mill.why[0] == "You follow this story."
    assert mill.why[1] == "“paper mill” (your topic) stands in a title."
    assert "2 publishers report it independently." in mill.why
    assert "New in it: a number, a name, a turn of events." in mill.why
    assert school.why == (
        "“school” (your topic) stands in a title.",
        "One publisher reports it.",
        "Its newest article is of 17 November 2026.",
    )
    told = await world.told(liked=(world.number["cup"],), disliked=(world.number["school"],))
    whys = {known(piece.headline): piece.why[0] for piece in told.pieces}
    assert whys[VARN] == "It is like “Hollin wins the northern chess cup”, of which you want more."
    assert whys[CLASS] == "You asked for less like it, so it stands lower."
    assert whys[BOAT] == "One publisher reports it."


async def test_what_other_stories_say_of_the_matter_can_be_asked_next(world: World) -> None:
    mill = next(each for each in (await world.told()).pieces if known(each.headline) == MILL)
    asked = await world.library.further(mill.headline, [mill.citations[0].document.number], Scope())
    assert asked == (
        "Printer Ove Lind buys Brackwater paper mill from the state…",
    )  # not what the story itself is told from
    assert await world.library.further("Nothing of the kind", [], Scope()) == ()


def story(number: int, *documents: int) -> Story:
    return Story(number, tuple(a_document(each) for each in documents))


def towards(cosine: float) -> np.ndarray:
    return np.array([cosine, (1 - cosine**2) ** 0.5], np.float32)


def test_however_much_is_liked_a_story_counts_at_most_twice_and_is_never_lost() -> None:
    like = tuple(Opined(frozenset({at}), "It", towards(1)) for at in range(50))
    for cosine, liked in ((0.3, 0.0), (0.4, 0.0), (0.525, 0.5), (0.65, 1.0), (1.0, 1.0)):
        found = Wishes(liked=like).liking(story(1, 99), towards(cosine))
        assert found.liked == pytest.approx(liked, abs=1e-5)
        assert 1 <= found.weight <= MOST
    lost = Wishes(disliked=like).liking(story(1, 99), towards(1))
    assert lost.weight == pytest.approx(LEAST)
    assert Wishes(liked=like[:1]).liking(story(1, 0, 99), towards(0)).more == ""  # it is that story itself


def test_another_models_likeness_is_judged_by_how_alike_its_stories_are() -> None:
    usual = [towards(0.9 + at / 200) for at in range(15)]
    scale = Scale.of(usual)
    assert scale.likeness(0.9) == 0
    assert scale.likeness(1.0) == 1
    assert Scale.of(usual[:2]) == Scale()


def candidate(number: int, score: float, **more: object) -> Candidate:
    return Candidate(story(number, number), (), 1.0, Near(1.0), score, **more)  # type: ignore[arg-type]


def test_many_followed_stories_leave_room_for_others_and_guests_are_few() -> None:
    followed = [candidate(at, at, followed=True) for at in range(1, 12)]
    others = [candidate(at, 100, guest=at < 35) for at in range(31, 40)]
    chosen = varied([*others, *followed], {})
    assert [each.story.number for each in chosen[:8]] == [11, 10, 9, 8, 7, 6, 5, 4]
    assert len(chosen) == 10
    assert sum(each.guest for each in varied(others, {})) == 2
    assert len(varied(others, {})) == 5


@pytest.mark.slow
def test_real_stories_of_one_matter_are_alike_and_others_are_not() -> None:
    file = SHARED_DATA / "stories.jsonl"
    if not file.exists():
        pytest.skip("the labelled stories are not here")
    lines = file.read_text("utf-8").splitlines()
    rows = {row["cluster"]: row for row in map(json.loads, reversed(lines))}  # the first of each story
    matters = ("Hurricane", "jackpot", "onkeypox", "Liz Truss", "olcano", "debate", "Serena", "tariff")
    picked = {matter: [row for row in rows.values() if matter in row["title"]] for matter in matters}
    told = [(matter, row) for matter, some in picked.items() for row in some[:5]]
    vectors = np.zeros((len(told), 384), np.float32)
    for places, found in MINILM.passages([f"{row['title']}\n{row['text'][:1500]}" for _, row in told]):
        vectors[list(places)] = found
    scale = Scale()
    within, across = [], []
    for (one, mine), (other, theirs) in combinations(
        zip((each for each, _ in told), vectors, strict=True), 2
    ):
        (within if one == other else across).append(scale.likeness(float(mine @ theirs)))
    assert len(within) > 25
    assert np.mean([like > 0 for like in within]) >= 0.95
    assert np.mean([like >= 0.5 for like in within]) >= 0.6
    assert np.mean([like > 0 for like in across]) <= 0.01


@pytest.fixture
async def tastes(tmp_path: Path) -> AsyncIterator[Tastes]:
    engine = database.connect(tmp_path / "tastes.db")
    await database.apply(engine, "tastes", SCHEMA)
    await database.apply(engine, "stories", stories.SCHEMA)
    yield Tastes(engine, lambda: datetime(2026, 11, 17, tzinfo=UTC))
    await engine.dispose()


async def test_the_newest_opinion_of_a_story_holds_and_nobody_elses_changes(tastes: Tastes) -> None:
    ann, bob = 1, -77
    for opinion in (MORE, LESS, MUTE, FOLLOW, FOLLOW):
        await tastes.set(ann, HARBOUR, opinion, held=True)
    await tastes.set(bob, HARBOUR, MORE, held=True)
    assert await tastes.on(ann, HARBOUR) == {LESS, FOLLOW}
    assert [each.opinion for each in await tastes.of(ann)] == [FOLLOW, LESS]
    first = HARBOUR.citations[0].document.number
    known = {FOLLOW: (first,), LESS: (first,), MUTE: (), MORE: ()}
    assert await tastes.documents(ann) == known
    for _ in range(2):
        await tastes.set(ann, HARBOUR, LESS, held=False)
    assert await tastes.on(ann, HARBOUR) == {FOLLOW}
    (kept,) = await tastes.of(ann)
    assert await tastes.drop(bob, kept.id) is None
    await tastes.forget(ann)
    assert await tastes.of(ann) == []
    await tastes.forget_words([first + 1])
    assert await tastes.on(bob, HARBOUR) == {MORE}
    await tastes.forget_words([first])
    assert await tastes.of(bob) == []


async def test_an_opinion_stays_with_its_story_when_that_becomes_part_of_another(
    held: tuple[Path, dict[str, int]],
) -> None:
    async with library_in(held[0], MINILM) as library:
        world, tastes = World(library, held[1]), Tastes(library.engine, lambda: datetime.now(UTC))
        await database.apply(library.engine, "tastes", SCHEMA)
        pieces = {known(each.headline): each for each in (await world.told()).pieces}
        await tastes.set(7, pieces[CLASS], MUTE, held=True)
        moved = {"school": pieces[CLASS].story, "ferry": pieces[BOAT].story}
        change = "UPDATE story_documents SET story = :ferry WHERE story = :school"
        await database.execute(library.engine, change, **moved)
        try:
            assert await tastes.on(7, pieces[BOAT]) == {MUTE}
            muted = (await tastes.documents(7))[MUTE]
            assert await world.order(muted=muted) == [VARN, MILL]
        finally:
            back = "UPDATE story_documents SET story = :school WHERE document = :document"
            await database.execute(
                library.engine, back, school=moved["school"], document=world.number["school"]
            )
