"""Finds which letters a picture can show, and spells the others in Latin ones instead of drawing boxes.

Knows nothing of what is drawn or where. The Noto fonts that come with Footnote have most alphabets; Chinese,
Japanese and Korean come from the machine (Debian: `fonts-noto-cjk`), where they are installed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from bot.render.graphemes import apart

if TYPE_CHECKING:
    from matplotlib.font_manager import FontEntry
    from matplotlib.ft2font import FT2Font

_FIRST = "Noto Sans"
_LAST = "DejaVu Sans"  # comes with the plotting library and has many signs
_NOT_FOR_READING = ("Mono", "LastResort", "Last Resort", "Footnote")
_SPELT = frozenset("LNP")  # letters, numbers and marks of punctuation; emoji have no spelling
_ANYWHERE = ("COMBINING", "VARIATION")  # marks of no script
_BLOCK = 128  # neighbouring letters, of one script
_SEARCHES = 8  # of the machine's fonts for a text: each opens some hundred files


class Typefaces:
    """The fonts at hand: first the ones that came along; more are looked for where a letter asks for it."""

    def __init__(self) -> None:
        from matplotlib.font_manager import fontManager

        self._fonts: dict[str, FT2Font] = {}
        self._searched: set[int] = set()
        for path in _brought():
            fontManager.addfont(path)
            self._take(fontManager.ttflist[-1])
        for entry in fontManager.ttflist:
            if entry.name == _LAST and _plain(entry):
                self._take(entry)
                break

    def of(self, text: str) -> list[str]:
        """The names of the fonts that a text needs, the first choice first."""
        needed = {self._font_of(each) for each in set(_characters(text))}
        return [name for name in self._fonts if name in needed] or [next(iter(self._fonts))]

    def _take(self, entry: FontEntry) -> None:
        """Make a font usable under a name of our own, as others may have the same name and fewer letters."""
        from matplotlib.font_manager import fontManager

        name = f"Footnote {entry.name}"
        fontManager.ttflist.append(replace(entry, name=name, weight=400))
        self._fonts[name] = _opened(entry)

    def shown(self, text: str) -> tuple[str, bool]:
        """The text in letters that can be drawn; and whether some are spelt in Latin ones for lack of a font.

        What has no spelling, as an emoji, is left out.
        """
        searches = _SEARCHES
        said: list[str] = []
        spelt = False
        for each in map(_sound, _characters(unicodedata.normalize("NFC", text))):
            if not self._has(each) and searches and self._unsearched(each):
                searches -= 1
                self._search(each)
            if self._has(each):
                said.append(each)
            elif len(each) > 1 and self._has(each[0]):
                said.append(each[0])  # no font joins these marks to it
            else:
                said.append(self._spelt(each[0]))
                spelt |= bool(said[-1])
        return "".join(said), spelt

    def _has(self, character: str) -> bool:
        return self._font_of(character) is not None

    def _font_of(self, character: str) -> str | None:
        """The first font that has all of a character: a letter and its marks stand in the same."""
        points = [ord(point) for point in character]
        found = (name for name, font in self._fonts.items() if all(map(font.get_char_index, points)))
        return next(found, None)

    def _unsearched(self, character: str) -> bool:
        """Whether it is worth looking for: an assigned one, of a script that was not looked for before."""
        return (
            unicodedata.category(character[0])[0] in "LNPS"
            and ord(character[0]) // _BLOCK not in self._searched
        )

    def _search(self, character: str) -> None:
        """Take in a font of the machine that has the character."""
        from matplotlib.font_manager import fontManager

        self._searched.add(ord(character[0]) // _BLOCK)
        plain = filter(_plain, fontManager.ttflist)
        for each in sorted(plain, key=lambda each: (not each.name.startswith(_FIRST), each.name, each.fname)):
            if _opened(each).get_char_index(ord(character[0])):
                self._take(each)
                return

    def _spelt(self, letter: str) -> str:
        """A letter in Latin ones; empty for what is none."""
        from anyascii import anyascii

        spelt = anyascii(letter) if unicodedata.category(letter)[0] in _SPELT else ""
        return spelt if all(map(self._has, spelt)) else ""


@cache
def _brought() -> list[Path]:
    """The upright fonts that were installed with Footnote; none where they are missing."""
    try:
        folder = Path(str(resources.files("manimgx_fonts")))
    except ModuleNotFoundError:
        return []
    paths = (path for path in folder.glob("*.ttf") if "Italic" not in path.name)
    return sorted(paths, key=lambda path: (not path.name.startswith("NotoSans["), path.name))


def _plain(entry: FontEntry) -> bool:
    """Whether a font is upright, of usual weight and for reading."""
    usual = isinstance(entry.weight, int) and 350 <= entry.weight <= 450
    return entry.style == "normal" and usual and not any(each in entry.name for each in _NOT_FOR_READING)


def _opened(entry: FontEntry) -> FT2Font:
    from matplotlib.ft2font import FT2Font

    return FT2Font(entry.fname, face_index=entry.index)


def _sound(character: str) -> str:
    """A character without marks that stand alone, or upon a letter of another script: they have no shape."""
    while character and unicodedata.category(character[0]) in ("Cf", "Mn", "Mc", "Me"):
        character = character[1:]
    script = _script(character[:1])
    return character[:1] + "".join(
        point
        for point in character[1:]
        if unicodedata.category(point)[0] != "M" or (script and _script(point) in (script, *_ANYWHERE))
    )


def _script(point: str) -> str:
    """The script of a letter or mark, as its name begins; empty for a blank."""
    return "" if not point or point.isspace() else unicodedata.name(point, "").partition(" ")[0]


def _characters(text: str) -> Iterator[str]:
    """What a reader counts as one, each a letter with its marks."""
    start = 0
    for at in range(1, len(text) + 1):
        if apart(text, at):
            yield text[start:at]
            start = at
