"""Turns what a reader said of stories into one message, each with a button that undoes it. Keeps nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import prompts
from bot.render.buttons import Button, Rows, one_per_row
from bot.render.lists import Page, which_page
from bot.render.pieces import Text, bold, italic, joined, their_line
from bot.render.split import Block, Part, parts
from bot.tastes import FOLLOW, LESS, MORE, MUTE, Taste

A_PAGE = 8  # opinions shown at once

_NUMBER = "(0|[1-9][0-9]{0,17})"
_PAGE = re.compile(f"bj:{_NUMBER}")
_UNDO = re.compile(f"bj!:{_NUMBER}:{_NUMBER}")
_SAID = {FOLLOW: "tastes_follow", MUTE: "tastes_mute", MORE: "tastes_more", LESS: "tastes_less"}
_LONGEST = 120  # characters of a headline


def counted(held: Iterable[Taste]) -> str:
    """How many opinions there are of each kind, in a line; empty where there is none."""
    found = Counter(each.opinion for each in held)
    if not found:
        return ""
    return prompts.text(
        "tastes_line", follow=found[FOLLOW], mute=found[MUTE], more=found[MORE], less=found[LESS]
    )


def list_button() -> Button:
    """The button that shows all of them."""
    return Button(prompts.text("tastes_button"), "bj:1")


def tastes_parts(held: Sequence[Taste], number: int) -> list[Part]:
    """A page of what a reader said of stories, the newest first."""
    back: Rows = ((Button(prompts.text("briefing_back_button"), "bm"),),)
    head = bold(prompts.text("tastes_head"))
    if not held:
        return parts([Block(head), Block(Text(prompts.text("tastes_none")))], back)
    page = Page.of(number, len(held), A_PAGE)
    shown = list(enumerate(held[page.offset : page.offset + page.size], page.offset + 1))
    entries = [
        Block(
            joined(
                "\n",
                [
                    f"{at}. " + their_line(each.headline, _LONGEST),
                    italic(prompts.text(_SAID[each.opinion])),
                ],
            )
        )
        for at, each in shown
    ]
    undo = [Button(f"✕ {at}. {each.headline}", f"bj!:{page.number}:{each.id}") for at, each in shown]
    blocks = [Block(head + which_page(page)), *entries, Block(Text(prompts.text("tastes_how")))]
    return parts(blocks, one_per_row(undo) + _paging(page) + back)


def parse_tastes_data(data: str) -> tuple[int, int | None] | None:
    """The page that is asked for, and the opinion to undo first; None if forged or broken."""
    if found := _PAGE.fullmatch(data):
        return int(found[1]), None
    found = _UNDO.fullmatch(data)
    return (int(found[1]), int(found[2])) if found else None


def _paging(page: Page) -> Rows:
    row = [Button("‹ Newer", f"bj:{page.number - 1}")] if page.number > 1 else []
    row += [Button("Older ›", f"bj:{page.number + 1}")] if page.number < page.pages else []
    return (tuple(row),) if row else ()
