"""Pages in a real browser, on phones and a desk, light and dark: valid, accessible, asking for nothing."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from libraries import MINILM, library_in
from page_pieces import ARABIC, HOSTILE, PLAIN, edition
from test_picture import picture

from bot.render.brief_page import Card, Corrected, page, story_page
from retrieval.briefing import Briefing, Briefings, Piece, Profile
from retrieval.sources import sample_drafts
from retrieval.types import Draft, Scope

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
VALIDATOR = ROOT / ".venv" / "validator" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
CARD = Card("https://pages.example/s/abc", "https://pages.example/s/abc.png")
SIZES = {"phone": (390, 844), "small": (320, 568), "desk": (1280, 900)}
_SMALL = """[...document.querySelectorAll("summary, a")]
    .filter((each) => each.getBoundingClientRect().height < 24).map((each) => each.outerHTML)"""
# The validator does not compare hashes; the browser does, and draws nothing that it was not allowed to.
_UNCHECKED = "Inline style violates Content Security Policy"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The sample's edition, its first story alone, one from right to left, a hostile one, a quiet edition."""

    async def told() -> Briefing:
        async with library_in(tmp_path_factory.mktemp("sample"), MINILM) as library:
            await library.add([each for each in sample_drafts() if isinstance(each, Draft)])
            profile = Profile("analyst", "shipping", ("Russia and Iran",))
            return await Briefings(library).brief(profile, Scope(), today=date(2025, 11, 3))

    sample = asyncio.run(told())
    return {
        "edition": page(sample, card=CARD),
        "story": story_page(sample.pieces[0], card=CARD),
        "right-to-left": story_page(ARABIC, corrected=corrected(ARABIC)),
        "hostile": page(edition(HOSTILE, PLAIN), card=CARD),
        "quiet": page(edition(quiet="Nothing new since 1 October 2025.")),
    }


def corrected(piece: Piece) -> list[Corrected]:
    """What a page says that somebody shared before it turned out to be wrong."""
    wrong, source = piece.bullets[0], piece.citations[0]
    return [Corrected(wrong.text, source.quote.text, source.document)]


@pytest.fixture(scope="module")
def browser(pages: dict[str, str]) -> Iterator[Browser]:
    """The Chromium of this machine; started behind ``pages``, as it occupies the loop of this thread."""
    try:
        found = picture.find_browser()
    except picture.PictureError as missing:
        pytest.skip(str(missing))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-quic"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser, pages: dict[str, str], tmp_path: Path, request: Any) -> Iterator[Page]:
    """A page in a window of some size and light; whatever it asks for or complains of is a fault."""
    name, size, light = request.param
    width, height = SIZES[size]
    file = tmp_path / f"{name}.html"
    file.write_text(pages[name], "utf-8")
    view = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=light, has_touch=size != "desk"
    )
    shown = view.new_page()
    asked: list[str] = []
    said: list[str] = []
    shown.on("request", lambda each: asked.append(each.url))
    shown.on("console", lambda each: said.append(each.text))
    shown.on("dialog", lambda each: said.append(each.message))
    shown.goto(file.as_uri())
    yield shown
    view.close()
    assert asked == [file.as_uri()]
    assert said == []


EVERY = [
    (name, size, light)
    for name in ("edition", "story", "right-to-left", "hostile", "quiet")
    for size in SIZES
    for light in ("light", "dark")
]


def faults(shown: Page) -> list[str]:
    """What the accessibility checker holds against a page, in its own words."""
    from axe_playwright_python.sync_playwright import Axe

    wanted = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
    found = Axe().run(shown, options=wanted).response["violations"]
    return [
        f"{each['id']}: {node['html'][:120]} {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("opened", EVERY, indirect=True, ids="-".join)
def test_a_page_is_accessible_folded_and_unfolded_and_fits_its_window(opened: Page) -> None:
    assert faults(opened) == []
    opened.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert faults(opened) == []
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert opened.evaluate(_SMALL) == []
    paper = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper in ("rgb(251, 250, 247)", "rgb(22, 23, 26)")


@pytest.mark.parametrize("opened", [("story", "phone", "light")], indirect=True, ids=["phone"])
def test_a_tap_or_a_key_opens_the_words_behind_a_sentence(opened: Page) -> None:
    quote = opened.locator("blockquote").first
    assert not quote.is_visible()
    opened.locator("summary").first.tap()
    assert quote.is_visible()
    assert quote.locator("mark").inner_text() in quote.inner_text()
    opened.locator("summary").nth(1).focus()
    opened.keyboard.press("Enter")
    assert opened.locator("blockquote").nth(1).is_visible()


@pytest.mark.parametrize("opened", [("edition", "desk", "dark")], indirect=True, ids=["paper"])
def test_on_paper_a_page_is_black_on_white_with_its_quotes_and_addresses(opened: Page) -> None:
    opened.emulate_media(media="print")
    assert opened.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert opened.locator("blockquote").first.is_visible()
    assert faults(opened) == []


def test_pages_are_valid_html(pages: dict[str, str], tmp_path: Path) -> None:
    if not (shutil.which("java") and VALIDATOR.exists()):
        pytest.skip("the HTML validator is missing: `make test-slow` installs it where npm and java are")
    files = [tmp_path / f"{name}.html" for name in pages]
    for file, html in zip(files, pages.values(), strict=True):
        file.write_text(html, "utf-8")
    command = [
        "java",
        "-jar",
        str(VALIDATOR),
        "--stdout",
        "--exit-zero-always",
        "--format",
        "json",
        *map(str, files),
    ]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    messages = json.loads(run.stdout)["messages"]
    assert len(messages) >= len(pages)  # it has read them: of each it says what it cannot check
    assert [each for each in messages if _UNCHECKED not in each["message"]] == []
