"""A JSONL corpus becomes drafts; a bad row is told, and costs only itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.corpus import read_corpus
from retrieval.errors import Unreadable
from retrieval.extract import clean_text
from retrieval.types import Draft

NEWS = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "news" / "corpus.jsonl"
GOOD = {
    "id": "a-1",
    "title": "The treaty\nis in force",
    "text": "It took effect\u200b on 2 October.\r\n\r\n\r\n\r\nIt holds for twenty years.",
    "url": "https://www.news.example/2025/treaty",
    "published": "2025-10-02T09:30:00+02:00",
}


def rows(folder: Path, *lines: object) -> list[Draft | Unreadable]:
    path = folder / "corpus.jsonl"
    written = (line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    path.write_bytes(b"\n".join(written) + b"\n")
    return list(read_corpus(path))


def one(folder: Path, **changes: object) -> Draft:
    (row,) = rows(folder, GOOD | changes)
    assert isinstance(row, Draft), row
    return row


def fault(folder: Path, line: object) -> str:
    """What is said about a bad row between two good ones, both of which are kept."""
    first, bad, last = rows(folder, GOOD, line, GOOD | {"id": "z"})
    assert isinstance(first, Draft)
    assert isinstance(last, Draft)
    assert isinstance(bad, Unreadable)
    assert str(bad).startswith("Line 2 of “corpus.jsonl” ")
    assert str(bad).endswith(".")
    assert "\n" not in str(bad)
    return str(bad)


def test_a_row_becomes_a_clean_draft(tmp_path: Path) -> None:
    draft = one(tmp_path, author="Ann Example", language="EN")
    assert draft == Draft(
        key="corpus.jsonl#a-1",
        title="The treaty is in force",
        text="It took effect on 2 October.\n\nIt holds for twenty years.",
        source="corpus.jsonl",
        given_id="a-1",
        publisher="news.example",
        author="Ann Example",
        url="https://www.news.example/2025/treaty",
        published=datetime(2025, 10, 2, 7, 30, tzinfo=UTC),
        language="en",
    )


def test_only_an_id_and_a_text_must_be_there(tmp_path: Path) -> None:
    (draft,) = rows(tmp_path, {"id": 7, "text": "Few words."})
    assert isinstance(draft, Draft)
    assert (draft.given_id, draft.title, draft.publisher, draft.url, draft.published) == (
        "7",
        "Few words.",
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2025-10-02", datetime(2025, 10, 2, tzinfo=UTC)),
        ("2025-10-02T09:30:00Z", datetime(2025, 10, 2, 9, 30, tzinfo=UTC)),
        ("2025-10-02 09:30:00", datetime(2025, 10, 2, 9, 30, tzinfo=UTC)),
        ("2025/10/2", datetime(2025, 10, 2, tzinfo=UTC)),
        ("Thu, 02 Oct 2025 09:30:00 +0200", datetime(2025, 10, 2, 7, 30, tzinfo=UTC)),
        (None, None),
        ("", None),
    ],
)
def test_dates_become_moments_in_utc(tmp_path: Path, said: str | None, meant: datetime | None) -> None:
    assert one(tmp_path, published=said).published == meant


@pytest.mark.parametrize(
    ("url", "publisher", "known"),
    [
        ("https://www.CNN.com/x", None, "cnn.com"),
        ("https://news.bbc.co.uk:8080/x", None, "news.bbc.co.uk"),
        ("https://cnn.com/x", "CNN", "CNN"),
        ("javascript:alert(1)", None, None),
        ("https://[broken", None, None),
        (12, None, None),
    ],
)
def test_the_publisher_is_named_or_the_host(
    tmp_path: Path, url: object, publisher: object, known: str | None
) -> None:
    draft = one(tmp_path, url=url, publisher=publisher)
    assert draft.publisher == known
    assert draft.url == (url if known else None)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"not json", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"id": "\xff"}', "not UTF-8"),
        (["a", "list"], "not an object"),
        (GOOD | {"id": None}, "no id"),
        (GOOD | {"id": " "}, "no id"),
        (GOOD | {"id": True}, "no id"),
        (GOOD | {"id": "a\u202eb"}, "cannot be shown"),
        (GOOD | {"id": "x" * 500}, "cannot be shown"),
        (GOOD, "repeats the id"),
        (GOOD | {"id": "b", "text": None}, "no text"),
        (GOOD | {"id": "b", "text": "\u200b \n"}, "no text"),
        (GOOD | {"id": "b", "text": "many words " * 500_000}, "5 million characters"),
        (GOOD | {"id": "b", "published": "soon\nor later"}, "“soon or later”, which is no date"),
        (GOOD | {"id": "b", "published": 20251002}, "no date"),
        (GOOD | {"id": "b", "published": "0001-01-01T00:00:00+14:00"}, "no date"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_the_rest_is_kept(
    tmp_path: Path, line: object, reason: str
) -> None:
    assert reason in fault(tmp_path, line)


def test_a_row_beyond_any_document_is_passed_over_without_being_held(tmp_path: Path) -> None:
    assert "longer than 32 MB" in fault(tmp_path, b"x" * (70 * 1024 * 1024))


def test_blank_lines_and_a_byte_order_mark_are_no_rows(tmp_path: Path) -> None:
    first = b"\xef\xbb\xbf" + json.dumps(GOOD).encode()
    found = rows(tmp_path, first, b"", b"   ", GOOD | {"id": "b"}, b"broken")
    assert [type(row) for row in found] == [Draft, Draft, Unreadable]
    assert str(found[2]).startswith("Line 5 ")


def test_rows_come_as_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text(json.dumps(GOOD) + "\nbroken\n")
    stream = read_corpus(path)
    assert isinstance(next(stream), Draft)
    stream.close()  # type: ignore[attr-defined]


def test_a_corpus_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"“gone.jsonl” cannot be opened"):
        list(read_corpus(tmp_path / "gone.jsonl"))


@given(
    st.dictionaries(
        st.sampled_from([*GOOD, "publisher", "author", "language"]), st.text() | st.none() | st.integers()
    )
)
def test_no_row_breaks_the_reading(
    tmp_path_factory: pytest.TempPathFactory, changes: dict[str, object]
) -> None:
    found = rows(tmp_path_factory.mktemp("corpus"), GOOD | changes, GOOD | {"id": "last"})
    assert len(found) == 2
    assert isinstance(found[1], Draft | Unreadable)


@pytest.mark.skipif(not NEWS.exists(), reason="the research data in shared/data/news is not here")
def test_the_news_corpus_is_read_whole() -> None:
    drafts = [row for row in read_corpus(NEWS) if isinstance(row, Draft)]
    assert len(drafts) == 1_200
    assert {draft.publisher for draft in drafts} == {"cnn.com", "usatoday.com", "theweek.co.uk"}
    assert all(draft.published and draft.text == clean_text(draft.text) for draft in drafts)
