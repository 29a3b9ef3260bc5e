"""Writes the editions that are kept in `docs/examples`: pages made from the sample library, without a model.

    python docs/examples.py

Knows nothing of how a briefing comes about: it asks for a few, for readers and days that show its kinds.
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot import logs
from bot.render.brief_page import page
from retrieval.briefing import Briefings, Profile
from retrieval.corpus import read_corpus
from retrieval.embeddings import LocalMiniLM
from retrieval.library import open_library
from retrieval.sample import LIBRARY
from retrieval.types import Scope

EXAMPLES = Path(__file__).resolve().parent / "examples"


@dataclass(frozen=True, slots=True)
class Example:
    """One edition: for whom, of which day, with what is new since another; what it shows."""

    name: str
    shows: str
    profile: Profile
    today: date
    since: date | None = None


OF = (
    Example("first", "a first briefing of a library that is an archive", Profile(), date(2026, 11, 22)),
    Example(
        "in-force",
        "what really changed and what is old, for an analyst who follows the treaty",
        Profile("policy analyst", "government", ("treaty between Russia and Iran",)),
        date(2025, 10, 3),
        date(2025, 10, 2),
    ),
    Example(
        "disagreeing",
        "two publishers that give two numbers, both shown",
        Profile("engineer", "construction", ("flood barrier",)),
        date(2025, 6, 26),
        date(2025, 6, 24),
    ),
    Example(
        "update",
        "an update that tells only what was added",
        Profile("fire officer", "", ("home batteries",)),
        date(2025, 8, 20),
        date(2025, 8, 19),
    ),
    Example("corrected", "a result that was corrected", Profile(), date(2025, 9, 30), date(2025, 9, 30)),
    Example("quiet", "a quiet day", Profile(), date(2025, 11, 8), date(2025, 11, 7)),
)


async def written() -> None:
    """Every example as a page, and a list of them."""
    EXAMPLES.mkdir(exist_ok=True)
    lines = ["# Examples", "", "Editions of the sample library, as the share page shows them:", ""]
    with tempfile.TemporaryDirectory() as folder:
        async with open_library(Path(folder), LocalMiniLM()) as library:
            await library.add(read_corpus(LIBRARY))
            briefings = Briefings(library)
            for each in OF:
                told = await briefings.brief(each.profile, Scope(), today=each.today, since=each.since)
                (EXAMPLES / f"{each.name}.html").write_text(page(told), encoding="utf-8")
                lines.append(f"- [{each.name}.html]({each.name}.html): {each.shows}")
    lines += ["", "Written by `python docs/examples.py`; the sample's articles and publishers are made up."]
    (EXAMPLES / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    logs.configure(quiet=True)
    asyncio.run(written())
