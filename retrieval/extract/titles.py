"""Chooses a title for a document that names none. Knows nothing of files and their kinds."""

from __future__ import annotations

import re
from pathlib import PurePath

from retrieval.extract.text import clean_line

LONGEST = 300  # characters of a title


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_TITLE_LINE = 120  # a first line up to this length may be the title of what follows
_SENTENCE = 90  # characters of a first sentence that has to serve as the title
_MARKER = re.compile(r"\W*(?:[-*•‣▪–—]\s|\d{1,3}[.)]\s|https?://|www\.)")
_WORD = re.compile(r"[^\W\d_]{3,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CODE = re.compile(r"(?=\w*\d)(?=\w*[a-z])\w{8,}", re.I)  # letters and digits mixed: an id, no word
_WRITTEN_BY = re.compile(r"^Microsoft (?:Word|PowerPoint|Excel) - ", re.I)
_DEFAULTS = frozenset({"word document", "powerpoint presentation", "untitled document", "document1"})
_FILE_NAME = re.compile(r"\.(?:docx?|dvi|indd|pdf|ps|rtf|tex|txt|odt|qxd|pub|xlsx?|pptx?)$|[\\/]", re.I)
_NOTHING = _words(
    "file files document untitled download scan copy upload unknown image img doc pdf temp tmp page "
    "contents inhalt index abstract summary"
)


def sane(title: object) -> str:
    """A title that a file's own metadata gives, or nothing where a program filled it in."""
    said = clean_line(title, LONGEST) if isinstance(title, str) else ""
    said = _WRITTEN_BY.sub("", said)
    filled_in = said.lower() in _NOTHING or said.lower() in _DEFAULTS or _FILE_NAME.search(said)
    return "" if filled_in or not _WORD.search(said) else said


def title_for(text: str, name: str) -> str:
    """The first line where it looks like a title, else the file's name in words, else the first sentence."""
    first, _, rest = text.lstrip().partition("\n")
    if rest.strip() and looks_like_title(first):
        return clean_line(first, LONGEST)
    stem = PurePath(name).stem
    return words_of(stem) or _opening(first) or clean_line(stem, LONGEST) or "Untitled"


def looks_like_title(line: str) -> bool:
    """Whether a line of its own reads as a title: short, with words, no list item, no whole sentence."""
    line = line.strip()
    if not 3 <= len(line) <= _TITLE_LINE or _MARKER.match(line) or not _has_letters(line):
        return False
    return line.lower() not in _NOTHING and line[-1] not in ".;,:。"


def words_of(stem: str) -> str:
    """A file's name in words, or nothing where it is an id, a number or a word such as "scan"."""
    words = [word for word in re.split(r"[\s_.\-]+", stem) if word]
    speaking = [word for word in words if _WORD.search(word) and word.lower() not in _NOTHING]
    if not speaking or any(_CODE.fullmatch(word) for word in words):
        return ""
    return clean_line(re.sub(r"_+|(?<=\w)-+(?=\w)", " ", stem), LONGEST)


def _opening(line: str) -> str:
    """The beginning of a text, cut between words."""
    line = clean_line(line, 10 * _SENTENCE)
    if len(line) <= _SENTENCE:
        return line
    return line[: _SENTENCE - 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"


def _has_letters(line: str) -> bool:
    return 2 * sum(char.isalpha() or char.isspace() for char in line) > len(line)
