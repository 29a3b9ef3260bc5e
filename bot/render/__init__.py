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
    parse_source_data,
    passage_data,
    source_data,
)
from bot.render.lists import (
    Page,
    asking_part,
    documents_parts,
    forget_parts,
    forget_question_parts,
    paging,
    plain_parts,
)
from bot.render.sources import card_parts, followed_parts, named, said_parts, sources_parts
from bot.render.split import Attachment, Ground, Part

__all__ = [
    "KEEP",
    "Attachment",
    "Button",
    "Ground",
    "Page",
    "Part",
    "answer_parts",
    "asking_part",
    "card_parts",
    "documents_parts",
    "followed_parts",
    "forget_parts",
    "forget_question_parts",
    "growing_part",
    "named",
    "paging",
    "parse_forget_data",
    "parse_page_data",
    "parse_passage_data",
    "parse_source_data",
    "passage_data",
    "passage_parts",
    "plain_parts",
    "said_parts",
    "source_data",
    "sources_parts",
]
