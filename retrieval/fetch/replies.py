"""Reads the head of a server's reply: what it refuses, what it lets one ask later. Touches no network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from retrieval.fetch.answers import Fault, Fetched, Validators

_KEPT = ("content-type", "content-language", "cache-control", "expires", "date", "age")
_LONGEST_VALIDATOR = 1024  # characters
_LONGEST_WAIT = 30 * 86400.0  # seconds
_SAID = {
    401: "is only for people who log in",
    402: "is only for people who pay",
    403: "does not let Footnote in",
    404: "is not there; check the address",
    410: "is gone for good",
    429: "wants to be asked less often; try again later",
    451: "may not be shown for legal reasons",
}


def conditions(known: Validators | None) -> dict[str, str]:
    """The headers that ask whether anything changed (RFC 9110, 13.1)."""
    said = {
        "If-None-Match": known.etag if known else None,
        "If-Modified-Since": known.last_modified if known else None,
    }
    return {name: value for name, value in said.items() if value}


def fetched(
    url: str, status: int, headers: Mapping[str, str], body: bytes, known: Validators | None
) -> Fetched:
    """An answer from its parts. What a 304 does not say again stays as it was ``known``."""
    etag = _validator(headers, "ETag") or (known.etag if known else None)
    modified = _validator(headers, "Last-Modified") or (known.last_modified if known else None)
    return Fetched(
        url=url,
        status=status,
        headers={name: headers[name] for name in _KEPT if name in headers},
        body=body,
        validators=Validators(url, etag, modified) if etag or modified else None,
        retry_after=_wait(headers),
    )


def refusal(status: int, headers: Mapping[str, str]) -> Fault:
    """What a status other than success means, as the end of a sentence."""
    if status in _SAID:
        reason = _SAID[status]
    elif status >= 500:
        reason = "has trouble at its server; try again later"
    else:
        reason = "was refused by its server"
    return Fault(f"{reason} (HTTP {status})", status=status, retry_after=_wait(headers))


def _validator(headers: Mapping[str, str], name: str) -> str | None:
    """A validator that can be sent back as it came."""
    value = headers.get(name, "").strip()
    good = value.isascii() and value.isprintable() and len(value) <= _LONGEST_VALIDATOR
    return value if value and good else None


def _wait(headers: Mapping[str, str]) -> float | None:
    """The seconds that Retry-After asks for (RFC 9110, 10.2.3), a month at the most."""
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said[:12]), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(said)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return min(max((moment - datetime.now(UTC)).total_seconds(), 0.0), _LONGEST_WAIT)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
