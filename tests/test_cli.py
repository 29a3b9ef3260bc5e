"""The commands as other tools drive them: their JSON, exit codes, and one clear line when it cannot be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from libraries import SHARED_DATA

CONCEPTS = {"title", "url", "publisher", "published", "document_id"}


def footnote(
    folder: Path, *words: str, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder of its own, with nothing of this machine's settings."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "bot", *words],
        cwd=folder,
        env=inherited | {"PYTHONPATH": str(Path(__file__).resolve().parents[1])} | environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
    )


def result(run: subprocess.CompletedProcess[str]) -> dict:
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def sampled(tmp_path_factory) -> Path:
    """A folder whose library holds the sample."""
    folder = tmp_path_factory.mktemp("sampled")
    assert footnote(folder, "run").returncode == 0
    return folder


def test_a_first_run_without_a_terminal_takes_the_sample_and_says_what_it_holds(tmp_path):
    run = footnote(tmp_path, stdin="Does the treaty oblige Russia to defend Iran?\n")
    assert run.returncode == 0, run.stderr
    assert "@BotFather" in run.stdout
    assert "16 documents" in run.stdout
    assert "does not oblige" in run.stdout
    assert "[1]" in run.stdout


def test_every_citation_is_verbatim_at_its_offsets(sampled):
    answer = result(footnote(sampled, "ask", "--json", "When did the Russia-Iran treaty enter into force?"))
    assert answer["answered"]
    assert answer["mode"] == "extractive"
    assert "2 October 2025" in " ".join(statement["text"] for statement in answer["statements"])
    numbers = [citation["number"] for citation in answer["citations"]]
    assert {number for statement in answer["statements"] for number in statement["citations"]} == set(numbers)
    for citation in answer["citations"]:
        text = result(footnote(sampled, "show", "--json", citation["document_id"]))["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert citation["link"].startswith(citation["url"] + "#:~:text=")


def test_a_question_nothing_answers_is_declined(sampled):
    answer = result(
        footnote(sampled, "ask", "--json", "What does the treaty say about fishing quotas in the Baltic?")
    )
    assert not answer["answered"]
    assert answer["statements"] == answer["citations"] == []


def test_search_gives_ranked_passages(sampled):
    hits = result(footnote(sampled, "search", "--json", "-k", "3", "battery recall"))["hits"]
    assert len(hits) == 3
    assert all(CONCEPTS | {"text", "start", "end", "score"} <= hit.keys() for hit in hits)
    assert hits[0]["document_id"].startswith("s-battery")
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)


def test_as_of_a_day_knows_nothing_published_later(sampled):
    known = result(footnote(sampled, "search", "--json", "treaty", "--as-of", "2025-01-31"))["hits"]
    assert known
    assert all(hit["published"] <= "2025-01-31" for hit in known)


def test_documents_are_added_listed_and_removed(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "tram.md").write_text("# Tram\n\nThe tram line reached the hospital in June.\n")
    corpus = tmp_path / "corpus.jsonl"
    rows = [
        {"id": f"r{n}", "title": f"Row {n}", "text": f"Row {n} speaks of herons.", "published": "2025-01-02"}
        for n in (1, 2)
    ]
    corpus.write_text("\n".join(json.dumps(row) for row in rows) + "\nnot json\n")
    run = footnote(tmp_path, "add", "--json", "notes", "corpus.jsonl")
    report = result(run)
    assert len(report["added"]) == 3
    assert len(report["unreadable"]) == 1
    assert "Line 3" in run.stderr
    again = result(footnote(tmp_path, "add", "--json", "notes", "corpus.jsonl"))
    assert len(again["unchanged"]) == 3
    held = result(footnote(tmp_path, "documents", "--json"))["documents"]
    assert {"r1", "r2"} <= {document["id"] for document in held}
    assert footnote(tmp_path, "remove", "r1").returncode == 0
    assert len(result(footnote(tmp_path, "documents", "--json"))["documents"]) == 2
    assert "16" not in footnote(tmp_path, "run").stdout, "the sample was mixed into somebody's library"


def test_a_persons_documents_stay_theirs(tmp_path):
    (tmp_path / "mine.txt").write_text("The canary sings heliotrope tunes in the attic.")
    assert footnote(tmp_path, "add", "mine.txt", "--person", "7").returncode == 0
    mine = result(footnote(tmp_path, "search", "--json", "heliotrope", "--person", "7"))["hits"]
    assert "heliotrope" in mine[0]["text"]
    for others in ([], ["--person", "8"]):
        assert result(footnote(tmp_path, "search", "--json", "heliotrope", *others))["hits"] == []


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["show", "nothing"], 1, "footnote documents"),
        (["add", "missing.pdf"], 1, "missing.pdf"),
        (["remove", "nothing"], 1, "no document"),
        (["search"], 2, "query"),
        (["dance"], 2, "dance"),
        (["ask", "x", "--as-of", "yesterday"], 2, "yesterday"),
    ],
)
def test_what_cannot_be_done_ends_with_one_clear_line(tmp_path, words, code, says):
    run = footnote(tmp_path, *words)
    assert run.returncode == code
    assert says in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("TELEGRAM_ALLOWED_USERS", "anna", "numeric ids"),
        ("EMBEDDINGS", "best", "`local`"),
        ("EMBEDDINGS", "openai:text-embedding-3-small", "OPENAI_API_KEY"),
        ("TELEGRAM_API_URL", "nowhere", "TELEGRAM_API_URL"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(tmp_path, setting, value, says):
    run = footnote(tmp_path, "documents", **{setting: value})
    assert run.returncode == 1
    assert says in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("words", [["documents"], ["--help"], ["show", "x"], ["run", "--help"]])
def test_commands_that_need_no_model_and_no_bot_library_do_not_load_them(tmp_path, words):
    code = (
        "import sys; sys.argv = ['footnote', *sys.argv[1:]]\n"
        "from bot.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'telegram', 'chromadb', 'openai', 'onnxruntime', 'tokenizers'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    root = str(Path(__file__).resolve().parents[1])
    run = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": root},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr


@pytest.mark.skipif(not SHARED_DATA.exists(), reason="the seed documents are not beside this repository")
def test_the_two_seed_documents_answer_what_they_say_and_no_more(tmp_path):
    assert footnote(tmp_path, "add", str(SHARED_DATA / "seeds")).returncode == 0

    def asked(question: str) -> dict:
        return result(footnote(tmp_path, "ask", "--json", question))

    when = asked("When did the Russia-Iran treaty take effect?")
    assert any("October 2, 2025" in s["text"] or "2 October 2025" in s["text"] for s in when["statements"])
    who = asked("Who approved the agreement before Putin signed it?")
    assert "houses of parliament" in " ".join(statement["text"] for statement in who["statements"])
    assert not asked("What does the treaty say about fishing quotas in the Baltic?")["answered"]
