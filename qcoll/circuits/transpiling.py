"""Qiskit's transpiler with passes that are made once: circuits in given gates, on any qubits.

Making passes takes Qiskit about as long as transpiling a collision with them.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from typing import Any

from qiskit import QuantumCircuit
from qiskit.transpiler import PassManager, Target, generate_preset_pass_manager


def in_gates(circuit: QuantumCircuit, gates: Sequence[str], optimization_level: int) -> QuantumCircuit:
    """The circuit in these gates, all qubits connected, as :func:`qiskit.transpile` has it.

    >>> from qiskit import QuantumCircuit
    >>> circuit = QuantumCircuit(2)
    >>> circuit.swap(0, 1)  # doctest: +ELLIPSIS
    <qiskit...>
    >>> in_gates(circuit, ["u", "cx"], 1).count_ops()["cx"]
    3
    """
    return pass_manager(basis_gates=gates, optimization_level=optimization_level).run(circuit)


def pass_manager(
    *,
    target: Target | None = None,
    reported: str = "",
    basis_gates: Sequence[str] | None = None,
    initial_layout: Sequence[int] | None = None,
    **options: Any,
) -> PassManager:
    """Qiskit's preset passes, made once for the same arguments.

    Args:
        target: what is transpiled for.
        reported: tells what the target reports from what it reported before; a target may be changed between two calls.
        basis_gates: the gates, where there is no target.
        initial_layout: the target's qubit of every qubit of a circuit.
        options: further ones of ``qiskit.transpile``, numbers and words.
    """
    gates = None if basis_gates is None else tuple(basis_gates)
    layout = None if initial_layout is None else tuple(initial_layout)
    return _made_once(threading.get_ident(), target, reported, gates, layout, tuple(sorted(options.items())))


@functools.lru_cache(maxsize=96)
def _made_once(
    thread: int,
    target: Target | None,
    reported: str,
    basis_gates: tuple[str, ...] | None,
    layout: tuple[int, ...] | None,
    options: tuple[tuple[str, Any], ...],
) -> PassManager:
    """Passes of a thread's own: while they run they keep what they found."""
    return generate_preset_pass_manager(
        target=target,
        basis_gates=None if basis_gates is None else list(basis_gates),
        initial_layout=None if layout is None else list(layout),
        **dict(options),
    )
