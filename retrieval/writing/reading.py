"""Reads a model's reply while it grows: each statement as soon as it is whole, whatever it is wrapped in.

Knows nothing of models or of whether a statement is true.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import jiter
from rapidfuzz import fuzz

from retrieval.gate.types import Proposal
from retrieval.noise import spoken
from retrieval.types import Passage
from retrieval.writing.asking import MOST_FOLLOW_UPS, MOST_STATEMENTS

LONGEST = 60_000  # characters of a reply that are read
_MOST_STARTS = 8  # places where the JSON of a wrapped reply may begin
_AGAIN = 3  # the same statement so many times over is a loop

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_MARK = re.compile(r"\s*[\[［]([^\[\]［］]{1,60})[\]］]")
_WORD = re.compile(r"\w+")


class Reply:
    """A reply as it comes in. ``answered`` is what it says of itself: None until it does.

    ``ended`` tells that there is no reason to read on: it declines, repeats itself or goes on for ever.
    """

    def __init__(self, passages: Mapping[str, Passage], most: int = MOST_STATEMENTS) -> None:
        """``passages`` are those the reply may quote, by their ids; of its statements ``most`` are wanted."""
        self._passages = passages
        self._most = most
        self._text = ""
        self._given = 0
        self._seen: dict[Proposal, int] = {}
        self.answered: bool | None = None
        self.ended = False

    def read(self, piece: str) -> list[Proposal]:
        """Take in the next piece; the statements that are now whole and were not given before."""
        self._text += piece
        return self._proposals(final=False)

    def finish(self) -> list[Proposal]:
        """The statements still to be had once the reply is over, also from one that is no JSON."""
        found = self._proposals(final=True)
        if not self._given and not found and self.answered is None:
            found = _from_prose(_THOUGHT.sub("", self._text), self._passages)
        return found

    @property
    def follow_ups(self) -> tuple[str, ...]:
        """The questions it suggests, as far as they are whole."""
        offered = (_form(self._text, final=True) or {}).get("follow_ups")
        named = offered if isinstance(offered, list) else []
        return tuple(each for each in named if isinstance(each, str))[:MOST_FOLLOW_UPS]

    def _proposals(self, final: bool) -> list[Proposal]:
        form = _form(self._text, final) or {}
        statements = form.get("statements")
        rows = statements if isinstance(statements, list) else []
        whole = len(rows) if final or _goes_on(form) else len(rows) - (not _whole(rows[-1:]))
        fresh = [proposal for row in rows[self._given : whole] if (proposal := _proposal(row))]
        self._given = max(self._given, whole)
        if (said := _truth(form.get("answered"))) is not None:
            self.answered = said
        proposals = [each for each in fresh if self._is_new(each)]
        declined = self.answered is False and not rows
        self.ended |= declined or self._given >= self._most + 4 or len(self._text) > LONGEST
        return proposals

    def _is_new(self, proposal: Proposal) -> bool:
        self._seen[proposal] = self._seen.get(proposal, 0) + 1
        self.ended |= self._seen[proposal] >= _AGAIN
        return self._seen[proposal] == 1


def verdicts(reply: str) -> dict[str, bool]:
    """What a second opinion says of each statement, by its id; a reply that cannot be read says nothing."""
    rows = (_form(reply, final=True, key="verdicts") or {}).get("verdicts")
    found: dict[str, bool] = {}
    for row in rows if isinstance(rows, list) else []:
        supported = _truth(row.get("supported")) if isinstance(row, dict) else None
        if supported is not None and isinstance(row.get("statement"), str):
            # judged twice, it is supported only if both times
            found[row["statement"]] = supported and found.get(row["statement"], True)
    return found


def fields(reply: str, one: str, other: str) -> tuple[str, str] | None:
    """The two texts of these names in a reply, each on one line, or None where one is missing."""
    form = _form(reply, final=True, key=one) or {}
    first, second = form.get(one), form.get(other)
    if not (isinstance(first, str) and isinstance(second, str) and first.strip() and second.strip()):
        return None
    return " ".join(first.split()), " ".join(second.split())


def _form(text: str, final: bool, key: str = "statements") -> dict[str, Any] | None:
    """The JSON object of a reply as far as it has come, out of fences, thoughts and talk around it."""
    text = _THOUGHT.sub("", text)[:LONGEST]
    best: dict[str, Any] | None = None
    for number, start in enumerate(re.finditer(r"[{\[]", text)):
        if number >= _MOST_STARTS:
            break
        value = _parsed(text[start.start() :], final)
        found = _with(value, key)
        if found is not None:
            return found
        if best is None and isinstance(value, dict) and value:
            best = value
    return best


def _parsed(text: str, final: bool) -> Any:
    """The value a text begins with, as far as it is whole; None where it begins with none."""
    data = text.encode(errors="replace")
    try:
        return jiter.from_json(data, partial_mode=True)
    except ValueError:
        return _longest(data) if final else None


def _longest(data: bytes) -> Any:
    """The value before the first slip of a broken reply: a beginning of what parses also parses."""
    known, broken, value = 0, len(data), None
    while broken - known > 1:
        middle = (known + broken) // 2
        try:
            value, known = jiter.from_json(data[:middle], partial_mode=True), middle
        except ValueError:
            broken = middle
    return value


def _with(value: Any, key: str) -> dict[str, Any] | None:
    """The object that holds ``key``: the value, one it wraps, or one made of a bare list of statements."""
    if isinstance(value, dict):
        if key in value:
            return value
        wrapped = [each for each in value.values() if isinstance(each, dict) and key in each]
        if wrapped:
            return wrapped[0]
        return {key: [value]} if key == "statements" and "sentence" in value else None
    if isinstance(value, list) and value and isinstance(value[0], dict) and "sentence" in value[0]:
        return {key: value}
    return None


def _goes_on(form: Mapping[str, Any]) -> bool:
    """Whether something stands behind the statements, so that the last of them is whole."""
    return list(form)[-1:] != ["statements"]


def _whole(rows: list[Any]) -> bool:
    """Whether a row that may still grow is whole: its sentence has ended, and its quotes came before."""
    names = list(rows[0]) if rows and isinstance(rows[0], dict) else []
    before = "quotes" in names or "quote" in names
    return before and names[-1] == "sentence"


def _proposal(row: Any) -> Proposal | None:
    if not isinstance(row, dict) or not isinstance(row.get("sentence"), str):
        return None
    listed = row.get("quotes", [row])
    quotes = tuple(
        (each["excerpt"], each["quote"])
        for each in (listed if isinstance(listed, list) else [listed])
        if isinstance(each, dict)
        and isinstance(each.get("excerpt"), str)
        and isinstance(each.get("quote"), str)
    )
    return Proposal(row["sentence"], quotes, _place(row))


def _place(row: Mapping[str, Any]) -> str:
    """The part that a statement is for; of a section, the question that it answers."""
    question, part = (row.get(name) for name in ("question", "part"))
    named = question if part == "section" else part
    return " ".join(named.split()) if isinstance(named, str) else ""


def _truth(value: object) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "yes": True, "false": False, "no": False}.get(value.strip().casefold())
    return value if isinstance(value, bool) else None


def _from_prose(text: str, passages: Mapping[str, Passage]) -> list[Proposal]:
    """The sentences of a reply in prose that name a known excerpt, with that excerpt's likest sentence.

    What names none, or one that does not exist, is no statement: nothing is cited for being similar.
    """
    found = []
    for span in spoken(text):
        sentence = text[span.start : span.end]
        marks = {word for mark in _MARK.findall(sentence) for word in _WORD.findall(mark)} - {"excerpt"}
        named = [id for id in passages if id in marks]
        if named and len(named) == len(marks):
            said = _MARK.sub("", sentence).strip()
            quotes = tuple((id, _likest(said, passages[id].text)) for id in named)
            found.append(Proposal(said, quotes))
    return found[:MOST_STATEMENTS]


def _likest(sentence: str, text: str) -> str:
    stretches = [text[span.start : span.end] for span in spoken(text)] or [text]
    return max(stretches, key=lambda each: fuzz.token_set_ratio(sentence.casefold(), each.casefold()))
