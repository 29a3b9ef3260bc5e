"""Checks the questions that a model puts over its statements. Knows nothing of models or of where they stand.

A heading is no statement, yet may say something: it passes where it names, counts and takes for granted only
what the quotes below it say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from retrieval.gate.evidence import Evidence, evidence_of
from retrieval.gate.names import missing
from retrieval.gate.quantities import quantity_faults
from retrieval.gate.wording import addresses, plain
from retrieval.gate.words import read
from retrieval.terms import question_terms, terms
from retrieval.types import Passage, Quote, Span
from retrieval.writing.neutral import commands
from retrieval.writing.sayings import Saying

_LONGEST = 110  # characters
_ASKS = re.compile(r"[?？؟]\W*\Z")
# What questions are made of besides what they are about.
_ASKING = frozenset(
    terms(
        """
        change changed changes changing happen happens happened happening mean means meant matter matters
        actually real really next side sides get gets give gives gain gains affect affects affected cost costs
        cause causes caused dispute disputed expect
        expected behind reason reasons important come comes came go goes far big
        still stand stands stood open unclear known unknown difference different consequence consequences
        effect impact lead led work works happen start started begin began end ended long often old why
        now kind first last main key point points situation case far way follow follows pay pays decide
        decided agree agreed agrees want wants need needs help helps make makes made take takes took see
        ändert geändert bedeutet bekommt erhält wichtig passiert passierte kommt nächstes jetzt wirklich
        tatsächlich eigentlich betroffen geht steht bleibt folgt folgen seite seiten kostet grund gründe
        change changé vraiment signifie prochain maintenant obtient important passe conséquences suite
        cambia cambió cambiado realmente significa ahora importa próximo obtiene consecuencias pasa sigue
        cambia cambiato davvero significa adesso conta prossimo ottiene conseguenze succede
        muda mudou significa agora próximo obtém consequências acontece
        """
    )
)


def sound(question: str, sayings: Sequence[Saying], passages: Mapping[int, Passage]) -> str:
    """The question as it may be shown over these statements, or "" where it may not.

    ``passages`` are those that are quoted, by their numbers.
    """
    asked = plain(question)
    quotes = [quote for saying in sayings for quote in saying.quotes if quote.passage in passages]
    if not (quotes and _ASKS.search(asked) and len(asked) <= _LONGEST) or commands(asked):
        return ""
    evidence = evidence_of([(passages[quote.passage], _inside(quote, passages)) for quote in quotes])
    reading = read(asked)
    wrong = missing(reading, evidence.told) or quantity_faults(reading, evidence)
    if wrong or addresses(question, asked, evidence.text):
        return ""
    return asked if _takes_nothing_for_granted(asked, sayings, evidence) else ""


def _inside(quote: Quote, passages: Mapping[int, Passage]) -> Span:
    start = passages[quote.passage].start
    return Span(quote.start - start, quote.end - start)


def _takes_nothing_for_granted(asked: str, sayings: Sequence[Saying], evidence: Evidence) -> bool:
    """Whether each telling word of a question is said below it, by a quote or by a statement that holds."""
    told = " ".join((*(saying.text for saying in sayings), evidence.window))
    said = {*terms(told), *(term for title in evidence.titles for term in terms(title.text))}
    return set(question_terms(asked)) <= said | _ASKING
