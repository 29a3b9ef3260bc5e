"""Says which part of a statement its evidence knows nothing of. Knows nothing of what the words mean.

A score for the whole statement overlooks a clause that a model added to a sentence it otherwise repeats.
"""

from __future__ import annotations

import re

from retrieval.gate.evidence import Evidence
from retrieval.gate.markers import listed
from retrieval.gate.scopes import carries
from retrieval.gate.types import Reason
from retrieval.gate.wording import Fault
from retrieval.gate.words import Reading, Word

_FEWEST = 3  # words of meaning; a shorter part may be put in other words altogether
_MARK = re.compile(r"[,;:()—–،؛、，；]")
_APART = listed("""which while although though because after despite amid following marking whereas""")
_KNOWN = 0.34  # share of a part's words that must stand near the quotes


def part_faults(statement: Reading, evidence: Evidence) -> list[Fault]:
    """The parts of a statement, between its commas, whose words stand nowhere near its quotes."""
    told = {stem for reading in (*evidence.around, *evidence.titles) for stem in reading.stems}
    faults = []
    for part in _parts(statement):
        words = [word for word in part if carries(word.fold)]
        known = sum(word.stem in told for word in words)
        if len(words) >= _FEWEST and known < _KNOWN * len(words):
            faults.append((Reason.PART, statement.text[part[0].start : part[-1].end]))
    return faults


def _parts(statement: Reading) -> list[list[Word]]:
    """The parts of a statement; one that says too little to be judged belongs to the one before it."""
    parts: list[list[Word]] = []
    for word in statement.words:
        if not parts or word.fold in _APART or _MARK.search(statement.between(parts[-1][-1], word)):
            parts.append([word])
        else:
            parts[-1].append(word)
    joined: list[list[Word]] = []
    for part in parts:
        if joined and sum(carries(word.fold) for word in part) < _FEWEST:
            joined[-1].extend(part)
        else:
            joined.append(part)
    return joined
