"""The real `footnote run` as a process before a strict Bot API, with the log it writes. Holds no tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from botapi import BotApi, Message, Person
from modelserver import ModelServer

ROOT = Path(__file__).resolve().parents[1]
WAIT = 30.0  # seconds; the machine may be busy


class Footnote:
    """The bot's process and the log it writes; ``prelude`` is Python that runs before it."""

    def __init__(self, folder: Path, api: BotApi, *, prelude: str = "", **settings: str) -> None:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environment = inherited | {
            "PYTHONPATH": str(ROOT),
            "TELEGRAM_BOT_TOKEN": api.token,
            "TELEGRAM_API_URL": api.url,
        }
        self.log = ""
        self.done = False
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", *_started(prelude)],
            cwd=folder,
            env=environment | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.log += line

    def ends(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop and wait until it has."""
        self.process.send_signal(how)
        return self.ended()

    def ended(self) -> int:
        """Wait until it has ended; its exit code."""
        code = self.process.wait(timeout=WAIT)
        self._reading.join()
        assert self.process.stderr
        self.process.stderr.close()
        self.done = True
        return code


def _started(prelude: str) -> list[str]:
    """What the interpreter is told to run."""
    return ["-c", f"{prelude}\nfrom bot.cli import main\nmain()"] if prelude else ["-m", "bot"]


@contextmanager
def footnote(folder: Path, api: BotApi, *, prelude: str = "", **settings: str) -> Iterator[Footnote]:
    """The bot, ended with the block."""
    bot = Footnote(folder, api, prelude=prelude, **settings)
    try:
        yield bot
    finally:
        if not bot.done:
            bot.ends()


def written_by(server: ModelServer) -> dict[str, str]:
    """The settings that let this model write the answers."""
    return {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": server.key, "OPENAI_MODEL": server.model}


def labels(message: Message) -> list[str]:
    """What a message's buttons say."""
    return [button.label for row in message.buttons for button in row]


def asks(person: Person, question: str, **where: object) -> Message:
    """Ask and wait for what comes."""
    person.says(question, **where)  # type: ignore[arg-type]
    return person.hears(timeout=WAIT, **where)  # type: ignore[arg-type]
