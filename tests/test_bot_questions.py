"""Questions in Telegram: answered once, in turn, stopped at a word; buttons that mean what they say."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from bot_stories import BOB, INVALID, RunningBot, labels, toast, wait_for
from botapi import BotApi, Person
from fake_library import FakeLibrary

from retrieval.errors import FootnoteError
from retrieval.types import person

SECURITY = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "security"


# -- questions


def test_a_question_is_seen_at_once_and_answered_with_one_message(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    asked = ann.says("When did the treaty take effect?")
    answer = ann.hears()
    assert "took effect on 2 October 2025" in answer.text
    assert answer.link_preview == {"is_disabled": True}
    api.eventually(lambda: asked.reactions == ["👀"])
    assert "typing" in ann.chat.actions
    assert len(api.sent(ann)) == 1
    assert answer.reply_to is None


def test_a_citation_and_its_button_show_the_passage(api: BotApi, bot: RunningBot, ann: Person) -> None:
    ann.says("When did the treaty take effect?")
    answer = ann.hears()
    tap = ann.taps(answer, next(label for label in labels(answer) if "assage" in label))
    assert toast(api, tap) == ""
    assert ann.hears().quoted() == ["The treaty took effect on 2 October 2025."]
    ann.opens(answer, "1")
    assert ann.hears().quoted() == ["The treaty took effect on 2 October 2025."]


def test_a_follow_up_is_asked_by_a_tap_but_only_where_it_was_offered(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary
) -> None:
    ann.says("When did the treaty take effect?")
    answer = ann.hears()
    assert toast(api, ann.taps(answer, "Who signed the treaty?")) == "Who signed the treaty?"
    assert "2 October" in ann.hears().text
    data = next(button.data for row in answer.buttons for button in row if "fishing" in button.label)
    bob.says("/help")
    assert toast(api, bob.forges(str(data), bob.hears())) == INVALID
    assert library.asked() == ["When did the treaty take effect?", "Who signed the treaty?"]


def test_start_offers_questions_about_what_is_held(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    ann.starts()
    welcome = ann.hears()
    assert "I hold 1 document and the newest is of 1 October 2025" in welcome.text
    ann.taps(welcome, "What does “The treaty” say?")
    assert "2 October" in ann.hears().text
    library.put("Sample", "Nothing much.", sample=True)
    ann.starts()
    ann.taps(ann.hears(), "When did the treaty take effect?")
    assert "2 October" in ann.hears().text


def test_commands_that_need_words_or_do_not_exist_are_explained(bot: RunningBot, ann: Person) -> None:
    for said, heard in (("/ask", "Write your question"), ("/dance", "don't know that command")):
        ann.says(said)
        assert heard in ann.hears().text
    ann.says("/ask When did the treaty take effect?")
    assert "2 October" in ann.hears().text


def test_a_fault_is_one_kind_sentence_and_the_log_keeps_the_question_out(
    bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.fault = FootnoteError("The index is being rebuilt; ask again in a minute.")
    ann.says("When did the treaty take effect?")
    assert ann.hears().text == "The index is being rebuilt; ask again in a minute."
    library.fault = ValueError("When did the treaty take effect?")
    ann.says("When did the treaty take effect?")
    assert "went wrong on my side" in ann.hears().text
    assert bot.events("question.failed")[0]["error"] == "ValueError"
    assert "treaty" not in str(bot.logs)
    assert "Ann" not in str(bot.logs)


# -- order


def test_a_second_question_waits_and_may_go_first(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary
) -> None:
    library.slow = threading.Event()
    ann.says("First about the treaty")
    wait_for(lambda: library.begun == 1)
    second = ann.says("Second about the treaty")
    notice = ann.hears()
    assert notice.text == "I will answer this after the question before it."
    assert notice.reply_to is second
    ann.says("Third about the treaty")
    bob.says("Bob about the treaty")
    wait_for(lambda: library.begun == 2)
    bob.says("/help")
    for message in (bob.hears(), api.sent(ann)[0]):
        assert toast(api, bob.forges(str(notice.buttons[0][0].data), message)) == INVALID
    assert library.broken_off == 0
    tap = ann.taps(notice, "Answer this instead")
    assert toast(api, tap) == ""
    wait_for(lambda: library.broken_off == 1)
    library.slow.set()
    answer = ann.hears()
    assert answer.reply_to is second
    ann.hears()
    assert library.asked() == [
        "First about the treaty",
        "Bob about the treaty",
        "Second about the treaty",
        "Third about the treaty",
    ]
    api.eventually(lambda: notice.deleted)


def test_stop_ends_what_is_under_way_and_what_waits(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.slow = threading.Event()
    ann.says("First about the treaty")
    wait_for(lambda: library.begun == 1)
    ann.says("Second about the treaty")
    ann.hears()
    ann.says("/stop")
    assert ann.hears().text == "Stopped."
    wait_for(lambda: library.broken_off == 1)
    ann.says("/stop")
    assert ann.hears().text == "Nothing is under way."
    library.slow.set()
    ann.hears_nothing(0.3)
    assert library.asked() == ["First about the treaty"]


def test_more_questions_than_can_wait_are_refused_with_one_line(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.slow = threading.Event()
    for _ in range(12):
        ann.says("More about the treaty")
    wait_for(lambda: len(api.sent(ann)) == 2)
    library.slow.set()
    wait_for(lambda: len(library.asked()) == 6)
    texts = [message.text for message in api.sent(ann)]
    assert sum("more than I can line up" in text for text in texts) == 1
    assert sum("after the question before it" in text for text in texts) == 1


# -- buttons


FORGED = [
    "", "x", "p:1", "p:1:5-2", "p:1:0-999999", "p:99:0-5", "p:-1:0-5", "p:1:0-5 ", "p:٣:0-5", "s:x", "f:0:0",
    "f:1:1:1", "q:9", "q:-1", "n:000000000000", "r:AAAAAAAAAAAAAAAA", "x:99", "x!:99", "x!:1", "x:1",
    "x:1' OR 1=1--", "p:" + "9" * 40 + ":0-5", "del:-1", "v1:del:17:AAAAAAAA", "x" * 65,
]  # fmt: skip


def test_forged_buttons_are_answered_once_and_do_nothing(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    mine = library.put("Bob's", "Not for Ann.", person(BOB))
    ann.says("/help")
    message = ann.hears()
    forged = [*FORGED, f"p:{mine.number}:0-5", f"x:{mine.number}", f"x!:{mine.number}"]
    taps = [ann.forges(data, message) for data in forged]
    assert {toast(api, tap) for tap in taps} == {INVALID}
    inline = ann.forges("p:1:0-5", inline_message_id="x")
    assert toast(api, inline) == INVALID
    game = ann.forges("", message, game_short_name="x")
    assert toast(api, game) == INVALID
    ann.hears_nothing(0.2)
    assert len(library.texts) == 2
    assert len(api.calls("answerCallbackQuery")) == len(forged) + 2


def test_known_forgeries_are_refused(api: BotApi, bot: RunningBot, ann: Person) -> None:
    if not SECURITY.exists():
        pytest.skip("the shared data folder is not here")
    rows = [json.loads(row) for row in (SECURITY / "callback_forgery.jsonl").read_text().splitlines()]
    ann.says("/help")
    message = ann.hears()
    for row in rows:
        data = row["update"].get("data")
        if data and data != "<valid>":
            assert toast(api, ann.forges(data, message)) == INVALID, row["id"]


def test_a_button_of_a_message_that_is_gone_still_works(api: BotApi, bot: RunningBot, ann: Person) -> None:
    ann.says("/sources")
    message = ann.hears()
    message.deleted = True
    assert toast(api, ann.forges("p:1:0-10", message)) == ""
    assert ann.hears().quoted()
    assert toast(api, ann.forges("s:1", message)) == ""
    assert "The treaty" in ann.hears().text
