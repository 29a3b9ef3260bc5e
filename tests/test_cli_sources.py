"""The commands that follow, refresh, list and check sources, as other tools drive them; a whole journey."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_cli import footnote, result
from web import Entry, Web, article, front_page

HOME = {"FETCH_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
TRAM = (
    "The tram line reached the hospital in June, four years after the first rails were laid.",
    "Trains run every six minutes from Monday, the operator said, and every twelve on Sundays.",
)


@pytest.fixture(scope="module")
def whole_web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def web(whole_web: Web) -> Web:
    whole_web.forget()
    return whole_web


def publish(web: Web, *items: tuple[str, tuple[str, ...]]) -> None:
    """A site whose front page offers a feed of summaries, with the articles they lead to."""
    entries = []
    for days, (title, said) in enumerate(items):
        path = f"/news/{title.lower().replace(' ', '-')}"
        web.page(path, article(title, *said, author="Ann Weaver"))
        moment = datetime.now(UTC) - timedelta(days=days, hours=1)
        entries.append(Entry(title, url=web.url + path, summary=said[0], published=moment))
    web.feed("/feed.xml", "City Courier", entries)
    web.page("/", front_page("City Courier", [("/feed.xml", "All news"), ("/sport.xml", "Sport")], *TRAM))


def test_from_an_address_to_a_cited_answer_from_what_came_later(web: Web, tmp_path: Path) -> None:
    publish(web, ("Tram reaches the hospital", TRAM))
    run = footnote(tmp_path, "add", web.url.removeprefix("http://"), **HOME)
    assert run.returncode == 0, run.stderr
    assert "City Courier”, a feed, is followed" in run.stdout
    assert f"{web.url}/feed.xml" in run.stdout
    assert "1 added" in run.stdout

    pond = (
        "The pond froze over on Tuesday night.",
        "The heron moved to the harbour, the warden Ilse Brandt said.",
    )
    publish(web, ("Pond freezes", pond), ("Tram reaches the hospital", TRAM))
    found = result(footnote(tmp_path, "refresh", "--all", "--json", **HOME))
    assert (found["looked_at"], found["failed"], len(found["added"])) == (1, 0, 1)
    answer = result(footnote(tmp_path, "ask", "--json", "Where did the heron move to?"))
    (cited,) = [each for each in answer["citations"] if "heron moved" in each["quote"]]
    assert cited["title"] == "Pond freezes"
    assert cited["published"] == (datetime.now(UTC) - timedelta(hours=1)).date().isoformat()
    assert cited["link"].startswith(f"{web.url}/news/pond-freezes#:~:text=")
    document = result(footnote(tmp_path, "show", "--json", cited["document_id"]))
    assert document["text"][cited["start"] : cited["end"]] == cited["quote"]
    assert document["author"] == "Ann Weaver"
    again = result(footnote(tmp_path, "refresh", "--all", "--json", **HOME))
    assert (again["unchanged"], again["added"], again["replaced"]) == (1, [], [])

    assert result(footnote(tmp_path, "brief", "--json", **HOME))["stories"]
    with sqlite3.connect(tmp_path / "data" / "footnote.sqlite") as connection:
        connection.execute("UPDATE sources SET in_briefings = 0")
    assert result(footnote(tmp_path, "brief", "--json", **HOME))["stories"] == []


@pytest.mark.slow
def test_what_is_added_is_followed_or_read_once_by_what_it_is(web: Web, tmp_path: Path) -> None:
    publish(web, ("Tram reaches the hospital", TRAM))
    said = result(footnote(tmp_path, "add", "--json", f"{web.url}/feed.xml", **HOME))
    (followed,) = said["followed"]
    assert followed | {"kind": "feed", "title": "City Courier", "state": "fresh", "known": False} == followed
    assert [len(said[what]) for what in ("added", "replaced", "unchanged", "unreadable")] == [1, 0, 0, 0]
    assert result(footnote(tmp_path, "add", "--json", f"{web.url}/feed.xml", **HOME))["followed"][0]["known"]
    pond = front_page("Pond freezes", [("/feed.xml", "All news")], "The pond froze over on Tuesday night.")
    web.page("/news/2026/pond-freezes-over", pond)
    said = result(footnote(tmp_path, "add", "--json", f"{web.url}/news/2026/pond-freezes-over", **HOME))
    assert (len(said["added"]), said["followed"]) == (1, []), "an article is read, though its site has a feed"
    said = result(footnote(tmp_path, "add", "--json", "--once", web.url, **HOME))
    assert (len(said["added"]), said["followed"]) == (1, [])


@pytest.mark.slow
def test_a_list_is_imported_read_and_written_again(web: Web, tmp_path: Path) -> None:
    publish(web, ("Tram reaches the hospital", TRAM))
    (tmp_path / "mine.opml").write_text(
        f'<opml version="2.0"><body><outline text="News"><outline xmlUrl="{web.url}/feed.xml"/></outline>'
        f'<outline text="Lost" xmlUrl="{web.url}/lost.xml"/></body></opml>'
    )
    run = footnote(tmp_path, "add", "--json", "mine.opml", **HOME)
    said = result(run)
    assert (said["imported"], len(said["added"])) == (2, 1)
    assert len(said["unreadable"]) == 1
    assert "lost.xml" in said["unreadable"][0]
    assert footnote(tmp_path, "export", "out.opml").returncode == 0
    assert f"{web.url}/feed.xml" in (tmp_path / "out.opml").read_text()


@pytest.mark.slow
def test_sources_are_listed_paused_resumed_and_dropped(web: Web, tmp_path: Path) -> None:
    publish(web, ("Tram reaches the hospital", TRAM))
    footnote(tmp_path, "add", f"{web.url}/feed.xml", **HOME)
    web.refuses("/feed.xml", 500)
    assert result(footnote(tmp_path, "refresh", "--all", "--json", **HOME))["failed"] == 1
    (source,) = result(footnote(tmp_path, "sources", "--json"))["sources"]
    assert (source["number"], source["state"]) == (1, "failing")
    assert "HTTP 500" in source["reason"]
    listed = footnote(tmp_path, "sources").stdout
    assert "City Courier" in listed
    assert "HTTP 500" in listed
    assert result(footnote(tmp_path, "sources", "--pause", "1", "--json"))["sources"][0]["state"] == "paused"
    assert result(footnote(tmp_path, "sources", "--resume", "1", "--json"))["sources"][0]["state"] == "fresh"
    assert result(footnote(tmp_path, "sources", "--unfollow", "1", "--json"))["sources"] == []
    run = footnote(tmp_path, "sources", "--pause", "1")
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert len(result(footnote(tmp_path, "documents", "--json"))["documents"]) == 1


@pytest.mark.slow
def test_a_person_s_sources_are_apart_and_bounded(web: Web, tmp_path: Path) -> None:
    for name in "ab":
        web.feed(
            f"/{name}", name.upper(), [Entry("One", url=f"{web.url}/one-{name}", whole=f"<p>{name}</p>")]
        )
    settings = HOME | {"SOURCES_EACH": "1"}
    footnote(tmp_path, "add", "--person", "7", f"{web.url}/a", **settings)
    run = footnote(tmp_path, "add", "--person", "7", f"{web.url}/b", **settings)
    assert run.returncode == 1
    assert "as many as one person may follow" in run.stderr
    assert result(footnote(tmp_path, "sources", "--json"))["sources"] == []
    assert len(result(footnote(tmp_path, "sources", "--person", "7", "--json"))["sources"]) == 1


@pytest.mark.slow
def test_the_doctor_says_what_needs_attention(web: Web, tmp_path: Path) -> None:
    publish(web, ("Tram reaches the hospital", TRAM))
    footnote(tmp_path, "add", f"{web.url}/feed.xml", **HOME)
    said = result(footnote(tmp_path, "doctor", "--json"))
    assert said["well"]
    assert {check["name"] for check in said["checks"]} >= {"library", "index", "sources", "embeddings"}
    assert [source["state"] for source in said["sources"]] == ["fresh"]
    web.refuses("/feed.xml", 404)
    footnote(tmp_path, "refresh", "--all", **HOME)
    run = footnote(tmp_path, "doctor", "--json")
    assert run.returncode == 1
    assert not json.loads(run.stdout)["well"]
    assert "HTTP 404" in footnote(tmp_path, "doctor").stdout
    run = footnote(tmp_path, "doctor", EMBEDDINGS="nonsense")
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert "EMBEDDINGS" in run.stderr
