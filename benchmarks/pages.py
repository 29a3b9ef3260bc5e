"""Measures what Footnote reads of saved web pages and feeds, beside trafilatura and feedparser by themselves.

    python benchmarks/pages.py [FOLDER]

FOLDER holds pages/ and feeds/, each with an expected.jsonl. Everything is read in this process, one after
another, so that times compare.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import report
from retrieval.extract.content import Refused
from retrieval.extract.parse import parse
from retrieval.feeds.reading import read_feed

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"
HALVES = ("even", "odd")
_NAMES = {"footnote": "**Footnote**", "trafilatura": "trafilatura", "feedparser": "feedparser"}
_PACKAGES = ("trafilatura", "htmldate", "feedparser", "lxml")
_AT = "https://example.org/feed"
_BY = re.compile(r"\b(?:(?:written|posted|edited) by|by|and|von|par)\b|\b\w+ \d{1,2}, \d{4}.*$", re.I)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """What a system read of a page; a day in ISO form."""

    text: str
    title: str
    author: str
    day: str


def footnote(data: bytes, name: str) -> Page:
    """A page as Footnote reads it."""
    try:
        found = parse(data, name)
    except Refused:
        return Page("", "", "", "")
    day = found.published.date().isoformat() if found.published else ""
    return Page(found.text, found.title, found.author or "", day)


def trafilatura(data: bytes, name: str) -> Page:
    """A page as trafilatura reads it by itself, with its defaults."""
    import trafilatura

    found = trafilatura.bare_extraction(data.decode("utf-8", "replace"), with_metadata=True)
    if found is None:
        return Page("", "", "", "")
    return Page(found.text or "", found.title or "", found.author or "", found.date or "")


def shingles(text: str) -> set[tuple[str, ...]]:
    """Each run of four words, and all of a text that has fewer."""
    words = re.findall(r"\w+", html.unescape(text).lower())
    return {tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3))} if words else set()


def f1(found: str, expected: str) -> float:
    """How much two texts have in common, by their shingles."""
    ours, theirs = shingles(found), shingles(expected)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours or theirs else 1.0


def folded(said: str) -> str:
    """A title as its words alone."""
    return " ".join(re.findall(r"\w+", html.unescape(said).lower()))


def same_people(found: str, expected: str) -> bool:
    """Whether two bylines name the same, or one names some of whom the other names."""
    ours, theirs = (
        set(folded(_BY.sub(" ", " ".join(html.unescape(said).split()))).split()) for said in (found, expected)
    )
    return bool(ours) and (ours <= theirs or theirs <= ours)


def pages_of(folder: Path) -> dict[str, Any]:
    """The figures of both systems on saved pages, for either half of them."""
    rows = list(_rows(folder))
    systems: dict[str, Callable[[bytes, str], Page]] = {"footnote": footnote, "trafilatura": trafilatura}
    figures = {}
    for name, system in systems.items():
        started = time.process_time()
        found = [(row, system((folder / row["file"]).read_bytes(), row["file"])) for row in rows]
        took = time.process_time() - started
        halves = {half: _figures([each for each in found if _half(each[0]) == half]) for half in HALVES}
        figures[name] = {"all": _figures(found), **halves, "ms": round(1000 * took / len(rows), 1)}
    return {"pages": len(rows), "systems": figures}


def _figures(found: list[tuple[Row, Page]]) -> dict[str, Any]:
    titled = [(row, page) for row, page in found if row["title"]]
    signed = [(row, page) for row, page in found if row["byline"]]
    dated = [(row, page) for row, page in found if row["published"]]
    return {
        "f1": round(sum(f1(page.text, row["text"]) for row, page in found) / len(found), 4),
        "titles": [sum(folded(page.title) == folded(row["title"]) for row, page in titled), len(titled)],
        "authors": [sum(same_people(page.author, row["byline"]) for row, page in signed), len(signed)],
        "days": [sum(page.day == row["published"][:10] for row, page in dated), len(dated)],
    }


def feeds_of(folder: Path) -> dict[str, Any]:
    """Items found and processor time, of Footnote's reader and of feedparser."""
    import feedparser

    rows = list(_rows(folder))
    figures: dict[str, dict[str, float]] = {}
    for name in ("footnote", "feedparser"):
        items = titled = 0
        started = time.process_time()
        for row in rows:
            data = (folder / row["file"]).read_bytes()
            titles: list[str] = []
            with suppress(Refused), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if name == "footnote":
                    titles = [item.title for item in read_feed(data, _AT).items]
                else:
                    titles = [entry.get("title", "") for entry in feedparser.parse(data).entries]
            items += len(titles)
            titled += sum(bool(title) for title in titles)
        took = time.process_time() - started
        figures[name] = {"items": items, "titled": titled, "ms": round(1000 * took / len(rows), 1)}
    return {"feeds": len(rows), "expected": sum(row["n_items"] for row in rows), "systems": figures}


def tables(found: Mapping[str, Any]) -> list[str]:
    """The figures as Markdown."""
    rows = [
        [
            f"{_NAMES[name]}, {half}",
            f"{each['f1']:.3f}",
            *map(_share, (each["titles"], each["authors"], each["days"])),
        ]
        for half in ("all", *HALVES)
        for name, figures in found["pages"]["systems"].items()
        for each in [figures[half]]
    ]
    head = [f"{found['pages']['pages']} pages", "text F1", "title", "author", "day"]
    feeds = found["feeds"]
    listed = [
        [_NAMES[name], figures["items"], figures["titled"], figures["ms"]]
        for name, figures in feeds["systems"].items()
    ]
    times = {name: figures["ms"] for name, figures in found["pages"]["systems"].items()}
    return [
        report.table(head, rows),
        f"Processor time a page: {times['footnote']} ms, trafilatura {times['trafilatura']} ms.",
        report.table(
            [
                f"{feeds['feeds']} feeds, {feeds['expected']} items expected",
                "items",
                "with a title",
                "ms a feed",
            ],
            listed,
        ),
    ]


def _share(counted: list[int]) -> str:
    right, present = counted
    return f"{right} of {present} ({right / present:.0%})" if present else "–"


def _rows(folder: Path) -> Iterator[Row]:
    for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _half(row: Row) -> str:
    return HALVES[hashlib.sha256(row["file"].encode()).digest()[-1] % 2]


def main() -> int:
    """Measure pages and feeds, keep the figures and print them."""
    parser = argparse.ArgumentParser(description="What is read of saved pages and feeds.")
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED)
    folder = parser.parse_args().folder
    if not (folder / "pages" / "expected.jsonl").exists():
        print(f"There is no {folder}/pages/expected.jsonl: give the folder that holds it.", file=sys.stderr)
        return 2
    from benchmarks import measured  # needs what is installed for benchmarks alone

    machine = measured.machine() | {"packages": {name: version(name) for name in _PACKAGES}}
    pages_of(folder / "pages")  # once before it counts: imports and first uses take their time
    found = {"pages": pages_of(folder / "pages"), "feeds": feeds_of(folder / "feeds")}
    report.keep("pages", {"machine": machine, **found, "tables": tables(found)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
