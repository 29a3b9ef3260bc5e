"""Lays out as a story what a model wrote and the gate let through. Knows nothing of models or of storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrieval.briefing.authored.headings import sound
from retrieval.briefing.material import Material
from retrieval.briefing.pointing import leans
from retrieval.briefing.telling import UNTOLD, Asked, Telling, repeats
from retrieval.gate.types import Verdict
from retrieval.types import Passage
from retrieval.writing.sayings import Saying

HEADLINE, BULLET, LEAD, SECTION, BOTTOM_LINE = "headline", "bullet", "lead", "section", "bottom_line"
_BULLETS, _LEAD, _ANSWERS, _SECTIONS = 3, 3, 3, 6
_LONGEST = 150  # characters of a headline
_FEWEST = 3  # statements that make a story


def arranged(verdicts: Sequence[Verdict], material: Material, passages: Mapping[int, Passage]) -> Telling:
    """The statements in the places they were written for; nothing where they are too few for a story.

    A bullet stands by itself, and in an update tells what is new: one that leans on another, or rests on what
    was told before, goes into the lead. One whose question may not be shown stands without it. ``passages``
    are those that are quoted, by their numbers.
    """
    laid: dict[str, list[Saying]] = {BULLET: [], LEAD: [], BOTTOM_LINE: []}
    asked: dict[str, list[Saying]] = {}
    headline, said = "", list[Saying]()
    for verdict in verdicts:
        saying = Saying(verdict.text, verdict.quotes, verdict.check)
        place = verdict.proposal.place
        if place == HEADLINE:
            headline = headline or _headline(saying, material)
            continue
        if any(repeats(saying, other) for other in said):
            continue
        said.append(saying)
        if place == BULLET and not (len(laid[BULLET]) < _BULLETS and _is_news(saying, material)):
            place = LEAD
        if place == BULLET and leans(saying.text):
            place = LEAD
        (laid[place] if place in laid else asked.setdefault(place, [])).append(saying)
    sections = list[Asked]()
    for question, sayings in asked.items():
        heading = sound(question, sayings[:_ANSWERS], passages)
        if heading and len(sections) < _SECTIONS:
            sections.append((heading, tuple(sayings[:_ANSWERS])))
        else:
            laid[LEAD] += sayings
    telling = Telling(
        headline,
        tuple(laid[BULLET]),
        tuple(laid[LEAD][:_LEAD]),
        tuple(sections),
        tuple(laid[BOTTOM_LINE][:1]),
    )
    return telling if len(list(telling)) >= _FEWEST else UNTOLD


def _headline(saying: Saying, material: Material) -> str:
    """A statement as a headline, "" where it is too long for one or no news."""
    text = saying.text.rstrip(" .。")
    return text if 0 < len(text) <= _LONGEST and _is_news(saying, material) else ""


def _is_news(saying: Saying, material: Material) -> bool:
    """Whether a statement of an update quotes what a new document adds."""
    if not material.update:
        return True
    repeated = [said.quote for said in material.repeated]
    return any(
        quote.document.number in material.fresh
        and not any(
            quote.document == other.document and other.start <= quote.start and quote.end <= other.end
            for other in repeated
        )
        for quote in saying.quotes
    )
