"""No word and no link is lost on the way to Telegram, whatever the language, and hostile words stay words."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendering import (
    TODAY,
    a_document,
    all_text,
    an_answer,
    assert_taken_unchanged,
    covered,
    in_chat,
    letters,
    links,
    rendered,
)

from bot.render import (
    Button,
    Page,
    Part,
    answer_parts,
    documents_parts,
    forget_parts,
    forget_question_parts,
    passage_parts,
)
from bot.render.clean import body, line, paragraph
from bot.render.graphemes import apart, clip
from bot.render.pieces import FOLDED_QUOTE, Text, bold, italic, link, opens, quoted
from bot.render.split import LONGEST_TEXT, Block, parts, units
from retrieval.types import Passage, Span

TITLES = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "security" / "hostile_titles.txt"
FLAG_OF_ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"

MIXED = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.text(
            alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Mn", "Me", "Zl", "Zp", "Zs"]), max_size=10
        ),
        st.text(alphabet="שלוםعليكم١٢٣।ไทยกำ한국어กिक्षी", max_size=20),
        st.sampled_from(
            [
                "👩\u200d👩\u200d👧\u200d👦",
                "🇺🇦🇮🇷🇷🇺",
                "👍🏽",
                "e\u0301\u0302",
                "A\u030angstrom",
                "\u202egnp.exe",
            ]
        ),
        st.sampled_from(
            ["/start", "@name", "evil.com", "https://a.test/x?y=1", "#tag", "$USD", "1.2.3.4", "U.S.", "[1]"]
        ),
        st.sampled_from([" ", "\n", "\n\n", ". ", "。", "\u00a0", "\u200d"]),
    ),
    max_size=40,
).map("".join)
LONG = st.builds(lambda text, times: text * times, MIXED, st.integers(1, 200)).map(lambda text: text[:12_000])
ANY = st.one_of(MIXED, LONG)


def styled_texts(depth: int = 3) -> st.SearchStrategy[Text]:
    """Texts in texts, each in a style or in none."""
    if depth == 0:
        return MIXED.map(lambda text: Text(body(text)))
    inner = st.lists(styled_texts(depth - 1), min_size=1, max_size=3).map(lambda texts: sum(texts, Text()))
    kinds = [Text.stripped, bold, italic, quoted, lambda text: link(text, "https://ledger.test/1")]
    return st.builds(lambda text, kind: kind(text), inner, st.sampled_from(kinds))


def test_a_long_answer_is_split_between_statements_first() -> None:
    sent = rendered(an_answer(*(f"Statement {n} " + "says so " * 150 + "indeed." for n in range(9))))
    assert len(sent) > 2
    for part in sent[:-1]:
        assert re.search(r"indeed\.(\u00a0\[\d\]|”)\Z", part.text)
    assert_taken_unchanged(sent)


@pytest.mark.parametrize(
    ("text", "ends_with"),
    [
        ("Word of it. " * 300 + "\n\n" + "More to say. " * 300, "Word of it."),
        ("One word after another, then a full stop. " * 200, "then a full stop."),
        ("何かを言う文章です。" * 800, "です。"),
        ("words without any stop " * 400, ("words", "without", "any", "stop")),
        ("x" * 9000, "x"),
    ],
)
def test_a_block_too_long_for_one_message_ends_at_the_best_place(text: str, ends_with: str) -> None:
    sent = parts([Block(Text(text))])
    assert len(sent) > 1
    assert sent[0].text.endswith(ends_with)
    assert units(sent[0].text) > LONGEST_TEXT // 2
    assert all_text(sent) == letters(text)


@pytest.mark.parametrize("family", ["👩\u200d👩\u200d👧\u200d👦", "🇺🇦", "👍🏽", "e\u0301\u0302", "한", "क्षी"])
def test_what_a_reader_sees_as_one_character_is_not_cut(family: str) -> None:
    for part in parts([Block(Text("x" + family * 4000))]):
        assert part.text.removeprefix("x").replace(family, "") == ""


def test_one_endless_character_is_cut_rather_than_refused() -> None:
    sent = parts([Block(Text("e" + "\u0301" * 9000))])
    assert_taken_unchanged(sent)
    assert sum(len(part.text) for part in sent) == 9001


def test_a_style_that_is_cut_goes_on_in_the_next_message() -> None:
    sent = parts([Block(quoted(bold("Said and done. " * 600), folded=True))])
    assert len(sent) == 3
    for part in sent:
        assert [(kind, words) for kind, words, _ in covered(part)] == [
            (FOLDED_QUOTE, part.text),
            ("bold", part.text),
        ]


def test_a_link_is_not_cut_and_a_number_begins_no_message() -> None:
    for length in range(LONGEST_TEXT - 12, LONGEST_TEXT + 3):
        sent = rendered(an_answer("x" * length))
        assert [words for words, _ in links(sent)].count("[1]") == 1
        assert not any(part.text.startswith("[1]\n") or part.text == "[1]" for part in sent)
        assert_taken_unchanged(sent)


def test_many_links_and_long_links_are_spread_over_messages() -> None:
    many = Text()
    for number in range(350):
        many = many + link(f"[{number}]", f"https://ledger.test/{number}") + " "
    sent = parts([Block(many)])
    assert_taken_unchanged(sent)
    assert [words for words, _ in links(sent)] == [f"[{number}]" for number in range(350)]

    long_links = [Block(link(f"[{n}]", "https://ledger.test/#:~:text=" + "%D0%B0" * 300)) for n in range(20)]
    sent = parts(long_links)
    assert_taken_unchanged(sent)
    assert len(links(sent)) == 20


# ---- any text in any language


@given(st.lists(ANY, min_size=1, max_size=5), ANY, st.lists(MIXED, max_size=2))
@settings(max_examples=60, deadline=None)
def test_no_word_and_no_link_of_an_answer_is_lost(texts: list[str], title: str, questions: list[str]) -> None:
    document = a_document(1, title, publisher=title, url="https://ledger.test/a")
    answer = an_answer(*texts, document=document)
    sent = rendered(answer, *(Button(question, "q:1") for question in questions))

    assert_taken_unchanged(sent)
    whole = all_text(sent)
    at = 0
    for text in texts:
        at = whole.find(letters(paragraph(text)), at)
        assert at >= 0
    numbers = [(words, url) for words, url in links(sent) if url != "https://ledger.test/a"]
    assert numbers == [(f"[{n}]", f"https://ledger.test/{n}#:~:text=q{n}") for n in range(1, len(texts) + 1)]
    assert len(sent[-1].buttons) == 1 + len(questions) if len(texts) <= 4 else True


@given(st.lists(styled_texts(), max_size=3), st.sampled_from([1, 1, 1, 15]))
@settings(max_examples=80, deadline=None)
def test_any_blocks_leave_as_messages_telegram_takes(blocks: list[Text], times: int) -> None:
    sent = parts([Block(block) for block in blocks * times], ((Button("b", "b"),),))
    assert_taken_unchanged(sent)
    assert sent[-1].buttons
    visible = letters("".join(block.text for block in blocks * times))
    assert all_text(sent) == (visible or "…")


@given(ANY, ANY, st.integers(-5, 300), st.integers(-5, 300))
@settings(max_examples=60, deadline=None)
def test_any_passage_and_any_span_can_be_shown(text: str, title: str, start: int, end: int) -> None:
    document = a_document(1, title, publisher=None, url=None)
    sent = passage_parts(Passage(1, document, 0, len(text), text), Span(start, end))
    assert_taken_unchanged(sent)
    assert links(sent) == []


@given(MIXED)
@settings(max_examples=200, deadline=None)
def test_a_cut_never_falls_inside_a_grapheme(text: str) -> None:
    regex = pytest.importorskip("regex")
    text = "".join(char for char in text if unicodedata.category(char) != "Cn")  # not yet known to Python
    borders = {0, len(text)} | {found.start() for found in regex.finditer(r"\X", text)}
    assert {at for at in range(len(text)) if apart(text, at)} <= borders


@given(MIXED, st.integers(2, 80))
@settings(max_examples=100, deadline=None)
def test_clipped_text_fits_and_says_that_it_was_clipped(text: str, limit: int) -> None:
    clipped = clip(text, limit)
    assert len(clipped) <= limit
    assert clipped == text or clipped.endswith("…")


# ---- hostile words


def outside_links(part: Part) -> str:
    raw = bytearray(part.text.encode("utf-16-le"))
    for entity in part.entities:
        if str(entity.type) == "text_link":
            raw[entity.offset * 2 : (entity.offset + entity.length) * 2] = (
                " ".encode("utf-16-le") * entity.length
            )
    return raw.decode("utf-16-le")


def assert_nothing_else_to_tap(sent: list[Part]) -> None:
    """No command, name, tag, address or scheme that Telegram would find by itself."""
    finds = r"(?<![\w/<>])/\w|@\w|#[^\W\d]|\$[A-Z]{2}|://|\w\.(?!txt)[a-z]{3,}|\d\.\d{1,3}\.\d{1,3}\.\d"
    for part in sent:
        assert not re.search(finds, outside_links(part))


def hostile_titles() -> list[str]:
    if not TITLES.exists():
        pytest.skip(f"the hostile titles are not here: {TITLES}")
    rows = [row for row in TITLES.read_text("utf-8").splitlines() if row and not row.startswith("#")]
    return [json.loads(row.split("\t", 2)[2]) for row in rows]


def test_a_hostile_title_stays_one_harmless_line() -> None:
    for title in hostile_titles():
        document = a_document(1, title, publisher=title)
        sent = rendered(an_answer("It is so.", document=document))
        assert_taken_unchanged(sent)
        assert_nothing_else_to_tap(sent)
        (part,) = sent
        assert part.text.count("\n") == 4
        assert len(links(sent)) == 2
        for listed in (documents_parts([document], Page.of(1, 1)), forget_question_parts(document)):
            assert_taken_unchanged(listed)
            assert_nothing_else_to_tap(listed)
        assert_taken_unchanged(forget_parts([document], Page.of(1, 1)))


def test_hostile_words_in_a_source_are_shown_and_nothing_in_them_can_be_tapped() -> None:
    for words in hostile_titles():
        said = f"He said {words} and left."
        document = a_document(1, words, publisher=words, url="javascript:alert(1)")
        sent = answer_parts(an_answer(said, document=document), today=TODAY, open_link=in_chat)
        assert_taken_unchanged(sent)
        assert_nothing_else_to_tap(sent)
        assert letters(paragraph(said)) in all_text(sent)
        assert {url for _, url in links(sent)} == {"https://t.me/footnote_bot?start=p-101"}
        assert_nothing_else_to_tap(passage_parts(Passage(1, document, 0, len(said), said), Span(0, 7)))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\u202egnp.exe", "gnp.exe"),
        ("Real\n\n1. Fake", "Real 1. Fake"),
        ("Title\u2028Source: Reuters", "Title Source: Reuters"),
        ("zero\u200bwidth\u00ad", "zerowidth"),
        ("a\x00b\x1b[31mc", "a b [31mc"),
        ("A\u030angstrom", "Ångstrom"),
        ("\ud83d\udc4d \ud800", "👍 \ufffd"),
        ("\U000e0041\U000e0042", ""),
        ("\u3164", ""),
        ("Z" + "\u0301" * 40, "Z" + "\u0301" * 4),
        (FLAG_OF_ENGLAND, FLAG_OF_ENGLAND),
        (None, ""),
    ],
)  # fmt: skip
def test_a_title_is_one_line_without_tricks(written: str | None, shown: str) -> None:
    assert line(written) == shown


def test_a_title_that_runs_right_to_left_does_not_turn_its_date_round() -> None:
    (part,) = rendered(an_answer("It is so.", document=a_document(1, "معاهدة (5)", publisher="صحيفة")))
    assert "[1] \u2068معاهدة (5)\u2069\n\u2068صحيفة\u2069 · 2 October 2025" in part.text


@pytest.mark.parametrize(
    "address",
    [
        None, "", "javascript:alert(1)", "ftp://ledger.test/", "http://localhost/x", "https://",
        "https://a b.test/",
        "https://bank.test@evil.test/", "https://ledger.test:0/", "https://ledger.test:99999/", "https://[::1/",
        "tg://user?id=1", "https://ledger.test\\@evil.test/", "https://ledger.test/" + "a" * 2000,
        "https://ledger.test/\ud800", "https://ledger.test/\u202e", "https://exa%6dple.test/",
    ],
)  # fmt: skip
def test_an_address_telegram_would_refuse_is_not_linked(address: str | None) -> None:
    assert not opens(address)
    assert link("words", address).styles == ()


@pytest.mark.parametrize(
    "address", ["https://ledger.test", "http://xn--e1afmkfd.test:8080/a?b#c", "https://пример.рф/"]
)
def test_an_ordinary_address_is_linked(address: str) -> None:
    assert opens(address)
