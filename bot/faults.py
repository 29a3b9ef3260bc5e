"""Describes an unexpected error for the log, without its words. Knows nothing of what was being done.

An error's message may quote a question or a document; its type and the places it passed through cannot.
"""

from __future__ import annotations

import traceback
from pathlib import Path

_PLACES = 6


def described(error: BaseException) -> dict[str, str]:
    """The fields to log of an error: its type, and the innermost places it came through."""
    frames = traceback.extract_tb(error.__traceback__)[-_PLACES:]
    places = (f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return {"error": type(error).__name__, "at": " > ".join(places)}
