"""Reads the addresses people type: with or without a scheme, names of channels. Touches no network."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from retrieval.errors import Unreadable
from retrieval.feeds.telegram import channel_name
from retrieval.fetch import Fault, shown
from retrieval.fetch.targets import target

_SCHEME = re.compile(r"\s*[a-z][a-z0-9+.-]*:(?:[/\\]|(?=https?:))|\s*https?:", re.I)
_FEED = re.compile(r"^feed:(?://)?(?=[^/])", re.I)  # what links that open feed readers begin with
_HOST = re.compile(r"(?:(?:[\w-]+\.)+[^\W\d_][\w-]+|(?:\d+\.){3}\d+|localhost)(?::\d+)?(?:[/?#]\S*)?", re.I)
_TELEGRAM = re.compile(r"(?:https?://)?(?:www\.)?(?:t|telegram)\.(?:me|dog)/(?:s/)?([^/?#]*)", re.I)
_PRIVATE = ("joinchat", "c")
_WWW = re.compile(r"^www\.(?=.+\.)")


def channel(address: str) -> str | None:
    """The name of the public Telegram channel that an address means, or None where it means none.

    Raises Unreadable where it leads to what is not public.
    """
    link = _TELEGRAM.match(address.strip())
    if link and (link[1] in _PRIVATE or link[1].startswith("+")):
        raise Unreadable(f"“{shown(address)}” leads to a private chat; only public channels can be read.")
    return channel_name(address)


def preview(name: str) -> str:
    """Where anybody may read a public channel."""
    return f"https://t.me/s/{name}"


def means_address(typed: str) -> bool:
    """Whether what a person typed means a place on the web, though perhaps without its scheme."""
    return bool(_SCHEME.match(typed) or _HOST.fullmatch(typed.strip()))


def candidates(typed: str) -> tuple[str, ...]:
    """The addresses to try, in order: an address without a scheme may be of either."""
    typed = _FEED.sub("", typed.strip())
    if _SCHEME.match(typed) or not _HOST.fullmatch(typed):
        return (typed,)
    return (f"https://{typed}", f"http://{typed}")


def whole(url: str) -> str:
    """An address in its one form. Raises Unreadable where it is none."""
    try:
        return str(target(url))
    except Fault as fault:
        raise Unreadable(f"“{shown(url)}” {fault}.") from None


def place(url: str) -> str:
    """What two addresses of one source have in common: neither scheme, ``www.`` nor a final slash counts."""
    parts = urlsplit(url)
    host = _WWW.sub("", parts.netloc.removesuffix(":80").removesuffix(":443"))
    return f"{host}{parts.path.rstrip('/')}{'?' + parts.query if parts.query else ''}"


def host(url: str) -> str:
    """The host of an address, without its port."""
    return urlsplit(url).hostname or ""


def front(url: str) -> bool:
    """Whether an address is that of a whole site."""
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def slug(url: str) -> bool:
    """Whether an address looks like that of one article: its last part is a phrase, a number or a file."""
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return len(re.findall(r"[-_]", last)) >= 2 or bool(re.search(r"\d{3}|\.html?$", last))
