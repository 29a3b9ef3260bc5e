"""What the gate says of sentences beside their evidence, as a careful reader would."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from retrieval.gate import Proposal, Verdict, examine
from retrieval.types import Document, Passage
from tests.gate_cases import ALTERED, FAITHFUL

NEWS = Document(1, "news", "shared", "News", "news.md", published=datetime(2025, 10, 16, tzinfo=UTC))


def judged(evidence: str, statement: str) -> Verdict:
    excerpts = {"kato": Passage(1, NEWS, 0, len(evidence), evidence)}
    return examine(Proposal(statement, (("kato", evidence),)), excerpts, similar=lambda a, b: 0.95)


@pytest.fixture
def full_support(monkeypatch):
    """Whether words support a statement has tests of its own; here every other check is looked at."""
    monkeypatch.setattr("retrieval.gate.check.support", lambda statement, evidence, reader=None: 1.0)


@pytest.mark.parametrize(("evidence", "statement"), FAITHFUL)
def test_what_the_evidence_says_passes_in_other_words(evidence, statement, full_support):
    assert judged(evidence, statement).complaints == ()


@pytest.mark.parametrize(("evidence", "statement", "reason"), ALTERED)
def test_what_the_evidence_does_not_say_is_stopped_and_told_why(evidence, statement, reason, full_support):
    assert reason in judged(evidence, statement).reasons


def test_with_the_support_score_most_of_the_faithful_pass_and_none_of_the_altered():
    passed = [judged(evidence, statement).passed for evidence, statement in FAITHFUL]
    assert sum(passed) >= 0.85 * len(passed)
    assert not [pair for pair in ALTERED if judged(*pair[:2]).passed]
