"""Tells languages by their codes and by their names. Knows nothing of who speaks or writes them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale


def known(tag: str | None) -> str | None:
    """A language as its shortest code, if it is one: ``de`` of ``de-DE``, ``zh-Hant`` of ``zh-TW``."""
    locale = _locale(tag or "")
    if locale is None:
        return None
    return f"{locale.language}-{locale.script}" if _script_matters(locale) else locale.language


def shown(tag: str) -> str:
    """A language by its own name: Deutsch, русский."""
    locale = _locale(tag)
    name = (locale.get_display_name(locale) if _script_matters(locale) else None) if locale else None
    return name or (locale.languages.get(locale.language) if locale else None) or tag


def find(words: str, spoken: str | None = None) -> str | None:
    """The code of the language that words name: by its code, its own name, in English, or in a language.

    ``spoken`` is the person's language, as an IETF tag.
    """
    said = " ".join(words.split())[:60].casefold()
    return _names().get(said) or _in(spoken).get(said) or known(said)


def _locale(tag: str) -> Locale | None:
    from babel import Locale, UnknownLocaleError
    from babel.core import get_global

    parts = tag.replace("_", "-")
    try:
        locale = Locale.parse(parts, sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return None
    likely = get_global("likely_subtags").get(str(locale).replace("-", "_"), "")
    if locale.language == "zh" and locale.script is None and "Hant" in likely:
        return Locale.parse("zh-Hant", sep="-")
    return locale


def _script_matters(locale: Locale) -> bool:
    """Whether those who read the language may not read it in this script."""
    return locale.language == "zh" and locale.script == "Hant"


@cache
def _names() -> dict[str, str]:
    """The codes of all languages by their own names and by their English ones."""
    from babel import localedata

    found = dict(_in("en"))
    for code in localedata.locale_identifiers():
        if "_" not in code and (locale := _locale(code)):
            name = locale.languages.get(code)
            if name:
                found.setdefault(name.casefold(), code)
    return found


def _in(tag: str | None) -> dict[str, str]:
    """The codes of languages that can be written in, by their names in a language."""
    from babel import localedata

    locale = _locale(tag or "")
    names = locale.languages if locale else {}
    return {
        name.casefold(): code for code, name in names.items() if "_" not in code and localedata.exists(code)
    }
