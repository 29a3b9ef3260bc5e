"""How well the support score tells supported claims from others, by the words alone and by their meaning.

`footnote eval FOLDER` prints the figures of a folder's `claims.jsonl`; this adds what strictness costs, how
long a check takes, and, with `--details FILE`, every claim with its scores.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.data import NEWS
from retrieval.embeddings import LocalMiniLM
from retrieval.gate.support import ENOUGH, support
from retrieval.gate.support_claims import Claim, Scored, read_claims, summarise
from retrieval.gate.support_meaning import Reader
from retrieval.measures import percentile

CLAIMS = NEWS.parent / "claims.jsonl"
BOUNDS = (0.3, 0.4, 0.45, ENOUGH, 0.55, 0.6, 0.7)
SHORT = 1_500  # characters of evidence: what a statement of an answer is checked against is shorter


def timed(claims: Sequence[Claim], reader: Reader | None) -> tuple[list[Scored], list[float]]:
    """Each claim with its score, and the milliseconds that each one with short evidence took.

    With a reader its evidence is read ahead, as it is while a language model thinks.
    """
    scored, took = [], []
    for claim in claims:
        if reader:
            reader.read_ahead(claim.evidence)
        started = time.perf_counter()
        scored.append(Scored(claim, support(claim.text, claim.evidence, reader)))
        if len(claim.evidence) <= SHORT:
            took.append((time.perf_counter() - started) * 1000)
    return scored, took


def table(title: str, scored: Sequence[Scored]) -> None:
    """One line a set."""
    print(f"\n{title}\n\n| set | claims | balanced accuracy | supported refused | unsupported passed |")
    print("| --- | --- | --- | --- | --- |")
    for name, row in summarise(scored).items():
        low, high = row["balanced_accuracy_ci95"]
        print(
            f"| {name} | {row['claims']} | {row['balanced_accuracy']:.3f} ({low:.3f}–{high:.3f})"
            f" | {row['supported_refused']:.3f} | {row['unsupported_passed']:.3f} |"
        )


def strictness(scored: Sequence[Scored]) -> None:
    """What other bounds than ENOUGH would cost and leave, on average over the sets."""
    print("\n| score from which it passes | balanced accuracy | supported refused | unsupported passed |")
    print("| --- | --- | --- | --- |")
    for bound in BOUNDS:
        row = summarise(scored, bound)["all sets"]
        shares = (row["balanced_accuracy"], row["supported_refused"], row["unsupported_passed"])
        print(f"| {bound} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")


def main() -> None:
    """Score every claim both ways and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=CLAIMS, help="claims.jsonl")
    parser.add_argument(
        "--details", type=Path, help="write one JSON row a claim to this file", metavar="FILE"
    )
    given = parser.parse_args()
    claims = read_claims(given.file)
    rows = [{"set": claim.set, "claim": claim.text, "supported": claim.supported} for claim in claims]
    for kind, reader in (("words", None), ("meaning", Reader(LocalMiniLM()))):
        scored, took = timed(claims, reader)
        held_out = [each for each in scored if not each.claim.tuned_on]
        table(f"By {kind}, the half it was not fitted on", held_out)
        strictness(held_out)
        table(f"By {kind}, all claims", scored)
        print(f"\np50 {percentile(took, 50):.2f} ms, p95 {percentile(took, 95):.2f} ms a claim")
        for row, each in zip(rows, scored, strict=True):
            row[kind] = round(each.score, 4)
    if given.details:
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        given.details.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
