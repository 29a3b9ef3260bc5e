"""Hostile addresses, redirects and bodies from the research data: nothing is reached, all ends in time."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from libraries import SHARED_DATA
from web import Elsewhere, Web, certificate

from retrieval.errors import Unreachable
from retrieval.fetch import Door, Limits
from retrieval.fetch.addresses import is_public

DATA = SHARED_DATA / "security"
ROOT = Path(__file__).resolve().parents[1]
LIMITS = Limits(seconds=1, connecting=1)
MOST_GROWTH = 64 * 1024  # KiB
MOST_LATE = 1.0  # seconds that anything else in the process has to wait, on a busy machine

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the research data is not beside this repository")


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A web that every dialled address leads to; over https it is pub.test."""
    path = tmp_path_factory.mktemp("tls") / "pub.pem"
    patch = pytest.MonkeyPatch()
    patch.setenv("SSL_CERT_FILE", str(path))
    with patch.context(), Web(tls=certificate(path, "pub.test", "evil.test")) as web:
        yield web
    patch.undo()


def zone() -> dict[str, list[list[str]] | str]:
    found: dict[str, list[list[str]] | str] = json.loads((DATA / "dns_zone.json").read_text())
    return found


def door_to(world: Elsewhere) -> Door:
    return Door(limits=LIMITS, lookup=world.lookup, dial=world.dial)


async def outcome(door: Door, url: str) -> str | None:
    """None where something came, or the sentence that says why not."""
    try:
        await door.fetch(url)
    except Unreachable as fault:
        return str(fault)
    return None


def listed() -> list[tuple[str, str]]:
    """The verdicts and the addresses."""
    if not DATA.exists():
        return []
    lines = (DATA / "ssrf_urls.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(row[0], json.loads(row[3])) for row in rows]


async def test_nothing_that_must_be_refused_is_reached_and_nothing_allowed_is_refused(web: Web) -> None:
    web.page("/", "a page")
    web.page("/feed", "a feed")
    wrong = []
    world = Elsewhere(zone(), web)
    async with door_to(world) as door:
        for verdict, url in listed():
            world.forget()
            said = await outcome(door, url)
            reached = [host for host, _ in world.dialled if not is_public(ip_address(host))]
            if reached or (verdict == "ALLOW") != (said is None):
                wrong.append((verdict, url, said, reached))
            assert said is None or (said.endswith(".") and "\n" not in said and "user:" not in said)
    # A name whose second answer is at home is dialled at its first, and only there: that is as good.
    assert [each for each in wrong if each[1] != "http://rebind.test/"] == []
    assert all(not reached for *_, reached in wrong)


async def test_every_name_of_the_zone_leads_to_public_addresses_or_nowhere(web: Web) -> None:
    web.page("/", "a page")
    names = zone()
    world = Elsewhere(names, web)
    async with door_to(world) as door:
        for name in names:
            for url in (f"http://{name.upper()}.:8080/", f"http://a:b@{name}/#x"):
                await outcome(door, url)
    assert all(is_public(ip_address(host)) for host, _ in world.dialled)
    assert ("93.184.216.34", 80) in world.dialled


def cases() -> list[dict]:  # type: ignore[type-arg]
    if not DATA.exists():
        return []
    return [json.loads(line) for line in (DATA / "redirect_cases.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
async def test_redirects_lead_to_public_addresses_or_nowhere(web: Web, case: dict) -> None:  # type: ignore[type-arg]
    chain = case["chain"]
    for hop in chain:
        place = hop["url"].partition("//")[2].rpartition("@")[2]
        if "location" in hop and hop["location"].isprintable():
            web.moves(place, hop["location"], status=hop["status"])
        elif "location" in hop:
            web.hangs(place)  # such a header cannot be sent by this web; see test_fetch.py
        else:
            web.page(place, hop.get("body", "here"), status=hop["status"])
    visits = len(web.log)
    world = Elsewhere(zone(), web)
    async with door_to(world) as door:
        said = await outcome(door, chain[0]["url"])
        if case["id"] == "autodiscovery_private":
            said = await outcome(door, chain[0]["body"].partition("href=")[2].rstrip(">"))
        elif case["id"] == "reuse_keepalive":
            said = await outcome(door, chain[1]["url"])
    assert all(is_public(ip_address(host)) for host, _ in world.dialled)
    if case["expect"] != "POLICY":
        assert (said is None) == (case["expect"] == "ALLOW"), said
    for visit in web.log[visits:]:
        assert not {"authorization", "cookie", "referer", "if-none-match"} & visit.headers.keys()


GROWTH = """
import asyncio, sys, time
from retrieval.errors import Unreachable
from retrieval.fetch import Door, Limits

late = 0.0

def peak():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

async def others():
    global late
    while True:
        start = time.monotonic()
        await asyncio.sleep(0.01)
        late = max(late, time.monotonic() - start - 0.01)

async def main(warm, *urls):
    limits = Limits(seconds=2, window=0.5)
    async with Door(allowed_private=["127.0.0.1"], limits=limits) as door:
        await door.fetch(warm)
        before = peak()
        chats = asyncio.create_task(others())
        for url in urls:
            try:
                found = await door.fetch(url)
                print("came", len(found.body), url)
            except Unreachable as fault:
                print("said", fault)
        chats.cancel()
        print(late, peak() - before)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_bombs_and_endless_bodies_end_in_time_and_cost_little_memory(web: Web) -> None:
    bombs = DATA / "bombs"
    codings = {"bomb.gz": "gzip", "bomb.deflate": "deflate", "bomb.br": "br", "bomb.zst": "zstd"}
    for name, coding in (codings | {"bomb_nested.gz.gz": "gzip, gzip"}).items():
        web.serves(f"/{name}", (bombs / name).read_bytes(), content_encoding=coding)
    web.serves("/once.gz", (bombs / "bomb_nested.gz.gz").read_bytes(), content_encoding="gzip")
    web.serves("/own.gz", gzip.compress(b"<p>" * 30_000_000, 1), content_encoding="gzip")
    web.serves("/members.gz", gzip.compress(b"") * 100_000, content_encoding="gzip")
    web.floods("/endless")
    web.drips("/drip")
    web.page("/warm", "<p>warm</p>")
    paths = [*codings, "bomb_nested.gz.gz", "once.gz", "own.gz", "members.gz", "endless", "drip"]
    heads = [
        web.says(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, endless=True),
        web.says(b"HTTP/1.1 200 OK\r\n", b"X: a\r\n" * 1000, endless=True),
        web.says(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1\r\na\r\n" * 5000,
            endless=True,
        ),
    ]
    start = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-c", GROWTH, f"{web.url}/warm", *(f"{web.url}/{path}" for path in paths), *heads],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    *lines, figures = run.stdout.splitlines()
    late, growth = figures.split()
    said = [line for line in lines if line.startswith("said")]
    came = [line for line in lines if line.startswith("came")]
    assert len(said) + len(came) == len(paths) + len(heads)
    assert {line.rpartition("/")[2] for line in came} <= {"once.gz", "members.gz"}
    assert int(growth) < MOST_GROWTH, f"{growth} KiB"
    assert float(late) < MOST_LATE, f"{late} s"
    assert time.monotonic() - start < 20
