r"""The circuit of one collision on system and ancilla qubits, :math:`U = e^{-i\,\delta t\,(H_S + H_A + H_{SA})}`."""

from __future__ import annotations

from typing import Literal, get_args

from qiskit import QuantumCircuit

from ..errors import InputError
from ..model.collision import CollisionModel
from .blocks import layers
from .product_formula import product_formula
from .synthesis import joint_unitary_circuit

JointSynthesis = Literal["trotter", "exact"]


def collision_circuit(
    model: CollisionModel, *, synthesis: JointSynthesis = "trotter", trotter_order: int = 2, trotter_steps: int = 1
) -> QuantumCircuit:
    r"""One collision as a circuit on the system's qubits followed by the ancilla's, up to a global phase.

    Args:
        model: the collision model.
        synthesis: ``"trotter"``, a product formula over the blocks of :mod:`qcoll.compile.blocks`; or ``"exact"``,
            the joint unitary without splitting, :func:`~qcoll.compile.synthesis.joint_unitary_circuit`.
        trotter_order: 1, 2, 4 or 6; the error is :math:`O(\delta t^{p+1})` per collision.
        trotter_steps: number of steps per collision.

    Raises:
        InputError: for an unknown synthesis or order, a bad number of steps, or a model too large for dense matrices.

    >>> import qcoll
    >>> from qcoll.compile import collision_circuit
    >>> collision_circuit(qcoll.example_2(), synthesis="exact").num_nonlocal_gates()
    8
    """
    if synthesis not in get_args(JointSynthesis):
        known = ", ".join(map(repr, get_args(JointSynthesis)))
        raise InputError(f"synthesis is {synthesis!r}, but must be one of {known}")
    if synthesis == "exact":
        return joint_unitary_circuit(model)
    circuit = QuantumCircuit(model.num_qubits)
    parts = layers(model)
    known_evolutions: dict[tuple[int, int, float], QuantumCircuit] = {}
    for layer, fraction in product_formula(len(parts), trotter_order, trotter_steps):
        for position, block in enumerate(parts[layer]):
            key = (layer, position, fraction)
            if key not in known_evolutions:
                known_evolutions[key] = block.evolution(fraction * model.dt)
            circuit.compose(known_evolutions[key], block.qubits, inplace=True)
    return circuit
