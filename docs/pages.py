"""Makes the sample's briefing and draws its pages, a story's timeline and the card of a link, for the docs.

Knows nothing of how they come about. Chromium, which draws the pages, must be installed.
"""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent))

from picture import PictureError, find_browser
from PIL import Image

from bot.render.brief_page import page, story_page
from bot.render.card_picture import card_picture
from bot.render.timeline_picture import timeline_picture
from retrieval.briefing import Briefing, Briefings, Profile
from retrieval.embeddings import LocalMiniLM
from retrieval.library import open_library
from retrieval.sources import sample_drafts
from retrieval.types import Draft, Scope

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PICTURES = Path(__file__).resolve().parent / "pictures"
DAY = date(2025, 11, 3)  # the month behind the sample's last articles
PHONE, DESK = (390, 1500), (1000, 1100)  # CSS pixels
SCALE = 1.25  # pixels to one of them
SHADES = 96  # a page has few colours


async def sample_briefing() -> Briefing:
    """What the sample library has to tell."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_library(Path(folder), LocalMiniLM()) as library:
            await library.add([each for each in sample_drafts() if isinstance(each, Draft)])
            return await Briefings(library).brief(Profile(), Scope(), today=DAY)


def draw_page(browser: Browser, html: str, out: Path, size: tuple[int, int], *, dark: bool = False) -> None:
    """The upper part of a page, its first quote opened."""
    width, height = size
    view = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        device_scale_factor=SCALE,
    )
    shown = view.new_page()
    shown.emulate_media(reduced_motion="reduce")
    shown.set_content(html)
    shown.locator("summary").first.click()
    shown.mouse.move(0, 0)
    shot = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
    shot.quantize(SHADES, dither=Image.Dither.NONE).save(out, optimize=True)
    view.close()


def main() -> int:
    """Write the pictures; 0, or 1 with one line that says what is missing."""
    from playwright.sync_api import sync_playwright

    try:
        found = find_browser()
    except PictureError as missing:
        print(missing, file=sys.stderr)
        return 1
    briefing = asyncio.run(sample_briefing())
    story = briefing.pieces[0]
    for dark in (False, True):
        drawn = timeline_picture(story.headline, story.timeline, dark=dark)
        (PICTURES / f"timeline{'-dark' if dark else ''}.png").write_bytes(drawn)
    card = card_picture(story.headline, story.reason, events=story.timeline)
    (PICTURES / "card.png").write_bytes(card)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-quic"])
        draw_page(browser, story_page(story), PICTURES / "page.png", PHONE)
        draw_page(browser, story_page(story), PICTURES / "page-dark.png", PHONE, dark=True)
        draw_page(browser, page(briefing), PICTURES / "page-desk.png", DESK)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
