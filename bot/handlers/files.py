"""Fetches files from Telegram for a moment. Knows nothing of what is in them."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath

from telegram import Document as File

import prompts
from bot.handlers.desk import Desk
from bot.render.clean import line
from bot.render.pieces import their_line
from retrieval.errors import FootnoteError

LARGEST = 20 * 1024 * 1024  # bytes; Telegram gives bots no larger file
_LONGEST_NAME = 120  # characters


@asynccontextmanager
async def fetched(desk: Desk, file: File) -> AsyncIterator[Path]:
    """The file under a name of ours, until the end of the block.

    Raises FootnoteError where it is too big, TelegramError where it cannot be had.
    """
    path = desk.inbox / secrets.token_hex(16)
    try:
        if refusal := too_big(file):
            raise FootnoteError(refusal)
        found = await desk.bot.get_file(file.file_id)
        if (found.file_size or 0) > LARGEST:
            raise FootnoteError(_too_big(file, found.file_size or 0))
        await found.download_to_drive(path)
        yield path
    finally:
        path.unlink(missing_ok=True)


def too_big(file: File) -> str | None:
    """The sentence for a file that Telegram will not give, or None."""
    return _too_big(file, file.file_size) if (file.file_size or 0) > LARGEST else None


def clean_name(name: str | None) -> str:
    """The last part of a file's name as one visible line; the ending is kept when it is long."""
    last = PurePosixPath((name or "").replace("\\", "/")).name
    tidy = PurePosixPath(line(last, 1_000))
    return tidy.stem[: _LONGEST_NAME - len(tidy.suffix)] + tidy.suffix[:_LONGEST_NAME] or "document"


def shown(file: File) -> str:
    """The name of a file as a message may show it."""
    return their_line(clean_name(file.file_name), 60).text


def _too_big(file: File, size: int | None) -> str:
    return prompts.text("upload_too_big", name=shown(file), size=f"{(size or 0) / 1024 / 1024:.1f} MB")
