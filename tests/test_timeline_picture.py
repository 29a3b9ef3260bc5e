"""A story's timeline as a picture: whole, readable, in any script, and never taking orders from a text."""

from __future__ import annotations

import gc
import io
import sys
import weakref
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from PIL import Image

from bot.render import typefaces as faces
from bot.render.card_picture import card_picture
from bot.render.setting import Type, balanced, lines, typefaces, width_of
from bot.render.sheet import DARK, Sheet
from bot.render.timeline_picture import TALLEST, timeline_picture
from retrieval.briefing import Event
from retrieval.types import Statement

DAY = date(2025, 10, 2)


def event(text: str, day: date = DAY, *, ahead: bool = False) -> Event:
    return Event(day, Statement(text, ()), ahead)


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every line that is set on a sheet, without the mark of its direction."""
    seen: list[str] = []
    words = Sheet.words

    def noted(self: Sheet, x: float, y: float, said: str, *rest: object, **more: object) -> None:
        seen.append(said[1:])
        words(self, x, y, said, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Sheet, "words", noted)
    return iter([seen]).__next__()


def whole(seen: Sequence[str]) -> str:
    return " ".join(seen)


def test_a_timeline_names_its_days_and_the_long_times_between_them(written: list[str]) -> None:
    events = [
        event("The mill reopens.", date(2027, 3, 1), ahead=True),
        event("The mill burnt.", date(2025, 1, 17)),
        event("Its roof fell.", date(2025, 1, 17)),
        event("A fine was paid.", date(2025, 10, 2)),
    ]
    light = timeline_picture("Fire at the mill", events)
    assert written == [
        "Timeline",
        "Fire at the mill",
        "17 January 2025 to 1 March 2027",
        *("17 January 2025", "The mill burnt.", "Its roof fell."),
        *("about 8 months later", "2 October 2025", "A fine was paid."),
        *("about 17 months later", "1 March 2027 · announced", "The mill reopens."),
    ]
    assert timeline_picture("Fire at the mill", events) == light
    assert opened(light).width == 1080
    dark = opened(timeline_picture("Fire at the mill", events, dark=True))
    assert sum(opened(light).getpixel((5, 5))) > 700  # type: ignore[arg-type]
    assert sum(dark.getpixel((5, 5))) < 100  # type: ignore[arg-type]


def test_a_sheet_has_the_height_it_was_asked_for() -> None:
    for height in range(900, 1000):
        assert abs(opened(Sheet(8, height, DARK).png()).height - height) <= 1


def test_a_sheet_leaves_nothing_in_memory_for_the_garbage_collector() -> None:
    sheet = Sheet(800, 800, DARK)
    sheet.ours(9, 90, "words", Type(40, 56, bold=True), "#fff", end=700)
    sheet.rail(9, 9, 90, "#fff", dashed=True)
    sheet.dot(9, 9, 9, "#fff")
    pixels = weakref.ref(sheet._canvas.get_renderer())
    gc.disable()
    try:
        sheet.png()
        assert pixels() is None
    finally:
        gc.enable()


def test_what_is_announced_is_a_ring_and_what_happened_a_dot() -> None:
    past, ahead = (opened(timeline_picture("Mill", [event("It.", ahead=each)])) for each in (False, True))
    rail = 84  # pixels from the left
    column = [past.getpixel((rail, y)) for y in range(past.height)]
    middle = next(y for y, pixel in enumerate(column) if pixel == column[y + 12] and sum(pixel) < 400) + 12  # type: ignore[arg-type]
    paper = past.getpixel((5, 5))
    assert past.getpixel((rail, middle)) != paper
    assert ahead.getpixel((rail, middle)) == paper


def test_more_events_than_fit_are_counted_from_the_oldest_on(written: list[str]) -> None:
    events = [
        event(f"Meeting {n} of the council. " + "It went on about the mill. " * 9, DAY + timedelta(n))
        for n in range(40)
    ]
    assert opened(timeline_picture("Meetings", events)).height <= TALLEST
    (earlier,) = [each for each in written if "earlier events" in each]
    drawn = sum(each.startswith("Meeting ") for each in written)
    assert int(earlier.split()[0]) + drawn == 40
    assert drawn >= 8
    assert "Meeting 39" in whole(written)
    assert "Meeting 0 " not in whole(written)


HOSTILE = (
    "$\\frac{1}{0}$ and $unclosed with \\undefined{ <b>bold</b> %s {} & ~ ^ _",
    "W" * 5_000,
    "a\x00\x07\x1b[31mb\u202eevil\u202c\u2067x\ufffe\ud800\u2028y",
    "e" + "\u0301\u0489\u20e3" * 200,
    "الس\u0301لا\u0489م \U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f3fd\ufe0f\U0001f3f4\U000e0067",
    "\u200d\u200b\u2060\ufe0f",
    "",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_a_picture_or_is_read_as_a_formula(text: str, written: list[str]) -> None:
    picture = opened(timeline_picture(text, [event(text), event(text, DAY + timedelta(400))]))
    assert (picture.width, picture.height <= TALLEST) == (1080, True)
    assert opened(card_picture(text, text, headlines=[text] * 9)).size == (1200, 630)
    if text.startswith("$"):
        assert "$\\frac{1}{0}$ and $unclosed" in whole(written)


def test_a_line_is_never_wider_than_its_column_and_ends_at_a_word() -> None:
    kind = Type(40, 56)
    said = lines("Parliament agreed to the treaty after a long debate. " * 9, kind, 700, 3)
    assert len(said) == 3
    assert said[-1].endswith(
        ("Parliament…", "agreed…", "to…", "the…", "treaty…", "after…", "a…", "long…", "debate.…")
    )
    for text in ("x" * 300, "条约生效。" * 40, "ก" * 200):
        for each in lines(typefaces().shown(text)[0], kind, 700, 9):
            assert width_of(each, kind.size) <= 702


def test_a_title_has_lines_of_about_one_length() -> None:
    kind = Type(60, 76)
    title = "What to know about the Hindu Festival of Lights"
    wide = width_of(title, kind.size)
    assert len(lines(title, kind, wide * 0.9, 4)[-1].split()) == 1
    first, last = balanced(title, kind, wide * 0.9, 4)
    assert width_of(last, kind.size) > 0.6 * width_of(first, kind.size)
    assert balanced(title, kind, wide * 0.4, 2) == lines(title, kind, wide * 0.4, 2)
    assert balanced("Lights", kind, wide, 4) == lines("Lights", kind, wide, 4)


def ink(picture: Image.Image, left: int, right: int) -> int:
    """How many pixels between two columns are not paper."""
    part = picture.crop((left, 260, right, picture.height - 80)).convert("L")
    return sum(count for shade, count in enumerate(part.histogram()) if shade < 128)


def test_arabic_is_read_from_the_right_and_joined() -> None:
    arabic = opened(timeline_picture("دخلت المعاهدة حيز التنفيذ", [event("دخلت المعاهدة")]))
    assert ink(arabic, 540, 1080) > 4 * ink(arabic, 0, 540)
    joined, apart = "بين", "ب\u200cي\u200cن"
    assert width_of(joined, 40) < 0.8 * width_of(apart, 40)


def test_letters_of_any_script_have_a_font_or_are_spelt(
    written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for said in ("Договор", "Συνθήκη", "معاهدة", "אמנה", "संधि", "สนธิสัญญา", "Պայմանագիր", "🚢⚓👨‍👩‍👧👍🏽🇩🇪❤️"):
        assert typefaces().shown(said) == (said, False)
    for said, shown in (("\u0301a", "a"), ("a \u0301b", "a b"), ("a\u064e\u0ccd", "a"), ("\ue000x", "x")):
        assert typefaces().shown(said) == (shown, False)
    monkeypatch.setattr(typefaces(), "_search", lambda character: None)
    fonts = {name: font for name, font in typefaces()._fonts.items() if "Noto" in name and "CJK" not in name}
    monkeypatch.setattr(typefaces(), "_fonts", fonts)
    timeline_picture("条约", [event("条约 is in force")])
    assert "TiaoYue is in force" in written
    assert "Some words are spelt in Latin letters: no font for" in whole(written)


def test_without_the_fonts_that_come_along_those_of_the_library_and_the_machine_serve(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "manimgx_fonts", None)
    faces._brought.cache_clear()
    try:
        bare = faces.Typefaces()
    finally:
        faces._brought.cache_clear()
    assert bare.of("Treaty") == ["Footnote DejaVu Sans"]
    for said in ("Treaty", "Договор", "Συνθήκη", "معاهدة"):
        assert bare.shown(said) == (said, False)


def test_pictures_are_drawn_by_several_threads_without_global_state() -> None:
    events = [event("The mill burnt."), event("一二三 معاهدة", DAY + timedelta(90))]
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(lambda _: timeline_picture("Mill", events), range(8)))
    assert len(set(drawn)) == 1
    assert "matplotlib.pyplot" not in sys.modules


def test_a_timeline_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="without events"):
        timeline_picture("Mill", [])


def test_a_card_shows_a_story_by_its_days_and_an_edition_by_its_headlines(written: list[str]) -> None:
    story = card_picture(
        "Fire at the mill", "3 publishers", events=[event("a"), event("b", DAY + timedelta(9))]
    )
    assert written == ["Footnote", "Fire at the mill", "3 publishers", "2 October 2025", "11 October 2025"]
    written.clear()
    edition = card_picture(
        "Briefing of 2 October 2025", headlines=[f"Story {n}" for n in range(9)], dark=True
    )
    assert written[:4] == ["Footnote", "Briefing of 2 October 2025", "Story 0", "Story 1"]
    assert opened(story).size == opened(edition).size == (1200, 630)
