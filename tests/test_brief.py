"""A briefing tells what is new, story by story, in the sources' own words: cited, dated, nothing twice."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from test_cli import footnote, result


@pytest.fixture(scope="module")
def sampled(tmp_path_factory) -> Path:
    """A folder whose library holds the sample."""
    folder = tmp_path_factory.mktemp("sampled")
    assert footnote(folder, "sample").returncode == 0
    return folder


@pytest.fixture(scope="module")
def edition(sampled) -> dict:
    """The briefing of the sample library alone."""
    return result(footnote(sampled, "brief", "--json"))


@pytest.fixture(scope="module")
def treaty(edition) -> dict:
    return edition["stories"][0]


def statements(story: dict) -> list[dict]:
    told = [each for section in story["sections"] for each in section["statements"]]
    yours = [story["why_you"]] if story["why_you"] else []
    return [*story["bullets"], *story["lead"], *told, *story["bottom_line"], *yours]


def words(said: list[dict]) -> str:
    return " ".join(each["text"] for each in said)


def test_the_treatys_story_is_told_as_it_is(treaty):
    assert treaty["headline"] == "Russia-Iran treaty takes effect without a defence guarantee"
    assert len(treaty["bullets"]) == 3
    assert "entered into force on 2 October 2025" in treaty["bullets"][0]["text"]
    assert "the legal footing rather than the relationship" in words(treaty["lead"])
    assert "signed in Moscow on 17 January 2025" in words(treaty["lead"])
    questions = {section["question"]: words(section["statements"]) for section in treaty["sections"]}
    obliges = questions["Does the treaty oblige Russia to defend Iran?"]
    assert "does not oblige Russia to defend Iran" in obliges
    assert "a partner long used to sanctions" in questions["What does Russia get?"]
    assert "a powerful friend against isolation" in questions["What does Iran get?"]
    assert treaty["bottom_line"]
    assert not treaty["is_update"]


def test_its_timeline_has_the_days_of_the_events_not_of_the_reports(treaty):
    assert [event["date"] for event in treaty["timeline"]] == ["2025-01-17", "2025-04-21", "2025-10-02"]
    assert "signed" in treaty["timeline"][0]["text"]
    assert all(event["citations"] for event in treaty["timeline"])


def test_what_was_overtaken_is_not_believed(edition, treaty):
    assert "s-treaty-1" not in {citation["document_id"] for citation in treaty["citations"]}
    assert "mutual defence clause, which would" not in words(statements(treaty))
    assert any("Moscow and Tehran ready a 20-year pact" in note for note in treaty["notes"])
    everything = json.dumps([statements(story) for story in edition["stories"]], ensure_ascii=False)
    assert "412 million" not in everything
    assert "October 2028" not in everything
    assert "March 2026" not in everything  # was announced, and has passed


@pytest.mark.slow
def test_every_statement_is_verbatim_at_its_offsets(sampled, edition):
    texts: dict[str, str] = {}
    for story in edition["stories"]:
        cited = {citation["number"]: citation for citation in story["citations"]}
        used = [*statements(story), *story["timeline"]]
        assert {number for each in used for number in each["citations"]} == set(cited)
        for each in used:
            assert each["text"] == " ".join(cited[each["citations"][0]]["quote"].split())
        for citation in cited.values():
            id = citation["document_id"]
            texts[id] = texts.get(id) or result(footnote(sampled, "show", "--json", id))["text"]
            assert texts[id][citation["start"] : citation["end"]] == citation["quote"]
            assert citation["published"]
            assert citation["publisher"]


def test_no_sentence_is_told_twice_in_a_story(edition):
    for story in edition["stories"]:
        told = [each["text"] for each in statements(story)]
        single = [part for text in told for part in re.split(r"(?<=[.!?\"])\s+(?=[A-Z\"])", text)]
        assert len(single) == len(set(single))


def test_the_footer_counts_what_is_there(edition):
    stated = sum(len(statements(story)) for story in edition["stories"])
    footer = edition["footer"]
    assert footer["statements"] == footer["verified"] == stated
    assert footer["sources_read"] == 16
    assert footer["withheld"] == footer["feeds_failing"] == 0


def test_an_empty_library_says_what_to_do(tmp_path):
    empty = result(footnote(tmp_path, "brief", "--json"))
    assert empty["stories"] == []
    assert "footnote add" in empty["quiet"]
    assert "footnote add" in footnote(tmp_path, "brief").stdout


def test_a_quiet_day_says_so_in_a_line(sampled):
    quiet = footnote(sampled, "brief", "--since", "2025-11-07")
    assert quiet.returncode == 0
    assert "Nothing new since 7 November 2025." in quiet.stdout


def test_the_text_fits_eighty_columns_and_names_publishers_in_place(sampled):
    shown = footnote(sampled, "brief").stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert "(Harbour Ledger, 2 October 2025)" in " ".join(shown.split())
    assert "invented, like their publishers" in " ".join(shown.split())
