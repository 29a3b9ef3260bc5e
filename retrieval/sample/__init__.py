"""The sample library: short articles to ask about before anything of one's own is added.

The treaty is real and its dates are right; the publishers, whoever they quote as observers, and the other
three stories are made up. Knows nothing of how the articles are stored, found or shown.
"""

from __future__ import annotations

from pathlib import Path

LIBRARY: Path = Path(__file__).with_name("library.jsonl")

# The first three show best what an answer looks like; each is answered by one sentence of the library.
QUESTIONS: tuple[str, ...] = (
    "Does the treaty oblige Russia to defend Iran?",
    "How much will the Veldmouth flood barrier cost?",
    "Why were the Corvane batteries recalled?",
    "When did the Russia-Iran treaty enter into force?",
    "Did amber glasses help night nurses sleep longer?",
    "What does Iran get from the treaty with Russia?",
    "How many home batteries has Corvane recalled?",
    "When will the Veldmouth flood barrier be finished?",
)
