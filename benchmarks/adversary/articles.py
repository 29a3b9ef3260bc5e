"""Cuts real articles into the excerpts that proposals are made from. Knows nothing of proposals."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from retrieval.noise import is_noise
from retrieval.passages import sentences, split
from retrieval.types import Document, Passage

_PUBLISHER = re.compile(r"https?://(?:www\.)?([^/]+)")
_PLAIN = re.compile(r"[A-Z“\"].*[.”\"]\Z", re.DOTALL)


@dataclass(frozen=True)
class Base:
    """One sentence of an article with its passage, and the excerpts shown beside it, by id."""

    sentence: str
    before: str
    after: str
    passage: Passage
    id: str
    excerpts: dict[str, Passage]
    article: str  # its whole text


def bases(corpus: Path, seed: int, most: int) -> Iterator[Base]:
    """Sentences that tell something, a few of each article, each among four excerpts of other passages."""
    rng = random.Random(seed)
    rows = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines()]
    rng.shuffle(rows)
    held = [_passages(number, row) for number, row in enumerate(rows, 1)]
    made = 0
    for at, passages in enumerate(held):
        good = [passage for passage in passages if len(sentences(passage.text)) >= 3]
        for passage in rng.sample(good, min(3, len(good))):
            for found in _of(passage, rows[at]["text"], held, at, rng):
                yield found
                made += 1
                if made >= most:
                    return


def _of(
    passage: Passage, article: str, held: list[list[Passage]], at: int, rng: random.Random
) -> Iterator[Base]:
    said = [passage.text[span.start : span.end] for span in sentences(passage.text)]
    telling = [i for i, each in enumerate(said) if _tells(each)]
    for i in rng.sample(telling, min(2, len(telling))):
        others = [rng.choice(held[(at + step) % len(held)]) for step in (1, 2, 3)] + [rng.choice(held[at])]
        shown = [passage, *(each for each in others if each != passage)]
        rng.shuffle(shown)
        ids = rng.sample([f"{a}{b}{c}" for a in "bdfgkmpt" for b in "aeiou" for c in "bdfgkmpt"], len(shown))
        excerpts = dict(zip(ids, shown, strict=True))
        name = next(key for key, each in excerpts.items() if each == passage)
        before = said[i - 1] if i and _tells(said[i - 1]) else ""
        after = said[i + 1] if i + 1 < len(said) and _tells(said[i + 1]) else ""
        yield Base(said[i], before, after, passage, name, excerpts, article)


def _tells(sentence: str) -> bool:
    return (
        50 <= len(sentence) <= 320
        and bool(_PLAIN.match(sentence))
        and not is_noise(sentence)
        and "\n" not in sentence
        and "@" not in sentence
    )


def _passages(number: int, row: dict[str, str]) -> list[Passage]:
    text = row["text"]
    publisher = _PUBLISHER.match(row.get("url") or "")
    document = Document(
        number,
        row["id"],
        "shared",
        row["title"],
        "corpus.jsonl",
        publisher=publisher.group(1) if publisher else None,
        url=row.get("url"),
        published=datetime.fromisoformat(row["published"]).replace(tzinfo=UTC)
        if row.get("published")
        else None,
    )
    return [
        Passage(1_000 * number + i, document, span.start, span.end, text[span.start : span.end])
        for i, span in enumerate(split(text))
    ]
