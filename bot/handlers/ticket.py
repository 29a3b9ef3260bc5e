"""A question on its way through its chat's line. Knows nothing of how it is answered."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from telegram import Message

from bot.streaming import Preview
from retrieval.types import Answer


def _draft_number() -> int:
    """A number for the preview, which Telegram does not want to be 0."""
    return secrets.randbelow(2**31 - 1) + 1


@dataclass(slots=True)
class Ticket:
    """What is asked, where it stands in the line, and what is answered so far.

    ``message`` is the message that asks it, where one was written; a tap has none.
    """

    question: str
    message: Message | None = None
    turn: str = ""
    draft: int = field(default_factory=_draft_number)
    waited: bool = False
    begun: bool = False
    notice: int | None = None  # the message that says it waits
    answer: Answer | None = None
    preview: Preview | None = None
    settled: bool = False  # it has come to its end and is being sent

    @property
    def keeps(self) -> bool:
        """Whether something stands that is sent even where it is stopped now."""
        return self.settled or (self.answer is not None and self.answer.answered)
