"""Lets each chat have one piece of work at a time, in order. Knows nothing of Telegram or of answers."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum

import structlog

from bot.faults import described

Work = Callable[[], Awaitable[object]]

_log = structlog.get_logger()


class State(Enum):
    """What became of a piece of work when it was handed in."""

    STARTED = "started"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a turn stands. ``first`` is True for the first of its state since the chat was last idle."""

    id: str
    state: State
    first: bool = True


@dataclass(slots=True)
class _Turn:
    id: str
    work: Work


@dataclass(slots=True)
class _Line:
    """The work of one chat: the task under way, the turns behind it, and what was already said of them."""

    turn: str
    running: asyncio.Future[None]
    waiting: deque[_Turn] = field(default_factory=deque)
    said: set[State] = field(default_factory=set)
    worker: asyncio.Task[None] | None = None


class Turns:
    """Different chats work side by side; within one chat at most ``waiting`` turns stand behind the first."""

    def __init__(self, *, waiting: int = 5) -> None:
        self._limit = waiting
        self._lines: dict[int, _Line] = {}
        self._closing = False

    def take(self, chat: int, work: Work) -> Standing:
        """Start ``work`` now, queue it behind what the chat is busy with, or refuse it when much waits."""
        turn = _Turn(secrets.token_hex(6), work)
        line = self._lines.get(chat)
        if self._closing:
            return Standing(turn.id, State.REFUSED, first=False)
        if line is None:
            line = self._lines[chat] = _Line(turn.id, _begun(work))
            line.worker = asyncio.create_task(self._run(chat, line))
            return Standing(turn.id, State.STARTED)
        if len(line.waiting) >= self._limit:
            state = State.REFUSED
        elif line.running.done() and not line.waiting:  # its worker only has to wake up
            state = State.STARTED
        else:
            state = State.WAITING
        if state is not State.REFUSED:
            line.waiting.append(turn)
        first = state not in line.said
        line.said.add(state)
        return Standing(turn.id, state, first)

    def instead(self, chat: int, id: str) -> bool:
        """Break off what the chat is busy with and go on with turn ``id``; False where it does not wait."""
        line = self._lines.get(chat)
        turn = next((turn for turn in line.waiting if turn.id == id), None) if line else None
        if line is None or turn is None:
            return False
        line.waiting.remove(turn)
        line.waiting.appendleft(turn)
        line.running.cancel()
        return True

    def end(self, chat: int, id: str) -> bool:
        """Break off turn ``id``, if that is what the chat is busy with, and go on with what waits."""
        line = self._lines.get(chat)
        if line is None or line.turn != id:
            return False
        line.running.cancel()
        return True

    def stop(self, chat: int) -> int:
        """Break off what the chat is busy with and all that waits; how many turns that were."""
        line = self._lines.get(chat)
        if line is None:
            return 0
        stopped = 1 + len(line.waiting)
        line.waiting.clear()
        line.running.cancel()
        return stopped

    async def close(self, grace: float) -> None:
        """Take nothing more, give what is under way or waits ``grace`` seconds to end, then break it off."""
        self._closing = True
        workers = [line.worker for line in self._lines.values() if line.worker]
        if not workers:
            return
        _, late = await asyncio.wait(workers, timeout=grace)
        for line in list(self._lines.values()):
            line.waiting.clear()
            line.running.cancel()
        if late:
            _log.warning("turns.broken_off", chats=len(late))
            await asyncio.wait(late, timeout=max(grace, 1))

    async def _run(self, chat: int, line: _Line) -> None:
        try:
            while True:
                await asyncio.wait({line.running})
                if not line.running.cancelled() and (error := line.running.exception()):
                    _log.error("turn.failed", chat=chat, **described(error))
                if not line.waiting:
                    return
                turn = line.waiting.popleft()
                line.turn, line.running = turn.id, _begun(turn.work)
        finally:
            del self._lines[chat]


def _begun(work: Work) -> asyncio.Future[None]:
    async def run() -> None:
        await work()

    return asyncio.ensure_future(run())
