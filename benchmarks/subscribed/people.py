"""Makes up subscribers: their wishes, their zones and the times they ask for. Knows nothing of delivery."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from benchmarks.subscribed.news import topics

FIRST = 5_000_001  # the number of the first person
ZONES = (
    "Pacific/Pago_Pago", "Pacific/Honolulu", "Pacific/Marquesas", "America/Anchorage", "America/Los_Angeles",
    "America/Phoenix", "America/Denver", "America/Mexico_City", "America/Chicago", "America/New_York",
    "America/Bogota", "America/Halifax", "America/Caracas", "America/St_Johns", "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires", "Atlantic/Azores", "Africa/Accra", "Europe/London", "Europe/Lisbon",
    "Europe/Berlin", "Africa/Lagos", "Europe/Madrid", "Europe/Athens", "Africa/Cairo", "Africa/Johannesburg",
    "Europe/Istanbul", "Asia/Tehran", "Asia/Dubai", "Asia/Kabul", "Asia/Karachi", "Asia/Kolkata",
    "Asia/Kathmandu", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore", "Asia/Tokyo", "Australia/Adelaide",
    "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip

_PROFILES = 200
_FEW = 1_000  # people who live in two zones, so that some of their editions are due together
_MINUTE = 7 * 60  # everybody's: what is due at seven in many zones at once is the hardest
_LENGTHS = ("glance",) * 6 + ("standard",) * 3 + ("deep",)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one person asks for."""

    person: int
    zone: str
    minute: int
    topics: tuple[str, ...]
    role: str
    length: str


def everybody(count: int) -> Iterator[Wishes]:
    """So many people, the same on every run; 200 distinct profiles, 40 zones, three lengths."""
    chance = random.Random(6)
    zones = ZONES[::20] if count < _FEW else ZONES
    profiles = list(combinations(topics(), 2))[:_PROFILES]
    for at in range(count):
        profile = chance.randrange(_PROFILES)
        yield Wishes(
            person=FIRST + at,
            zone=chance.choice(zones),
            minute=_MINUTE,
            topics=profiles[profile],
            role=("", "analyst", "journalist")[profile % 3],
            length=chance.choice(_LENGTHS),
        )
