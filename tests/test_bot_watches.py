"""Where the sources don't say, one may wait for a document that does: told once, and nobody else's."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bot_stories import ANN, BOB, INVALID, RunningBot, labels, toast, wait_for
from botapi import BotApi, Message, Person, drop, outage
from fake_library import FakeLibrary, up_to, written

from bot.watches import MOST, SCHEMA, Declined, Watches
from retrieval import database
from retrieval.errors import FootnoteError
from retrieval.types import SHARED, Exchange, Scope, person

HERON = "Where does the heron nest?"
NOTE = b"The heron nests in Selwick."
OFFER = "Tell me when a source answers this"


def watches_for(api: BotApi, who: Person, question: str = HERON) -> Message:
    """Ask in vain and accept the offer; the message that confirms it."""
    who.says(question)
    unanswered = who.hears()
    assert "Your sources don't say" in unanswered.text
    assert toast(api, who.taps(unanswered, OFFER)) == ""
    confirmed = who.hears()
    assert f"“{question}”" in confirmed.text
    return confirmed


def uploads(who: Person, content: bytes = NOTE, name: str = "heron.txt") -> None:
    who.uploads(content, name=name)
    assert "Added" in who.hears().text


def test_a_new_document_that_answers_is_told_of_once(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    watches_for(api, ann)
    asked = len(library.questions)
    uploads(ann, b"Nothing of note.", "other.txt")
    ann.hears_nothing(0.3)
    uploads(ann)
    told = ann.hears()
    assert "A new document answers what you asked on" in told.text.splitlines()[0]
    assert f"“{HERON}”" in told.text.splitlines()[0]
    assert "The heron nests in Selwick.\u00a0[1]" in told.text
    assert library.questions[-1].asker == person(ANN)
    assert library.questions[-1].scope == Scope.of(person(ANN))
    assert len(library.questions) == asked + 1  # the document that is not about it cost a search and no more
    uploads(ann, b"The heron nests in Tidewrack too.", "more.txt")
    ann.hears_nothing(0.3)


def test_what_was_told_is_part_of_the_conversation_and_can_be_replied_to(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    watches_for(api, ann)
    uploads(ann)
    ann.replies(ann.hears(), "Which heron?", quote="The heron nests")
    ann.hears()
    assert library.questions[-1].about == (2,)
    assert library.questions[-1].history[-1] == Exchange(HERON, ("The heron nests in Selwick.",))


def test_what_was_held_before_answers_no_watch(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    watches_for(api, ann)
    library.scripts["heron"] = [written("It is said in a document of old.")]
    uploads(ann, b"Where somebody does something.", "other.txt")
    wait_for(lambda: len(library.questions) == 2)
    ann.hears_nothing(0.3)


def test_anothers_document_answers_no_watch(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary
) -> None:
    watches_for(api, ann)
    group = api.group("Readers")
    ann.says(f"@footnote_bot {HERON}", group)
    ann.taps(ann.hears(chat=group), OFFER)
    ann.hears(chat=group)
    uploads(bob)
    for chat in (None, group):
        ann.hears_nothing(0.3, chat)
    uploads(ann)
    assert "Selwick" in ann.hears().text
    ann.hears_nothing(0.3, group)


def test_a_shared_document_that_came_while_the_bot_was_away_is_told_when_it_is_back(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person, bob: Person
) -> None:
    group = api.group("Readers")
    with RunningBot(api, tmp_path, library, ANN, BOB):
        watches_for(api, ann)
        topic = {"message_thread_id": 7, "is_topic_message": True}
        bob.says(f"@footnote_bot {HERON}", group, **topic)
        unanswered = bob.hears(chat=group)
        unanswered.extra |= topic
        bob.taps(unanswered, OFFER)
        bob.hears(chat=group)
    library.put("Birds", "The heron nests in Selwick.")
    with RunningBot(api, tmp_path, library, ANN, BOB):
        assert "Selwick" in ann.hears().text
        assert "Selwick" in bob.hears(chat=group).text
    with RunningBot(api, tmp_path, library, ANN, BOB) as bot:
        wait_for(lambda: bot.events("bot.started"))
        ann.hears_nothing(0.3)
        bob.hears_nothing(0.1, group)
    in_group = [call.params for call in api.calls("sendMessage") if call.params["chat_id"] == group.id]
    assert [params.get("message_thread_id") for params in in_group] == [7, 7, 7]


def test_a_watch_that_was_being_told_when_the_process_died_is_not_told_again_but_mentioned(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person
) -> None:
    with RunningBot(api, tmp_path, library, ANN):
        watches_for(api, ann)
    asyncio.run(claim_all(tmp_path))
    library.put("Birds", "The heron nests in Selwick.")
    with RunningBot(api, tmp_path, library, ANN):
        note = ann.hears()
        assert f"I was interrupted while telling you that a new document answers “{HERON}”" in note.text
        ann.hears_nothing(0.3)
        ann.taps(note, "Ask it again")
        assert "Selwick" in ann.hears().text
    with RunningBot(api, tmp_path, library, ANN) as bot:
        wait_for(lambda: bot.events("bot.started"))
        ann.hears_nothing(0.3)


async def claim_all(folder: Path) -> None:
    engine = database.connect(folder / "footnote.db")
    watches = Watches(engine, lambda: datetime.now(UTC))
    for watch in await watches.open_to(SHARED):
        assert await watches.claim(watch.id)
    await engine.dispose()


def test_a_message_that_surely_did_not_arrive_is_told_the_next_time(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.trying.TRIES", 1)
    watches_for(api, ann)
    library.slow = threading.Event()
    uploads(ann)
    api.breaks("sendMessage", outage(503), chat=ann)
    library.slow.set()
    wait_for(lambda: [call for call in api.calls("sendMessage") if call.status == 503])
    ann.hears_nothing(0.2)
    ann.uploads(b"Nothing of note.", name="other.txt")
    assert any("The heron nests in Selwick." in ann.hears().text for _ in range(2))


def test_a_message_that_may_have_arrived_is_not_told_again(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    watches_for(api, ann)
    library.slow = threading.Event()
    uploads(ann)
    api.breaks("sendMessage", drop(delivered=True), chat=ann)
    library.slow.set()
    assert "Selwick" in ann.hears().text
    assert "did not tell me whether my last message arrived" in ann.hears().text
    uploads(ann, b"Nothing of note.", "other.txt")
    ann.hears_nothing(0.3)


def test_a_watch_can_be_dropped_by_whoever_set_it(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary
) -> None:
    group = api.group("Readers")
    ann.says(f"@footnote_bot {HERON}", group)
    unanswered = ann.hears(chat=group)
    ann.taps(unanswered, OFFER)
    confirmed = ann.hears(chat=group)
    assert toast(api, bob.taps(confirmed, "Never mind")) == INVALID
    assert toast(api, ann.taps(confirmed, "Never mind")) == ""
    api.eventually(lambda: confirmed.text == f"Dropped: I no longer look out for “{HERON}”.")
    assert labels(confirmed) == []
    library.put("Birds", "The heron nests in Selwick.")
    bot.stop()


def test_the_same_wish_twice_is_one_watch_and_there_are_only_so_many(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    ann.says(HERON)
    unanswered = ann.hears()
    assert toast(api, ann.taps(unanswered, OFFER)) == ""
    ann.hears()
    assert toast(api, ann.taps(unanswered, OFFER)) == "I am looking out for that already."
    for at in range(1, MOST):
        watches_for(api, ann, f"Where does heron {at} nest?")
    ann.says("One heron more?")
    assert f"have {MOST} such questions open" in toast(api, ann.taps(ann.hears(), OFFER))
    ann.hears_nothing(0.2)


def test_no_watch_is_offered_for_what_was_answered_stopped_or_failed(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.scripts["stopped"] = [up_to(written("Arms."), 1), threading.Event()]
    ann.says("When did the treaty take effect?")
    assert OFFER not in labels(ann.hears())
    ann.says("What is stopped?")
    api.eventually(lambda: api.preview(ann))
    ann.stops()
    assert OFFER not in labels(ann.hears())
    library.fault = FootnoteError("The index is being rebuilt.")
    ann.says(HERON)
    assert labels(ann.hears()) == []


def test_whoever_may_not_speak_any_more_is_not_told(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person
) -> None:
    with RunningBot(api, tmp_path, library, ANN):
        watches_for(api, ann)
    library.put("Birds", "The heron nests in Selwick.")
    with RunningBot(api, tmp_path, library, BOB) as bot:
        wait_for(lambda: bot.events("bot.started"))
        ann.hears_nothing(0.4)
    assert len(library.questions) == 1


def test_forged_watches_mean_nothing(api: BotApi, bot: RunningBot, ann: Person, bob: Person) -> None:
    ann.says(HERON)
    offer = next(button.data for row in ann.hears().buttons for button in row if button.label == OFFER)
    bob.says("/help")
    message = bob.hears()
    for data in (str(offer), "w:1:0", "w:0:1", "v:1", "v:-1", f"{offer}0"):
        assert toast(api, bob.forges(data, message)) == INVALID


# -- what is kept


async def test_a_watch_is_claimed_once_whoever_asks(tmp_path: Path) -> None:
    async with Kept(tmp_path) as kept:
        id = await kept.adds(HERON)
        claims = await asyncio.gather(*(kept.watches.claim(id) for _ in range(5)))
        assert sorted(claims) == [False] * 4 + [True]
        assert await kept.watches.open_to(SHARED) == []
        assert await kept.watches.drop(id, person=ANN, chat=ANN) is None
        await kept.watches.reopen(id)
        assert [watch.id for watch in await kept.watches.open_to(SHARED)] == [id]


async def test_only_watches_that_may_read_a_document_are_looked_at(tmp_path: Path) -> None:
    async with Kept(tmp_path) as kept:
        hers, his = await kept.adds(HERON), await kept.adds(HERON, person=BOB, chat=BOB)
        group = await kept.adds(HERON, chat=-5, thread=7, private=False)
        for owner, seen in ((SHARED, [hers, his, group]), (person(ANN), [hers]), (person(3), [])):
            assert {watch.id for watch in await kept.watches.open_to(owner)} == set(seen)
        (watch,) = [watch for watch in await kept.watches.open_to(SHARED) if watch.id == group]
        assert (watch.thread, watch.scope) == (7, Scope())


async def test_a_watch_ends_after_ninety_days_and_makes_room(tmp_path: Path) -> None:
    async with Kept(tmp_path) as kept:
        for at in range(MOST):
            assert isinstance(await kept.adds(f"{at}?"), int)
        assert await kept.adds("More?") is Declined.TOO_MANY
        assert isinstance(await kept.adds("More?", person=BOB), int)
        kept.now += timedelta(days=90)
        assert await kept.adds("0?") is Declined.ALREADY
        kept.now += timedelta(seconds=1)
        assert isinstance(await kept.adds("0?"), int)
        assert len(await kept.watches.open_to(SHARED)) == 1


class Kept:
    """Watches in a database of their own, at a time that can be set."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime(2025, 10, 2, 12, tzinfo=UTC)
        self._engine = database.connect(folder / "footnote.db")
        self.watches = Watches(self._engine, lambda: self.now)

    async def __aenter__(self) -> Kept:
        await database.apply(self._engine, "watches", SCHEMA)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._engine.dispose()

    async def adds(self, question: str, **more: Any) -> Any:
        place = {"person": ANN, "chat": ANN, "thread": None, "private": True}
        return await self.watches.add(question=question, **(place | more))
