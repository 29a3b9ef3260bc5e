"""The double itself: opens and closes it, and gives tests their doors to people, faults and what was said.

Knows nothing of what methods mean nor how requests are read. It runs in a thread with an event loop of its
own, so that plain tests, async tests and bots in other processes can use it alike. Doors that wait block
their caller; in an async test: `await asyncio.to_thread(anna.hears)`.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

from aiohttp import web

from botapi.faults import Fault, Schedule
from botapi.limits import MAX_UPLOAD
from botapi.people import Group, Person
from botapi.records import Call, Chat, Draft, Json, Message
from botapi.wire import Wire
from botapi.world import World

T = TypeVar("T")


class BotApi:
    """A Telegram for one bot, as a context manager. With `pacing` it also refuses what comes too fast.

    `faults` decides what goes wrong where faults ordered one by one would not do.
    """

    def __init__(
        self,
        token: str = "123456:TEST-token-of-a-double-that-never-leaves",
        *,
        username: str = "footnote_bot",
        name: str = "Footnote",
        pacing: bool = False,
        faults: Schedule | None = None,
    ) -> None:
        self.token = token
        self.username = username
        bot = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": name, "username": username}
        self.world = World(bot, pacing=pacing)
        self._faults = faults or Schedule()
        self.world.updates.disturbed = lambda: self._faults.awaits("getUpdates")
        self._wire = Wire(self.world, token, self._faults)
        self._port = 0

    # -- opening and closing

    def __enter__(self) -> BotApi:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bot-api", daemon=True)
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        self._run(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if self._wire.bugs and kind is None:
            raise self._wire.bugs[0]

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(15)

    async def _open(self) -> None:
        application = web.Application(client_max_size=2 * MAX_UPLOAD)
        application.router.add_route("*", "/{tail:.*}", self._wire.serve)
        self._runner = web.AppRunner(
            application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    @property
    def url(self) -> str:
        """Where the bot finds it: methods at `/bot<token>/…`, files at `/file/bot<token>/…`."""
        return f"http://127.0.0.1:{self._port}"

    @contextlib.contextmanager
    def unreachable(self) -> Iterator[None]:
        """Nobody listens at the address for a while, and open connections are cut."""
        self._run(self._runner.cleanup())
        try:
            yield
        finally:
            self._run(self._open())

    # -- people

    def person(
        self, id: int, name: str, *, language: str = "en", username: str | None = None, is_bot: bool = False
    ) -> Person:
        """Somebody the bot has not met: it may write to them once they have written to it."""
        user: Json = {"id": id, "is_bot": is_bot, "first_name": name, "language_code": language}
        user |= {"username": username} if username else {}
        chat = self._adds(Chat(id, "private", name, username, standing="stranger"))
        self.world.users[id] = user
        return Person(self.world, user, chat)

    def group(self, title: str, *, upgraded: bool = True, admins: tuple[Person, ...] = ()) -> Group:
        """A group with the bot in it: a supergroup, or a plain group that may yet be upgraded."""
        number = 4_000_000 + len(self.world.chats)
        kind, id = ("supergroup", -1_000_000_000_000 - number) if upgraded else ("group", -number)
        members = {person.id: "administrator" for person in admins}
        return Group(self.world, self._adds(Chat(id, kind, title, members=members)))

    def _adds(self, chat: Chat) -> Chat:
        assert chat.id not in self.world.chats, f"there is a chat {chat.id} already"
        self.world.chats[chat.id] = chat
        return chat

    # -- what tests ask and order

    @property
    def log(self) -> list[Call]:
        """Every call the bot made, in order."""
        return self.world.log

    def calls(self, method: str) -> list[Call]:
        """The calls of one method, in order."""
        return [call for call in list(self.world.log) if call.method.lower() == method.lower()]

    def sent(self, chat: Person | Group) -> list[Message]:
        """Every message the bot sent to a chat, as it stands now; deleted ones are marked."""
        return [message for message in list(chat.chat.messages.values()) if message.from_bot]

    def drafts(self, person: Person) -> list[Draft]:
        """Every frame the bot streamed to a person."""
        return list(person.chat.drafts)

    def preview(self, person: Person) -> Draft | None:
        """The streamed preview that a person sees now."""
        return person.chat.preview

    def breaks(
        self, method: str, fault: Fault, *, times: int = 1, chat: Person | Group | None = None
    ) -> None:
        """Let the next `times` calls of `method` fail so; downloads are the method `file`."""
        self._faults.add(method, fault, chat.id if chat else None, times)

    def redelivers(self) -> None:
        """Deliver the last updates once more, though the bot confirmed them."""
        self.world.updates.redeliver()

    def pushes(self, kind: str, body: Json) -> None:
        """Queue any other update as it is (an inline query, a channel post)."""
        self.world.tell(kind, body)

    def eventually(self, found: Callable[[], T | None], timeout: float = 10.0, what: str = "it happens") -> T:
        """The first true value of `found` within `timeout` seconds.

        Raises:
            AssertionError: it stayed false.
        """
        return self.world.wait(found, timeout, what)
