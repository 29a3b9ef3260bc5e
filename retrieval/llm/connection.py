"""Opens the connection to a model's server. Knows nothing of what is asked there.

Replies are read as they are sent, uncompressed and only so far: a server, or something in its place, may send
a body without end.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2
    import openai

_CONNECT = 5.0  # seconds; a server that is there answers at once, whatever its model does
_MOST_BYTES = 32 * 2**20  # thoughts included, at about 300 bytes a token of a stream
_TALKATIVE = ("openai", "httpx2", "httpcore2")  # they log addresses, and at DEBUG whole requests


def connect(api_key: str, base_url: str | None) -> openai.AsyncOpenAI:
    """A client that tries once, has no deadline of its own, and logs nothing below warnings."""
    import httpx2
    import openai

    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return openai.AsyncOpenAI(
        api_key=api_key,
        base_url=base_url,
        max_retries=0,
        timeout=httpx2.Timeout(None, connect=_CONNECT),
        default_headers={"Accept-Encoding": "identity"},
        http_client=openai.DefaultAsyncHttpxClient(event_hooks={"response": [_bounded]}),
    )


async def _bounded(response: httpx2.Response) -> None:
    import httpx2

    if response.headers.get("content-encoding", "identity") != "identity":
        raise httpx2.DecodingError("compressed, though not asked to be", request=response.request)

    class Bounded(httpx2.AsyncByteStream):
        def __init__(self, stream: httpx2.AsyncByteStream) -> None:
            self._stream = stream

        async def __aiter__(self) -> AsyncIterator[bytes]:
            left = _MOST_BYTES
            async for some in self._stream:
                left -= len(some)
                if left < 0:
                    raise httpx2.ReadError("more than a reply can be", request=response.request)
                yield some

        async def aclose(self) -> None:
            await self._stream.aclose()

    assert isinstance(response.stream, httpx2.AsyncByteStream)  # noqa: S101 - an async client's always is
    response.stream = Bounded(response.stream)
