"""Finds the words a statement rests on where its writer quoted others: a title, or a sentence beside it.

It is looked for in the documents that the statement itself names, and nowhere else: nothing is cited for
being similar, and the gate judges the statement on what is found. Knows nothing of models.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from retrieval.gate.types import Reason, Verdict
from retrieval.noise import is_noise, spoken
from retrieval.terms import question_terms
from retrieval.writing.excerpts import Excerpts

# What other words of the same document may cure. A statement that is surer than its quote, denies it or gives
# it to somebody else contradicts what its writer read, whatever stands elsewhere.
_CURABLE = frozenset(
    {
        Reason.QUOTE, Reason.SHORT_QUOTE, Reason.ELSEWHERE,
        Reason.NUMBER, Reason.DATE, Reason.NAME, Reason.PART, Reason.SUPPORT,
    }
)  # fmt: skip

_SHARED = 0.5  # of a statement's words, that the sentence it rests on must have


def misquoted(verdict: Verdict) -> bool:
    """Whether a statement lacks only the words it rests on, or passed for what stands beside its quotes."""
    if verdict.passed and verdict.check == "words":
        said = {term for quote in verdict.quotes for term in question_terms(quote.text)}
        return not _shared(set(question_terms(verdict.text)), said)
    return bool(verdict.reasons) and _CURABLE.issuperset(verdict.reasons)


def closest(text: str, named: Iterable[str], excerpts: Excerpts) -> tuple[str, str] | None:
    """The sentence that shares most words with a statement, as the excerpt's id and the words shown there.

    It is of a document whose excerpt is ``named`` by its id; one alone, for out of several a statement could
    be made that none of them says. None where too little is shared.
    """
    wanted = set(question_terms(text))
    said = [(len(wanted & terms), -len(terms), id, words) for id, words, terms in _shown(named, excerpts)]
    if not said:
        return None
    _, _, id, words = max(said, key=lambda each: each[:2])
    return (id, words) if _shared(wanted, set(question_terms(words))) else None


def _shared(wanted: set[str], said: set[str]) -> bool:
    return len(wanted & said) >= _SHARED * len(wanted)


def _shown(named: Iterable[str], excerpts: Excerpts) -> Iterator[tuple[str, str, set[str]]]:
    """What the documents of these excerpts say, as their reader saw it: where, a sentence, and its words."""
    documents = {excerpts.passages[id].document for id in named if id in excerpts.passages}
    for id, passage in excerpts.passages.items():
        text = excerpts.shown[id].text if passage.document in documents else ""
        for span in spoken(text):
            words = text[span.start : span.end]
            if not is_noise(words):
                yield id, words, set(question_terms(words))
