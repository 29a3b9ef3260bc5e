"""The Bot API double keeps Telegram's rules, and its people do what Telegram's clients let people do.

Knows nothing of Footnote's own bot.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from botapi import BotApi, Person

Answer = tuple[int, dict[str, Any]]


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as double:
        yield double


@pytest.fixture
def anna(api: BotApi) -> Person:
    """Anna, who has already pressed Start."""
    person = api.person(7, "Anna")
    person.starts()
    return person


def call(api: BotApi, method: str, **params: Any) -> Answer:
    answer = httpx.post(f"{api.url}/bot{api.token}/{method}", json=params)
    return answer.status_code, answer.json()


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def bold(offset: int, length: int, kind: str = "bold", **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


# -- what it refuses


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "<b>" + "x" * 4097 + "</b>", "parse_mode": "HTML"}, "message is too long"),
        ({"text": "hi", "entities": [bold(0, 3)]}, "ENTITY_BOUNDS_INVALID"),
        ({"text": "hi", "entities": [bold(0, 0)]}, "ENTITY_BOUNDS_INVALID"),
        ({"text": "😀!", "entities": [bold(1, 2)]}, "in a middle of a UTF-16 symbol"),
        ({"text": "hi", "entities": [bold(0, 2, "loud")]}, "unknown type 'loud'"),
        ({"text": "hi", "entities": [bold(0, 2, "text_link")]}, "ENTITY_URL_INVALID"),
        (
            {"text": "hi", "entities": [bold(0, 2, "text_link", url="http://localhost/")]},
            "ENTITY_URL_INVALID",
        ),
        ({"text": "hi", "entities": [bold(0, 1)] * 101}, "ENTITIES_TOO_LONG: 101"),
        ({"text": "abc", "entities": [bold(0, 2), bold(1, 2, "italic")]}, "entities overlap"),
        ({"text": "<b>hi", "parse_mode": "HTML"}, "can't parse entities: Can't find end tag"),
        (
            {"text": "1 < 2", "parse_mode": "HTML"},
            "can't parse entities: Unclosed start tag at byte offset 2",
        ),
        ({"text": "a<br>b", "parse_mode": "HTML"}, 'Unsupported start tag "br"'),
        ({"text": "Done.", "parse_mode": "MarkdownV2"}, "Character '.' is reserved and must be escaped"),
        ({"text": "hi", "reply_markup": keyboard([{"text": "a", "callback_data": "é" * 33}])}, "BUTTON_DATA"),
        ({"text": "hi", "reply_markup": keyboard([{"text": "a", "callback_data": ""}])}, "Text buttons are"),
        ({"text": "hi", "reply_markup": keyboard([{"text": "a"}])}, "Text buttons are"),
        ({"text": "hi", "reply_markup": keyboard([{"text": "a", "url": "ftp:/x"}])}, "Wrong HTTP URL"),
        (
            {"text": "hi", "reply_markup": keyboard([{"text": "a", "callback_data": "1"}] * 9)},
            "markup is too long",
        ),
        (
            {"text": "hi", "reply_markup": keyboard(*[[{"text": "a", "pay": True}] * 8] * 13)},
            "markup is too long",
        ),
        ({"text": "hi", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ({"text": "hi", "chat_id": 999}, "chat not found"),
        ({"text": "hi", "chat_id": None}, "chat_id is empty"),
    ],
)
def test_a_message_telegram_would_refuse_is_refused(
    api: BotApi, anna: Person, params: dict[str, Any], told: str
) -> None:
    status, answer = call(api, "sendMessage", **{"chat_id": anna.id, **params})
    assert (status, answer["ok"], answer["error_code"]) == (400, False, 400)
    assert answer["description"].startswith("Bad Request: ")
    assert told in answer["description"]
    assert not api.sent(anna)


def test_what_just_fits_is_delivered(api: BotApi, anna: Person) -> None:
    links = [bold(0, 2, "text_link", url=f"https://example.org/{n}") for n in range(100)]
    rows = [[{"text": "a", "callback_data": "é" * 32}] * 8] * 12
    fits = {"text": "😀" * 2048, "entities": links, "reply_markup": keyboard(*rows)}
    maybe = {"message_id": 99, "allow_sending_without_reply": True}
    quiet = {"is_disabled": True}
    more = {"reply_parameters": maybe, "link_preview_options": quiet}
    assert call(api, "sendMessage", chat_id=anna.id, **fits, **more)[0] == 200
    heard = anna.hears()
    assert (len(heard.link_targets()), heard.link_preview) == (100, quiet)


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(8) + width.to_bytes(4) + height.to_bytes(4)


@pytest.mark.parametrize(
    ("method", "content", "caption", "told"),
    [
        ("sendDocument", b"", "", "file must be non-empty"),
        ("sendDocument", b"x", "x" * 1025, "message caption is too long"),
        ("sendPhoto", b"no picture", "", "IMAGE_PROCESS_FAILED"),
        ("sendPhoto", png(9_000, 1_001), "", "PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", png(100, 2_001), "", "PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", png(1_080, 2_000) + bytes(10 << 20), "", "file is too big for a photo"),
        ("sendPhoto", png(1_080, 2_000), "x" * 1024, ""),
    ],
)
def test_files_keep_their_rules(
    api: BotApi, anna: Person, method: str, content: bytes, caption: str, told: str
) -> None:
    answer = httpx.post(
        f"{api.url}/bot{api.token}/{method}",
        data={"chat_id": str(anna.id), "caption": caption},
        files={method.removeprefix("send").lower(): ("a.bin", content)},
    )
    assert told in answer.json().get("description", "")
    assert [message.text for message in api.sent(anna)] == ([] if told else [caption])


def test_only_ones_own_messages_are_edited_and_only_to_something_else(api: BotApi, anna: Person) -> None:
    group = api.group("Team")
    hers = anna.says("hello", chat=group)
    call(api, "sendMessage", chat_id=group.id, text="one")
    mine = anna.hears(chat=group)

    def refused(method: str, message_id: int, **more: Any) -> str:
        status, answer = call(api, method, chat_id=group.id, message_id=message_id, **more)
        return "done" if status == 200 else str(answer["description"])

    assert "message is not modified" in refused("editMessageText", mine.message_id, text="one ")
    assert "message is not modified" in refused("editMessageReplyMarkup", mine.message_id)
    assert "message can't be edited" in refused("editMessageText", hers.message_id, text="two")
    assert "message to edit not found" in refused("editMessageText", 99, text="two")
    assert "message can't be deleted" in refused("deleteMessage", hers.message_id)
    assert refused("editMessageText", mine.message_id, text="two") == "done"
    assert (mine.text, mine.edits) == ("two", ["one"])
    assert refused("deleteMessage", mine.message_id) == "done"
    assert "message to delete not found" in refused("deleteMessage", mine.message_id)


def test_a_tap_is_answered_once_and_in_time(api: BotApi, anna: Person) -> None:
    taps = [anna.forges("v1:x"), anna.forges("v1:y")]
    taps[1].grows_old()
    statuses = [call(api, "answerCallbackQuery", callback_query_id=tap.id)[0] for tap in [taps[0], *taps]]
    assert statuses == [200, 400, 400]
    assert "query is too old" in call(api, "answerCallbackQuery", callback_query_id="1")[1]["description"]


def test_drafts_and_reactions_keep_their_rules(api: BotApi, anna: Person) -> None:
    group, question = api.group("Team"), anna.says("why?")
    assert call(api, "sendMessageDraft", chat_id=anna.id, draft_id=0, text="a")[0] == 400
    assert call(api, "sendMessageDraft", chat_id=group.id, draft_id=1, text="a")[0] == 400
    assert call(api, "sendMessageDraft", chat_id=anna.id, draft_id=1, text="a")[0] == 200
    assert call(api, "sendMessageDraft", chat_id=anna.id, draft_id=True, text="a")[0] == 400
    assert call(api, "sendMessageDraft", chat_id=anna.id, draft_id=1, text="x" * 4097)[0] == 400
    assert call(api, "sendMessageDraft", chat_id=anna.id, draft_id=1, reply_markup=keyboard([]))[0] == 400
    assert [draft.text for draft in api.drafts(anna)] == ["a"]
    target = {"chat_id": anna.id, "message_id": question.message_id}
    for emoji, status in (("🧐", 400), ("👀", 200)):
        assert (
            call(api, "setMessageReaction", reaction=[{"type": "emoji", "emoji": emoji}], **target)[0]
            == status
        )
    assert question.reactions == ["👀"]


def test_a_preview_is_seen_until_it_fades_or_a_message_takes_its_place(api: BotApi, anna: Person) -> None:
    call(api, "sendMessageDraft", chat_id=anna.id, draft_id=1, text="a")
    assert api.preview(anna)
    call(api, "sendMessage", chat_id=anna.id, text="all of it")
    assert api.preview(anna) is None
    call(api, "sendMessageDraft", chat_id=anna.id, draft_id=2, text="b")
    anna.chat.drafts[-1] = replace(anna.chat.drafts[-1], at=time.monotonic() - 31)
    assert api.preview(anna) is None


def test_stopping_a_preview_tells_the_bot_and_nothing_more_is_drawn(api: BotApi, anna: Person) -> None:
    call(api, "sendMessageDraft", chat_id=anna.id, draft_id=5, text="a")
    with pytest.raises(AssertionError, match="no Stop button"):
        anna.stops()
    call(api, "sendMessageDraft", chat_id=anna.id, draft_id=5, text="b", can_stop=True)
    anna.stops()
    update = call(api, "getUpdates", allowed_updates=["stopped_message_generation"])[1]["result"][-1]
    assert update["stopped_message_generation"]["draft_id"] == 5
    assert call(api, "sendMessageDraft", chat_id=anna.id, draft_id=5, text="c")[0] == 400


def test_a_reply_may_quote_a_part_of_the_message(api: BotApi, anna: Person) -> None:
    call(api, "sendMessage", chat_id=anna.id, text="😀 One. Two.")
    message = anna.hears()
    reply = anna.replies(message, "Why?", quote="Two.")
    assert reply.as_json()["quote"] == {"text": "Two.", "position": 8, "is_manual": True}
    with pytest.raises(AssertionError):
        anna.replies(message, "Why?", quote="Three.")


def test_the_bot_writes_only_to_those_who_let_it(api: BotApi) -> None:
    ben, group = api.person(8, "Ben"), api.group("Team")
    assert "chat not found" in call(api, "sendMessage", chat_id=8, text="hi")[1]["description"]
    ben.says("hello all", chat=group)
    assert "can't initiate conversation" in call(api, "sendMessage", chat_id=8, text="hi")[1]["description"]
    ben.says("hello bot")
    assert call(api, "sendMessage", chat_id=8, text="hi")[0] == 200
    ben.blocks()
    blocked = {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    assert call(api, "sendMessage", chat_id=8, text="hi") == (403, blocked)
    group.removes_bot(by=ben)
    assert (
        "kicked from the supergroup"
        in call(api, "sendMessage", chat_id=group.id, text="hi")[1]["description"]
    )


def test_an_upgraded_group_tells_its_new_number(api: BotApi, anna: Person) -> None:
    group = api.group("Team", upgraded=False)
    old = group.id
    group.upgrades(by=anna)
    refused = call(api, "sendMessage", chat_id=old, text="hello")[1]
    assert "upgraded to a supergroup" in refused["description"]
    assert (
        call(api, "sendMessage", chat_id=refused["parameters"]["migrate_to_chat_id"], text="hello")[0] == 200
    )
    assert anna.hears(chat=group).text == "hello"


# -- people


def test_people_mark_commands_mentions_and_links(api: BotApi, anna: Person) -> None:
    said = anna.says("😀 /ask@footnote_bot see https://e.org/x?q=1 @footnote_bot", chat=api.group("Team"))
    marked = [(entity["type"], said.part(entity)) for entity in said.entities]
    assert marked == [
        ("bot_command", "/ask@footnote_bot"),
        ("url", "https://e.org/x?q=1"),
        ("mention", "@footnote_bot"),
    ]


def test_people_open_deep_links_that_telegram_would_open(api: BotApi, anna: Person) -> None:
    text = "It is in force. [1] ² Quoted words"
    entities = [
        bold(16, 3, "text_link", url="https://t.me/footnote_bot?start=p17"),
        bold(20, 1, "text_link", url="https://t.me/footnote_bot?start=no%20good"),
        bold(22, 12, "expandable_blockquote"),
    ]
    call(api, "sendMessage", chat_id=anna.id, text=text, entities=entities)
    message = anna.hears()
    assert (message.spoken(), message.quoted()) == ("It is in force. [1] ²", ["Quoted words"])
    assert anna.opens(message, 1).text == "/start p17"
    with pytest.raises(AssertionError, match="opens no link"):
        anna.opens(message, 2)


def test_silence_and_speech_are_told_apart(api: BotApi, anna: Person) -> None:
    anna.hears_nothing(for_=0.1)
    call(api, "sendMessage", chat_id=anna.id, text="hi")
    with pytest.raises(AssertionError, match="Anna hears: hi"):
        anna.hears_nothing(for_=0.1)
    anna.hears()
    with pytest.raises(AssertionError, match=r"not within 0\.1 s[^$]*sendMessage"):
        anna.hears(timeout=0.1)
