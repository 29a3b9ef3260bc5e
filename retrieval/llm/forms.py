"""How a request is worded for a server, learnt from its refusals and remembered. Knows nothing of HTTP.

OpenAI-compatible servers differ in what they take: a strict JSON schema (OpenAI, llama.cpp, vLLM, Ollama from
0.5 on), only "JSON mode", or neither; ``max_tokens`` or ``max_completion_tokens``; a temperature, a usage
report, a system message or not. The first request asks for the best; each refusal takes one thing away.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from retrieval.llm.prompt import Prompt

Place = tuple[str | None, str]  # a server's address and a model's name

THINKING_ROOM = 2_000  # tokens: thoughts are paid for and capped like the reply, and come before it

_TELLS = {
    "json_schema": ("response_format", "json_schema", "json schema", "structured output", "grammar"),
    "json_object": ("response_format", "json_object"),
    "stream_options": ("stream_options", "include_usage"),
    "temperature": ("temperature",),
    "max_completion_tokens": ("max_completion_tokens",),
    "max_tokens": ("max_tokens",),
    "reasoning_effort": ("reasoning_effort", "reasoning effort", "thinking"),
    "system": ("system role", "system message", "role 'system'", "roles must alternate"),
}
_TOO_LONG = (
    "context length",
    "context_length",
    "context size",
    "context_size",
    "context window",
    "prompt is too long",
    "too many tokens",
)
_UNEXPLAINED = ("json_schema", "json_object")  # what is given up first where a server does not say why
_LISTENS = frozenset({400, 404, 415, 422, 500, 501})  # the statuses that may refuse a part of a request


@dataclass(frozen=True, slots=True)
class Form:
    """What a model behind a server does not take, and whether it thinks before it writes."""

    refused: frozenset[str] = frozenset()
    thinks: bool = False

    @property
    def json(self) -> str:
        """How JSON is asked for: ``"json_schema"``, ``"json_object"`` or ``"text"``."""
        return next((form for form in _UNEXPLAINED if form not in self.refused), "text")

    @property
    def cap(self) -> str | None:
        """The field that limits the reply's length, if the server has one."""
        # Local servers know max_tokens and may ignore the newer name without a word.
        names = ("max_tokens", "max_completion_tokens")
        return next((name for name in names if name not in self.refused), None)

    @property
    def asked(self) -> frozenset[str]:
        """The parts of a request in this form that a server may refuse."""
        parts = {"stream_options", "temperature", "system"} - self.refused
        parts |= {self.json} - {"text"} | ({self.cap} if self.cap else set())
        return frozenset(parts | ({"reasoning_effort"} - self.refused if self.thinks else set()))

    def without(self, part: str) -> Form:
        """The form that does without one more part."""
        # Only models that think refuse a temperature.
        return replace(self, refused=self.refused | {part}, thinks=self.thinks or part == "temperature")

    def most_tokens(self, prompt: Prompt) -> int:
        """How many tokens the model may write, thoughts included."""
        return prompt.most_tokens + (THINKING_ROOM if self.thinks else 0)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A server's answer to a request it did not take: the status, the field it names, and its words."""

    status: int
    field: str
    words: str

    @property
    def too_long(self) -> bool:
        """Whether the prompt does not fit the model."""
        return any(tell in self.words for tell in _TOO_LONG)


def learn(form: Form, refusal: Refusal, *, proven: bool) -> Form | None:
    """The form to try after a refusal, or None where no other would help.

    ``proven``: this form was taken before, so that only a refusal that names its reason teaches anything.
    """
    if refusal.status not in _LISTENS:
        return None
    for words in (refusal.field, refusal.words):
        places = {part: _mentioned(part, words) for part in sorted(form.asked)}
        if named := {part: place for part, place in places.items() if place >= 0}:
            return form.without(min(named, key=named.__getitem__))
    if proven or refusal.status in (404, 500) or form.json == "text":
        return None
    return form.without(form.json)


def _mentioned(part: str, words: str) -> int:
    places = [place for tell in _TELLS[part] if (place := words.find(tell)) >= 0]
    return min(places, default=-1)


def request(prompt: Prompt, form: Form, model: str) -> dict[str, Any]:
    """The fields of a request in this form."""
    fields: dict[str, Any] = {"model": model, "messages": _messages(prompt, form), "stream": True}
    if form.json == "json_schema":
        asked = {"name": prompt.name, "strict": True, "schema": dict(prompt.schema)}
        fields["response_format"] = {"type": "json_schema", "json_schema": asked}
    elif form.json == "json_object":
        fields["response_format"] = {"type": "json_object"}
    if form.cap:
        fields[form.cap] = form.most_tokens(prompt)
    if "temperature" in form.asked:
        fields["temperature"] = 0  # the same question over the same sources, the same answer
    if "stream_options" in form.asked:
        fields["stream_options"] = {"include_usage": True}
    if "reasoning_effort" in form.asked:
        fields["reasoning_effort"] = "low"  # the one word that all models with such a setting know
    return fields


def _messages(prompt: Prompt, form: Form) -> list[dict[str, str]]:
    system = prompt.system
    if form.json != "json_schema":
        schema = json.dumps(prompt.schema, ensure_ascii=False)
        system += f"\n\nReply with one JSON object that fits this JSON schema, and nothing else:\n{schema}"
    if "system" in form.refused:
        return [{"role": "user", "content": f"{system}\n\n{prompt.user}"}]
    return [{"role": "system", "content": system}, {"role": "user", "content": prompt.user}]


_remembered: dict[Place, Form] = {}


def proven(place: Place) -> bool:
    """Whether the remembered form of a model was taken before."""
    return place in _remembered


def remembered(place: Place) -> Form:
    """What is known of a model behind a server, from this process's requests so far."""
    if place in _remembered:
        return _remembered[place]
    host = urlsplit(place[0] or "https://api.openai.com").hostname or ""
    # OpenAI's own newer models know only the newer name, and all its models know it.
    return Form(frozenset({"max_tokens"} if host.endswith("openai.com") else ()))


def remember(place: Place, form: Form) -> None:
    """Keep the form that a server took."""
    _remembered[place] = form
