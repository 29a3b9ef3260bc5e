"""Makes the short page that says why there is nothing to see. Knows nothing of why that is."""

from __future__ import annotations

from functools import cache


@cache
def notice(words: str) -> str:
    """A page of one sentence."""
    from lxml import html
    from lxml.html.builder import BODY, HEAD, HTML, MAIN, META, STYLE, TITLE, P

    page = HTML(
        HEAD(
            META(charset="utf-8"),
            META(name="viewport", content="width=device-width, initial-scale=1"),
            META(name="color-scheme", content="light dark"),
            TITLE("Footnote"),
            STYLE("main { max-width: 30rem; margin: 20vh auto 0; padding: 0 1rem; font: 1.1rem/1.5 serif; }"),
        ),
        BODY(MAIN(P(words))),
        lang="en",
    )
    written: str = html.tostring(page, doctype="<!DOCTYPE html>", encoding="unicode")
    return written
