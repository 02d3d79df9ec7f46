"""``qcoll submit``, ``jobs``, ``fetch`` and ``budget``: hardware from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ..compile import CollisionCircuit, compile_collisions
from ..errors import InputError
from ..run.hardware import (
    Device,
    DeviceOptions,
    Record,
    design_experiment,
    dry_run,
    error_budget,
    find_record,
    hardware_result,
    list_jobs,
    open_device,
    save_result,
)
from ..run.hardware import fetch as fetch_record
from ..run.hardware import submit as submit_experiment
from ..run.hardware.record import DEFAULT_ROOT
from .run import find_model

SUBMIT = """
Run a collision model on IBM hardware, or on a fake device on this machine.

**MODEL** is `example1`, `example2`, or a model file. The system is measured after the chosen `--collisions`, and heat,
work and entropy production are measured in each of them. First comes a dry run: circuits, cost, and what the device's
own noise model predicts. Nothing is sent before you say yes.

A record on disk survives whatever happens to this process: `qcoll jobs` lists, `qcoll fetch NAME` goes on.

For IBM devices save your API key once, in Python: `QiskitRuntimeService.save_account(token=...)`.

Examples:

* `qcoll submit example2 --backend fake_torino --collisions 2,5 --shots 4000`
* `qcoll submit example2 -p alpha=1 -p dt=0.5 --backend ibm_fez --collisions 1,2,5,10 --readout trex --decoupling XY4`
* `qcoll submit my-model.toml --backend least-busy --collisions 10 --dry-run`
"""
JOBS = """
List what was submitted from this folder, oldest first: names for `qcoll fetch`, states, devices.

States: *prepared* (on disk, not sent), *submitted* (waiting or running), *done*, *failed*, *cancelled*.
"""
FETCH = """
Go on with a submission from wherever it was left, in any process on any day, and compare it with the exact dynamics.

**NAME** is a name from `qcoll jobs`, its beginning, or a folder; without it, the latest. The counts stay in the folder
as `counts-*.npz`, the results as `result.json`.

Examples:

* `qcoll fetch`
* `qcoll fetch example-2-ibm_fez --wait`
* `qcoll fetch hardware-runs/example-2-fake_torino-3f0a9c51d2e4`
"""
BUDGET = """
Predict the error on a device against the number of collisions for every way to compile, and how many are worth running.

The trace distance to the exact state is predicted from the device's own noise model, and what dominates it is named:
preparation, splitting, gates, or waiting (decoherence while other qubits are busy).

Examples:

* `qcoll budget example2 --backend fake_torino --collisions 50`
* `qcoll budget example2 -p alpha=1 -p dt=0.5 --backend ibm_fez --order 1 --order 2 --tolerance 0.2`
"""

Model = Annotated[str, typer.Argument(help="example1, example2, or a model file.", show_default=False)]
Parameters = Annotated[
    list[str] | None, typer.Option("--parameter", "-p", help="A parameter of the example, as name=value; repeatable.")
]
Backend = Annotated[str, typer.Option(help="fake_torino and the like, ibm_..., or least-busy.")]
Initial = Annotated[str | None, typer.Option(help="Initial state by label (0, 1, +, -, r, l per qubit).")]
Root = Annotated[Path, typer.Option("--dir", help="Folder of all submissions.")]
Instance = Annotated[str | None, typer.Option(help="IBM instance (CRN or name), if not the account's own choice.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("submit", help=SUBMIT)(submit)
    app.command("jobs", help=JOBS)(jobs)
    app.command("fetch", help=FETCH)(fetch)
    app.command("budget", help=BUDGET)(budget)


def submit(
    model: Model,
    backend: Backend,
    collisions: Annotated[
        str, typer.Option("--collisions", "-n", help="Collisions to measure after, with commas between.")
    ] = "2,5",
    parameter: Parameters = None,
    shots: Annotated[int, typer.Option(help="Shots of every circuit.")] = 4000,
    initial: Initial = None,
    quantity: Annotated[
        list[str] | None, typer.Option(help="state, heat or work; repeatable. Default: all three.")
    ] = None,
    order: Annotated[int, typer.Option(help="Order of the product formula: 1, 2, 4 or 6.")] = 2,
    steps: Annotated[int, typer.Option(help="Steps of the product formula per collision.")] = 1,
    ancillas: Annotated[
        str, typer.Option(help="reset, fresh, or auto: reset if the device has one, else fresh.")
    ] = "auto",
    preparation: Annotated[str, typer.Option(help="purified, or state_preparation (generic, longer).")] = "purified",
    decoupling: Annotated[str | None, typer.Option(help="Dynamical decoupling: XX, XpXm or XY4.")] = None,
    twirling: Annotated[bool, typer.Option("--twirling", help="Twirl two-qubit gates.")] = False,
    readout: Annotated[str | None, typer.Option(help="Readout mitigation: trex.")] = None,
    shorter_resets: Annotated[
        bool, typer.Option("--shorter-resets", help="Use reset_2 and the like where the device has them.")
    ] = False,
    max_seconds: Annotated[int | None, typer.Option(help="QPU seconds after which IBM stops the job.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the simulator, for fake devices.")] = 0,
    instance: Instance = None,
    root: Root = DEFAULT_ROOT,
    only_dry: Annotated[bool, typer.Option("--dry-run", help="Show cost and prediction, send nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Submit although the same was submitted before.")] = False,
) -> None:
    """Run the command; see SUBMIT."""
    chosen = find_model(model, parameter or [])
    at = _collisions(collisions)
    options = DeviceOptions(
        dynamical_decoupling=decoupling,
        gate_twirling=twirling,
        readout=readout,
        shorter_resets=shorter_resets,
        max_execution_time=max_seconds,
    )

    def compiled(policy: str) -> CollisionCircuit:
        return compile_collisions(
            chosen,
            max(at),
            initial,
            trotter_order=order,
            trotter_steps=steps,
            ancillas=policy,  # type: ignore[arg-type]  # checked there
            preparation=preparation,  # type: ignore[arg-type]  # checked there
        )

    device = open_device(backend, instance=instance, num_qubits=compiled("reset").num_qubits)
    circuit = compiled(_policy(ancillas, device))
    experiment = design_experiment(
        circuit,
        device,
        at,
        shots,
        tuple(quantity) if quantity else ("state", "heat", "work"),  # type: ignore[arg-type]  # checked there
        options=options,
        seed=seed,
    )
    console = Console(highlight=False, soft_wrap=True)
    console.print(str(dry_run(experiment)), markup=False)
    if only_dry:
        return
    if not yes and not device.local:
        typer.confirm(f"Send {len(experiment.jobs)} job(s) to {device.name}?", abort=True)
    record = submit_experiment(experiment, root, again=again)
    console.print(f"\nrecord {record.folder} is {record.state}", markup=False)
    if record.state == "done":
        _show(record, console)
    else:
        console.print(f"come back with: qcoll fetch {record.name} --wait", markup=False)


def jobs(root: Root = DEFAULT_ROOT) -> None:
    """Run the command; see JOBS."""
    console = Console(highlight=False)
    records = list_jobs(root)
    if not records:
        console.print(f"nothing was submitted from {root}: start with qcoll submit --help", markup=False)
        return
    table = Table("name", "state", "device", "shots", "submitted", "job ids")
    for record in records:
        ids = ", ".join(job.id or "-" for job in record.jobs)
        shots = str(record.data["definition"]["shots"])
        table.add_row(record.name, record.state, record.data["device"]["name"], shots, record.data["created"], ids)
    Console(highlight=False, width=200).print(table)


def fetch(
    name: Annotated[
        str | None, typer.Argument(help="Name from `qcoll jobs`, its beginning, or a folder.", show_default=False)
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for jobs that are still in the queue.")] = False,
    submit_missing: Annotated[
        bool, typer.Option("--submit-missing", help="Send jobs that were confirmed, but never sent.")
    ] = False,
    root: Root = DEFAULT_ROOT,
) -> None:
    """Run the command; see FETCH."""
    console = Console(highlight=False, soft_wrap=True)
    record = fetch_record(find_record(name, root), wait=wait, submit_missing=submit_missing)
    if record.state == "done":
        _show(record, console)
    else:
        console.print(f"{record.name} is still {record.state}: come back later, or use --wait", markup=False)


def budget(
    model: Model,
    backend: Backend,
    collisions: Annotated[int, typer.Option("--collisions", "-n", help="Number of collisions.")] = 100,
    parameter: Parameters = None,
    initial: Initial = None,
    order: Annotated[list[int] | None, typer.Option(help="Orders to try; repeatable. Default: 1 and 2.")] = None,
    steps: Annotated[list[int] | None, typer.Option(help="Steps to try; repeatable. Default: 1 and 2.")] = None,
    tolerance: Annotated[float, typer.Option(help="Trace distance up to which a collision is worth running.")] = 0.1,
    instance: Instance = None,
) -> None:
    """Run the command; see BUDGET."""
    chosen = find_model(model, parameter or [])
    device = open_device(backend, instance=instance)
    found = error_budget(
        chosen,
        device,
        collisions,
        initial,
        trotter_orders=order or (1, 2),
        trotter_steps=steps or (1, 2),
        tolerance=tolerance,
    )
    Console(highlight=False, soft_wrap=True).print(str(found), markup=False)


def _show(record: Record, console: Console) -> None:
    result = hardware_result(record)
    path = save_result(record, result)
    console.print(f"\n{result}", markup=False)
    if result.measured.unmitigated is not None:
        console.print("\nwithout readout mitigation:", markup=False)
        console.print(str(hardware_result(record, readout_mitigation=False)), markup=False)
    console.print(f"\nwrote {path}", markup=False)


def _policy(ancillas: str, device: Device) -> str:
    if ancillas != "auto":
        return ancillas
    return "reset" if "reset" in device.backend.target.operation_names else "fresh"


def _collisions(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"--collisions is {text!r}, but must be numbers with commas between, such as 2,5,10") from None
