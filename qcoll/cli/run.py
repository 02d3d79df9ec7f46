"""``qcoll run``: from a model to a checked circuit."""

from __future__ import annotations

import dataclasses
import inspect
import math
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from ..compile import CompileOptions
from ..compile.levels import TROTTER_ORDER, TROTTER_STEPS
from ..device.noise import resolve_noise
from ..errors import InputError
from ..model import CollisionModel, Cycle, Model, example_1, example_2, load_model
from ..report import CheckedRun, checked_run
from ..storage import writable_folder
from ..trajectory import Trajectory
from ..trajectory.pauli import Real
from .options import (
    MODEL,
    NOISE,
    OUTPUT,
    Ancillas,
    Correction,
    Feedforward,
    Initial,
    Keep,
    Level,
    Order,
    Parameters,
    Prepared,
    Sets,
    Steps,
)
from .progress import progress_bar

#: Collisions so strong that a device of today can show them: ``example2-strong``, and plain ``qcoll run``.
STRONG = {"kappa": 1.0, "alpha": 1.0, "beta": 2.0, "dt": 0.5}
#: What the first law leaves open, and from when on a word about it is due.
REST = "energy change - heat - work"
NOTICEABLE = 1e-3
#: Rows that are kept of a long run unless more are asked for.
MOST_ROWS = 10_000
EXAMPLES: dict[str, Callable[..., CollisionModel]] = {"example1": example_1, "example2": example_2}

HELP = """
Run a collision model exactly, as an ideal circuit and as a noisy circuit, and compare.

**MODEL** is `example1` or `example2` (the paper's, with the parameters of its figure 3), `example2-strong` (the second
with collisions so strong that noise does not hide them; the default), or a TOML file of Pauli strings: of a collision
model, or of a cycle's strokes. `model.toml`, which every run writes, is such a file.

Prints the three side by side with their distances, and the circuit's cost. Writes into the folder `--out`: a plot
(`run.png`), the data (`run.csv` for pandas, `run.npz` for NumPy), the model (`model.toml`) and a summary.

Examples:

* `qcoll run`
* `qcoll run example2 --collisions 50 --noise FakeKingston`
* `qcoll run example2 -p alpha=1 -p dt=0.5 -p kappa=1 --order 4 --shots 4000`
* `qcoll run my-model.toml --noise two_qubit=0.003,t1=2e-4,t2=1e-4 --initial +`
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("run", help=HELP)(run)


def run(
    model: Annotated[
        str | None, typer.Argument(help="example1, example2, example2-strong, or a model file.", show_default=False)
    ] = None,
    collisions: Annotated[
        int, typer.Option("--collisions", "-n", help="Number of collisions, or cycles.", rich_help_panel=MODEL)
    ] = 50,
    parameter: Parameters = None,
    initial: Initial = None,
    noise: Annotated[
        str,
        typer.Option(
            help='A fake device ("FakeKingston"), a device\'s calibration file (.csv), figures such as '
            'two_qubit=3e-3,t1=2e-4 (probabilities, seconds), "typical" for those of a good device, or "none".',
            rich_help_panel=NOISE,
        ),
    ] = "typical",
    shots: Annotated[
        int | None, typer.Option(help="Also estimate everything from this many shots.", rich_help_panel=NOISE)
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the shots.", rich_help_panel=NOISE)] = None,
    synthesis: Level = "trotter",
    order: Order = TROTTER_ORDER,
    steps: Steps = TROTTER_STEPS,
    keep: Keep = None,
    preparation: Prepared = "purified",
    correction: Correction = "coherent",
    ancillas: Ancillas = "reset",
    sets: Sets = 2,
    feedforward: Feedforward = 0.0,
    record: Annotated[
        int | None,
        typer.Option(
            help="2 keeps every second collision, and so on. Default: all of them, of longer runs about 10,000.",
            show_default=False,
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for plot, data and model.", rich_help_panel=OUTPUT)] = Path(
        "qcoll-run"
    ),
) -> None:
    """Run the command; see HELP."""
    chosen = find_model(model, parameter or [])
    words: dict[str, Any] = {"preparation": preparation, "keep": keep, "correction": correction, "ancillas": ancillas}
    options = CompileOptions(
        synthesis=synthesis, trotter_order=order, trotter_steps=steps, sets=sets, feedforward=feedforward, **words
    )
    settings = noise_option(noise)
    folder = writable_folder(out)
    console = Console()
    if record is None:
        record = -(-collisions // MOST_ROWS) if collisions > MOST_ROWS else 1
        if record > 1:
            console.print(f"keeping every {record}th collision: --record 1 keeps all", highlight=False)
    with progress_bar() as say:
        checked = checked_run(
            chosen,
            collisions,
            initial=initial,
            noise=settings,
            shots=shots,
            seed=seed,
            record=record,
            compile_options=options,
            progress=say,
        )
        say("writing")
        paths = checked.save(folder)
    _print(console, checked)
    console.print(f"\nwrote {', '.join(path.name for path in paths)} into {folder}", highlight=False, soft_wrap=True)


def find_model(name: str | None, parameters: list[str]) -> Model:
    """A model, or cycle, by its name or file, with parameters."""
    values = _parameters(parameters)
    if name is None:
        return _example("example2", STRONG | values)
    key = name.replace("_", "").replace("-", "").replace(" ", "").lower()
    if key == "example2strong":
        return _example("example2", STRONG | values)
    if key in EXAMPLES:
        return _example(key, values)
    path = Path(name)
    if not path.exists():
        raise InputError(f"{name!r} is neither example1, example2 nor example2-strong, and there is no such model file")
    if values:
        raise InputError(
            "-p and --sweep set parameters of example1 and example2; those of a model file stand in the file, and "
            "can be axes of qcoll sweep"
        )
    return load_model(path)


def find_collision_model(name: str | None, parameters: list[str]) -> CollisionModel:
    """The same where a cycle is not taken."""
    model = find_model(name, parameters)
    if isinstance(model, Cycle):
        raise InputError(
            f"{name!r} is a cycle, but one collision model is wanted here: give one of its strokes as a file of its own"
        )
    return model


def _example(key: str, values: dict[str, Any]) -> CollisionModel:
    known = list(inspect.signature(EXAMPLES[key]).parameters)
    for name in values:
        if name not in known:
            raise InputError(f"{key} has no parameter {name!r}; it has {', '.join(known)}")
    return EXAMPLES[key](**values)


def _parameters(pairs: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator:
            raise InputError(f"parameter {pair!r} must have the form name=value, for example alpha=0.5")
        if name == "levels":
            values[name] = text
            continue
        values[name] = _number(name, text, allow_complex=name.startswith("alpha"))
    return values


def noise_option(text: str) -> Any:
    """What ``--noise`` means: nothing, a name, or figures."""
    if text == "none":
        return None
    if "=" not in text:
        if text != "typical" and not text.lower().endswith(".csv"):
            _check_device(text)
        return text
    figures = {}
    for pair in text.split(","):
        name, separator, value = pair.partition("=")
        if not separator:
            raise InputError(f"noise figure {pair!r} must have the form name=value, for example two_qubit=3e-3")
        figures[name.strip()] = _number(name, value)
    return figures


def _check_device(name: str) -> None:
    """Refuse a fake device that there is not, and say what else ``--noise`` takes."""
    try:
        resolve_noise(name, 0)
    except InputError as error:
        raise InputError(
            f"{error} (--noise takes a fake device, a calibration file .csv, typical, none, or figures such as "
            "two_qubit=3e-3,t1=2e-4)"
        ) from error


def _number(name: str, text: str, *, allow_complex: bool = False) -> Any:
    try:
        return float(text)
    except ValueError:
        pass
    if allow_complex:
        try:
            return complex(text)
        except ValueError:
            pass
    raise InputError(f"{name} is {text!r}, but must be a number")


def _print(console: Console, checked: CheckedRun) -> None:
    """The three runs side by side, the sources of error, and the cost."""
    console.print(f"[bold]{checked.model!r}[/]", highlight=False, soft_wrap=True)
    console.print(repr(checked.compiled), highlight=False, soft_wrap=True)
    console.print(_comparison_table(checked))
    if checked.compiled.keeps != "joint state":
        console.print(
            "This circuit keeps only the system: heat and work are those of the exact collision from its states."
        )
    noisy = [run.first_law_residual.sum() for name, run in checked.trajectories.items() if name != "exact"]
    if max(np.abs(noisy), default=0.0) > NOTICEABLE:
        console.print(
            f"{REST}: energy that neither ancillas nor the switching of interactions account for. It is what noise "
            "(relaxation, resets, gate errors) gives to the qubits or takes from them, and the error of shots.",
            highlight=False,
            soft_wrap=True,
        )
    if remark := checked.trajectories["exact"].remark:
        console.print(remark, highlight=False, soft_wrap=True)
    last = list(checked.comparisons.values())[-1]
    parts = ", ".join(f"{name} {values[-1]:.1e}" for name, values in last.sources.items())
    console.print(f"error of the {list(checked.comparisons)[-1]} by source: {parts}\n", highlight=False, soft_wrap=True)
    console.print(_cost_table(checked))


def _comparison_table(checked: CheckedRun) -> Table:
    steps = checked.trajectories["exact"].steps
    table = Table(title=f"after {checked.compiled.n} {steps}", title_justify="left")
    table.add_column("")
    for name in checked.trajectories:
        table.add_column(name, justify="right")
    runs = list(checked.trajectories.values())

    def row(label: str, values: list[float], errors: list[float], style: str) -> None:
        table.add_row(label, *(_number_with_error(*each, style) for each in zip(values, errors, strict=True)))

    none = [0.0] * len(runs)
    row("coherence", [run.coherence[-1] for run in runs], [_last(run).coherence_error()[0] for run in runs], ".5f")
    errors = [run.standard_error(run.model.system)[-1] for run in runs]
    row("energy", [run.energy[-1] for run in runs], errors, "+.5f")
    row("energy change", [run.energy_change.sum() for run in runs], none, "+.4f")
    for name in ("heat", "work"):
        errors = [_summed_error(getattr(run, f"{name}_error")) for run in runs]
        row(f"{name}, summed", [getattr(run, name).sum() for run in runs], errors, "+.4f")
    row(REST, [run.first_law_residual.sum() for run in runs], none, "+.4f")
    row("entropy produced", [run.entropy_production.sum() for run in runs], none, "+.4f")
    for number, stroke in enumerate(checked.model.strokes if isinstance(checked.model, Cycle) else ()):
        if isinstance(stroke, CollisionModel):
            row(f"heat of {stroke.name}", [run.heat_of_strokes[:, number].sum() for run in runs], none, "+.4f")
    comparisons = [checked.comparisons.get(name) for name in checked.trajectories]
    for label, quantity in (("trace distance to exact", "trace_distance"), ("fidelity to exact", "fidelity")):
        style = ".2e" if quantity == "trace_distance" else ".5f"
        table.add_row(label, *(format(getattr(c, quantity)[-1], style) if c else "" for c in comparisons))
    return table


def _last(run: Trajectory) -> Trajectory:
    """The run's last state alone: the error of its coherence takes draws for every state."""
    covariance = None if run.pauli_covariance is None else run.pauli_covariance[-1:]
    return dataclasses.replace(run, collisions=run.collisions[-1:], states=run.states[-1:], pauli_covariance=covariance)


def _summed_error(errors: Real | None) -> float:
    """The standard error of a sum of independent estimates."""
    return 0.0 if errors is None else float(np.sqrt(np.sum(errors**2)))


def _number_with_error(value: float, error: float, style: str) -> str:
    """A value with its standard error in the last digits, 0.878(15), or plain where there is none.

    >>> _number_with_error(0.87765, 0.01545, ".5f"), _number_with_error(-1e-17, 0.0, "+.4f")
    ('0.878(15)', '+0.0000')
    """
    if not error or not math.isfinite(error):
        places = int(style[-2])
        return format(round(value, places) + 0.0, style)
    places = max(0, 1 - math.floor(math.log10(error)))
    sign = "+" if style.startswith("+") else ""
    digits = round(error * 10**places)
    return f"{format(round(value, places) + 0.0, f'{sign}.{places}f')}({digits if places else round(error)})"


def _cost_table(checked: CheckedRun) -> Table:
    table = Table(title="cost (2q: two-qubit)", title_justify="left")
    measured = any(cost.measurements for cost in checked.costs.values())
    counted = ["qubits", "2q gates", "2q depth", "depth", "resets", *(["measurements"] if measured else [])]
    for heading in ("compiled for", *counted, "duration"):
        table.add_column(heading, justify="left" if heading == "compiled for" else "right")
    for name, cost in checked.costs.items():
        duration = "" if cost.duration is None else f"{cost.duration * 1e6:.1f} us"
        numbers = [cost.qubits, cost.two_qubit_gates, cost.two_qubit_depth, cost.depth, cost.resets]
        numbers += [cost.measurements] if measured else []
        table.add_row(name, *(f"{number:.1f}".removesuffix(".0") for number in numbers), duration)
    return table
