"""What a figure is before it is drawn: panels of labelled series, and the dynamics whose marks it may carry."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..model.collision import CollisionModel
from ..trajectory.pauli import Real
from ..trajectory.trajectory import Trajectory

Style = Literal["line", "band", "inset", "plain"]


@dataclass(frozen=True, eq=False)
class Series:
    """One curve or set of marks.

    Args:
        label: its legend entry, shared by all kinds of the same parameters.
        kind: "exact", "second order", or the name of another dynamics.
        color: position in the palette.
        x: abscissas, shape (n,).
        y: values, shape (n,).
        style: "line" (or marks), "band" (drawn between low and high too), "inset" (drawn in the panel's inset), or
            "plain" (a coloured line whatever its kind).
        low: lower edge of a band, shape (n,).
        high: upper edge, shape (n,).
    """

    label: str
    kind: str
    color: int
    x: Real
    y: Real
    style: Style = "line"
    low: Real | None = None
    high: Real | None = None


@dataclass(frozen=True, eq=False)
class Panel:
    """One set of axes; where no panel of a figure has a legend, the figure has one at its foot."""

    title: str
    x_label: str
    y_label: str
    series: Sequence[Series]
    x_log: bool = False
    y_log: bool = False
    y_limits: tuple[float, float] | None = None
    legend: bool = True
    legend_place: str | tuple[float, float] = "best"


@dataclass(frozen=True, eq=False)
class PaperFigure:
    """A figure of the paper: its file name, panels, and columns of panels."""

    name: str
    panels: Sequence[Panel]
    columns: int = 2

    def csv(self) -> bytes:
        """All numbers in the figure, one point a row."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["panel", "kind", "label", "style", "x", "y", "low", "high"])
        for letter, panel in zip("abcdefgh", self.panels, strict=False):
            for series in panel.series:
                low = series.y if series.low is None else series.low
                high = series.y if series.high is None else series.high
                head = [letter, series.kind, _plain(series.label), series.style]
                for row in zip(series.x, series.y, low, high, strict=True):
                    writer.writerow([*head, *(f"{value:.10g}" for value in row)])
        return stream.getvalue().encode()


@dataclass(frozen=True)
class Marks:
    """Another dynamics to mark in every figure beside exact and second order, such as compiled circuits.

    Args:
        kind: its name in legends and data, such as "circuit".
        evolve: gives the trajectory of n collisions, every one recorded, from the thermal state at inverse
            temperature 1.
        steady: gives the trajectory of one collision that starts at this dynamics' own steady state.
    """

    kind: str
    evolve: Callable[[CollisionModel, int], Trajectory]
    steady: Callable[[CollisionModel], Trajectory]


def sparse(values: Real, count: int) -> Real:
    """About ``count`` of the values, evenly spaced, the first and the last among them."""
    if len(values) <= count:
        return values
    return np.asarray(values[np.linspace(0, len(values) - 1, count).round().astype(int)])


def _plain(label: str) -> str:
    return label.replace("$", "").replace("\\", "")
