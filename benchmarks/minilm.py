"""Runs Footnote's embedding model in plain batches, in any batch size and number of threads.

Knows nothing of Footnote's own way to run it, which is what this is compared with.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.embeddings import LocalMiniLM
from retrieval.embeddings.model import packaged


class MiniLM:
    """The same weights and tokenizer in the runtime as it comes.

    ``threads`` work on one batch together; None leaves their number to the runtime: all cores.
    """

    def __init__(self, threads: int | None = None) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        self._session = onnxruntime.InferenceSession(
            str(packaged(*LocalMiniLM._weights)), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(packaged(*LocalMiniLM._tokens)))
        self._tokenizer.enable_padding()
        self._tokenizer.enable_truncation(256)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The unit vectors of texts, as one batch."""
        encoded = self._tokenizer.encode_batch(list(texts))
        ids = np.array([each.ids for each in encoded], dtype=np.int64)
        mask = np.array([each.attention_mask for each in encoded], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden: NDArray[Any] = self._session.run(None, inputs)[0]
        weights = mask[:, :, None].astype(np.float32)
        mean = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        unit: NDArray[np.float32] = (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def embed_all(self, texts: Sequence[str], batch: int, at_once: int) -> None:
        """Embed texts in batches of one length, ``at_once`` of them side by side."""
        ordered = sorted(texts, key=len)
        batches = [ordered[start : start + batch] for start in range(0, len(ordered), batch)]
        with ThreadPoolExecutor(at_once) as cores:
            list(cores.map(self.embed, batches))
