"""Reads files in a child process that can be killed. Knows nothing of how any kind of file is parsed."""

from __future__ import annotations

import os
import re
import stat
import threading
from pathlib import Path, PurePath
from types import TracebackType
from typing import Any, Self

from retrieval.errors import Unreadable
from retrieval.extract import limits
from retrieval.extract.content import Content
from retrieval.extract.process import Lost, Worker
from retrieval.extract.tasks import Task
from retrieval.extract.text import clean_line
from retrieval.feeds import Feed, Link, Subscription, Subscriptions
from retrieval.types import Draft

_LONGEST_NAME = 120  # characters
_LONGEST_SUFFIX = 10
_CREDENTIALS = re.compile(r"^(\s*[A-Za-z][\w+.-]*://)[^/?#]*@")
_ELSEWHERE = "look for another feed of this site"
_ON_THE_WEB = {  # nobody can save another copy of what a site serves
    limits.TOO_LARGE: f"is larger than {limits.MAX_BYTES // 2**20} MB, which is more than is read at once",
    limits.TOO_SLOW: f"takes too long to read and was given up; {_ELSEWHERE}",
    limits.TOO_MUCH_MEMORY: f"needs too much memory to read and was given up; {_ELSEWHERE}",
    limits.CRASHED: f"is damaged in a way that crashes its parser; {_ELSEWHERE}",
}


class Reader:
    """Turns files into values with one worker process, started when first needed; safe to share by threads.

    A file that is too slow, too hungry or hostile costs the worker, never this process; the next file
    gets a fresh one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: Worker | None = None

    def read(self, path: Path, *, name: str | None = None, url: str = "") -> Draft:
        """The document in a file; ``name`` is what to call the file where it is stored under another name.

        ``url`` is where it was fetched from, if it was. Raises Unreadable with one sentence: what is wrong
        with the file and what to do about it.
        """
        shown = display_name(path.name if name is None else name)
        return _draft(Content.from_json(self._content(path, "file", shown, url=url)), path, shown)

    def feed(self, path: Path, *, url: str, content_type: str = "") -> Feed:
        """The feed that was fetched from ``url``: RSS, Atom, RDF or JSON Feed. Raises Unreadable."""
        return Feed.from_json(self._web(path, "feed", url, content_type))

    def channel(self, path: Path, *, url: str, content_type: str = "") -> Feed:
        """The posts on the public page of a Telegram channel, ``https://t.me/s/NAME``. Raises Unreadable."""
        return Feed.from_json(self._web(path, "channel", url, content_type))

    def offers(self, path: Path, *, url: str, content_type: str = "") -> tuple[Link, ...]:
        """The feeds that a page offers, the best first; none where it offers none. Raises Unreadable."""
        return tuple(Link(**link) for link in self._web(path, "offers", url, content_type))

    def subscriptions(self, path: Path, *, name: str) -> Subscriptions:
        """The feeds in an OPML file called ``name``. Raises Unreadable where it is none."""
        said = self._content(path, "subscriptions", display_name(name))
        feeds = tuple(Subscription(**one) for one in said["feeds"])
        return Subscriptions(feeds, tuple(said["unreadable"]))

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

    def _web(self, path: Path, task: Task, url: str, content_type: str) -> Any:
        shown = display_name(_CREDENTIALS.sub(r"\1", url))
        return self._content(path, task, shown, url=url, content_type=content_type)

    def _content(self, path: Path, task: Task, shown: str, *, url: str = "", content_type: str = "") -> Any:
        """What the worker makes of a file. Raises Unreadable with one sentence."""
        reason = _unfit(path)
        if not reason:
            request = {"task": task, "path": str(path.absolute()), "name": shown, "url": url}
            with self._lock:
                answer = self._ask(request | {"content_type": content_type})
            if "content" in answer:
                return answer["content"]
            reason = (
                answer["refused"]
                if task in ("file", "subscriptions")
                else _ON_THE_WEB.get(answer["refused"], answer["refused"])
            )
        raise Unreadable(f"“{shown}” {reason}.")

    def _ask(self, request: dict[str, str]) -> dict[str, Any]:
        """The worker's answer; a worker that gave none, or is worn, is ended."""
        if self._worker is not None and not self._worker.alive:
            self._stop()
        if self._worker is None:
            self._worker = Worker()
        answer: dict[str, Any] | None = None
        try:
            answer = self._worker.ask(request)
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
        updated=content.updated,
        language=content.language,
    )
