"""A story or an edition as one page: in order, in its language, and announced where its link is shared."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from page_pieces import ARABIC, HOSTILE, PLAIN, edition, told

from bot.render.brief_page import Card, page, story_page
from retrieval.briefing import Piece

CARD = Card("https://pages.example/s/abc", "https://pages.example/s/abc.png")


class Seen(HTMLParser):
    """What a browser would see of a page: its elements in order, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        self.words += "" if self._style else data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def meta(self) -> dict[str | None, str | None]:
        return {each.get("property") or each.get("name"): each.get("content") for each in self.all("meta")}

    @property
    def levels(self) -> list[int]:
        return [int(name[1]) for name, _ in self.elements if re.fullmatch("h[1-6]", name)]


@pytest.mark.parametrize(
    "html", [page(edition(PLAIN, ARABIC)), story_page(PLAIN), page(edition(quiet="None."))]
)
def test_headings_begin_with_one_title_and_skip_no_level(html: str) -> None:
    levels = Seen(html).levels
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


def test_a_story_stands_alone_with_all_its_parts() -> None:
    seen = Seen(story_page(PLAIN))
    for words in (
        "What actually changed?",
        "Bottom line",
        "For you",
        "Timeline",
        "Sources",
        "Sources disagree",
    ):
        assert words in seen.words
    assert "17 January 2026 · announced" in seen.words
    assert [each["datetime"] for each in seen.all("time")] == ["2025-01-17", "2025-10-02", "2026-01-17"]
    cited = {number for statement in PLAIN.statements for number in statement.citations}
    assert len(seen.all("details")) >= len(cited)
    assert "Harbour Ledger · 3 October 2025" in seen.words
    assert "Articles read" not in seen.words


def test_a_link_is_announced_by_title_first_words_and_picture() -> None:
    story = Seen(story_page(PLAIN, card=CARD)).meta
    assert story["og:title"] == "The harbour closes"
    assert story["og:description"] == story["description"] == "The harbour closed its gate number 1."
    assert (story["og:url"], story["og:image"]) == (CARD.address, CARD.picture_address)
    assert story["twitter:card"] == "summary_large_image"
    whole = Seen(page(edition(PLAIN, ARABIC), card=Card(CARD.address))).meta
    assert whole["og:title"] == "Briefing of 3 October 2025"
    assert str(whole["og:description"]).startswith("The harbour closes · ")
    assert "og:image" not in whole
    assert not any(str(name).startswith("og:") for name in Seen(story_page(PLAIN)).meta)


def test_words_carry_their_language_and_direction() -> None:
    arabic = Seen(story_page(ARABIC))
    (article,) = arabic.all("article")
    assert article["dir"] == "rtl"
    assert {each.get("lang") for each in arabic.all("blockquote")} == {"ar"}
    assert all(each.get("dir") == "auto" for each in arabic.all("blockquote"))
    translated = Seen(story_page(told("Treaty", ["It is in force."], language="ru", check="meaning")))
    assert not any(each.get("lang") for each in translated.all("p"))
    for language, named in (("en_US", "en"), ("english", None), ("xx", None), ("", None), (None, None)):
        assert (
            Seen(story_page(told("T", ["I."], language=language))).all("blockquote")[0].get("lang") == named
        )


@pytest.mark.parametrize("piece", [HOSTILE, replace(HOSTILE, headline="\u200b \x00")])
def test_nothing_that_was_written_elsewhere_becomes_markup(piece: Piece) -> None:
    for html in (page(edition(piece), card=CARD), story_page(piece, card=CARD)):
        seen = Seen(html)
        assert not {"script", "img", "b"} & {tag for tag, _ in seen.elements}
        assert not any(name.startswith("on") for _, attributes in seen.elements for name in attributes)
        assert "{{ 7*7 }}" in html
        assert not re.search("[\x00\x07\x1b\u202e\u2067\ud800\ufffe]", html)
        assert "\u0301" * 9 not in html
        html.encode()


def test_only_the_pages_own_style_is_let_in() -> None:
    from base64 import b64encode
    from hashlib import sha256

    html = story_page(PLAIN)
    style = re.search("<style>(.*?)</style>", html, re.DOTALL)
    assert style
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in html
    assert "style=" not in html
    assert "url(" not in html
    assert "@import" not in html
