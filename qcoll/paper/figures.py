"""Figures 2 to 8 as PNG, PDF and CSV.

>>> import tempfile
>>> from qcoll.paper.figures import draw_figures
>>> folder = tempfile.mkdtemp()
>>> [path.name for path in draw_figures(folder, only=["figure_2"])]
['figure_2.png', 'figure_2.pdf', 'figure_2.csv']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ..errors import InputError
from ..storage import writable_folder, write_atomically
from .curves import figure_3, figure_4, figure_6, figure_8
from .drawing import rendered
from .panels import Marks, PaperFigure
from .steady_curves import figure_2, figure_5, figure_7, parting_figure

#: Every figure of the paper by name, and the plot of docs/paper.md.
FIGURES: dict[str, Callable[[Sequence[Marks]], PaperFigure]] = {
    "figure_2": lambda marks: figure_2(),
    "figure_3": figure_3,
    "figure_4": figure_4,
    "figure_5": figure_5,
    "figure_6": figure_6,
    "figure_7": figure_7,
    "figure_8": figure_8,
    "second_order": lambda marks: parting_figure(),
}


def draw_figures(
    out: str | Path,
    *,
    marks: Sequence[Marks] = (),
    only: Iterable[str] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Draw the figures and write each as PNG, PDF and CSV, whole or not at all.

    Args:
        out: the folder, made if need be.
        marks: other dynamics to mark beside exact (lines) and second order (dashes), such as compiled circuits.
        only: names out of :data:`FIGURES`; all of them if left out.
        progress: called with the name of every figure before it is drawn.

    Returns:
        The files written.

    Raises:
        InputError: for an unknown name or a folder that cannot be written.
    """
    names = list(FIGURES) if only is None else list(only)
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        raise InputError(f"there is no figure {unknown[0]!r}: choose from {', '.join(FIGURES)}")
    folder = writable_folder(Path(out))
    written = []
    for name in names:
        progress(name)
        figure = FIGURES[name](marks)
        for suffix, content in {**rendered(figure), "csv": figure.csv()}.items():
            path = folder / f"{name}.{suffix}"
            write_atomically(path, content)
            written.append(path)
    return written


def draw_parting(out: str | Path) -> Path:
    """The plot of docs/paper.md alone, as PNG."""
    path = writable_folder(Path(out)) / "second_order.png"
    write_atomically(path, rendered(parting_figure())["png"])
    return path
