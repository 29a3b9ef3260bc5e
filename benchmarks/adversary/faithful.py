"""Rewrites a sentence by rule without changing what it says. Knows nothing of the gate."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from benchmarks.adversary.articles import Base

Made = tuple[str, tuple[tuple[str, str], ...]] | None  # the statement, and its quotes

Maker = Callable[[Base, random.Random], Made]

_SMALL = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
]
_MONTHS = {
    "Jan": "January",
    "Feb": "February",
    "March": "March",
    "April": "April",
    "May": "May",
    "June": "June",
    "July": "July",
    "Aug": "August",
    "Sept": "September",
    "Oct": "October",
    "Nov": "November",
    "Dec": "December",
}
_LONG_MONTHS = {name: name for name in _MONTHS.values()}
_TALKS = re.compile(
    r"\b(?:said|says|say|told|according|claim\w*|argue\w*|warn\w*|report\w*|insist\w*|not|n['’]t|no|may|might|could|would|if)\b"
)
_WORDS = {
    "about": "around",
    "said": "stated",
    "began": "started",
    "however, ": "",
    "big": "large",
    "purchased": "bought",
    "children": "kids",
    "located": "situated",
    "near": "close to",
    "help": "assist",
    "approximately": "about",
    "received": "got",
    "attempted": "tried",
    "students": "pupils",
    "film": "movie",
    "movie": "film",
    "killed": "slain",
    "additional": "more",
    "also ": "",
    "currently ": "",
    "showed": "demonstrated",
    "ended": "finished",
    "city": "town",
    "home": "house",
    "large": "big",
    "very ": "",
    "really ": "",
}


def verbatim(base: Base, rng: random.Random) -> Made:
    return base.sentence, ((base.id, base.sentence),)


def shortened(base: Base, rng: random.Random) -> Made:
    """A clause behind a comma left out, unless it denies, hedges or says who says it."""
    cut = re.search(
        r",\s(?:which|who|where|while|with|including|after|adding|making|as)\b[^,“”\"]*\.\Z", base.sentence
    )
    if not cut or _TALKS.search(cut.group()) or cut.start() < 45:
        return None
    return base.sentence[: cut.start()] + ".", ((base.id, base.sentence),)


def without_aside(base: Base, rng: random.Random) -> Made:
    """What stands between two commas left out."""
    aside = re.search(r",\s(?:a|an|who|which|whose)\s[^,“”\"\d]{8,80},(?=\s[a-z])", base.sentence)
    if not aside or "“" in base.sentence or '"' in base.sentence or _TALKS.search(aside.group()):
        return None
    return base.sentence[: aside.start()] + base.sentence[aside.end() :], ((base.id, base.sentence),)


def speaker_first(base: Base, rng: random.Random) -> Made:
    """“P,” X said. → X said that P."""
    match = re.fullmatch(
        r"([A-Z][^“”\"]{25,}), ((?:[A-Z][\w.’'-]+ ){0,3}[A-Z][\w.’'-]+|officials|police|authorities) said\.",
        base.sentence,
    )
    if match:
        told, who = match.groups()
        return f"{_upper(who)} said that {_lower(told)}.", ((base.id, base.sentence),)
    match = re.fullmatch(r"([A-Z][^“”\"]{25,}), according to ([^,“”\"]{3,60})\.", base.sentence)
    if match:
        return f"According to {match.group(2)}, {_lower(match.group(1))}.", ((base.id, base.sentence),)
    return None


def speaker_last(base: Base, rng: random.Random) -> Made:
    """X said (that) P. → P, X said."""
    match = re.fullmatch(
        r"((?:[A-Z][\w.’'-]+ ){0,3}[A-Z][\w.’'-]+|Officials|Police|Authorities)"
        r" said (?:that )?([a-z][^“”\"]{25,})\.",
        base.sentence,
    )
    if not match:
        return None
    return f"{_upper(match.group(2))}, {match.group(1)} said.", ((base.id, base.sentence),)


def number_rewritten(base: Base, rng: random.Random) -> Made:
    """A number in another form: 1,200 → 1200, ten → 10, 10 percent → 10%, $3 million → 3 million dollars."""
    text = base.sentence
    for pattern, by in (
        (r"\b(\d+(?:\.\d+)?) percent\b", lambda m: f"{m[1]}%"),
        (r"\b(\d+(?:\.\d+)?)%", lambda m: f"{m[1]} percent"),
        (r"\$(\d+(?:\.\d+)?) (million|billion)\b(?! dollars)", lambda m: f"{m[1]} {m[2]} dollars"),
        (r"\$(\d+(?:\.\d+)?)bn\b", lambda m: f"${m[1]} billion"),
        (r"\b(\d{1,3}),(\d{3})\b(?!,)", lambda m: m[1] + m[2]),
        (r"\b(" + "|".join(_SMALL) + r")\b(?= [a-z]{3,})", lambda m: str(_SMALL.index(m[1]) + 2)),
        (
            r"(?<![\d$.,\-–£€/:] )(?<![\w$.,\-–£€/:])([2-9]|1[0-5])(?= [a-z]{4,})",
            lambda m: _SMALL[int(m[1]) - 2],
        ),
    ):
        changed, count = re.subn(pattern, by, text, count=1)
        if (
            count
            and "“" not in text
            and '"' not in text
            and not re.search(
                r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)\w*\.? [a-z]+ [a-z]", changed
            )
        ):
            return changed, ((base.id, base.sentence),)
    return None


def date_rewritten(base: Base, rng: random.Random) -> Made:
    """Sept. 10 → 10 September, October 2, 2025 → 2 October 2025."""
    names = "|".join([*_MONTHS, *_LONG_MONTHS])
    pattern = rf"\b({names})\.? (\d{{1,2}})(?:, (\d{{4}}))?\b(?!\d)(?:,(?! \w+\.? \d))?(?! [a-z]+ment)"
    match = re.search(pattern, base.sentence)
    if not match:
        return None
    month = _MONTHS.get(match[1], match[1])
    year = f" {match[3]}" if match[3] else ""
    return f"{base.sentence[: match.start()]}{match[2]} {month}{year}{base.sentence[match.end() :]}", (
        (base.id, base.sentence),
    )


def pronoun_resolved(base: Base, rng: random.Random) -> Made:
    """He → the one full name of the sentence before."""
    names = set(re.findall(r"\b[A-Z][a-z]+ [A-Z][a-z]+\b", base.before))
    match = re.match(r"(?:He|She)\s(?=[a-z])", base.sentence)
    if not match or len(names) != 1 or not base.before.startswith(tuple(names)):
        return None
    quotes = (
        ((base.id, base.sentence),)
        if rng.random() < 0.5
        else ((base.id, base.before), (base.id, base.sentence))
    )
    return f"{names.pop()} {base.sentence[match.end() :]}", quotes


def merged(base: Base, rng: random.Random) -> Made:
    """Two sentences that follow each other as one, with two quotes."""
    if (
        not base.after
        or "@" in base.after
        or any(mark in base.sentence + base.after for mark in '“”"')
        or len(base.sentence + base.after) > 380
    ):
        return None
    return f"{base.sentence[:-1]}, and {_lower(base.after)}", (
        (base.id, base.sentence),
        (base.id, base.after),
    )


def reworded(base: Base, rng: random.Random) -> Made:
    """One or two words exchanged for others of the same meaning, or left out."""
    text, changes = base.sentence, 0
    for old, new in rng.sample(list(_WORDS.items()), len(_WORDS)):
        changed = re.sub(
            rf"(?<![“\"\w]){re.escape(old)}(?!\w)" if old[-1] != " " else rf"(?<!\w){re.escape(old)}",
            new,
            text,
            count=1,
        )
        if changed != text and "“" not in text and '"' not in text:
            text, changes = changed, changes + 1
        if changes == 2:
            break
    return (text, ((base.id, base.sentence),)) if changes else None


def short_quote(base: Base, rng: random.Random) -> Made:
    """The whole sentence said, only eight words of it quoted, and those with a slip."""
    words = base.sentence.split()
    if len(words) < 14:
        return None
    start = rng.randrange(len(words) - 9)
    quoted = words[start : start + 9]
    plain = [
        i
        for i in range(1, 8)
        if re.fullmatch(r"[a-z]{2,12}", quoted[i]) and quoted[i] not in ("not", "no", "never")
    ]
    if plain:
        del quoted[rng.choice(plain)]
    return base.sentence, ((base.id, " ".join(quoted)),)


def _lower(text: str) -> str:
    """The first letter small where the first word is an article or a small word, no name."""
    first = text.split()[0]
    small = {
        "the",
        "a",
        "an",
        "it",
        "he",
        "she",
        "they",
        "this",
        "that",
        "these",
        "there",
        "in",
        "at",
        "on",
        "we",
        "one",
        "some",
        "many",
    }
    return (
        text[0].lower() + text[1:]
        if first.lower() in small or (first.endswith("s") and first.islower())
        else text
    )


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


FAITHFUL: dict[str, Maker] = {
    "verbatim": verbatim,
    "clause left out": shortened,
    "aside left out": without_aside,
    "speaker first": speaker_first,
    "speaker last": speaker_last,
    "number rewritten": number_rewritten,
    "date rewritten": date_rewritten,
    "pronoun resolved": pronoun_resolved,
    "two merged": merged,
    "reworded": reworded,
    "quote with a slip": short_quote,
}
