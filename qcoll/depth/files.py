"""What circuits in OpenQASM files cost on the targets of the benchmark, resets and measurements included.

Files of the canonical circuits, or anybody's: OpenQASM 2, and OpenQASM 3 where its importer is installed. Nothing is
known of what a file should do, so costs alone are measured. Whether the transpiler kept what the circuit does is
compared where it can be: unitary circuits whose used qubits are at most twelve.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qiskit import QuantumCircuit, qasm2, qasm3, transpile
from qiskit.exceptions import MissingOptionalLibraryError, QiskitError
from qiskit.transpiler import Target

from ..circuits.steps import IDLE, MARKS, active_qubits, compacted, depth, leaving_out, steps, two_qubit_depth
from ..device.target import restricted, scheduled
from ..device.verification import TOLERANCE, difference
from ..errors import InputError, MissingExtraError
from .targets import load_target


@dataclass(frozen=True)
class FileCost:
    """What a file costs on a target: smallest, median and largest over the transpiler's seeds.

    Args:
        file: its name.
        target: its name.
        two_qubit_gates: (min, median, max).
        two_qubit_depth: likewise.
        depth: likewise.
        resets: likewise; the transpiler removes those of qubits that are in |0>.
        microseconds: likewise, or ``None`` where the target has no durations.
        rounded: largest difference, as a norm of states, from what was written; ``None`` where it is not compared.
    """

    file: str
    target: str
    two_qubit_gates: tuple[float, float, float]
    two_qubit_depth: tuple[float, float, float]
    depth: tuple[float, float, float]
    resets: tuple[float, float, float]
    microseconds: tuple[float, float, float] | None
    rounded: float | None


def read_circuit(path: str | Path) -> QuantumCircuit:
    """The circuit in an OpenQASM file.

    Raises:
        InputError: if it cannot be read.
        MissingExtraError: for OpenQASM 3 without ``qiskit-qasm3-import``.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
        if "OPENQASM 3" in text:
            return qasm3.loads(text)
        known = qasm2.LEGACY_CUSTOM_INSTRUCTIONS  # the gates that Qiskit itself writes without a definition
        return qasm2.loads(text, include_path=[file.parent, "."], custom_instructions=known)
    except MissingOptionalLibraryError as error:
        raise MissingExtraError(f"{file} is OpenQASM 3: pip install qiskit-qasm3-import") from error
    except (OSError, UnicodeDecodeError, QiskitError) as error:
        raise InputError(f"{file} cannot be read as OpenQASM: {error}") from error


def file_costs(
    paths: Sequence[str | Path], targets: Sequence[str], *, optimization: int = 3, seeds: int = 10
) -> list[FileCost]:
    """What files cost on targets; all files and targets are read before anything is transpiled.

    Args:
        paths: OpenQASM files.
        targets: registered targets, or names of fake devices.
        optimization: the transpiler's level.
        seeds: how many of its seeds.

    Raises:
        InputError: for a file that cannot be read, an unknown target, or one that is too small.
    """
    circuits = {str(path): read_circuit(path) for path in paths}
    found = []
    for name in targets:
        target = load_target(name).target
        assert target is not None
        for path, circuit in circuits.items():
            if circuit.num_qubits > target.num_qubits:
                raise InputError(f"{path} has {circuit.num_qubits} qubits, but {name} has {target.num_qubits}")
            missing = sorted({"reset", "measure", "if_else"} & set(circuit.count_ops()) - set(target.operation_names))
            if missing:
                raise InputError(f"{path} needs {' and '.join(missing)}, which {name} does not have")
    for path, circuit in circuits.items():
        for name in targets:
            target = load_target(name).target
            mapped = [
                transpile(circuit, target=target, optimization_level=optimization, seed_transpiler=seed)
                for seed in range(seeds)
            ]
            found.append(_cost(Path(path).name, name, circuit, mapped, target))
    return found


def _cost(file: str, name: str, circuit: QuantumCircuit, mapped: Sequence[QuantumCircuit], target: Target) -> FileCost:
    def spread(values: Sequence[float]) -> tuple[float, float, float]:
        return min(values), statistics.median(values), max(values)

    times = [_microseconds(each, target) for each in mapped]
    known = [time for time in times if time is not None]
    unitary = all(hasattr(step.operation, "to_matrix") for step in steps(circuit, without=IDLE))
    return FileCost(
        file=file,
        target=name,
        two_qubit_gates=spread([each.num_nonlocal_gates() for each in mapped]),
        two_qubit_depth=spread([two_qubit_depth(each) for each in mapped]),
        depth=spread([depth(each) for each in mapped]),
        resets=spread([each.count_ops().get("reset", 0) for each in mapped]),
        microseconds=spread(known) if len(known) == len(times) else None,
        rounded=max(difference(circuit, each, 0) for each in mapped) if unitary else None,
    )


def _microseconds(circuit: QuantumCircuit, target: Target) -> float | None:
    """The scheduled duration on the qubits in use."""
    used = sorted(active_qubits(circuit))
    if target.dt is None or not used or circuit.count_ops().get("if_else"):
        return None
    part = restricted(target, used)
    own = compacted(leaving_out(circuit, MARKS), used)
    return float(scheduled(own, part).estimate_duration(part, unit="s")) * 1e6


def is_rounded(cost: FileCost) -> bool:
    """Whether the transpiler changed what the circuit does by more than rounding."""
    return cost.rounded is not None and cost.rounded > TOLERANCE
