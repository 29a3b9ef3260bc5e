"""Public Telegram channels, read from the page that shows them to anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retrieval.errors import Unreadable
from retrieval.extract import Reader
from retrieval.feeds import Feed
from retrieval.feeds.telegram import channel_name

Read = Callable[..., Feed]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@pytest.fixture
def read(reader: Reader, tmp_path: Path) -> Read:
    def read(page: str, *, url: str = "https://t.me/s/courier") -> Feed:
        path = tmp_path / "page"
        path.write_text(page)
        return reader.channel(path, url=url)

    return read


def post(number: int, words: str, *, about: str = "", signed: str = "", kind: str = "") -> str:
    said = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{words}</div>' if words else ""
    return f"""
    <div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message {kind}
     js-widget_message" data-post="courier/{number}"><div class="tgme_widget_message_bubble">
      <div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name"
       href="https://t.me/courier"><span dir="auto">The Courier</span></a></div>{about}{said}
      <div class="tgme_widget_message_footer"><span class="tgme_widget_message_views">1.2K</span>{signed}
       <a class="tgme_widget_message_date" href="https://t.me/courier/{number}"><time
        datetime="2026-11-17T08:0{number % 10}:00+01:00" class="time">8</time></a></div></div></div></div>"""


def channel(*posts: str) -> str:
    return f"""<!DOCTYPE html><html><head><meta property="og:title" content="The Courier"></head><body>
    <div class="tgme_channel_info_header_title"><span dir="auto">The Courier</span></div>
    <div class="tgme_channel_info_description">All the news.</div>
    <section class="tgme_channel_history">{"".join(posts)}</section></body></html>"""


def test_posts_are_items_the_newest_first(read: Read) -> None:
    feed = read(
        channel(
            post(
                41,
                'First line<br/>Second with <a href="https://x.test/">a link</a> and '
                '<tg-emoji emoji-id="1"><i class="emoji" style="x:url()"><b>🔥</b></i></tg-emoji> fire'
                "<br/><br/>A paragraph.",
            ),
            post(42, "<b>Bold</b> words", signed="<b class='tgme_widget_message_from_author'>Ann</b>"),
        )
    )
    assert (feed.title, feed.home) == ("The Courier", "https://t.me/courier")
    second, first = feed.items
    assert first.key == first.url == "https://t.me/courier/41"
    assert first.text == "First line\nSecond with a link and 🔥 fire\n\nA paragraph."
    assert first.published == datetime(2026, 11, 17, 7, 1, tzinfo=UTC)
    assert (first.title, first.author, first.whole) == ("", None, True)
    assert (second.text, second.author) == ("Bold words", "Ann")


def test_a_forwarded_post_says_whose_words_it_brings(read: Read) -> None:
    from_whom = """<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;<a
     class="tgme_widget_message_forwarded_from_name" href="https://t.me/agency/7"><span
     dir="auto">Agency</span></a></div>"""
    (item,) = read(channel(post(1, "It was said.", about=from_whom))).items
    assert (item.author, item.text) == ("Agency", "It was said.")


def test_only_a_posts_own_words_count(read: Read) -> None:
    reply = """<a class="tgme_widget_message_reply" href="https://t.me/courier/1"><div
     class="tgme_widget_message_text js-message_reply_text">Quoted words</div></a>"""
    preview = """<a class="tgme_widget_message_link_preview" href="https://x.test/"><div
     class="link_preview_description">Their words</div></a>"""
    photo = '<a class="tgme_widget_message_photo_wrap" href="https://t.me/courier/3"></a>'
    poll = '<div class="x_poll"><div class="tgme_widget_message_poll_question">Who?</div></div>'
    feed = read(
        channel(
            post(1, "Own words", about=reply + preview),
            post(2, "", about=photo),
            post(3, "Channel created", kind="service_message"),
            post(4, "", about=poll),
        )
    )
    assert [item.text for item in feed.items] == ["Who?", "Own words"]


def test_a_channel_without_posts_is_read_and_a_page_without_a_channel_refused(read: Read) -> None:
    assert read(channel()).items == ()
    for page in (
        "<html><body><div class='tgme_page'>Send Message</div></body></html>",
        "words",
        "<html></html>",
    ):
        with pytest.raises(Unreadable, match=r"“https://t\.me/s/courier” shows no posts to the public"):
            read(page)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("@courier", "courier"),
        ("t.me/courier", "courier"),
        ("https://t.me/s/courier", "courier"),
        ("https://t.me/courier/123?single", "courier"),
        ("http://telegram.me/courier/", "courier"),
        ("tg://resolve?domain=courier&post=1", "courier"),
        ("courier.t.me", "courier"),
        ("https://t.me/+AbCdEf", None),
        ("https://t.me/joinchat/AbCdEf", None),
        ("https://t.me/c/123/4", None),
        ("https://t.me.evil.test/courier", None),
        ("https://evil.test/t.me/courier", None),
        ("@ab", None),
        ("ann@courier.test", None),
        ("", None),
    ],
)
def test_the_name_of_a_channel(address: str, name: str | None) -> None:
    assert channel_name(address) == name
