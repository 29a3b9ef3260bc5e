"""Makes addresses written in feeds and pages whole, clean and comparable. Knows nothing of fetching them."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from retrieval.extract import fields

# What is hung on to addresses to follow people, by its name in the query; no site needs it to show a page.
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|mc_[ce]id|mkt_tok"
    r"|_hsenc|_hsmi|hsa_\w+|oly_(?:anon|enc)_id|vero_(?:id|conv)|wickedid|at_(?:medium|campaign)\w*"
    r"|ns_(?:campaign|mchannel|source|linkname)|cmp(?:id)?|ref_src|ref_url|s_cid|spm|__twitter_impression)",
    re.I,
)
_BREAK = re.compile(r"\s*[^\S ]\s*|[\x00-\x1f\x7f-\x9f]+")
_UNSAFE = re.compile(r"[^\x21-\x7e]|[\"<>\\^`{|}]")
_LONGEST = 2_000  # characters


def absolute(said: str | None, base: str | None) -> str | None:
    """An address as a reader would open it: whole, http or https, without tracking; None for all else."""
    if not said or len(said) > 2 * _LONGEST:
        return None
    whole = joined(said, base)
    return fields.address(without_tracking(whole)) if whole else None


def joined(said: str, base: str | None) -> str | None:
    """A relative address made whole, characters escaped that have no place in one; None where it is none."""
    said = _BREAK.sub("", said.strip()).replace(" ", "%20")
    if said.startswith("//") and not base:
        said = "https:" + said
    try:
        whole = urljoin(base, said) if base else said
        parts = urlsplit(whole)
        if parts.scheme not in ("http", "https") or not parts.hostname or " " in parts.netloc:
            return None
        path, query, end = (_UNSAFE.sub(_escaped, part) for part in (parts.path, parts.query, parts.fragment))
    except ValueError:
        return None
    return urlunsplit((parts.scheme, parts.netloc, path, query, end))


def without_tracking(url: str) -> str:
    """The same address without the parameters that only follow people."""
    parts = urlsplit(url)
    if not parts.query and "utm_" not in parts.fragment:
        return url
    kept = [pair for pair in parts.query.split("&") if not _TRACKING.fullmatch(pair.partition("=")[0])]
    fragment = "" if "utm_" in parts.fragment else parts.fragment
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "&".join(kept), fragment))


def _escaped(char: re.Match[str]) -> str:
    """Letters of other scripts stay as people read them; what could end an address early is escaped."""
    return char.group() if char.group().isalnum() else quote(char.group(), safe="", errors="replace")
