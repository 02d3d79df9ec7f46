"""Random unitaries in ``transpile`` with and without qcoll's plugin: ``python benchmarks/synthesis_plugin.py [COUNT]``.

All qubits connected, CZ, RZ, SX and X; the largest entry of the difference with the phase included, and the processor
time beside Qiskit's in the same run.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import Operator, random_unitary

SIZES = {1: 50, 2: 50, 3: 50, 4: 5}


def main() -> None:
    """Print a Markdown table."""
    scale = float(sys.argv[1]) / 50 if len(sys.argv) > 1 else 1.0
    print("| qubits | unitaries | qcoll: 2q gates | error | Qiskit: 2q gates | error | time, ratio |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for size, number in SIZES.items():
        count = max(1, round(scale * number))
        ours, theirs = (
            [measured(random_unitary(2**size, seed=seed).data, method) for seed in range(count)]
            for method in ("qcoll", "default")
        )
        ratio = statistics.median(own[2] / other[2] for own, other in zip(ours, theirs, strict=True))
        print(f"| {size} | {count} | {summary(ours)} | {summary(theirs)} | {ratio:.2g} |")


def measured(unitary: np.ndarray, method: str) -> tuple[int, float, float]:
    """Two-qubit gates, largest entry of the difference, and seconds."""
    num_qubits = len(unitary).bit_length() - 1
    circuit = QuantumCircuit(num_qubits)
    circuit.append(UnitaryGate(unitary), range(num_qubits))
    start = time.process_time()
    made = transpile(
        circuit,
        basis_gates=["rz", "sx", "x", "cz"],
        optimization_level=3,
        unitary_synthesis_method=method,
        seed_transpiler=0,
    )
    seconds = time.process_time() - start
    return made.num_nonlocal_gates(), float(np.abs(Operator(made).data - unitary).max()), seconds


def summary(rows: list[tuple[int, float, float]]) -> str:
    """Range of the gates, and the largest error."""
    gates = sorted({row[0] for row in rows})
    shown = str(gates[0]) if len(gates) == 1 else f"{gates[0]} to {gates[-1]}"
    return f"{shown} | {max(row[1] for row in rows):.0e}"


if __name__ == "__main__":
    main()
