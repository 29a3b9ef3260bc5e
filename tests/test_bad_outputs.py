"""Whatever a model replies, nothing unknown is shown, nothing breaks, and each reply is paid for once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from libraries import NOW, SHARED_DATA, draft
from modelserver import ModelServer, Reply, Request, garbage, says
from writers import excerpts_in, said, verbatim, written_library

from retrieval import database
from retrieval.gate import Proposal
from retrieval.llm import Budget, Ledger, waits
from retrieval.types import Document, Passage, Scope
from retrieval.writing.reading import Reply as Reading
from retrieval.writing.reading import fields, verdicts

BAD_OUTPUTS = SHARED_DATA / "security" / "llm_bad_outputs.jsonl"
TOLD = "Engineers replaced 214 bolts and two bearings, the council said."
BRIDGE = draft("bridge.txt", f"The Tarn Harbour bridge reopened on Monday. {TOLD}", title="Harbour bridge")
ASKED = "How many bolts were replaced on the Tarn Harbour bridge?"


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "pause", lambda attempt: 0.01)


def collected() -> list[Any]:
    if not BAD_OUTPUTS.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="the collected replies are not here"))]
    rows = map(json.loads, BAD_OUTPUTS.read_text(encoding="utf-8").splitlines())
    return [pytest.param(row["reply"], id=row["id"]) for row in rows if "embed" not in row["id"]]


def as_reply(told: Any) -> Reply:
    """A collected reply as the scripted server gives it."""
    if not isinstance(told, dict):
        return says(told or "")
    if "fault" in told:
        half = garbage('data: {"choices": [{"delta": {"content":\n\n')
        huge = garbage(b"data: " + b"x" * 20_000_000)
        return {"1 GiB body": huge, "sse chunk is half a JSON object": half}.get(
            told["fault"], says("x", done=False)
        )
    return Reply(
        status=told.get("status", 200), body=told.get("raw", "").encode(), headers=told.get("headers", {})
    )


@pytest.mark.parametrize("told", collected())
async def test_a_collected_bad_reply_leaves_the_sources_own_words(tmp_path: Path, told: Any) -> None:
    with ModelServer(lambda request: as_reply(told)) as server:
        async with written_library(tmp_path, server, BRIDGE, patience=3) as library:
            answer = await library.ask(ASKED, Scope(), asker="person:1")
            await verbatim(library, answer)
        spent = await _spent(tmp_path)
    assert TOLD in said(answer)
    assert all(text in BRIDGE.text for text in said(answer))
    assert answer.without_model in ("outage", "unsupported")
    assert len(server.requests) <= 3
    assert sum(each.calls for each in spent) <= len([r for r in server.requests if r.ended == "answered"])


def good(request: Request) -> dict[str, Any]:
    """A reply that passes."""
    id = next(id for id, text in excerpts_in(request).items() if TOLD in text)
    return {
        "answered": True,
        "statements": [
            {
                "quotes": [{"excerpt": id, "quote": TOLD}],
                "sentence": "Engineers replaced 214 bolts, the council said.",
            }
        ],
        "follow_ups": [],
    }


WRAPPED: dict[str, Callable[[dict[str, Any]], str]] = {
    "as asked": json.dumps,
    "indented": lambda form: json.dumps(form, indent=2),
    "fenced": lambda form: f"```json\n{json.dumps(form)}\n```",
    "with a greeting and a farewell": lambda form: f"Here is {{it}}:\n{json.dumps(form)}\nHope this helps!",
    "after thinking aloud": lambda form: f'<think>Is it {{"answered": false}}?</think>\n{json.dumps(form)}',
    "inside another object": lambda form: json.dumps({"reply": form}),
    "as a list of statements": lambda form: json.dumps(form["statements"]),
    "as one statement": lambda form: json.dumps(form["statements"][0]),
    "flat": lambda form: json.dumps(
        {"statements": [form["statements"][0]["quotes"][0] | {"sentence": form["statements"][0]["sentence"]}]}
    ),
    "sentence first": lambda form: json.dumps(
        {"statements": [dict(reversed(form["statements"][0].items()))]}
    ),
    "cut after the first statement": lambda form: json.dumps(form)[: json.dumps(form).index("follow_ups")],
    "broken after the first statement": lambda form: json.dumps(form).replace('"follow_ups"', "follow_ups'"),
    "with words for truth": lambda form: json.dumps(form | {"answered": "yes"}),
    "with not a number": lambda form: json.dumps(form | {"score": float("nan")}),
    "with a key twice": lambda form: json.dumps(form).replace("{", '{"answered": true, ', 1),
    "as prose that names its excerpt": lambda form: (
        f"{form['statements'][0]['sentence'][:-1]} [{form['statements'][0]['quotes'][0]['excerpt']}]."
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrapped", WRAPPED.values(), ids=WRAPPED.keys())
async def test_a_good_reply_is_read_however_it_is_wrapped(
    tmp_path: Path, wrapped: Callable[[dict[str, Any]], str]
) -> None:
    with ModelServer(lambda request: says(wrapped(good(request))), flavour="deaf") as server:
        async with written_library(tmp_path, server, BRIDGE) as library:
            answer = await library.ask(ASKED, Scope())
            await verbatim(library, answer)
    assert said(answer) == ["Engineers replaced 214 bolts, the council said."]
    assert answer.mode == "model"


UNKNOWN = [
    "Engineers replaced 214 bolts.",
    "Engineers replaced 214 bolts [1].",
    "Engineers replaced 214 bolts [zzzz].",
    "Engineers replaced 214 bolts [1][2][3].",
    json.dumps({"answered": True, "statements": [{"quotes": [], "sentence": TOLD}], "follow_ups": []}),
    json.dumps({"statements": [{"quotes": [{"excerpt": "1", "quote": TOLD}], "sentence": TOLD}]}),
    json.dumps({"statements": [{"quotes": [{"excerpt": 1, "quote": TOLD}], "sentence": TOLD}]}),
    json.dumps({"statements": [{"quotes": TOLD, "sentence": TOLD}]}),
    json.dumps({"statements": [[TOLD], TOLD, None, 7, {"sentence": {"text": TOLD}}]}),
    json.dumps({"statements": {"sentence": TOLD}}),
    "[" * 5_000,
    '{"statements": ' * 500,
]


@pytest.mark.parametrize("told", UNKNOWN)
async def test_what_names_no_known_excerpt_is_not_shown(tmp_path: Path, told: str) -> None:
    with ModelServer(lambda request: says(told), flavour="deaf") as server:
        async with written_library(tmp_path, server, BRIDGE) as library:
            answer = await library.ask(ASKED, Scope())
            await verbatim(library, answer)
    assert answer.mode == "extractive"
    assert answer.without_model in ("unsupported", "outage")


async def test_a_reply_that_repeats_itself_for_ever_is_left(tmp_path: Path) -> None:
    def for_ever(request: Request) -> Reply:
        form = json.dumps(good(request))
        start, end = form.index("[") + 1, form.index('], "follow_ups"')
        return says(form[:start] + ", ".join([form[start:end]] * 400), step=200)

    with ModelServer(for_ever) as server:
        async with written_library(tmp_path, server, BRIDGE) as library:
            answer = await library.ask(ASKED, Scope())
    assert said(answer) == ["Engineers replaced 214 bolts, the council said."]
    assert len(server.requests) == 1
    assert len(server.requests[0].said) < 20_000


async def test_each_reply_is_paid_for_once(tmp_path: Path) -> None:
    wrong = json.dumps({"answered": True, "statements": [{"quotes": [], "sentence": "It has 9 bolts."}]})
    with ModelServer(lambda request: says(wrong, usage=(100, 10))) as server:
        async with written_library(tmp_path, server, BRIDGE) as library:
            await library.ask(ASKED, Scope(), asker="person:1")
        spent = await _spent(tmp_path)
    assert [(each.asker, each.calls, each.read, each.written) for each in spent] == [("person:1", 2, 200, 20)]


async def _spent(folder: Path) -> Any:
    engine = database.connect(folder / "footnote.sqlite")
    spent = await Ledger(engine, Budget()).spent(NOW.date())
    await engine.dispose()
    return spent


DOCUMENT = Document(1, "d1", "shared", "Harbour bridge", "test", fetched=datetime(2026, 11, 21, tzinfo=UTC))
PASSAGES = {"kbcd": Passage(1, DOCUMENT, 0, len(BRIDGE.text), BRIDGE.text)}
FORM = {
    "answered": True,
    "statements": [
        {"quotes": [{"excerpt": "kbcd", "quote": "bolts “and”\n two"}], "sentence": 'Ёлки \\ "one".'},
        {"quotes": [{"excerpt": "kbcd", "quote": "Monday"}], "sentence": "Two 🌉."},
    ],
    "follow_ups": ["Why?"],
}
PROPOSED = [
    Proposal('Ёлки \\ "one".', (("kbcd", "bolts “and”\n two"),)),
    Proposal("Two 🌉.", (("kbcd", "Monday"),)),
]


@given(st.lists(st.integers(0, 400), max_size=8), st.booleans())
def test_however_a_reply_is_cut_into_pieces_its_statements_are_the_same(cuts: list[int], ascii: bool) -> None:
    text = json.dumps(FORM, ensure_ascii=ascii)
    borders = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    reading, found = Reading(PASSAGES), []
    for start, end in pairwise(borders):
        found += reading.read(text[start:end])
    assert found + reading.finish() == PROPOSED
    assert reading.follow_ups == ("Why?",)
    assert reading.answered is True


def test_a_statement_is_whole_with_the_last_letter_of_its_sentence() -> None:
    text = json.dumps(FORM, ensure_ascii=False)
    reading = Reading(PASSAGES)
    whole = text.index('one\\"."') + len('one\\"."')
    assert reading.read(text[: whole - 1]) == []
    assert reading.read(text[whole - 1 : whole]) == PROPOSED[:1]


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_reply_at_all_is_read_without_a_fault(one: str, other: str) -> None:
    reading = Reading(PASSAGES)
    reading.read(one)
    reading.read(other)
    reading.finish()
    assert all(isinstance(each, str) for each in reading.follow_ups)
    verdicts(one + other)
    fields(one + other, "question", "search")


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["answered", "statements", "quotes", "excerpt", "quote", "sentence", "follow_ups", "verdicts"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_any_json_at_all_is_read_without_a_fault(value: Any) -> None:
    text = json.dumps(value)
    reading = Reading(PASSAGES)
    found = [*reading.read(text[: len(text) // 2]), *reading.read(text[len(text) // 2 :]), *reading.finish()]
    assert all(isinstance(each.text, str) for each in found)
    assert all(isinstance(part, str) for each in found for quote in each.quotes for part in quote)
    assert all(isinstance(each, str) for each in reading.follow_ups)
    verdicts(text)
    fields(text, "sentence", "quote")
