"""Keeps the vectors of passages in the database, so that nothing is embedded twice. Knows nothing of indexes.

A vector is found by a digest of what was embedded: a rebuild, a second copy or a change elsewhere in its
document costs no model time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval.database import execute, rows
from retrieval.embeddings import EmbeddingModel, Vectors
from retrieval.errors import ModelFault

_KEPT = 2.0  # seconds of embedding between two writes: what a crash can cost
_PACKED = np.dtype(np.float16)  # half the room, and the order of hits stays the same


def unpacked(stored: Iterable[bytes]) -> Vectors:
    """Stored vectors as rows of an array."""
    return np.stack([np.frombuffer(each, dtype=_PACKED) for each in stored]).astype(np.float32)


class Vectorized:
    """The vectors that one embedding model has made, and makes where they are missing."""

    def __init__(self, engine: AsyncEngine, model: EmbeddingModel) -> None:
        self._engine = engine
        self._model = model

    async def of(self, wanted: Mapping[str, str], progress: Callable[[int], None]) -> dict[str, bytes]:
        """The stored vectors of texts given by digest; those the database lacks are embedded and kept.

        ``progress`` is told how many are done. Raises ModelFault when the model cannot go on; what was kept
        until then stays.
        """
        found = await rows(
            self._engine,
            "SELECT digest, vector FROM vectors WHERE model = :model AND digest IN :digests",
            model=self._model.id,
            digests=list(wanted),
        )
        known = {row.digest: row.vector for row in found}
        missing = [digest for digest in wanted if digest not in known]
        recorded = await self._dimensions() if missing else None
        batches = self._model.passages([wanted[digest] for digest in missing]) if missing else iter(())
        while some := await asyncio.to_thread(_take, batches, missing, recorded):
            await self._keep(some)
            known.update(some)
            progress(len(known))
        return known

    async def forget_other_sizes(self) -> None:
        """Erase the stored vectors of another size than the model's now, if the model can be asked."""
        try:
            now = len(await asyncio.to_thread(self._model.question, "size"))
        except ModelFault:
            return
        await execute(
            self._engine,
            "DELETE FROM vectors WHERE model = :model AND length(vector) != :bytes",
            model=self._model.id,
            bytes=now * _PACKED.itemsize,
        )

    async def _dimensions(self) -> int | None:
        """How many dimensions the model's stored vectors have, if there are any."""
        found = await rows(
            self._engine,
            "SELECT length(vector) AS bytes FROM vectors WHERE model = :model LIMIT 1",
            model=self._model.id,
        )
        return found[0].bytes // _PACKED.itemsize if found else None

    async def _keep(self, vectors: Mapping[str, bytes]) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(
                text("INSERT OR REPLACE INTO vectors VALUES (:digest, :model, :vector)"),
                [{"digest": d, "model": self._model.id, "vector": v} for d, v in vectors.items()],
            )


def _take(
    batches: Iterator[tuple[Sequence[int], Vectors]], digests: Sequence[str], recorded: int | None
) -> dict[str, bytes]:
    """The vectors of the next seconds, packed, by digest. Raises ModelFault where the size is another."""
    taken: dict[str, bytes] = {}
    until = time.monotonic() + _KEPT
    for positions, vectors in batches:
        if recorded and vectors.shape[1] != recorded:
            raise ModelFault(
                f"The embedding model answers with {vectors.shape[1]} dimensions where the library's vectors "
                f"have {recorded}: set EMBEDDINGS back, or, if the change was meant, run `footnote reindex`."
            )
        for position, vector in zip(positions, vectors, strict=True):
            taken[digests[position]] = vector.astype(_PACKED).tobytes()
        if time.monotonic() > until:
            break
    return taken
