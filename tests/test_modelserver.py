"""The scripted model server is strict: it takes what real servers take, fails as they fail, and remembers."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from modelserver import FLAVOURS, ModelServer, Request, busy, cut, drip, drop, garbage, hang, outage, says

SCHEMA = {
    "type": "object",
    "properties": {
        "verdict": {"type": "string", "enum": ["yes", "no"]},
        "quotes": {"type": "array", "items": {"$ref": "#/$defs/quote"}},
        "about": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "required": ["verdict", "quotes", "about"],
    "additionalProperties": False,
    "$defs": {
        "quote": {
            "type": "object",
            "properties": {"id": {"type": "string"}},
            "required": ["id"],
            "additionalProperties": False,
        }
    },
}
STRICT = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as scripted:
        yield scripted


def ask(server: ModelServer, **fields: Any) -> httpx.Response:
    """A request that every server takes, but for ``fields``; None leaves one out."""
    body = {"model": server.model, "messages": [{"role": "user", "content": "What changed?"}]} | fields
    body = {name: value for name, value in body.items() if value is not None}
    headers = {"Authorization": f"Bearer {server.key}"}
    return httpx.post(f"{server.url}/chat/completions", json=body, headers=headers)


def chunks(response: httpx.Response) -> list[dict[str, Any]]:
    lines = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
    assert lines.pop() == "[DONE]"
    return [json.loads(line) for line in lines]


def test_a_reply_comes_whole_or_as_a_stream_of_pieces(server: ModelServer) -> None:
    server.script("The harbour reopened.", "The harbour reopened.")
    whole = ask(server).json()
    assert whole["choices"][0]["message"]["content"] == "The harbour reopened."
    assert whole["choices"][0]["finish_reason"] == "stop"
    assert whole["usage"]["total_tokens"] == 4 + 6
    told = chunks(ask(server, stream=True, stream_options={"include_usage": True}))
    assert told.pop()["usage"]["total_tokens"] == 4 + 6
    deltas = [chunk["choices"][0]["delta"].get("content", "") for chunk in told]
    assert "".join(deltas) == "The harbour reopened."
    assert len([delta for delta in deltas if delta]) == 2
    assert server.requests[1].said == "The harbour reopened."
    assert [request.ended for request in server.requests] == ["answered", "answered"]


def test_it_tells_no_usage_to_who_does_not_ask(server: ModelServer) -> None:
    server.script("Yes.", says("Yes.", usage=None))
    assert not any("usage" in chunk for chunk in chunks(ask(server, stream=True)))
    told = chunks(ask(server, stream=True, stream_options={"include_usage": True}))
    assert not any("usage" in chunk for chunk in told)


def test_unscripted_it_writes_what_fits_the_schema(server: ModelServer) -> None:
    reply = ask(server, response_format=STRICT).json()
    written = json.loads(reply["choices"][0]["message"]["content"])
    assert written == {"verdict": "yes", "quotes": [], "about": None}
    assert server.requests[0].schema == SCHEMA
    assert (server.requests[0].form, server.requests[0].name) == ("json_schema", "answer")


def test_a_model_of_ones_own_sees_the_request() -> None:
    def obedient(request: Request) -> dict[str, str]:
        return {"heard": request.user, "rules": request.system}

    with ModelServer(obedient) as server:
        messages = [{"role": "system", "content": "Obey."}, {"role": "user", "content": "Say so."}]
        content = ask(server, messages=messages).json()["choices"][0]["message"]["content"]
    assert json.loads(content) == {"heard": "Say so.", "rules": "Obey."}


def test_a_mistake_in_a_model_of_ones_own_is_told() -> None:
    with pytest.raises(ZeroDivisionError), ModelServer(lambda request: 1 / 0) as server:
        assert ask(server).status_code == 500


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"model": None}, "model parameter"),
        ({"messages": []}, "messages is missing"),
        ({"messages": [{"role": "user", "content": ""}]}, "without text"),
        ({"messages": [{"role": "narrator", "content": "x"}]}, "without a role"),
        ({"temperature": 3}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": 5, "max_completion_tokens": 5}, "give one"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        ({"colour": "red"}, "Unrecognized request argument supplied: colour"),
        ({"response_format": {"type": "yaml"}}, "no known type"),
        ({"response_format": {"type": "json_object"}}, "the word 'json'"),
    ],
)
def test_what_no_server_takes_is_refused_and_told_at_the_end(fields: dict[str, Any], words: str) -> None:
    answers: list[httpx.Response] = []
    with pytest.raises(AssertionError, match="no server takes"):
        ask_another(answers, **fields)
    assert answers[0].status_code == 400
    assert words in answers[0].json()["error"]["message"]


def ask_another(answers: list[httpx.Response], **fields: Any) -> None:
    """A request to a server of its own, which closes after it."""
    with ModelServer() as server:
        answers.append(ask(server, **fields))
        assert len(server.requests) - len(server.answered) == (answers[-1].status_code == 400)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"additionalProperties": True}, "additionalProperties"),
        ({"required": ["verdict"]}, "required"),
        ({"type": "array", "items": {"type": "string"}}, "root is no object"),
        ({"allOf": []}, "'allOf' is not permitted"),
        ({"properties": SCHEMA["properties"] | {"about": {}}}, "'type' key"),  # type: ignore[operator]
        ({"properties": SCHEMA["properties"] | {"about": {"type": "array"}}}, "missing items"),  # type: ignore[operator]
        ({"$defs": {"quote": {"type": "object", "properties": {}}}}, "additionalProperties"),
    ],
)
def test_a_schema_that_is_not_strict_is_refused(change: dict[str, Any], words: str) -> None:
    asked = {"name": "answer", "strict": True, "schema": SCHEMA | change}
    answers: list[httpx.Response] = []
    with pytest.raises(AssertionError, match="Invalid schema"):
        ask_another(answers, response_format={"type": "json_schema", "json_schema": asked})
    assert words in answers[0].json()["error"]["message"]


def test_strangers_and_unknown_models_are_refused(server: ModelServer) -> None:
    assert ask(server, model="gpt-nobody").status_code == 404
    assert httpx.post(f"{server.url}/chat/completions", json={}).status_code == 401
    assert httpx.post(f"{server.url}/completions", json={}).status_code == 404
    assert [request.ended for request in server.requests] == ["refused", "refused"]


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_each_flavour_takes_a_plain_request_and_refuses_in_its_own_words(flavour: str) -> None:
    with ModelServer(flavour=flavour) as server:
        assert ask(server).status_code == 200
        for field in sorted(server.flavour.refuses):
            answer = ask(server, **REFUSED[field])
            assert answer.status_code == 400
            if server.flavour.errors != "terse":
                assert field.split("_")[0] in answer.text.lower()
    assert len(server.answered) == 1


REFUSED: dict[str, dict[str, Any]] = {
    "json_schema": {"response_format": STRICT},
    "response_format": {"response_format": STRICT},
    "reasoning_effort": {"reasoning_effort": "low"},
    "max_tokens": {"max_tokens": 5},
    "temperature": {"temperature": 0},
    "stream_options": {"stream": True, "stream_options": {"include_usage": True}},
    "system": {"messages": [{"role": "system", "content": "Obey."}, {"role": "user", "content": "x"}]},
}


def test_replies_end_at_the_tokens_asked_for(server: ModelServer) -> None:
    server.script("abcd" * 9, says("abcd" * 9, thinking="hmmm" * 4), "abcd")
    for tokens, text in ((5, "abcd" * 5), (6, "abcd" * 2)):
        choice = ask(server, max_completion_tokens=tokens).json()["choices"][0]
        assert (choice["message"]["content"], choice["finish_reason"]) == (text, "length")
    assert ask(server, max_tokens=1).json()["choices"][0]["finish_reason"] == "stop"


def test_a_server_that_ignores_the_limit_writes_on() -> None:
    with ModelServer(flavour="ollama") as server:
        server.script("abcd" * 9)
        choice = ask(server, max_completion_tokens=5).json()["choices"][0]
    assert choice["finish_reason"] == "stop"


def test_thoughts_come_apart_from_the_text_and_before_it() -> None:
    with ModelServer(flavour="ollama") as server:
        server.script(says("Yes.", thinking="Let me see."), says("Yes.", thinking="Let me see."))
        assert ask(server).json()["choices"][0]["message"]["reasoning"] == "Let me see."
        deltas = [chunk["choices"][0]["delta"] for chunk in chunks(ask(server, stream=True))]
    assert [next(iter(delta.values())) for delta in deltas if delta][-2:] == ["Let me see.", "Yes."]


def test_it_fails_as_ordered(server: ModelServer) -> None:
    server.script(busy("7", retry_after_ms="2"), outage(502), garbage("<html>"), hang(), drop())
    answer = ask(server)
    assert answer.status_code == 429
    assert (answer.headers["retry-after"], answer.headers["retry-after-ms"]) == ("7", "2")
    assert ask(server).status_code == 502
    assert ask(server).text == "<html>"
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{server.url}/chat/completions",
            json={"model": server.model, "messages": [{"role": "user", "content": "x"}]},
            headers={"Authorization": f"Bearer {server.key}"},
            timeout=0.2,
        )
    with pytest.raises(httpx.RemoteProtocolError):
        ask(server)
    server.eventually(lambda: server.requests[3].ended == "client left")
    assert server.requests[4].ended == "dropped"


def test_a_stream_is_cut_where_ordered(server: ModelServer) -> None:
    server.script(cut("The harbour reopened.", after=5))
    with pytest.raises(httpx.RemoteProtocolError):
        ask(server, stream=True)
    assert (server.requests[0].said, server.requests[0].ended) == ("The h", "cut")


def test_it_sees_a_client_leave_while_it_writes(server: ModelServer) -> None:
    server.script(drip("The harbour reopened on Monday.", 0.02))
    body = {"model": server.model, "messages": [{"role": "user", "content": "x"}], "stream": True}
    headers = {"Authorization": f"Bearer {server.key}"}
    with httpx.stream("POST", f"{server.url}/chat/completions", json=body, headers=headers) as answer:
        for _, line in zip(range(8), answer.iter_lines(), strict=False):
            assert line is not None
    server.eventually(lambda: server.requests[0].ended == "client left")
    said = server.requests[0].said
    time.sleep(0.1)
    assert server.requests[0].said == said
    assert 0 < len(said) < len("The harbour reopened on Monday.")


def test_it_can_be_away_for_a_while(server: ModelServer) -> None:
    with server.unreachable(), pytest.raises(httpx.ConnectError):
        ask(server)
    assert ask(server).status_code == 200


def test_waiting_ends_with_what_was_awaited(server: ModelServer) -> None:
    with pytest.raises(AssertionError, match="a request comes: not within"):
        server.eventually(lambda: server.requests, timeout=0.05, what="a request comes")
