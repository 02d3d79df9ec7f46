"""Draw a figure's panels with Matplotlib: exact as lines, second order dashed, everything else as marks."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from .panels import Panel, PaperFigure, Series

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

#: Okabe and Ito's palette, which colour-blind readers can tell apart, without the yellow that is too faint for lines.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
DASHES = (0, (4, 3))
MARKERS = ("o", "s", "^", "D", "v")
STYLE: dict[Any, Any] = {
    "font.size": 8,
    "axes.labelsize": 9,
    "legend.fontsize": 7,
    "mathtext.fontset": "dejavusans",
    "axes.linewidth": 0.6,
    "lines.linewidth": 1.4,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "legend.frameon": False,
    "savefig.dpi": 200,
    "pdf.fonttype": 42,
}


def draw(figure: PaperFigure) -> Figure:
    """The Matplotlib figure, 7 inches wide, for as many panels as there are."""
    with mpl.rc_context(STYLE):
        columns = figure.columns
        rows = -(-len(figure.panels) // columns)
        page = Figure(figsize=(7.0, 2.65 * rows + 0.35), layout="constrained")
        FigureCanvasAgg(page)
        axes = page.subplots(rows, columns, squeeze=False)
        for letter, panel, place in zip("abcdefgh", figure.panels, axes.flat, strict=False):
            _panel(place, panel, letter)
        _foot(page, figure)
    return page


def rendered(figure: PaperFigure) -> dict[str, bytes]:
    """The figure as PNG and PDF, the same bytes every time."""
    page = draw(figure)
    files = {}
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it remarks on dates inside the fonts that come along
    with mpl.rc_context(STYLE):
        for suffix, metadata in (("png", {"Software": None}), ("pdf", {"CreationDate": None})):
            stream = io.BytesIO()
            page.savefig(stream, format=suffix, metadata=metadata)
            page.set_layout_engine("none")  # what the first file settled holds for the second
            files[suffix] = stream.getvalue()
    return files


def _panel(axes: Axes, panel: Panel, letter: str) -> None:
    inset = None
    if any(series.style == "inset" for series in panel.series):
        inset = axes.inset_axes((0.36, 0.67, 0.61, 0.3))
        inset.tick_params(labelsize=6, pad=2)
        inset.margins(x=0)
        inset.set_xlabel("first collisions", fontsize=6, labelpad=1)
    for series in panel.series:
        target = inset if inset is not None and series.style == "inset" else axes
        _series(target, series)
    axes.set_xlabel(panel.x_label)
    axes.set_ylabel(panel.y_label)
    axes.set_title(f"({letter}) {panel.title}".strip(), loc="left", fontsize=9)
    if panel.x_log:
        axes.set_xscale("log")
    if panel.y_log:
        axes.set_yscale("log")
    if panel.y_limits is not None:
        axes.set_ylim(*panel.y_limits)
    if not panel.x_label:
        axes.set_xticks([])
    if panel.legend:
        axes.legend(loc=panel.legend_place, handlelength=1.4, labelspacing=0.25)  # type: ignore[arg-type]


def _series(axes: Axes, series: Series) -> None:
    color = PALETTE[series.color % len(PALETTE)]
    narrow = 0.6 if series.style == "inset" else 1.0
    if series.kind == "exact" or series.style == "plain":
        known = axes.get_legend_handles_labels()[1]
        label = series.label if series.label and series.label not in known else None
        width = 1.4 * narrow if series.label else 0.5
        axes.plot(series.x, series.y, color=color if series.label else "0.5", label=label, linewidth=width)
        if series.style == "band" and series.low is not None and series.high is not None:
            axes.fill_between(series.x, series.low, series.high, color=color, alpha=0.18, linewidth=0)
    elif series.kind == "second order":
        axes.plot(series.x, series.y, color="black", linestyle=DASHES, linewidth=0.8 * narrow)
    else:
        marker = MARKERS[series.color % len(MARKERS)]
        size = 3.2 * narrow
        face = _face(series.kind, color)
        axes.plot(series.x, series.y, marker, color=color, markersize=size, markerfacecolor=face, markeredgewidth=0.8)


def _face(kind: str, color: str) -> str:
    """Marks of ideal circuits are hollow, those of noisy ones full."""
    return "white" if kind == "circuit" else color


def _foot(page: Figure, figure: PaperFigure) -> None:
    """One line at the foot says what is line, dashes, shade and marks, and the labels that no panel explains."""
    drawn = [series for panel in figure.panels for series in panel.series if series.style != "plain"]
    kinds = list(dict.fromkeys(series.kind for series in drawn))
    if kinds in ([], ["exact"]):
        return
    handles: list[Artist] = []
    if not any(panel.legend for panel in figure.panels):
        colors = {series.label: PALETTE[series.color % len(PALETTE)] for series in drawn}
        handles += [Line2D([], [], color=color, label=label) for label, color in colors.items()]
    for kind in kinds:
        if kind == "exact":
            handles.append(Line2D([], [], color="0.4", label="exact"))
        elif kind == "second order":
            handles.append(Line2D([], [], color="black", linestyle=DASHES, linewidth=0.8, label="second order"))
        else:
            mark: dict[str, Any] = {"marker": "o", "linestyle": "", "markersize": 3.2}
            handles.append(Line2D([], [], color="0.4", label=kind, markerfacecolor=_face(kind, "0.4"), **mark))
    if figure.name == "figure_3":
        handles.append(Patch(color="0.4", alpha=0.25, linewidth=0, label="range within one turn (exact)"))
    page.legend(handles=handles, loc="outside lower center", ncols=len(handles), fontsize=7)
