"""What a page says about itself, in the many ways pages say it: title, author, days, address."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.extract import Reader
from retrieval.extract.content import Refused
from retrieval.extract.html import read_html
from retrieval.extract.parse import parse
from retrieval.types import Draft

AT = "https://courier.test/2026/story?utm_source=x"
PROSE = "<p>" + "A sentence of an article that is long enough to be read as its text. " * 12 + "</p>"
Read = Callable[..., Draft]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@pytest.fixture
def read(reader: Reader, tmp_path: Path) -> Read:
    def read(marks: str, *, rest: str = PROSE, url: str = AT) -> Draft:
        path = tmp_path / "page"
        head = "<title>Some window title that is long | Courier</title>"
        path.write_text(f"<!doctype html><html><head>{head}</head><body>{marks}{rest}</body></html>")
        return reader.read(path, name="page", url=url)

    return read


def linked(said: str) -> str:
    return f'<script type="application/ld+json">{said}</script>'


def day(number: int, hour: int = 0) -> datetime:
    return datetime(2025, 11, number, hour, tzinfo=UTC)


_SAID = '"headline": "Head", "author": WHO, "datePublished": "2025-11-16"'


@pytest.mark.parametrize(
    "said",
    [
        '{"@type": "NewsArticle", ' + _SAID.replace("WHO", '{"name": "Ann Lee"}') + "}",
        '[{"@type": ["Thing", "BlogPosting"], ' + _SAID.replace("WHO", '"Ann Lee"') + "}]",
        '{"@graph": [{"@type": "WebPage", "name": "Page", "datePublished": "2024-01-01"},'
        ' {"@type": "Article", ' + _SAID.replace("WHO", '{"@id": "#a"}') + "},"
        ' {"@type": "Person", "@id": "#a", "name": "Ann Lee"}]}',
        '{"@type": "WebPage", "mainEntity": {"@type": "Article", '
        + _SAID.replace("WHO", '[{"name": ["Ann Lee"]}]')
        + "}}",
        '{"@type": "Article", "headline": "Head", "author": "Ann Lee", "datePublished": "Nov 16, 2025"}',
        '//<![CDATA[\n{"@type": "Article", ' + _SAID.replace("WHO", '"Ann Lee"') + ",}\n//]]>",
    ],
)
def test_linked_data_is_believed_in_all_its_forms(read: Read, said: str) -> None:
    found = read(linked(said))
    assert (found.title, found.author, found.published) == ("Head", "Ann Lee", day(16))


@pytest.mark.parametrize(
    ("marks", "author"),
    [
        ('<p class="byline">By <a rel="author" href="/ann">Ann Lee</a></p>', "Ann Lee"),
        ('<p class="byline">By Ann Lee | Updated November 16, 2025 at 8:00 a.m.</p>', "Ann Lee"),
        ('<span class="authorName">Ann Lee</span>', "Ann Lee"),
        ('<span class="articleAuthor">Ann Lee</span>', "Ann Lee"),
        ('<p class="autor">Von Ann Lee</p>', "Ann Lee"),
        ('<p class="author">Written by Ann Lee<br>Edited by Bo Ek</p>', "Ann Lee"),
        ('<div class="c-byline"><span>By</span> <a>Ann Lee</a> and <a>Bo Ek</a></div>', "Ann Lee and Bo Ek"),
        ('<p class="byline">By Ann Lee | Palma</p>', "Ann Lee"),
        ('<meta name="author" content="https://x.test/ann"><i itemprop="author">Ann Lee</i>', "Ann Lee"),
        ('<div class="author-bio">' + "Ann Lee writes about many things. " * 9 + "</div>", None),
    ],
)
def test_authors(read: Read, marks: str, author: str | None) -> None:
    assert read(marks).author == author


@pytest.mark.parametrize(
    ("marks", "published", "updated"),
    [
        (
            '<meta property="article:published_time" content="2025-11-16T08:00:00Z">'
            '<meta property="article:modified_time" content="2025-11-17T08:00:00Z">',
            day(16, 8),
            day(17, 8),
        ),
        (
            linked('{"@type": "Article", "datePublished": "2025-11-16", "dateModified": "2025-11-16"}'),
            day(16),
            None,
        ),
        (
            '<meta itemprop="datePublished" content="2025-11-16">'
            '<meta itemprop="dateModified" content="2025-11-18">',
            day(16),
            day(18),
        ),
        (
            '<p class="article-date">Published: 16 November 2025. Updated: 17 November 2025</p>',
            day(16),
            day(17),
        ),
        ('<span class="datum">16. November 2025</span>', day(16), None),
        ('<p class="date">Publié le 16 novembre 2025 à 08h00</p>', day(16), None),
        ('<p class="byline">By Ann | Updated Nov. 16, 2025</p>', day(16), day(16)),
        ('<meta name="date" content="2095-11-16">', None, None),
        ("<p>The treaty of 16 November 2025 was signed.</p>", None, None),
        ('<div id="masthead"><b class="date">18 November 2025</b></div>', None, None),
        ("<header><time>18 November 2025</time></header><time>16 November 2025</time>", day(16), None),
        ("<article><header><time>16 November 2025</time></header></article>", day(16), None),
        (
            '<aside><p class="date">18 November 2025</p></aside><div class="posted">16 November 2025</div>',
            day(16),
            None,
        ),
    ],
)
def test_days_of_publishing_and_change(
    read: Read, marks: str, published: datetime | None, updated: datetime | None
) -> None:
    found = read(marks, url="")
    assert (found.published, found.updated) == (published, updated)


@pytest.mark.parametrize(
    ("marks", "address"),
    [
        ('<link rel="canonical" href="https://courier.test/story">', "https://courier.test/story"),
        ('<link rel="Canonical nofollow" href="https://courier.test/s">', "https://courier.test/s"),
        ('<link rel="canonical" href="CANONICAL">', None),
        ('<meta property="og:url" content="https://courier.test/og">', "https://courier.test/og"),
        ('<link rel="canonical" href="javascript:alert(1)">', None),
        ("", None),
    ],
)
def test_the_address_a_page_calls_its_own(read: Read, marks: str, address: str | None) -> None:
    assert read(marks).url == address


FOOT = (
    "<div>Home | News | Sport | Culture | Contact | Imprint</div>"
    "<div>© 2025 Courier Media. All rights reserved.</div>"
)


@pytest.mark.parametrize(
    "page", [f"<main>{PROSE}</main>{FOOT}", PROSE + FOOT, f"<p>One line.</p>{PROSE}{FOOT}"]
)
def test_the_foot_of_a_page_is_no_part_of_its_article(read: Read, page: str) -> None:
    text = read(page, rest="").text
    assert text.endswith("long enough to be read as its text.")
    assert "Imprint" not in text
    assert "©" not in text


def test_an_article_may_speak_of_rights(read: Read) -> None:
    text = read(
        f"<p>The words “all rights reserved” ended the letter, and nobody answered it.</p>{PROSE}"
    ).text
    assert text.startswith("The words “all rights reserved” ended the letter")


def test_hostile_linked_data_does_no_harm(read: Read) -> None:
    deep = '{"@type": "Article", "mainEntity": ' * 500 + "{}" + "}" * 500
    for said in (
        "[" * 100_000,
        deep,
        '{"@type": 7, "headline": [[]]}',
        "nothing",
        '{"@graph": "x"}',
        '"Article"',
    ):
        assert read(linked(said)).title == "Some window title that is long"


KEYS = st.sampled_from(
    ("@type", "@id", "@graph", "name", "headline", "author", "publisher", "datePublished", "mainEntity")
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(["Article", "#a"]),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(KEYS, inside, max_size=4),
    max_leaves=20,
)


@given(VALUES)
@settings(max_examples=100, deadline=None)
def test_any_linked_data_leaves_a_page_readable(said: object) -> None:
    script = json.dumps({"@type": "Article", "headline": said, "author": said, "@graph": said})
    found = read_html(f"<!doctype html><body>{linked(script)}{PROSE}</body>")
    assert "A sentence of an article" in found.text
    assert isinstance(found.title, str)


@given(st.binary(max_size=1_000))
@settings(max_examples=60, deadline=None)
def test_no_bytes_crash_a_page(data: bytes) -> None:
    for said in (b"<!doctype html>" + data, b"<html><script type='application/ld+json'>" + data):
        with suppress(Refused):
            parse(said, "page.html", AT)
