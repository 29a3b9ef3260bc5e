"""Buttons, and the short data that says what a tap on one means. Knows nothing of texts or handlers.

Data comes back from anybody's client, so reading it is strict: None for all that was not made here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from bot.render.clean import line
from retrieval.types import Citation, Quote

LONGEST_DATA = 64  # bytes
LONGEST_LABEL = 60  # characters; phones show fewer
KEEP = "k"  # "no, do not forget it"
# What a tap does to a source: pause, resume, ask whether to remove, remove, remove with its documents, allow
# words, deny words, use in briefings too, use in answers only, share with everybody, go back to the list.
# Without a letter: show it.
SOURCE_ACTIONS = "prxyzadbosl"

_MOST_PASSAGES = 8
_MOST_IN_ROW = 4
_NUMBER = "(0|[1-9][0-9]{0,17})"  # eighteen digits fit a database's integer
_PASSAGE = re.compile(f"p:{_NUMBER}:{_NUMBER}-{_NUMBER}")
_PAGE = re.compile(f"([sfl]):{_NUMBER}")
_FORGET = re.compile(f"x(!?):{_NUMBER}")
_SOURCE = re.compile(f"c([{SOURCE_ACTIONS}]?):{_NUMBER}")


@dataclass(frozen=True, slots=True)
class Button:
    """What a button says and the data its tap sends; ValueError where the data is empty or over 64 bytes."""

    label: str
    data: str

    def __post_init__(self) -> None:
        if not 0 < len(self.data.encode()) <= LONGEST_DATA:
            raise ValueError(f"Callback data must have 1 to {LONGEST_DATA} bytes.")


Rows = tuple[tuple[Button, ...], ...]


def one_per_row(buttons: Sequence[Button]) -> Rows:
    """Each button in a row of its own, its label clipped to what a phone can show."""
    return tuple((Button(line(button.label, LONGEST_LABEL) or "…", button.data),) for button in buttons)


def passage_rows(citations: Sequence[Citation]) -> Rows:
    """A button for each of the first eight citations that shows its passage, in even rows of at most four."""
    shown = citations[:_MOST_PASSAGES]
    word = "Show passage" if len(shown) <= 2 else "Passage"
    buttons = [Button(f"{word} {citation.number}", passage_data(citation.quote)) for citation in shown]
    width = ceil(len(buttons) / ceil(len(buttons) / _MOST_IN_ROW)) if buttons else 1
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))


def passage_data(quote: Quote) -> str:
    """The data that asks for the passage of a quote."""
    return f"p:{quote.passage}:{quote.start}-{quote.end}"


def parse_passage_data(data: str) -> tuple[int, int, int] | None:
    """The passage's number, and the start and end of the quote in its document; None if forged or broken."""
    found = _PASSAGE.fullmatch(data)
    if not found:
        return None
    passage, start, end = map(int, found.groups())
    return (passage, start, end) if start < end else None


def page_data(kind: str, page: int) -> str:
    """The data that asks for a page: of the documents ("s"), of those to forget ("f"), of sources ("l")."""
    return f"{kind}:{page}"


def parse_page_data(data: str) -> tuple[str, int] | None:
    """The kind ("s", "f" or "l") and the number of a page; None if forged or broken."""
    found = _PAGE.fullmatch(data)
    return (found[1], int(found[2])) if found else None


def forget_data(number: int, *, sure: bool) -> str:
    """The data that names a document to forget: to be asked once more, or confirmed."""
    return f"x!:{number}" if sure else f"x:{number}"


def parse_forget_data(data: str) -> tuple[int, bool] | None:
    """The document's number and whether forgetting it was confirmed; None if forged or broken."""
    found = _FORGET.fullmatch(data)
    return (int(found[2]), bool(found[1])) if found else None


def source_data(action: str, number: int) -> str:
    """The data that names a followed source and what shall be done (see :data:`SOURCE_ACTIONS`)."""
    return f"c{action}:{number}"


def parse_source_data(data: str) -> tuple[str, int] | None:
    """The action and the source's number; None if forged or broken."""
    found = _SOURCE.fullmatch(data)
    return (found[1], int(found[2])) if found else None
