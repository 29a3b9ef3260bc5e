"""The Telegram bot over real HTTP, before a strict Bot API and a library that is only a memory. No tests."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest
from botapi import BotApi, Message, Person, Tap
from fake_following import FakeFollowing
from fake_library import FakeLibrary
from structlog.testing import capture_logs

from retrieval.types import Draft

ANN, BOB, EVE = 1001, 1002, 1003
INVALID = "That button is no longer valid."


class RunningBot:
    """The bot in a thread of its own, as `footnote run` would have it."""

    def __init__(
        self,
        api: BotApi,
        folder: Path,
        library: FakeLibrary,
        *allowed: int,
        following: FakeFollowing | None = None,
    ) -> None:
        from bot.furnishing import BotConfig

        self.config = BotConfig(
            api.token,
            folder,
            api_url=api.url,
            allowed_users=allowed,
            sample_questions=("When did the treaty take effect?", "Who pays?", "Why now?"),
        )
        self.library = library
        self.following = following or FakeFollowing(library)
        self.logs: list[Any] = []
        self.error: BaseException | None = None
        self.took = 0.0

    def __enter__(self) -> Self:
        self._captured = capture_logs()
        self.logs = self._captured.__enter__()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        assert self._ready.wait(10)
        return self

    async def _run(self) -> None:
        from bot.app import run_bot
        from retrieval import database

        engine = database.connect(self.config.folder / "footnote.db")
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        try:
            library: Any = self.library
            following: Any = self.following
            await run_bot(self.config, library, following, engine, lambda: datetime.now(UTC), stop=self._stop)
        except BaseException as error:
            self.error = error
        finally:
            await engine.dispose()

    def stop(self) -> None:
        if self._thread.is_alive():
            begun = time.monotonic()
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(20)
            self.took = time.monotonic() - begun
            assert not self._thread.is_alive(), "the bot did not end"

    def ends(self) -> BaseException | None:
        """Wait until it has ended by itself; the error it ended with."""
        self._thread.join(20)
        assert not self._thread.is_alive(), "the bot did not end"
        error, self.error = self.error, None
        return error

    def __exit__(self, kind: object, *rest: object) -> None:
        self.stop()
        self._captured.__exit__(None, None, None)
        if self.error and kind is None:
            raise self.error

    def events(self, name: str) -> list[Any]:
        return [entry for entry in list(self.logs) if entry["event"] == name]

    def left_behind(self) -> list[Path]:
        return list((self.config.folder / "uploads").iterdir())


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


@pytest.fixture
def plain_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads every upload as text; what says "broken" cannot be read."""
    import retrieval.extract
    from retrieval.errors import Unreadable

    def read_file(path: Path, *, name: str | None = None) -> Draft:
        text = path.read_text("utf-8")
        if "broken" in text:
            raise Unreadable("This file is encrypted; save it without a password and send it again.")
        return Draft(f"file:{path}", (name or "").removesuffix(".txt").title(), text, str(path))

    monkeypatch.setattr(retrieval.extract, "read_file", read_file, raising=False)


@pytest.fixture
def library(plain_reader: None) -> FakeLibrary:
    """A library that holds one shared document about the treaty."""
    library = FakeLibrary()
    library.put("The treaty", "The treaty took effect on 2 October 2025.")
    return library


@pytest.fixture
def bot(api: BotApi, tmp_path: Path, library: FakeLibrary) -> Iterator[RunningBot]:
    """A bot that Ann and Bob may speak with."""
    with RunningBot(api, tmp_path, library, ANN, BOB) as bot:
        yield bot


@pytest.fixture
def paced(tmp_path: Path, library: FakeLibrary) -> Iterator[BotApi]:
    """A Telegram that refuses what comes too fast, and a bot that Ann and Bob may speak with."""
    with BotApi(pacing=True) as api, RunningBot(api, tmp_path, library, ANN, BOB):
        yield api


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames come as fast as a test can wait for them."""
    from bot.streaming import DraftCanvas, MessageCanvas

    monkeypatch.setattr(DraftCanvas, "pace", 0.05)
    monkeypatch.setattr(MessageCanvas, "pace", 0.05)


@pytest.fixture
def ann(api: BotApi) -> Person:
    return api.person(ANN, "Ann")


@pytest.fixture
def bob(api: BotApi) -> Person:
    return api.person(BOB, "Bob")


@pytest.fixture
def eve(api: BotApi) -> Person:
    return api.person(EVE, "Eve")


def toast(api: BotApi, tap: Tap) -> str:
    """What passes over the screen after a tap."""
    api.eventually(lambda: tap.answer is not None, what="the tap is answered")
    return str((tap.answer or {}).get("text", ""))


def labels(message: Message) -> list[str]:
    return [button.label for row in message.buttons for button in row]


def wait_for(found: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 8
    while not (value := found()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
    return value
