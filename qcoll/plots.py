"""Pictures: trajectories beside the exact ones, error budgets of a device, and what was measured on one."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .errors import InputError
from .hardware import ErrorBudget, HardwareResult
from .model import Model
from .run import compare
from .storage import write_atomically
from .trajectory import Trajectory

#: Okabe and Ito's colours, which colour-blind readers can tell apart.
COLOURS = {
    "exact": "#000000",
    "ideal circuit": "#0072B2",
    "noisy circuit": "#D55E00",
    "shots": "#009E73",
}
#: One colour for each level of synthesis.
LEVELS = {
    "trotter": "#D55E00",
    "exact": "#0072B2",
    "purified_channel": "#009E73",
    "channel": "#CC79A7",
    "sampled": "#E69F00",
}
OTHER = "#999999"
#: Of an error budget so many choices of every level are drawn, the best ones.
CHOICES_OF_A_LEVEL = 2
#: Of a measured result, in this order; those that were not measured are left out.
MEASURED = {
    "coherence": "coherence $C_{\\ell_1}$",
    "heat": "heat of the collision",
    "work": "work of the collision",
    "entropy_production": "entropy production",
}
#: For every curve its points: the place, and the row of a result.
Curves = dict[str, list[tuple[float, Mapping[str, Any]]]]
#: Marks are thinned out to about this many, so that the lines below them stay visible.
MARKS = 25


def plot_run(trajectories: Mapping[str, Trajectory]) -> Figure:
    """Four panels over the number of collisions: coherence, energy, heat and work, distance from exact.

    Args:
        trajectories: by name; the exact one is drawn as a line, circuits as marks, shots with error bars.

    >>> import qcoll
    >>> from qcoll.plots import plot_run
    >>> len(plot_run({"exact": qcoll.evolve(qcoll.example_2(), n=20)}).axes)
    4
    """
    figure = Figure(figsize=(9, 6.4), layout="constrained")
    axes = figure.subplots(2, 2)
    exact = trajectories["exact"]
    for name, trajectory in trajectories.items():
        estimated = trajectory.pauli_covariance is not None
        errors = trajectory.coherence_error() if estimated else None
        _draw(axes[0, 0], name, trajectory.collisions, trajectory.coherence, errors)
        errors = trajectory.standard_error(trajectory.model.system) if estimated else None
        _draw(axes[0, 1], name, trajectory.collisions, trajectory.energy, errors)
        for quantity, dashed in (("heat", False), ("work", True)):
            values = np.concatenate([[0.0], np.cumsum(getattr(trajectory, quantity))])
            each = getattr(trajectory, f"{quantity}_error")
            errors = None if each is None else np.concatenate([[0.0], np.sqrt(np.cumsum(each**2))])
            _draw(axes[1, 0], name, trajectory.collisions, values, errors, dashed=dashed)
        if name != "exact":
            distance = compare(trajectory, exact).trace_distance
            _draw(axes[1, 1], name, trajectory.collisions[1:], distance[1:], joined=True)
    labels = ("coherence $C_{\\ell_1}$", "energy $U$", "heat (solid), work (dashed), summed", "distance from exact")
    for axis, label in zip(axes.flat, labels, strict=True):
        axis.set_ylabel(label)
        axis.set_xlabel(exact.steps)
    _plain(*axes.flat)
    axes[1, 1].set_xlim(axes[0, 0].get_xlim())
    if len(trajectories) > 1:
        axes[1, 1].set_yscale("log")
        handles, names = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper right", ncols=len(names), frameon=False)
    _titled(figure, _described(exact.model))
    return figure


def plot_budget(budget: ErrorBudget) -> Figure:
    """The predicted error against the number of collisions, and what the best choice's error consists of.

    Args:
        budget: from :func:`qcoll.hardware.error_budget`; of every level of synthesis the two best choices are drawn.

    >>> import qcoll
    >>> from qcoll.hardware import error_budget
    >>> from qcoll.plots import plot_budget
    >>> budget = error_budget(qcoll.example_2(dt=0.5), "fake_lagos", 5, synthesis=["channel"], seeds=[0])
    >>> len(plot_budget(budget).axes)
    2
    """
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    used: dict[str, int] = {}
    for each in budget.choices:
        level = each.choice.synthesis
        used[level] = number = used.get(level, 0) + 1
        if number > CHOICES_OF_A_LEVEL:
            continue
        errors, colour = each.error[: each.last + 1], LEVELS.get(level, OTHER)
        left.plot(errors, "-" if number == 1 else "--", color=colour, label=str(each.choice))
    left.axhline(budget.tolerance, color="black", lw=0.8)
    left.annotate(
        "tolerance", (1, budget.tolerance), (0, 2), ("axes fraction", "data"), "offset points", ha="right", fontsize=8
    )
    best = budget.best
    until = np.arange(best.last + 1)
    parts = {name: values[: best.last + 1] for name, values in best.sources.items()}
    right.stackplot(until, *parts.values(), labels=list(parts), colors=[*list(COLOURS.values())[1:], "#E69F00", OTHER])
    right.plot(until, best.error[: best.last + 1], "k-", lw=1.4, label="their total effect")
    left.set_ylabel("predicted trace distance")
    right.set_ylabel("sources of error added up")
    for axis in (left, right):
        axis.set_xlabel("collisions")
        axis.set_xlim(0, budget.n)
        axis.set_ylim(bottom=0)
    _plain(left, right)
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower left", ncols=2, frameon=False, fontsize=8)
    right.set_title(f"best: {best.choice}", fontsize="medium")
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower right", ncols=2, frameon=False, fontsize=8)
    _titled(figure, f"{_described(budget.model)}, on {budget.device}")
    return figure


def plot_results(
    results: Sequence[HardwareResult], values: Sequence[Mapping[str, float]] = (), device: str = ""
) -> Figure:
    """Measured values with error bars, and the exact ones: over the collisions, or over a swept parameter.

    Args:
        results: of a single experiment one, of a sweep those of all points.
        values: of a sweep, the swept values of every point: the picture is over the first of them.
        device: for the title.

    Raises:
        InputError: if there are several results and nothing was swept by name.
    """
    swept = len(results) > 1
    if swept and not all(values):
        raise InputError("these points differ in nothing that has a name: draw each of them alone")
    tables = [result.rows() for result in results]
    names = [name for name in MEASURED if any(name in row for rows in tables for row in rows)]
    columns = min(2, len(names))
    figure = Figure(figsize=(4.6 * columns, 3.2 * -(-len(names) // columns)), layout="constrained")
    grid = figure.subplots(-(-len(names) // columns), columns, squeeze=False)
    curves: Curves = {"measured": [(row["collision"], row) for row in tables[0]]}
    curves = _over_parameters(tables, values) if swept else curves
    colours = (*list(COLOURS.values())[1:], "#CC79A7", "#E69F00", "#56B4E9", OTHER)
    for name, axis in zip(names, grid.flat, strict=False):
        for index, (label, rows) in enumerate(curves.items()):
            own = [(x, row[name]) for x, row in rows if name in row and None not in row[name].values()]
            if not own:
                continue
            x, cells = zip(*own, strict=True)
            colour = colours[index % len(colours)]
            axis.plot(x, [cell["exact"] for cell in cells], "-", color=colour if swept else "black", lw=1)
            seen, errors = ([cell[kind] for cell in cells] for kind in ("value", "error"))
            axis.errorbar(x, seen, errors, fmt="o", ms=4, capsize=2, color=colour, label=label)
        axis.set_ylabel(MEASURED[name])
        axis.set_xlabel(next(iter(values[0])) if swept else "collisions")
    for axis in grid.flat[len(names) :]:
        axis.set_axis_off()
    _plain(*grid.flat[: len(names)], whole=not swept)
    handles, labels = grid.flat[0].get_legend_handles_labels()
    exact = grid.flat[0].plot([], [], "-", color="black", lw=1)[0]
    figure.legend([*handles, exact], [*labels, "exact"], loc="outside lower left", ncols=4, frameon=False)
    model = results[0].measured.model
    _titled(figure, (model.name if swept else _described(model)) + (f", on {device}" if device else ""))
    return figure


def _over_parameters(tables: Sequence[Sequence[Mapping[str, Any]]], values: Sequence[Mapping[str, float]]) -> Curves:
    """For every measured collision, and every value of further swept parameters, the rows over the first parameter."""
    first, *others = values[0]
    curves: Curves = {}
    for rows, point in zip(tables, values, strict=True):
        for row in rows[1:] or rows:
            label = ", ".join([f"n = {row['collision']}", *(f"{name} = {point[name]:g}" for name in others)])
            curves.setdefault(label, []).append((point[first], row))
    return {label: sorted(rows, key=lambda pair: pair[0]) for label, rows in curves.items()}


def _plain(*axes: Axes, whole: bool = True) -> None:
    """Axes without a box, and whole numbers of collisions."""
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        if whole:
            axis.xaxis.set_major_locator(MaxNLocator(integer=True))


def _described(model: Model) -> str:
    return f"{model.name}, {model.temperature}, dt = {model.dt:g}"


def _titled(figure: Figure, text: str) -> None:
    figure.suptitle(text, x=0.01, ha="left", fontsize="medium")


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure in the format of the file's ending, atomically.

    Raises:
        InputError: if the file cannot be written.
    """
    stream = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "qcoll"}):
        figure.savefig(stream, format=path.suffix.removeprefix(".") or "png", dpi=150)
    write_atomically(path, stream.getvalue())


def _draw(
    axis: Axes,
    name: str,
    collisions: np.ndarray,
    values: np.ndarray,
    errors: np.ndarray | None = None,
    *,
    dashed: bool = False,
    joined: bool = False,
) -> None:
    """Lines for the exact dynamics and for distances, marks for circuits, error bars for shots."""
    colour = COLOURS.get(name, "#CC79A7")
    if name == "exact" or joined:
        mark = "." if len(collisions) < 3 else None  # one point makes no line
        axis.plot(collisions, values, "--" if dashed else "-", marker=mark, color=colour, label=name, lw=1.4)
        return
    every = max(1, len(collisions) // MARKS)
    style = {"ideal circuit": "o", "noisy circuit": "s", "shots": "D"}.get(name, "^")
    faces = "none" if dashed else colour
    if errors is not None:
        axis.errorbar(
            collisions[::every],
            values[::every],
            errors[::every],
            fmt=style,
            color=colour,
            mfc=faces,
            ms=3,
            lw=1,
            label=name,
        )
        return
    axis.plot(collisions, values, style, markevery=every, ms=4, mec=colour, mfc=faces, color=colour, label=name)
