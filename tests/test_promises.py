"""The repository keeps its own promises: settings are listed, commands exist, imports run one way."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from bot.cli import app
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


def test_the_example_settings_list_each_setting_with_its_default_and_its_description():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    listed = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert list(listed) == [name.upper() for name in Settings.model_fields]
    prose = " ".join(line.removeprefix("#").strip() for line in lines if line.startswith("#"))
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, ()) else str(field.default)
        assert listed[name.upper()] == default
        assert field.description in prose


def test_the_readme_names_only_commands_that_exist():
    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    named = set(re.findall(r"`footnote ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named
    assert named <= known
    assert known <= named, "a command the README does not mention"


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [("retrieval", {"bot", "telegram"}), ("prompts", {"bot", "retrieval", "telegram"})],
)
def test_imports_run_one_way(package, forbidden):
    for file in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            assert not {module.split(".")[0] for module in modules} & forbidden, file


def test_every_module_opens_with_its_purpose():
    for package in ("bot", "retrieval", "prompts"):
        for file in (ROOT / package).rglob("*.py"):
            source = file.read_text(encoding="utf-8")
            assert not source.strip() or ast.get_docstring(ast.parse(source)), file


def test_no_secret_and_no_data_is_tracked():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("this is not a git checkout")
    assert not [name for name in tracked.stdout.splitlines() if name == ".env" or name.startswith("data/")]
