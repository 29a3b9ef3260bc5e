"""Sources in Telegram: followed by address, listed with how they do, changed by their owner alone."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bot_stories import ANN, BOB, INVALID, RunningBot, labels, toast, wait_for
from botapi import BotApi, Person, hang, origins
from fake_following import FakeFollowing
from fake_library import FakeLibrary

from bot.handlers.sources import words_in
from bot.render.buttons import SOURCE_ACTIONS
from bot.render.times import ago, ahead
from retrieval.errors import LimitReached, Unreachable, Unreadable
from retrieval.following import Imported, Looked, Notice, Offer, State
from retrieval.starters import packs
from retrieval.types import SHARED, person

HERALD = "https://herald.test/feed"
HOSTILE = "\u202e</b><a href='https://evil.test'>x</a> *_`[ @all /new \u2067" + "A" * 10_000


def follows(bot: RunningBot, who: Person, title: str = "Harbour Herald", url: str = HERALD) -> None:
    bot.following.feed(url, title, "The quay is closed.", "A crane arrives.", "Herons nest.", "A ship left.")
    who.says(url)
    assert "Now following" in who.hears().text


# -- following


def test_an_address_with_one_feed_is_followed_at_once(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person
) -> None:
    bot.following.feed(
        HERALD, "Harbour Herald", "The quay is closed.", "A crane arrives.", "Herons nest.", "x"
    )
    bob.says(HERALD)
    told = bob.hears()
    assert told.text.startswith("Now following: Harbour Herald · German")
    assert told.text.count("•") == 3
    assert f"{HERALD}/1" in told.link_targets()
    assert "I look again in about 2 hours." in told.text
    assert labels(told) == ["Pause", "Remove"]
    assert told.link_preview == {"is_disabled": True}
    bob.says("Is the quay closed?")
    assert "The quay is closed." in bob.hears().text
    ann.says("Is the quay closed?")
    assert "Your sources don't say" in ann.hears().text
    bob.says(f"/follow {HERALD}")
    assert bob.hears().text.startswith("You follow this already: Harbour Herald")


def test_several_addresses_are_followed_one_after_the_other(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    for at in range(3):
        bot.following.feed(f"https://f{at}.test", f"Feed {at}.", "A.")
    ann.says("https://f0.test\nhttps://gone.test https://f1.test")
    assert "Feed 0." in ann.hears().text
    assert "is not there" in ann.hears().text
    assert "Feed 1." in ann.hears().text
    ann.says("/follow https://f2.test")
    assert "Feed 2." in ann.hears().text
    ann.says("/follow the harbour")
    assert "is not there" in ann.hears().text


def test_several_feeds_are_offered(api: BotApi, bot: RunningBot, ann: Person, bob: Person) -> None:
    main, sport = (
        bot.following.feed("https://h.test/1", "News", "A."),
        bot.following.feed("https://h.test/2", "Sport", "B."),
    )
    page = Offer("page", "https://h.test/", "h.test")
    bot.following.web["h.test"] = Looked((main, sport, page), True)
    ann.says("h.test")
    offered = ann.hears()
    assert labels(offered) == ["News", "Sport", "Watch this page", "Read it once"]
    bob.says("/help")
    help = bob.hears()
    for row in offered.buttons:
        assert toast(api, bob.forges(str(row[0].data), help)) == INVALID
    bot.following.web["https://h.test/an-article"] = Looked((main, page), True)
    ann.says("https://h.test/an-article")
    assert labels(ann.hears()) == ["News", "Watch this page", "Read it once"]
    ann.taps(offered, "Sport")
    api.eventually(lambda: offered.text.startswith("Now following: Sport"))
    assert [each.url for each in bot.following.held] == ["https://h.test/2"]
    assert len(api.sent(ann)) == 2


def test_without_a_feed_the_page_is_watched_or_read_once(api: BotApi, bot: RunningBot, ann: Person) -> None:
    page = Offer("page", "https://h.test/a", "An article")
    bot.following.web["https://h.test/a"] = Looked((page,), True)
    for label, result in (
        ("Watch this page", "Now following: An article"),
        ("Read it once", "Read “An article” (1 passage)"),
    ):
        ann.says("https://h.test/a")
        offered = ann.hears()
        assert "There is no feed at" in offered.text
        assert offered.links == []
        ann.taps(offered, label)
        api.eventually(lambda offered=offered, result=result: offered.text.startswith(result))
    assert ("read_once", "https://h.test/a", person(ANN)) in bot.following.calls
    bot.following.web["https://h.test/b.pdf"] = Looked((), True)
    ann.says("https://h.test/b.pdf")
    assert ann.hears().text == "Read “An article” (1 passage). Only you can ask about it."
    bot.following.web["https://h.test/"] = Looked((page,), False)
    ann.says("https://h.test/")
    offered = ann.hears()
    assert labels(offered) == ["Watch this page"]
    bot.following.refused[page.url] = Unreachable("“x” does not answer.")
    ann.taps(offered, "Watch this page")
    api.eventually(lambda: offered.text == "“x” does not answer.")
    del bot.following.refused[page.url]
    ann.taps(offered, "Try again")
    api.eventually(lambda: offered.text.startswith("You follow this already"))


def test_what_takes_long_shows_it_and_errors_are_one_sentence(
    api: BotApi, bot: RunningBot, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handlers.waiting._SOON", 0.1)
    bot.following.slow = 0.5
    ann.says("https://gone.test/x")
    shown = ann.hears()
    assert shown.text.startswith("Looking at https")
    api.eventually(lambda: shown.text.endswith("is not there; check the address."))
    assert shown.links == []
    assert "typing" in ann.chat.actions
    assert len(api.sent(ann)) == 1
    bot.following.web["https://odd.test"] = RuntimeError("secret")
    ann.says("https://odd.test")
    odd = ann.hears()
    api.eventually(lambda: odd.text.startswith("Something went wrong on my side"))
    bot.following.web["https://none.test"] = Looked((), False)
    ann.says("https://none.test")
    nothing = ann.hears()
    api.eventually(lambda: nothing.text.startswith("There is nothing to follow at"))


def test_a_message_that_telegram_holds_back_costs_nothing(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.wire.READ_TIMEOUT", 1.0)
    monkeypatch.setattr("bot.handlers.waiting._SOON", 0.0)
    with RunningBot(api, tmp_path, library, ANN) as bot:
        bot.following.slow = 0.3
        bot.following.feed(HERALD, "Harbour Herald", "The quay is closed.")
        api.breaks("sendMessage", hang(delivered=False))
        ann.says(HERALD)
        assert "Now following" in ann.hears(20).text


def test_whoever_waits_is_told_when_the_bot_ends(
    api: BotApi, bot: RunningBot, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app._GRACE", 0.3)
    monkeypatch.setattr("bot.handlers.waiting._SOON", 0.1)
    bot.following.slow = 60
    ann.says(HERALD)
    shown = ann.hears()
    bot.stop()
    assert shown.text == "I was stopped before I was done. Please send that again in a moment."
    assert bot.took < 5


def test_telegrams_pace_loses_nothing(tmp_path: Path, library: FakeLibrary) -> None:
    with BotApi(pacing=True) as api, RunningBot(api, tmp_path, library, ANN) as bot:
        ann = api.person(ANN, "Ann")
        for at in range(3):
            bot.following.feed(f"https://f{at}.test", f"Feed {at}.", "A.")
        ann.says(" ".join(f"https://f{at}.test" for at in range(3)))
        for at in range(3):
            assert f"Feed {at}." in ann.hears(20).text


def test_a_list_ends_at_what_one_may_have(api: BotApi, bot: RunningBot, ann: Person) -> None:
    world = packs()[0]
    for feed in world.feeds[1:]:
        bot.following.refused[feed.url] = LimitReached("You follow as many as you may.")
    ann.says("/follow")
    told = ann.hears()
    ann.taps(told, "World")
    api.eventually(lambda: len(labels(told)) == 2)
    ann.taps(told, labels(told)[0])
    api.eventually(lambda: "I follow 1 source now" in told.text)
    assert told.text.count("You follow as many as you may.") == 1


def test_follow_explains_itself_and_offers_lists(api: BotApi, bot: RunningBot, ann: Person) -> None:
    ann.says("/follow")
    told = ann.hears()
    assert "Send me an address" in told.text
    assert labels(told) == [pack.title for pack in packs()]
    ann.taps(told, "World")
    api.eventually(lambda: told.text.startswith("World"))
    assert "BBC News: World" in told.text
    ann.taps(told, "‹ Other lists")
    api.eventually(lambda: len(labels(told)) == len(packs()))
    world = packs()[0]
    bot.following.refused[world.feeds[1].url] = Unreachable("“x” is not there; check the address.")
    ann.taps(told, "World")
    api.eventually(lambda: len(labels(told)) == 2)
    ann.taps(told, labels(told)[0])
    api.eventually(lambda: "I follow 5 sources now" in told.text)
    assert f"{world.feeds[1].name}: “x” is not there" in told.text
    assert [each.url for each in bot.following.held] == [f.url for at, f in enumerate(world.feeds) if at != 1]
    ann.starts()
    assert "Choose news to follow" not in labels(ann.hears())


def test_whoever_begins_is_offered_news(api: BotApi, bot: RunningBot, ann: Person) -> None:
    ann.starts()
    welcome = ann.hears()
    assert labels(welcome)[-1] == "Choose news to follow"
    ann.taps(welcome, "Choose news to follow")
    assert labels(ann.hears()) == [pack.title for pack in packs()]


def test_the_owner_may_follow_for_everybody(api: BotApi, bot: RunningBot, ann: Person, bob: Person) -> None:
    follows(bot, bob, "Bob's", "https://b.test")
    bot.following.feed(HERALD, "Harbour Herald", "The quay is closed.")
    ann.says(HERALD)
    told = ann.hears()
    assert labels(told) == ["Pause", "Remove", "For everybody"]
    ann.taps(told, "For everybody")
    api.eventually(lambda: told.text.startswith("For everybody now: Harbour Herald"))
    assert [(each.owner, each.title) for each in bot.following.held] == [
        (person(BOB), "Bob's"),
        (SHARED, "Harbour Herald"),
    ]
    assert person(ANN) not in {document.owner for document, _ in bot.library.texts.values()}
    bob.says("Is the quay closed, bob?")
    assert "The quay is closed." in bob.hears().text
    number = bot.following.held[0].number
    bob.says("/help")
    assert toast(api, bob.forges(f"cs:{number}", bob.hears())) == INVALID


# -- the list and the cards


def test_sources_shows_how_each_does(api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary) -> None:
    following, me = bot.following, person(ANN)
    june = datetime(2026, 6, 3, tzinfo=UTC)
    states = {
        "Fresh one": {},
        "Quiet one": {"state": State.QUIET, "last_item": june, "items_this_week": 0},
        "Failing one": {
            "state": State.FAILING,
            "failing_since": june,
            "reason": "The server does not answer.",
        },
        "Paused one": {"state": State.PAUSED, "last_item": None, "items_this_week": 0},
        "New one": {"last_item": None, "items_this_week": 0, "next_look": june},
        "Gone one": {"state": State.GONE, "reason": "It said that it will not come back."},
    }
    for title, more in states.items():
        following.source_of(Offer("feed", f"https://{title[:3]}.test", title), me, **more)
    following.source_of(Offer("feed", "https://all.test", "For all"), SHARED)
    following.source_of(Offer("feed", "https://bob.test", "Bob's"), person(BOB))
    ann.says("/sources")
    listed = ann.hears()
    lines = listed.text.splitlines()
    assert lines[0] == "What you follow · 7"
    assert "fresh · last item 2 hours ago · 3 this week" in lines
    assert "quiet · last item 3 June 2026" in lines
    assert "failing since 3 June 2026 · last item 2 hours ago · 3 this week" in lines
    assert "The server does not answer." in lines
    assert "paused · no item yet" in lines
    assert "waiting to be read" in lines
    assert "fresh · last item 2 hours ago · 3 this week · for everybody" in lines
    assert [line for line in lines if line[:2] in ("1.", "2.", "3.")] == [
        "1. Failing one",
        "2. Gone one",
        "3. Fresh one",
    ]
    assert "Bob's" not in listed.text
    assert labels(listed) == [*"1234567", "All 1 document"]
    ann.taps(listed, "All 1 document")
    api.eventually(lambda: "The treaty" in listed.text)
    ann.taps(listed, "‹ All sources")
    api.eventually(lambda: "Gone one" in listed.text)
    assert len(api.sent(ann)) == 1


def test_many_sources_are_paged_in_place(api: BotApi, bot: RunningBot, ann: Person) -> None:
    for at in range(1, 24):
        bot.following.source_of(Offer("feed", f"https://f{at}.test", f"Feed {at}."), person(ANN))
    ann.says("/sources")
    listed = ann.hears()
    assert "page 1 of 3" in listed.text
    ann.taps(listed, "More ›")
    api.eventually(lambda: "Feed 11." in listed.text)
    ann.taps(listed, "15")
    api.eventually(lambda: listed.text.startswith("Feed 15."))
    ann.taps(listed, "‹ All sources")
    api.eventually(lambda: "page 2 of 3" in listed.text)


def test_a_card_pauses_resumes_and_removes(api: BotApi, bot: RunningBot, ann: Person) -> None:
    follows(bot, ann)
    ann.says("/sources")
    card = ann.hears()
    ann.taps(card, "1")
    api.eventually(lambda: card.text.startswith("Harbour Herald\nFeed · German"))
    for button, said in (("Pause", "paused"), ("Resume", "fresh")):
        ann.taps(card, button)
        api.eventually(lambda said=said: said in card.text)
    ann.taps(card, "Answers only")
    api.eventually(lambda: "Used in answers, not in briefings." in card.text)
    ann.taps(card, "In briefings too")
    api.eventually(lambda: "Used in answers" not in card.text)
    for button, held in (("Keep it", 1), ("Stop following", 0)):
        ann.taps(card, "Remove")
        api.eventually(lambda: "Stop following “Harbour Herald”?" in card.text)
        ann.taps(card, button)
        api.eventually(lambda held=held: len(bot.following.held) == held)
        api.eventually(lambda: "Stop following “" not in card.text)
    assert card.text.startswith("I no longer follow “Harbour Herald”.")
    ann.says("Is the quay closed?")
    assert "The quay is closed." in ann.hears().text


def test_a_source_may_go_with_what_it_brought(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    follows(bot, ann)
    assert len(library.texts) == 5
    ann.says("/sources")
    card = ann.hears()
    ann.taps(card, "1")
    api.eventually(lambda: "Remove" in labels(card))
    ann.taps(card, "Remove")
    api.eventually(lambda: "Also forget its 4 documents" in labels(card))
    ann.taps(card, "Also forget its 4 documents")
    api.eventually(lambda: card.text.endswith("and its 4 documents are forgotten."))
    assert len(library.texts) == 1
    assert bot.following.held == []
    ann.says("Is the quay closed?")
    assert "Your sources don't say" in ann.hears().text


def test_who_has_as_much_as_one_may_is_told_so(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    bot.following.room = LimitReached("You have 20,000 documents; remove some to make room.")
    ann.uploads(b"The heron nests.", name="heron.txt")
    ann.forwards("The heron nests in Selwick.", origins.channel())
    ann.says("The heron nests in Selwick. " * 40)
    for _ in range(3):
        assert ann.hears().text == "You have 20,000 documents; remove some to make room."
    assert library.drafts == []


def test_words_are_set_by_replying(api: BotApi, bot: RunningBot, ann: Person, bob: Person) -> None:
    follows(bot, ann)
    ann.says("/sources")
    card = ann.hears()
    ann.taps(card, "1")
    api.eventually(lambda: "Only with words" in labels(card))
    for button, reply, line in (
        (
            "Only with words",
            "crane, northern  quay\nheron,crane",
            "Only items with: crane, northern quay, heron",
        ),
        ("Never with words", "sport", "No items with: sport"),
    ):
        ann.taps(card, button)
        question = ann.hears()
        assert question.markup == {"force_reply": True, "selective": True}
        ann.replies(question, reply)
        assert ann.hears().text.startswith("Noted")
        card = ann.hears()
        assert line in card.text
    assert bot.following.held[0].allow == ("crane", "northern quay", "heron")
    ann.replies(question, "-")
    ann.hears()
    assert "No items with" not in ann.hears().text
    ann.replies(question, ",".join(f"w{at}" for at in range(99)))
    assert "more than I keep" in ann.hears().text
    assert len(bot.library.questions) == 0
    ann.replies(card, "Is the quay closed?")
    assert "The quay is closed." in ann.hears().text


def test_nobody_touches_what_is_not_theirs(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, eve: Person
) -> None:
    follows(bot, ann)
    bot.following.source_of(Offer("feed", "https://all.test", "For all"), SHARED)
    mine, shared = (each.number for each in bot.following.held)
    before = [asdict(each) for each in bot.following.held]
    bob.says("/sources")
    listed = bob.hears()
    assert "For all" in listed.text
    assert "Herald" not in listed.text
    assert "1" not in labels(listed)
    for number in (mine, shared, 0, 999_999_999_999_999_999):
        for action in ("", *SOURCE_ACTIONS):
            assert toast(api, bob.forges(f"c{action}:{number}", listed)) == INVALID
    for data in (
        "c:-1",
        "cz:70",
        "cpp:70",
        "c:70 ",
        "o:1:1",
        "oo:1:1",
        "oc:1",
        "g:99",
        "g!:99",
        "g!:",
        "pa:1",
        "pk:1",
        "l:",
    ):
        assert toast(api, bob.forges(data, listed)) == INVALID
    eve.says("/sources")
    stranger = eve.hears()
    assert toast(api, eve.forges(f"cy:{mine}", stranger)) == ""
    assert [asdict(each) for each in bot.following.held] == before
    ann.says("/sources")
    card = ann.hears()
    ann.taps(card, "2")
    api.eventually(lambda: "For all" in card.text and "for everybody" in card.text)


def test_in_a_group_sources_are_listed_and_never_changed(api: BotApi, bot: RunningBot, ann: Person) -> None:
    follows(bot, ann)
    bot.following.source_of(Offer("feed", "https://all.test", "For all"), SHARED)
    group = api.group("Readers")
    ann.says("/sources@footnote_bot", group)
    listed = ann.hears(chat=group)
    assert "For all" in listed.text
    assert "Herald" not in listed.text
    assert labels(listed) == ["All 1 document"]
    for each in bot.following.held:
        assert toast(api, ann.forges(f"cy:{each.number}", listed)) == INVALID
    for words in ("/follow@footnote_bot https://a.test", "/export@footnote_bot"):
        ann.says(words, group)
        assert "in our private chat" in ann.hears(chat=group).text
    ann.says("@footnote_bot https://a.test", group)
    assert "Your sources don't say" in ann.hears(chat=group).text
    assert [call[0] for call in bot.following.calls] == ["look", "follow"]


# -- what happens meanwhile


def test_a_failing_source_is_told_to_its_owner(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person
) -> None:
    follows(bot, bob)
    shared = bot.following.source_of(Offer("feed", "https://all.test", "For all"), SHARED)
    ann.says("/help")
    ann.hears()
    sentence = "“Harbour Herald” has not answered since 3 June: @all <b>HTTP 500</b> https://evil.test."
    bot.following.notices.append(Notice(bot.following.held[0], "failing", sentence))
    told = bob.hears()
    assert told.text.replace("\u2060", "") == sentence
    assert told.links == []
    assert labels(told) == ["Show it", "Remove"]
    ann.hears_nothing(0.2)
    bob.taps(told, "Show it")
    api.eventually(lambda: told.text.startswith("Harbour Herald"))
    bot.following.notices.append(Notice(shared, "gone", "“For all” is gone."))
    assert ann.hears().text == "“For all” is gone."
    stranger = bot.following.source_of(Offer("feed", "https://s.test", "S"), person(4))
    bot.following.notices.append(Notice(stranger, "gone", "“S” is gone."))
    bob.hears_nothing(0.2)
    assert not bot.events("notice.failed")
    assert not [call for call in api.calls("sendMessage") if call.params["chat_id"] == 4]


def test_a_fault_of_the_refresh_ends_no_chat(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handlers.notices._BREATH", 0.05)

    class Faulty(FakeFollowing):
        async def run(self, *_: object) -> None:
            self.calls.append(("run",))
            raise RuntimeError("secret")

    with RunningBot(api, tmp_path, library, ANN, following=Faulty(library)) as bot:
        wait_for(lambda: len(bot.following.calls) > 2)
        ann.says("When did the treaty take effect?")
        assert "2 October" in ann.hears().text
        assert "secret" not in str(bot.logs)


# -- lists from and for other readers


def test_a_list_is_imported_with_a_report(api: BotApi, bot: RunningBot, ann: Person) -> None:
    bot.following.imported = Imported(12, 3, ("Line 4: no address.", "Line 9: “ftp://x” is no web address."))
    for name in ("subscriptions.opml", "feeds.XML"):
        ann.uploads(b"<opml/>", name=name)
        told = ann.hears()
        assert told.text.replace("\u2060", "") == (
            f"From “{name}” I follow 12 sources now. I read them one after the other; "
            "/sources shows how far I am. You followed 3 already.\n\n2 entries could not be taken:\n\n"
            "Line 4: no address.\n\nLine 9: “ftp://x” is no web address."
        )
        assert told.links == []
    assert bot.following.calls[-1] == ("import_list", b"<opml/>", "feeds.XML", person(ANN))
    assert bot.left_behind() == []
    bot.following.imported = Imported(0, 3, tuple(f"Line {at}: no address." for at in range(99)))
    ann.uploads(b"<opml/>", name="again.opml")
    told = ann.hears()
    assert told.text.replace("\u2060", "").startswith("There is nothing new in “again.opml”. You followed 3")
    assert told.text.endswith("99 entries could not be taken; they are in the file below.")
    file = ann.hears()
    assert file.file
    assert file.file.content.decode().splitlines()[98] == "Line 98: no address."
    bot.following.imported = Unreadable("“odd.xml” is no list of feeds.")
    ann.uploads(b"<x/>", name="odd.xml")
    assert ann.hears().text.replace("\u2060", "") == "“odd.xml” is no list of feeds."


def test_what_is_followed_is_exported(api: BotApi, bot: RunningBot, ann: Person) -> None:
    ann.says("/export")
    assert "nothing to export" in ann.hears().text
    follows(bot, ann)
    bot.following.source_of(Offer("page", "https://p.test", "P"), person(ANN))
    ann.says("/export")
    sent = ann.hears()
    assert sent.file
    with zipfile.ZipFile(io.BytesIO(sent.file.content)) as packed:
        assert HERALD.encode() in packed.read("sources.opml")
        assert [each["kind"] for each in json.loads(packed.read("sources.json"))] == ["feed", "page"]


# -- hostile words


def test_hostile_titles_break_and_style_nothing(api: BotApi, bot: RunningBot, ann: Person) -> None:
    offers = [bot.following.feed(f"https://h{at}.test", HOSTILE, HOSTILE) for at in range(2)]
    bot.following.web["h.test"] = Looked((*offers, Offer("page", "https://h.test", HOSTILE)), True)
    ann.says("h.test")
    offered = ann.hears()
    ann.taps(offered, str(offered.buttons[0][0].data))
    api.eventually(lambda: offered.text.startswith("Now following"))
    source = bot.following.held[0]
    ann.says("/sources")
    listed = ann.hears()
    ann.taps(listed, "1")
    api.eventually(lambda: "Only with words" in labels(listed))
    card = listed.text
    ann.taps(listed, "Remove")
    api.eventually(lambda: "Stop following “" in listed.text)
    bot.following.notices.append(Notice(source, "failing", f"“{HOSTILE}” fails."))
    notice = ann.hears()
    for text in (offered.text, card, listed.text, notice.text):
        assert len(text) < 2_000
        assert "\u202e" not in text
    for message in (offered, listed, notice):
        assert {entity["type"] for entity in message.entities} <= {"bold", "italic", "text_link"}
        assert all("evil" not in url for url in message.link_targets())
    assert not [call for call in api.log if call.status == 400]


# -- words about time, and words to allow


def test_moments_are_told_as_people_do() -> None:
    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 6, day, hour, minute, tzinfo=UTC)

    now = at(20, 12)
    past = {
        at(20, 12): "just now",
        at(20, 11, 59): "1 minute ago",
        at(20, 10): "2 hours ago",
        at(18, 12): "2 days ago",
    }
    past |= {at(19, 12, 5): "23 hours ago", at(3, 1): "3 June 2026", at(21, 1): "just now"}
    assert {when: ago(when, now) for when in past} == past
    soon = {
        at(20, 12): "in a moment",
        at(20, 12, 30): "in about 30 minutes",
        at(20, 13, 55): "in about 2 hours",
    }
    soon |= {at(1, 1): "in a moment", at(23, 12): "in about 3 days"}
    assert {when: ahead(when, now) for when in soon} == soon


def test_words_are_read_from_a_reply() -> None:
    assert words_in(" crane ,northern  quay,, … ,crane") == ("crane", "northern quay")
    assert words_in("-") == words_in("—") == ()
    assert words_in("x" * 61) is None


def test_the_lists_to_begin_with_are_addresses_of_their_own() -> None:
    feeds = [feed for pack in packs() for feed in pack.feeds]
    assert len({feed.url for feed in feeds}) == len(feeds)
    assert all(feed.url.startswith("https://") and feed.name.strip() for feed in feeds)
    assert len({pack.title for pack in packs()}) == len(packs())
    assert len(packs()) < 100
