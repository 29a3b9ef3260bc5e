"""The language model: prompts in, text out, paid for from a budget. Knows nothing of sources or answers."""

from retrieval.llm.ledger import HOUSE, Budget, Ledger, Spent
from retrieval.llm.openai import OpenAICompatible
from retrieval.llm.prompt import LanguageModel, Prompt

__all__ = ["HOUSE", "Budget", "LanguageModel", "Ledger", "OpenAICompatible", "Prompt", "Spent"]
