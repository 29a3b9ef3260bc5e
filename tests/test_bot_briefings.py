"""Briefings in Telegram: a few taps, one message to change everything, and each edition once."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from bot_stories import ANN, BOB, RunningBot, labels, wait_for
from botapi import BotApi, Message, Person, blocked, drop, flood
from fake_library import FakeLibrary, written

from bot.editions import unread
from bot.handlers import delivering, sending
from bot.render.clean import day
from retrieval.briefing import Briefing, Footer, Piece, Profile, Section
from retrieval.types import Scope


def piece(story: int, headline: str, *texts: str) -> Piece:
    """A story of which each text is a statement with a source of its own; the first three are its bullets."""
    answer = written(*texts)
    return Piece(
        headline=headline,
        bullets=answer.statements[:3],
        lead=answer.statements[3:4],
        sections=(Section("What comes next?", answer.statements[4:]),) if texts[4:] else (),
        bottom_line=(),
        timeline=(),
        why_you=None,
        is_update=False,
        citations=answer.citations,
        conflicts=(),
        reason="2 publishers",
        notes=("Only Publisher 1 reports this.",),
        newest=date(2025, 10, 2),
        publishers=1,
        story=story,
        around={},
    )


HARBOUR = piece(
    1,
    "The harbour closes",
    "It closes on Monday.",
    "Crews object.",
    "Fees rise.",
    "It was old.",
    "A vote comes.",
)
LIBRARY = piece(2, "The library opens", "It opens on Sundays.", "Readers cheer.")


class FakeBriefings:
    """What is new is told by the test; ``asked`` remembers for whom it was asked."""

    pieces: tuple[Piece, ...] = (HARBOUR, LIBRARY)
    asked: ClassVar[list[tuple[Profile, Scope, datetime | None]]] = []
    fault: Exception | None = None

    def __init__(self, library: FakeLibrary) -> None:
        pass

    async def close(self) -> None:
        """Nothing is being written."""

    async def brief(
        self,
        profile: Profile,
        scope: Scope,
        *,
        today: date,
        since: datetime | None = None,
        feeds_failing: int = 0,
        without: Collection[int] = (),
        **_more: object,
    ) -> Briefing:
        self.asked.append((profile, scope, since))
        if self.fault:
            raise self.fault
        pieces = tuple(
            each
            for each in self.pieces
            if not {citation.document.number for citation in each.citations} <= {*without}
        )
        stated = sum(len(each.statements) for each in pieces)
        footer = Footer(12, 3, stated, stated, 1, feeds_failing)
        quiet = None if pieces else "Nothing new since yesterday."
        day = since.date() if since else None
        return Briefing("Briefing", today, day, profile, pieces, footer, quiet)


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeBriefings]:
    """Briefings that a test tells, looked for several times a second."""
    monkeypatch.setattr("retrieval.briefing.Briefings", FakeBriefings)
    monkeypatch.setattr(delivering, "TICK", 0.05)
    monkeypatch.setattr(sending, "PACE", 0.01)
    monkeypatch.setattr(FakeBriefings, "pieces", (HARBOUR, LIBRARY))
    monkeypatch.setattr(FakeBriefings, "asked", [])
    monkeypatch.setattr(FakeBriefings, "fault", None)
    return FakeBriefings


def subscribed(who: Person) -> Message:
    """Somebody subscribes in two taps; the card."""
    who.says("/subscribe")
    offered = who.hears()
    who.taps(offered, "07:00")
    return wait_for(lambda: offered if "Next:" in offered.text else None)


def due(bot: RunningBot, person: int, ago: timedelta = timedelta(minutes=1)) -> None:
    """Let the clock of the ledger say that an edition is due: the subscription is a day older."""
    import sqlite3

    now = datetime.now(UTC)
    at = now - ago
    with sqlite3.connect(bot.config.folder / "footnote.db", timeout=10) as connection:
        connection.execute(
            "UPDATE subscribers SET zone = 'Etc/UTC', minute = ?, changed = ?, due = ?, last = ? "
            "WHERE reader = ?",
            (
                at.hour * 60 + at.minute,
                (now - timedelta(days=3)).isoformat(),
                at.isoformat(),
                (at.date() - timedelta(days=1)).isoformat(),
                person,
            ),
        )


def ledger(bot: RunningBot, query: str = "SELECT state FROM deliveries ORDER BY id") -> list[Any]:
    import sqlite3

    with sqlite3.connect(bot.config.folder / "footnote.db", timeout=10) as connection:
        return [row[0] for row in connection.execute(query)]


def test_the_edition_comes_once_with_its_stories_sources_and_count(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    subscribed(ann)
    due(bot, ANN)
    head, first, second = ann.hears(), ann.hears(), ann.hears()
    assert head.text.startswith("Your briefing · ")
    assert "• It closes on Monday." in head.text
    assert "• It opens on Sundays." in head.text
    assert first.text.startswith("The harbour closes\n2 publishers")
    assert "https://source.test/1#:~:text=says" in first.link_targets()
    assert labels(first) == ["Full story", "Ask", "⋯"]
    assert "Articles read: 12" in second.text
    assert second.link_preview == {"is_disabled": True}
    ann.taps(first, "Full story")
    assert "What comes next?" in ann.hears().text
    ann.replies(first, "Who objects to it?")
    ann.hears()
    assert bot.library.questions[-1].about == (101, 102, 103, 104)
    wait_for(lambda: ledger(bot) == ["sent"])
    due(bot, ANN)
    ann.hears_nothing(0.4)


def test_a_story_is_not_told_again_and_a_quiet_day_says_so(
    api: BotApi, bot: RunningBot, ann: Person, fake: type[FakeBriefings]
) -> None:
    subscribed(ann)
    due(bot, ANN)
    for _ in range(3):
        ann.hears()
    wait_for(lambda: ledger(bot) == ["sent"])
    ledger(bot, "UPDATE deliveries SET day = '2020-01-01' RETURNING id")
    due(bot, ANN)
    quiet = ann.hears()
    assert "Nothing new since your briefing of" in quiet.text
    assert "Statements: 0" in quiet.text


def test_equal_wishes_are_written_once_and_one_fault_costs_nobody_else_anything(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, fake: type[FakeBriefings]
) -> None:
    subscribed(ann)
    subscribed(bob)
    api.breaks("sendMessage", blocked(), chat=ann)
    due(bot, ANN)
    due(bot, BOB)
    assert bob.hears().text.startswith("Your briefing")
    wait_for(lambda: sorted(ledger(bot)) == ["sent", "skipped"])
    assert len(fake.asked) == 1
    assert ledger(bot, f"SELECT state FROM subscribers WHERE reader = {ANN}") == ["away"]
    ann.says("/help")
    assert "Good to be back" in ann.hears().text
    assert ledger(bot, f"SELECT state FROM subscribers WHERE reader = {ANN}") == ["on"]


def test_what_may_have_arrived_is_not_sent_again_unless_asked(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    subscribed(ann)
    api.breaks("sendMessage", drop(delivered=True), chat=ann)
    due(bot, ANN)
    wait_for(lambda: ledger(bot) == ["uncertain"])
    texts = [message.text.partition("\n")[0] for message in api.sent(ann)][1:]
    assert [text.partition(" · ")[0] for text in texts] == [
        "Your briefing",
        f"I cannot tell whether all of your briefing of {day(datetime.now(UTC).date())} arrived, "
        "so a part of it may be missing. If it is, tap below.",
        "The harbour closes",
        "The library opens",
    ]
    due(bot, ANN)
    heard = [ann.hears() for _ in texts]
    ann.taps(heard[1], "Send it again")
    assert ann.hears().text == heard[0].text
    ann.hears_nothing(0.3)


def test_at_a_glance_an_edition_is_one_message_and_its_stories_are_not_told_again(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    card = subscribed(ann)
    ann.taps(card, "Glance")
    api.eventually(lambda: "✓ Glance" in labels(card))
    due(bot, ANN)
    told = ann.hears()
    assert "1. The harbour closes\nIt closes on Monday." in told.text
    assert "2. The library opens" in told.text
    assert labels(told) == ["Full story 1", "Full story 2", "1 ⋯", "2 ⋯", "Share this edition"]
    wait_for(lambda: ledger(bot) == ["sent"])
    assert ledger(bot, "SELECT story FROM told_stories ORDER BY story") == [1, 2]
    ann.taps(told, "Full story 2")
    assert ann.hears().text.startswith("The library opens")


def test_deep_editions_answer_a_readers_questions_in_one_message_a_story(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    card = subscribed(ann)
    ann.taps(card, "Deep")
    api.eventually(lambda: "✓ Deep" in labels(card))
    due(bot, ANN)
    _, first, _ = ann.hears(), ann.hears(), ann.hears()
    assert "What comes next?\nA vote comes.\u00a0[5]" in first.text
    assert "“What source 5 says.”" in first.text


def test_an_edition_that_cannot_be_made_is_said_so_after_a_few_tries(
    api: BotApi, bot: RunningBot, ann: Person, fake: type[FakeBriefings]
) -> None:
    subscribed(ann)
    fake.fault = RuntimeError("no")
    due(bot, ANN)
    assert "could not be made" in ann.hears().text
    assert len(fake.asked) == 3
    assert ledger(bot) == ["skipped"]
    fake.fault = None
    ann.says("/briefing")
    assert ann.hears().text.startswith("Your briefing")


def test_a_document_that_came_in_since_tells_a_story_again() -> None:
    now = datetime.now(UTC)
    late = [
        replace(each, quote=replace(each.quote, document=replace(each.document, fetched=now)))
        for each in LIBRARY.citations
    ]
    briefing = Briefing("x", now.date(), None, Profile(), (HARBOUR, LIBRARY), Footer(2, 2, 7, 7, 0, 0))
    fresh = replace(briefing, pieces=(HARBOUR, replace(LIBRARY, citations=tuple(late))))
    told = dict.fromkeys((1, 2), now - timedelta(hours=1))
    assert unread(briefing, {}) == briefing
    assert unread(briefing, told).quiet == "Nothing new since your last briefing."
    (again,) = unread(fresh, told).pieces
    assert again.headline == "The library opens"
    assert unread(fresh, told).footer.statements == 2


def test_whoever_may_no_longer_speak_gets_nothing(api: BotApi, tmp_path: Path, library: FakeLibrary) -> None:
    ann, bob = api.person(ANN, "Ann"), api.person(BOB, "Bob")
    with RunningBot(api, tmp_path, library, ANN, BOB):
        subscribed(ann)
        subscribed(bob)
    with RunningBot(api, tmp_path, library, BOB) as bot:
        due(bot, ANN)
        due(bot, BOB)
        bob.hears()
        wait_for(lambda: sorted(ledger(bot)) == ["sent", "skipped"])
        ann.hears_nothing(0.2)


@pytest.mark.slow
def test_among_many_each_gets_an_edition_once_whatever_happens_to_others(
    api: BotApi, tmp_path: Path, library: FakeLibrary, fake: type[FakeBriefings]
) -> None:
    people = [api.person(7000 + at, f"P{at}") for at in range(150)]
    with RunningBot(api, tmp_path, library, *(who.id for who in people)) as bot:
        for who in people:
            who.says("/subscribe")
        for who in people:
            who.taps(who.hears(timeout=60), "07:00")
        wait_for(lambda: ledger(bot, "SELECT count(*) FROM subscribers") == [len(people)])
        for at, fault in (
            (3, blocked()),
            (40, drop(delivered=True)),
            (77, flood(1)),
            (90, drop(delivered=True)),
        ):
            api.breaks("sendMessage", fault, chat=people[at])
        began = time.monotonic()
        for who in people:
            due(bot, who.id)
        open_ones = "SELECT count(*) FROM deliveries WHERE state IN ('due', 'leased', 'sending')"
        api.eventually(lambda: len(ledger(bot)) == len(people) and ledger(bot, open_ones) == [0], timeout=120)
        took = time.monotonic() - began
        for at, who in enumerate(people):
            heads = [each.text for each in api.sent(who) if each.text.startswith("Your briefing ·")]
            assert len(heads) == (0 if at == 3 else 1), at
        states = ledger(bot)
        assert [states.count(each) for each in ("sent", "skipped", "uncertain")] == [147, 1, 2]
        assert len(fake.asked) == 1
        assert ledger(bot, "SELECT count(*) FROM kept_stories") == [2]
        sent = 3 * len(people)
        assert sent / took > 15, f"{sent / took:.1f} messages a second"
        print(f"{sent / took:.1f} messages a second")


def test_with_nothing_held_a_briefing_says_how_to_begin(
    api: BotApi, bot: RunningBot, ann: Person, fake: type[FakeBriefings]
) -> None:
    bot.library.texts.clear()
    fake.pieces = ()
    ann.says("/briefing")
    assert "Send me the address of a site or a feed" in ann.hears().text


def test_a_story_of_sources_kept_for_answers_stays_out(
    api: BotApi, bot: RunningBot, ann: Person, fake: type[FakeBriefings]
) -> None:
    bot.following.feed("https://h.test/feed", "Herald", "A.")
    ann.says("https://h.test/feed")
    assert "Now following" in ann.hears().text
    (held,) = [document for document, _ in bot.library.texts.values() if document.owner != "shared"]
    theirs = [replace(each, quote=replace(each.quote, document=held)) for each in LIBRARY.citations]
    fake.pieces = (HARBOUR, replace(LIBRARY, citations=tuple(theirs)))
    ann.says("/briefing")
    assert "It opens on Sundays." in ann.hears().text
    for _ in range(2):
        ann.hears()
    bot.following.held = [replace(each, in_briefings=False) for each in bot.following.held]
    ann.says("/briefing")
    alone = ann.hears()
    assert "It closes on Monday." in alone.text
    assert "It opens on Sundays." not in alone.text
