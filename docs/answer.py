"""Asks the sample library a question and draws the answer as Telegram shows it: the picture in the README.

Knows nothing of how messages are drawn or answers are found.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from picture import PictureError, message_of, question_of, render_messages

from bot.render import Button, answer_parts
from retrieval.embeddings import LocalMiniLM
from retrieval.library import open_library
from retrieval.sample import QUESTIONS
from retrieval.sources import sample_drafts
from retrieval.types import Answer, Scope

PICTURES = Path(__file__).resolve().parent / "pictures"


async def ask(question: str) -> Answer:
    """What a library that holds the sample, and nothing else, answers."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_library(Path(folder), LocalMiniLM()) as library:
            await library.add(sample_drafts())
            return await library.ask(question, Scope())


def main() -> int:
    """Write answer.png and answer-dark.png; 0, or 1 with one line that says what is missing."""
    answer = asyncio.run(ask(QUESTIONS[0]))
    buttons = [Button(question, f"f:1:{at}") for at, question in enumerate(answer.follow_ups)]
    parts = answer_parts(
        answer,
        today=datetime.now(UTC).date(),
        open_link=lambda quote: "https://t.me/footnote_bot",
        question_buttons=buttons,
    )
    messages = [question_of(QUESTIONS[0]), *(message_of(part) for part in parts)]
    PICTURES.mkdir(exist_ok=True)
    try:
        render_messages(messages, PICTURES / "answer.png", folded=True)
        render_messages(messages, PICTURES / "answer-dark.png", folded=True, dark=True)
    except PictureError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
