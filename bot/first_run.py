"""Gives an empty library something to ask about. Knows nothing of Telegram."""

from __future__ import annotations

import asyncio
import sys

from bot.progress import shown
from retrieval.library import Library
from retrieval.sources import sample_drafts


async def offer_sample(library: Library) -> None:
    """Load the sample library into an empty one: after a yes at a terminal, elsewhere without asking.

    Never where somebody has added a document, nor where it was declined or removed before.
    """
    if not await library.wants_sample():
        return
    if sys.stdin.isatty() and not await asyncio.to_thread(_agreed):
        await library.decline_sample()
        return
    await load_sample(library)


async def load_sample(library: Library) -> None:
    """Load the sample library and say so."""
    with shown() as show:
        report = await library.add(
            sample_drafts(), progress=lambda done, total: show("Indexing passages", done, total)
        )
    held = len(report.added) + len(report.unchanged)
    print(f"Loaded the sample library: {held} short made-up articles (`footnote sample --remove` ends it).")


def _agreed() -> bool:
    try:
        reply = input(
            "The library is empty. Load the sample library, 16 short made-up articles, to try it? [Y/n] "
        )
    except EOFError:
        return False
    return reply.strip().lower() in ("", "y", "yes")
