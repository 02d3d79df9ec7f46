"""Pictures of studies: lines with error bands, heat maps, and the numbers behind them."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..errors import InputError

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes

#: More lines than this are a heat map.
MOST_LINES = 8
#: Okabe and Ito's colours, which colour-blind readers can tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
_STYLES = ("-", "--", ":", "-.")
_SPECIAL = ("error", "warning", "samples")


@dataclass(frozen=True)
class Panel:
    """One quantity over one axis or two, for each study.

    Args:
        quantity: its name.
        x: the axis along the picture.
        by: the axis that tells lines apart, or the second one of a map; ``None`` for a single line.
        studies: by title, values over ``x`` and ``by`` in that order, and their standard errors if there are any.
    """

    quantity: str
    x: str
    by: str | None
    studies: Mapping[str, tuple[xarray.DataArray, xarray.DataArray | None]]

    @property
    def is_map(self) -> bool:
        """Whether it is a heat map: one study, and more lines than one can tell apart, at numbers."""
        values, _ = next(iter(self.studies.values()))
        many = self.by is not None and values.sizes[self.by] > MOST_LINES
        return many and len(self.studies) == 1 and _is_number(values[str(self.by)])


def panels(
    studies: Mapping[str, xarray.Dataset],
    quantities: Sequence[str] = (),
    x: str | None = None,
    by: str | None = None,
    at: Mapping[str, str] | None = None,
) -> list[Panel]:
    """What to draw of studies.

    Args:
        studies: datasets by title, drawn over one another.
        quantities: one panel each; all scalar ones of the first study if left out.
        x: the axis along the picture; otherwise the collisions, where nothing else varies, or the first axis.
        by: the axis that tells lines apart; otherwise the one that is left.
        at: values of other axes, the nearest of which is taken; ``"last"`` is the last.

    Raises:
        InputError: for an unknown quantity, axis or value, or axes that are left over.
    """
    first = next(iter(studies.values()))
    several = len(studies) > 1
    names = list(quantities) or [str(name) for name in first.data_vars if _is_drawn(first, str(name))]
    if not names:
        raise InputError("the study has no quantity that can be drawn: state needs --quantity and --at")
    chosen = [_panel(studies, name, x, by, dict(at or {})) for name in names]
    for panel in chosen:
        lines = max(values.sizes.get(panel.by, 1) for values, _ in panel.studies.values())
        if several and lines > MOST_LINES:
            raise InputError(
                f"{lines} lines of each study along {panel.by} cannot be told apart: fix it with --at {panel.by}=..., "
                "or draw one study as a map"
            )
    return chosen


def draw(chosen: Sequence[Panel]) -> Figure:
    """The picture of panels, side by side in at most three columns."""
    columns = 2 if len(chosen) == 4 else min(3, len(chosen))
    rows = math.ceil(len(chosen) / columns)
    figure = Figure(figsize=(4.6 * columns, 3.5 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for panel, axes in zip(chosen, grid.flat, strict=False):
        (_draw_map if panel.is_map else _draw_lines)(panel, axes, figure)
    for axes in grid.flat[len(chosen) :]:
        axes.set_axis_off()
    titles = list(chosen[0].studies)
    if len(titles) == 1:
        figure.suptitle(titles[0], x=0.01, ha="left", fontsize="medium")
    return figure


def table(chosen: Sequence[Panel]) -> bytes:
    """The numbers behind a picture as CSV: study, quantity, axes, value, standard error."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["study", "quantity", "axis", "at", "by", "where", "value", "standard_error"])
    for panel in chosen:
        for title, (values, errors) in panel.studies.items():
            for label, line, spread in _lines(panel, values, errors):
                for place, value in enumerate(line):
                    error = "" if spread is None else repr(float(spread[place]))
                    at = values[panel.x].values[place]
                    where = [panel.by or "", label]
                    writer.writerow([title, panel.quantity, panel.x, _text(at), *where, repr(float(value)), error])
    return stream.getvalue().encode()


def _panel(
    studies: Mapping[str, xarray.Dataset], name: str, x: str | None, by: str | None, at: dict[str, str]
) -> Panel:
    parts = {}
    axes: list[tuple[str, str | None]] = []
    for title, data in studies.items():
        if name not in data.data_vars:
            drawn = ", ".join(str(n) for n in data.data_vars if str(n) not in _SPECIAL)
            raise InputError(f"{title} has no quantity {name!r}; it has {drawn}")
        values, errors = _selected(data, name, x, by, at)
        own = _axes_of(values, title, x, by)
        axes.append(own)
        order = [axis for axis in own if axis is not None]
        parts[title] = (values.transpose(*order), None if errors is None else errors.transpose(*order))
    if len(set(axes)) > 1:
        said = "; ".join(
            f"{title}: {' and '.join(a for a in own if a)}" for title, own in zip(parts, axes, strict=True)
        )
        raise InputError(f"the studies vary along different axes ({said}): choose with --x, --by and --at")
    return Panel(name, axes[0][0], axes[0][1], parts)


def _selected(
    data: xarray.Dataset, name: str, x: str | None, by: str | None, at: dict[str, str]
) -> tuple[xarray.DataArray, xarray.DataArray | None]:
    """A quantity and its error where other axes have given values; of a complex one its modulus."""
    for axis in [*at, *(axis for axis in (x, by) if axis is not None)]:
        if axis not in data.dims:
            raise InputError(f"the study has no axis {axis!r}; it has {', '.join(map(str, data.dims))}")
    found = data[[name] + ([f"{name}_error"] if f"{name}_error" in data.data_vars else [])]
    for axis, text in at.items():
        found = found.isel({axis: _place(data, axis, text)})
    varied = [axis for axis, length in found[name].sizes.items() if length > 1 and axis != "collision"]
    if "collision" in found.dims and "collision" not in (x, by):
        few = not varied or (len(varied) == 1 and found[name].sizes[varied[0]] <= MOST_LINES)
        if x is not None or not few:  # the end of every run
            found = found.isel(collision=-1)
    keep = [axis for axis in found[name].dims if found[name].sizes[axis] == 1 and axis not in (x, by)]
    rest = [axis for axis in found[name].dims if axis not in keep]
    found = found.isel(dict.fromkeys(keep if rest else keep[1:], 0))
    values = found[name]
    return (abs(values) if values.dtype.kind == "c" else values), found.get(f"{name}_error")


def _place(data: xarray.Dataset, axis: str, text: str) -> int:
    if text == "last":
        return int(data.sizes[axis]) - 1
    coordinate = data[axis] if axis in data.coords else None
    if coordinate is None or not _is_number(coordinate):
        labels = [] if coordinate is None else [str(value) for value in coordinate.values]
        if text in labels:
            return labels.index(text)
        if coordinate is None and text.isdigit() and int(text) < data.sizes[axis]:
            return int(text)
        expected = ", ".join(labels) or f"numbers from 0 to {data.sizes[axis] - 1}"
        raise InputError(f"--at {axis}={text}: the axis has {expected}")
    try:
        return int(np.abs(coordinate.values - float(text)).argmin())
    except ValueError:
        raise InputError(f"--at {axis}={text}: the axis has numbers") from None


def _axes_of(values: xarray.DataArray, title: str, x: str | None, by: str | None) -> tuple[str, str | None]:
    """The axis along the picture and the one across."""
    dims = [str(axis) for axis in values.dims]
    if not dims:
        raise InputError(f"{title} has a single point: there is nothing to draw, its value is {values.values}")
    along = x or (
        "collision" if "collision" in dims else next((d for d in dims if d != by and _along(values, d)), dims[0])
    )
    rest = [axis for axis in dims if axis not in (along, by)]
    if by is None and rest:
        by = rest.pop(0)
    if rest:
        raise InputError(
            f"{title} varies along {', '.join(dims)}, but a picture has two axes: fix {rest[0]} with --at {rest[0]}=..."
        )
    return along, by


def _along(values: xarray.DataArray, axis: str) -> bool:
    return axis not in values.coords or _is_number(values[axis])


def _is_drawn(data: xarray.Dataset, name: str) -> bool:
    values = data[name]
    return (
        name not in _SPECIAL and not name.endswith("_error") and values.dtype.kind in "fi" and "row" not in values.dims
    )


def _is_number(coordinate: xarray.DataArray) -> bool:
    return bool(coordinate.dtype.kind in "fiu")


def _positions(values: xarray.DataArray, axis: str) -> NDArray[np.float64]:
    """Where the points of an axis are: at its numbers, or in their order."""
    if axis in values.coords and _is_number(values[axis]):
        return np.asarray(values[axis].values, dtype=float)
    return np.arange(values.sizes[axis], dtype=float)


def _geometric(positions: NDArray[np.float64]) -> bool:
    """Whether values are spaced by a factor, so that a logarithmic axis is what was meant."""
    if len(positions) < 3 or not np.all(positions > 0):
        return False
    ratios = positions[1:] / positions[:-1]
    return bool(np.allclose(ratios, ratios[0], rtol=1e-6) and not np.isclose(ratios[0], 1))


def _text(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float | np.floating) else str(value)


def _lines(
    panel: Panel, values: xarray.DataArray, errors: xarray.DataArray | None
) -> list[tuple[str, NDArray[np.float64], NDArray[np.float64] | None]]:
    """Label, values and standard errors of every line."""
    if panel.by is None:
        return [("", np.asarray(values.values), None if errors is None else np.asarray(errors.values))]
    found = []
    for place in range(values.sizes[panel.by]):
        line = values.isel({panel.by: place})
        label = _text(line[panel.by].values.item()) if panel.by in line.coords else _zipped(line, panel.by, place)
        spread = None if errors is None else np.asarray(errors.isel({panel.by: place}).values)
        found.append((label, np.asarray(line.values), spread))
    return found


def _zipped(line: xarray.DataArray, axis: str, place: int) -> str:
    """What parameters that vary together are, or the number of the point."""
    scalars = [f"{name} = {_text(value.values.item())}" for name, value in line.coords.items() if value.ndim == 0]
    return ", ".join(scalars) or str(place)


def _draw_lines(panel: Panel, axes: Axes, figure: Figure) -> None:
    several = len(panel.studies) > 1
    for number, (title, (values, errors)) in enumerate(panel.studies.items()):
        positions = _positions(values, panel.x)
        lines = _lines(panel, values, errors)
        ordered = panel.by is not None and panel.by in values.coords and _is_number(values[panel.by])
        for place, (label, line, spread) in enumerate(lines):
            shade = 0.82 * place / max(1, len(lines) - 1)
            colour = matplotlib.colormaps["viridis"](shade) if ordered else COLOURS[place % len(COLOURS)]
            if panel.by is None:
                colour = COLOURS[number % len(COLOURS)]
            said = [title] if several and (place == 0 or panel.by is None) else []
            own = f"{panel.by} = {label}" if label and "=" not in label else label
            if label and (not several or number == 0):
                said.append(own)
            style = _STYLES[number % len(_STYLES)] if panel.by is not None else "-"
            marker = "o" if len(positions) <= 12 else None
            said_of_it = ": ".join(said) or None
            if not _along(values, panel.x):  # nothing lies between two names
                apart = 0.04 * (place - (len(lines) - 1) / 2)
                axes.errorbar(positions + apart, line, spread, fmt="o", color=colour, label=said_of_it, ms=5, lw=1.2)
                continue
            axes.plot(positions, line, style, color=colour, label=said_of_it, lw=1.5, marker=marker, ms=3.5)
            if spread is not None:
                axes.fill_between(positions, line - spread, line + spread, color=colour, alpha=0.22, lw=0)
    values, _ = next(iter(panel.studies.values()))
    _label(axes, values, panel.x, "x")
    axes.set_ylabel(_described(values, panel.quantity))
    axes.spines[["top", "right"]].set_visible(False)
    if axes.get_legend_handles_labels()[1]:
        axes.legend(frameon=False, fontsize="small")


def _draw_map(panel: Panel, axes: Axes, figure: Figure) -> None:
    ((values, _),) = panel.studies.values()
    across = str(panel.by)
    mesh = axes.pcolormesh(
        _positions(values, panel.x),
        _positions(values, across),
        values.values.T,
        shading="nearest",
        cmap="viridis",
        rasterized=True,
    )
    figure.colorbar(mesh, ax=axes, label=_described(values, panel.quantity))
    _label(axes, values, panel.x, "x")
    _label(axes, values, across, "y")


def _label(axes: Axes, values: xarray.DataArray, axis: str, which: str) -> None:
    """Name, ticks and scale of an axis of the picture."""
    positions = _positions(values, axis)
    name = axis
    if axis in values.coords and values[axis].attrs.get("units", "1") != "1":
        name = f"{axis} [{values[axis].attrs['units'].partition(' (')[0]}]"
    getattr(axes, f"set_{which}label")(name)
    if axis in values.coords and not _is_number(values[axis]):
        getattr(axes, f"set_{which}margin")(0.15)
        getattr(axes, f"set_{which}ticks")(positions, [str(value) for value in values[axis].values])
    elif axis not in values.coords:
        labels = [_zipped(values.isel({axis: place}), axis, place) for place in range(len(positions))]
        getattr(axes, f"set_{which}ticks")(positions, labels, rotation=30, ha="right", fontsize="x-small")
    elif _geometric(positions):
        getattr(axes, f"set_{which}scale")("log")


def _described(values: xarray.DataArray, name: str) -> str:
    text = values.attrs.get("long_name", name)
    units = values.attrs.get("units", "1").partition(" (")[0]
    return text if units == "1" else f"{text} [{units}]"
