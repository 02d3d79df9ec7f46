"""One collision as a circuit from fresh ancillas to the end: what is hashed, exported, and given to other compilers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from qiskit import QuantumCircuit

from ..circuits.steps import steps
from ..compile import CollisionCircuit


def bodies(compiled: CollisionCircuit) -> list[tuple[float, QuantumCircuit]]:
    """The circuits that a collision may be, with their probabilities; the system's qubits come first.

    >>> import qcoll
    >>> [(probability, circuit.num_qubits) for probability, circuit in bodies(qcoll.compile_collisions(
    ...     qcoll.example_2(), n=1))]
    [(1.0, 5)]
    """
    return [(branch.probability, compiled.pieces.body(branch)) for branch in compiled.pieces.branches]


def digest(compiled: CollisionCircuit) -> str:
    """A hash of a compiled collision's gates, with their numbers to ten decimals."""
    lines = [line for body in bodies(compiled) for line in _lines(*body)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _lines(probability: float, circuit: QuantumCircuit) -> Iterator[str]:
    yield f"{probability:.10f} of {circuit.num_qubits} qubits"
    for operation, qubits, _ in steps(circuit):
        numbers = [np.round(np.asarray(number, dtype=complex), 10) + 0.0 for number in operation.params]
        yield f"{operation.name} {list(qubits)} {[number.tolist() for number in numbers]}"
