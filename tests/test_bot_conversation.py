"""A question may follow another, or be about a part of an answer; nobody hears of another's conversation."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot_stories import ANN, BOB, RunningBot, labels, wait_for
from botapi import BotApi, Message, Person
from fake_library import Asked, FakeLibrary, growing, up_to, written

from bot.grounds import SCHEMA as GROUNDS
from bot.grounds import Grounds
from bot.histories import SCHEMA as HISTORIES
from bot.histories import Histories
from bot.render import Ground
from retrieval import database
from retrieval.types import Exchange, person

TREATY = "When did the treaty take effect?"
SAID = ("The treaty took effect on 2 October 2025.",)


def last(library: FakeLibrary) -> Asked:
    return library.questions[-1]


def asks(who: Person, question: str) -> Message:
    who.says(question)
    return who.hears()


# -- what was said before


def test_a_question_comes_with_what_was_asked_and_answered_before_it(
    bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary
) -> None:
    asks(ann, TREATY)
    assert last(library).history == ()
    assert last(library).asker == person(ANN)
    asks(ann, "And what does it rain?")
    assert last(library).history == (Exchange(TREATY, SAID),)
    asks(ann, "Who signed the treaty?")
    assert last(library).history == (Exchange(TREATY, SAID), Exchange("And what does it rain?", ()))
    asks(bob, "Whose treaty?")
    assert last(library).history == ()
    assert last(library).asker == person(BOB)


def test_what_is_remembered_of_a_question_is_how_it_was_understood(
    bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.scripts["And Iran"] = [
        replace(written("Arms."), understood="What does Iran get from the treaty?")
    ]
    ann.says("And Iran?")
    assert "I took this as: What does Iran get from the treaty?" in ann.hears().text
    asks(ann, TREATY)
    assert last(library).history == (Exchange("What does Iran get from the treaty?", ("Arms.",)),)


def test_a_tapped_follow_up_is_part_of_the_conversation(
    bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    ann.says(TREATY)
    ann.taps(ann.hears(), "Who signed the treaty?")
    ann.hears()
    assert last(library).question == "Who signed the treaty?"
    assert last(library).history == (Exchange(TREATY, SAID),)


def test_new_forgets_and_what_follows_it_is_a_question(
    bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary
) -> None:
    asks(ann, TREATY)
    asks(bob, TREATY)
    ann.says("/new")
    assert ann.hears().text == "Forgotten: I start afresh, and your next question stands on its own."
    asks(ann, "Whose treaty?")
    assert last(library).history == ()
    ann.says("/new Which treaty?")
    ann.hears()
    assert "2 October" in ann.hears().text
    assert (last(library).question, last(library).history) == ("Which treaty?", ())
    asks(bob, "Whose treaty?")
    assert last(library).history == (Exchange(TREATY, SAID),)


def test_an_answer_that_is_written_while_one_says_new_is_not_remembered(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    over = threading.Event()
    answer = written("Arms.")
    library.scripts["Iran"] = [up_to(answer, 1), over, answer]
    ann.says("What does Iran get?")
    api.eventually(lambda: api.preview(ann))
    ann.says("/new")
    assert "Forgotten" in ann.hears().text
    over.set()
    assert "Arms." in ann.hears().text
    asks(ann, TREATY)
    assert last(library).history == ()


def test_what_was_verified_of_a_stopped_answer_is_part_of_the_conversation(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.scripts["Iran"] = [up_to(written("Arms.", "Money."), 1), threading.Event()]
    ann.says("What does Iran get?")
    api.eventually(lambda: api.preview(ann))
    ann.stops()
    ann.hears()
    asks(ann, TREATY)
    assert last(library).history == (Exchange("What does Iran get?", ("Arms.",)),)


def test_a_group_has_a_conversation_in_each_topic_and_none_of_the_private_one(
    bot: RunningBot, api: BotApi, ann: Person, bob: Person, library: FakeLibrary
) -> None:
    group = api.group("Readers")
    asks(ann, "My private treaty?")
    topics = [{"message_thread_id": at, "is_topic_message": True} for at in (7, 8)]
    for who, topic, history in (
        (ann, {}, ()),
        (bob, {}, ("ann in general, treaty?",)),
        (ann, topics[0], ()),
        (bob, topics[0], ("ann in 7, treaty?",)),
        (bob, topics[1], ()),
    ):
        question = f"{'ann' if who is ann else 'bob'} in {topic.get('message_thread_id', 'general')}, treaty?"
        who.says(f"@footnote_bot {question}", group, **topic)
        # whoever asks while the chat is still busy hears first that the question waits
        api.eventually(lambda: last(library).question == question)  # noqa: B023
        ann.hears(chat=group)
        assert tuple(exchange.question for exchange in last(library).history) == history


def test_a_conversation_survives_a_restart(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person
) -> None:
    for _ in range(2):
        with RunningBot(api, tmp_path, library, ANN):
            asks(ann, TREATY)
    assert last(library).history == (Exchange(TREATY, SAID),)


def test_forgetting_a_document_forgets_what_was_said_from_it(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.put("Diary", "The heron nests in Selwick.", person(ANN))
    asks(ann, "Where does the heron nest?")
    ann.says("/forget")
    choice = ann.hears()
    ann.taps(choice, labels(choice)[0])
    api.eventually(lambda: "Forget it" in labels(choice))
    ann.taps(choice, "Forget it")
    api.eventually(lambda: "Forgotten" in choice.text)
    asks(ann, TREATY)
    assert last(library).history == ()


async def test_a_day_of_silence_ends_a_conversation_and_only_its_end_is_kept(tmp_path: Path) -> None:
    now = datetime(2025, 10, 2, 12, tzinfo=UTC)
    engine = database.connect(tmp_path / "footnote.db")
    await database.apply(engine, "histories", HISTORIES)
    histories = Histories(engine, lambda: now)
    for at in range(9):
        await histories.add(await histories.conversation(1, None), ANN, f"Question {at}?", [f"Said {at}."])
        now += timedelta(hours=3)
    await histories.add(await histories.conversation(2, 7), BOB, "Elsewhere?", [])
    kept = await histories.conversation(1, None)
    assert [exchange.question for exchange in kept.exchanges] == [f"Question {at}?" for at in range(3, 9)]
    now += timedelta(hours=20)
    assert (await histories.conversation(1, None)).exchanges
    now += timedelta(hours=2)
    assert not (await histories.conversation(1, None)).exchanges
    assert (await histories.conversation(2, 7)).exchanges
    under_way = await histories.conversation(2, 7)
    await histories.forget(2, None)
    await histories.add(under_way, BOB, "Still?", [])
    assert len((await histories.conversation(2, 7)).exchanges) == 2
    await histories.forget_chat(2)
    await histories.add(under_way, BOB, "Too late?", [])
    assert not (await histories.conversation(2, 7)).exchanges
    await histories.add(await histories.conversation(3, None), ANN, "New?", [])
    left = await database.rows(engine, "SELECT chat FROM exchanges")
    assert [row.chat for row in left] == [3]
    await engine.dispose()


# -- replies


def test_a_reply_asks_about_the_passages_of_that_answer(
    bot: RunningBot, api: BotApi, ann: Person, library: FakeLibrary
) -> None:
    library.scripts["Iran"] = growing(written("Arms.", "Money.", "Grain."))
    ann.says("What does Iran get?")
    answer = ann.hears()
    ann.replies(answer, "Since when, by treaty?")
    ann.hears()
    assert last(library).about == (101, 102, 103)
    for quote, about in (
        ("Money.", (102,)),
        ("oney.\u00a0[2]\n\nGr", (102, 103)),
        ("“What source 3 says.”", (103,)),
        ("Source 1\nPublisher 1", (101,)),
    ):
        ann.replies(answer, "Since when, by treaty?", quote=quote)
        ann.hears()
        assert last(library).about == about, quote
    asks(ann, TREATY)
    assert last(library).about == ()


def test_a_reply_to_what_was_not_answered_is_about_the_nearest_passages(
    bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    answer = written("Arms.", "Money.")
    library.scripts["Iran"] = [replace(answer, statements=(), citations=(), nearest=answer.citations)]
    ann.says("What does Iran get?")
    nearest = ann.hears()
    ann.replies(nearest, "Since when, by treaty?", quote="Source 2")
    ann.hears()
    assert last(library).about == (102,)
    ann.replies(nearest, "Since when, by treaty?", quote="Your sources don't say.")
    ann.hears()
    assert last(library).about == (101, 102)


def test_a_reply_to_a_passage_that_was_shown_is_about_that_passage(
    bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    ann.says(TREATY)
    ann.taps(ann.hears(), "Show passage 1")
    ann.replies(ann.hears(), "Which treaty exactly?")
    ann.hears()
    assert last(library).about == (1,)


def test_a_reply_to_anything_else_just_asks(bot: RunningBot, ann: Person, library: FakeLibrary) -> None:
    mine = ann.says("/help")
    help_text = ann.hears()
    for message in (mine, help_text):
        ann.replies(message, "Which treaty exactly?")
        ann.hears()
        assert last(library).about == ()


def test_replies_in_a_group_and_in_another_chat_keep_apart(
    bot: RunningBot, api: BotApi, ann: Person, bob: Person, library: FakeLibrary
) -> None:
    group = api.group("Readers")
    ann.says(f"@footnote_bot {TREATY}", group)
    answer = ann.hears(chat=group)
    bob.replies(answer, "Which treaty exactly?", quote="2 October 2025")
    ann.hears(chat=group)
    assert last(library).about == (1,)
    # The same number names another message in another chat.
    bob.says("/help")
    bob.hears()
    bob.says("Which treaty?", reply_to_message={**answer.as_json(), "chat": bob.chat.as_json()})
    bob.hears()
    assert last(library).about == ()


def test_a_growing_answer_of_a_group_is_remembered_as_it_ends(
    bot: RunningBot, api: BotApi, ann: Person, library: FakeLibrary
) -> None:
    group = api.group("Readers")
    library.scripts["Iran"] = growing(written("Arms.", "Money."), pause=0.1)
    ann.says("@footnote_bot What does Iran get?", group)
    answer = ann.hears(chat=group)
    api.eventually(lambda: "Money." in answer.text)
    wait_for(lambda: bot.library.questions)
    ann.replies(answer, "Since when, by treaty?", quote="Money.")
    ann.hears(chat=group)
    assert last(library).about == (102,)


async def test_only_the_last_weeks_and_the_last_messages_are_remembered(tmp_path: Path) -> None:
    now = datetime(2025, 10, 2, 12, tzinfo=UTC)
    engine = database.connect(tmp_path / "footnote.db")
    await database.apply(engine, "grounds", GROUNDS)
    grounds = Grounds(engine, lambda: now)
    for message in range(1, 206):
        await grounds.remember(1, message, [Ground(0, 5, (message,))])
    await grounds.remember(2, 1, [Ground(0, 5, (7,))])
    assert await grounds.find(1, 5) == []
    assert await grounds.find(1, 6) == [Ground(0, 5, (6,))]
    now += timedelta(days=31)
    await grounds.remember(2, 2, [Ground(0, 5, (8,))])
    assert await grounds.find(1, 205) == []
    assert await grounds.find(2, 1) == []
    await engine.dispose()
