"""Any OpenAI-compatible embedding server. Knows nothing of models on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from retrieval.embeddings.model import Vectors, unit
from retrieval.errors import ModelFault

_BATCH = 64
_REMEDY = "check OPENAI_BASE_URL, OPENAI_API_KEY and EMBEDDINGS, or set EMBEDDINGS=local."


class OpenAIEmbeddings:
    """A model behind an ``/embeddings`` endpoint. How many dimensions it has is seen from its first reply."""

    def __init__(
        self, model: str, api_key: str, base_url: str | None = None, *, patience: float = 8.0
    ) -> None:
        """``model`` is the server's name for it; ``base_url`` ends in ``/v1`` (None: OpenAI's own).

        ``patience`` is how many seconds a question may take, tried twice; passages may take a minute.
        """
        self.id = f"openai:{model}"
        self._model = model
        self._key = api_key
        self._url = base_url
        self._patience = patience
        self._dimensions: int | None = None

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Vectors]]:
        """Embed texts in batches of 64. Raises ModelFault when the server cannot be used."""
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            yield range(start, start + len(batch)), self._ask(self._client, batch)

    def question(self, text: str) -> Vectors:
        """One question's vector. Raises ModelFault when the server cannot be used."""
        impatient = self._client.with_options(timeout=self._patience, max_retries=1)
        vector: Vectors = self._ask(impatient, [text])[0]
        return vector

    def close(self) -> None:
        """Let go of the connections to the server."""
        self._client.close()

    def _ask(self, client: Any, texts: Sequence[str]) -> Vectors:
        import openai

        try:
            reply = client.embeddings.create(
                model=self._model, input=[text or " " for text in texts], encoding_format="float"
            )
        except openai.APIStatusError as error:
            raise ModelFault(f"The embedding server refused (HTTP {error.status_code}): {_REMEDY}") from error
        except openai.APITimeoutError as error:
            raise ModelFault(f"The embedding server took too long: {_REMEDY}") from error
        except (openai.OpenAIError, ValueError) as error:  # a reply that is no JSON is a ValueError
            raise ModelFault(
                f"The embedding server did not answer ({type(error).__name__}): {_REMEDY}"
            ) from error
        return self._checked(reply, len(texts))

    def _checked(self, reply: Any, expected: int) -> Vectors:
        """The vectors of a reply in the order asked for. Raises ModelFault for what is no such reply."""
        try:
            by_place = {int(row.index): row.embedding for row in reply.data}
            vectors = np.array([by_place[place] for place in range(expected)], dtype=np.float32)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ModelFault(
                f"The embedding server's reply does not hold a vector for each text: {_REMEDY}"
            ) from error
        usable = vectors.ndim == 2 and vectors.size > 0 and np.isfinite(vectors).all()
        if not usable or len(reply.data) != expected:
            raise ModelFault(f"The embedding server's reply holds no usable vectors: {_REMEDY}")
        self._dimensions = self._dimensions or vectors.shape[1]
        if vectors.shape[1] != self._dimensions:
            raise ModelFault(
                f"The embedding server answers with {vectors.shape[1]} dimensions where it had "
                f"{self._dimensions}: is another model behind the name {self._model}? {_REMEDY.capitalize()}"
            )
        return unit(vectors)

    @cached_property
    def _client(self) -> Any:
        import openai

        return openai.OpenAI(api_key=self._key, base_url=self._url, timeout=60, max_retries=3)
