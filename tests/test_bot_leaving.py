"""What a person is told of their briefings, takes with them, and leaves behind: nothing."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot_stories import ANN, BOB, INVALID, RunningBot, labels, toast, wait_for
from botapi import BotApi, Person, drop
from fake_library import FakeLibrary
from test_bot_briefings import FakeBriefings, due, fake, ledger, subscribed

from retrieval.following import Offer, State
from retrieval.types import person

assert fake  # every test here asks for it


def skipped(bot: RunningBot, days: int, why: str) -> None:
    """An edition of some days ago that never came."""
    at = datetime.now(UTC).replace(hour=7, minute=0) - timedelta(days=days)
    values = f"{ANN}, '{at:%Y-%m-%d}', '{at.isoformat()}', 'skipped', '{why}', '{at.isoformat()}'"
    ledger(bot, f"INSERT INTO deliveries (reader, day, at, state, why, ended) VALUES ({values}) RETURNING id")


def test_status_tells_what_became_of_each_edition_and_sends_again_what_may_be_missing(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    ann.says("/status")
    assert "You have no briefing yet" in ann.hears().text
    subscribed(ann)
    ann.says("/status")
    assert "No briefing has come yet.\n\nNext: " in ann.hears().text
    for days, why in enumerate(("quiet", "unwanted", "failed", "away", "late", "replaced"), 1):
        skipped(bot, days, why)
    api.breaks("sendMessage", drop(delivered=True), chat=ann)
    due(bot, ANN)
    wait_for(lambda: ledger(bot)[-1] == "uncertain")
    for at, state in enumerate((State.FRESH, State.FAILING)):
        bot.following.source_of(Offer("page", f"https://p{at}.test", "P"), person(ANN), state=state)
    count = len(api.sent(ann))
    ann.says("/status")
    wait_for(lambda: len(api.sent(ann)) > count)
    told = api.sent(ann)[-1]
    lines = told.text.splitlines()
    assert lines[0] == "Your last briefings"
    assert lines[1].endswith("perhaps not all arrived")
    assert "3 messages" in lines[1]
    assert [line.partition(": ")[2] for line in lines[2:8]] == [
        "left out, nothing was new",
        "left out, it was paused",
        "could not be made, my log says why",
        "I could not write here",
        "left out, I was offline for too long",
        "left out, the next one took its place",
    ]
    assert lines[-3].startswith("Next: ")
    assert lines[-1] == "1 of 2 sources cannot be read; /sources shows which."
    assert max(map(len, lines)) < 80
    (again,) = labels(told)
    ann.taps(told, again)
    wait_for(lambda: len(api.sent(ann)) > count + 1)
    assert api.sent(ann)[-1].text.startswith("Your briefing · ")


def full(api: BotApi, bot: RunningBot, ann: Person) -> None:
    """Ann stores something of every kind."""
    ann.uploads(b"The heliotrope belongs to Ann.", name="secret.txt")
    ann.hears()
    bot.following.feed("https://h.test/feed", "Herald", "A quokka was seen.")
    ann.says("https://h.test/feed")
    ann.hears()
    ann.says("What about the heliotrope?")
    ann.hears()
    subscribed(ann)


def drained(who: Person) -> None:
    """Hear all there is."""
    try:
        while True:
            who.hears(0.3)
    except AssertionError:
        pass


def test_everything_stored_is_exported_in_one_file(
    api: BotApi, bot: RunningBot, ann: Person, fake: type[FakeBriefings]
) -> None:
    fake.pieces = tuple(replace(each, around=dict.fromkeys(range(1, 6), ("", ""))) for each in fake.pieces)
    full(api, bot, ann)
    due(bot, ANN)
    wait_for(lambda: ledger(bot) == ["sent"])
    drained(ann)
    group = api.group("Team")
    ann.says(f"/export@{api.username}", group)
    assert "private chat" in ann.hears(chat=group).text
    ann.says("/export")
    sent = ann.hears()
    assert sent.file, bot.events("export.failed")
    assert sent.file.name == "footnote-export.zip"
    with zipfile.ZipFile(io.BytesIO(sent.file.content)) as packed:
        names = packed.namelist()
        files = {name: packed.read(name).decode() for name in names}
    assert "documents/" in files["README.txt"]
    assert "The heliotrope belongs to Ann." in [text for name, text in files.items() if "ecret" in name]
    assert {each["title"] for each in json.loads(files["documents.json"])} == {"Secret", "Herald 1"}
    assert "https://h.test/feed" in files["sources.opml"]
    wishes = json.loads(files["subscription.json"])
    assert (wishes["time"], wishes["weekdays"]) != ("", [])
    assert json.loads(files["deliveries.json"])[0]["state"] == "sent"
    assert {each["story"] for each in json.loads(files["told_stories.json"])} == {1, 2}
    assert "heliotrope" in files["conversation.json"]
    (edition,) = [name for name in names if name.startswith("editions/")]
    assert "The harbour closes" in files[edition]


def test_who_leaves_is_told_what_goes_and_asked_once(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary, fake: type[FakeBriefings]
) -> None:
    full(api, bot, ann)
    group = api.group("Team", admins=(ann,))
    ann.says(f"/subscribe@{api.username}", group)
    ann.taps(ann.hears(chat=group), "07:00")
    wait_for(lambda: len(ledger(bot, "SELECT reader FROM subscribers")) == 2)
    ann.says(f"/deleteme@{api.username}", group)
    while "private chat" not in ann.hears(chat=group).text:
        pass
    ann.says("/deleteme")
    asked = ann.hears()
    assert "• your briefing: its time, place and wishes" in asked.text
    assert "• 2 documents of your own" in asked.text
    assert "• 1 source that you follow" in asked.text
    assert "/export gives you a copy first" in asked.text
    ann.taps(asked, "Keep it")
    wait_for(lambda: "Kept" in asked.text)
    assert toast(api, bob.forges("de!", bob.says("/help") and bob.hears())) != INVALID  # he erases himself
    ann.says("/deleteme")
    asked = ann.hears()
    ann.taps(asked, "Erase it all")
    wait_for(lambda: asked.text.startswith("Erased."))
    assert {document.owner for document, _ in library.texts.values()} == {"shared"}
    assert ledger(bot, f"SELECT count(*) FROM subscribers WHERE reader = {ANN} OR set_by = {ANN}") == [0]
    ann.says("/export")
    assert "nothing to export" in ann.hears().text


def test_groups_of_who_leaves_go_on_in_the_owners_name_and_end_with_the_owner(
    api: BotApi, tmp_path: Path, library: FakeLibrary
) -> None:
    ann, bob = api.person(ANN, "Ann"), api.person(BOB, "Bob")
    with RunningBot(api, tmp_path, library, BOB, ANN) as bot:
        group = api.group("Team", admins=(ann,))
        ann.says(f"/subscribe@{api.username}", group)
        ann.taps(ann.hears(chat=group), "07:00")
        wait_for(lambda: ledger(bot, "SELECT set_by FROM subscribers") == [ANN])
        for who, left in ((ann, [BOB]), (bob, [])):
            who.says("/deleteme")
            asked = who.hears()
            who.taps(asked, "Erase it all")
            wait_for(lambda asked=asked: asked.text.startswith("Erased."))
            assert ledger(bot, "SELECT set_by FROM subscribers") == left
    assert person(ANN) not in {document.owner for document, _ in library.texts.values()}
