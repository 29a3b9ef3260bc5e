"""Tells questions that lean on a conversation, and makes them stand without it. Knows nothing of models.

A model makes the better question; what it writes is used only where every name and number in it was said
before. Without one, the telling words of the last question come along.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from retrieval.gate.languages import language_of
from retrieval.relevance import IDLE, Asked
from retrieval.terms import question_terms, terms
from retrieval.types import Exchange

LONGEST = 400  # characters of a question that a model wrote
DIFFERS = 85  # percent of likeness; a standalone question less like the one asked is shown
_CARRIED_NAMES, _CARRIED_WORDS = 2, 1
_CARRIED_WHOLE = 5  # words, where the question brings next to none of its own
_FEW = 1  # telling words; a question with no more of them and no name says too little by itself
_OWN = "zzyzx"  # a telling word, beside which the empty ones are seen to be empty

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
_ARTICLE = re.compile(
    r"the|an?|this|that|der|die|das|den|dem|des|l[ae]|les|l'|el|los|las|il|lo|gli|os?|as?", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"[.,](?=\d{3}\b)")


def leans(question: str, history: Sequence[Exchange]) -> bool:
    """Whether a question cannot be understood without the conversation before it."""
    if not history:
        return False
    few = len(_telling(question)) <= _FEW and not Asked(question, {}).names
    points = _POINTS.get(language_of(question) or "en")
    return few or bool(_OPENS.match(question)) or bool(points and points.search(question))


def carried(question: str, history: Sequence[Exchange]) -> str:
    """The question with a few words that say what the one before it was about, names first.

    A new name takes the place of the old ones and a new number that of old numbers, unless the earlier
    exchange spoke of that name already.
    """
    last = history[-1]
    spoken_of = {*terms(last.question), *terms(" ".join(last.said))}
    fresh_name = not set(Asked(question, {}).names) <= spoken_of
    fresh_number = bool(_DIGITS.search(question))
    names: list[str] = []
    things: list[str] = []
    rest: list[str] = []
    for word, kind in _topics(last.question):
        if set(terms(word)) <= set(terms(question)) or (fresh_number and _DIGITS.search(word)):
            continue
        if kind == "name":
            names += [] if fresh_name else [word]
        else:
            (things if kind == "thing" else rest).append(word)
    if any(not term.isdigit() and term not in Asked(question, {}).names for term in _telling(question)):
        kept = [*names[:_CARRIED_NAMES], *(things or rest)[: _CARRIED_WORDS + (not names)]]
    else:
        kept = [*names, *things, *rest][:_CARRIED_WHOLE]
    return f"{question.rstrip(' ?.!')} — {', '.join(dict.fromkeys(kept))}?" if kept else question


def _telling(question: str) -> set[str]:
    """The terms of a question that are not empty; none where all of them are."""
    return set(question_terms(f"{question} {_OWN}")) - {_OWN}


def _topics(question: str) -> Iterator[tuple[str, str]]:
    """The telling words of a question, each with its kind: a "name", a "thing", or neither.

    A thing is what an article or a name stands before, and what was carried into the question.
    """
    asked = Asked(question, {})
    tail = question.rfind(" — ") if " — " in question else len(question)
    before = ""
    for match in _WORD.finditer(question):
        word = match.group()
        own = {term for term in terms(word) if asked.weights.get(term, 0.0) > IDLE}
        if own & set(asked.names):
            yield word, "name"
            before = "name"
        elif own:
            yield word, "thing" if before in ("name", "article") or match.start() > tail else ""
            before = ""
        else:
            before = "article" if _ARTICLE.fullmatch(word) else ""


def comes_from(written: str, question: str, history: Sequence[Exchange]) -> bool:
    """Whether a standalone question is in the asker's language, without a name or number not said before."""
    before = " ".join((question, *(" ".join((each.question, *each.said)) for each in history)))
    said = set(terms(before))
    later = _WORD.findall(written)[1:]  # the first word has its capital from its place
    names = {term for word in later if word[0].isupper() for term in terms(word)}
    if (own := language_of(question)) and language_of(written) not in ("", own):
        return False
    return 0 < len(written) <= LONGEST and names <= said and _numbers(written) <= _numbers(before)


def keeps_numbers(search: str, question: str) -> bool:
    """Whether the same question in another language has no number that it lacks."""
    return 0 < len(search) <= LONGEST and _numbers(search) <= _numbers(question)


def differs(standalone: str, question: str) -> bool:
    """Whether a standalone question is so unlike the one asked that it should be shown."""
    return fuzz.ratio(standalone.casefold().strip(" ?.!"), question.casefold().strip(" ?.!")) < DIFFERS


def _numbers(text: str) -> set[str]:
    return {_THOUSANDS.sub("", number) for number in _DIGITS.findall(text)}
