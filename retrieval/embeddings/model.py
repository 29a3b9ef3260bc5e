"""What every embedding model is, and what those on this machine share. Knows nothing of any one model."""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import ModelFault

Vectors = NDArray[np.float32]


class EmbeddingModel(Protocol):
    """Turns texts into unit vectors whose dot product is their likeness."""

    @property
    def id(self) -> str:
        """Names the weights: vectors of one id compare only with each other."""

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Vectors]]:
        """Embed texts, batch by batch in the quickest order: (positions in ``texts``, their vectors).

        Raises ModelFault when the model cannot be loaded or reached, after the batches that succeeded.
        """

    def question(self, text: str) -> Vectors:
        """One question's vector, of shape (dimensions,). Raises ModelFault as :meth:`passages` does."""


def batches(lengths: Sequence[int], room: int) -> list[list[int]]:
    """Positions in batches of like lengths that fit into ``room`` when padded, a longer one by itself.

    The longest come first, so that no core is left with one at the end.
    """
    found: list[list[int]] = []
    for position in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if found and (len(found[-1]) + 1) * lengths[found[-1][0]] <= room:
            found[-1].append(position)
        else:
            found.append([position])
    return found


def on_all_cores(
    run: Callable[[Sequence[int]], Vectors], work: Sequence[Sequence[int]]
) -> Iterator[tuple[Sequence[int], Vectors]]:
    """Each batch of positions with its vectors, one batch at a time on each core."""
    cores = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="embedding", initializer=_give_way)
    try:
        yield from zip(work, cores.map(run, work), strict=True)
    finally:
        cores.shutdown(cancel_futures=True)  # who stops listening is not kept waiting for the rest
        give_back()


def _give_way() -> None:
    """Let questions go first: on Linux each thread has a priority of its own."""
    if sys.platform == "linux":
        os.nice(10)


def give_back() -> None:
    """Return freed memory to the system, where its C library can: glibc would keep the peak for itself."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim:
        trim(0)


def unit(vectors: NDArray[Any]) -> Vectors:
    """Vectors scaled to length 1."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled


def packaged(package: str, name: str, sha256: str, install: str) -> Path:
    """The file of an installed package, found without importing it and checked against its hash.

    Raises ModelFault, which says what to ``install``.
    """
    spec = importlib.util.find_spec(package)
    folders = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    found = next((path for folder in folders for path in sorted(folder.rglob(name))), None)
    if found is None:
        raise ModelFault(f"The embedding model is not installed: run `pip install {install}`.")
    with found.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != sha256:
        raise ModelFault(
            f"The embedding model's file {name} is not the one Footnote was tested with: "
            f"run `pip install --force-reinstall {install}`."
        )
    return found
