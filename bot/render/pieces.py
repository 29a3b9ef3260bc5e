"""A text with styles, put together from smaller ones. Knows nothing of UTF-16, of limits or of documents.

Positions are counted in characters. A text is styled whole and texts are joined end to end, so styles
nest and never cross.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bot.render.clean import body, inert, line, paragraph, right_to_left

BOLD = "bold"
ITALIC = "italic"
LINK = "text_link"
QUOTE = "blockquote"
FOLDED_QUOTE = "expandable_blockquote"
GROUND = "ground"  # seen by nobody: remembers which passages a stretch of text rests on

_SOLID = {
    LINK: (LINK, QUOTE, FOLDED_QUOTE),
    QUOTE: (QUOTE, FOLDED_QUOTE),
    FOLDED_QUOTE: (QUOTE, FOLDED_QUOTE),
}
_LONGEST_LINK = 2_000  # bytes; clients cut at about 2,000
_HOST = re.compile(r"[\w\x80-\U0010ffff-]+(?:\.[\w\x80-\U0010ffff-]+)+\.?")


@dataclass(frozen=True, slots=True)
class Style:
    """One kind of style over ``text[start:end]``; ``url`` where it is a link, ``passages`` for a ground."""

    start: int
    end: int
    kind: str
    url: str | None = None
    passages: tuple[int, ...] = ()

    @property
    def solid(self) -> bool:
        """Whether Telegram keeps it whole; other styles are cut where a solid one begins or ends."""
        return self.kind in _SOLID


@dataclass(frozen=True, slots=True)
class Text:
    """Characters and their styles."""

    text: str = ""
    styles: tuple[Style, ...] = ()

    def __add__(self, other: Text | str) -> Text:
        if isinstance(other, str):
            return Text(self.text + other, self.styles)
        return Text(self.text + other.text, self.styles + _moved(other.styles, len(self.text)))

    def __radd__(self, other: str) -> Text:
        return Text(other) + self

    def __len__(self) -> int:
        return len(self.text)

    def styled(self, kind: str, url: str | None = None) -> Text:
        """All of it in one more style, which takes the place of any inside that it cannot hold."""
        ousted = _SOLID.get(kind, (kind,))
        kept = tuple(style for style in self.styles if style.kind not in ousted)
        return Text(self.text, (Style(0, len(self.text), kind, url), *kept))

    def part(self, start: int, end: int) -> Text:
        """``text[start:end]`` with the styles that reach into it."""
        kept = (
            replace(style, start=max(style.start, start), end=min(style.end, end))
            for style in self.styles
            if style.start < end and style.end > start
        )
        return Text(self.text[start:end], _moved(kept, -start))

    def stripped(self) -> Text:
        """Without the white space at its ends."""
        start = len(self.text) - len(self.text.lstrip())
        return self.part(start, max(start, len(self.text.rstrip())))


def bold(text: Text | str) -> Text:
    """In bold."""
    return _text(text).styled(BOLD)


def italic(text: Text | str) -> Text:
    """In italics."""
    return _text(text).styled(ITALIC)


def quoted(text: Text, *, folded: bool = False) -> Text:
    """As a block quotation; a folded one shows its first lines and opens at a tap."""
    return text.styled(FOLDED_QUOTE if folded else QUOTE)


def grounded(text: Text, passages: Iterable[int]) -> Text:
    """The same, known to rest on these passages: whoever replies to it asks about them."""
    ground = Style(0, len(text), GROUND, passages=tuple(dict.fromkeys(passages)))
    return Text(text.text, (ground, *text.styles))


def link(text: Text | str, url: str | None) -> Text:
    """As a link; plain where Telegram would refuse the address, and with it the whole message."""
    return _text(text).styled(LINK, url) if opens(url) else _text(text)


def opens(url: str | None) -> bool:
    """Whether Telegram takes this as the address of a link: http(s), a full host name, no user name."""
    if not url or any(char.isspace() or not char.isprintable() for char in url):
        return False
    if len(url.encode()) > _LONGEST_LINK:
        return False
    try:
        address = urlsplit(url)
        port = address.port
    except ValueError:
        return False
    return (
        address.scheme in ("http", "https")
        and port != 0
        and _HOST.fullmatch(address.netloc.removesuffix(f":{port}")) is not None
    )


def theirs(text: str) -> Text:
    """Words of a document or a model: shown as written, and nothing in them can be tapped."""
    return Text(inert(body(text)))


def their_paragraph(text: str) -> Text:
    """The same as one paragraph, so that no line of it can pass for one of ours."""
    return Text(inert(paragraph(text)))


def their_line(text: str | None, limit: int = 200, url: str | None = None) -> Text:
    """A title or a name: one line that opens ``url`` or nothing, kept from turning round its neighbours."""
    words = line(text, limit)
    if not opens(url):
        words = inert(words)  # Telegram looks for nothing inside a link
    return link(f"\u2068{words}\u2069" if right_to_left(words) else words, url)


def joined(separator: str, texts: Sequence[Text]) -> Text:
    """The texts that are not empty, with ``separator`` between them."""
    whole = Text()
    for text in texts:
        if text.text:
            whole = whole + separator + text if whole.text else text
    return whole


def _text(text: Text | str) -> Text:
    return Text(text) if isinstance(text, str) else text


def _moved(styles: Iterable[Style], by: int) -> tuple[Style, ...]:
    return tuple(replace(style, start=style.start + by, end=style.end + by) for style in styles)
