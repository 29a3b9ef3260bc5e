"""The scripted server itself: opens and closes it, takes requests, and gives tests their doors.

Knows nothing of how replies travel. It runs in a thread with an event loop of its own, so that plain tests,
async tests and programs in other processes can use it alike. Doors that wait block their caller; in an async
test: ``await asyncio.to_thread(server.eventually, ...)``.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

from aiohttp import web

from modelserver import flavours, rules, wire
from modelserver.flavours import FLAVOURS, Flavour
from modelserver.records import Request
from modelserver.replies import Reply, says

T = TypeVar("T")


class ModelServer:
    """A model behind an OpenAI-compatible server, as a context manager."""

    def __init__(
        self,
        reply: Callable[[Request], Any] | None = None,
        *,
        flavour: str | Flavour = "openai",
        model: str = "scripted",
        key: str = "sk-scripted-secret",
    ) -> None:
        """``reply`` is the model: it is asked when nothing is scripted, in the server's thread."""
        self.model = model
        self.key = key
        self.requests: list[Request] = []
        self.flavour = FLAVOURS[flavour] if isinstance(flavour, str) else flavour
        self.complaints: list[str] = []
        self._reply = reply or _fitting
        self._script: list[Any] = []
        self._bugs: list[Exception] = []
        self._port = 0

    # -- opening and closing

    def __enter__(self) -> ModelServer:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="model-server", daemon=True)
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        self._run(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if kind is None:
            if self._bugs:
                raise self._bugs[0]
            assert not self.complaints, f"requests that no server takes: {self.complaints}"

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(15)

    async def _open(self) -> None:
        application = web.Application(client_max_size=8 * 2**20)
        application.router.add_post("/v1/chat/completions", self._serve)
        self._runner = web.AppRunner(
            application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    @property
    def url(self) -> str:
        """Its address up to ``/v1``, as OPENAI_BASE_URL."""
        return f"http://127.0.0.1:{self._port}/v1"

    @contextlib.contextmanager
    def unreachable(self) -> Iterator[None]:
        """Nobody listens at the address for a while, and open connections are cut."""
        self._run(self._runner.cleanup())
        try:
            yield
        finally:
            self._run(self._open())

    # -- what tests order and ask

    def script(self, *replies: Any) -> None:
        """Let the next requests be answered so, in order: a Reply, text, or anything JSON can write."""
        self._script.extend(replies)

    @property
    def answered(self) -> list[Request]:
        """The requests that the server took, in order."""
        return [request for request in list(self.requests) if not request.refusal]

    def eventually(self, found: Callable[[], T | None], timeout: float = 10.0, what: str = "it happens") -> T:
        """The first true value of ``found`` within ``timeout`` seconds.

        Raises:
            AssertionError: it stayed false.
        """
        deadline = time.monotonic() + timeout
        while not (value := found()):
            assert time.monotonic() < deadline, f"{what}: not within {timeout:g} s; {self.requests[-3:]}"
            time.sleep(0.01)
        return value

    # -- answering

    async def _serve(self, connection: web.Request) -> web.StreamResponse:
        try:
            body = await connection.json()
        except ValueError:
            body = None
        request = Request(body, dict(connection.headers))
        self.requests.append(request)
        if refused := self._refused(request):
            status, field, message = refused
            request.ended, request.refusal = "refused", message
            told = flavours.error(self.flavour, status, field, message)
            return web.json_response(told, status=status) if isinstance(told, dict) else _page(told, status)
        try:
            reply = says(self._script.pop(0) if self._script else self._reply(request))
        except Exception as bug:
            self._bugs.append(bug)
            return _page(f"a bug in the scripted model: {bug!r}", 500)
        return await wire.send(connection, request, reply, self.flavour)

    def _refused(self, request: Request) -> tuple[int, str | None, str] | None:
        """Why this server does not take a request: a status, the field and its words."""
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return 401, None, f"Incorrect API key provided: {self.key[:6]}***"
        if complaint := rules.complaint(request.body):
            self.complaints.append(complaint)
            return 400, None, complaint
        if request.body["model"] != self.model and not self.flavour.any_model:
            return 404, "model", f"The model `{request.body['model']}` does not exist"
        if refusal := flavours.refusal(self.flavour, dict(request.body)):
            return 400, *refusal
        return None


def _page(text: str, status: int) -> web.Response:
    return web.Response(text=text, status=status)


def _fitting(request: Request) -> Reply:
    """The smallest reply that fits the schema, where there is one."""
    return says(rules.smallest(request.schema) if request.schema else {})
