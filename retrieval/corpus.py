"""Reads JSONL corpora, one document a line. Knows nothing of other files or of how drafts are stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from retrieval.errors import Unreadable
from retrieval.extract import clean_line, clean_text, display_name, fields
from retrieval.extract.content import MAX_TEXT
from retrieval.extract.text import has_words
from retrieval.extract.titles import LONGEST, title_for
from retrieval.types import Draft

_LONGEST_ROW = 32 * 1024 * 1024  # bytes
_LONGEST_ID = 200


def read_corpus(path: Path) -> Iterator[Draft | Unreadable]:
    """Each row of a corpus in turn: its draft, or one sentence that says what is wrong with which line.

    A row is ``{"id", "title", "text", "url", "published"}``, where ``publisher``, ``author`` and
    ``language`` may stand too; only ``id`` and ``text`` must. The publisher is the host of the url where
    none is named. Rows are read as they are needed. Raises Unreadable where the file cannot be opened.
    """
    corpus = display_name(path.name)
    seen: set[str] = set()
    try:
        file = path.open("rb")
    except OSError:
        raise Unreadable(f"“{corpus}” cannot be opened; check its name and its permissions.") from None
    with file:
        for number, line in _lines(file):
            try:
                draft = _draft(line, corpus)
                if draft.key in seen:
                    raise Unreadable("repeats the id of an earlier row; give it one of its own")
            except Unreadable as fault:
                yield Unreadable(f"Line {number} of “{corpus}” {fault}.")
            else:
                seen.add(draft.key)
                yield draft


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines that hold anything, with their numbers; of one that is too long, only its beginning."""
    number = 1
    while line := file.readline(_LONGEST_ROW):
        rest = line
        while len(rest) == _LONGEST_ROW and not rest.endswith(b"\n"):
            rest = file.readline(_LONGEST_ROW)
        if line.strip():
            yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        number += 1


def _draft(line: bytes, corpus: str) -> Draft:
    """One row as a draft. Raises Unreadable with the end of a sentence."""
    row = _row(line)
    given_id = _id(row.get("id"))
    said = row.get("text")
    text = clean_text(said) if isinstance(said, str) else ""
    if not has_words(text):
        raise Unreadable('has no text; give it a "text" with words in it')
    if len(text) > MAX_TEXT:
        raise Unreadable(f"holds more than {MAX_TEXT // 1_000_000} million characters; split it into parts")
    url = fields.address(row.get("url"))
    return Draft(
        key=f"{corpus}#{given_id}",
        title=fields.line(row.get("title"), LONGEST) or title_for(text, given_id),
        text=text,
        source=corpus,
        given_id=given_id,
        publisher=fields.line(row.get("publisher")) or fields.host(url),
        author=fields.line(row.get("author")),
        url=url,
        published=_published(row.get("published")),
        language=fields.language(row.get("language")),
    )


def _row(line: bytes) -> dict[str, Any]:
    if len(line) >= _LONGEST_ROW:
        raise Unreadable(f"is longer than {_LONGEST_ROW // 2**20} MB; split it into several documents")
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise Unreadable("is not UTF-8; save the corpus in that encoding") from None
    except (ValueError, RecursionError):
        raise Unreadable("is not JSON; write one object a line") from None
    if not isinstance(row, dict):
        raise Unreadable('is not an object; write {"id", "title", "text", "url", "published"}')
    return row


def _id(given: object) -> str:
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if not isinstance(given, str) or not given.strip():
        raise Unreadable('has no id; give it an "id" of its own')
    if len(given) > _LONGEST_ID or not given.isprintable():
        raise Unreadable(
            f'has an id that cannot be shown; give it an "id" of up to {_LONGEST_ID} plain characters'
        )
    return given


def _published(said: object) -> datetime | None:
    if said is None or said == "":
        return None
    published = fields.moment(said)
    if published is None:
        shown = clean_line(str(said), 40)
        raise Unreadable(f"was published on “{shown}”, which is no date; write it like 2025-10-02")
    return published
