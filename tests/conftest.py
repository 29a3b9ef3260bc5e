"""Fixtures that every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botapi import BotApi

pytest_plugins = ["bot_stories"]


@pytest.fixture
def bot_api() -> Iterator[BotApi]:
    """A Telegram of one's own: strict, on loopback, empty of people."""
    with BotApi() as double:
        yield double
