"""Reads what a person points at: files, folders, corpora, pages. Knows nothing of where drafts go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from retrieval import sample
from retrieval.corpus import read_corpus
from retrieval.errors import Unreachable, Unreadable
from retrieval.extract import Reader, find_files
from retrieval.fetch import Fetched
from retrieval.pages import read_page
from retrieval.types import Draft

_ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.-]*:/[/\\]|\s*https?:", re.I)

Fetch = Callable[[str], Fetched]


def read_all(sources: Iterable[str], fetch: Fetch, inbox: Path) -> Iterator[Draft | Unreadable]:
    """The documents in files, folders and JSONL corpora and at web addresses, or for each the reason why not.

    ``fetch`` waits for what is at an address, or raises Unreachable; it is put into ``inbox`` for a moment.
    """
    with Reader() as reader:
        for source in sources:
            try:
                if is_address(source):
                    yield read_page(fetch(source), source, reader, inbox)
                else:
                    for file in find_files(Path(source)):
                        yield from read_corpus(file) if _is_corpus(file) else _read(reader, file)
            except Unreadable as fault:
                yield fault
            except Unreachable as fault:
                yield Unreadable(str(fault))


def is_address(source: str) -> bool:
    """Whether a person means a web address rather than a file."""
    return _ADDRESS.match(source) is not None


def count(sources: Sequence[str]) -> int:
    """How many documents :func:`read_all` will come to, without reading them."""
    total = 0
    for source in sources:
        try:
            files = [] if is_address(source) else find_files(Path(source))
            total += sum(_rows(file) if _is_corpus(file) else 1 for file in files)
        except Unreadable:
            total += 1
    return total + sum(map(is_address, sources))


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
