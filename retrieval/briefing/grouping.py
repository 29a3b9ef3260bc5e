"""Puts documents into stories by a plain cut: near in meaning, and not too far apart in time.

Knows nothing of names, of databases or of what a story is told from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from retrieval.briefing.types import Story
from retrieval.embeddings import Vectors
from retrieval.types import Document

_NEAR = 0.7  # cosine of a document and a story from which it belongs to it
_APART = timedelta(200)  # since the story's newest document
_OPENING = 3  # passages of a document that say what it is about


@dataclass
class _Group:
    documents: list[Document] = field(default_factory=list)
    total: Vectors | None = None
    newest: date | None = None


def grouped(documents: Sequence[Document], vectors: Mapping[int, Vectors]) -> list[Story]:
    """The stories of documents, each document in one; a story's number is that of its first document."""
    groups: list[_Group] = []
    for document in sorted(documents, key=lambda each: (each.day or date.min, each.number)):
        opening = vectors.get(document.number)
        vector = _unit(opening[:_OPENING].sum(axis=0)) if opening is not None else None
        group = _nearest(vector, document, groups) if vector is not None else None
        if group is None:
            groups.append(group := _Group())
        group.documents.append(document)
        group.newest = document.day or group.newest
        if vector is not None:
            group.total = vector if group.total is None else group.total + vector
    return [Story(group.documents[0].number, tuple(group.documents)) for group in groups]


def _nearest(vector: Vectors, document: Document, groups: Sequence[_Group]) -> _Group | None:
    open_ones = [
        each
        for each in groups
        if each.total is not None
        and not (each.newest and document.day and document.day - each.newest > _APART)
    ]
    if not open_ones:
        return None
    cosines = np.stack([_unit(each.total) for each in open_ones if each.total is not None]) @ vector
    best = int(cosines.argmax())
    return open_ones[best] if cosines[best] >= _NEAR else None


def _unit(vector: Vectors) -> Vectors:
    length = float(np.linalg.norm(vector))
    unit: Vectors = vector / length if length else vector
    return unit
