"""kill -9 in the middle of filling a library: started again, nothing is lost, nothing is there twice."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_cli import footnote, result

from retrieval.index import Index

ROWS = 240


def corpus(folder: Path) -> Path:
    file = folder / "corpus.jsonl"
    rows = [
        {
            "id": f"n{n}",
            "title": f"Notice {n}",
            "text": f"Notice {n}: the ferry{n} sails at dawn from pier {n}.",
        }
        for n in range(ROWS)
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows))
    return file


def counted(folder: Path, query: str) -> int:
    with sqlite3.connect(f"file:{folder / 'data' / 'footnote.sqlite'}?mode=ro", uri=True) as database:
        return int(database.execute(query).fetchone()[0])


def killed_when(folder: Path, words: list[str], query: str, at_least: int) -> None:
    """Start a command and kill it, unasked, once ``query`` counts that much."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[1])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if counted(folder, query) >= at_least:
                break
        except sqlite3.OperationalError:
            pass  # not yet made
        time.sleep(0.02)
    assert process.poll() is None, "it ended before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize(
    ("query", "at_least"),
    [
        ("SELECT count(*) FROM documents", 64),
        pytest.param("SELECT count(*) FROM documents", ROWS, marks=pytest.mark.slow),
        pytest.param("SELECT count(*) FROM vectors", 1, marks=pytest.mark.slow),
    ],
    ids=["while storing", "before embedding", "while embedding"],
)
@pytest.mark.parametrize(
    "person", [[], pytest.param(["--person", "7"], marks=pytest.mark.slow)], ids=["shared", "own"]
)
def test_a_killed_add_is_finished_by_the_next(tmp_path, query, at_least, person):
    file = corpus(tmp_path)
    killed_when(tmp_path, ["add", str(file), *person], query, at_least)
    before = counted(tmp_path, "SELECT count(*) FROM documents")
    report = result(footnote(tmp_path, "add", "--json", str(file), *person))
    assert len(report["unchanged"]) == before
    assert len(report["added"]) == ROWS - before
    whole(tmp_path, ROWS, ["Where does ferry117 sail from?", "Notice 117"], person)


def whole(folder: Path, documents: int, question: list[str], person: list[str]) -> None:
    """Every document once, every passage indexed once, and found by meaning."""
    assert counted(folder, "SELECT count(*) FROM documents") == documents
    assert counted(folder, "SELECT count(DISTINCT text) FROM documents") == documents
    passages = counted(folder, "SELECT count(*) FROM passages")
    assert counted(folder, "SELECT count(*) FROM passages WHERE indexed = 1") == passages
    index = Index(folder / "data" / "chroma")
    assert sum(index.count(name) for name in index.names()) == passages
    index.close()
    hits = result(footnote(folder, "search", "--json", question[0], *person))["hits"]
    assert hits[0]["title"] == question[1]
