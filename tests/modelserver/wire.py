"""Sends replies as an OpenAI-compatible server does: whole, or as a stream of events. Decides nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from modelserver.flavours import Flavour
from modelserver.records import Request
from modelserver.replies import CHARACTERS_A_TOKEN, Reply

Json = dict[str, Any]
_ABOUT = {"id": "chatcmpl-scripted", "created": 1_790_000_000}


async def send(
    connection: web.Request, request: Request, reply: Reply, flavour: Flavour
) -> web.StreamResponse:
    """Send a reply in its manner, and write down how far it came and how it ended."""
    try:
        return await _send(connection, request, reply, flavour)
    except (asyncio.CancelledError, ConnectionError):
        request.ended = request.ended or "client left"
        raise


async def _send(
    connection: web.Request, request: Request, reply: Reply, flavour: Flavour
) -> web.StreamResponse:
    await asyncio.sleep(reply.wait)
    if reply.manner == "hang":
        await asyncio.Event().wait()  # until the client gives up, which cancels this
    if reply.manner == "drop":
        return _broken(connection, request, "dropped")
    if reply.body is not None:
        request.ended = "answered" if reply.status < 400 else "refused"
        return web.Response(
            status=reply.status,
            body=reply.body,
            headers={**reply.headers, "Content-Type": reply.content_type},
        )
    reply = reply.within(_cap(request, flavour))
    if not (request.streamed and flavour.streams):
        return _whole(request, reply, flavour)
    return await _streamed(connection, request, reply, flavour)


def _cap(request: Request, flavour: Flavour) -> int | None:
    names = {"max_tokens", "max_completion_tokens"} - flavour.ignores
    return next((request.body[name] for name in names if name in request.body), None)


def _broken(connection: web.Request, request: Request, how: Any) -> web.Response:
    request.ended = how
    if connection.transport:
        connection.transport.abort()
    return web.Response()


def _whole(request: Request, reply: Reply, flavour: Flavour) -> web.Response:
    message: Json = {"role": "assistant", "content": reply.text or None, "refusal": reply.refusal or None}
    if reply.thinking:
        message[flavour.thinking] = reply.thinking
    choice = {"index": 0, "message": message, "finish_reason": reply.finish}
    body = {**_about(request, "chat.completion"), "choices": [choice]}
    if usage := _usage(request, reply):
        body["usage"] = usage
    request.said, request.ended = reply.text, "answered"
    return web.json_response(body, headers=dict(reply.headers))


async def _streamed(
    connection: web.Request, request: Request, reply: Reply, flavour: Flavour
) -> web.StreamResponse:
    stream = web.StreamResponse(headers={**reply.headers, "Content-Type": "text/event-stream"})
    await stream.prepare(connection)
    await stream.write(_event(request, {"role": "assistant", "content": ""}))
    if reply.manner == "stall":
        await asyncio.Event().wait()
    for field, piece in _pieces(reply, flavour):
        await asyncio.sleep(reply.pause)
        await stream.write(_event(request, {field: piece}))
        request.said += piece if field == "content" else ""
    if reply.cut is not None:
        return _broken(connection, request, "cut")
    await _end(stream, request, reply, flavour)
    request.ended = "answered"
    return stream


def _pieces(reply: Reply, flavour: Flavour) -> Iterator[tuple[str, str]]:
    text = reply.text if reply.cut is None else reply.text[: reply.cut]
    for field, said in ((flavour.thinking, reply.thinking), ("content", text), ("refusal", reply.refusal)):
        for start in range(0, len(said), reply.step):
            yield field, said[start : start + reply.step]


async def _end(stream: web.StreamResponse, request: Request, reply: Reply, flavour: Flavour) -> None:
    if reply.finish:
        await stream.write(_event(request, {}, reply.finish))
    options = request.body.get("stream_options") or {}
    usage = _usage(request, reply)
    if usage and options.get("include_usage") and "stream_options" not in flavour.ignores:
        chunk = {**_about(request, "chat.completion.chunk"), "choices": [], "usage": usage}
        await stream.write(_line(chunk))
    if reply.done:
        await stream.write(b"data: [DONE]\n\n")
    await stream.write_eof()


def _usage(request: Request, reply: Reply) -> Json | None:
    if reply.usage is None:
        return None
    asked = sum(len(message["content"]) for message in request.body["messages"])
    counted = (
        -(-asked // CHARACTERS_A_TOKEN),
        -(-len(reply.thinking + reply.text + reply.refusal) // CHARACTERS_A_TOKEN),
    )
    read, written = counted if reply.usage == "counted" else reply.usage
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _about(request: Request, kind: str) -> Json:
    return {**_ABOUT, "object": kind, "model": request.body["model"]}


def _event(request: Request, delta: Json, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _line({**_about(request, "chat.completion.chunk"), "choices": [choice]})


def _line(chunk: Json) -> bytes:
    return f"data: {json.dumps(chunk)}\n\n".encode()
