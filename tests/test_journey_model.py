"""The whole way with a language model: the real `footnote run`, a scripted model and a strict Bot API.

The model writes what it is told to, right and wrong; what people see went through every check.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from authors import Author, excerpts
from botapi import BotApi, Message, Person
from footnote_process import WAIT, asks, footnote, labels, written_by
from modelserver import ModelServer, Request

PEOPLE = range(4101, 4121)
GETS = "What does Iran get from the treaty with Russia?"
FRIEND = ("Iran gets a powerful friend against isolation", "Iran gets a powerful friend against isolation.")
NO_DUTY = (
    "The treaty does not oblige Russia to defend Iran",
    "The treaty does not oblige Russia to defend Iran.",
)
IN_FORCE = (
    "The Russia-Iran treaty entered into force on 2 October 2025.",
    "The treaty has been in force since 2 October 2025.",
)
WRONG_DAY = (IN_FORCE[0], "The treaty has been in force since 12 October 2025.")
INVENTED = ("Russia will send troops to Tehran in spring", "Russia will send troops to Tehran in spring.")
PRICE = "How much will the Veldmouth flood barrier cost?"
OFFER = "Tell me when a source answers this"


HERALD = """---
title: Collision in the fog
date: 2025-05-05
url: https://www.sorn-herald.example/fog
---

The collision off Corlen on 4 May 2025 injured 12 sailors, the harbour office said. The ferry had left the
quay in fog. Both ships reached the harbour under their own power.
"""
TIMES = """---
title: Seventeen hurt off Corlen
date: 2025-05-06
url: https://www.corlen-times.example/hurt
---

The collision off Corlen on 4 May 2025 injured 17 sailors, the county hospital said. Three of them were kept
over night. The ferry line has stopped its morning service.
"""


class Stage:
    """One process with the sample library and a model, for all the stories of this file but one."""

    def __init__(self, api: BotApi, model: ModelServer, author: Author) -> None:
        self.api = api
        self.model = model
        self.author = author
        self._people = iter(PEOPLE)
        self._before = 0

    def newcomer(self) -> Person:
        """Somebody whom the bot answers and has never heard of; what is asked from now on is theirs."""
        self._before = len(self.model.answered)
        return self.api.person(id=next(self._people), name="Anna")

    @property
    def asked(self) -> list[Request]:
        """What the model was asked since the newcomer came."""
        return self.model.answered[self._before :]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    author = Author()
    settings = {
        "TELEGRAM_ALLOWED_USERS": ",".join(map(str, PEOPLE)),
        "MODEL_TOKENS_A_DAY_EACH": "22000",
        "OPENAI_TIMEOUT": "20",
    }
    with BotApi() as api, ModelServer(author) as model:
        folder = tmp_path_factory.mktemp("footnote")
        with footnote(folder, api, **settings, **written_by(model)) as bot:
            yield Stage(api, model, author)
        print(bot.log)  # shown where a story fails
        assert "Traceback" not in bot.log
        assert model.key not in bot.log


@pytest.fixture
def author(stage: Stage) -> Author:
    return stage.author


@pytest.fixture
def anna(stage: Stage) -> Person:
    return stage.newcomer()


def said(message: Message) -> str:
    """What stands above the quotes."""
    return message.spoken()


def test_a_streamed_answer_with_a_repair_and_a_withheld_statement(
    stage: Stage, author: Author, anna: Person
) -> None:
    author.writes(
        "Iran get", FRIEND, WRONG_DAY, NO_DUTY, INVENTED, mended=[IN_FORCE, INVENTED], step=40, pause=0.15
    )
    anna.says(GETS)
    answer = anna.hears(timeout=WAIT)
    frames = stage.api.drafts(anna)
    assert len(frames) >= 2
    for earlier, later in pairwise([*(frame.text for frame in frames if frame.text), answer.text]):
        assert later.startswith(earlier)
    assert said(answer).index("a powerful friend") < said(answer).index("does not oblige")
    assert said(answer).index("does not oblige") < said(answer).index("in force since 2 October 2025")
    assert "12 October" not in answer.text
    assert not any("12 October" in frame.text for frame in frames)
    assert "troops to Tehran" not in answer.text
    assert "1 more statement was written but not supported by the sources, so it is withheld." in answer.text
    assert [request.name for request in stage.asked] == ["answer", "answer"]
    assert stage.api.preview(anna) is None


def test_a_follow_up_and_a_reply_to_one_statement(stage: Stage, author: Author, anna: Person) -> None:
    author.writes("Iran get", FRIEND, NO_DUTY)
    anna.says(GETS)
    first = anna.hears(timeout=WAIT)
    whole = "What does Russia get from the treaty with Iran?"
    author.understands("and what does Russia", whole)
    author.writes(
        "Russia get",
        ("Russia gets a partner long used to sanctions", "Russia gets a partner long used to sanctions."),
    )
    second = asks(anna, "and what does Russia get?")
    assert f"I took this as: {whole}" in second.text
    assert "a partner long used to sanctions" in second.text
    rewriting = next(request for request in stage.asked if request.name == "standalone")
    assert GETS in rewriting.user
    assert "a powerful friend" in rewriting.user

    author.writes("How sure", NO_DUTY)
    anna.replies(first, "How sure is it that Russia has no duty?", quote="does not oblige Russia")
    third = anna.hears(timeout=WAIT)
    assert "does not oblige" in third.text
    asked = stage.asked[-1]
    pointed = asked.user.rpartition("The reader points at excerpt ")[2].split()[0]
    assert "does not oblige Russia to defend Iran" in excerpts(asked)[pointed]
    assert next(iter(excerpts(asked))) == pointed

    anna.says("/new")
    assert "Forgotten" in anna.hears(timeout=WAIT).text
    count = len(stage.asked)
    asks(anna, "and what does Russia get?")
    assert "standalone" not in [request.name for request in stage.asked[count:]]


def test_sources_that_disagree_are_shown_side_by_side(author: Author, anna: Person) -> None:
    for name, text in (("herald.md", HERALD), ("times.md", TIMES)):
        anna.uploads(text.encode(), name=name)
        assert "Added" in anna.hears(timeout=WAIT).text
    injured = "The collision off Corlen on 4 May 2025 injured 17 sailors"
    author.writes("sailors", (injured, f"{injured}."))
    answer = asks(anna, "How many sailors did the collision off Corlen injure?")
    sides = said(answer).partition("Sources disagree")[2]
    assert sides.index("17") < sides.index("6 May 2025") < sides.index("12") < sides.index("5 May 2025")
    assert "injured 12 sailors, the harbour office said" in sides
    assert {"https://www.sorn-herald.example/fog", "https://www.corlen-times.example/hurt"} <= {
        target.partition("#")[0] for target in answer.link_targets()
    }


def test_a_question_in_another_language_is_answered_in_it(stage: Stage, author: Author, anna: Person) -> None:
    asked = "متى دخلت المعاهدة بين روسيا وإيران حيز التنفيذ؟"
    author.understands("متى", asked, "When did the treaty between Russia and Iran enter into force?")
    author.writes("متى", (IN_FORCE[0], "دخلت المعاهدة بين روسيا وإيران حيز التنفيذ في 2 أكتوبر 2025."))
    answer = asks(anna, asked)
    assert "2 أكتوبر 2025" in said(answer)
    assert any(IN_FORCE[0] in quote for quote in answer.quoted())
    assert "Your sources don't say" not in answer.text


def test_stopping_ends_the_models_work_and_keeps_what_was_verified(
    stage: Stage, author: Author, anna: Person
) -> None:
    author.writes("Iran get", FRIEND, NO_DUTY, IN_FORCE, step=24, pause=0.2)
    anna.says(GETS)
    stage.api.eventually(lambda: (shown := stage.api.preview(anna)) and shown.text, timeout=WAIT)
    anna.stops()
    answer = anna.hears(timeout=WAIT)
    stage.model.eventually(lambda: stage.asked[-1].ended == "client left")
    assert "a powerful friend" in answer.text
    assert answer.text.rstrip().endswith("Stopped.")
    assert "in force since" not in answer.text


def test_in_a_group_an_edited_message_grows_and_stops_by_its_button(
    stage: Stage, author: Author, anna: Person
) -> None:
    team = stage.api.group("Team")
    author.writes("Iran get", FRIEND, NO_DUTY, IN_FORCE, step=24, pause=0.2)
    anna.says(f"@{stage.api.username} {GETS}", team)
    answer = anna.hears(timeout=WAIT, chat=team)
    assert labels(answer) == ["Stop"]
    anna.taps(answer, "Stop")
    stage.api.eventually(lambda: answer.text.rstrip().endswith("Stopped."), timeout=WAIT)
    stage.model.eventually(lambda: stage.asked[-1].ended == "client left")
    assert "a powerful friend" in answer.text
    assert len(stage.api.sent(team)) == 1


def test_a_model_that_goes_away_in_the_middle_takes_nothing_back(
    stage: Stage, author: Author, anna: Person
) -> None:
    author.writes("Iran get", FRIEND, NO_DUTY, cut_in=2)
    answer = asks(anna, GETS)
    assert "a powerful friend" in answer.text
    assert "This ends early: the language model could not be reached any more." in answer.text
    assert "oblige" not in said(answer)


def test_a_budget_that_runs_out_is_said_and_the_answers_go_on(
    stage: Stage, author: Author, anna: Person
) -> None:
    author.writes("Iran get", FRIEND, NO_DUTY)
    for _ in range(8):
        if "budget" in (told := asks(anna, GETS)).text:
            break
        assert "a powerful friend" in said(told)
    assert "Without the language model: today's budget for it is spent." in told.text
    assert "[1]" in told.text
    ben = stage.newcomer()
    assert "budget" not in asks(ben, GETS).text


def test_what_is_not_said_is_looked_out_for(stage: Stage, author: Author, anna: Person) -> None:
    question = "Who directs Heron Wharf?"
    unanswered = asks(anna, question)
    assert "Your sources don't say" in unanswered.text
    anna.taps(unanswered, OFFER)
    assert "I will tell you here, once" in anna.hears(timeout=WAIT).text
    line = "Ilse Vantongeren directs Heron Wharf."
    author.writes("Heron Wharf", (line, "Heron Wharf is directed by Ilse Vantongeren."))
    anna.uploads(
        f"Heron Wharf annual report\n\n{line} A new crane arrives in May.".encode(), name="report.txt"
    )
    heard = [anna.hears(timeout=WAIT).text for _ in range(2)]
    assert any("Added" in text for text in heard)
    assert any("A new document answers" in text and "Ilse Vantongeren" in text for text in heard)
    anna.hears_nothing(0.5)


def test_without_the_model_the_sources_own_words_answer(bot_api: BotApi, tmp_path: Path) -> None:
    with ModelServer() as model:
        settings = written_by(model)
    with footnote(tmp_path, bot_api, TELEGRAM_ALLOWED_USERS=str(PEOPLE[0]), **settings):
        answer = asks(bot_api.person(id=PEOPLE[0], name="Anna"), PRICE)
        assert "487 million" in answer.text
        assert "Without the language model: it could not be reached." in answer.text
