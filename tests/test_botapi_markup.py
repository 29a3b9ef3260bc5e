"""Telegram's markup is read as Telegram reads it, and refused where Telegram refuses it."""

from __future__ import annotations

import html
from typing import Any

import pytest
from botapi.markdown import parse_markdown
from botapi.markup import MarkupError, find_entities, parse_html, units
from botapi.rules import check_entities, is_web_address
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("parse", "source", "text", "kinds"),
    [
        (parse_html, "<b>a <i>b</i></b> &lt;&amp;&#33;", "a b <&!", ["bold", "italic"]),
        (parse_html, '<a href="https://e.org?a=1&amp;b=2">x</a>', "x", ["text_link"]),
        (parse_html, "<blockquote expandable>q</blockquote>", "q", ["expandable_blockquote"]),
        (parse_markdown, r"*a _b_* __c__ 1\.", "a b c 1.", ["bold", "italic", "underline"]),
        (parse_markdown, "[x](https://e.org/\\)) `y.z`", "x y.z", ["text_link", "code"]),
        (parse_markdown, ">q\n>r||\nend", "q\nr\nend", ["expandable_blockquote"]),
    ],
)
def test_markup_becomes_entities(parse: Any, source: str, text: str, kinds: list[str]) -> None:
    read, entities = parse(source)
    assert (read, [entity["type"] for entity in entities]) == (text, kinds)
    check_entities(read, entities)


@pytest.mark.parametrize("source", ["<b>a</i>", "a</b>", "<span>a</span>", "<!-- a -->", "a <"])
def test_broken_html_is_refused(source: str) -> None:
    with pytest.raises(MarkupError):
        parse_html(source)


@pytest.mark.parametrize("source", ["*a", "[a](b", "a-b", "_a *b_*", "`a", "(", "a|b"])
def test_broken_markdown_is_refused(source: str) -> None:
    with pytest.raises(MarkupError):
        parse_markdown(source)


@given(st.text(), st.text(alphabet="ab /@._:http😀é", max_size=40))
def test_any_text_survives_escaping_and_what_a_client_finds_is_in_bounds(text: str, line: str) -> None:
    assert parse_html(html.escape(text)) == (text, [])
    assert all(entity["offset"] + entity["length"] <= units(line) for entity in find_entities(line))
    check_entities(line, find_entities(line))


def test_only_addresses_that_open_are_links() -> None:
    assert all(
        map(is_web_address, ["https://e.org/a#:~:text=x", "http://10.0.0.1:80/", "tg://resolve?domain=b"])
    )
    assert not any(
        map(
            is_web_address,
            [None, "", "e.org", "https://", "https://e.org/a b", "javascript:x", "http://a:99999"],
        )
    )
