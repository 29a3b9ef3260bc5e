"""What goes through the door and what comes back, as frozen values. Knows nothing of how it is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class Fault(Exception):
    """Why nothing came. The message completes the sentence "“address” …"."""

    def __init__(self, reason: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one fetch may cost. ``least`` bytes must come in every ``window`` seconds of a body."""

    seconds: float = 30
    connecting: float = 10
    hops: int = 5
    bytes: int = 10 * 1024 * 1024
    window: float = 10
    least: int = 4096


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask later whether anything changed; shown to the address it is of, no other."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered.

    ``url`` is where it was found after redirects, ``moved_to`` where it is for good from now on, as far as
    the first redirects were permanent. ``headers`` has lower-case names. ``retry_after`` is in seconds.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    validators: Validators | None = None
    moved_to: str | None = None
    retry_after: float | None = None

    @property
    def not_modified(self) -> bool:
        """Whether nothing changed since the validators were given; then there is no body."""
        return self.status == 304

    @property
    def media_type(self) -> str:
        """What the server calls it, such as ``text/html``, or nothing."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()
