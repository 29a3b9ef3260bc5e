"""The parts of the benchmarks that measure nothing: what is made up, what is read, what is written down."""

from __future__ import annotations

import json
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import pages, report
from benchmarks.data import Article, articles, day_number, questions, write_corpus
from benchmarks.recombine import Source, recombined, vector_of
from retrieval.passages import sentences, split

SOURCES = [
    Source(
        f"The {name} treaty of the year",
        f"https://{name}.example/a",
        f"2025-0{number}-01",
        tuple(f"The {name} treaty says thing {each} in so many words." for each in range(12)),
    )
    for number, name in enumerate(("northern", "southern", "eastern", "western"), start=1)
]
MACHINE: dict[str, Any] = {
    "date": "2026-11-22",
    "cpu": "A processor",
    "cores": 2,
    "memory_gb": 8,
    "python": "3.11.7",
    "packages": {"chromadb": "1.5.9"},
    "load_before": 0.1,
}


def test_recombined_articles_are_made_of_real_sentences() -> None:
    known = {said for source in SOURCES for said in source.sentences}
    for article in islice(recombined(SOURCES), 20):
        found = [article.text[span.start : span.end] for span in sentences(article.text)]
        assert found
        assert set(found) <= known
        assert any(word in article.title for word in ("northern", "southern", "eastern", "western"))


def test_recombined_articles_are_the_same_on_every_run_and_never_the_same_twice() -> None:
    first, second = list(islice(recombined(SOURCES), 10)), list(islice(recombined(SOURCES), 10))
    assert first == second
    assert len({article.id for article in first}) == len({article.text for article in first}) == 10


def test_a_mixed_vector_lies_near_those_it_is_mixed_of() -> None:
    known = {said: row for row, source in enumerate(SOURCES) for said in source.sentences}
    vectors = np.eye(len(SOURCES), 64, dtype=np.float32)
    for article in islice(recombined(SOURCES), 10):
        for span in split(article.text):
            passage = article.text[span.start : span.end]
            vector = vector_of(passage, known, vectors)
            assert vector is not None
            assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
            nearest = int(np.argmax(vectors @ vector))
            assert any(said in passage for said in SOURCES[nearest].sentences)
    assert vector_of("Nobody has said this before.", known, vectors) is None


def test_a_corpus_that_was_written_is_read_again(tmp_path: Path) -> None:
    written = [Article("a", "A title", "A text. " * 400, "https://a.example", "2025-01-10")]
    written.append(Article("b", "", "Another text.", "", ""))
    write_corpus(tmp_path / "corpus.jsonl", written)
    assert articles(tmp_path / "corpus.jsonl") == written
    assert articles(tmp_path / "corpus.jsonl", 2) == written[:1]


def test_questions_are_asked_as_of_the_day_after_and_only_where_an_answer_is_held(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "question": "Who?", "relevant": ["a", "b"], "asked": "2025-01-31"},
        {"id": "2", "question": "Where?", "relevant": ["c"]},
    ]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (asked,) = questions(tmp_path, {"a"})
    assert (asked.set, asked.relevant, asked.until) == ("queries", ("a",), date(2025, 2, 1))


def test_days_compare_as_numbers() -> None:
    assert day_number(date(2025, 2, 1)) == day_number("2025-02-01") == 20250201
    assert day_number(None) == day_number("") == 0


def test_tables_replace_what_stands_between_their_markers_and_nothing_else() -> None:
    stage = {"real": 1_000, "mixed": 0, "add_s": 1.5, "rss_mb": 300, "peak_mb": 400, "disk_mb": 9.25}
    for name in ("search", "dated", "floor"):
        stage |= {f"{name}_p50_ms": 8.0, f"{name}_p95_ms": 10.0}
    stages = [stage, stage | {"mixed": 9_000, "search_p95_ms": 15.0}]
    results = {"growth": {"machine": MACHINE, "stages": stages}}
    text = "Before.\n<!-- growth -->\nold\n<!-- /growth -->\nAfter. <!-- filling -->"
    once = report.filled(text, results)
    assert once.startswith("Before.\n<!-- growth -->\n2026-11-22 · 2 cores of A processor")
    assert once.endswith("<!-- /growth -->\nAfter. <!-- filling -->")
    assert "old" not in once
    assert "| 10,000 | 9,000 | 1.50 |" in once
    assert "p95 at 10,000 passages is 1.50 × that at 1,000" in once
    assert report.filled(once, results) == once


def test_a_busy_machine_is_confessed() -> None:
    result = {"machine": MACHINE | {"load_before": 2.5}, "stages": []}
    assert "The machine was busy (load 2.5)" in report.section("growth", result)


def test_the_readme_has_a_place_for_every_table_and_shows_what_was_kept() -> None:
    readme = report.README.read_text(encoding="utf-8")
    for name in ("quality", "quality-10000", "filling", "growth"):
        assert f"<!-- {name} -->" in readme
        assert f"<!-- /{name} -->" in readme
    assert report.filled(readme, report.read(report.RESULTS)) == readme


def test_texts_titles_and_bylines_are_compared_by_their_words() -> None:
    assert pages.f1("One two three four five.", "one two three four five") == 1
    assert pages.f1("one two three four five", "one two three four six") == pytest.approx(0.5)
    assert pages.f1("", "one two") == 0
    assert pages.folded("Ben &amp; Jerry’s") == pages.folded("Ben & Jerry's".replace("'", "’"))
    assert pages.same_people("Ann Lee", "By\n\t Ann Lee November 3, 2025")
    assert pages.same_people("Ann Lee, Bo Ek", "Ann Lee")
    assert not pages.same_people("Ann Lee", "Bo Ek")
    assert not pages.same_people("", "Bo Ek")
