"""Keeps passage vectors in Chroma, one collection an owner. Knows nothing of texts or models.

Everything here is derived from the database and can be deleted and rebuilt. All calls block: the embedded
Chroma client has no asynchronous form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from filelock import FileLock, Timeout

from retrieval.embeddings import Vectors
from retrieval.errors import IndexFault, LibraryBusy

_BATCH = 5_000  # Chroma refuses batches of more than 5,461
_SPACE = {"hnsw": {"space": "ip"}}  # the vectors are of unit length: inner product is cosine


def lock(folder: Path) -> FileLock:
    """Take the data folder for this process: two writers would lose vectors silently.

    Raises LibraryBusy when another process has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    held = FileLock(folder / "lock")
    try:
        held.acquire(timeout=0)
    except Timeout:
        raise LibraryBusy(
            f"Another Footnote is running with the data in {folder}: ask or add through it, or stop it first."
        ) from None
    return held


class Index:
    """The collections of one Chroma folder, or of one Chroma server."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        """Open Chroma in ``folder``, or at ``url``. Raises IndexFault when it cannot be."""
        import chromadb
        from chromadb.config import Settings

        self._client: Any
        settings = Settings(anonymized_telemetry=False)
        try:
            if url:
                place = urlsplit(url)
                self._client = chromadb.HttpClient(
                    host=place.hostname or "localhost",
                    port=place.port or 8000,
                    ssl=place.scheme == "https",
                    settings=settings,
                )
            else:
                self._client = chromadb.PersistentClient(str(folder), settings=settings)
        except Exception as error:
            raise IndexFault(
                f"The vector index at {url or folder} does not open ({error}): {_REMEDY}"
            ) from error
        self._collections: dict[str, Any] = {}

    def close(self) -> None:
        """Let go of the folder's files."""
        self._client.close()

    def make(self, name: str) -> None:
        """Make an empty collection."""
        self._collections[name] = self._client.create_collection(
            name, configuration=_SPACE, embedding_function=None
        )

    def drop(self, name: str) -> None:
        """Delete a collection, if it is there."""
        self._collections.pop(name, None)
        if name in self.names():
            self._client.delete_collection(name)

    def names(self) -> set[str]:
        """The names of all collections."""
        return {collection.name for collection in self._client.list_collections()}

    def count(self, name: str) -> int:
        """How many passages a collection holds."""
        return int(self._collection(name).count())

    def numbers(self, name: str) -> set[int]:
        """The numbers of the passages a collection holds."""
        return {int(id) for id in self._collection(name).get(include=[])["ids"]}

    def put(self, name: str, numbers: Sequence[int], vectors: Vectors) -> None:
        """Store the vectors of passages, over older ones of the same numbers."""
        for start in range(0, len(numbers), _BATCH):
            part = slice(start, start + _BATCH)
            ids = [str(number) for number in numbers[part]]
            self._collection(name).upsert(ids=ids, embeddings=vectors[part])

    def delete(self, name: str, numbers: Iterable[int]) -> None:
        """Take passages away; those that are not there are passed over."""
        ids = [str(number) for number in numbers]
        for start in range(0, len(ids), _BATCH):
            self._collection(name).delete(ids=ids[start : start + _BATCH])

    def nearest(self, name: str, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """The ``limit`` passages nearest to a vector: (number, cosine), nearest first."""
        found = self._collection(name).query(
            query_embeddings=vector[np.newaxis], n_results=limit, include=["distances"]
        )
        return [
            (int(id), 1.0 - distance)
            for id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        ]

    def answers(self, name: str, number: int, vector: Vectors) -> bool:
        """Whether a passage is found by its own vector, among all and by its number."""
        try:
            among_all = self.nearest(name, vector, 1)
            by_id = self._collection(name).query(
                query_embeddings=vector[np.newaxis], ids=[str(number)], n_results=1, include=["distances"]
            )
        except Exception:
            return False
        return bool(among_all) and among_all[0][1] > _SAME and by_id["ids"][0] == [str(number)]

    def _collection(self, name: str) -> Any:
        if name not in self._collections:
            try:
                self._collections[name] = self._client.get_collection(name, embedding_function=None)
            except Exception as error:
                raise IndexFault(f"The vector index has lost a collection: {_REMEDY}") from error
        return self._collections[name]


_SAME = 0.98  # the cosine of a vector with its own copy, stored with less precision
_REMEDY = "run `footnote reindex` to build it anew."
