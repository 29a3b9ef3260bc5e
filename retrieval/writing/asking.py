"""Turns what is to be written into prompts: rules that never change first, then evidence, then the question.

Servers keep the beginning of a prompt that they have read before, so a repair begins with the very words of
the request it follows. Knows nothing of models or of what becomes of a reply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import prompts
from retrieval.gate.types import Verdict
from retrieval.llm.prompt import Prompt
from retrieval.types import Exchange
from retrieval.writing.excerpts import Excerpts, secret
from retrieval.writing.neutral import neutral, plain

MOST_STATEMENTS = 8  # that a reply may propose
MOST_QUOTES = 3  # of one statement
MOST_FOLLOW_UPS = 3
_REPLY = 1_400  # tokens: eight statements with their quotes in a script that takes many tokens
_REWRITTEN = 200
_A_VERDICT = 60
_LONGEST_QUESTION = 1_000  # characters
_LONGEST_SAID = 300  # of an earlier answer
_TURNS = 3  # of the conversation, the latest

Schema = Mapping[str, Any]


def for_answer(question: str, excerpts: Excerpts, today: date) -> Prompt:
    """Asks for statements that answer a question from excerpts."""
    return Prompt(
        prompts.text("answer.rules"),
        _request(question, excerpts, today),
        _answer_schema(list(excerpts.passages)),
        "answer",
        _REPLY,
    )


def for_repair(question: str, excerpts: Excerpts, today: date, failed: Sequence[Verdict]) -> Prompt:
    """Asks for statements again that failed a check, with the reasons."""
    beside = prompts.text("repair.beside")
    failures = "\n".join(failure(verdict, excerpts, beside) for verdict in failed)
    mended = prompts.text("repair.request", failures=failures)
    return Prompt(
        prompts.text("answer.rules"),
        f"{_request(question, excerpts, today)}\n\n{mended}",
        _answer_schema(list(excerpts.passages)),
        "answer",
        _REPLY,
    )


def for_opinion(verdicts: Mapping[str, Verdict]) -> Prompt:
    """Asks whether statements, each under an id of its own, are supported by their quotes."""
    mark = secret(10)
    statements = "\n".join(
        prompts.text(
            "opinion.statement",
            mark=mark,
            id=id,
            sentence=plain(verdict.text, _LONGEST_QUESTION),
            evidence=neutral(verdict.evidence()).text,
        )
        for id, verdict in verdicts.items()
    )
    return Prompt(
        prompts.text("opinion.rules"),
        prompts.text("opinion.request", mark=mark, statements=statements),
        _opinion_schema(list(verdicts)),
        "opinion",
        100 + _A_VERDICT * len(verdicts),
    )


def for_standalone(question: str, history: Sequence[Exchange], language: str) -> Prompt:
    """Asks for a question that stands by itself, and for the same in the library's language."""
    exchanges = [
        prompts.text(
            "rewrite.exchange",
            question=plain(each.question, _LONGEST_QUESTION),
            said=plain(" ".join(each.said), _LONGEST_SAID) or "–",
        )
        for each in history[-_TURNS:]
    ]
    conversation = "\n".join(exchanges) or prompts.text("rewrite.no_conversation")
    return Prompt(
        prompts.text("rewrite.rules"),
        prompts.text(
            "rewrite.request",
            mark=secret(10),
            conversation=conversation,
            language=language,
            question=plain(question, _LONGEST_QUESTION),
        ),
        object_of(question={"type": "string"}, search={"type": "string"}),
        "standalone",
        _REWRITTEN,
    )


def _request(question: str, excerpts: Excerpts, today: date) -> str:
    pointing = prompts.text("answer.pointing", ids=" and ".join(excerpts.pointed)) if excerpts.pointed else ""
    return prompts.text(
        "answer.request",
        mark=excerpts.mark,
        evidence=excerpts.evidence,
        today=f"{today:%A}, {today.isoformat()}",
        pointing=pointing,
        question=plain(question, _LONGEST_QUESTION),
    )


def failure(verdict: Verdict, excerpts: Excerpts, beside: str) -> str:
    """A statement that failed, with the reasons; ``beside`` is said of one that holds but is not wanted."""
    complaints = " ".join(verdict.complaints) or beside
    if any(excerpts.titled(id, quote) for id, quote in verdict.proposal.quotes):
        complaints = prompts.text("repair.title")
    return prompts.text(
        "repair.failure",
        sentence=plain(verdict.proposal.text, _LONGEST_QUESTION),
        quote=plain(" … ".join(quote for _, quote in verdict.proposal.quotes), _LONGEST_QUESTION),
        complaints=plain(complaints, _LONGEST_QUESTION),
    )


def _answer_schema(ids: list[str]) -> Schema:
    statement = object_of(quotes=quotes_of(ids), sentence={"type": "string"})
    return object_of(
        answered={"type": "boolean"},
        statements={"type": "array", "items": statement, "maxItems": MOST_STATEMENTS},
        follow_ups={"type": "array", "items": {"type": "string"}, "maxItems": MOST_FOLLOW_UPS},
    )


def _opinion_schema(ids: list[str]) -> Schema:
    verdict = object_of(
        statement={"type": "string", "enum": ids}, problem={"type": "string"}, supported={"type": "boolean"}
    )
    return object_of(verdicts={"type": "array", "items": verdict, "maxItems": len(ids)})


def quotes_of(ids: list[str]) -> Schema:
    """The quotes of a statement, from excerpts of these ids."""
    quote = object_of(excerpt={"type": "string", "enum": ids}, quote={"type": "string"})
    return {"type": "array", "items": quote, "minItems": 1, "maxItems": MOST_QUOTES}


def object_of(**properties: Schema) -> Schema:
    """An object with exactly these properties, in this order: a model writes them in it."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
