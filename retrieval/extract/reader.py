"""Reads files in a child process that can be killed. Knows nothing of how any kind of file is parsed."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path, PurePath
from types import TracebackType
from typing import Any, Self

from retrieval.errors import Unreadable
from retrieval.extract import limits
from retrieval.extract.content import Content
from retrieval.extract.process import Lost, Worker
from retrieval.extract.text import clean_line
from retrieval.types import Draft

_LONGEST_NAME = 120  # characters
_LONGEST_SUFFIX = 10


class Reader:
    """Turns files into drafts with one worker process, started when first needed; safe to share by threads.

    A file that is too slow, too hungry or hostile costs the worker, never this process; the next file
    gets a fresh one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: Worker | None = None

    def read(self, path: Path, *, name: str | None = None) -> Draft:
        """The document in a file; ``name`` is what to call the file where it is stored under another name.

        Raises Unreadable with one sentence: what is wrong with the file and what to do about it.
        """
        shown = display_name(path.name if name is None else name)
        reason = _unfit(path)
        if not reason:
            with self._lock:
                answer = self._ask(path, shown)
            if "content" in answer:
                return _draft(Content.from_json(answer["content"]), path, shown)
            reason = answer["refused"]
        raise Unreadable(f"“{shown}” {reason}.")

    def close(self) -> None:
        """Ends the worker. Reading again starts another."""
        with self._lock:
            self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, path: Path, shown: str) -> dict[str, Any]:
        """The worker's answer; a worker that gave none, or is worn, is ended."""
        if self._worker is not None and not self._worker.alive:
            self._stop()
        if self._worker is None:
            self._worker = Worker()
        answer: dict[str, Any] | None = None
        try:
            answer = self._worker.ask({"path": str(path.absolute()), "name": shown})
            return answer
        except Lost as lost:
            return {"refused": str(lost)}
        finally:
            if answer is None or answer["worn"]:
                self._stop()

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.stop()
            self._worker = None


def read_file(path: Path, *, name: str | None = None) -> Draft:
    """The document in one file, read by a worker of its own; see ``Reader.read``. Raises Unreadable."""
    with Reader() as reader:
        return reader.read(path, name=name)


def display_name(name: str) -> str:
    """A file's name as it may be shown: one clean line, never to be used as a path."""
    line = clean_line(name, 10 * _LONGEST_NAME)
    suffix = PurePath(line).suffix[:_LONGEST_SUFFIX]
    if len(line) > _LONGEST_NAME:  # cut in the middle: the end says what kind of file it is
        line = clean_line(line, _LONGEST_NAME - len(suffix)) + suffix
    return line or "file without a name"


def _unfit(path: Path) -> str | None:
    """Why a file is not even opened, or None. Pipes and devices could block whoever opens them."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return "is not there, or not to be seen; check its name and its permissions"
    if not stat.S_ISREG(status.st_mode):
        return "is not a file; add a file or a folder of files"
    return limits.TOO_LARGE if status.st_size > limits.MAX_BYTES else None


def _draft(content: Content, path: Path, shown: str) -> Draft:
    key = os.fsencode(path.resolve()).decode("utf-8", "backslashreplace")
    return Draft(
        key=key,
        title=content.title,
        text=content.text,
        source=shown,
        publisher=content.publisher,
        author=content.author,
        url=content.url,
        published=content.published,
        language=content.language,
    )
