"""The methods of the Bot API about the bot itself, its webhook and the chats it is in.

Knows nothing of HTTP; importing this module registers its methods.
"""

from __future__ import annotations

import json
import re

from botapi import limits, rules
from botapi.methods import answers
from botapi.records import Json
from botapi.world import World


@answers("setWebhook")
def _set_webhook(world: World, given: Json) -> bool:
    url = str(given.get("url") or "")
    if url and not url.startswith("https://"):
        raise rules.bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", str(given.get("secret_token") or "")):
        raise rules.bad("secret token contains unallowed characters")
    world.updates.allow(given.get("allowed_updates"))
    if given.get("drop_pending_updates"):
        world.updates.waiting.clear()
    world.updates.set_webhook(dict(given) if url else {})
    return True


@answers("deleteWebhook")
def _delete_webhook(world: World, given: Json) -> bool:
    if given.get("drop_pending_updates"):
        world.updates.waiting.clear()
    world.updates.webhook = {}
    return True


@answers("getWebhookInfo")
def _get_webhook(world: World, given: Json) -> Json:
    return {
        "url": world.updates.webhook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.waiting),
    }


def _place(given: Json) -> tuple[str, str]:
    scope = json.dumps(given.get("scope") or {"type": "default"}, sort_keys=True)
    return scope, str(given.get("language_code") or "")


@answers("setMyCommands")
def _set_commands(world: World, given: Json) -> bool:
    rules.check_commands(given.get("commands"))
    world.commands[_place(given)] = given["commands"]
    return True


@answers("getMyCommands")
def _get_commands(world: World, given: Json) -> list[Json]:
    return world.commands.get(_place(given), [])


@answers("setMyDescription")
def _set_description(world: World, given: Json) -> bool:
    return _describe(world, given, "description", 512)


@answers("setMyShortDescription")
def _set_short_description(world: World, given: Json) -> bool:
    return _describe(world, given, "short_description", 120)


def _describe(world: World, given: Json, kind: str, limit: int) -> bool:
    text = str(given.get(kind) or "")
    if len(text) > limit:
        raise rules.bad(f"{kind.replace('_', ' ')} is too long")
    world.descriptions[kind, str(given.get("language_code") or "")] = text
    return True


@answers("getChat")
def _get_chat(world: World, given: Json) -> Json:
    gifts = [
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    ]
    return {
        **world.chat(given.get("chat_id")).as_json(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


@answers("getChatMember")
def _get_member(world: World, given: Json) -> Json:
    chat, user_id = world.chat(given.get("chat_id")), given.get("user_id")
    if user_id == world.bot["id"]:
        return world.membership("member", world.bot)
    if user_id not in world.users:
        raise rules.bad("invalid user_id specified")
    status = chat.members.get(user_id, "left")
    rights = dict.fromkeys(limits.ADMIN_RIGHTS, False) if status == "administrator" else {}
    return world.membership(status, world.users[user_id]) | rights


@answers("getChatAdministrators")
def _get_admins(world: World, given: Json) -> list[Json]:
    chat = world.chat(given.get("chat_id"))
    if chat.private:
        raise rules.bad("there are no administrators in the private chat")
    rights = dict.fromkeys(limits.ADMIN_RIGHTS, False)
    return [
        world.membership(status, world.users[id]) | rights | {"is_anonymous": id in chat.unnamed}
        for id, status in chat.members.items()
        if status in ("administrator", "creator")
    ]


@answers("leaveChat")
def _leave(world: World, given: Json) -> bool:
    chat = world.chat(given.get("chat_id"))
    if chat.private:
        raise rules.bad("chat member status can't be changed in private chats")
    world.changes_standing(chat, "left", by=world.bot)
    return True
