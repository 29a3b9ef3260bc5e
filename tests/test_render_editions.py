"""Editions as messages: whatever a story holds, each message is one that Telegram takes as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_bot_briefings import HARBOUR, LIBRARY, piece

from bot.dues import EVERY_DAY, Rhythm
from bot.outbox import Place
from bot.render import Part, plain_parts
from bot.render.editions import edition_parts
from bot.render.packing import packed, unpacked
from bot.render.split import LONGEST_CAPTION, MOST_ENTITIES, units
from bot.render.story_buttons import story_rows
from bot.render.subscription import card_of
from bot.render.tastes import tastes_parts
from bot.render.whole_story import question_part, timeline_parts, whole_parts
from bot.subscribers import Subscription
from bot.tastes import Taste
from retrieval.briefing import Briefing, Event, Footer, Piece, Profile, Section
from retrieval.types import Quote

DAY = date(2026, 11, 22)
HOSTILE = "\u202e</b><a href='https://evil.test'>x</a> *_`[ @all /new #tag evil.test \u2067"


def open_link(quote: Quote) -> str:
    return f"https://t.me/footnote_bot?start=p_{quote.passage}_{quote.start}_{quote.end}"


def edition(*pieces: Piece, length: str = "standard") -> list[Part]:
    footer = Footer(16, 7, 33, 33, 0, 2)
    briefing = Briefing("x", DAY, date(2026, 11, 21), Profile(), pieces, footer, None if pieces else "Quiet.")
    numbers = range(len(pieces))
    told = edition_parts(briefing, DAY, length, open_link=open_link, numbers=numbers, share="he:7")
    return [each.part for each in told]


def fits(part: Part) -> bool:
    ends = [entity.offset + entity.length for entity in part.entities]
    within = all(end <= units(part.text) for end in ends)
    return 0 < units(part.text) <= 4096 and len(part.entities) <= MOST_ENTITIES and within


def test_an_edition_sums_up_then_tells_each_story_without_a_sound_and_counts() -> None:
    head, first, last = edition(HARBOUR, LIBRARY)
    assert head.text.startswith("Your briefing · Sunday, 22 November 2026\nNew since 21 November 2026.")
    assert [head.silent, first.silent, last.silent] == [False, True, True]
    assert first.buttons == story_rows(0, timeline=False)
    assert "Sources failing: 2." in last.text
    assert [ground.passages for ground in first.grounds][:1] == [(101,)]
    (alone,) = edition(HARBOUR)
    assert not alone.silent
    assert "It closes on Monday." in alone.text
    assert "Articles read: 16" in alone.text
    (quiet,) = edition()
    assert "Quiet." in quiet.text
    assert "Articles read: 16" in quiet.text


def test_what_matters_to_its_reader_stands_in_a_story_with_its_source() -> None:
    yours = replace(HARBOUR, why_you=HARBOUR.sections[0].statements[0])
    first = edition(yours, LIBRARY)[1]
    assert "For you: A vote comes." in first.text
    assert "[5] Source 5" in first.text
    assert "For you" not in edition(HARBOUR, LIBRARY)[1].text


def test_the_summary_takes_the_sentence_that_is_clear_without_its_headline() -> None:
    unclear = piece(3, "Corvane widens its recall", "The company widened it.", "Corvane recalls more.")
    assert "• Corvane recalls more." in edition(unclear, LIBRARY)[0].text


@pytest.mark.parametrize("length", ["glance", "standard", "deep"])
def test_nothing_a_source_says_can_be_tapped_or_takes_another_form(length: str) -> None:
    nasty = replace(piece(1, HOSTILE, *[HOSTILE] * 5), reason=HOSTILE, notes=(HOSTILE,))
    dated = replace(nasty, timeline=tuple(Event(DAY, each) for each in nasty.bullets))
    beside = [
        *timeline_parts(dated, 7, open_link=open_link, picture=b"\x89PNG"),
        question_part(nasty),
        *tastes_parts([Taste(at, 1, "mute", HOSTILE) for at in range(9)], 1),
    ]
    for part in (*edition(nasty, LIBRARY, length=length), *whole_parts(nasty, open_link=open_link), *beside):
        assert fits(part)
        assert not part.attachment or units(part.text) <= LONGEST_CAPTION
        assert "\u202e" not in part.text
        assert "@all" not in part.text
        assert " /new" not in part.text
        assert "https://evil" not in part.text
        assert {each.url.split("/")[2] for each in part.entities if each.url} <= {"source.test", "t.me"}


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 6),
    st.integers(1, 14),
    st.integers(1, 12),
    st.sampled_from(["glance", "standard", "deep"]),
    st.sampled_from(["word ", "слово ", "字", "👩\u200d👩\u200d👧 ", "מילה "]),
)
def test_every_message_fits_however_much_there_is(
    stories: int, statements: int, words: int, length: str, word: str
) -> None:
    long = piece(1, word * 60, *[f"{at} " + word * words * 10 for at in range(statements)])
    asked = tuple(Section(f"Why {at}?", long.statements[:3]) for at in range(6))
    long = replace(long, sections=asked, bottom_line=long.bullets[:1])
    told = edition(*[replace(long, story=at) for at in range(stories)], length=length)
    assert all(map(fits, told))
    assert all(map(fits, whole_parts(long, open_link=open_link)))


def test_messages_are_kept_as_they_were() -> None:
    parts = [*edition(HARBOUR, LIBRARY), *plain_parts("👋 Hello")]
    assert [unpacked(packed(part)) for part in parts] == parts


def test_a_card_shows_all_that_is_kept_and_nothing_in_it_can_be_tapped() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    rhythm = Rhythm("Etc/GMT-2", 405, EVERY_DAY - {6}, now)
    (part,) = card_of(Subscription(7, Place(7), 7, rhythm, ("trade", HOSTILE), HOSTILE, "ports"), now)
    assert fits(part)
    assert "Mon, Tue, Wed, Thu, Fri, Sat at 06:45, clocks as in UTC+2, where it is 14:00 now." in part.text
    assert "@all" not in part.text
    assert "Industry: ports" in part.text
