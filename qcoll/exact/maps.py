r"""Dynamical maps from the beginning, and whether information comes back.

The map :math:`\Lambda_n` takes the system's initial state to that after n collisions. If every intermediate map
:math:`V_n = \Lambda_{n+1}\Lambda_n^{-1}` is completely positive, the dynamics is divisible. Information that flows
back is seen in two states that become easier to tell apart again (H.-P. Breuer, E.-M. Laine and J. Piilo, Phys. Rev.
Lett. 103, 210401, 2009):

.. math::

    \mathcal N = \max_{\rho_1, \rho_2}\sum_n \max\!\big(0,\,
    D(\Lambda_{n+1}\rho_1, \Lambda_{n+1}\rho_2) - D(\Lambda_n\rho_1, \Lambda_n\rho_2)\big),
    \qquad D = \tfrac12\|\cdot\|_1 .
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SuperOp
from scipy.optimize import minimize

from ..errors import InputError
from ..limits import require_memory
from ..model.cycle import Cycle, Model, require_model
from ..model.states import checked_state
from ..trajectory.iterate import Record, recorded_collisions
from ..trajectory.pauli import Complex, Real, from_pauli_vector, pauli_matrices, to_pauli_vector, to_superop
from .channel import collision_matrix
from .memory import MemoryDynamics

#: Revivals below this are rounding.
NO_REVIVAL = 1e-13
#: A map of a larger condition has no inverse to speak of; what rounding does to a quotient, in units of the condition.
LARGEST_CONDITION, ROUNDINGS = 1e8, 1e-14
#: An intermediate map with a smallest Choi eigenvalue above minus this is completely positive.
POSITIVITY_TOLERANCE = 1e-9
#: Directions on the Bloch sphere among which the search for the best pair starts, and random pairs of larger systems.
DIRECTIONS, STARTS = 2000, 1000


@dataclass(frozen=True, eq=False)
class NonMarkovianity:
    """How much distinguishability comes back, summed over the collisions.

    Args:
        value: the measure, for the best pair that was found, or the pair that was given.
        pair: two states, (2, d, d).
        distances: their trace distance after every recorded collision, (m + 1,).
    """

    value: float
    pair: Complex
    distances: Real

    @property
    def revivals(self) -> Real:
        """What comes back between recorded collisions, (m,)."""
        rises = np.diff(self.distances)
        return np.where(rises > NO_REVIVAL, rises, 0.0)

    def __repr__(self) -> str:
        return f"NonMarkovianity: {self.value:.6g} in {np.count_nonzero(self.revivals)} revivals"


@dataclass(frozen=True, eq=False)
class DynamicalMaps:
    """The maps from the beginning to chosen collisions.

    Args:
        collisions: how many collisions, starting with 0, (m + 1,).
        matrices: Pauli transfer matrices, (m + 1, d**2, d**2).
        steps: the maps in between, (m, d**2, d**2), where they are known without a division.
    """

    collisions: NDArray[np.int64]
    matrices: Real
    steps: Real | None = None

    def __len__(self) -> int:
        return len(self.collisions)

    def __getitem__(self, index: int) -> SuperOp:
        """The map to a recorded collision."""
        return to_superop(self.matrices[index])

    @functools.cached_property
    def intermediate(self) -> Real:
        """The maps from one recorded collision to the next, (m, d**2, d**2); nan where the first has no inverse.

        Without a memory they are powers of the channel, however little is left of the initial state.
        """
        if self.steps is not None:
            return self.steps
        steps = np.full((len(self) - 1, *self.matrices.shape[1:]), np.nan)
        for index, (first, second) in enumerate(zip(self.matrices, self.matrices[1:], strict=False)):
            if self._conditions[index] < LARGEST_CONDITION:
                steps[index] = np.linalg.solve(first.T, second.T).T
        return steps

    @functools.cached_property
    def smallest_choi_eigenvalues(self) -> Real:
        """Of the Choi matrix, of trace one, of each intermediate map, (m,): negative if not completely positive."""
        found = np.full(len(self) - 1, np.nan)
        for index, step in enumerate(self.intermediate):
            if not np.isnan(step).any():
                found[index] = np.linalg.eigvalsh(_choi(step))[0]
        return found

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether each intermediate map is known: so much is left of the initial state that it can be told, (m,)."""
        return ~np.isnan(self.smallest_choi_eigenvalues)

    @property
    def divisible(self) -> NDArray[np.bool_]:
        """Whether each intermediate map is known and completely positive, to 1e-9 and what rounding makes, (m,)."""
        tolerance = POSITIVITY_TOLERANCE + (0.0 if self.steps is not None else ROUNDINGS * self._conditions)
        return np.asarray(self.known & (self.smallest_choi_eigenvalues > -tolerance))

    @property
    def is_divisible(self) -> bool:
        """Whether no intermediate map is known that is not completely positive."""
        return bool(np.all(self.divisible | ~self.known))

    @functools.cached_property
    def _conditions(self) -> Real:
        """Conditions of the maps that are divided by, (m,)."""
        return np.array([np.linalg.cond(matrix) for matrix in self.matrices[:-1]])

    def distances(self, first: Any, second: Any) -> Real:
        """Trace distances of two initial states after every recorded collision, (m + 1,)."""
        size = (self.matrices.shape[1].bit_length() - 1) // 2
        pair = [
            checked_state(state, size, f"the {name} state", "system")
            for name, state in (("first", first), ("second", second))
        ]
        return self._distances(to_pauli_vector(pair[0] - pair[1]))

    def non_markovianity(self, pair: tuple[Any, Any] | None = None, *, seed: int = 0) -> NonMarkovianity:
        """The trace distance that comes back, summed (Breuer, Laine and Piilo).

        Args:
            pair: two states; ``None`` looks for the best. For one qubit these are opposite pure states, found on a grid
                of the sphere and refined; for larger systems orthogonal pure states from random starts, so that the
                value is a lower bound.
            seed: of the random starts.

        Raises:
            InputError: for a pair that is none.
        """
        d = int(np.sqrt(self.matrices.shape[1]))
        if pair is not None:
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise InputError("a pair is two states")
            size = d.bit_length() - 1
            states = [checked_state(state, size, f"state {k} of the pair", "system") for k, state in enumerate(pair)]
            return self._of(np.array(states))
        return self._of(self._best_qubit_pair() if d == 2 else self._best_pair(d, seed))

    def _of(self, pair: Complex) -> NonMarkovianity:
        distances = self._distances(to_pauli_vector(pair[0] - pair[1]))
        found = NonMarkovianity(0.0, pair, distances)
        return NonMarkovianity(float(found.revivals.sum()), pair, distances)

    def _distances(self, difference: Real) -> Real:
        """Half the trace norm of the images of a Hermitian operator."""
        images = from_pauli_vector(self.matrices @ difference)
        return np.asarray(np.abs(np.linalg.eigvalsh(images)).sum(axis=-1) / 2)

    def _best_qubit_pair(self) -> Complex:
        blocks = self.matrices[:, 1:, 1:]

        def returned(directions: Real) -> Real:
            """What comes back for unit Bloch vectors (k, 3)."""
            lengths = np.linalg.norm(blocks @ directions.T, axis=1)
            rises = np.diff(lengths, axis=0)
            return np.asarray(np.where(rises > NO_REVIVAL, rises, 0.0).sum(axis=0))

        grid = _sphere(DIRECTIONS)
        start = grid[int(np.argmax(returned(grid)))]
        polar = np.array([np.arccos(np.clip(start[2], -1, 1)), np.arctan2(start[1], start[0])])
        refined = minimize(lambda angles: -float(returned(_direction(angles)[None])[0]), polar, method="Nelder-Mead")
        best = max((start, _direction(refined.x)), key=lambda vector: float(returned(vector[None])[0]))
        return np.array([from_pauli_vector(np.concatenate([[1.0], sign * best])) for sign in (1.0, -1.0)])

    def _best_pair(self, d: int, seed: int) -> Complex:
        starts = np.random.default_rng(seed).normal(size=(STARTS, 4 * d))
        values = [self._of(_pure_pair(start, d)).value for start in starts]
        best = starts[int(np.argmax(values))]
        effort = {"maxfev": STARTS, "adaptive": True}
        refined = minimize(lambda x: -self._of(_pure_pair(x, d)).value, best, method="Nelder-Mead", options=effort)
        return _pure_pair(refined.x if -refined.fun > max(values) else best, d)


def dynamical_maps(model: Model, n: int, *, record: Record = 1) -> DynamicalMaps:
    r"""The maps :math:`\Lambda_0 = 1, \dots, \Lambda_n` of the system from the beginning.

    Without a memory :math:`\Lambda_n = \mathcal E^n`, and everything is divisible.

    Args:
        model: the collision model, with a memory or not, or a cycle.
        n: number of collisions, or cycles, positive.
        record: keep every ``record``-th, or the chosen ones.

    Raises:
        InputError: for a bad n or record, or if the maps do not fit into memory.

    >>> import qcoll
    >>> maps = qcoll.dynamical_maps(qcoll.models.remembering_bath(swap=0.95), n=20)
    >>> maps.is_divisible, bool(maps.non_markovianity().value > 0.1)
    (False, True)
    """
    require_model(model)
    collisions = recorded_collisions(n, record)
    size = 4**model.num_system_qubits
    require_memory(16 * len(collisions) * size**2, f"{len(collisions)} dynamical maps", "keep fewer with record=")
    if isinstance(model, Cycle) or model.memory is None:
        period = collision_matrix(model)
        first, embed, reduce = period, np.eye(size), np.eye(size)
    else:
        dynamics = MemoryDynamics.of(model)
        (first, _), (period, _) = dynamics.transfer()
        basis = np.asarray(pauli_matrices(model.num_system_qubits))
        embed = to_pauli_vector(dynamics.first(basis)).T / basis.shape[-1]
        joint = np.asarray(pauli_matrices(model.num_qubits))
        reduce = to_pauli_vector(dynamics.joint.trace_ancilla(joint)).T / joint.shape[-1]
    matrices = np.empty((len(collisions), size, size))
    matrices[0], whole, done = np.eye(size), embed, 0
    for index, chosen in enumerate(collisions[1:].tolist(), start=1):
        while done < chosen:
            whole, done = (first if done == 0 else period) @ whole, done + 1
        matrices[index] = reduce @ whole
    steps = None
    if isinstance(model, Cycle) or model.memory is None:
        steps = np.array([np.linalg.matrix_power(period, int(gap)) for gap in np.diff(collisions)])
    return DynamicalMaps(collisions, matrices, steps)


def non_markovianity(model: Model, n: int, pair: tuple[Any, Any] | None = None) -> NonMarkovianity:
    """How much distinguishability comes back within ``n`` collisions: :meth:`DynamicalMaps.non_markovianity`.

    >>> import qcoll
    >>> qcoll.non_markovianity(qcoll.example_2(), n=30)
    NonMarkovianity: 0 in 0 revivals
    """
    return dynamical_maps(model, n).non_markovianity(pair)


def _choi(matrix: Real) -> Complex:
    """The Choi matrix of trace one of a Pauli transfer matrix."""
    superop = to_superop(matrix).data
    d = int(np.sqrt(len(superop)))
    return np.asarray(superop.reshape(d, d, d, d).transpose(3, 1, 2, 0).reshape(d * d, d * d) / d)


def _sphere(count: int) -> Real:
    """Nearly even directions, (count, 3), with the axes among them."""
    index = np.arange(count) + 0.5
    height, turn = 1 - 2 * index / count, np.pi * (1 + np.sqrt(5)) * index
    radius = np.sqrt(1 - height**2)
    return np.vstack([np.eye(3), np.stack([radius * np.cos(turn), radius * np.sin(turn), height], axis=1)])


def _direction(angles: Real) -> Real:
    return np.array([np.sin(angles[0]) * np.cos(angles[1]), np.sin(angles[0]) * np.sin(angles[1]), np.cos(angles[0])])


def _pure_pair(parameters: Real, d: int) -> Complex:
    """Two orthogonal pure states, (2, d, d), from 4 d real numbers."""
    columns = (parameters[: 2 * d] + 1j * parameters[2 * d :]).reshape(d, 2)
    vectors, _ = np.linalg.qr(columns)
    return np.asarray(np.einsum("ik,jk->kij", vectors, vectors.conj()))
