"""Judges whether a statement may be shown: only what its quotes say. Knows nothing of models or screens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from retrieval.gate.alignment import retold
from retrieval.gate.certainty import certainty_faults
from retrieval.gate.changes import change_faults
from retrieval.gate.evidence import Evidence, evidence_of
from retrieval.gate.names import missing
from retrieval.gate.parts import part_faults
from retrieval.gate.polarity import polarity_faults
from retrieval.gate.quantities import quantity_faults
from retrieval.gate.quotes import as_quotes, find_quotes
from retrieval.gate.resting import resting
from retrieval.gate.roles import role_faults
from retrieval.gate.speakers import speaker_faults
from retrieval.gate.support import comparable, support
from retrieval.gate.support_meaning import Reader
from retrieval.gate.types import Proposal, Reason, Verdict
from retrieval.gate.wording import Fault, addresses, plain, quotation
from retrieval.gate.words import Reading, read
from retrieval.noise import gives_orders
from retrieval.types import Passage

# Cosines of multilingual-e5-small, both texts read as questions, of 72 hand-made translations and as many
# sentences on the same matter that say something else: from ALIKE on 90 % and 6 % of them, from UNLIKE on all
# and 49 %. What lies between is for a second opinion.
ALIKE, UNLIKE = 0.88, 0.84

# A model has just copied the words it rests on: what it faithfully says of them scores above 0.85, and what
# merely resembles them is refused where a claim of unknown make might still pass.
SUPPORTED = 0.72

Similar = Callable[[str, str], float]


def examine(
    proposal: Proposal,
    excerpts: Mapping[str, Passage],
    *,
    similar: Similar | None = None,
    reader: Reader | None = None,
) -> Verdict:
    """Whether a proposed statement may be shown, with its quotes as exact spans of their sources.

    ``excerpts`` are the passages the model was shown, by the ids it was shown. ``similar`` is the cosine of
    multilingual-e5-small, both texts read as questions; it is asked only where statement and quotes are in
    different languages. ``reader`` lets the support score compare words by their meaning too.
    """
    text = plain(proposal.text, excerpts)
    if not any(char.isalnum() for char in text):
        return _verdict(proposal, "", None, [(Reason.EMPTY, "")])
    found, faults = find_quotes(proposal.quotes, excerpts)
    if faults:
        return _verdict(proposal, text, None, faults)
    evidence = evidence_of(found)
    text, faults = quotation(text, evidence.passages)
    evidence = replace(evidence, quotes=as_quotes(resting(text, found)))
    faults += addresses(proposal.text, text, evidence.text)
    faults += [(Reason.ORDER, text)] if gives_orders(text) else []
    if not faults and _verbatim(text, evidence):
        return _verdict(proposal, text, evidence, [], "verbatim", 1.0)
    alike = comparable(text, evidence.window)
    statement = read(text, evidence.language if alike else None)
    for find in _CHECKS:
        faults += find(statement, evidence)
    # what is refused anyway need not be read for its meaning
    check, score = _supported(statement, evidence, alike, similar, None if faults else reader)
    if check == "words":
        faults += part_faults(statement, evidence)
    if fault := _unsupported(check, score, bool(faults)):
        faults.append((fault, ""))
    return _verdict(proposal, text, evidence, faults, check, score)


def _names(statement: Reading, evidence: Evidence) -> list[Fault]:
    return [(Reason.NAME, name) for name in missing(statement, evidence.told)]


_CHECKS = (
    quantity_faults,
    _names,
    polarity_faults,
    certainty_faults,
    speaker_faults,
    role_faults,
    change_faults,
)


def _verbatim(text: str, evidence: Evidence) -> bool:
    """Whether the statement is one whole sentence of its evidence, or several in order."""
    said = " ".join(text.split())
    told = [" ".join(plain(reading.text).split()) for reading in evidence.core]
    return any(said == " ".join(told[i:j]) for i in range(len(told)) for j in range(i + 1, len(told) + 1))


def _supported(
    statement: Reading, evidence: Evidence, alike: bool, similar: Similar | None, reader: Reader | None
) -> tuple[str, float]:
    """Which check speaks for support, and its score; ``alike`` where both are in one language."""
    if alike:
        said = retold(statement, evidence.around, evidence.published)
        return "words", support(said, evidence.window, reader)
    if similar is None:
        return "model", 0.0
    score = similar(statement.text, evidence.text)
    return ("model" if UNLIKE <= score < ALIKE else "meaning"), score


def _unsupported(check: str, score: float, faulty: bool) -> Reason | None:
    if check == "model":
        return None if faulty else Reason.UNJUDGED
    return Reason.SUPPORT if score < (ALIKE if check == "meaning" else SUPPORTED) else None


def _verdict(
    proposal: Proposal,
    text: str,
    evidence: Evidence | None,
    faults: Iterable[Fault],
    check: str = "words",
    score: float = 0.0,
) -> Verdict:
    found = list(dict.fromkeys(faults))
    return Verdict(
        proposal,
        text,
        evidence.quotes if evidence else (),
        tuple(reason for reason, _ in found),
        check,
        score,
        tuple(detail for _, detail in found),
    )
