"""Finds the files of a folder that can be read. Knows nothing of what is in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from retrieval.errors import Unreadable
from retrieval.extract.kinds import SUFFIXES

_WANTED = SUFFIXES | {".jsonl"}


def find_files(folder: Path) -> Iterator[Path]:
    """The readable files and corpora below a folder, by name, folder after folder; a file is itself.

    Hidden files and folders are skipped, and links that lead out of the folder are not followed.
    Raises Unreadable where there is no such folder.
    """
    if folder.is_file():
        yield folder
        return
    if not folder.is_dir():
        raise Unreadable(f"There is no file or folder “{folder}”; check the name.")
    root = folder.resolve()
    for parent, folders, names in os.walk(folder):  # does not enter linked folders
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if not name.startswith(".") and path.suffix.lower() in _WANTED and _inside(path, root):
                yield path


def _inside(path: Path, root: Path) -> bool:
    return path.is_file() and path.resolve().is_relative_to(root)
