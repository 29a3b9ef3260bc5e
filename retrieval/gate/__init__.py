"""Lets nothing through that a stored passage does not say: the gate between a model and a reader.

verdict = examine(Proposal(sentence, ((excerpt_id, quoted_words), …)), excerpts)
if verdict.passed: show verdict.text with verdict.quotes
"""

from retrieval.gate.check import examine
from retrieval.gate.types import Proposal, Reason, Verdict

__all__ = ["Proposal", "Reason", "Verdict", "examine"]
