"""Lists of feeds as other readers write them, well or badly: every address is found, or its line is named."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libraries import SHARED_DATA

from retrieval.errors import Unreadable
from retrieval.extract import Reader
from retrieval.extract.content import Refused
from retrieval.feeds import Subscription, Subscriptions
from retrieval.feeds.opml import MOST, read_subscriptions, written

REAL = SHARED_DATA / "opml"
Read = Callable[[str | bytes], Subscriptions]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@pytest.fixture
def read(reader: Reader, tmp_path: Path) -> Read:
    def read(said: str | bytes) -> Subscriptions:
        path = tmp_path / "list"
        path.write_bytes(said if isinstance(said, bytes) else said.encode())
        return reader.subscriptions(path, name="mine.opml")

    return read


def opml(body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<body>\n{body}\n</body></opml>'


def test_feeds_come_with_their_titles_and_folders(read: Read) -> None:
    found = read(
        opml(
            '<outline text="News"><outline text="Europe" title="Europe">'
            '<outline type="rss" text="A &amp; B" xmlUrl="https://a.test/?x=1&amp;y=2" htmlUrl="https://a.test/"/>'
            '</outline><outline text="C" XMLURL="https://c.test/rss"></outline></outline>'
            "<outline title='D' xmlurl='feed://d.test/rss' category='/Tech/Web'/>"
            '<outline text="E" url="feed:https://e.test/rss"/>'
        )
    )
    assert found.unreadable == ()
    assert found.feeds == (
        Subscription("https://a.test/?x=1&y=2", "A & B", "News/Europe"),
        Subscription("https://c.test/rss", "C", "News"),
        Subscription("https://d.test/rss", "D", "Tech/Web"),
        Subscription("https://e.test/rss", "E", None),
    )


@pytest.mark.parametrize(
    "outline",
    [
        '<outline text="A" xmlUrl="https://a.test/?x=1&y=2"/>',
        '<outline text="A"B" xmlUrl="https://a.test/?x=1&amp;y=2" />',
        '<outline text="A <b>B</b>" description="see <a href="https://b.test/">b</a> > c" xmlUrl="https://a.test/?x=1&y=2">',
        '<outline\n  text = "A"\n  xmlUrl = "https://a.test/?x=1&y=2"\n>',
        "<outline text='A' xmlUrl=https://a.test/?x=1&amp;y=2 />",
        '<OUTLINE TEXT="A" XMLURL="  https://a.test/?x=1&y=2 "/>',
        '<opml:outline text="A" xmlUrl="https://a.test/?x=1&y=2"/>',
        '<outline text="A&nbsp;&bogus;" xmlUrl="https://a.test/?x=1&#38;y=2"/>',
        '<outline text="\x00\x0bA" xmlUrl="a.test/?x=1&y=2"/>',
    ],
)
def test_badly_written_lists_are_read_all_the_same(read: Read, outline: str) -> None:
    found = read(opml(outline + '\n<outline text="Last" xmlUrl="https://last.test/"/>'))
    assert [feed.url.replace("http:", "https:") for feed in found.feeds] == [
        "https://a.test/?x=1&y=2",
        "https://last.test/",
    ]
    assert found.unreadable == ()


def test_a_line_that_cannot_be_read_is_named(read: Read) -> None:
    found = read(
        opml(
            '<outline text="Ok" xmlUrl="https://ok.test/"/>\n'
            '<outline text="Script" xmlUrl="javascript:alert(1)"/>\n'
            '<outline text="Site" htmlUrl="https://site.test/"/>\n'
            '<outline text="Odd" xmlUrl="https://"/>'
        )
    )
    assert [feed.url for feed in found.feeds] == ["https://ok.test/"]
    assert [sentence.partition(":")[0] for sentence in found.unreadable] == ["Line 5", "Line 6", "Line 7"]
    assert "“Site” names only its site, https://site.test/" in found.unreadable[1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_lists_in_every_encoding(read: Read, encoding: str) -> None:
    said = opml('<outline text="Новости дня и недели" xmlUrl="https://a.test/"/>')
    said = said.replace("UTF-8", encoding.removesuffix("-sig"))
    assert read(said.encode(encoding)).feeds[0].title == "Новости дня и недели"


def test_entities_and_comments_do_no_harm(read: Read) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY l0 "lol"><!ENTITY me "Ann">{laughs}'
    head += '<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    body = (
        '<opml><!-- <outline xmlUrl="https://no.test/"/> --><outline text="&me;" xmlUrl="https://a.test/"/>'
    )
    body += '<outline text="&l9;&x;" xmlUrl="https://b.test/"/></opml>'
    found = read(head + body)
    assert found.feeds[0] == Subscription("https://a.test/", "Ann")
    assert "root:" not in str(found)
    assert len(str(found)) < 500


def test_a_huge_or_deep_list_is_bounded(read: Read) -> None:
    many = "".join(f'<outline xmlUrl="https://a.test/{n}"/>' for n in range(MOST + 5))
    found = read(opml(many))
    assert len(found.feeds) == MOST
    assert found.unreadable[0].startswith("5 feeds were left out")
    deep = read(opml('<outline text="x">' * 20_000 + '<outline xmlUrl="https://a.test/"/>'))
    assert [feed.url for feed in deep.feeds] == ["https://a.test/"]
    assert len(deep.feeds[0].folder or "") <= 200


def test_what_is_no_list_is_refused(read: Read) -> None:
    for said in ("", "words", "<rss></rss>", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n" + bytes(100)):
        with pytest.raises(Unreadable, match=r"^“mine\.opml” is "):
            read(said)


@given(st.binary(max_size=2_000))
@settings(max_examples=200, deadline=None)
def test_no_bytes_crash_it(data: bytes) -> None:
    for said in (data, b"<opml><outline " + data, b'<opml><outline xmlUrl="' + data):
        with suppress(Refused):
            assert len(read_subscriptions(said).feeds) <= 2_000


words = st.text(
    st.characters(blacklist_categories=("C", "Z"), blacklist_characters="/"), min_size=1, max_size=20
)


@given(st.lists(st.tuples(words, st.none() | words, st.lists(words, max_size=3)), max_size=8))
@settings(max_examples=100, deadline=None)
def test_what_was_written_is_read_again(rows: list[tuple[str, str | None, list[str]]]) -> None:
    feeds = [
        Subscription(f"https://a.test/{n}?a=1&b='2'", title, "/".join(folders) or None)
        for n, (_, title, folders) in enumerate(rows)
    ]
    again = {feed.url: feed for feed in read_subscriptions(written(feeds, "Mine")).feeds}
    assert set(again) == {feed.url for feed in feeds}


def test_an_export_opens_in_other_readers() -> None:
    from lxml import etree

    feeds = [
        Subscription("https://b.test/?x=1&y=2", 'B "quoted" <b>', "Tech/Web"),
        Subscription("https://a.test/", None),
        Subscription("https://c.test/", "C", "Tech"),
    ]
    tree = etree.fromstring(written(feeds, "Ann's feeds"))
    assert [each.get("xmlUrl") for each in tree.iterfind(".//outline[@type='rss']")] == [
        "https://a.test/",
        "https://c.test/",
        "https://b.test/?x=1&y=2",
    ]
    assert read_subscriptions(written(feeds, "x")).feeds[2] == feeds[0]
    assert tree.findtext("head/title") == "Ann's feeds"


@pytest.mark.skipif(not REAL.exists(), reason="the shared test data is not here")
def test_every_address_in_real_lists_is_found(read: Read) -> None:
    for path in sorted(REAL.glob("*.opml")):
        said = path.read_bytes().decode("utf-8", "replace")
        wanted = {
            html.unescape(url).strip() for url in re.findall(r"xmlurl\s*=\s*[\"']([^\"']+)", said, re.I)
        }
        found = read(path.read_bytes())
        assert {feed.url for feed in found.feeds} == wanted, path.name
        assert found.unreadable == ()
