"""Says why a story is in a briefing: in one line, and in full. Knows nothing of how it was chosen.

Each clause is a reason that counted, the weightiest first; nothing is said that did not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import prompts
from retrieval.briefing.choosing import Candidate
from retrieval.copies.alike import independent

_WHATS = {"topic": "brief_what_topic", "industry": "brief_what_industry", "role": "brief_what_role"}
_FORMS = {"title": "brief_why_title", "text": "brief_why_text", "meaning": "brief_why_meaning"}
_KINDS = {
    "number": "brief_kind_number",
    "day": "brief_kind_day",
    "actor": "brief_kind_actor",
    "state": "brief_kind_state",
}


def reason(candidate: Candidate, newest: date | None) -> str:
    """Why a story is there, in one line."""
    parts = [prompts.text("brief_reason_followed")] if candidate.followed else []
    if candidate.phrase:
        parts.append(prompts.text("brief_reason_topic", topic=candidate.phrase))
    if candidate.guest:
        parts.append(prompts.text("brief_reason_liked"))
    publishers = independent(candidate.story.documents)
    parts.append(
        prompts.text("brief_reason_publishers", count=publishers)
        if publishers > 1
        else prompts.text("brief_reason_one_publisher")
    )
    if newest:
        parts.append(prompts.text("brief_reason_latest", day=written(newest)))
    line = "; ".join(parts)
    return line[0].upper() + line[1:] + "."


def why(candidate: Candidate, newest: date | None, *, update: bool) -> tuple[str, ...]:
    """Why a story is there and stands where it does, in a few short sentences.

    ``update``: it was told of before, so that what is new in it can be named.
    """
    return tuple(_why(candidate, newest, update=update))


def _why(candidate: Candidate, newest: date | None, *, update: bool) -> Iterator[str]:
    near, liking = candidate.near, candidate.liking
    if candidate.followed:
        yield prompts.text("brief_why_followed")
    if candidate.phrase:
        what = prompts.text(_WHATS[near.what])
        yield prompts.text(_FORMS[near.form], phrase=candidate.phrase, what=what)
    if liking.more is not None:
        title = liking.more
        yield prompts.text("brief_why_more", title=title) if title else prompts.text("brief_why_more_own")
    if liking.less is not None:
        title = liking.less
        yield prompts.text("brief_why_less", title=title) if title else prompts.text("brief_why_less_own")
    publishers = independent(candidate.story.documents)
    if publishers > 1:
        yield prompts.text("brief_why_publishers", count=publishers)
    else:
        yield prompts.text("brief_why_one_publisher")
    kinds = [prompts.text(name) for kind, name in _KINDS.items() if kind in candidate.adds]
    if update and kinds:
        yield prompts.text("brief_why_adds", kinds=", ".join(kinds))
    if newest:
        yield prompts.text("brief_why_newest", day=written(newest))


def written(day: date) -> str:
    """A day as people read it."""
    return f"{day.day} {day:%B} {day.year}"
