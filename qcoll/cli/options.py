"""The options that commands share, in the panels in which their help shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import InputError

#: Panels of the help text, in the order in which their first options are declared.
MODEL = "The model"
COMPILE = "How collisions are compiled"
MEASURE = "What is measured"
NOISE = "Noise and shots"
OUTPUT = "What is kept, and where"
DEVICE = "Device"
ERRORS = "Errors: suppressed, mitigated, extrapolated"

#: Endings of pictures.
PICTURES = (".png", ".pdf", ".svg")
#: What commands take when no device is named: a fake one, so that nothing is sent or charged.
DEFAULT_BACKEND = "fake_kingston"

Model = Annotated[str, typer.Argument(help="example1, example2, example2-strong, or a model file.", show_default=False)]
Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter", "-p", help="A parameter of the example, as name=value; repeatable.", rich_help_panel=MODEL
    ),
]
Backend = Annotated[
    str,
    typer.Option(help="fake_kingston and the like (simulated here), ibm_..., or least-busy.", rich_help_panel=DEVICE),
]
Initial = Annotated[
    str | None, typer.Option(help="Initial state by label (0, 1, +, -, r, l per qubit).", rich_help_panel=MODEL)
]
Root = Annotated[Path, typer.Option("--dir", help="Folder of all submissions.")]
Instance = Annotated[
    str | None,
    typer.Option(help="IBM instance (CRN or name), if not the account's own choice.", rich_help_panel=DEVICE),
]
Chosen = Annotated[
    str,
    typer.Option(
        "--collisions", "-n", help="Collisions to measure after, with commas between.", rich_help_panel=MEASURE
    ),
]
Quantities = Annotated[
    list[str] | None,
    typer.Option(
        help="state, heat or work; repeatable. Default: all three, or state where only the system is kept.",
        rich_help_panel=MEASURE,
    ),
]
Sweep = Annotated[
    list[str] | None,
    typer.Option(
        help="A parameter of the example and its values, as name=start:stop:count or name=value,value,...; repeatable, "
        "for every combination.",
        rich_help_panel=MODEL,
    ),
]
Separate = Annotated[
    bool,
    typer.Option(
        "--separate-structures", help="Points whose circuits differ get circuits of their own.", rich_help_panel=MODEL
    ),
]
Order = Annotated[
    int,
    typer.Option(
        "--order", "--trotter-order", help="Order of the product formula: 1, 2, 4 or 6.", rich_help_panel=COMPILE
    ),
]
Steps = Annotated[
    int,
    typer.Option(
        "--steps", "--trotter-steps", help="Steps of the product formula per collision.", rich_help_panel=COMPILE
    ),
]
Level = Annotated[
    str,
    typer.Option(
        help="trotter; exact (nothing is split); or, keeping the system alone, with fewer gates each time: "
        "purified_channel, channel, sampled (each collision samples one of several circuits).",
        rich_help_panel=COMPILE,
    ),
]
Keep = Annotated[
    str | None,
    typer.Option(
        help="system: do not read the ancilla, which saves gates at trotter and exact.", rich_help_panel=COMPILE
    ),
]
Correction = Annotated[
    str,
    typer.Option(
        help="With --synthesis sampled: coherent, or measured (the ancilla is measured and its outcome corrects).",
        rich_help_panel=COMPILE,
    ),
]
Feedforward = Annotated[
    float,
    typer.Option(
        help="With --correction measured: seconds from the end of a measurement to its flips.", rich_help_panel=COMPILE
    ),
]
Ancillas = Annotated[
    str,
    typer.Option(help="reset (used again), alternating (sets in turn), fresh (new ones).", rich_help_panel=COMPILE),
]
Sets = Annotated[int, typer.Option(help="How many sets of ancilla qubits alternate.", rich_help_panel=COMPILE)]
Policy = Annotated[
    str,
    typer.Option(
        help="reset, alternating, fresh, or auto: reset if the device has one, else fresh.", rich_help_panel=COMPILE
    ),
]
Merge = Annotated[
    bool,
    typer.Option(
        "--merge",
        help="Merge collisions between which nothing is measured: fewer gates, less time.",
        rich_help_panel=COMPILE,
    ),
]
Prepared = Annotated[
    str,
    typer.Option(
        help="purified; sampled (each collision samples an eigenstate of the ancilla: fewest gates); absorbed (with "
        "exact); or state_preparation (generic, longer).",
        rich_help_panel=COMPILE,
    ),
]
Draws = Annotated[
    int | None,
    typer.Option(
        help="Sequences sampled where collisions are; they share the shots equally. Default: the "
        "largest divisor of the shots up to 64.",
        show_default=False,
        rich_help_panel=MEASURE,
    ),
]
Decoupling = Annotated[str | None, typer.Option(help="Dynamical decoupling: XX, XpXm or XY4.", rich_help_panel=ERRORS)]
Detuned = Annotated[
    float | None,
    typer.Option(
        help="Predict with detunings of waiting qubits, constant in each shot: their root mean square in Hz.",
        show_default=False,
        rich_help_panel=ERRORS,
    ),
]
Twirling = Annotated[bool, typer.Option("--twirling", help="Twirl two-qubit gates.", rich_help_panel=ERRORS)]
Readout = Annotated[str | None, typer.Option(help="Readout mitigation: trex.", rich_help_panel=ERRORS)]
ShorterResets = Annotated[
    bool,
    typer.Option(
        "--shorter-resets", help="Use reset_2 and the like where the device has them.", rich_help_panel=ERRORS
    ),
]
Extrapolate = Annotated[
    bool, typer.Option("--zne", help="Zero-noise extrapolation, by the runtime's estimator.", rich_help_panel=ERRORS)
]
NoiseFactors = Annotated[str, typer.Option(help="Noise factors of --zne, with commas between.", rich_help_panel=ERRORS)]
MaxSeconds = Annotated[
    int | None, typer.Option(help="QPU seconds after which IBM stops the job.", rich_help_panel=DEVICE)
]

Picture = Annotated[
    Path | None,
    typer.Option("--plot", help="Also draw a picture into this file: .png, .pdf or .svg.", show_default=False),
]


def check_picture(path: Path | None) -> None:
    """Refuse a file for a picture that is of no known kind, before any work.

    Raises:
        InputError: if its ending is another one.
    """
    if path is not None and path.suffix not in PICTURES:
        raise InputError(
            f"--plot is {str(path)!r}, but the file must end in {', '.join(PICTURES[:-1])} or {PICTURES[-1]}"
        )
