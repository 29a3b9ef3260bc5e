"""The same library over a Chroma server: a setting, not another program; and life without the server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest
from libraries import NOW, WordModel, draft
from structlog.testing import capture_logs

from retrieval.errors import IndexFault
from retrieval.library import Library, open_library
from retrieval.types import Scope, person

PAPERS = [draft(f"paper{n}.txt", f"Paper {n} is about topic{n} and nothing else.") for n in range(30)]
CHROMA = Path(sys.executable).with_name("chroma")

pytestmark = pytest.mark.skipif(not CHROMA.exists(), reason="chromadb came without its server")


class ChromaServer:
    """A real ``chroma run`` with a folder and a port of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        where = ["--path", str(self._folder), "--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(
            [str(CHROMA), "run", *where],
            env=os.environ | {"ANONYMIZED_TELEMETRY": "False"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self._process.poll() is None, "the server ended at once"
            try:
                if httpx.get(f"{self.url}/api/v2/heartbeat").is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError("the server did not come up")

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=30)
            self._process = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        yield
        self._process.send_signal(signal.SIGCONT)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChromaServer]:
    one = ChromaServer(tmp_path / "server")
    one.start()
    yield one
    one.stop()


@asynccontextmanager
async def library_at(server: ChromaServer, folder: Path, model: WordModel) -> AsyncIterator[Library]:
    async with open_library(folder, model, chroma_url=server.url, clock=lambda: NOW) as library:
        yield library


async def best(library: Library, question: str, scope: Scope | None = None) -> tuple[str, bool]:
    """The first hit's title, and whether meaning was asked as well as words."""
    hit = (await library.search(question, scope or Scope()))[0]
    return hit.passage.document.title, hit.similarity is not None


async def test_a_server_holds_the_index_through_every_change(tmp_path, server):
    model = WordModel()
    async with library_at(server, tmp_path, model) as library:
        added = (await library.add(PAPERS)).added
        await library.add([draft("mine.txt", "My own paper is about heliotropes.")], person(7))
        assert not (tmp_path / "chroma").exists()
        assert await best(library, "topic7") == ("paper7.txt", True)
        assert await best(library, "heliotropes", Scope.of(person(7))) == ("mine.txt", True)
        assert (await best(library, "heliotropes"))[0] != "mine.txt"
        await library.remove(added[7].number, "shared")
        assert all(
            hit.passage.document.title != "paper7.txt" for hit in await library.search("topic7", Scope())
        )
        await library.add([draft("paper8.txt", "Paper 8 turned to topic88 instead.")])
        assert await best(library, "topic88") == ("paper8.txt", True)
        assert await library.reindex() == 30
        assert await best(library, "topic9") == ("paper9.txt", True)
    embedded = len(model.embedded)
    server.stop()
    server.start()
    async with library_at(server, tmp_path, model) as library:
        assert await library.fill() == 0
        assert await best(library, "topic9") == ("paper9.txt", True)
    assert len(model.embedded) == embedded, "what the server kept is not made again"


async def test_words_answer_while_the_server_is_away_and_nothing_is_lost(tmp_path, server):
    async with library_at(server, tmp_path, WordModel()) as library:
        added = (await library.add(PAPERS)).added
        server.stop()
        with capture_logs() as logs:
            assert await best(library, "topic7") == ("paper7.txt", False)
            await library.remove(added[3].number, "shared")
        assert [line["event"] for line in logs if line["log_level"] == "warning"] == [
            "search.words_only",
            "index.behind",
        ]
        with pytest.raises(IndexFault, match="does not answer: start it"):
            await library.add([draft("late.txt", "A late paper about topic99.")])
        assert await best(library, "topic99") == ("late.txt", False)
        server.start()
        assert await library.fill() == 1
        assert await best(library, "topic99") == ("late.txt", True)
    async with library_at(server, tmp_path, WordModel()) as library:
        assert await best(library, "topic9") == ("paper9.txt", True)
        assert (await library.holdings(Scope())).pending == 0


async def test_a_server_that_lost_its_data_is_filled_again_without_embedding_anything(tmp_path, server):
    async with library_at(server, tmp_path, WordModel()) as library:
        await library.add(PAPERS)
    server.stop()
    shutil.rmtree(tmp_path / "server")
    server.start()
    model = WordModel()
    async with library_at(server, tmp_path, model) as library:
        assert await best(library, "topic7") == ("paper7.txt", False)
        assert await library.fill() == 30
        assert await best(library, "topic7") == ("paper7.txt", True)
        assert model.embedded == []


async def test_no_server_at_all_is_one_sentence(tmp_path):
    nobody = ChromaServer(tmp_path / "server")
    async with library_at(nobody, tmp_path, WordModel()) as library:
        for _ in range(2):
            with pytest.raises(IndexFault) as fault:
                await library.search("topic7", Scope())
            assert str(fault.value).startswith("The Chroma server at 127.0.0.1 does not answer: start it")
        assert await library.documents(Scope()) == []


async def test_a_server_that_says_nothing_is_not_waited_for_without_end(tmp_path, monkeypatch, server):
    monkeypatch.setattr("retrieval.index._PATIENCE", 0.5)
    async with library_at(server, tmp_path, WordModel()) as library:
        await library.add(PAPERS)
        with server.paused():
            assert await best(library, "topic7") == ("paper7.txt", False)
        assert await best(library, "topic7") == ("paper7.txt", True)
