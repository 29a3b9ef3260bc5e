"""Reads Telegram's MarkdownV2 style, refusing every reserved character that is not escaped.

Knows nothing of chats, limits or HTTP.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from botapi.markup import Entity, MarkupError, units

_RESERVED = set("_*[]()~`>#+-=|{}.!")
_MARKS = {"*": "bold", "__": "underline", "_": "italic", "~": "strikethrough", "||": "spoiler"}
_LINK = re.compile(r"\]\(((?:[^()\\\n]|\\.)+)\)")
_CODE = re.compile(r"```(?:(\w+)\n)?((?:[^`\\]|\\.)*)```|`((?:[^`\\]|\\.)+)`", re.DOTALL)


@dataclass
class _Reader:
    source: str
    position: int = 0
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    open: list[tuple[str, int, int]] = field(default_factory=list)  # kind, offset in text, byte in source

    def byte(self) -> int:
        return len(self.source[: self.position].encode())

    def starts(self, kind: str) -> None:
        self.open.append((kind, units(self.text), self.byte()))

    def ends(self, kind: str, **more: str) -> None:
        opened, offset, at = self.open.pop()
        if opened != kind:
            raise MarkupError(f"Can't find end of {opened.title()} entity at byte offset {at}")
        if units(self.text) > offset:
            self.entities.append(
                {"type": kind, "offset": offset, "length": units(self.text) - offset, **more}
            )

    def is_open(self, kind: str) -> bool:
        return any(opened == kind for opened, _, _ in self.open)


def parse_markdown(source: str) -> tuple[str, list[Entity]]:
    """The text and entities of MarkdownV2.

    Raises:
        MarkupError: a reserved character without its backslash, or a mark that never ends.
    """
    reader = _Reader(source)
    while reader.position < len(source):
        _step(reader)
    if reader.is_open("blockquote"):
        reader.ends("blockquote")
    if reader.open:
        kind, _, at = reader.open[-1]
        raise MarkupError(f"Can't find end of {kind.title()} entity at byte offset {at}")
    return reader.text, sorted(reader.entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _step(reader: _Reader) -> None:
    """Read one character, mark, link or piece of code."""
    source, position = reader.source, reader.position
    here = source[position]
    if here == "\\" and position + 1 < len(source) and ord(source[position + 1]) < 127:
        reader.text += source[position + 1]
        reader.position += 2
    elif here == "`":
        _code(reader)
    elif here == ">" and (not reader.text or reader.text.endswith("\n")):
        if not reader.is_open("blockquote"):
            reader.starts("blockquote")
        reader.position += 1
    elif here == "[" and not reader.is_open("text_link"):
        reader.starts("text_link")
        reader.position += 1
    elif here == "]" and (link := _LINK.match(source, position)) and reader.is_open("text_link"):
        reader.ends("text_link", url=re.sub(r"\\(.)", r"\1", link.group(1)))
        reader.position = link.end()
    elif mark := next(
        (mark for mark in ("||", "__", "*", "_", "~") if source.startswith(mark, position)), ""
    ):
        _toggle(reader, mark)
    elif here in _RESERVED:
        raise MarkupError(f"Character '{here}' is reserved and must be escaped with the preceding '\\'")
    else:
        if here == "\n" and reader.is_open("blockquote") and source[position + 1 : position + 2] != ">":
            reader.ends("blockquote")
        reader.text += here
        reader.position += 1


def _toggle(reader: _Reader, mark: str) -> None:
    kind = _MARKS[mark]
    after = reader.source[reader.position + 2 : reader.position + 3]
    if mark == "||" and not reader.is_open(kind) and reader.is_open("blockquote") and after in ("", "\n"):
        # Two bars at the end of a quotation fold it.
        reader.ends("blockquote")
        reader.entities[-1]["type"] = "expandable_blockquote"
    elif reader.is_open(kind):
        reader.ends(kind)
    else:
        reader.starts(kind)
    reader.position += len(mark)


def _code(reader: _Reader) -> None:
    code = _CODE.match(reader.source, reader.position)
    if code is None:
        raise MarkupError(f"Can't find end of Code entity at byte offset {reader.byte()}")
    language, block, inline = code.groups()
    kind = "code" if inline is not None else "pre"
    reader.starts(kind)
    reader.text += re.sub(r"\\(.)", r"\1", inline if inline is not None else block)
    reader.ends(kind, **({"language": language} if language else {}))
    reader.position = code.end()
