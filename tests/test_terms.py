"""Words are compared as a reader would: case, accents, inflection and script do not hide them."""

from __future__ import annotations

import re
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.terms import question_terms, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("treaties", "Treaty"),
        ("Łódź café", "lodz CAFE"),
        ("новая новый новые", "нового новым новых"),
        ("ёлка", "елка"),
        ("Verträge straße", "vertrage strasse"),
        ("كتاب", "الکتاب"),
        ("O’Neill’s players’", "o'neill players"),
        ("U.S. troops", "US troop"),
        ("$1,000,000", "1000000"),
        ("ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
    ],
)
def test_forms_of_one_word_are_one_term(one: str, other: str) -> None:
    assert terms(one) == terms(other)


def test_numbers_and_names_stay_sharp() -> None:
    assert terms("a 7.8 quake, 3,5 % and COVID-19") == ["a", "7.8", "quak", "3.5", "and", "covid", "19"]
    assert terms("7.8") != terms("8.7")


def test_scripts_without_spaces_are_cut_into_pairs_so_that_parts_are_found() -> None:
    assert set(terms("条约")) <= set(terms("俄罗斯和伊朗的条约生效"))
    assert set(terms("オリンピック")) <= set(terms("東京オリンピックが始まる"))
    assert set(terms("한국어")) <= set(terms("나는 한국어를 배운다"))


def test_vowel_signs_do_not_cut_a_word() -> None:
    assert terms("नमस्ते दुनिया।") == ["नमस्ते", "दुनिया"]


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("Which country did the tornado hit this week?", ["countri", "tornado", "hit"]),
        ("Wer hat den Vertrag unterschrieben?", ["vertrag", "unterschrieben"]),
        ("¿Cuándo entró en vigor el tratado?", ["entro", "vigor", "tratado"]),
        ("Когда договор вступил в силу?", ["договор", "вступ", "сил"]),
        ("پیمان چه زمانی اجرا شد؟", ["پیمان", "زمانی", "اجرا"]),
    ],
)
def test_a_question_keeps_what_it_is_about(question: str, left: list[str]) -> None:
    assert question_terms(question) == left


def test_what_is_empty_in_one_language_may_mean_much_in_another() -> None:
    assert "war" in question_terms("Did the war end in Gaza?")
    assert "war" not in question_terms("Wann war die Wahl und wer hat gewonnen?")


def test_a_question_of_empty_words_keeps_them() -> None:
    assert question_terms("Who is who?") == ["who", "is"]
    assert question_terms("?!") == []


@given(st.text())
def test_terms_are_what_a_keyword_index_keeps_whole(text: str) -> None:
    found = terms(text)
    assert all(found)
    assert all(re.fullmatch(r"[^\s\"']+", term) for term in found)
    assert set(question_terms(text)) <= set(found)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5).map(" ".join))
def test_what_was_indexed_is_found_again(text: str) -> None:
    found = terms(text)
    with sqlite3.connect(":memory:") as index:
        index.execute("""CREATE VIRTUAL TABLE words USING fts5(body, tokenize = "ascii tokenchars '.'")""")
        index.execute("INSERT INTO words VALUES (?)", (" ".join(found),))
        for term in found:
            assert index.execute("SELECT 1 FROM words WHERE words MATCH ?", (f'"{term}"',)).fetchone()
    index.close()
