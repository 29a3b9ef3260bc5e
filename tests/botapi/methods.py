"""The methods of the Bot API, each as a function of the world and the request's parameters.

Knows nothing of HTTP: parameters are decoded already, uploaded files stand among them as `Upload`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botapi import limits, rules
from botapi.records import Chat, Draft, File, Json, Message
from botapi.world import World

Method = Callable[[World, Json], Any]
METHODS: dict[str, Method] = {}


@dataclass(frozen=True)
class Upload:
    """A file as it came with a request."""

    name: str
    mime: str
    content: bytes

    def __str__(self) -> str:
        return f"{self.name} ({len(self.content)} bytes)"


def answers(name: str) -> Callable[[Method], Method]:
    """Register a function under a method's name; Telegram does not mind its case."""

    def register(method: Method) -> Method:
        METHODS[name.lower()] = method
        return method

    return register


@answers("getMe")
def _get_me(world: World, given: Json) -> Json:
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
    }
    return world.bot | abilities


@answers("getUpdates")
async def _get_updates(world: World, given: Json) -> list[Json]:
    world.updates.allow(given.get("allowed_updates"))
    limit, timeout = int(given.get("limit") or 100), float(given.get("timeout") or 0)
    return await world.updates.poll(int(given.get("offset") or 0), max(1, min(limit, 100)), min(timeout, 50))


@answers("sendMessage")
def _send_message(world: World, given: Json) -> Json:
    chat = world.chat(given.get("chat_id"))
    text, entities = rules.read_text(given.get("text"), given.get("entities"), given.get("parse_mode"))
    if not text.strip():
        raise rules.bad("message text is empty")
    rules.check_length(text, limits.MAX_TEXT, "message is too long")
    return _post(world, chat, given, text, entities=entities)


@answers("sendDocument")
def _send_document(world: World, given: Json) -> Json:
    return _send_file(world, given, "document")


@answers("sendPhoto")
def _send_photo(world: World, given: Json) -> Json:
    return _send_file(world, given, "photo")


def _send_file(world: World, given: Json, kind: str) -> Json:
    chat = world.chat(given.get("chat_id"))
    caption, entities = rules.read_text(
        given.get("caption"), given.get("caption_entities"), given.get("parse_mode")
    )
    rules.check_length(caption, limits.MAX_CAPTION, "message caption is too long")
    file = _file(world, given.get(kind), kind)
    return _post(world, chat, given, caption, entities=entities, file=file, file_kind=kind)


def _file(world: World, sent: Any, kind: str) -> File:
    if isinstance(sent, str) and sent in world.files:
        return world.files[sent]
    if not isinstance(sent, Upload):
        raise rules.bad(
            f"there is no {kind} in the request" if not sent else "wrong file identifier specified"
        )
    if not sent.content:
        raise rules.bad("file must be non-empty")
    if len(sent.content) > limits.MAX_UPLOAD:
        raise rules.RefusalError(413, "Request Entity Too Large")
    if kind == "photo":
        rules.check_photo(sent.content)
    return world.keep(sent.content, sent.name, sent.mime)


def _post(world: World, chat: Chat, given: Json, text: str, **more: Any) -> Json:
    """The part common to all that is sent: reply, keyboard, pace."""
    reply_to = _replied(world, chat, given)
    markup = rules.check_keyboard(given.get("reply_markup"))
    thread = given.get("message_thread_id") if not chat.private else None
    if thread in chat.gone_topics:
        raise rules.bad("message thread not found")
    if thread:
        more["extra"] = {"message_thread_id": thread, "is_topic_message": True}
    world.pace(chat)
    preview = given.get("link_preview_options") or {}
    posted = world.post(
        chat, world.bot, text, from_bot=True, reply_to=reply_to, markup=markup, link_preview=preview, **more
    )
    return posted.as_json()


def _replied(world: World, chat: Chat, given: Json) -> Message | None:
    reply = given.get("reply_parameters") or {}
    number = reply.get("message_id") or given.get("reply_to_message_id")
    if number is None:
        return None
    if reply.get("chat_id", chat.id) != chat.id:
        chat = world.chat(reply["chat_id"])
    message = chat.messages.get(number)
    if message is not None and not message.deleted:
        if reply.get("quote", "") not in message.text:
            raise rules.bad("QUOTE_TEXT_INVALID")
        return message
    if reply.get("allow_sending_without_reply") or given.get("allow_sending_without_reply"):
        return None
    raise rules.bad("message to be replied not found")


@answers("sendMessageDraft")
def _send_draft(world: World, given: Json) -> bool:
    chat = world.chat(given.get("chat_id"))
    if not chat.private:
        raise rules.bad("TEXTDRAFT_PEER_INVALID")
    draft_id = given.get("draft_id")
    if type(draft_id) is not int or draft_id == 0:
        raise rules.bad("draft_id must be non-zero")
    text, entities = rules.read_text(given.get("text"), given.get("entities"), given.get("parse_mode"))
    rules.check_length(text, limits.MAX_TEXT, "message is too long")
    if draft_id in chat.stopped:
        raise rules.bad("the draft was stopped; what is drawn now would not be seen")
    if given.get("reply_markup"):
        raise rules.bad("a draft has no place for buttons")
    world.pace_draft(chat)
    stop, thread = given.get("can_stop") is True, given.get("message_thread_id")
    chat.drafts.append(Draft(draft_id, text, entities, stop, thread))
    return True


@answers("editMessageText")
def _edit_text(world: World, given: Json) -> Json:
    message = _editable(world, given)
    if message.file:
        raise rules.bad("there is no text in the message to edit")
    text, entities = rules.read_text(given.get("text"), given.get("entities"), given.get("parse_mode"))
    if not text.strip():
        raise rules.bad("message text is empty")
    rules.check_length(text, limits.MAX_TEXT, "MESSAGE_TOO_LONG")
    return _edit(world, message, given, text, entities)


@answers("editMessageReplyMarkup")
def _edit_markup(world: World, given: Json) -> Json:
    message = _editable(world, given)
    return _edit(world, message, given, message.text, message.entities)


def _editable(world: World, given: Json) -> Message:
    if given.get("inline_message_id"):
        raise rules.bad("MESSAGE_ID_INVALID")
    chat = world.chat(given.get("chat_id"))
    message = world.message(chat, given.get("message_id"), "message to edit not found")
    if not message.from_bot or (message.markup and "inline_keyboard" not in message.markup):
        raise rules.bad("message can't be edited")
    return message


def _edit(world: World, message: Message, given: Json, text: str, entities: list[Json]) -> Json:
    markup = rules.check_keyboard(given.get("reply_markup"), inline_only=True)
    if markup == {"inline_keyboard": []}:
        markup = None
    if rules.same_content((message.text, message.entities, message.markup), (text, entities, markup)):
        same = "specified new message content and reply markup are exactly the same as a current content"
        raise rules.bad(f"message is not modified: {same} and reply markup of the message")
    world.pace(message.chat, edit=True)
    if text != message.text:
        message.edits.append(message.text)
    message.text, message.entities, message.markup = text, entities, markup
    message.link_preview = given.get("link_preview_options") or message.link_preview
    return message.as_json()


@answers("deleteMessage")
def _delete_message(world: World, given: Json) -> bool:
    chat = world.chat(given.get("chat_id"))
    message = world.message(chat, given.get("message_id"), "message to delete not found")
    if not message.from_bot and not chat.private:
        raise rules.bad("message can't be deleted")
    message.deleted = True
    return True


@answers("sendChatAction")
def _send_action(world: World, given: Json) -> bool:
    chat = world.chat(given.get("chat_id"))
    if given.get("action") not in limits.CHAT_ACTIONS:
        raise rules.bad("wrong parameter action in request")
    chat.actions.append(given["action"])
    return True


@answers("setMessageReaction")
def _react(world: World, given: Json) -> bool:
    chat = world.chat(given.get("chat_id"))
    message = world.message(chat, given.get("message_id"), "message to react not found")
    message.reactions = rules.check_reaction(given.get("reaction"))
    return True


@answers("answerCallbackQuery")
def _answer_tap(world: World, given: Json) -> bool:
    tap = world.taps.get(str(given.get("callback_query_id")))
    if tap is None or tap.answered or time.monotonic() - tap.at > limits.CALLBACK_SECONDS:
        raise rules.bad("query is too old and response timeout expired or query ID is invalid")
    if len(str(given.get("text") or "")) > 200:
        raise rules.bad("MESSAGE_TOO_LONG")
    tap.answer = {key: value for key, value in given.items() if key != "callback_query_id"}
    return True


@answers("getFile")
def _get_file(world: World, given: Json) -> Json:
    file = world.files.get(str(given.get("file_id")))
    if file is None:
        raise rules.bad("invalid file_id")
    if file.size > limits.MAX_DOWNLOAD:
        raise rules.bad("file is too big")
    told = {"file_id": file.id, "file_unique_id": f"u{file.id}"}
    return {**told, "file_size": file.size, "file_path": file.path}
