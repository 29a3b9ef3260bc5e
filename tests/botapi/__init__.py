"""A strict Telegram Bot API over real HTTP on loopback, with people to talk to the bot.

Knows nothing of Footnote: any bot whose API address can be set may be tested with it.

    with BotApi() as api:                        # api.url and api.token go to the bot
        anna = api.person(7, "Anna")
        anna.says("What changed?")
        answer = anna.hears()                    # waits; what the bot says and Anna has not heard yet
        anna.opens(answer, 1)                    # taps the first citation, a deep link to the bot
        tap = anna.taps(answer, "Sources")       # a button, by its label
        api.breaks("sendMessage", hang(), chat=anna)
        anna.hears_nothing(for_=0.5)
"""

from botapi.faults import (
    Fault,
    altered,
    blocked,
    conflict,
    drip,
    drop,
    flood,
    garbage,
    hang,
    migrated,
    outage,
    refused,
    revoked,
)
from botapi.people import Group, Person
from botapi.records import Button, Call, Draft, File, Link, Message, Tap
from botapi.server import BotApi

__all__ = [
    "BotApi",
    "Button",
    "Call",
    "Draft",
    "Fault",
    "File",
    "Group",
    "Link",
    "Message",
    "Person",
    "Tap",
    "altered",
    "blocked",
    "conflict",
    "drip",
    "drop",
    "flood",
    "garbage",
    "hang",
    "migrated",
    "outage",
    "refused",
    "revoked",
]
