r"""The circuit of one collision on system and ancilla qubits, :math:`U = e^{-i\,\delta t\,(H_S + H_A + H_{SA})}`."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from qiskit import QuantumCircuit

from ..errors import InputError
from ..model.collision import CollisionModel
from ..model.operators import embedded
from ..synthesis import joint_unitary_circuit
from .blocks import Block, layers
from .product_formula import product_formula

JointSynthesis = Literal["trotter", "exact"]

#: Of a commutator's coefficients, relative to the product of the largest ones.
COMMUTATOR_TOLERANCE = 1e-13


def collision_circuit(
    model: CollisionModel, *, synthesis: JointSynthesis = "trotter", trotter_order: int = 2, trotter_steps: int = 1
) -> QuantumCircuit:
    r"""One collision as a circuit on the system's qubits followed by the ancilla's, up to a global phase.

    Args:
        model: the collision model.
        synthesis: ``"trotter"``, a product formula over the blocks of :mod:`qcoll.compile.blocks`; or ``"exact"``,
            the joint unitary without splitting, :func:`~qcoll.synthesis.joint_unitary_circuit`.
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
    idle, rest = split_collision(model, trotter_order=trotter_order, trotter_steps=trotter_steps)
    return idle.compose(rest)


def split_collision(
    model: CollisionModel, *, trotter_order: int, trotter_steps: int
) -> tuple[QuantumCircuit, QuantumCircuit]:
    """The product formula in two: a first part that leaves the ancilla's state as it is, and the rest after it.

    A symmetric formula begins with a free evolution of the ancilla. A block of it that commutes with H_A leaves the
    thermal state as it is (one that commutes with a given state, that one), so that a collision with such an ancilla
    can do without.

    >>> import qcoll
    >>> from qcoll.compile.collision import split_collision
    >>> idle, rest = split_collision(qcoll.example_2(), trotter_order=2, trotter_steps=1)
    >>> idle.num_nonlocal_gates(), rest.num_nonlocal_gates()  # an exchange gate is one of them here, and two CX
    (1, 8)
    """
    idle, rest = QuantumCircuit(model.num_qubits), QuantumCircuit(model.num_qubits)
    parts = layers(model)
    known_evolutions: dict[tuple[int, int, float], QuantumCircuit] = {}
    began: set[int] = set(range(model.num_system_qubits))
    for layer, fraction in product_formula(len(parts), trotter_order, trotter_steps):
        for position, block in enumerate(parts[layer]):
            key = (layer, position, fraction)
            if key not in known_evolutions:
                known_evolutions[key] = block.evolution(fraction * model.dt)
            commutes = began.isdisjoint(block.qubits) and _leaves_the_state(block, model)
            if not commutes:
                began.update(block.qubits)
            (idle if commutes else rest).compose(known_evolutions[key], block.qubits, inplace=True)
    return idle, rest


def _leaves_the_state(block: Block, model: CollisionModel) -> bool:
    """Whether a block on ancilla qubits commutes with H_A, or with a state that was given, to rounding."""
    own = block.hamiltonian.apply_layout(list(block.qubits), num_qubits=model.num_qubits)
    ancilla = model.joint_ancilla
    if model.ancilla.state is not None:
        ancilla = embedded(model.ancilla.state, range(model.num_system_qubits, model.num_qubits), model.num_qubits)
    commutator = (own @ ancilla - ancilla @ own).simplify(atol=0)
    scale = np.abs(own.coeffs).max() * np.abs(ancilla.coeffs).max()
    return bool(np.abs(commutator.coeffs).max() <= COMMUTATOR_TOLERANCE * scale)
