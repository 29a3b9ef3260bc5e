"""Keeps passage vectors in Chroma, one collection an owner. Knows nothing of texts or models.

Everything here is derived from the database and can be deleted and rebuilt. All calls block: the embedded
Chroma client has no asynchronous form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
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


_P = ParamSpec("_P")
_R = TypeVar("_R")


def _explained(method: Callable[Concatenate[Index, _P], _R]) -> Callable[Concatenate[Index, _P], _R]:
    """Whatever Chroma raises becomes an IndexFault that says what to do."""

    @wraps(method)
    def explained(self: Index, /, *args: _P.args, **options: _P.kwargs) -> _R:
        try:
            return method(self, *args, **options)
        except IndexFault:
            raise
        except Exception as error:
            raise IndexFault(self.explanation(error)) from error

    return explained


class Index:
    """The collections of one Chroma folder, or of one Chroma server.

    Every method raises IndexFault when Chroma does not do as it is told.
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        """Open Chroma in ``folder``, or at ``url``."""
        self._folder = folder
        self._server = urlsplit(url) if url else None
        self._collections: dict[str, Any] = {}
        self._client = self._open()

    @_explained
    def _open(self) -> Any:
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        if self._server is None:
            return chromadb.PersistentClient(str(self._folder), settings=settings)
        secure = self._server.scheme == "https"
        client: Any = chromadb.HttpClient(
            host=self._server.hostname or "localhost",
            port=self._server.port or (443 if secure else 8000),
            ssl=secure,
            settings=settings,
        )
        for connections in _connections(client):
            connections.timeout = _PATIENCE  # it would wait for ever, and has no setting for it
        return client

    def explanation(self, error: Exception) -> str:
        """What to do about something that Chroma raised, in one sentence."""
        from chromadb.errors import ChromaError

        if self._server is None:
            reason = str(error).partition("\n")[0]
            return f"The vector index in {self._folder} does not answer ({reason}): {_REMEDY}"
        place = self._server.hostname
        if isinstance(error, ChromaError):
            return f"The Chroma server at {place} refused ({type(error).__name__}): {_REMEDY}"
        return (
            f"The Chroma server at {place} does not answer: start it, or correct CHROMA_URL, or clear "
            "CHROMA_URL and run `footnote reindex` to keep the index in the data folder."
        )

    def close(self) -> None:
        """Let go of the folder's files, or of the connections to the server."""
        self._client.close()
        if self._server:
            for connections in _connections(self._client):
                connections.close()

    @_explained
    def make(self, name: str) -> None:
        """Make an empty collection."""
        self._collections[name] = self._client.create_collection(
            name, configuration=_SPACE, embedding_function=None
        )

    @_explained
    def drop(self, name: str) -> None:
        """Delete a collection, if it is there."""
        self._collections.pop(name, None)
        if name in self.names():
            self._client.delete_collection(name)

    @_explained
    def names(self) -> set[str]:
        """The names of all collections."""
        return {collection.name for collection in self._client.list_collections()}

    @_explained
    def count(self, name: str) -> int:
        """How many passages a collection holds."""
        return int(self._collection(name).count())

    @_explained
    def numbers(self, name: str) -> set[int]:
        """The numbers of the passages a collection holds."""
        return {int(id) for id in self._collection(name).get(include=[])["ids"]}

    @_explained
    def put(self, name: str, numbers: Sequence[int], vectors: Vectors) -> None:
        """Store the vectors of passages, over older ones of the same numbers."""
        for start in range(0, len(numbers), _BATCH):
            part = slice(start, start + _BATCH)
            ids = [str(number) for number in numbers[part]]
            self._collection(name).upsert(ids=ids, embeddings=vectors[part])

    @_explained
    def delete(self, name: str, numbers: Iterable[int]) -> None:
        """Take passages away; those that are not there are passed over."""
        ids = [str(number) for number in numbers]
        for start in range(0, len(ids), _BATCH):
            self._collection(name).delete(ids=ids[start : start + _BATCH])

    @_explained
    def nearest(self, name: str, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """The ``limit`` passages nearest to a vector: (number, cosine), nearest first."""
        found = self._collection(name).query(
            query_embeddings=vector[np.newaxis], n_results=limit, include=["distances"]
        )
        return [
            (int(id), 1.0 - distance)
            for id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        ]

    @_explained
    def answers(self, name: str, number: int, vector: Vectors) -> bool:
        """Whether a passage is found by its own vector, among all and by its number."""
        try:
            among_all = self.nearest(name, vector, 1)
            by_id = self._collection(name).query(
                query_embeddings=vector[np.newaxis], ids=[str(number)], n_results=1, include=["distances"]
            )
        except Exception:
            self._client.heartbeat()  # a server that is gone has lost nothing: that is another fault
            return False
        return bool(among_all) and among_all[0][1] > _SAME and by_id["ids"][0] == [str(number)]

    def _collection(self, name: str) -> Any:
        if name not in self._collections:
            self._collections[name] = self._client.get_collection(name, embedding_function=None)
        return self._collections[name]


def _connections(client: Any) -> tuple[Any, Any]:
    """The two HTTP clients in a Chroma client, which it neither limits nor closes."""
    return client._server._session, client._admin_client._server._session


_PATIENCE = 20  # seconds a Chroma server may be silent
_SAME = 0.98  # the cosine of a vector with its own copy, stored with less precision
_REMEDY = "run `footnote reindex` to build it anew."
