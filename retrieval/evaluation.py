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
from retrieval.embeddings import LocalMiniLM
from retrieval.errors import Unreadable
from retrieval.gate.support_claims import read_claims, score_claims, summarise
from retrieval.gate.support_meaning import Reader
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
    """Measure all that a folder holds data for: finding and answering in an empty library, and support.

    ``corpus.jsonl`` fills the library, and every question of the folder is put to it; the claims of
    ``claims.jsonl`` need none. Raises Unreadable where the folder has neither or a row cannot be used.
    """
    corpus, claims = folder / "corpus.jsonl", folder / "claims.jsonl"
    if not corpus.is_file() and not claims.is_file():
        raise Unreadable(
            f"“{folder}” has no corpus.jsonl and no claims.jsonl: name a folder that holds one of them."
        )
    parts = [await _questions(library, corpus, show)] if corpus.is_file() else []
    parts += [_claims(claims, show)] if claims.is_file() else []
    summary = {name: figures for part in parts for name, figures in part.summary.items()}
    return Evaluation(summary, [row for part in parts for row in part.details])


async def _questions(library: Library, corpus: Path, show: Show) -> Evaluation:
    """Fill the library and put every question beside the corpus to it."""
    started = time.perf_counter()
    report = await library.add(
        read_corpus(corpus), progress=lambda done, total: show("Indexing passages", done, total)
    )
    seconds = time.perf_counter() - started
    passages = (await library.holdings(Scope())).passages
    summary: dict[str, Any] = {}
    details: list[dict[str, Any]] = []
    await library.search("warm up", Scope())
    for file in sorted(corpus.parent.glob("queries*.jsonl")):
        part = await _ranking(library, file, show)
        summary[file.stem] = part.summary
        details += part.details
    for name, measure in (
        ("abstention", _abstention),
        ("unanswerable", _declining),
        ("conflicts", _conflicts),
    ):
        if (file := corpus.with_name(f"{name}.jsonl")).is_file():
            part = await measure(library, file, show)
            summary[name] = part.summary
            details += part.details
    summary["passages"] = passages
    summary["ingest_passages_per_s"] = round(report.passages / seconds, 1) if report.passages else None
    return Evaluation(summary, details)


def _claims(file: Path, show: Show) -> Evaluation:
    """How well the gate's support score tells supported claims from others: by meaning, and by words alone.

    ``held_out`` is the half of the claims that the score was not fitted on, where they are the fitted ones.
    """
    claims = read_claims(file)
    summary: dict[str, Any] = {}
    details: list[dict[str, Any]] = [
        {"set": "claims", "of": claim.set, "claim": claim.text, "supported": claim.supported}
        for claim in claims
    ]
    for name, reader in (("claims", Reader(LocalMiniLM())), ("claims_by_words", None)):
        scored = list(score_claims(claims, reader, show))
        held_out = [each for each in scored if not each.claim.tuned_on]
        for part, rows in ((name, scored), (f"{name}_held_out", held_out)):
            for each, row in summarise(rows).items():
                if each == "all sets":
                    summary[part] = row
                elif reader:
                    summary[f"{part}/{each}"] = row
        for row, one in zip(details, scored, strict=True):
            row["score" if reader else "score_by_words"] = round(one.score, 4)
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
