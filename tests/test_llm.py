"""Any OpenAI-compatible server is asked in the form it takes, in good time, and no more than it can bear."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from libraries import SHARED_DATA
from modelserver import (
    FLAVOURS,
    Flavour,
    ModelServer,
    Reply,
    busy,
    cut,
    drip,
    drop,
    garbage,
    hang,
    outage,
    refuses,
    says,
)
from structlog.testing import capture_logs

from retrieval import database
from retrieval.errors import FootnoteError, ModelFault
from retrieval.llm import Budget, Ledger, OpenAICompatible, Prompt, connection, forms, streams, waits
from retrieval.llm.forms import Form, Refusal
from retrieval.llm.reading import Piece, Spoken, Usage, piece
from retrieval.llm.waits import Breaker

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BAD_OUTPUTS = SHARED_DATA / "security" / "llm_bad_outputs.jsonl"
SCHEMA = {
    "type": "object",
    "properties": {"said": {"type": "string"}},
    "required": ["said"],
    "additionalProperties": False,
}
PROMPT = Prompt("Say what the sources say.", "What reopened at the harbour?", SCHEMA, "answer", 100)
REPLY = '{"said": "The harbour reopened on Monday."}'

PAUSE = waits.pause

Models = Callable[..., OpenAICompatible]


@pytest.fixture
async def models(tmp_path: Path) -> AsyncIterator[Models]:
    """Makes the model behind a server, closed at the end."""
    engine = database.connect(tmp_path / "footnote.sqlite")
    made: list[OpenAICompatible] = []

    def make(server: ModelServer, *, model: str = "", key: str = "", patience: float = 5.0) -> Any:
        books = Ledger(engine, Budget())
        name, key = model or server.model, key or server.key
        made.append(OpenAICompatible(name, books, api_key=key, base_url=server.url, patience=patience))
        return made[-1]

    yield make
    for model in made:
        await model.close()
    await engine.dispose()


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as scripted:
        yield scripted


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between attempts are short, and what was learnt of a server ends with the test."""
    import_module("openai")  # takes a second, which is not what these tests measure
    monkeypatch.setattr(waits, "pause", lambda attempt: 0.01)
    monkeypatch.setattr(forms, "_remembered", {})


async def heard(model: OpenAICompatible, prompt: Prompt = PROMPT) -> tuple[str, str]:
    """What the model said, and what went wrong after it, if anything."""
    said = ""
    try:
        async with aclosing(model.write(prompt, "person:1")) as texts:
            async for text in texts:
                said += text
    except ModelFault as fault:
        return said, str(fault)
    return said, ""


# -- the form


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_each_server_is_asked_in_the_best_form_it_takes_and_that_is_remembered(
    models: Models, flavour: str
) -> None:
    with ModelServer(lambda request: REPLY, flavour=flavour) as server:
        model = models(server)
        assert await heard(model) == (REPLY, "")
        tried = len(server.requests)
        assert await heard(models(server)) == (REPLY, "")
        request = server.requests[-1]
    assert len(server.requests) == tried + 1
    assert request.form == {"json-mode": "json_object", "plain": "text", "terse": "text"}.get(
        flavour, "json_schema"
    )
    assert request.most_tokens == (2100 if flavour == "openai-reasoning" else 100)
    assert ("temperature" in request.body) == (flavour != "openai-reasoning")
    if request.form != "json_schema":
        assert json.dumps(SCHEMA) in request.system
        assert PROMPT.system in request.system
    if flavour == "no-system":
        assert request.user == f"{PROMPT.system}\n\n{PROMPT.user}"


async def test_a_server_that_takes_nothing_extra_is_asked_for_a_plain_reply(models: Models) -> None:
    refused = {"response_format", "stream_options", "temperature", "max_tokens", "max_completion_tokens"}
    flavour = Flavour(refuses=frozenset(refused | {"system", "reasoning_effort"}), errors="vllm")
    with ModelServer(lambda request: REPLY, flavour=flavour) as server:
        assert await heard(models(server)) == (REPLY, "")
    assert server.requests[-1].body.keys() == {"model", "messages", "stream"}


async def test_openai_itself_is_asked_by_the_newer_name_of_the_limit() -> None:
    for url, cap in ((None, "max_completion_tokens"), ("http://127.0.0.1:11434/v1", "max_tokens")):
        fields = forms.request(PROMPT, forms.remembered((url, "some")), "some")
        assert fields[cap] == 100


async def test_a_server_that_ignores_schemas_is_told_the_schema_in_words_next_time(models: Models) -> None:
    with ModelServer(flavour="deaf") as server:
        server.script("Sure! The harbour reopened.", f"```json\n{REPLY}\n```")
        model = models(server)
        assert await heard(model) == ("Sure! The harbour reopened.", "")
        assert await heard(model) == (f"```json\n{REPLY}\n```", "")
    assert [request.form for request in server.requests] == ["json_schema", "json_object"]
    assert json.dumps(SCHEMA) in server.requests[1].system


@pytest.mark.parametrize(("flavour", "forms_asked"), [("deaf", "json_object"), ("json-mode", "json_object")])
async def test_what_was_learnt_is_kept_though_the_listener_leaves_early(
    models: Models, flavour: str, forms_asked: str
) -> None:
    with ModelServer(lambda request: f"```json\n{REPLY}\n```", flavour=flavour) as server:
        model = models(server)
        for _ in range(2):
            async with aclosing(model.write(PROMPT, "person:1")) as texts:
                await anext(texts)
    assert [request.form for request in server.requests] == [
        "json_schema",
        *[forms_asked] * (len(server.requests) - 1),
    ]
    assert len(server.answered) == 2


async def test_a_fault_of_the_moment_teaches_nothing(models: Models, server: ModelServer) -> None:
    model = models(server)
    server.script(REPLY, refuses(400, "Bad Request"), outage(500), REPLY)
    assert await heard(model) == (REPLY, "")
    _, fault = await heard(model)
    assert fault == (
        "The language model's server refused the request (HTTP 400): check OPENAI_MODEL and OPENAI_BASE_URL."
    )
    assert await heard(model) == (REPLY, "")
    assert {request.form for request in server.requests} == {"json_schema"}


@pytest.mark.parametrize(
    "refusal",
    [
        refuses(400, "This model's maximum context length is 8192 tokens. Reduce max_tokens or messages."),
        refuses(400, "x", code="context_length_exceeded"),
        refuses(500, "the request exceeds the available context size", type="exceed_context_size_error"),
        garbage('data: {"error": {"message": "the request exceeds the available context size"}}\n\n'),
    ],
)
async def test_a_prompt_that_is_too_long_is_said_to_be_so(
    models: Models, server: ModelServer, refusal: Reply
) -> None:
    server.script(refusal)
    _, fault = await heard(models(server))
    assert "too long for scripted" in fault
    assert len(server.requests) == 1


asked_for = st.frozensets(st.sampled_from(sorted(forms._TELLS)))
words = st.lists(st.sampled_from([*sum(forms._TELLS.values(), ()), "invalid", "x"])).map(" ".join)


@given(asked_for, st.booleans(), st.lists(st.tuples(st.sampled_from([400, 404, 422, 429, 500, 501]), words)))
def test_every_refusal_takes_away_something_that_was_asked_so_asking_ends(
    refused: frozenset[str], thinks: bool, refusals: list[tuple[int, str]]
) -> None:
    form = Form(refused, thinks)
    for status, told in refusals:
        better = forms.learn(form, Refusal(status, "", told), proven=False)
        if better is None:
            continue
        assert better.refused > form.refused
        assert better.refused - form.refused <= form.asked
        assert not better.refused & better.asked
        form = better


# -- thoughts


@pytest.mark.parametrize(
    "reply",
    [
        says(REPLY, thinking="The user asks about the harbour. {no}"),
        says(f"<think>They ask about {{the}} harbour.</think>\n{REPLY}"),
        says(f"They ask about the harbour.\n</think>\n\n{REPLY}"),
        says(f"<thinking>One.</thinking><thinking>Two.</thinking>{REPLY}", step=1),
    ],
)
@pytest.mark.parametrize("flavour", ["ollama", "vllm"])
async def test_thoughts_are_not_passed_on_and_get_room_from_then_on(
    models: Models, reply: Reply, flavour: str
) -> None:
    with ModelServer(flavour=flavour) as server:
        server.script(reply, REPLY)
        model = models(server)
        said, fault = await heard(model)
        assert (said.strip(), fault) == (REPLY, "")
        assert await heard(model) == (REPLY, "")
    assert server.requests[0].most_tokens == 100
    assert server.requests[-1].most_tokens == 2100
    assert ("reasoning_effort" in server.requests[-1].body) == (flavour == "vllm")


async def test_a_model_that_thinks_past_the_end_is_asked_again_with_room(
    models: Models, server: ModelServer
) -> None:
    server.flavour = FLAVOURS["vllm"]
    for number, first in enumerate((says(REPLY, thinking="Hm. " * 200), says("", finish="length"))):
        server.script(first, says(REPLY, thinking="Hm. " * 200))
        model = models(server, model=f"thinker {number}")
        server.model = model.name
        assert await heard(model) == (REPLY, "")
    assert [request.most_tokens for request in server.requests] == [100, 2100] * 2


async def test_tags_within_the_reply_are_the_replys_own(models: Models, server: ModelServer) -> None:
    reply = '{"said": "The tag <think> opens, </think> closes."}'
    server.script(says(reply, step=1), "No JSON at all <b>here</b>.")
    model = models(server)
    assert await heard(model) == (reply, "")
    assert await heard(model) == ("No JSON at all <b>here</b>.", "")


@given(
    st.lists(st.text(st.sampled_from("ab <>/think"), max_size=20), max_size=3),
    st.sampled_from([REPLY, "```json\n{}\n```", "{", ""]),
    st.lists(st.integers(1, 9), min_size=1),
)
def test_however_a_reply_is_cut_into_pieces_the_same_comes_through(
    thoughts: list[str], reply: str, steps: list[int]
) -> None:
    clean = [thought.replace("<think>", "").replace("</think>", "") for thought in thoughts]
    whole = "".join(f"<think>{thought}</think>" for thought in clean) + reply
    spoken, out, place = Spoken(), "", 0
    for turn in range(len(whole)):
        step = steps[turn % len(steps)]
        out += spoken.hear(whole[place : place + step])
        place += step
    assert out + spoken.end() == reply
    assert spoken.thought == bool(clean)


# -- what comes back


async def test_the_reply_comes_piece_by_piece_as_it_is_written(models: Models, server: ModelServer) -> None:
    server.script(drip(REPLY, 0.02, step=8))
    async with aclosing(models(server).write(PROMPT, "person:1")) as texts:
        arrivals = [time.monotonic() async for _ in texts]
    assert len(arrivals) >= 5
    assert arrivals[-1] - arrivals[0] > 0.06


def event(**fields: Any) -> str:
    return f"data: {json.dumps(fields)}\n\n"


FULL = event(choices=[{"delta": {"content": REPLY}, "finish_reason": "stop"}])


@pytest.mark.parametrize(
    ("reply", "said", "fault"),
    [
        (says(REPLY, finish="length"), REPLY, "wrote more than it may"),
        (says(REPLY, finish="length", thinking="Hm."), REPLY, "wrote more than it may"),
        (says("", refusal="I cannot help with that."), "", "declined"),
        (says(REPLY[:12], finish="content_filter", step=4), REPLY[:12], "declined"),
        (cut(REPLY, after=12), REPLY[:12], "broke off"),
        (says(REPLY, finish=None), REPLY, "broke off"),
        (says(REPLY, finish=None, done=False), REPLY, "broke off"),
        (says(REPLY, done=False), REPLY, ""),
        (says(REPLY, finish="eos"), REPLY, ""),
        (garbage(f"{FULL}data: {{\n\n"), REPLY, ""),
        (says("", finish="stop"), "", ""),
    ],
)
async def test_what_came_stands_though_the_reply_did_not_end_well(
    models: Models, server: ModelServer, reply: Reply, said: str, fault: str
) -> None:
    server.script(reply)
    got, told = await heard(models(server))
    assert got == said
    assert fault in told
    assert bool(fault) == bool(told)
    assert len(server.requests) == 1


STRANGE = [
    "",
    "data: [DONE]\n\n",
    "data: null\n\n",
    'data: "hello"\n\n',
    "data: [1, 2]\n\n",
    'data: {"choices": [{"delta": {"content": "\n\n',
    "data: " + "[" * 100_000 + "\n\n",
    'data: {"choices": NaN}\n\n',
    event(error={"message": "the worker died"}),
    event(id="x"),
    event(choices=None),
    event(choices={}),
    event(choices=[]),
    event(choices=[None]),
    event(choices=[{"delta": None}]),
    event(choices=[{"delta": {"content": None}}]),
    event(choices=[{"delta": {"content": [{"type": "text", "text": "x"}]}}]),
    event(choices=[{"delta": {"content": 7}, "finish_reason": 7}]),
    event(choices=[], usage={"prompt_tokens": "many", "completion_tokens": -3}),
    event(choices=[], usage=[1]),
    "\x00\x01\x02\n\n",
    "<html>Welcome</html>",
]


@pytest.mark.parametrize("body", STRANGE)
async def test_a_stream_that_is_no_reply_is_one_sentence(
    models: Models, server: ModelServer, body: str
) -> None:
    server.script(*[garbage(body)] * 3)
    said, fault = await heard(models(server))
    assert (said, fault) == ("", "The language model's reply broke off or cannot be read: ask again.")
    assert len(server.requests) == 3


@pytest.mark.parametrize("body", [*STRANGE, b"data: \xff\xfe\n\n"])
async def test_after_a_strange_start_the_next_attempt_is_heard(
    models: Models, server: ModelServer, body: str | bytes
) -> None:
    server.script(garbage(body), garbage(FULL))
    assert await heard(models(server)) == (REPLY, "")


async def test_a_web_page_in_the_servers_place_is_named(models: Models, server: ModelServer) -> None:
    server.script(garbage("<html>Log in</html>", content_type="text/html; charset=utf-8"))
    _, fault = await heard(models(server))
    assert "A web page answered" in fault
    assert "OPENAI_BASE_URL" in fault


@pytest.mark.parametrize(
    "body", ["{", "[]", "{}", '{"choices": [{"message": "x"}]}', '{"choices": [{"message": null}]}']
)
async def test_a_whole_reply_that_is_none_is_one_sentence(
    models: Models, server: ModelServer, body: str
) -> None:
    server.script(*[garbage(body, content_type="application/json")] * 3)
    said, fault = await heard(models(server))
    assert said == ""
    assert "broke off or cannot be read" in fault


async def test_a_body_without_end_is_not_read_to_the_end(
    models: Models, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_MOST_BYTES", 50_000)
    server.script(*[garbage(b"data: " + b"x" * 5_000_000)] * 3)
    assert "broke off" in (await heard(models(server)))[1]
    told = 0

    class Endless(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            nonlocal told
            while True:
                told += 1000
                yield b"x" * 1000

    response = httpx2.Response(200, stream=Endless(), request=httpx2.Request("POST", server.url))
    await connection._bounded(response)
    with pytest.raises(httpx2.ReadError):
        await response.aread()
    assert told == 51_000


async def test_what_comes_compressed_is_not_unpacked(models: Models, server: ModelServer) -> None:
    bomb = Reply(body=gzip.compress(b"x" * 5_000_000), headers={"Content-Encoding": "gzip"})
    server.script(*[bomb] * 3)
    assert "cannot be reached" in (await heard(models(server)))[1]


async def test_a_server_without_a_limit_is_stopped(models: Models) -> None:
    with ModelServer(flavour=Flavour(ignores=frozenset({"max_tokens"}))) as server:
        server.script(says('{"said": "' + "the " * 50_000, step=400))
        said, fault = await heard(models(server))
        await asyncio.to_thread(server.eventually, lambda: server.requests[0].ended == "client left")
    assert "wrote more than it may" in fault
    assert len(said) < 20 * PROMPT.most_tokens


FIELDS = ["choices", "delta", "message", "content", "refusal", "usage", "finish_reason", "prompt_tokens"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_a_chunk_may_hold_anything(chunk: Any) -> None:
    found = piece(chunk)
    assert isinstance(found, Piece)
    assert isinstance(found.text + found.thinking + found.refusal, str)
    assert found.usage is None or min(found.usage.read, found.usage.written) >= 0


def test_reports_of_usage_are_believed_only_as_numbers() -> None:
    def told(**counts: Any) -> Usage | None:
        return piece({"choices": [], "usage": counts}).usage

    assert told(prompt_tokens=12, completion_tokens=3) == Usage(12, 3)
    assert told(prompt_tokens=-1, completion_tokens="3") == Usage(0, 0)
    assert told(prompt_tokens=10**15) == Usage(0, 0)


# -- time


async def test_a_server_that_stays_silent_is_given_up(models: Models, server: ModelServer) -> None:
    for silent in (hang(), hang(opened=True)):
        server.script(silent)
        began = time.monotonic()
        said, fault = await heard(models(server, patience=0.5))
        assert (said, "OPENAI_TIMEOUT" in fault) == ("", True)
        assert 0.3 < time.monotonic() - began < 2
    await asyncio.to_thread(server.eventually, lambda: server.requests[1].ended == "client left")
    assert len(server.requests) == 2


async def test_a_reply_has_only_so_much_time_in_all(models: Models, server: ModelServer) -> None:
    server.script(drip(REPLY, 0.05))
    began = time.monotonic()
    said, fault = await heard(models(server, patience=0.6))
    assert 0.5 < time.monotonic() - began < 2
    assert REPLY.startswith(said)
    assert said
    assert "took too long" in fault


async def test_a_reply_that_stops_growing_is_given_up(
    models: Models, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_GAP", 0.1)
    server.script(drip(REPLY, 0.3, step=10))
    began = time.monotonic()
    said, fault = await heard(models(server))
    assert (said, "took too long" in fault) == (REPLY[:10], True)
    assert time.monotonic() - began < 2


async def test_a_listener_who_takes_time_is_not_the_servers_fault(
    models: Models, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_GAP", 0.1)
    server.script(says(REPLY, step=10))
    said = ""
    async with aclosing(models(server).write(PROMPT, "person:1")) as texts:
        async for text in texts:
            said += text
            await asyncio.sleep(0.2)
    assert said == REPLY


# -- asking again


@pytest.mark.parametrize(
    "fault", [outage(500), outage(502), outage(503), outage(529), busy(), drop(), cut("", after=0)]
)
async def test_a_server_that_fails_for_a_moment_is_asked_again(
    models: Models, server: ModelServer, fault: Reply
) -> None:
    server.script(fault, fault, REPLY)
    assert await heard(models(server)) == (REPLY, "")
    assert len(server.requests) == 3


async def test_it_is_asked_three_times_at_most(models: Models, server: ModelServer) -> None:
    server.script(outage(), outage(), outage(), REPLY)
    said, fault = await heard(models(server))
    assert (said, "HTTP 503" in fault) == ("", True)
    assert len(server.requests) == 3


async def test_nothing_is_asked_again_once_something_was_passed_on(
    models: Models, server: ModelServer
) -> None:
    server.script(cut(REPLY, after=10), REPLY)
    assert (await heard(models(server)))[0] == REPLY[:10]
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "least"),
    [
        (busy("0.3"), 0.3),
        (busy(retry_after_ms="300"), 0.3),
        (busy("9", retry_after_ms="300"), 0.3),
        (busy("soon"), 0.0),
    ],
)
async def test_a_server_that_asks_for_patience_gets_it(
    models: Models, server: ModelServer, answer: Reply, least: float
) -> None:
    server.script(answer, REPLY)
    model = models(server)
    began = time.monotonic()
    assert await heard(model) == (REPLY, "")
    assert least <= time.monotonic() - began < least + 1.5


async def test_who_is_asked_to_wait_too_long_is_told_at_once_and_asks_no_more(
    models: Models, server: ModelServer
) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    for told in ("86400", date):
        server.script(busy(told))
        model = models(server)
        assert "HTTP 429" in (await heard(model))[1]
        assert "it is asked again in" in (await heard(model))[1]
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": "-4"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:30"}, 30),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0),
        ({"retry-after": "tomorrow"}, None),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "Sat, 21 Nov 2026 12:00:30 GMT"}, 30),
    ],
)
def test_what_servers_ask_for_is_understood(headers: dict[str, str], wait: float | None) -> None:
    assert waits.told(headers, NOW) == wait


@given(st.text(max_size=40))
def test_whatever_they_ask_for_is_a_time_or_nothing(value: str) -> None:
    wait = waits.told({"retry-after": value, "retry-after-ms": value}, NOW)
    assert wait is None or wait >= 0


def test_pauses_grow_and_are_not_all_the_same() -> None:
    pauses = [[PAUSE(attempt) for _ in range(50)] for attempt in (1, 2, 3)]
    for attempt, some in enumerate(pauses):
        assert 0.25 * 2**attempt <= min(some) < max(some) <= 0.5 * 2**attempt


# -- leaving it alone


async def test_a_server_that_keeps_failing_is_left_alone_for_a_while(
    models: Models, server: ModelServer
) -> None:
    model = models(server)
    server.script(*[outage()] * 9)
    for _ in range(3):
        assert "HTTP 503" in (await heard(model))[1]
    _, fault = await heard(model)
    assert fault == ("The language model's server has failed or is busy: it is asked again in 10 seconds.")
    assert len(server.requests) == 9


async def test_a_listener_who_leaves_early_says_nothing_against_the_server(
    models: Models, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Time()
    monkeypatch.setattr(waits, "Breaker", lambda: Breaker(clock))
    model = models(server)
    server.script(*[outage()] * 9, drip(REPLY, 0.01))
    for _ in range(3):
        await heard(model)
    clock.now += 10
    async with aclosing(model.write(PROMPT, "person:1")) as texts:
        await anext(texts)
    server.script(*[outage()] * 3)
    await heard(model)
    assert await heard(model) == ('{"said": ""}', "")


async def test_a_server_that_refuses_is_not_taken_for_one_that_fails(
    models: Models, server: ModelServer
) -> None:
    model = models(server)
    server.script(*[refuses(404, "The model does not exist")] * 5)
    for _ in range(5):
        assert "HTTP 404" in (await heard(model))[1]
    assert await heard(model) == ('{"said": ""}', "")


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def admitted(breaker: Breaker) -> bool | None:
    """Whether a call is let through, as the one that tries; None if not."""
    try:
        return breaker.admit()
    except ModelFault:
        return None


def test_after_a_rest_one_caller_tries_and_the_others_wait_for_how_it_fares() -> None:
    clock = Time()
    breaker = Breaker(clock)
    for _ in range(3):
        assert admitted(breaker) is False
        breaker.failed()
    assert admitted(breaker) is None
    clock.now += 10
    assert admitted(breaker) is True
    assert admitted(breaker) is None
    breaker.failed()
    breaker.left(True)
    clock.now += 10
    assert admitted(breaker) is None
    clock.now += 10
    assert admitted(breaker) is True
    breaker.left(True)  # stopped by the asker: it says nothing of the server
    assert admitted(breaker) is True
    breaker.succeeded()
    breaker.left(True)
    assert [admitted(breaker) for _ in range(3)] == [False] * 3


def test_the_rest_grows_to_five_minutes_and_what_is_asked_for_counts_up_to_an_hour() -> None:
    clock = Time()
    breaker = Breaker(clock)
    for _ in range(40):
        breaker.failed()
    clock.now += 299
    assert admitted(breaker) is None
    clock.now += 1
    assert admitted(breaker) is True
    other = Breaker(clock)
    other.failed(86_400)
    clock.now += 3599
    assert admitted(other) is None
    clock.now += 1
    assert admitted(other) is True


# -- what cannot be helped by asking again


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"key": "sk-wrong-secret"}, "refused the key (HTTP 401): check OPENAI_API_KEY."),
        ({"model": "gpt-nobody"}, "knows no model gpt-nobody (HTTP 404): check OPENAI_MODEL"),
    ],
)
async def test_wrong_settings_are_named_and_not_tried_again(
    models: Models, server: ModelServer, change: dict[str, str], sentence: str
) -> None:
    _, fault = await heard(models(server, **change))
    assert sentence in fault
    assert "secret" not in fault
    assert len(server.requests) == 1


async def test_an_account_without_credit_is_named_and_not_tried_again(
    models: Models, server: ModelServer
) -> None:
    server.script(refuses(429, "You exceeded your current quota", code="insufficient_quota"))
    _, fault = await heard(models(server))
    assert "no credit left" in fault
    assert len(server.requests) == 1


async def test_a_server_that_is_not_there_is_named(models: Models, server: ModelServer) -> None:
    model = models(server)
    with server.unreachable():
        _, fault = await heard(model)
    assert fault == "The language model's server cannot be reached: check OPENAI_BASE_URL, and that it runs."
    assert await heard(model) == ('{"said": ""}', "")


# -- stopping, and what is left behind


async def test_closing_the_reply_ends_the_servers_work(models: Models, server: ModelServer) -> None:
    server.script(drip(REPLY * 20, 0.01))
    async with aclosing(models(server).write(PROMPT, "person:1")) as texts:
        async for _ in texts:
            break
    request = server.requests[0]
    await asyncio.to_thread(server.eventually, lambda: request.ended == "client left", 2.0)
    assert len(request.said) < 40


async def test_one_who_stops_does_not_disturb_another(models: Models, server: ModelServer) -> None:
    server.script(drip(REPLY, 0.02), drip(REPLY, 0.02))
    model = models(server)
    stopped, heard_out = asyncio.create_task(heard(model)), asyncio.create_task(heard(model))
    await asyncio.to_thread(server.eventually, lambda: len(server.requests) == 2 and server.requests[1].said)
    stopped.cancel()
    assert await heard_out == (REPLY, "")
    assert stopped.cancelled()


async def test_nothing_that_was_asked_or_said_is_logged(
    models: Models, server: ModelServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_LOG", "debug")
    caplog.set_level(logging.DEBUG)
    model = models(server)
    server.script(
        refuses(400, f"temperature: {PROMPT.user} {server.key}"), outage(), cut(REPLY, after=30), REPLY
    )
    with capture_logs() as events:
        for _ in range(3):
            await heard(model)
    logged = caplog.text + str(events)
    assert [event["outcome"] for event in events if event["event"] == "model.asked"] == [
        "failed",
        "written",
        "written",
    ]
    for secret in (server.key, "harbour", "Say what the sources", "Monday"):
        assert secret not in logged
    assert {record.name.partition(".")[0] for record in caplog.records} <= {"asyncio", "aiosqlite"}


def bad_outputs() -> list[Any]:
    """Malformed replies that others collected; those about embeddings are not this module's."""
    if not BAD_OUTPUTS.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="the collected replies are not here"))]
    rows = map(json.loads, BAD_OUTPUTS.read_text(encoding="utf-8").splitlines())
    return [pytest.param(row["reply"], id=row["id"]) for row in rows if "embed" not in row["id"]]


def as_reply(told: Any) -> Reply:
    """A collected reply as the scripted server gives it."""
    if not isinstance(told, dict):
        return says("" if told is None else told)
    if "fault" in told:
        return {
            "1 GiB body": garbage(b"data: " + b"x" * 40_000_000),
            "sse chunk is half a JSON object": garbage('data: {"choices": [{"delta": {"content":\n\n'),
        }.get(told["fault"], says(REPLY, done=False))
    raw = told.get("raw", "").encode()
    return Reply(status=told.get("status", 200), body=raw, headers=told.get("headers", {}))


@pytest.mark.parametrize("told", bad_outputs())
async def test_collected_bad_replies_are_text_or_one_sentence(
    models: Models, server: ModelServer, told: Any
) -> None:
    reply = as_reply(told)
    server.script(reply, reply, reply)
    began = time.monotonic()
    said, fault = await heard(models(server))
    assert time.monotonic() - began < 10
    assert len(server.requests) <= 3
    assert fault.count("\n") == 0
    if isinstance(told, str):
        assert said == told[: len(said)]
        assert said == told or "more than it may" in fault
    elif not fault:
        assert told is None or said == REPLY


@pytest.mark.slow
async def test_a_real_small_model_writes_what_the_schema_asks_for(tmp_path: Path) -> None:
    url = "http://127.0.0.1:8181/v1"
    try:
        await asyncio.to_thread(httpx.get, f"{url}/models", timeout=2)
    except httpx.HTTPError:
        pytest.skip("no model is served at 127.0.0.1:8181")
    engine = database.connect(tmp_path / "footnote.sqlite")
    books = Ledger(engine, Budget())
    model = OpenAICompatible("local", books, base_url=url, patience=150)
    try:
        said, fault = await heard(model)
    except FootnoteError as unexpected:
        pytest.fail(str(unexpected))
    finally:
        await model.close()
    [spent] = await books.spent(datetime.now(UTC).date())
    await engine.dispose()
    assert fault == ""
    assert isinstance(json.loads(said)["said"], str)
    assert 20 < spent.read <= PROMPT.tokens
