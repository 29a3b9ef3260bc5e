"""The double's HTTP: reads requests as Telegram does, lets faults happen, and writes the log.

Knows nothing of what methods mean.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from aiohttp import web

from botapi import about, limits, methods
from botapi.faults import Fault, Schedule
from botapi.methods import METHODS, Upload
from botapi.records import Call, Json
from botapi.rules import RefusalError, bad
from botapi.world import World

_REGISTERED = (methods, about)  # importing them registers their methods
_PATH = re.compile(r"/(file/)?bot([^/]*)/(.*)", re.DOTALL)
_TOKEN = re.compile(r"\d+:[\w-]{8,}")
_NOT_FOUND = RefusalError(404, "Not Found")


class Wire:
    """Serves one bot's world. `bugs` holds what went wrong in the double itself."""

    def __init__(self, world: World, token: str, faults: Schedule) -> None:
        self.bugs: list[Exception] = []
        self._world = world
        self._token = token
        self._faults = faults

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, or fail it as ordered."""
        path = _PATH.fullmatch(request.path)
        if path is None or not _TOKEN.fullmatch(path[2]):
            return _refuse(_NOT_FOUND)
        if path[2] != self._token:
            return _refuse(RefusalError(401, "Unauthorized"))
        if path[1]:
            return await self._serve_file(request, path[3])
        try:
            given = await _read_parameters(request)
        except RefusalError as refusal:
            return _refuse(refusal)
        fault = self._faults.take(path[3], given.get("chat_id"))
        answer = await self._perform(path[3], given, fault)
        return await _respond(request, answer, fault)

    async def _serve_file(self, request: web.Request, path: str) -> web.StreamResponse:
        fault = self._faults.take("file", None)
        if fault and not fault.delivered and fault.manner == "answer":
            return _refuse(RefusalError(fault.status, fault.told))
        file = next((file for file in self._world.files.values() if file.path == path), None)
        return await _respond(
            request, web.Response(body=file.content) if file else _refuse(_NOT_FOUND), fault
        )

    async def _perform(self, name: str, given: Json, fault: Fault | None) -> web.Response:
        """Carry a request out unless a fault prevents it."""
        method = METHODS.get(name.lower())
        if fault and not fault.delivered:
            return self._settle(name, given, fault, lambda: None)
        if method is None:
            return self._settle(name, given, fault, _raiser(_NOT_FOUND))
        if not iscoroutinefunction(method):
            return self._settle(name, given, fault, lambda: method(self._world, given))
        try:
            awaited = await method(self._world, given)
        except RefusalError as refusal:
            return self._settle(name, given, fault, _raiser(refusal))
        return self._settle(name, given, fault, lambda: awaited)

    def _settle(self, name: str, given: Json, fault: Fault | None, work: Callable[[], Any]) -> web.Response:
        """Do the work and write it down with its outcome, so that nobody sees the one without the other."""
        with self._world.changed:
            try:
                answer, told = _succeed(work(), fault)
            except RefusalError as refusal:
                answer, told = _refuse(refusal), refusal.description
            except Exception as bug:
                self.bugs.append(bug)
                told = f"Internal Server Error: a bug in the double: {bug!r}"
                answer = _refuse(RefusalError(500, told))
            unanswered = fault is not None and fault.manner in ("hang", "drop")
            self._world.log.append(Call(name, given, 0 if unanswered else answer.status, told))
            self._world.changed.notify_all()
        return answer


def _raiser(refusal: RefusalError) -> Callable[[], Any]:
    def work() -> Any:
        raise refusal

    return work


def _succeed(result: Any, fault: Fault | None) -> tuple[web.Response, str]:
    """The answer to a request that was carried out, or what a fault makes of it, and its description."""
    if fault and fault.body is not None:
        told = web.Response(text=fault.body, status=fault.status, content_type="application/json")
        return told, f"garbage: {fault.body}"
    if fault and fault.status != 200:
        return _refuse(RefusalError(fault.status, fault.told, **fault.parameters)), fault.told
    if fault and fault.changes:
        result = {**result, **fault.changes}
    return web.json_response({"ok": True, "result": result}), fault.manner if fault else ""


def _refuse(refusal: RefusalError) -> web.Response:
    body: Json = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return web.json_response(body, status=refusal.status)


async def _respond(request: web.Request, answer: web.Response, fault: Fault | None) -> web.StreamResponse:
    """Send the answer in the manner of the fault."""
    if fault and fault.manner == "hang":
        await asyncio.Event().wait()  # until the caller gives up, which cancels this
    if fault and fault.manner == "drop" and request.transport:
        request.transport.abort()
    if not fault or fault.manner != "drip":
        return answer
    body = answer.body if isinstance(answer.body, bytes) else b""
    stream = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.content_type})
    stream.content_length = len(body)
    await stream.prepare(request)
    step = max(1, len(body) // 20)
    for start in range(0, len(body), step):
        await asyncio.sleep(fault.seconds * step / len(body))
        await stream.write(body[start : start + step])
    return stream


async def _read_parameters(request: web.Request) -> Json:
    """The parameters of a request, from its address and its JSON, form or multipart body."""
    given: Json = {key: _decode(key, value) for key, value in request.query.items()}
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            raise bad("can't parse JSON object") from None
        if not isinstance(body, dict):
            raise bad("can't parse JSON object")
        return given | {key: _decode(key, v) if isinstance(v, str) else v for key, v in body.items()}
    try:
        form = await request.post()
    except web.HTTPRequestEntityTooLarge:
        raise RefusalError(413, "Request Entity Too Large") from None
    for key, value in form.items():
        if isinstance(value, web.FileField):
            with value.file:
                given[key] = Upload(value.filename, value.content_type, value.file.read())
        else:
            given[key] = _decode(key, str(value))
    attached = {
        key: given.get(v[9:]) for key, v in given.items() if isinstance(v, str) and v.startswith("attach://")
    }
    return given | attached


def _decode(key: str, value: str) -> Any:
    """A parameter that came as text: numbers, true and JSON are what they say, plain text stays text."""
    if key in limits.TEXT_PARAMETERS:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
