"""The whole way through Telegram: the real `footnote run` before a strict Bot API, nothing made up inside."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest
from botapi import flood, hang
from footnote_process import ROOT, WAIT, asks, footnote, labels

ANNA, BEN = 4101, 4102

REPORT = [
    "Heron Wharf annual report",
    "The wharf handled 8,214 containers in the year to March.",
    "Director Ilse Vantongeren said the new crane will arrive in November.",
    "Repairs to the northern quay cost 3.2 million crowns.",
]


def pdf(lines: list[str]) -> bytes:
    """A PDF of one page with these lines, as small as PDFs get."""
    shown = " ".join(f"({line}) Tj 0 -24 Td" for line in lines)
    stream = f"BT /F1 12 Tf 72 720 Td {shown} ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + table + end


def test_from_the_setup_code_to_a_forgotten_document(tmp_path, bot_api):
    with footnote(tmp_path, bot_api) as bot:
        anna = bot_api.person(id=ANNA, name="Anna", language="en")
        stranger = bot_api.person(id=BEN, name="Ben")
        code = bot_api.eventually(
            lambda: re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", bot.log), timeout=WAIT, what="a setup code"
        ).group()
        assert "not set up yet" in asks(stranger, "Who are you?").text
        anna.says(code)
        assert "owner" in anna.hears(timeout=WAIT).text
        assert "Three questions" in anna.hears(timeout=WAIT).text
        anna.starts()
        welcome = anna.hears(timeout=WAIT)
        assert "16 documents" in welcome.text
        assert len(labels(welcome)) == 4

        anna.uploads(pdf(REPORT), name="report.pdf", mime="application/pdf")
        assert "Added" in anna.hears(timeout=WAIT).text
        question = anna.says("How much did repairs to the northern quay cost?")
        answer = anna.hears(timeout=WAIT)
        assert "3.2 million crowns" in answer.text
        assert "[1]" in answer.text
        assert bot_api.eventually(lambda: question.reactions, what="a reaction")
        assert answer.link_preview is not None
        assert any("3.2 million" in quote for quote in answer.quoted())

        anna.taps(answer, next(label for label in labels(answer) if "passage" in label.lower()))
        passage = anna.hears(timeout=WAIT)
        assert "3.2 million crowns" in passage.text
        assert "8,214 containers" in passage.text
        anna.opens(answer, 1)
        assert "3.2 million crowns" in anna.hears(timeout=WAIT).text

        treaty = asks(anna, "Does the treaty oblige Russia to defend Iran?")
        assert "does not oblige" in treaty.text
        follow_up = labels(treaty)[-1]
        anna.taps(treaty, follow_up)
        assert anna.hears(timeout=WAIT).text != treaty.text

        anna.says("/sources")
        assert "17" in anna.hears(timeout=WAIT).text
        anna.says("/forget")
        listed = anna.hears(timeout=WAIT)
        anna.taps(listed, labels(listed)[0])
        bot_api.eventually(
            lambda: any("x!" in str(b.data) for row in listed.buttons for b in row), what="asked"
        )
        anna.taps(listed, next(b.data for row in listed.buttons for b in row if "x!" in str(b.data)))
        bot_api.eventually(
            lambda: "Forgotten" in listed.text or any("Forgotten" in m.text for m in bot_api.sent(anna))
        )
        anna.says("How much did repairs to the northern quay cost?")
        gone = bot_api.eventually(
            lambda: next((m for m in bot_api.sent(anna)[::-1] if "Your sources don't say" in m.text), None),
            timeout=WAIT,
            what="an honest no",
        )
        assert "3.2 million" not in gone.text
        assert bot.ends() == 0
        assert bot_api.token not in bot.log
        assert "northern quay" not in bot.log


def test_a_second_person_and_a_group_see_none_of_the_firsts_documents(tmp_path, bot_api):
    with footnote(tmp_path, bot_api, TELEGRAM_ALLOWED_USERS=f"{ANNA},{BEN}"):
        anna = bot_api.person(id=ANNA, name="Anna")
        ben = bot_api.person(id=BEN, name="Ben")
        team = bot_api.group("Team")
        anna.uploads(pdf(REPORT), name="report.pdf", mime="application/pdf")
        assert "Added" in anna.hears(timeout=WAIT).text
        mine = asks(anna, "What did Ilse Vantongeren say about the crane?")
        assert "November" in mine.text

        others = asks(ben, "What did Ilse Vantongeren say about the crane?")
        assert "Vantongeren" not in others.text
        anna.says(f"@{bot_api.username} What did Ilse Vantongeren say about the crane?", chat=team)
        aloud = anna.hears(timeout=WAIT, chat=team)
        assert "Vantongeren" not in aloud.text
        ben.says("/sources")
        assert "Heron" not in ben.hears(timeout=WAIT).text
        ben.says("/forget")
        assert "Heron" not in ben.hears(timeout=WAIT).text

        number = re.search(r"p:(\d+):", str([b.data for row in mine.buttons for b in row]))
        assert number
        for foreign in (f"p:{number.group(1)}:0-10", "x!:17", "x:17"):
            tap = ben.forges(foreign)
            bot_api.eventually(lambda tap=tap: tap.answered)
        ben.starts(f"p_{number.group(1)}_0_10")
        assert "Vantongeren" not in ben.hears(timeout=WAIT).text
        assert "November" in asks(anna, "What did Ilse Vantongeren say about the crane?").text


@pytest.mark.slow
def test_telegrams_moods_are_survived_and_nothing_is_said_twice(tmp_path, bot_api):
    with footnote(tmp_path, bot_api, TELEGRAM_ALLOWED_USERS=str(ANNA)):
        anna = bot_api.person(id=ANNA, name="Anna")
        bot_api.breaks("sendMessage", flood(1))
        assert "487 million" in asks(anna, "How much will the Veldmouth flood barrier cost?").text
        bot_api.breaks("sendMessage", hang(), chat=anna)
        heard = asks(anna, "Why were the Corvane batteries recalled?")
        assert "seal" in heard.text
        assert not [m for m in bot_api.sent(anna) if m.text == heard.text and m is not heard]


def test_a_killed_bot_comes_back_with_everything(tmp_path, bot_api):
    with footnote(tmp_path, bot_api, TELEGRAM_ALLOWED_USERS=str(ANNA)) as bot:
        anna = bot_api.person(id=ANNA, name="Anna")
        anna.uploads(pdf(REPORT), name="report.pdf", mime="application/pdf")
        assert "Added" in anna.hears(timeout=WAIT).text
        assert bot.ends(signal.SIGKILL) != 0
    with footnote(tmp_path, bot_api, TELEGRAM_ALLOWED_USERS=str(ANNA)):
        assert "8,214" in asks(anna, "How many containers did the wharf handle?").text


def test_a_second_bot_on_the_same_folder_ends_with_one_line(tmp_path, bot_api):
    with footnote(tmp_path, bot_api, TELEGRAM_ALLOWED_USERS=str(ANNA)) as bot:
        bot_api.eventually(lambda: "bot.started" in bot.log, timeout=WAIT, what="a start")
        second = subprocess.run(
            [sys.executable, "-m", "bot"],
            cwd=tmp_path,
            env=os.environ
            | {"PYTHONPATH": str(ROOT), "TELEGRAM_BOT_TOKEN": "1:x", "TELEGRAM_API_URL": bot_api.url},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WAIT,
        )
        assert second.returncode == 1
        assert "stop it first" in second.stderr.splitlines()[-1]
        assert "Traceback" not in second.stderr


@pytest.mark.parametrize("settings", [{"TELEGRAM_BOT_TOKEN": "1:wrong"}])
def test_a_refused_token_ends_with_one_line_that_does_not_show_it(tmp_path, bot_api, settings):
    with footnote(tmp_path, bot_api, TELEGRAM_ALLOWED_USERS=str(ANNA), **settings) as bot:
        assert bot.ended() == 1
        assert "footnote: " in bot.log
        assert "1:wrong" not in bot.log
        assert "Traceback" not in bot.log
