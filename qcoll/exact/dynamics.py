"""Exact trajectories of any number of collisions."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SuperOp

from ..errors import InputError
from ..limits import COMPLEX_BYTES, available_memory, real_number, require_memory
from ..model.collision import CollisionModel
from ..model.cycle import Cycle, Model, require_model
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
from .matrix_free import TOLERANCE, initial_state, matrix_free_bytes, second_order_stepped, stepped
from .memory import MemoryDynamics, evolve_with_memory, ledger_with_memory
from .thermodynamics import operators_of

#: Up to this many system qubits the transfer matrix (4**m x 4**m) is squared; beyond, joint states are stepped.
LARGEST_TRANSFER_MATRIX = 5

#: A product with a sparse matrix takes so many times as long as one with a dense one, entry for entry, where it acts on
#: factors of the state; on the whole state it would be some eight times.
SPARSE_COST = 2

_KINDS = {"exact": "exact", "second_order": "second order"}

#: "exact" is either way; "second_order" also.
DensityMethod = Literal["exact", "dense", "matrix_free", "second_order"]


def evolve(
    model: Model,
    n: int,
    initial: Any = None,
    method: DensityMethod = "exact",
    *,
    record: Record = 1,
    tolerance: float = TOLERANCE,
) -> Trajectory:
    r"""The reduced dynamics and the ledger of ``n`` collisions, or cycles, by density matrices.

    Args:
        model: the collision model, or a cycle.
        n: number of collisions, or cycles, positive.
        initial: anything that ``DensityMatrix`` takes; ``None`` is the thermal state of H_S at inverse temperature 1.
        method: ``"exact"`` (Eq. 16), or ``"second_order"``, the paper's discrete master equation (Eqs. 21-27). The
            exact dynamics are ``"dense"``, powers of the channel or joint states of system and ancilla, or
            ``"matrix_free"``, with nothing much larger than the density matrix in memory (:mod:`.matrix_free`),
            whichever is faster, unless one of them is asked for; ``kind`` says which.
        record: keep every ``record``-th collision, or the chosen ones; the ledger is then summed in between.
        tolerance: of the last state in trace norm, where the way is matrix-free; ``error_bound`` is what was reached.

    Returns:
        A :class:`~qcoll.Trajectory` with ``.states`` of shape (n + 1, d, d) and a ledger of shape (n,).

    Raises:
        InputError: for a bad n, record, initial state, method or tolerance, or if the result does not fit into memory.

    >>> import qcoll
    >>> exact = qcoll.evolve(qcoll.example_2(alpha=0.2), n=1000)
    >>> bool(abs(exact.first_law_residual).max() < 1e-13)
    True
    >>> len(qcoll.evolve(qcoll.example_2(), n=1_000_000, record=100_000))
    11
    """
    require_model(model)
    if method not in get_args(DensityMethod):
        raise InputError(f"method is {method!r}, but must be one of {', '.join(map(repr, get_args(DensityMethod)))}")
    if not real_number(tolerance, "tolerance") > 0:
        raise InputError(f"tolerance is {tolerance}, but must be positive")
    collisions = recorded_collisions(n, record)
    if (
        isinstance(model, CollisionModel)
        and model.memory is None
        and (method == "matrix_free" or (method != "dense" and matrix_free_is_better(model, n)))
    ):
        return _matrix_free(model, initial, collisions, method, tolerance)
    if method == "matrix_free":
        raise InputError(
            'method="matrix_free" takes a CollisionModel without memory, not a cycle: those are stepped with "dense"'
        )
    dense_method: Method = "second_order" if method == "second_order" else "exact"
    state = initial_state(model, initial)
    require_memory(
        3 * COMPLEX_BYTES * len(collisions) * 4**model.num_system_qubits,
        f"a trajectory of {len(collisions)} states",
        "keep fewer states with record=, a stride or the chosen collisions",
    )
    if isinstance(model, Cycle):
        small = model.num_system_qubits <= LARGEST_TRANSFER_MATRIX
        states, columns = (iterated_cycles if small else stepped_cycles)(model, state, collisions, dense_method)
        return Trajectory.of_cycle(model, _KINDS[dense_method], collisions, states, StrokeLedger.of(model, columns))
    if model.memory is not None:
        if method not in ("exact", "dense"):
            raise InputError(f"method is {method!r}, but {model.name!r} has a memory, for which there is only 'exact'")
        states, columns = evolve_with_memory(MemoryDynamics.of(model), state, collisions)
        ledger_of = ledger_with_memory(model, columns)
        return Trajectory(model=model, kind="exact", collisions=collisions, states=states, **ledger_of)
    joint = JointCollision.of(model, dense_method)
    run = _iterated if model.num_system_qubits <= LARGEST_TRANSFER_MATRIX else _stepped
    states, ledger = run(model, joint, state, collisions)
    return _trajectory(model, _KINDS[dense_method], collisions, states, ledger)


def matrix_free_is_better(model: CollisionModel, n: int) -> bool:
    """Whether ``n`` collisions of a model take less work without dense joint matrices, or fit into memory only so."""
    d, a = 2**model.num_system_qubits, 2**model.num_ancilla_qubits
    if 6 * COMPLEX_BYTES * (a * d) ** 2 > available_memory():
        return True
    if model.num_system_qubits <= LARGEST_TRANSFER_MATRIX:
        return False
    hamiltonian = model.hamiltonian
    per_row = len(np.unique(np.asarray(hamiltonian.paulis.x), axis=0))
    order = 1.5 * model.dt * float(np.abs(hamiltonian.coeffs).sum()) + 10
    sparse_work = SPARSE_COST * 3 * a * (a * d) * d * per_row * order
    return bool(sparse_work < 2 * (a * d) ** 3 * (1 + 10 / n))


def _matrix_free(
    model: CollisionModel, initial: Any, collisions: np.ndarray, method: DensityMethod, tolerance: float
) -> Trajectory:
    """The trajectory without dense joint matrices."""
    require_memory(
        COMPLEX_BYTES * len(collisions) * 4**model.num_system_qubits + matrix_free_bytes(model),
        f"a trajectory of {len(collisions)} states",
        "keep fewer states with record=, a stride or the chosen collisions",
    )
    state = initial_state(model, initial)
    if method == "second_order":
        states, ledger, error = second_order_stepped(model, state, collisions)
    else:
        states, ledger, error = stepped(model, state, collisions, tolerance)
    kind = f"{_KINDS['second_order' if method == 'second_order' else 'exact']}, matrix-free"
    return _trajectory(model, kind, collisions, states, ledger, error_bound=error)


def _trajectory(
    model: CollisionModel, kind: str, collisions: NDArray[np.int64], states: Complex, ledger: Real, **more: Any
) -> Trajectory:
    """A trajectory from the columns of its ledger: heat, switching work, and flows of entropy."""
    return Trajectory(
        model=model,
        kind=kind,
        collisions=collisions,
        states=states,
        heat=ledger[:, 0],
        work=ledger[:, 1],
        switching_work=ledger[:, 1],
        entropy_flow=entropy_flow(ledger[:, 2:]),
        **more,
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
