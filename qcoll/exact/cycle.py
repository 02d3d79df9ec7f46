r"""Exact dynamics of cycles: the strokes' maps one after the other, and the ledger of each as functionals of one state.

With the transfer matrices :math:`T_k` of the strokes, a mean :math:`f_k` of stroke k is
:math:`f_k T_{k-1}\cdots T_1` of the state before the cycle, so that any number of cycles is a matter of powers of
:math:`T_K\cdots T_1`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from qiskit.quantum_info import SuperOp

from ..model.collision import CollisionModel
from ..model.cycle import Cycle, Stroke
from ..model.operators import dense
from ..trajectory.entropy import flow_observables
from ..trajectory.iterate import iterate
from ..trajectory.pauli import Complex, Real, from_pauli_vector, functional, to_pauli_vector, transfer_matrix
from ..trajectory.strokes import change_after, columns_of
from .channel import superoperator
from .joint import JointCollision, Method
from .thermodynamics import operators_of


@dataclass(frozen=True, eq=False)
class CycleMap:
    """A cycle as a linear map of the system's Pauli vector, with its ledger.

    Args:
        matrix: transfer matrix, (D, D).
        ledger: row vectors of the entries of :func:`qcoll.trajectory.strokes.columns_of`, (k, D).
    """

    matrix: Real
    ledger: Real


def cycle_map(cycle: Cycle, method: Method = "exact") -> CycleMap:
    """The map and the ledger of one cycle.

    >>> import qcoll
    >>> from qcoll.exact.cycle import cycle_map
    >>> cycle_map(qcoll.Cycle([qcoll.example_1(), qcoll.example_2()])).matrix.shape
    (4, 4)
    """
    matrix = np.eye(4**cycle.num_system_qubits)
    rows = []
    for number, stroke in enumerate(cycle.strokes):
        joint = JointCollision.of(stroke, method)
        own = operators_of(joint)
        kinds = [own.energy_change]
        if isinstance(stroke, CollisionModel):
            kinds += [own.heat, own.work, own.work, *own.entropy_flow]
        rows += [functional(operator) @ matrix for operator in kinds]
        matrix = transfer_matrix(SuperOp(superoperator(joint))) @ matrix
        rows.append(functional(dense(change_after(cycle, number))) @ matrix)
    return CycleMap(matrix, np.stack(rows))


def iterated_cycles(
    cycle: Cycle, state: Complex, collisions: np.ndarray, method: Method = "exact"
) -> tuple[Complex, Real]:
    """States (m + 1, d, d) after chosen cycles and the columns (m, k) of the ledger, from powers of the map."""
    one = cycle_map(cycle, method)
    vectors, sums = iterate(one.matrix, to_pauli_vector(state), collisions, one.ledger)
    return from_pauli_vector(vectors), sums


def stepped_cycles(
    cycle: Cycle, state: Complex, collisions: np.ndarray, method: Method = "exact"
) -> tuple[Complex, Real]:
    """The same, one joint state after the other, for large systems."""
    steps = [_Step(cycle, number, method) for number in range(len(cycle.strokes))]
    states = np.empty((len(collisions), *state.shape), dtype=complex)
    states[0] = state
    ledger = np.zeros((len(collisions) - 1, len(columns_of(cycle))))
    for index in range(len(collisions) - 1):
        for _ in range(int(collisions[index + 1] - collisions[index])):
            entries: list[float] = []
            for step in steps:
                state, own = step(state)
                entries += own
            ledger[index] += entries
        states[index + 1] = state
    return states, ledger


class _Step:
    """One stroke of a cycle on a state."""

    def __init__(self, cycle: Cycle, number: int, method: Method) -> None:
        stroke: Stroke = cycle.strokes[number]
        self._joint = JointCollision.of(stroke, method)
        operators = [stroke.system]
        if isinstance(stroke, CollisionModel):
            work = -1.0 * stroke.interaction
            operators = [stroke.joint_system, -1.0 * stroke.joint_ancilla, work, work, *flow_observables(stroke)]
        self._observables = [operator.to_matrix() for operator in operators]
        self._driving = change_after(cycle, number).to_matrix()

    def __call__(self, state: Complex) -> tuple[Complex, list[float]]:
        before = self._joint.fresh(state)
        after = self._joint.apply(before)
        change = (after - before).T
        entries = [float(np.sum(observable * change).real) for observable in self._observables]
        state = self._joint.trace_ancilla(after)
        state = (state + state.conj().T) / (2 * np.trace(state).real)
        return state, [*entries, float(np.sum(self._driving * state.T).real)]
