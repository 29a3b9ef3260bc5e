"""Fits the support score: from labelled claims to the numbers in `retrieval/gate/support.json`.

First a weighted sum of what agrees, by logistic regression, then trees for what it leaves over: so few claims
rank better by a sum than by trees alone, which in turn learn where the line lies for each kind of evidence.
Fitted on the half of the claims whose evidence hashes even (`Claim.tuned_on`), so that no evidence stands
in both halves; `benchmarks/claims.py` reports the other. Every set and both labels weigh the same. Beside
that it prints how the same recipe does cross-validated, and on each set where it never saw a claim of it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.claims import CLAIMS
from retrieval.embeddings import LocalMiniLM
from retrieval.gate import support
from retrieval.gate.support_claims import Claim, Scored, read_claims, summarise
from retrieval.gate.support_meaning import MEANING, Reader
from retrieval.gate.support_words import WORDS, compare

FITTED = Path(support.__file__).with_name("support.json")
DIRECTIONS = {**WORDS, **MEANING}
LAYOUT = ("marks", "breaks")
FEATURES = {"words": [name for name in WORDS if name not in LAYOUT], "meaning": list(DIRECTIONS)}
SUMMED = ("meaning",)  # by the words alone neither sum nor layout gained anything, cross-validated
HELD = 10.0  # how strongly the weights of the sum are held to nought
SEEDS = range(4)  # models whose scores are averaged: each sees its own draw of claims and features
TREES = 60
FOLDS = 5
SETTINGS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.08,
    "num_leaves": 8,
    "min_data_in_leaf": 20,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "feature_fraction": 0.5,
    "lambda_l2": 5,
    "boost_from_average": False,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}

Table = dict[str, NDArray[np.float64]]


def read(claims: Sequence[Claim]) -> tuple[Table, list[int]]:
    """The features of each claim, by name, and the rows that are verbatim or without words."""
    reader = Reader(LocalMiniLM())
    rows, certain = [], []
    for number, claim in enumerate(claims):
        compared = compare(claim.text, claim.evidence)
        if compared is None or compared.verbatim:
            certain.append(number)
        rows.append(dict.fromkeys(DIRECTIONS, 0.0) if compared is None else _features(compared, reader))
    return {name: np.array([row[name] for row in rows]) for name in DIRECTIONS}, certain


def fit(kind: str, table: Table, claims: Sequence[Claim], rows: Sequence[int]) -> dict[str, Any]:
    """The sum and the trees fitted to some rows, as `support.json` holds them."""
    names = FEATURES[kind]
    ways = [DIRECTIONS[name] for name in names]
    inputs = np.column_stack([table[name][list(rows)] for name in names])
    truth = np.array([claims[row].supported for row in rows], dtype=int)
    counts = _counts([claims[row] for row in rows])
    weights, constant = _sum(inputs, truth, counts, ways) if kind in SUMMED else (np.zeros(len(names)), 0.0)
    start = inputs @ weights + constant
    trees: list[Any] = []
    for seed in SEEDS:
        settings = SETTINGS | {"seed": seed, "monotone_constraints": ways}
        data = lightgbm.Dataset(inputs, truth, weight=counts, init_score=start)
        model = lightgbm.train(settings, data, TREES)
        trees += [_plain(tree["tree_structure"], len(SEEDS)) for tree in model.dump_model()["tree_info"]]
    return {
        "features": names,
        "constant": round(constant, 5),
        "weights": [round(float(weight), 6) for weight in weights],
        "trees": trees,
    }


def validate(kind: str, table: Table, claims: Sequence[Claim], part: Callable[[Claim], str]) -> list[float]:
    """The score of every claim by numbers fitted to all parts but its own."""
    parts = [part(claim) for claim in claims]
    scores = [0.0] * len(claims)
    for left_out in sorted(set(parts)):
        fitted = fit(kind, table, claims, [row for row, name in enumerate(parts) if name != left_out])
        for row, name in enumerate(parts):
            if name == left_out:
                scores[row] = support.score(fitted, {name: values[row] for name, values in table.items()})
    return scores


def main() -> None:
    """Fit, keep the numbers, and print what to expect of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=CLAIMS, help="claims.jsonl")
    parser.add_argument("--keep", action="store_true", help="write the numbers into the package")
    given = parser.parse_args()
    claims = read_claims(given.file)
    table, certain = read(claims)
    fitted = {
        kind: fit(kind, table, claims, [row for row, claim in enumerate(claims) if claim.tuned_on])
        for kind in FEATURES
    }
    if given.keep:
        FITTED.write_text(json.dumps(fitted, separators=(",", ":")) + "\n", encoding="utf-8")
    for kind in FEATURES:
        for how, part in (("cross-validated", _fold), ("set never seen", lambda claim: claim.set)):
            scores = validate(kind, table, claims, part)
            for row in certain:
                scores[row] = 1.0
            figures = summarise(map(Scored, claims, scores))
            shares = {name: each["balanced_accuracy"] for name, each in figures.items()}
            print(f"{kind}, {how}: {shares}", flush=True)


def _features(compared: Any, reader: Reader) -> dict[str, float]:
    return {**compared.features(), **reader.features(compared)}


def _fold(claim: Claim) -> str:
    return str(hashlib.blake2b(claim.evidence.encode()).digest()[1] % FOLDS)


def _counts(claims: Sequence[Claim]) -> NDArray[np.float64]:
    """How much each claim counts: together the same for each label of each set."""
    kinds = [(claim.set, claim.supported) for claim in claims]
    counts = np.array([1 / kinds.count(kind) for kind in kinds])
    mean: NDArray[np.float64] = counts / counts.mean()
    return mean


def _sum(
    inputs: NDArray[np.float64], truth: NDArray[np.int_], counts: NDArray[np.float64], ways: Sequence[int]
) -> tuple[NDArray[np.float64], float]:
    """The weights and the constant of a logistic regression in which no feature counts against its way.

    What may move the score either way has no weight: it is left to the trees.
    """
    mean, spread = inputs.mean(axis=0), inputs.std(axis=0) + 1e-9
    scaled = (inputs - mean) / spread

    def loss(held: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total = scaled @ held[:-1] + held[-1]
        wrong = counts * (1 / (1 + np.exp(-total)) - truth)
        cost = np.sum(counts * (np.logaddexp(0, total) - truth * total)) + HELD / 2 * np.sum(held[:-1] ** 2)
        return float(cost), np.append(scaled.T @ wrong + HELD * held[:-1], wrong.sum())

    bounds = [(0 if way == 1 else None if way else 0, 0 if way < 1 else None) for way in ways]
    found = minimize(loss, np.zeros(len(ways) + 1), jac=True, bounds=[*bounds, (None, None)]).x
    weights: NDArray[np.float64] = found[:-1] / spread
    return weights, float(found[-1] - weights @ mean)


def _plain(node: dict[str, Any], models: int) -> Any:
    """A tree as nested lists: (feature, bound, where the value is at most that, where it is more)."""
    if "leaf_value" in node:
        return round(node["leaf_value"] / models, 5)
    below, above = (_plain(node[side], models) for side in ("left_child", "right_child"))
    return [node["split_feature"], round(node["threshold"], 6), below, above]


if __name__ == "__main__":
    main()
