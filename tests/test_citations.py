"""Quotes are found word for word, numbered once, and linked so that a browser opens at them."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retrieval.citations import LONGEST_LINK, link_to, locate, number, quote_from
from retrieval.types import Document, Passage, Span

TREATY = Document(1, "treaty", "shared", "A treaty", "treaty.md", url="https://news.example/treaty")
REPLY = Document(2, "reply", "shared", "A reply", "reply.md")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
words = st.text("abcß é中文éšابп-,&“”’.5🙂\u0301", min_size=1, max_size=8)


def terms_of(link: str) -> list[str]:
    """What a browser reads in the text fragment of a link."""
    directive = link.split("#", 1)[1].split(":~:", 1)[1]
    assert directive.startswith("text=")
    raw = directive.removeprefix("text=").split(",")
    assert len(raw) <= 2
    assert not any(mark in term for term in raw for mark in "-&, \n")
    return [unquote(term) for term in raw]


def passage(text: str, start: int = 0, document: Document = TREATY, number: int = 7) -> Passage:
    return Passage(number, document, start, start + len(text), text)


def test_an_exact_quote_is_found_where_it_stands():
    assert locate("in force", "It is in force.") == Span(6, 14)


@pytest.mark.parametrize(
    ("quote", "text", "own_words"),
    [
        ('a "blank check"', "It is not a “blank check” at all", "a “blank check”"),
        ("the pact - signed", "THE PACT — signed", "THE PACT — signed"),
        ("two words", "of two \n\n words.", "two \n\n words"),
        ("don't", "They don’t say", "don’t"),
        ("cafe\u0301 opened", "The café opened", "café opened"),
        ("a cooperative deal", "a co\u00adoperative deal", "a co\u00adoperative deal"),
        ("STRASSE 5", "die Straße 5 hier", "Straße 5"),
        ("  in force \n", "is in force now", "in force"),
    ],
)
def test_small_differences_are_overlooked_and_the_sources_own_words_returned(quote, text, own_words):
    span = locate(quote, text)
    assert span is not None
    assert text[span.start : span.end] == own_words


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("10 people", "It hurt 110 people"),
        ("032 adults", "It enrolled 1,032 adults"),
        ("it cost 3", "it cost 3.4 million"),
        ("art", "the party"),
        ("cafe", "the cafe\u0301"),
        ("he said", "nothing of the kind"),
        ("s", "ß"),
        ("", "anything"),
        (" \n", "anything at all"),
        ("\u200b", "anything \u200b at all"),
    ],
)
def test_what_the_source_does_not_say_as_whole_words_is_not_found(quote, text):
    assert locate(quote, text) is None


def test_a_later_whole_word_is_found_behind_an_earlier_fragment_of_one():
    assert locate("art", "party art") == Span(6, 9)


def test_unspaced_scripts_have_no_word_borders_to_respect():
    assert locate("条约生效", "两国条约生效了") == Span(2, 6)


def test_the_search_can_be_limited_to_a_stretch():
    text = "now and now"
    assert locate("now", text, within=Span(4, 11)) == Span(8, 11)
    assert locate("NOW", text, within=Span(4, 11)) == Span(8, 11)
    assert locate("and now", text, within=Span(0, 7)) is None


@given(texts, texts, texts)
def test_a_found_span_lies_in_the_text_and_quotes_again_to_itself(before, quote, after):
    text = f"{before} {quote} {after}"
    span = locate(quote, text)
    if span is None:
        return
    assert 0 <= span.start < span.end <= len(text)
    again = text[span.start : span.end]
    assert locate(again, text) is not None


@given(st.lists(words, min_size=1, max_size=12), texts)
def test_a_quote_between_spaces_is_always_found(parts, around):
    quote = " ".join(parts).strip()
    assume(any(char.isalnum() for char in quote) and quote[0] != "\u0301")
    text = f"{around} {quote} {around}"
    span = locate(quote, text)
    assert span is not None
    assert text[span.start : span.end] == quote


def test_a_quote_is_cut_from_its_passage_and_nowhere_else():
    held = passage("It is in force.", start=100)
    quote = quote_from(held, Span(106, 114))
    assert (quote.text, quote.passage, quote.document) == ("in force", 7, TREATY)
    for outside in (Span(99, 104), Span(110, 116), Span(104, 104)):
        with pytest.raises(ValueError, match="inside its passage"):
            quote_from(held, outside)


def test_numbers_follow_first_use_and_one_span_has_one_number():
    first = quote_from(passage("One. Two."), Span(0, 4))
    second = quote_from(passage("One. Two.", number=8), Span(5, 9))
    other = quote_from(passage("One.", document=REPLY, number=9), Span(0, 4))
    same_from_overlapping_passage = quote_from(passage("One.", number=10), Span(0, 4))

    statements, citations = number(
        [
            ("Two.", [second]),
            ("One.", [first, other]),
            ("One.", [same_from_overlapping_passage, second, first]),
        ]
    )

    assert [statement.citations for statement in statements] == [(1,), (2, 3), (2, 1)]
    assert [citation.number for citation in citations] == [1, 2, 3]
    assert [citation.quote for citation in citations] == [second, first, other]
    assert citations[0].link == "https://news.example/treaty#:~:text=Two."
    assert citations[2].link is None


def test_a_short_quote_is_linked_whole_and_fully_encoded():
    link = link_to("https://a.example/x?y=1&z=2", "Mutual-defence, R&D — “no”")
    assert link == (
        "https://a.example/x?y=1&z=2#:~:text=Mutual%2Ddefence%2C%20R%26D%20%E2%80%94%20%E2%80%9Cno%E2%80%9D"
    )


def test_a_long_quote_is_linked_by_its_first_and_last_words():
    link = link_to("https://a.example", "one two three four five six seven eight nine ten eleven twelve")
    assert terms_of(link or "") == ["one two three four five", "eight nine ten eleven twelve"]


def test_no_term_crosses_a_line_and_list_marks_are_left_out():
    link = link_to("https://a.example", "- The first line\n\n* ends in this other one here today.")
    assert terms_of(link or "") == ["The first line", "this other one here today."]


def test_a_clause_of_an_unspaced_script_is_linked_whole():
    link = link_to("https://a.example", "条约已经生效，没有自动共同防御。")
    assert terms_of(link or "") == ["条约已经生效，没有自动共同防御。"]


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("https://a.example/#part", "https://a.example/#part:~:text=word"),
        ("https://a.example/#:~:text=old", "https://a.example/#:~:text=word"),
        ("https://a.example/#part:~:text=old", "https://a.example/#part:~:text=word"),
        ("http://a.example", "http://a.example#:~:text=word"),
    ],
)
def test_an_existing_fragment_is_kept_and_an_old_directive_replaced(url, opened):
    assert link_to(url, "word") == opened


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ftp://a.example/x",
        "https://",
        "https://a example/",
        "https://a.example/\nx",
        "http://[::1",
        "https://a.example/" + "x" * 2_000,
    ],
)
def test_only_web_addresses_become_links(url):
    assert link_to(url, "word") is None


@pytest.mark.parametrize("quote", ["", " \n ", "—", "x" * 5_000])
def test_without_words_that_fit_the_plain_address_is_given(quote):
    assert link_to("https://a.example/#part:~:text=old", quote) == "https://a.example/#part"


def test_an_address_with_no_room_left_is_given_plain():
    url = "https://a.example/" + "x" * (LONGEST_LINK - 30)
    assert link_to(url, "some quoted words") == url


@given(st.one_of(texts, st.lists(words, max_size=40).map(" ".join)))
def test_the_fragment_always_decodes_to_words_of_the_quote(quote):
    link = link_to("https://a.example/page", quote)
    assert link is not None
    assert len(link) <= LONGEST_LINK
    if "#" not in link:
        return
    found = terms_of(link)
    lines = [" ".join(line.split()) for line in quote.splitlines()]
    assert all(any(term in line for line in lines) for term in found)
    flat = " ".join(lines)
    assert flat.rfind(found[-1]) >= flat.find(found[0])


def test_a_post_is_linked_without_the_words_since_its_app_knows_no_fragments():
    for url in ("https://t.me/harbournews/12", "https://telegram.me/harbournews/12"):
        assert link_to(url, "The quay is closed.") == url
