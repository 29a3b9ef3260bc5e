"""Stories to make pages of: a plain one, one from right to left, and one that would like to be markup."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from retrieval.briefing import Briefing, Event, Footer, Piece, Profile, Section
from retrieval.types import Citation, Conflict, Document, Quote, Side, Statement

DAY = date(2025, 10, 2)


def told(
    headline: str,
    words: Sequence[str],
    *,
    language: str | None = "en",
    publisher: str = "Harbour Ledger",
    title: str | None = None,
    url: str | None = "https://ledger.example/{}",
    check: str = "verbatim",
) -> Piece:
    """A story with a place for each part of one; a citation, and a document, for each of its words."""
    citations, statements = [], []
    for number, said in enumerate(words, 1):
        link = url.format(number) if url else None
        document = Document(
            number,
            f"d{number}",
            "shared",
            title if title is not None else headline,
            "feed",
            publisher=publisher,
            url=link,
            published=datetime(2025, 10, number % 28 + 1, 8, tzinfo=UTC),
            language=language,
        )
        quote = Quote(document, number, 0, len(said), said)
        citations.append(Citation(number, quote, f"{link}#:~:text={number},words" if link else None))
        statements.append(Statement(said, (number,), check))
    each = [statements[at % len(statements)] for at in range(9)]
    last = Statement(each[8].text, (len(words), 1), check)
    return Piece(
        headline=headline,
        bullets=(each[0], each[1], each[2]),
        lead=(each[3],),
        sections=(Section("What actually changed?", (each[4],)), Section(words[0], (each[5],))),
        bottom_line=(each[6],),
        timeline=(
            Event(date(2025, 1, 17), each[7]),
            Event(DAY, last),
            Event(date(2026, 1, 17), each[0], True),
        ),
        why_you=each[1],
        is_update=True,
        citations=tuple(citations),
        conflicts=(Conflict((Side(words[0][:40], each[2]), Side("16", each[3]))),),
        reason="2 publishers · latest of 3 October 2025",
        notes=("Only one source reports this.", words[0]),
        newest=DAY,
        publishers=2,
        story=1,
        around=dict.fromkeys(range(1, len(words) + 1), (words[0], words[-1])),
    )


def edition(*pieces: Piece, quiet: str | None = None) -> Briefing:
    """These stories in an edition."""
    footer = Footer(12, 3, 9, 9, 1, 2)
    return Briefing("Briefing of 3 October 2025", DAY, DAY, Profile(), pieces, footer, quiet)


PLAIN = told(
    "The harbour closes", [f"The harbour closed its gate number {number}." for number in range(1, 9)]
)
ARABIC = told(
    "معاهدة الشراكة بين روسيا وإيران تدخل حيز التنفيذ",
    [
        "وقّعت روسيا وإيران المعاهدة في موسكو في 17 يناير 2025.",
        "دخلت المعاهدة (Treaty 2025) حيز التنفيذ في 2 أكتوبر 2025.",
        "לא מדובר בברית הגנה הדדית.",
        "The treaty does not oblige Russia to defend Iran.",
    ],
    language="ar",
    publisher="صحيفة الميناء",
)
_MARKUP = (
    "</p></details><script>alert(1)</script><img src=x onerror=alert(1)>\"'><!-- {{ 7*7 }} &amp; &bogus;"
)
HOSTILE = told(
    f"</title></style>{_MARKUP} ",
    [
        _MARKUP,
        "W" * 900,
        "a\x00\x07\x1b[31m\u202eb\u2067c\ufffe\ud800\u2028d" + "e" + "\u0301" * 60,
        "https://" + "x" * 400 + ".example",
    ],
    language='en" onload="alert(1)',
    publisher="</bdi><b>Evil</b> " + "P" * 300,
    title="\u202e" + _MARKUP,
    url='https://evil.example/{}?q="><script>alert(1)</script>&a=1&copy=2 \\ {{}}',
)
