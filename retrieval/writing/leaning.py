"""Tells questions that lean on a conversation, and makes them stand without it. Knows nothing of models.

A model makes the better question; what it writes is used only where every name and number in it was said
before. Without one, the telling words of the last question come along.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from retrieval.gate.languages import language_of
from retrieval.relevance import Asked
from retrieval.terms import question_terms, terms
from retrieval.types import Exchange

LONGEST = 400  # characters of a question that a model wrote
DIFFERS = 85  # percent of likeness; a standalone question less like the one asked is shown
_CARRIED_NAMES, _CARRIED_WORDS = 2, 1
_CARRIED_WHOLE = 5  # words, where the question brings next to none of its own
_FEW = 2  # telling words; a question with no more of them and no name says too little by itself

_OPENS = re.compile(
    r"\W*(?:and|but|so|also|or|then|what about|how about|und|aber|was ist mit|et|mais|y|pero|e|ma|mas|и|а|но"
    r"|или|و|اما|那么?|而|それで|では)\b",
    re.IGNORECASE,
)
_POINTING = {
    "en": r"it|its|he|him|his|she|her|hers|they|them|theirs?|there|same|former|latter"
    r"|(?:this|that|these|those)(?! (?:week|month|year|time|morning|evening|night|weekend|season|spring"
    r"|summer|autumn|fall|winter|day|century|decade|past)\b)",
    "de": r"er|sie|ihn|ihm|ihr|ihre[nrms]?|dies(?:e[rsnm]?)?|davon|darüber|damit|dort|dessen|deren",
    "fr": r"ils?|elles?|lui|leurs?|ça|cela|celui|celle|ceux",
    "es": r"él|ellas?|ellos|esto|eso|aquello|allí",
    "it": r"lui|lei|loro|questo|questa|quello|quella",
    "pt": r"eles?|elas?|isso|isto|aquilo",
    "ru": r"он|она|оно|они|его|её|ее|им|ему|ей|их|это|этот|эта|эти|этого|там|тогда",
}
_POINTS = {language: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for language, words in _POINTING.items()}
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"[.,](?=\d{3}\b)")


def leans(question: str, history: Sequence[Exchange]) -> bool:
    """Whether a question cannot be understood without the conversation before it."""
    if not history:
        return False
    few = len(question_terms(question)) <= _FEW and not Asked(question, {}).names
    points = _POINTS.get(language_of(question) or "en")
    return few or bool(_OPENS.match(question)) or bool(points and points.search(question))


def carried(question: str, history: Sequence[Exchange]) -> str:
    """The question with a few words that say what the one before it was about, names first.

    A new name takes the place of the old ones and a new number that of old numbers, unless the earlier
    exchange spoke of that name already.
    """
    last = history[-1]
    topic = set(terms(" ".join(last.said)))
    new = set(terms(question))
    fresh_name = not set(Asked(question, {}).names) <= topic | set(terms(last.question))
    fresh_number = bool(_DIGITS.search(question))
    told = Asked(last.question, {})
    names, words = [], []
    for word in _WORD.findall(last.question):
        own = set(terms(word)) & told.weights.keys()
        if not own or own <= new or (fresh_number and _DIGITS.search(word)):
            continue
        if own & set(told.names):
            names += [] if fresh_name else [word]
        elif own <= topic or not last.said:
            words.append(word)
    names, words = list(dict.fromkeys(names)), list(dict.fromkeys(words))
    if len([term for term in question_terms(question) if not term.isdigit()]) > 1:
        kept = [*names[:_CARRIED_NAMES], *words[: _CARRIED_WORDS + (not names)]]
    else:
        kept = [*names, *words][:_CARRIED_WHOLE]
    return f"{question.rstrip(' ?.!')} — {', '.join(kept)}?" if kept else question


def comes_from(written: str, question: str, history: Sequence[Exchange]) -> bool:
    """Whether a standalone question holds no name and no number that was not said before."""
    before = " ".join((question, *(" ".join((each.question, *each.said)) for each in history)))
    said = set(terms(before))
    later = _WORD.findall(written)[1:]  # the first word has its capital from its place
    names = {term for word in later if word[0].isupper() for term in terms(word)}
    return 0 < len(written) <= LONGEST and names <= said and _numbers(written) <= _numbers(before)


def keeps_numbers(search: str, question: str) -> bool:
    """Whether the same question in another language has no number that it lacks."""
    return 0 < len(search) <= LONGEST and _numbers(search) <= _numbers(question)


def differs(standalone: str, question: str) -> bool:
    """Whether a standalone question is so unlike the one asked that it should be shown."""
    return fuzz.ratio(standalone.casefold().strip(" ?.!"), question.casefold().strip(" ?.!")) < DIFFERS


def _numbers(text: str) -> set[str]:
    return {_THOUSANDS.sub("", number) for number in _DIGITS.findall(text)}
