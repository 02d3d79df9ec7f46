"""``qcoll budget``: what limits a run on a device, for every way to compile it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from ..hardware import Choices, error_budget, open_device
from .options import (
    DEFAULT_BACKEND,
    MODEL,
    Backend,
    Detuned,
    Initial,
    Instance,
    Model,
    Parameters,
    Picture,
    check_picture,
)
from .run import find_collision_model

BUDGET = """
Predict the error on a device against the number of collisions for every way to compile, and how many are worth running.

The trace distance to the exact state is predicted from the device's own noise model, and what dominates it is named:
preparation, splitting, gates, waiting (decoherence while gates act on other qubits), or resets (waiting for them).

`--detuning` adds what no device reports: frequencies of waiting qubits that are wrong by a constant in each shot, so
many Hz in the root mean square. Pulses against them ("XX") are then tried too; `--decoupling` names other ones. It
takes many times longer: choose levels.

Examples:

* `qcoll budget example2-strong --backend fake_kingston --collisions 50 --plot budget.png`
* `qcoll budget example2 -p alpha=1 -p dt=0.5 --backend ibm_fez --order 1 --order 2 --tolerance 0.2`
* `qcoll budget example2-strong --collisions 20 --synthesis channel --synthesis sampled --detuning 2000`
"""


#: Panel of the help text.
TRIED = "What is tried"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("budget", help=BUDGET)(budget)


def budget(
    model: Model,
    backend: Backend = DEFAULT_BACKEND,
    collisions: Annotated[
        int, typer.Option("--collisions", "-n", help="Number of collisions.", rich_help_panel=MODEL)
    ] = 100,
    parameter: Parameters = None,
    initial: Initial = None,
    order: Annotated[
        list[int] | None, typer.Option(help="Orders to try; repeatable. Default: 1 and 2.", rich_help_panel=TRIED)
    ] = None,
    steps: Annotated[
        list[int] | None, typer.Option(help="Steps to try; repeatable. Default: 1 and 2.", rich_help_panel=TRIED)
    ] = None,
    synthesis: Annotated[
        list[str] | None, typer.Option(help="Levels to try; repeatable. Default: all.", rich_help_panel=TRIED)
    ] = None,
    preparation: Annotated[
        list[str] | None,
        typer.Option(
            help="Preparations at trotter and exact; repeatable. Default: purified and sampled.", rich_help_panel=TRIED
        ),
    ] = None,
    ancillas: Annotated[
        list[str] | None,
        typer.Option(
            help="reset, alternating, fresh; repeatable. Default: reset where there is one.", rich_help_panel=TRIED
        ),
    ] = None,
    sets: Annotated[
        list[int] | None,
        typer.Option(
            help="Sets of ancilla qubits in turn to try; repeatable. Default: 2 and 3.", rich_help_panel=TRIED
        ),
    ] = None,
    detuning: Detuned = None,
    decoupling: Annotated[
        list[str] | None,
        typer.Option(help="Pulses to try: XX, XpXm, XY4; repeatable, beside none.", rich_help_panel=TRIED),
    ] = None,
    tolerance: Annotated[float, typer.Option(help="Trace distance up to which a collision is worth running.")] = 0.1,
    instance: Instance = None,
    plot: Picture = None,
) -> None:
    """Run the command; see BUDGET."""
    check_picture(plot)
    chosen = find_collision_model(model, parameter or [])
    device = open_device(backend, instance=instance)
    given: dict[str, Any] = {
        "synthesis": synthesis,
        "trotter_orders": order,
        "trotter_steps": steps,
        "preparations": preparation,
        "ancillas": ancillas,
        "sets": sets,
        "decoupling": None if decoupling is None else [None, *decoupling],
    }
    choices = Choices(**{name: value for name, value in given.items() if value})
    found = error_budget(
        chosen, device, collisions, initial, choices=choices, tolerance=tolerance, detuning=detuning or 0.0
    )
    console = Console(highlight=False, soft_wrap=True)
    console.print(str(found), markup=False)
    if plot is not None:
        from ..plots import plot_budget, save_figure

        save_figure(plot_budget(found), plot)
        console.print(f"wrote {plot}", markup=False)
