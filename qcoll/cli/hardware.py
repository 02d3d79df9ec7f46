"""``qcoll submit``, ``jobs`` and ``fetch``: hardware from the command line."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ..compile import CollisionCircuit, CompileOptions, compile_collisions
from ..device.qubits import least_qubits, qubit_account
from ..device.scaling import SAFETY
from ..errors import InputError
from ..hardware import (
    DeviceOptions,
    Experiment,
    Record,
    beside_exact,
    design_experiment,
    dry_run,
    find_record,
    hardware_results,
    list_jobs,
    open_device,
    preregister,
    registered_comparison,
    save_result,
)
from ..hardware import fetch as fetch_record
from ..hardware import submit as submit_experiment
from ..hardware.records.listing import DEFAULT_ROOT, described
from ..measure.plan import QUANTITIES, Quantity
from ..storage import writable_folder
from .options import (
    DEFAULT_BACKEND,
    DEVICE,
    MEASURE,
    Backend,
    Chosen,
    Decoupling,
    Detuned,
    Draws,
    Extrapolate,
    Initial,
    Instance,
    Keep,
    Level,
    MaxSeconds,
    Merge,
    Model,
    NoiseFactors,
    Order,
    Parameters,
    Picture,
    Policy,
    Prepared,
    Quantities,
    Readout,
    Root,
    Separate,
    Sets,
    ShorterResets,
    Steps,
    Sweep,
    Twirling,
    check_picture,
)
from .progress import progress_bar
from .sweeps import numbers, points

SUBMIT = """
Run a collision model on IBM hardware, or on a fake device on this machine.

**MODEL** is `example1`, `example2`, `example2-strong`, or a model file. The system is measured after each of the
chosen `--collisions`; heat, work and entropy production are those of these collisions alone. First comes a dry run:
circuits, cost, and what the device's own noise model predicts. Nothing is sent to a real device before you say yes.

A record on disk survives whatever happens to this process: `qcoll jobs` lists, `qcoll fetch NAME` goes on.

`--sweep` runs an example at several values of a parameter: the points share one layout and one circuit for each
measured setting, with parameters for the angles. Points whose circuits differ in more than angles (often the one where
a coupling is 0) are refused, or get circuits of their own with `--separate-structures`.

`--synthesis sampled` and `--preparation sampled` take the fewest gates: each collision draws one of several circuits.
`--draws` says how many sequences are sampled. They share the shots, and error bars come from how far they are apart.

`--zne` runs with two-qubit gates repeated (folded), so that noise is larger by known factors, and extrapolates to no
noise; the values at every factor are kept.

For IBM devices save your API key once, in Python: `QiskitRuntimeService.save_account(token=...)`.

Examples:

* `qcoll submit example2-strong --backend fake_kingston --collisions 2,5 --initial + --shots 4000`
* `qcoll submit example2-strong --backend fake_kingston --collisions 2 --initial + --sweep kappa=0.5:1:3`
* `qcoll submit example2-strong --backend fake_kingston --collisions 1 --zne --noise-factors 1,3,5 --quantity state`
* `qcoll submit example2 -p alpha=1 -p dt=0.5 --backend ibm_fez --collisions 1,2,5,10 --readout trex --decoupling XY4`
* `qcoll submit example2-strong --backend fake_kingston --collisions 5 --synthesis sampled --draws 50 --shots 4000`
* `qcoll submit example2 -p alpha=1 -p kappa=1 -p dt=0.5 -p beta=2 -n 10 --initial + --preregister ten.json --dry-run`
* `qcoll submit my-model.toml --backend least-busy --collisions 10 --dry-run`
"""
JOBS = """
List what was submitted from this folder, oldest first: names for `qcoll fetch`, states, what was asked, devices.

States: *prepared* (on disk, not sent), *submitted* (waiting or running), *done*, *failed*, *cancelled*.
"""
FETCH = """
Go on with a submission from wherever it was left, in any process on any day, and compare it with the exact dynamics.

**NAME** is a name from `qcoll jobs`, its beginning, or a folder; without it, the latest. The counts stay in the folder
as `counts-*.npz` (of an estimator, `means-*.npz`), the results as `result.json`.

Examples:

* `qcoll fetch`
* `qcoll fetch example-2-ibm_fez --wait`
* `qcoll fetch --plot result.png` (of a sweep: the measured values over the swept parameter)
* `qcoll fetch hardware-runs/example-2-fake_kingston-3f0a9c51d2e4`
"""


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("submit", help=SUBMIT)(submit)
    app.command("jobs", help=JOBS)(jobs)
    app.command("fetch", help=FETCH)(fetch)


def submit(
    model: Model,
    backend: Backend = DEFAULT_BACKEND,
    collisions: Chosen = "2,5",
    parameter: Parameters = None,
    sweep: Sweep = None,
    shots: Annotated[
        int, typer.Option(help="Shots of every measured setting, at every point of a sweep.", rich_help_panel=MEASURE)
    ] = 4000,
    initial: Initial = None,
    quantity: Quantities = None,
    synthesis: Level = "trotter",
    keep: Keep = None,
    order: Order = 2,
    steps: Steps = 1,
    ancillas: Policy = "auto",
    sets: Sets = 2,
    preparation: Prepared = "purified",
    draws: Draws = None,
    decoupling: Decoupling = None,
    detuning: Detuned = None,
    twirling: Twirling = False,
    readout: Readout = None,
    shorter_resets: ShorterResets = False,
    merge: Merge = False,
    zne: Extrapolate = False,
    noise_factors: NoiseFactors = "1,3,5",
    max_seconds: MaxSeconds = None,
    separate: Separate = False,
    seed: Annotated[int, typer.Option(help="Seed of the simulator, for fake devices.", rich_help_panel=DEVICE)] = 0,
    instance: Instance = None,
    root: Root = DEFAULT_ROOT,
    only_dry: Annotated[bool, typer.Option("--dry-run", help="Show cost and prediction, send nothing.")] = False,
    no_predict: Annotated[
        bool, typer.Option("--no-predict", help="Show the cost alone, without simulating what the device would give.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Send without asking.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Submit even if the same experiment was submitted before.")
    ] = False,
    preregistered: Annotated[
        Path | None,
        typer.Option(
            "--preregister",
            help="Write circuits, prediction and analysis into this file before anything runs; `fetch` then compares "
            "with the file.",
        ),
    ] = None,
    safety: Annotated[
        float | None,
        typer.Option(
            help="Predict a range: from the errors that the device reports to so many times as large ones. Default: "
            "2.2 for real devices and --preregister, else 1 (no range).",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Run the command; see SUBMIT."""
    options = DeviceOptions(
        dynamical_decoupling=decoupling,
        gate_twirling=twirling,
        readout=readout,
        shorter_resets=shorter_resets,
        max_execution_time=max_seconds,
        merge=merge,
        zne=zne,
        noise_factors=tuple(numbers("--noise-factors", noise_factors, float, "1,3,5")),
    )
    if not only_dry:
        writable_folder(root, "--dir")  # before any work
    at = numbers("--collisions", collisions, int, "2,5,10")
    models, swept = points(model, parameter or [], sweep or [])
    words: dict[str, Any] = {"preparation": preparation, "keep": keep, "ancillas": _policy(ancillas)}
    recipe = CompileOptions(synthesis=synthesis, trotter_order=order, trotter_steps=steps, sets=sets, **words)
    circuits = [compile_collisions(each, max(at), initial, options=recipe) for each in models]
    largest = max(circuits, key=least_qubits)
    device = open_device(backend, instance=instance, num_qubits=least_qubits(largest), account=qubit_account(largest))
    if ancillas == "auto" and "reset" not in device.backend.target.operation_names:
        circuits = [compile_collisions(each, max(at), initial, options=recipe, ancillas="fresh") for each in models]
    experiment = design_experiment(
        circuits,
        device,
        at,
        shots,
        _quantities(quantity, circuits[0]),
        options=options,
        seed=seed,
        swept=swept,
        structures="separate" if separate else "one",
        draws=draws,
    )
    if preregistered is not None:
        with progress_bar() as say:
            known = preregister(experiment, preregistered, safety=SAFETY if safety is None else safety, progress=say)
        Console(highlight=False, soft_wrap=True).print(f"registered as {known.sha256} in {known.path}", markup=False)
    margin = (1.0 if experiment.device.simulated else SAFETY) if safety is None else safety
    _examine_and_send(
        experiment,
        root,
        only_dry=only_dry,
        predict=not no_predict,
        safety=margin,
        detuning=detuning,
        yes=yes,
        again=again,
        registration=preregistered,
        parameters=dict(pair.split("=", 1) for pair in parameter or ()),
    )


def _quantities(asked: list[str] | None, circuit: CollisionCircuit) -> tuple[Quantity, ...]:
    """What to measure: by default all that the circuit keeps."""
    if asked:
        return tuple(asked)  # type: ignore[arg-type]  # checked by the plan
    return QUANTITIES if circuit.keeps == "joint state" else ("state",)


def _examine_and_send(
    experiment: Experiment,
    root: Path,
    *,
    only_dry: bool,
    predict: bool,
    safety: float,
    detuning: float | None,
    yes: bool,
    again: bool,
    registration: Path | None,
    parameters: dict[str, str],
) -> None:
    """Show what it costs and should give, ask where it costs anything, send it, and show what is there."""
    console = Console(highlight=False, soft_wrap=True)
    device = experiment.device
    with progress_bar() as say:
        examined = dry_run(experiment, predict=predict, safety=safety, detuning=detuning, progress=say)
    console.print(str(examined), markup=False)
    if only_dry:
        return
    if not yes and not device.simulated:
        typer.confirm(f"Send {len(experiment.jobs)} job(s) to {device.name}?", abort=True)
    record = submit_experiment(experiment, root, again=again, registration=registration, parameters=parameters)
    console.print(f"\nrecord {record.folder} is {record.state}", markup=False)
    if record.state == "done":
        _show(record, console)
    else:
        console.print(f"come back with: qcoll fetch {record.name} --wait", markup=False)


def jobs(root: Root = DEFAULT_ROOT) -> None:
    """Run the command; see JOBS."""
    console = Console(highlight=False)
    unreadable: list[InputError] = []
    records = list_jobs(root, damaged=unreadable.append)
    for error in unreadable:
        console.print(f"left out: {error}", markup=False, soft_wrap=True)
    if not records:
        console.print(f"nothing was submitted from {root}: start with qcoll submit --help", markup=False)
        return
    for record in records:
        ids = ", ".join(job.id or "-" for job in record.jobs)
        console.print(f"{record.name}: {record.state}", markup=False, soft_wrap=True)
        for line in (described(record), f"{record.data['device']['name']}, {record.data['created']}, jobs {ids}"):
            text = textwrap.fill(line, 100, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
            console.print(text, markup=False, soft_wrap=True)


def fetch(
    name: Annotated[
        str | None, typer.Argument(help="Name from `qcoll jobs`, its beginning, or a folder.", show_default=False)
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for jobs that are still in the queue.")] = False,
    submit_missing: Annotated[
        bool,
        typer.Option(
            "--submit-missing",
            help="Send jobs that were confirmed, but never sent or, by a provider's own device, not finished.",
        ),
    ] = False,
    root: Root = DEFAULT_ROOT,
    plot: Picture = None,
) -> None:
    """Run the command; see FETCH."""
    console = Console(highlight=False, soft_wrap=True)
    check_picture(plot)
    record = fetch_record(find_record(name, root), wait=wait, submit_missing=submit_missing)
    if record.state == "done":
        _show(record, console, plot)
    else:
        console.print(f"{record.name} is still {record.state}: come back later, or use --wait", markup=False)


def _show(record: Record, console: Console, plot: Path | None = None) -> None:
    compared = registered_comparison(record)
    results = hardware_results(record)
    path = save_result(record, results if len(results) > 1 else results[0])
    for point, result in zip(record.points, results, strict=True):
        heading = f"{point.label}\n" if point.label else ""
        console.print(f"\n{heading}{result}", markup=False)
        raw = result.measured.unmitigated
        if raw is not None:
            what = "extrapolation" if record.options.zne else "readout mitigation"
            console.print(f"\nwithout {what}:\n{beside_exact(raw, point.initial_state)}", markup=False)
    if compared is not None:
        console.print(f"\n{compared}", markup=False)
    if plot is not None:
        from ..plots import plot_results, save_figure

        save_figure(
            plot_results(results, [point.values for point in record.points], record.data["device"]["name"]), plot
        )
    console.print(f"\nwrote {path}" + (f" and {plot}" if plot else ""), markup=False)


def _policy(ancillas: str) -> str:
    """What is compiled first: where the device decides, with resets."""
    return "reset" if ancillas == "auto" else ancillas
