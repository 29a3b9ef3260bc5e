"""Finds when a web page says it was published and changed. Knows nothing of its text and its author."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from retrieval.extract import fields
from retrieval.extract.linked import first
from retrieval.feeds.moments import Dates

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def _keys(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


_PUBLISHED = _keys(
    "article:published_time og:article:published_time parsely-pub-date datepublished dc:date:issued "
    "dcterms:issued dcterms:created dc:date:created publishdate publish_date publish-date pubdate "
    "sailthru:date article:published published_at publication_date citation_publication_date "
    "citation_online_date dc:date dcterms:date date"
)
_UPDATED = _keys(
    "article:modified_time og:updated_time article:modified datemodified dcterms:modified dc:date:modified "
    "last-modified lastmod revised updated_time dateupdated"
)
Metas = Mapping[str, list[str]]

_IN_PATH = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:[/-]|$)")
_MARKED = re.compile(
    r"(?:^|[\s_-])(?:(?:post|entry|article|pub)-?)?(?:date(?:line)?|datum|fecha|timestamp|published|posted)"
    r"(?:$|[\s_-])|by-?line",
    re.I,
)
_ELSEWHERE = re.compile(
    r"masthead|top-?bar|site-?header|sidebar|related|comment|teaser|recommend|footer", re.I
)
_LETTERS = r"[^\W\d_]{3,12}"
_WRITTEN = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th|\.|er|º)?\s+(?:de\s+|of\s+)?{_LETTERS}\.?,?\s+(?:de\s+|del\s+)?(?:19|20)\d\d\b"
    rf"|\b{_LETTERS}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d\b"
    r"|\b(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}\b|\b(?:19|20)\d\d年\d{1,2}月\d{1,2}日",
)
_CHANGED = re.compile(
    r"(?:updated|modified|edited|revised|aktualisiert|geändert|mis à jour|modifié|actualizado|atualizado"
    r"|aggiornato|обновлено|изменено|bijgewerkt)\W*(?:on|am|le|el|em|il|at|:)?\W*$",
    re.I,
)
_LONGEST = 160  # characters of an element that holds little but a date
_MOST = 60  # such elements


def published_and_updated(
    tree: HtmlElement,
    metas: Metas,
    article: Mapping[str, Any],
    url: str | None,
    language: str | None,
) -> tuple[datetime | None, datetime | None]:
    """When a page says it was published, and last changed where that was later. Nothing in the future.

    Where it says only when it was changed, that is when it was published as far as anybody knows.
    """
    dates = Dates(language)
    shown = list(islice(_shown(tree), _MOST))
    said = [
        first(article.get("datePublished")),
        *_values(metas, _PUBLISHED),
        *_property(tree, "datePublished"),
    ]
    said += [time.get("datetime") for time in tree.iterfind(".//time[@pubdate]")]
    if path := _IN_PATH.search(url or ""):
        said.append("-".join(path.groups()))
    changed = [
        first(article.get("dateModified")),
        *_values(metas, _UPDATED),
        *_property(tree, "dateModified"),
    ]
    changed += [date for date, again in shown if again]
    updated = _first(changed, dates)
    published = _first([*said, *(d for d, again in shown if not again)], dates) or _marked(tree, url)
    if published is None or updated is None:
        return published or updated, updated
    return published, updated if updated > published else None


def _values(metas: Metas, keys: Iterable[str]) -> list[str]:
    return [value for key in keys for value in metas.get(key, [])]


def _property(tree: HtmlElement, name: str) -> Iterator[str | None]:
    for mark in tree.iterfind(f".//*[@itemprop='{name}']"):
        yield mark.get("datetime") or mark.get("content") or str(mark.text_content())[:_LONGEST]


def _first(said: Iterable[object], dates: Dates) -> datetime | None:
    moments = (fields.plausible(dates.read(value)) for value in said)
    return next(filter(None, moments), None)


def _shown(tree: HtmlElement) -> Iterator[tuple[str, bool]]:
    """The dates that stand in elements marked as dates and bylines, and whether each is of a change."""
    for element in tree.iter("time", "span", "p", "div", "li", "small", "abbr", "em", "td"):
        marks = f"{element.get('class') or ''} {element.get('id') or ''}"
        if element.tag != "time" and not _MARKED.search(marks):
            continue
        words = " ".join(str(element.text_content()).split())
        if len(words) <= _LONGEST and not any(map(_is_elsewhere, element.iterancestors())):
            for found in _WRITTEN.finditer(words):
                yield found.group(), bool(_CHANGED.search(words[: found.start()]))


def _is_elsewhere(element: HtmlElement) -> bool:
    """Whether a part of a page is about other articles, or about today."""
    if element.tag == "header":  # of the site rather than of the article
        return element.find(".//h1") is None and not any(
            above.tag in ("article", "main") for above in element.iterancestors()
        )
    marks = f"{element.get('class') or ''} {element.get('id') or ''}"
    return element.tag in ("nav", "footer", "aside") or bool(_ELSEWHERE.search(marks))


def _marked(tree: HtmlElement, url: str | None) -> datetime | None:
    """The day that other marks on the page tell, without guessing from dates in its text."""
    from htmldate import find_date

    day = find_date(tree, extensive_search=False, original_date=True, url=url)
    return fields.plausible(fields.moment(day))
