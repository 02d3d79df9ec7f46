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
        "--parameter",
        "-p",
        help="A parameter of the example (alpha, beta, dt, kappa, ...), as name=value; repeatable.",
        rich_help_panel=MODEL,
    ),
]
Backend = Annotated[
    str,
    typer.Option(
        help="fake_kingston and the like (simulated here), ibm_..., least-busy, or another provider's, such as "
        "ionq_forte_offline.",
        rich_help_panel=DEVICE,
    ),
]
Initial = Annotated[
    str | None,
    typer.Option(
        help="Initial state: one of 0, 1, +, -, r, l for each system qubit, such as 0+1. Default: the thermal state of "
        "H_S at inverse temperature 1.",
        show_default=False,
        rich_help_panel=MODEL,
    ),
]
Root = Annotated[Path, typer.Option("--dir", help="Folder of all submissions.")]
Instance = Annotated[
    str | None,
    typer.Option(help="IBM instance (CRN or name), if not the account's own choice.", rich_help_panel=DEVICE),
]
Chosen = Annotated[
    str,
    typer.Option(
        "--collisions",
        "-n",
        help="After which collisions to measure, with commas between.",
        rich_help_panel=MEASURE,
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
        "--separate-structures",
        help="With --sweep: points whose circuits differ in more than angles get circuits of their own.",
        rich_help_panel=MODEL,
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
        help="What a collision reproduces. System and ancilla: trotter (a product formula), exact. The system alone, "
        "in fewer and fewer gates: purified_channel, channel, sampled (each collision draws one of several circuits).",
        rich_help_panel=COMPILE,
    ),
]
Keep = Annotated[
    str | None,
    typer.Option(
        help="At trotter and exact: system gives up the ancilla, with its heat and work, for fewer gates.",
        rich_help_panel=COMPILE,
    ),
]
Correction = Annotated[
    str,
    typer.Option(
        help="With --synthesis sampled, how a circuit with an ancilla ends: coherent (by a gate), or measured (the "
        "ancilla is measured, and outcome 1 flips system and ancilla).",
        rich_help_panel=COMPILE,
    ),
]
Feedforward = Annotated[
    float,
    typer.Option(
        help="With --correction measured: seconds that the control electronics take from a measurement to the flip.",
        rich_help_panel=COMPILE,
    ),
]
Ancillas = Annotated[
    str,
    typer.Option(
        help="The next collision's ancilla qubits: reset (the same), alternating (another set), fresh (new ones).",
        rich_help_panel=COMPILE,
    ),
]
Sets = Annotated[
    int, typer.Option(help="With --ancillas alternating: how many sets take turns.", rich_help_panel=COMPILE)
]
Policy = Annotated[
    str,
    typer.Option(
        help="The next collision's ancilla qubits: reset (the same), alternating (another set), fresh (new ones), or "
        "auto: reset if the device has resets, else fresh.",
        rich_help_panel=COMPILE,
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
        help="Of the thermal ancilla, at trotter and exact: purified (with purifier qubits); sampled (each collision "
        "draws an eigenstate: fewest gates); absorbed (exact alone: the collision makes the eigenstates); "
        "state_preparation (Qiskit's generic one, longer).",
        rich_help_panel=COMPILE,
    ),
]
Draws = Annotated[
    int | None,
    typer.Option(
        help="With --synthesis or --preparation sampled: how many sequences are sampled; they share the shots equally. "
        "Default: the largest divisor of the shots up to 64.",
        show_default=False,
        rich_help_panel=MEASURE,
    ),
]
Decoupling = Annotated[
    str | None, typer.Option(help="Dynamical decoupling of waiting qubits: XX, XpXm or XY4.", rich_help_panel=ERRORS)
]
Detuned = Annotated[
    float | None,
    typer.Option(
        help="Predict with waiting qubits whose frequencies are wrong, each by a constant in a shot: the root mean "
        "square in Hz.",
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
