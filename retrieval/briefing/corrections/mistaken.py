"""Reads the words in which sources say that something was wrong. Knows nothing of what was told to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from retrieval.gate.alignment import Item, alike, items
from retrieval.gate.figures import Figure
from retrieval.gate.markers import listed
from retrieval.gate.words import stem
from retrieval.terms import question_terms
from retrieval.writing.values import Told

VALUES = ("number", "date", "year", "name")
_REACH = 14  # words from what says that a value is wrong to that value

# What a publisher puts beside an article that it mended.
_NOTE = re.compile(
    r"""
      \A\W*(?:corrections?|clarifications?|corrected|editors?['’]?s?\ note|retraction)\b
          (?:\s*(?:&|and|/)\s*\w+)?(?:,[^:]{0,30})?\s*[:.—–-]
    | \b(?:an?|the|this|our)\ (?:earlier|previous|prior|original|first)
          \ (?:version|edition|report|article|story)\b
    | \b(?:article|story|report|post|page|headline|piece|version|column)\b .{0,40}
          \b(?:amended|corrected|updated\ (?:to|because)|revised\ to|retracted|withdrawn|misstated)\b
    | \bmis(?:stated|reported|identified|spelled|spelt|attributed|quoted|calculated|counted)\b
    | \bwe\ (?:wrongly|mistakenly|incorrectly|regret|apologi[sz]e)\b
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_NOTED_IN = frozenset(
    question_terms(
        "correction corrections clarification earlier previous prior original version edition report article "
        "story post wrong wrongly incorrect incorrectly misstated mistaken mistakenly error regret amended "
        "updated corrected stated said gave given editor note number date name figure"
    )
)
# What stands before a value that is said to be wrong: firmly, or as what was known at first.
_FIRMLY = re.compile(
    r"""\b(?: incorrect\w* | erroneous\w* | mistaken(?:ly)? | wrong(?:ly)? | inaccurate\w*
        | falsely\ (?:said|reported|stated|put|gave|given)
        | mis(?:stated|reported|identified|attributed|calculated|counted) | contrary\ to
        | correct(?:ed|ing)\ (?:\w+\ ){0,4}?(?:report|statement|figure|number|toll|count|tally|date)s?
        | retract\w* | (?:earlier|previous|prior|original)\ version )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_AT_FIRST = re.compile(
    r"""\b(?: (?:earlier|initial(?:ly)?|previous(?:ly)?|preliminary|originally|first)\ (?:\w+\ ){0,2}?
          (?:report(?:s|ed)?|sa(?:id|ys)|stat(?:ed|ements?)|put|giv(?:en|es?)|gave|announced|estimate[sd]?
            |believed|thought|figures?|accounts?|counts?|counted|tall(?:y|ies)|tolls?|numbers?|information)
        | revis(?:ed|es|ing) )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NOT = re.compile(r"\bnot\s+(?:(?:the|an?|on|in|by|at|about|as|of)\s+)*\Z", re.IGNORECASE)
_NAME_NOT = re.compile(r"[,;]?\s+(?:and\s+)?not\s+(?:the\s+|by\s+|in\s+|at\s+)?", re.IGNORECASE)
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_FROM = re.compile(r"\bfrom\s+(?:\w+\s+){0,2}\Z", re.IGNORECASE)
_UNTRUE = re.compile(
    r"""\b(?: (?:is|are|was|were|be|been|as|prov\w+)\ (?:to\ be\ )?(?:\w+\ )?
            (?:false|untrue|wrong|incorrect|mistaken|fake|fabricated|inaccurate|unfounded|baseless)
        | den(?:y|ies|ied|ying)\ (?:\w+\ ){0,3}?(?:reports?|claims?|rumou?rs?|that)
        | (?:dismiss|reject|refut|retract|withdr[ae]w)\w*\ (?:\w+\ ){0,3}?
            (?:reports?|claims?|rumou?rs?|statements?)
        | no\ truth\ (?:in|to) | did\ not\ (?:happen|take\ place) | never\ (?:happened|took\ place)
        | contrary\ to\ (?:\w+\ ){0,2}reports? )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DISPUTES = frozenset(
    question_terms(
        "deny denied denies denying dismiss dismissed reject rejected refute refuted retract retracted "
        "withdraw withdrew false untrue wrong incorrect mistaken fake fabricated inaccurate unfounded "
        "baseless truth report reports reported claim claims rumour rumours rumor rumors contrary proved "
        "official officials authorities statement said spokesman spokeswoman company government"
    )
)

# Counts that only rise as more becomes known.
_MOUNTING = frozenset(
    stem(word)
    for word in listed(
        """dead death deaths die died dies kill killed kills fatalities toll casualties injured injuries
        injure wounded hurt missing trapped arrest arrested arrests detained charged cases infected
        infections sick hospitalized hospitalised tested evacuate evacuated displaced homeless stranded
        rescued burn burned burnt scorched acres hectares damage damaged destroyed destroy collapsed flooded
        structures raised raise donated signed signatures sold votes voted counted counting victims hostages
        bodies recovered found reached reach outages customers power cancelled canceled delayed claims
        filed lawsuits recalled vaccinated doses shots registered deployed lost losses"""
    )
)
_OPEN = re.compile(
    r"\b(?:so far|as of|at least|more than|over|up to|nearly|almost|now|currently|latest|preliminary|still"
    r"|already|early)\b",
    re.IGNORECASE,
)


def is_note(sentence: str) -> bool:
    """Whether a sentence says of the article it stands in, or of another, that it was mended."""
    return bool(_NOTE.search(sentence))


def subject(terms: frozenset[str]) -> frozenset[str]:
    """What a note is about: its telling words without those of every note."""
    return terms - _NOTED_IN


def takes_back(sentence: str) -> bool:
    """Whether a sentence says that what it speaks of is not so."""
    return bool(_UNTRUE.search(sentence))


def besides(terms: frozenset[str], told: frozenset[str]) -> frozenset[str]:
    """What a sentence that takes something back says besides that and what was told."""
    return terms - told - _DISPUTES


def mounts(told: Told, one: Figure, other: Figure) -> bool:
    """Whether a count went on from one number to the ``other``, as tolls do, rather than was mended.

    ``told`` is the sentence that gives the other.
    """
    counted = told.counts(other) | told.ties(other)
    return rises(one, other) and bool(counted & _MOUNTING or _OPEN.search(told.text))


def rises(one: Figure, other: Figure) -> bool:
    """Whether a number is larger than another."""
    return max(other.values) > min(one.values)


def same_value(one: Item, other: Item) -> bool:
    """Whether two items are one value; a year is a number too."""
    if one.figure and other.figure:
        return one.figure.same(other.figure)
    return alike(one, other)


def wrong_values(sentence: Told) -> Iterator[tuple[Item, bool]]:
    """The values a sentence says were wrong; with each, whether it says so firmly.

    One that was only given "at first" may have been right then.
    """
    values = [each for each in items(sentence.reading) if each.kind in VALUES]
    text = sentence.text
    firm, at_first = list(_FIRMLY.finditer(text)), list(_AT_FIRST.finditer(text))
    for each in values:
        before = text[: each.start]
        if _NOT.search(before) or _behind(firm, before, values, each):
            yield each, True
        elif _behind(at_first, before, values, each):
            yield each, False
        elif (firm or at_first) and _FROM.search(before):
            yield each, bool(firm)


def _behind(marks: Sequence[re.Match[str]], before: str, values: Sequence[Item], value: Item) -> bool:
    """Whether a value is the first of its kind behind what says that it was wrong."""
    ends = [mark.end() for mark in marks if mark.end() <= len(before)]
    if not ends or len(before[ends[-1] :].split()) > _REACH:
        return False
    return not any(each.kind == value.kind and ends[-1] <= each.start < value.start for each in values)


def instead(sentence: Told, wrong: Item, told: Told) -> Item | None:
    """The value a sentence gives in the place of one that was told and that it says was wrong."""
    known = [each for each in items(told.reading) if each.kind in VALUES]
    others = [each for each in items(sentence.reading) if each.kind in VALUES]
    others = [each for each in others if not any(same_value(each, one) for one in (wrong, *known))]
    if wrong.kind == "name":  # a sentence names many: only the one right before "not" stands for it
        names = [each for each in others if each.kind == "name"]
        return next(
            (each for each in names if _NAME_NOT.fullmatch(sentence.text[each.end : wrong.start])), None
        )
    one = next((each for each in known if same_value(each, wrong)), wrong)
    counted = told.counts(one.figure) if one.figure else frozenset[str]()

    def nearness(item: Item) -> tuple[bool, int]:
        same = bool(item.figure and counted & sentence.counts(item.figure))
        return not same, abs(item.start - wrong.start)

    return min((each for each in others if _one_measure(sentence, each, wrong)), key=nearness, default=None)


def _one_measure(sentence: Told, one: Item, other: Item) -> bool:
    """Whether two values may be of the same: numbers where what either counts is unsaid, or shared."""
    if not (one.figure and other.figure):
        return one.kind == other.kind
    if "year" in (one.kind, other.kind) and not (_YEAR.fullmatch(one.text) and _YEAR.fullmatch(other.text)):
        return False
    if one.figure.ordinal != other.figure.ordinal:
        return False
    units = {one.figure.unit, other.figure.unit} - {""}
    counted, too = sentence.counts(one.figure), sentence.counts(other.figure)
    return len(units) < 2 and (not counted or not too or bool(counted & too))
