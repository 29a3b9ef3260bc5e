"""Going through the one door to the web: what comes back, and how each failure is said."""

from __future__ import annotations

import asyncio
import gzip
import socket
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web import Elsewhere, Web, certificate

from retrieval.errors import Unreachable
from retrieval.fetch import Door, Fault, Limits, Validators
from retrieval.fetch.unpacking import Body

LIMITS = Limits(seconds=2, connecting=1, bytes=1_000_000, window=0.6, least=64)


@pytest.fixture(scope="module")
def whole_web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def web(whole_web: Web) -> Web:
    whole_web.forget()
    return whole_web


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with Door(allowed_private=["127.0.0.1"], limits=LIMITS) as door:
        yield door


async def refusal(door: Door, url: str, **options: object) -> Unreachable:
    """Why an address cannot be fetched, which must be one clear sentence, in time."""
    start = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        await door.fetch(url, **options)  # type: ignore[arg-type]
    sentence = str(caught.value)
    assert time.monotonic() - start < LIMITS.seconds + 2
    assert sentence.startswith("“")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 400
    return caught.value


# --- What comes back ----------------------------------------------------------------------------------


async def test_a_page_comes_with_what_its_server_says_of_it(web: Web, door: Door) -> None:
    web.page("/a?b=%20c", "<p>Größe</p>", etag='"1"', content_language="de", set_cookie="id=1")
    found = await door.fetch(web.url + "/a?b=%20c#d")
    assert found.url == web.url + "/a?b=%20c"
    assert (found.status, found.media_type, found.body.decode()) == (200, "text/html", "<p>Größe</p>")
    assert found.headers["content-language"] == "de"
    assert "set-cookie" not in found.headers
    assert found.validators == Validators(found.url, '"1"', None)
    assert found.moved_to is None
    assert not found.not_modified


async def test_it_says_who_asks_and_nothing_else(
    web: Web, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    web.page("/a", "one", set_cookie="id=1")
    await door.fetch(web.url.replace("://", "://anna:secret@") + "/a")
    await door.fetch(web.url + "/a")
    for visit in web.log:
        assert visit.headers["user-agent"].startswith("Footnote/")
        assert visit.headers.keys() == {
            "host",
            "user-agent",
            "accept",
            "accept-encoding",
            "connection",
        }
        assert "secret" not in str(visit)


async def test_what_did_not_change_is_not_sent_again(web: Web, door: Door) -> None:
    web.page("/etag", "one", etag='"1"')
    web.page("/date", "one", last_modified="Sat, 21 Nov 2026 12:00:00 GMT")
    for path in ("/etag", "/date"):
        first = await door.fetch(web.url + path)
        second = await door.fetch(web.url + path, validators=first.validators)
        assert second.not_modified
        assert second.body == b""
        assert second.validators == first.validators
    web.page("/etag", "two", etag='"2"')
    assert (await door.fetch(web.url + "/etag", validators=first.validators)).body == b"two"


async def test_validators_are_told_to_the_address_they_are_of_and_no_other(web: Web, door: Door) -> None:
    web.moves("/old", "/new")
    web.page("/new", "one", etag='"1"')
    first = await door.fetch(web.url + "/old")
    again = await door.fetch(web.url + "/old", validators=first.validators)
    assert again.not_modified
    asked = [(visit.path, visit.headers.get("if-none-match")) for visit in web.log[2:]]
    assert asked == [("/old", None), ("/new", '"1"')]


async def test_a_304_that_nobody_asked_for_is_a_fault(web: Web, door: Door) -> None:
    web.refuses("/a", 304)
    assert (await refusal(door, web.url + "/a")).status == 304


async def test_redirects_are_followed_and_permanent_ones_told(web: Web, door: Door) -> None:
    web.moves("/1", "/2", status=301)
    web.moves("/2", "3?x=ü", status=308)
    web.moves("/3?x=%C3%BC", web.url + "/4", status=302)
    web.moves("/4", "/5", status=301)
    web.page("/5", "here")
    found = await door.fetch(web.url + "/1")
    assert (found.url, found.moved_to) == (web.url + "/5", web.url + "/3?x=%C3%BC")
    assert (await door.fetch(web.url + "/3?x=ü")).moved_to is None


@pytest.mark.parametrize(
    "location",
    [
        "http://[",
        "file:///etc/passwd",
        "data:text/html,hi",
        "http://2130706433/",
        "\x01",
        "http:///x",
        "a\\b",
    ],
)
async def test_a_redirect_to_what_is_no_web_address_ends(web: Web, door: Door, location: str) -> None:
    web.moves("/a", location)
    if location == "\x01":
        url = web.says(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\x01\r\nContent-Length: 0\r\n\r\n")
        await refusal(door, url)
    else:
        assert "leads on to" in str(await refusal(door, web.url + "/a"))


async def test_six_redirects_are_too_many(web: Web, door: Door) -> None:
    for hop in range(6):
        web.moves(f"/{hop}", f"/{hop + 1}")
    web.page("/6", "far away")
    assert (await door.fetch(web.url + "/1")).body == b"far away"
    assert "5 times" in str(await refusal(door, web.url + "/0"))
    web.moves("/loop", "/loop")
    await refusal(door, web.url + "/loop")


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (302, "refused"),
        (401, "log in"),
        (403, "let"),
        (404, "not there"),
        (410, "gone"),
        (418, "refused"),
        (429, "less often"),
        (500, "try again"),
        (503, "try again"),
        (599, "try again"),
    ],
)
async def test_a_refusal_is_said_in_words(web: Web, door: Door, status: int, says: str) -> None:
    web.refuses("/a", status, retry_after="120")
    fault = await refusal(door, web.url + "/a")
    assert says in str(fault)
    assert str(status) in str(fault)
    assert (fault.status, fault.retry_after) == (status, 120)


@pytest.mark.parametrize("said", ["", "soon", "-5", "²", "Mon, 99 Foo 2026 99:99:99 GMT", "9" * 500])
async def test_a_wait_that_makes_no_sense_is_none_or_bounded(web: Web, door: Door, said: str) -> None:
    web.page("/a", "one", retry_after=said)
    wait = (await door.fetch(web.url + "/a")).retry_after
    assert wait is None or 0 <= wait <= 31 * 86400


async def test_a_wait_until_a_moment_is_told_in_seconds(web: Web, door: Door) -> None:
    web.refuses("/a", 503, retry_after=format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True))
    fault = await refusal(door, web.url + "/a")
    assert 3500 < (fault.retry_after or 0) <= 3600


# --- Who may be reached -------------------------------------------------------------------------------


async def test_this_machine_is_not_reached_unless_its_owner_allows_it(web: Web) -> None:
    web.page("/a", "secret")
    async with Door(limits=LIMITS) as door:
        for url in (
            f"{web.url}/a",
            f"http://localhost:{web.port}/a",
            "http://127.0.0.1/a",
            "http://localhost/a",
        ):
            await refusal(door, url)
    async with Door(allowed_private=["nas.local"], limits=LIMITS) as door:
        await refusal(door, f"{web.url}/a")
    assert web.log == []


async def test_an_allowed_host_is_reached_by_the_name_it_was_allowed_by(web: Web) -> None:
    web.page("/a", "wiki")
    zone = {"wiki.test": [["127.0.0.1"]], "other.test": [["127.0.0.1"]], "cloud.test": [["169.254.169.254"]]}
    world = Elsewhere(zone, web)
    async with Door(
        allowed_private=["Wiki.Test.", "cloud.test"], limits=LIMITS, lookup=world.lookup, dial=world.dial
    ) as door:
        assert (await door.fetch("http://wiki.test:1234/a")).body == b"wiki"
        assert "not public" in str(await refusal(door, "http://other.test/a"))
        assert "not public" in str(await refusal(door, "http://cloud.test/a"))
        assert "not public" in str(await refusal(door, "http://127.0.0.1/a"))
        web.moves("/b", "http://other.test/a")
        assert "not public" in str(await refusal(door, "http://wiki.test/b"))
    assert {host for host, _ in world.dialled} == {"127.0.0.1"}
    assert web.log[0].host == "wiki.test:1234"


async def test_the_address_that_was_checked_is_the_one_that_is_dialled(web: Web) -> None:
    web.page("/a", "one")
    world = Elsewhere({"turns.test": [["93.184.216.34"], ["127.0.0.1"]]}, web)
    async with Door(limits=LIMITS, lookup=world.lookup, dial=world.dial) as door:
        assert (await door.fetch("http://turns.test/a")).body == b"one"
    assert world.looked_up == ["turns.test"]
    async with Door(limits=LIMITS, lookup=world.lookup, dial=world.dial) as door:
        await refusal(door, "http://turns.test/a")
    assert world.dialled == [("93.184.216.34", 80)]


async def test_one_address_at_home_among_public_ones_closes_a_name() -> None:
    answers = [f"93.184.216.{number}" for number in range(1, 200)]
    world = Elsewhere({"many.test": [[*answers, "10.0.0.1"]], "none.test": [[]], "odd.test": [["x"]]})
    async with Door(limits=LIMITS, lookup=world.lookup, dial=world.dial) as door:
        assert "not public" in str(await refusal(door, "http://many.test/"))
        await refusal(door, "http://none.test/")
        await refusal(door, "http://odd.test/")
    assert world.dialled == []


async def test_a_name_with_many_addresses_costs_few_attempts() -> None:
    world = Elsewhere({"many.test": [[f"93.184.216.{number}" for number in range(1, 200)]]})
    async with Door(limits=LIMITS, lookup=world.lookup, dial=world.dial) as door:
        assert "no connections" in str(await refusal(door, "http://many.test/"))
    assert len({host for host, _ in world.dialled}) == 8


async def test_ports_that_are_no_web_servers_stay_closed() -> None:
    world = Elsewhere({"pub.test": [["93.184.216.34"]]})
    async with Door(limits=LIMITS, lookup=world.lookup, dial=world.dial) as door:
        for port in (22, 25, 6379, 81, 65535):
            assert f"port {port}" in str(await refusal(door, f"http://pub.test:{port}/"))
        assert world.looked_up == []
        for port in (80, 443, 8080, 8443):
            await refusal(door, f"http://pub.test:{port}/")
    assert {port for _, port in world.dialled} == {80, 443, 8080, 8443}


async def test_a_name_nobody_has_and_a_resolver_that_fails_are_told_apart() -> None:
    async def fails(name: str) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    async with Door(limits=LIMITS, lookup=Elsewhere({}).lookup) as door:
        assert "spelling" in str(await refusal(door, "http://nowhere.test/"))
    async with Door(limits=LIMITS, lookup=fails) as door:
        assert "try again" in str(await refusal(door, "http://nowhere.test/"))
    async with Door(limits=LIMITS, lookup=Elsewhere({"slow.test": "TIMEOUT"}).lookup) as door:
        assert "longer than 2 seconds" in str(await refusal(door, "http://slow.test/"))


# --- Secure connections -------------------------------------------------------------------------------


async def test_https_is_spoken_to_the_name_and_a_bad_certificate_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = certificate(tmp_path / "pub.pem", "pub.test")
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with Web(tls=context) as web:
        web.page("/a", "one")
        world = Elsewhere({"pub.test": [["93.184.216.34"]], "evil.test": [["93.184.216.34"]]}, web)
        async with Door(limits=LIMITS, lookup=world.lookup, dial=world.dial) as door:
            assert "certificate" in str(await refusal(door, "https://pub.test/a"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "pub.pem"))
        async with Door(limits=LIMITS, lookup=world.lookup, dial=world.dial) as door:
            assert (await door.fetch("https://pub.test/a")).body == b"one"
            assert "certificate" in str(await refusal(door, "https://evil.test/a"))
            assert "secure" in str(await refusal(door, f"https://pub.test:{80}/a"))
        assert [visit.host for visit in web.log if visit.path == "/a"] == ["pub.test"]
        assert names == ["pub.test", "pub.test", "evil.test"]


# --- How much, how slow, how broken -------------------------------------------------------------------


async def test_what_is_too_big_ends_early(web: Web, door: Door) -> None:
    web.floods("/endless")
    web.serves("/long", b"a" * 1_000_001)
    web.serves("/fits", b"a" * 1_000_000)
    for path in ("/endless", "/long"):
        assert "larger than" in str(await refusal(door, web.url + path))
    assert len((await door.fetch(web.url + "/fits")).body) == 1_000_000


async def test_slow_servers_are_given_up(web: Web, door: Door) -> None:
    web.drips("/drip")
    web.drips("/silent", silent=True)
    web.hangs("/hangs")
    for path, says in (("/drip", "too slowly"), ("/silent", "too slowly"), ("/hangs", "longer than 2 sec")):
        assert says in str(await refusal(door, web.url + path))


async def test_a_body_that_comes_steadily_for_longer_than_a_window_is_read() -> None:
    limits = Limits(seconds=5, window=0.3, least=4)
    with Web() as web:
        async with Door(allowed_private=["127.0.0.1"], limits=limits) as door:
            pieces = [b"HTTP/1.1 200 OK\r\n\r\n", *[b"0123456789"] * 3]
            url = web.says(*pieces, pause=0.2)
            assert (await door.fetch(url)).body == b"0123456789" * 3


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 5_000 + b"\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/" + b"a" * 60_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nx no gzip at all",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"a" * 5000)[:-9],
    ],
)
async def test_a_broken_reply_is_one_sentence(web: Web, door: Door, reply: bytes) -> None:
    await refusal(door, web.says(reply))


@pytest.mark.parametrize(
    "again", [b"HTTP/1.1 100 Continue\r\n\r\n", b"X: a\r\n", b"HTTP/1.1 103 Early Hints\r\nX: a\r\n\r\n"]
)
async def test_a_head_that_never_ends_is_given_up_for_its_size(web: Web, again: bytes) -> None:
    start = b"HTTP/1.1 200 OK\r\n" if again.startswith(b"X") else again
    async with Door(allowed_private=["127.0.0.1"], limits=replace(LIMITS, seconds=30)) as patient:
        with pytest.raises(Unreachable) as caught:
            await patient.fetch(web.says(start, 100 * again, endless=True))
    assert "longer than" not in str(caught.value)


async def test_a_closed_port_is_said_so(door: Door) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert "no connections" in str(await refusal(door, f"http://127.0.0.1:{port}/"))


async def test_a_fetch_that_nobody_waits_for_ends_at_once(web: Web, door: Door) -> None:
    web.hangs("/hangs")
    task = asyncio.create_task(door.fetch(web.url + "/hangs"))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


# --- Unpacking ----------------------------------------------------------------------------------------


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    "path", ["/gzip", "/x-gzip", "/deflate", "/raw", "/members", "/trailed", "/identity"]
)
async def test_packed_pages_are_unpacked(web: Web, door: Door, path: str) -> None:
    text = bytes(range(256)) * 1200
    packed = gzip.compress(text)
    web.serves("/gzip", packed, content_encoding="gzip")
    web.serves("/x-gzip", packed, content_encoding="X-GZIP")
    web.serves("/deflate", zlib.compress(text), content_encoding="deflate")
    web.serves("/raw", raw_deflate(text), content_encoding="deflate")
    web.serves("/members", gzip.compress(text[:1000]) + gzip.compress(text[1000:]), content_encoding="gzip")
    web.serves("/trailed", packed + b"\x00" * 10, content_encoding="gzip")
    web.serves("/identity", text, content_encoding="identity")
    assert (await door.fetch(web.url + path)).body == text


@given(
    data=st.binary(max_size=3000).map(lambda some: some * 200),
    sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=20),
    coding=st.sampled_from(["gzip", "deflate", "raw", "identity"]),
)
def test_however_it_is_cut_the_same_comes_out(data: bytes, sizes: list[int], coding: str) -> None:
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "raw": raw_deflate}.get(coding, bytes)
    packed = pack(data)
    body = Body(coding.replace("raw", "deflate"), 1_000_000)
    place = 0
    while place < len(packed):
        size = sizes[place % len(sizes)]
        body.feed(packed[place : place + size])
        place += size
    assert body.whole() == data


@given(st.binary(max_size=500), st.sampled_from(["gzip", "deflate"]))
def test_no_bytes_at_all_break_the_unpacking(noise: bytes, coding: str) -> None:
    body = Body(coding, 1000)
    try:
        body.feed(noise)
        assert len(body.whole()) <= 1000
    except Fault:
        pass


def test_unpacking_stops_at_its_bound() -> None:
    body = Body("gzip", 1_000_000)
    with pytest.raises(Fault, match="larger"):
        body.feed(gzip.compress(b"\0" * 50_000_000))
    assert len(body._bytes) < 1_300_000
