"""Answers that a language model writes and code verifies, and answers without one.

Knows nothing of storage, of servers or of how an answer is shown.
"""

from retrieval.writing.answering import Asking, answering, further
from retrieval.writing.excerpts import EVIDENCE_TOKENS
from retrieval.writing.tasks import Means
from retrieval.writing.writer import Writer

__all__ = ["EVIDENCE_TOKENS", "Asking", "Means", "Writer", "answering", "further"]
