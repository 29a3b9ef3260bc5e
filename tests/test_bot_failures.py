"""Telegram fails in every way it does; nothing is said twice, and nothing is lost without a word."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

import pytest
from bot_stories import ANN, INVALID, RunningBot, toast, wait_for
from botapi import BotApi, Person, blocked, conflict, drop, flood, garbage, migrated, outage, refused, revoked
from fake_library import FakeLibrary

from retrieval.errors import FootnoteError


def test_a_flood_wait_is_obeyed_in_its_chat_alone(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person
) -> None:
    api.breaks("sendMessage", flood(2), chat=ann)
    begun = time.monotonic()
    ann.says("When did the treaty take effect?")
    wait_for(lambda: [call for call in api.calls("sendMessage") if call.status == 429])
    bob.says("When did the treaty take effect?")
    bob.hears()
    assert time.monotonic() - begun < 1.8
    ann.hears()
    assert time.monotonic() - begun >= 2
    assert len(api.sent(ann)) == 1


@pytest.mark.parametrize("fault", [outage(502), outage(503)])
def test_what_surely_did_not_arrive_is_sent_again(
    api: BotApi, bot: RunningBot, ann: Person, fault: Any
) -> None:
    api.breaks("sendMessage", fault)
    ann.says("When did the treaty take effect?")
    assert "2 October" in ann.hears().text
    assert len(api.sent(ann)) == 1


@pytest.mark.parametrize(
    "fault", [outage(504, delivered=True), drop(delivered=True), garbage("{"), garbage('{"ok": false}')]
)
def test_what_may_have_arrived_is_never_sent_twice(
    api: BotApi, bot: RunningBot, ann: Person, fault: Any
) -> None:
    api.breaks("sendMessage", fault)
    ann.says("When did the treaty take effect?")
    assert "2 October" in ann.hears().text
    ann.says("/help")
    wait_for(lambda: any("mention me" in message.text for message in api.sent(ann)))
    assert sum("2 October" in message.text for message in api.sent(ann)) == 1


def test_a_lost_answer_can_be_asked_for_again_once(api: BotApi, bot: RunningBot, ann: Person) -> None:
    api.breaks("sendMessage", drop(delivered=False))
    ann.says("When did the treaty take effect?")
    note = ann.hears()
    assert "did not tell me whether my last message arrived" in note.text
    assert toast(api, ann.taps(note, "Send it again")) == ""
    assert "2 October" in ann.hears().text
    assert toast(api, ann.taps(note, "Send it again")) == INVALID
    assert bot.events("send.uncertain")


def test_a_block_is_noted_and_others_are_still_answered(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person
) -> None:
    api.breaks("sendMessage", blocked(), chat=ann)
    ann.says("When did the treaty take effect?")
    wait_for(lambda: bot.events("send.gone"))
    bob.says("When did the treaty take effect?")
    bob.hears()
    assert not api.sent(ann)


def test_a_group_that_moved_is_answered_once_at_its_new_place(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    group = api.group("Readers", upgraded=False)
    new = api.group("Readers again")
    api.breaks("sendMessage", migrated(new.id), chat=group)
    ann.says("@footnote_bot When did the treaty take effect?", group)
    assert "2 October" in ann.hears(chat=new).text
    assert not api.sent(group)


def test_a_message_telegram_refuses_goes_out_in_plain_words(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    api.breaks("sendMessage", refused("BUTTON_DATA_INVALID"))
    ann.says("When did the treaty take effect?")
    answer = ann.hears()
    assert "2 October" in answer.text
    assert (answer.buttons, answer.entities) == ([], [])


def test_failing_reactions_never_hurt(api: BotApi, bot: RunningBot, ann: Person) -> None:
    api.breaks("setMessageReaction", refused("REACTION_INVALID"))
    api.breaks("sendChatAction", flood(30))
    ann.says("When did the treaty take effect?")
    assert "2 October" in ann.hears().text


def test_an_outage_of_telegram_is_waited_out(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person
) -> None:
    with api.unreachable():
        bot = RunningBot(api, tmp_path, library, ANN).__enter__()
        wait_for(lambda: bot.events("polling.failed"))
    api.breaks("getUpdates", garbage("{"))
    ann.says("When did the treaty take effect?")
    assert "2 October" in ann.hears().text
    bot.__exit__(None)


def test_a_refused_token_ends_the_bot_with_one_sentence_and_is_never_shown(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with RunningBot(api, tmp_path, library, ANN) as bot:
        ann.says("When did the treaty take effect?")
        ann.hears()
        api.breaks("getUpdates", revoked())
        error = bot.ends()
    assert isinstance(error, FootnoteError)
    assert "refuses the bot token" in str(error)
    api.breaks("getMe", revoked())
    with RunningBot(api, tmp_path, library, ANN) as bot:
        assert isinstance(bot.ends(), FootnoteError)
    assert api.token not in str(bot.logs) + caplog.text + str(error)


def test_a_second_poller_gives_up_and_leaves_the_first_alone(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.polling._PAUSE_IN_CONFLICT", 0.1)
    with RunningBot(api, tmp_path / "first", library, ANN) as first:
        for _ in range(3):
            ann.says("When did the treaty take effect?")
            ann.hears()
        with RunningBot(api, tmp_path / "second", library, ANN) as second:
            error = second.ends()
        ann.says("When did the treaty take effect?")
        ann.hears()
        assert first.error is None
    assert isinstance(error, FootnoteError)
    assert "Another program receives this bot's messages" in str(error)


def test_a_conflict_that_passes_is_waited_out(api: BotApi, bot: RunningBot, ann: Person) -> None:
    api.breaks("getUpdates", conflict())
    ann.says("When did the treaty take effect?")
    assert "2 October" in ann.hears().text
