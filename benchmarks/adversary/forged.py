"""Alters a sentence, or what it cites, so that the source no longer says it. Knows nothing of the gate."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import pairwise

from benchmarks.adversary.articles import Base
from benchmarks.adversary.faithful import Made, Maker

_FULL = re.compile(r"\b[A-Z][a-z]{2,}(?: [A-Z]\.)? [A-Z][a-z]{3,}\b")
_ONE = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b(?! [A-Z])(?!['’.]\w)")
_NO_NAMES = frozenset(
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "President",
        "Senate",
        "House",
        "Congress",
        "Republican",
        "Democrat",
        "Republicans",
        "Democrats",
        "Democratic",
        "American",
        "Americans",
        "Covid",
        "English",
        "French",
        "Christmas",
        "State",
        "Court",
        "Internet",
        "Black",
        "White",
        "Senator",
        "Minister",
        "Secretary",
        "Photo",
    ]
)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SHORT = r"Jan\.|Feb\.|Aug\.|Sept\.|Oct\.|Nov\.|Dec\."
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_NUMBER = re.compile(r"(?<![\w.,\-–/:#])\$?(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\w\-–/:]|,\d|\.\d)")
_WORDS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_OPPOSITES = [
    ("rose", "fell"),
    ("increased", "decreased"),
    ("increase", "decrease"),
    ("higher", "lower"),
    ("more than", "less than"),
    ("approved", "rejected"),
    ("accepted", "rejected"),
    ("won", "lost"),
    ("opened", "closed"),
    ("support", "oppose"),
    ("supported", "opposed"),
    ("allowed", "banned"),
    ("guilty", "innocent"),
    ("gained", "lost"),
    ("joined", "left"),
    ("confirmed", "denied"),
    ("largest", "smallest"),
    ("first", "last"),
    ("started", "stopped"),
    ("raised", "lowered"),
]
_SYMMETRIC = re.compile(
    r"\b(?:and|or|met|meets|meet|with|between|married|versus|vs|against|alongside|together|both|agreed|talked|talks)\b|,"
)
_WHO, _SAYS = r"[A-Z][\w.’'\- ]{2,40}", "(?:said|says|claimed|argued|warned|insisted)"
_SPEAKERS = [
    "Critics",
    "Analysts",
    "Residents",
    "Prosecutors",
    "Economists",
    "Scientists",
    "Opposition leaders",
]


def number_altered(base: Base, rng: random.Random) -> Made:
    found = [match for match in _NUMBER.finditer(base.sentence) if not _dated(base.sentence, match)]
    if not found:
        return None
    match = rng.choice(found)
    new = _other_number(match[1], base, rng)
    return _with(base, match.start(1), match.end(1), new) if new else None


def number_swapped(base: Base, rng: random.Random) -> Made:
    """Two numbers of the sentence change places."""
    found = [match for match in _NUMBER.finditer(base.sentence) if not _dated(base.sentence, match)]
    pairs = [
        (a, b)
        for a, b in pairwise(found)
        if (a[1] != b[1] and a[0][0] == b[0][0])
        or (a[0][:1].isdigit() and b[0][:1].isdigit() and a[1] != b[1])
    ]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    text = base.sentence
    between = text[a.end(1) : b.start(1)]
    if re.fullmatch(r"\s*(?:and|or|to|,|-|–|%|percent|per cent|\s)*\s*", between):
        return None  # "5 and 12 people"
    return text[: a.start(1)] + b[1] + between + a[1] + text[b.end(1) :], _own(base)


def number_word_altered(base: Base, rng: random.Random) -> Made:
    match = re.search(r"\b(" + "|".join(_WORDS) + r")\b(?= [a-z]{3,})", base.sentence)
    if not match:
        return None
    beside = base.before + base.after + base.passage.document.title
    others = [
        word
        for i, word in enumerate(_WORDS, 2)
        if word != match[1] and word not in beside.lower() and str(i) not in base.passage.text
    ]
    return _with(base, match.start(), match.end(), rng.choice(others)) if others else None


def date_altered(base: Base, rng: random.Random) -> Made:
    choices = [*_other_days(base, rng), *_other_years(base, rng)]
    if not choices:
        return None
    start, end, new = rng.choice(choices)
    return None if base.sentence[start:end] == new else _with(base, start, end, new)


def _other_days(base: Base, rng: random.Random) -> Iterator[tuple[int, int, str]]:
    """Weekdays, months and days of the month, each with another that the passage does not name."""
    text = base.passage.text
    for match in re.finditer(rf"\b(?:{'|'.join(_DAYS)})\b", base.sentence):
        yield (*match.span(), rng.choice([day for day in _DAYS if day not in text] or _DAYS))
    plain = [month for month in _MONTHS if month not in ("May", "March")]
    for match in re.finditer(rf"\b(?:{'|'.join(plain)})\b", base.sentence):
        yield (*match.span(), rng.choice([month for month in _MONTHS if month not in text]))
    for match in re.finditer(rf"\b(?:{'|'.join(_MONTHS)}|{_SHORT}) (\d{{1,2}})\b", base.sentence):
        yield (*match.span(1), str(rng.choice([day for day in range(1, 29) if str(day) not in text])))


def _other_years(base: Base, rng: random.Random) -> Iterator[tuple[int, int, str]]:
    published = base.passage.document.day
    near = range(published.year - 1, published.year + 2) if published else range(0)
    for match in re.finditer(r"\b(?:in|since|of|until|by) (19[5-9]\d|20[0-3]\d)\b", base.sentence):
        years = [
            year for year in range(1960, 2030) if str(year) not in base.passage.text and year not in near
        ]
        yield (*match.span(1), str(rng.choice(years)))


def name_of_article(base: Base, rng: random.Random) -> Made:
    """A name exchanged for another of the same article and the same form."""
    return _renamed(base, rng, base.article)


def name_of_elsewhere(base: Base, rng: random.Random) -> Made:
    """A name exchanged for one of another article."""
    others = " ".join(each.text for each in base.excerpts.values() if each.document != base.passage.document)
    return _renamed(base, rng, others)


def negation_added(base: Base, rng: random.Random) -> Made:
    if re.search(r"\b(?:not|no|never|without|nor|neither|cannot|hardly)\b|n['’]t\b", base.sentence):
        return None
    match = re.search(
        r"(?<![“\"])\b(was|were|is|are|has|have|had|will|would|can|could|should|did|does)\b(?=\s[a-z])(?![^“]*”)",
        base.sentence,
    )
    if not match or re.match(r"\s(?:no|not)\b", base.sentence[match.end() :]):
        return None
    return base.sentence[: match.end()] + " not" + base.sentence[match.end() :], _own(base)


def negation_removed(base: Base, rng: random.Random) -> Made:
    matches = re.findall(r"\b(?:not|no|never|without|nor|neither|cannot|hardly)\b|n['’]t\b", base.sentence)
    if len(matches) != 1:
        return None
    verbs = "was|were|is|are|has|have|had|would|could|should|did|does|do"
    pattern = rf"\b({verbs}|will|can) not\b(?! only| just)|\b({verbs})n['’]t\b|\bnever\b"
    match = re.search(pattern, base.sentence)
    if not match:
        return None
    kept = match[1] or match[2] or ""
    return re.sub(r"\s+", " ", base.sentence[: match.start()] + kept + base.sentence[match.end() :]), _own(
        base
    )


def opposite(base: Base, rng: random.Random) -> Made:
    """A word exchanged for its opposite."""
    for first, second in rng.sample(_OPPOSITES, len(_OPPOSITES)):
        for old, new in ((first, second), (second, first)):
            if re.search(rf"\b{old}\b", base.sentence) and not re.search(rf"\b{new}\b", base.sentence):
                return re.sub(rf"\b{old}\b", new, base.sentence, count=1), _own(base)
    return None


def roles_swapped(base: Base, rng: random.Random) -> Made:
    """Two names of the sentence change places."""
    text = base.sentence
    for a, b in pairwise(_names(text)):
        between = text[a[1] : b[0]]
        apart = 6 < len(between) < 70 and re.search(r"\b[a-z]{3,}(?:ed|s)\b", between)
        different = a[2] != b[2] and not _related(a[2], b[2]) and text.count(a[2]) == text.count(b[2]) == 1
        if apart and different and not _SYMMETRIC.search(between):
            return text[: a[0]] + b[2] + between + a[2] + text[b[1] :], _own(base)
    return None


def hedge_dropped(base: Base, rng: random.Random) -> Made:
    text = base.sentence
    for pattern, by in (
        (r"\b(?:may|might|could) have been\b", "was"),
        (r"\b(?:may|might|could) be\b", "is"),
        (r"\b(?:may|might|could) have\b", "has"),
        (r"\b(?:is|are) (?:expected|likely|planning|set) to be\b", "was"),
        (r"\ballegedly ", ""),
        (r"\breportedly ", ""),
        (r"\bis accused of (\w+)ing\b", r"\1ed"),
        (r"\b(?:plans|planned|plan) to (?:open|launch|start)\b", "launched"),
        (r"\b(?:may|might|could) (?!be\b|have\b|not\b)(\w+)\b", r"\1s"),
        (r"\bis likely to (\w+)\b", r"\1s"),
    ):
        changed, count = re.subn(pattern, by, text, count=1)
        if count and not re.search(r"(?<=[“\"])[^”\"]*$", text[: re.search(pattern, text).start()]):  # type: ignore[union-attr]
            return changed, _own(base)
    return None


def hedge_added(base: Base, rng: random.Random) -> Made:
    if re.search(
        r"\b(?:may|might|could|would|can|likely|expected|alleged\w*|reported\w*|plan\w*|will|if|said|told|accord\w*)\b",
        base.sentence,
    ):
        return None
    match = re.search(r"\b(?:was|were|is|are)\b(?=\s[a-z]{4,})(?![^“]*”)", base.sentence)
    if not match:
        return None
    return base.sentence[: match.start()] + rng.choice(["may be", "might be", "could be"]) + base.sentence[
        match.end() :
    ], _own(base)


def speaker_dropped(base: Base, rng: random.Random) -> Made:
    for pattern in (
        rf"(?P<told>[A-Z][^“”\"]{{35,}}), (?:{_WHO}|officials|police|authorities|he|she) (?:said|says)\.",
        r"(?P<told>[A-Z][^“”\"]{35,}), according to [^“”\"]{3,60}\.",
        rf"(?:{_WHO}|Officials|Police|He|She) {_SAYS}(?: that)? (?P<told>[^“”\",]{{35,}})\.",
        r"According to [^,“”\"]{3,60}, (?P<told>[^“”\"]{35,})\.",
    ):
        match = re.fullmatch(pattern, base.sentence)
        if match and not re.search(r"\b(?:I|we|my|our)\b", match["told"]):
            told = match["told"]
            return told[0].upper() + told[1:] + ".", _own(base)
    return None


def speaker_changed(base: Base, rng: random.Random) -> Made:
    for pattern in (
        rf"(?P<head>[^“”\"]{{35,}}, )(?P<who>{_WHO}|officials|police|authorities)(?P<tail> (?:said|says)\.)",
        rf"(?P<head>)(?P<who>{_WHO}|Officials|Police)(?P<tail> {_SAYS}(?: that)? [^“”\"]{{35,}}\.)",
    ):
        match = re.fullmatch(pattern, base.sentence)
        if match:
            told = (base.passage.text + base.passage.document.title).lower()
            others = [
                each
                for each in _SPEAKERS
                if each.split()[-1].lower()[:7] not in told and each.split()[0].lower()[:7] not in told
            ]
            who = rng.choice(others or ["Critics"])
            return match["head"] + (who if not match["head"] else who[0].lower() + who[1:]) + match[
                "tail"
            ], _own(base)
    return None


def unsupported(base: Base, rng: random.Random) -> Made:
    """A sentence of another article with a real quote of this one."""
    others = [each for each in base.excerpts.values() if each.document != base.passage.document]
    told = [each for passage in others for each in re.findall(r"[A-Z][^.!?\n“”\"]{50,250}\.", passage.text)]
    return (rng.choice(told), _own(base)) if told else None


def unsupported_beside(base: Base, rng: random.Random) -> Made:
    """A sentence of the same article that does not stand near the quote."""
    rest = base.article.replace(base.passage.text, "")
    told = re.findall(r"(?<=[.] )[A-Z][^.!?\n“”\"]{60,250}\.", rest)
    return (rng.choice(told), _own(base)) if told else None


def embroidered(base: Base, rng: random.Random) -> Made:
    """The sentence with a clause that the source does not have."""
    tail = rng.choice(
        [
            "which critics described as a serious mistake",
            "after months of secret negotiations",
            "despite strong opposition from local residents",
            "marking the biggest change in decades",
            "in a move that surprised most observers",
            "because of a shortage of skilled workers",
            "which is expected to cost taxpayers dearly",
            "although many experts doubt that it will work",
        ]
    )
    return (f"{base.sentence[:-1]}, {tail}.", _own(base)) if base.sentence[-1] == "." else None


def misattributed(base: Base, rng: random.Random) -> Made:
    """The right words under the id of another document's excerpt."""
    wrong = [key for key, each in base.excerpts.items() if each.document != base.passage.document]
    return base.sentence, ((rng.choice(wrong), base.sentence),)


def fabricated(base: Base, rng: random.Random) -> Made:
    """A quote that stands nowhere: words of the sentence beside words of another."""
    others = " ".join(
        each.text for each in base.excerpts.values() if each.document != base.passage.document
    ).split()
    words = base.sentence.split()
    start = rng.randrange(max(1, len(others) - 12))
    quote = " ".join([*words[: len(words) // 2], *others[start : start + 12]])
    return base.sentence, ((base.id, quote),)


def quote_altered(base: Base, rng: random.Random) -> Made:
    """Statement and quote agree, but a number of the source was changed in both."""
    made = number_altered(base, rng)
    return (made[0], ((base.id, made[0]),)) if made else None


def _own(base: Base) -> tuple[tuple[str, str], ...]:
    return ((base.id, base.sentence),)


def _with(base: Base, start: int, end: int, new: str) -> Made:
    return base.sentence[:start] + new + base.sentence[end:], _own(base)


def _dated(sentence: str, match: re.Match[str]) -> bool:
    before = sentence[max(0, match.start() - 12) : match.start()]
    return bool(
        re.search(
            r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)\w*\.?,? $|\d, $|(?:in|since|of) $",
            before,
        )
    ) or bool(re.fullmatch(r"(?:19|20)\d\d", match[1]))


def _other_number(old: str, base: Base, rng: random.Random) -> str:
    value = float(old.replace(",", ""))
    told = re.sub(r",(?=\d{3})", "", base.passage.text + base.passage.document.title)
    for _ in range(20):
        new = value * rng.choice([0.5, 0.8, 1.1, 1.3, 2, 3, 10]) + rng.choice([0, 1, 2])
        text = f"{new:.1f}" if "." in old else f"{round(new):,}" if "," in old else str(round(new))
        if text != old and not re.search(rf"(?<!\d){re.escape(text.replace(',', ''))}(?!\d)", told):
            return text
    return ""


def _names(text: str) -> list[tuple[int, int, str]]:
    full = [(match.start(), match.end(), match.group()) for match in _FULL.finditer(text)]
    one = [
        (m.start(), m.end(), m.group())
        for m in _ONE.finditer(text)
        if not any(a <= m.start() < b for a, b, _ in full)
    ]
    return sorted(each for each in full + one if not set(each[2].split()) & _NO_NAMES)


def _related(first: str, second: str) -> bool:
    return bool(set(first.split()) & set(second.split())) or first[:4] == second[:4]


def _common(name: str, source: str) -> bool:
    """Whether a single word is no name: it also stands there without its capital."""
    return " " not in name and bool(re.search(rf"\b{name.lower()}\b", source))


def _renamed(base: Base, rng: random.Random, source: str) -> Made:
    own = _names(base.sentence)
    rng.shuffle(own)
    for start, end, name in own:
        others = [
            other
            for _, _, other in _names(source)
            if (" " in other) == (" " in name)
            and not _related(other, name)
            and not any(_related(other, each[2]) for each in own)
        ]
        if others and base.sentence.count(name.split()[-1]) == 1:
            return _with(base, start, end, rng.choice(others))
    return None


FORGED: dict[str, Maker] = {
    "number altered": number_altered,
    "number word altered": number_word_altered,
    "numbers swapped": number_swapped,
    "date altered": date_altered,
    "name of the article": name_of_article,
    "name of elsewhere": name_of_elsewhere,
    "denial added": negation_added,
    "denial removed": negation_removed,
    "opposite": opposite,
    "roles swapped": roles_swapped,
    "hedge dropped": hedge_dropped,
    "hedge added": hedge_added,
    "speaker dropped": speaker_dropped,
    "speaker changed": speaker_changed,
    "unsupported": unsupported,
    "unsupported, same article": unsupported_beside,
    "embroidered": embroidered,
    "misattributed": misattributed,
    "quote fabricated": fabricated,
    "quote altered too": quote_altered,
}
