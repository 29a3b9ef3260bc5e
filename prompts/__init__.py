"""Every word Footnote says, read as data with ``$names`` to fill in. Knows nothing of who says it or to whom.

A longer text is a file of its own, ``<name>.md``. Short lines share ``lines.md`` and ``briefing.md``, each
under its ``# name``.
What a language model reads is a file a task, ``<task>.md``; its parts are named ``<task>.<part>``.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from string import Template

_SHARED = ("lines", "briefing")
_HEADING = re.compile(r"^# ([a-z_]+)$", re.MULTILINE)


class UnknownTextError(LookupError):
    """No text has this name."""


class WrongVariablesError(ValueError):
    """The values given are not the ones the text names; the message lists the difference."""


def text(name: str, /, **values: object) -> str:
    """The text ``name`` with its ``$names`` filled in.

    Raises UnknownTextError, or WrongVariablesError where a value is missing or the text has no place for it.
    """
    template = _template(name)
    wanted = frozenset(template.get_identifiers())
    if wanted != values.keys():
        missing = ", ".join(sorted(wanted - values.keys())) or "none"
        unused = ", ".join(sorted(values.keys() - wanted)) or "none"
        raise WrongVariablesError(
            f"The text “{name}”: missing values: {missing}; values without a place: {unused}."
        )
    return template.substitute({key: str(value) for key, value in values.items()})


def variables(name: str) -> frozenset[str]:
    """The names a text wants filled in; UnknownTextError where there is no such text."""
    return frozenset(_template(name).get_identifiers())


@cache
def names() -> tuple[str, ...]:
    """All texts there are, in alphabetical order."""
    return tuple(sorted(_texts()))


def _template(name: str) -> Template:
    try:
        return _texts()[name]
    except KeyError:
        raise UnknownTextError(f"There is no text “{name}” in prompts.") from None


@cache
def _texts() -> dict[str, Template]:
    found: dict[str, str] = {}
    for file in resources.files("prompts").iterdir():
        stem, _, ending = file.name.rpartition(".")
        if ending == "md":
            parts = _sections(file.read_text("utf-8"))
            found |= {_name(stem, part): words for part, words in parts.items()}
    return {name: Template(words.strip()) for name, words in found.items()}


def _sections(words: str) -> dict[str, str]:
    """The parts of a file by their headings; one without any is a single part of no name."""
    pieces = _HEADING.split(words)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True)) or {"": words}


def _name(stem: str, part: str) -> str:
    if stem in _SHARED:
        return part
    return f"{stem}.{part}" if part else stem
