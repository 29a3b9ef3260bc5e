"""Takes in lists of feeds from other readers, and sends out all a person stored. Knows nothing of OPML."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath

import structlog
from telegram import Document as File
from telegram.error import TelegramError

import prompts
from bot import exporting
from bot.faults import described
from bot.handlers.desk import Desk, Visit, say
from bot.handlers.files import clean_name, fetched, shown
from bot.handlers.start import counted
from bot.handlers.waiting import Waiting, in_turn, work_on
from bot.render import Part, plain_parts
from bot.render.pieces import their_paragraph

_ENDINGS = {".opml", ".xml"}
_KINDS = {"text/x-opml", "text/x-opml+xml", "application/xml", "text/xml"}
_TOLD = 5  # what could not be taken is told in the message up to so many, beyond that in a file
_FILE = "footnote-export.zip"
_MOST = 49_000_000  # bytes; Telegram takes 50 MB

_log = structlog.get_logger()


def is_list(file: File) -> bool:
    """Whether a file is called, or said to be, a list of feeds."""
    return PurePath(clean_name(file.file_name)).suffix.lower() in _ENDINGS or file.mime_type in _KINDS


async def take_in(desk: Desk, visit: Visit, file: File) -> None:
    """Follow what a list names, and report."""
    left_out: list[str] = []
    words = prompts.text("list_importing", name=shown(file))
    await work_on(desk, visit, words, partial(_imported, desk, visit, file, left_out))
    if len(left_out) > _TOLD:
        caption = prompts.text("list_unreadable_file", name=shown(file))
        content = "\n".join(left_out).encode() + b"\n"
        await desk.outbox.send_file(visit.place, content, "not-imported.txt", caption)


async def export(desk: Desk, visit: Visit, _words: str) -> None:
    """Send everything a person stored as one file."""
    if not visit.private:
        await say(desk, visit, "export_in_private")
        return
    await in_turn(desk, visit, partial(_exported, desk, visit))


async def _exported(desk: Desk, visit: Visit) -> None:
    async with desk.outbox.typing(visit.place):
        try:
            content = await exporting.packed(desk, visit.person)
        except Exception as error:
            _log.error("export.failed", **described(error))
            await say(desk, visit, "failed")
            return
    if content is None:
        await say(desk, visit, "export_nothing")
    elif len(content) > _MOST:
        await say(desk, visit, "export_too_big")
    else:
        await desk.outbox.send_file(visit.place, content, _FILE, prompts.text("export_holds"))


async def _imported(desk: Desk, visit: Visit, file: File, left_out: list[str], _wait: Waiting) -> list[Part]:
    name = clean_name(file.file_name)
    try:
        async with fetched(desk, file) as path:
            done = await desk.following.import_list(path, name, visit.owner)
    except TelegramError as error:
        _log.warning("upload.lost", chat=visit.chat, **described(error))
        return plain_parts(prompts.text("upload_lost", name=shown(file)))
    left_out += done.unreadable
    said = [
        prompts.text("list_imported", name=shown(file), count=counted(done.followed, "source"))
        if done.followed
        else prompts.text("list_nothing_new", name=shown(file))
    ]
    said += [prompts.text("list_known", count=done.known)] if done.known else []
    lines = [" ".join(said)]
    count = counted(len(left_out), "entry")
    if len(left_out) > _TOLD:
        lines.append(prompts.text("list_unreadable_many", count=count))
    elif left_out:
        lines.append(prompts.text("list_unreadable", count=count))
        lines += [their_paragraph(each).text for each in left_out]
    return plain_parts("\n\n".join(lines))
