"""How far evidence supports a statement: what the score promises, and what it reaches on labelled claims."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libraries import MINILM, SHARED_DATA, WordModel

from bot.figures import table
from retrieval.errors import Unreadable
from retrieval.evaluation import evaluate
from retrieval.gate import Proposal, Reason, examine
from retrieval.gate import support as module
from retrieval.gate.check import SUPPORTED
from retrieval.gate.support import ENOUGH, comparable, support
from retrieval.gate.support_claims import Claim, Scored, read_claims, score_claims, summarise
from retrieval.gate.support_meaning import MEANING, Reader
from retrieval.gate.support_words import WORDS, compare
from retrieval.library import open_library
from retrieval.measures import mean_accuracy_interval
from retrieval.types import Document, Passage

EVIDENCE = (
    "The treaty, signed in January, entered into force on Tuesday after both parliaments ratified it. "
    "It does not oblige either side to defend the other if it is attacked. Officials in Tehran said a free "
    "trade agreement will cut tariffs on 90 percent of goods."
)
RETOLD = (
    "The treaty signed in January is now in force.",
    "Neither side must defend the other if attacked.",
    "Tariffs on 90 percent of goods will be cut.",
    "Both parliaments ratified the treaty before it took effect.",
)
INVENTED = (
    "The United States imposed new sanctions on Tehran.",
    "Iran will receive nuclear submarines from Russia.",
    "Oil exports rose sharply in the spring.",
    "It rained.",
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(MINILM)


@pytest.fixture(params=["words", "meaning"])
def by(request) -> Reader | None:
    """The score's two ways to compare."""
    return None if request.param == "words" else request.getfixturevalue("reader")


def test_what_the_evidence_says_word_for_word_is_certain(by):
    for sentence in (
        "It does not oblige either side to defend the other if it is attacked.",
        "the treaty, signed in January, entered into force on Tuesday after both parliaments ratified it",
        "either side to defend the other",
    ):
        assert support(sentence, EVIDENCE, by) == 1.0


def test_what_is_retold_passes_and_what_is_invented_does_not(by):
    for statement in RETOLD:
        assert support(statement, EVIDENCE, by) >= ENOUGH, statement
    for statement in INVENTED:
        assert support(statement, EVIDENCE, by) < ENOUGH / 2, statement


@pytest.mark.parametrize("verb", ["is ending", "sells", "has stopped issuing"])
def test_the_gate_refuses_what_merely_resembles(by, verb):
    fog = (
        "A Fog Notice means that dangerously thick fog is either present now, or will come shortly. Damp "
        "air, weak wind and cold water can lead to thick fog, the National Harbour Office in Corlen said."
    )
    document = Document(1, "d1", "shared", "Fog at sea", "fog.txt")
    excerpts = {"moru": Passage(1, document, 0, len(fog), fog)}
    alike = Proposal(f"The National Harbour Office {verb} Fog Notices.", (("moru", fog),))
    verdict = examine(alike, excerpts, reader=by)
    assert verdict.reasons == (Reason.SUPPORT,)
    said = "The National Harbour Office says that a Fog Notice means thick fog is present or will come soon."
    assert examine(Proposal(said, (("moru", fog),)), excerpts, reader=by).support > SUPPORTED


def test_words_are_compared_by_what_they_mean_where_they_stand(reader):
    evidence = "The company bought its rival in 2019. It left the bank of the river in spring."

    def features(statement: str) -> dict[str, float]:
        compared = compare(statement, evidence)
        assert compared is not None
        return reader.features(compared)

    same = features("The firm purchased its competitor in 2019.")
    other = features("The firm sued its neighbour in 2019.")
    assert same["meant"] > other["meant"] + 0.1
    assert same["said_and_meant"] < same["meant"]  # the words themselves are not there
    assert same["alike"] > other["alike"]
    assert (
        features("It left the bank of the river.")["meant"] > features("It left the bank in debt.")["meant"]
    )
    assert features("Its rival was Xanthippe Corp.")["missing"] > features("Its rival was bought.")["missing"]


def test_without_words_nothing_is_supported(by):
    assert support("", EVIDENCE, by) == support("…!", EVIDENCE, by) == 0.0
    assert support("The treaty is in force.", "", by) == support("The treaty is in force.", "…", by) == 0.0


def test_languages_are_told_apart_before_words_are_compared():
    assert comparable("The treaty is in force.", EVIDENCE)
    assert comparable("Tehran", EVIDENCE)  # a name is of every language
    assert not comparable("Der Vertrag ist am Dienstag in Kraft getreten.", EVIDENCE)
    assert not comparable("Договор вступил в силу во вторник.", EVIDENCE)
    assert comparable("Der Vertrag gilt.", "Der Vertrag ist seit Dienstag in Kraft und gilt für beide.")


def test_reference_numbers_and_stray_tags_in_a_statement_change_nothing(by):
    bare = "Both parliaments ratified the treaty before it took effect"
    assert support(f"{bare} [3].</s>", EVIDENCE, by) == support(f"{bare}.", EVIDENCE, by)


def test_evidence_may_be_a_whole_article(by):
    article = " ".join([f"Paragraph {n} tells of the weather in town {n}." for n in range(2_000)])
    assert support("The treaty took effect on Tuesday.", article, by) < ENOUGH
    assert support(RETOLD[0], article + " " + EVIDENCE, by) > support(RETOLD[0], article, by)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=400))
def test_any_two_texts_have_a_score(statement, evidence):
    score = support(statement, evidence)
    assert 0.0 <= score <= 1.0
    assert comparable(statement, evidence) in (True, False)


@given(st.data())
def test_more_agreement_never_lowers_a_score(data):
    """Each feature that says how much agrees moves the score its own way, and only that way."""
    directions = {**WORDS, **MEANING}
    shares = st.floats(0, 1)
    features = {name: data.draw(shares) for name in directions} | {
        name: float(data.draw(st.integers(0, 400))) for name in ("statement_words", "evidence_words")
    }
    name = data.draw(st.sampled_from([name for name, way in directions.items() if way]))
    more = features | {name: features[name] + data.draw(shares)}
    for fitted in module._fitted().values():
        before, after = module.score(fitted, features), module.score(fitted, more)
        assert (after - before) * directions[name] >= -1e-9


def test_what_was_read_ahead_is_not_read_again():
    class Counting:
        """The real model, which counts what it reads."""

        def __init__(self) -> None:
            self.read: list[int] = []

        _tokenizer = MINILM._tokenizer

        @property
        def _session(self):
            return self

        def run(self, names, inputs):
            self.read.append(inputs["input_ids"].shape[1])
            return MINILM._session.run(names, inputs)

    model = Counting()
    reader = Reader(model)
    reader.read_ahead(EVIDENCE)
    assert len(model.read) == 3
    for statement in RETOLD:
        support(statement, EVIDENCE, reader)
    assert len(model.read) == 3 + len(RETOLD)


def test_what_was_fitted_holds_numbers_and_known_features_alone():
    def flat(node):
        return [leaf for each in node for leaf in flat(each)] if isinstance(node, list) else [node]

    directions = {**WORDS, **MEANING}
    for fitted in module._fitted().values():
        assert set(fitted["features"]) <= directions.keys()
        assert all(math.isfinite(number) for number in flat(fitted["trees"]) + flat(fitted["weights"]))
        assert math.isfinite(fitted["constant"])
        assert len(fitted["weights"]) == len(fitted["features"])
        for name, weight in zip(fitted["features"], fitted["weights"], strict=True):
            assert weight * directions[name] > 0 or weight == 0


def test_features_of_the_words_are_what_they_say():
    compared = compare("Both parliaments ratified 12 treaties", EVIDENCE)
    assert compared is not None
    features = compared.features()
    assert features["numbers"] == 1
    assert features["statement_words"] == 5
    assert features["pairs"] == 2 / 4  # both parliaments, parliaments ratified
    assert 0.5 < features["said"] < 1
    assert compare("The pact", "") is None


def test_how_evidence_is_laid_out_counts_on_whole_pages_alone():
    """Else brackets and broken lines around a quote could let through what its sentences do not say."""

    def layout(evidence: str) -> tuple[float, float]:
        compared = compare(RETOLD[0], evidence)
        assert compared is not None
        features = compared.features()
        return features["marks"], features["breaks"]

    marked = "\n".join(f"| *{line}* |" for line in EVIDENCE.split(". "))
    assert layout(marked) == (0, 0)
    marks, breaks = layout("\n".join([marked] * 8))
    assert marks > 4 * breaks > 1
    assert layout(" ".join([EVIDENCE] * 8)) == (0, 0)


def test_figures_of_claims_weigh_every_set_the_same():
    claims = [Claim("small", "a", "b", True), Claim("small", "a", "c", False)]
    claims += [Claim("large", "a", str(n), n % 2 == 0) for n in range(40)]
    scored = [Scored(each, 0.9 if each.set == "small" else float(each.supported)) for each in claims]
    figures = summarise(scored)
    assert list(figures) == ["all sets", "large", "small"]
    assert figures["large"]["balanced_accuracy"] == 1.0
    assert figures["small"] | {"balanced_accuracy_ci95": None} == {
        "claims": 2,
        "balanced_accuracy": 0.5,
        "balanced_accuracy_ci95": None,
        "supported_refused": 0.0,
        "unsupported_passed": 1.0,
    }
    assert figures["all sets"]["balanced_accuracy"] == 0.75
    assert summarise(scored, enough=0.95)["all sets"]["supported_refused"] == 0.5
    assert summarise([]) == {}


def test_the_interval_of_a_mean_accuracy_holds_it_and_narrows_with_more_claims():
    def group(size: int) -> tuple[list[bool], list[bool]]:
        return [n % 4 != 0 for n in range(size)], [True] * (size // 2) + [False] * (size // 2)

    few, many = mean_accuracy_interval([group(40)]), mean_accuracy_interval([group(4_000)])
    assert few[0] < 0.5 < few[1]
    assert many[1] - many[0] < 0.2 * (few[1] - few[0])
    assert mean_accuracy_interval([([True, True], [True, True])]) == (1.0, 1.0)


def test_no_evidence_is_in_both_halves():
    claims = [Claim("any", f"claim {n}", f"evidence {n % 50}", True) for n in range(200)]
    halves = {each.evidence: each.tuned_on for each in claims}
    assert all(halves[each.evidence] == each.tuned_on for each in claims)
    assert 10 < sum(halves.values()) < 40


def _written(folder, rows):
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    (folder / "claims.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


async def test_a_folder_of_claims_alone_is_measured_set_by_set(tmp_path, capsys):
    rows = [
        {"set": name, "claim": claim, "evidence": f"{EVIDENCE} {n}", "supported": claim in RETOLD}
        for n, claim in enumerate((*RETOLD, *INVENTED))
        for name in ("first", "second")
    ]
    shown = []
    async with open_library(tmp_path / "library", WordModel()) as library:
        found = await evaluate(
            library, _written(tmp_path, rows), lambda work, done, total: shown.append((work, done, total))
        )
    assert found.summary["claims"]["claims"] == 16
    assert found.summary["claims"]["balanced_accuracy"] == 1.0
    assert found.summary["claims/first"]["supported_refused"] == 0.0
    assert found.summary["claims_by_words"]["unsupported_passed"] == 0.0
    assert 0 < found.summary["claims_held_out"]["claims"] < 16
    assert shown[-1] == ("Checking claims", 16, 16)
    assert {"of", "claim", "supported", "score", "score_by_words"} < found.details[0].keys()
    table(found.summary)
    assert "claims/first" in capsys.readouterr().out


async def test_a_folder_with_nothing_to_measure_is_named_with_what_it_lacks(tmp_path):
    async with open_library(tmp_path / "library", WordModel()) as library:
        with pytest.raises(Unreadable, match=r"no corpus\.jsonl and no claims\.jsonl"):
            await evaluate(library, tmp_path, lambda work, done, total: None)


@pytest.mark.parametrize("row", ["{", '"claim"', {"set": "a", "claim": "b", "evidence": "c"}])
def test_a_row_that_is_no_claim_is_named(tmp_path, row):
    whole = {"set": "a", "claim": "b", "evidence": "c", "supported": True}
    with pytest.raises(Unreadable, match=r"Row 2 of “claims\.jsonl”"):
        read_claims(_written(tmp_path, [whole, row]) / "claims.jsonl")


@pytest.mark.slow
@pytest.mark.skipif(
    not (SHARED_DATA / "claims.jsonl").exists(), reason="the labelled claims are not beside this repository"
)
def test_the_half_of_the_claims_it_was_not_fitted_on(reader):
    claims = [each for each in read_claims(SHARED_DATA / "claims.jsonl") if not each.tuned_on]
    by_words = summarise(score_claims(claims, None, lambda *_: None))["all sets"]
    by_meaning = summarise(score_claims(claims, reader, lambda *_: None))["all sets"]
    assert by_words["balanced_accuracy"] >= 0.72
    assert by_meaning["balanced_accuracy"] >= 0.76
    assert by_meaning["supported_refused"] <= 0.3
