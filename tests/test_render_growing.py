"""What is shown of an answer while it grows, and what is said about one besides its statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

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

from bot.grounds import passages_of, quoted_at
from bot.render import Button, Ground, Part, answer_parts, growing_part, passage_parts
from bot.render.split import units
from retrieval.types import Answer, Conflict, Passage, Side, Span, Statement

PIECES = [
    "one ",
    "word ",
    "after. ",
    "another",
    "\n",
    "😀",
    "é",
    "你好。",
    "שלום ",
    "/start ",
    "@b ",
    "https://x.test/ ",
]
WORDS = st.builds(
    lambda pieces, times: "".join(pieces) * times,
    st.lists(st.sampled_from(PIECES), max_size=12),
    st.integers(1, 40),
)


def frame(answer: Answer, statements: int, **more: object) -> Part | None:
    shown = replace(answer, statements=answer.statements[:statements], complete=False)
    return growing_part(shown, today=TODAY, open_link=in_chat, **more)  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS.filter(str.strip), min_size=1, max_size=14), st.booleans(), st.one_of(st.none(), WORDS))
def test_whatever_a_frame_shows_stays_where_it_is(
    texts: list[str], past: bool, understood: str | None
) -> None:
    answer = replace(
        an_answer(*texts), as_of=date(2025, 5, 3) if past else TODAY, understood=understood or None
    )
    whole = rendered(answer)
    assert_taken_unchanged(whole)
    before = ""
    for count in range(1, len(texts) + 1):
        part = frame(answer, count)
        assert part
        assert_taken_unchanged([part])
        assert part.text.startswith(before)
        before = part.text
    assert whole[0].text.startswith(before)


def test_nothing_is_shown_before_something_is_said_and_the_stop_button_stands_below() -> None:
    answer = an_answer("It is in force.", "It has no clause.")
    assert frame(answer, 0) is None
    part = frame(answer, 1, buttons=[Button("Stop", "t:0123456789ab")])
    assert part
    assert part.text == "It is in force.\u00a0[1]"
    assert [[button.label for button in row] for row in part.buttons] == [["Stop"]]
    long = frame(an_answer("Word. " * 2_000), 1, buttons=[Button("Stop", "t:0123456789ab")])
    assert long
    assert long.buttons


def test_the_question_as_it_was_understood_stands_above_the_answer() -> None:
    answer = replace(an_answer("Arms."), understood="What does Iran get\nfrom the treaty? https://evil.test")
    (part,) = rendered(answer)
    head = part.text.splitlines()[0]
    assert head.replace("\u2060", "") == (
        "I took this as: What does Iran get from the treaty? https://evil.test"
    )
    assert ("italic", head, None) in list(covered(part))
    assert len(links([part])) == 2


def test_sources_that_disagree_are_set_side_by_side_with_their_publishers_and_dates() -> None:
    new = a_document(1, "Costs rise", publisher="Meridian Ledger")
    old = a_document(2, "Costs", publisher=None, published=None)
    said = Statement("The barrier costs 512 million crowns.", (1,), "words")
    other = Statement("It was to cost 487 million crowns.", (2,), "words")
    answer = replace(
        an_answer(),
        statements=(said,),
        citations=(
            a_citation(1, "costs 512 million", new, "https://ledger.test/1"),
            a_citation(2, "487 million", old),
        ),
        conflicts=(Conflict((Side("512 million crowns", said), Side("487 million crowns", other))),),
    )
    (part,) = rendered(answer)
    shown = part.text.split("\n\n")[:3]
    assert shown == [
        "The barrier costs 512 million crowns.\u00a0[1]",
        "Sources disagree\n"
        "• 512 million crowns · Meridian Ledger · 2 October 2025\u00a0[1]\n"
        "• 487 million crowns\u00a0[2]\nIt was to cost 487 million crowns.",
        shown[2],
    ]
    assert shown[2].startswith("[1] Costs rise")
    assert links([part])[:3] == [
        ("[1]", "https://ledger.test/1"),
        ("[1]", "https://ledger.test/1"),
        ("[2]", in_chat(answer.citations[1].quote)),
    ]
    bold = [words for kind, words, _ in covered(part) if kind == "bold"]
    assert bold[:3] == ["Sources disagree", "512 million crowns", "487 million crowns"]
    assert_taken_unchanged([part])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"withheld": 1}, "1 more statement was written but not supported by the sources, so it is"),
        ({"withheld": 2}, "2 more statements were written but not supported by the sources, so they are"),
        ({"statements": (), "citations": (), "withheld": 3}, "so they are withheld: 3."),
        ({"without_model": "budget", "mode": "extractive"}, "Without the language model: today's budget"),
        ({"without_model": "outage", "mode": "extractive"}, "Without the language model: it could not be"),
        ({"without_model": "unsupported", "mode": "extractive", "withheld": 4}, "(statements withheld: 4)."),
        ({"without_model": "outage"}, "This ends early: the language model could not be reached any more."),
        ({"without_model": "budget"}, "This ends early: today's budget for the language model is spent."),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_one_line(fields: dict[str, object], told: str) -> None:
    answer = replace(an_answer("It is in force."), **({"mode": "model"} | fields))  # type: ignore[arg-type]
    (part,) = rendered(answer)
    (note,) = [line for line in part.text.splitlines() if told in line]
    assert ("italic", note, None) in list(covered(part))
    assert "withheld" not in part.text.replace(note, "")


@pytest.mark.parametrize(
    ("checks", "told"),
    [
        (("words", "verbatim"), None),
        (("words", "meaning"), "compared with what is said here by meaning"),
        (("model", "model"), "The language model itself confirmed that the quotes say this."),
        (("model", "meaning"), "The language model itself confirmed that the quotes say some of this."),
    ],
)
def test_a_check_that_was_not_word_by_word_is_said_quietly(checks: tuple[str, str], told: str | None) -> None:
    answer = an_answer("It is in force.", "It has no clause.")
    said = tuple(replace(one, check=check) for one, check in zip(answer.statements, checks, strict=True))
    (part,) = rendered(replace(answer, statements=said))
    notes = [words for kind, words, _ in covered(part) if kind == "italic"]
    assert len(notes) == (told is not None)
    assert all(told in note for note in notes if told)


def test_an_answer_that_was_stopped_says_so_at_its_end_and_a_watch_says_why_it_speaks() -> None:
    answer = an_answer("It is in force.")
    (part,) = answer_parts(
        answer, today=TODAY, open_link=in_chat, heading="A new document answers: “@evil?”", ending="Stopped."
    )
    assert part.text.startswith("A new document answers: “@\u2060evil?”\n\nIt is in force.")
    assert part.text.endswith("\n\nStopped.")


# -- what a stretch of a message rests on


def test_each_stretch_of_an_answer_knows_its_passages() -> None:
    answer = an_answer("😀 It is in force.", "It has no clause.")
    (part,) = rendered(answer)
    stretches = [(cut(part, ground), ground.passages) for ground in part.grounds]
    assert [passages for _, passages in stretches] == [(101,), (102,), (101,), (102,)]
    assert stretches[0][0] == "😀 It is in force.\u00a0[1]"
    assert stretches[3][0].endswith("“It has no clause.”")
    nearest = (a_citation(1, "Herring quotas were cut."), a_citation(2, "Cod."))
    (part,) = rendered(Answer("Fishing quotas?", TODAY, nearest=nearest))
    assert [ground.passages for ground in part.grounds] == [(101,), (102,)]
    (part,) = passage_parts(
        Passage(7, a_document(), 50, 84, "It began. It has no clause. Ended."), Span(60, 77)
    )
    assert [ground.passages for ground in part.grounds] == [(7,)]


def test_a_stretch_that_is_cut_is_known_in_both_messages() -> None:
    sent = rendered(an_answer("One word after another. " * 400))
    assert [part.grounds[0].passages for part in sent[:2]] == [(101,), (101,)]
    assert all(0 <= one.start < one.end <= units(part.text) for part in sent for one in part.grounds)


def cut(part: Part, ground: Ground) -> str:
    return part.text.encode("utf-16-le")[ground.start * 2 : ground.end * 2].decode("utf-16-le")


GROUNDS = (Ground(0, 10, (1, 2)), Ground(12, 20, (3,)), Ground(22, 30, (1,)))


@pytest.mark.parametrize(
    ("start", "end", "passages"),
    [(0, None, (1, 2, 3)), (3, 4, (1, 2)), (9, 13, (1, 2, 3)), (10, 12, ()), (25, 26, (1,)), (40, 50, ())],
)
def test_the_passages_under_a_quote_are_those_of_the_stretches_it_touches(
    start: int, end: int | None, passages: tuple[int, ...]
) -> None:
    assert passages_of(GROUNDS, start, end) == passages


@given(WORDS, WORDS, WORDS, st.integers(-5, 5))
def test_a_quote_is_found_where_it_stands(before: str, quote: str, after: str, off: int) -> None:
    place = quoted_at(quote, units(before) + off, before + quote + after)
    if not quote:
        assert place is None
    else:
        assert place
        raw = (before + quote + after).encode("utf-16-le")
        assert raw[place[0] * 2 : place[1] * 2].decode("utf-16-le") == quote
        assert abs(place[0] - units(before) - off) <= abs(off)


def test_of_two_places_that_say_the_same_the_nearer_counts() -> None:
    assert quoted_at("yes", 9, "yes, no, yes") == (9, 12)
    assert quoted_at("yes", 2, "yes, no, yes") == (0, 3)
    assert quoted_at("maybe", 0, "yes, no, yes") is None
