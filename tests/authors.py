"""A language model that writes what a story tells it to, under the ids of the excerpts it is shown. No tests.

Its words are real requests' answers: where a story names a phrase, the quote is taken from the excerpt that
holds it, and where no excerpt does, the model makes the quote up, as models do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from modelserver import Reply, Request, says

_EXCERPT = re.compile(r"^(\w+) excerpt (\w+): .*\n((?:(?!\1 ).*\n?)*)", re.MULTILINE)
_QUESTION = re.compile(r"(?:reader's|last) question: (.*)")

Claim = tuple[str, str]
"""A phrase to quote, and the sentence that is said to follow from it."""


@dataclass(frozen=True)
class Part:
    """What is written to the questions that hold some words, and the manner of its coming."""

    claims: Sequence[Claim]
    mended: Sequence[Claim]
    follow_ups: Sequence[str]
    manner: dict[str, Any]
    cut_in: int | None


class Author:
    """The model of a :class:`ModelServer`: ``ModelServer(Author())``."""

    def __init__(self) -> None:
        self._parts: dict[str, Part] = {}
        self._rewritten: dict[str, tuple[str, str]] = {}
        self.believes = True  # what it says when it is asked for a second opinion

    def writes(
        self,
        about: str,
        *claims: Claim,
        mended: Sequence[Claim] = (),
        follow_ups: Sequence[str] = (),
        cut_in: int | None = None,
        **manner: Any,
    ) -> None:
        """To questions that hold ``about``; ``mended`` when it is asked to repair what failed.

        ``cut_in``: the connection breaks in the statement of this number. ``manner`` as for a Reply.
        """
        self._parts[about] = Part(claims, mended, follow_ups, manner, cut_in)

    def understands(self, asked: str, question: str, search: str | None = None) -> None:
        """What it makes of questions that hold ``asked``, to be understood and to be searched with."""
        self._rewritten[asked] = (question, search or question)

    def __call__(self, request: Request) -> Reply:
        """The reply to one request."""
        question = _QUESTION.findall(request.user)[-1:] or [""]
        if request.name == "standalone":
            return self._standalone(question[0])
        if request.name == "opinion":
            return self._opinion(request)
        part = next((part for about, part in self._parts.items() if about in question[0]), None)
        if part is None:
            return says({"answered": False, "statements": [], "follow_ups": []})
        if "failed a check" in request.user:
            return says(_answer(request, part.mended))
        said = _answer(request, part.claims) | {"follow_ups": list(part.follow_ups)}
        reply = says(said, **part.manner)
        return says(reply, cut=_middle(reply.text, part.cut_in)) if part.cut_in is not None else reply

    def _standalone(self, question: str) -> Reply:
        written = next((pair for asked, pair in self._rewritten.items() if asked in question), None)
        understood, search = written or (question, question)
        return says({"question": understood, "search": search})

    def _opinion(self, request: Request) -> Reply:
        schema: Any = request.schema
        ids = schema["properties"]["verdicts"]["items"]["properties"]["statement"]["enum"]
        verdicts = [{"statement": id, "problem": "", "supported": self.believes} for id in ids]
        return says({"verdicts": verdicts})


def excerpts(request: Request) -> dict[str, str]:
    """The texts a request shows, by their ids."""
    return {id: text for _, id, text in _EXCERPT.findall(request.user)}


def _answer(request: Request, claims: Sequence[Claim]) -> dict[str, Any]:
    statements = [
        {"quotes": [{"excerpt": _holder(request, phrase), "quote": phrase}], "sentence": sentence}
        for phrase, sentence in claims
    ]
    return {"answered": bool(statements), "statements": statements, "follow_ups": []}


def _holder(request: Request, phrase: str) -> str:
    shown = excerpts(request)
    return next((id for id, text in shown.items() if phrase in text), next(iter(shown)))


def _middle(text: str, statement: int) -> int:
    """A place inside the sentence of the statement of this number, counted from 1."""
    starts = [found.end() for found in re.finditer('"sentence": "', text)]
    return starts[statement - 1] + 5
