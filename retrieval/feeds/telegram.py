"""Reads the page on which Telegram shows a public channel to anybody. Knows nothing of bots and chats."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.extract import fields
from retrieval.extract.content import Refused
from retrieval.extract.text import clean_line
from retrieval.feeds.entries import LONGEST_TITLE
from retrieval.feeds.moments import Dates
from retrieval.feeds.prose import text_within
from retrieval.feeds.source import text_of
from retrieval.feeds.types import Feed, Item

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST = 200  # posts of one page
_POST = re.compile(r"([A-Za-z]\w{2,63})/(\d{1,12})")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_ADDRESSED = re.compile(
    r"(?:https?://)?(?:www\.)?(?:telegram\.(?:me|dog)|t\.me)/(?:s/)?(?P<path>[A-Za-z]\w+)(?:/\d*)?/?(?:[?#].*)?"
    r"|(?:https?://)?(?P<host>[A-Za-z]\w+)\.t\.me/?(?:[?#].*)?"
    r"|tg:(?://)?resolve/?\?(?:.*&)?domain=(?P<said>\w+)(?:&.*)?"
    r"|@(?P<handle>\w+)",
    re.I,
)
_NOT_CHANNELS = frozenset(
    [
        "joinchat",
        "addstickers",
        "addemoji",
        "addtheme",
        "share",
        "proxy",
        "socks",
        "login",
        "setlanguage",
        "confirmphone",
        "iv",
        "invoice",
        "addlist",
        "boost",
        "contact",
    ]
)
_WORDS = (
    "tgme_widget_message_text",
    "tgme_widget_message_poll_question",
    "tgme_widget_message_poll_option_text",
)
_NOT_ITS_OWN = re.compile(r"message_reply|link_preview|not_supported_label")
_NONE_THERE = "shows no posts to the public; check the name of the channel"


def channel_name(address: str) -> str | None:
    """The name of the public channel that somebody means by ``@name`` or one of its addresses, or None."""
    found = _ADDRESSED.fullmatch(address.strip()[:500])
    name = next(filter(None, found.groupdict().values()), "") if found else ""
    return name if _NAME.fullmatch(name) and name.lower() not in _NOT_CHANNELS else None


def read_channel(data: bytes, url: str, content_type: str = "") -> Feed:
    """The posts on a channel's public page found at ``url``, newest first; those without words left out.

    A post's author is who signed it, or who wrote what was forwarded. Raises Refused where it is none.
    """
    import lxml.html
    from lxml import etree

    try:
        parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True)
        tree = lxml.html.document_fromstring(text_of(data, content_type).encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        raise Refused(_NONE_THERE) from None
    title = _words(_first(tree, "tgme_channel_info_header_title")) or _words(
        _first(tree, "tgme_header_title")
    )
    messages = _all(tree, "tgme_widget_message")
    if not messages and not title:
        raise Refused(_NONE_THERE)
    dates = Dates()
    items: dict[str, Item] = {}
    for message in messages[-MOST:]:
        if item := _post(message, dates):
            items[item.key] = item
    owner = _words(_first(tree, "tgme_widget_message_owner_name"))
    name = channel_name(url)
    return Feed(
        title=clean_line(title or owner, LONGEST_TITLE),
        home=f"https://t.me/{name}" if name else None,
        language=None,
        items=tuple(sorted(items.values(), key=_number, reverse=True)),
    )


def _post(message: HtmlElement, dates: Dates) -> Item | None:
    """One post, or None where it has no number or no words."""
    dated = _first(message, "tgme_widget_message_date")
    places = (message.get("data-post"), dated.get("href") if dated is not None else None)
    found = next(filter(None, (_POST.search(place or "") for place in places)), None)
    text = _text(message)
    if found is None or not text or "service_message" in (message.get("class") or ""):
        return None
    link = f"https://t.me/{found[1]}/{found[2]}"
    time = next((each for each in message.iter("time") if each.get("datetime")), None)
    said_by = (
        _first(message, "tgme_widget_message_forwarded_from_name"),
        _first(message, "tgme_widget_message_from_author"),
    )
    return Item(
        key=link,
        title="",
        text=text,
        whole=True,
        url=link,
        author=next(filter(None, (fields.line(_words(each)) for each in said_by)), None),
        published=dates.read(time.get("datetime")) if time is not None else None,
    )


def _text(message: HtmlElement) -> str:
    """The words of a post, those of a poll too; not those of a post it answers or a page it links to."""
    kept = []
    for element in (found for name in _WORDS for found in _all(message, name)):
        around = " ".join(above.get("class") or "" for above in element.iterancestors())
        if not _NOT_ITS_OWN.search(f"{around} {element.get('class')}") and _WORDS[0] not in around.split():
            kept.append(text_within(element))
    return "\n\n".join(filter(None, kept))


def _all(tree: HtmlElement, name: str) -> list[HtmlElement]:
    """The elements that carry a class."""
    found = tree.iterfind(".//*[@class]")
    return [element for element in found if name in element.get("class").split()]


def _first(tree: HtmlElement, name: str) -> HtmlElement | None:
    return next(iter(_all(tree, name)), None)


def _words(element: HtmlElement | None) -> str:
    return "" if element is None else " ".join(str(element.text_content()).split())


def _number(item: Item) -> int:
    return int(item.key.rpartition("/")[2])
