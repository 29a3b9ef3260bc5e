"""The buttons below a story: more of it, what its reader thinks of it, and that nobody else may say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from bot_stories import ANN, INVALID, RunningBot, labels, toast, wait_for
from botapi import BotApi, Message, Person, drop, outage, refused
from test_bot_briefings import HARBOUR, LIBRARY, FakeBriefings, due, fake, ledger, piece, subscribed

from bot.handlers.story_taps import why
from bot.render.buttons import Button
from bot.render.story_buttons import closed, numbered_rows, opened, story_rows
from retrieval.briefing import Event, Piece

_FAKE = fake  # the module's briefings are told by the tests

MENU = ["More like this", "Less like this", "Follow", "Mute", "Why this?", "Share"]


def apart(story: Piece, by: int, **more: object) -> Piece:
    """The same story from other documents and passages."""
    moved = []
    for each in story.citations:
        quote = each.quote
        document = replace(quote.document, number=quote.document.number + by)
        moved.append(replace(each, quote=replace(quote, document=document, passage=quote.passage + by)))
    return replace(story, citations=tuple(moved), **more)  # type: ignore[arg-type]


DATED = apart(
    LIBRARY,
    50,
    timeline=(
        Event(date(2025, 1, 17), LIBRARY.bullets[0]),
        Event(date(2025, 10, 2), LIBRARY.bullets[1]),
    ),
    why=("“library” (your topic) stands in a title.", "2 publishers report it independently."),
)


@pytest.fixture
def story(api: BotApi, bot: RunningBot, ann: Person, fake: type[FakeBriefings]) -> Message:
    """Ann's edition: the message of its second story, which has a timeline."""
    fake.pieces = (HARBOUR, DATED)
    subscribed(ann)
    due(bot, ANN)
    heard = [ann.hears() for _ in range(3)]
    wait_for(lambda: ledger(bot) == ["sent"])
    return heard[2]


def opens(api: BotApi, who: Person, story: Message) -> None:
    who.taps(story, "⋯")
    api.eventually(lambda: "✕" in labels(story), what="the buttons are open")


def test_a_few_buttons_stand_below_a_story_and_one_opens_the_others(
    api: BotApi, ann: Person, story: Message
) -> None:
    few = ["Full story", "Timeline", "Ask", "⋯"]
    assert labels(story) == few
    opens(api, ann, story)
    assert labels(story) == [*few[:3], "✕", *MENU]
    assert len(story.buttons) == 4
    ann.taps(story, "✕")
    api.eventually(lambda: labels(story) == few)


def test_what_is_tapped_is_shown_undone_by_a_tap_and_the_same_for_taps_that_come_twice(
    api: BotApi, bot: RunningBot, ann: Person, story: Message
) -> None:
    opens(api, ann, story)
    says = toast(api, ann.taps(story, "Follow"))
    assert says == "Following: whatever is new in this story comes first in your briefings."
    api.eventually(lambda: "✓ Following" in labels(story))
    follow = f"ef1:{story.buttons[0][0].data.partition(':')[2]}"  # type: ignore[union-attr]
    for _ in range(2):
        assert toast(api, ann.forges(follow, story)) == says
    assert ledger(bot, "SELECT opinion FROM tastes") == ["follow"]
    assert "next briefing" in toast(api, ann.taps(story, "Less like this"))
    api.eventually(lambda: "✓ Less like this" in labels(story))
    ann.taps(story, "Mute")
    api.eventually(lambda: "✓ Muted" in labels(story) and "Follow" in labels(story))
    ann.taps(story, "✓ Muted")
    api.eventually(lambda: "Mute" in labels(story))
    ann.taps(story, "More like this")
    api.eventually(lambda: "✓ More like this" in labels(story) and "Less like this" in labels(story))
    assert ledger(bot, "SELECT opinion FROM tastes") == ["more"]


def test_why_a_story_is_there_passes_over_the_screen(api: BotApi, ann: Person, story: Message) -> None:
    opens(api, ann, story)
    tap = ann.taps(story, "Why this?")
    assert toast(api, tap) == "\n".join(DATED.why)
    assert (tap.answer or {})["show_alert"] is True
    assert len(why(replace(DATED, why=("x" * 150, "y" * 60)))) == 150
    assert len(why(replace(DATED, why=("x" * 300,)))) == 200


def test_the_timeline_is_a_picture_with_the_same_in_words_and_can_be_asked_about(
    api: BotApi, bot: RunningBot, ann: Person, story: Message
) -> None:
    ann.taps(story, "Timeline")
    shown = ann.hears()
    assert shown.file
    assert shown.file.content.startswith(b"\x89PNG")
    assert shown.text.startswith("The library opens\n\nTimeline\n• 17 January 2025 · It opens on Sundays.")
    assert "2 October 2025 · Readers cheer." in shown.text
    assert shown.link_targets()
    ann.replies(shown, "Who cheers?", quote="Readers cheer.")
    ann.hears()
    assert bot.library.questions[-1].about == (152,)
    ann.taps(shown, "In dark colours")
    dark = ann.hears()
    assert dark.file
    assert dark.file.content != shown.file.content
    assert labels(dark) == ["In light colours"]


def test_a_question_asked_below_a_story_is_answered_from_its_sources_first(
    api: BotApi, bot: RunningBot, ann: Person, story: Message
) -> None:
    ann.taps(story, "Ask")
    asks = ann.hears()
    assert asks.text == "What do you want to know about “The library opens”? Reply to this message."
    assert asks.markup == {"force_reply": True, "selective": True}
    ann.replies(asks, "Who reads there?")
    ann.hears()
    assert bot.library.questions[-1].about == (151, 152)
    bot.library.next_questions = ("Who runs the library?", "What do readers ask?", "And the third?")
    ann.taps(story, "Full story")
    whole = ann.hears()
    assert labels(whole) == ["Who runs the library?", "What do readers ask?", "Timeline", "Ask", "⋯"]
    ann.taps(whole, "What do readers ask?")
    ann.hears()
    assert bot.library.questions[-1].question == "What do readers ask?"
    ann.replies(whole, "Who?", quote="Readers cheer.")
    ann.hears()
    assert bot.library.questions[-1].about == (152,)


def test_where_no_picture_can_be_had_the_timeline_comes_in_words(
    api: BotApi, bot: RunningBot, ann: Person, story: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise RuntimeError("no font")

    monkeypatch.setattr("bot.render.timeline_picture.timeline_picture", broken)
    ann.taps(story, "Timeline")
    words = ann.hears()
    assert words.file is None
    assert "17 January 2025 · It opens on Sundays." in words.text


def test_a_picture_that_may_not_have_arrived_is_asked_for_and_a_refused_one_comes_in_words(
    api: BotApi, ann: Person, story: Message
) -> None:
    api.breaks("sendPhoto", drop(delivered=True), chat=ann)
    ann.taps(story, "Timeline")
    shown, doubt = ann.hears(), ann.hears()
    assert shown.file
    ann.taps(doubt, "Send it again")
    again = ann.hears()
    assert again.file
    assert again.text == shown.text
    api.breaks("sendPhoto", refused("IMAGE_PROCESS_FAILED"), chat=ann)
    ann.taps(story, "Timeline")
    words = ann.hears()
    assert (words.file, words.text) == (None, shown.text)
    assert words.link_targets() == shown.link_targets()


def test_opinions_are_listed_and_undone_in_the_settings(
    api: BotApi, bot: RunningBot, ann: Person, story: Message
) -> None:
    opens(api, ann, story)
    for button in ("Mute", "More like this"):
        toast(api, ann.taps(story, button))
    ann.says("/settings")
    card = ann.hears()
    assert "Stories: 0 followed, 1 muted, 1 to see more of, 0 to see less of." in card.text
    ann.taps(card, "Your stories")
    api.eventually(lambda: "1. The library opens\nMore like this" in card.text)
    assert toast(api, ann.taps(card, "✕ 2. The library opens")) == "Undone: “The library opens”."
    api.eventually(lambda: "Muted" not in card.text)
    assert ledger(bot, "SELECT opinion FROM tastes") == ["more"]
    ann.taps(card, "✕ 1. The library opens")
    api.eventually(lambda: "Nothing yet." in card.text)
    ann.taps(card, "‹ Back")
    api.eventually(lambda: "Your stories" not in labels(card))


def test_nobody_else_says_what_a_reader_thinks_and_what_is_not_kept_says_so(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, story: Message
) -> None:
    opens(api, ann, story)
    mute = next(each.data for row in story.buttons for each in row if each.label == "Mute")
    assert mute
    bob.says("/help")
    theirs = bob.hears()
    assert toast(api, bob.forges("bj!:1:1", theirs)) == ""
    toast(api, bob.forges(mute, theirs))  # the story is everybody's: it is muted for Bob
    assert ledger(bot, "SELECT count(*) FROM tastes WHERE reader = 1001") == [0]
    group = api.group("Team")
    ann.says(f"/help@{api.username}", group)
    there = ann.hears(chat=group)
    assert "No briefing comes here" in toast(api, ann.forges(mute, there))
    for forged in ("ef2:1", "ex1:1", "eo:-1", "eo:", "et:1x", f"ef1:{10**18}"):
        assert toast(api, ann.forges(forged, story)) == INVALID
    ledger(bot, "DELETE FROM kept_stories RETURNING id")
    assert toast(api, ann.taps(story, "Ask")) == "That story is not kept any more."


def test_in_a_group_everybody_reads_on_and_admins_alone_change_its_briefing(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, fake: type[FakeBriefings]
) -> None:
    fake.pieces = (DATED,)
    group = api.group("Team", admins=(ann,))
    ann.says(f"/subscribe@{api.username}", group)
    card = ann.hears(chat=group)
    ann.taps(card, "07:00")
    api.eventually(lambda: "Next:" in card.text)
    (reader,) = ledger(bot, "SELECT reader FROM subscribers")
    due(bot, reader)
    story = bob.hears(chat=group)
    while "The library opens" not in story.text:
        story = bob.hears(chat=group)
    bob.taps(story, "⋯")
    api.eventually(lambda: "Follow" in labels(story))
    assert toast(api, bob.taps(story, "Follow")) == "Only this group's admins can do that."
    assert "your topic" in toast(api, bob.taps(story, "Why this?"))
    bob.taps(story, "Ask")
    asks = bob.hears(chat=group)
    bob.replies(asks, "Who reads there?")
    bob.hears(chat=group)
    assert bot.library.questions[-1].about == (151, 152)
    assert "Following" in toast(api, ann.taps(story, "Follow"))
    api.eventually(lambda: "✓ Following" in labels(story))
    assert ledger(bot, "SELECT reader FROM tastes") == [reader]
    ann.says(f"/settings@{api.username}", group)
    while "Your stories" not in labels(card):
        card = ann.hears(chat=group)
    ann.taps(card, "Your stories")
    api.eventually(lambda: "1. The library opens" in card.text)
    assert "admins" in toast(api, bob.taps(card, "✕ 1. The library opens"))
    assert ledger(bot, "SELECT reader FROM tastes") == [reader]


def test_unsubscribing_erases_what_was_said_of_stories(
    api: BotApi, bot: RunningBot, ann: Person, story: Message
) -> None:
    opens(api, ann, story)
    toast(api, ann.taps(story, "Mute"))
    ann.says("/unsubscribe")
    sure = ann.hears()
    ann.taps(sure, "Stop it")
    api.eventually(lambda: "erased" in sure.text)
    wait_for(lambda: ledger(bot, "SELECT count(*) FROM tastes") == [0])


def test_a_menu_that_cannot_be_changed_costs_no_opinion(
    api: BotApi, bot: RunningBot, ann: Person, story: Message
) -> None:
    opens(api, ann, story)
    api.breaks("editMessageReplyMarkup", outage(), chat=ann)
    ann.taps(story, "Follow")
    api.eventually(lambda: "✓ Following" in labels(story), what="tried again")
    story.deleted = True
    unfollow = next(each.data for row in story.buttons for each in row if each.label == "✓ Following")
    assert unfollow
    assert "no longer follow" in toast(api, ann.forges(unfollow, story))
    assert ledger(bot, "SELECT count(*) FROM tastes") == [0]


def test_the_buttons_of_several_stories_open_below_them_one_at_a_time() -> None:
    share = ((Button("Share this edition", "he:9"),),)
    rows = numbered_rows([7, 8]) + share
    first = opened(rows, 7, {"follow"}, timeline=True)
    assert [button.label for row in first for button in row] == [
        *("Full story 1", "Full story 2", "1 ✕", "2 ⋯", "Share this edition", "Timeline", "Ask"),
        *("More like this", "Less like this", "✓ Following", "Mute", "Why this?", "Share"),
    ]
    second = opened(first, 8, (), timeline=False)
    assert second[: len(rows)] == opened(rows, 8, (), timeline=False)[: len(rows)]
    assert sum(len(row) for row in second) == sum(len(row) for row in first) - 1
    assert closed(second) == closed(first) == rows
    assert closed(opened(story_rows(7, timeline=True), 7, (), timeline=True)) == story_rows(7, timeline=True)
    assert all(
        len(button.data.encode()) <= 64 for row in opened(rows, 8, (), timeline=True) for button in row
    )


def test_a_long_timeline_follows_its_picture() -> None:
    from bot.render.whole_story import timeline_parts

    long = piece(
        3, "A long affair", *[f"On day {at} this and that happened in the town." for at in range(40)]
    )
    events = tuple(Event(date(2025, 1, 1 + at % 28), said) for at, said in enumerate(long.statements))
    told = replace(long, timeline=events)
    first, *rest = timeline_parts(told, 3, open_link=lambda quote: "https://t.me/x", picture=b"\x89PNG")
    assert first.attachment
    assert first.text == "A long affair\nThe events and their sources follow below."
    assert first.grounds
    assert all(part.attachment is None for part in rest)
    assert "On day 0 this" in rest[0].text
