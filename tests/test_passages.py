"""Sentences and passages: in any language, with offsets that always hold."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.passages import LIMIT, LONGEST, sentences, split

NEWS = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "news" / "corpus.jsonl"

_PIECES = [
    *("Mr. ", "U.S. ", "No. 3", " e.g. ", "z. B. ", "3.50", "...", "…", ". ", "? ", "! ", ".” ", ".)"),
    *("\n", "\n\n", "\r\n", "\u2028", "。", "！", "？」", "؟ ", "। ", "漢字", "東京", "سلام", "नमस्ते", "мир"),
    *("d\u0301", "😀", "👩\u200d👧", "- item\n", "# Heading\n", "word ", "Word ", "\u00a0", "\u3000", "\x00"),
    *("x" * 700, "y " * 600, "語" * 900),
]
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(_PIECES), max_size=60).map("".join))


def said(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Mr. Smith of the U.S. Army paid $3.50.", "He left...", "Then he said: “Hello.”", "Silence."],
        ["It came on Jan. 5 at 5 p.m. Monday.", "J. K. Rowling wrote No. 3.", "The end."],
        ["They live in the U.S.", "He does not.", "Vitamin C.", "It helps."],
        ["“Really?” he said.", "He said: “No!” and left.", "(It was.)", "So Acme Inc. Monday said."],
        ["Version 2.0.1 is out…", "Read https://example.org/a.html?b=1.", "Done"],
        ["Das kostet ca. 5 Euro.", "Prof. Dr. Meier sagte z. B. nichts.", "Am 3. Mai kam er."],
        ["El Sr. García vive en EE. UU. desde 1990.", "¿Qué?", "¡Sí!"],
        ["Он родился в 1990 г. в Москве.", "Проф. А. С. Иванов писал.", "Да."],
        ["او آمد.", "حال شما چطور است؟", "خوبم."],
        ["यह सच है।", "वह गया।", "क्या हुआ?"],
    ],
)
def test_sentences_end_where_a_reader_would_end_them(expected: list[str]) -> None:
    assert said(" ".join(expected)) == expected


def test_languages_without_spaces_are_split_at_their_own_marks() -> None:
    assert said("他来了。她走了！真的？“是的。”他说。") == [
        "他来了。",
        "她走了！",
        "真的？",
        "“是的。”",
        "他说。",
    ]
    assert said("「そうですか？」と言った。はい。") == ["「そうですか？」と言った。", "はい。"]


def test_headings_and_items_stand_alone_while_wrapped_lines_stay_together() -> None:
    text = (
        "What changed\n\nThe first line of a paragraph that was wrapped\nby hand goes on here. It ends.\n"
        "- one item\n- another item\n"
    )
    assert said(text) == [
        "What changed",
        "The first line of a paragraph that was wrapped\nby hand goes on here.",
        "It ends.",
        "- one item",
        "- another item",
    ]


def test_a_heading_opens_the_passage_it_heads() -> None:
    paragraph = "A sentence of middling length stands here. " * 12
    text = f"{paragraph}\n\nWhat does each side get?\n\n{paragraph}"
    first, second = split(text)
    assert text[second.start :].startswith("What does each side get?")
    assert text[first.start : first.end] == paragraph.strip()


def test_paragraphs_stay_whole_where_they_fit_and_a_short_end_is_not_left_alone() -> None:
    paragraph = "Six words are in this sentence. " * 10
    text = "\n\n".join([paragraph.strip()] * 5 + ["A short end."])
    spans = split(text)
    assert [text[span.start : span.end].count("\n\n") + 1 for span in spans] == [2, 2, 2]


@given(TEXTS)
def test_every_sentence_is_trimmed_and_together_they_are_all_of_the_text(text: str) -> None:
    _covers(text, [(span.start, span.end) for span in sentences(text)])
    assert all(span.end - span.start <= LONGEST for span in sentences(text))


@given(TEXTS)
def test_passages_are_runs_of_whole_sentences(text: str) -> None:
    spans = split(text)
    _covers(text, [(span.start, span.end) for span in spans])
    whole = sentences(text)
    assert {span.start for span in spans} <= {span.start for span in whole}
    assert {span.end for span in spans} <= {span.end for span in whole}
    assert all(span.end - span.start <= LONGEST + 2 * LIMIT for span in spans)


def _covers(text: str, spans: list[tuple[int, int]]) -> None:
    position = 0
    for start, end in spans:
        assert position <= start < end <= len(text)
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


@pytest.mark.parametrize("piece", ["a", "a. ", "Ab c. ", "“Hi. ", '" ', ".", "1. ", "\n", "one line\n", "漢"])
def test_no_text_takes_long(piece: str) -> None:
    began = time.perf_counter()
    split(piece * 50_000)
    assert time.perf_counter() - began < 5


@pytest.mark.skipif(not NEWS.exists(), reason="the shared news corpus is not here")
def test_articles_become_passages_a_small_model_can_read_whole() -> None:
    with NEWS.open(encoding="utf-8") as lines:
        texts = [json.loads(next(lines))["text"] for _ in range(100)]
    sizes = sorted(span.end - span.start for text in texts for span in split(text))
    assert sizes[len(sizes) // 10] > 400
    assert sizes[len(sizes) * 99 // 100] <= LIMIT + 250
