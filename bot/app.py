"""Joins the parts of the Telegram bot, runs it and ends it cleanly. Knows nothing of what handlers do."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Bot, BotCommand, Update
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackContext,
    CallbackQueryHandler,
    ChatMemberHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

import prompts
from bot.addressed import Halt
from bot.faults import described
from bot.furnishing import BotConfig, furnish
from bot.handlers import (
    access,
    ahead,
    buttons,
    correcting,
    delivering,
    messages,
    notices,
    questions,
    standing,
    watching,
)
from bot.handlers.desk import Desk
from bot.people import Clock
from bot.polling import Poller
from bot.wire import quiet_logs, requests

if TYPE_CHECKING:
    from retrieval.following import Following
    from retrieval.library import Library

_GRACE = 4.0  # seconds for answers under way when the bot is told to stop

_SHORTLY = 2.0  # seconds for each other step of stopping

App = Application[Any, Any, Any, Any, Any, Any]
Context = CallbackContext[Any, Any, Any, Any]

_log = structlog.get_logger()


async def run_bot(
    config: BotConfig,
    library: Library,
    following: Following,
    engine: AsyncEngine,
    clock: Clock,
    *,
    stop: asyncio.Event | None = None,
) -> None:
    """Answer in Telegram and keep sources fresh until ``stop`` is set; without one, until SIGTERM or SIGINT.

    ``clock`` tells the time in UTC. Raises FootnoteError where the token is refused or used elsewhere.
    """
    quiet_logs(config.token)
    app = _application(config)
    desk = await furnish(app.bot, config, library, following, engine, clock)
    _add_handlers(app, desk)
    poller = Poller(app.bot, app.update_queue.put)
    with _signals(stop) as stopped:
        serving = asyncio.create_task(_serve(app, poller, desk))
        ending = asyncio.create_task(stopped.wait())
        opening = asyncio.create_task(_open_pages(config, desk))
        try:
            await asyncio.wait({serving, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            serving.cancel()
            ending.cancel()
            opening.cancel()
            await asyncio.wait({serving, ending, opening})
            await _close(app, poller, desk, confirm=serving.cancelled())
    if not serving.cancelled():
        serving.result()


def _application(config: BotConfig) -> App:
    methods, polling = requests()
    builder = ApplicationBuilder().token(config.token).updater(None).job_queue(None)
    address = config.api_url.rstrip("/")
    builder = builder.base_url(f"{address}/bot").base_file_url(f"{address}/file/bot")
    return builder.request(methods).get_updates_request(polling).concurrent_updates(True).build()


def _add_handlers(app: App, desk: Desk) -> None:
    """Access comes before everything; then messages, taps, stops, and where the bot may write. No more."""

    async def admit(update: Update, _context: Context) -> None:
        await access.admit(desk, update)

    async def read(update: Update, _context: Context) -> None:
        if update.message is not None:
            await messages.route(desk, update.message)

    async def tap(update: Update, _context: Context) -> None:
        if update.callback_query is not None:
            await buttons.tapped(desk, update.callback_query)

    async def stands(update: Update, _context: Context) -> None:
        if update.my_chat_member is not None:
            await standing.changed(desk, update.my_chat_member)

    async def stopped(update: Update, _context: Context) -> None:
        if halt := Halt.of(update):
            await questions.stop_preview(desk, halt)

    async def failed(_update: object, context: Context) -> None:
        if context.error is not None:
            _log.error("update.failed", **described(context.error))

    app.add_handler(TypeHandler(Update, admit), group=-1)
    app.add_handler(MessageHandler(filters.UpdateType.MESSAGE, read))
    app.add_handler(CallbackQueryHandler(tap))
    app.add_handler(ChatMemberHandler(stands, ChatMemberHandler.MY_CHAT_MEMBER))
    app.add_handler(TypeHandler(Update, stopped))
    app.add_error_handler(failed)


async def _serve(app: App, poller: Poller, desk: Desk) -> None:
    await poller.begin()
    await app.initialize()
    await app.start()
    _log.info("bot.started", bot=app.bot.id)
    await _within(_SHORTLY, _offer_commands(app.bot))
    interrupted = await desk.watches.interrupted()  # before anything new can be claimed
    desk.looks.take(watching.EVERYBODY, partial(watching.resume, desk, interrupted))
    beside = {asyncio.create_task(notices.keep_fresh(desk)), asyncio.create_task(delivering.run(desk))}
    beside.add(asyncio.create_task(ahead.keep_ahead(desk)))
    beside.add(asyncio.create_task(correcting.keep_sending(desk)))
    try:
        await poller.run()
    finally:
        for task in beside:
            task.cancel()
        await asyncio.wait(beside, timeout=_GRACE)


async def _open_pages(config: BotConfig, desk: Desk) -> None:
    """Serve what people share, where links can be reached; a fault there ends nothing else."""
    if config.public_url is None:
        return
    from bot import pages

    site = pages.Site(desk.shares, desk.kept_editions, desk.corrections, desk.library, desk.people.may_speak)
    try:
        await pages.serve(site.application(config.public_url), *config.listen, opened=desk.shares.offer)
    except Exception as error:
        _log.error("pages.failed", **described(error))


async def _offer_commands(bot: Bot) -> None:
    lines = (line.partition(": ") for line in prompts.text("commands").splitlines())
    with suppress(TelegramError):
        await bot.set_my_commands([BotCommand(command, does) for command, _, does in lines])


async def _close(app: App, poller: Poller, desk: Desk, *, confirm: bool) -> None:
    """Let what is under way end within seconds: taken updates, then answers and uploads."""
    if app.running:
        if confirm:
            await _within(_SHORTLY, poller.confirm())
        await _within(_SHORTLY, app.stop())
    await asyncio.gather(*(turns.close(_GRACE) for turns in (desk.questions, desk.uploads, desk.looks)))
    await _within(_SHORTLY, desk.editions.close())
    await _within(_SHORTLY, app.shutdown())
    await _within(_SHORTLY, app.bot.shutdown())
    desk.deliveries.close()
    desk.grounds.close()
    _log.info("bot.stopped")


async def _within(seconds: float, work: Awaitable[object]) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(work, seconds)


@contextmanager
def _signals(stop: asyncio.Event | None) -> Iterator[asyncio.Event]:
    """The event to stop at; where nobody gave one, SIGTERM and the first SIGINT set it."""
    if stop is not None:
        yield stop
        return
    event, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop_once() -> None:
        event.set()
        loop.remove_signal_handler(signal.SIGINT)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop_once)
    try:
        yield event
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
