"""Reads what a person points at: files, folders and corpora. Knows nothing of where drafts go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from retrieval import sample
from retrieval.corpus import read_corpus
from retrieval.errors import Unreadable
from retrieval.extract import Reader, find_files
from retrieval.types import Draft


def read_all(paths: Iterable[Path]) -> Iterator[Draft | Unreadable]:
    """The documents in files, folders and JSONL corpora, or for each that cannot be read the reason."""
    with Reader() as reader:
        for path in paths:
            try:
                for file in find_files(path):
                    yield from read_corpus(file) if _is_corpus(file) else _read(reader, file)
            except Unreadable as fault:
                yield fault


def count(paths: Iterable[Path]) -> int:
    """How many documents :func:`read_all` will come to, without reading them."""
    total = 0
    for path in paths:
        try:
            total += sum(_rows(file) if _is_corpus(file) else 1 for file in find_files(path))
        except Unreadable:
            total += 1
    return total


def sample_drafts() -> Iterator[Draft | Unreadable]:
    """The sample library, marked as such."""
    for draft in read_corpus(sample.LIBRARY):
        yield replace(draft, sample=True, source="sample library") if isinstance(draft, Draft) else draft


def _is_corpus(file: Path) -> bool:
    return file.suffix.lower() == ".jsonl"


def _read(reader: Reader, file: Path) -> Iterator[Draft | Unreadable]:
    try:
        yield reader.read(file)
    except Unreadable as fault:
        yield fault


def _rows(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for line in lines if line.strip())
