"""Measures which corrections of told sentences are noticed, and how often an ordinary report passes for one.

    python -m benchmarks.correcting STORIES [--half 1] [--corpus CORPUS] [--show]

STORIES is a file of dated articles in stories, CORPUS one of dated articles. Every sentence of the earlier
articles counts as told, which is several times what an edition tells. Corrections are made of sentences by
rule, from a seed. What must not pass for one: the later articles of the same stories; newer versions of an
article with sentences dropped and others added, and with tolls that rose; and the articles of a corpus after
those of two weeks before that share words of their titles. Knows nothing of readers or of messages.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.storied import read
from retrieval.briefing.corrections.came import Came, Correction, Telling
from retrieval.briefing.corrections.correcting import corrections
from retrieval.briefing.sentences import Said
from retrieval.cutting import cut
from retrieval.gate.alignment import Item, items
from retrieval.passages import sentences
from retrieval.terms import question_terms
from retrieval.types import Document, Draft, Passage

_TOLD = timedelta(days=14)  # before a report, within which an edition is corrected
_SINCE = timedelta(hours=20)  # from a report to its correction
_TITLED = 3  # telling words that titles of one matter share
_DROPPED, _MORE = 0.25, 6  # share of its sentences that a newer version drops, and how many others it adds
_TOLL = re.compile(
    r"(?<=killed )\d{1,3}\b(?!,| years)"
    r"|(?<![\d,])\d{1,3}(?= (?:people|others) (?:were |have been )?(?:killed|dead|injured))"
)
_NAMES = ("Marta Keel", "Owen Brandt", "Ilse Varga", "Tomas Reyne")
_MONTHS = ("January", "March", "May", "July", "September", "November")
_KINDS = (
    "changed in place",
    "changed and noted",
    "noted with the value",
    "said otherwise",
    "put right",
    "taken back",
)

Told = tuple[list[Telling], Came]


@dataclass(frozen=True)
class Case:
    """A correction made by rule: of which sentence, of what kind, and the document that brings it."""

    kind: str
    said: Said
    first: Came
    came: Came


def held(draft: Draft, number: int) -> Came:
    """An article as it would be held."""
    about = {"url": draft.url, "publisher": draft.publisher, "published": draft.published}
    document = Document(number, draft.key, "shared", draft.title, draft.source, **about)  # type: ignore[arg-type]
    passages = [
        Passage(number * 1_000 + at, document, each.start, each.end, draft.text[each.start : each.end])
        for at, each in enumerate(cut(draft))
    ]
    return Came(document, passages, draft.text)


def stories(file: Path, half: int) -> list[list[Draft]]:
    """The articles of one half by their stories, each story in order of time."""
    found: dict[str, list[Draft]] = defaultdict(list)
    for each in read(file, half):
        found[each.label].append(each.draft)
    return list(found.values())


def corpus(file: Path) -> list[Draft]:
    """The articles of a corpus in order of time."""
    found = []
    for row in map(json.loads, file.read_text("utf-8").splitlines()):
        host, published = urlsplit(row["url"]).netloc, datetime.fromisoformat(row["published"])
        about = {"url": row["url"], "publisher": host, "published": published.replace(tzinfo=UTC)}
        found.append(Draft(row["id"], row["title"], row["text"], host, **about))
    return sorted(found, key=lambda each: (_moment(each), each.key))


def tellings(came: Iterable[Came]) -> list[Telling]:
    """Every sentence that could be told of some articles."""
    return [Telling(each.quote, each.around) for one in came for each in one.sayings]


def following(articles: Sequence[Draft], *, titled: bool = False) -> Iterator[Told]:
    """Each article with the sentences of those before it; ``titled``: of those whose titles share words."""
    before: list[tuple[Came, frozenset[str], datetime]] = []
    for number, draft in enumerate(articles, 1):
        came, words, day = held(draft, number), frozenset(question_terms(draft.title)), _moment(draft)
        recent = [each for each in before if day - each[2] <= _TOLD]
        near = [one for one, theirs, _ in recent if not titled or len(words & theirs) >= _TITLED]
        if near:
            yield tellings(near), came
        before = [*recent, (came, words, day)]


def updated(story: Sequence[Draft], chance: random.Random) -> Iterator[Told]:
    """Each article in a newer version: sentences dropped, some of the next added, tolls risen."""
    for one, other in pairwise(story):
        first, lines = held(one, 1), _lines(one)
        kept = [_risen(each) for each in lines if chance.random() > _DROPPED]
        more = chance.sample(_lines(other), min(_MORE, len(_lines(other))))
        came = held(replace(one, text="\n\n".join(more + kept)), 1)
        yield tellings([first]), replace(came, former=one.text)


def cases(every: Sequence[Sequence[Draft]], seed: int) -> Iterator[Case]:
    """For each story, corrections of sentences of its first article, one of each kind that can be made."""
    chance = random.Random(seed)
    for draft, *_ in every:
        first = held(draft, 1)
        kinds = chance.sample(_KINDS, len(_KINDS))
        fit = [each for each in first.sayings if not (each.ahead or each.personal or each.voiced)]
        for kind, said in zip(kinds, chance.sample(fit, len(fit)), strict=False):
            made = (
                _taken_back(said, draft, chance) if kind == "taken back" else _made(kind, said, draft, chance)
            )
            if made:
                yield Case(kind, said, first, made)


def noticed(case: Case) -> tuple[bool, int]:
    """Whether a case is noticed, and how many other sentences of its article are taken for corrected."""
    found = corrections(tellings([case.first]), [case.came])
    others = [each for each in found if not _overlaps(each, case.said)]
    return len(others) < len(found), len(others)


def _made(kind: str, said: Said, draft: Draft, chance: random.Random) -> Came | None:
    """A correction of a value of a sentence; None where it has none that can be another."""
    wrong = _value(said, chance)
    if wrong is None or (wrong.kind == "name" and kind in ("said otherwise", "put right")):
        return None
    end = wrong.figure.end if wrong.figure else wrong.end
    was, text = said.text[wrong.start : end], said.text
    right = _another(wrong, was, chance)
    if right is None:
        return None
    mended = text[: wrong.start] + right + text[end:]
    if kind == "said otherwise":
        tail = chance.choice((", officials said.", ", according to the authorities.", ", it was said."))
        return _elsewhere(mended.rstrip(".") + tail, draft, chance)
    if kind == "put right":
        ending = f"{mended.rstrip('.')}, not {was} as was first reported."
        return _elsewhere(
            chance.choice((ending, f"Earlier reports had wrongly put it at {was}: {mended}")), draft, chance
        )
    about = " ".join(text.split()[:8])
    told = draft.text if kind == "noted with the value" else draft.text.replace(text, mended)
    note = {
        "changed in place": "",
        "changed and noted": f"\n\nCorrection: An earlier version of this article had a wrong {wrong.kind}.",
        "noted with the value": f"\n\nCorrection: An earlier version of this article was wrong where it said "
        f"“{about} …”: it is {right}, not {was}.",
    }[kind]
    return replace(held(replace(draft, text=told + note), 1), former=draft.text)


def _taken_back(said: Said, draft: Draft, chance: random.Random) -> Came | None:
    body = said.text.rstrip(".")
    if said.told.denied or len(body.split()) < 6 or "\n" in body:
        return None
    templates = (
        f"Reports that {body} were false, the authorities said.",
        f"Officials denied reports that {body}.",
        f"It was reported that {body}, which proved to be untrue.",
    )
    return _elsewhere(chance.choice(templates), draft, chance)


def _value(said: Said, chance: random.Random) -> Item | None:
    """A value of a sentence that can be wrong: a number that measures something, a day, a year, a name."""
    figures = {each.start for each in said.told.figures}

    def fits(each: Item) -> bool:
        if each.kind == "number":
            return each.start in figures
        if each.kind == "date":
            return bool(each.when and each.when.month and each.when.day)
        return each.kind == "year" or (each.kind == "name" and len(each.tokens) == 2)

    found = [each for each in items(said.told.reading) if fits(each)]
    return chance.choice(found) if found else None


def _another(wrong: Item, was: str, chance: random.Random) -> str | None:
    """Another value in a value's place; a number becomes smaller, since what rose may have moved on."""
    if wrong.kind == "name":
        return chance.choice(_NAMES)
    if wrong.kind == "date":
        return f"{chance.choice(_MONTHS)} {chance.randint(3, 27)}"
    digits = was.replace(",", "")
    if not digits.isdigit() or int(digits) < 4:
        return None
    if wrong.kind == "year":
        return str(int(digits) - chance.randint(2, 9))
    return f"{int(digits) // 2:,}" if "," in was else str(int(digits) // 2)


def _elsewhere(words: str, draft: Draft, chance: random.Random) -> Came:
    """Another publisher's report, which says these words among others."""
    rest = [
        each for each in chance.sample(_lines(draft), min(5, len(_lines(draft)))) if each[:40] not in words
    ]
    report = replace(
        draft,
        key="2",
        text="\n\n".join([*rest[:1], words, *rest[1:]]),
        published=_moment(draft) + _SINCE,
        publisher="courier.example",
        url="https://courier.example/1",
    )
    return held(report, 2)


def _risen(sentence: str) -> str:
    """The sentence with its toll risen, where it counts one."""
    return _TOLL.sub(lambda found: str(int(found.group()) + 3), sentence)


def _lines(draft: Draft) -> list[str]:
    return [draft.text[each.start : each.end] for each in sentences(draft.text)]


def _moment(draft: Draft) -> datetime:
    return draft.published or datetime.min.replace(tzinfo=UTC)


def _overlaps(found: Correction, said: Said) -> bool:
    return found.said.start < said.span.end and said.span.start < found.said.end


def _alarms(pairs: Iterable[Told], show: bool) -> dict[str, int]:
    documents = alarmed = 0
    for told, came in pairs:
        found = corrections(told, [came])
        documents, alarmed = documents + 1, alarmed + bool(found)
        for each in found if show else ():
            print(f"{each.before} → {each.value}\n  told: {each.said.text}\n  now: {each.now.text}")
    return {"documents": documents, "taken for a correction": alarmed}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stories", type=Path)
    parser.add_argument("--half", type=int, default=1)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--show", action="store_true", help="print what ordinary reports are taken for")
    given = parser.parse_args()
    began, every = time.perf_counter(), stories(given.stories, given.half)
    chance = random.Random(given.seed)
    result: dict[str, object] = {
        "follow-ups": _alarms((pair for story in every for pair in following(story)), given.show),
        "newer versions": _alarms((pair for one in every for pair in updated(one, chance)), given.show),
    }
    if given.corpus:
        pairs = following(corpus(given.corpus), titled=True)
        result["two weeks of a corpus"] = _alarms(pairs, given.show)
    made, seen, others = Counter[str](), Counter[str](), 0
    for case in cases(every, given.seed):
        right, other = noticed(case)
        made[case.kind] += 1
        seen[case.kind] += right
        others += other
    result["corrections noticed"] = {kind: f"{seen[kind]} of {made[kind]}" for kind in _KINDS}
    result["noticed in all"] = f"{seen.total()} of {made.total()}"
    result["other sentences taken for corrected"] = others
    result["seconds"] = round(time.perf_counter() - began)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
