r"""Collisions of large systems, with nothing much larger than the density matrix in memory.

A state of low rank, or one that falls into blocks of a conserved quantity, is moved by factors (:mod:`.factored`).
Otherwise one collision is done on columns, in blocks that fit into the processor's cache (:mod:`.expansion`), from the
left,

.. math:: Y = U(\eta\otimes\rho),

for as many of the rows :math:`\langle j|` of the ancilla as memory allows, then from the right, of which the diagonal
blocks are kept, :math:`\rho' = \sum_j\langle j|YU^\dagger|j\rangle`. Terms of the Hamiltonian act as they are, a sparse
matrix. The errors of collisions add up at most, because a channel brings no two states further apart:

.. math:: \|\rho_n - \rho_n^{exact}\|_1 \le n\,(2\epsilon + \epsilon^2)

with the error :math:`\epsilon` of the exponential, which is chosen so that the sum is below the tolerance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp, Statevector

from ..errors import InputError
from ..limits import COMPLEX_BYTES, require_memory
from ..model.collision import CollisionModel
from ..model.cycle import Model
from ..model.initial import initial_density_matrix
from ..model.states import LABELS
from ..trajectory.entropy import flow_observables
from ..trajectory.pauli import Complex, Real
from .expansion import Expansion, sparse_bytes, sparse_matrix
from .factored import SPARSE_COST, FactoredCollision
from .gibbs import gibbs_state
from .parallel import BLOCK, in_parallel

#: Rows of the ancilla that are kept at once take at most this many times the memory of the state.
MOST_STATES = 9
#: From this many system qubits on initial states are made without eigenvalues.
SMALLEST_SPARSE_START = 8
#: Error in trace norm over the whole trajectory, unless another is asked for.
TOLERANCE = 1e-10
#: A larger one is met too by what this one gives; states are never further apart than two.
LARGEST_TOLERANCE = 0.1


@dataclass(frozen=True, eq=False)
class SparseCollision:
    """One collision by sparse matrices.

    Args:
        thermal: state of the fresh ancilla, (a, a).
        expansion: of the joint unitary.
        observables: the ledger's, on system and ancilla, transposed.
        dimension: of the system.
        rows_at_once: rows of the ancilla that are kept at once.
    """

    thermal: Complex
    expansion: Expansion
    observables: tuple[sparse.csr_array, ...]
    dimension: int
    rows_at_once: int

    @classmethod
    def of(cls, model: CollisionModel, n: int, tolerance: float = TOLERANCE) -> SparseCollision:
        """The collision of a model, exact enough for ``n`` of them.

        Raises:
            InputError: if the memory does not suffice, or rounding alone is larger than the tolerance.
        """
        d, a = 2**model.num_system_qubits, 2**model.num_ancilla_qubits
        need = matrix_free_bytes(model)
        require_memory(need, f"a matrix-free collision of {model.num_qubits} qubits", "use a smaller model")
        expansion = Expansion.unitary(sparse_matrix(model.hamiltonian), model.dt, tolerance / (4 * n))
        if 2 * n * expansion.error > tolerance:
            raise InputError(
                f"the tolerance is {tolerance:g}, but rounding alone is up to {2 * n * expansion.error:.1g} after {n} "
                "collisions: give a larger tolerance="
            )
        observables = tuple(sparse_matrix(operator).T.tocsr() for operator in ledger_observables(model))
        fit = max(1, min(a, (MOST_STATES - 1) // a))
        rows = max(k for k in range(1, fit + 1) if a % k == 0)
        return cls(gibbs_state(model.ancilla), expansion, observables, d, rows)

    def step(self, state: Complex) -> tuple[Complex, Real]:
        """The state after a collision, and the means of the observables there."""
        d, a = self.dimension, len(self.thermal)
        after = np.zeros((d, d), dtype=complex)
        means = np.zeros(len(self.observables))
        rows = np.empty((self.rows_at_once, a, d, d), dtype=complex)
        for first in range(0, a, self.rows_at_once):
            self._from_left(state, first, rows)
            for j in range(self.rows_at_once):
                means += self._from_right(rows[j].reshape(a * d, d), first + j, after)
        return after, means

    def _from_left(self, state: Complex, first: int, rows: Complex) -> None:
        """Write rows ``first`` and following of U (eta x rho), transposed, into ``rows``, (number of rows, a, d, d)."""
        d, a = self.dimension, len(self.thermal)
        for i in range(a):
            if not self.thermal[:, i].any():
                rows[:, i] = 0
                continue

            def move(block: slice, i: int = i) -> None:
                columns = np.multiply.outer(self.thermal[:, i], state[:, block]).reshape(a * d, -1)
                moved = self.expansion(columns).reshape(a, d, -1)
                rows[:, i, block] = moved[first : first + self.rows_at_once].swapaxes(1, 2)

            in_parallel(move, self._blocks())

    def _from_right(self, rows: Complex, j: int, after: Complex) -> Real:
        """Add the diagonal block of the rows of ancilla state j times U^dagger; return the observables' means there."""
        d = self.dimension

        def move(block: slice) -> Real:
            # (Y U^dagger)^dagger = U Y^dagger: rows become columns
            moved = self.expansion(np.conj(rows[:, block]))
            after[block] += moved[j * d : (j + 1) * d].conj().T
            parts = (item[j * d + block.start : j * d + block.stop].tocoo() for item in self.observables)
            means = [np.sum(part.data * moved[part.coords[1], part.coords[0]].conj()).real for part in parts]
            return np.array(means)

        return np.asarray(sum(in_parallel(move, self._blocks())))

    def work(self) -> float:
        """Multiplications that a collision takes, in those of dense matrices."""
        products = SPARSE_COST * self.expansion.doubled.nnz * (self.expansion.order + 2)
        return float(2 * len(self.thermal) * self.dimension * products)

    def _blocks(self) -> list[slice]:
        width = max(8, BLOCK // (self.dimension * len(self.thermal)))
        return [slice(start, min(start + width, self.dimension)) for start in range(0, self.dimension, width)]


def initial_state(model: Model, initial: Any = None) -> Complex:
    """The initial state, (d, d): large thermal ones without eigenvalues, pure ones without a check of their matrix.

    Raises:
        InputError: if it has the wrong size or is not a state.
    """
    if model.num_system_qubits < SMALLEST_SPARSE_START or not model.physical.all():
        return initial_density_matrix(model, initial)
    d = 2**model.num_system_qubits
    if initial is None:
        half = Expansion.decay(sparse_matrix(model.system), 0.5, 1e-15)
        state = np.eye(d, dtype=complex)
        for start in range(0, d, 64):
            state[start : start + 64] = half(np.ascontiguousarray(state[start : start + 64].T)).conj().T
        state = state @ state
        return hermitian_part(state / np.trace(state).real)
    if isinstance(initial, str) and len(initial) == model.num_system_qubits and set(initial) <= set(LABELS):
        vector = np.asarray(Statevector.from_label(initial).data)
        return np.outer(vector, vector.conj())
    return initial_density_matrix(model, initial)


def ledger_observables(model: CollisionModel) -> list[SparsePauliOp]:
    """What the ledger needs of a joint state: H_A, H_SA and the observables of the entropy flow."""
    return [model.joint_ancilla, model.interaction, *flow_observables(model)]


def stepped(
    model: CollisionModel, state: Complex, collisions: NDArray[np.int64], tolerance: float = TOLERANCE
) -> tuple[Complex, Real, Real]:
    """States, and heat, work and entropy flow as columns, one collision after the other, and the bound of their error.

    Args:
        model: the collision model.
        state: the initial one, (d, d).
        collisions: those whose states are kept, starting with 0, (m + 1,).
        tolerance: of the last state, in trace norm.

    Returns:
        ``(states, ledger, error)``, with the bound of the error of every state in trace norm, (m + 1,).

    Raises:
        InputError: if the memory does not suffice, or rounding alone is larger than the tolerance.
    """
    n, tolerance = int(collisions[-1]), min(tolerance, LARGEST_TOLERANCE)
    collision = SparseCollision.of(model, n, tolerance)
    signs = np.array([-1.0, -1.0, *(1.0 for _ in collision.observables[2:])])
    before = [reduced_observable(operator, collision.thermal, model) for operator in ledger_observables(model)]
    states = np.empty((len(collisions), *state.shape), dtype=complex)
    states[0] = state
    ledger = np.zeros((len(collisions) - 1, len(before)))
    lost = np.zeros(len(collisions))
    step = Stepper(collision, state, tolerance / (8 * n))
    for index in range(len(collisions) - 1):
        for _ in range(int(collisions[index + 1] - collisions[index])):
            after, means = step(state)
            ledger[index] += signs * (means - [mean(operator, state) for operator in before])
            state = after
            state /= np.trace(state).real
        states[index + 1] = state
        lost[index + 1] = step.lost
    return states, ledger, 2 * collision.expansion.error * collisions + lost


class Stepper:
    """Collisions one after the other, by factors of the state where that is less work.

    Args:
        collision: by the whole density matrix.
        state: the initial one, whose blocks are those of all that follow.
        allowed: trace norm that the factors of one state may leave out.

    Attributes:
        lost: bound of what was left out and lost in rounding so far, in trace norm.
    """

    def __init__(self, collision: SparseCollision, state: Complex, allowed: float) -> None:
        self.collision, self.allowed, self.lost = collision, allowed, 0.0
        # two transpositions in the observables of the sparse collision, which reads rows: O is Hermitian
        observables = tuple(observable.T.tocsr() for observable in collision.observables)
        self.factored = FactoredCollision.of(collision.expansion, observables, collision.thermal, state)

    def __call__(self, state: Complex) -> tuple[Complex, Real]:
        """The state after a collision, and the means of the observables there."""
        factors, left_out = self.factored.factors(state, self.allowed)
        if self.factored.work([factor.shape[1] for factor in factors]) < self.collision.work():
            after, means = self.factored.step(factors, len(state))
            self.lost += 2 * (left_out + self.factored.noise)
        else:
            after, means = self.collision.step(state)
            after = hermitian_part(after)
            self.lost += abs(float(np.trace(after).real) - 1)
        return after, means


def second_order_stepped(
    model: CollisionModel, state: Complex, collisions: NDArray[np.int64]
) -> tuple[Complex, Real, Real]:
    r"""The same for the map of second order in dt, a polynomial of the Hamiltonian, which needs no expansion.

    .. math:: \rho' = \rho - i\,\delta t\,[G, \rho] - \tfrac{\delta t^2}{2}\left(\{G_2, \rho\}
        - 2\,\mathrm{Tr}_A[H(\eta\otimes\rho)H]\right),\quad G = \mathrm{Tr}_A[H\eta],\ G_2 = \mathrm{Tr}_A[H^2\eta]
    """
    require_memory(
        matrix_free_bytes(model), f"a matrix-free collision of {model.num_qubits} qubits", "use a smaller one"
    )
    dt, d = model.dt, 2**model.num_system_qubits
    thermal = gibbs_state(model.ancilla)
    hamiltonian = sparse_matrix(model.hamiltonian)
    square = sparse.csr_array(hamiltonian @ hamiltonian)
    first, second = (traced(matrix, thermal, d) for matrix in (hamiltonian, square))
    jumps = _jumps(hamiltonian, thermal, d)
    changes = []
    for operator, sign in zip(ledger_observables(model), [-1.0, -1.0, 1.0, 1.0], strict=False):
        observable = sparse_matrix(operator)
        turned = hamiltonian @ observable - observable @ hamiltonian
        twice = hamiltonian @ turned - turned @ hamiltonian
        changes.append(traced(sparse.csr_array(sign * (1j * dt * turned - 0.5 * dt**2 * twice)), thermal, d))
    states = np.empty((len(collisions), *state.shape), dtype=complex)
    states[0] = state
    ledger = np.zeros((len(collisions) - 1, len(changes)))
    for index in range(len(collisions) - 1):
        for _ in range(int(collisions[index + 1] - collisions[index])):
            ledger[index] += [mean(operator, state) for operator in changes]
            drift = -1j * dt * (first @ state) - 0.5 * dt**2 * (second @ state)
            after = state + drift + drift.conj().T
            for jump in jumps:
                after += dt**2 * (jump @ (jump @ state).conj().T)
            state = hermitian_part(after)
            state /= np.trace(state).real
        states[index + 1] = state
    return states, ledger, np.zeros(len(collisions))


def hermitian_part(matrix: Complex) -> Complex:
    """(M + M^dagger) / 2, in the memory of M, block by block."""
    size = len(matrix)
    width = max(1, BLOCK * 4 // size)
    for start in range(0, size, width):
        block = slice(start, min(start + width, size))
        mean_block = (matrix[block, start:] + matrix[start:, block].conj().T) / 2
        matrix[block, start:] = mean_block
        matrix[start:, block] = mean_block.conj().T
    return matrix


def mean(operator: sparse.csr_array, state: Complex) -> float:
    """Tr[O rho] of a sparse Hermitian O."""
    entries = operator.tocoo()
    return float(np.sum(entries.data * state[entries.coords[1], entries.coords[0]]).real)


def reduced_observable(operator: SparsePauliOp, thermal: Complex, model: CollisionModel) -> sparse.csr_array:
    """Tr_A[O eta], the system's operator with the mean of O next to a fresh ancilla."""
    return traced(sparse_matrix(operator), thermal, 2**model.num_system_qubits)


def traced(joint: sparse.csr_array, thermal: Complex, dimension: int) -> sparse.csr_array:
    """Tr_A[O eta] of a sparse joint matrix."""
    entries = joint.tocoo()
    rows, columns = entries.coords
    weights = thermal[columns // dimension, rows // dimension]
    shape = (dimension, dimension)
    return sparse.csr_array((entries.data * weights, (rows % dimension, columns % dimension)), shape=shape)


def _jumps(hamiltonian: sparse.csr_array, thermal: Complex, dimension: int) -> Sequence[sparse.csr_array]:
    """The operators sqrt(p_l) <j|H|l> between the ancilla's basis and the eigenstates of its state."""
    weights, vectors = np.linalg.eigh(thermal)
    found = []
    for weight, vector in zip(weights, vectors.T, strict=True):
        if weight <= 0:
            continue
        column = sparse.kron(sparse.csr_array(np.sqrt(weight) * vector[:, None]), sparse.eye_array(dimension))
        image = sparse.csr_array(hamiltonian @ column)
        found += [image[start : start + dimension] for start in range(0, image.shape[0], dimension)]
    return [jump for jump in found if jump.nnz]


def matrix_free_bytes(model: CollisionModel) -> int:
    """Memory that the work of a matrix-free collision takes, beside the states that are kept."""
    states = (MOST_STATES + 3) * 4**model.num_system_qubits
    return int(COMPLEX_BYTES * (states + 8 * BLOCK) + 3 * sparse_bytes(model.hamiltonian))
