"""Exact trajectories of any number of collisions."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit.quantum_info import SuperOp

from ..limits import COMPLEX_BYTES, require_memory
from ..model.collision import CollisionModel
from ..model.cycle import Cycle, Model
from ..model.initial import initial_density_matrix
from ..trajectory.entropy import entropy_flow, flow_observables
from ..trajectory.iterate import Record, iterate, recorded_collisions
from ..trajectory.pauli import (
    Complex,
    Real,
    from_pauli_vector,
    functional,
    to_pauli_vector,
    transfer_matrix,
)
from ..trajectory.strokes import StrokeLedger
from ..trajectory.trajectory import Trajectory
from .channel import superoperator
from .cycle import iterated_cycles, stepped_cycles
from .joint import JointCollision, Method
from .thermodynamics import operators_of

#: Up to this many system qubits the transfer matrix (4**m x 4**m) is squared; beyond, joint states are stepped.
LARGEST_TRANSFER_MATRIX = 5

_KINDS = {"exact": "exact", "second_order": "second order"}


def evolve(
    model: Model,
    n: int,
    initial: Any = None,
    method: Method = "exact",
    *,
    record: Record = 1,
) -> Trajectory:
    r"""The reduced dynamics and the ledger of ``n`` collisions, or cycles.

    Args:
        model: the collision model, or a cycle.
        n: number of collisions, or cycles, positive.
        initial: anything that ``DensityMatrix`` takes; ``None`` is the thermal state of H_S at inverse temperature 1.
        method: ``"exact"`` (Eq. 16), or ``"second_order"``, the paper's discrete master equation (Eqs. 21-27).
        record: keep every ``record``-th collision, or the chosen ones; the ledger is then summed in between.

    Returns:
        A :class:`~qcoll.Trajectory` with ``.states`` of shape (n + 1, d, d) and a ledger of shape (n,).

    Raises:
        InputError: for a bad n, record, initial state or method, or if the result does not fit into memory.

    >>> import qcoll
    >>> exact = qcoll.evolve(qcoll.example_2(alpha=0.2), n=1000)
    >>> bool(abs(exact.first_law_residual).max() < 1e-13)
    True
    >>> len(qcoll.evolve(qcoll.example_2(), n=1_000_000, record=100_000))
    11
    """
    state = initial_density_matrix(model, initial)
    collisions = recorded_collisions(n, record)
    require_memory(
        3 * COMPLEX_BYTES * len(collisions) * 4**model.num_system_qubits,
        f"a trajectory of {len(collisions)} states",
        "keep fewer states with record=, a stride or the chosen collisions",
    )
    if isinstance(model, Cycle):
        small = model.num_system_qubits <= LARGEST_TRANSFER_MATRIX
        states, columns = (iterated_cycles if small else stepped_cycles)(model, state, collisions, method)
        return Trajectory.of_cycle(model, _KINDS[method], collisions, states, StrokeLedger.of(model, columns))
    joint = JointCollision.of(model, method)
    run = _iterated if model.num_system_qubits <= LARGEST_TRANSFER_MATRIX else _stepped
    states, ledger = run(model, joint, state, collisions)
    return Trajectory(
        model=model,
        kind=_KINDS[method],
        collisions=collisions,
        states=states,
        heat=ledger[:, 0],
        work=ledger[:, 1],
        switching_work=ledger[:, 1],
        entropy_flow=entropy_flow(ledger[:, 2:]),
    )


def _iterated(
    model: CollisionModel, joint: JointCollision, state: Complex, collisions: np.ndarray
) -> tuple[Complex, Real]:
    """States, and heat, work and entropy flow as columns, from powers of the transfer matrix."""
    operators = operators_of(joint)
    rows = np.stack([functional(row) for row in (operators.heat, operators.work, *operators.entropy_flow)])
    matrix = transfer_matrix(SuperOp(superoperator(joint)))
    vectors, sums = iterate(matrix, to_pauli_vector(state), collisions, rows)
    return from_pauli_vector(vectors), sums


def _stepped(
    model: CollisionModel, joint: JointCollision, state: Complex, collisions: np.ndarray
) -> tuple[Complex, Real]:
    """The same, one joint state after the other."""
    operators = [-1.0 * model.joint_ancilla, -1.0 * model.interaction, *flow_observables(model)]
    observables = [operator.to_matrix() for operator in operators]
    states = np.empty((len(collisions), *state.shape), dtype=complex)
    states[0] = state
    ledger = np.zeros((len(collisions) - 1, len(observables)))
    for index in range(len(collisions) - 1):
        for _ in range(int(collisions[index + 1] - collisions[index])):
            before = joint.fresh(state)
            after = joint.apply(before)
            change = (after - before).T
            ledger[index] += [np.sum(observable * change).real for observable in observables]
            state = joint.trace_ancilla(after)
            state = (state + state.conj().T) / (2 * np.trace(state).real)
        states[index + 1] = state
    return states, ledger
