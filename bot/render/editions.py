"""Turns a briefing into the messages of an edition. Knows nothing of when or to whom it is sent.

The first message sums up; each story has one of its own, so that a reply to it asks about that story. All but
the first arrive without a sound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import prompts
from bot.render import story
from bot.render.answers import OpenLink, cited, passages_under
from bot.render.brief_text import closing
from bot.render.buttons import Button, Rows
from bot.render.clean import day
from bot.render.pieces import Text, bold, grounded, italic, joined, quoted, their_line, their_paragraph
from bot.render.split import Block, Part, parts
from bot.render.story_buttons import numbered_rows, story_rows
from retrieval.briefing import Briefing, Piece
from retrieval.types import Statement

_BULLETS = 3
_WORD = re.compile(r"\w{3,}")

_Run = tuple[str, Sequence[Statement]]  # a question, or "", and what is said to it


@dataclass(frozen=True, slots=True)
class Told:
    """A message of an edition, and the stories it tells of; none where it sums up."""

    part: Part
    pieces: tuple[Piece, ...] = ()


def edition_parts(
    briefing: Briefing,
    local: date,
    length: str,
    *,
    open_link: OpenLink,
    numbers: Sequence[int],
    share: str,
) -> list[Told]:
    """The messages of an edition for a local date.

    ``length`` is glance (one line a story), standard or deep (answers to a reader's questions, folded).
    ``numbers`` are those under which its stories are kept, ``share`` is the data of the button that shares
    the edition.
    """
    sharing: Rows = ((Button(prompts.text("share_edition_button"), share),),)
    head, pieces = _head(briefing, local), briefing.pieces
    foot = [Block(italic(note)) for note in closing(briefing)]
    if not pieces:
        quiet = their_paragraph(briefing.quiet or prompts.text("edition_quiet"))
        return [Told(part) for part in parts([*head, Block(quiet), *foot])]
    if length == "glance":
        lines = [_line(piece, at, open_link) for at, piece in enumerate(pieces, 1)]
        said = parts([*head, *map(Block, lines), *foot], numbered_rows(numbers) + sharing)
        return [Told(said[0], pieces), *(Told(replace(part, silent=True)) for part in said[1:])]
    top = [
        Block(_summary(piece, at, open_link), gap="\n" if at > 1 else "\n\n")
        for at, piece in enumerate(pieces[:_BULLETS], 1)
    ]
    if len(pieces) == 1:
        return [Told(part, pieces) for part in _story(pieces[0], length, open_link, head, foot, numbers[0])]
    told = [Told(part) for part in parts([*head, *top], sharing)]
    for piece, number in zip(pieces, numbers, strict=True):
        ending = foot if piece is pieces[-1] else []
        said = _story(piece, length, open_link, [], ending, number)
        told += [Told(replace(part, silent=True), (piece,)) for part in said]
    return told


def _head(briefing: Briefing, local: date) -> list[Block]:
    title = bold(prompts.text("edition_title", day=f"{local:%A}, {day(local)}"))
    since = briefing.since
    new = italic(prompts.text("brief_since", day=day(since))) if since and briefing.pieces else Text()
    return [Block(joined("\n", [title, new]))]


def _summary(piece: Piece, at: int, open_link: OpenLink) -> Text:
    """What a story comes down to: the bullet that is clear without its headline, numbered by its place."""
    if not piece.bullets:
        return "• " + their_line(piece.headline, story.HEADLINE)
    clearest = max(piece.bullets, key=lambda each: _clear(each.text, piece.headline))
    citations = story.cited_by(piece, [clearest])
    text = "• " + their_paragraph(clearest.text)
    shown = [replace(citation, number=at) for citation in citations[:1]]
    return grounded(cited(text, shown, open_link), passages_under(citations))


def _clear(text: str, headline: str) -> int:
    """How much of what a headline names a sentence names too; names count twice."""
    said = {word.casefold() for word in _WORD.findall(text)}
    named = {word for word in _WORD.findall(headline) if word.casefold() in said}
    return sum(2 if word[0].isupper() else 1 for word in named)


def _line(piece: Piece, at: int, open_link: OpenLink) -> Text:
    """A story at a glance."""
    headline = bold(f"{at}. " + their_line(piece.headline, story.HEADLINE))
    if not piece.bullets:
        return headline
    said = story.said(piece, piece.bullets[0], open_link)
    return joined("\n", [headline, said])


def _story(
    piece: Piece,
    length: str,
    open_link: OpenLink,
    opening: Sequence[Block],
    ending: Sequence[Block],
    number: int,
) -> list[Part]:
    """One story, as much of it as one message takes."""
    buttons = story_rows(number, timeline=bool(piece.timeline))
    start = [*opening, story.headline(piece), *story.bullets(piece, open_link)]
    end = [*story.ending(piece, open_link), *story.yours(piece, open_link), *story.notes(piece)]
    for folded in _foldable(piece, length):
        blocks = [
            *start,
            *_folded(piece, folded, open_link),
            *end,
            _sources(piece, folded, open_link),
            *ending,
        ]
        said = parts(blocks, buttons)
        if len(said) == 1:
            return said
    return parts([*start, *ending], buttons)


def _foldable(piece: Piece, length: str) -> list[list[_Run]]:
    """What may be folded below the bullets, from most to least; questions come with their answers."""
    lead: list[_Run] = [("", piece.lead)] if piece.lead else []
    asked: list[_Run] = [(section.question, section.statements) for section in piece.sections]
    forms = [lead + asked[:count] for count in range(len(asked), 0, -1)] if length == "deep" else []
    return [*forms, lead, []]


def _folded(piece: Piece, told: Sequence[_Run], open_link: OpenLink) -> list[Block]:
    if not told:
        return []
    runs = []
    for question, statements in told:
        said = joined(" ", [story.said(piece, each, open_link) for each in statements])
        runs.append(joined("\n", [bold(their_line(question)) if question else Text(), said]))
    return [Block(quoted(joined("\n", runs), folded=True))]


def _sources(piece: Piece, folded: Sequence[_Run], open_link: OpenLink) -> Block:
    told = [statement for _, statements in folded for statement in statements]
    yours = [piece.why_you] if piece.why_you else []
    shown = [*piece.bullets, *told, *piece.bottom_line, *yours]
    return story.sources(story.cited_by(piece, shown), open_link)
