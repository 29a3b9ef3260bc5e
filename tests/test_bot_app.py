"""The bot begins and ends cleanly, and keeps people and words out of its log."""

from __future__ import annotations

import io
import logging
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from bot_stories import ANN, RunningBot, wait_for
from botapi import BotApi, Person, garbage, hang, refused
from fake_library import FakeLibrary

from bot.wire import HideToken


def test_an_answer_under_way_is_finished_before_the_bot_ends(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.slow = threading.Event()
    ann.says("When did the treaty take effect?")
    wait_for(lambda: library.begun == 1)
    threading.Timer(0.5, library.slow.set).start()
    bot.stop()
    assert "2 October" in ann.hears().text
    assert bot.took < 3


def test_what_does_not_end_is_broken_off_within_seconds(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app._GRACE", 1.0)
    library.slow = threading.Event()
    ann.says("When did the treaty take effect?")
    wait_for(lambda: library.begun == 1)
    bot.stop()
    assert library.broken_off == 1
    assert bot.took < 4


def test_an_idle_bot_ends_at_once_and_took_its_updates(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person
) -> None:
    with RunningBot(api, tmp_path, library, ANN) as bot:
        ann.says("When did the treaty take effect?")
        ann.hears()
        bot.stop()
        assert bot.took < 2
    with RunningBot(api, tmp_path, library, ANN):
        ann.hears_nothing(0.5)
    assert len(library.asked()) == 1


def test_updates_that_come_twice_are_handled_once(api: BotApi, bot: RunningBot, ann: Person) -> None:
    ann.says("When did the treaty take effect?")
    ann.hears()
    api.redelivers()
    ann.hears_nothing(0.5)
    ann.says("When did the treaty take effect?")
    ann.hears()


def test_questions_from_long_ago_are_not_answered_one_by_one(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person
) -> None:
    for hours in range(20, 2, -1):
        ann.says("When did the treaty take effect?", ago=timedelta(hours=hours))
    ann.says("And the treaty now?")
    with RunningBot(api, tmp_path, library, ANN):
        heard = {ann.hears().text[:20], ann.hears().text[:20]}
        ann.hears_nothing(0.3)
    assert "I was away when you " in heard
    assert library.asked() == ["And the treaty now?"]


def test_the_log_names_no_people_and_no_words(
    api: BotApi, bot: RunningBot, ann: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api.breaks("sendMessage", refused("CANT_PARSE"), times=2)
    api.breaks("getUpdates", garbage('{"ok": true, "result": [{"message": {"text": "the treaty"}}'))
    ann.says("When did the treaty take effect?")
    wait_for(lambda: bot.events("send.refused"))
    ann.says("/help")
    ann.hears()
    told = str(bot.logs) + caplog.text
    assert "treaty" not in told
    assert "Ann" not in told
    assert api.token not in told


def test_the_token_is_hidden_in_messages_and_tracebacks() -> None:
    token = "123456:not-to-be-seen"
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(HideToken(token))
    log = logging.Logger("any")
    log.addHandler(handler)
    log.warning("POST %s", f"https://api.telegram.org/bot{token}/getMe")
    try:
        raise ValueError(f"bot{token}")
    except ValueError:
        log.exception("It failed")
    assert token not in written.getvalue()
    assert written.getvalue().count("<token>") == 2


def test_hang_after_delivery_is_not_repeated(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.wire.READ_TIMEOUT", 1.0)
    api.breaks("sendMessage", hang(delivered=True))
    with RunningBot(api, tmp_path, library, ANN):
        ann.says("When did the treaty take effect?")
        assert "2 October" in ann.hears().text
        assert "did not tell me whether" in ann.hears().text
        ann.hears_nothing(1)
