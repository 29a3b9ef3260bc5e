"""Goes through the door in turn at each host, on somebody's account. Knows nothing of what comes back."""

from __future__ import annotations

from retrieval.fetch import Door, Fetched, Validators
from retrieval.following.addresses import host
from retrieval.following.hosts import Hosts
from retrieval.following.limits import Allowances

FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, text/html;q=0.6, */*;q=0.5"
)


class Visits:
    """The way to the web for all that is followed."""

    def __init__(self, door: Door, hosts: Hosts, allowances: Allowances) -> None:
        self._door = door
        self._hosts = hosts
        self._allowances = allowances

    async def fetch(
        self,
        url: str,
        owner: str,
        *,
        validators: Validators | None = None,
        accept: str | None = None,
        pause: float = 0.0,
    ) -> Fetched:
        """What is at an address, asked for an owner; ``pause`` seconds are left after it at least.

        Raises Unreachable, or LimitReached where the owner has fetched enough for today.
        """
        await self._allowances.spend(owner)
        more = {"accept": accept} if accept else {}
        async with self._hosts.turn(host(url), pause):
            return await self._door.fetch(url, validators=validators, **more)
