"""What an answer looks like in a terminal and in a pipe."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
from rendering import TODAY, a_citation, a_document, an_answer

from bot.terminal_text import plain_answer, print_answer
from retrieval.types import Answer, Conflict, Side, Statement, person

TITLES = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "security" / "hostile_titles.txt"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _a_wide_colour_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "90")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


def printed(answer: Answer, file: io.StringIO) -> str:
    print_answer(answer, today=TODAY, file=file)
    return file.getvalue()


def without_codes(text: str) -> str:
    return re.sub(r"\x1b\]8;[^\x1b]*\x1b\\|\x1b\[[0-9;]*m", "", text)


def test_in_a_pipe_an_answer_is_plain_lines() -> None:
    ledger = a_citation(
        1, "It has no defence clause.", a_document(1), "https://ledger.test/1#:~:text=It%20has"
    )
    notes = a_citation(
        2, "Only a promise.", a_document(2, "Notes", publisher=None, url=None, owner=person(5))
    )
    answer = Answer(
        "?",
        date(2025, 5, 3),
        (Statement("It has no defence clause.", (1, 2)),),
        (ledger, notes),
        follow_ups=("What does Iran get?",),
    )
    assert printed(answer, io.StringIO()) == (
        "As of 3 May 2025:\n\n"
        "It has no defence clause. [1] [2]\n\n"
        "[1] “It has no defence clause.”\n"
        "    Treaty in force · Meridian Ledger · 2 October 2025\n"
        "    https://ledger.test/1#:~:text=It%20has\n\n"
        "[2] “Only a promise.”\n"
        "    Notes · 2 October 2025\n"
        "    footnote show d2\n\n"
        "You could ask: What does Iran get?\n"
    )


def test_on_a_terminal_numbers_and_titles_can_be_clicked_and_lines_fit() -> None:
    text = printed(an_answer("The treaty says so. " * 12), Terminal())
    assert text.count("\x1b]8;") > 2
    assert "https://ledger.test/1#:~:text=q1" in text
    shown = without_codes(text)
    assert "\x1b" not in shown
    assert all(len(row) <= 90 for row in shown.splitlines())
    for said in ("[1] “The treaty says so.", "Treaty in force · Meridian Ledger · 2 October 2025"):
        assert said in shown
    assert "https://ledger.test/1\n" in re.sub(" +\n", "\n", shown)


def test_a_terminal_without_colours_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b[" not in printed(an_answer("It is so."), Terminal())


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_sources_that_do_not_say_are_named_with_their_nearest_passages(stream: type[io.StringIO]) -> None:
    answer = Answer("Cod?", TODAY, nearest=(a_citation(1, "Herring quotas were cut."),))
    shown = without_codes(printed(answer, stream()))
    assert shown.startswith("Your sources don't say.")
    assert "Herring quotas were cut." in shown
    assert "[1]" not in shown
    assert "come nearest" not in without_codes(printed(Answer("?", TODAY), stream()))


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_sample_articles_are_called_invented_and_shown_by_command(stream: type[io.StringIO]) -> None:
    shown = without_codes(printed(an_answer("It is so.", document=a_document(7, sample=True)), stream()))
    assert shown.count("sample articles") == 1
    assert "footnote show d7" in shown
    assert "ledger.test" not in shown


def test_hostile_words_bring_no_codes_and_no_lines_of_their_own() -> None:
    if not TITLES.exists():
        pytest.skip(f"the hostile titles are not here: {TITLES}")
    rows = [row for row in TITLES.read_text("utf-8").splitlines() if row and not row.startswith("#")]
    for title in (json.loads(row.split("\t", 2)[2]) for row in rows):
        answer = an_answer(f"He said {title}", document=a_document(1, title, publisher=title))
        plain = plain_answer(answer, today=TODAY)
        plain.encode()
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", plain)
        assert plain.count("\n") == 5
        styled = printed(answer, Terminal())
        styled.encode()
        assert "\x1b" not in without_codes(styled)


def test_what_telegram_shows_about_an_answer_the_terminal_says_too() -> None:
    new, old = a_document(1, "Costs rise"), a_document(2, "Costs", publisher=None, published=None)
    said = Statement("It costs 512 million.", (1,), "words")
    other = Statement("It was to cost 487 million.", (2,))
    answer = Answer(
        "?",
        TODAY,
        (said,),
        (a_citation(1, "costs 512 million", new), a_citation(2, "487 million", old)),
        mode="model",
        withheld=2,
        conflicts=(Conflict((Side("512 million", said), Side("487 million", other))),),
        understood="What does the barrier cost?",
        without_model="outage",
    )
    expected = (
        "I took this as: What does the barrier cost?\n\n"
        "It costs 512 million. [1]\n\n"
        "Sources disagree:\n"
        "- 512 million · Meridian Ledger · 2 October 2025 [1]\n"
        "- 487 million: It was to cost 487 million. [2]\n\n"
    )
    closing = (
        "2 more statements were written but not supported by the sources, so they are withheld.\n\n"
        "This ends early: the language model could not be reached any more.\n"
    )
    plain = printed(answer, io.StringIO())
    assert plain.startswith(expected)
    assert plain.endswith(closing)
    styled = " ".join(without_codes(printed(answer, Terminal())).split())
    for part in (*expected.split("\n\n"), *closing.split("\n\n")):
        assert " ".join(part.split()) in styled
