"""Scores how far evidence supports a statement. Knows nothing of quotes, documents or language models.

What the score looks at is in :mod:`retrieval.gate.support_words` and :mod:`retrieval.gate.support_meaning`.
How much each counts was fitted by `benchmarks/fit_support.py` and lies beside this file as plain numbers:
a weighted sum of what agrees, and trees that mend it (gradient boosting, Friedman 2001). Both are held to it
that more agreement never lowers a score.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from operator import mul
from typing import Any

from retrieval.gate.languages import language_of
from retrieval.gate.support_meaning import Reader
from retrieval.gate.support_words import compare

ENOUGH = 0.5  # the score from which evidence supports a statement
_SAME = 0.5  # the share of a statement's words that its evidence says only if both are in one language


def support(statement: str, evidence: str, reader: Reader | None = None) -> float:
    """How far the evidence supports the statement, 0 to 1; 1 where one of its sentences says just that.

    ``evidence`` is any run of text: a quote with the sentences around it, a passage, several. With a
    ``reader`` words are also compared by what they mean where they stand, which tells more and costs
    milliseconds; without one by their stems alone. A swapped number, name or denial barely moves the score:
    those have checks of their own. Where :func:`comparable` is false the score says nothing.
    """
    compared = compare(statement, evidence)
    if compared is None:
        return 0.0
    if compared.verbatim:
        return 1.0
    features = compared.features()
    if reader is None:
        return score(_fitted()["words"], features)
    return score(_fitted()["meaning"], features | reader.features(compared))


def comparable(statement: str, evidence: str) -> bool:
    """Whether the two are in one language, as far as can be told: else their words say nothing of support."""
    one, other = language_of(statement), language_of(evidence)
    if one == other:
        return True
    compared = compare(statement, evidence)
    return compared is not None and compared.features()["said"] >= _SAME


def score(fitted: Mapping[str, Any], features: Mapping[str, float]) -> float:
    """The score, 0 to 1, that fitted numbers give to features: sum and trees together, made a probability."""
    values = [features[name] for name in fitted["features"]]
    total = fitted["constant"] + sum(map(mul, fitted["weights"], values))
    return 1 / (1 + math.exp(-total - sum(_leaf(tree, values) for tree in fitted["trees"])))


def _leaf(node: Any, values: list[float]) -> float:
    """What a tree says: each node is (feature, bound, where the value is at most that, where it is more)."""
    while isinstance(node, list):
        node = node[2] if values[node[0]] <= node[1] else node[3]
    return float(node)


@lru_cache(maxsize=1)
def _fitted() -> Any:
    return json.loads(files("retrieval.gate").joinpath("support.json").read_text(encoding="utf-8"))
