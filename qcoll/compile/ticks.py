"""Labelled barriers: where a sequence of collisions is read or cut.

"tick:k" is after collision (or cycle) k, "prepared:k" before collision k, with the fresh ancilla. In a cycle
"stroke3:k" is after stroke 3 of cycle k, and "prepared3:k" before it.
"""

from __future__ import annotations

from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import Barrier

TICK = "tick"
PREPARED = "prepared"
STROKE = "stroke"
#: Before and after two ancillas meet, on both of them.
APART, JOINED = "apart", "joined"


def append_tick(circuit: QuantumCircuit, label: str, qubits: list[Any]) -> None:
    """Append a labelled barrier."""
    circuit.append(Barrier(len(qubits), label=label), qubits)
