"""Packs everything a person stored into one file they can keep and read. Knows nothing of messages."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

import prompts
from bot.aside import in_thread
from bot.faults import described
from retrieval.types import Document, Scope, person

if TYPE_CHECKING:
    from bot.handlers.desk import Desk
    from bot.subscribers import Subscription

_AT_ONCE = 100  # documents
_EDITIONS = 31
_NAME = 60  # characters of a title in a file's name

Files = dict[str, bytes]

_log = structlog.get_logger()


async def packed(desk: Desk, id: int) -> bytes | None:
    """A zip with all that a person stored, and a README that says what is where; None where it is nothing."""
    files = await _documents(desk, id) | await _sources(desk, id) | await _kept(desk, id)
    files |= await _editions(desk, id)
    if not files:
        return None
    readme = prompts.text("export_readme", day=desk.clock().date().isoformat())
    files = {"README.txt": readme.encode() + b"\n"} | files
    return await in_thread(partial(_zipped, files))


async def _documents(desk: Desk, id: int) -> Files:
    """Each document as it is stored, and in one list what is known of them."""
    files: Files = {}
    known = []
    scope, offset = Scope((person(id),)), 0
    while some := await desk.library.documents(scope, limit=_AT_ONCE, offset=offset):
        offset += len(some)
        for document in some:
            document, text = await desk.library.show(document.id, scope)
            name = f"documents/{document.number}-{_file_name(document.title)}.txt"
            files[name] = text.encode("utf-8", "replace")
            known.append(_plain(document) | {"file": name})
    return files | ({"documents.json": _json(known)} if known else {})


def _plain(document: Document) -> dict[str, Any]:
    kept = (
        "id",
        "title",
        "publisher",
        "author",
        "url",
        "published",
        "updated",
        "fetched",
        "language",
        "source",
    )
    return {name: getattr(document, name) for name in kept}


async def _sources(desk: Desk, id: int) -> Files:
    """What is followed: all of it as a list, and the feeds as other readers take them."""
    sources = await desk.following.sources(person(id))
    if not sources:
        return {}
    files = {"sources.json": _json([asdict(each) for each in sources])}
    if any(each.kind == "feed" for each in sources):
        files["sources.opml"] = await desk.following.export_list(person(id))
    return files


async def _kept(desk: Desk, id: int) -> Files:
    """Wishes, deliveries, what was told, opinions, links, questions that wait, and the conversation."""
    subscription = await desk.subscribers.find(id)
    told = await desk.deliveries.told(id)
    conversation = await desk.histories.conversation(id, None)
    lists = {
        "subscription": _wishes(subscription) if subscription else None,
        "deliveries": [asdict(each) for each in await desk.deliveries.past(id, _EDITIONS * 12)],
        "told_stories": [{"story": story, "at": at} for story, at in told.items()],
        "opinions": [asdict(each) for each in await desk.tastes.of(id)],
        "links": [
            {
                "kind": each.kind,
                "title": each.title,
                "created": each.created,
                "link": desk.shares.address(each),
            }
            for each in await desk.shares.of(id)
        ],
        "watches": [asdict(each) for each in await desk.watches.of(id)],
        "conversation": [asdict(each) for each in conversation.exchanges],
    }
    return {f"{name}.json": _json(held) for name, held in lists.items() if held}


async def _editions(desk: Desk, id: int) -> Files:
    from bot.render.sharing import html_of

    files: Files = {}
    for edition in await desk.kept_editions.newest(id, _EDITIONS):
        try:
            html = await in_thread(partial(html_of, edition.briefing))
        except Exception as error:  # one page that cannot be drawn keeps nothing else back
            _log.error("page.failed", **described(error))
            continue
        files[f"editions/{edition.day.isoformat()}.html"] = html.encode("utf-8", "replace")
    return files


def _wishes(kept: Subscription) -> dict[str, Any]:
    minute = kept.rhythm.minute
    return {
        "zone": kept.rhythm.zone,
        "time": f"{minute // 60:02}:{minute % 60:02}",
        "weekdays": sorted(each + 1 for each in kept.rhythm.days),
        "topics": kept.topics,
        "role": kept.role,
        "industry": kept.industry,
        "length": kept.length,
        "language": kept.language,
        "quiet_days_told": kept.quiet,
        "state": kept.state,
    }


def _zipped(files: Files) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def _file_name(title: str) -> str:
    """A title as every system takes it in a file's name."""
    return re.sub(r"[^\w-]+", "-", title).strip("-")[:_NAME] or "untitled"


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False, default=_written).encode() + b"\n"


def _written(value: object) -> object:
    """What JSON has no form for: moments and dates as ISO 8601 writes them, else as text."""
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
