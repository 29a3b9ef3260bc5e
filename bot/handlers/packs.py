"""Offers lists of well-known sources and follows one, source by source. Knows no feeds."""

from __future__ import annotations

from functools import partial

import prompts
from bot.handlers import watching
from bot.handlers.desk import Desk, Visit
from bot.handlers.start import counted
from bot.handlers.waiting import Waiting, in_turn, work_on
from bot.render import Button, Part, plain_parts
from bot.render.buttons import Rows
from bot.render.pieces import their_line, their_paragraph
from retrieval.errors import FootnoteError, LimitReached
from retrieval.starters import Pack, packs

_IN_ROW = 3


def choices() -> Rows:
    """A button for each list."""
    buttons = [Button(pack.title, f"g:{at}") for at, pack in enumerate(packs())]
    return tuple(tuple(buttons[at : at + _IN_ROW]) for at in range(0, len(buttons), _IN_ROW))


def all_parts() -> list[Part]:
    """The question which list it shall be."""
    return plain_parts(prompts.text("packs_which"), buttons=choices())


def pack_parts(at: int) -> list[Part] | None:
    """What is in one list, with a button that follows it; None where there is no such list."""
    if at >= len(packs()):
        return None
    pack = packs()[at]
    names = ", ".join(their_line(feed.name, 60).text for feed in pack.feeds)
    words = prompts.text("pack_about", count=len(pack.feeds), names=names)
    yes = Button(prompts.text("pack_confirm_button", count=len(pack.feeds)), f"g!:{at}")
    back = Button(prompts.text("packs_back_button"), "g")
    return plain_parts(words, heading=pack.title, buttons=((yes,), (back,)))


async def follow(desk: Desk, visit: Visit, at: int, over: int | None) -> None:
    """Follow all of a list, and report once."""
    pack = packs()[at]
    words = _progress(pack, 0)
    work = partial(_follow, desk, visit, pack)
    await in_turn(desk, visit, partial(work_on, desk, visit, words, work, over))


async def _follow(desk: Desk, visit: Visit, pack: Pack, wait: Waiting) -> list[Part]:
    from retrieval.following import Offer

    new = known = 0
    failed = []
    for done, feed in enumerate(pack.feeds):
        await wait.say(_progress(pack, done))
        try:
            followed = await desk.following.follow(Offer("feed", feed.url, feed.name), visit.owner)
        except LimitReached as error:  # true of all that follow, too
            failed.append(str(error))
            break
        except FootnoteError as error:
            failed.append(f"{feed.name}: {error}")
        else:
            new, known = new + (not followed.known), known + followed.known
    if new:
        desk.looks.take(visit.chat, partial(watching.look, desk, visit.owner))
    said = [prompts.text("pack_followed", title=pack.title, count=counted(new, "source"))]
    said += [prompts.text("pack_known", count=known)] if known else []
    lines = [" ".join(said)]
    if failed:
        lines += [prompts.text("pack_failed"), *(their_paragraph(each).text for each in failed)]
    elif new:
        lines.append(prompts.text("followed_ask"))
    return plain_parts("\n\n".join(lines))


def _progress(pack: Pack, done: int) -> str:
    return prompts.text("pack_following", title=pack.title, done=done, total=len(pack.feeds))
