"""Knows the questions a reader would ask of a story, and which sentences answer each, by what they say.

The questions are a small fixed set; some take a name or a clause from the sentence itself ("Does the treaty
oblige Russia to defend Iran?"). The cues are English: of other languages a story has fewer sections. Knows
nothing of choosing among sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import date

import prompts
from retrieval.briefing.sentences import Said
from retrieval.terms import question_terms

SURE = 0.8  # from which a denial is of the matter itself
_LONGEST = 90  # characters of a question
_SOON = 30  # days for which what is announced without a date is still to come
_COMING = re.compile(
    r"\b(?:will|plans? to|intends? to|aims? to|(?:is|are) (?:\w+ )?(?:due|set|expected|scheduled"
    r"|planned|slated|to)|would (?:begin|start|take)|next step)\b",
    re.IGNORECASE,
)
_LAST, _ON_IT = 0.8, 2  # where a report ends, and words of the headline that sum it up there
_LONG = 50  # sentences; what runs on for longer is a log of a day and ends with what came first
_YEAR = re.compile(r"\b20\d\d\b")

_CHANGED = re.compile(
    r"\b(?:changed?|entered into force|t(?:ook|akes) effect|came into (?:force|effect)|now|no longer"
    r"|for the first time|signed|ratified|approved|passed|adopted|announced|launched|agreed|voted|ruled"
    r"|ended|began|started|opened|closed|resigned|elected|appointed|arrested|charged|sentenced|acquired"
    r"|merged|cut|raised|rose|fell|widened|confirmed|corrected|found|reached|struck|killed|won|lost"
    r"|recall(?:ed|ing)|suspended|banned|lifted|imposed|released|published|reported)\b",
    re.IGNORECASE,
)
_TURN = re.compile(
    r"\b(?:what (?:has |really |actually )?changed|the (?:real |biggest |main )?(?:change|shift|difference)\b"
    r"|rather than|not (?:a|an|the|just|only|so much)\b.{3,60}\bbut\b|is really|in fact|turned out"
    r"|instead of)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:stops? short of|falls? short of|does not|do not|did not|is not|are not|was not|were not|will not"
    r"|has not|have not|doesn['’]t|don['’]t|didn['’]t|isn['’]t|aren['’]t|wasn['’]t|weren['’]t|won['’]t"
    r"|neither|contains? no|makes? no|gives? no|not in the|had (?:expected|predicted|wrongly)"
    r"|contrary to|misread|proved .{0,12}wrong|not .{2,40} as (?:had been )?(?:said|reported|expected)"
    r"|corrected)\b",
    re.IGNORECASE,
)
_EXPECTED = re.compile(
    r"\b(?:had (?:expected|predicted|reported)|contrary to|misread|proved .{0,12}wrong|corrected"
    r"|stops? short of"
    r"|does not (?:oblige|mean|require|amount|create|guarantee|include|contain|allow|change|apply|cover)"
    r"|(?:contains?|includes?) no|an? .{3,40}, not an? )\b"
    r"|, not (?:\d|(?:(?:\w+ ){1,3}as|the|just|one|two|three|four|five|six|seven|eight|nine|ten)\b)",
    re.IGNORECASE,
)
_PEOPLE = (
    r"(?:residents?|owners?|customers?|patients?|workers?|employees|staff|famil(?:y|ies)|homes|households"
    r"|passengers|students|pupils|people|nurses|farmers|users|consumers|civilians|victims|children|women|men"
    r"|migrants|refugees|tenants|drivers|voters|investors|shareholders|members|taxpayers|teachers|doctors"
    r"|businesses|companies|fans|players|travell?ers|commuters|pensioners|borrowers|buyers)"
)
_WHOM = re.compile(
    rf"\b(?:affect\w*|injur\w*|killed|died|dead|evacuat\w*|displaced?|protect\w*|laid off|lose[s]?|lost"
    rf"|stranded|without (?:power|water)|face[sd]?|hit|forced|employs?|advise\w*)\b.{{0,60}}\b{_PEOPLE}\b"
    rf"|\b{_PEOPLE}\b.{{0,60}}\b(?:affected|injured|killed|died|evacuated|displaced|protected|laid off|lose"
    rf"|lost|stranded|without|face|should|must|need to|were told)\b|\b[Nn]obody (?:has been|was) injured\b",
)
_GETS = re.compile(
    r"(?:^|, |; |\. )(?P<who>(?:[Tt]he )?[A-Z][\w'’.-]*(?: [A-Z][\w'’.-]*){0,3}) "
    r"(?:will |would )?(?:gets?|receives?|gains?|secures?|obtains?) "
    r"(?=(?:an?|the|more|access|money|up|about|at|its|his|her|their|political|new|\d|[$€£]"
    r"|[a-z]+(?:al|ic|ar) )\b)"
)
_WHY = re.compile(
    r"\b(?:because|(?<!is )(?<!are )(?<!was )(?<!were )due to|owing to|as a result of|in response to|prompted"
    r"|caused by|blamed|the reason|came after|comes after|comes as|came as|follows|led to|stems? from"
    r"|driven by|amid)\b",
    re.IGNORECASE,
)
_BECAUSE = re.compile(r"\b(?:because|the reason|caused by|as a result of)\b", re.IGNORECASE)
_COST = re.compile(
    r"\b(?:costs?|costing|priced?|pays?|paid|bill|budget|spend|spent|borrow)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[$€£¥]\s?\d|\b\d[\d.,]*\s?(?:(?:million|billion|trillion|thousand|m|bn)\s)?"
    r"(?:euros?|dollars?|pounds?|yen|yuan|francs?|rupees?|roubles?)\b",
    re.IGNORECASE,
)
_DISPUTED = re.compile(
    r"\b(?:disput\w+|den(?:y|ies|ied)|critic(?:s|ised|ized|ises|izes|ism)?|(?<!no )doubts?|doubted|opposed"
    r"|opposes|opponents|accus(?:e[sd]?|ing)|rejects?|rejected|disagree\w*|contest(?:ed|s)|sceptic\w*|skeptic\w*|objected"
    r"|objections?|condemn\w*|lawsuit|sued|controvers\w+)\b",
    re.IGNORECASE,
)
_FIRMLY_DISPUTED = re.compile(
    r"\b(?:disput\w+|den(?:y|ies|ied)|critics|(?<!no )doubts?|opposed|rejected|rejects|accuse[sd]?"
    r"|condemn\w*)\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\b(?:but|although|neither|even so|in the end|overall|ultimately|remains?|framework"
    r"|what is left|in short|for now|means that|the finding)\b",
    re.IGNORECASE,
)

_SUBJECT = (
    r"(?P<subject>(?!(?:But|And|Or|So|Yet|It|He|She|They|We|I|You|That|There|Who|What|If|When|While|In|On|At"
    r"|Because|Since|Although|Though|After|Before|As|For|With|By|Until|Unless|Here|Now|Then)\b)"
    r"(?:The|This|These|Those|A|An|[A-Z][\w'’.-]*)"
    r"(?: (?!(?:and|or|that|which|who|said|early|late|\w+day)\b)[\w'’.-]+){0,6}?)"
)
# A subject, a verb that can be moved before it, and what is denied: "The treaty does not oblige Russia to …".
_DENIAL = re.compile(
    rf"{_SUBJECT} "
    r"(?P<verb>does|do|did|is|are|was|were|will|has|have|can)(?: not|n['’]t) (?:yet )?"
    r"(?P<rest>(?!respond|comment|know|say|immediately|only|just|\w+ (?:until|unless)\b)"
    r"[^,;:.!?()“”\"–—]{6,})"
)
_CAUSE = re.compile(
    rf"{_SUBJECT} "
    r"(?P<verb>is|are|was|were|has|have)(?P<rest> (?:been |being )?[\w-]+(?: [\w-]+){0,5}?) because\b"
)
_ARTICLES = ("The ", "This ", "These ", "Those ", "A ", "An ")


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of question. ``weight`` says how surely a sentence answers it, 0 where it does not.

    ``ask`` words the question for the sentences that answer it. ``least`` is the weight that the first
    sentence of a section must have; ``most`` is how many statements a section holds.
    """

    name: str
    weight: Callable[[Said, date], float]
    ask: Callable[[Sequence[Said]], str]
    least: float
    most: int = 2


def _graded(strong: re.Pattern[str], weak: re.Pattern[str], text: str) -> float:
    return 1.0 if strong.search(text) else 0.5 if weak.search(text) else 0.0


def changed(said: Said, today: date) -> float:
    """How surely a sentence tells what has happened."""
    named = [moment for moment in said.moments if moment.event and not moment.ahead and moment.day <= today]
    if said.voiced or (said.ahead and not named):
        return 0.0
    return (0.5 if _CHANGED.search(said.outside) else 0.1) + (0.5 if named else 0.0)


def turns(said: Said) -> bool:
    """Whether a sentence says what the change really is, against what it seems."""
    return bool(_TURN.search(said.text)) and not said.ahead


def denies(said: Said, today: date) -> float:
    """How surely a sentence says what the matter is not."""
    if said.voiced or (said.ahead and not _EXPECTED.search(said.text)):
        return 0.0
    return 0.8 * _graded(_EXPECTED, _DENIED, said.text) + 0.2 * (asked(said) is not None)


def _unlike(said: Said, today: date) -> float:
    """How surely it says what the matter is not; a plain "not" counts only where it can be asked."""
    sure = denies(said, today)
    return sure if sure >= SURE or asked(said) else 0.0


def _whom(said: Said, today: date) -> float:
    return 1.0 if _WHOM.search(said.outside) and not said.voiced else 0.0


def gets(said: Said, today: date) -> float:
    """How surely a sentence tells what one side gets."""
    return 1.0 if _GETS.search(said.text) else 0.0


def _why(said: Said, today: date) -> float:
    if said.ahead or _FIRMLY_DISPUTED.search(said.outside):
        return 0.0
    return _graded(_BECAUSE, _WHY, said.outside)


def blames(said: Said, matter: Set[str]) -> bool:
    """Whether a sentence gives nothing but words of the ``matter`` as a cause: it tells what came of it."""
    found = _BECAUSE.search(said.outside)
    cause = set(question_terms(re.split("[,;.–—]", said.outside[found.end() :])[0])) if found else set()
    return bool(cause) and cause <= matter


def _cost(said: Said, today: date) -> float:
    return 1.0 if _COST.search(said.text) and _MONEY.search(said.text) else 0.0


def _disputed(said: Said, today: date) -> float:
    return 0.0 if said.ahead else _graded(_FIRMLY_DISPUTED, _DISPUTED, said.outside)


def coming(said: Said, today: date) -> float:
    """How surely a sentence tells what is still to come, as seen from today."""
    if not (said.ahead and _COMING.search(said.text)) or said.stale(today) or said.told.denied:
        return 0.0
    if any(moment.event and not moment.ahead for moment in said.moments):
        return 0.0
    dated = bool(said.moments or _YEAR.search(said.text))
    age = (today - said.day).days if said.day else 0
    return 1.0 if dated else 0.6 if age <= _SOON else 0.0


def closes(said: Said, on_it: int) -> float:
    """How well a sentence sums up: it weighs one thing against another, or stands at the end.

    ``on_it`` counts the headline's words in it.
    """
    last = said.place >= _LAST and said.order <= _LONG and on_it >= _ON_IT
    if said.voiced or len(said.parts) > 1 or not (last or _CLOSING.search(said.outside)):
        return 0.0
    looks_back = 0.5 if " had " in said.text else 1.0
    return looks_back * (0.6 + 0.4 * said.place)


def _denied_question(answers: Sequence[Said]) -> str:
    """What a sentence denies, asked; the plain question where no grammar is that simple."""
    found = (question for said in answers if (question := asked(said)))
    return next(found, prompts.text("brief_asks_sounds"))


def asked(said: Said) -> str | None:
    """What a sentence denies, as a question; None where its grammar is not that simple."""
    found = _DENIAL.match(said.text)
    if found:
        rest = re.split(r"\s(?:because|when|while|although|but|or|nor|until|unless|so|as)\b", found["rest"])[
            0
        ]
        question = f"{found['verb'].capitalize()} {_inside(found['subject'], said)} {rest.strip()}?"
        if len(question) <= _LONGEST:
            return question
    return None


def _cause_question(answers: Sequence[Said]) -> str:
    found = _CAUSE.match(answers[0].text)
    if found:
        question = f"Why {found['verb']} {_inside(found['subject'], answers[0])}{found['rest']}?"
        if len(question) <= _LONGEST:
            return question
    return prompts.text("brief_asks_why")


def _gets_question(answers: Sequence[Said]) -> str:
    found = _GETS.search(answers[0].text)
    return prompts.text("brief_asks_gets", who=_inside(found["who"], answers[0]) if found else "")


def _inside(subject: str, said: Said) -> str:
    """A subject as it is written inside a sentence: without its capital where that is only the sentence's."""
    lower = subject[0].lower() + subject[1:]
    common = re.search(rf"(?<!\w){re.escape(lower.split()[0])}(?!\w)", said.passage.text)
    return lower if subject.startswith(_ARTICLES) or common else subject


# In the order in which a reader would ask. What each side gets is asked once for each.
FORMS: tuple[Form, ...] = (
    Form("changed", changed, lambda said: prompts.text("brief_asks_changed"), 0.6),
    Form("sounds", _unlike, _denied_question, 0.4),
    Form("whom", _whom, lambda said: prompts.text("brief_asks_whom"), 1.0),
    Form("gets", gets, _gets_question, 1.0, most=1),
    Form("why", _why, _cause_question, 1.0),
    Form("cost", _cost, lambda said: prompts.text("brief_asks_cost"), 1.0),
    Form("disputed", _disputed, lambda said: prompts.text("brief_asks_disputed"), 0.5),
    Form("next", coming, lambda said: prompts.text("brief_asks_next"), 0.6),
)
