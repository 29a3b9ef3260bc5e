"""Says where a statement denies what its evidence affirms, or the other way. Knows nothing of names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from retrieval.gate.evidence import Evidence
from retrieval.gate.markers import denies, direction, listed
from retrieval.gate.scopes import SOFT, Marked, carries, marked
from retrieval.gate.types import Reason
from retrieval.gate.wording import Fault
from retrieval.gate.words import Reading, Word, stem, stems_of

# Words of opposite meaning; the second list has pairs that swap who does it ("sold to" is "bought from").
_OPPOSITES = """
rise/fall rise/drop rise/decline rise/decrease rise/sink increase/decrease increase/fall increase/drop
increase/decline increase/reduce gain/loss gain/lose grow/shrink up/down higher/lower high/low more/less
more/fewer most/least
accept/reject approve/reject approve/deny allow/ban allow/forbid permit/ban permit/prohibit
support/oppose back/oppose
supporter/opponent open/close begin/end start/end start/stop start/finish begin/stop
enter/leave arrive/leave
arrive/depart join/leave confirm/deny admit/deny agree/disagree agree/refuse succeed/fail
success/failure pass/fail
guilty/innocent convict/acquit legal/illegal lawful/unlawful possible/impossible likely/unlikely
able/unable safe/dangerous
safe/unsafe strong/weak strengthen/weaken improve/worsen expand/contract expand/shrink raise/lower
raise/cut raise/reduce
lift/impose ease/tighten include/exclude alive/dead survive/die save/kill win/lose victory/defeat
first/last early/late
earlier/later best/worst better/worse true/false right/wrong same/different public/private
domestic/foreign inside/outside
above/below north/south east/west northern/southern eastern/western left/right male/female man/woman
positive/negative
advantage/disadvantage hot/cold warm/cool large/small big/small long/short old/new young/old fast/slow
many/few major/minor
majority/minority maximum/minimum always/never temporary/permanent voluntary/mandatory
optional/mandatory import/export
deploy/withdraw advance/retreat attack/defend build/demolish create/destroy hire/fire appoint/dismiss
resign/remain stay/leave
remain/leave keep/drop extend/shorten deny/acknowledge free/imprison release/detain release/arrest
surplus/deficit profit/loss
uphold/overturn sign/veto oppose/endorse endorse/reject praise/criticise praise/criticize
welcome/condemn winner/loser
before/after buy/sell lend/borrow give/receive teach/learn ally/enemy friend/enemy hero/villain
surge/plunge surge/slump soar/plunge
climb/fall rally/slump upgrade/downgrade vaccinated/unvaccinated armed/unarmed stable/unstable
known/unknown largest/smallest biggest/smallest
highest/lowest oldest/youngest longest/shortest strongest/weakest richest/poorest greatest/least
top/bottom narrow/wide double/halve uphold/strike heavy/light full/empty easy/hard thousands/dozens
reduce/increase decrease/grow widen/narrow harm/help hurt/help accelerate/slow optimist/pessimist"""
_CONVERSE = listed("""before after buy sell lend borrow give receive win lose victory defeat""")
_PAIRS: dict[str, set[str]] = {}
for _first, _second in (pair.split("/") for pair in _OPPOSITES.split()):
    _PAIRS.setdefault(stem(_first), set()).add(stem(_second))
    _PAIRS.setdefault(stem(_second), set()).add(stem(_first))
_CONVERSES = frozenset(stem(word) for word in _CONVERSE)
_PREFIXES = ("un", "non", "il", "ir")
_DIS = stems_of("agree approve honest like obey qualify prove satisfied loyal")
_IN = stems_of("""correct complete effective sufficient adequate accurate eligible formal active""")
_NEVER_SO = listed("unhurt unharmed uninjured unaware unchanged unclear unknown nothing")
_BINDING = stems_of(
    """oblige obligate require order force compel bind commit ask allow permit let expect need instruct
    authorise authorize entitle enable tell mandate demand want"""
)
_FAILING = stems_of("fail refuse decline unable neglect omit")
_SHORT = 40  # words, or characters of scripts without spaces; a longer sentence may deny something else
_NEAR = 4  # words on either side that tell whether two opposites speak of the same


def polarity_faults(statement: Reading, evidence: Evidence) -> list[Fault]:
    """Where the statement adds a denial, drops one, or says the opposite."""
    if statement.language not in ("en", "") or evidence.language not in ("en", ""):
        return [(Reason.NEGATION, each) for each in _at_all(statement, evidence)]
    told = [mark for reading in evidence.core for mark in marked(reading)]
    said = marked(statement)
    found = [*_denials(statement, said, told, evidence), *_opposites(statement, evidence)]
    return [(Reason.NEGATION, each) for each in dict.fromkeys(found)]


def _denials(
    statement: Reading, said: Sequence[Marked], told: Sequence[Marked], evidence: Evidence
) -> Iterable[str]:
    denied_there = any(mark.denied for mark in told) or any(_negative(reading) for reading in evidence.around)
    here, there = {mark.stem for mark in said}, {mark.stem for mark in told}
    stand_denied = {mark.stem for mark in told if mark.denied or mark.under}
    for mark in said:
        reach = {mark.stem, mark.beside} - {""}
        if mark.denied == "hard" and not reach & stand_denied and (reach & there or not denied_there):
            yield f"not {statement.words[mark.at].text}"
    affirmed = {mark.stem for mark in told if not mark.denied}
    for mark in told:
        reach = {mark.stem, mark.beside} - {""}
        if mark.denied == "hard" and reach <= here and not reach <= affirmed:
            plain = [each for each in said if each.stem in reach]
            if not any(each.denied or each.under or _denying_clause(statement, each) for each in plain):
                yield next(statement.words[each.at].text for each in plain)
    yield from _short_of(said, evidence)
    yield from _unbound(statement, said, evidence)


def _unbound(statement: Reading, said: Sequence[Marked], evidence: Evidence) -> Iterable[str]:
    """What the evidence says nobody is bound to do, where the statement has it done or due.

    "It does not oblige Russia to defend Iran" denies "oblige", so nothing says "Russia must defend Iran".
    """
    here = {mark.stem for mark in said if not mark.denied and not mark.under}
    free = {
        mark.stem
        for reading in evidence.core
        for mark in marked(reading)
        if not mark.under and reading.words[max(0, mark.at - 1)].fold != "to"
    }
    for reading in evidence.core:
        for mark in marked(reading):
            if mark.denied != "hard" or mark.stem not in _BINDING or mark.stem in statement.stems:
                continue
            who, what = _bound(reading, mark.at)
            if what and what.stem in here and what.stem not in free and who & here:
                yield what.text


def _bound(reading: Reading, at: int) -> tuple[set[str], Word | None]:
    """Who is bound by a word that binds, and to do what: "require shops to close", "shops … required to"."""
    behind = [word for word in reading.words[at + 1 : at + 10] if word.clause == reading.words[at].clause]
    to = next((index for index, word in enumerate(behind) if word.fold == "to"), None)
    if to is None:
        return set(), None
    before = [word for word in reading.words[:at] if word.clause == reading.words[at].clause]
    who = {word.stem for word in behind[:to] if carries(word.fold)} or {
        word.stem for word in before if carries(word.fold)
    }
    return who, next((word for word in behind[to + 1 :] if carries(word.fold)), None)


def _short_of(said: Sequence[Marked], evidence: Evidence) -> Iterable[str]:
    """What the evidence says failed, or was stopped short of, where the statement says it is so."""
    here = {mark.stem for mark in said if not mark.denied and not mark.under}
    for reading in evidence.core:
        for at, word in enumerate(reading.words[:-1]):
            after = reading.words[at + 1]
            if (word.stem in _FAILING and after.fold == "to") or (
                word.fold == "short" and after.fold == "of"
            ):
                behind = [each for each in reading.words[at + 2 : at + 8] if each.clause == after.clause]
                missed = [each.stem for each in behind if carries(each.fold)][:2]
                if len(missed) == 2 and set(missed) <= here:
                    yield " ".join(each.text for each in behind)


def _at_all(statement: Reading, evidence: Evidence) -> Iterable[str]:
    """In and between other languages: whether one of the two denies at all, and the other does not."""
    here = [word.text for word in statement.words if denies(word.fold, statement.language or "en")]
    if here and not any(_negative(reading) for reading in evidence.core):
        yield here[0]
    single = evidence.core[0] if len(evidence.core) == 1 else None
    if not here and single and len(single.words) <= _SHORT and _negative(single):
        yield next(word.text for word in single.words if _denying(word, single))


def _denying_clause(statement: Reading, mark: Marked) -> bool:
    """Whether anything in the clause of a word denies: "injuries were not reported"."""
    clause = statement.words[mark.at].clause
    words = [word for word in statement.words if word.clause == clause]
    return any(_denying(word, statement) or word.fold in _NEVER_SO for word in words)


def _denying(word: Word, reading: Reading) -> bool:
    english = reading.language in ("en", "")
    return denies(word.fold, reading.language or "en") or (english and word.stem in SOFT)


def _negative(reading: Reading) -> bool:
    if reading.language in ("en", ""):
        return any(denies(word.fold) for word in reading.words)
    return any(_denying(word, reading) for word in reading.words)


def _opposites(statement: Reading, evidence: Evidence) -> Iterable[str]:
    said, told = statement.stems, {each for reading in evidence.core for each in reading.stems}
    ways = _ways(evidence)
    for at, word in enumerate(statement.words):
        if word.stem in told:
            continue
        against = {each for each in _against(word.stem) if each in told and each not in said}
        way = direction(word.fold)
        if not against and way and ways and way not in ways:
            against = {each for stems in ways.values() for each in stems}
        if against and _turned(statement, at, evidence, against):
            yield word.text


def _ways(evidence: Evidence) -> dict[str, set[str]]:
    """The words of the evidence that tell of more, of less or of no change, each way apart."""
    ways: dict[str, set[str]] = {}
    for reading in evidence.around:
        for word in reading.words:
            if way := direction(word.fold):
                ways.setdefault(way, set()).add(word.stem)
    return ways


def _against(word: str) -> set[str]:
    opposites = set(_PAIRS.get(word, ()))
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 4:
            opposites.add(word.removeprefix(prefix))
        opposites.add(prefix + word)
    if word in _DIS or word.removeprefix("dis") in _DIS:
        opposites |= {"dis" + word, word.removeprefix("dis")}
    if word in _IN or word.removeprefix("in") in _IN:
        opposites |= {"in" + word, word.removeprefix("in")}
    return opposites - {word}


def opposed(first: str, second: str) -> bool:
    """Whether two stems are opposites."""
    return first != second and second in _against(first)


def _turned(statement: Reading, at: int, evidence: Evidence, against: set[str]) -> bool:
    """Whether an opposite speaks of the same thing, and neither of the two is denied."""
    here = {mark.at: mark.denied for mark in marked(statement)}.get(at, "")
    for reading in evidence.core:
        there = {mark.at: mark.denied for mark in marked(reading)}
        for index, word in enumerate(reading.words):
            if word.stem in against and bool(here) == bool(there.get(index, "")):
                if word.stem in _CONVERSES:
                    if _side(statement, at, 1) & _side(reading, index, 1) or (
                        _side(statement, at, -1) & _side(reading, index, -1)
                    ):
                        return True
                elif (_side(statement, at, -1) | _side(statement, at, 1)) & (
                    _side(reading, index, -1) | _side(reading, index, 1)
                ):
                    return True
    return False


def _side(reading: Reading, at: int, step: int) -> set[str]:
    """The words of meaning on one side of a word."""
    span = reading.words[at + 1 : at + 1 + _NEAR] if step > 0 else reading.words[max(0, at - _NEAR) : at]
    return {word.stem for word in span if carries(word.fold)}
