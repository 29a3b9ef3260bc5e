"""Lives through what people see of answers and of their sources, and draws it: the pictures of the docs.

The real `footnote run` answers; a scripted model writes right and wrong things; a small web serves a site
with feeds; a strict Bot API takes what is sent. Knows nothing of how answers come about: it draws what was
received, and calls the web by a name instead of its address.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from authors import Author
from botapi import BotApi, Group, Message, Person, origins
from footnote_process import WAIT, footnote, written_by
from modelserver import ModelServer
from picture import PictureError, caption_of, preview_of, render_messages
from test_journey_sources import CRANE, PLANS, SEAL, SOON, article, paused, rss
from web import Web

PICTURES = Path(__file__).resolve().parent / "pictures"
PEOPLE = range(5101, 5121)
NAMED = "herald.example"  # what the web of the stories is called in the pictures
SCALE = 1.25  # pixels to a CSS pixel: enough for a page of many pictures

GETS = "What does Iran get from the treaty with Russia?"
FRIENDLY = (
    "Iran gets a powerful friend against isolation, political backing abroad, "
    "and cooperation on arms and technology."
)
FRIEND = (FRIENDLY, FRIENDLY)
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

COLLISION, HOSPITAL = "The collision off Corlen on 4 May 2025 injured", "the county hospital said."
QUAY = "The ferry had left the quay in fog. Both ships reached the harbour under their own power."
NIGHT = "Three of them were kept over night. The ferry line has stopped its morning service."

JOINER = "\u2060?"  # stands in words that shall not be tappable
Shown = dict[str, Any]


class Stage:
    """One bot with the sample library; every story has somebody new, who tells what they saw."""

    def __init__(self, api: BotApi, model: ModelServer, author: Author, web: Web) -> None:
        self.api = api
        self.web = web
        self.model = model
        self.author = author
        self._people = iter(PEOPLE)

    def newcomer(self, name: str = "Anna") -> Person:
        """Somebody the bot has not heard of."""
        return self.api.person(id=next(self._people), name=name)

    def asks(self, who: Person, question: str, group: Group | None = None) -> tuple[Shown, Shown]:
        """A question and its answer, as they stand in the chat."""
        asked = who.says(question, group)
        return shown(asked), shown(who.hears(timeout=WAIT, chat=group))


def shown(message: Message) -> Shown:
    """A message as it stands now, in the Bot API's form."""
    return message.as_json()


def named(stage: Stage, message: Shown) -> Shown:
    """The same message with a name in it for the address of the web, and its entities moved accordingly."""
    text, entities = str(message["text"]), [dict(each) for each in message.get("entities", ())]
    for address in (f"http://127.0.0.1:{stage.web.port}", f"127.0.0.1:{stage.web.port}", "127.0.0.1"):
        name = f"https://{NAMED}" if "//" in address else NAMED
        pattern = JOINER.join(f"{re.escape(char)}" for char in address)
        while found := re.search(pattern, text):
            start, end = (len(text[:at].encode("utf-16-le")) // 2 for at in found.span())
            longer = len(name) - (end - start)
            for each in entities:
                if each["offset"] >= end:
                    each["offset"] += longer
                elif each["offset"] + each["length"] >= end:
                    each["length"] += longer
            text = text[: found.start()] + name + text[found.end() :]
    return message | {"text": text, "entities": entities}


def growing(stage: Stage) -> Iterator[Shown]:
    """A preview grows; a wrong date is mended, an invention withheld."""
    anna = stage.newcomer()
    stage.author.writes(
        "Iran get", FRIEND, WRONG_DAY, NO_DUTY, INVENTED, mended=[IN_FORCE, INVENTED], step=24, pause=0.12
    )
    asked = anna.says(GETS)
    frame = stage.api.eventually(
        lambda: (seen := stage.api.preview(anna)) and seen.text and seen, timeout=WAIT
    )
    answer = anna.hears(timeout=WAIT)
    yield shown(asked)
    yield preview_of(frame.text, frame.entities, stoppable=frame.can_stop)
    yield caption_of("when all is written and checked")
    yield shown(answer)


def following(stage: Stage) -> Iterator[Shown]:
    """A follow-up is understood, and a reply is about the statement it quotes."""
    anna = stage.newcomer()
    stage.author.writes("Iran get", FRIEND)
    asked = anna.says(GETS)
    first = anna.hears(timeout=WAIT)
    yield from (shown(asked), shown(first))
    stage.author.understands("and Russia", "What does Russia get from the treaty with Iran?")
    partner = "Russia gets a partner long used to sanctions"
    stage.author.writes("Russia get", (partner, f"{partner}."))
    yield from stage.asks(anna, "and Russia?")
    stage.author.writes("oblige", NO_DUTY)
    replied = anna.replies(
        first, "Does that oblige Russia to defend Iran?", quote="cooperation on arms and technology"
    )
    yield from (shown(replied), shown(anna.hears(timeout=WAIT)))


def disagreeing(stage: Stage) -> Iterator[Shown]:
    """Two sources give two numbers, and both are shown."""
    anna = stage.newcomer()
    for day, host, title, said in (
        (
            5,
            "sorn-herald",
            "Collision in the fog",
            f"{COLLISION} 12 sailors, the harbour office said. {QUAY}",
        ),
        (6, "corlen-times", "Seventeen hurt off Corlen", f"{COLLISION} 17 sailors, {HOSPITAL} {NIGHT}"),
    ):
        head = f"title: {title}\ndate: 2025-05-0{day}\nurl: https://www.{host}.example/fog"
        anna.uploads(f"---\n{head}\n---\n\n{said}".encode(), name=f"{host}.md")
        anna.hears(timeout=WAIT)
    claim = f"{COLLISION} 17 sailors, {HOSPITAL}"
    stage.author.writes("sailors", (claim, claim))
    yield from stage.asks(anna, "How many sailors did the collision off Corlen injure?")


def languages(stage: Stage) -> Iterator[Shown]:
    """Questions in Arabic and Chinese are answered in Arabic and Chinese, from English sources."""
    search = "When did the treaty between Russia and Iran enter into force?"
    for asked, said in (
        (
            "متى دخلت المعاهدة بين روسيا وإيران حيز التنفيذ؟",
            "دخلت المعاهدة بين روسيا وإيران حيز التنفيذ في 2 أكتوبر 2025.",
        ),
        ("俄罗斯与伊朗的条约何时生效？", "俄罗斯与伊朗的条约于2025年10月2日生效。"),
    ):
        stage.author.understands(asked, asked, search)
        stage.author.writes(asked, (IN_FORCE[0], said))
        yield from stage.asks(stage.newcomer(), asked)


def stopping(stage: Stage) -> Iterator[Shown]:
    """In a group a message grows until somebody stops it."""
    anna, team = stage.newcomer(), stage.api.group("Team")
    stage.author.writes("Iran get", FRIEND, NO_DUTY, IN_FORCE, step=24, pause=0.3)
    asked = anna.says(f"@{stage.api.username} {GETS}", team)
    answer = anna.hears(timeout=WAIT, chat=team)
    yield from (shown(asked), shown(answer))
    anna.taps(answer, "Stop")
    stage.api.eventually(lambda: answer.text.rstrip().endswith("Stopped."), timeout=WAIT)
    yield caption_of("Anna taps Stop: what was verified stays")
    yield shown(answer)


def lacking(stage: Stage) -> Iterator[Shown]:
    """The model goes away in the middle of an answer; later the day's budget for it is spent."""
    anna = stage.newcomer()
    stage.author.writes("Iran get", FRIEND, NO_DUTY, cut_in=2)
    yield caption_of("the model goes away in the middle")
    yield from stage.asks(anna, GETS)
    stage.author.writes("Iran get", FRIEND)
    for _ in range(9):
        asked = anna.says("When did the treaty with Iran get into force?")
        answer = anna.hears(timeout=WAIT)
        if "budget" in answer.text:
            break
    yield caption_of("the day's budget for the model is spent")
    yield from (shown(asked), shown(answer))


def watching(stage: Stage) -> Iterator[Shown]:
    """Nothing is said about a question until a document comes that does."""
    anna = stage.newcomer()
    asked = anna.says("Who directs Heron Wharf?")
    unanswered = anna.hears(timeout=WAIT)
    yield from (shown(asked), shown(unanswered))
    anna.taps(unanswered, "Tell me when a source answers this")
    yield shown(anna.hears(timeout=WAIT))
    line = "Ilse Vantongeren directs Heron Wharf."
    stage.author.writes("Heron Wharf", (line, "Heron Wharf is directed by Ilse Vantongeren."))
    anna.uploads(
        f"Heron Wharf annual report\n\n{line} A new crane arrives in May.".encode(), name="report.txt"
    )
    yield caption_of("Anna sends a report")
    for _ in range(2):
        yield shown(anna.hears(timeout=WAIT))


def adding(stage: Stage) -> Iterator[Shown]:
    """An address has two feeds; one is chosen, read, asked about and cited to the article's own words."""
    anna = stage.newcomer()
    asked = anna.says(f"{stage.web.url}/")
    offered = anna.hears(timeout=WAIT)
    stage.api.eventually(lambda: offered.buttons, timeout=WAIT)
    yield from (shown(asked), shown(offered))
    yield caption_of("Anna taps “All news”")
    anna.taps(offered, "All news")
    stage.api.eventually(lambda: offered.text.startswith("Now following"), timeout=WAIT)
    yield shown(offered)
    stage.author.writes("crane", (CRANE, CRANE))
    yield from stage.asks(anna, "How much does the new crane weigh?")


def forwarding(stage: Stage) -> Iterator[Shown]:
    """A forwarded post is a source; so is a long text, if it is meant so."""
    anna = stage.newcomer()
    post = anna.forwards(f"Sundays at last\n\n{PLANS}", origins.channel("Selwick today", "selwick_today", 77))
    yield shown(post)
    yield shown(anna.hears(timeout=WAIT))
    stage.author.writes("library", (PLANS, PLANS))
    yield from stage.asks(anna, "When does the library open on Sundays?")
    pasted = anna.says(f"{PLANS} {SEAL} {CRANE} That is what they wrote to us in the letter of this morning.")
    yield shown(pasted)
    yield shown(anna.hears(timeout=WAIT))


def sources(stage: Stage) -> Iterator[Shown]:
    """What is followed and how it does; one card; a list for other readers."""
    anna = stage.newcomer()
    for feed in ("all", "sport", "letters"):
        told = anna.says(f"{stage.web.url}/{feed}.xml")
        told = anna.hears(timeout=WAIT)
        stage.api.eventually(lambda told=told: told.text.startswith("Now following"), timeout=WAIT)
    with paused(stage.api, anna, "3"):
        stage.web.refuses("/letters.xml", 410)
    yield caption_of("a source is gone for good")
    yield shown(anna.hears(timeout=WAIT))
    asked = anna.says("/sources")
    listed = anna.hears(timeout=WAIT)
    yield from (shown(asked), shown(listed))
    yield caption_of("Anna taps 2")
    anna.taps(listed, "2")
    stage.api.eventually(lambda: "In briefings" in str(listed.buttons) or "Answers" in str(listed.buttons))
    yield shown(listed)
    anna.taps(listed, "Never with words")
    question = anna.hears(timeout=WAIT)
    yield shown(question)
    yield shown(anna.replies(question, "obituary, quiz"))
    yield shown(anna.hears(timeout=WAIT))
    yield shown(anna.hears(timeout=WAIT))


def beginning(stage: Stage) -> Iterator[Shown]:
    """/follow explains itself and offers lists to begin with."""
    anna = stage.newcomer()
    yield from stage.asks(anna, "/start")
    asked = anna.says("/follow")
    told = anna.hears(timeout=WAIT)
    yield from (shown(asked), shown(told))
    yield caption_of("Anna taps “World”")
    anna.taps(told, "World")
    stage.api.eventually(lambda: told.text.startswith("World"), timeout=WAIT)
    yield shown(told)


def briefing(stage: Stage) -> Iterator[Shown]:
    """Two taps subscribe; an edition, and one of its stories whole."""
    anna = stage.newcomer()
    asked = anna.says("/subscribe")
    card = anna.hears(timeout=WAIT)
    yield from (shown(asked), shown(card))
    yield caption_of("Anna taps 07:00")
    anna.taps(card, "07:00")
    stage.api.eventually(lambda: "Next:" in card.text, timeout=WAIT)
    yield shown(card)
    yield shown(anna.says("/briefing"))
    edition = [anna.hears(timeout=WAIT)]
    while "Articles read:" not in edition[-1].text:
        edition.append(anna.hears(timeout=WAIT))
    yield from map(shown, edition[:2])
    yield caption_of(f"{len(edition) - 3} more stories")
    yield shown(edition[-1])
    yield caption_of("Anna taps “Full story” below the first one")
    anna.taps(edition[1], "Full story")
    yield shown(anna.hears(timeout=WAIT))


STORIES: Sequence[Callable[[Stage], Iterator[Shown]]] = (
    growing, following, disagreeing, languages, stopping, lacking, watching,
    adding, forwarding, sources, beginning, briefing,
)  # fmt: skip


@contextmanager
def staged() -> Iterator[Stage]:
    """A bot, its model, its web and its Telegram, for as long as the stories last."""
    author = Author()
    settings = {
        "TELEGRAM_ALLOWED_USERS": ",".join(map(str, PEOPLE)),
        "MODEL_TOKENS_A_DAY_EACH": "22000",
        "FETCH_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
    }
    with (
        Web() as web,
        tempfile.TemporaryDirectory() as folder,
        BotApi() as api,
        ModelServer(author) as model,
        footnote(Path(folder), api, prelude=SOON, **settings, **written_by(model)),
    ):
        furnish(web)
        yield Stage(api, model, author, web)


def furnish(web: Web) -> None:
    """A site with three feeds and an article or two."""
    feeds = (("all", "All news"), ("sport", "Sport"))
    offered = "".join(
        f"<link rel=alternate type=application/rss+xml title='{title}' href=/{name}.xml>"
        for name, title in feeds
    )
    web.page(
        "/",
        f"<!doctype html><html><head><title>Herald</title>{offered}</head><body><p>News.</p></body></html>",
    )
    web.page("/crane", article("Crane delivered", CRANE))
    web.page("/seal", article("A seal in the lock", SEAL))
    items = [("Crane delivered", "crane"), ("A seal in the lock", "seal")]
    for name, title, some in (
        ("all", "Harbour Herald", items),
        ("sport", "Herald Sport", []),
        ("letters", "Letters to the Herald", items[1:]),
    ):
        web.serves(f"/{name}.xml", rss(web, title, *some), content_type="text/xml")


def main() -> int:
    """Write a picture of each story, the first also dark; 0, or 1 with one line that says what is missing."""
    PICTURES.mkdir(exist_ok=True)
    with staged() as stage:
        seen = {story.__name__: [named(stage, each) for each in story(stage)] for story in STORIES}
    try:
        for name, messages in seen.items():
            render_messages(messages, PICTURES / f"{name}.png", folded=True, scale=SCALE)
        first = STORIES[0].__name__
        render_messages(seen[first], PICTURES / f"{first}-dark.png", folded=True, dark=True, scale=SCALE)
    except PictureError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
