"""Measures a library on a data set: how well it finds, and whether it answers when it should.

Knows nothing of how results are shown. The files and their rows are described in the README.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from retrieval.corpus import read_corpus
from retrieval.errors import Unreadable
from retrieval.library import Library
from retrieval.measures import Figures, balanced_accuracy, figures, interval, percentile
from retrieval.types import Answer, Hit, Scope

_PASSAGES = 50  # read for each question; a document's place is that of its best passage

Show = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """``summary`` is what `footnote eval --json` prints; ``details`` has one row a question."""

    summary: dict[str, Any]
    details: list[dict[str, Any]]


async def evaluate(library: Library, folder: Path, show: Show) -> Evaluation:
    """Fill an empty library with ``corpus.jsonl`` and put every question of the folder to it.

    Raises Unreadable where the folder has no corpus or a row cannot be used.
    """
    corpus = folder / "corpus.jsonl"
    if not corpus.is_file():
        raise Unreadable(f"“{folder}” has no corpus.jsonl: name a folder that holds one.")
    started = time.perf_counter()
    report = await library.add(
        read_corpus(corpus), progress=lambda done, total: show("Indexing passages", done, total)
    )
    seconds = time.perf_counter() - started
    passages = (await library.holdings(Scope())).passages
    summary: dict[str, Any] = {}
    details: list[dict[str, Any]] = []
    await library.search("warm up", Scope())
    for file in sorted(folder.glob("queries*.jsonl")):
        part = await _ranking(library, file, show)
        summary[file.stem] = part.summary
        details += part.details
    for name, measure in (
        ("abstention", _abstention),
        ("unanswerable", _declining),
        ("conflicts", _conflicts),
    ):
        if (file := folder / f"{name}.jsonl").is_file():
            part = await measure(library, file, show)
            summary[name] = part.summary
            details += part.details
    summary["passages"] = passages
    summary["ingest_passages_per_s"] = round(report.passages / seconds, 1) if report.passages else None
    return Evaluation(summary, details)


async def _ranking(library: Library, file: Path, show: Show) -> Evaluation:
    scores: list[Figures] = []
    took: list[float] = []
    details = []
    answered = 0
    for row in _rows(file, show):
        as_of = _day_after(row["asked"]) if row.get("asked") else None
        started = time.perf_counter()
        hits = await library.search(row["question"], Scope(), k=_PASSAGES, as_of=as_of)
        took.append((time.perf_counter() - started) * 1000)
        answer = await library.ask(row["question"], Scope(), as_of=as_of)
        answered += answer.answered
        ranked = _documents(hits)
        scores.append(figures(ranked, set(row["relevant"])))
        details.append(
            {"set": file.stem, "id": row["id"], "question": row["question"], "as_of": str(as_of or "")}
            | asdict(scores[-1])
            | {"ranked": ranked[:10], "relevant": row["relevant"], "answered": answer.answered}
        )
    summary: dict[str, Any] = {"questions": len(scores)}
    for field in fields(Figures):
        values = [getattr(score, field.name) for score in scores]
        summary[field.name] = round(sum(values) / len(values), 4)
        summary[f"{field.name}_ci95"] = [round(bound, 4) for bound in interval(values)]
    summary["p50_ms"] = round(percentile(took, 50), 2)
    summary["p95_ms"] = round(percentile(took, 95), 2)
    summary["answered"] = round(answered / len(scores), 4)
    return Evaluation(summary, details)


async def _abstention(library: Library, file: Path, show: Show) -> Evaluation:
    """Questions as of a day when the answer was known and as of one before it was."""
    decided, truth, details = [], [], []
    for row in _rows(file, show):
        answer = await library.ask(row["question"], Scope(), as_of=date.fromisoformat(row["as_of"]))
        decided.append(answer.answered)
        truth.append(bool(row["answerable"]))
        details.append(_decision(file, row, answer, answer.answered == truth[-1]))
    answerable = [said for said, known in zip(decided, truth, strict=True) if known]
    rest = [not said for said, known in zip(decided, truth, strict=True) if not known]
    summary = {
        "questions": len(truth),
        "balanced_accuracy": round(balanced_accuracy(decided, truth), 4),
        "answered_when_known": _share(answerable),
        "declined_when_not": _share(rest),
    }
    return Evaluation(summary, details)


async def _declining(library: Library, file: Path, show: Show) -> Evaluation:
    """Questions whose answer stands in no document."""
    declined, details = [], []
    for row in _rows(file, show):
        as_of = date.fromisoformat(row["asked"]) if row.get("asked") else None
        answer = await library.ask(row["question"], Scope(), as_of=as_of)
        declined.append(not answer.answered)
        details.append(_decision(file, row, answer, declined[-1]))
    return Evaluation({"questions": len(declined), "declined": _share(declined)}, details)


async def _conflicts(library: Library, file: Path, show: Show) -> Evaluation:
    """Questions to which older documents give another answer than the fresh ones."""
    fresh, led, details = [], [], []
    for row in _rows(file, show):
        answer = await library.ask(row["question"], Scope(), as_of=_day_after(row["asked"]))
        cited = [citation.document.id for citation in answer.citations]
        fresh.append(bool(set(cited) & set(row["fresh_ids"])))
        led.append(bool(cited) and cited[0] in row["fresh_ids"])
        details.append(_decision(file, row, answer, fresh[-1]))
    summary = {"questions": len(fresh), "cites_fresh": _share(fresh), "leads_with_fresh": _share(led)}
    return Evaluation(summary, details)


def _documents(hits: Sequence[Hit]) -> list[str]:
    """The documents of ranked passages, each at its best place; what a hit stands for comes behind it."""
    ranked = (passage for hit in hits for passage in (hit.passage, *hit.siblings))
    return list(dict.fromkeys(passage.document.id for passage in ranked))


def _decision(file: Path, row: dict[str, Any], answer: Answer, right: bool) -> dict[str, Any]:
    return {
        "set": file.stem,
        "id": row["id"],
        "question": row["question"],
        "right": right,
        "answered": answer.answered,
        "statements": [statement.text for statement in answer.statements],
        "cited": [citation.document.id for citation in answer.citations],
    }


def _rows(file: Path, show: Show) -> Iterator[dict[str, Any]]:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            row["id"], row["question"]
        except (ValueError, KeyError, TypeError):
            raise Unreadable(
                f"Row {number} of “{file.name}” has no id or question: mend or remove it."
            ) from None
        yield row
        show(f"Asking {file.stem}", number, len(lines))


def _day_after(day: str) -> date:
    return date.fromisoformat(day) + timedelta(days=1)


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
