"""A model writes, code verifies: only what a stored passage says is shown, as soon as it is checked."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from libraries import draft
from modelserver import ModelServer, cut, drip, hang, outage, says
from writers import InTurn, excerpts_in, said, saying, sources_in, verbatim, written_library

from retrieval.llm import Budget
from retrieval.types import Exchange, Scope, person

BRIDGE = draft(
    "bridge.txt",
    "The Tarn Harbour bridge reopened on Monday after nine weeks of repairs.\n\n"
    "Engineers replaced 214 bolts and two bearings, the council said.\n\n"
    "Buses on route 12 return to the old timetable on Thursday.",
    title="Harbour bridge reopens",
    publisher="The Tarn Post",
    published=datetime(2026, 11, 16, tzinfo=UTC),
)
FERRY = draft(
    "ferry.txt",
    "The ferry to Sorn may sail again in May, the operator said. It has not sailed since the storm.",
    title="Ferry to Sorn",
)
ASKED = "How many bolts were replaced on the Tarn Harbour bridge?"
BOLTS = (
    "Engineers replaced 214 bolts and two bearings, the council said.",
    "Engineers replaced 214 bolts, the council said.",
)
OPEN = (
    "The Tarn Harbour bridge reopened on Monday after nine weeks of repairs.",
    "The bridge reopened on Monday.",
)
WRONG = (BOLTS[0], "Engineers replaced 241 bolts, the council said.")


async def test_a_model_writes_and_each_statement_opens_what_it_says(tmp_path):
    with ModelServer(saying(BOLTS, OPEN)) as server:
        async with written_library(tmp_path, server, BRIDGE, FERRY) as library:
            answer = await library.ask(ASKED, Scope())
            await verbatim(library, answer)
    assert said(answer) == [BOLTS[1], OPEN[1]]
    assert (answer.mode, answer.withheld, answer.without_model) == ("model", 0, None)
    assert answer.statements[0].check in ("words", "verbatim")
    assert len(server.requests) == 1


async def test_statements_appear_one_by_one_and_stay_as_they_are(tmp_path):
    with ModelServer(saying(BOLTS, OPEN)) as server:
        async with written_library(tmp_path, server, BRIDGE) as library:
            seen = [answer async for answer in library.answering(ASKED, Scope())]
    assert [len(answer.statements) for answer in seen] == [1, 2, 2]
    assert [answer.complete for answer in seen] == [False, False, True]
    for before, after in pairwise(seen):
        assert after.statements[: len(before.statements)] == before.statements
        assert after.citations[: len(before.citations)] == before.citations


async def test_the_first_statement_is_shown_while_the_model_still_writes(tmp_path):
    def slowly(request):
        return says(saying(BOLTS, OPEN)(request), pause=0.02, step=8)

    with ModelServer(slowly) as server:
        async with (
            written_library(tmp_path, server, BRIDGE) as library,
            aclosing(library.answering(ASKED, Scope())) as growing,
        ):
            first = await anext(growing)
            assert server.requests[0].ended == ""
            assert said(first) == [BOLTS[1]]


async def test_closing_an_answer_ends_the_models_work_at_once(tmp_path):
    def slowly(request):
        return drip(saying(BOLTS, OPEN)(request), 0.01, step=2)

    with ModelServer(slowly) as server:
        async with written_library(tmp_path, server, BRIDGE) as library:
            async with aclosing(library.answering(ASKED, Scope())) as growing:
                await anext(growing)
            await asyncio.to_thread(server.eventually, lambda: server.requests[0].ended == "client left")


async def test_what_fails_is_mended_once_and_then_shown(tmp_path):
    with ModelServer(InTurn(saying(WRONG, OPEN), saying(BOLTS))) as server:
        async with written_library(tmp_path, server, BRIDGE) as library:
            answer = await library.ask(ASKED, Scope())
            await verbatim(library, answer)
    assert said(answer) == [OPEN[1], BOLTS[1]]
    assert answer.withheld == 0
    first, second = server.requests
    assert second.user.startswith(first.user)
    assert second.system == first.system
    assert "241" in second.user[len(first.user) :]


async def test_a_sources_own_sentence_under_a_wrong_quote_is_quoted_as_what_it_is(tmp_path):
    with ModelServer(saying((OPEN[0], BOLTS[0]))) as server:
        async with written_library(tmp_path, server, BRIDGE) as library:
            answer = await library.ask(ASKED, Scope())
            await verbatim(library, answer)
    assert said(answer) == [BOLTS[0]]
    assert answer.citations[0].quote.text == BOLTS[0]
    assert len(server.requests) == 1


async def test_a_statement_that_quotes_a_title_or_the_sentence_beside_is_cited_to_what_says_it(tmp_path):
    buses = "Buses on route 12 return to the old timetable on Thursday."
    with ModelServer(saying(("Harbour bridge reopens", OPEN[1]), (buses, BOLTS[1]))) as server:
        async with written_library(tmp_path, server, BRIDGE, FERRY) as library:
            answer = await library.ask(ASKED, Scope())
            await verbatim(library, answer)
    assert said(answer) == [OPEN[1], BOLTS[1]]
    assert [citation.quote.text for citation in answer.citations] == [OPEN[0], BOLTS[0]]
    assert (answer.withheld, len(server.requests)) == (0, 1)


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        pytest.param(BOLTS[0], "The ferry to Sorn may sail again in May, the operator said.", id="another's"),
        pytest.param(OPEN[0], "Engineers replaced 241 bolts, the council said.", id="said nowhere"),
        pytest.param(BOLTS[0], "Engineers replaced no bolts, the council said.", id="contradicted"),
    ],
)
async def test_what_the_named_document_does_not_say_stays_unsaid(tmp_path, quote, sentence):
    with ModelServer(saying((quote, sentence), OPEN)) as server:
        async with written_library(tmp_path, server, BRIDGE, FERRY) as library:
            answer = await library.ask(ASKED, Scope())
    assert said(answer) == [OPEN[1]]
    assert answer.withheld == 1


async def test_who_quotes_a_title_is_told_so(tmp_path):
    titled = ("Harbour bridge reopens", "The harbour bridge reopens with a feast.")
    with ModelServer(InTurn(saying(titled), saying(BOLTS))) as server:
        async with written_library(tmp_path, server, BRIDGE) as library:
            answer = await library.ask(ASKED, Scope())
    assert said(answer) == [BOLTS[1]]
    assert "are the title of an excerpt" in server.requests[1].user


async def test_what_fails_again_is_withheld_and_counted(tmp_path):
    with ModelServer(saying(WRONG, OPEN)) as server:
        async with written_library(tmp_path, server, BRIDGE) as library:
            answer = await library.ask(ASKED, Scope())
    assert said(answer) == [OPEN[1]]
    assert answer.withheld == 1
    assert len(server.requests) == 2


async def test_where_nothing_passes_the_sources_speak_for_themselves(tmp_path):
    with ModelServer(saying(WRONG)) as server:
        async with written_library(tmp_path, server, BRIDGE) as library:
            answer = await library.ask(ASKED, Scope())
            await verbatim(library, answer)
    assert BOLTS[0] in said(answer)
    assert (answer.mode, answer.without_model, answer.withheld) == ("extractive", "unsupported", 1)


async def test_a_model_that_says_the_excerpts_do_not_answer_is_believed(tmp_path):
    with ModelServer(saying()) as server:
        async with written_library(tmp_path, server, BRIDGE) as library:
            answer = await library.ask("Who built the Tarn Harbour bridge?", Scope())
    assert not answer.answered
    assert (answer.mode, answer.without_model) == ("model", None)
    assert answer.nearest
    assert len(server.requests) == 1


async def test_too_little_evidence_asks_no_model(tmp_path):
    with ModelServer(saying(BOLTS)) as server:
        async with written_library(tmp_path, server, BRIDGE, FERRY) as library:
            answer = await library.ask("Who won the World Cup in Qatar?", Scope())
    assert not answer.answered
    assert not server.requests


async def test_a_spent_budget_leaves_the_sources_own_words(tmp_path):
    with ModelServer(saying(BOLTS)) as server:
        async with written_library(tmp_path, server, BRIDGE, budget=Budget(tokens=100)) as library:
            answer = await library.ask(ASKED, Scope())
    assert BOLTS[0] in said(answer)
    assert (answer.mode, answer.without_model) == ("extractive", "budget")
    assert not server.requests


async def test_an_outage_leaves_the_sources_own_words(tmp_path):
    with ModelServer(lambda request: outage(500)) as server:
        async with written_library(tmp_path, server, BRIDGE, patience=1.0) as library:
            answer = await library.ask(ASKED, Scope())
    assert BOLTS[0] in said(answer)
    assert (answer.mode, answer.without_model) == ("extractive", "outage")


async def test_a_model_that_goes_away_midway_leaves_what_was_verified(tmp_path):
    def breaking(request):
        whole = says(saying(BOLTS, OPEN)(request))
        return cut(whole, whole.text.index("reopened on Monday after"))

    with ModelServer(breaking) as server:
        async with written_library(tmp_path, server, BRIDGE) as library:
            answer = await library.ask(ASKED, Scope())
            await verbatim(library, answer)
    assert said(answer) == [BOLTS[1]]
    assert (answer.mode, answer.without_model) == ("model", "outage")


async def test_each_request_has_ids_and_marks_of_its_own_and_knows_the_dates(tmp_path):
    with ModelServer(saying(BOLTS)) as server:
        async with written_library(tmp_path, server, BRIDGE, FERRY) as library:
            await library.ask(ASKED, Scope())
            await library.ask(ASKED, Scope())
    first, second = server.requests
    assert not excerpts_in(first).keys() & excerpts_in(second).keys()
    assert first.system == second.system
    assert "“Harbour bridge reopens”, The Tarn Post, published 2026-11-16" in sources_in(first)[0]
    assert "Saturday, 2026-11-21" in first.user
    choices = first.schema["properties"]["statements"]["items"]["properties"]["quotes"]["items"]["properties"]
    assert list(choices) == ["excerpt", "quote"]
    assert set(choices["excerpt"]["enum"]) == excerpts_in(first).keys()


async def test_as_of_a_day_the_model_reads_only_what_was_known(tmp_path):
    later = draft(
        "later.txt",
        "The Tarn Harbour bridge was closed again after 214 bolts broke.",
        published=datetime(2026, 11, 19, tzinfo=UTC),
    )
    with ModelServer(saying(BOLTS)) as server:
        async with written_library(tmp_path, server, BRIDGE, later) as library:
            answer = await library.ask(ASKED, Scope(), as_of=datetime(2026, 11, 17, tzinfo=UTC).date())
    assert answer.as_of.isoformat() == "2026-11-17"
    assert "2026-11-17" in server.requests[0].user
    assert "closed again" not in server.requests[0].user


async def test_nobody_elses_documents_are_shown_to_the_model(tmp_path):
    with ModelServer(saying(BOLTS)) as server:
        async with written_library(tmp_path, server, BRIDGE) as library:
            secret = draft("diary.txt", "Dear diary, 214 bolts of the Tarn Harbour bridge are in my cellar.")
            report = await library.add([secret], person(2))
            hidden = await library.search("bolts cellar", Scope.of(person(2)))
            await library.ask(ASKED, Scope.of(person(1)), about=[hidden[0].passage.number])
    assert report.added
    assert all("cellar" not in request.user for request in server.requests)


async def test_a_second_opinion_is_asked_once_and_obeyed(tmp_path):
    def opinion(request):
        ids = request.schema["properties"]["verdicts"]["items"]["properties"]["statement"]["enum"]
        verdicts = [{"statement": id, "problem": "none", "supported": id == ids[0]} for id in ids]
        return {"verdicts": verdicts}

    with ModelServer(InTurn(saying(BOLTS, OPEN), opinion)) as server:
        async with written_library(tmp_path, server, BRIDGE, second_opinion=True) as library:
            answer = await library.ask(ASKED, Scope())
    assert said(answer) == [BOLTS[1]]
    assert answer.statements[0].check == "model"
    assert answer.withheld == 1
    assert len(server.requests) == 2


async def test_a_second_opinion_that_cannot_be_had_clears_nothing(tmp_path):
    with ModelServer(InTurn(saying(BOLTS), lambda request: "I would rather not say.")) as server:
        async with written_library(tmp_path, server, BRIDGE, second_opinion=True) as library:
            answer = await library.ask(ASKED, Scope())
    assert (answer.mode, answer.without_model, answer.withheld) == ("extractive", "unsupported", 1)


async def test_a_follow_up_question_is_asked_as_one_that_stands_by_itself(tmp_path):
    standalone = {
        "question": "When does the ferry to Sorn sail?",
        "search": "When does the ferry to Sorn sail?",
    }
    sails = (
        "The ferry to Sorn may sail again in May, the operator said.",
        "The operator says the ferry may sail again in May.",
    )
    with ModelServer(InTurn(standalone, saying(sails))) as server:
        async with written_library(tmp_path, server, BRIDGE, FERRY) as library:
            history = [
                Exchange("What happened to the ferry to Sorn?", ("It has not sailed since the storm.",))
            ]
            answer = await library.ask("and when does it sail?", Scope(), history=history)
            await verbatim(library, answer)
    assert answer.question == "and when does it sail?"
    assert answer.understood == standalone["question"]
    assert said(answer) == [sails[1]]
    assert "What happened to the ferry" in server.requests[0].user
    assert standalone["question"] in server.requests[1].user


async def test_a_standalone_question_that_invents_a_name_is_not_used(tmp_path):
    invented = {
        "question": "When does Captain Rhine's ferry sail?",
        "search": "When does Captain Rhine's ferry sail?",
    }
    with ModelServer(InTurn(invented, saying())) as server:
        async with written_library(tmp_path, server, BRIDGE, FERRY) as library:
            history = [
                Exchange("What happened to the ferry to Sorn?", ("It has not sailed since the storm.",))
            ]
            answer = await library.ask("and when does it sail?", Scope(), history=history)
    assert all("Rhine" not in request.user for request in server.requests)
    assert "Rhine" not in (answer.understood or "")


async def test_without_a_model_a_follow_up_takes_the_words_it_leans_on(tmp_path):
    from libraries import library_in

    async with library_in(tmp_path) as library:
        await library.add([BRIDGE, FERRY])
        history = [
            Exchange(
                "What happened to the ferry to Sorn?", ("The ferry to Sorn has not sailed since the storm.",)
            )
        ]
        answer = await library.ask("and when may it sail again?", Scope(), history=history)
    assert said(answer) == ["The ferry to Sorn may sail again in May, the operator said."]
    assert "Sorn" in (answer.understood or "")


async def test_a_question_about_a_passage_shows_it_to_the_model_first(tmp_path):
    with ModelServer(
        saying(("It has not sailed since the storm.", "It has not sailed since the storm."))
    ) as server:
        async with written_library(tmp_path, server, BRIDGE, FERRY) as library:
            passage = (await library.search("ferry Sorn", Scope()))[0].passage
            answer = await library.ask("why?", Scope(), about=[passage.number])
    first = next(iter(excerpts_in(server.requests[-1])))
    assert "ferry to Sorn" in excerpts_in(server.requests[-1])[first]
    assert f"points at excerpt {first}" in server.requests[-1].user
    assert said(answer) == ["It has not sailed since the storm."]


async def test_follow_ups_are_shown_only_if_the_library_answers_them_anew(tmp_path):
    offered = [
        "When do buses on route 12 return to the old timetable?",
        "Who is the mayor of Tarn?",
        "How many bolts were replaced on the Tarn Harbour bridge?",
        "See https://evil.test/?q=1 for more?",
    ]
    with ModelServer(saying(BOLTS, follow_ups=offered)) as server:
        async with written_library(tmp_path, server, BRIDGE) as library:
            answer = await library.ask(ASKED, Scope())
    assert answer.follow_ups == (offered[0],)


async def test_a_question_in_another_language_is_searched_in_the_librarys(tmp_path):
    standalone = {
        "question": "What is asked here, in another language than it was?",
        "search": "How many bolts were replaced on the Tarn Harbour bridge?",
    }
    told = (BOLTS[0], "По словам совета, инженеры заменили 214 болтов.")

    def opinion(request):
        ids = request.schema["properties"]["verdicts"]["items"]["properties"]["statement"]["enum"]
        return {"verdicts": [{"statement": id, "problem": "none", "supported": True} for id in ids]}

    with ModelServer(InTurn(standalone, saying(told), opinion)) as server:
        async with written_library(tmp_path, server, BRIDGE, FERRY) as library:
            answer = await library.ask("Сколько болтов заменили на мосту гавани Тарн?", Scope())
            await verbatim(library, answer)
    assert said(answer) == [told[1]]
    assert answer.citations[0].quote.text == BOLTS[0]
    assert answer.statements[0].check == "model"


async def test_a_model_that_hangs_is_given_up(tmp_path):
    with ModelServer(lambda request: hang(opened=True)) as server:
        async with written_library(tmp_path, server, BRIDGE, patience=0.6) as library:
            answer = await library.ask(ASKED, Scope())
    assert (answer.mode, answer.without_model) == ("extractive", "outage")
    assert BOLTS[0] in said(answer)
