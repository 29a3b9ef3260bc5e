"""Makes labelled copies of articles: re-sent, syndicated, rewritten, updated, cut short; and other reports.

Knows nothing of how copies are found. Every edit is drawn from a seed, so that a set can be made again.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from retrieval.copies.words import worded
from retrieval.passages import sentences
from retrieval.types import Draft

NATURAL = "as published"
UPDATED = "updated"
FORM = "of one form"

_FEWEST = 120  # words of an article that is edited
_FORMS = 24  # reports of each form
_REUSED = 0.5  # articles that share sentences of this share of their letters are neither same nor others

_AGENCIES = ("(Northwire)", "(Meridian Press)", "— Allied Desk", "/Coastline News Service/")
_FEET = (
    "Reporting by A. Berg in Eastley and L. Moe; editing by T. Lind. Our standards: the trust principles.",
    "This story was produced by a partner newsroom and is published here with permission. Read more below.",
    "Sign up for our morning letter. Follow us for breaking news. Contact the desk with corrections.",
    "© Meridian Press. All rights reserved. This material may not be published, broadcast or rewritten.",
)
_SWAPS = (
    (r"\bsaid\b", "told reporters"),
    (r"\bmore than\b", "over"),
    (r"\babout\b", "around"),
    (r"\bbut\b", "yet"),
    (r"\bbegan\b", "started"),
    (r"\balso\b", "in addition"),
    (r"\bbecause\b", "since"),
    (r"\bvery\b", "quite"),
    (r"\bpeople\b", "persons"),
    (r"\bhowever\b", "though"),
    (r"\bhelp\b", "assist"),
    (r"\bchildren\b", "youngsters"),
    (r"\bbig\b", "large"),
    (r"\bofficials\b", "authorities"),
    (r"\bshow(s|ed)?\b", r"reveal\1"),
)
_TEMPLATES = (
    "The {place} index closed {n} points {way} at {n} on {day}. Of the {n} shares that were traded, {n} "
    "rose and {n} fell. Turnover came to {n} million crowns, against {n} million the day before. The "
    "crown stood at {d} to the euro, and ten-year bonds paid {d} per cent. Shares of {name} gained {d} "
    "per cent and those of {name} lost {d} per cent after quarterly results. Trading resumes at nine.",
    "A magnitude {d} earthquake struck {n} kilometres from {place} at {n}:{m} local time on {day}, at a "
    "depth of {n} kilometres, the survey said. There were no immediate reports of damage or casualties. "
    "The quake was felt as far as {n} kilometres away. It was the {n}th of at least magnitude four in "
    "the region this year. This report was written from the survey's automatic notices and will be "
    "updated if necessary.",
    "Weather for {place} on {day}: a high of {n} degrees and a low of {m}, with winds from the {way} at "
    "up to {n} kilometres an hour. The chance of rain is {n} per cent, rising to {n} per cent by "
    "evening. Sunrise is at {n}:{m} and sunset at {n}:{m}. The sea is at {n} degrees. Pollen is at "
    "level {m} and the air index at {n}. The outlook for the days that follow is for highs between {n} "
    "and {n} degrees.",
    "{name} beat {name} {n}-{m} in {place} on {day} before a crowd of {n}. The visitors led {m}-{n} at "
    "the break. {name} scored {n} points and took {m} rebounds, and {name} added {n} points from {m} "
    "attempts. The home side made {n} of {n} throws. It was the {n}th win in {n} games for the winners, "
    "who now stand {m} games ahead. They play again on {day} at {n}:{m}.",
    "The weekly jackpot drawn in {place} on {day} stood at {n} million crowns. The winning numbers were "
    "{m}, {n}, {n}, {n} and {n}, and the extra number was {m}. There were {n} winners of the second "
    "prize, who receive {n},{n} crowns each. A ticket costs {m} crowns, and the chance of the first "
    "prize is one in {n} million. The next draw is on {day} at {n}:{m}, when the jackpot is expected to "
    "reach {n} million crowns.",
)
_PLACES = ("Eastley", "Hartmoor", "Selwick", "Veldmouth", "Corvane", "Northing", "Lindholm", "Aldersea")
_NAMES = (
    "Vara Lines",
    "Tove Works",
    "Berg & Moe",
    "Halden Steel",
    "Kestrel Foods",
    "Orme Optics",
    "Sund Energy",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WAYS = ("up", "down", "lower", "higher")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A draft with what it is: copies and updates of one article share its ``origin``, others do not."""

    draft: Draft
    kind: str
    origin: str
    story: str


def halves(file: Path) -> tuple[list[Labelled], list[Labelled]]:
    """The articles of a file of stories, in two halves; a story is whole in one of them."""
    both: tuple[list[Labelled], list[Labelled]] = ([], [])
    with file.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            published = datetime.fromisoformat(row["published"]).replace(tzinfo=UTC)
            host = urlsplit(row["url"]).netloc.removeprefix("www.")
            draft = Draft(
                row["url"],
                row["title"],
                row["text"],
                host,
                publisher=host,
                url=row["url"],
                published=published,
            )
            half = sum(map(ord, row["cluster"])) % 2
            both[half].append(Labelled(draft, NATURAL, row["id"], row["cluster"]))
    return both


def labelled(articles: Sequence[Labelled], seed: int) -> list[Labelled]:
    """The articles with edited ones of each kind beside them, and reports that only share their form."""
    chance = random.Random(seed)
    made = list(articles)
    for article in articles:
        if len(worded(article.draft.text).words) >= _FEWEST:
            others = [each for each in articles if each.story == article.story and each is not article]
            strangers = [each for each in articles if each.story != article.story]
            giver = chance.choice(others or strangers)
            made += [
                replace(article, draft=edit(article.draft, giver.draft, chance), kind=kind)
                for kind, edit in EDITS.items()
            ]
    return made + list(_reports(chance))


def reused(one: Draft, other: Draft) -> bool:
    """Whether two articles share so many sentences that their publisher made one out of the other."""
    first, second = ({" ".join(each.split()) for each in _sentences(text)} for text in (one.text, other.text))
    shorter = min(sum(map(len, first)), sum(map(len, second)))
    return sum(map(len, first & second)) >= _REUSED * shorter


def _resent(draft: Draft, _giver: Draft, chance: random.Random) -> Draft:
    """The same words from another address, with other quotation marks, spaces and two slips of the pen."""
    text = draft.text.translate(str.maketrans("“”‘’—–", "\"\"''--")).replace("\n\n", "\n \n")
    for _ in range(2):
        at = chance.randrange(len(text) - 1)
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return _moved(replace(draft, text=text), "resent.example")


def _syndicated(draft: Draft, _giver: Draft, chance: random.Random) -> Draft:
    """Under another headline, with a dateline before it, a byline and a foot of the publisher's."""
    place = chance.choice(_PLACES).upper()
    dateline = f"{place}, {chance.randint(1, 28)} Nov {chance.choice(_AGENCIES)}"
    feet = f"{chance.choice(_FEET)} {chance.choice(_FEET)}"
    text = f"By {chance.choice(_NAMES)} staff\n\n{dateline} {draft.text}\n\n{feet}"
    title = " ".join(reversed(draft.title.split()[:8]))
    return _moved(replace(draft, text=text, title=title, author="Staff"), "syndicated.example")


def _rewritten(draft: Draft, _giver: Draft, chance: random.Random) -> Draft:
    """With other small words, one sentence in twelve left out and two that changed places."""
    kept = [each for each in _sentences(draft.text) if chance.random() > 1 / 12]
    at = chance.randrange(max(1, len(kept) - 1))
    kept[at : at + 2] = reversed(kept[at : at + 2])
    text = " ".join(kept)
    for pattern, instead in chance.sample(_SWAPS, 8):
        text = re.sub(pattern, instead, text)
    return _moved(replace(draft, text=text), "rewritten.example")


def _updated(draft: Draft, giver: Draft, chance: random.Random) -> Draft:
    """By its publisher at another address some hours later: a paragraph more, and a mark before the title."""
    lent = _sentences(giver.text)
    news = " ".join(lent[len(lent) // 2 :][:4])
    paragraphs = draft.text.split("\n\n")
    paragraphs.insert(min(len(paragraphs), chance.randint(0, 2)), news)
    later = (draft.published or datetime.now(UTC)) + timedelta(hours=chance.randint(1, 20))
    title = chance.choice(("UPDATE: ", "")) + draft.title
    url = f"{draft.url}?version=2"
    return replace(draft, key=url, url=url, text="\n\n".join(paragraphs), title=title, published=later)


def _cut(draft: Draft, _giver: Draft, chance: random.Random) -> Draft:
    """Its first sentences, as a feed brings them."""
    said = _sentences(draft.text)
    text = ""
    while said and len(worded(text).words) < chance.randint(60, 120):
        text += said.pop(0) + " "
    return _moved(replace(draft, text=text.strip()), "summary.example")


EDITS: dict[str, Callable[[Draft, Draft, random.Random], Draft]] = {
    "re-sent": _resent,
    "syndicated": _syndicated,
    "lightly rewritten": _rewritten,
    UPDATED: _updated,
    "cut to a summary": _cut,
}


def _moved(draft: Draft, host: str) -> Draft:
    url = f"https://{host}/{urlsplit(draft.url or '').path.strip('/')}"
    return replace(draft, key=url, url=url, publisher=host)


def _reports(chance: random.Random) -> Iterator[Labelled]:
    """Reports in which names, days and numbers differ and nothing else, some under one title a day apart."""
    for form, template in enumerate(_TEMPLATES):
        for number in range(_FORMS):
            text = re.sub(r"\{(\w+)\}", lambda slot: _value(slot[1], chance), template)
            url = f"https://reports.example/{form}/{number}"
            published = datetime(2025, 3, 1, tzinfo=UTC) + timedelta(days=number // 2)
            draft = Draft(url, f"Report {form}", text, "reports", publisher="reports.example", url=url)
            yield Labelled(replace(draft, published=published), FORM, url, f"form {form}")


def _value(slot: str, chance: random.Random) -> str:
    listed = {"place": _PLACES, "name": _NAMES, "day": _DAYS, "way": _WAYS}
    if slot in listed:
        return chance.choice(listed[slot])
    return str(
        {"n": chance.randint(10, 999), "m": chance.randint(1, 59)}.get(slot, chance.randint(10, 99) / 10)
    )


def _sentences(text: str) -> list[str]:
    return [text[span.start : span.end].strip() for span in sentences(text)]
