"""A page or a document is added by its address, and added again when it has changed."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from libraries import SHARED_DATA
from test_cli import footnote, result
from test_extract import TWO_PAGES, pdf
from web import Elsewhere, Web

from bot.settings import SettingsFault, load
from retrieval.errors import Unreadable
from retrieval.extract import Reader
from retrieval.fetch import Door, Limits
from retrieval.pages import read_page
from retrieval.sources import Kind, kind_of
from retrieval.types import Draft

PROSE = (
    "The tram line reached the hospital in June. The heron sculpture by the pond was paid for by the bank."
)
ARTICLE = f"""<!doctype html><html lang="en-GB"><head><title>Tram reaches the hospital | City Courier</title>
<meta property="og:title" content="Tram reaches the hospital"><meta name="author" content="Ann Weaver">
<meta property="article:published_time" content="2026-06-14T08:30:00+02:00">
<link rel="canonical" href="CANONICAL"></head>
<body><nav><a href="/">Home</a></nav><article><h1>Tram reaches the hospital</h1><p>{PROSE}</p>
<p>Trains run every six minutes from Monday, the operator said, and every twelve on Sundays.</p></article>
</body></html>"""


@pytest.fixture(scope="module")
def whole_web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def web(whole_web: Web) -> Web:
    whole_web.forget()
    return whole_web


class Desk:
    """Reads addresses on a web where every name leads to one server."""

    def __init__(self, web: Web, door: Door, inbox: Path) -> None:
        self.web, self._door, self._inbox = web, door, inbox

    async def read_each(self, *addresses: str) -> list[Draft | Unreadable]:
        """What becomes of each."""
        with Reader() as reader:
            found = [await self._found(address, reader) for address in addresses]
        assert not list(self._inbox.iterdir()) if self._inbox.exists() else True
        return found

    async def _found(self, address: str, reader: Reader) -> Draft | Unreadable:
        fetched = await self._door.fetch(address)
        try:
            return await asyncio.to_thread(read_page, fetched, address, reader, self._inbox)
        except Unreadable as fault:
            return fault

    async def read(self, source: str) -> Draft:
        (found,) = await self.read_each(source)
        assert isinstance(found, Draft), found
        return found

    async def refusal(self, source: str) -> str:
        (found,) = await self.read_each(source)
        assert isinstance(found, Unreadable), found
        sentence = str(found)
        assert sentence.startswith("“")
        assert sentence.endswith(".")
        assert "\n" not in sentence
        return sentence


@pytest.fixture
async def desk(web: Web, tmp_path: Path) -> AsyncIterator[Desk]:
    names = ["courier.test", "www.courier.test", "amp.courier.test", "evil.test"]
    world = Elsewhere({name: [["93.184.216.34"]] for name in names}, web)
    limits = Limits(seconds=10, window=1)
    async with Door(limits=limits, lookup=world.lookup, dial=world.dial) as door:
        yield Desk(web, door, tmp_path / "inbox")


# --- What becomes of a page ---------------------------------------------------------------------------


async def test_a_page_becomes_a_document_with_what_it_says_about_itself(desk: Desk) -> None:
    desk.web.page("/news/tram?utm_source=x", ARTICLE.replace("CANONICAL", "http://courier.test/news/tram"))
    draft = await desk.read("http://ann:secret@www.courier.test/news/tram?utm_source=x#top")
    assert draft.title == "Tram reaches the hospital"
    assert draft.author == "Ann Weaver"
    assert draft.publisher == "courier.test"
    assert draft.published == datetime(2026, 6, 14, 6, 30, tzinfo=UTC)
    assert draft.language == "en-GB"
    assert draft.key == draft.url == "http://courier.test/news/tram"
    assert draft.source == "http://www.courier.test/news/tram?utm_source=x#top"
    assert PROSE in draft.text
    assert "Home" not in draft.text


@pytest.mark.parametrize(
    "canonical",
    [
        "https://evil.test/tram",
        "http://www.courier.test/",
        "http://10.0.0.1/x",
        "/relative",
        "javascript:1",
        "http://[",
    ],
)
async def test_a_page_cannot_pass_for_what_it_is_not(desk: Desk, canonical: str) -> None:
    desk.web.page("/news/tram", ARTICLE.replace("CANONICAL", canonical))
    draft = await desk.read("http://www.courier.test/news/tram")
    assert draft.key == draft.url == "http://www.courier.test/news/tram"
    assert draft.publisher == "courier.test"


async def test_after_a_redirect_the_page_is_known_by_where_it_is(desk: Desk) -> None:
    desk.web.moves("evil.test/short", "http://courier.test/news/tram", status=301)
    desk.web.page("courier.test/news/tram", ARTICLE.replace("CANONICAL", ""))
    draft = await desk.read("http://evil.test/short")
    assert (draft.key, draft.publisher) == ("http://courier.test/news/tram", "courier.test")
    assert draft.source == "http://evil.test/short"


async def test_the_character_set_that_only_the_server_names_is_used(desk: Desk) -> None:
    german, russian = "Größere Änderungen würden später geprüft.", "Это решение принял совет."
    both = f"{german} {russian}"
    said = {"windows-1252": german, "ISO-8859-1": german, "KOI8-R": russian, '"utf-8"': both}
    untrue = ("zlib", "idna", "unicode_escape", "rot13", "no-such", "ascii", "é", "a" * 3000)
    pages = [(charset, words, charset.strip('"')) for charset, words in said.items()]
    pages += [(charset, both, "utf-8") for charset in untrue]
    for number, (charset, words, encoding) in enumerate(pages):
        body = f"<html><body><p>{words}</p></body></html>".encode(encoding)
        desk.web.serves(f"/{number}", body, content_type=f"text/html; charset={charset}")
    found = await desk.read_each(*(f"http://courier.test/{number}" for number in range(len(pages))))
    assert [each.text for each in found if isinstance(each, Draft)] == [words for _, words, _ in pages]


async def test_the_kind_is_told_by_content_and_by_the_server_only_where_content_is_silent(desk: Desk) -> None:
    from docx import Document

    file = io.BytesIO()
    document = Document()
    document.add_paragraph(PROSE)
    document.save(file)
    desk.web.serves("/tram-report", file.getvalue(), content_type="text/html; charset=utf-8")
    desk.web.serves(
        "/report", pdf(*TWO_PAGES), content_type="application/octet-stream", content_language="de"
    )
    desk.web.serves("/plain", PROSE, content_type="text/plain")
    desk.web.serves("/bare", f"<h1>Tram</h1><p>{PROSE}</p>", content_type="text/html")
    desk.web.serves("/notes.md", f"# Notes\n\n{PROSE}\n", content_type="text/markdown")
    base = "http://courier.test"
    drafts = [
        await desk.read(base + path) for path in ("/tram-report", "/report", "/plain", "/bare", "/notes.md")
    ]
    assert [draft.key for draft in drafts] == [draft.url for draft in drafts]
    assert {draft.publisher for draft in drafts} == {"courier.test"}
    word, report, plain, bare, notes = drafts
    assert (word.title, word.text) == ("tram report", PROSE)
    assert report.language == "de"
    assert plain.text == PROSE
    assert "<" not in bare.text
    assert PROSE in bare.text
    assert notes.title == "Notes"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "empty page"),
        (" \n ", "empty page"),
        (
            "<?xml version='1.0'?>\n<!-- x -->\n<rss version='2.0'><channel></channel></rss>",
            "not an article",
        ),
        (
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><html></html></entry></feed>",
            "not an article",
        ),
        ("<rdf:RDF></rdf:RDF>", "not an article"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "not an article"),
        ("<?xml version='1.0'?><opml version='2.0'></opml>", "list of feeds"),
        ('{"a": 1}', "JSON data"),
        ("\x89PNG\r\n\x1a\n" + "\0" * 100, "is a picture"),
        ("<html><head><meta http-equiv=refresh content='0;url=http://127.0.0.1/'></head></html>", "no words"),
    ],
)
async def test_what_is_no_document_is_said_in_one_sentence(desk: Desk, body: str, says: str) -> None:
    desk.web.serves("/a", body.encode("latin-1"), content_type="text/html")
    sentence = await desk.refusal("http://ann:secret@courier.test/a")
    assert says in sentence
    assert "“http://courier.test/a”" in sentence
    assert len(desk.web.log) == 1


async def test_an_html_page_that_quotes_a_feed_is_a_page(desk: Desk) -> None:
    desk.web.page(
        "/a", f"<!-- --><html><head><title>On <rss></title></head><body><p>{PROSE}</p></body></html>"
    )
    assert (await desk.read("http://courier.test/a")).text == PROSE


def test_addresses_are_told_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for address in (
        "http://a.test",
        "HTTPS://a.test",
        " https://a.test",
        "ftp://a",
        "http:a",
        "http:\\\\a",
        "file:///x",
        "@courier",
        "t.me/courier",
        "courier.example/blog",
        "courier.example",
        "www.courier.example/a.html",
        "192.168.1.20:8080/feed",
        "bücher.example",
    ):
        assert kind_of(address) is Kind.ADDRESS, address
    for file in (
        "notes.txt",
        "./http/x",
        "a/b:c",
        "C:\\notes.txt",
        "/etc/hosts",
        "readme.md",
        "x" * 5000,
        "\0",
    ):
        assert kind_of(file) is Kind.FILES, file
    (tmp_path / "courier.example").mkdir()
    assert kind_of("courier.example") is Kind.FILES, "what is there is meant"
    (tmp_path / "list.xml").write_text("<?xml version='1.0'?>\n<opml version='2.0'></opml>")
    (tmp_path / "page.xml").write_text("<html></html>")
    assert [kind_of(file) for file in ("list.xml", "page.xml", "my.opml")] == [
        Kind.LIST,
        Kind.FILES,
        Kind.LIST,
    ]


@pytest.mark.skipif(
    not (SHARED_DATA / "security" / "bombs").exists(),
    reason="the research data is not beside this repository",
)
async def test_hostile_documents_end_in_one_sentence_or_in_words(desk: Desk) -> None:
    names = [
        "bomb.docx",
        "bomb.pdf",
        "deep.html",
        "lol.docx",
        "loop.pdf",
        "xxe.docx",
        "zip_slip.zip",
        "bomb.gz",
    ]
    for name in names:
        desk.web.serves(f"/{name}", (SHARED_DATA / "security" / "bombs" / name).read_bytes())
    for found in await desk.read_each(*(f"http://courier.test/{name}" for name in names)):
        assert isinstance(found, Draft) or str(found).endswith(".")


# --- The command --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_page_is_added_by_its_address_renewed_and_cited(web: Web, tmp_path: Path) -> None:
    settings = {"FETCH_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
    web.page("/tram", ARTICLE)
    url = f"{web.url}/tram"
    assert len(result(footnote(tmp_path, "add", "--json", url, **settings))["added"]) == 1
    web.page("/tram", ARTICLE.replace("every twelve", "every fifteen"))
    (tmp_path / "pond.txt").write_text("The pond froze in January.")
    run = footnote(tmp_path, "add", "--json", url, url + "#x", f"{web.url}/gone", "pond.txt", **settings)
    report = result(run)
    assert [len(report[what]) for what in ("added", "replaced", "unchanged", "unreadable")] == [1, 1, 1, 1]
    assert run.stderr.strip().endswith(f"“{web.url}/gone” is not there; check the address (HTTP 404).")
    assert not list((tmp_path / "data" / "uploads").iterdir())
    answer = result(footnote(tmp_path, "ask", "--json", "How often do trains run on Sundays?"))
    (cited,) = [each for each in answer["citations"] if "every fifteen" in each["quote"]]
    assert cited["link"].startswith(url + "#:~:text=")
    assert (cited["title"], cited["published"]) == ("Tram reaches the hospital", "2026-06-14")


def test_what_is_at_home_stays_closed_until_the_owner_opens_it(web: Web, tmp_path: Path) -> None:
    web.page("/wiki", ARTICLE)
    run = footnote(tmp_path, "add", f"http://ann:secret@127.0.0.1:{web.port}/wiki", "http://127.0.0.1/")
    assert run.returncode == 1
    first, second = run.stderr.strip().splitlines()
    assert "port" in first
    assert "FETCH_ALLOW_PRIVATE_HOSTS" in second
    assert "secret" not in run.stderr
    assert web.log == []


def test_a_host_that_is_none_is_refused_as_a_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for value in ("http://nas", "nas:8080", "127.1", "10.0.0.0/8"):
        monkeypatch.setenv("FETCH_ALLOW_PRIVATE_HOSTS", value)
        with pytest.raises(SettingsFault, match=r"FETCH_ALLOW_PRIVATE_HOSTS.*nas\.local"):
            load()
    monkeypatch.setenv("FETCH_ALLOW_PRIVATE_HOSTS", "Nas.Local, [::1],10.0.0.2")
    assert load().fetch_allow_private_hosts == ("nas.local", "::1", "10.0.0.2")
