"""Turns a city, a country, an offset or a spot on the map into a time zone. Knows nothing of who asks.

Of towns of one name the larger comes first; one that is far smaller is not meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from bot.towns import Town, around, called, people, plain, shorts

if TYPE_CHECKING:
    from babel import Locale

_MOST = 4  # zones offered where a name means several places
_MOSTLY = 0.6  # share of a country's people in one zone, for it to be a fair guess
_FAR_LARGER = 10  # times the people of its namesakes in other zones: then nobody means those
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+\-−–])\s*(\d{1,2})(?:[:.h]?([0-5]\d))?", re.IGNORECASE)
_UNIVERSAL = re.compile(r"utc|gmt|z|zulu", re.IGNORECASE)
_HOURS = range(-12, 15)
# Offsets that are no whole hours, each in the zone that keeps them, all year where one does.
_ODD = {
    (3, 30): "Asia/Tehran",
    (4, 30): "Asia/Kabul",
    (5, 30): "Asia/Kolkata",
    (5, 45): "Asia/Kathmandu",
    (6, 30): "Asia/Yangon",
    (8, 45): "Australia/Eucla",
    (9, 30): "Australia/Darwin",
    (10, 30): "Australia/Lord_Howe",
    (12, 45): "Pacific/Chatham",
    (-3, 30): "America/St_Johns",
    (-9, 30): "Pacific/Marquesas",
}
_NO_PLACES = ("Etc/", "SystemV/", "posix/", "right/")


def known(zone: str) -> bool:
    """Whether a zone has this name."""
    return zone in _every()


def shown(zone: str) -> str:
    """A zone as people read it: ``Europe/Berlin``, ``America/New York``, ``UTC+2``."""
    if zone.startswith("Etc/GMT") and zone[7:]:
        sign = "-" if zone[7] == "+" else "+"
        return f"UTC{sign}{zone[8:]}"
    return "UTC" if zone in ("Etc/GMT", "Etc/UTC", "UTC") else zone.replace("_", " ")


def clock(zone: str, now: datetime) -> str:
    """What a clock there shows: ``09:05``."""
    return f"{now.astimezone(ZoneInfo(zone)):%H:%M}"


def find(words: str, language: str | None = None) -> tuple[str, ...]:
    """The zones that words may mean, likeliest first; none where nothing is known by that name.

    ``language`` is the person's, as an IETF tag: cities and countries are also known by their names in it.
    """
    said = " ".join(words.split())[:100]
    if offset := _offset(said):
        return (offset,)
    folded = plain(said)
    if zone := _names().get(folded.replace(" ", "_")):
        return (zone,)
    locales = _locales(language)
    found = _of_country(folded, locales) or _of_town(said, locales)
    if not found and (named := _capitals(locales).get(folded)):
        return (named,)
    return found[:_MOST]


def at(latitude: float, longitude: float) -> str | None:
    """The zone of a spot on the map, or None."""
    from tzfpy import get_tz

    zone = get_tz(longitude, latitude)
    return zone if zone and known(zone) else None


def guess(language: str | None) -> str | None:
    """The zone that most speakers of a language may live in; None where that would be a wild guess."""
    for locale in _locales(language)[:-1]:
        zone = _mostly(_territory(locale))
        if zone:
            return zone
    return None


def _offset(said: str) -> str | None:
    if _UNIVERSAL.fullmatch(said):
        return "Etc/UTC"
    found = _OFFSET.fullmatch(said)
    if found is None:
        return None
    hours = int(found[2]) if found[1] == "+" else -int(found[2])
    minutes = int(found[3] or 0)
    if minutes:
        return _ODD.get((hours, minutes))
    if hours not in _HOURS:
        return None
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/UTC"  # in these names the sign is the wrong way round


@cache
def _every() -> frozenset[str]:
    return frozenset(available_timezones())  # which walks through folders


@cache
def _names() -> dict[str, str]:
    return {name.casefold(): name for name in _every() if "/" in name}


@cache
def _capitals(locales: tuple[Locale, ...]) -> dict[str, str]:
    """The cities that zones are named after, by their names in these languages."""
    found: dict[str, str] = {}
    for locale in locales:
        for zone, names in locale.time_zones.items():
            if names.get("city") and known(zone):
                found.setdefault(plain(names["city"]), zone)
    for zone in sorted(_every()):
        if "/" in zone and not zone.startswith(_NO_PLACES):
            found.setdefault(plain(zone.rpartition("/")[2].replace("_", " ")), zone)
    return found


def _of_town(said: str, locales: tuple[Locale, ...]) -> tuple[str, ...]:
    """The zones of the towns of a name, the largest town's first; ``said`` may name their country, too."""
    name, _, where = (part.strip() for part in said.partition(","))
    towns = _named(name)
    if not towns and not where:
        name, _, where = said.rpartition(" ")
        return tuple(dict.fromkeys(town.zone for town in _there(_named(name), where, locales)))
    if there := _there(towns, where, locales):
        towns = there
    elif towns:
        towns = [town for town in towns if town.weight * _FAR_LARGER > towns[0].weight]
    return tuple(dict.fromkeys(town.zone for town in towns))


def _named(name: str) -> list[Town]:
    """The towns of a name whose zone is known here, the largest first."""
    return [town for town in called(name) if known(town.zone)]


def _there(towns: Iterable[Town], where: str, locales: tuple[Locale, ...]) -> list[Town]:
    """Those of the towns that lie in a country or state."""
    folded = plain(where)
    return [town for town in towns if folded and folded in around(town, locales)]


def _locales(language: str | None) -> tuple[Locale, ...]:
    """The person's language, if it is one, then English."""
    from babel import Locale, UnknownLocaleError

    found = []
    for tag in ((language or "").replace("_", "-"), "en"):
        try:
            found.append(Locale.parse(tag, sep="-"))
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return tuple(found)


def _territory(locale: Locale) -> str:
    """The country of a language tag, else the one where most of its speakers live."""
    from babel.core import get_global

    likely = get_global("likely_subtags").get(locale.language, "")
    return locale.territory or likely.rpartition("_")[2]


def _of_country(folded: str, locales: tuple[Locale, ...]) -> tuple[str, ...]:
    """The zones of a country, the one with the most people first."""
    codes = {
        code
        for locale in locales
        for code, name in locale.territories.items()
        if len(code) == 2 and plain(str(name)) == folded
    } | {shorts().get(folded, "")}
    counts = sum((people().get(code, Counter()) for code in codes if code), Counter[str]())
    return tuple(zone for zone, _ in counts.most_common())


@cache
def _mostly(territory: str) -> str | None:
    """The zone of most of a country's people."""
    counts = people().get(territory)
    if not counts:
        return None
    zone, count = counts.most_common(1)[0]
    return zone if count >= _MOSTLY * counts.total() else None
