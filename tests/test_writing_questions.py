"""Questions that lean on a conversation are made to stand by themselves, from its own words alone."""

from __future__ import annotations

import pytest

from retrieval.types import Exchange
from retrieval.writing.leaning import carried, comes_from, differs, keeps_numbers, leans

TREATY = [
    Exchange(
        "When did the Russia-Iran treaty take effect?",
        ("The treaty between Russia and Iran took effect on October 2, 2025.",),
    )
]
GOALS = [
    Exchange(
        "How many goals did Messi score for Miami in 2024?",
        ("Messi scored 23 goals for Inter Miami in 2024.",),
    )
]


@pytest.mark.parametrize(
    "question",
    [
        "and what does Iran get?",
        "What about Moscow?",
        "why?",
        "Since when?",
        "and in 2024?",
        "weapons?",
        "Is that a military alliance?",
        "Does it oblige Russia to defend Iran?",
        "What do they say about drones?",
        "а что получает Иран?",
        "Wer hat ihn unterzeichnet?",
        "Et que gagne l'Iran ?",
        "¿Quién lo firmó y qué obtienen ellos?",
    ],
)
def test_questions_that_lean(question: str) -> None:
    assert leans(question, TREATY)
    assert not leans(question, [])


@pytest.mark.parametrize(
    "question",
    [
        "Who won the World Cup in Qatar?",
        "What happened this week in Gaza?",
        "What does Tehran say about the nuclear programme?",
        "How many people live in Pell?",
        "how old is putin",
        "Wer gewann die Wahl in Berlin?",
        "Кто выиграл выборы в Москве?",
    ],
)
def test_questions_that_stand_by_themselves(question: str) -> None:
    assert not leans(question, TREATY)


@pytest.mark.parametrize(
    ("question", "history", "brought", "left"),
    [
        ("and what does Iran get?", TREATY, ["treaty", "Russia-Iran"], ["effect"]),
        ("What about Moscow?", TREATY, ["treaty"], ["Russia-Iran"]),
        ("Does it oblige Russia to defend Iran?", TREATY, ["treaty"], ["Russia-Iran"]),
        ("and in 2023?", GOALS, ["Messi", "goals"], ["2024"]),
        ("and Ronaldo?", GOALS, ["goals", "2024"], ["Messi"]),
    ],
)
def test_without_a_model_the_telling_words_come_along(
    question: str, history: list[Exchange], brought: list[str], left: list[str]
) -> None:
    whole = carried(question, history)
    assert whole.startswith(question.rstrip("?"))
    assert whole.endswith("?")
    assert all(word in whole for word in brought)
    assert not any(word in whole for word in left)


@pytest.mark.parametrize(
    ("written", "good"),
    [
        ("What does Iran get from the treaty with Russia?", True),
        ("What does Iran get from the treaty of October 2025?", True),
        ("Tehran's gains?", True),  # the first word has its capital from its place
        ("What does Iran get from the 2001 treaty with Russia?", False),
        ("What does Iran get from the treaty with China?", False),
        ("Что получает Иран?", False),
        ("", False),
        ("What does Iran get? " * 40, False),
    ],
)
def test_a_standalone_question_says_nothing_new(written: str, good: bool) -> None:
    assert comes_from(written, "and what does Iran get?", TREATY) == good


def test_a_translated_question_keeps_its_numbers() -> None:
    assert keeps_numbers("Which 3 ships left in 2024?", "Какие 3 корабля ушли в 2024 году?")
    assert not keeps_numbers("Which 3 ships left in 2025?", "Какие 3 корабля ушли в 2024 году?")


def test_only_a_question_that_changed_much_is_shown_again() -> None:
    assert differs("What does Iran get from the treaty with Russia?", "and what does Iran get?")
    assert not differs("What does Iran get?", "what does Iran get")
