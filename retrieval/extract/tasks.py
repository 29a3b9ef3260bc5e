"""What a parser process can be asked: reads bytes, answers in JSON values. Knows nothing of processes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

Task = Literal["file", "feed", "offers", "channel", "subscriptions"]


def done(task: Task, data: bytes, *, name: str, url: str, content_type: str) -> Any:
    """The answer to a task; ``name`` is what a file is called, ``url`` where the bytes were found.

    Raises Refused with the reason.
    """
    match task:
        case "file":
            from retrieval.extract.parse import parse

            return parse(data, name, url).as_json()
        case "feed":
            from retrieval.feeds.reading import read_feed

            return read_feed(data, url, content_type).as_json()
        case "offers":
            from retrieval.feeds.discovery import read_offers

            return [asdict(link) for link in read_offers(data, url, content_type)]
        case "channel":
            from retrieval.feeds.telegram import read_channel

            return read_channel(data, url, content_type).as_json()
        case "subscriptions":
            from retrieval.feeds.opml import read_subscriptions

            return asdict(read_subscriptions(data))
