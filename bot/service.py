"""Runs the Telegram bot over a library and what is followed. Knows nothing of messages."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from datetime import UTC, datetime

import structlog

from bot.first_run import offer_sample
from bot.opening import following_of, library_of
from bot.settings import Settings, host_and_port
from retrieval.errors import FootnoteError
from retrieval.library import Library
from retrieval.sample import QUESTIONS
from retrieval.types import Scope

_log = structlog.get_logger()


async def serve(token: str, settings: Settings) -> None:
    """Answer in Telegram until the process is told to stop."""
    from bot.app import run_bot
    from bot.furnishing import BotConfig

    config = BotConfig(
        token=token,
        folder=settings.footnote_data_dir,
        api_url=str(settings.telegram_api_url).rstrip("/"),
        allowed_users=settings.telegram_allowed_users,
        sample_questions=QUESTIONS,
        public_url=str(settings.public_url).rstrip("/") if settings.public_url else None,
        listen=host_and_port(settings.listen_address),
    )
    async with library_of(settings) as library, following_of(settings, library) as following:
        await library.prepare()
        await offer_sample(library)
        holdings = await library.holdings(Scope())
        _log.info("library.opened", documents=holdings.documents, passages=holdings.passages)
        gc.freeze()  # what is loaded by now stays: looking through it would stop an answer for some 80 ms
        filling = asyncio.create_task(_fill(library))
        try:
            await run_bot(config, library, following, library.engine, lambda: datetime.now(UTC))
        finally:
            filling.cancel()
            with suppress(asyncio.CancelledError):
                await filling


async def _fill(library: Library) -> None:
    """Index what an earlier process left behind, beside the questions."""
    try:
        await library.check()
        passages = await library.fill()
    except FootnoteError as error:
        _log.error("index.fill_failed", reason=str(error))
    else:
        if passages:
            _log.info("index.filled", passages=passages)
