"""Whoever was told something that turns out to be wrong is told so: once, briefly, and at a decent hour."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from bot_stories import ANN, BOB, EVE, RunningBot, labels, wait_for
from botapi import BotApi, Message, Person, drop
from fake_library import FakeLibrary
from test_bot_briefings import FakeBriefings, due, fake, ledger, subscribed
from test_bot_sharing import HARBOUR, LIBRARY, Web, link_in, linked, offered

from bot.dues import Rhythm
from bot.editions import uncorrected
from bot.handlers import correcting
from bot.outbox import Place
from bot.subscribers import Subscription
from retrieval.briefing import Briefing, Footer, Piece, Profile
from retrieval.briefing.corrections.came import Correction
from retrieval.briefing.corrections.hindsight import Mended, News
from retrieval.following import Refreshed
from retrieval.types import SHARED, Document, Quote, person

__all__ = ["fake", "linked"]

CLOSED = "It closes on Monday."


def later(owner: str = SHARED, text: str = "The harbour closes on Tuesday, not on Monday.") -> Quote:
    """What a source says a day later."""
    document = Document(
        7, "later", owner, "Harbour closes a day later", "feed", "The Later Post", url="https://later.test/7",
        published=datetime(2025, 10, 3, tzinfo=UTC),
    )  # fmt: skip
    return Quote(document, 107, 0, len(text), text)


OWN = Document(8, "own", person(EVE), "Eve's secret", "file", "Eve")


class FakeHindsight:
    """What came, and what it corrects, is told by the test; ``looks`` remembers whose documents came."""

    now: ClassVar[list[Quote]] = []
    looks: ClassVar[list[str]] = []
    placed: ClassVar[datetime | None] = None

    def __init__(self, engine: object, stories: object) -> None:
        pass

    async def news(
        self, owner: str, scope: object, told: Collection[int], since: datetime, now: datetime
    ) -> list[News]:
        assert set(told) == {1, 2}
        self.looks.append(owner)
        placed = self.placed or now
        return [News(frozenset([1, 77]), (), {each.document.number: placed for each in self.now})]


async def mended(pieces: Iterable[Piece], news: News) -> list[Mended]:
    """The first statement of a story is wrong; Eve was told the same from a document of her own."""
    stated = [
        (piece, statement) for piece in pieces for statement in piece.statements if statement.text == CLOSED
    ]
    said = [(one, piece.citations[one.citations[0] - 1].quote) for piece, one in stated]
    own = [(one, replace(quote, document=OWN)) for one, quote in said]
    return [
        Mended(one, Correction(quote, now, "Monday", "Tuesday"))
        for one, quote in own + said
        for now in FakeHindsight.now
    ]


@pytest.fixture(autouse=True)
def hindsight(monkeypatch: pytest.MonkeyPatch, fake: type[FakeBriefings], library: FakeLibrary) -> None:
    """Looks back through the fake one, several times a second."""
    monkeypatch.setattr("retrieval.briefing.corrections.hindsight.Hindsight", FakeHindsight)
    monkeypatch.setattr("retrieval.briefing.corrections.hindsight.mended", mended)
    monkeypatch.setattr(correcting, "TICK", 0.05)
    monkeypatch.setattr(fake, "stories", None, raising=False)
    monkeypatch.setattr(fake, "pieces", fake.pieces)  # so that a test may change them
    monkeypatch.setattr(library, "engine", None, raising=False)
    monkeypatch.setattr(FakeHindsight, "now", [later()])
    monkeypatch.setattr(FakeHindsight, "looks", [])
    monkeypatch.setattr(FakeHindsight, "placed", None)


def told(bot: RunningBot, *whom: Person) -> list[Message]:
    """Everybody gets an edition with two stories; the first one's message of each."""
    for who in whom:
        subscribed(who)
    for who in whom:
        due(bot, who.id)
    stories = [[who.hears() for _ in range(3)][1] for who in whom]
    wait_for(lambda: ledger(bot) == ["sent"] * len(whom))
    return stories


def comes(bot: RunningBot, owner: str = SHARED) -> None:
    """Documents of an owner come, and are looked at."""
    before = len(FakeHindsight.looks)
    bot.following.brought.append(Refreshed(added=(replace(later().document, owner=owner),)))
    wait_for(lambda: len(FakeHindsight.looks) > before)


def states(bot: RunningBot) -> list[Any]:
    return ledger(bot, "SELECT state FROM corrections ORDER BY id")


def test_what_was_told_and_is_wrong_is_put_right_once_with_both_sources(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person
) -> None:
    told(bot, ann, bob)
    comes(bot)
    for who in (ann, bob):
        correction = who.hears()
        assert correction.text.startswith("Correction · The harbour closes")
        assert "In your briefing of" in correction.text
        assert f"“{CLOSED}”\u00a0[1]" in correction.text
        assert "A later article says otherwise:" in correction.text
        assert "“The harbour closes on Tuesday, not on Monday.”\u00a0[2]" in correction.text
        assert "The Later Post · 3 October 2025" in correction.text
        assert any(link.startswith("https://later.test/7#:~:text=") for link in correction.link_targets())
        assert "The library opens" not in correction.text
        assert "Eve" not in correction.text
    comes(bot)
    comes(bot)
    ann.hears_nothing(0.3)
    assert states(bot) == ["sent", "sent"]
    ann.replies(api.sent(ann)[-1], "Which day is it then?")
    ann.hears()
    assert bot.library.questions[-1].about == (101, 107)


def test_what_a_briefing_told_that_was_asked_for_is_put_right_too(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person
) -> None:
    subscribed(ann)
    ann.says("/briefing")
    shown = [ann.hears() for _ in range(3)]
    assert CLOSED in shown[1].text
    wait_for(lambda: ledger(bot, "SELECT count(*) FROM shown_stories") == [2])
    comes(bot)
    assert "Correction · The harbour closes" in ann.hears().text
    due(bot, ann.id)  # what was asked for does not count as told: the edition tells it
    assert CLOSED in [ann.hears() for _ in range(3)][1].text


def test_nobody_is_told_who_paused_muted_or_never_heard_it(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, eve: Person
) -> None:
    (story, _) = told(bot, ann, bob)
    ann.taps(story, "⋯")
    wait_for(lambda: any("Mute" in label for label in labels(story)))
    ann.taps(story, next(label for label in labels(story) if "Mute" in label))
    wait_for(lambda: ledger(bot, "SELECT opinion FROM tastes") == ["mute"])
    ledger(bot, f"UPDATE subscribers SET state = 'paused' WHERE reader = {BOB} RETURNING reader")
    comes(bot)
    ann.hears_nothing(0.3)
    bob.hears_nothing(0.1)
    assert states(bot) == []


def test_what_only_one_may_read_corrects_nobody_else(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person
) -> None:
    told(bot, ann, bob)
    FakeHindsight.now[:] = [later(person(BOB))]
    comes(bot)  # a mistake elsewhere would show everybody what is Bob's
    assert "Correction" in bob.hears().text
    comes(bot, person(BOB))
    ann.hears_nothing(0.3)
    bob.hears_nothing(0.1)


def test_what_was_known_when_it_was_told_is_no_correction(api: BotApi, bot: RunningBot, ann: Person) -> None:
    told(bot, ann)
    FakeHindsight.placed = datetime.now(UTC) - timedelta(hours=1)
    comes(bot)
    ann.hears_nothing(0.3)


def test_a_page_that_was_shared_says_what_was_corrected_since(
    api: BotApi, linked: RunningBot, ann: Person, library: FakeLibrary, fake: type[FakeBriefings]
) -> None:
    fake.pieces = (HARBOUR, LIBRARY)
    for at in range(2, 6):  # what the stories quote
        library.put(f"Source {at}", f"What source {at} says.")
    web = Web(linked)
    (story,) = told(linked, ann)
    offer = offered(ann, story)
    ann.taps(offer, "By a link")
    api.eventually(lambda: "/s/" in offer.text)
    assert "Corrected since" not in web.reads(link_in(offer))
    library.texts[7] = (later().document, later().text)
    comes(linked)
    assert "Correction" in ann.hears().text
    html = web.reads(link_in(offer))
    assert "Corrected since" in html
    assert f"<q>{CLOSED}</q>" in html
    assert "The harbour closes on Tuesday, not on Monday.</blockquote>" in html
    assert 'href="https://later.test/7#:~:text=' in html
    library.texts[7] = (replace(later().document, owner=person(ANN)), later().text)
    assert "Tuesday" not in web.reads(link_in(offer))  # hers alone is nothing for others


def test_one_that_may_have_arrived_is_not_sent_again_unless_asked(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    told(bot, ann)
    api.breaks("sendMessage", drop(delivered=True), chat=ann)
    comes(bot)
    wait_for(lambda: states(bot) == ["uncertain"])
    first, doubt = ann.hears(), ann.hears()
    assert first.text.startswith("Correction")
    ann.hears_nothing(0.3)
    ann.taps(doubt, "Send it again")
    assert ann.hears().text == first.text


def test_one_that_was_cut_off_is_said_so_after_the_start(
    api: BotApi, tmp_path: Any, library: FakeLibrary
) -> None:
    ann = api.person(ANN, "Ann")
    with RunningBot(api, tmp_path, library, ANN) as bot:
        told(bot, ann)
        comes(bot)
        first = ann.hears()
        wait_for(lambda: states(bot) == ["sent"])
        ledger(bot, "UPDATE corrections SET state = 'sending', part = "
               "(SELECT '{\"text\": \"Correction\", \"entities\": [], \"buttons\": [], \"grounds\": [], "
               "\"silent\": true}') RETURNING id")  # fmt: skip
    with RunningBot(api, tmp_path, library, ANN) as bot:
        doubt = ann.hears()
        assert "did not tell me whether my last message arrived" in doubt.text
        assert states(bot) == ["uncertain"]
        ann.hears_nothing(0.3)
        ann.taps(doubt, "Send it again")
        assert ann.hears().text == first.text.partition(" ")[0]


def test_a_correction_waits_for_the_morning_or_for_the_edition_that_comes_soon() -> None:
    evening = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    berlin = Rhythm("Europe/Berlin", 7 * 60, frozenset(range(7)), evening - timedelta(days=9))
    reader = Subscription(ANN, Place(ANN), ANN, berlin)

    def sent(now: datetime, edition: datetime | None = None, minute: int = 7 * 60) -> str:
        rhythm = replace(berlin, minute=minute)
        when = correcting.moment(replace(reader, due=edition, rhythm=rhythm), now)
        return f"{when:%d %H:%M}"

    assert sent(evening, evening + timedelta(hours=10)) == "21 06:02"  # behind the edition
    assert sent(evening, evening + timedelta(hours=14)) == "20 20:00"
    assert sent(evening + timedelta(hours=2), evening + timedelta(days=3)) == "21 06:00"  # 23:00 there
    assert sent(evening + timedelta(hours=7)) == "21 06:00"  # 04:00 there
    assert sent(evening + timedelta(hours=7), minute=3 * 60) == "21 03:00"  # they are up
    assert sent(evening + timedelta(hours=2), minute=22 * 60 + 30) == "20 22:00"


def test_the_next_edition_does_not_tell_a_correction_as_news() -> None:
    update = replace(FakeBriefings.pieces[0], is_update=True)
    quote = update.citations[0].quote
    said = {(quote.document.number, quote.text)}
    today = datetime(2026, 11, 20, tzinfo=UTC).date()
    briefing = Briefing("x", today, None, Profile(), (update,), Footer(1, 1, 5, 5, 0, 0))
    (left,) = uncorrected(briefing, said).pieces
    assert [each.text for each in left.bullets] == ["Crews object.", "Fees rise."]
    alone = replace(briefing, pieces=(replace(update, bullets=update.bullets[:1]),))
    assert uncorrected(alone, said).pieces == ()
    assert uncorrected(alone, said).quiet
    assert uncorrected(briefing, set()) is briefing
