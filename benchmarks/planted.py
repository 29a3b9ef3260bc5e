"""Makes further reports of an article: told again in other words, or with one new fact planted.

What tells it again adds nothing: other words for the same, clauses in another order, numbers spelled out,
days named by their weekday, titles before names, initials for names, a head and a foot of the publisher's.
A planted fact is a number, a day, an actor or a status, as a sentence of its own or in place of what was
told. Knows nothing of how novelty is found; every edit is drawn from a seed.
"""

from __future__ import annotations

import calendar
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from benchmarks.edited import EDITS
from retrieval.passages import sentences
from retrieval.types import Draft

LATER = timedelta(days=1)
KINDS = ("number", "day", "actor", "status")
_MONTHS = list(calendar.month_name)[1:]
_WEEKDAYS = list(calendar.day_name)
_SMALL = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_SWAPS = {
    "said": "stated|told reporters|explained", "also": "in addition|as well", "more than": "over|upwards of",
    "about": "around|roughly", "but": "yet|though", "began": "started", "because": "since|given that",
    "large": "big|sizeable", "people": "persons|individuals", "however": "still|even so",
    "officials": "authorities", "announced": "declared|made public", "showed": "revealed", "help": "assist",
    "children": "youngsters|kids", "company": "firm|business", "according to": "in the words of",
    "killed": "slain", "many": "numerous", "including": "among them", "after": "following",
    "before": "ahead of", "during": "in the course of", "near": "close to", "across": "throughout",
    "plan": "scheme", "change": "shift", "problem": "difficulty", "important": "significant",
    "use": "employ", "need": "require", "make": "produce", "try": "attempt", "buy": "purchase",
    "get": "obtain", "home": "house", "workers": "employees", "money": "funds", "country": "nation",
    "several": "a number of", "often": "frequently", "likely": "probable", "ask": "request",
    "asked": "requested", "told": "informed", "found": "discovered", "called": "described as",
    "part": "portion", "report": "account", "lawmakers": "legislators", "doctor": "physician",
    "city": "municipality", "car": "vehicle", "house": "residence", "big": "major", "new": "fresh",
    "whether": "if", "while": "whereas", "almost": "nearly", "enough": "sufficient", "areas": "regions",
}  # fmt: skip
_TITLED = {"President": "the president,", "Sen.": "Senator", "Gov.": "Governor", "Rep.": "Representative"}
_FEET = (
    "Sign up for our morning newsletter to get the day's headlines in your inbox.",
    "This article was updated to add details. Our newsroom follows strict editorial standards.",
    "Have a tip? Reach our news desk at tips@selwick-post.example.",
    "Read more: the five stories you missed this week.",
)
_NAMES = ("Aldric Vesk", "Mirela Tamsett", "Jorun Brollin", "Odile Farrow", "Teodor Quell", "Ines Havlik")
_BODIES = ("Ostrava Institute", "Kestrel Union", "Brandt Commission", "Halden Foundation", "Orme Council")
# Sentences with a new fact; {about} is what the article is about.
_SENTENCES: dict[str, tuple[str, ...]] = {
    "number": (
        "A review put the number of cases linked to {about} at {odd}.",
        "The bill for {about} has reached ${few}.{few} million, a new estimate says.",
        "At least {some} more people were affected by {about}, the authorities said.",
        "Support for the decision on {about} fell to {some} percent in a poll.",
        "The fund set up over {about} received {odd} applications.",
    ),
    "day": (
        "A hearing on {about} took place on {day}.",
        "The next decision on {about} will come on {day}.",
        "The documents on {about} were handed over on {day}, the court said.",
        "Talks about {about} broke off on {day}.",
    ),
    "actor": (
        "{name} has joined the talks about {about}.",
        "The {body} opened an inquiry into {about}.",
        "{name}, a former judge, will lead the review of {about}.",
        "The {body} offered to mediate over {about}.",
    ),
    "status": (
        "The proceedings over {about} have been suspended.",
        "The head of the office in charge of {about} resigned.",
        "A judge overturned the decision on {about}.",
        "The plan for {about} was abandoned.",
        "One of the people at the centre of {about} was arrested.",
        "The agreement on {about} was terminated.",
    ),
}
_CONTRARY = {
    "approved": "rejected", "rejected": "approved", "won": "lost", "lost": "won", "rose": "fell",
    "fell": "rose", "increased": "decreased", "supported": "opposed", "opposed": "supported",
    "opened": "closed", "closed": "opened", "accepted": "refused", "guilty": "innocent", "began": "ended",
    "confirmed": "denied", "denied": "confirmed", "agreed": "refused", "passed": "failed",
    "higher": "lower", "lower": "higher", "increase": "decrease", "allowed": "banned", "is": "is not",
    "was": "was not", "will": "will not", "can": "cannot", "has": "has not", "are": "are not",
}  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.,$€£%-])(?:\d{1,3}(?:,\d{3})+|\d{1,4})(?![\w%-]|[.,]\d|(?:st|nd|rd|th)\b)")
_PERSON = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+ [A-Z][a-z]+(?=[ ,.'’])")
_WEEKDAY = re.compile(rf"\bon ({'|'.join(_WEEKDAYS)})\b")
_FEWEST, _LONGEST = 60, 260  # letters of a sentence in which a value is changed
# What cannot be told by itself, or is not of the matter, is no place for a fact.
_UNFIT = re.compile(
    r"^\W*(?:he|she|it|they|that|this|these|those|his|her|its|their|we|i|you|but|and|so|then|here)\b"
    r"|[“”\"]|\b(?:he|she|they) (?:said|added)\b|\b(?:i|we|you|our|us|my)\b"
    r"|this (?:story|report)|correction|contact|\bcontributed\b|@|note:|^call\b|sign up",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Report:
    """A further report of an article. ``fact`` is what was planted and ``kind`` what it is, or ""."""

    draft: Draft
    way: str
    kind: str = ""
    fact: str = ""


def retold(draft: Draft, chance: random.Random) -> list[Report]:
    """The reports of an article that add nothing."""
    ways: dict[str, Callable[[Draft, random.Random], Draft]] = {
        "re-sent": resent,
        "syndicated": lambda each, luck: EDITS["syndicated"](each, each, luck),
        "cut short": lambda each, luck: EDITS["cut to a summary"](each, each, luck),
        "reworded": reworded,
        "reordered, with boilerplate": reordered,
    }
    return [Report(_later(edit(draft, chance)), way) for way, edit in ways.items()]


def planted(draft: Draft, chance: random.Random) -> list[Report]:
    """Reports with one new fact each: a sentence of its own in a copy, a changed value in a reworded one."""
    found = []
    for kind in KINDS:
        fact = _sentence(kind, draft, chance)
        paragraphs = EDITS["syndicated"](draft, draft, chance).text.split("\n\n")
        paragraphs.insert(chance.randint(2, max(2, len(paragraphs) - 1)), fact)
        found.append(Report(_later(replace(draft, text="\n\n".join(paragraphs))), "added", kind, fact))
        changed = _changed(kind, draft, chance)
        if changed:
            before, after = changed
            # the rest of the article is reworded; what was changed stays otherwise as it was
            mark = "\u2e2e"
            text = reworded(replace(draft, text=draft.text.replace(before, mark, 1)), chance).text
            if mark in text:
                text = text.replace(mark, after)
                found.append(Report(_later(replace(draft, text=text)), "changed", kind, after))
    return found


def resent(draft: Draft, chance: random.Random) -> Draft:
    """The same from another address, with other marks and two slips of the pen, each within a word."""
    text = draft.text.translate(str.maketrans("“”‘’—–", "\"\"''--"))
    inside = [found.start() for found in re.finditer(r"(?<=[a-z])[a-z]{2}(?=[a-z])", text)]
    for at in chance.sample(inside, 2):
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return _at(draft, "resent", text)


def reworded(draft: Draft, chance: random.Random) -> Draft:
    """Every sentence in other words where there are any, some of its clauses in another order."""
    paragraphs = []
    for paragraph in draft.text.split("\n\n"):
        said = [paragraph[each.start : each.end] for each in sentences(paragraph)]
        paragraphs.append(" ".join(_sentence_reworded(each, draft, chance) for each in said))
    return _at(draft, "reworded", "\n\n".join(paragraphs))


def reordered(draft: Draft, chance: random.Random) -> Draft:
    """Its paragraphs in another order after the first, under another head and over another foot."""
    first, *rest = draft.text.split("\n\n")
    chance.shuffle(rest)
    return _at(draft, "reordered", "\n\n".join([first, *rest, *chance.sample(_FEET, 2)]))


def _at(draft: Draft, name: str, text: str) -> Draft:
    """A text as another publisher has it."""
    host = f"{name}.example"
    url = f"https://{host}/{draft.key}"
    return replace(draft, key=url, url=url, publisher=host, text=text)


def _sentence_reworded(sentence: str, draft: Draft, chance: random.Random) -> str:
    for word, others in _SWAPS.items():
        if chance.random() < 0.7:
            sentence = re.sub(rf"\b{word}\b", chance.choice(others.split("|")), sentence)
    for pattern, edit in (
        (r"^(On \w+day), ([a-z][^“”\"]+)\.$", r"\2 \1."),
        (r"^(The [^,“”\"]{20,}), ([A-Z]\w+ [A-Z]\w+) said\.$", r"\2 said that \1."),
        (r"\b(United Nations)\b", "U.N."),
        (r"\bUnited States\b", "U.S."),
        (r"\bU\.S\.(?= [a-z])", "United States"),
        (r"\bpercent\b", "%" if chance.random() < 0.3 else "per cent"),
    ):
        if chance.random() < 0.6:
            sentence = re.sub(pattern, edit, sentence)
    for title, other in _TITLED.items():
        sentence = re.sub(rf"(?<!^)\b{re.escape(title)} (?=[A-Z])", f"{other} ", sentence)
    sentence = re.sub(r"(?<=[a-z] )(\d{1,2})(?= [a-z]{3,})", _spelled, sentence)
    return _by_weekday(sentence, draft.published, chance)


def _spelled(found: re.Match[str]) -> str:
    value = int(found[1])
    return _SMALL[value - 2] if 2 <= value <= 20 else found[1]


def _by_weekday(sentence: str, published: datetime | None, chance: random.Random) -> str:
    """A weekday as the date it was, as a later report would give it."""
    found = _WEEKDAY.search(sentence)
    if (
        not found
        or published is None
        or chance.random() < 0.5
        or re.search(r"\b(?:next|last|every)\b|s\b on", sentence)
    ):
        return sentence
    back = (published.weekday() - _WEEKDAYS.index(found[1])) % 7
    if back > 4 or re.search(r"\b(?:will|would|to)\b", sentence):
        return sentence
    day = published.date() - timedelta(back)
    return sentence.replace(found[0], f"on {_MONTHS[day.month - 1]} {day.day}", 1)


def _sentence(kind: str, draft: Draft, chance: random.Random) -> str:
    """A sentence with a fact of a kind that the article does not have."""
    form = chance.choice(_SENTENCES[kind])
    published = draft.published.date() if draft.published else date(2025, 1, 1)
    return form.format(
        about=_about(draft),
        odd=f"{chance.randint(2, 9)},{chance.randint(101, 989)}",
        few=chance.randint(11, 97),
        some=chance.choice([17, 23, 29, 31, 37, 43, 47, 53, 59, 61, 67, 71]),
        day=_named(_unsaid(draft, published, chance)),
        name=chance.choice(_NAMES),
        body=chance.choice(_BODIES),
    )


def _unsaid(draft: Draft, published: date, chance: random.Random) -> date:
    """A day near its publication that an article does not name."""
    for _ in range(50):
        day = published + timedelta(chance.choice([each for each in range(-60, 60) if abs(each) > 8]))
        if not re.search(rf"\b{_MONTHS[day.month - 1][:3]}\w*\.? {day.day}\b", draft.text):
            return day
    return published + timedelta(61)


def _named(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}"


def _about(draft: Draft) -> str:
    """What an article is about: its title's first words with a capital, else its first words."""
    named = re.findall(r"\b[A-Z][\w’']+(?: [A-Z][\w’']+)*", draft.title)
    return max(named, key=len, default="the matter") if named else "the matter"


def _changed(kind: str, draft: Draft, chance: random.Random) -> tuple[str, str] | None:
    """A sentence of the article, and the same with one value changed; None where none has such a value."""
    said = [draft.text[each.start : each.end] for each in sentences(draft.text)]
    fit = [each for each in said if _FEWEST <= len(each) <= _LONGEST and each[-1] == "." and "\n" not in each]
    fit = [each for each in fit if not _UNFIT.search(each)]
    chance.shuffle(fit)
    edits = {"number": _other_number, "day": _other_day, "actor": _other_actor, "status": _other_status}
    found = ((each, edits[kind](each, draft, chance)) for each in fit if draft.text.count(each) == 1)
    return next(((before, after) for before, after in found if after), None)


def _other_number(sentence: str, draft: Draft, chance: random.Random) -> str | None:
    for found in _NUMBER.finditer(sentence):
        value = int(found[0].replace(",", ""))
        dated = re.search(
            rf"(?:{'|'.join(month[:3] for month in _MONTHS)})\w*\.? \Z", sentence[: found.start()]
        )
        label = re.search(r"(?:\b[A-Z]\w*|\bNo\.|\bage|\bU\.S\.) \Z", sentence[: found.start()])
        if value < 3 or 1500 <= value <= 2100 or dated or label:
            continue
        for factor in (1.5, 1.7, 2.3, 0.6):
            other = round(value * factor) + 1
            if not re.search(rf"\b(?:{other}|{other:,})\b", draft.text):
                return f"{sentence[: found.start()]}{other:,}{sentence[found.end() :]}"
    return None


def _other_day(sentence: str, draft: Draft, chance: random.Random) -> str | None:
    published = draft.published.date() if draft.published else date(2025, 1, 1)
    months = "|".join(f"{month}|{month[:3]}\\." for month in _MONTHS)
    found = re.search(rf"\b(?:{months}) \d{{1,2}}(?!\d|,? \d{{4}})", sentence)
    if not found:
        return None
    return sentence.replace(found[0], _named(_unsaid(draft, published, chance)), 1)


def _other_actor(sentence: str, draft: Draft, chance: random.Random) -> str | None:
    found = _PERSON.search(sentence)
    return sentence.replace(found[0], chance.choice(_NAMES), 1) if found else None


def _other_status(sentence: str, draft: Draft, chance: random.Random) -> str | None:
    for word, other in _CONTRARY.items():
        if re.search(rf"\b{word}\b", sentence) and not re.search(r"\bnot\b|n['’]t\b|[“\"]", sentence):
            return re.sub(rf"\b{word}\b", other, sentence, count=1)
    return None


def _later(draft: Draft) -> Draft:
    published = draft.published + LATER if draft.published else None
    return replace(draft, published=published)
