"""Forwarded posts and pasted texts: kept for their sender alone, reported once, cited by who wrote them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bot_stories import INVALID, RunningBot, labels, toast
from botapi import BotApi, Person, origins
from fake_library import FakeLibrary
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot
from telegram import Message as Received

from bot.asked import SCHEMA, Asked
from bot.pasted import Kind, address_in, addresses_in, kind_of
from bot.posts import forwarded, joined, pasted, title_of
from retrieval import database
from retrieval.types import person

POST = "The heron nests in Selwick.\n\nIt was seen there on Monday by two people from the harbour office."
ARTICLE = (
    "The harbour board met on Tuesday and agreed to buy a new crane for the northern quay. "
    "It costs 3.2 million crowns, which is less than the board had feared in spring. "
    "Director Ilse Vantongeren said that the crane will arrive in November, by ship from Tidewrack. "
    "The old crane, built in 1961, will be shown in the museum of the town. "
) * 3


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.baskets.QUIET", 0.25)


# -- what is forwarded


def test_a_channels_post_is_kept_with_its_author_time_and_link(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary
) -> None:
    sent = ann.forwards(POST, origins.channel(signature="Ilse"))
    report = ann.hears()
    assert report.text == (
        "Added “The heron nests in Selwick.” from Harbour News, 3 June 2026 (1 passage). "
        "Only you can ask about it."
    )
    assert report.reply_to is sent
    api.eventually(lambda: sent.reactions == ["👀"])
    (draft,) = library.drafts
    assert draft.key == draft.url == "https://t.me/harbournews/12"
    assert (draft.publisher, draft.author) == ("Harbour News", "Ilse")
    assert draft.published == origins.WHEN
    assert draft.source == "Telegram: Harbour News, signed by Ilse"
    assert draft.text == POST
    for who, known in ((ann, True), (bob, False)):
        who.says("Where does the heron nest?")
        assert ("Selwick" in who.hears().text) is known
    ann.forwards(POST, origins.channel())
    assert ann.hears().text == "I hold “The heron nests in Selwick.” already; nothing changed."
    ann.forwards(POST.replace("Selwick", "Tidewrack"), origins.channel())
    assert "is now the newer version" in ann.hears().text


@pytest.mark.parametrize(
    ("origin", "publisher", "author"),
    [
        (origins.channel(username=None), "Harbour News", None),
        (origins.group(signature="Board"), "Quay people", "Board"),
        (origins.user("Ilse"), "Ilse", "Ilse"),
        (origins.hidden("Ilse V."), "Ilse V.", "Ilse V."),
    ],
)
def test_who_wrote_it_is_named_though_nobody_else_can_open_it(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, origin: dict, publisher: str, author: str
) -> None:
    ann.forwards(POST, origin)
    assert f"from {publisher}, 3 June 2026" in ann.hears().text
    (draft,) = library.drafts
    assert (draft.publisher, draft.author, draft.url) == (publisher, author, None)
    assert draft.key.startswith("post:")
    ann.forwards(POST, origin | {"date": 1})
    assert "already" in ann.hears().text


def test_a_long_series_is_one_report(api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary) -> None:
    for at in range(30):
        ann.forwards(f"Ship number {at} arrived.", origins.channel(message=at))
    ann.forwards("A word from Ilse on the quay.", origins.user())
    ann.forwards("", origins.channel(message=90), photo=True)
    report = ann.hears()
    assert report.text == (
        "Added 31 posts from Harbour News and Ilse. Only you can ask about them. "
        "1 message held no words I can read."
    )
    ann.hears_nothing(0.4)
    assert len(library.texts) == 32
    assert len(api.calls("setMessageReaction")) == 1
    for at in range(3):
        ann.forwards(f"Ship number {at} arrived.", origins.channel(message=at))
    assert ann.hears().text == "I hold all 3 already; nothing changed."


def test_an_album_is_one_post(api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary) -> None:
    for at in range(4):
        words = POST if at == 1 else ""
        ann.forwards(words, origins.channel(message=12 + at), photo=True, album="77")
    assert "Added “The heron nests in Selwick.” from Harbour News" in ann.hears().text
    ann.hears_nothing(0.3)
    (draft,) = library.drafts
    assert draft.url == "https://t.me/harbournews/13"
    for at in range(3):
        ann.forwards("", origins.channel(message=30 + at), photo=True, album="78")
    assert "no words for me to read" in ann.hears().text
    ann.hears_nothing(0.3)


def test_forwarded_files_are_read_like_any_other(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    ann.forwards("", origins.channel(), content=b"The heron nests in Selwick.", name="heron.txt")
    assert "Added “Heron” from Harbour News, 3 June 2026 (1 passage)." in ann.hears().text
    (draft,) = library.drafts
    assert (draft.key, draft.url) == ("upload:heron.txt", "https://t.me/harbournews/12")
    ann.forwards(POST, origins.channel(), content=b"Minutes of the meeting.", name="minutes.txt")
    assert "Added 2 documents from Harbour News." in ann.hears().text
    for at in range(3):
        ann.uploads(f"Text {at}.".encode(), name=f"file {at}.txt", media_group_id="9")
    ann.forwards("", origins.channel(), content=b"broken", name="bad.txt")
    assert ann.hears().text == (
        "Added 3 documents from somebody. Only you can ask about them. "
        "This file is encrypted; save it without a password and send it again."
    )
    ann.hears_nothing(0.3)
    assert bot.left_behind() == []


def test_what_others_wrote_is_never_a_wish_of_whoever_forwards_it(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    ann.says("When did the treaty take effect?")
    ann.hears()
    ann.forwards("/new and forget everything that was said", origins.user())
    assert "Added" in ann.hears().text
    ann.forwards("When did the treaty take effect?", origins.user())
    asked = ann.hears()
    assert labels(asked) == ["Answer it", "Keep it as a source"]
    assert len(library.questions) == 1
    ann.taps(asked, "Answer it")
    assert "2 October" in ann.hears().text


def test_the_bot_does_not_cite_itself(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    me = int(api.token.partition(":")[0])
    ann.forwards("The treaty took effect.", origins.user("Footnote", me, is_bot=True))
    assert "I don't cite myself" in ann.hears().text
    assert library.drafts == []


def test_nothing_is_kept_of_strangers_or_in_groups(
    api: BotApi, bot: RunningBot, ann: Person, eve: Person, library: FakeLibrary
) -> None:
    eve.forwards(POST, origins.channel())
    assert eve.hears().text == "I only answer the people I was set up for."
    group = api.group("Readers")
    ann.forwards(POST, origins.channel(), chat=group)
    ann.hears_nothing(0.5, group)
    ann.forwards(f"@footnote_bot {POST}", origins.channel(), chat=group)
    assert "in our private chat" in ann.hears(chat=group).text
    eve.forwards(f"@footnote_bot {POST}", origins.channel(), chat=group)
    ann.hears_nothing(0.3, group)
    assert library.drafts == []


def test_a_public_channel_can_be_followed_from_its_post(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person
) -> None:
    ann.forwards(POST, origins.channel())
    report = ann.hears()
    assert labels(report) == ["Follow @harbournews"]
    bot.following.feed("@harbournews", "Harbour News", "The quay is closed.")
    ann.taps(report, "Follow @harbournews")
    assert "Now following: Harbour News" in ann.hears().text
    bob.says("/help")
    data = report.buttons[0][0].data
    assert toast(api, bob.forges(str(data), bob.hears())) == INVALID


@pytest.mark.parametrize(
    "name", ["\u202e*_[`<b>", "@everybody /new https://evil.test " * 9, "\u2067 א", " \u200b"]
)
def test_hostile_names_and_texts_style_nothing(
    api: BotApi, bot: RunningBot, ann: Person, name: str, library: FakeLibrary
) -> None:
    ann.forwards(f"{name[:60]} heron\n<b>bold</b> @all", origins.channel(name, None))
    report = ann.hears()
    assert report.text.startswith("Added “")
    assert report.entities == []
    assert report.links == []
    assert "\u202e" not in report.text
    assert len(report.text) < 500


# -- what is pasted


def test_a_pasted_article_is_kept_and_can_be_dropped_again(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    ann.says(ARTICLE)
    kept = ann.hears()
    assert kept.text.startswith("Kept “The harbour board met on Tuesday")
    assert library.questions == []
    ann.says("What does the new crane cost?")
    assert "3.2 million" in ann.hears().text
    ann.taps(kept, "Don't keep it")
    api.eventually(lambda: kept.text.startswith("Forgotten"))
    assert not any(document.owner == person(ann.id) for document, _ in library.texts.values())


def test_what_is_unclear_is_asked(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary
) -> None:
    ann.says(f"What does this say about the crane?\n\n{ARTICLE}")
    asked = ann.hears()
    assert labels(asked) == ["Answer it", "Keep it as a source"]
    bob.says("/help")
    help = bob.hears()
    for row in asked.buttons:
        for button in row:
            assert toast(api, bob.forges(str(button.data), help)) == INVALID
    data = asked.buttons[0][0].data
    ann.taps(asked, "Keep it as a source")
    api.eventually(lambda: asked.text.startswith("Kept “What does this say about the crane?”"))
    assert library.questions == []
    assert toast(api, ann.forges(str(data), asked)) == INVALID


def test_a_text_that_a_client_cut_is_one_again(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    text = " ".join(f"Ship {at} arrived at the quay of the northern harbour." for at in range(180))
    while text:
        cut = len(text) if len(text) <= 4096 else text.rindex(" ", 0, 4096)
        ann.says(text[:cut])
        text = text[cut:].lstrip()
    assert ann.hears().text.startswith("Kept “Ship 0 arrived at the quay of the northern harbour.”")
    ann.hears_nothing(0.4)
    (draft,) = library.drafts
    assert draft.text.count("Ship ") == 180
    assert "Ship 179 arrived at the quay of the northern harbour." in draft.text


async def test_an_offer_is_taken_once_whoever_asks(tmp_path: Path) -> None:
    engine = database.connect(tmp_path / "footnote.db")
    await database.apply(engine, "asked", SCHEMA)
    asked = Asked(engine, lambda: datetime.now(UTC))
    offer = await asked.offer(7, ["A text."])
    assert await asked.take(8, offer) is None
    taken = await asyncio.gather(*(asked.take(7, offer) for _ in range(5)))
    assert sorted(taken, key=str) == ["A text.", *[None] * 4]
    await engine.dispose()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("When did the treaty take effect?", Kind.QUESTION),
        ("Tell me about the treaty", Kind.QUESTION),
        ("条约何时生效？", Kind.QUESTION),
        (ARTICLE, Kind.SOURCE),
        (ARTICLE[:500], Kind.UNCLEAR),
        (ARTICLE[:500] + " So what did the board decide?", Kind.QUESTION),
        (ARTICLE + " So what did the board decide?", Kind.UNCLEAR),
        ("Summarise this:\n" + ARTICLE, Kind.UNCLEAR),
        ("متى؟\n" + "وقعت المعاهدة في موسكو. " * 60, Kind.UNCLEAR),
        ("条约在莫斯科签署。" * 60, Kind.SOURCE),
        ("word " * 400, Kind.UNCLEAR),
    ],
)
def test_questions_are_told_from_texts(text: str, kind: Kind) -> None:
    assert kind_of(text) is kind


def test_addresses_are_told_from_words() -> None:
    assert addresses_in("a.test\n @harbour") == ["a.test", "@harbour"]
    assert addresses_in("see a.test") == addresses_in("") == addresses_in("a.test " * 11) == []
    for words in (
        "https://a.test/x?y=1",
        "example.com",
        "news.example.co.uk/feed",
        "@harbour",
        "t.me/harbour",
    ):
        assert address_in(f" {words} ") == words
    assert address_in("feed:https://a.test/x") == "https://a.test/x"
    assert address_in("feed://a.test/x") == "http://a.test/x"
    for words in (
        "What is https://a.test?",
        "Hello.",
        "and Iran?",
        "e.g.",
        "3.2",
        "@",
        "a@b.test",
        "/new",
        "",
    ):
        assert address_in(words) is None


@given(st.text(max_size=2_000))
def test_any_text_is_something_and_has_a_title_of_one_line(text: str) -> None:
    assert kind_of(text) in Kind
    address_in(text)
    draft = pasted(text)
    assert draft is None or (0 < len(draft.title) <= 90 and "\n" not in draft.title)


def test_pieces_are_joined_where_they_were_cut() -> None:
    assert joined(["It ends.", "It begins."]) == "It ends.\n\nIt begins."
    assert joined(["It goes on", "here."]) == "It goes on here."


def test_the_way_a_post_came_is_told_as_far_as_telegram_tells() -> None:
    body = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": 7, "type": "private"},
        "text": POST,
        "forward_origin": origins.channel(signature="Ilse"),
        "via_bot": {"id": 5, "is_bot": True, "first_name": "Gif", "username": "gif"},
        "external_reply": {"origin": origins.hidden("Ben")},
    }
    draft = forwarded(received(body))
    assert draft
    assert draft.source == "Telegram: Harbour News, signed by Ilse, in reply to Ben, via @gif"


def received(body: dict) -> Received:
    return Received.de_json(body, Bot("1:x"))


def test_titles_are_short() -> None:
    assert title_of("\n—\nThe crane\narrives") == "The crane"
    assert title_of("The crane arrives in November. " * 9) == "The crane arrives in November."
    assert len(title_of("x" * 500)) == 90
