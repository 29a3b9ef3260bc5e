"""Sorts what was sent together, and says what became of it. Knows nothing of how it is read or stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telegram import Message

import prompts
from bot.handlers import lists
from bot.handlers.start import counted
from bot.posts import forwarded, said_by
from bot.render.clean import day
from bot.render.pieces import their_line
from retrieval.types import Draft

if TYPE_CHECKING:
    from retrieval.library import AddReport

_WORTHWHILE = 40  # characters of a file's caption that are worth keeping besides the file
_NAMED = 3  # publishers named in a report


@dataclass(slots=True)
class Gathered:
    """What came together: posts, files, lists of feeds, and what holds no words or is the bot's own."""

    drafts: list[Draft] = field(default_factory=list)
    files: list[Message] = field(default_factory=list)
    lists: list[Message] = field(default_factory=list)
    wordless: int = 0
    mine: int = 0
    unread: list[str] = field(default_factory=list)


def sorted_out(messages: Sequence[Message], me: int) -> Gathered:
    """What is in the messages, for the bot of this account."""
    found = Gathered()
    for message in messages:
        file = message.document
        draft = forwarded(message)
        if said_by(message.forward_origin, me):
            found.mine += 1
        elif file and lists.is_list(file):
            found.lists.append(message)
        elif file:
            found.files.append(message)
            if draft and len(draft.text) >= _WORTHWHILE:
                found.drafts.append(draft)
        elif draft:
            found.drafts.append(draft)
        elif not (message.media_group_id and message.effective_attachment):
            found.wordless += 1
    if not (found.drafts or found.files or found.lists or found.mine):
        found.wordless = len(messages)
    return found


def told(report: AddReport, drafts: Sequence[Draft], gathered: Gathered) -> str:
    """What became of what was sent, in a sentence or a few."""
    new = [*report.added, *report.replaced]
    said = list(gathered.unread)
    if len(drafts) == 1 and not (said or gathered.wordless or gathered.mine):
        return _told_one(report, drafts[0])
    if new:
        said.insert(0, prompts.text("posts_added", posts=_counted(new, gathered), publishers=_named(drafts)))
        if report.unchanged:
            said.insert(1, prompts.text("posts_some_known", count=len(report.unchanged)))
    elif report.unchanged:
        said.insert(0, prompts.text("posts_all_known", count=len(report.unchanged)))
    if gathered.wordless:
        said.append(prompts.text("posts_some_wordless", messages=counted(gathered.wordless, "message")))
    if gathered.mine:
        said.append(prompts.text("posts_of_mine"))
    return " ".join(said)


def _told_one(report: AddReport, draft: Draft) -> str:
    title = _shown(draft.title)
    if not (report.added or report.passages):
        return prompts.text("posts_known", title=title)
    passages = counted(report.passages, "passage")
    if report.replaced:
        return prompts.text("upload_replaced", title=title, passages=passages)
    if not draft.publisher:
        return prompts.text("upload_added", title=title, passages=passages)
    return prompts.text("post_added", title=title, publisher=_whose(draft), passages=passages)


def _whose(draft: Draft) -> str:
    written = [_shown(draft.publisher), day(draft.published) if draft.published else ""]
    return ", ".join(filter(None, written))


def _counted(new: Sequence[object], gathered: Gathered) -> str:
    return counted(len(new), "document" if gathered.files else "post")


def _named(drafts: Sequence[Draft]) -> str:
    """Whose posts these are, the first few by name."""
    names = list(dict.fromkeys(_shown(draft.publisher, 60) or prompts.text("somebody") for draft in drafts))
    more = len(names) - _NAMED
    named = names if more <= 0 else [*names[:_NAMED], f"{more} others"]
    return named[0] if len(named) == 1 else ", ".join(named[:-1]) + f" and {named[-1]}"


def kept(report: AddReport) -> str:
    """What became of a pasted text."""
    (document,) = (*report.added, *report.replaced, *report.unchanged)
    title = _shown(document.title)
    if not (report.added or report.passages):
        return prompts.text("posts_known", title=title)
    return prompts.text("paste_kept", title=title, passages=counted(report.passages, "passage"))


def _shown(name: str | None, limit: int = 100) -> str:
    return their_line(name, limit).text
