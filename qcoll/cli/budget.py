"""``qcoll budget``: how many collisions are worth running on a device, and in which way."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from ..hardware import error_budget, open_device
from ..hardware.budget import SUBMITTED_LEVELS, SUBMITTED_PREPARATIONS
from .options import DEFAULT_BACKEND, Backend, Initial, Instance, Model, Parameters, Picture, check_picture
from .run import find_collision_model

BUDGET = """
Predict the error on a device against the number of collisions for every way to compile, and how many are worth running.

The trace distance to the exact state is predicted from the device's own noise model, and what dominates it is named:
preparation, splitting, gates, or waiting (decoherence while other qubits are busy).

Examples:

* `qcoll budget example2-strong --backend fake_kingston --collisions 50 --plot budget.png`
* `qcoll budget example2 -p alpha=1 -p dt=0.5 --backend ibm_fez --order 1 --order 2 --tolerance 0.2`
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("budget", help=BUDGET)(budget)


def budget(
    model: Model,
    backend: Backend = DEFAULT_BACKEND,
    collisions: Annotated[int, typer.Option("--collisions", "-n", help="Number of collisions.")] = 100,
    parameter: Parameters = None,
    initial: Initial = None,
    order: Annotated[list[int] | None, typer.Option(help="Orders to try; repeatable. Default: 1 and 2.")] = None,
    steps: Annotated[list[int] | None, typer.Option(help="Steps to try; repeatable. Default: 1 and 2.")] = None,
    synthesis: Annotated[list[str] | None, typer.Option(help="Levels to try; repeatable. Default: all.")] = None,
    preparation: Annotated[
        list[str] | None,
        typer.Option(help="Preparations at trotter and exact; repeatable. Default: purified and sampled."),
    ] = None,
    ancillas: Annotated[
        list[str] | None, typer.Option(help="reset, alternating, fresh; repeatable. Default: reset where there is one.")
    ] = None,
    tolerance: Annotated[float, typer.Option(help="Trace distance up to which a collision is worth running.")] = 0.1,
    instance: Instance = None,
    plot: Picture = None,
) -> None:
    """Run the command; see BUDGET."""
    check_picture(plot)
    chosen = find_collision_model(model, parameter or [])
    device = open_device(backend, instance=instance)
    found = error_budget(
        chosen,
        device,
        collisions,
        initial,
        trotter_orders=order or (1, 2),
        trotter_steps=steps or (1, 2),
        synthesis=synthesis or SUBMITTED_LEVELS,
        preparations=preparation or SUBMITTED_PREPARATIONS,  # type: ignore[arg-type]  # checked there
        ancillas=ancillas or None,  # type: ignore[arg-type]  # checked there
        tolerance=tolerance,
    )
    console = Console(highlight=False, soft_wrap=True)
    console.print(str(found), markup=False)
    if plot is not None:
        from ..plots import plot_budget, save_figure

        save_figure(plot_budget(found), plot)
        console.print(f"wrote {plot}", markup=False)
