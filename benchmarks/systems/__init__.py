"""The systems that are compared, one a module: each fills a folder and searches what it filled.

A system knows nothing of how it is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from benchmarks.data import Article

NAMES = ("footnote", "llamaindex", "bm25", "chroma")
FILLED = ("footnote", "llamaindex")  # the rest read the passages and vectors that Footnote stored


class System(Protocol):
    """One way to find documents. Everything it keeps is in the folder it was opened in."""

    def fill(self, articles: Sequence[Article]) -> int:
        """Store and index articles; returns the number of passages this made."""

    def open(self) -> None:
        """Load what was filled, ready to search."""

    def search(self, question: str, k: int, until: date | None = None) -> list[str]:
        """The documents of the best ``k`` passages, best first; ``until`` hides what came out later."""

    def close(self) -> None:
        """Let go of the folder."""


def system(name: str, folder: Path) -> System:
    """A system by its name, one of :data:`NAMES`, that keeps its things in ``folder``."""
    return cast(System, import_module(f"benchmarks.systems.{name}").make(folder))
