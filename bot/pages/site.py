"""Decides what an address shows: a shared page, its picture, a feed, or that the bot is well.

Knows nothing of connections. Whatever is asked for is looked up anew, so that a link that was taken back
opens nothing from that moment on; only what was drawn of it is kept for a while.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import suppress
from functools import partial
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import structlog
from aiohttp import web

import prompts
from bot.aside import in_thread
from bot.corrections import Corrections
from bot.faults import described
from bot.kept_editions import KeptEditions
from bot.pages.atom import atom
from bot.pages.notice import notice
from bot.render.brief_page import Card, Corrected
from bot.render.sharing import html_of
from bot.shares import FEED, Share, Shares
from retrieval.briefing import Briefing, Piece
from retrieval.errors import NotFound
from retrieval.types import Scope

if TYPE_CHECKING:
    from retrieval.library import Library

_AT_ONCE = 4  # requests that are worked on; the bot's own work needs the rest of the machine
_PATIENCE = 20.0  # seconds for one of them
_KEPT = 32  # pages and pictures, once drawn
_IN_FEED = 30  # editions
_NAMED = "{token:[A-Za-z0-9_-]{22}}"

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
_PRIVATE = "private, no-cache"  # whoever keeps it must ask whether it still stands
_HTML, _PNG, _ATOM = "text/html", "image/png", "application/atom+xml"

_log = structlog.get_logger()

_Content = Piece | Briefing
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    """What can be opened over HTTP: what was shared by people who are still ``welcome``."""

    def __init__(
        self,
        shares: Shares,
        editions: KeptEditions,
        corrections: Corrections,
        library: Library,
        welcome: Callable[[int], bool],
    ) -> None:
        self._shares = shares
        self._editions = editions
        self._corrections = corrections
        self._library = library
        self._welcome = welcome
        self._working = asyncio.Semaphore(_AT_ONCE)
        self._drawing = {"page": asyncio.Lock(), "picture": asyncio.Lock()}  # one of each at a time
        self._kept: OrderedDict[tuple[Hashable, ...], bytes | None] = OrderedDict()

    def application(self, public: str) -> web.Application:
        """The addresses below ``public``, whether or not a proxy in front cuts its path off."""
        app = web.Application(middlewares=[self._guarded])
        app.on_response_prepare.append(_finish)
        for prefix in sorted({"", unquote(urlsplit(public).path).rstrip("/")}):
            app.router.add_get(f"{prefix}/health", self._health)
            app.router.add_get(f"{prefix}/s/{_NAMED}", self._page)
            app.router.add_get(f"{prefix}/s/{_NAMED}.png", self._picture)
            app.router.add_get(f"{prefix}/f/{_NAMED}.xml", self._feed)
            app.router.add_get(f"{prefix}/f/{_NAMED}/{{number:[0-9]{{1,18}}}}", self._edition)
        return app

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {"status": "ok", "version": _version()}, headers={"Cache-Control": "no-store"}
        )

    async def _page(self, request: web.Request) -> web.Response:
        share = await self._shared(request)
        corrected = await self._corrected(share)
        draw = partial(_written, self._shares.address(share), corrected)
        return _answer(request, await self._drawn(share, "page", draw, corrected), _HTML)

    async def _picture(self, request: web.Request) -> web.Response:
        share = await self._shared(request)
        return _answer(request, await self._drawn(share, "picture", _pictured), _PNG)

    async def _feed(self, request: web.Request) -> web.Response:
        share = await self._subscribed(request)
        editions = await self._editions.newest(share.reader, _IN_FEED)
        content = await in_thread(partial(atom, share, editions, self._shares.address(share)))
        return _answer(request, content, _ATOM)

    async def _edition(self, request: web.Request) -> web.Response:
        """The page behind an entry of a feed."""
        share = await self._subscribed(request)
        edition = await self._editions.find(int(request.match_info["number"]), share.reader)
        if edition is None or edition.at is None:
            raise web.HTTPNotFound
        corrected = await self._corrected(share)
        html = await in_thread(partial(html_of, edition.briefing, corrected=corrected))
        return _answer(request, html.encode(), _HTML)

    async def _subscribed(self, request: web.Request) -> Share:
        """The feed that a token opens."""
        share = await self._opened(request)
        if share.kind != FEED:
            raise web.HTTPNotFound
        return share

    async def _opened(self, request: web.Request) -> Share:
        """What a token opens; nothing where whoever shared it may no longer use the bot."""
        share = await self._shares.find(request.match_info["token"])
        if share is None or not self._welcome(share.reader):
            raise web.HTTPNotFound
        return share

    async def _shared(self, request: web.Request) -> Share:
        """The page that a token opens; one whose sources were forgotten, by whatever way, opens no more."""
        share = await self._opened(request)
        if share.kind == FEED:
            raise web.HTTPNotFound
        try:
            for document, owner in await self._shares.quoted(share):
                await self._library.document(document, Scope.of(owner))
        except NotFound:
            await self._shares.end(share)
            raise web.HTTPNotFound from None
        return share

    async def _corrected(self, share: Share) -> tuple[Corrected, ...]:
        """What was corrected to whoever shared it, where everybody may read what says otherwise."""
        found = []
        for each in await self._corrections.righted(share.reader):
            with suppress(NotFound):
                document = await self._library.document(each.document, Scope())
                found.append(Corrected(each.told, each.words, document))
        return tuple(found)

    async def _drawn(
        self, share: Share, what: str, draw: Callable[[_Content], bytes | None], about: Hashable = None
    ) -> bytes:
        """What was drawn of a share before, else drawn now, beside everything else.

        It is drawn again where what it is drawn ``about`` is another.
        """
        key = (what, share.number, about)
        async with self._drawing[what]:
            if key not in self._kept:
                content = await self._shares.content(share)
                self._kept[key] = await in_thread(partial(draw, content)) if content else None
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            drawn = self._kept[key]
        if drawn is None:
            raise web.HTTPNotFound
        return drawn

    @web.middleware
    async def _guarded(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """A few at a time, each within seconds; whatever goes wrong is a short page without a reason."""
        try:
            async with asyncio.timeout(_PATIENCE), self._working:
                return await handler(request)
        except web.HTTPException as refused:
            allowed = {"Allow": refused.headers["Allow"]} if "Allow" in refused.headers else {}
            return _notice(refused.status, "page_missing", allowed)
        except TimeoutError:
            return _notice(503, "page_busy", {"Retry-After": "30"})
        except Exception as error:
            _log.error("page.failed", **described(error))
            return _notice(500, "page_busy", {})


async def _finish(_request: web.Request, response: web.StreamResponse) -> None:
    """What every answer says, and what none does."""
    response.headers.update(_HEADERS)
    response.headers.pop("Server", None)
    response.force_close()
    response.headers["Connection"] = "close"


def _answer(request: web.Request, content: bytes, kind: str) -> web.Response:
    """What was asked for, or that it is unchanged."""
    tag = sha256(content).hexdigest()[:32]
    known = request.if_none_match or ()
    unchanged = any(each.value in (tag, "*") for each in known)
    charset = None if kind == _PNG else "utf-8"
    answer = (
        web.Response(status=304)
        if unchanged
        else web.Response(body=content, content_type=kind, charset=charset)
    )
    answer.etag = tag
    answer.headers["Cache-Control"] = _PRIVATE
    return answer


def _notice(status: int, words: str, headers: dict[str, str]) -> web.Response:
    page = notice(prompts.text(words))
    headers = headers | {"Cache-Control": "no-store"}
    return web.Response(status=status, text=page, content_type=_HTML, headers=headers)


def _written(address: str, corrected: Sequence[Corrected], content: _Content) -> bytes:
    """The page that is found at an address."""
    return html_of(content, Card(address, f"{address}.png"), corrected).encode()


def _pictured(content: _Content) -> bytes:
    """The picture that messengers show beside a link."""
    from bot.render.card_picture import card_picture

    if isinstance(content, Piece):
        return card_picture(content.headline, content.reason, events=content.timeline)
    return card_picture(content.title, headlines=[piece.headline for piece in content.pieces])


def _version() -> str:
    try:
        return version("footnote")
    except PackageNotFoundError:
        return "unknown"
