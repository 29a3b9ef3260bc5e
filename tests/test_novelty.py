"""What a later report adds to a story: a planted fact is found, the same in other words is not news."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from libraries import SHARED_DATA

from retrieval.briefing.novelty import Known, additions, moves
from retrieval.briefing.splitting import everything, sayings
from retrieval.gate.names import Told, missing
from retrieval.gate.words import read
from retrieval.passages import split
from retrieval.types import SHARED, Document, Passage

TOLD = (
    "LONDON, Nov. 16 (Northwire) — The port of Corvane approved 2,400 new berths on Monday, said Ada Venn, "
    "who leads the harbour board of the United Nations agency. The berths will cost 48 million crowns. "
    "Fishing crews object to the new berths because they fear for the eel grounds off Corvane.\n\n"
    "The harbour board heard twelve fishing crews on 3 November. The port has not said when work "
    "on the berths begins."
)


def held(number: int, text: str, day: int) -> tuple[list[Document], dict[int, list[Passage]]]:
    published = datetime(2026, 11, day, 8, tzinfo=UTC)
    document = Document(
        number, str(number), SHARED, "Corvane berths", "x", f"{number}.test", published=published
    )
    passages = [
        Passage(at, document, each.start, each.end, text[each.start : each.end])
        for at, each in enumerate(split(text))
    ]
    return [document], {number: passages}


def added(text: str) -> list[tuple[str, ...]]:
    """What a report of two days later adds."""
    found = additions(sayings(*held(2, text, 18)), Known(everything(*held(1, TOLD, 16))))
    return [each.kinds for each in found] if moves(found) else []


@pytest.mark.parametrize(
    "again",
    [
        "The port of Corvane approved 2,400 new berths on Monday, said Ada Venn.",
        "VELDMOUTH, 18 Nov /Coast Line/ The port of Corvane approved 2,400 new berths on 16 November.",
        "Two thousand four hundred new berths were approved by the port of Corvane on Monday.",
        "President Ada Venn of the U.N. agency said the berths will cost some 50 million crowns.",
        "The harbour board heard 12 fishing crews on 3 November.",
        "The port of Corvanea pproved 2,400 new berths on Monday, said Ada Venn, who leads the harbour board "
        "of the United Nations agency.",
        "Because they fear for the eel grounds off Corvane, fishing crews object to the new berths.",
    ],
)
def test_the_same_in_other_words_is_no_news(again):
    assert added(again) == []


@pytest.mark.parametrize(
    ("fact", "kind"),
    [
        ("The port of Corvane approved 3,100 new berths on Monday, said Ada Venn.", "number"),
        ("The harbour board heard 17 fishing crews on 3 November.", "number"),
        ("The harbour board heard twelve fishing crews on 9 November.", "day"),
        ("Work on the new berths at Corvane begins on 4 May 2027.", "day"),
        ("Odile Farrow leads the harbour board of the agency at Corvane.", "actor"),
        ("The port of Corvane suspended the plan for the new berths.", "status"),
        ("The port of Corvane rejected 2,400 new berths on Monday, said Ada Venn.", "status"),
        ("The new berths will not cost 48 million crowns.", "status"),
    ],
)
def test_one_new_fact_is_news(fact, kind):
    assert any(kind in kinds for kinds in added(fact))


def test_a_name_whose_initials_spell_a_small_word_is_not_thereby_mentioned():
    told = Told([read("The head of the board spoke to the U.N. of it.")])
    assert missing(read("The board heard Odile Farrow."), told) == ["Odile Farrow"]
    assert missing(read("The board heard the United Nations."), told) == []


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED_DATA / "stories.jsonl").exists(), reason="needs the shared research data")
def test_planted_facts_are_found_and_little_else():
    from benchmarks.edited import halves
    from benchmarks.novelty import judged, taken

    found = judged(taken(halves(SHARED_DATA / "stories.jsonl")[1], 30))
    shares = {
        kind: sum(each["new"] for each in found[kind].values())
        / sum(each["made"] for each in found[kind].values())
        for kind in ("planted", "retold")
    }
    assert shares["planted"] >= 0.95
    assert shares["retold"] <= 0.03
