"""In private an answer grows as a preview: only what was verified is shown, and what was shown stays."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import pytest
from bot_stories import ANN, RunningBot, labels
from botapi import BotApi, Fault, Person, drop, flood, hang, outage, refused
from fake_library import TREATY, FakeLibrary, growing, spoken, up_to, written

from bot.streaming import DraftCanvas


def test_a_preview_grows_at_telegrams_pace_and_ends_in_the_whole_answer(
    paced: BotApi, library: FakeLibrary
) -> None:
    ann = paced.person(ANN, "Ann")
    library.scripts["treaty"] = growing(TREATY, pause=0.7)
    ann.says("What is in the treaty?")
    first = paced.eventually(lambda: paced.preview(ann))
    assert spoken(first.text) == "The treaty is in force since 2 October.\u00a0[1]"
    answer = ann.hears()
    frames = paced.drafts(ann)
    assert 2 <= len(frames) <= 3
    assert {frame.id for frame in frames} == {first.id}
    assert all(frame.can_stop for frame in frames)
    assert all(later.at - earlier.at >= 1 for earlier, later in pairwise(frames))
    for earlier, later in pairwise([*(frame.text for frame in frames), answer.text]):
        assert later.startswith(earlier)
        assert later != earlier
    assert "attacker.\u00a0[3]" in answer.text
    assert labels(answer)[-1] == "What does Iran get?"
    assert paced.preview(ann) is None
    assert len(paced.sent(ann)) == 1
    assert not [call for call in paced.log if call.status == 429]


def test_the_first_statement_is_shown_as_soon_as_it_is_verified(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    verified, over = threading.Event(), threading.Event()
    library.scripts["treaty"] = [verified, up_to(TREATY, 1), over, TREATY]
    ann.says("What is in the treaty?")
    api.eventually(lambda: "typing" in ann.chat.actions)
    assert not api.drafts(ann)
    begun = time.monotonic()
    verified.set()
    shown = api.eventually(lambda: api.preview(ann))
    assert shown.at - begun < 0.3
    typed = len(ann.chat.actions)
    time.sleep(0.2)
    assert len(ann.chat.actions) == typed
    over.set()
    ann.hears()


def test_an_answer_that_is_there_at_once_is_one_message_without_a_preview(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    ann.says("When did the treaty take effect?")
    assert "2 October" in ann.hears().text
    assert not api.drafts(ann)
    assert not api.calls("editMessageText")


def test_a_preview_is_drawn_again_before_it_fades_but_never_for_nothing(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DraftCanvas, "pace", 0.05)
    monkeypatch.setattr(DraftCanvas, "fades", 0.4)
    library.scripts["treaty"] = [up_to(TREATY, 1), *[up_to(TREATY, 1)] * 5, 1.0, TREATY]
    ann.says("What is in the treaty?")
    ann.hears()
    frames = api.drafts(ann)
    assert 2 <= len(frames) <= 3
    assert len({frame.text for frame in frames}) == 1
    assert frames[1].at - frames[0].at >= 0.4


def test_a_wait_that_telegram_asks_for_drops_frames_and_costs_the_answer_nothing(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary, quick: None
) -> None:
    library.scripts["treaty"] = growing(TREATY, pause=0.1)
    api.breaks("sendMessageDraft", flood(300), chat=ann)
    for _ in range(2):
        begun = time.monotonic()
        ann.says("What is in the treaty?")
        assert "attacker" in ann.hears().text
        assert time.monotonic() - begun < 2
    assert len(api.calls("sendMessageDraft")) == 1
    assert len(api.sent(ann)) == 2
    bob.says("What is in the treaty?")
    bob.hears()
    assert api.drafts(bob)


def test_a_server_that_knows_no_previews_is_not_asked_again(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary, quick: None
) -> None:
    library.scripts["treaty"] = growing(TREATY, pause=0.1)
    api.breaks("sendMessageDraft", Fault(404, "Not Found"))
    for who in (ann, bob, ann):
        who.says("What is in the treaty?")
        assert "attacker" in who.hears().text
    assert len(api.calls("sendMessageDraft")) == 1
    assert bot.error is None


@pytest.mark.parametrize(
    "fault", [hang(delivered=False), outage(502), drop(), refused("TEXTDRAFT_PEER_INVALID")]
)
def test_whatever_becomes_of_frames_the_answer_comes(
    api: BotApi,
    bot: RunningBot,
    ann: Person,
    library: FakeLibrary,
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
) -> None:
    monkeypatch.setattr("bot.streaming._PATIENCE", 0.5)
    library.scripts["treaty"] = growing(TREATY, pause=0.1)
    api.breaks("sendMessageDraft", fault, times=9)
    ann.says("What is in the treaty?")
    assert "attacker" in ann.hears(timeout=3).text
    assert len(api.sent(ann)) == 1


def test_a_frame_that_cannot_be_made_is_logged_and_left_out(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handlers.answering.growing_part", lambda *_, **__: 1 / 0)
    library.scripts["treaty"] = growing(TREATY, pause=0.1)
    ann.says("What is in the treaty?")
    assert "attacker" in ann.hears().text
    assert bot.events("frame.unshowable")


def test_a_long_answer_shows_what_fits_and_is_split_as_ever(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, quick: None
) -> None:
    many = written(*(f"Statement {at} says 😀 what is so. " + "And so on. " * 40 for at in range(1, 13)))
    library.scripts["treaty"] = growing(many, pause=0.08)
    ann.says("What is in the treaty?")
    first, second = ann.hears(), ann.hears()
    frames = api.drafts(ann)
    assert max(len(frame.text) for frame in frames) > 3_000
    assert all(first.text.startswith(frame.text) for frame in frames)
    said = (first.text + second.text).index
    assert [said(f"Statement {at} ") for at in range(1, 13)] == sorted(
        said(f"Statement {at} ") for at in range(1, 13)
    )


def test_two_answers_in_a_row_have_previews_of_their_own(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, quick: None
) -> None:
    library.scripts["treaty"] = growing(TREATY, pause=0.1)
    for _ in range(2):
        ann.says("What is in the treaty?")
        ann.hears()
    assert len({frame.id for frame in api.drafts(ann)}) == 2
    assert 0 not in {frame.id for frame in api.drafts(ann)}


def test_a_server_that_takes_no_preview_without_words_is_shown_the_words(
    api: BotApi,
    bot: RunningBot,
    ann: Person,
    library: FakeLibrary,
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.handlers.answering._SOON", 0.1)
    library.scripts["treaty"] = [0.3, *growing(TREATY, pause=0.2)]
    api.breaks("sendMessageDraft", refused("message text is empty"))
    for _ in range(2):
        ann.says("What is in the treaty?")
        assert "attacker" in ann.hears().text
    assert sum(call.params["text"] == "" for call in api.calls("sendMessageDraft")) == 1
    assert len(api.drafts(ann)) >= 4
