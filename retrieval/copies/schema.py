"""The tables of names, older versions and copies, in the order they are made. Knows nothing of their use."""

from __future__ import annotations

from retrieval.copies import names, near, versions

SCHEMA: tuple[str, ...] = (*names.SCHEMA, *versions.SCHEMA, *near.SCHEMA, *versions.LATER)
