"""Twelve hundred real articles: filled through kills, then every citation and promised figure checked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
from libraries import MINILM, SHARED_DATA, library_in
from test_crash import killed_when, whole

from retrieval.evaluation import evaluate
from retrieval.types import Answer, Scope

NEWS = SHARED_DATA / "news"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not NEWS.exists(), reason="the news articles are not beside this repository"),
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    """A folder whose library was filled with the news by a process that was killed three times."""
    folder = tmp_path_factory.mktemp("news")
    corpus = NEWS / "corpus.jsonl"
    for query, at_least in (
        ("SELECT count(*) FROM documents", 400),
        ("SELECT count(*) FROM vectors", 300),
        ("SELECT count(*) FROM passages WHERE indexed = 1", 3000),
    ):
        killed_when(folder, ["add", str(corpus)], query, at_least)
    subprocess.run(
        [sys.executable, "-m", "bot", "add", str(corpus)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[1])},
        check=True,
        timeout=2400,
    )
    return folder


def rows(name: str) -> list[dict]:
    return [json.loads(line) for line in (NEWS / name).read_text(encoding="utf-8").splitlines() if line]


def test_nothing_is_lost_and_nothing_is_there_twice(filled):
    articles = rows("corpus.jsonl")
    whole(filled, len(articles), [articles[0]["title"], articles[0]["title"]], [])


async def test_every_citation_of_more_than_two_hundred_answers_is_verbatim_and_opens_at_its_words(filled):
    asked = answered = 0
    async with library_in(filled / "data", MINILM) as library:
        texts: dict[str, str] = {}
        for row in rows("queries.jsonl") + rows("conflicts.jsonl"):
            answer = await library.ask(row["question"], Scope(), as_of=date.fromisoformat(row["asked"]))
            for citation in answer.citations:
                id = citation.document.id
                texts[id] = texts.get(id) or (await library.show(id, Scope()))[1]
            holds(answer, texts)
            asked += 1
            answered += answer.answered
    assert asked >= 200
    assert answered >= 150


def holds(answer: Answer, texts: dict[str, str]) -> None:
    """Each quote stands at its offsets, each link names its words, each statement is one of its quotes."""
    for citation in answer.citations:
        quote = citation.quote
        assert texts[citation.document.id][quote.start : quote.end] == quote.text
        assert citation.link
        _, _, fragment = citation.link.partition("#:~:text=")
        assert fragment
        for part in fragment.split(","):
            assert " ".join(unquote(part).split()) in " ".join(quote.text.split())
    for statement in answer.statements:
        first = answer.cited_by(statement)[0]
        assert statement.text.split() == first.quote.text.split()


async def test_the_figures_the_readme_promises(filled):
    async with library_in(filled / "data", MINILM) as library:
        figures = (await evaluate(library, NEWS, lambda work, done, total: None)).summary
    fresh, timeless = figures["queries"], figures["queries_timeless"]
    assert fresh["hit1"] >= 0.94
    assert fresh["hit5"] >= 0.985
    assert fresh["ndcg10"] >= 0.955
    assert timeless["hit1"] >= 0.82
    assert timeless["ndcg10"] >= 0.885
    assert figures["abstention"]["balanced_accuracy"] >= 0.93
    assert figures["unanswerable"]["declined"] >= 0.93
    assert fresh["answered"] >= 0.90
    assert figures["conflicts"]["cites_fresh"] >= 0.85
