"""Faults a test can order: wrong answers, no answers, answers that come too late.

Knows nothing of what a method does: only whether it is done (`delivered`) and what the caller sees of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

_PHRASES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    409: "Conflict",
    429: "Too Many Requests",
}
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(frozen=True)
class Fault:
    """What happens to one request instead of a plain answer.

    `delivered`: the request is carried out all the same. `manner`: how the answer comes, if it comes;
    a drip takes `seconds`. `body` replaces the whole answer, `changes` only fields of its result.
    """

    status: int = 200
    description: str = ""
    parameters: Mapping[str, int] = field(default_factory=dict)
    body: str | None = None
    delivered: bool = False
    manner: Literal["answer", "hang", "drop", "drip"] = "answer"
    seconds: float = 0.0
    changes: Mapping[str, Any] | None = None

    @property
    def told(self) -> str:
        """The description with Telegram's prefix for the status."""
        phrase = _PHRASES.get(self.status, "Internal Server Error")
        if self.description.startswith(phrase):
            return self.description
        return f"{phrase}: {self.description}" if self.description else phrase


def flood(retry_after: int) -> Fault:
    """429: wait `retry_after` seconds."""
    return Fault(429, f"retry after {retry_after}", {"retry_after": retry_after})


def blocked(description: str = "bot was blocked by the user") -> Fault:
    """403: the bot may not write here."""
    return Fault(403, description)


def refused(description: str) -> Fault:
    """400 with this description."""
    return Fault(400, description)


def migrated(new_chat_id: int) -> Fault:
    """400: the group now has another id."""
    text = "group chat was upgraded to a supergroup chat"
    return Fault(400, text, {"migrate_to_chat_id": new_chat_id})


def revoked() -> Fault:
    """401: the token is not valid any more."""
    return Fault(401)


def conflict(description: str = OTHER_POLLER) -> Fault:
    """409: somebody else polls, or a webhook is set."""
    return Fault(409, description)


def outage(status: int = 502, *, delivered: bool = False) -> Fault:
    """A 5xx from a gateway; the request may have been carried out behind it."""
    return Fault(status, "gateway", delivered=delivered)


def hang(*, delivered: bool = True) -> Fault:
    """No answer until the caller gives up."""
    return Fault(manner="hang", delivered=delivered)


def drop(*, delivered: bool = False) -> Fault:
    """The connection is cut before any answer."""
    return Fault(manner="drop", delivered=delivered)


def drip(seconds: float) -> Fault:
    """The right answer, a few bytes at a time, over `seconds`."""
    return Fault(manner="drip", delivered=True, seconds=seconds)


def garbage(body: str = "{", *, status: int = 200, delivered: bool = True) -> Fault:
    """An answer that is not what it should be."""
    return Fault(status, body=body, delivered=delivered)


def altered(**changes: Any) -> Fault:
    """The right answer with these fields of its result replaced."""
    return Fault(delivered=True, changes=changes)


@dataclass
class _Order:
    method: str
    chat_id: int | None
    fault: Fault
    times: int


class Schedule:
    """The faults ordered and not yet happened, first ordered, first served."""

    def __init__(self) -> None:
        self._orders: list[_Order] = []

    def add(self, method: str, fault: Fault, chat_id: int | None, times: int) -> None:
        """Let the next `times` calls of `method` (to that chat, if given) fail so."""
        self._orders.append(_Order(method.lower(), chat_id, fault, times))

    def take(self, method: str, chat_id: object) -> Fault | None:
        """The fault for this call, used up by it."""
        for order in self._orders:
            if order.times > 0 and order.method == method.lower() and order.chat_id in (None, chat_id):
                order.times -= 1
                return order.fault
        return None

    def awaits(self, method: str) -> bool:
        """Whether the next call of `method` will fail."""
        return any(order.times > 0 and order.method == method.lower() for order in self._orders)
