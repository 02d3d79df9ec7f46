r"""The circuit of one collision on system and ancilla qubits, :math:`U = e^{-i\,\delta t\,(H_S + H_A + H_{SA})}`."""

from __future__ import annotations

from typing import Literal, get_args

from qiskit import QuantumCircuit
from qiskit.circuit.library import UnitaryGate
from scipy.linalg import expm

from ..errors import InputError
from ..limits import COMPLEX_BYTES, require_memory
from ..model.collision import CollisionModel
from .blocks import layers
from .product_formula import product_formula

Synthesis = Literal["trotter", "exact"]


def collision_circuit(
    model: CollisionModel, *, synthesis: Synthesis = "trotter", trotter_order: int = 2, trotter_steps: int = 1
) -> QuantumCircuit:
    r"""One collision as a circuit on the system's qubits followed by the ancilla's, up to a global phase.

    Args:
        model: the collision model.
        synthesis: ``"trotter"``, a product formula over the blocks of :mod:`qcoll.compile.blocks`; or ``"exact"``,
            the joint unitary without splitting as one ``UnitaryGate``, as a reference.
        trotter_order: 1, 2, 4 or 6; the error is :math:`O(\delta t^{p+1})` per collision.
        trotter_steps: number of steps per collision.

    Raises:
        InputError: for an unknown synthesis or order, or a bad number of steps.

    >>> import qcoll
    >>> from qcoll.compile import collision_circuit
    >>> collision_circuit(qcoll.example_2(), synthesis="exact").count_ops()["unitary"]
    1
    """
    if synthesis not in get_args(Synthesis):
        known = ", ".join(map(repr, get_args(Synthesis)))
        raise InputError(f"synthesis is {synthesis!r}, but must be one of {known}")
    circuit = QuantumCircuit(model.num_qubits)
    if synthesis == "exact":
        require_memory(
            6 * COMPLEX_BYTES * 4**model.num_qubits,
            f"the joint unitary of {model.num_qubits} qubits",
            'use synthesis="trotter"',
        )
        unitary = expm(-1j * model.dt * model.hamiltonian.to_matrix())
        circuit.append(UnitaryGate(unitary, label="collision"), circuit.qubits)
        return circuit
    parts = layers(model)
    known_evolutions: dict[tuple[int, int, float], QuantumCircuit] = {}
    for layer, fraction in product_formula(len(parts), trotter_order, trotter_steps):
        for position, block in enumerate(parts[layer]):
            key = (layer, position, fraction)
            if key not in known_evolutions:
                known_evolutions[key] = block.evolution(fraction * model.dt)
            circuit.compose(known_evolutions[key], block.qubits, inplace=True)
    return circuit
