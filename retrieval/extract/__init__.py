"""Turns files into drafts: text, title, author, date. Knows nothing of libraries, passages or the network.

Everything a person sends is parsed in a child process with bounds on memory, time and output.
"""

from __future__ import annotations

from retrieval.extract.folders import find_files
from retrieval.extract.limits import MAX_BYTES
from retrieval.extract.reader import Reader, display_name, read_file
from retrieval.extract.text import clean_line, clean_text

__all__ = ["MAX_BYTES", "Reader", "clean_line", "clean_text", "display_name", "find_files", "read_file"]
