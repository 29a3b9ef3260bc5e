"""Copies and updates of real articles are told from other articles, as `benchmarks/copies.py` counts them."""

from __future__ import annotations

import pytest
from libraries import SHARED_DATA

STORIES = SHARED_DATA / "stories.jsonl"


@pytest.mark.skipif(not STORIES.exists(), reason="needs the shared research data")
async def test_edited_articles_are_recognised_and_other_articles_are_not(tmp_path):
    from benchmarks.copying import judge, place
    from benchmarks.edited import halves, labelled

    articles = halves(STORIES)[0][:40]
    judged = judge(await place(labelled(articles, 3), tmp_path))
    for found in (judged["copies"], judged["updates"]):
        assert found["precision"] >= 0.99
        assert found["recall"] >= 0.9
    assert min(kind["found"] for kind in judged["kinds"].values()) >= 0.85
