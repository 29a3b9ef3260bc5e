"""Knows countries and their people by their names in many languages. Knows nothing of texts."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale

from retrieval.gate.words import folded, stem

_LANGUAGES = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "ru",
    "uk",
    "pl",
    "tr",
    "sv",
    "id",
    "fa",
    "ar",
    "hi",
    "zh",
    "ja",
    "ko",
    "he",
    "el",
)
_OTHER_NAMES = {
    "US": "us usa america american americans america's estados-unidos сша",
    "GB": "uk britain british britons briton великобритания großbritannien grande-bretagne 英国",
    "AE": "uae emirati emiratis emirates",
    "EU": "eu ue ес",
    "UN": "un uno onu оон",
    "KR": "seoul-led south-korean",
    "CN": "chinese",
    "FR": "french frenchman",
    "NL": "dutch netherlands holland",
    "ES": "spanish spaniard spaniards",
    "GR": "greek greeks",
    "CH": "swiss",
    "TR": "turkish turk turks turkey turkiye",
    "PL": "polish pole poles",
    "DK": "danish dane danes",
    "FI": "finnish finn finns",
    "SE": "swedish swede swedes",
    "PH": "filipino filipinos philippine philippines",
    "IE": "irish",
    "CZ": "czech czechs czechia",
    "TH": "thai thais",
    "IL": "israeli israelis",
    "PK": "pakistani pakistanis",
    "IQ": "iraqi iraqis",
    "SA": "saudi saudis",
    "AF": "afghan afghans",
    "CD": "congolese",
    "PT": "portuguese",
    "MM": "burma burmese",
    "UA": "kyiv-run",
    "CI": "ivorian",
    "NO": "norwegian norwegians",
    "BE": "belgian belgians",
    "PE": "peruvian peruvians",
    "CY": "cypriot cypriots",
}


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """The code of the country that a folded name or people's name means, in any of the languages."""
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(folded(name), code)
    for code, names in _OTHER_NAMES.items():
        found |= {folded(name.replace("-", " ")): code for name in names.split()}
    return found


@lru_cache(maxsize=1)
def _inflected() -> dict[str, str]:
    return {
        stem(name): code for name, code in countries().items() if "а" <= name[0] <= "я" and " " not in name
    }


@lru_cache(maxsize=65_536)
def country(name: str) -> str:
    """The code of the country that a folded name means, or ""; Slavic names are known in every case."""
    return countries().get(name, "") or (_inflected().get(stem(name), "") if "а" <= name[:1] <= "я" else "")
