"""What is asked of a language model, and what every such model can do. Knows nothing of servers."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

_BYTES_A_TOKEN = 3


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request for a reply in JSON.

    ``system`` holds the rules, which stay the same, ``user`` what is asked and shown this time. ``schema`` is
    the JSON schema of the reply, strict: every property required, ``additionalProperties`` false; ``name``
    (``[a-z_]+``) is what it is called. The reply has at most ``most_tokens`` tokens.
    """

    system: str
    user: str
    schema: Mapping[str, Any]
    name: str
    most_tokens: int

    @property
    def tokens(self) -> int:
        """About how many tokens the model reads, rather too many than too few."""
        return tokens(self.system) + tokens(self.user) + tokens(json.dumps(self.schema))


class LanguageModel(Protocol):
    """Anything that writes."""

    @property
    def name(self) -> str:
        """What it is called, for people."""

    def write(self, prompt: Prompt, asker: str) -> AsyncGenerator[str, None]:
        """The reply's text, piece by piece: JSON as the schema wants it, perhaps wrapped, broken or cut off.

        ``asker`` is who pays, for example ``"person:17"``. Closing the iterator ends the server's work;
        wrap it in :func:`contextlib.aclosing` so that this happens at once. What was yielded before an
        error stands. Raises BudgetSpent before anything is asked, ModelFault when the model cannot be used
        or its reply breaks off.
        """


def tokens(text: str) -> int:
    """About how many tokens a text has, rather too many than too few.

    A token holds about 4 bytes of UTF-8 of English prose and 3 to 6 of most other languages; names and
    numbers cost more.
    """
    return tokens_in(len(text.encode("utf-8", "replace")))


def tokens_in(bytes_: int) -> int:
    """About how many tokens so many bytes of UTF-8 are."""
    return -(-bytes_ // _BYTES_A_TOKEN)
