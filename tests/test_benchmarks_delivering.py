"""A day of many subscribers, and the judge that compares every chat with the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.subscribed.day import deliver
from benchmarks.subscribed.judge import Entry, judge, rates
from benchmarks.subscribed.news import topics
from benchmarks.subscribed.people import everybody

HEAD, STORY, NOTE = "Your briefing · Monday", "A story", "I cannot tell whether all of it came"


@pytest.mark.parametrize(
    ("entry", "told", "fault", "cut", "wrong"),
    [
        (Entry("sent", 2, 0), [HEAD, STORY], "", 0, []),
        (Entry("sent", 2, 0), [HEAD, STORY], "flood", 0, []),
        (Entry("uncertain", 1, 1), [HEAD, NOTE, STORY], "hang?", 0, []),
        (Entry("uncertain", 1, 1), [NOTE, STORY], "cut before?", 0, []),
        (Entry("uncertain", 1, 1), [HEAD, NOTE, STORY], "", 1, []),
        (Entry("uncertain", 1, 1), [HEAD, NOTE, STORY], "hang?", 1, []),
        (Entry("skipped", 0, 0), [], "blocked", 0, []),
        (Entry("skipped", 0, 0), [], "", 0, ["left out"]),
        (Entry("none", 0, 0, 0), [], "", 0, ["editions that are not one", "not ended"]),
        (Entry("sending", 1, 0), [HEAD], "", 0, ["not ended"]),
        (Entry("sent", 2, 0), [HEAD, STORY, STORY], "", 0, ["twice", "other messages than the ledger says"]),
        (Entry("sent", 2, 0), [HEAD], "", 0, ["other messages than the ledger says"]),
        (Entry("sent", 2, 0), [STORY, HEAD], "", 0, ["out of order"]),
        (Entry("sent", 2, 0), [HEAD, STORY], "hang?", 0, ["uncertain elsewhere than where it was"]),
        (Entry("uncertain", 1, 1), [HEAD, STORY, NOTE], "", 0, ["uncertain elsewhere than where it was"]),
        (Entry("uncertain", 1, 1), [HEAD, STORY], "hang?", 0, ["not said honestly"]),
    ],
)
def test_the_judge_sees_what_is_wrong(
    entry: Entry, told: list[str], fault: str, cut: int, wrong: list[str]
) -> None:
    assert list(judge({7: entry}, {7: told}, {7: fault}, {7: cut}).wrong) == wrong


def test_a_rate_is_sustained_where_more_is_due_than_can_be_sent() -> None:
    calls = [(at / 16, at, 200) for at in range(160)] + [(10.0, 7, 429), (20.0, 1, 200)]
    backlog = [(at / 2, 100) for at in range(20)] + [(at / 2, 5) for at in range(20, 60)]
    found = rates(calls, backlog)
    assert found["sustained_a_second"] == pytest.approx(16, abs=0.2)
    assert found["with_backlog_s"] == pytest.approx(9.5, abs=0.5)
    assert found["most_in_a_second"] == 16
    assert found["beyond_the_limit"] == 0
    assert rates([(at / 32, at, 200) for at in range(64)], [])["beyond_the_limit"] == 34
    assert found["shortest_in_a_chat_s"] == pytest.approx(10 - 7 / 16, abs=0.01)


def test_ten_thousand_people_have_200_profiles_in_40_zones() -> None:
    people = list(everybody(10_000))
    assert len({each.person for each in people}) == 10_000
    assert len({(each.topics, each.role) for each in people}) == 200
    assert len({each.zone for each in people}) == 40


@pytest.mark.slow
def test_each_gets_a_days_edition_once_though_telegram_fails_and_the_bot_is_killed(tmp_path: Path) -> None:
    found = deliver(tmp_path / "day", 120)
    assert found["wrong"] == {}, found
    assert sum(found["ended"].values()) == 120
    assert found["ended"]["uncertain"] >= found["cut"] >= 1
    assert found["beyond_the_limit"] <= found["messages"] / 100  # where a busy machine stood still
    assert found["shortest_in_a_chat_s"] >= 1
    assert 0 < found["asked_of_the_model"]["story"] <= 3 * len(topics())  # in three lengths, for everybody
