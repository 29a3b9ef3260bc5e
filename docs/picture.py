"""Draws messages as a chat on a phone shows them: `python docs/picture.py OUT.png --messages FILE`.

Knows nothing of how the messages came to be; it reads them in the Bot API's own form, so a picture cannot
show what Telegram would not. Chromium, which takes the picture, must be installed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.render import Part

PAGE = Path(__file__).with_name("picture.html")
PHONE = 412  # CSS pixels, the width of a common phone
MISSING = "Chromium is not installed: `sudo apt-get install chromium` brings it."

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--disable-quic"),
)
_TIMEOUT = 60.0  # seconds for one run of the browser
_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "spoiler": "span",
}


class PictureError(Exception):
    """The picture cannot be taken; the message says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0, or 1 with one line that says what to do."""
    parser = argparse.ArgumentParser(description="Draw Bot API messages as a chat on a phone.")
    parser.add_argument("out", type=Path, help="the PNG to write")
    parser.add_argument("--messages", default="-", help="JSON list of messages; - for stdin (the default)")
    parser.add_argument("--dark", action="store_true", help="in the dark theme")
    parser.add_argument("--folded", action="store_true", help="expandable quotations folded, as they arrive")
    parser.add_argument("--width", type=int, default=PHONE, help=f"in CSS pixels ({PHONE})")
    given = parser.parse_args(arguments)
    try:
        raw = sys.stdin.read() if given.messages == "-" else Path(given.messages).read_text("utf-8")
        messages = _checked(json.loads(raw))
        render_messages(messages, given.out, dark=given.dark, folded=given.folded, width=given.width)
    except (PictureError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def message_of(part: Part) -> dict[str, Any]:
    """A rendered part in the Bot API's form."""
    rows = [[{"text": button.label, "callback_data": button.data} for button in row] for row in part.buttons]
    message: dict[str, Any] = {"text": part.text, "entities": [entity.to_dict() for entity in part.entities]}
    return message | {"reply_markup": {"inline_keyboard": rows}} if rows else message


def question_of(text: str) -> dict[str, Any]:
    """What a person wrote, as a message of theirs."""
    return {"text": text, "from": {"is_bot": False}}


def preview_of(text: str, entities: Sequence[Mapping[str, Any]], *, stoppable: bool) -> dict[str, Any]:
    """A preview as it is streamed, perhaps with its Stop button."""
    return {"text": text, "entities": entities, "preview": "stoppable" if stoppable else "shown"}


def caption_of(text: str) -> dict[str, Any]:
    """A line between messages that says what happens meanwhile."""
    return {"text": text, "caption": True}


def render_messages(
    messages: Sequence[Mapping[str, Any]],
    out: Path,
    *,
    dark: bool = False,
    folded: bool = False,
    width: int = PHONE,
    scale: float = 2,
) -> None:
    """Write a PNG of the messages, ``scale`` pixels to a CSS pixel; PictureError where it cannot be taken."""
    browser = find_browser()
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "chat.html")
        page.write_text(chat_html(messages, dark=dark, folded=folded, width=width), "utf-8")
        shot = Path(folder, "shot.png")
        seen = _browse(browser, folder, page, "--dump-dom", f"--window-size={width},800")
        height = re.search(r'data-height="(\d+)"', seen)
        if not height:
            raise PictureError("Chromium did not lay out the page.")
        size = (f"--window-size={width},{height[1]}", f"--force-device-scale-factor={scale:g}")
        _browse(browser, folder, page, f"--screenshot={shot}", *size)
        if not shot.exists():
            raise PictureError("Chromium took no picture.")
        shutil.copyfile(shot, out)


def find_browser() -> str:
    """Where Chromium is; PictureError where it is not."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    raise PictureError(MISSING)


def chat_html(
    messages: Sequence[Mapping[str, Any]], *, dark: bool = False, folded: bool = False, width: int = PHONE
) -> str:
    """The whole page; messages whose ``from`` is no bot stand on the right."""
    theme = f"{'dark' if dark else 'light'} {'folded' if folded else 'unfolded'}"
    chat = "\n".join(_message_html(message) for message in messages)
    return Template(PAGE.read_text("utf-8")).substitute(theme=theme, width=str(width), chat=chat)


def to_html(text: str, entities: Sequence[Mapping[str, Any]]) -> str:
    """A text with Bot API entities (UTF-16 offsets, properly nested) as HTML, everything else escaped."""
    raw = text.encode("utf-16-le")
    root = _Node(0, len(raw) // 2, {})
    for entity in sorted(entities, key=lambda entity: (entity["offset"], -entity["length"])):
        node = _Node(entity["offset"], entity["offset"] + entity["length"], entity)
        parent = root
        while parent.inside and node.start < parent.inside[-1].end:
            parent = parent.inside[-1]
        if node.end > parent.end:
            raise ValueError("Entities must not cross one another.")
        parent.inside.append(node)
    # A quotation is a block, which ends its line by itself.
    return _node_html(root, raw).replace("</blockquote>\n", "</blockquote>")


@dataclass(slots=True)
class _Node:
    """An entity over UTF-16 units, with those inside it."""

    start: int
    end: int
    entity: Mapping[str, Any]
    inside: list[_Node] = field(default_factory=list)


def _node_html(node: _Node, raw: bytes) -> str:
    pieces = []
    at = node.start
    for inner in node.inside:
        pieces += [_plain(raw, at, inner.start), _node_html(inner, raw)]
        at = inner.end
    return _wrapped("".join([*pieces, _plain(raw, at, node.end)]), node.entity)


def _plain(raw: bytes, start: int, end: int) -> str:
    return escape(raw[start * 2 : end * 2].decode("utf-16-le"))


def _wrapped(html: str, entity: Mapping[str, Any]) -> str:
    kind = str(entity.get("type", ""))
    if kind == "text_link":
        return f'<a href="{escape(str(entity["url"]))}">{html}</a>'
    if kind.endswith("blockquote"):
        return f'<blockquote class="{kind}" dir="auto"><div>{html}</div></blockquote>'
    tag = _TAGS.get(kind)
    return f'<{tag} class="{kind}">{html}</{tag}>' if tag else html


def _message_html(message: Mapping[str, Any]) -> str:
    if message.get("caption"):
        return f"<span class=caption>{escape(str(message['text']))}</span>"
    side = "theirs" if message.get("from", {}).get("is_bot", True) else "mine"
    text = (
        _origin_html(message)
        + _reply_html(message)
        + to_html(str(message["text"]), message.get("entities", ()))
    )
    rows = message.get("reply_markup", {}).get("inline_keyboard", ())
    keyboard = "".join(
        "<div class=row>"
        + "".join(f"<span class=button>{escape(button['text'])}</span>" for button in row)
        + "</div>"
        for row in rows
    )
    if message.get("preview"):
        stop = "<span class=stop>Stop</span>" if message["preview"] == "stoppable" else ""
        return f'<section class="{side} preview"><div class=bubble dir="auto">{text}</div></section>{stop}'
    return f'<section class={side}><div class=bubble dir="auto">{text}</div>{keyboard}</section>'


def _origin_html(message: Mapping[str, Any]) -> str:
    """Where a forwarded message comes from, as clients show it above the words."""
    origin = message.get("forward_origin")
    if not origin:
        return ""
    where = origin.get("chat", {}).get("title") or origin.get("sender_user_name", "somebody")
    return f'<div class=origin dir="auto">Forwarded from <b>{escape(where)}</b></div>'


def _reply_html(message: Mapping[str, Any]) -> str:
    """What a message replies to, or the part of it that it quotes, as clients show it above the words."""
    replied = message.get("reply_to_message")
    if not replied:
        return ""
    who = replied.get("from", {}).get("first_name", "Footnote")
    named = replied.get("text") or replied.get("document", {}).get("file_name", "")
    words = message["quote"]["text"] if "quote" in message else str(named)
    return f'<div class=reply dir="auto"><b>{escape(who)}</b><span>{escape(words)}</span></div>'


def _checked(messages: Any) -> list[dict[str, Any]]:
    """What was read, if it is a list of messages; ValueError otherwise."""
    right = isinstance(messages, list) and all(isinstance(one, dict) and "text" in one for one in messages)
    if not right:
        raise ValueError('The messages must be a JSON list of objects with a "text".')
    return list(messages)


def _browse(browser: str, folder: str, page: Path, *more: str) -> str:
    """Run the browser once with a profile of its own; what it printed."""
    with tempfile.TemporaryDirectory(dir=folder) as profile:
        command = [browser, *_FLAGS, f"--user-data-dir={profile}", *more, page.as_uri()]
        process = subprocess.Popen(  # noqa: S603 - the command is ours and holds no text of a message
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
        )
        try:
            return process.communicate(timeout=_TIMEOUT)[0]
        except subprocess.TimeoutExpired:
            raise PictureError("Chromium did not finish in time.") from None
        finally:
            # Chromium leaves helpers of its own behind; they share its process group.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
