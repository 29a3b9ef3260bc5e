"""Sources that disagree are both heard, the newest first; what only looks alike is left alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from libraries import draft, library_in
from modelserver import ModelServer
from writers import said, saying, verbatim, written_library

from retrieval.types import Answer, Draft, Scope

FLOOD = "How many houses did the flood at the Pell lock damage?"
TWELVE = "The flood at the Pell lock damaged 12 houses in the old town."
MORE = "Friday's flood at the Pell lock damaged 21 houses, the fire service said."


def report(text: str, day: int | None, publisher: str) -> Draft:
    published = datetime(2026, 11, day, tzinfo=UTC) if day else None
    return draft(f"{publisher}.txt", text, title="Pell news", publisher=publisher, published=published)


def sides(answer: Answer) -> list[list[str]]:
    return [[side.value for side in conflict.sides] for conflict in answer.conflicts]


async def asked(tmp_path, question: str, *texts: str, days: tuple[int | None, ...] = (18, 19)) -> Answer:
    async with library_in(tmp_path) as library:
        await library.add(
            [report(text, day, f"p{n}") for n, (text, day) in enumerate(zip(texts, days, strict=False))]
        )
        answer = await library.ask(question, Scope())
        await verbatim(library, answer)
        return answer


TRUE = [
    (FLOOD, TWELVE, MORE, ["21", "12"]),
    (
        "How many people died in the Pell fire?",
        "Twelve people died in the fire at the Pell mill, the police said on Tuesday.",
        "Fifteen people have died in the fire at the Pell mill, according to the hospital.",
        ["Fifteen", "Twelve"],
    ),
    (
        "How many people were killed in the Dorn crash?",
        "The crash near Dorn killed 12 people and injured thirty.",
        "At least 15 people were killed in the crash near Dorn, officials said.",
        ["15", "12"],
    ),
    (
        "When does the Arvel night train return?",
        "The Arvel night train returns on 3 May after two years.",
        "The Arvel night train returns on 10 May, the railway said.",
        ["10 May", "3 May"],
    ),
    (
        "How much was Rowan Athletic sold for?",
        "Rowan Athletic was sold to a fan trust for 6.1 million pounds.",
        "The fan trust bought Rowan Athletic for 5.4 million pounds.",
        ["5.4 million", "6.1 million"],
    ),
    (
        "Does the treaty oblige Arvel to defend Dorn?",
        "The treaty obliges Arvel to defend Dorn.",
        "The treaty does not oblige Arvel to defend Dorn.",
        ["no", "yes"],
    ),
    (
        "What level did the Osk reach?",
        "The Osk river reached 3.4 metres at Pell Lock on Friday.",
        "On Friday the Osk reached 4.3 metres at Pell Lock, the agency said.",
        ["4.3", "3.4"],
    ),
    (
        "Until what time is Mirefield Library open?",
        "Mirefield Library will stay open until 21:00 on weekdays.",
        "Mirefield Library will stay open until 20:00 on weekdays.",
        ["20:00", "21:00"],
    ),
    (
        "Who is the mayor of Pell?",
        "The mayor of Pell is Ada Rhine.",
        "The mayor of Pell is Bo Lind.",
        ["Bo Lind", "Ada Rhine"],
    ),
    (
        "Wie viele Menschen starben bei dem Brand in Pell?",
        "Bei dem Brand in Pell starben zwölf Menschen.",
        "Bei dem Brand in Pell starben 15 Menschen, teilte die Polizei mit.",
        ["15", "zwölf"],
    ),
]


@pytest.mark.parametrize(("question", "older", "newer", "values"), TRUE, ids=[row[0] for row in TRUE])
async def test_values_that_differ_are_both_shown_the_newest_first(tmp_path, question, older, newer, values):
    answer = await asked(tmp_path, question, older, newer)
    assert sides(answer) == [values]
    shown = [side.statement for side in answer.conflicts[0].sides]
    assert [statement.text for statement in shown] == [newer, older]
    days = [answer.cited_by(statement)[0].document.day for statement in shown]
    assert [day.day for day in days if day] == [19, 18]
    assert newer in said(answer)
    assert older not in said(answer)


FALSE = [
    (FLOOD, TWELVE, "The flood at the Dorn lock damaged 21 houses in the old town."),
    (FLOOD, TWELVE, "The flood at the Pell lock damaged at least 10 houses in the old town."),
    (FLOOD, TWELVE, "The flood at the Pell lock ruined 21 gardens in the old town."),
    (FLOOD, TWELVE, "The houses that the flood at the Pell lock damaged in the old town rose from 12 to 21."),
    (FLOOD, TWELVE, "The flood at the Pell lock may have damaged 21 houses in the old town."),
    (FLOOD, TWELVE, "In 1998 the flood at the Pell lock damaged 40 houses in the old town."),
    (
        "How many died in the Pell fire?",
        "Twelve people died in the Pell fire.",
        "Thirty people were injured in the Pell fire.",
    ),
    (
        "How many cranes were counted at Lake Sorn?",
        "Volunteers counted 12,740 cranes at Lake Sorn.",
        "Volunteers counted about 12,700 cranes at Lake Sorn.",
    ),
    (
        "When does the Arvel night train return?",
        "The Arvel night train returns on 3 May.",
        "The Arvel night train was withdrawn on 10 May 2021.",
    ),
    (
        "What do children pay in Brant?",
        "Children pay 3.20 euros a meal in Brant.",
        "Adults pay 5.10 euros a meal in Brant.",
    ),
    (
        "Who won the Halden prize?",
        "Ada Rhine won the Halden prize for poetry on Friday.",
        "Bo Lind won the Halden prize for music on Friday.",
    ),
    (
        "How many employees does Quell have?",
        "Quell Energy employs 750 people in Dorn.",
        "Quell Energy employs 1,900 people worldwide.",
    ),
    (
        "How many people does the plant employ?",
        "The plant is to employ 750 people by 2029.",
        "The plant employs 120 people today.",
    ),
    (
        "How strong was the storm in Pell?",
        "Category 3 winds hit the town of Pell.",
        "Category 5 winds hit the town of Dorn.",
    ),
    (
        "Who spoke in Pell?",
        "Ada Rhine spoke at the opening in Pell.",
        "Bo Lind spoke at the opening in Pell.",
    ),
]


@pytest.mark.parametrize(("question", "one", "other"), FALSE)
async def test_what_only_looks_alike_is_no_disagreement(tmp_path, question, one, other):
    assert not (await asked(tmp_path, question, one, other)).conflicts


async def test_publishers_that_agree_stand_on_one_side(tmp_path):
    copy = "Friday's flood at the Pell lock damaged 21 houses, said the fire service."
    answer = await asked(tmp_path, FLOOD, TWELVE, MORE, copy, days=(18, 19, 19))
    assert sides(answer) == [["21", "12"]]
    newest = answer.conflicts[0].sides[0].statement
    assert len(newest.citations) == 2


async def test_an_event_that_recurs_is_not_a_disagreement(tmp_path):
    async with library_in(tmp_path) as library:
        old = draft("old.txt", TWELVE, published=datetime(2026, 2, 18, tzinfo=UTC))
        await library.add([old, report(MORE, 19, "p1")])
        answer = await library.ask(FLOOD, Scope())
    assert not answer.conflicts


async def test_undated_sources_disagree_too_and_neither_gives_way(tmp_path):
    answer = await asked(tmp_path, FLOOD, TWELVE, MORE, days=(None, None))
    assert sorted(sides(answer)[0]) == ["12", "21"]
    assert set(said(answer)) == {TWELVE, MORE}


async def test_reports_of_one_day_are_both_stated(tmp_path):
    answer = await asked(tmp_path, FLOOD, TWELVE, MORE, days=(19, 19))
    assert set(said(answer)) == {TWELVE, MORE}
    assert len(answer.conflicts) == 1


async def test_what_nobody_said_in_the_answer_is_not_disputed(tmp_path):
    opened = "Mayor Rhine reopened the Osk bridge."
    answer = await asked(tmp_path, "Who reopened the Osk bridge?", TWELVE, MORE, opened, days=(18, 19, 19))
    assert said(answer) == [opened]
    assert not answer.conflicts


async def test_an_outdated_statement_of_the_model_gives_way_to_the_newest(tmp_path):
    outdated = (TWELVE, "The flood at the Pell lock damaged 12 houses.")
    with ModelServer(saying(outdated)) as server:
        async with written_library(
            tmp_path, server, report(TWELVE, 18, "The Post"), report(MORE, 19, "The Times")
        ) as library:
            seen = [answer async for answer in library.answering(FLOOD, Scope())]
            await verbatim(library, seen[-1])
    assert said(seen[0]) == said(seen[-1]) == [MORE]
    assert seen[-1].statements[0].check == "verbatim"
    assert sides(seen[-1]) == [["21", "12"]]
    publishers = [
        seen[-1].cited_by(side.statement)[0].document.publisher for side in seen[-1].conflicts[0].sides
    ]
    assert publishers == ["The Times", "The Post"]


async def test_a_statement_that_tells_both_values_stands(tmp_path):
    both = "The flood at the Pell lock damaged 12 houses, and later reports said 21 houses."
    newest = (MORE, "The fire service said the flood damaged 21 houses.")
    with ModelServer(saying(newest, (TWELVE, both))) as server:
        async with written_library(
            tmp_path, server, report(TWELVE, 18, "The Post"), report(MORE, 19, "The Times")
        ) as library:
            answer = await library.ask(FLOOD, Scope())
            await verbatim(library, answer)
    assert said(answer)[0] == newest[1]
    assert answer.conflicts
