"""Writes a BERT encoder anew with operators that are quick on a CPU. Knows nothing of texts or tokens.

A file of eight-bit weights usually widens each to 32 bits as it is loaded, and multiplies those. Left as they
are they need a quarter of the memory, and processors multiply eight-bit numbers several times as fast. What
goes into a product is rounded to eight bits with a scale of its own, as in ONNX Runtime's dynamic
quantization; attention and activation become one operator each.

Architecture: Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers".
"""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import ModelFault

if TYPE_CHECKING:
    from onnx import GraphProto

_FUSED = "com.microsoft"  # ONNX Runtime's own operators
_EMBEDDINGS = "inner.embeddings"
_LAYER = "inner.encoder.layer"
_EPSILON = 1e-12  # of the layer normalisations
_REVISION = 1  # to be raised with every change to what is made


def rewritten(source: Path, folder: Path, *, heads: int) -> Path:
    """The encoder of an ONNX file as :func:`rewrite` makes it, kept in ``folder`` and made where it is not.

    A process of its own makes it: what that takes in memory would stay with this one. Raises ModelFault.
    """
    made = folder / f"{source.stem}-{_REVISION}.onnx"
    if not made.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder) as aside:
            part = Path(aside) / made.name
            command = [sys.executable, "-m", __name__, str(source), str(part), str(heads)]
            done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 – our own module
            if done.returncode:
                reason = done.stderr.strip().rpartition("\n")[2]
                raise ModelFault(f"The embedding model could not be prepared in {folder} ({reason}).")
            part.replace(made)
    return made


def rewrite(source: Path, made: Path, *, heads: int) -> None:
    """Write the encoder in one ONNX file to another, which takes one text's ``input_ids`` at a time.

    ``source`` is an export of a BERT encoder with eight-bit weights, widened by a Cast and a Mul each; its
    biases have the names they have in PyTorch. ``heads`` are those of each attention. The output, of shape
    (1, tokens, dimensions), is the last layer's.
    """
    import onnx

    written = _Writer(onnx.load(source).graph)
    last = written.embeddings()
    for layer in range(written.layers):
        last = written.layer(f"{_LAYER}.{layer}", last, heads)
    onnx.save(written.model(last), made)


def sums_widely() -> bool:
    """Whether this processor adds up eight-bit products in 32 bits by itself.

    Older ones of the x86 family do it in 16 bits, which overflow unless they are told to be careful.
    """
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return True
    facts = Path("/proc/cpuinfo")
    return facts.exists() and "vnni" in facts.read_text(encoding="utf-8")


class _Rounded(NamedTuple):
    """Numbers rounded to eight bits, with what turns them back: names of tensors."""

    numbers: str
    scale: str
    zero: str


class _Writer:
    """Collects the nodes of the new graph; each method returns the name of what its nodes compute."""

    def __init__(self, source: GraphProto) -> None:
        self._nodes: list[Any] = []
        self._stored = {each.name: each for each in source.initializer}
        self._kept: dict[str, Any] = {}
        self._made = {name: node for node in source.node for name in node.output}
        self._added = {name: node for node in source.node if node.op_type == "Add" for name in node.input}

    @property
    def layers(self) -> int:
        """How many layers the source has."""
        return sum(name.endswith("self.query.bias") for name in self._stored)

    def embeddings(self) -> str:
        """Words and their places, added up and normalised."""
        words = self._rows("word_embeddings", "input_ids")
        zero, one = self._constant("zero", np.array(0)), self._constant("one", np.array(1))
        length = self._node("Gather", self._node("Shape", "input_ids"), one)
        places = self._rows("position_embeddings", self._node("Range", zero, length, one))
        types = self._array(f"{_EMBEDDINGS}.token_type_embeddings.weight")
        first = self._constant("first type", types[0])  # a single text has no other
        summed = self._node("Add", self._node("Add", words, places), first)
        return self._normalised(summed, f"{_EMBEDDINGS}.LayerNorm")

    def layer(self, name: str, given: str, heads: int) -> str:
        """One layer of the encoder: attention, then the feed-forward network, each beside what came in."""
        attention, wanted = f"{name}.attention", ("query", "key", "value")
        rounded = self._rounded(given)
        seen = [self._product(rounded, f"{attention}.self.{each}") for each in wanted]
        biases = [self._array(f"{attention}.self.{each}.bias") for each in wanted]
        bias = self._constant(f"{attention}.bias", np.concatenate(biases))
        attended = self._node("MultiHeadAttention", *seen, bias, domain=_FUSED, num_heads=heads)
        told = self._dense(attended, f"{attention}.output.dense")
        between = self._normalised(self._node("Add", told, given), f"{attention}.output.LayerNorm")
        wide = self._node("Gelu", self._dense(between, f"{name}.intermediate.dense"), domain=_FUSED)
        narrow = self._dense(wide, f"{name}.output.dense")
        return self._normalised(self._node("Add", narrow, between), f"{name}.output.LayerNorm")

    def model(self, last: str) -> Any:
        """The whole model, whose output is ``last``."""
        from onnx import TensorProto, helper

        given = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])
        found = helper.make_tensor_value_info(last, TensorProto.FLOAT, ["texts", "tokens", "dimensions"])
        graph = helper.make_graph(self._nodes, "encoder", [given], [found], list(self._kept.values()))
        versions = [helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=8)

    def _rows(self, table: str, wanted: str) -> str:
        """Rows of a table of eight-bit weights, widened after they were looked up."""
        weight = f"{_EMBEDDINGS}.{table}.weight"
        rows = self._wide(self._node("Gather", self._keep(f"{weight}_q"), wanted))
        return self._node("Mul", rows, self._node("Gather", self._keep(f"{weight}_scale"), wanted))

    def _dense(self, given: str, name: str) -> str:
        return self._node("Add", self._product(self._rounded(given), name), self._keep(f"{name}.bias"))

    def _product(self, given: _Rounded, name: str) -> str:
        """What is given times the weights that the source adds the bias of ``name`` to."""
        added = self._added[f"{name}.bias"]
        multiplied = next(self._made[each] for each in added.input if each in self._made)
        widened = self._made[multiplied.input[1]]
        weights, scales = self._keep(self._made[widened.input[0]].input[0]), self._keep(widened.input[1])
        whole = self._node("MatMulInteger", given.numbers, weights, given.zero)
        return self._node("Mul", self._wide(whole), self._node("Mul", given.scale, scales))

    def _rounded(self, given: str) -> _Rounded:
        return _Rounded(*self._outputs("DynamicQuantizeLinear", [given], 3))

    def _wide(self, given: str) -> str:
        from onnx import TensorProto

        return self._node("Cast", given, to=TensorProto.FLOAT)

    def _normalised(self, given: str, name: str) -> str:
        scale, bias = self._keep(f"{name}.weight"), self._keep(f"{name}.bias")
        return self._node("LayerNormalization", given, scale, bias, axis=-1, epsilon=_EPSILON)

    def _node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        return self._outputs(kind, inputs, 1, **attributes)[0]

    def _outputs(self, kind: str, inputs: Sequence[str], count: int, **attributes: Any) -> list[str]:
        from onnx import helper

        names = [f"{kind} {len(self._nodes)}.{each}" for each in range(count)]
        self._nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def _keep(self, name: str) -> str:
        self._kept[name] = self._stored[name]
        return name

    def _array(self, name: str) -> NDArray[np.float32]:
        from onnx import numpy_helper

        stored: NDArray[np.float32] = numpy_helper.to_array(self._stored[name])
        return stored

    def _constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self._kept[name] = numpy_helper.from_array(value, name)
        return name


if __name__ == "__main__":
    rewrite(Path(sys.argv[1]), Path(sys.argv[2]), heads=int(sys.argv[3]))
