"""The one door to the web: fetches what anybody may name without reaching what is not public.

Knows nothing of feeds, articles or documents.
"""

from __future__ import annotations

from retrieval.fetch.answers import Fault, Fetched, Limits, Validators
from retrieval.fetch.door import Door
from retrieval.fetch.targets import host_of, same_host, shown

__all__ = ["Door", "Fault", "Fetched", "Limits", "Validators", "host_of", "same_host", "shown"]
