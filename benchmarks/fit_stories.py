"""Fits the likeness of two documents of one story: from labelled stories to `retrieval/stories/weights.json`.

Fitted on the half of the stories that `benchmarks/stories.py` does not report: each document against those
before it that are nearest in meaning, in the order they came.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.storied import Article, fill, place, read
from benchmarks.stories import STORIES
from bot import logs
from retrieval import stories
from retrieval.database import rows
from retrieval.embeddings import LocalMiniLM
from retrieval.stories.grouping import OPEN
from retrieval.stories.likeness import LIKENESSES, Rarity
from retrieval.stories.traits import Traits, unpacked

FITTED = Path(stories.__file__).with_name("weights.json")
_NEAREST = 64
_RIDGE = 0.01
_STEPS = 60


async def traits(articles: Sequence[Article], folder: Path) -> list[Traits]:
    """The traits of the articles, as the library reads them."""
    model = LocalMiniLM()
    async with fill(articles, folder, model) as engine:
        await place(articles, engine, model)
        query = (
            "SELECT d.id, s.day, s.traits FROM story_documents s JOIN documents d ON d.number = s.document"
        )
        found = {row.id: unpacked(row.traits, row.day) for row in await rows(engine, query)}
    return [found[each.draft.key] for each in articles]


def pairs(
    articles: Sequence[Article], known: Sequence[Traits]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The likenesses of each document to earlier ones, and whether both are of one story."""
    rarity = Rarity()
    inputs, truth = [], []
    for at, mine in enumerate(known):
        rarity.see(mine)
        cosines = [float(mine.meaning @ other.meaning) for other in known[:at]]
        for other in np.argsort(cosines)[::-1][:_NEAREST]:
            if mine.day - known[other].day <= OPEN:
                inputs.append(rarity.likeness(mine, known[other]))
                truth.append(articles[at].label == articles[other].label)
    return np.array(inputs), np.array(truth, np.float64)


def fit(inputs: NDArray[np.float64], truth: NDArray[np.float64]) -> tuple[list[float], float]:
    """The weights and the constant of a logistic regression with a slight ridge, by Newton's method."""
    mean, spread = inputs.mean(axis=0), inputs.std(axis=0)
    scaled = np.column_stack([(inputs - mean) / spread, np.ones(len(inputs))])
    ridge = _RIDGE * np.diag([1.0] * inputs.shape[1] + [0.0])
    weights = np.zeros(scaled.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (likely - truth) + ridge @ weights
        bend = (scaled * (likely * (1 - likely))[:, None]).T @ scaled + ridge
        weights -= np.linalg.solve(bend, slope)
    plain = weights[:-1] / spread
    return [round(float(each), 4) for each in plain], round(float(weights[-1] - plain @ mean), 4)


def main() -> None:
    """Fit, and print or keep the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=STORIES, help="stories.jsonl")
    parser.add_argument("--keep", action="store_true", help="write the weights into the package")
    given = parser.parse_args()
    logs.configure(quiet=True)
    articles = read(given.file, half=0)
    with tempfile.TemporaryDirectory() as aside:
        known = asyncio.run(traits(articles, Path(aside)))
    weights, constant = fit(*pairs(articles, known))
    fitted = {"weights": dict(zip(LIKENESSES, weights, strict=True)), "constant": constant}
    print(json.dumps(fitted))
    if given.keep:
        FITTED.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
