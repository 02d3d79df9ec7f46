"""``qcoll depth`` and ``qcoll circuits``: what collisions cost, and the circuits themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ..device.catalog import DEFAULT_DEVICE
from ..errors import InputError
from ..storage import writable_folder
from .options import COMPILE, MODEL

#: Columns that a terminal has room for; the report has all.
SHOWN = ("circuit", "compiler", "2q gates", "2q depth", "us", "error", "noisy error")

DEPTH_HELP = """
Measure what one collision costs on many targets, and how wrong it is, over many transpiler seeds.

Every combination of model, synthesis level, product formula, ancilla policy, target, compiler and optimisation level is
one row: two-qubit gates and depth, depth, resets, qubits, scheduled duration and compile time for every seed, and
beside them the distance of the ideal channel and of its steady state from the exact ones, and the distance after
`--collisions` collisions under the target's noise. Rows are appended to `OUT/rows.jsonl`; a run that was interrupted
goes on where it stopped, and rows that are there already are not measured again, unless qcoll's code or the packages
have changed since. A file with an edited line is refused.

Lists are separated by commas. Compilers other than Qiskit (pytket, bqskit) are skipped, and named, where they are not
installed; their circuits count only if they do the same.

Examples:

* `qcoll depth --quick --report`
* `qcoll depth --models example1,example2-strong --levels trotter --orders 1,2 --targets FakeKingston,line`
* `qcoll depth --compilers qiskit,pytket,bqskit --optimization 1,3 --targets line --seeds 3`
* `qcoll depth circuits/qasm3/example2-channel-10-abstract.qasm --targets FakeBoston,FakeFez`
* `qcoll depth --report`, the full benchmark: some 300 rows
* `qcoll depth --family system --sizes 2,4,8,16 --targets all-to-all,FakeKingston`

With `--family` one collision of an exchange chain is measured instead for growing numbers of `ancilla` or `system`
qubits, and its two-qubit gates and depth are drawn against them: `OUT/growth-FAMILY.png` and `.json`.
"""

CIRCUITS_HELP = """
Write the canonical circuits as OpenQASM, and a manifest of their costs, parameters, versions and hashes.

They are both examples with 1, 10 and 50 collisions and two chains of four qubits with 1 and 10, at every synthesis
level, each with all qubits connected and on a device (`--device`).

Examples:

* `qcoll circuits --out circuits`
* `qcoll circuits --device FakeBoston --out circuits-boston`
"""


#: Further panels of the help text.
WHERE, GROWTH, OUTPUT = "On what, and by whom", "A family that grows", "Report and files"


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("depth", help=DEPTH_HELP)(depth)
    app.command("circuits", help=CIRCUITS_HELP)(circuits)


def depth(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="OpenQASM files, whose costs are measured instead.", show_default=False),
    ] = None,
    models: Annotated[
        str | None, typer.Option(help="Registered models; an unknown name lists them.", rich_help_panel=MODEL)
    ] = None,
    levels: Annotated[str | None, typer.Option(help="Synthesis levels; default all.", rich_help_panel=COMPILE)] = None,
    orders: Annotated[str | None, typer.Option(help="Orders of the product formula.", rich_help_panel=COMPILE)] = None,
    steps: Annotated[
        str | None, typer.Option(help="Steps of the product formula per collision.", rich_help_panel=COMPILE)
    ] = None,
    preparations: Annotated[
        str | None, typer.Option(help="Preparations of the ancilla's thermal state.", rich_help_panel=COMPILE)
    ] = None,
    ancillas: Annotated[
        str | None, typer.Option(help="Ancilla policies: reset, alternating, fresh.", rich_help_panel=COMPILE)
    ] = None,
    keep: Annotated[
        str | None, typer.Option(help="At trotter and exact: joint state, system.", rich_help_panel=COMPILE)
    ] = None,
    targets: Annotated[
        str | None, typer.Option(help="Registered targets; an unknown name lists them.", rich_help_panel=WHERE)
    ] = None,
    compilers: Annotated[
        str | None, typer.Option(help="Compilers: qiskit, pytket, bqskit.", rich_help_panel=WHERE)
    ] = None,
    optimization: Annotated[
        str | None, typer.Option(help="Optimisation levels; default all a compiler has.", rich_help_panel=WHERE)
    ] = None,
    seeds: Annotated[int, typer.Option(help="Number of transpiler seeds.", rich_help_panel=WHERE)] = 10,
    collisions: Annotated[
        int, typer.Option("--collisions", "-n", help="Noisy collisions to predict.", rich_help_panel=MODEL)
    ] = 50,
    quick: Annotated[
        bool, typer.Option(help="Example 2, order 2, all-to-all and FakeKingston, level 3.", rich_help_panel=MODEL)
    ] = False,
    family: Annotated[
        str | None, typer.Option(help="What grows instead: ancilla, system.", rich_help_panel=GROWTH)
    ] = None,
    sizes: Annotated[str | None, typer.Option(help="With --family: numbers of qubits.", rich_help_panel=GROWTH)] = None,
    report: Annotated[
        bool, typer.Option(help="Write report.md and Pareto plots of all rows in the file.", rich_help_panel=OUTPUT)
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder for rows, table and plots.", rich_help_panel=OUTPUT)] = Path(
        "qcoll-depth"
    ),
) -> None:
    """Run the command; see DEPTH_HELP."""
    from ..depth import benchmark, case
    from ..depth.report import save_report

    if files:
        chosen_level = (_numbers("optimization", optimization) or (3,))[-1]
        _print_files(files, _names(targets) or ("all-to-all", DEFAULT_DEVICE), chosen_level, seeds)
        return
    given = {
        "models": _names(models),
        "synthesis": _names(levels),
        "orders": _numbers("orders", orders),
        "steps": _numbers("steps", steps),
        "preparations": _names(preparations),
        "ancillas": _names(ancillas),
        "keeps": _names(keep),
        "targets": _names(targets),
        "compilers": _names(compilers),
        "optimization": _numbers("optimization", optimization),
    }
    options: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if family is not None:
        _grow(family, _numbers("sizes", sizes), options, seeds, out)
        return
    if sizes is not None:
        raise InputError(f"--sizes is {sizes!r}, but goes with --family: say which qubits grow, ancilla or system")
    chosen = (case.quick if quick else case.grid)(seeds=seeds, collisions=collisions, **options)
    if not chosen:
        raise InputError("no compiler has these optimisation levels: Qiskit has 0 to 3, pytket and bqskit 1 to 3")
    folder = writable_folder(out)
    console, path = Console(), folder / "rows.jsonl"
    with _bar() as bar:
        task = bar.add_task("starting", total=len(chosen))
        done = benchmark.run_benchmark(
            chosen,
            path,
            progress=lambda number, total, text: bar.update(
                task, completed=number, total=total, description=escape(text)
            ),
        )
    _print(console, [row for row in done.rows if row["hash"] in done.asked])
    for reason in done.skipped:
        console.print(f"skipped: {escape(reason)}", highlight=False, soft_wrap=True)
    refused = f", of which {done.refused} say why they cannot be measured" if done.refused else ""
    console.print(
        f"\n{done.measured} rows measured{refused}, {done.known} were there already, in {path}",
        highlight=False,
        soft_wrap=True,
    )
    if done.older:
        console.print(f"{done.older} of the rows in the file were measured by other versions or other code")
    if report:
        paths = save_report(done.rows, folder, older=done.older)
        console.print(f"wrote {', '.join(item.name for item in paths)} into {folder}", highlight=False, soft_wrap=True)


def _grow(family: str, sizes: tuple[int, ...] | None, options: dict[str, Any], seeds: int, out: Path) -> None:
    """The costs of a family of growing size: a table for each target, a picture and the numbers."""
    from ..depth import families

    names = {"synthesis": "levels", "targets": "targets"}
    if unknown := sorted(set(options) - set(names)):
        raise InputError(
            f"--{unknown[0]} does not go with --family, which has --sizes, --levels, --targets and --seeds"
        )
    folder, console = writable_folder(out), Console()
    with _bar() as bar:
        task = bar.add_task("starting", total=None)
        rows = families.measure_growth(
            family,
            sizes,
            seeds=seeds,
            progress=lambda number, total, text: bar.update(
                task, completed=number, total=total, description=escape(text)
            ),
            **{names[name]: value for name, value in options.items()},
        )
    console.print("two-qubit gates, and two-qubit depth, of one collision with its preparation")
    numbers = list(dict.fromkeys(row.size for row in rows))
    for target in dict.fromkeys(row.target for row in rows):
        table = Table(title=f"by {family} qubits on {target}", title_justify="left")
        table.add_column("level")
        for size in numbers:
            table.add_column(str(size), justify="right")
        for level in dict.fromkeys(row.level for row in rows):
            own = {row.size: row for row in rows if (row.target, row.level) == (target, level)}
            cells = [f"{own[n].gates}, {own[n].depth}" if not own[n].refused else "-" for n in numbers]
            table.add_row(level, *cells)
        console.print(table)
    for reason in dict.fromkeys(row.refused for row in rows if row.refused):
        console.print(f"not measured: {escape(reason)}", highlight=False, soft_wrap=True)
    paths = families.save_growth(rows, folder)
    console.print(f"wrote {', '.join(item.name for item in paths)} into {folder}", highlight=False, soft_wrap=True)


def circuits(
    out: Annotated[Path, typer.Option(help="Folder for the circuits and their manifest.")] = Path("qcoll-circuits"),
    device: Annotated[str, typer.Option(help="A registered target of the benchmark.")] = DEFAULT_DEVICE,
) -> None:
    """Run the command; see CIRCUITS_HELP."""
    from ..depth.export import export_circuits

    folder = writable_folder(out)
    with _bar() as bar:
        task = bar.add_task("starting", total=None)
        manifest = export_circuits(
            folder,
            device=device,
            progress=lambda number, total, text: bar.update(
                task, completed=number, total=total, description=escape(text)
            ),
        )
    size = sum(entry["bytes"] for entry in manifest["files"])
    Console().print(f"wrote {len(manifest['files'])} circuits ({size / 1000:.0f} kB) and manifest.json into {folder}")


def _print_files(files: list[Path], targets: Sequence[str], optimization: int, seeds: int) -> None:
    """A table of what files cost."""
    from ..depth.files import file_costs, is_rounded
    from ..depth.report import spread

    costs = file_costs(files, targets, optimization=optimization, seeds=seeds)
    title = f"Qiskit, level {optimization}: min / median / max over {seeds} seeds"
    table = Table("file", "target", "2q gates", "2q depth", "depth", "resets", "us", title=title, title_justify="left")
    for cost in costs:
        numbers = (cost.two_qubit_gates, cost.two_qubit_depth, cost.depth, cost.resets, cost.microseconds)
        table.add_row(cost.file, cost.target, *("" if each is None else spread(each) for each in numbers))
    console = Console()
    console.print(table)
    for cost in costs:
        if is_rounded(cost):
            console.print(
                f"{cost.file} on {cost.target}: the transpiler rounds it, by {cost.rounded:.1e}", soft_wrap=True
            )


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _names(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(name.strip() for name in text.split(","))


def _numbers(name: str, text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            f"--{name} is {text!r}, but must be whole numbers separated by commas, for example 1,2"
        ) from None


def _print(console: Console, rows: list[dict[str, Any]]) -> None:
    """The rows of this run, one table for each model and target."""
    from ..depth.report import HEADINGS, cells, ordered

    for model, target in dict.fromkeys((row["model"], row["target"]) for row in rows):
        table = Table(title=f"{model} on {target}, per collision: min / median / max over seeds", title_justify="left")
        for heading in SHOWN:
            table.add_column(heading, justify="left" if heading in ("circuit", "compiler") else "right")
        chosen = [row for row in rows if (row["model"], row["target"]) == (model, target)]
        for row in ordered(row for row in chosen if "refused" not in row):
            texts = dict(zip(HEADINGS, cells(row), strict=True))
            if row["ancillas"] != "reset":
                texts["circuit"] += f", {row['ancillas']}"
            table.add_row(*(escape(texts[heading]) for heading in SHOWN))
        console.print(table)
        for row in chosen:
            for key, what in (("refused", ""), ("not_compared", ", ideal circuit not compared")):
                if key in row:
                    console.print(f"{row['label']}{what}: {escape(row[key])}", highlight=False, soft_wrap=True)
