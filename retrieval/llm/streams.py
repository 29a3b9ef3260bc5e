"""Sends one request and reads its reply, each piece in time. Knows nothing of attempts or budgets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

from retrieval.llm import faults, reading
from retrieval.llm.reading import Piece

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream

_GAP = 30.0  # seconds between two tokens; at home the machine may have other work in between
_AFTERWARDS = 2.0  # seconds for the usage report after the last token


async def opened(client: AsyncOpenAI, request: dict[str, Any], model: str, begin: float) -> AsyncStream[Any]:
    """The reply's stream, whose first token is still to come. Raises Trouble.

    ``begin`` is the moment, on the loop's clock, by which the reply must have begun.
    """
    try:
        async with asyncio.timeout_at(begin):
            stream: AsyncStream[Any] = await client.chat.completions.create(**request)
    except TimeoutError:
        raise faults.slow() from None
    except Exception as error:
        raise faults.of(error, model) from None
    return stream


async def pieces(
    stream: AsyncStream[Any], model: str, begin: float, deadline: float
) -> AsyncGenerator[Piece, None]:
    """What the server sends: the first word by ``begin``, the last by ``deadline``. Raises Trouble."""
    kind = stream.response.headers.get("content-type", "").partition(";")[0]
    if kind == "text/html":
        raise faults.page()
    limit, finished, loop = begin, False, asyncio.get_running_loop()
    while True:
        try:
            async with asyncio.timeout_at(limit):
                chunk = await _whole(stream) if kind == "application/json" else _plain(await anext(stream))
        except StopAsyncIteration:
            return
        except Exception as error:
            if finished:
                return
            slow = isinstance(error, TimeoutError)
            raise (faults.slow() if slow else faults.in_stream(error, model)) from None
        piece = reading.piece(chunk)
        yield piece
        if kind == "application/json":
            return
        finished = finished or piece.finish is not None
        if finished:
            limit = min(deadline, loop.time() + _AFTERWARDS)
        elif piece.text or piece.thinking:
            limit = min(deadline, loop.time() + _GAP)


async def _whole(stream: AsyncStream[Any]) -> Any:
    """The reply of a server that does not stream."""
    return json.loads(await stream.response.aread())


def _plain(chunk: Any) -> Any:
    """A chunk of the openai package as plain fields; it holds what the server sent, of whatever type."""
    return chunk.to_dict(warnings=False) if hasattr(chunk, "to_dict") else None
