"""Documents sent in Telegram: read for their sender alone, listed, and forgotten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bot_stories import RunningBot, labels, wait_for
from botapi import BotApi, Person, refused
from fake_library import FakeLibrary
from test_bot_briefings import ledger

SECURITY = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "security"


def test_an_uploaded_document_is_its_senders_alone_until_it_is_forgotten(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary
) -> None:
    sent = ann.uploads(b"The heron nests in Selwick.", name="heron.txt")
    assert ann.hears().text == "Added “Heron” (1 passage). Only you can ask about it."
    api.eventually(lambda: sent.reactions == ["👀"])
    ann.uploads(b"The heron nests in Selwick.", name="heron.txt")
    assert "already hold “Heron”" in ann.hears().text
    ann.uploads(b"The heron nests in Tidewrack.", name="heron.txt")
    assert "now the newer version" in ann.hears().text
    for who, known in ((ann, True), (bob, False)):
        who.says("Where does the heron nest?")
        assert ("Tidewrack" in who.hears().text) is known
    ann.says("/sources")
    assert "Heron" in ann.hears().text
    bob.says("/sources")
    assert "Heron" not in bob.hears().text
    bob.says("/forget")
    assert "no documents of your own" in bob.hears().text
    ann.says("/forget")
    choice = ann.hears()
    assert len(labels(choice)) == 1
    ann.taps(choice, labels(choice)[0])
    api.eventually(lambda: "Forget it" in labels(choice))
    ann.taps(choice, "Keep it")
    api.eventually(lambda: choice.text == "Kept.")
    ann.says("/forget")
    choice = ann.hears()
    number = str(choice.buttons[0][0].data).rpartition(":")[2]
    ledger(bot, f"INSERT INTO tastes VALUES (1, 1001, {number}, 'follow', 'Heron', '') RETURNING 1")
    ann.taps(choice, labels(choice)[0])
    api.eventually(lambda: "Forget it" in labels(choice))
    ann.taps(choice, "Forget it")
    api.eventually(lambda: choice.text == "Forgotten: “Heron”.")
    assert ledger(bot, "SELECT headline FROM tastes") == []  # an opinion quotes what was forgotten
    ann.says("Where does the heron nest?")
    assert "Your sources don't say" in ann.hears().text
    assert bot.left_behind() == []


def test_what_cannot_be_taken_in_is_said_in_one_line(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    ann.uploads(b"x", name="big.pdf", size=25_000_000)
    assert "“big.pdf” is 23.8 MB" in ann.hears().text
    assert not api.calls("getFile")
    ann.uploads(b"broken", name="locked.pdf")
    assert ann.hears().text == "This file is encrypted; save it without a password and send it again."
    api.breaks("file", refused("gone"))
    ann.uploads(b"lost", name="lost.txt")
    assert "could not fetch “lost.txt”" in ann.hears().text
    api.breaks("getFile", refused("wrong file_id"))
    ann.uploads(b"lost", name="lost.txt")
    assert "could not fetch “lost.txt”" in ann.hears().text
    ann.says("", photo=[{"file_id": "P1", "file_unique_id": "p", "width": 90, "height": 90}])
    assert "I can read documents" in ann.hears().text
    assert bot.left_behind() == []
    assert not [call for call in library.calls if call[0] == "add"]


def test_several_documents_at_once_are_each_answered(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    for at in range(5):
        ann.uploads(f"Text {at}.".encode(), name=f"file {at}.txt")
    heard = sorted(ann.hears().text.partition(" (")[0] for _ in range(5))
    assert heard == [f"Added “File {at}”" for at in range(5)]
    assert len(library.texts) == 6


def test_documents_in_a_group_are_never_fetched(api: BotApi, bot: RunningBot, ann: Person) -> None:
    group = api.group("Readers")
    ann.uploads(b"Ours.", name="ours.txt", chat=group)
    ann.hears_nothing(0.3, group)
    ann.uploads(b"Ours.", name="ours.txt", chat=group, caption="@footnote_bot read this")
    assert "in our private chat" in ann.hears(chat=group).text
    assert not api.calls("getFile")


def test_hostile_file_names_stay_names(api: BotApi, bot: RunningBot, ann: Person) -> None:
    if not SECURITY.exists():
        pytest.skip("the shared data folder is not here")
    wait_for(lambda: bot.events("bot.started"))
    before = {path for path in bot.config.folder.rglob("*") if "footnote.db" not in path.name}
    rows = [json.loads(row) for row in (SECURITY / "hostile_filenames.jsonl").read_text().splitlines()]
    names = [str(row.get("name") or row.get("filename")) for row in rows][:20]
    for at, name in enumerate(names):
        ann.uploads(f"Text {at}.".encode(), name=name)
    for _ in names:
        assert "document" in (said := ann.hears().text).lower() or "“" in said
    after = {path for path in bot.config.folder.rglob("*") if "footnote.db" not in path.name}
    assert after == before


def test_sources_are_paged_in_place(api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary) -> None:
    for at in range(2, 25):
        library.put(f"Article {at}", "Words.")
    ann.says("/sources")
    listed = ann.hears()
    assert "Article 24" in listed.text
    for label, held in (("Older ›", "Article 10"), ("Older ›", "The treaty"), ("‹ Newer", "Article 10")):
        ann.taps(listed, label)
        api.eventually(lambda held=held: held in listed.text)
    assert len(api.sent(ann)) == 1
