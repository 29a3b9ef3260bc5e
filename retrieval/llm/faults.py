"""Says what went wrong between Footnote and a model's server, and what helps. Knows nothing of streams.

No sentence holds the server's own words: they may quote the key, the question or a document.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from retrieval.llm import waits
from retrieval.llm.forms import Refusal

if TYPE_CHECKING:
    from openai import APIError, APIStatusError

_WORDS_READ = 4_000  # characters of a refusal; some quote the whole request
_AGAIN = frozenset({408, 409, 425, 429})
_NO_CREDIT = ("insufficient_quota", "exceeded your current quota", "insufficient credit", "billing")


@dataclass(eq=False)
class Trouble(Exception):
    """An attempt failed; ``sentence`` says why and what helps.

    ``again``: another attempt may fare better. ``ill``: the reason lies with the server. ``worked``: the
    model may have, though nothing came. ``wait`` is how long the server asked to wait, in seconds;
    ``refusal`` what it said, where it refused.
    """

    sentence: str
    again: bool = False
    ill: bool = False
    worked: bool = False
    wait: float | None = None
    refusal: Refusal | None = None


def slow() -> Trouble:
    """Nothing came in time."""
    sentence = "The language model took too long: ask again, or raise OPENAI_TIMEOUT."
    return Trouble(sentence, ill=True, worked=True)


def broken() -> Trouble:
    """The reply broke off, or cannot be read."""
    return Trouble("The language model's reply broke off or cannot be read: ask again.", again=True, ill=True)


def page() -> Trouble:
    """Something answered that is no model: a start page, a login."""
    return Trouble(
        "A web page answered where the language model should: check OPENAI_BASE_URL, which ends in /v1.",
        ill=True,
    )


def too_much() -> Trouble:
    """The reply did not end within the tokens it may have."""
    return Trouble("The language model wrote more than it may: ask for less, or try another OPENAI_MODEL.")


def declined() -> Trouble:
    """The model, or a filter behind it, does not want to write this."""
    return Trouble("The language model declined to write this: ask in other words.")


def of(error: Exception, model: str) -> Trouble:
    """What an error of the openai package means."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return _status(error, model)
    if isinstance(error, openai.APIConnectionError):
        return Trouble(
            "The language model's server cannot be reached: check OPENAI_BASE_URL, and that it runs.",
            again=True,
            ill=True,
        )
    return broken()


def in_stream(error: Exception, model: str) -> Trouble:
    """What an error means that came after the reply had begun."""
    import openai

    told = isinstance(error, openai.APIError) and Refusal(200, "", _words(error))
    return _too_long(model) if told and told.too_long else broken()


def _words(error: APIError) -> str:
    """The server's own words with their codes, lower-case."""
    return str(error.body)[:_WORDS_READ].lower()


def _status(error: APIStatusError, model: str) -> Trouble:
    status = error.status_code
    refusal = Refusal(status, str(error.param or ""), _words(error))
    if status == 402 or (status == 429 and any(words in refusal.words for words in _NO_CREDIT)):
        return Trouble(
            "The language model's account has no credit left: add some, or change OPENAI_API_KEY.", ill=True
        )
    if status in (401, 403):
        return Trouble(f"The language model's server refused the key (HTTP {status}): check OPENAI_API_KEY.")
    if refusal.too_long:
        return _too_long(model)
    if status in _AGAIN or status >= 500:
        return Trouble(
            f"The language model's server is busy or out of order (HTTP {status}): ask again in a while.",
            again=True,
            ill=True,
            wait=waits.told(error.response.headers, datetime.now(UTC)),
            refusal=refusal,
        )
    if status == 404:
        sentence = f"knows no model {model} (HTTP 404): check OPENAI_MODEL, and OPENAI_BASE_URL up to /v1."
    else:
        sentence = f"refused the request (HTTP {status}): check OPENAI_MODEL and OPENAI_BASE_URL."
    return Trouble(f"The language model's server {sentence}", refusal=refusal)


def _too_long(model: str) -> Trouble:
    return Trouble(
        f"The question with its sources is too long for {model}: "
        "let its server read more at once, or choose another OPENAI_MODEL."
    )
