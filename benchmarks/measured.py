"""Takes the measure of a process and of the machine it runs on. Knows nothing of what is measured."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from retrieval.measures import percentile

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "data" / "bench"  # what the benchmarks fill, kept so that one can use what another filled
_QUIET = 1.0  # the load above which times mean little
_PACKAGES = ("chromadb", "onnxruntime", "llama-index-core", "llama-index-retrievers-bm25", "bm25s")


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def times(name: str, took: Iterable[float]) -> dict[str, float]:
    """The median and the 95th percentile of times in seconds, as milliseconds."""
    listed = [each * 1000 for each in took]
    return {
        f"{name}_p50_ms": round(percentile(listed, 50), 2),
        f"{name}_p95_ms": round(percentile(listed, 95), 2),
    }


def memory() -> dict[str, float]:
    """What this process holds now and has held at most, in MB (10⁶ bytes) of resident memory."""
    import psutil

    gc.collect()
    status = Path("/proc/self/status")
    peak = next(
        (int(line.split()[1]) * 1024 for line in _lines(status) if line.startswith("VmHWM")),
        psutil.Process().memory_info().rss,
    )
    return {"rss_mb": round(psutil.Process().memory_info().rss / 1e6), "peak_mb": round(peak / 1e6)}


def folder_mb(folder: Path) -> float:
    """The size of the files in a folder, in MB."""
    return round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6, 1)


def machine() -> dict[str, Any]:
    """Where and when something was measured, and how busy the machine was before it began."""
    import psutil

    models = (line for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name"))
    load = round(os.getloadavg()[0], 2)
    if load > _QUIET:
        print(f"The machine is busy (load {load}): the times below mean little.", file=sys.stderr)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cpu": next(models, "unknown").partition(":")[2].strip(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "python": sys.version.split()[0],
        "packages": {name: version(name) for name in _PACKAGES},
        "load_before": load,
    }


def child(module: str, *arguments: object) -> dict[str, Any]:
    """Run a module in a process of its own, so that its memory and times are its own; returns its result.

    The module's last argument is the file that it writes its result to, as JSON.
    """
    with tempfile.TemporaryDirectory() as aside:
        file = Path(aside) / "result.json"
        command = [sys.executable, "-m", module, *map(str, arguments), str(file)]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        result: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return result


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
