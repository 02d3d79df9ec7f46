"""Circuits in given gates, on any qubits, by Qiskit's transpiler."""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence

from qiskit import QuantumCircuit
from qiskit.transpiler import PassManager, generate_preset_pass_manager


def in_gates(circuit: QuantumCircuit, gates: Sequence[str], optimization_level: int) -> QuantumCircuit:
    """The circuit in these gates, all qubits connected, as :func:`qiskit.transpile` has it.

    The passes for some gates are made once: it takes Qiskit longer to make them than to run them on a small circuit.

    >>> from qiskit import QuantumCircuit
    >>> circuit = QuantumCircuit(2)
    >>> circuit.swap(0, 1)  # doctest: +ELLIPSIS
    <qiskit...>
    >>> in_gates(circuit, ["u", "cx"], 1).count_ops()["cx"]
    3
    """
    return _passes(threading.get_ident(), tuple(gates), optimization_level).run(circuit)


@functools.lru_cache(maxsize=32)
def _passes(thread: int, gates: tuple[str, ...], optimization_level: int) -> PassManager:
    """Passes of a thread's own: while they run they keep what they found."""
    return generate_preset_pass_manager(optimization_level, basis_gates=list(gates))
