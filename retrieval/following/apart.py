"""Tells what stays out of briefings. Knows nothing of what briefings are made from otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrieval.following.following import Following
    from retrieval.following.types import Source


async def answers_only(following: Following, sources: Iterable[Source]) -> frozenset[int]:
    """The numbers of the documents of sources that are used in answers alone."""
    apart = [each for each in sources if not each.in_briefings]
    found = [await following.documents(each.number, each.owner) for each in apart]
    return frozenset(number for numbers in found for number in numbers)
