"""The sample library keeps what it promises: small, dated, invented, and good to ask about."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from rapidfuzz import fuzz

from retrieval.passages import sentences
from retrieval.sample import LIBRARY, QUESTIONS

SEEDS = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "seeds"

Row = dict[str, Any]
ROWS: list[Row] = [json.loads(line) for line in LIBRARY.read_text(encoding="utf-8").splitlines()]
TEXTS: dict[str, str] = {row["id"]: row["text"] for row in ROWS}

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

# Each starter question with the article and the one sentence that answers it.
ANSWERS = {
    "Does the treaty oblige Russia to defend Iran?": (
        "s-treaty-4",
        "The treaty does not oblige Russia to defend Iran, or Iran to defend Russia.",
    ),
    "How much will the Veldmouth flood barrier cost?": (
        "s-barrier-4",
        "The Veldmouth flood barrier will cost 487 million euros to build, the regional audit office "
        "confirmed on Tuesday 16 September 2025.",
    ),
    "Why were the Corvane batteries recalled?": (
        "s-battery-3",
        "The Corvane batteries were recalled because a faulty seal can let coolant leak onto the cells and "
        "cause a short circuit.",
    ),
    "When did the Russia-Iran treaty enter into force?": (
        "s-treaty-4",
        "The Russia-Iran treaty entered into force on 2 October 2025.",
    ),
    "Did amber glasses help night nurses sleep longer?": (
        "s-glasses-3",
        "Amber glasses helped night-shift nurses sleep 29 minutes longer, not 41, according to the corrected "
        "result of the Duskline trial.",
    ),
    "What does Iran get from the treaty with Russia?": (
        "s-treaty-5",
        "From the treaty with Russia, Iran gets a powerful friend against isolation, political backing "
        "abroad, and cooperation on arms and technology.",
    ),
    "How many home batteries has Corvane recalled?": (
        "s-battery-3",
        "Corvane Energy has now recalled 21,150 home batteries, 2,750 more than in May.",
    ),
    "When will the Veldmouth flood barrier be finished?": (
        "s-barrier-4",
        "The Veldmouth flood barrier is due to be finished in April 2029.",
    ),
}


def sentences_of(id: str) -> list[str]:
    text = TEXTS[id]
    return [text[span.start : span.end] for span in sentences(text)]


def test_sixteen_articles_tell_four_stories() -> None:
    stories = [row["id"].split("-")[1] for row in ROWS]

    assert len({row["id"] for row in ROWS}) == len(ROWS) == 16
    assert {story: stories.count(story) for story in stories} == {
        "treaty": 6,
        "barrier": 4,
        "battery": 3,
        "glasses": 3,
    }


def test_publishers_are_several_and_cannot_be_real_addresses() -> None:
    hosts = {row["publisher"]: urlsplit(row["url"]).hostname for row in ROWS}

    assert 6 <= len(hosts) <= 8
    for row in ROWS:
        assert urlsplit(row["url"]).scheme == "https"
        assert urlsplit(row["url"]).hostname == hosts[row["publisher"]]
    assert all(host and host.endswith(".example") for host in hosts.values())
    assert len({row["url"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_an_article_is_short_clean_prose(row: Row) -> None:
    assert row.keys() - {"author"} == {"id", "title", "text", "url", "published", "publisher", "language"}
    assert all(isinstance(value, str) and value == value.strip() != "" for value in row.values())
    assert row["language"] == "en"
    assert 120 <= len(row["text"].split()) <= 350
    paragraphs = row["text"].split("\n\n")
    assert 3 <= len(paragraphs) <= 7
    assert all(re.fullmatch(r"\S(?:.*\S)?", paragraph) for paragraph in paragraphs)
    assert all(re.search(r'[.!?]"?$', paragraph) for paragraph in paragraphs)
    assert max(map(len, sentences_of(row["id"]))) < 220


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_an_article_is_dated_and_its_weekdays_are_right(row: Row) -> None:
    published = date.fromisoformat(row["published"])

    assert f"/{published:%Y/%m/%d}/" in row["url"]
    for weekday, day in re.findall(r"\b([A-Z][a-z]+day) (\d{1,2} [A-Z][a-z]+(?: \d{4})?)", row["text"]):
        dated = day if day[-4:].isdigit() else f"{day} {published.year}"
        assert datetime.strptime(dated, "%d %B %Y").strftime("%A") == weekday
    for weekday in re.findall(r"\bon ([A-Z][a-z]+day)\b(?! \d)", row["text"]):
        assert (published.weekday() - WEEKDAYS.index(weekday)) % 7 <= 3, (
            f"{weekday} is not just before {published}"
        )


def test_each_story_develops_over_several_dates() -> None:
    for story in ("treaty", "barrier", "battery", "glasses"):
        days = [row["published"] for row in ROWS if row["id"].startswith(f"s-{story}-")]
        assert all(earlier < later for earlier, later in pairwise(days))


def test_the_three_dates_of_the_treaty_are_stated() -> None:
    for sentence in (
        "Vladimir Putin and Masoud Pezeshkian signed the comprehensive strategic partnership treaty between "
        "Russia and Iran in Moscow on 17 January 2025.",
        "Russia ratified the treaty with Iran on Monday 21 April 2025, when Vladimir Putin signed the law.",
        "The Russia-Iran treaty entered into force on 2 October 2025.",
    ):
        assert any(sentence in sentences_of(id) for id in TEXTS)


def test_the_preview_of_the_treaty_is_contradicted_by_later_articles() -> None:
    preview, later = TEXTS["s-treaty-1"], TEXTS["s-treaty-4"]

    assert "expected to contain a mutual defence clause" in preview
    assert (
        "A mutual defence clause, which several previews had predicted in January, is not in the treaty."
        in later
    )
    assert "take effect by the spring" in preview
    assert "entry into force came more than eight months after the signing" in later


@pytest.mark.parametrize(
    ("id", "earlier", "by", "later"),
    [
        ("s-barrier-3", "530 million euros", "s-barrier-4", "43 million euros for ten years of maintenance"),
        (
            "s-battery-1",
            "Seven batteries have overheated",
            "s-battery-3",
            "Nine Corvane batteries have overheated",
        ),
        ("s-glasses-1", "slept 41 minutes longer", "s-glasses-3", "29 minutes longer, not 41"),
    ],
)
def test_every_other_story_has_a_figure_that_is_corrected(id: str, earlier: str, by: str, later: str) -> None:
    assert earlier in TEXTS[id]
    assert later in TEXTS[by]


def test_two_stories_hold_a_sentence_that_two_publishers_print_alike() -> None:
    alike = {
        one["id"].split("-")[1]
        for one, other in combinations(ROWS, 2)
        if one["publisher"] != other["publisher"]
        for first in sentences_of(one["id"])
        for second in sentences_of(other["id"])
        if len(first) > 60 and first != second and fuzz.ratio(first, second) > 95
    }

    assert {"treaty", "battery"} <= alike


def test_names_are_written_in_their_own_letters() -> None:
    together = " ".join(TEXTS.values())

    assert all(
        name in together for name in ("Łukasz Wrona", "Zeynep Çelik", "Nguyễn Thu Hà", "Jørgen Aasland")
    )


def test_starter_questions_fit_a_button_and_one_sentence_answers_each() -> None:
    assert tuple(ANSWERS) == QUESTIONS
    assert all(len(question) <= 60 for question in QUESTIONS)
    for id, sentence in ANSWERS.values():
        assert sentence in sentences_of(id)


def test_starter_questions_reach_every_story_and_the_first_three_differ() -> None:
    stories = [id.split("-")[1] for id, _ in ANSWERS.values()]

    assert set(stories) == {"treaty", "barrier", "battery", "glasses"}
    assert len(set(stories[:3])) == 3


def test_no_sentence_is_taken_from_the_articles_the_project_began_from() -> None:
    if not SEEDS.is_dir():
        pytest.skip(f"{SEEDS} is missing: there is nothing to compare with")
    theirs = {run for path in SEEDS.glob("*.txt") for run in runs_of_words(path.read_text(encoding="utf-8"))}

    assert not [run for text in TEXTS.values() for run in runs_of_words(text) if run in theirs]


def runs_of_words(text: str, length: int = 7) -> list[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return [tuple(words[i : i + length]) for i in range(len(words) - length + 1)]
