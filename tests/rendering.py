"""A small library to render, and what Telegram would make of the messages. Holds no tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from bot.render import Button, Part, answer_parts
from bot.render.clean import blank
from bot.render.pieces import opens
from bot.render.split import LONGEST_TEXT, MOST_ENTITIES, MOST_ENTITY_BYTES, units
from retrieval.types import SHARED, Answer, Citation, Document, Quote, Statement

TODAY = date(2025, 10, 12)


def a_document(number: int = 1, title: str = "Treaty in force", **more: object) -> Document:
    values: dict[str, object] = {
        "publisher": "Meridian Ledger",
        "url": f"https://ledger.test/{number}",
        "published": datetime(2025, 10, 2, tzinfo=UTC),
        "owner": SHARED,
        "source": "test",
    }
    return Document(number=number, id=f"d{number}", title=title, **(values | more))  # type: ignore[arg-type]


def a_citation(number: int, text: str, document: Document | None = None, link: str | None = None) -> Citation:
    document = document or a_document(number)
    return Citation(number, Quote(document, 100 + number, 0, max(1, len(text)), text), link)


def an_answer(*texts: str, document: Document | None = None) -> Answer:
    """One statement per text, each with a citation of its own that opens its page at the quote."""
    citations = tuple(
        a_citation(n, text, document, link=f"https://ledger.test/{n}#:~:text=q{n}")
        for n, text in enumerate(texts, 1)
    )
    said = tuple(Statement(text, (number,)) for number, text in enumerate(texts, 1))
    return Answer("?", TODAY, said, citations)


def in_chat(quote: Quote) -> str:
    return f"https://t.me/footnote_bot?start=p-{quote.passage}"


def rendered(answer: Answer, *questions: Button) -> list[Part]:
    return answer_parts(answer, today=TODAY, open_link=in_chat, question_buttons=questions)


def covered(part: Part) -> Iterator[tuple[str, str, str | None]]:
    """Each entity's kind, the words it covers and its address; fails where it cuts a character in two."""
    raw = part.text.encode("utf-16-le")
    for entity in part.entities:
        start, end = entity.offset * 2, (entity.offset + entity.length) * 2
        assert 0 <= start < end <= len(raw)
        yield str(entity.type), raw[start:end].decode("utf-16-le"), entity.url


def assert_taken_unchanged(sent: list[Part]) -> None:
    """Every part is one that Telegram takes, and shows as it was sent."""
    assert sent
    assert not any(part.buttons for part in sent[:-1])
    for part in sent:
        assert 0 < units(part.text) <= LONGEST_TEXT
        assert len(part.text.encode("utf-16-le")) // 2 == units(part.text)
        assert part.text == part.text.strip()
        assert not blank(part.text)
        assert not re.search(
            r"[\x00-\x09\x0b-\x1f\u2028-\u202e\u030a\u0333\u033f]|[\u200e\u200f]{2}", part.text
        )
        assert len(part.entities) <= MOST_ENTITIES
        assert sum(16 + len((entity.url or "").encode()) for entity in part.entities) <= MOST_ENTITY_BYTES
        for kind, words, url in covered(part):
            assert words == words.strip()
            assert not blank(words)
            assert opens(url) if kind == "text_link" else url is None
        assert_nested(part)
        for row in part.buttons:
            assert 1 <= len(row) <= 8
            assert all(button.label and 1 <= len(button.data.encode()) <= 64 for button in row)


def assert_nested(part: Part) -> None:
    """Entities come in order; one inside another ends inside it, and is none Telegram would part from it."""
    around: list[tuple[int, str]] = []
    previous = (0, -LONGEST_TEXT)
    for entity in part.entities:
        place = (entity.offset, -entity.length)
        assert place >= previous
        previous = place
        kind, end = str(entity.type), entity.offset + entity.length
        around = [(outer_end, outer) for outer_end, outer in around if outer_end > entity.offset]
        assert all(end <= outer_end for outer_end, _ in around)
        outers = {outer for _, outer in around}
        assert kind not in outers
        assert "quote" not in kind or not outers
        assert kind != "text_link" or not outers - {"blockquote", "expandable_blockquote"}
        around.append((end, kind))


def letters(text: str) -> str:
    """What can be seen of a text, white space put aside."""
    return "".join(char for char in text if not blank(char))


def all_text(sent: list[Part]) -> str:
    return letters("".join(part.text for part in sent))


def links(sent: list[Part]) -> list[tuple[str, str | None]]:
    return [(words, url) for part in sent for kind, words, url in covered(part) if kind == "text_link"]
