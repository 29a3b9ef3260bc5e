"""Who is heard, and what groups may see: the Telegram bot over real HTTP."""

from __future__ import annotations

from pathlib import Path

from bot_stories import ANN, INVALID, RunningBot, toast, wait_for
from botapi import BotApi, Person
from fake_library import FakeLibrary

from retrieval.types import person

# -- who is heard


def test_the_setup_code_from_the_log_makes_its_sender_the_owner(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person, eve: Person
) -> None:
    with RunningBot(api, tmp_path, library) as bot:
        code = wait_for(lambda: bot.events("setup.code"))[0]["code"]
        ann.says("/start")
        assert "setup code" in ann.hears().text
        ann.says("AAAA-AAAA")
        assert "Tries left today: 4" in ann.hears().text
        assert library.calls == []
        ann.says(code)
        assert "You are my owner now" in ann.hears().text
        assert "I hold 1 document" in ann.hears().text
        eve.says(code)
        assert "only answer the people" in eve.hears().text
        assert len(bot.events("setup.code")) == 1
    with RunningBot(api, tmp_path, library) as bot:
        ann.says("When did the treaty take effect?")
        assert "2 October" in ann.hears().text
        assert not bot.events("setup.code")


def test_a_code_is_worth_nothing_in_a_group(
    api: BotApi, tmp_path: Path, library: FakeLibrary, eve: Person
) -> None:
    group = api.group("Readers")
    with RunningBot(api, tmp_path, library) as bot:
        code = wait_for(lambda: bot.events("setup.code"))[0]["code"]
        eve.says(f"@footnote_bot {code}", group)
        eve.says(f"/start@footnote_bot {code}", group)
        eve.hears_nothing(0.4, group)


def test_strangers_get_one_line_a_day_and_cost_nothing(
    api: BotApi, bot: RunningBot, eve: Person, library: FakeLibrary
) -> None:
    eve.says("When did the treaty take effect?")
    assert eve.hears().text == "I only answer the people I was set up for."
    for said in ("/start", "/start p_1_0_5", "/sources", "AAAA-AAAA", "Hello?"):
        eve.says(said)
    eve.uploads(b"Mine.", name="mine.txt")
    forged = eve.forges("p:1:0-5", api.sent(eve)[0])
    group = api.group("Readers")
    eve.says("@footnote_bot When did the treaty take effect?", group)
    assert toast(api, forged) == ""
    eve.hears_nothing(0.4)
    eve.hears_nothing(0, group)
    assert library.calls == []
    assert not api.calls("getFile")
    assert not api.calls("setMessageReaction")


def test_bots_channels_and_borrowed_names_are_not_heard(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    robot = api.person(2001, "Robot", is_bot=True)
    group = api.group("Readers")
    robot.says("When did the treaty take effect?")
    robot.forges("s:1")
    ann.says(
        "@footnote_bot treaty when?",
        group,
        sender_chat={"id": -100777, "type": "channel", "title": "Ann"},
    )
    api.pushes("channel_post", {**ann.says("x", group).as_json(), "message_id": 90})
    api.pushes("edited_message", ann.says("unrelated", group).as_json())
    user = {"id": ANN, "is_bot": False, "first_name": "Ann"}
    api.pushes("inline_query", {"id": "1", "from": user, "query": "treaty", "offset": ""})
    ann.says("/help")
    assert "mention me (@footnote_bot)" in ann.hears().text
    assert library.calls == []
    assert {call.method for call in api.log} <= {
        "getMe", "deleteWebhook", "setMyCommands", "getUpdates", "sendMessage"
    }  # fmt: skip


# -- groups


def test_in_a_group_only_what_is_addressed_to_the_bot_is_read(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    group = api.group("Readers")
    for said in ("When did the treaty take effect?", "/ask treaty", "/ask@other_bot treaty", "@other_bot hm"):
        ann.says(said, group)
    ann.hears_nothing(0.3, group)
    asked = ann.says("@footnote_bot When did the treaty take effect?", group)
    answer = ann.hears(chat=group)
    assert answer.reply_to is asked
    ann.says("/ask@footnote_bot When did the treaty take effect?", group)
    ann.hears(chat=group)
    ann.replies(answer, "Which treaty exactly?")
    ann.hears(chat=group)
    ann.says("@footnote_bot", group)
    assert "in the same message" in ann.hears(chat=group).text
    assert library.asked() == ["When did the treaty take effect?"] * 2 + ["Which treaty exactly?"]


def test_in_a_group_nobodys_own_documents_are_read(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    mine = library.put("Diary", "My salary is secret.", person(ANN))
    group = api.group("Readers")
    ann.says("What is my salary?")
    private = ann.hears()
    assert "salary" in private.text
    ann.says("@footnote_bot What is my salary?", group)
    shared = ann.hears(chat=group)
    assert "Your sources don't say" in shared.text
    for data in (f"p:{mine.number}:0-5", f"x:{mine.number}", f"x!:{mine.number}", "f:1", "k"):
        assert toast(api, ann.forges(data, shared)) == INVALID
    ann.says("/sources@footnote_bot", group)
    assert "Diary" not in ann.hears(chat=group).text
    ann.says("/forget@footnote_bot", group)
    assert "private chat" in ann.hears(chat=group).text
    assert mine.number in library.texts


def test_in_a_forum_the_answer_stands_in_the_topic(api: BotApi, bot: RunningBot, ann: Person) -> None:
    group = api.group("Readers")
    ann.says("@footnote_bot Which treaty?", group, message_thread_id=7, is_topic_message=True)
    ann.hears(chat=group)
    assert api.calls("sendMessage")[0].params["message_thread_id"] == 7
