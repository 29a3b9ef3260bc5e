"""Subscribing in a private chat, in a group and in a topic, and what becomes of a subscription."""

from __future__ import annotations

import pytest
from bot_stories import ANN, BOB, EVE, INVALID, RunningBot, labels, toast, wait_for
from botapi import BotApi, Person, blocked
from botapi.people import Group
from test_bot_briefings import FakeBriefings, due, fake, ledger, subscribed

from bot import languages
from bot.handlers.wishes import minute_in

assert fake  # every test here asks for it

TOPIC = {"message_thread_id": 7, "is_topic_message": True}
ADMINS_ONLY = "Only this group's admins can do that."


@pytest.fixture
def group(api: BotApi, ann: Person) -> Group:
    """A forum that Ann manages and Bob is in."""
    return api.group("Port watch", admins=(ann,))


def reader(bot: RunningBot) -> int:
    """The number of the only reader below zero."""
    (found,) = ledger(bot, "SELECT reader FROM subscribers WHERE reader < 0")
    return int(found)


def test_two_taps_subscribe_and_one_message_changes_everything(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    card = subscribed(ann)
    assert card.text.startswith("Done.")
    assert "Every day at 07:00" in card.text
    assert "Language: English, once a model writes here" in card.text
    for tap, shown in (
        ("Days", "✓ Sun"),
        ("Monday to Friday", "Sat Sun "),
        ("‹ Back", "Monday to Friday at 07:00"),
        ("Deep", "Length: deep"),
        ("Time", "At what time?"),
        ("18:00", "Monday to Friday at 18:00"),
        ("Skip quiet days", "Without news: no message"),
        ("Tell me of quiet days", "Without news: one line says so"),
        ("Pause", "Paused"),
        ("Resume", "Next:"),
    ):
        ann.taps(card, tap)
        api.eventually(lambda shown=shown: shown in f"{card.text} {' '.join(labels(card))} ")
    assert "✓ Deep" in labels(card)
    assert len(api.sent(ann)) == 1


def test_quick_taps_are_all_felt(api: BotApi, bot: RunningBot, ann: Person) -> None:
    card = subscribed(ann)
    ann.taps(card, "Days")
    api.eventually(lambda: "✓ Sun" in labels(card))
    for day in range(6):
        ann.forges(f"bd:{day}", card)
    wait_for(lambda: ledger(bot, "SELECT days FROM subscribers") == [1 << 6])


def test_place_time_words_and_language_are_told_in_replies(api: BotApi, bot: RunningBot) -> None:
    ann = api.person(ANN, "Ann", language="de-AT")
    ann.says("/subscribe")
    offered = ann.hears()
    assert "Clocks as in Europe/Vienna" in offered.text
    ann.taps(offered, "I am somewhere else")
    ann.replies(ann.hears(), "Xyzzy")
    again = ann.hears()
    assert "larger city" in again.text
    ann.replies(again, "Birmingham")
    which = ann.hears()
    assert "Which one" in which.text
    ann.taps(which, labels(which)[0])
    api.eventually(lambda: "Europe/London" in which.text)
    ann.taps(which, "Another time")
    ann.replies(ann.hears(), "noonish")
    ann.replies(ann.hears(), "6:45")
    card = ann.hears()
    assert "06:45, clocks as in Europe/London" in card.text
    assert "Language: Deutsch, once a model writes" in card.text
    for button, said, shown in (
        ("Topics", "trade, sea ports", "Topics: trade, sea ports"),
        ("Role", "investor", "Role: investor"),
        ("Language", "klingon", "I don't know that language"),
        ("Language", "Polnisch", "Language: polski"),
        ("Language", "-", "Language: that of each story's sources"),
    ):
        ann.taps(card, button)
        ann.replies(ann.hears(), said)
        assert shown in ann.hears().text
    ann.says("", location={"latitude": 35.7, "longitude": 139.7})
    assert "Asia/Tokyo" in ann.hears().text


def test_a_topic_of_a_group_gets_its_own_edition_from_what_everybody_shares(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, group: Group, fake: type[FakeBriefings]
) -> None:
    ann.uploads(b"Ann's own words.", name="own.txt")
    ann.hears()
    bob.says(f"/subscribe@{api.username}", group, **TOPIC)
    assert bob.hears(chat=group).text == ADMINS_ONLY
    ann.says(f"/subscribe@{api.username}", group, **TOPIC)
    ann.hears(chat=group)
    offered = ann.hears(chat=group)
    assert "this group" in offered.text
    assert toast(api, bob.taps(offered, "07:00")) == ADMINS_ONLY
    ann.taps(offered, "07:00")
    api.eventually(lambda: "This group's briefing" in offered.text)
    assert toast(api, bob.taps(offered, "Pause")) == ADMINS_ONLY
    ann.taps(offered, "Topics")
    asked = ann.hears(chat=group)
    bob.replies(asked, "football")
    assert ann.hears(chat=group).text == ADMINS_ONLY
    ann.replies(asked, "ports")
    assert "Topics: ports" in ann.hears(chat=group).text
    due(bot, reader(bot))
    told = [ann.hears(chat=group) for _ in range(3)]
    assert told[0].text.startswith("Your briefing · ")
    assert [each.extra["message_thread_id"] for each in told] == [7, 7, 7]
    (wanted,) = fake.asked
    assert wanted[1].owners == ("shared",)
    assert "https://source.test/1#:~:text=says" in told[1].link_targets()
    bob.taps(told[1], "Full story")
    assert "What comes next?" in ann.hears(chat=group).text
    ann.says("/settings")
    assert "You have no briefing yet" in ann.hears().text  # the group's is not hers
    ann.says(f"/unsubscribe@{api.username}", group, **TOPIC)
    sure = ann.hears(chat=group)
    ann.taps(sure, "Stop it")
    api.eventually(lambda: "Stopped and erased" in sure.text)
    assert ledger(bot, "SELECT count(*) FROM deliveries") == [0]


def begins(api: BotApi, ann: Person, group: Group, **extra: object) -> None:
    """Ann subscribes for a group."""
    ann.says(f"/subscribe@{api.username}", group, **extra)
    offered = ann.hears(chat=group)
    ann.taps(offered, "07:00")
    wait_for(lambda: "Next:" in offered.text)


def test_a_group_that_moved_unseen_is_followed_when_its_edition_is_sent(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    group = api.group("Team", upgraded=False, admins=(ann,))
    begins(api, ann, group)
    group.upgrades(by=ann, told=False)
    due(bot, reader(bot))
    assert ann.hears(chat=group).text.startswith("Your briefing · ")
    wait_for(lambda: ledger(bot) == ["sent"])
    assert ledger(bot, "SELECT chat FROM subscribers") == [group.id]


def test_a_briefing_goes_where_its_group_goes_and_waits_while_the_bot_is_out(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, eve: Person
) -> None:
    group = api.group("Team", upgraded=False, admins=(ann,))
    begins(api, ann, group)
    number = reader(bot)
    group.upgrades(by=eve)
    wait_for(lambda: ledger(bot, "SELECT chat FROM subscribers") == [group.id])
    due(bot, number)
    assert ann.hears(chat=group).text.startswith("Your briefing · ")
    wait_for(lambda: ledger(bot) == ["sent"])
    state = f"SELECT state FROM subscribers WHERE reader = {number}"
    group.removes_bot(by=eve)
    wait_for(lambda: ledger(bot, state) == ["away"])
    group.adds_bot(by=eve)  # whom the bot does not know
    api.eventually(lambda: not api.world.updates.waiting)
    assert ledger(bot, state) == ["away"]
    group.removes_bot(by=bob)
    group.adds_bot(by=bob)
    while not (back := ann.hears(chat=group).text).startswith("Good to be back"):
        pass
    assert "Next: " in back
    assert ledger(bot, state) == ["on"]


def test_a_briefing_whose_topic_was_deleted_is_brought_where_an_admin_wants_it(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, group: Group
) -> None:
    begins(api, ann, group, **TOPIC)
    number = reader(bot)
    group.deletes_topic(7)
    due(bot, number)
    state = f"SELECT state FROM subscribers WHERE reader = {number}"
    wait_for(lambda: ledger(bot, state) == ["away"] and ledger(bot) == ["skipped"])
    assert not [each for each in api.sent(group) if each.text.startswith("Your briefing ·")]
    ann.says(f"/settings@{api.username}", group)
    assert "No briefing comes here yet" in ann.hears(chat=group).text
    gone = ann.hears(chat=group)
    assert "closed or deleted" in gone.text
    assert toast(api, bob.taps(gone, "Bring it here")) == ADMINS_ONLY
    ann.taps(gone, "Bring it here")
    api.eventually(lambda: "This group's briefing" in gone.text)
    assert ledger(bot, "SELECT thread FROM subscribers") == [0]
    assert ledger(bot, state) == ["on"]


def test_an_unnamed_admin_is_heard_where_all_such_admins_are_allowed(
    api: BotApi, bot: RunningBot, ann: Person, eve: Person, group: Group
) -> None:
    group.chat.members[ANN] = "creator"
    ann.says_unnamed(f"/subscribe@{api.username}", group)
    offered = ann.hears(chat=group)
    ann.taps(offered, "07:00")
    api.eventually(lambda: "Next:" in offered.text)
    group.chat.members[EVE] = "administrator"
    eve.says_unnamed(f"/pause@{api.username}", group)
    ann.hears_nothing(0.4, chat=group)
    assert ledger(bot, "SELECT state FROM subscribers") == ["on"]


def test_who_blocks_the_bot_hears_when_the_next_edition_comes_once_they_are_back(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person
) -> None:
    subscribed(ann)
    subscribed(bob)
    bob.says("/pause")
    bob.hears()
    for who in (ann, bob):
        who.blocks()
    state = "SELECT state FROM subscribers ORDER BY reader"
    wait_for(lambda: ledger(bot, state) == ["away", "paused"])
    for who in (ann, bob):
        who.unblocks()
    assert "Next: " in ann.hears().text
    wait_for(lambda: ledger(bot, state) == ["on", "paused"])  # who paused it has to resume it
    api.breaks("sendMessage", blocked(), chat=ann)
    due(bot, ANN)
    wait_for(lambda: ledger(bot, state) == ["away", "paused"])
    ann.starts()
    assert ann.hears().text.startswith("Good to be back: your briefing comes again. Next: ")


def test_unsubscribing_erases_everything(api: BotApi, bot: RunningBot, ann: Person) -> None:
    card = subscribed(ann)
    due(bot, ANN)
    for _ in range(3):
        ann.hears()
    wait_for(lambda: ledger(bot) == ["sent"])
    ann.says("/unsubscribe")
    sure = ann.hears()
    ann.taps(sure, "Stop it")
    api.eventually(lambda: "Stopped and erased" in sure.text)
    for table in ("subscribers", "deliveries", "delivery_parts", "told_stories", "kept_editions"):
        assert ledger(bot, f"SELECT count(*) FROM {table}") == [0]
    assert toast(api, ann.taps(card, "Deep")) == INVALID
    ann.says("/settings")
    assert "You have no briefing yet" in ann.hears().text


def test_forged_taps_mean_nothing(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person, group: Group
) -> None:
    subscribed(ann)
    begins(api, ann, group)
    bob.says("/help")
    theirs = bob.hears()
    for data in (
        *("bm", "bu!", "bl:deep", "ba:1", "bq", "by", "bx", "de!!"),
        *("bt:9999:Europe/Berlin", "bt:0420:Europe/Nowhere", "bz:../x", f"bw:{-reader(bot)}"),
    ):
        assert toast(api, bob.forges(data, theirs)) == INVALID
    assert ledger(bot, "SELECT count(*) FROM subscribers") == [2]
    assert ledger(bot, f"SELECT count(*) FROM subscribers WHERE set_by = {BOB}") == [0]


@pytest.mark.parametrize(
    ("said", "minute"),
    [("7", 420), ("6:45", 405), ("0645", 405), ("6.45 pm", 1125), ("12am", 0), ("18h", 1080), ("18h30", 1110),
     ("24:00", None), ("13 pm", None), ("six", None), ("", None)],
)  # fmt: skip
def test_times_are_understood(said: str, minute: int | None) -> None:
    assert minute_in(said) == minute


@pytest.mark.parametrize(
    ("said", "spoken", "shown"),
    [("Deutsch", None, "Deutsch"), ("german", None, "Deutsch"), ("DE", None, "Deutsch"),
     ("pt-BR", None, "português"), ("РУССКИЙ", None, "русский"), ("Englisch", "de", "English"),
     ("中文", None, "中文"), ("zh-TW", None, "中文 (繁體)"), ("日本語", None, "日本語")],
)  # fmt: skip
def test_languages_are_known_by_code_and_by_name(said: str, spoken: str | None, shown: str) -> None:
    found = languages.find(said, spoken)
    assert found
    assert languages.shown(found) == shown
    assert languages.known(found) == found


@pytest.mark.parametrize("said", ["", "klingon", "../x", "de" * 500, "\u202e"])
def test_what_is_no_language_is_none(said: str) -> None:
    assert languages.find(said, "xx") is None
