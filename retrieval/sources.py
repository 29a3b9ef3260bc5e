"""Tells what a person points at, and reads files, folders and corpora. Knows nothing of where drafts go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import Enum
from pathlib import Path

from retrieval import sample
from retrieval.corpus import read_corpus
from retrieval.errors import Unreadable
from retrieval.extract import Reader, find_files
from retrieval.following.addresses import means_address
from retrieval.types import Draft

_HEAD = 4096  # bytes that tell a list of feeds
_LIST = re.compile(rb"<opml\b", re.I)
_FILE = re.compile(r"[^/]*\.(?:txt|md|markdown|html?|pdf|docx|jsonl|opml|xml)", re.I)  # some are also domains


class Kind(Enum):
    """What a person points at."""

    ADDRESS = "address"  # on the web, or the name of a channel
    LIST = "list"  # a file of feeds to follow
    FILES = "files"


def kind_of(source: str) -> Kind:
    """What a person points at; what is there as a file is one, whatever its name looks like."""
    path = Path(source)
    try:
        there = path.exists()
    except (OSError, ValueError):  # too long for a name, or no name at all
        there = False
    if there:
        return Kind.LIST if path.is_file() and _is_list(path) else Kind.FILES
    if source.startswith("@") or (means_address(source) and not _FILE.fullmatch(source)):
        return Kind.ADDRESS
    return Kind.LIST if source.lower().endswith(".opml") else Kind.FILES


def read_files(sources: Iterable[str]) -> Iterator[Draft | Unreadable]:
    """The documents in files, folders and JSONL corpora, or for each the reason why not."""
    with Reader() as reader:
        for source in sources:
            try:
                for file in find_files(Path(source)):
                    yield from read_corpus(file) if _is_corpus(file) else _read(reader, file)
            except Unreadable as fault:
                yield fault


def count(sources: Sequence[str]) -> int:
    """How many documents :func:`read_files` will come to, without reading them."""
    total = 0
    for source in sources:
        try:
            total += sum(_rows(file) if _is_corpus(file) else 1 for file in find_files(Path(source)))
        except Unreadable:
            total += 1
    return total


def sample_drafts() -> Iterator[Draft | Unreadable]:
    """The sample library, marked as such."""
    for draft in read_corpus(sample.LIBRARY):
        yield replace(draft, sample=True, source="sample library") if isinstance(draft, Draft) else draft


def _is_list(file: Path) -> bool:
    try:
        with file.open("rb") as lines:
            return file.suffix.lower() == ".opml" or bool(_LIST.search(lines.read(_HEAD)))
    except OSError:
        return False


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
