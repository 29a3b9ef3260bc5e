"""Which passages come first: words, meaning, time and variety, decided without any database or model."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.questions import When, understand
from retrieval.ranking import POSTINGS, Ranking, prune
from retrieval.terms import terms
from retrieval.variety import Candidate, Ranked

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_LISTED = (
    "officials residents negotiators afternoon statement hospital elections quarterly production agreement "
    "committee telescope mountain orchestra volunteers container railway monastery pipeline referendum "
    "satellite vaccine harvest insurance migration festival"
)
FILLER = _LISTED.split()


@dataclass(frozen=True, slots=True)
class Given(Candidate):
    """A candidate with its cosine, None where only its words were found."""

    similarity: float | None = None


def passage(
    number: int,
    text: str,
    *,
    title: str = "",
    days: int | None = 400,
    publisher: str | None = None,
    similarity: float | None = None,
    document: int | None = None,
) -> Given:
    """A passage published so many days before NOW, in a document of its own."""
    published = None if days is None else NOW - timedelta(days=days)
    body, headline = " ".join(terms(text)), " ".join(terms(title))
    return Given(
        number, number if document is None else document, headline, body, published, publisher, similarity
    )


def ranked(
    question: str,
    candidates: Sequence[Given],
    *,
    k: int = 10,
    as_of: datetime = NOW,
    publishers: Sequence[str] = (),
) -> list[Ranked]:
    """Rank candidates as though they were a sample of a library of a thousand passages."""
    understood = understand(question, publishers)
    counted = Counter(term for each in candidates for term in set(each.body.split()))
    frequencies = {term: counted[term] for term in understood.terms}
    ranking = Ranking(understood, frequencies, 1_000)
    ranking.weigh(candidates)
    similar = {each.number: each.similarity for each in candidates if each.similarity is not None}
    return ranking.best(similar, as_of=as_of, k=k)


def order(question: str, candidates: Sequence[Given], **how: object) -> list[int]:
    return [each.number for each in ranked(question, candidates, **how)]  # type: ignore[arg-type]


# -- words and meaning


def test_rare_words_weigh_more_than_common_ones() -> None:
    common = [passage(n, f"The president spoke in town about {word}.") for n, word in enumerate(FILLER[:8])]
    rare = passage(99, "A tornado came near the town.")
    assert order("Did the president see the tornado?", [*common, rare])[0] == 99


def test_a_passage_found_by_meaning_alone_is_judged_by_its_words_too() -> None:
    both = passage(1, "The ferry to Aran was cancelled by a storm.", similarity=0.7)
    near = passage(2, "Boats stayed in the harbour that day.", similarity=0.72)
    words = passage(3, "A ferry is a boat.")
    assert order("Was the Aran ferry cancelled?", [near, words, both])[0] == 1


def test_what_another_passage_of_the_document_says_counts() -> None:
    alone = passage(1, "The winner was a schnauzer.", document=1)
    backed = passage(2, "The winner was a spaniel.", document=2)
    backing = passage(3, "Westminster hosted the kennel club for the first time.", document=2)
    assert order("Who was the winner at the Westminster kennel club?", [alone, backed, backing])[-1] == 1


def test_words_side_by_side_beat_the_same_words_apart() -> None:
    apart = passage(1, "The house was white and green.")
    together = passage(2, "The white house was seen again.")
    assert order("Who painted the White House?", [apart, together])[0] == 2


def test_the_title_speaks_for_its_passages() -> None:
    other = passage(1, "It was signed on Monday.", title="A lease")
    titled = passage(2, "It was signed on Friday.", title="Russia-Iran treaty")
    assert order("When was the Iran treaty signed?", [other, titled])[0] == 2


def test_models_that_score_everything_high_are_no_louder() -> None:
    far, near = passage(1, "One thing.", similarity=0.80), passage(2, "Another thing.", similarity=0.88)
    low_far, low_near = (
        passage(n, text, similarity=s) for n, text, s in ((1, "One thing.", 0.0), (2, "Another thing.", 0.4))
    )
    high = ranked("Wann trat der Vertrag in Kraft?", [far, near])
    low = ranked("Wann trat der Vertrag in Kraft?", [low_far, low_near])
    assert [each.number for each in high] == [2, 1]
    assert [each.score for each in high] == pytest.approx([each.score for each in low])


# -- time


def test_of_two_that_say_the_same_the_fresh_leads() -> None:
    old = passage(1, "The cup final was won by the Panthers of Florida.", days=370)
    new = passage(2, "The cup final was won by the Oilers of Edmonton.", days=2)
    assert order("Who won the cup final?", [old, new]) == [2, 1]


def test_a_year_in_the_question_lifts_the_reports_of_that_year() -> None:
    old = passage(1, "The cup final was won by the Panthers.", days=365 * 3)
    later = passage(2, "The cup final was won by the Oilers.", days=500)
    assert order("Who won the cup final in 2023?", [old, later])[0] == 1
    assert order("Who won the cup final?", [old, later])[0] == 2


def test_a_question_about_the_past_cares_less_for_the_fresh() -> None:
    history = passage(1, "The monastery was originally built for pilgrims.", days=3_000)
    news = passage(2, "The monastery was sold.", days=1)
    assert order("What was the monastery originally built for?", [history, news])[0] == 1


def test_what_was_not_yet_published_is_never_shown() -> None:
    later = passage(1, "The treaty is in force.", days=1)
    assert order("Is the treaty in force?", [later], as_of=NOW - timedelta(days=5)) == []


def test_documents_without_a_date_are_found() -> None:
    assert order("Is the treaty in force?", [passage(1, "The treaty is in force.", days=None)]) == [1]


# -- publishers and variety


def test_a_publisher_that_is_named_is_preferred() -> None:
    one = passage(1, "The bridge is closed.", publisher="harbour-post.example", days=30)
    two = passage(2, "The bridge is closed, officials say.", publisher="cnn.com", days=30)
    publishers = ["harbour-post.example", "cnn.com"]
    assert order("Is the bridge closed?", [one, two], publishers=publishers)[0] == 1
    assert order("What did CNN say about the bridge?", [one, two], publishers=publishers)[0] == 2


def test_syndicated_copies_become_one_hit_that_knows_them() -> None:
    text = "The Northern Line reopens on Monday after eleven weeks of repairs, " + " ".join(FILLER[:15])
    copies = [passage(n, text + f" edition {n}", publisher=f"paper{n}.example") for n in range(4)]
    other = passage(9, "The Northern Line has been closed since May, says a report on repairs.")
    hits = ranked("When does the Northern Line reopen?", [*copies, other])
    assert [each.number for each in hits] == [0, 9]
    assert sorted(hits[0].siblings) == [1, 2, 3]


@pytest.mark.parametrize("changed", [0.0, 0.05, 0.1])
def test_one_source_cannot_flood_the_results(changed: float) -> None:
    chance = random.Random(7)
    told = "The harbour tunnel opening was delayed again because of water."
    text = told.split() + FILLER * 2
    planted = [
        passage(
            n,
            " ".join(chance.choice(FILLER) + str(n) if chance.random() < changed else word for word in text),
            publisher="flood.example",
            days=0,
            similarity=0.8,
        )
        for n in range(50)
    ]
    others = [
        passage(
            100 + n,
            f"The harbour tunnel opening was delayed, {' '.join(chance.sample(FILLER, 12))} report {n}.",
            publisher=f"paper{n % 4}.example",
            days=3,
            similarity=0.6,
        )
        for n in range(12)
    ]
    hits = ranked("Why was the opening of the harbour tunnel delayed?", planted + others)
    assert len(hits) == 10
    assert sum(each.number >= 100 for each in hits) >= 5
    scores = [each.score for each in hits]
    assert scores == sorted(scores, reverse=True), "the order and the scores must agree"


def test_a_source_with_much_to_say_leaves_room_for_others_as_good() -> None:
    chance = random.Random(5)
    loud = [
        passage(
            n,
            f"The treaty was signed. {' '.join(chance.sample(FILLER, 10))}",
            publisher="loud.example",
            days=1,
        )
        for n in range(20)
    ]
    quiet = [
        passage(
            100 + n,
            f"A treaty was signed. {' '.join(chance.sample(FILLER, 10))}",
            publisher="b.example",
            days=20,
        )
        for n in range(6)
    ]
    found = order("When was the treaty signed?", loud + quiet)
    assert all(number < 100 for number in found[:5])
    assert sum(number >= 100 for number in found) == 5


def test_a_series_of_like_reports_waits_behind_whatever_else_is_said() -> None:
    chance = random.Random(9)
    daily = [
        passage(
            n,
            f"Harvest prices rose. {' '.join(FILLER[:12])} {' '.join(chance.sample(FILLER[12:], 5))}",
            publisher="daily.example",
            days=1,
        )
        for n in range(20)
    ]
    others = [
        passage(100 + n, f"Prices fell in week {n}. {word}", days=2_000) for n, word in enumerate(FILLER[:12])
    ]
    assert sum(number < 100 for number in order("Did harvest prices rise?", daily + others)) <= 3


def test_a_library_of_one_publisher_keeps_its_order() -> None:
    chance = random.Random(3)
    alone = [
        passage(
            n,
            f"The treaty was signed. {' '.join(chance.sample(FILLER, 14))}",
            publisher="only.example",
            days=n,
        )
        for n in range(12)
    ]
    assert order("When was the treaty signed?", alone) == sorted(order("When was the treaty signed?", alone))


# -- what is asked of the keyword index


def test_common_terms_are_not_asked_for_where_rarer_ones_are_enough() -> None:
    assert prune({"the": 90_000, "tornado": 12, "trump": 15_000, "nowhere": 0}) == ["tornado"]


def test_the_rarest_term_is_always_asked_for() -> None:
    assert prune({"trump": 15_000, "president": 20_000}) == ["trump"]
    assert prune({}) == []


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 10_000)))
def test_no_question_reads_more_than_its_share_of_the_index(frequencies: dict[str, int]) -> None:
    asked = prune(frequencies)
    assert len(asked) <= 1 or sum(frequencies[term] for term in asked) <= POSTINGS
    assert bool(asked) == any(frequencies.values())


# -- what a question says


@pytest.mark.parametrize(
    ("question", "dates"),
    [
        ("What did they sign on 17 January 2025?", [When(2025, 1, 17)]),
        ("What happened on January 5?", [When(None, 1, 5)]),
        ("Was geschah am 3. Mai 2024?", [When(2024, 5, 3)]),
        ("El tratado del 17 de enero de 2025", [When(2025, 1, 17)]),
        ("Договор вступил в силу 2 октября 2025 года?", [When(2025, 10, 2)]),
        ("Who led in March 2024?", [When(2024, 3)]),
        ("Who spoke on 2025-10-02?", [When(2025, 10, 2)]),
        ("In 1803, who bought Louisiana?", [When(1803)]),
        ("Who is the first since 1966?", []),
        ("Did $2000 go to the 3 may leave marines 12?", []),
    ],
)
def test_dates_are_understood(question: str, dates: list[When]) -> None:
    assert list(understand(question).dates) == dates


def test_a_day_without_a_year_is_the_latest_that_has_been() -> None:
    today = date(2026, 3, 1)
    assert When(None, 1, 5).period(today) == (date(2026, 1, 5), date(2026, 1, 5))
    assert When(None, 10, 5).period(today) == (date(2025, 10, 5), date(2025, 10, 5))
    assert When(2024, 2).period(today) == (date(2024, 2, 1), date(2024, 2, 29))
    assert When(2025, 2, 30).period(today) is None


@pytest.mark.parametrize(
    ("question", "publisher"),
    [
        ("What does USA Today say about Macron?", "usatoday.com"),
        ("According to Time, who won?", "Time"),
        ("What did iranwatch.org report?", "iranwatch.org"),
        ("What happened this week in the time after?", None),
        ("In which area of nature do they live?", None),
    ],
)
def test_publishers_are_recognised_by_name(question: str, publisher: str | None) -> None:
    known = ["usatoday.com", "Time", "Nature", "The Week", "iranwatch.org"]
    assert understand(question, known).publisher == publisher


@given(
    st.text(max_size=60),
    st.lists(
        st.tuples(st.text(max_size=40), st.none() | st.integers(-30, 5_000), st.none() | st.floats(-1, 1)),
        max_size=25,
    ),
    st.integers(1, 12),
)
def test_any_candidates_come_back_once_and_no_more_than_asked(
    question: str, given_passages: list[tuple[str, int | None, float | None]], k: int
) -> None:
    candidates = [passage(n, text, days=d, similarity=s) for n, (text, d, s) in enumerate(given_passages)]
    hits = ranked(question, candidates, k=k)
    shown = [number for hit in hits for number in (hit.number, *hit.siblings)]
    assert len(hits) <= k
    assert len(shown) == len(set(shown))
    assert all(each.published is None or each.published <= NOW for each in candidates if each.number in shown)
