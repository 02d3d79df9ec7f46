"""Qiskit's transpiler for a device, with passes that are made once (:mod:`qcoll.circuits.transpiling`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qiskit import QuantumCircuit
from qiskit.transpiler import Target

from ..circuits.transpiling import pass_manager
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
    passes = pass_manager(
        target=target,
        reported="" if target is None else target_hash(target),
        basis_gates=basis_gates,
        initial_layout=initial_layout,
        **options,
    )
    return passes.run(circuit)
