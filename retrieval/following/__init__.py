"""Follows the sources people choose and keeps them fresh. Knows nothing of Telegram, commands or settings."""

from __future__ import annotations

from retrieval.following.apart import answers_only
from retrieval.following.following import Following, open_following
from retrieval.following.types import (
    Allowance,
    Followed,
    Imported,
    Looked,
    Notice,
    Offer,
    Refreshed,
    Source,
    State,
)

__all__ = [
    "Allowance",
    "Followed",
    "Following",
    "Imported",
    "Looked",
    "Notice",
    "Offer",
    "Refreshed",
    "Source",
    "State",
    "answers_only",
    "open_following",
]
