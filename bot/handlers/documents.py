"""Takes in, lists and forgets documents. Knows nothing of how they are read or stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import structlog
from telegram import Document as File
from telegram import Message
from telegram.error import TelegramError

import prompts
from bot.aside import in_thread
from bot.faults import described
from bot.handlers import lists, watching
from bot.handlers.desk import Desk, Visit, say
from bot.handlers.files import clean_name, fetched, shown, too_big
from bot.handlers.start import counted
from bot.render import Page, Part, documents_parts, forget_parts
from bot.render.buttons import Rows
from bot.render.pieces import their_line, their_paragraph
from bot.turns import State
from retrieval.errors import FootnoteError
from retrieval.types import Document, Draft, Scope

if TYPE_CHECKING:
    from retrieval.library import AddReport

_SEEN = "👀"

_log = structlog.get_logger()


async def documents_page(desk: Desk, visit: Visit, number: int, buttons: Rows = ()) -> list[Part]:
    """One page of what can be answered from in this chat, newest first."""
    page, documents = await _page(desk, visit.scope, number)
    return documents_parts(documents, page, buttons=buttons)


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
    elif refusal := too_big(file):
        await desk.outbox.say(visit.place, refusal)
    else:
        work = lists.take_in if lists.is_list(file) else take_in
        turn = desk.uploads.take(visit.chat, partial(work, desk, visit, file))
        if turn.state is not State.REFUSED:
            await desk.outbox.react(visit.chat, message.message_id, _SEEN)
        elif turn.first:
            await say(desk, visit, "too_many_uploads")


async def take_in(desk: Desk, visit: Visit, file: File) -> None:
    """Read a file, keep its text and say what became of it."""
    async with desk.outbox.typing(visit.place):
        try:
            await desk.following.check_room(visit.owner)
            report = await desk.library.add([await read_upload(desk, file)], owner=visit.owner)
            words = _told(report)
            if report.added or report.replaced:
                # One look that waits is enough: it will see what any other would.
                desk.looks.take(visit.chat, partial(watching.look, desk, visit.owner))
        except TelegramError as error:
            _log.warning("upload.lost", chat=visit.chat, **described(error))
            words = prompts.text("upload_lost", name=shown(file))
        except FootnoteError as error:
            _log.info("upload.refused", chat=visit.chat, error=type(error).__name__)
            words = their_paragraph(str(error)).text
        except Exception as error:
            _log.error("upload.failed", chat=visit.chat, **described(error))
            words = prompts.text("failed")
    await desk.outbox.say(visit.reply, words)


async def read_upload(desk: Desk, file: File) -> Draft:
    """The document in a file, which is fetched for that and not left behind.

    Raises FootnoteError with one sentence, TelegramError where the file cannot be had.
    """
    from retrieval.extract import read_file

    name = clean_name(file.file_name)
    async with fetched(desk, file) as path:
        draft = await in_thread(partial(read_file, path, name=name))
    return replace(draft, key=f"upload:{name}", source=name, given_id=None)


def _told(report: AddReport) -> str:
    """What became of the one document that was sent."""
    kinds: tuple[tuple[str, Sequence[Document]], ...] = (
        ("upload_added", report.added),
        ("upload_replaced", report.replaced),
    )
    for text, documents in kinds:
        for document in documents if report.added or report.passages else ():
            passages = counted(report.passages, "passage")
            return prompts.text(text, title=_title(document), passages=passages)
    (document,) = (*report.added, *report.replaced, *report.unchanged)
    return prompts.text("upload_unchanged", title=_title(document))


def _title(document: Document) -> str:
    return their_line(document.title, 100).text


async def _page(desk: Desk, scope: Scope, number: int) -> tuple[Page, list[Document]]:
    holdings = await desk.library.holdings(scope)
    page = Page.of(number, holdings.documents)
    return page, await desk.library.documents(scope, limit=page.size, offset=page.offset)
