"""Turns one story into messages of its own: all of it, or its timeline. Knows nothing of editions."""

from __future__ import annotations

from dataclasses import replace

import prompts
from bot.render import story
from bot.render.answers import OpenLink, passages_under
from bot.render.buttons import Button, Rows
from bot.render.lists import asking_part
from bot.render.pieces import Text, bold, grounded, italic, joined, their_line
from bot.render.split import LONGEST_CAPTION, Attachment, Block, Ground, Part, parts, units
from bot.render.story_buttons import DARK, TIMELINE
from retrieval.briefing import Piece

_CALLED = 120  # characters of a headline inside a sentence


def whole_parts(piece: Piece, *, open_link: OpenLink, buttons: Rows = ()) -> list[Part]:
    """A whole story: what is new, the answers to a reader's questions, its timeline and its sources."""
    blocks = [story.headline(piece), *story.bullets(piece, open_link), *_lead(piece, open_link)]
    for section in piece.sections:
        blocks.append(Block(bold(their_line(section.question))))
        blocks += [
            Block(story.said(piece, each, open_link), gap="\n" if not at else "\n\n")
            for at, each in enumerate(section.statements)
        ]
    blocks += story.ending(piece, open_link)
    blocks += story.yours(piece, open_link)
    blocks += story.disputed(piece, open_link)
    if piece.timeline:
        blocks += [Block(bold(prompts.text("brief_timeline"))), *story.events(piece, open_link)]
    return parts([*blocks, *story.notes(piece), story.sources(piece.citations, open_link)], buttons)


def timeline_parts(
    piece: Piece, number: int, *, open_link: OpenLink, picture: bytes | None = None, dark: bool = False
) -> list[Part]:
    """A story's timeline in words, below its ``picture`` where there is one.

    What a caption cannot hold follows in messages of its own. A button shows the other of the two pictures,
    the ``dark`` or the light one; ``number`` is that of the story.
    """
    piece, head = _dated(piece), bold(their_line(piece.headline, story.HEADLINE))
    citations = piece.citations
    events = story.events(piece, open_link)
    whole = [
        Block(head),
        Block(bold(prompts.text("brief_timeline"))),
        *events,
        story.sources(citations, open_link),
    ]
    if picture is None:
        return parts(whole)
    label, kind = ("story_light_button", TIMELINE) if dark else ("story_dark_button", DARK)
    other: Rows = ((Button(prompts.text(label), f"{kind}:{number}"),),)
    shown = Attachment(picture, "timeline.png", picture=True)
    for blocks in (whole, whole[:-1]):
        (first, *rest) = parts(blocks, other)
        if not rest and units(first.text) <= LONGEST_CAPTION:
            return [replace(first, attachment=shown)]
    below = italic(prompts.text("story_timeline_below"))
    caption = grounded(joined("\n", [head, below]), passages_under(citations))
    return [replace(parts([Block(caption)], other)[0], attachment=shown), *parts(whole[1:])]


def _dated(piece: Piece) -> Piece:
    """A story with no citations but those of its timeline, numbered anew in its order."""
    order = dict.fromkeys(number for each in piece.timeline for number in each.statement.citations)
    known = {each.number: each for each in piece.citations}
    numbers = {old: new for new, old in enumerate((each for each in order if each in known), 1)}
    events = []
    for each in piece.timeline:
        cited = tuple(numbers[old] for old in each.statement.citations if old in numbers)
        events.append(replace(each, statement=replace(each.statement, citations=cited)))
    citations = tuple(replace(known[old], number=new) for old, new in numbers.items())
    return replace(piece, timeline=tuple(events), citations=citations)


def question_part(piece: Piece) -> Part:
    """Asks what somebody wants to know of a story; a reply is a question about all of it."""
    words = prompts.text("story_ask_what", headline=their_line(piece.headline, _CALLED).text)
    part = asking_part(words)
    passages = tuple(dict.fromkeys(passages_under(piece.citations)))
    return replace(part, grounds=(Ground(0, units(part.text), passages),))


def _lead(piece: Piece, open_link: OpenLink) -> list[Block]:
    said: Text = joined(" ", [story.said(piece, each, open_link) for each in piece.lead])
    return [Block(said)] if said.text else []
