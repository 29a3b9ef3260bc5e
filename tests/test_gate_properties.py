"""What holds for every text: verbatim sentences pass, quotes are exact, nothing unseen or linked is shown."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.gate import Proposal, examine
from retrieval.gate.calendars import from_persian
from retrieval.gate.wording import addresses, plain
from retrieval.noise import is_heading, is_noise
from retrieval.passages import sentences, split
from retrieval.types import Document, Passage
from tests.libraries import SHARED_DATA

CORPUS = SHARED_DATA / "news" / "corpus.jsonl"
NEWS = Document(1, "news", "shared", "News", "news.md", published=datetime(2025, 10, 16, tzinfo=UTC))

words = st.sampled_from(
    [
        "The",
        "treaty",
        "“partners”",
        "didn’t",
        "1,200",
        "$3bn",
        "Oct.",
        "2",
        "may",
        "U.S.",
        "Iran",
        "—",
        "(2025)",
        "не",
        "договор",
        "条约",
        "پیمان",
        "[…]",
        "said,",
        "'allies'",
        "**bold**",
        "[1]",
        "https://evil.test/x",
        "@bot",
        "a@b.test",
        "<b>",
        "\u202e",
        "\u200b",
        "\x07",
        "&lt;i&gt;",
        "no…",
        "5%",
        "F-16",
    ]
)
written = st.lists(words, min_size=1, max_size=30).map(" ".join)


@given(written, written, st.integers(0, 500))
@settings(max_examples=150, deadline=None)
def test_quotes_are_exact_spans_and_nothing_unseen_is_shown(text, said, start):
    excerpts = {"kato": Passage(7, NEWS, start, start + len(text), text)}
    verdict = examine(Proposal(said, (("kato", said), ("kato", text))), excerpts, similar=lambda a, b: 1.0)
    for quote in verdict.quotes:
        assert text[quote.start - start : quote.end - start] == quote.text
        assert quote.passage == 7
    assert len(verdict.reasons) == len(verdict.details) == len(verdict.complaints)
    unseen = [char for char in verdict.text if unicodedata.category(char) in ("Cc", "Cs", "Co")]
    assert not unseen
    assert not {"\u202e", "\u200b", "\ufeff"} & set(verdict.text)
    if verdict.passed:
        assert "evil.test/" not in verdict.text
        assert "a@b.test" not in verdict.text
        assert "**" not in verdict.text


@given(st.text(max_size=300))
@settings(deadline=None)
def test_cleaning_twice_changes_nothing_and_never_fails(text):
    once = plain(text)
    assert "\n" not in once
    assert addresses(text, once, text) == addresses(text, once, text)
    assert examine(Proposal(text, (("kato", text),)), {}).reasons


@given(st.integers(1_250, 1_600), st.integers(1, 12), st.integers(1, 29))
def test_solar_hijri_dates_move_on_day_by_day(year, month, day):
    assert (from_persian(year, month, day + 1) - from_persian(year, month, day)).days == 1
    if month < 12:
        last = 31 if month <= 6 else 30
        assert (from_persian(year, month + 1, 1) - from_persian(year, month, last)).days == 1


@pytest.mark.skipif(not CORPUS.exists(), reason="shared/data/news is not here")
def test_an_untouched_sentence_of_any_article_passes_with_itself_as_its_quote():
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()[::40]]
    refused = []
    for row in rows:
        document = Document(1, row["id"], "shared", row["title"], "corpus.jsonl")
        for span in split(row["text"])[:8]:
            passage = Passage(1, document, span.start, span.end, row["text"][span.start : span.end])
            for each in sentences(passage.text):
                sentence = passage.text[each.start : each.end]
                if (
                    len(sentence.split()) < 4
                    or is_noise(sentence)
                    or is_heading(sentence)
                    or _addressed(sentence)
                ):
                    continue
                verdict = examine(Proposal(sentence, (("kato", sentence),)), {"kato": passage})
                assert all(row["text"][q.start : q.end] == q.text for q in verdict.quotes)
                if not verdict.passed:
                    refused.append((sentence, verdict.complaints))
    assert refused == []


def _addressed(sentence: str) -> bool:
    """Whether a sentence holds an address, which is never shown as text, even where the source has it."""
    return bool(addresses(sentence, plain(sentence), sentence))
