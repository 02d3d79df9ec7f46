"""The benchmark's rows as a table and as pictures of depth against error."""

from __future__ import annotations

import io
import itertools
import math
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..errors import InputError
from ..storage import writable_folder, write_atomically

Row = dict[str, Any]

#: Okabe and Ito's colours, which colour-blind readers can tell apart, and some of Tol's after them.
COLOURS = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999"),
    *("#882255", "#DDCC77", "#117733", "#332288", "#AA4499", "#44AA99"),
)
MARKERS = ("o", "s", "^", "D", "v", "P")

#: Colour of the Pareto front.
FRONT = "#999999"

#: Distances below this are rounding, whose order means nothing, and are drawn here.
ROUNDING = 1e-12

HEADINGS = (
    "circuit", "ancillas", "compiler", "2q gates", "2q depth", "depth", "resets", "qubits", "us", "us, once",
    "compile s", "error", "steady-state error", "noisy error",
)  # fmt: skip

LEGEND = """\
Every row is one collision: the slope over the number of collisions, as min / median / max over the transpiler seeds,
or one number where they agree. 2q: two-qubit. us: scheduled duration of a collision in microseconds; *once*: what is
added to n times that (the first collision has no reset before it). compile s: median time to map one circuit.
*qiskit 3, at 1*: level 3 rounds the gates of this circuit, so it was transpiled at level 1, which does not, or less.
The naive circuit stays what the level makes of it, rounded or not.

*error*: half of the diamond norm between the mapped circuit's ideal channel and the exact one, the largest
trace distance that any input can show. *steady-state error*: trace distance of the fixed points. *noisy error*: half
of the diamond norm between all the collisions under the target's noise and as many exact ones. The three are those of
the seed with the smallest reported error. With alternating and fresh ancillas no collision stands alone: there *error*
is the distance of a mapped sequence from the exact one, over its number of collisions (six and four, or two where those
do not fit into memory). What is not there is not defined: fresh ancillas have no period to iterate.

In the pictures ideal errors below 1e-12, which are rounding, are drawn at 1e-12. The Pareto front, grey, joins the
circuits that no other beats in both two-qubit depth and error.
"""


def save_report(rows: Sequence[Row], folder: Path, *, older: int = 0) -> list[Path]:
    """Write ``report.md`` and one ``pareto-<model>.png`` per model into a folder.

    Args:
        rows: of a :class:`~qcoll.depth.RowFile`.
        folder: where to.
        older: how many of the rows other versions or other code measured, which the report says.

    Raises:
        InputError: if there is no row to report, or the folder cannot be written.
    """
    measured = [row for row in rows if "refused" not in row]
    if not measured:
        raise InputError("there is no measured row to report: run the benchmark first")
    folder = writable_folder(folder)
    paths = [folder / "report.md"]
    write_atomically(paths[0], markdown(rows, older=older).encode())
    for model in dict.fromkeys(row["model"] for row in measured):
        stream = io.BytesIO()
        pareto_plot([row for row in measured if row["model"] == model]).savefig(stream, format="png", dpi=150)
        paths.append(folder / f"pareto-{model}.png")
        write_atomically(paths[-1], stream.getvalue())
    return paths


def markdown(rows: Sequence[Row], *, older: int = 0) -> str:
    """All rows as Markdown: a table for each model and target, the cheapest first, and what was refused."""
    measured = [row for row in rows if "refused" not in row]
    parts = ["# Depth and error of collisions\n", LEGEND]
    if older:
        parts.append(f"{older} of the {len(rows)} rows were measured by other versions or other code than the last.\n")
    for model, target in dict.fromkeys((row["model"], row["target"]) for row in measured):
        chosen = [row for row in measured if (row["model"], row["target"]) == (model, target)]
        numbers = sorted({(len(row["seeds"]), row["collisions"]) for row in chosen})
        how = " and ".join(f"{seeds} seeds, {n} noisy collisions" for seeds, n in numbers)
        parts += [f"\n## {model} on {target} ({how})\n", table(chosen)]
    for heading, key in (("Ideal circuit not compared", "not_compared"), ("Not measured", "refused")):
        if chosen := [row for row in rows if key in row]:
            parts.append(f"\n## {heading}\n")
            parts += [f"- {_where(row)}: {row[key]}" for row in chosen]
    return "\n".join(parts) + "\n"


def table(rows: Iterable[Row]) -> str:
    """Rows as one Markdown table, those with the fewest two-qubit gates first."""
    lines = [f"| {' | '.join(HEADINGS)} |", "|---|---|---|" + "---:|" * (len(HEADINGS) - 3)]
    lines += [f"| {' | '.join(cells(row))} |" for row in ordered(rows)]
    return "\n".join(lines)


def ordered(rows: Iterable[Row]) -> list[Row]:
    """The rows with the fewest two-qubit gates first, then the least depth, by their medians."""
    return sorted(rows, key=lambda row: (_median(row, "two_qubit_gates"), _median(row, "two_qubit_depth")))


def spread(values: Sequence[float | None], style: str = ".4g") -> str:
    """Min / median / max of numbers, or one number where they agree.

    >>> spread([25, 23, 27]), spread([4.0, 4.0]), spread([None])
    ('23 / 25 / 27', '4', '')
    """
    numbers = [value for value in values if value is not None]
    if not numbers:
        return ""
    texts = [format(value, style) for value in (min(numbers), statistics.median(numbers), max(numbers))]
    return texts[0] if len(set(texts)) == 1 else " / ".join(texts)


def pareto_plot(rows: Sequence[Row]) -> Figure:
    """Error against two-qubit depth of a collision for one model: a column for each target, ideal above noisy.

    Dots are medians over the seeds with a line from the least to the largest. Grey steps are the Pareto front: they
    join the circuits that no other beats in both, and go on to the edges, so that a front of one circuit is seen, too.
    Ideal errors below :data:`ROUNDING` are drawn there, on a tick that says so.
    """
    targets = list(dict.fromkeys(row["target"] for row in rows))
    labels = list(dict.fromkeys(map(_circuit, rows)))
    compilers = list(dict.fromkeys(row["compiler"] for row in rows))
    colours = dict(zip(labels, itertools.cycle(COLOURS), strict=False))
    markers = dict(zip(compilers, itertools.cycle(MARKERS), strict=False))
    columns = 1 + len(targets)  # of the legend, which grows downwards
    figure = Figure(figsize=(1.6 + 2.9 * len(targets), 5.8 + 0.25 * len(labels) / columns), layout="constrained")
    axes = figure.subplots(2, len(targets), squeeze=False, sharex="col", sharey="row")
    for column, target in enumerate(targets):
        chosen = [row for row in rows if row["target"] == target]
        for axis, quantity in zip(axes[:, column], ("channel", "noisy"), strict=True):
            _draw(axis, chosen, quantity, colours, markers)
        axes[0, column].set_title(target, fontsize="medium")
        axes[1, column].set_xlabel("two-qubit depth per collision")
    axes[0, 0].set_yscale("log")
    axes[0, 0].set_ylabel("error of one ideal collision")
    _say_rounding(axes[0, 0], [row["distance"]["channel"] for row in rows])
    axes[1, 0].set_ylim(bottom=0)
    counts = sorted({row["collisions"] for row in rows})
    axes[1, 0].set_ylabel(f"error of {' or '.join(map(str, counts))} noisy collisions")
    for column, target in enumerate(targets):
        chosen = [row for row in rows if row["target"] == target]
        for axis, quantity in zip(axes[:, column], ("channel", "noisy"), strict=True):
            _draw_front(axis, [point for row in chosen if (point := _point(row, quantity))])
    marks = [axes[0, 0].plot([], [], "o", color=colours[label], label=label)[0] for label in labels]
    marks += axes[0, 0].plot([], [], color=FRONT, lw=1.5, label="Pareto front")
    if len(compilers) > 1:
        marks += [axes[0, 0].plot([], [], markers[name], color="#777777", label=name)[0] for name in compilers]
    figure.legend(
        handles=marks,
        loc="outside lower center",
        ncols=min(len(marks), columns),
        frameon=False,
        fontsize="small",
        columnspacing=1.0,
    )
    figure.align_ylabels(axes[:, 0])
    figure.suptitle(f"{rows[0]['model']}: depth against error (half of the diamond norm)", fontsize="medium")
    return figure


def _draw(axis: Axes, rows: Sequence[Row], quantity: str, colours: dict[str, str], markers: dict[str, str]) -> None:
    for row in rows:
        point = _point(row, quantity)
        if point is None:
            continue
        (middle, height), depths = point, row["slope"]["two_qubit_depth"]
        colour = colours[_circuit(row)]
        axis.plot([min(depths), max(depths)], [height, height], color=colour, lw=1, alpha=0.5)
        axis.plot(middle, height, markers[row["compiler"]], color=colour, ms=6, mec="white", mew=0.6)
    axis.set_xlim(left=0)
    axis.spines[["top", "right"]].set_visible(False)


def _point(row: Row, quantity: str) -> tuple[float, float] | None:
    """Where a row is in a picture: median two-qubit depth and error; ``None`` if there is no error."""
    error = row["distance"][quantity]
    return None if error is None else (_median(row, "two_qubit_depth"), max(error, ROUNDING))


def _draw_front(axis: Axes, points: Iterable[tuple[float, float]]) -> None:
    """The steps of the front, from the upper edge of the picture to its right one, which stay where they are."""
    front = pareto_front(points)
    if not front:
        return
    (_, right), (bottom, top) = axis.get_xlim(), axis.get_ylim()
    steps = [(front[0][0], top), *front, (right, front[-1][1])]
    axis.step([x for x, _ in steps], [y for _, y in steps], where="post", color=FRONT, lw=1.5, zorder=0)
    axis.set_xlim(0, right)
    axis.set_ylim(bottom, top)


def _say_rounding(axis: Axes, errors: Iterable[float | None]) -> None:
    """A tick "≤" at the rounding, if any error is below, and further ones at powers of ten above it."""
    if all(error is None or error >= ROUNDING for error in errors):
        return
    top = axis.get_ylim()[1]
    lowest, highest = round(math.log10(ROUNDING)), math.floor(math.log10(top))
    exponents = list(range(lowest, highest + 1, max(1, math.ceil((highest - lowest) / 6))))
    powers = [rf"$\mathdefault{{10^{{{exponent}}}}}$" for exponent in exponents]
    powers[0] = powers[0].replace("10", r"\leq 10", 1)
    axis.set_yticks([10.0**exponent for exponent in exponents], powers)
    axis.minorticks_off()
    axis.set_ylim(ROUNDING / 4, max(top, 4 * ROUNDING))


def pareto_front(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points that no other beats in both coordinates, from left to right.

    >>> pareto_front([(3, 1.0), (1, 2.0), (2, 5.0)])
    [(1, 2.0), (3, 1.0)]
    """
    front: list[tuple[float, float]] = []
    for point in sorted(set(points)):
        if not front or point[1] < front[-1][1]:
            front.append(point)
    return front


def cells(row: Row) -> list[str]:
    """A measured row as the texts under :data:`HEADINGS`."""
    slope, distance = row["slope"], row["distance"]
    slopes, offsets = (
        [None if seconds is None else seconds * 1e6 for seconds in fit["duration"]] for fit in (slope, row["offset"])
    )
    return [
        row["label"],
        row["ancillas"],
        f"{row['compiler']} {row['optimization']}{_lowered(row)}",
        *(spread(slope[metric]) for metric in ("two_qubit_gates", "two_qubit_depth", "depth", "resets")),
        spread(row["qubits"]),
        spread(slopes, ".3g"),
        spread(offsets, ".2g"),
        f"{statistics.median(row['seconds']):.2g}",
        *("" if distance[name] is None else f"{distance[name]:.1e}" for name in ("channel", "steady_state")),
        "" if distance["noisy"] is None else f"{distance['noisy']:.3f}",
    ]


def _lowered(row: Row) -> str:
    """Which lower levels circuits are from, and how many of them if not all."""
    asked, levels = row["optimization"], row["levels"]
    lower = [level for level in levels if level < asked]
    if not lower:
        return ""
    share = "" if len(lower) == len(levels) else f" for {len(lower)} of {len(levels)} seeds"
    return f", at {' or '.join(map(str, sorted(set(lower))))}{share}"


def _circuit(row: Row) -> str:
    """What a picture tells apart: the level and what goes with it."""
    return str(row["label"]) if row["ancillas"] == "reset" else f"{row['label']}, {row['ancillas']}"


def _median(row: Row, metric: str) -> float:
    return float(statistics.median(row["slope"][metric]))


def _where(row: Row) -> str:
    return (
        f"{row['model']}, {row['label']}, {row['ancillas']} ancillas, {row['target']}, "
        f"{row['compiler']} {row['optimization']}"
    )
