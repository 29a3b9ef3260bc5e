"""A real python-telegram-bot believes the Bot API double, also when it misbehaves.

Knows nothing of Footnote's own bot.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import botapi
import pytest
from botapi import BotApi, Fault, Person
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest


@pytest.fixture(autouse=True)
def _new_style_durations(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library warns of its own old style whenever it is asked to wait."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as double:
        yield double


@pytest.fixture
def anna(api: BotApi) -> Person:
    """Anna, who has already pressed Start."""
    person = api.person(7, "Anna")
    person.starts()
    return person


@asynccontextmanager
async def client(api: BotApi, seconds: float = 0.5, token: str = "") -> AsyncIterator[Bot]:
    bot = Bot(
        token or api.token,
        base_url=f"{api.url}/bot",
        base_file_url=f"{api.url}/file/bot",
        request=HTTPXRequest(read_timeout=seconds),
    )
    async with bot:
        yield bot


async def reply(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Measure and reverse a document; echo the rest, and offer to say it louder."""
    message = update.effective_message
    assert message is not None
    if message.document:
        content = await (await message.document.get_file()).download_as_bytearray()
        await message.reply_document(
            bytes(content[::-1]), filename="reversed.txt", caption=f"{len(content)} bytes"
        )
        return
    louder = InlineKeyboardMarkup([[InlineKeyboardButton("Louder", callback_data="v1:up")]])
    await message.reply_text(message.text or "", do_quote=True, reply_markup=louder)


async def louder(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer("Louder!")
    await query.edit_message_text((query.message.text or "").upper())  # type: ignore[union-attr]


@asynccontextmanager
async def echo_bot(api: BotApi) -> AsyncIterator[None]:
    builder = Application.builder().token(api.token).base_url(f"{api.url}/bot")
    app = builder.base_file_url(f"{api.url}/file/bot").build()
    app.add_handlers([CallbackQueryHandler(louder), MessageHandler(filters.ALL, reply)])
    async with app:
        await app.start()
        assert app.updater is not None
        await app.updater.start_polling(timeout=5)
        try:
            yield
        finally:
            await app.updater.stop()
            await app.stop()


async def test_a_person_talks_with_a_real_bot(api: BotApi) -> None:
    anna = api.person(id=7, name="Anna", language="de")
    async with echo_bot(api):
        asked = anna.says("hello")
        heard = await asyncio.to_thread(anna.hears)
        assert (heard.text, heard.reply_to) == ("hello", asked)
        assert [[button.label for button in row] for row in heard.buttons] == [["Louder"]]

        tap = anna.taps(heard, "Louder")
        await asyncio.to_thread(api.eventually, lambda: heard.edits)
        assert (heard.text, heard.buttons, tap.answer) == ("HELLO", [], {"text": "Louder!"})

        anna.uploads(b"abc", name="abc.txt", mime="text/plain")
        back = await asyncio.to_thread(anna.hears)
        assert back.file is not None
        assert (back.text, back.file.name, back.file.content) == ("3 bytes", "reversed.txt", b"cba")
    assert [call.method for call in api.log if call.method.startswith("send")] == [
        "sendMessage",
        "sendDocument",
    ]
    assert all(call.status == 200 for call in api.log)


async def test_updates_come_again_until_they_are_confirmed(api: BotApi, anna: Person) -> None:
    async with client(api) as bot:
        first = await bot.get_updates()
        assert [update.update_id for update in await bot.get_updates()] == [first[0].update_id]
        assert not await bot.get_updates(offset=first[0].update_id + 1)
        api.redelivers()
        assert await bot.get_updates(offset=first[0].update_id + 1) == first


async def test_a_backlog_comes_in_hundreds_with_its_dates(api: BotApi, anna: Person) -> None:
    for number in range(149):
        anna.says(f"/ask {number}", ago=timedelta(hours=23))
    async with client(api) as bot:
        batch = await bot.get_updates()
        rest = await bot.get_updates(offset=batch[-1].update_id + 1)
    assert (len(batch), len(rest)) == (100, 50)
    assert rest[0].message is not None
    assert api.world.updates.waiting[0]["message"]["date"] < rest[0].message.date.timestamp() + 1
    assert {update.effective_user.id for update in rest if update.effective_user} == {7}


async def test_of_two_pollers_the_first_is_told_so(api: BotApi) -> None:
    async with client(api) as bot, client(api) as rival:
        first = asyncio.create_task(bot.get_updates(timeout=5))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(rival.get_updates(timeout=5))
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await first
        api.person(7, "Anna").says("hi")
        assert len(await second) == 1
        await bot.set_webhook("https://example.org/hook")
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()


async def test_kinds_of_updates_nobody_asked_for_stay_away(api: BotApi, anna: Person) -> None:
    async with client(api) as bot:
        await bot.get_updates(offset=-1, allowed_updates=["callback_query"])
        anna.says("unheard")
        anna.forges("v1:x")
        kinds = [update.message and update.message.text for update in await bot.get_updates()]
    assert kinds == ["/start", None]


@pytest.mark.parametrize(
    ("fault", "error", "delivered"),
    [
        (botapi.flood(3), RetryAfter, 0),
        (botapi.blocked(), Forbidden, 0),
        (botapi.refused("message is too long"), BadRequest, 0),
        (botapi.migrated(-100123), ChatMigrated, 0),
        (botapi.revoked(), InvalidToken, 0),
        (botapi.conflict(), Conflict, 0),
        (botapi.outage(502), NetworkError, 0),
        (botapi.outage(504, delivered=True), NetworkError, 1),
        (botapi.hang(), TimedOut, 1),
        (botapi.hang(delivered=False), TimedOut, 0),
        (botapi.drop(), NetworkError, 0),
        (botapi.drop(delivered=True), NetworkError, 1),
        (botapi.garbage("{"), TelegramError, 1),
        (botapi.drip(0.2), None, 1),
    ],
)
async def test_a_fault_looks_to_the_client_as_it_would(
    api: BotApi, anna: Person, fault: Fault, error: type[TelegramError] | None, delivered: int
) -> None:
    ben = api.person(8, "Ben")
    ben.starts()
    api.breaks("sendMessage", fault, chat=anna)
    async with client(api) as bot:
        await bot.send_message(ben.id, "not concerned")
        if error:
            with pytest.raises(error) as raised:
                await bot.send_message(anna.id, "hello")
            assert type(raised.value) is error
        else:
            await bot.send_message(anna.id, "hello")
        assert len(api.sent(anna)) == delivered
        await bot.send_message(anna.id, "again")
    assert [call.status for call in api.calls("sendMessage")][2] == 200


async def test_nobody_at_the_address_and_then_somebody_again(api: BotApi, anna: Person) -> None:
    async with client(api) as bot:
        with api.unreachable(), pytest.raises(NetworkError, match="ConnectError"):
            await bot.send_message(anna.id, "lost")
        await bot.send_message(anna.id, "found")
    assert [message.text for message in api.sent(anna)] == ["found"]


async def test_a_wrong_token_an_unknown_method_and_files_out_of_reach(api: BotApi, anna: Person) -> None:
    with pytest.raises(InvalidToken, match="rejected"):
        async with client(api, token="123456:some-other-token"):
            pass
    large = anna.uploads(b"x", name="large.pdf", size=25_000_000).file
    small = anna.uploads(b"x", name="../../x").file
    assert large is not None
    assert small is not None
    async with client(api) as bot:
        with pytest.raises(EndPointNotFound):
            await bot.do_api_request("sendRichMessage", {"chat_id": 7})
        with pytest.raises(BadRequest, match="File is too big"):
            await bot.get_file(large.id)
        assert bytes(await (await bot.get_file(small.id)).download_as_bytearray()) == b"x"


async def test_the_bot_introduces_itself_and_leaves(api: BotApi, anna: Person) -> None:
    group = api.group("Team", admins=(anna,))
    async with client(api) as bot:
        await bot.set_my_commands([("ask", "Ask your sources")], language_code="de")
        assert [command.command for command in await bot.get_my_commands(language_code="de")] == ["ask"]
        assert (await bot.get_chat(group.id)).title == "Team"
        assert (await bot.get_chat_member(group.id, anna.id)).status == "administrator"
        await bot.leave_chat(group.id)
        with pytest.raises(Forbidden, match="not a member"):
            await bot.send_message(group.id, "hello?")


async def test_an_outage_in_the_middle_of_a_poll_is_survived(api: BotApi) -> None:
    anna = api.person(7, "Anna")
    async with echo_bot(api):
        await asyncio.to_thread(api.eventually, lambda: api.calls("deleteWebhook"))
        api.breaks("getUpdates", botapi.outage(502))
        anna.says("still there?")
        assert (await asyncio.to_thread(anna.hears)).text == "still there?"
    assert 502 in [call.status for call in api.calls("getUpdates")]
