"""The child process that parses: reads a path, answers with content or a reason. Knows nothing of its parent.

One request is a line of JSON ``{"task", "path", "name", "url", "content_type"}`` on standard input; one
answer is a length of four bytes and that much JSON: ``{"content": …}`` or ``{"refused": reason}``, with
``"worn": true`` when the worker has grown and wants to be replaced. It ends when its input
does, or when a limit that it sets itself is passed.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

from retrieval.extract.content import Refused
from retrieval.extract.limits import (
    CPU_SECONDS,
    FEED_CPU_SECONDS,
    MAX_BYTES,
    MEMORY,
    TOO_LARGE,
    TOO_MUCH_MEMORY,
    WALL_SECONDS,
)
from retrieval.extract.tasks import done

_WORN = MEMORY // 3  # bytes a worker may have used before it is replaced, lest one file starve the next
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes


def main() -> None:
    """Serves requests until standard input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a parser prints must not become an answer
    _limit()
    _serve(sys.stdin.buffer, answers)


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    for line in requests:
        request = json.loads(line)
        _allow_time(CPU_SECONDS if request["task"] == "file" else FEED_CPU_SECONDS)
        answer = json.dumps(_answer(request), ensure_ascii=False).encode()
        signal.alarm(0)
        answers.write(struct.pack(">I", len(answer)) + answer)
        answers.flush()


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        with Path(request.pop("path")).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise Refused(TOO_LARGE)
        answer: dict[str, Any] = {"content": done(request.pop("task"), data, **request)}
    except Refused as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        answer = {"refused": TOO_MUCH_MEMORY}
    except OSError:
        answer = {"refused": "cannot be opened; check its permissions"}
    return answer | {"worn": _resident() > _WORN}


def _resident() -> int:
    """Bytes of memory in use."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT
    # Linux hands the peak of its parent on to a new process, so a large parent would wear every worker out
    return pages * resource.getpagesize()


def _limit() -> None:
    """Bounds memory, and forbids writing files and leaving core dumps, as far as the system knows how."""
    for what, bound in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_DATA, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(what, (bound, bound))
        except (ValueError, OSError):
            continue  # macOS knows some of these only by name; the parent's clock still holds


def _allow_time(seconds: int) -> None:
    """Gives the next file its processor and clock time; passing either ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, hard))
    signal.alarm(WALL_SECONDS + 1)  # for the case that the parent is gone and cannot end us


if __name__ == "__main__":
    main()
