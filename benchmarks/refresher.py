"""Follows many feeds in its own process: `python -m benchmarks.refresher PORT FEEDS ITEMS FOLDER RESULT`.

Vectors are made of hashes, so that what is measured is all but the embedding model. Knows nothing of what is
published.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.measured import folder_mb, memory
from retrieval.embeddings import Vectors
from retrieval.fetch import Door, Limits
from retrieval.following import Following, Notice, Refreshed, open_following
from retrieval.library import open_library
from retrieval.types import SHARED

_PATIENT = Limits(seconds=300, connecting=300, window=300)  # a busy machine is no failure
_EVERY = 33  # of so many sites one publishes between the two refreshes


class Hashed:
    """Vectors that cost next to nothing, as long as those of the real model."""

    id = "hashed"

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Vectors]]:
        """A vector for each text."""
        for start in range(0, len(texts), 64):
            batch = texts[start : start + 64]
            yield range(start, start + len(batch)), np.stack([self.question(text) for text in batch])

    def question(self, text: str) -> Vectors:
        """A vector of length one that is this text's alone."""
        seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
        vector = np.random.default_rng(seed).standard_normal(384, dtype=np.float32)
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit


class _Diverted(socket.socket):
    """A socket that connects to the publisher, whatever address it is told."""

    port = 0

    def connect(self, address: Any) -> None:
        """Connects to loopback."""
        super().connect(("127.0.0.1", self.port))


async def _lookup(name: str) -> list[str]:
    return ["93.184.216.34"]


def _dial(address: tuple[Any, ...]) -> socket.socket:
    family, kind, protocol, *_ = address
    return _Diverted(family, kind, protocol)


def _cpu() -> float:
    """Seconds of processor time of this process and its children, the ended ones too."""
    process = psutil.Process()
    own = process.cpu_times()
    living = [child.cpu_times() for child in process.children(recursive=True)]
    return sum((own.user, own.system, own.children_user, own.children_system)) + sum(
        each.user + each.system for each in living
    )


async def _measured(work: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """What some work says of itself, with its times and the memory of this process after it."""
    began, cpu = time.perf_counter(), _cpu()
    said = await work()
    took, used = time.perf_counter() - began, _cpu() - cpu
    parsers = sum(child.memory_info().rss for child in psutil.Process().children(recursive=True))
    return said | {"s": round(took, 1), "cpu_s": round(used, 2), "parser_mb": round(parsers / 1e6)} | memory()


def _list(file: Path, feeds: int) -> None:
    lines = "".join(f'<outline type="rss" xmlUrl="http://site{n}.test/feed"/>' for n in range(feeds))
    file.write_text(f'<opml version="2.0"><body>{lines}</body></opml>', encoding="utf-8")


async def _first(following: Following, documents: int) -> dict[str, Any]:
    """Run as the bot does until everything was read: what came is not kept in memory."""
    count = 0
    whole = asyncio.Event()

    async def tell(notice: Notice) -> None:
        raise AssertionError(notice.sentence)

    async def added(round: Refreshed) -> None:
        nonlocal count
        count += len(round.added)
        if count >= documents:
            whole.set()

    running = asyncio.create_task(following.run(tell, added))
    waiting = asyncio.create_task(whole.wait())
    await asyncio.wait({running, waiting}, timeout=documents, return_when=asyncio.FIRST_COMPLETED)
    for task in (running, waiting):
        task.cancel()
    await asyncio.gather(running, waiting, return_exceptions=True)
    reasons = {source.reason for source in await following.sources(SHARED) if source.reason}
    assert count == documents, f"{count} of {documents} came: {reasons}"
    return {"added": count}


async def _second(following: Following) -> dict[str, Any]:
    found = await following.refresh(everything=True)
    assert not found.failed
    return {"looked_at": found.looked_at, "unchanged": found.unchanged, "added": len(found.added)}


async def _measure(port: int, feeds: int, items: int, folder: Path) -> dict[str, Any]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _Diverted.port = port
    _list(folder / "list.opml", feeds)
    async with (
        open_library(folder, Hashed()) as library,
        Door(limits=_PATIENT, lookup=_lookup, dial=_dial) as door,
        open_following(library, door, folder / "inbox") as following,
    ):
        await library.prepare()
        opened = memory()
        imported = await following.import_list(folder / "list.opml", "list.opml", SHARED)
        assert imported.followed == feeds
        first = await _measured(lambda: _first(following, feeds * items))
        await door.fetch(f"http://site0.test/publish?every={_EVERY}")
        second = await _measured(lambda: _second(following))
    return {"opened": opened, "first": first, "second": second, "disk_mb": folder_mb(folder)}


if __name__ == "__main__":
    port, feeds, items, folder, result = sys.argv[1:]
    measured = asyncio.run(_measure(int(port), int(feeds), int(items), Path(folder)))
    Path(result).write_text(json.dumps(measured), encoding="utf-8")
