"""``qcoll budget``: what limits a run on a device, for every way to compile it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from ..compile.levels import joint_levels
from ..hardware import Choice, Choices, error_budget, open_device
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
For every way to compile, predict how the error on a device grows with the collisions, and how many are worth running.

The error is the trace distance to the exact state, predicted from the device's own noise model. Its largest part is
named: preparation, splitting, gates, waiting (decoherence while gates act on other qubits), or resets (decoherence
while the system waits for them). A collision is worth running while the error is within `--tolerance`.

`--detuning` adds what no device reports: waiting qubits whose frequencies are wrong, each by a constant in a shot. The
value is their root mean square in Hz. This takes many times longer, so try few levels, with `--synthesis`.
Decoupling pulses on waiting qubits (XX) are tried at the levels of few gates, and with `--detuning` at all;
`--decoupling` names other ones.

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
        list[int] | None,
        typer.Option(help="Orders of the product formula; repeatable. Default: 1 and 2.", rich_help_panel=TRIED),
    ] = None,
    steps: Annotated[
        list[int] | None,
        typer.Option(help="Its steps per collision; repeatable. Default: 1 and 2.", rich_help_panel=TRIED),
    ] = None,
    synthesis: Annotated[
        list[str] | None, typer.Option(help="Levels, as of qcoll run; repeatable. Default: all.", rich_help_panel=TRIED)
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
            help="reset, alternating, fresh; repeatable. Default: "
            "reset, and alternating at the levels of few gates; fresh on a device without resets.",
            rich_help_panel=TRIED,
        ),
    ] = None,
    sets: Annotated[
        list[int] | None,
        typer.Option(
            help="Numbers of sets that take turns, of alternating ancillas; repeatable. Default: 2 and 3.",
            rich_help_panel=TRIED,
        ),
    ] = None,
    detuning: Detuned = None,
    decoupling: Annotated[
        list[str] | None,
        typer.Option(
            help="Pulses on waiting qubits: XX, XpXm, XY4; repeatable. It is tried without pulses too.",
            rich_help_panel=TRIED,
        ),
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
    words = ["qcoll submit", model, *(f"-p {each}" for each in parameter or []), f"--backend {backend}"]
    words += [f"--initial {initial}"] if initial else []
    console.print(f"measure it with: {' '.join(words)} {_options(found.best.choice)}", markup=False)
    if plot is not None:
        from ..plots import plot_budget, save_figure

        save_figure(plot_budget(found), plot)
        console.print(f"wrote {plot}", markup=False)


def _options(choice: Choice) -> str:
    """The options of ``qcoll submit`` that compile as a choice says."""
    words = ["--synthesis", choice.synthesis, "--ancillas", choice.ancillas]
    if choice.synthesis == "trotter":
        words += ["--order", str(choice.trotter_order), "--steps", str(choice.trotter_steps)]
    if choice.synthesis in joint_levels():
        words += ["--preparation", choice.preparation]
    if choice.keep is not None:
        words += ["--keep", choice.keep]
    if choice.ancillas == "alternating":
        words += ["--sets", str(choice.sets)]
    if choice.decoupling is not None:
        words += ["--decoupling", choice.decoupling]
    return " ".join(words)
