"""Takes from the end of an item's text what only leads on to the article. Knows nothing of markup."""

from __future__ import annotations

import re


def _one_of(*phrases: str) -> str:
    return f"(?:{'|'.join(phrases)})"


_MORE = _one_of(  # after which a title may follow
    r"(?:click (?:here )?to )?(?:continue|keep) reading",
    r"(?:click (?:here )?to )?read (?:more|(?:the|this) (?:full|whole|rest|entire|complete|original)\b)",
    r"weiterlesen|mehr lesen|lees (?:meer|verder)|läs mer|les mer|czytaj (?:więcej|dalej)|devamını oku",
    r"lire (?:la suite|plus)|(?:leer|ler|saber) m[áa]s|leia mais|continua a leggere|leggi (?:tutto|di più)",
    r"читать (?:далее|дальше|полностью)|続きを読む|阅读全文|閱讀全文",
)
_BARE = _one_of(  # which stand alone, for they begin sentences too
    r"(?:\d+ )?comments?(?: \(?\d+\)?)?|more|continue|full (?:story|article|text)|permalink|подробнее",
    r"(?:view|see) (?:more|full (?:story|post|article))|tweet|print|share|share this(?: \w+)?(?: on \w+)?",
)
_POST = _one_of(
    r"the post|the article|der beitrag|l.article|el post|la entrada|o post|l.articolo|het bericht",
    r"inlägget|запись|wpis|bài viết",
)
_FIRST_ON = _one_of(
    r"appeared first on|first appeared on|erschien zuerst auf|est apparu en premier sur",
    r"apareció primero en|apareceu primeiro em|proviene da|verscheen eerst op|dök först upp på",
    r"впервые появилась|pochodzi z serwisu|đã xuất hiện đầu tiên vào ngày",
)
_TAIL = re.compile(
    rf"^\W*(?:{_MORE}(?:\b.{{0,160}})?|{_BARE}|{_POST}\b.{{1,400}}?\b{_FIRST_ON}\b.{{0,200}}"
    r"|this (?:post|article|entry|story) (?:was )?(?:originally|first) (?:appeared|published|posted) .{1,200}"
    r"|submitted by\s+/?u/\S+.*|\[link\].*\[comments\].*)\W*$",
    re.I | re.S,
)
_LONGEST = 700  # characters of a paragraph that may be a tail
_CUT = re.compile(
    r"(?:\[\s*(?:…|\.\.\.)\s*\]|…|\.\.\.|\[\+\d+ chars\])"
    rf"\s*(?:\W*(?:{_MORE}[^\n]{{0,160}}|{_BARE}\W*))?\s*$",
    re.I,
)
_POINTING = re.compile(rf"\s*[\s([]{_one_of(_MORE, _BARE)}\s*[→»›>]+[\s)\]]*$", re.I)
_END = 300  # characters in which the mark of a cut stands


def without_tail(text: str) -> tuple[str, bool]:
    """The text without what only leads on to the article, and whether it was cut short."""
    paragraphs = text.split("\n\n")
    for _ in range(4):
        if len(paragraphs) > 1 and len(paragraphs[-1]) < _LONGEST and _TAIL.match(paragraphs[-1]):
            paragraphs.pop()
    left = "\n\n".join(paragraphs).rstrip()
    body, end = left[:-_END], left[-_END:]
    end = _POINTING.sub("", end)
    if cut := _CUT.search(end):
        end = end[: cut.start()].rstrip(" [(\n") + " …"
    left = (body + end).strip()
    return ("" if left == "…" or (len(left) < _END and _TAIL.match(left)) else left), bool(cut)
