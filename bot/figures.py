"""Prints measured figures as a table. Knows nothing of how they were measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def table(summary: Mapping[str, Any]) -> None:
    """One line a figure, grouped by the set it was measured on; intervals beside their means."""
    from rich.console import Console
    from rich.table import Table

    grid = Table("set", "measure", "value", "95 % interval")
    for name, values in summary.items():
        for measure, value in values.items() if isinstance(values, dict) else [("", values)]:
            if not measure.endswith("_ci95"):
                bounds = values.get(f"{measure}_ci95") if isinstance(values, dict) else None
                grid.add_row(name, measure, str(value), " to ".join(map(str, bounds)) if bounds else "")
    Console().print(grid)
