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
from bot.render.answers import OpenLink, cited, passages_under, quotation
from bot.render.brief_text import closing
from bot.render.buttons import Button, Rows
from bot.render.clean import day
from bot.render.mentions import provenance
from bot.render.pieces import Text, bold, grounded, italic, joined, quoted, their_line, their_paragraph
from bot.render.split import Block, Part, parts
from retrieval.briefing import Briefing, Piece
from retrieval.types import Citation, Conflict, Statement

_BULLETS = 3
_HEADLINE = 200  # characters
_VALUE = 80
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
    whole: Sequence[str],
    share: str,
) -> list[Told]:
    """The messages of an edition for a local date.

    ``length`` is glance (one line a story), standard or deep (answers to a reader's questions, folded).
    ``whole`` holds for each story the data of the button that shows all of it, ``share`` that of the one that
    shares the edition.
    """
    sharing: Rows = ((Button(prompts.text("share_edition_button"), share),),)
    head, pieces = _head(briefing, local), briefing.pieces
    foot = [Block(italic(note)) for note in closing(briefing)]
    if not pieces:
        quiet = their_paragraph(briefing.quiet or prompts.text("edition_quiet"))
        return [Told(part) for part in parts([*head, Block(quiet), *foot])]
    if length == "glance":
        lines = [_line(piece, at, open_link) for at, piece in enumerate(pieces, 1)]
        said = parts([*head, *map(Block, lines), *foot], _numbered(whole) + sharing)
        return [Told(said[0], pieces), *(Told(replace(part, silent=True)) for part in said[1:])]
    top = [
        Block(_summary(piece, at, open_link), gap="\n" if at > 1 else "\n\n")
        for at, piece in enumerate(pieces[:_BULLETS], 1)
    ]
    if len(pieces) == 1:
        return [Told(part, pieces) for part in _story(pieces[0], length, open_link, head, foot, whole[0])]
    told = [Told(part) for part in parts([*head, *top], sharing)]
    for piece, data in zip(pieces, whole, strict=True):
        ending = foot if piece is pieces[-1] else []
        said = _story(piece, length, open_link, [], ending, data)
        told += [Told(replace(part, silent=True), (piece,)) for part in said]
    return told


def whole_parts(piece: Piece, *, open_link: OpenLink) -> list[Part]:
    """A whole story: what is new, the answers to a reader's questions, its timeline and its sources."""
    blocks = [_headline(piece), *_bullets(piece, open_link), *_block(piece, piece.lead, open_link)]
    for section in piece.sections:
        blocks.append(Block(bold(their_line(section.question))))
        blocks += [
            Block(_said(piece, each, open_link), gap="\n" if not at else "\n\n")
            for at, each in enumerate(section.statements)
        ]
    blocks += _ending(piece, open_link)
    if piece.why_you:
        blocks.append(_labelled("brief_why_you", piece, [piece.why_you], open_link))
    blocks += _disputed(piece, open_link)
    if piece.timeline:
        events = [
            joined(" · ", [bold(day(each.day)), _said(piece, each.statement, open_link)])
            for each in piece.timeline
        ]
        blocks.append(Block(bold(prompts.text("brief_timeline"))))
        blocks += [Block("• " + event, gap="\n") for event in events]
    return parts([*blocks, *_notes(piece), _quotations(piece.citations, open_link)])


def _head(briefing: Briefing, local: date) -> list[Block]:
    title = bold(prompts.text("edition_title", day=f"{local:%A}, {day(local)}"))
    since = briefing.since
    new = italic(prompts.text("brief_since", day=day(since))) if since and briefing.pieces else Text()
    return [Block(joined("\n", [title, new]))]


def _summary(piece: Piece, at: int, open_link: OpenLink) -> Text:
    """What a story comes down to: the bullet that is clear without its headline, numbered by its place."""
    if not piece.bullets:
        return "• " + their_line(piece.headline, _HEADLINE)
    clearest = max(piece.bullets, key=lambda each: _clear(each.text, piece.headline))
    citations = _citations(piece, clearest)
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
    headline = bold(f"{at}. " + their_line(piece.headline, _HEADLINE))
    if not piece.bullets:
        return headline
    said = _said(piece, piece.bullets[0], open_link)
    return joined("\n", [headline, said])


def _story(
    piece: Piece,
    length: str,
    open_link: OpenLink,
    opening: Sequence[Block],
    ending: Sequence[Block],
    data: str,
) -> list[Part]:
    """One story, as much of it as one message takes."""
    buttons: Rows = ((Button(prompts.text("edition_whole_button"), data),),)
    start = [*opening, _headline(piece), *_bullets(piece, open_link)]
    end = [*_ending(piece, open_link), *_notes(piece)]
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
        said = joined(" ", [_said(piece, each, open_link) for each in statements])
        runs.append(joined("\n", [bold(their_line(question)) if question else Text(), said]))
    return [Block(quoted(joined("\n", runs), folded=True))]


def _headline(piece: Piece) -> Block:
    reason = italic(their_paragraph(piece.reason))
    return Block(joined("\n", [bold(their_line(piece.headline, _HEADLINE)), reason]))


def _bullets(piece: Piece, open_link: OpenLink) -> list[Block]:
    return [
        Block("• " + _said(piece, each, open_link), gap="\n" if at else "\n\n")
        for at, each in enumerate(piece.bullets)
    ]


def _block(piece: Piece, statements: Sequence[Statement], open_link: OpenLink) -> list[Block]:
    said = joined(" ", [_said(piece, each, open_link) for each in statements])
    return [Block(said)] if said.text else []


def _ending(piece: Piece, open_link: OpenLink) -> list[Block]:
    if not piece.bottom_line:
        return []
    return [_labelled("brief_bottom_line", piece, piece.bottom_line, open_link)]


def _labelled(name: str, piece: Piece, statements: Sequence[Statement], open_link: OpenLink) -> Block:
    said = joined(" ", [_said(piece, each, open_link) for each in statements])
    return Block(bold(prompts.text(name) + ":") + " " + said)


def _disputed(piece: Piece, open_link: OpenLink) -> list[Block]:
    blocks = []
    for conflict in piece.conflicts:
        blocks.append(Block(bold(prompts.text("brief_disagree"))))
        blocks += [Block(line, gap="\n") for line in _sides(piece, conflict, open_link)]
    return blocks


def _sides(piece: Piece, conflict: Conflict, open_link: OpenLink) -> list[Text]:
    lines = []
    for side in conflict.sides:
        citations = _citations(piece, side.statement)
        who = provenance(citations[0].document) if citations else Text()
        head = joined(" · ", [bold(their_line(side.value, _VALUE)), who])
        lines.append("• " + head + "\n" + _said(piece, side.statement, open_link))
    return lines


def _notes(piece: Piece) -> list[Block]:
    return [
        Block(italic(their_paragraph(note)), gap="\n" if at else "\n\n")
        for at, note in enumerate(piece.notes)
    ]


def _sources(piece: Piece, folded: Sequence[_Run], open_link: OpenLink) -> Block:
    """What the statements of a message quote, in one fold."""
    told = [statement for _, statements in folded for statement in statements]
    shown = {number for each in (*piece.bullets, *told, *piece.bottom_line) for number in each.citations}
    return _quotations([each for each in piece.citations if each.number in shown], open_link)


def _quotations(citations: Sequence[Citation], open_link: OpenLink) -> Block:
    entries = [quotation(citation, open_link) for citation in citations]
    return Block(quoted(joined("\n", [bold(prompts.text("brief_sources")), *entries]), folded=True))


def _said(piece: Piece, statement: Statement, open_link: OpenLink) -> Text:
    citations = _citations(piece, statement)
    text = cited(their_paragraph(statement.text), citations, open_link)
    return grounded(text, passages_under(citations))


def _citations(piece: Piece, statement: Statement) -> list[Citation]:
    return [each for each in piece.citations if each.number in statement.citations]


def _numbered(whole: Sequence[str]) -> Rows:
    """A button for each story of a message that tells of several."""
    buttons = [
        Button(prompts.text("edition_whole_of_button", number=at), data) for at, data in enumerate(whole, 1)
    ]
    return tuple(tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3))
