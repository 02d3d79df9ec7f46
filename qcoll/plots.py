"""Pictures of trajectories: coherence, energy, heat and work, and the distance to the exact dynamics."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

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
        axis.spines[["top", "right"]].set_visible(False)
        axis.xaxis.get_major_locator().set_params(integer=True)
    axes[1, 1].set_xlim(axes[0, 0].get_xlim())
    if len(trajectories) > 1:
        axes[1, 1].set_yscale("log")
        handles, names = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper right", ncols=len(names), frameon=False)
    model = exact.model
    figure.suptitle(f"{model.name}, {model.temperature}, dt = {model.dt:g}", x=0.01, ha="left", fontsize="medium")
    return figure


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
