"""What the server remembers of each request. Knows nothing of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Ended = Literal["", "answered", "refused", "client left", "cut", "dropped"]


@dataclass
class Request:
    """One request for a reply, and what became of it.

    ``said`` is the text that was sent so far. ``ended`` is empty while it is being answered; "refused" where
    the server did not take the request, with ``refusal`` in its words; "client left" where the client closed
    the connection before the end; "cut" and "dropped" where the server broke it.
    """

    body: Mapping[str, Any]
    headers: Mapping[str, str]
    said: str = ""
    ended: Ended = ""
    refusal: str = ""

    @property
    def system(self) -> str:
        """The text of the system messages."""
        return self._text("system", "developer")

    @property
    def user(self) -> str:
        """The text of the user's messages."""
        return self._text("user")

    @property
    def form(self) -> str:
        """How JSON is asked for: ``"json_schema"``, ``"json_object"`` or ``"text"``."""
        return str((self.body.get("response_format") or {}).get("type", "text"))

    @property
    def schema(self) -> Mapping[str, Any] | None:
        """The schema of the reply, where one was given."""
        schema: Mapping[str, Any] | None = self._format.get("schema")
        return schema

    @property
    def name(self) -> str | None:
        """The name of the schema, where one was given."""
        return self._format.get("name")

    @property
    def most_tokens(self) -> int | None:
        """How long the reply may be."""
        return self.body.get("max_completion_tokens") or self.body.get("max_tokens")

    @property
    def streamed(self) -> bool:
        """Whether the reply is to come piece by piece."""
        return bool(self.body.get("stream"))

    @property
    def _format(self) -> Mapping[str, Any]:
        return (self.body.get("response_format") or {}).get("json_schema") or {}

    def _text(self, *roles: str) -> str:
        messages = self.body.get("messages", [])
        return "\n".join(message["content"] for message in messages if message["role"] in roles)
