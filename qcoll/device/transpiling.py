"""Qiskit's transpiler with pass managers that are made once for the same target and settings.

Making one takes Qiskit about as long as transpiling a collision with it.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from typing import Any

from qiskit import QuantumCircuit
from qiskit.transpiler import PassManager, Target, generate_preset_pass_manager

from .fingerprint import target_hash


def transpile(
    circuit: QuantumCircuit,
    *,
    target: Target | None = None,
    basis_gates: Sequence[str] | None = None,
    initial_layout: Sequence[int] | None = None,
    **options: Any,
) -> QuantumCircuit:
    """The same as :func:`qiskit.transpile`.

    Args:
        circuit: to be transpiled.
        target: what it is transpiled for.
        basis_gates: the gates, where there is no target.
        initial_layout: the target's qubit of every qubit of the circuit.
        options: further ones of ``qiskit.transpile``, numbers and words.

    >>> from qiskit import QuantumCircuit
    >>> circuit = QuantumCircuit(1)
    >>> circuit.h(0)  # doctest: +ELLIPSIS
    <qiskit...>
    >>> transpile(circuit, basis_gates=["rz", "sx"], optimization_level=1).count_ops()["sx"]
    1
    """
    gates = None if basis_gates is None else tuple(basis_gates)
    layout = None if initial_layout is None else tuple(initial_layout)
    reported = "" if target is None else target_hash(target)  # a target may be changed between two calls
    passes = _pass_manager(threading.get_ident(), target, reported, gates, layout, tuple(sorted(options.items())))
    return passes.run(circuit)


@functools.lru_cache(maxsize=64)
def _pass_manager(
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
