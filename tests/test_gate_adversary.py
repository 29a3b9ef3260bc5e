"""A smaller run of the scripted adversary of `benchmarks/adversary.py`: it must not stop less."""

from __future__ import annotations

import pytest

from benchmarks.adversary.faithful import FAITHFUL
from benchmarks.adversary.forged import FORGED
from benchmarks.adversary.measure import CRUCIAL, measure
from tests.libraries import SHARED_DATA

CORPUS = SHARED_DATA / "news" / "corpus.jsonl"


@pytest.mark.skipif(not CORPUS.exists(), reason="shared/data/news is not here")
def test_altered_statements_are_stopped_and_supported_ones_pass():
    measured = measure(CORPUS, seed=3, each=30)
    made = sum(len(each) for each in measured.stopped.values())
    assert made >= 500
    assert measured.share(CRUCIAL) >= 0.98, measured.misses
    assert measured.share(FORGED) >= 0.95, measured.misses
    assert measured.share(FAITHFUL) <= 0.10, measured.misses
