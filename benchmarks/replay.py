"""Two weeks of news, day by day, for six readers: what is told twice, what is stale, what is not faithful.

    python benchmarks/replay.py [FOLDER] [--first DATE] [--days N] [--length LENGTH] [--pages FOLDER]
                                [--url URL [--model NAME]]

Three times: the articles as they came; with copies of half of them, re-sent, syndicated or reworded the next
day; and, with ``--url``, as they came and written by the language model there. ``--pages`` keeps every
edition as a page, for reading.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.data import NEWS
from benchmarks.judged import Judge, average
from benchmarks.measured import WORK, machine
from benchmarks.replayed import READERS, Edition, Replay
from bot import logs
from bot.subscription import LENGTHS
from retrieval import database
from retrieval.briefing.authored.assigning import STANDARD
from retrieval.corpus import read_corpus
from retrieval.embeddings import LocalMiniLM
from retrieval.llm import Budget, Ledger, OpenAICompatible
from retrieval.types import Draft
from retrieval.writing import Writer

DAYS = 14
_PATIENCE = 600.0  # seconds for one reply
_EVIDENCE = 1_500  # tokens a story is written from: a small model on two cores reads about 35 a second
_SHOWN = 20  # faults that are printed of each kind


def busiest(articles: list[Draft], days: int) -> date:
    """The first of so many days in which most articles came out."""
    found = Counter(each.published.date() for each in articles if each.published)
    return max(found, key=lambda day: (sum(found[day + timedelta(at)] for at in range(days)), day))


async def counted(
    name: str,
    articles: list[Draft],
    first: date,
    days: int,
    length: str,
    pages: Path | None,
    url: str = "",
    model: str = "",
) -> dict[str, Any]:
    """One replay, judged."""
    judge = Judge()
    async with _writer(url, model) as writer:
        replay = Replay(
            articles,
            first,
            days,
            WORK / f"replay-{name}",
            LocalMiniLM(),
            copies=name == "copies",
            writer=writer,
            length=length,
        )
        async for library, edition in replay.editions():
            await judge.see(library, edition)
            if pages:
                _keep(pages / name, edition)
    found = asdict(judge.count)
    for kind in ("repeats", "again", "stale", "unfaithful"):
        for fault in found[kind][:_SHOWN]:
            print(f"{kind}: {fault}")
    return found


@asynccontextmanager
async def _writer(url: str, model: str) -> AsyncIterator[Writer | None]:
    if not url:
        yield None
        return
    engine = database.connect(WORK / "replay-ledger.sqlite")
    ledger = Ledger(engine, Budget())
    language_model = OpenAICompatible(model, ledger, base_url=url, patience=_PATIENCE)
    try:
        yield Writer(language_model, evidence_tokens=_EVIDENCE, side_by_side=1)
    finally:
        await language_model.close()
        await engine.dispose()


def _keep(folder: Path, edition: Edition) -> None:
    from bot.render.brief_page import page

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{edition.reader.name}-{edition.day}.html"
    file.write_text(page(edition.briefing), encoding="utf-8")


def tables(result: dict[str, Any]) -> list[str]:
    """The result as Markdown."""
    titles = {
        "extractive": "extractive",
        "copies": "extractive, half of the articles sent again",
        "model": f"with a model ({result.get('model', '')}), {result.get('length', '')}",
    }
    rows = [
        [
            titles[name],
            found["editions"],
            f"{found['stories']} ({found['updates']})",
            f"{found['written']} ({found['withheld']})",
            len(found["repeats"]),
            len(found["again"]),
            len(found["stale"]),
            f"{found['faithful']:,} of {found['statements']:,}",
            f"{found['matching'] / max(1, found['topical']):.2f}",
        ]
        for name, found in result["replays"].items()
    ]
    head = [
        "", "editions", "stories (updates)", "by the model (statements withheld)",
        "repeated stories (bar 0)", "statements told again",
        "stale items (bar 0)", "verbatim or verified (bar all)", "on the reader's topics",
    ]  # fmt: skip
    return [
        f"{result['days']} days from {result['first']}, {result['articles']} articles, "
        f"{len(READERS)} readers. {result['average']:.2f} of the articles match a reader's topics.",
        report.table(head, rows),
    ]


def main() -> None:
    """Replay, and print what was counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=NEWS, help="a folder with corpus.jsonl")
    parser.add_argument("--first", type=date.fromisoformat, help="the first day (the busiest days)")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--length", choices=LENGTHS, default=STANDARD, help="of a story")
    parser.add_argument("--url", default="", help="an OpenAI-compatible server, for the replay with a model")
    parser.add_argument("--model", default="local", help="the model's name there")
    parser.add_argument("--pages", type=Path, help="keep the editions in this folder")
    given = parser.parse_args()
    logs.configure(quiet=True)
    read = read_corpus(given.folder / "corpus.jsonl")
    articles = [each for each in read if isinstance(each, Draft) and each.published]
    first = given.first or busiest(articles, given.days)
    where = machine()
    names = ["model"] if given.url else ["extractive", "copies"]
    told = {
        name: asyncio.run(
            counted(
                name,
                articles,
                first,
                given.days,
                given.length,
                given.pages,
                given.url if name == "model" else "",
                given.model,
            )
        )
        for name in names
    }
    last = first + timedelta(given.days)
    result = {
        "machine": where,
        "model": given.model,
        "first": first.isoformat(),
        "days": given.days,
        "length": given.length,
        "articles": sum(first <= each.published.date() < last for each in articles if each.published),
        "average": average(articles, first, given.days, READERS),
        "replays": told,
    }
    report.keep("replay-model" if given.url else "replay", result | {"tables": tables(result)})


if __name__ == "__main__":
    main()
