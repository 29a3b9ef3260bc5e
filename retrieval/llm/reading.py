"""Reads what servers send, chunks or whole replies, and keeps thoughts apart. Knows nothing of HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MOST = 10**9  # tokens: a report of more is no report
_TAG = r"<(/?)(?:think|thinking|thought|reasoning)>"
_SIGN = re.compile(rf"{_TAG}|\{{|```")
_LONGEST_TAG = len("</reasoning>")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a model read and wrote."""

    read: int = 0
    written: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """What one chunk brings. ``finish`` is why the reply ended, where it did."""

    text: str = ""
    thinking: str = ""
    refusal: str = ""
    finish: str | None = None
    usage: Usage | None = None


def piece(chunk: Any) -> Piece:
    """A chunk of a stream, or a whole reply, as the first choice has it; what has another shape is empty."""
    if not isinstance(chunk, Mapping):
        return Piece()
    choices = chunk.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    usage = _usage(chunk.get("usage"))
    if not isinstance(choice, Mapping):
        return Piece(usage=usage)
    said = choice.get("delta") or choice.get("message")
    said = said if isinstance(said, Mapping) else {}
    return Piece(
        text=_text(said, "content"),
        thinking=_text(said, "reasoning_content") or _text(said, "reasoning"),
        refusal=_text(said, "refusal"),
        finish=_text(choice, "finish_reason") or None,
        usage=usage,
    )


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _usage(told: Any) -> Usage | None:
    if not isinstance(told, Mapping):
        return None
    counts = [told.get("prompt_tokens"), told.get("completion_tokens")]
    read, written = (count if isinstance(count, int) and 0 <= count <= _MOST else 0 for count in counts)
    return Usage(read, written)


def is_whole(text: str) -> bool:
    """Whether a reply holds a JSON object to its last brace, whatever stands around it."""
    try:
        json.JSONDecoder().raw_decode(text[text.index("{") :])
    except (ValueError, RecursionError):
        return False
    return True


class Spoken:
    """Lets a reply through and keeps back what the model thinks aloud before it.

    Thoughts stand between tags such as ``<think>`` and ``</think>``; the first may be missing where the
    server's template has written it already. So whatever comes before the reply's first brace or code fence
    is held, and let go at the end if it was no thought. Tags inside the reply are the reply's own.
    """

    def __init__(self) -> None:
        self.thought = False
        self.begins_as_json: bool | None = None
        self._held = ""
        self._thinking = False
        self._through = False

    def hear(self, text: str) -> str:
        """What of the reply so far may be passed on."""
        if self._through:
            return text
        seen = max(0, len(self._held) - _LONGEST_TAG)
        self._held += text
        while sign := _SIGN.search(self._held, seen):
            tag = sign.group().startswith("<")
            if self._thinking and not tag:
                seen = sign.end()
            elif tag:
                self._thinking, self.thought = not sign[1], True
                self._held, seen = self._held[sign.end() :], 0
            else:
                self._through = True
                return self.end()
        if self._thinking:
            self._held = self._held[-_LONGEST_TAG:]
        return ""

    def end(self) -> str:
        """What was held back and is no thought."""
        text, self._held = "" if self._thinking else self._held, ""
        if self.begins_as_json is None and text.strip():
            self.begins_as_json = text.lstrip().startswith("{")
        return text
