"""The buttons below a story, folded and open. Knows nothing of what a tap does.

A few stand below each story; one more opens the others in place, below those that were there. What stands
below a message is all that is known of it, so folding and opening only look at its rows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import takewhile
from math import ceil

import prompts
from bot.render.buttons import Button, Rows, one_per_row
from bot.tastes import FOLLOW, LESS, MORE, MUTE

WHOLE, TIMELINE, DARK, ASK, WHY, OPEN, CLOSE = "bs", "et", "ed", "eq", "ew", "eo", "ex"

_CLOSED, _OPENED = "⋯", "✕"
_NUMBER = "(0|[1-9][0-9]{0,17})"
_STORY = re.compile(f"({'|'.join((WHOLE, TIMELINE, DARK, ASK, WHY, OPEN, CLOSE))}):{_NUMBER}")
_OPINION = re.compile(f"e([fmil])([01]):{_NUMBER}")
_LETTERS = {FOLLOW: "f", MUTE: "m", MORE: "i", LESS: "l"}
_LABELS = {
    MORE: ("story_more_button", "story_more_held_button"),
    LESS: ("story_less_button", "story_less_held_button"),
    FOLLOW: ("story_follow_button", "story_follow_held_button"),
    MUTE: ("story_mute_button", "story_mute_held_button"),
}


def story_rows(number: int, *, timeline: bool) -> Rows:
    """The buttons below a story that a message tells of; ``timeline``: there is one to show."""
    return ((*_reading(number, timeline), Button(_CLOSED, f"{OPEN}:{number}")),)


def numbered_rows(numbers: Sequence[int]) -> Rows:
    """The buttons below a message that tells of several stories, which are counted from 1."""
    whole = [
        Button(prompts.text("edition_whole_of_button", number=at), f"{WHOLE}:{number}")
        for at, number in enumerate(numbers, 1)
    ]
    more = [Button(f"{at} {_CLOSED}", f"{OPEN}:{number}") for at, number in enumerate(numbers, 1)]
    return (*_even(whole, 3), *_even(more, 5))


def whole_rows(number: int, *, timeline: bool, questions: Sequence[Button] = ()) -> Rows:
    """The buttons below the full story: the others, and questions that can be asked next."""
    first = (*_reading(number, timeline)[1:], Button(_CLOSED, f"{OPEN}:{number}"))
    return (*one_per_row(questions), first)


def opened(rows: Rows, number: int, held: Collection[str], *, timeline: bool) -> Rows:
    """The rows of a message with all buttons of one of its stories; ``held`` are the opinions of it."""
    return (*_marked(closed(rows), number), *_menu(number, held, _missing(rows, number, timeline=timeline)))


def closed(rows: Rows) -> Rows:
    """The rows of a message as they were before any story's buttons were opened."""
    left = takewhile(lambda row: not _in_menu(row), rows)
    return tuple(tuple(_closed(button) for button in row) for row in left)


def parse_story_data(data: str) -> tuple[str, int] | None:
    """What a tap wants to see of which story; None if forged or broken."""
    found = _STORY.fullmatch(data)
    return (found[1], int(found[2])) if found else None


def parse_opinion_data(data: str) -> tuple[str, bool, int] | None:
    """The opinion, whether it shall be held, and the story's number; None if forged or broken."""
    found = _OPINION.fullmatch(data)
    if found is None:
        return None
    opinion = next(opinion for opinion, letter in _LETTERS.items() if letter == found[1])
    return opinion, found[2] == "1", int(found[3])


def _reading(number: int, timeline: bool) -> tuple[Button, ...]:
    shown = [("edition_whole_button", WHOLE), ("story_ask_button", ASK)]
    if timeline:
        shown.insert(1, ("story_timeline_button", TIMELINE))
    return tuple(Button(prompts.text(label), f"{kind}:{number}") for label, kind in shown)


def _missing(rows: Rows, number: int, *, timeline: bool) -> tuple[Button, ...]:
    """What can be read of a story that has no button of its own yet."""
    there = {button.data for row in closed(rows) for button in row}
    return tuple(button for button in _reading(number, timeline)[1:] if button.data not in there)


def _menu(number: int, held: Collection[str], reading: tuple[Button, ...]) -> Rows:
    opinions = [_opinion(number, opinion, opinion in held) for opinion in (MORE, LESS, FOLLOW, MUTE)]
    last = (
        Button(prompts.text("story_why_button"), f"{WHY}:{number}"),
        Button(prompts.text("share_button"), f"hs:{number}"),
    )
    rows = (reading, tuple(opinions[:2]), tuple(opinions[2:]), last)
    return tuple(row for row in rows if row)


def _opinion(number: int, opinion: str, held: bool) -> Button:
    label = prompts.text(_LABELS[opinion][held])
    return Button(label, f"e{_LETTERS[opinion]}{int(not held)}:{number}")


def _in_menu(row: Sequence[Button]) -> bool:
    """Whether a row came with the opening of a story's buttons: opinions, or what it had no buttons for."""
    kinds = [button.data.partition(":")[0] for button in row]
    return any(parse_opinion_data(button.data) for button in row) or set(kinds) <= {TIMELINE, ASK}


def _closed(button: Button) -> Button:
    kind, _, number = button.data.partition(":")
    if kind != CLOSE:
        return button
    return Button(button.label.replace(_OPENED, _CLOSED), f"{OPEN}:{number}")


def _marked(rows: Rows, number: int) -> Rows:
    """The rows with the button that opened a story turned into the one that closes it."""
    return tuple(
        tuple(
            replace(button, label=button.label.replace(_CLOSED, _OPENED), data=f"{CLOSE}:{number}")
            if button.data == f"{OPEN}:{number}"
            else button
            for button in row
        )
        for row in rows
    )


def _even(buttons: Sequence[Button], most: int) -> Rows:
    """Rows of about the same length, of at most so many buttons."""
    width = ceil(len(buttons) / ceil(len(buttons) / most)) if buttons else 1
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))
