"""Turns answers into Telegram messages; the only files that know Telegram's limits.

Knows nothing of models, databases or the network: values go in, messages (``Part``) come out. Telegram's
link previews are to be switched off by whoever sends them.
"""

from bot.render.answers import answer_parts, growing_part, passage_parts
from bot.render.buttons import (
    KEEP,
    Button,
    parse_forget_data,
    parse_page_data,
    parse_passage_data,
    passage_data,
)
from bot.render.lists import Page, documents_parts, forget_parts, forget_question_parts, plain_parts
from bot.render.split import Ground, Part

__all__ = [
    "KEEP",
    "Button",
    "Ground",
    "Page",
    "Part",
    "answer_parts",
    "documents_parts",
    "forget_parts",
    "forget_question_parts",
    "growing_part",
    "parse_forget_data",
    "parse_page_data",
    "parse_passage_data",
    "passage_data",
    "passage_parts",
    "plain_parts",
]
