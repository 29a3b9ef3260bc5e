"""Answers that a real language model writes, to questions on the news and on the two seed documents.

    python -m benchmarks.written RESULTS --url http://127.0.0.1:8181/v1 [--take N] [--library FOLDER]

Each answer is one row of RESULTS, a JSONL file, with its quotes, for reading by hand; a question that has a
row already is not asked again, so a slow model can be run a few questions at a time. ``--library`` keeps the
filled news library. Without ``--url`` nothing is asked, and what is there is summed up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.data import NEWS
from retrieval import database
from retrieval.corpus import read_corpus
from retrieval.embeddings import LocalMiniLM
from retrieval.gate import Proposal, Verdict, examine
from retrieval.library import Library, open_library
from retrieval.llm import Budget, Ledger, OpenAICompatible
from retrieval.types import Answer, Draft, Scope
from retrieval.writing import Writer, desk

SEEDS = NEWS.parent / "seeds"
ON_SEEDS = (
    "When did the Russia-Iran treaty take effect?",
    "Who approved the agreement before Putin signed it?",
    "Does the treaty oblige Russia to defend Iran?",
    "What does Tehran get from the treaty?",
    "Which weapons has Iran supplied to Russia?",
    "What does Moscow get from the treaty?",
    "What does the treaty say about fishing quotas in the Baltic?",
    "Чем договор полезен Ирану?",
)
_ON_NEWS, _UNANSWERABLE = 26, 6
_EVIDENCE = 1_100  # tokens: a small model on two cores reads about 35 a second
_PATIENCE = 600.0  # seconds for one reply


@dataclass(frozen=True)
class Asked:
    """A question, the library it is put to, the day it is put on, and whether it has an answer there."""

    library: str
    question: str
    as_of: date | None
    answerable: bool


def questions() -> list[Asked]:
    """The seeds', and every so many of the news."""
    seeds = [Asked("seeds", question, None, "fishing" not in question) for question in ON_SEEDS]
    known = _spread("queries.jsonl", _ON_NEWS)
    unknown = _spread("unanswerable.jsonl", _UNANSWERABLE)
    return [
        *seeds,
        *(Asked("news", row["question"], _day(row) + timedelta(days=1), True) for row in known),
        *(Asked("news", row["question"], _day(row), False) for row in unknown),
    ]


def _spread(name: str, count: int) -> Sequence[dict[str, Any]]:
    rows = [json.loads(line) for line in (NEWS / name).read_text("utf-8").splitlines()]
    return rows[:: max(1, len(rows) // count)][:count]


def _day(row: dict[str, Any]) -> date:
    return date.fromisoformat(row["asked"])


async def ask(asked: Sequence[Asked], url: str, model: str, folder: Path, file: Path) -> None:
    """Put questions to the libraries in a folder, and add a row for each to a file."""
    engine = database.connect(folder / "spending.sqlite")
    language_model = OpenAICompatible(model, Ledger(engine, Budget()), base_url=url, patience=_PATIENCE)
    writer = Writer(language_model, evidence_tokens=_EVIDENCE)
    for name in dict.fromkeys(each.library for each in asked):
        async with open_library(folder / name, LocalMiniLM(), writer=writer) as library:
            drafts = _seeds() if name == "seeds" else read_corpus(NEWS / "corpus.jsonl")
            if not (await library.holdings(Scope())).documents:
                await library.add(drafts)
            for each in (one for one in asked if one.library == name):
                row = await _answered(library, each)
                with file.open("a", encoding="utf-8") as rows:
                    rows.write(json.dumps(row, ensure_ascii=False) + "\n")
                print(
                    row["question"],
                    "→",
                    len(row["statements"]),
                    "statements",
                    row["seconds"],
                    "s",
                    flush=True,
                )
    await language_model.close()
    await engine.dispose()


def _seeds() -> Iterator[Draft]:
    for path in sorted(SEEDS.glob("*.txt")):
        yield Draft(key=path.name, title=path.stem, text=path.read_text("utf-8"), source=path.name)


@contextmanager
def _refusals() -> Iterator[list[dict[str, Any]]]:
    """What the gate refuses meanwhile, with its reasons."""
    found: list[dict[str, Any]] = []

    def examined(proposal: Proposal, *rest: Any, **others: Any) -> Verdict:
        verdict = examine(proposal, *rest, **others)
        if not verdict.passed:
            quotes = [quote for _, quote in proposal.quotes]
            found.append({"text": proposal.text, "quotes": quotes, "reasons": list(verdict.complaints)})
        return verdict

    desk.examine = examined
    yield found
    desk.examine = examine


async def _answered(library: Library, asked: Asked) -> dict[str, Any]:
    with _refusals() as refused:
        row = await _row(library, asked)
    return row | {"refused": refused}


async def _row(library: Library, asked: Asked) -> dict[str, Any]:
    started, first, answer = time.perf_counter(), None, None
    async with aclosing(library.answering(asked.question, Scope(), as_of=asked.as_of)) as growing:
        async for answer in growing:
            if answer.mode == "model" and answer.statements and first is None:
                first = round(time.perf_counter() - started, 2)
    assert answer is not None
    return {
        "library": asked.library,
        "question": asked.question,
        "answerable": asked.answerable,
        "mode": answer.mode,
        "without_model": answer.without_model,
        "understood": answer.understood,
        "withheld": answer.withheld,
        "first_s": first,
        "seconds": round(time.perf_counter() - started, 2),
        "statements": list(_statements(answer)),
        "conflicts": len(answer.conflicts),
        "follow_ups": list(answer.follow_ups),
        "verbatim": await _verbatim(library, answer),
    }


def _statements(answer: Answer) -> Iterator[dict[str, Any]]:
    for statement in answer.statements:
        cited = answer.cited_by(statement)
        quotes = [{"title": each.document.title, "quote": each.quote.text} for each in cited]
        yield {"text": statement.text, "check": statement.check, "quotes": quotes}


async def _verbatim(library: Library, answer: Answer) -> bool:
    for citation in answer.citations:
        _, text = await library.show(citation.document.id, Scope())
        if text[citation.quote.start : citation.quote.end] != citation.quote.text:
            return False
    return True


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What became of the questions."""
    written = [row for row in rows if row["mode"] == "model" and row["statements"]]
    declined = [row for row in rows if not row["statements"]]
    firsts = [row["first_s"] for row in rows if row["first_s"] is not None]
    return {
        "questions": len(rows),
        "answered by the model": len(written),
        "answered in the sources' own words": len(rows) - len(written) - len(declined),
        "declined": len(declined),
        "declined of those without an answer": _share(
            [not row["statements"] for row in rows if not row["answerable"]]
        ),
        "declined of those with one": _share([not row["statements"] for row in rows if row["answerable"]]),
        "statements shown": sum(len(row["statements"]) for row in written),
        "statements withheld": sum(row["withheld"] for row in rows),
        "every citation verbatim": all(row["verbatim"] for row in rows),
        "first verified statement, median s": median(firsts) if firsts else None,
        "whole answer, median s": median([row["seconds"] for row in rows]) if rows else None,
    }


def _share(values: Sequence[bool]) -> str:
    return f"{sum(values)} of {len(values)}"


def main() -> None:
    """Ask what is still to be asked, if a model is named, and print the summary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--url", help="an OpenAI-compatible server's address, up to /v1")
    parser.add_argument("--model", default="local")
    parser.add_argument("--take", type=int, default=100, help="ask so many questions at most")
    parser.add_argument("--library", type=Path, default=Path("data/written"), help="keep the libraries here")
    given = parser.parse_args()
    rows = _rows(given.results)
    if given.url:
        known = {(row["library"], row["question"]) for row in rows}
        todo = [each for each in questions() if (each.library, each.question) not in known][: given.take]
        given.library.mkdir(parents=True, exist_ok=True)
        asyncio.run(ask(todo, given.url, given.model, given.library, given.results))
    print(json.dumps(summary(_rows(given.results)), indent=2))


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


if __name__ == "__main__":
    main()
