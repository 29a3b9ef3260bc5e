"""Writes the tables of README.md from the results in `results/`, so that no number is typed by hand.

Knows nothing of how anything was measured.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
README = HERE / "README.md"

Result = Mapping[str, Any]

_TITLES = {
    "footnote": "**Footnote**",
    "llamaindex": "LlamaIndex hybrid",
    "bm25": "plain BM25",
    "chroma": "plain Chroma",
}
_FIGURES = {"hit1": "Hit@1", "hit5": "Hit@5", "mrr10": "MRR@10", "ndcg10": "nDCG@10"}


def keep(name: str, result: Result) -> None:
    """Keep a result, write the tables anew and print its own."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    README.write_text(filled(README.read_text(encoding="utf-8"), read(RESULTS)), encoding="utf-8")
    print(section(name, result))


def read(folder: Path) -> dict[str, Result]:
    """The results in a folder by name."""
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))}


def filled(text: str, results: Mapping[str, Result]) -> str:
    """The text with what stands between each pair of markers replaced by the tables of that result.

    The markers are lines of their own: ``<!-- NAME -->`` and ``<!-- /NAME -->``.
    """
    for name, result in results.items():
        before, begin, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- /{name} -->")
        if begin and end:
            text = f"{before}{begin}{section(name, result)}\n{end}{after}"
    return text


def section(name: str, result: Result) -> str:
    """The tables of one result, under a line that says where and when it was measured."""
    kinds: dict[str, Callable[[Result], list[str]]] = {
        "quality": _quality,
        "filling": _filling,
        "growth": _growth,
        "refreshing": _refreshing,
    }
    tables = kinds.get(name.partition("-")[0], _own)
    return "\n\n".join([_where(result["machine"]), *tables(result)])


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; numbers with thousands set apart, None as a dash."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_shown, line))} |" for line in lines)


def _where(machine: Result) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    busy = f" **The machine was busy (load {machine['load_before']}).**" if machine["load_before"] > 1 else ""
    return (
        f"{machine['date']} · {machine['cores']} cores of {machine['cpu']}, {machine['memory_gb']} GB · "
        f"Python {machine['python']}, {packages}.{busy}"
    )


def _own(result: Result) -> list[str]:
    """The tables that a benchmark wrote itself."""
    return list(result["tables"])


def _quality(result: Result) -> list[str]:
    systems = result["systems"]
    return [
        f"Data: `{result['data']}`, {systems['footnote']['fill']['passages']:,} passages of Footnote's.",
        *(_ranking(name, systems) for name in systems["footnote"]["search"]["sets"]),
        _speed(systems),
        _against(systems),
    ]


def _ranking(name: str, systems: Result) -> str:
    rows = []
    for system, result in systems.items():
        figures = result["search"]["sets"][name]
        cells = [
            f"{figures[key]:.3f} ({'–'.join(f'{bound:.3f}' for bound in figures[f'{key}_ci95'])})"
            for key in _FIGURES
        ]
        rows.append([_TITLES[system], *cells])
    count = systems["footnote"]["search"]["sets"][name]["questions"]
    return table([f"{name}, {count} questions", *_FIGURES.values()], rows)


def _speed(systems: Result) -> str:
    rows = []
    for name, result in systems.items():
        fill, search = result["fill"], result["search"]
        whole = "refill_s" in fill
        rows.append(
            [
                _TITLES[name],
                fill["passages"],
                fill["fill_s"] if whole else None,
                fill["characters_per_s"] if whole else None,
                f"1/{fill['fill_s'] / fill['refill_s']:,.0f}" if whole else None,
                fill["peak_mb"],
                search["open_s"],
                search["search_p50_ms"],
                search["search_p95_ms"],
                search.get("dated_p50_ms"),
                search.get("dated_p95_ms"),
                search["rss_mb"],
                fill["rss_mb"],
                fill["disk_mb"],
            ]
        )
    head = [
        "",
        "passages",
        "fill s",
        "characters/s",
        "again",
        "filling, peak MB",
        "open s",
        "p50 ms",
        "p95 ms",
    ]
    return table(
        [
            *head,
            "as of a day: p50 ms",
            "p95 ms",
            "opened and searched, MB",
            "filled and searched, MB",
            "disk MB",
        ],
        rows,
    )


def _against(systems: Result) -> str:
    ours, theirs, floor = systems["footnote"], systems["llamaindex"], systems["chroma"]["search"]
    fill, search = ours["fill"], ours["search"]
    rows = [
        ["source text filled per second", _ratio(fill, theirs["fill"], "characters_per_s"), "≥ 1.8 ×"],
        ["filling again, nothing changed", f"{fill['fill_s'] / fill['refill_s']:,.0f} × faster", "≥ 100 ×"],
        ["search, p50", _ratio(search, theirs["search"], "search_p50_ms"), "≤ 0.6 ×"],
        [
            "search, p50 above the question's embedding and one Chroma query",
            f"{search['search_p50_ms'] - floor['search_p50_ms']:+.2f} ms",
            "≤ 2 ms",
        ],
        ["memory, filled and searched in one process", _ratio(fill, theirs["fill"], "rss_mb"), "≤ 0.33 ×"],
        ["memory, opened anew and searched", _ratio(search, theirs["search"], "rss_mb"), "≤ 0.33 ×"],
    ]
    return table(["Footnote against LlamaIndex", "measured", "bar"], rows)


def _ratio(ours: Result, theirs: Result, key: str) -> str:
    return f"{ours[key] / theirs[key]:.2f} ×"


def _filling(result: Result) -> list[str]:
    best = max(result["grid"], key=lambda row: row["passages_per_s"])
    grid = [
        [
            f"{row['at_once']} × {row['threads']}",
            row["batch"],
            f"**{row['passages_per_s']}**" if row is best else row["passages_per_s"],
        ]
        for row in result["grid"]
    ]
    rows = [
        ["the model as its file comes, alone, at its best, passages/s", result["best_passages_per_s"], None],
        ["the model as Footnote runs it, alone, passages/s", result["own_passages_per_s"], None],
        ["Footnote's whole filling, passages/s", result["footnote_passages_per_s"], None],
        ["the filling against the model as its file comes", f"{result['against_file']:.2f} ×", None],
        ["the filling against the model as Footnote runs it", f"{result['share']:.1%}", "≥ 85 %"],
        ["filling again, nothing changed", f"{result['again']:,.0f} × faster", "≥ 100 ×"],
    ]
    searches = [[name, *(each[key] for key in each)] for name, each in result["searches"].items()]
    return [
        f"{result['passages']:,} passages of `{result['data']}`, sorted by length.",
        table(["batches at once × threads of each", "passages in a batch", "passages/s"], grid),
        table(["", "measured", "bar"], rows),
        table(["searches", "number", "p50 ms", "p95 ms", "longest ms"], searches),
    ]


def _growth(result: Result) -> list[str]:
    rows = [
        [
            stage["real"] + stage["mixed"],
            stage["mixed"] or "none",
            stage["add_s"],
            stage["search_p50_ms"],
            stage["search_p95_ms"],
            stage["floor_p50_ms"],
            stage["dated_p50_ms"],
            stage["dated_p95_ms"],
            stage["rss_mb"],
            stage["peak_mb"],
            stage["disk_mb"],
        ]
        for stage in result["stages"]
    ]
    head = ["passages", "of which recombined", "adding to here, vectors ready, s", "p50 ms", "p95 ms"]
    more = ["embedding + one Chroma query, p50 ms", "as of a day: p50 ms", "p95 ms", "searching, MB"]
    found = [table([*head, *more, "adding, peak MB", "disk MB"], rows)]
    if len(rows) > 1:
        last, before = result["stages"][-1], result["stages"][-2]
        sizes = [stage["real"] + stage["mixed"] for stage in (last, before)]
        ratio = last["search_p95_ms"] / before["search_p95_ms"]
        found.append(f"p95 at {sizes[0]:,} passages is {ratio:.2f} × that at {sizes[1]:,} (bar: ≤ 2.5 ×).")
    return found


def _refreshing(result: Result) -> list[str]:
    rows = []
    for run in result["runs"]:
        for name in ("first", "second"):
            round = run[name]
            rows.append(
                [
                    f"{run['feeds']:,} feeds, {run['items']} items each: {name}",
                    round["added"],
                    round["s"],
                    round["cpu_s"],
                    1000 * round["cpu_s"] / run["feeds"],
                    round["rss_mb"],
                    round["peak_mb"],
                    round["parser_mb"],
                ]
            )
    ratios = ", ".join(
        f"{run['first']['cpu_s'] / run['second']['cpu_s']:.0f} × at {run['feeds']:,} feeds"
        for run in result["runs"]
    )
    head = ["", "documents added", "s", "processor s", "processor ms a feed"]
    return [
        table([*head, "memory after, MB", "peak MB", "its parser process, MB"], rows),
        f"The second is cheaper in processor time by {ratios} (bars: ≥ 20 × at 1,000 feeds of "
        "20 items; ≤ 350 MB of memory beside the embedding model at 6,000 feeds).",
    ]


def _shown(cell: object) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell:,.2f}" if isinstance(cell, float) else str(cell)


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8"), read(RESULTS)), encoding="utf-8")
