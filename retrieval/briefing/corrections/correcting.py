"""Decides which quotes that readers were given are corrected or contradicted by documents that came after.

A development is no correction: tolls rise, plans come true, prices move. In doubt nothing is said, since a
false "that was wrong" costs more trust than one that is missed. Knows nothing of readers or of messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from retrieval.briefing.corrections.came import Came, Correction, Telling
from retrieval.briefing.corrections.contradicting import otherwise
from retrieval.briefing.corrections.exchanging import exchanged, mending
from retrieval.briefing.corrections.mistaken import is_note, subject
from retrieval.briefing.sentences import Said
from retrieval.citations import locate
from retrieval.terms import question_terms
from retrieval.types import Document

_ABOUT, _OF_IT = 2, 0.35  # telling words that a note shares with what it mends, and share of its own
_FEWEST, _WITHDRAWN = 3, 0.5  # the same of what is taken out without another word in its place
_BEST = 0.8  # of what a sentence shares with the quote that it mends best


def corrections(told: Iterable[Telling], came: Sequence[Came]) -> list[Correction]:
    """What later documents correct or contradict, each quote once: by its own publisher's word if that is.

    Where one sentence could mend several quotes, it mends the one that it shares most with.
    """
    found: dict[tuple[int, int], list[tuple[int, Correction]]] = {}
    for telling in told:
        if is_note(telling.quote.text):
            continue
        own = [each for each in came if each.document.number == telling.quote.document.number]
        others = [each for each in came if each not in own and not _is_copy(each.document, telling)]
        each = next(filter(None, (_mended(telling, one) for one in own)), None)
        each = each or next(otherwise(telling, others), None)
        if each:
            shared = len(telling.terms & frozenset(question_terms(each.now.text)))
            found.setdefault((each.now.document.number, each.now.start), []).append((shared, each))
    return [
        each
        for rivals in found.values()
        for shared, each in rivals
        if shared >= _BEST * max(most for most, _ in rivals)
    ]


def _mended(telling: Telling, came: Came) -> Correction | None:
    """What a new version of the quoted document says in the quote's place."""
    notes = [note for note in came.notes if _about(telling, note)]
    noted = next(filter(None, (mending(telling, note) for note in notes)), None)
    if noted or locate(telling.quote.text, came.text):
        return noted
    noted_of_it = any(telling.terms & subject(note.terms) for note in came.notes)
    for line in came.lines:
        values = None if is_note(line.text) else exchanged(telling, line, noted=noted_of_it)
        if values:
            return Correction(telling.quote, came.quote(line), *values)
    enough = max(_FEWEST, _WITHDRAWN * len(telling.terms))
    withdrawn = next((note for note in notes if len(telling.terms & note.terms) >= enough), None)
    return Correction(telling.quote, withdrawn.quote) if withdrawn else None


def _about(telling: Telling, note: Said) -> bool:
    """Whether a note is about a quote."""
    about = subject(note.terms)
    return len(telling.terms & about) >= max(_ABOUT, _OF_IT * len(about))


def _is_copy(document: Document, telling: Telling) -> bool:
    """Whether a document is the quoted one at another publisher."""
    return document.group == telling.quote.document.group
