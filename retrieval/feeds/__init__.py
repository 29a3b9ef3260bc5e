"""What is published to be followed: feeds, channels, lists of feeds, as values. Fetches and stores nothing.

Reading them is done in the child process of ``retrieval.extract.Reader``.
"""

from __future__ import annotations

from retrieval.feeds.types import Feed, Item, Link, Subscription, Subscriptions

__all__ = ["Feed", "Item", "Link", "Subscription", "Subscriptions"]
