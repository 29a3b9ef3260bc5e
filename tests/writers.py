"""Libraries whose answers a scripted model writes, over HTTP, and what is needed to script it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from libraries import NOW, WordModel
from modelserver import Request

from retrieval import database
from retrieval.embeddings import EmbeddingModel
from retrieval.library import Library, open_library
from retrieval.llm import Budget, Ledger, OpenAICompatible
from retrieval.types import Answer, Draft, Scope
from retrieval.writing import Writer

_LINE = re.compile(r"^(?P<mark>[a-z][a-z0-9]{9}) excerpt (?P<id>[a-z0-9]{4}): (?P<source>.*)$", re.MULTILINE)

Statement = tuple[str, str]  # words of a source, and the sentence that is to say what they say


class Served(Protocol):
    """A model behind an OpenAI-compatible server: ModelServer, or a real one."""

    @property
    def url(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def key(self) -> str: ...


@asynccontextmanager
async def written_library(
    folder: Path,
    server: Served,
    *drafts: Draft,
    model: EmbeddingModel | None = None,
    second_opinion: bool = False,
    budget: Budget | None = None,
    patience: float = 10.0,
) -> AsyncIterator[Library]:
    """A library that holds some documents, with a writer behind ``server``; its clock stands still."""
    engine = database.connect(folder / "footnote.sqlite")
    ledger = Ledger(engine, budget or Budget(), clock=lambda: NOW)
    language_model = OpenAICompatible(
        server.model, ledger, api_key=server.key, base_url=server.url, patience=patience
    )
    writer = Writer(language_model, second_opinion=second_opinion)
    async with open_library(folder, model or WordModel(), writer=writer, clock=lambda: NOW) as library:
        await library.add(drafts)
        yield library
    await language_model.close()
    await engine.dispose()


def excerpts_in(request: Request) -> dict[str, str]:
    """The excerpts a request shows, by their ids."""
    found = list(_LINE.finditer(request.user))
    ends = (
        [match.start() for match in found[1:]] + [request.user.find(f"{found[0]['mark']} end\n")]
        if found
        else []
    )
    return {
        match["id"]: request.user[match.end() : end].strip() for match, end in zip(found, ends, strict=True)
    }


def sources_in(request: Request) -> list[str]:
    """What a request says of where its excerpts are from."""
    return [match["source"] for match in _LINE.finditer(request.user)]


def saying(*statements: Statement, follow_ups: Sequence[str] = ()) -> Callable[[Request], Any]:
    """A model that makes these statements, quoting words it finds in the excerpts under their true ids."""

    def reply(request: Request) -> Any:
        shown = excerpts_in(request)
        return {
            "answered": bool(statements),
            "statements": [
                {"quotes": [{"excerpt": holder(shown, quote), "quote": quote}], "sentence": sentence}
                for quote, sentence in statements
            ],
            "follow_ups": list(follow_ups),
        }

    return reply


def holder(shown: dict[str, str], quote: str) -> str:
    """The id of the excerpt that holds these words; of any, where none does."""
    return next((id for id, text in shown.items() if quote in text), next(iter(shown), "none"))


class InTurn:
    """A model that answers each request in the way whose turn it is; of the last there is no end."""

    def __init__(self, *ways: Any) -> None:
        self._ways = list(ways)

    def __call__(self, request: Request) -> Any:
        way = self._ways.pop(0) if len(self._ways) > 1 else self._ways[0]
        return way(request) if callable(way) else way


def said(answer: Answer) -> list[str]:
    """The sentences of an answer."""
    return [statement.text for statement in answer.statements]


async def verbatim(library: Library, answer: Answer, scope: Scope | None = None) -> None:
    """What holds of every answer: citations are numbered in order and verbatim where they say they stand."""
    for citation in (*answer.citations, *answer.nearest):
        _, text = await library.show(citation.document.id, scope or Scope())
        assert text[citation.quote.start : citation.quote.end] == citation.quote.text
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    stated = [*answer.statements, *(side.statement for each in answer.conflicts for side in each.sides)]
    numbers = {number for statement in stated for number in statement.citations}
    assert numbers == {citation.number for citation in answer.citations}
    assert all(statement.citations for statement in stated)
