"""In a group an answer grows in one message that is edited, until it is whole."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from bot_stories import ANN, RunningBot, labels
from botapi import BotApi, Fault, Person, drop, flood, outage
from fake_library import TREATY, FakeLibrary, growing, spoken, up_to


def test_in_a_group_one_message_is_sent_and_edited_until_it_is_whole(
    paced: BotApi, library: FakeLibrary
) -> None:
    ann, group = paced.person(ANN, "Ann"), paced.group("Readers")
    library.scripts["treaty"] = growing(TREATY, pause=2.0)
    asked = ann.says("@footnote_bot What is in the treaty?", group)
    answer = ann.hears(chat=group)
    assert spoken(answer.text) == "The treaty is in force since 2 October.\u00a0[1]"
    assert answer.reply_to is asked
    assert labels(answer) == ["Stop"]
    paced.eventually(lambda: "Stop" not in labels(answer), timeout=12)
    times = [call.at for call in paced.log if call.method in ("sendMessage", "editMessageText")]
    assert all(later - earlier >= 2.9 for earlier, later in pairwise(times[:-1]))
    assert "attacker.\u00a0[3]" in answer.text
    assert labels(answer)[-1] == "What does Iran get?"
    for earlier, later in pairwise([*answer.edits, answer.text]):
        assert later.startswith(earlier)
    assert len(paced.sent(group)) == 1
    assert not [call for call in paced.log if call.status >= 400]
    assert not paced.calls("sendMessageDraft")


def test_in_a_forum_the_growing_answer_stands_in_the_topic(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, quick: None
) -> None:
    group = api.group("Readers")
    library.scripts["treaty"] = growing(TREATY, pause=0.1)
    ann.says("@footnote_bot Which treaty?", group, message_thread_id=7, is_topic_message=True)
    answer = ann.hears(chat=group)
    api.eventually(lambda: "attacker" in answer.text)
    assert [call.params.get("message_thread_id") for call in api.calls("sendMessage")] == [7]


def test_when_nobody_knows_whether_the_first_frame_arrived_the_answer_is_a_message_of_its_own(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, quick: None
) -> None:
    group = api.group("Readers")
    library.scripts["treaty"] = growing(TREATY, pause=0.1)
    api.breaks("sendMessage", drop(delivered=True), chat=group)
    ann.says("@footnote_bot Which treaty?", group)
    assert "attacker" not in ann.hears(chat=group).text
    assert "attacker" in ann.hears(chat=group).text
    ann.hears_nothing(0.3, group)
    assert not api.calls("editMessageText")


def test_a_growing_message_that_somebody_deletes_is_sent_anew_when_it_is_whole(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, quick: None
) -> None:
    group, over = api.group("Readers"), threading.Event()
    library.scripts["treaty"] = [up_to(TREATY, 1), over, TREATY]
    ann.says("@footnote_bot Which treaty?", group)
    ann.hears(chat=group).deleted = True
    over.set()
    assert "attacker" in ann.hears(chat=group).text
    assert len(api.sent(group)) == 2


@pytest.mark.parametrize("fault", [flood(1), outage(502), drop(), drop(delivered=True)])
def test_the_last_edit_is_made_whatever_it_takes(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, fault: Fault
) -> None:
    group, over = api.group("Readers"), threading.Event()
    library.scripts["treaty"] = [up_to(TREATY, 1), over, TREATY]
    ann.says("@footnote_bot Which treaty?", group)
    answer = ann.hears(chat=group)
    api.breaks("editMessageText", fault)
    over.set()
    api.eventually(lambda: "attacker" in answer.text and "Stop" not in labels(answer))
    ann.hears_nothing(0.3, group)


def test_in_a_group_nothing_is_sent_before_something_is_verified(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handlers.answering._SOON", 0.1)
    group = api.group("Readers")
    library.scripts["treaty"] = [0.4, TREATY]
    ann.says("@footnote_bot What is in the treaty?", group)
    assert "attacker" in ann.hears(chat=group).text
    assert not api.calls("editMessageText")
