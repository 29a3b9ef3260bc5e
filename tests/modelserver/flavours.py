"""The servers it can be: what each takes, refuses in its own words, or ignores. Knows nothing of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

Json = dict[str, Any]
KNOWN = frozenset(
    [
        "model",
        "messages",
        "stream",
        "stream_options",
        "temperature",
        "max_tokens",
        "max_completion_tokens",
        "response_format",
        "reasoning_effort",
        "seed",
        "top_p",
        "stop",
        "n",
    ]
)


@dataclass(frozen=True)
class Flavour:
    """What a kind of server does with a request.

    ``refuses`` and ``ignores`` name fields of the request, forms of ``response_format``, or ``"system"``, the
    role. ``errors`` is whose words and shapes its refusals have. ``thinking`` is the field its thoughts
    come in. Without ``streams`` it answers in one piece though asked for a stream.
    """

    refuses: frozenset[str] = frozenset()
    ignores: frozenset[str] = frozenset()
    errors: Literal["openai", "llama.cpp", "vllm", "fastapi", "terse"] = "openai"
    thinking: str = "reasoning_content"
    any_model: bool = False
    streams: bool = True


def _only(*names: str) -> frozenset[str]:
    return frozenset(names)


FLAVOURS: Mapping[str, Flavour] = MappingProxyType(
    {
        "openai": Flavour(refuses=_only("reasoning_effort")),
        "openai-reasoning": Flavour(refuses=_only("max_tokens", "temperature")),
        "ollama": Flavour(
            refuses=_only("reasoning_effort"),
            ignores=_only("max_completion_tokens"),
            thinking="reasoning",
        ),
        "llama.cpp": Flavour(errors="llama.cpp", any_model=True),
        "vllm": Flavour(errors="vllm"),
        # older or smaller servers
        "json-mode": Flavour(refuses=_only("json_schema"), errors="fastapi"),
        "plain": Flavour(refuses=_only("response_format", "stream_options"), errors="vllm"),
        "terse": Flavour(refuses=_only("response_format"), errors="terse"),
        "deaf": Flavour(ignores=_only("response_format", "stream_options")),
        "no-system": Flavour(refuses=_only("system"), errors="vllm"),
        "one-piece": Flavour(streams=False),
    }
)


def refusal(flavour: Flavour, body: Json) -> tuple[str, str] | None:
    """The field a server of this flavour refuses in a request, with its words; None where it takes all."""
    form = (body.get("response_format") or {}).get("type")
    for field in sorted(flavour.refuses):
        if field == "system" and any(message["role"] == "system" for message in body["messages"]):
            return "messages", "System role not supported"
        if field == form:
            return "response_format", _unknown_form(flavour, field)
        if field in body and field != "system":
            return field, _words(flavour, field, body[field])
    return None


def _unknown_form(flavour: Flavour, form: str) -> str:
    if flavour.errors == "fastapi":
        return "Input should be 'text' or 'json_object'"
    return f"Invalid parameter: 'response_format' of type '{form}' is not supported with this model."


def _words(flavour: Flavour, field: str, value: object) -> str:
    if field == "max_tokens":
        return (
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead."
        )
    if field == "temperature":
        return (
            f"Unsupported value: 'temperature' does not support {value} with this model. "
            "Only the default (1) value is supported."
        )
    if flavour.errors == "vllm":
        return f"[{{'type': 'extra_forbidden', 'loc': ('body', '{field}'), 'msg': 'Not permitted'}}]"
    return f"Unrecognized request argument supplied: {field}"


def error(flavour: Flavour, status: int, field: str | None, message: str) -> Json | str:
    """The body of a refusal in the shape of this flavour."""
    if flavour.errors == "llama.cpp":
        return {"error": {"code": status, "message": message, "type": "invalid_request_error"}}
    if flavour.errors == "vllm":
        return {
            "object": "error",
            "message": message,
            "type": "BadRequestError",
            "param": None,
            "code": status,
        }
    if flavour.errors == "fastapi":
        return {"detail": [{"type": "literal_error", "loc": ["body", field, "type"], "msg": message}]}
    if flavour.errors == "terse":
        return "Bad Request"
    code = "unsupported_parameter" if status == 400 else None
    return {"error": {"message": message, "type": "invalid_request_error", "param": field, "code": code}}
