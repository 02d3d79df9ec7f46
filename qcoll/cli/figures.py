"""``qcoll figures``: the paper's figures, with marks from compiled circuits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ..storage import writable_folder
from .progress import progress_bar

HELP = """
Draw figures 2 to 8 of the paper, and the plot of where the second order parts from the exact dynamics. Exact dynamics
are lines, the second-order master equation is dashed, compiled Trotter circuits are marks. Each is written as PNG, PDF
and CSV into the folder `--out`.

`--noise FakeKingston` adds the noisy circuits: what of this physics such a device would still show.

Examples:

* `qcoll figures --out figures`
* `qcoll figures --only figure_5 --noise FakeKingston`
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("figures", help=HELP)(figures)


def figures(
    out: Annotated[Path, typer.Option(help="Folder for the figures and their data.")] = Path("figures"),
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="Draw only this one (figure_2 ... figure_8, second_order); repeatable."),
    ] = None,
    noise: Annotated[str | None, typer.Option(help='Also mark circuits with this noise, as for "qcoll run".')] = None,
    order: Annotated[int, typer.Option(help="Order of the circuits' product formula.")] = 2,
    circuits: Annotated[bool, typer.Option(help="Mark compiled circuits.")] = True,
) -> None:
    """Run the command; see HELP."""
    from ..paper.circuits import circuit_marks
    from ..paper.figures import draw_figures
    from .run import noise_option

    folder = writable_folder(out)
    with progress_bar() as say:
        marks = [circuit_marks(trotter_order=order, progress=say)] if circuits else []
        if noise is not None and (setting := noise_option(noise)) is not None:
            marks.append(circuit_marks(setting, trotter_order=order, progress=say))
        paths = draw_figures(folder, marks=marks, only=only, progress=say)
    Console().print(f"wrote {len(paths)} files into {folder}", highlight=False, soft_wrap=True)
