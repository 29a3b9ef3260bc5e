"""Joins the parts of the Telegram bot, runs it and ends it cleanly. Knows nothing of what handlers do."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
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
from bot import (
    asked,
    awaited,
    corrections,
    deliveries,
    grounds,
    histories,
    kept_editions,
    kept_stories,
    people,
    shares,
    subscribers,
    tastes,
    watches,
)
from bot.addressed import Halt
from bot.asked import Asked
from bot.awaited import Awaited
from bot.backlog import Backlog
from bot.baskets import Baskets
from bot.corrections import Corrections
from bot.deliveries import Deliveries
from bot.editions import Editions
from bot.faults import described
from bot.grounds import Grounds
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
from bot.handlers.ticket import Ticket
from bot.histories import Histories
from bot.kept_editions import KeptEditions
from bot.kept_stories import KeptStories
from bot.outbox import Outbox
from bot.people import Clock, People
from bot.polling import Poller
from bot.shares import Shares
from bot.streaming import Drafts
from bot.subscribers import Subscribers
from bot.tastes import Tastes
from bot.turns import Turns
from bot.watches import Watches
from bot.wire import quiet_logs, requests
from retrieval import database

if TYPE_CHECKING:
    from retrieval.following import Following
    from retrieval.library import Library

_SCHEMAS = {
    "people": people.SCHEMA,
    "asked": asked.SCHEMA,
    "awaited": awaited.SCHEMA,
    "histories": histories.SCHEMA,
    "grounds": grounds.SCHEMA,
    "watches": watches.SCHEMA,
    "subscribers": subscribers.SCHEMA,
    "deliveries": deliveries.SCHEMA,
    "corrections": corrections.SCHEMA,
    "kept_stories": kept_stories.SCHEMA,
    "kept_editions": kept_editions.SCHEMA,
    "shares": shares.SCHEMA,
    "tastes": tastes.SCHEMA,
}
_QUESTIONS_WAITING = 5
_UPLOADS_WAITING = 20
_LOOKS_WAITING = 1
_GRACE = 4.0  # seconds for answers under way when the bot is told to stop

_SHORTLY = 2.0  # seconds for each other step of stopping

App = Application[Any, Any, Any, Any, Any, Any]
Context = CallbackContext[Any, Any, Any, Any]

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class BotConfig:
    """What the bot must be told: its token, where Telegram is, whom it answers, where files may wait.

    ``folder`` is the data folder; uploads pass through a folder inside it. ``sample_questions`` are
    offered while the sample library is held. ``public_url`` is what links that people share begin with; they
    are then served where the bot is to ``listen``, a host and a port.
    """

    token: str
    folder: Path
    api_url: str = "https://api.telegram.org"
    allowed_users: tuple[int, ...] = ()
    sample_questions: tuple[str, ...] = ()
    public_url: str | None = None
    listen: tuple[str, int] = ("127.0.0.1", 8480)


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
    desk = await _desk(app.bot, config, library, following, engine, clock)
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


async def _desk(
    bot: Bot,
    config: BotConfig,
    library: Library,
    following: Following,
    engine: AsyncEngine,
    clock: Clock,
) -> Desk:
    for component, steps in _SCHEMAS.items():
        await database.apply(engine, component, steps)
    known = People(engine, config.allowed_users, clock)
    await known.load()
    subscribed = Subscribers(engine, clock)
    await subscribed.load()
    watched = Watches(engine, clock)
    stories, opinions = KeptStories(engine, clock), Tastes(engine, clock)
    under_way: dict[int, Ticket] = {}

    async def moved(old: int, new: int) -> None:
        """A group has another id now, and what goes to it goes there."""
        await subscribed.move(old, new)
        await watched.move(old, new)

    def sent(chat: int) -> None:
        """A message takes the place of a preview, which is then drawn anew."""
        ticket = under_way.get(chat)
        if ticket and ticket.preview:
            ticket.preview.covered()

    return Desk(
        bot=bot,
        library=library,
        following=following,
        people=known,
        asked=Asked(engine, clock),
        awaited=Awaited(engine, clock),
        histories=Histories(engine, clock),
        grounds=Grounds(engine, clock),
        watches=watched,
        subscribers=subscribed,
        deliveries=Deliveries(engine, clock),
        corrections=Corrections(engine, clock),
        stories=stories,
        kept_editions=KeptEditions(engine, clock, stories),
        shares=Shares(engine, clock, config.public_url or ""),
        tastes=opinions,
        editions=Editions(library, following, opinions),
        outbox=Outbox(bot, sent=sent, moved=moved),
        drafts=Drafts(bot),
        questions=Turns(waiting=_QUESTIONS_WAITING),
        uploads=Turns(waiting=_UPLOADS_WAITING),
        looks=Turns(waiting=_LOOKS_WAITING),
        baskets=Baskets(),
        under_way=under_way,
        backlog=Backlog(clock()),
        clock=clock,
        inbox=_empty_inbox(config.folder),
        sample_questions=config.sample_questions,
    )


def _empty_inbox(folder: Path) -> Path:
    """The folder uploads pass through; what a killed process left in it is removed."""
    inbox = folder / "uploads"
    shutil.rmtree(inbox, ignore_errors=True)
    inbox.mkdir(parents=True)
    return inbox


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

    site = pages.Site(desk.shares, desk.kept_editions, desk.library, desk.people.may_speak)
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
