"""The Telegram bot over real HTTP, before a strict Bot API and a library that is only a memory."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from botapi import (
    BotApi,
    Message,
    Person,
    Tap,
    blocked,
    conflict,
    drop,
    flood,
    garbage,
    hang,
    migrated,
    outage,
    refused,
    revoked,
)
from structlog.testing import capture_logs

import retrieval.extract
from bot.app import BotConfig, run_bot
from bot.wire import HideToken
from retrieval import database
from retrieval.citations import number, quote_from
from retrieval.errors import FootnoteError, NotFound, Unreadable
from retrieval.types import SHARED, Answer, Document, Draft, Passage, Scope, Span, person

ANN, BOB, EVE = 1001, 1002, 1003
INVALID = "That button is no longer valid."
SECURITY = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "security"


# -- a library that is only a memory


@dataclass(frozen=True)
class Holdings:
    documents: int
    passages: int
    publishers: int
    sample: int
    newest: date | None
    pending: int = 0


@dataclass(frozen=True)
class AddReport:
    added: tuple[Document, ...] = ()
    replaced: tuple[Document, ...] = ()
    unchanged: tuple[Document, ...] = ()
    passages: int = 1


@dataclass
class FakeLibrary:
    """Every document is one passage; it answers the questions that share a long word with it."""

    texts: dict[int, tuple[Document, str]] = field(default_factory=dict)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    slow: threading.Event | None = None  # questions wait until it is set
    fault: Exception | None = None
    begun: int = 0
    broken_off: int = 0

    def put(self, title: str, text: str, owner: str = SHARED, *, sample: bool = False) -> Document:
        row = len(self.texts) + 1
        document = Document(row, f"d{row}", owner, title, title, "Selwick Gazette", sample=sample)
        document = replace(document, published=datetime(2025, 10, row, tzinfo=UTC))
        self.texts[row] = (document, text)
        return document

    def visible(self, scope: Scope) -> list[tuple[Document, str]]:
        return [held for held in self.texts.values() if held[0].owner in scope.owners]

    async def holdings(self, scope: Scope) -> Holdings:
        self.calls.append(("holdings", scope))
        held = [document for document, _ in self.visible(scope)]
        newest = max((document.day for document in held if document.day), default=None)
        return Holdings(len(held), len(held), 1, sum(document.sample for document in held), newest)

    async def documents(self, scope: Scope, *, limit: int | None = None, offset: int = 0) -> list[Document]:
        self.calls.append(("documents", scope))
        held = [document for document, _ in reversed(self.visible(scope))]
        return held[offset:][:limit]

    async def document(self, number: int, scope: Scope) -> Document:
        return self._find(number, scope)[0]

    async def passage(self, number: int, scope: Scope) -> Passage:
        self.calls.append(("passage", scope))
        document, text = self._find(number, scope)
        return Passage(number, document, 0, len(text), text)

    async def remove(self, number: int, owner: str) -> Document:
        document = self._find(number, Scope((owner,)))[0]
        del self.texts[number]
        return document

    async def add(self, drafts: list[Draft], owner: str = SHARED) -> AddReport:
        self.calls.append(("add", owner))
        (draft,) = drafts
        same = [held for held in self.visible(Scope((owner,))) if held[0].source == draft.source]
        if any(text == draft.text for _, text in same):
            return AddReport(unchanged=(same[0][0],))
        for document, _ in same:
            del self.texts[document.number]
        row = max(self.texts, default=0) + 1
        document = Document(row, f"d{row}", owner, draft.title, draft.source)
        self.texts[row] = (document, draft.text)
        return AddReport(replaced=(document,)) if same else AddReport(added=(document,))

    async def ask(self, question: str, scope: Scope) -> Answer:
        self.calls.append(("ask", question, scope))
        self.begun += 1
        try:
            while self.slow and not self.slow.is_set():  # noqa: ASYNC110 (set by another thread)
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            self.broken_off += 1
            raise
        if self.fault:
            raise self.fault
        words = {word for word in re.findall(r"\w+", question.lower()) if len(word) > 4}
        found = [
            Passage(document.number, document, 0, len(text), text)
            for document, text in self.visible(scope)
            if words & set(re.findall(r"\w+", text.lower()))
        ]
        quotes = [(passage.text, [quote_from(passage, Span(0, passage.end))]) for passage in found]
        statements, citations = number(quotes)
        follow_ups = ("What about fishing?", "Who signed the treaty?") if found else ()
        return Answer(question, datetime.now(UTC).date(), statements, citations, (), follow_ups)

    def asked(self) -> list[str]:
        return [call[1] for call in self.calls if call[0] == "ask"]

    def _find(self, number: int, scope: Scope) -> tuple[Document, str]:
        held = self.texts.get(number)
        if held is None or held[0].owner not in scope.owners:
            raise NotFound("There is no such document.")
        return held


# -- the bot under test


class RunningBot:
    """The bot in a thread of its own, as `footnote run` would have it."""

    def __init__(self, api: BotApi, folder: Path, library: FakeLibrary, *allowed: int) -> None:
        self.config = BotConfig(
            api.token,
            folder,
            api_url=api.url,
            allowed_users=allowed,
            sample_questions=("When did the treaty take effect?", "Who pays?", "Why now?"),
        )
        self.library = library
        self.logs: list[Any] = []
        self.error: BaseException | None = None
        self.took = 0.0

    def __enter__(self) -> Self:
        self._captured = capture_logs()
        self.logs = self._captured.__enter__()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        assert self._ready.wait(10)
        return self

    async def _run(self) -> None:
        engine = database.connect(self.config.folder / "footnote.db")
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        try:
            library: Any = self.library
            await run_bot(self.config, library, engine, lambda: datetime.now(UTC), stop=self._stop)
        except BaseException as error:
            self.error = error
        finally:
            await engine.dispose()

    def stop(self) -> None:
        if self._thread.is_alive():
            begun = time.monotonic()
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(20)
            self.took = time.monotonic() - begun
            assert not self._thread.is_alive(), "the bot did not end"

    def ends(self) -> BaseException | None:
        """Wait until it has ended by itself; the error it ended with."""
        self._thread.join(20)
        assert not self._thread.is_alive(), "the bot did not end"
        error, self.error = self.error, None
        return error

    def __exit__(self, kind: object, *rest: object) -> None:
        self.stop()
        self._captured.__exit__(None, None, None)
        if self.error and kind is None:
            raise self.error

    def events(self, name: str) -> list[Any]:
        return [entry for entry in list(self.logs) if entry["event"] == name]

    def left_behind(self) -> list[Path]:
        return list((self.config.folder / "uploads").iterdir())


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


@pytest.fixture
def library() -> FakeLibrary:
    library = FakeLibrary()
    library.put("The treaty", "The treaty took effect on 2 October 2025.")
    return library


@pytest.fixture
def bot(api: BotApi, tmp_path: Path, library: FakeLibrary) -> Iterator[RunningBot]:
    """A bot that Ann and Bob may speak with."""
    with RunningBot(api, tmp_path, library, ANN, BOB) as bot:
        yield bot


@pytest.fixture
def ann(api: BotApi) -> Person:
    return api.person(ANN, "Ann")


@pytest.fixture
def bob(api: BotApi) -> Person:
    return api.person(BOB, "Bob")


@pytest.fixture
def eve(api: BotApi) -> Person:
    return api.person(EVE, "Eve")


@pytest.fixture(autouse=True)
def plain_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads every upload as text; what says "broken" cannot be read."""

    def read_file(path: Path, *, name: str | None = None) -> Draft:
        text = path.read_text("utf-8")
        if "broken" in text:
            raise Unreadable("This file is encrypted; save it without a password and send it again.")
        return Draft(f"file:{path}", (name or "").removesuffix(".txt").title(), text, str(path))

    monkeypatch.setattr(retrieval.extract, "read_file", read_file, raising=False)


def toast(api: BotApi, tap: Tap) -> str:
    """What passes over the screen after a tap."""
    api.eventually(lambda: tap.answer is not None, what="the tap is answered")
    return str((tap.answer or {}).get("text", ""))


def labels(message: Message) -> list[str]:
    return [button.label for row in message.buttons for button in row]


def wait_for(found: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 8
    while not (value := found()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
    return value


# -- who is heard


def test_the_setup_code_from_the_log_makes_its_sender_the_owner(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person, eve: Person
) -> None:
    with RunningBot(api, tmp_path, library) as bot:
        code = wait_for(lambda: bot.events("setup.code"))[0]["code"]
        ann.says("/start")
        assert "setup code" in ann.hears().text
        ann.says("AAAA-AAAA")
        assert "Tries left today: 4" in ann.hears().text
        assert library.calls == []
        ann.says(code)
        assert "You are my owner now" in ann.hears().text
        assert "I hold 1 document" in ann.hears().text
        eve.says(code)
        assert "only answer the people" in eve.hears().text
        assert len(bot.events("setup.code")) == 1
    with RunningBot(api, tmp_path, library) as bot:
        ann.says("When did the treaty take effect?")
        assert "2 October" in ann.hears().text
        assert not bot.events("setup.code")


def test_a_code_is_worth_nothing_in_a_group(
    api: BotApi, tmp_path: Path, library: FakeLibrary, eve: Person
) -> None:
    group = api.group("Readers")
    with RunningBot(api, tmp_path, library) as bot:
        code = wait_for(lambda: bot.events("setup.code"))[0]["code"]
        eve.says(f"@footnote_bot {code}", group)
        eve.says(f"/start@footnote_bot {code}", group)
        eve.hears_nothing(0.4, group)


def test_strangers_get_one_line_a_day_and_cost_nothing(
    api: BotApi, bot: RunningBot, eve: Person, library: FakeLibrary
) -> None:
    eve.says("When did the treaty take effect?")
    assert eve.hears().text == "I only answer the people I was set up for."
    for said in ("/start", "/start p_1_0_5", "/sources", "AAAA-AAAA", "Hello?"):
        eve.says(said)
    eve.uploads(b"Mine.", name="mine.txt")
    forged = eve.forges("p:1:0-5", api.sent(eve)[0])
    group = api.group("Readers")
    eve.says("@footnote_bot When did the treaty take effect?", group)
    assert toast(api, forged) == ""
    eve.hears_nothing(0.4)
    eve.hears_nothing(0, group)
    assert library.calls == []
    assert not api.calls("getFile")
    assert not api.calls("setMessageReaction")


def test_bots_channels_and_borrowed_names_are_not_heard(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    robot = api.person(2001, "Robot", is_bot=True)
    group = api.group("Readers")
    robot.says("When did the treaty take effect?")
    robot.forges("s:1")
    ann.says(
        "@footnote_bot treaty when?",
        group,
        sender_chat={"id": -100777, "type": "channel", "title": "Ann"},
    )
    api.pushes("channel_post", {**ann.says("x", group).as_json(), "message_id": 90})
    api.pushes("edited_message", ann.says("unrelated", group).as_json())
    user = {"id": ANN, "is_bot": False, "first_name": "Ann"}
    api.pushes("inline_query", {"id": "1", "from": user, "query": "treaty", "offset": ""})
    ann.says("/help")
    assert "mention me (@footnote_bot)" in ann.hears().text
    assert library.calls == []
    assert {call.method for call in api.log} <= {
        "getMe", "deleteWebhook", "setMyCommands", "getUpdates", "sendMessage"
    }  # fmt: skip


# -- questions


def test_a_question_is_seen_at_once_and_answered_with_one_message(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    asked = ann.says("When did the treaty take effect?")
    answer = ann.hears()
    assert "took effect on 2 October 2025" in answer.text
    assert answer.link_preview == {"is_disabled": True}
    api.eventually(lambda: asked.reactions == ["👀"])
    assert "typing" in ann.chat.actions
    assert len(api.sent(ann)) == 1
    assert answer.reply_to is None


def test_a_citation_and_its_button_show_the_passage(api: BotApi, bot: RunningBot, ann: Person) -> None:
    ann.says("When did the treaty take effect?")
    answer = ann.hears()
    tap = ann.taps(answer, next(label for label in labels(answer) if "assage" in label))
    assert toast(api, tap) == ""
    assert ann.hears().quoted() == ["The treaty took effect on 2 October 2025."]
    ann.opens(answer, "1")
    assert ann.hears().quoted() == ["The treaty took effect on 2 October 2025."]


def test_a_follow_up_is_asked_by_a_tap_but_only_where_it_was_offered(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary
) -> None:
    ann.says("When did the treaty take effect?")
    answer = ann.hears()
    assert toast(api, ann.taps(answer, "Who signed the treaty?")) == "Who signed the treaty?"
    assert "2 October" in ann.hears().text
    data = next(button.data for row in answer.buttons for button in row if "fishing" in button.label)
    bob.says("/help")
    assert toast(api, bob.forges(str(data), bob.hears())) == INVALID
    assert library.asked() == ["When did the treaty take effect?", "Who signed the treaty?"]


def test_start_offers_questions_about_what_is_held(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    ann.starts()
    welcome = ann.hears()
    assert "I hold 1 document and the newest is of 1 October 2025" in welcome.text
    ann.taps(welcome, "What does “The treaty” say?")
    assert "2 October" in ann.hears().text
    library.put("Sample", "Nothing much.", sample=True)
    ann.starts()
    ann.taps(ann.hears(), "When did the treaty take effect?")
    assert "2 October" in ann.hears().text


def test_commands_that_need_words_or_do_not_exist_are_explained(bot: RunningBot, ann: Person) -> None:
    for said, heard in (("/ask", "Write your question"), ("/dance", "don't know that command")):
        ann.says(said)
        assert heard in ann.hears().text
    ann.says("/ask When did the treaty take effect?")
    assert "2 October" in ann.hears().text


def test_a_fault_is_one_kind_sentence_and_the_log_keeps_the_question_out(
    bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.fault = FootnoteError("The index is being rebuilt; ask again in a minute.")
    ann.says("When did the treaty take effect?")
    assert ann.hears().text == "The index is being rebuilt; ask again in a minute."
    library.fault = ValueError("When did the treaty take effect?")
    ann.says("When did the treaty take effect?")
    assert "went wrong on my side" in ann.hears().text
    assert bot.events("question.failed")[0]["error"] == "ValueError"
    assert "treaty" not in str(bot.logs)
    assert "Ann" not in str(bot.logs)


# -- groups


def test_in_a_group_only_what_is_addressed_to_the_bot_is_read(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    group = api.group("Readers")
    for said in ("When did the treaty take effect?", "/ask treaty", "/ask@other_bot treaty", "@other_bot hm"):
        ann.says(said, group)
    ann.hears_nothing(0.3, group)
    asked = ann.says("@footnote_bot When did the treaty take effect?", group)
    answer = ann.hears(chat=group)
    assert answer.reply_to is asked
    ann.says("/ask@footnote_bot When did the treaty take effect?", group)
    ann.hears(chat=group)
    ann.replies(answer, "Which treaty exactly?")
    ann.hears(chat=group)
    ann.says("@footnote_bot", group)
    assert "in the same message" in ann.hears(chat=group).text
    assert library.asked() == ["When did the treaty take effect?"] * 2 + ["Which treaty exactly?"]


def test_in_a_group_nobodys_own_documents_are_read(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    mine = library.put("Diary", "My salary is secret.", person(ANN))
    group = api.group("Readers")
    ann.says("What is my salary?")
    private = ann.hears()
    assert "salary" in private.text
    ann.says("@footnote_bot What is my salary?", group)
    shared = ann.hears(chat=group)
    assert "Your sources don't say" in shared.text
    for data in (f"p:{mine.number}:0-5", f"x:{mine.number}", f"x!:{mine.number}", "f:1", "k"):
        assert toast(api, ann.forges(data, shared)) == INVALID
    ann.says("/sources@footnote_bot", group)
    assert "Diary" not in ann.hears(chat=group).text
    ann.says("/forget@footnote_bot", group)
    assert "private chat" in ann.hears(chat=group).text
    assert mine.number in library.texts


def test_in_a_forum_the_answer_stands_in_the_topic(api: BotApi, bot: RunningBot, ann: Person) -> None:
    group = api.group("Readers")
    ann.says("@footnote_bot Which treaty?", group, message_thread_id=7, is_topic_message=True)
    ann.hears(chat=group)
    assert api.calls("sendMessage")[0].params["message_thread_id"] == 7


# -- order


def test_a_second_question_waits_and_may_go_first(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, library: FakeLibrary
) -> None:
    library.slow = threading.Event()
    ann.says("First about the treaty")
    wait_for(lambda: library.begun == 1)
    second = ann.says("Second about the treaty")
    notice = ann.hears()
    assert notice.text == "I will answer this after the question before it."
    assert notice.reply_to is second
    ann.says("Third about the treaty")
    bob.says("Bob about the treaty")
    wait_for(lambda: library.begun == 2)
    bob.says("/help")
    for message in (bob.hears(), api.sent(ann)[0]):
        assert toast(api, bob.forges(str(notice.buttons[0][0].data), message)) == INVALID
    assert library.broken_off == 0
    tap = ann.taps(notice, "Answer this instead")
    assert toast(api, tap) == ""
    wait_for(lambda: library.broken_off == 1)
    library.slow.set()
    answer = ann.hears()
    assert answer.reply_to is second
    ann.hears()
    assert library.asked() == [
        "First about the treaty",
        "Bob about the treaty",
        "Second about the treaty",
        "Third about the treaty",
    ]
    api.eventually(lambda: notice.deleted)


def test_stop_ends_what_is_under_way_and_what_waits(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.slow = threading.Event()
    ann.says("First about the treaty")
    ann.says("Second about the treaty")
    ann.hears()
    ann.says("/stop")
    assert ann.hears().text == "Stopped."
    wait_for(lambda: library.broken_off == 1)
    ann.says("/stop")
    assert ann.hears().text == "Nothing is under way."
    library.slow.set()
    ann.hears_nothing(0.3)
    assert library.asked() == ["First about the treaty"]


def test_more_questions_than_can_wait_are_refused_with_one_line(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.slow = threading.Event()
    for _ in range(12):
        ann.says("More about the treaty")
    wait_for(lambda: len(api.sent(ann)) == 2)
    library.slow.set()
    wait_for(lambda: len(library.asked()) == 6)
    texts = [message.text for message in api.sent(ann)]
    assert sum("more than I can line up" in text for text in texts) == 1
    assert sum("after the question before it" in text for text in texts) == 1


# -- documents


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
    ann.taps(choice, labels(choice)[0])
    api.eventually(lambda: "Forget it" in labels(choice))
    ann.taps(choice, "Forget it")
    api.eventually(lambda: choice.text == "Forgotten: “Heron”.")
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


# -- buttons


FORGED = [
    "", "x", "p:1", "p:1:5-2", "p:1:0-999999", "p:99:0-5", "p:-1:0-5", "p:1:0-5 ", "p:٣:0-5", "s:x", "f:0:0",
    "f:1:1:1", "q:9", "q:-1", "n:000000000000", "r:AAAAAAAAAAAAAAAA", "x:99", "x!:99", "x!:1", "x:1",
    "x:1' OR 1=1--", "p:" + "9" * 40 + ":0-5", "del:-1", "v1:del:17:AAAAAAAA", "x" * 65,
]  # fmt: skip


def test_forged_buttons_are_answered_once_and_do_nothing(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    mine = library.put("Bob's", "Not for Ann.", person(BOB))
    ann.says("/help")
    message = ann.hears()
    forged = [*FORGED, f"p:{mine.number}:0-5", f"x:{mine.number}", f"x!:{mine.number}"]
    taps = [ann.forges(data, message) for data in forged]
    assert {toast(api, tap) for tap in taps} == {INVALID}
    inline = ann.forges("p:1:0-5", inline_message_id="x")
    assert toast(api, inline) == INVALID
    game = ann.forges("", message, game_short_name="x")
    assert toast(api, game) == INVALID
    ann.hears_nothing(0.2)
    assert len(library.texts) == 2
    assert len(api.calls("answerCallbackQuery")) == len(forged) + 2


def test_known_forgeries_are_refused(api: BotApi, bot: RunningBot, ann: Person) -> None:
    if not SECURITY.exists():
        pytest.skip("the shared data folder is not here")
    rows = [json.loads(row) for row in (SECURITY / "callback_forgery.jsonl").read_text().splitlines()]
    ann.says("/help")
    message = ann.hears()
    for row in rows:
        data = row["update"].get("data")
        if data and data != "<valid>":
            assert toast(api, ann.forges(data, message)) == INVALID, row["id"]


def test_a_button_of_a_message_that_is_gone_still_works(api: BotApi, bot: RunningBot, ann: Person) -> None:
    ann.says("/sources")
    message = ann.hears()
    message.deleted = True
    assert toast(api, ann.forges("p:1:0-10", message)) == ""
    assert ann.hears().quoted()
    assert toast(api, ann.forges("s:1", message)) == ""
    assert "The treaty" in ann.hears().text


# -- when Telegram fails


def test_a_flood_wait_is_obeyed_in_its_chat_alone(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person
) -> None:
    api.breaks("sendMessage", flood(2), chat=ann)
    begun = time.monotonic()
    ann.says("When did the treaty take effect?")
    wait_for(lambda: [call for call in api.calls("sendMessage") if call.status == 429])
    bob.says("When did the treaty take effect?")
    bob.hears()
    assert time.monotonic() - begun < 1.8
    ann.hears()
    assert time.monotonic() - begun >= 2
    assert len(api.sent(ann)) == 1


@pytest.mark.parametrize("fault", [outage(502), outage(503)])
def test_what_surely_did_not_arrive_is_sent_again(
    api: BotApi, bot: RunningBot, ann: Person, fault: Any
) -> None:
    api.breaks("sendMessage", fault)
    ann.says("When did the treaty take effect?")
    assert "2 October" in ann.hears().text
    assert len(api.sent(ann)) == 1


@pytest.mark.parametrize(
    "fault", [outage(504, delivered=True), drop(delivered=True), garbage("{"), garbage('{"ok": false}')]
)
def test_what_may_have_arrived_is_never_sent_twice(
    api: BotApi, bot: RunningBot, ann: Person, fault: Any
) -> None:
    api.breaks("sendMessage", fault)
    ann.says("When did the treaty take effect?")
    assert "2 October" in ann.hears().text
    ann.says("/help")
    wait_for(lambda: any("mention me" in message.text for message in api.sent(ann)))
    assert sum("2 October" in message.text for message in api.sent(ann)) == 1


def test_a_lost_answer_can_be_asked_for_again_once(api: BotApi, bot: RunningBot, ann: Person) -> None:
    api.breaks("sendMessage", drop(delivered=False))
    ann.says("When did the treaty take effect?")
    note = ann.hears()
    assert "did not tell me whether my last message arrived" in note.text
    assert toast(api, ann.taps(note, "Send it again")) == ""
    assert "2 October" in ann.hears().text
    assert toast(api, ann.taps(note, "Send it again")) == INVALID
    assert bot.events("send.uncertain")


def test_a_block_is_noted_and_others_are_still_answered(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person
) -> None:
    api.breaks("sendMessage", blocked(), chat=ann)
    ann.says("When did the treaty take effect?")
    wait_for(lambda: bot.events("send.gone"))
    bob.says("When did the treaty take effect?")
    bob.hears()
    assert not api.sent(ann)


def test_a_group_that_moved_is_answered_once_at_its_new_place(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    group = api.group("Readers", upgraded=False)
    new = api.group("Readers again")
    api.breaks("sendMessage", migrated(new.id), chat=group)
    ann.says("@footnote_bot When did the treaty take effect?", group)
    assert "2 October" in ann.hears(chat=new).text
    assert not api.sent(group)


def test_a_message_telegram_refuses_goes_out_in_plain_words(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    api.breaks("sendMessage", refused("BUTTON_DATA_INVALID"))
    ann.says("When did the treaty take effect?")
    answer = ann.hears()
    assert "2 October" in answer.text
    assert (answer.buttons, answer.entities) == ([], [])


def test_failing_reactions_never_hurt(api: BotApi, bot: RunningBot, ann: Person) -> None:
    api.breaks("setMessageReaction", refused("REACTION_INVALID"))
    api.breaks("sendChatAction", flood(30))
    ann.says("When did the treaty take effect?")
    assert "2 October" in ann.hears().text


def test_an_outage_of_telegram_is_waited_out(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person
) -> None:
    with api.unreachable():
        bot = RunningBot(api, tmp_path, library, ANN).__enter__()
        wait_for(lambda: bot.events("polling.failed"))
    api.breaks("getUpdates", garbage("{"))
    ann.says("When did the treaty take effect?")
    assert "2 October" in ann.hears().text
    bot.__exit__(None)


def test_a_refused_token_ends_the_bot_with_one_sentence_and_is_never_shown(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with RunningBot(api, tmp_path, library, ANN) as bot:
        ann.says("When did the treaty take effect?")
        ann.hears()
        api.breaks("getUpdates", revoked())
        error = bot.ends()
    assert isinstance(error, FootnoteError)
    assert "refuses the bot token" in str(error)
    api.breaks("getMe", revoked())
    with RunningBot(api, tmp_path, library, ANN) as bot:
        assert isinstance(bot.ends(), FootnoteError)
    assert api.token not in str(bot.logs) + caplog.text + str(error)


def test_a_second_poller_gives_up_and_leaves_the_first_alone(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.polling._PAUSE_IN_CONFLICT", 0.1)
    with RunningBot(api, tmp_path / "first", library, ANN) as first:
        for _ in range(3):
            ann.says("When did the treaty take effect?")
            ann.hears()
        with RunningBot(api, tmp_path / "second", library, ANN) as second:
            error = second.ends()
        ann.says("When did the treaty take effect?")
        ann.hears()
        assert first.error is None
    assert isinstance(error, FootnoteError)
    assert "Another program receives this bot's messages" in str(error)


def test_a_conflict_that_passes_is_waited_out(api: BotApi, bot: RunningBot, ann: Person) -> None:
    api.breaks("getUpdates", conflict())
    ann.says("When did the treaty take effect?")
    assert "2 October" in ann.hears().text


# -- beginning and ending


def test_an_answer_under_way_is_finished_before_the_bot_ends(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary
) -> None:
    library.slow = threading.Event()
    ann.says("When did the treaty take effect?")
    wait_for(lambda: library.begun == 1)
    threading.Timer(0.5, library.slow.set).start()
    bot.stop()
    assert "2 October" in ann.hears().text
    assert bot.took < 3


def test_what_does_not_end_is_broken_off_within_seconds(
    api: BotApi, bot: RunningBot, ann: Person, library: FakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app._GRACE", 1.0)
    library.slow = threading.Event()
    ann.says("When did the treaty take effect?")
    wait_for(lambda: library.begun == 1)
    bot.stop()
    assert library.broken_off == 1
    assert bot.took < 4


def test_an_idle_bot_ends_at_once_and_took_its_updates(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person
) -> None:
    with RunningBot(api, tmp_path, library, ANN) as bot:
        ann.says("When did the treaty take effect?")
        ann.hears()
        bot.stop()
        assert bot.took < 2
    with RunningBot(api, tmp_path, library, ANN):
        ann.hears_nothing(0.5)
    assert len(library.asked()) == 1


def test_updates_that_come_twice_are_handled_once(api: BotApi, bot: RunningBot, ann: Person) -> None:
    ann.says("When did the treaty take effect?")
    ann.hears()
    api.redelivers()
    ann.hears_nothing(0.5)
    ann.says("When did the treaty take effect?")
    ann.hears()


def test_questions_from_long_ago_are_not_answered_one_by_one(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person
) -> None:
    for hours in range(20, 2, -1):
        ann.says("When did the treaty take effect?", ago=timedelta(hours=hours))
    ann.says("And the treaty now?")
    with RunningBot(api, tmp_path, library, ANN):
        heard = {ann.hears().text[:20], ann.hears().text[:20]}
        ann.hears_nothing(0.3)
    assert "I was away when you " in heard
    assert library.asked() == ["And the treaty now?"]


def test_the_log_names_no_people_and_no_words(
    api: BotApi, bot: RunningBot, ann: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api.breaks("sendMessage", refused("CANT_PARSE"), times=2)
    api.breaks("getUpdates", garbage('{"ok": true, "result": [{"message": {"text": "the treaty"}}'))
    ann.says("When did the treaty take effect?")
    wait_for(lambda: bot.events("send.refused"))
    ann.says("/help")
    ann.hears()
    told = str(bot.logs) + caplog.text
    assert "treaty" not in told
    assert "Ann" not in told
    assert api.token not in told


def test_the_token_is_hidden_in_messages_and_tracebacks() -> None:
    token = "123456:not-to-be-seen"
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(HideToken(token))
    log = logging.Logger("any")
    log.addHandler(handler)
    log.warning("POST %s", f"https://api.telegram.org/bot{token}/getMe")
    try:
        raise ValueError(f"bot{token}")
    except ValueError:
        log.exception("It failed")
    assert token not in written.getvalue()
    assert written.getvalue().count("<token>") == 2


def test_hang_after_delivery_is_not_repeated(
    api: BotApi, tmp_path: Path, library: FakeLibrary, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.wire.READ_TIMEOUT", 1.0)
    api.breaks("sendMessage", hang(delivered=True))
    with RunningBot(api, tmp_path, library, ANN):
        ann.says("When did the treaty take effect?")
        assert "2 October" in ann.hears().text
        assert "did not tell me whether" in ann.hears().text
        ann.hears_nothing(1)
