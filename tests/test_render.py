"""What people see in Telegram: answers, passages and lists as messages, and what their buttons send back."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendering import (
    TODAY,
    a_citation,
    a_document,
    an_answer,
    assert_taken_unchanged,
    covered,
    in_chat,
    links,
    rendered,
)

from bot.render import (
    KEEP,
    Button,
    Page,
    documents_parts,
    forget_parts,
    forget_question_parts,
    parse_forget_data,
    parse_page_data,
    parse_passage_data,
    passage_data,
    passage_parts,
    plain_parts,
)
from bot.render.clean import body
from bot.render.pieces import FOLDED_QUOTE
from retrieval.types import Answer, Document, Passage, Quote, Span, Statement, person

FORGERIES = (
    Path(__file__).resolve().parents[1].parent / "shared" / "data" / "security" / "callback_forgery.jsonl"
)


def test_an_answer_reads_as_statements_with_numbers_then_quotes_to_unfold() -> None:
    ledger = a_document(1, "Treaty in force")
    notes = a_document(2, "My notes", publisher=None, url=None, owner=person(5))
    first = a_citation(
        1, "The treaty has no defence clause.", ledger, "https://ledger.test/1#:~:text=no%20defence"
    )
    second = a_citation(2, "Both sides only promise not to help an attacker.", notes)
    answer = Answer(
        "Must Russia defend Iran?",
        date(2025, 5, 3),
        (Statement("The treaty has no defence clause.", (1, 2)),),
        (first, second),
    )

    (part,) = rendered(answer, Button("What does Iran get?", "q:0"))

    assert part.text == (
        "As of 3 May 2025\n\n"
        "The treaty has no defence clause.\u00a0[1]\u00a0[2]\n\n"
        "[1] Treaty in force\nMeridian Ledger · 2 October 2025\n“The treaty has no defence clause.”\n"
        "[2] My notes\n2 October 2025\n“Both sides only promise not to help an attacker.”"
    )
    assert links([part]) == [
        ("[1]", "https://ledger.test/1#:~:text=no%20defence"),
        ("[2]", "https://t.me/footnote_bot?start=p-102"),
        ("Treaty in force", "https://ledger.test/1"),
        ("My notes", "https://t.me/footnote_bot?start=p-102"),
    ]
    assert [kind for kind, _, _ in covered(part)].count(FOLDED_QUOTE) == 2
    assert [[button.data for button in row] for row in part.buttons] == [
        ["p:101:0-33", "p:102:0-48"],
        ["q:0"],
    ]
    assert_taken_unchanged([part])


def test_an_answer_of_today_does_not_say_as_of_when() -> None:
    (part,) = rendered(an_answer("It is in force."))
    assert "As of" not in part.text


def test_sources_that_do_not_say_are_named_with_their_nearest_passages() -> None:
    nearest = (a_citation(1, "Herring quotas were cut. " * 40), a_citation(2, "Cod."))
    (part,) = rendered(Answer("Fishing quotas in the Baltic?", TODAY, nearest=nearest))
    assert part.text.startswith("Your sources don't say.")
    assert len(links([part])) == 2
    assert "…" in part.text
    assert not part.buttons
    (nothing,) = rendered(Answer("?", TODAY))
    assert nothing.text.startswith("Your sources don't say.")


@pytest.mark.parametrize(
    ("others", "says"), [((), "These are sample"), ((a_document(2),), "Some of these are")]
)
def test_sample_articles_are_called_invented_once_and_their_pages_are_not_opened(
    others: tuple[Document, ...], says: str
) -> None:
    sample = a_document(1, sample=True)
    citations = tuple(
        a_citation(n, "Words.", document, f"https://ledger.test/{n}#:~:text=Words")
        for n, document in enumerate((sample, *others), 1)
    )
    (part,) = rendered(Answer("?", TODAY, (Statement("Words.", (1,)),), citations))
    assert part.text.count(says) == 1
    assert links([part])[0] == ("[1]", in_chat(citations[0].quote))
    assert ("Treaty in force", "https://ledger.test/1") not in links([part])


def test_passage_buttons_stand_in_even_rows_and_follow_ups_one_in_a_row() -> None:
    many = an_answer(*(f"Sentence {n}." for n in range(12)))
    (part,) = rendered(many, Button("And then? " * 20, "q:1"), Button("\n", "q:2"))
    assert [len(row) for row in part.buttons] == [4, 4, 1, 1]
    assert [button.label for button in part.buttons[0]] == [
        "Passage 1",
        "Passage 2",
        "Passage 3",
        "Passage 4",
    ]
    assert len(part.buttons[2][0].label) <= 60
    assert part.buttons[2][0].label.endswith("…")
    (five,) = rendered(an_answer(*"abcde"))
    assert [len(row) for row in five.buttons] == [3, 2]


def test_a_passage_shows_its_source_and_the_quoted_words_in_bold() -> None:
    passage = Passage(7, a_document(), 50, 84, "It began. It has no clause. Ended.")
    (part,) = passage_parts(passage, Span(60, 77))
    assert (
        part.text == "Treaty in force\nMeridian Ledger · 2 October 2025\n\nIt began. It has no clause. Ended."
    )
    assert ("bold", "It has no clause.", None) in list(covered(part))
    assert ("blockquote", passage.text, None) in list(covered(part))
    for elsewhere in (None, Span(0, 50), Span(84, 90), Span(10**17, 10**18 - 1)):
        (plain,) = passage_parts(passage, elsewhere)
        assert plain.text == part.text
        assert [kind for kind, _, _ in covered(plain)] == ["text_link", "bold", "blockquote"]


def test_the_library_is_listed_page_by_page() -> None:
    page = Page.of(2, 25)
    held = [a_document(n, f"Article {n}", sample=n == 11) for n in range(11, 20)]
    held.append(a_document(20, "Mine", owner=person(5), url=None))
    (part,) = documents_parts(held, page)
    lines = part.text.splitlines()
    assert lines[0] == "25 documents · page 2 of 3"
    assert lines[2:4] == ["11. Article 11", "Meridian Ledger · 2 October 2025 · sample"]
    assert lines[-2:] == ["20. Mine", "Meridian Ledger · 2 October 2025 · yours"]
    assert [button.data for button in part.buttons[0]] == ["s:1", "s:3"]
    assert len(links([part])) == 8
    (empty,) = documents_parts([], Page.of(1, 0))
    assert "Nothing" in empty.text


@pytest.mark.parametrize(
    ("asked", "total", "number", "offset"), [(0, 0, 1, 0), (9, 25, 3, 20), (-4, 25, 1, 0), (2, 20, 2, 10)]
)
def test_a_page_that_is_not_there_gives_the_nearest(asked: int, total: int, number: int, offset: int) -> None:
    page = Page.of(asked, total)
    assert (page.number, page.offset) == (number, offset)


def test_forgetting_names_the_document_and_asks_once_more() -> None:
    mine = a_document(41, "Notes on cod " * 12, owner=person(5), url=None)
    (part,) = forget_parts([mine], Page.of(1, 1))
    ((button,),) = part.buttons
    assert (button.data, parse_forget_data(button.data)) == ("x:41", (41, False))
    (question,) = forget_question_parts(mine)
    ((yes, no),) = question.buttons
    assert parse_forget_data(yes.data) == (41, True)
    assert no.data == KEEP
    assert parse_forget_data(KEEP) is None
    (nothing,) = forget_parts([], Page.of(1, 0))
    assert not nothing.buttons


def test_our_own_words_keep_their_commands() -> None:
    (part,) = plain_parts(
        "Ask me.\n\nOr see /sources.", heading="Footnote", question_buttons=[Button("Why?", "q:1")]
    )
    assert part.text == "Footnote\n\nAsk me.\n\nOr see /sources."
    assert list(covered(part)) == [("bold", "Footnote", None)]
    assert part.buttons[0][0].label == "Why?"


def test_a_message_with_nothing_to_see_is_still_one_telegram_takes() -> None:
    for text in ("", " \n ", "\u200b\u2800", "\ud800"):
        assert_taken_unchanged(plain_parts(body(text), question_buttons=[Button(text, "q")]))


@given(st.integers(0, 10**18 - 1), st.integers(0, 10**18 - 2), st.integers(0, 10**18 - 1))
def test_passage_data_comes_back_as_it_went(passage: int, start: int, end: int) -> None:
    data = passage_data(Quote(a_document(), passage, start, end, ""))
    assert len(data.encode()) <= 64
    assert parse_passage_data(data) == ((passage, start, end) if start < end else None)


@given(st.one_of(st.text(max_size=70), st.from_regex(r"[psfx]!?:[-+0-9 _٣:]{0,30}", fullmatch=True)))
@settings(max_examples=300)
def test_reading_forged_data_gives_nothing_or_what_we_could_have_made(data: str) -> None:
    if found := parse_passage_data(data):
        assert data == "p:{}:{}-{}".format(*found)
    if page := parse_page_data(data):
        assert data == "{}:{}".format(*page)
    if forget := parse_forget_data(data):
        assert data == f"x{'!' if forget[1] else ''}:{forget[0]}"


def test_known_forgeries_are_refused() -> None:
    if not FORGERIES.exists():
        pytest.skip(f"the forged callbacks are not here: {FORGERIES}")
    rows = [json.loads(row) for row in FORGERIES.read_text("utf-8").splitlines()]
    forged = [row["update"]["data"] for row in rows if row["update"].get("data", "<valid>") != "<valid>"]
    assert forged
    ours = [
        "p:-1:0-5",
        "p:1:5-5",
        "p:01:0-5",
        "p:1:0-5\n",
        "p:٣:0-5",
        "p:1:0-" + "9" * 30,
        "x:1' OR 1=1--",
        "s:-1",
        "x!!:1",
    ]
    for data in forged + ours:
        assert (parse_passage_data(data), parse_page_data(data), parse_forget_data(data)) == (
            None,
            None,
            None,
        )


@pytest.mark.parametrize("data", ["", "x" * 65, "é" * 33])
def test_a_button_telegram_would_refuse_cannot_be_made(data: str) -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        Button("label", data)


def test_rendering_is_imported_without_the_telegram_library() -> None:
    code = "import sys, bot.render, bot.terminal_text; print({'telegram', 'rich'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
