"""Takes in, lists and forgets documents. Knows nothing of how they are read or stored."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import structlog
from telegram import Document as File
from telegram import Message
from telegram.error import TelegramError

import prompts
from bot.aside import in_thread
from bot.faults import described
from bot.handlers import watching
from bot.handlers.desk import Desk, Visit, say
from bot.handlers.start import counted
from bot.render import Page, Part, documents_parts, forget_parts
from bot.render.clean import line
from bot.render.pieces import their_line
from bot.turns import State
from retrieval.errors import FootnoteError
from retrieval.types import Document, Scope

if TYPE_CHECKING:
    from retrieval.library import AddReport

LARGEST = 20 * 1024 * 1024  # bytes; Telegram gives bots no larger file
_SEEN = "👀"
_LONGEST_NAME = 120  # characters

_log = structlog.get_logger()


async def sources(desk: Desk, visit: Visit, _words: str) -> None:
    """List what can be answered from in this chat, newest first."""
    await desk.outbox.send_parts(visit.place, await sources_page(desk, visit, 1))


async def sources_page(desk: Desk, visit: Visit, number: int) -> list[Part]:
    """One page of what can be answered from in this chat."""
    page, documents = await _page(desk, visit.scope, number)
    return documents_parts(documents, page)


async def forget(desk: Desk, visit: Visit, _words: str) -> None:
    """List a person's own documents, each with a button to forget it."""
    if visit.private:
        await desk.outbox.send_parts(visit.place, await forget_page(desk, visit, 1))
    else:
        await say(desk, visit, "forget_in_private")


async def forget_page(desk: Desk, visit: Visit, number: int) -> list[Part]:
    """One page of a person's own documents."""
    page, documents = await _page(desk, Scope((visit.owner,)), number)
    return forget_parts(documents, page)


async def receive(desk: Desk, visit: Visit, message: Message) -> None:
    """Take in what was sent in a private chat, or say what can be read."""
    file = message.document
    if file is None:
        await say(desk, visit, "upload_kinds")
    elif (file.file_size or 0) > LARGEST:
        await say(desk, visit, "upload_too_big", name=_shown(file), size=_megabytes(file.file_size or 0))
    else:
        turn = desk.uploads.take(visit.chat, partial(_take_in, desk, visit, file))
        if turn.state is not State.REFUSED:
            await desk.outbox.react(visit.chat, message.message_id, _SEEN)
        elif turn.first:
            await say(desk, visit, "too_many_uploads")


async def _take_in(desk: Desk, visit: Visit, file: File) -> None:
    async with desk.outbox.typing(visit.place):
        try:
            report = await _add(desk, visit, file)
            words = _told(report)
            if report.added or report.replaced:
                # One look that waits is enough: it will see what any other would.
                desk.looks.take(visit.chat, partial(watching.look, desk, visit.owner))
        except TelegramError as error:
            _log.warning("upload.lost", chat=visit.chat, **described(error))
            words = prompts.text("upload_lost", name=_shown(file))
        except FootnoteError as error:
            _log.info("upload.refused", chat=visit.chat, error=type(error).__name__)
            words = str(error)
        except Exception as error:
            _log.error("upload.failed", chat=visit.chat, **described(error))
            words = prompts.text("failed")
    await desk.outbox.say(visit.reply, words)


async def _add(desk: Desk, visit: Visit, file: File) -> AddReport:
    """Fetch a file under a name of ours, read it, keep its text, and leave no file behind."""
    from retrieval.extract import read_file

    name = clean_name(file.file_name)
    path = desk.inbox / secrets.token_hex(16)
    try:
        await _fetch(desk, file, path)
        draft = await in_thread(partial(read_file, path, name=name))
    finally:
        path.unlink(missing_ok=True)
    mine = replace(draft, key=f"upload:{name}", source=name, given_id=None)
    return await desk.library.add([mine], owner=visit.owner)


async def _fetch(desk: Desk, file: File, path: Path) -> None:
    found = await desk.bot.get_file(file.file_id)
    if (found.file_size or 0) > LARGEST:
        raise FootnoteError(
            prompts.text("upload_too_big", name=_shown(file), size=_megabytes(found.file_size or 0))
        )
    await found.download_to_drive(path)


def clean_name(name: str | None) -> str:
    """The last part of a file's name as one visible line; the ending is kept when it is long."""
    last = PurePosixPath((name or "").replace("\\", "/")).name
    shown = PurePosixPath(line(last, 1_000))
    return shown.stem[: _LONGEST_NAME - len(shown.suffix)] + shown.suffix[:_LONGEST_NAME] or "document"


def _told(report: AddReport) -> str:
    """What became of the one document that was sent."""
    kinds: tuple[tuple[str, Sequence[Document]], ...] = (
        ("upload_added", report.added),
        ("upload_replaced", report.replaced),
    )
    for text, documents in kinds:
        for document in documents:
            passages = counted(report.passages, "passage")
            return prompts.text(text, title=_title(document), passages=passages)
    return prompts.text("upload_unchanged", title=_title(report.unchanged[0]))


def _title(document: Document) -> str:
    return their_line(document.title, 100).text


def _shown(file: File) -> str:
    return their_line(clean_name(file.file_name), 60).text


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"


async def _page(desk: Desk, scope: Scope, number: int) -> tuple[Page, list[Document]]:
    holdings = await desk.library.holdings(scope)
    page = Page.of(number, holdings.documents)
    return page, await desk.library.documents(scope, limit=page.size, offset=page.offset)
