"""Measures the support score on claims that people labelled. Knows nothing of how it was fitted.

A row is `{"set", "claim", "evidence", "supported"}`: does the evidence support the claim?
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.errors import Unreadable
from retrieval.gate.support import ENOUGH, support
from retrieval.gate.support_meaning import Reader
from retrieval.measures import balanced_accuracy, mean_accuracy_interval

Show = Callable[[str, int, int], None]
Groups = Sequence[tuple[Sequence[bool], Sequence[bool]]]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of one of several sets, the evidence it cites, and whether people found it supported."""

    set: str
    text: str
    evidence: str
    supported: bool

    @property
    def tuned_on(self) -> bool:
        """Whether its evidence falls into the half that the score was fitted on; no evidence is in both."""
        return hashlib.blake2b(self.evidence.encode()).digest()[0] % 2 == 0


@dataclass(frozen=True, slots=True)
class Scored:
    """A claim with its score."""

    claim: Claim
    score: float


def read_claims(file: Path) -> list[Claim]:
    """The claims of a file, in order. Raises Unreadable where a row is not one."""
    return list(_claims(file))


def score_claims(claims: Sequence[Claim], reader: Reader | None, show: Show) -> Iterator[Scored]:
    """Each claim with its score; ``show`` is told how far it has come."""
    for number, claim in enumerate(claims, start=1):
        yield Scored(claim, support(claim.text, claim.evidence, reader))
        show("Checking claims", number, len(claims))


def summarise(scored: Iterable[Scored], enough: float = ENOUGH) -> dict[str, dict[str, Any]]:
    """The figures of every set, and under ``"all sets"`` their means, each set counting the same.

    ``supported_refused`` is what strictness costs, ``unsupported_passed`` what it leaves. Intervals are 95 %
    bootstraps, drawn within the supported and within the unsupported claims of each set.
    """
    sets: dict[str, list[Scored]] = {}
    for each in scored:
        sets.setdefault(each.claim.set, []).append(each)
    groups = {
        name: ([each.score >= enough for each in rows], [each.claim.supported for each in rows])
        for name, rows in sorted(sets.items())
    }
    figures = {name: _figures([group]) for name, group in groups.items()}
    return {"all sets": _figures(list(groups.values()))} | figures if figures else {}


def _figures(groups: Groups) -> dict[str, Any]:
    accuracies = [balanced_accuracy(decided, truth) for decided, truth in groups]
    return {
        "claims": sum(len(truth) for _, truth in groups),
        "balanced_accuracy": round(sum(accuracies) / len(accuracies), 4),
        "balanced_accuracy_ci95": [round(bound, 4) for bound in mean_accuracy_interval(groups)],
        "supported_refused": _mean_share(groups, among=True, decided=False),
        "unsupported_passed": _mean_share(groups, among=False, decided=True),
    }


def _mean_share(groups: Groups, *, among: bool, decided: bool) -> float:
    """The share decided one way among the true or the false of each group, on average over the groups."""
    shares = []
    for said, truth in groups:
        chosen = [each == decided for each, actual in zip(said, truth, strict=True) if actual == among]
        if chosen:
            shares.append(sum(chosen) / len(chosen))
    return round(float(np.mean(shares)), 4) if shares else 0.0


def _claims(file: Path) -> Iterator[Claim]:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            claim = Claim(str(row["set"]), str(row["claim"]), str(row["evidence"]), bool(row["supported"]))
        except (ValueError, KeyError, TypeError):
            raise Unreadable(
                f"Row {number} of “{file.name}” has no set, claim, evidence or supported: mend or remove it."
            ) from None
        yield claim
