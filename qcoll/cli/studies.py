"""``qcoll sweep`` and ``qcoll plot``: run a study from its file, and draw what came out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from ..errors import InputError
from ..study import Progress, Study, Summary, load_study, open_study
from .options import Picture, check_picture

HELP = """
Compute all points of a study and write them as one NetCDF dataset.

**STUDY** is a TOML file: a model, axes, what is computed at each point, and which quantities are kept. The folder
`studies` of the repository has examples, `docs/how-to/sweeps.md` all entries. The dataset is `study.nc` in the folder
`--out`. A run that was interrupted goes on where it was. With more values on the axes only the new points are computed.

Examples:

* `qcoll sweep studies/figure_5.toml --out figure_5 --plot figure_5.png`
* `qcoll sweep noisy.toml --out noisy --workers 4`
* `qcoll sweep noisy.toml --out noisy --scheduler tcp://login:8786`
"""

PLOT_HELP = """
Draw the results of studies: lines with bands of their standard errors, or a heat map where a second axis has many
values.

Writes a picture as PNG and as PDF, and the numbers behind it as CSV. Several studies are drawn over one another.

Examples:

* `qcoll plot figure_5`
* `qcoll plot noisy --quantity coherence --x kappa --at alpha=0.5`
* `qcoll plot exact noisy --quantity coherence --out both`
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("sweep", help=HELP)(sweep)
    app.command("plot", help=PLOT_HELP)(plot)


def sweep(
    study: Annotated[Path, typer.Argument(help="The study's TOML file.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Folder for rows and result.")] = Path("qcoll-study"),
    workers: Annotated[
        int | None,
        typer.Option(
            help="Number of processes. Default: for circuits one per core; one for exact points, which are computed "
            "together.",
            show_default=False,
        ),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="A Dask scheduler, tcp://host:port, instead of processes.", show_default=False)
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Compute the points that failed before once more.")] = False,
    picture: Picture = None,
) -> None:
    """Run the command; see HELP."""
    check_picture(picture)
    chosen = load_study(study)
    if workers is None:
        workers = 1 if scheduler is not None else _usual_workers(chosen)
    console = Console(soft_wrap=True, highlight=False)
    with _bar(len(chosen)) as show:
        summary = chosen.compute_into(out, workers, scheduler, show, retry=retry)
    _report(console, summary)
    if picture is not None:
        from ..plots import save_figure
        from ..study.drawing import draw, panels

        save_figure(draw(panels({chosen.title or out.name: open_study(out)})), picture)
        console.print(f"wrote {picture}", markup=False)
    if summary.errors and sum(summary.errors.values()) == summary.total:
        raise typer.Exit(1)


def _usual_workers(study: Study) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    tasks = len(study) // study.plan.batch
    return max(1, min(cores, tasks)) if study.plan.kind == "circuit" or study.plan.batch == 1 else 1


@contextmanager
def _bar(total: int) -> Iterator[Callable[[Progress], None]]:
    """A bar on standard error with the time left."""
    columns = (TextColumn("points"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("points", total=total, left="")

        def show(progress: Progress) -> None:
            failed = f", {progress.failed} failed" if progress.failed else ""
            left = "" if progress.seconds_left is None else f"{_readable(progress.seconds_left)} left{failed}"
            bar.update(task, completed=progress.done, left=left)

        yield show


def _readable(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _report(console: Console, summary: Summary) -> None:
    earlier = summary.total - summary.computed
    console.print(
        f"{summary.computed} points computed" + (f", {earlier} were there already" if earlier else ""), markup=False
    )
    for what, found in (("failed", summary.errors), ("came with a warning", summary.warnings)):
        for text, count in sorted(found.items(), key=lambda item: -item[1]):
            console.print(f"{count} {what}: {text}", markup=False)
    console.print(f"wrote {summary.path}", markup=False)


def plot(
    folders: Annotated[list[Path], typer.Argument(help="Folders of studies, or NetCDF files.", show_default=False)],
    quantity: Annotated[
        list[str] | None,
        typer.Option("--quantity", "-q", help="What to draw, a panel each; all scalar quantities if left out."),
    ] = None,
    x: Annotated[str | None, typer.Option(help="The axis along the picture.", show_default=False)] = None,
    by: Annotated[str | None, typer.Option(help="The axis that tells lines apart.", show_default=False)] = None,
    at: Annotated[
        list[str] | None,
        typer.Option(help="Fix another axis, as name=value (the nearest) or name=last; may be repeated."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Path of the picture without ending; otherwise plot in the first folder.", show_default=False
        ),
    ] = None,
) -> None:
    """Run the command; see PLOT_HELP."""
    from ..plots import save_figure
    from ..storage import write_atomically
    from ..study.drawing import draw, panels, table

    studies = {}
    for folder in folders:
        data = open_study(folder)
        title = str(data.attrs.get("title", folder.name))
        studies[title if title not in studies else str(folder)] = data
    chosen = panels(studies, quantity or [], x, by, dict(_fixed(text) for text in at or []))
    first = folders[0] if folders[0].is_dir() else folders[0].parent
    stem = out or first / "plot"
    stem = stem.with_suffix("") if stem.suffix in (".png", ".pdf", ".csv") else stem
    figure = draw(chosen)
    for ending in (".png", ".pdf"):
        save_figure(figure, stem.with_name(stem.name + ending))
    write_atomically(stem.with_name(f"{stem.name}.csv"), table(chosen))
    Console(soft_wrap=True, highlight=False).print(f"wrote {stem}.png, {stem}.pdf and {stem}.csv", markup=False)


def _fixed(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name or not value:
        raise InputError(f"--at is {text!r}, but must be name=value, such as beta=1 or collision=last")
    return name, value
