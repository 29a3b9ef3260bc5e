"""Groups documents into stories over time, as they arrive. Knows nothing of briefings or of questions."""

from retrieval.stories.keeping import SCHEMA
from retrieval.stories.stories import Stories, Story

__all__ = ["SCHEMA", "Stories", "Story"]
