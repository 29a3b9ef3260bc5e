"""Starts, asks and ends one parser process. Knows nothing of files and what is in them."""

from __future__ import annotations

import json
import os
import selectors
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any, cast

from retrieval.extract import limits

_ROOT = Path(__file__).resolve().parents[2]  # where the process finds this package
_INHERITED = ("PATH", "PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class Lost(Exception):
    """The process gave no answer. The message says why, as the end of a sentence about the file."""


class Worker:
    """One running parser process and its two pipes."""

    def __init__(self) -> None:
        kept = {key: os.environ[key] for key in _INHERITED if key in os.environ}  # no tokens, no keys
        kept["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_ROOT), kept.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "retrieval.extract.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=kept | {"PYTHONUTF8": "1"},
            start_new_session=True,  # Ctrl-C is for the parent, which then ends this one
        )
        self._requests = cast(IO[bytes], self._process.stdin)
        self._answers = cast(IO[bytes], self._process.stdout)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def ask(self, request: dict[str, str]) -> dict[str, Any]:
        """The answer about one file. Raises Lost where the time, the memory or the process itself ends."""
        deadline = time.monotonic() + limits.WALL_SECONDS
        try:
            self._requests.write(json.dumps(request).encode() + b"\n")
            self._requests.flush()
        except OSError:
            raise Lost(limits.CRASHED) from None
        (length,) = struct.unpack(">I", self._receive(4, deadline))
        if length > limits.MAX_ANSWER:
            raise Lost(limits.CRASHED)
        answer: dict[str, Any] = json.loads(self._receive(length, deadline))
        return answer

    def stop(self) -> None:
        """Kills the process and closes its pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._requests, self._answers):
            try:
                pipe.close()
            except OSError:
                continue  # what was left to write has no reader any more

    def _receive(self, count: int, deadline: float) -> bytearray:
        """Exactly so many bytes of the answer. Raises Lost at the deadline or at the end of the answers."""
        received = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            while len(received) < count:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise Lost(limits.TOO_SLOW)
                chunk = os.read(self._answers.fileno(), min(65_536, count - len(received)))
                if not chunk:
                    raise Lost(limits.TOO_SLOW if self._timed_out() else limits.CRASHED)
                received += chunk
        return received

    def _timed_out(self) -> bool:
        """Whether a process that stopped answering was ended by its own limits on time."""
        try:
            return self._process.wait(timeout=1) in (-signal.SIGXCPU, -signal.SIGALRM)
        except subprocess.TimeoutExpired:
            return False
