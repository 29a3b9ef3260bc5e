"""Keeps the names under which a document may come: keys, feed entries, addresses. Knows nothing of texts.

A name is kept as a digest, so that long addresses take no room. It is firm where it was told as the
document's own key, and loose where it is only the address the document gives for itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import Connection

from retrieval.database import bound
from retrieval.types import Draft

SCHEMA: tuple[str, ...] = (
    """CREATE TABLE aliases (
        owner TEXT NOT NULL,
        name BLOB NOT NULL,
        document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
        firm INTEGER NOT NULL,
        PRIMARY KEY (owner, name)) WITHOUT ROWID""",
    "CREATE INDEX aliases_by_document ON aliases (document)",
)

Names = Mapping[bytes, bool]  # a name's digest → whether it is firm

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|cmpid|igshid", re.I)


def names_of(draft: Draft) -> Names:
    """All names of a draft, the firm ones first."""
    names = {_digest(address(each)): True for each in (draft.key, *draft.aliases)}
    if draft.url and _tells_articles_apart(draft.url):
        names.setdefault(_digest(address(draft.url)), False)
    return names


def address(key: str) -> str:
    """A web address in the one form that its spellings share; any other key as it is."""
    if not key.casefold().startswith(("http://", "https://")):
        return key
    try:
        parts = urlsplit(key)
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return key
    host = (parts.hostname or "").removeprefix("www.")
    kept = [(name, value) for name, value in parse_qsl(parts.query, True) if not _TRACKING.fullmatch(name)]
    query = f"?{urlencode(kept)}" if kept else ""
    fragment = parts.fragment.partition(":~:")[0]
    return f"https://{host}{port}{parts.path.rstrip('/')}{query}{'#' if fragment else ''}{fragment}"


def named(connection: Connection, owner: str, names: Iterable[bytes]) -> dict[bytes, tuple[int, bool]]:
    """The numbers of the owner's documents that go by these names, each with whether the name is firm."""
    values = {"owner": owner, "names": list(names)}
    query = "SELECT name, document, firm FROM aliases WHERE owner = :owner AND name IN :names"
    found = connection.execute(bound(query, values), values)
    return {bytes(name): (int(document), bool(firm)) for name, document, firm in found}


def name(connection: Connection, owner: str, document: int, names: Names) -> None:
    """Let a document go by these names too, but for those that another one has."""
    query = (
        "INSERT INTO aliases (owner, name, document, firm) VALUES (:owner, :name, :document, :firm) "
        "ON CONFLICT (owner, name) DO UPDATE SET firm = max(firm, excluded.firm) "
        "WHERE document = excluded.document"
    )
    values = [
        {"owner": owner, "name": each, "document": document, "firm": int(firm)}
        for each, firm in names.items()
    ]
    connection.execute(bound(query, {}), values)


def _tells_articles_apart(url: str) -> bool:
    """Whether an address can be one article's: the front page's is given by many."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.path.strip("/") or parts.query)


def _digest(name: str) -> bytes:
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
