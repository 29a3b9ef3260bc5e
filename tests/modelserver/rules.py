"""What no server takes: malformed requests, and schemas that strict mode refuses. Knows nothing of HTTP.

The rules for schemas are those OpenAI publishes for structured outputs with ``strict``; local servers turn
the same schema into a grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from modelserver.flavours import KNOWN

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DEEPEST = 10
_MOST_PROPERTIES = 5000
_MOST_CHOICES = 1000
_KEYWORDS = frozenset(
    [
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "enum",
        "const",
        "anyOf",
        "description",
        "title",
        "$ref",
        "$defs",
        "minItems",
        "maxItems",
        "pattern",
        "format",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
    ]
)


def complaint(body: Any) -> str | None:
    """Why no server would take this request, or None."""
    return next(_complaints(body), None)


def _complaints(body: Any) -> Iterator[str]:
    if not isinstance(body, dict):
        yield "the body is no JSON object"
        return
    for field in body.keys() - KNOWN:
        yield f"Unrecognized request argument supplied: {field}"
    if not isinstance(body.get("model"), str) or not body["model"]:
        yield "you must provide a model parameter"
    yield from _wrong_messages(body.get("messages"))
    temperature = body.get("temperature", 1)
    if not isinstance(temperature, int | float) or not 0 <= temperature <= 2:
        yield "temperature is not between 0 and 2"
    caps = [body[name] for name in ("max_tokens", "max_completion_tokens") if name in body]
    if len(caps) > 1 or any(not isinstance(cap, int) or cap < 1 for cap in caps):
        yield "max_tokens and max_completion_tokens: give one of them, above 0"
    if "stream_options" in body and not body.get("stream"):
        yield "stream_options is only allowed when stream is enabled"
    yield from _wrong_format(body)


def _wrong_messages(messages: Any) -> Iterator[str]:
    if not isinstance(messages, list) or not messages:
        yield "messages is missing or empty"
        return
    for message in messages:
        if not isinstance(message, dict) or message.get("role") not in ("system", "user", "assistant"):
            yield "a message without a role"
        elif not isinstance(message.get("content"), str) or not message["content"]:
            yield "a message without text"


def _wrong_format(body: dict[str, Any]) -> Iterator[str]:
    form = body.get("response_format", {"type": "text"})
    kind = form.get("type") if isinstance(form, dict) else None
    if kind not in ("text", "json_object", "json_schema"):
        yield "response_format has no known type"
    if kind == "json_object" and "json" not in str(body.get("messages")).lower():
        yield "'messages' must contain the word 'json' to use 'response_format' of type 'json_object'"
    if kind == "json_schema":
        asked = form.get("json_schema")
        if not isinstance(asked, dict) or not _NAME.fullmatch(str(asked.get("name", ""))):
            yield "response_format.json_schema has no usable name"
        elif asked.get("strict") is not True:
            yield "response_format.json_schema is not strict"
        else:
            yield from wrong_schema(asked.get("schema"))


def wrong_schema(schema: Any) -> Iterator[str]:
    """Why strict mode would not take a schema."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        yield "Invalid schema: the root is no object"
        return
    nodes = list(_nodes(schema, (), 1))
    for path, node, depth in nodes:
        for wrong in _wrong_node(node, depth):
            yield f"Invalid schema: in context={path}, {wrong}"
    if sum(len(node.get("properties", {})) for _, node, _ in nodes) > _MOST_PROPERTIES:
        yield "Invalid schema: too many properties"
    if sum(len(node.get("enum", [])) for _, node, _ in nodes) > _MOST_CHOICES:
        yield "Invalid schema: too many enum values"


def _nodes(node: Any, path: tuple[str, ...], depth: int) -> Iterator[tuple[tuple[str, ...], Any, int]]:
    yield path, node if isinstance(node, dict) else {"": node}, depth
    if not isinstance(node, dict):
        return
    for group in ("properties", "$defs"):
        for name, child in node.get(group, {}).items():
            yield from _nodes(child, (*path, group, name), depth + 1)
    if "items" in node:
        yield from _nodes(node["items"], (*path, "items"), depth + 1)
    for child in node.get("anyOf", []):
        yield from _nodes(child, (*path, "anyOf"), depth)


def _wrong_node(node: dict[str, Any], depth: int) -> Iterator[str]:
    for keyword in node.keys() - _KEYWORDS:
        yield f"'{keyword}' is not permitted"
    if not node.keys() & {"type", "anyOf", "$ref", "enum", "const"}:
        yield "schema must have a 'type' key"
    if depth > _DEEPEST:
        yield "too deeply nested"
    if node.get("type") == "array" and "items" not in node:
        yield "array schema missing items"
    if node.get("type") == "object" or "properties" in node:
        if node.get("additionalProperties") is not False:
            yield "'additionalProperties' is required to be supplied and to be false"
        if set(node.get("required", ())) != set(node.get("properties", {})):
            yield "'required' is required to be supplied and to be an array including every key in properties"


def smallest(schema: Any, root: Any = None) -> Any:
    """The smallest value that a strict schema allows."""
    root = root or schema
    if "$ref" in schema:
        return smallest(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return smallest(schema["anyOf"][-1], root)
    kind = schema["type"][-1] if isinstance(schema["type"], list) else schema["type"]
    if kind == "object":
        return {name: smallest(child, root) for name, child in schema.get("properties", {}).items()}
    if kind == "array":
        return [smallest(schema["items"], root)] * schema.get("minItems", 0)
    plain = {"string": "", "boolean": False, "null": None}
    return plain[kind] if kind in plain else schema.get("minimum", 0)
