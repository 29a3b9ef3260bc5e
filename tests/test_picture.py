"""A message is drawn as Telegram would draw it: its entities, and nothing that its text says in HTML."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import struct
import subprocess
import sys
from html import unescape
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendering import an_answer, rendered

from bot.render import Button
from bot.render.pieces import Text, bold, italic, link, quoted
from bot.render.split import Block, parts

SCRIPT = Path(__file__).resolve().parents[1] / "docs" / "picture.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("picture", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["picture"] = module
    spec.loader.exec_module(module)
    return module


picture = load()


def entity(kind: str, offset: int, length: int, **more: str) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


def visible(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_entities_become_elements_at_their_utf16_places() -> None:
    html = picture.to_html(
        "👍🏽 bold & linked",
        [entity("bold", 5, 4), entity("text_link", 12, 6, url='https://a.test/?x=1&y="2"')],
    )
    assert html == (
        '👍🏽 <b class="bold">bold</b> &amp; <a href="https://a.test/?x=1&amp;y=&quot;2&quot;">linked</a>'
    )


def test_entities_nest_in_any_order_given() -> None:
    inner, outer = entity("bold", 1, 2), entity("expandable_blockquote", 0, 4)
    assert picture.to_html("abcd\nrest", [inner, outer]) == (
        '<blockquote class="expandable_blockquote" dir="auto">'
        '<div>a<b class="bold">bc</b>d</div></blockquote>rest'
    )
    same = picture.to_html("ab", [entity("text_link", 0, 2, url="https://a.test"), entity("bold", 0, 2)])
    assert same == '<a href="https://a.test"><b class="bold">ab</b></a>'


def test_entities_that_cross_are_a_fault() -> None:
    with pytest.raises(ValueError, match="cross"):
        picture.to_html("abcd", [entity("bold", 0, 3), entity("italic", 2, 2)])


def test_a_text_cannot_speak_html() -> None:
    hostile = "<script>alert(1)</script> & <b onload='x'>"
    page = picture.chat_html(
        [picture.question_of(hostile), {"text": hostile, "entities": [entity("bold", 0, 8)]}]
    )
    assert page.count("<script>") == 1  # the one that measures the page
    assert "<b onload" not in page


def test_buttons_stand_below_their_message_and_questions_on_the_right() -> None:
    (part,) = rendered(an_answer("It is <so>."), Button("And <then>?", "q:0"))
    page = picture.chat_html(
        [picture.question_of("Is it so?"), picture.message_of(part)], dark=True, folded=True
    )
    assert '<body class="dark folded">' in page
    assert re.findall(r"<section class=(\w+)>", page) == ["mine", "theirs"]
    assert re.findall(r"<span class=button>(.*?)</span>", page) == ["Show passage 1", "And &lt;then&gt;?"]
    assert "$" not in page


def test_previews_replies_and_captions_are_drawn_as_what_they_are() -> None:
    frame = picture.preview_of("It is so.", [entity("bold", 0, 2)], stoppable=True)
    reply = picture.question_of("Why?") | {
        "reply_to_message": {"text": "It is <so>.", "from": {"first_name": "Footnote"}},
        "quote": {"text": "<so>"},
    }
    to_a_file = {"text": "Added.", "reply_to_message": {"document": {"file_name": "a&b.txt"}}}
    page = picture.chat_html([frame, picture.caption_of("<later>"), reply, to_a_file])
    assert '<section class="theirs preview">' in page
    assert page.count("<span class=stop>") == 1
    assert "<span class=caption>&lt;later&gt;</span>" in page
    assert "<b>Footnote</b><span>&lt;so&gt;</span>" in page
    assert "<span>a&amp;b.txt</span>" in page
    shown = picture.chat_html([picture.preview_of("It.", [], stoppable=False)])
    assert "<span class=stop>" not in shown


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).map(Text)
STYLED = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(bold, inner),
        st.builds(italic, inner),
        st.builds(link, inner, st.just("https://a.test/")),
        st.builds(quoted, inner),
    ),
    max_leaves=8,
)


@given(STYLED)
@settings(max_examples=80, deadline=None)
def test_every_rendered_message_can_be_drawn_and_says_the_same(text: Text) -> None:
    for part in parts([Block(text)]):
        message = picture.message_of(part)
        html = picture.to_html(message["text"], message["entities"])
        assert visible(html).replace("\n", "") == part.text.replace("\n", "")
        assert len(re.findall("<(?:b|i|a|blockquote) ", html)) == len(part.entities)


def test_without_chromium_one_line_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    chat = tmp_path / "chat.json"
    chat.write_text(json.dumps([picture.question_of("Why?")]))
    assert picture.main([str(tmp_path / "out.png"), "--messages", str(chat)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "apt-get install chromium" in said


@pytest.mark.parametrize("written", ["{", '{"text": "x"}', '[{"no": "text"}]', "[1]"])
def test_what_is_no_list_of_messages_is_refused_in_one_line(
    written: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = tmp_path / "chat.json"
    chat.write_text(written)
    assert picture.main([str(tmp_path / "out.png"), "--messages", str(chat)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out.png").exists()


def test_the_command_takes_a_picture_as_wide_as_a_phone(tmp_path: Path) -> None:
    if not any(shutil.which(name) for name in picture.BROWSERS):
        pytest.skip("Chromium is not installed")
    (part,) = rendered(an_answer("It is so. " * 60))
    chat = json.dumps([picture.question_of("Is it so?"), picture.message_of(part)])
    sizes = []
    for more in ((), ("--folded", "--dark")):
        out = tmp_path / "chat.png"
        command = [sys.executable, str(SCRIPT), str(out), "--width", "360", *more]
        subprocess.run(command, input=chat, text=True, check=True, timeout=120)
        png = out.read_bytes()
        assert png.startswith(b"\x89PNG")
        sizes.append(struct.unpack(">II", png[16:24]))
    (wide, tall), (as_wide, shorter) = sizes
    assert wide == as_wide == 720
    assert tall > shorter > 400
