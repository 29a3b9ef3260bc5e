"""Gives a scripted adversary's proposals to the gate and counts what it stops. Knows nothing of the rules."""

from __future__ import annotations

import gc
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rapidfuzz import fuzz

from benchmarks.adversary.articles import Base, bases
from benchmarks.adversary.faithful import FAITHFUL, Made, Maker
from benchmarks.adversary.forged import FORGED
from retrieval.gate import Proposal, Verdict, examine
from retrieval.gate.support_meaning import Reader
from retrieval.measures import percentile
from retrieval.writing import requoting
from retrieval.writing.excerpts import Excerpts
from retrieval.writing.neutral import neutral

CRUCIAL = (
    "number altered",
    "number word altered",
    "date altered",
    "name of the article",
    "name of elsewhere",
    "denial added",
    "denial removed",
)

_THEIRS = 90  # percent of a statement's words that are those of a sentence
_COPIED = ("verbatim", "quote with a slip")  # supported statements in their source's own words


@dataclass
class Measured:
    """What was stopped (True) of each kind, how long six statements took in ms, and the misses as JSON.

    ``six`` are statements of all kinds; of ``six_supported`` each is true to its source in other words.
    ``anew`` says of each altered statement that lacked only the words it rests on whether it passed with the
    likest sentence of its document, and ``theirs`` whether that sentence is the statement itself.
    """

    stopped: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    six: list[float] = field(default_factory=list)
    six_supported: list[float] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)
    anew: list[bool] = field(default_factory=list)
    theirs: list[bool] = field(default_factory=list)

    def share(self, kinds: Iterable[str]) -> float:
        """The share that was stopped of these kinds together."""
        every = [each for kind in kinds for each in self.stopped[kind]]
        return sum(every) / len(every)


def measure(corpus: Path, seed: int, each: int, reader: Reader | None = None) -> Measured:
    """Make at most ``each`` proposals of every kind from a corpus and let the gate examine them.

    A ``reader`` reads the evidence before the clock runs, as it does while a language model writes.
    """
    measured = Measured()
    took: list[tuple[str, float]] = []
    rng = random.Random(seed)
    sentences = list(bases(corpus, seed, 12 * each))
    gc.freeze()  # as the bot does: a collection that looks at the whole corpus is none of the gate's time
    for base in sentences:
        if reader is not None:
            for passage in base.excerpts.values():
                reader.read_ahead(passage.text)
        for kind, make in (*FAITHFUL.items(), *FORGED.items()):
            made = _made(kind, make, base, rng) if len(measured.stopped[kind]) < each else None
            if made is None:
                continue
            started = time.perf_counter()
            verdict = examine(Proposal(*made), base.excerpts, reader=reader)
            took.append((kind, (time.perf_counter() - started) * 1000))
            measured.stopped[kind].append(not verdict.passed)
            if verdict.passed == (kind in FORGED):
                measured.misses.append(_miss(kind, base, verdict))
            if kind in FORGED and not verdict.passed and requoting.misquoted(verdict):
                _quoted_anew(measured, verdict.proposal, base, reader)
    measured.six = _sixes([ms for _, ms in took])
    measured.six_supported = _sixes([ms for kind, ms in took if kind in FAITHFUL and kind not in _COPIED])
    return measured


def _quoted_anew(measured: Measured, proposal: Proposal, base: Base, reader: Reader | None) -> None:
    shown = {id: neutral(passage.text) for id, passage in base.excerpts.items()}
    excerpts = Excerpts("mark", base.excerpts, "", (), shown)
    found = requoting.closest(proposal.text, [id for id, _ in proposal.quotes], excerpts)
    if found is None:
        measured.anew.append(False)
        return
    words = excerpts.original(*found)
    verdict = examine(replace(proposal, quotes=((found[0], words),)), base.excerpts, reader=reader)
    measured.anew.append(verdict.passed)
    if verdict.passed:
        measured.theirs.append(fuzz.token_set_ratio(proposal.text.casefold(), words.casefold()) >= _THEIRS)


def _sixes(took: Sequence[float]) -> list[float]:
    return [sum(took[i : i + 6]) for i in range(0, len(took) - 5, 6)]


def _made(kind: str, make: Maker, base: Base, rng: random.Random) -> Made:
    """What a rule makes of the sentence; half of the alterations are made of it rewritten before."""
    if kind in FORGED and rng.random() < 0.5:
        rules = [rule for name, rule in FAITHFUL.items() if name not in _COPIED]
        for rule in rng.sample(rules, len(rules)):
            written = rule(base, rng)
            made = make(replace(base, sentence=written[0]), rng) if written else None
            if made and written:
                kept = [quote for quote in made[1] if quote[1] != written[0] or quote[0] != base.id]
                own = written[1] if len(kept) < len(made[1]) else ()
                return made[0], (*own, *kept)
    return make(base, rng)


def _miss(kind: str, base: Base, verdict: Verdict) -> str:
    return json.dumps(
        {
            "kind": kind,
            "statement": verdict.proposal.text,
            "sentence": base.sentence,
            "quotes": verdict.proposal.quotes,
            "complaints": verdict.complaints,
            "support": round(verdict.support, 3),
        },
        ensure_ascii=False,
    )


def table(measured: Measured) -> str:
    """What was refused of the supported and stopped of the altered, with 95 % intervals."""
    lines = []
    for title, kinds, verb in (
        ("Supported: refused", FAITHFUL, "refused"),
        ("Altered: stopped", FORGED, "stopped"),
    ):
        lines.append(f"{title:32}{'made':>6}{verb:>9}   95 % interval")
        lines += [_row(kind, measured.stopped[kind]) for kind in kinds]
        lines += [_row("all", [each for kind in kinds for each in measured.stopped[kind]]), ""]
    crucial = [each for kind in CRUCIAL for each in measured.stopped[kind]]
    lines += [_row("numbers, dates, names, denials", crucial), ""]
    lines += [
        f"stopped ones, quoted anew: {sum(measured.anew)} of {len(measured.anew)} pass, "
        f"{sum(measured.theirs)} of them on their own words",
        "",
    ]
    lines += [_time("six statements", measured.six), _time("six supported ones", measured.six_supported)]
    return "\n".join(lines)


def _time(what: str, took: Sequence[float]) -> str:
    return f"{what}: median {percentile(took, 50):.1f} ms, 95th percentile {percentile(took, 95):.1f} ms"


def _row(name: str, stopped: Sequence[bool]) -> str:
    if not stopped:
        return f"{name:32}{0:6}"
    low, high = _interval(sum(stopped), len(stopped))
    share = 100 * sum(stopped) / len(stopped)
    return f"{name:32}{len(stopped):6}{share:8.1f}%   {100 * low:.1f} to {100 * high:.1f}"


def _interval(hits: int, of: int) -> tuple[float, float]:
    """Wilson's interval of a share, at 95 % (Wilson 1927)."""
    z, share = 1.96, hits / of
    middle = share + z * z / (2 * of)
    spread = z * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5
    return max(0.0, (middle - spread) / (1 + z * z / of)), (middle + spread) / (1 + z * z / of)
