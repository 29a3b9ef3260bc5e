"""Turns messages into text that can be kept, and back. Knows nothing of what they say."""

from __future__ import annotations

import json
from typing import Any

from bot.render.buttons import Button
from bot.render.split import Ground, Part


def packed(part: Part) -> str:
    """A message as JSON."""
    return json.dumps(_form(part))


def unpacked(kept: str) -> Part:
    """The message that was packed."""
    return _part(json.loads(kept))


def _form(part: Part) -> dict[str, Any]:
    return {
        "text": part.text,
        "entities": [[each.type, each.offset, each.length, each.url] for each in part.entities],
        "buttons": [[[button.label, button.data] for button in row] for row in part.buttons],
        "grounds": [[ground.start, ground.end, ground.passages] for ground in part.grounds],
        "silent": part.silent,
    }


def _part(form: dict[str, Any]) -> Part:
    from telegram import MessageEntity

    return Part(
        form["text"],
        tuple(MessageEntity(kind, offset, length, url=url) for kind, offset, length, url in form["entities"]),
        tuple(tuple(Button(label, data) for label, data in row) for row in form["buttons"]),
        tuple(Ground(start, end, tuple(numbers)) for start, end, numbers in form["grounds"]),
        silent=form["silent"],
    )
