r"""The ledger of a cycle from what its circuits make of states at the ticks.

Whatever means are, numbers of every cycle or functionals of the state before it, the columns of
:func:`qcoll.trajectory.strokes.columns_of` are differences of them. Where a circuit keeps only the system, heat and
work are those of the stroke's exact collision from the state that the circuit made (:mod:`.system_ledger`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from ..circuits.segments import ReadPoint, after, stroke_kinds
from ..compile.branches import CollisionPieces
from ..compile.cycle import CycleLayout
from ..exact.thermodynamics import pulled_back_operators
from ..model.collision import CollisionModel
from ..model.operators import dense
from ..trajectory.entropy import flow_observables
from ..trajectory.pauli import Complex, Real, functional
from ..trajectory.strokes import change_after

#: The state before a cycle, as a kind of tick.
START = "start"

#: Means of an operator, Pauli strings or a matrix (D, D), at a kind of tick: the first qubits of the tick are its own.
Means = Callable[[str, SparsePauliOp | Complex], Real]


def cycle_columns(layout: CycleLayout, means: Means) -> Real:
    """The columns of the ledger, (k, ...), from the means at the ticks, (...)."""
    cycle, columns, start = layout.cycle, [], START
    for number, (stroke, pieces) in enumerate(zip(cycle.strokes, layout.strokes, strict=True)):
        end, own = stroke_kinds(number)[1], stroke.system
        columns.append(means(end, own) - means(start, own))
        if isinstance(stroke, CollisionModel):
            joint = pieces.keeps == "joint state"
            columns += _joint(stroke, pieces, number, means) if joint else _of_states(stroke, start, means)
        columns.append(means(end, change_after(cycle, number)))
        start = end
    return np.stack(columns)


def state_means(saved: dict[ReadPoint, Complex], n: int) -> Means:
    """Means (n,) in all cycles from the states at their points."""

    def means(kind: str, operator: SparsePauliOp | Complex) -> Real:
        points = [after(k - 1) if kind == START else ReadPoint.at(kind, k) for k in range(1, n + 1)]
        return _means(np.array([saved[point] for point in points]), matrix_of(operator))

    return means


def image_means(images: dict[str, Complex], d: int) -> Means:
    """Means as functionals (d**2,) of the state before a cycle, from the images (d, d, D, D) of all |k><l|, by tick."""
    units = np.eye(d * d).reshape(d, d, d, d)
    known = images | {START: units}

    def means(kind: str, given: SparsePauliOp | Complex) -> Real:
        own, operator = known[kind], matrix_of(given)
        others = own.shape[-1] // len(operator)
        parts = own.reshape(d, d, others, len(operator), others, len(operator))
        pulled = np.einsum("ij,klajai->kl", operator, parts).T
        return functional((pulled + pulled.conj().T) / 2)

    return means


def matrix_of(operator: SparsePauliOp | Complex) -> Complex:
    """An operator as a matrix."""
    return dense(operator) if isinstance(operator, SparsePauliOp) else operator


def _joint(stroke: CollisionModel, pieces: CollisionPieces, number: int, means: Means) -> list[Real]:
    """Heat, work, switching work and entropy flow read off system and ancilla."""
    begins, ends = stroke_kinds(number)

    def change(observable: SparsePauliOp) -> Real:
        return np.asarray(means(ends, observable) - means(begins, pieces.before(observable)))

    both = stroke.joint_system + stroke.joint_ancilla
    observables = [-1.0 * stroke.joint_ancilla, both, -1.0 * stroke.interaction, *flow_observables(stroke)]
    return [change(observable) for observable in observables]


def _of_states(stroke: CollisionModel, start: str, means: Means) -> list[Real]:
    """The same as the exact collision takes them from the state before the stroke."""
    operators = pulled_back_operators(stroke)
    kinds: list[Any] = [operators.heat, operators.work, operators.work, *operators.entropy_flow]
    return [means(start, operator) for operator in kinds]


def _means(states: Complex, operator: Complex) -> Real:
    """Tr[O rho] of states (n, D, D), where O acts on the first qubits."""
    others = states.shape[-1] // len(operator)
    parts = states.reshape(-1, others, len(operator), others, len(operator))
    return np.asarray(np.einsum("ij,najai->n", operator, parts).real)
