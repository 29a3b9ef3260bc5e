"""Turns followed sources into Telegram messages: what is new, the list, one source's card.

Knows nothing of how sources are read. Their titles are strangers' words: shown, never obeyed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import prompts
from bot.render.buttons import Button, Rows, source_data
from bot.render.clean import day
from bot.render.graphemes import clip
from bot.render.lists import Page, which_page
from bot.render.mentions import page_of, provenance, titled
from bot.render.pieces import Text, bold, italic, joined, their_line, their_paragraph
from bot.render.split import Block, Part, parts
from bot.render.times import ago, ahead
from retrieval.types import SHARED

if TYPE_CHECKING:
    from retrieval.following import Followed, Source, State

_TITLE = 100  # characters
_WORDS = 300
_SENTENCE = 1_000
_IN_ROW = 5  # numbers on buttons
_STATES = {
    "fresh": "source_fresh",
    "quiet": "source_quiet",
    "paused": "source_paused",
    "gone": "source_gone",
}


def followed_parts(followed: Followed, now: datetime, *, buttons: Rows, shared: bool = False) -> list[Part]:
    """What is followed now: its title, its language, its newest items, and what happens next."""
    source = followed.source
    said = "followed_shared" if shared else "followed_known" if followed.known else "followed_new"
    head = prompts.text(said) + ": " + bold(named(source))
    blocks = [Block(joined(" · ", [head, Text(_language(source.language))]))]
    for document in followed.newest:
        entry = joined("\n", ["• " + titled(document, page_of(document)), provenance(document)])
        blocks.append(Block(entry))
    what = [] if followed.newest else [prompts.text("followed_nothing_yet")]
    what += [prompts.text("followed_ask")] if followed.newest else []
    what += [prompts.text("next_look", when=ahead(source.next_look, now))] if source.next_look else []
    return parts([*blocks, Block(Text(" ".join(what)))], buttons)


def sources_parts(
    sources: Sequence[Source],
    page: Page,
    now: datetime,
    *,
    cards: Sequence[int] = (),
    buttons: Rows = (),
) -> list[Part]:
    """One page of what is followed, each source with how it does.

    Those whose numbers are among the ``cards`` have a button that shows more of them.
    """
    blocks = [Block(bold(prompts.text("sources_head")) + f" · {page.total}" + which_page(page))]
    numbered = list(enumerate(sources, page.offset + 1))
    for at, source in numbered:
        blocks.append(Block(joined("\n", [f"{at}. " + named(source), _standing(source, now)])))
    shown = [
        Button(str(at), source_data("", source.number)) for at, source in numbered if source.number in cards
    ]
    rows = tuple(tuple(shown[at : at + _IN_ROW]) for at in range(0, len(shown), _IN_ROW))
    return parts(blocks, rows + buttons)


def card_parts(source: Source, now: datetime, *, buttons: Rows) -> list[Part]:
    """All that is known of one source, with what can be done about it."""
    about = [Text(source.kind.capitalize()), Text(_language(source.language))]
    about.append(their_line(urlsplit(source.url).hostname, _TITLE))
    about += [Text(prompts.text("source_everybody"))] if source.owner == SHARED else []
    lines = [_standing(source, now, marked=False)]
    if source.next_look:
        lines.append(Text(prompts.text("next_look", when=ahead(source.next_look, now))))
    lines += [
        their_paragraph(prompts.text(name, words=", ".join(words))[:_WORDS])
        for name, words in (("source_allow", source.allow), ("source_deny", source.deny))
        if words
    ]
    if not source.in_briefings:
        lines.append(Text(prompts.text("source_answers_only")))
    head = joined("\n", [bold(named(source)), joined(" · ", about)])
    return parts([Block(head), Block(joined("\n", lines))], buttons)


def named(source: Source) -> Text:
    """The title of a source, opening its home."""
    title = their_line(source.title, _TITLE, url=source.home or source.url)
    return title if title.text else their_line(source.url, _TITLE, url=source.home or source.url)


def said_parts(sentence: str, *, buttons: Rows = ()) -> list[Part]:
    """A sentence that may hold strangers' words: clipped, and nothing in it can be tapped."""
    return parts([Block(their_paragraph(clip(sentence, _SENTENCE)))], buttons)


def _standing(source: Source, now: datetime, *, marked: bool = True) -> Text:
    """How a source does, in a line."""
    if (
        source.state.value == "fresh"
        and not source.last_item
        and source.next_look
        and source.next_look <= now
    ):
        return Text(prompts.text("source_waiting"))
    line = [Text(_state(source.state, source.failing_since))]
    line += [Text(prompts.text("source_last", when=ago(source.last_item, now)))] if source.last_item else []
    line += [] if source.last_item else [Text(prompts.text("source_none_yet"))]
    if source.items_this_week:
        line.append(Text(prompts.text("source_this_week", count=source.items_this_week)))
    if marked and source.owner == SHARED:
        line.append(Text(prompts.text("source_everybody")))
    reason = italic(their_paragraph(source.reason)) if source.reason else Text()
    return joined("\n", [joined(" · ", line), reason])


def _state(state: State, since: datetime | None) -> str:
    if state.value == "failing":
        return prompts.text("source_failing", since=day(since) if since else "today")
    return prompts.text(_STATES[state.value])


def _language(code: str | None) -> str:
    """The English name of a language; empty where it is unknown."""
    if not code:
        return ""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code.replace("_", "-").partition("-")[0]).get_display_name("en") or ""
    except (UnknownLocaleError, ValueError):
        return ""
