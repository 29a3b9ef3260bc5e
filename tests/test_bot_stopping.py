"""Stopping ends the work behind an answer at once; what was verified, and shown, is kept."""

from __future__ import annotations

import threading
import time

import pytest
from bot_stories import INVALID, RunningBot, labels, toast, wait_for
from botapi import BotApi, Person, flood
from fake_library import TREATY, FakeLibrary, growing, up_to

from retrieval.errors import FootnoteError


def test_stop_ends_the_work_at_once_and_keeps_what_was_verified(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.scripts["treaty"] = [up_to(TREATY, 2), threading.Event()]
    ann.says("What is in the treaty?")
    ann.says("And who pays for the treaty?")
    assert "after the question before it" in ann.hears().text
    api.eventually(lambda: api.preview(ann))
    begun = time.monotonic()
    ann.says("/stop")
    answer = ann.hears()
    assert time.monotonic() - begun < 2
    assert library.broken_off == 1
    assert "It has no defence clause.\u00a0[2]" in answer.text
    assert answer.text.rstrip().endswith("Stopped.")
    assert "attacker" not in answer.text
    assert "What does Iran get?" not in labels(answer)
    ann.hears_nothing(0.3)
    assert library.begun == 1


def test_the_stop_button_of_a_preview_stops_that_answer_alone(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary
) -> None:
    library.scripts["treaty"] = [up_to(TREATY, 1), threading.Event()]
    for who in (ann, bob):
        who.says("What is in the treaty?")
        api.eventually(lambda who=who: api.preview(who))
    ann.says("When does it rain?")
    ann.hears()
    assert api.preview(ann) is None
    api.eventually(lambda: api.preview(ann))
    ann.stops()
    assert ann.hears().text.rstrip().endswith("Stopped.")
    assert "Your sources don't say" in ann.hears().text
    bob.hears_nothing(0.2)
    assert library.broken_off == 1
    bob.says("/stop")
    bob.hears()


def test_a_stop_that_nobody_may_give_or_that_names_another_preview_does_nothing(
    api: BotApi, bot: RunningBot, ann: Person, eve: Person, library: FakeLibrary
) -> None:
    over = threading.Event()
    library.scripts["treaty"] = [up_to(TREATY, 1), over, TREATY]
    ann.says("What is in the treaty?")
    shown = api.eventually(lambda: api.preview(ann))
    for stopped in (
        {"chat": eve.chat.as_json(), "draft_id": shown.id},
        {"chat": ann.chat.as_json(), "draft_id": shown.id - 1},
        {"chat": ann.chat.as_json()},
        {"draft_id": shown.id},
        "all of it",
    ):
        api.pushes("stopped_message_generation", stopped)  # type: ignore[arg-type]
    time.sleep(0.3)
    assert library.broken_off == 0
    over.set()
    assert "Stopped." not in ann.hears().text


def test_the_stop_button_in_a_group_keeps_what_was_verified(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary
) -> None:
    group = api.group("Readers")
    library.scripts["treaty"] = [up_to(TREATY, 1), threading.Event()]
    ann.says("@footnote_bot What is in the treaty?", group)
    answer = ann.hears(chat=group)
    stop = str(answer.buttons[0][0].data)
    bob.says("/help")
    assert toast(api, bob.forges(stop, bob.hears())) == INVALID
    assert toast(api, bob.taps(answer, "Stop")) == "Stopped."
    api.eventually(lambda: answer.text.rstrip().endswith("Stopped."))
    assert library.broken_off == 1
    assert "Stop" not in labels(answer)
    assert toast(api, ann.forges(stop, answer)) == INVALID
    assert len(api.sent(group)) == 1


def test_stopping_twice_sends_what_stands_once(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.scripts["treaty"] = [up_to(TREATY, 1), threading.Event()]
    ann.says("What is in the treaty?")
    api.eventually(lambda: api.preview(ann))
    ann.stops()
    ann.says("/stop")
    ann.says("/stop")
    texts = [ann.hears().text]
    time.sleep(0.5)
    texts += [message.text for message in api.sent(ann)[1:]]
    assert sum("in force since" in text for text in texts) == 1


def test_answer_this_instead_keeps_what_the_first_answer_had_shown(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.scripts["treaty"] = [up_to(TREATY, 1), threading.Event()]
    ann.says("What is in the treaty?")
    api.eventually(lambda: api.preview(ann))
    ann.says("When does it rain?")
    ann.taps(ann.hears(), "Answer this instead")
    first = ann.hears()
    assert "in force since 2 October" in first.text
    assert first.text.rstrip().endswith("Stopped.")
    assert "Your sources don't say" in ann.hears().text


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (FootnoteError("The index is being rebuilt; ask again in a minute."), "The index is being rebuilt"),
        (ValueError("the treaty"), "went wrong on my side"),
    ],
)
def test_a_fault_in_the_middle_takes_nothing_back(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, fault: Exception, told: str
) -> None:
    library.scripts["treaty"] = [up_to(TREATY, 1), 0.2, fault]
    ann.says("What is in the treaty?")
    answer = ann.hears()
    assert "in force since 2 October.\u00a0[1]" in answer.text
    assert told in answer.text
    group = api.group("Readers")
    ann.says("@footnote_bot What is in the treaty?", group)
    answer = ann.hears(chat=group)
    api.eventually(lambda: told in answer.text)
    assert "in force since 2 October.\u00a0[1]" in answer.text


def test_when_the_bot_ends_what_was_shown_is_sent(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app._GRACE", 0.3)
    library.scripts["treaty"] = [up_to(TREATY, 1), threading.Event()]
    ann.says("What is in the treaty?")
    api.eventually(lambda: api.preview(ann))
    bot.stop()
    assert "in force since 2 October" in ann.hears().text
    assert bot.took < 4


def test_a_whole_answer_on_its_way_is_not_stopped_any_more(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.scripts["treaty"] = growing(TREATY)
    api.breaks("sendMessage", flood(1), chat=ann)
    ann.says("What is in the treaty?")
    wait_for(lambda: api.calls("sendMessage"))
    ann.says("/stop")
    answer = ann.hears()
    assert "attacker" in answer.text
    assert "Stopped." not in answer.text
    ann.hears_nothing(0.3)


def test_an_answer_that_takes_long_can_be_stopped_before_its_first_words(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handlers.answering._SOON", 0.2)
    library.scripts["treaty"] = [threading.Event()]
    ann.says("What is in the treaty?")
    thinking = api.eventually(lambda: api.preview(ann))
    assert (thinking.text, thinking.can_stop) == ("", True)
    ann.stops()
    assert ann.hears().text == "Stopped."
    assert library.broken_off == 1
    ann.hears_nothing(0.3)


@pytest.mark.parametrize("late", [ValueError("after the end"), FootnoteError("Too late.")])
def test_what_goes_wrong_after_the_whole_answer_is_not_held_against_it(
    bot: RunningBot, ann: Person, library: FakeLibrary, late: Exception
) -> None:
    library.scripts["treaty"] = [TREATY, late]
    ann.says("What is in the treaty?")
    answer = ann.hears()
    assert "attacker" in answer.text
    assert labels(answer)[-1] == "What does Iran get?"
    assert "wrong on my side" not in answer.text
    assert "Too late." not in answer.text
