"""Says where a statement drops, changes or invents who said something. Knows nothing of numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.gate.evidence import Evidence
from retrieval.gate.markers import listed
from retrieval.gate.mentions import Mention, mentions, same_name
from retrieval.gate.scopes import carries
from retrieval.gate.types import Reason
from retrieval.gate.wording import Fault
from retrieval.gate.words import Reading, Word, stem

# Verbs in the forms in which they report; the second kind says that it may not be so.
_PLAIN = listed(
    """say says said tell tells told announced confirmed reported noted stated wrote writes tweeted
    posted explained revealed disclosed testified replied acknowledged declared recalled commented
    concluded added pointed"""
)
_OPINION = listed(
    """claim claims claimed allege alleges alleged argue argues argued insist insists insisted believe
    believes believed think thinks thought suggest suggests suggested warn warns warned deny denies
    denied predict predicts predicted contend contends contended speculate speculates speculated fear
    feared estimate estimated assert asserts asserted maintain maintains maintained suspected
    complained forecast doubt doubts hope hopes hoped"""
)
_VERBS = _PLAIN | _OPINION
_NO_SUBJECT = listed(
    """the a an this that these his her their its our of to no any official new be been being is are was
    were am by in on for with and or not having as"""
)
_LATER = listed("""on in at during monday tuesday wednesday thursday friday saturday sunday""")
_PARTICIPLE = listed("in on by as from with under into at during for to")
_HEARSAY = frozenset(["allegedly", "reportedly", "apparently", "supposedly", "purportedly"])
# Who speaks in the news without a name, by kind: one kind is not another.
_KINDS = """
analyst analysts expert experts economist economists observer observers commentator commentators strategist
official officials authority authorities government governments ministry spokesman spokesperson
spokeswoman minister
police officer officers investigator investigators prosecutor prosecutors detective detectives
scientist scientists researcher researchers study academics professor professors doctor doctors
critic critics opponent opponents activist activists campaigner campaigners protesters opposition
witness witnesses resident residents local locals neighbour neighbours neighbor neighbors
supporter supporters ally allies advocate advocates proponents
lawyer lawyers attorney attorneys counsel
company companies firm manufacturer
source sources insider insiders
historian historians"""
_KIND = {stem(word): number for number, line in enumerate(_KINDS.split("\n")) for word in line.split()}


@dataclass(frozen=True, slots=True)
class Saying:
    """A place where somebody is said to say something: the words of the speaker and of what is said."""

    verb: str
    speaker: frozenset[str]
    said: frozenset[str]
    opinion: bool


def is_speaker(stemmed: str) -> bool:
    """Whether a stem names a kind of people that the news lets speak: critics, officials."""
    return stemmed in _KIND


def attributes(reading: Reading) -> bool:
    """Whether a text says of anything that somebody says it."""
    return bool(sayings(reading)) or any(word.fold in _HEARSAY for word in reading.words)


@lru_cache(maxsize=4_096)
def sayings(reading: Reading) -> tuple[Saying, ...]:
    """Who says what in a text, as word order and punctuation tell."""
    return tuple(_sayings(reading))


def _sayings(reading: Reading) -> Iterator[Saying]:
    words = reading.words
    for at, word in enumerate(words):
        if word.fold == "according" and at + 1 < len(words) and words[at + 1].fold == "to":
            yield _according(reading, at)
        elif word.fold in _VERBS and not word.opens and _verbal(reading, at):
            yield _said(reading, at)


def _verbal(reading: Reading, at: int) -> bool:
    """Whether a word that can report does: no noun ("the claims"), no participle ("alleged by")."""
    word = reading.words[at]
    before = reading.words[at - 1].fold if at else ""
    after = reading.words[at + 1].fold if at + 1 < len(reading.words) else ""
    if word.fold in ("said", "told", "says", "say", "stated", "added", "announced"):
        return before not in ("be", "been", "is", "are", "was", "were", "to", "the", "a") or after == "that"
    if after == "twice":
        return False
    if after == "that" and before not in ("the", "a", "an", "no", "of"):
        return True
    return before not in _NO_SUBJECT and after not in _PARTICIPLE and not before.endswith("ly")


def _according(reading: Reading, at: int) -> Saying:
    words = reading.words
    clause = words[at].clause
    speaker = [i for i in range(at + 2, len(words)) if words[i].clause == clause]
    rest = [i for i in range(len(words)) if i not in (at, at + 1, *speaker)]
    return Saying("accord", _stems(reading, speaker), _stems(reading, rest), True)


def _said(reading: Reading, at: int) -> Saying:
    words = reading.words
    clause = words[at].clause
    before = [i for i in range(at) if words[i].clause == clause]
    after = [i for i in range(at + 1, len(words)) if words[i].clause == clause]
    ends = at + len(after) + 1 >= len(words) and (not after or not before or words[after[0]].fold in _LATER)
    relative = any(words[i].fold in ("who", "which") for i in before)
    if ends and clause > words[0].clause and _closed_before(reading, before[0] if before else at):
        speaker = before or after
        rest = [i for i in range(len(words)) if i not in (at, *before, *after)]
    else:
        speaker = before if any(carries(words[i].fold) for i in before) else _aside(reading, at)
        rest = [i for i in range(at + 1, len(words)) if not relative or words[i].clause <= clause + 1]
    opinion = words[at].fold in _OPINION
    verb = words[at].stem if opinion else "say"
    return Saying(verb, _stems(reading, speaker), _stems(reading, rest), opinion)


def _aside(reading: Reading, at: int) -> list[int]:
    """The words of the two clauses before a verb that stands alone: "Ada Lund, the mayor, said"."""
    clause = reading.words[at].clause
    return [i for i in range(at) if clause - 2 <= reading.words[i].clause <= clause]


def _closed_before(reading: Reading, at: int) -> bool:
    """Whether a comma or a closing quotation mark stands before the words that name the speaker."""
    before = reading.text[reading.words[at - 1].end : reading.words[at].start] if at else ""
    return any(mark in before for mark in ',”"»')


def _stems(reading: Reading, places: Sequence[int]) -> frozenset[str]:
    return frozenset(reading.words[i].stem for i in places if carries(reading.words[i].fold))


def speaker_faults(statement: Reading, evidence: Evidence) -> list[Fault]:
    """What is wrong with who the statement says says it."""
    if statement.language not in ("en", "") or evidence.language not in ("en", ""):
        return []
    found = _dropped(statement, evidence) or _invented(statement, evidence) or _exchanged(statement, evidence)
    return [(Reason.ATTRIBUTION, found)] if found else []


def _invented(statement: Reading, evidence: Evidence) -> str:
    """A kind of people that the statement lets speak and its evidence does not know."""
    known = {each for reading in (*evidence.around, *evidence.titles) for each in reading.stems}
    kinds = {_KIND[each] for reading in evidence.core for each in reading.stems if each in _KIND}
    speakers = [each for saying in sayings(statement) for each in saying.speaker if each in _KIND]
    return " ".join(each for each in speakers if each not in known and _KIND[each] not in kinds)


def _exchanged(statement: Reading, evidence: Evidence) -> str:
    """A name that speaks in the statement where the evidence lets another say the same."""
    named = {word.stem for mention in mentions(statement) for word in _words(statement, mention)}
    told_names = {word.stem for r in evidence.core for mention in mentions(r) for word in _words(r, mention)}
    for saying in sayings(statement):
        speaker = saying.speaker & named
        same = [
            other
            for reading in evidence.core
            for other in sayings(reading)
            if len(saying.said & other.said) >= max(2, 0.5 * len(saying.said)) and not speaker & reading.stems
        ]
        others = [other.speaker & told_names for other in same]
        if speaker and same and all(others) and not any(_may_be(speaker, other) for other in others):
            return " ".join(sorted(speaker))
    return ""


def _may_be(speaker: frozenset[str], other: frozenset[str]) -> bool:
    return bool(speaker & other) or same_name(sorted(speaker), sorted(other))


def _words(reading: Reading, mention: Mention) -> list[Word]:
    return [word for word in reading.words if mention.start <= word.start < mention.end]


def _dropped(statement: Reading, evidence: Evidence) -> str:
    """The reporting verb that the statement leaves out, where it tells what was only said by somebody."""
    if any(word.fold in _HEARSAY for word in statement.words):
        return ""
    told = frozenset(word.stem for word in statement.words if carries(word.fold))
    mine = [saying.verb for saying in sayings(statement)]
    every = [(reading, saying) for reading in evidence.core for saying in sayings(reading)]
    best = max(evidence.core, key=lambda reading: len(told & reading.stems), default=None)
    for reading, saying in every:
        heard = told & saying.said
        least = (
            0.6 * min(len(told & reading.stems), len(saying.said))
            if reading is best
            else 0.6 * len(saying.said)
        )
        if told & saying.speaker - saying.said or len(heard) < max(2, least):
            continue
        if mine and not saying.speaker:
            continue  # "he said": one "said" may stand for several
        others = Counter(other.verb for _, other in every if other is not saying)
        if not Counter(mine) - others:
            return saying.verb
    return ""
