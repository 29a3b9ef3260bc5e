"""A model writes the stories of a briefing, once for all its readers; what does not hold is not told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from libraries import MINILM
from modelserver import ModelServer, Request, busy, cut, garbage, hang, says
from test_brief_news import CUP, FIRST, MONDAY, SECOND, TUESDAY, article
from writers import InTurn, excerpts_in, holder, sources_in, written_library

from retrieval.briefing import Briefing, Briefings, Piece, Profile
from retrieval.database import rows
from retrieval.library import Library
from retrieval.llm import Budget
from retrieval.types import SHARED, Scope, person

Claim = tuple[str, str, str, str]  # part, question, words of a source, and what is said of them

HEADLINE = (
    "headline",
    "",
    "Investigators blame a faulty sorting machine for the fire",
    "Investigators blame a faulty sorting machine for the fire at the Brackwater paper mill.",
)
FIRE = (
    "bullet",
    "",
    "A fire destroyed the main hall of the Brackwater paper mill on Monday morning.",
    "Fire destroyed the main hall of the Brackwater paper mill on Monday morning.",
)
DAMAGE = (
    "bullet",
    "",
    "The damage to the Brackwater mill is put at 26 million crowns.",
    "The damage to the Brackwater mill is put at 26 million crowns.",
)
UNHURT = (
    "bullet",
    "",
    "nobody was injured in the fire, said fire chief Ada Venn",
    "Nobody was injured in the fire, said fire chief Ada Venn.",
)
CAUSE = (
    "section",
    "What caused the fire at the Brackwater paper mill?",
    "The sorting machine had failed two inspections, said county inspector Milo Tarn.",
    "The sorting machine had failed two inspections, said county inspector Milo Tarn.",
)
STOPPED = (
    "bottom_line",
    "",
    "Production at the Brackwater mill has stopped because the fire cut its power lines.",
    "Production at the Brackwater mill has stopped because the fire cut its power lines.",
)
STORY = (HEADLINE, FIRE, DAMAGE, UNHURT, CAUSE, STOPPED)


def writing(*claims: Claim) -> Callable[[Request], Any]:
    """A model that says of a story what it finds the words for in its excerpts."""

    def reply(request: Request) -> Any:
        shown = excerpts_in(request)
        held = " ".join(shown.values())
        return {
            "statements": [
                {
                    "part": part,
                    "question": question,
                    "quotes": [{"excerpt": holder(shown, quote), "quote": quote}],
                    "sentence": sentence,
                }
                for part, question, quote, sentence in claims
                if quote in held
            ]
        }

    return reply


@asynccontextmanager
async def mill(folder: Path, server: ModelServer, *more: Any, **manner: Any) -> AsyncIterator[Library]:
    """A library that holds the story of a fire, and what else is given."""
    async with written_library(folder, server, FIRST, SECOND, *more, model=MINILM, **manner) as library:
        yield library


async def edition(
    briefings: Briefings, profile: Profile | None = None, since: date | None = MONDAY, **wish: Any
) -> Briefing:
    scope = wish.pop("scope", Scope())
    return await briefings.brief(profile or Profile(), scope, today=TUESDAY, since=since, **wish)


def said(piece: Piece) -> list[str]:
    return [statement.text for statement in piece.statements]


def bullets(piece: Piece) -> list[str]:
    return [statement.text for statement in piece.bullets]


async def sound(library: Library, piece: Piece, scope: Scope | None = None) -> None:
    """What holds of every story: each citation is verbatim where it says it stands, each statement cites."""
    for citation in piece.citations:
        _, text = await library.show(citation.document.id, scope or Scope())
        assert text[citation.quote.start : citation.quote.end] == citation.quote.text
        assert citation.number in piece.around
    stated = [*piece.statements, *(event.statement for event in piece.timeline)]
    assert all(statement.citations for statement in stated)
    numbers = {number for each in stated for number in each.citations}
    assert numbers == {citation.number for citation in piece.citations}


async def test_a_story_is_written_in_its_parts_and_every_word_of_it_is_checked(tmp_path):
    lie = ("bullet", "", DAMAGE[2], "The damage to the Brackwater mill is put at 62 million crowns.")
    with ModelServer(InTurn(writing(*STORY, lie), writing())) as server:
        async with mill(tmp_path, server) as library:
            (piece,) = (await edition(Briefings(library))).pieces
            await sound(library, piece)
            spent = await rows(library.engine, "SELECT asker, read + written AS tokens FROM model_spending")
    assert piece.mode == "model"
    assert piece.headline == HEADLINE[3].rstrip(".")
    assert bullets(piece) == [FIRE[3], DAMAGE[3], UNHURT[3]]
    (section,) = [each for each in piece.sections if each.question == CAUSE[1]]
    assert [each.text for each in section.statements] == [CAUSE[3]]
    assert [each.text for each in piece.bottom_line] == [STOPPED[3]]
    assert not any("62 million" in text for text in said(piece))
    assert len(server.requests) == 2  # once, and once more for what failed
    assert "62 million crowns" in server.requests[1].user
    assert server.requests[1].user.startswith(server.requests[0].user)  # what a server has read is kept
    assert [(row.asker, row.tokens) for row in spent] == [("house", piece.cost.tokens)]
    assert piece.cost.calls == 2


async def test_what_is_withheld_is_counted_and_gaps_are_filled_from_the_sources(tmp_path):
    made_up = ("bullet", "", FIRE[2], "Arson destroyed the main hall of the Brackwater paper mill.")
    loaded = ("section", "Why did the owner set fire to the mill?", CAUSE[2], CAUSE[3])
    with ModelServer(InTurn(writing(FIRE, DAMAGE, UNHURT, made_up, loaded), writing())) as server:
        async with mill(tmp_path, server) as library:
            briefing = await edition(Briefings(library))
            (piece,) = briefing.pieces
            await sound(library, piece)
    assert briefing.footer.withheld == 1
    assert (
        piece.headline == "Faulty machine blamed for the fire at the Brackwater paper mill"
    )  # a source's own
    assert not any("Arson" in text for text in said(piece))
    assert "owner" not in " ".join(section.question for section in piece.sections)
    assert CAUSE[3] in [each.text for each in piece.lead]  # it holds; its question does not
    assert len(set(said(piece))) == len(said(piece))


async def test_too_little_that_holds_is_no_story_and_is_not_tried_again(tmp_path):
    with ModelServer(writing(FIRE)) as server:
        async with mill(tmp_path, server) as library:
            briefing = await edition(Briefings(library))
            again = await edition(Briefings(library))
    assert [piece.mode for piece in briefing.pieces] == ["extractive"]
    assert len(briefing.pieces[0].bullets) == 3
    assert briefing.without_model is None
    assert again.pieces == briefing.pieces
    assert len(server.requests) == 1


async def test_an_update_leads_with_what_is_new(tmp_path):
    with ModelServer(writing(FIRE, UNHURT, DAMAGE, CAUSE, HEADLINE)) as server:
        async with mill(tmp_path, server) as library:
            (piece,) = (await edition(Briefings(library), since=TUESDAY)).pieces
            await sound(library, piece)
    (request,) = server.requests
    assert "tell what is new" in request.user
    marks = {source.rpartition(", ")[2] for source in sources_in(request) if "Vale Courier" in source}
    assert marks == {"new"}
    assert all("told before" in source for source in sources_in(request) if "Sorrel Gazette" in source)
    assert piece.is_update
    assert DAMAGE[3] in bullets(piece)
    assert FIRE[3] not in bullets(piece)  # old: it is told as such
    assert FIRE[3] in [each.text for each in piece.lead]


async def test_calls_follow_stories_not_readers(tmp_path):
    profiles = [Profile(), Profile("engineer"), Profile(None, "paper"), Profile("engineer"), Profile()]
    with ModelServer(writing(*STORY)) as server:
        async with mill(tmp_path, server, CUP) as library:
            briefings = Briefings(library)
            made = await asyncio.gather(*(edition(briefings, profile) for profile in profiles))
            assert len(server.requests) == 2  # two stories, for five readers at once
            assert all(len(briefing.pieces) == 2 for briefing in made)
            later = await edition(Briefings(library), Profile("miller"))  # as after a restart
            assert len(server.requests) == 2
            assert later.pieces[0].cost == made[0].pieces[0].cost
            assert later.pieces[0].cost.calls == 1
            await edition(briefings, length="deep")
            assert len(server.requests) == 4  # another length is another text
            await edition(briefings, since=TUESDAY)
            assert len(server.requests) == 5  # and so is what is new to other readers
    lengths = [request.most_tokens for request in server.requests]
    assert lengths[2] > lengths[0]


async def test_what_cites_ones_own_documents_is_nobody_elses(tmp_path):
    own = article(
        "own", TUESDAY, "The Brackwater paper mill fire cost 300 jobs, the union of Sorrel said on Tuesday. "
        "The union of Sorrel asks for a new main hall at the Brackwater mill.",
        "Ann", "The Brackwater mill fire: my notes",
    )  # fmt: skip
    jobs = (
        "bullet",
        "",
        "The Brackwater paper mill fire cost 300 jobs, the union of Sorrel said on Tuesday.",
        "The fire cost 300 jobs, the union of Sorrel said.",
    )
    with ModelServer(writing(FIRE, DAMAGE, CAUSE, jobs)) as server:
        async with mill(tmp_path, server) as library:
            await library.add([own], person(7))
            briefings = Briefings(library)
            hers = await edition(briefings, scope=Scope.of(person(7)))
            ours = await edition(briefings)
            kept = await rows(library.engine, "SELECT owner, told FROM written_stories ORDER BY owner")
            spent = {row.asker for row in await rows(library.engine, "SELECT asker FROM model_spending")}
    assert any("300 jobs" in text for text in said(hers.pieces[0]))
    assert not any("300 jobs" in text for text in said(ours.pieces[0]))
    assert [(row.owner, "300 jobs" in row.told) for row in kept] == [(person(7), True), (SHARED, False)]
    assert spent == {person(7), "house"}


async def test_a_written_story_goes_with_the_documents_it_was_written_from(tmp_path):
    with ModelServer(writing(*STORY)) as server:
        async with mill(tmp_path, server) as library:
            briefings = Briefings(library)
            await edition(briefings)
            changed = article(
                "cause",
                TUESDAY,
                SECOND.text.replace("26 million", "31 million"),
                "Vale Courier",
                SECOND.title,
            )
            await library.add([changed])
            assert not await rows(library.engine, "SELECT 1 FROM written_stories")
            (piece,) = (await edition(briefings)).pieces
            assert not any("26 million" in text for text in said(piece))
            assert len(server.requests) == 2
            await library.remove(piece.citations[0].document.number, SHARED)
            assert not await rows(library.engine, "SELECT 1 FROM written_stories")
            assert not await rows(library.engine, "SELECT 1 FROM written_from")


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (busy("3600"), "outage"),
        (garbage("<html>no</html>"), "outage"),
        (cut('{"statements": [{"part": "bullet", "quo', after=30), "outage"),
        (says("I would rather write a poem."), None),
        (says({"statements": "none"}), None),
    ],
    ids=["busy", "garbage", "cut", "prose", "odd"],
)
async def test_whatever_a_model_does_the_edition_comes(tmp_path, reply, why):
    with ModelServer(lambda request: reply) as server:
        async with mill(tmp_path, server, patience=1.0) as library:
            briefing = await edition(Briefings(library))
            await sound(library, briefing.pieces[0])
    assert [piece.mode for piece in briefing.pieces] == ["extractive"]
    assert briefing.without_model == why


async def test_a_model_that_is_slow_is_not_waited_for_and_its_story_is_there_for_the_next(tmp_path):
    with ModelServer(lambda request: says(writing(*STORY)(request), wait=0.6)) as server:
        async with mill(tmp_path, server) as library:
            briefings = Briefings(library)
            first = await edition(briefings, patience=0)
            assert first.without_model == "late"
            assert [piece.mode for piece in first.pieces] == ["extractive"]
            await briefings.settled(10)
            (piece,) = (await edition(briefings, patience=0)).pieces
            assert piece.mode == "model"
            assert len(server.requests) == 1
    with ModelServer(lambda request: hang()) as server:
        async with mill(tmp_path, server, CUP) as library:
            briefings = Briefings(library)
            assert (await edition(briefings, patience=0)).without_model == "late"
            await briefings.close()


async def test_briefings_leave_half_of_the_budget_to_questions(tmp_path):
    with ModelServer(writing(*STORY)) as server:
        async with mill(tmp_path, server, budget=Budget(tokens=7_000, tokens_each=7_000)) as library:
            briefing = await edition(Briefings(library))
            assert briefing.without_model == "budget"
            assert [piece.mode for piece in briefing.pieces] == ["extractive"]
            assert not server.requests
            answer = await library.ask("What destroyed the Brackwater paper mill?", Scope(), asker=person(7))
            assert answer.without_model != "budget"
            assert server.requests
