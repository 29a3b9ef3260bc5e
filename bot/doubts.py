"""Keeps messages of which it is unknown whether they arrived, for whoever asks for them.

Knows nothing of how they were sent, nor of those whose doubt the ledger of editions keeps.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict

import prompts
from bot.render import Button, Part, plain_parts

_KEPT = 200  # of the latest


class Doubts:
    """The messages of the last times, by tokens that cannot be guessed."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[int, list[Part]]] = OrderedDict()

    def offer(self, chat: int, parts: list[Part]) -> Part:
        """A line that says so, with a button that sends them once more."""
        token = secrets.token_urlsafe(12)
        self._kept[token] = (chat, parts)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        button = Button(prompts.text("uncertain_button"), f"r:{token}")
        return plain_parts(prompts.text("uncertain"), question_buttons=[button])[0]

    def claim(self, chat: int, token: str) -> list[Part] | None:
        """The messages behind a button of this chat, once; None where it offers none here."""
        kept = self._kept.get(token)
        if kept is None or kept[0] != chat:
            return None
        del self._kept[token]
        return kept[1]

    def forget(self, chat: int) -> None:
        """Forget what perhaps did not arrive in a chat."""
        for token in [token for token, kept in self._kept.items() if kept[0] == chat]:
            del self._kept[token]
