"""What the scripted model says to one request, and the ways in which saying it can fail.

Knows nothing of requests nor of how replies travel.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True)
class Reply:
    """One reply and the manner of its coming.

    ``thinking`` is streamed before ``text``, apart from it. ``usage`` is (prompt, reply) in tokens: counted
    unless given; None where the server tells none. ``wait`` is in seconds before anything is sent, ``pause``
    before each piece of ``step`` characters. After ``cut`` characters the connection breaks. ``done`` is the
    stream's end mark. ``body`` replaces the whole answer. ``manner`` "hang" sends nothing at all, "drop"
    breaks the connection at once, "stall" opens the stream and then stays silent.
    """

    text: str = ""
    thinking: str = ""
    refusal: str = ""
    finish: str | None = "stop"
    usage: tuple[int, int] | Literal["counted"] | None = "counted"
    step: int = 12
    wait: float = 0.0
    pause: float = 0.0
    cut: int | None = None
    done: bool = True
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/json"
    manner: Literal["answer", "hang", "drop", "stall"] = "answer"

    def within(self, tokens: int | None) -> Reply:
        """The reply as far as so many tokens reach, thinking first."""
        if tokens is None or len(self.thinking) + len(self.text) <= tokens * CHARACTERS_A_TOKEN:
            return self
        room = tokens * CHARACTERS_A_TOKEN
        thinking = self.thinking[:room]
        text = self.text[: room - len(thinking)]
        return replace(self, thinking=thinking, text=text, finish="length")


def says(said: Any, **manner: Any) -> Reply:
    """A reply of text, or of anything that JSON can write; ``manner`` as the fields of Reply."""
    if isinstance(said, Reply):
        return replace(said, **manner)
    return Reply(text=said if isinstance(said, str) else json.dumps(said, ensure_ascii=False), **manner)


def drip(said: Any, pause: float, *, step: int = 1) -> Reply:
    """The reply, ``step`` characters at a time, ``pause`` seconds apart."""
    return says(said, pause=pause, step=step)


def cut(said: Any, after: int) -> Reply:
    """The reply up to its first ``after`` characters, and then the connection breaks."""
    return says(said, cut=after)


def hang(*, opened: bool = False) -> Reply:
    """No answer until the client gives up; ``opened``: the stream begins, and no word follows."""
    return Reply(manner="stall" if opened else "hang")


def drop() -> Reply:
    """The connection breaks before any answer."""
    return Reply(manner="drop")


def garbage(body: bytes | str = b"<html>Welcome</html>", *, content_type: str = "text/event-stream") -> Reply:
    """Status 200 and a body that is no reply."""
    return Reply(body=body.encode() if isinstance(body, str) else body, content_type=content_type)


def refuses(status: int, message: str, **about: Any) -> Reply:
    """An error as OpenAI writes it; ``about`` may hold ``code``, ``param``, ``type`` and ``headers``."""
    headers = about.pop("headers", {})
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": None} | about
    return Reply(status=status, body=json.dumps({"error": error}).encode(), headers=headers)


def busy(retry_after: str | None = None, **headers: str) -> Reply:
    """429, with ``Retry-After`` where given; other headers with ``_`` for ``-``."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    if retry_after is not None:
        told["Retry-After"] = retry_after
    return refuses(429, "Rate limit reached", code="rate_limit_exceeded", headers=told)


def outage(status: int = 503) -> Reply:
    """A 5xx from a gateway."""
    return Reply(status=status, body=b"<html>gateway</html>", content_type="text/html")
