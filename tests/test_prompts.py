"""Texts are data: they name what they want filled in, and a slip is an error that says which."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import prompts

ROOT = Path(__file__).resolve().parents[1]


def test_a_text_is_filled_in() -> None:
    assert prompts.text("forgotten", title="Notes") == "Forgotten: “Notes”."


def test_what_is_filled_in_is_not_read_as_a_template_again() -> None:
    assert prompts.text("forgotten", title="$title ${x} $$ %s {}") == "Forgotten: “$title ${x} $$ %s {}”."


def test_a_missing_value_is_named() -> None:
    with pytest.raises(
        prompts.WrongVariablesError, match=r"upload_added.*missing values: passages; .*: none"
    ):
        prompts.text("upload_added", title="Notes")


def test_a_value_without_a_place_is_named() -> None:
    with pytest.raises(prompts.WrongVariablesError, match=r"values without a place: name"):
        prompts.text("stopped", name="x")


def test_an_unknown_text_is_named() -> None:
    with pytest.raises(prompts.UnknownTextError, match="“nothing_like_it”"):
        prompts.text("nothing_like_it")


FOR_PEOPLE = [name for name in prompts.names() if "." not in name]
FOR_MODELS = [name for name in prompts.names() if "." in name]


@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_every_text_says_something_and_fits_one_message(name: str) -> None:
    filled = prompts.text(name, **dict.fromkeys(prompts.variables(name), "x" * 80))
    assert 0 < len(filled) < 2_000
    assert filled == filled.strip()
    assert "# " not in filled


@pytest.mark.parametrize("task", sorted({name.partition(".")[0] for name in FOR_MODELS}))
def test_every_task_for_a_model_has_a_right_and_a_wrong_example(task: str) -> None:
    whole = "\n".join(prompts._template(name).template for name in FOR_MODELS if name.startswith(f"{task}."))
    assert "\nRight" in whole
    assert "\nWrong" in whole
    assert f"{task}.request" in FOR_MODELS


@pytest.mark.parametrize("name", [name for name in FOR_MODELS if name.endswith(".rules")])
def test_rules_never_change_from_request_to_request(name: str) -> None:
    assert prompts.variables(name) == set()


@pytest.mark.parametrize(
    "name", [name for name in FOR_MODELS if name.endswith(".request") and name != "repair.request"]
)
def test_what_strangers_wrote_is_fenced_by_a_mark_of_the_request(name: str) -> None:
    assert "mark" in prompts.variables(name)
    assert prompts._template(name).template.count("$mark end") == 2


def test_the_parts_of_a_task_are_named_after_it() -> None:
    assert prompts.variables("opinion.statement") == {"mark", "id", "sentence", "evidence"}
    with pytest.raises(prompts.UnknownTextError, match="“opinion”"):
        prompts.text("opinion")


def test_every_text_the_code_asks_for_exists_and_gets_its_variables() -> None:
    calls = list(_calls_to_text())
    assert len(calls) > 30
    for place, name, given in calls:
        assert name in prompts.names(), place
        assert given == prompts.variables(name), place


def test_every_text_is_used() -> None:
    used = {
        node.value
        for path in _sources()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(prompts.names()) <= used


def _sources() -> list[Path]:
    return [path for folder in ("bot", "retrieval") for path in (ROOT / folder).rglob("*.py")]


def _calls_to_text() -> Iterator[tuple[str, object, set[str]]]:
    """Each text the code asks for by a written-out name, with the names of the values it gives."""
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (at := _NAMED_AT.get(ast.unparse(node.func))) is not None:
                given = {keyword.arg for keyword in node.keywords if keyword.arg}
                for name in _written_out(node.args[at]):
                    yield f"{path.name}:{node.lineno}", name, given


# Which argument is the text's name: prompts.text(name, …) and say(desk, visit, name, …).
_NAMED_AT = {"prompts.text": 0, "say": 2}


def _written_out(name: ast.expr) -> list[object]:
    if isinstance(name, ast.IfExp):
        return [*_written_out(name.body), *_written_out(name.orelse)]
    return [name.value] if isinstance(name, ast.Constant) else []
