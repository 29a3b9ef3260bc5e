"""kill -9 at each step of a refresh: the next one finishes it, and every item is indexed once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_cli import footnote, result
from test_crash import counted, killed_when
from web import Entry, Web, article

from retrieval.index import Index

SETTINGS = {"FETCH_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
BEFORE, AFTER = ("Dawn", "Noon"), ("Dusk", "Night", "Frost", "Thaw", "Dawn", "Noon")


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


def publish(web: Web, *titles: str) -> None:
    """A feed whose items are of both kinds: with their whole text, and with a page to be read."""
    entries = []
    for title in titles:
        said = (
            f"{title} came over the harbour. "
            + f"The {title.lower()} ferry left from its own pier, late. " * 12
        )
        url = f"{web.url}/{title.lower()}"
        web.page(f"/{title.lower()}", article(title, said))
        whole = None if title in ("Night", "Frost", "Noon") else f"<p>{said}</p>"
        entries.append(Entry(title, url=url, summary=f"{title} came over the harbour.", whole=whole))
    web.feed("/feed", "Harbour", entries)


@pytest.fixture(scope="module")
def followed(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the feed is followed and was read once."""
    publish(web, *BEFORE)
    folder = tmp_path_factory.mktemp("followed")
    assert len(result(footnote(folder, "add", "--json", f"{web.url}/feed", **SETTINGS))["added"]) == 2
    return folder


def whole(folder: Path, titles: tuple[str, ...]) -> None:
    """Every item is a document once, in full, and every passage is in the index once."""
    assert counted(folder, "SELECT count(*) FROM documents") == len(titles)
    assert counted(folder, "SELECT count(DISTINCT title) FROM documents") == len(titles)
    assert counted(
        folder, "SELECT count(*) FROM documents WHERE text LIKE '%left from its own pier%'"
    ) == len(titles)
    assert counted(folder, "SELECT count(*) FROM items WHERE document IS NOT NULL") == len(titles)
    passages = counted(folder, "SELECT count(*) FROM passages")
    assert counted(folder, "SELECT count(*) FROM passages WHERE indexed = 1") == passages
    index = Index(folder / "data" / "chroma")
    assert sum(index.count(name) for name in index.names()) == passages
    index.close()


STEPS = ["fetched", "parsed", "read", "saved", "noted"]


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_a_killed_refresh_is_finished_by_the_next(
    web: Web, followed: Path, tmp_path: Path, step: str
) -> None:
    shutil.copytree(followed, tmp_path, dirs_exist_ok=True)
    publish(web, *AFTER)
    died = footnote(tmp_path, "refresh", "--all", FOOTNOTE_DIE_AT=step, **SETTINGS)
    assert died.returncode == -9
    result(footnote(tmp_path, "refresh", "--all", "--json", **SETTINGS))
    whole(tmp_path, AFTER)
    again = result(footnote(tmp_path, "refresh", "--all", "--json", **SETTINGS))
    assert (again["added"], again["replaced"]) == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_a_killed_add_is_finished_by_the_next(web: Web, tmp_path: Path, step: str) -> None:
    publish(web, *AFTER)
    died = footnote(tmp_path, "add", f"{web.url}/feed", FOOTNOTE_DIE_AT=step, **SETTINGS)
    assert died.returncode == -9
    result(footnote(tmp_path, "add", "--json", f"{web.url}/feed", **SETTINGS))
    whole(tmp_path, AFTER)


@pytest.mark.slow
@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM documents WHERE title = 'Dusk'",
        "SELECT count(*) - (SELECT count(*) FROM passages WHERE indexed = 1) - 1 FROM vectors",
    ],
    ids=["before embedding", "before indexing"],
)
def test_one_killed_between_storing_and_indexing_is_finished_by_the_next(
    web: Web, followed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    shutil.copytree(followed, tmp_path, dirs_exist_ok=True)
    publish(web, *AFTER)
    monkeypatch.setenv("FETCH_ALLOW_PRIVATE_HOSTS", "127.0.0.1")
    killed_when(tmp_path, ["refresh", "--all"], query, 1)
    result(footnote(tmp_path, "refresh", "--all", "--json", **SETTINGS))
    whole(tmp_path, AFTER)
