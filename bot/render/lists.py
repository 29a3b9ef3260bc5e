"""Turns lists of documents and our own short texts into Telegram messages. Knows nothing of answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.render.buttons import KEEP, Button, Rows, forget_data, one_per_row, page_data
from bot.render.mentions import page_of, provenance, titled
from bot.render.pieces import Text, bold, joined
from bot.render.split import Block, Part, parts
from retrieval.types import SHARED, Document


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a long list: ``number`` of ``pages``, counted from 1, of ``total`` things."""

    number: int
    pages: int
    total: int
    size: int

    @classmethod
    def of(cls, asked: int, total: int, size: int = 10) -> Page:
        """The page that was asked for, or the nearest there is."""
        pages = max(1, -(-total // size))
        return cls(min(max(1, asked), pages), pages, total, size)

    @property
    def offset(self) -> int:
        """How many things stand on the pages before it."""
        return (self.number - 1) * self.size


def documents_parts(documents: Sequence[Document], page: Page, *, buttons: Rows = ()) -> list[Part]:
    """The documents of one page of the library, with buttons to the next and the page before."""
    if not documents:
        return plain_parts("Nothing is in the library yet.", buttons=buttons)
    head = bold(_count(page.total)) + which_page(page)
    return parts([Block(head), *_entries(documents, page, marked=True)], paging("s", page) + buttons)


def forget_parts(documents: Sequence[Document], page: Page) -> list[Part]:
    """A page of one's own documents, each with a button that asks to forget it."""
    if not documents:
        return plain_parts("You have added no documents of your own, so there is nothing to forget.")
    head = bold("Which one shall I forget?") + which_page(page)
    buttons = [
        Button(f"✕ {at}. {document.title}", forget_data(document.number, sure=False))
        for at, document in enumerate(documents, page.offset + 1)
    ]
    blocks = [Block(head), *_entries(documents, page, marked=False)]
    return parts(blocks, one_per_row(buttons) + paging("f", page))


def forget_question_parts(document: Document) -> list[Part]:
    """Asks once more before a document is forgotten."""
    text = "Forget " + bold(titled(document)) + "? Its text goes too; send it again to have it back."
    yes, no = Button("Forget it", forget_data(document.number, sure=True)), Button("Keep it", KEEP)
    return parts([Block(text)], ((yes, no),))


def plain_parts(
    text: str, *, heading: str = "", question_buttons: Sequence[Button] = (), buttons: Rows = ()
) -> list[Part]:
    """A text of our own: its paragraphs, under a bold heading where one is given.

    Each of the ``question_buttons`` has a row of its own, above the rows of ``buttons``.
    """
    blocks = [Block(bold(heading))] if heading else []
    blocks += [Block(Text(paragraph)) for paragraph in text.split("\n\n")]
    return parts(blocks, one_per_row(question_buttons) + buttons)


def asking_part(text: str) -> Part:
    """A short text of our own that asks for a reply to itself."""
    return replace(plain_parts(text)[0], awaits_reply=True)


def _entries(documents: Sequence[Document], page: Page, *, marked: bool) -> list[Block]:
    blocks = []
    for at, document in enumerate(documents, page.offset + 1):
        mark = "sample" if document.sample else "" if document.owner == SHARED else "yours"
        below = joined(" · ", [provenance(document), Text(mark if marked else "")])
        blocks.append(Block(joined("\n", [f"{at}. " + titled(document, page_of(document)), below])))
    return blocks


def _count(total: int) -> str:
    return "1 document" if total == 1 else f"{total:,} documents"


def which_page(page: Page) -> str:
    """Which page of several this is; nothing where there is but one."""
    return f" · page {page.number} of {page.pages}" if page.pages > 1 else ""


def paging(kind: str, page: Page, before: str = "‹ Newer", after: str = "Older ›") -> Rows:
    """Buttons to the pages beside this one."""
    row = []
    if page.number > 1:
        row.append(Button(before, page_data(kind, page.number - 1)))
    if page.number < page.pages:
        row.append(Button(after, page_data(kind, page.number + 1)))
    return (tuple(row),) if row else ()
