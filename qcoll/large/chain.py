r"""Collisions of long chains: the density operator as a matrix product, collisions as gates with truncation.

In a collision the sites that meet an ancilla hold it beside their own qubit; afterwards it is traced out, exactly. Two
things are approximate, and both are measured while they happen: what truncations drop (:mod:`.chain_state`), and what
the splitting into gates makes of a collision, from the same collision with twice the steps, at the collisions 1, 2, 4,
8, ... and the last. Their sums are in ``error_bound``.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import PauliList, SparsePauliOp

from ..errors import AccuracyWarning
from ..limits import require_memory
from ..model.ancilla import Ancilla
from ..model.collision import CollisionModel
from ..model.operators import from_matrix
from ..trajectory.entropy import entropy_flow
from ..trajectory.large import LargeTrajectory
from ..trajectory.pauli import Real, from_pauli_vector, functional
from .chain_state import ChainState, Truncation, distance
from .initial import initial_chain
from .layout import Layout, Term, terms_of
from .splitting import Gates, Splitting, ladder

#: Error of observables of norm 1, unless another is asked for.
TOLERANCE = 1e-3
#: Bond dimension, unless another is asked for.
BOND_DIMENSION = 256
#: The difference between a splitting and one of twice the steps, made up to the splitting's own error, of low order.
TO_OWN_ERROR = 4 / 3
#: A difference below this share of what truncations drop is theirs, which more steps do not make smaller.
BLUR = 2.0


class ChainTrajectory(LargeTrajectory):
    """What collisions make of a chain, with matrix products for states.

    Args:
        layout: the chain.
        chains: the state after every recorded collision.
        truncation_error: what truncations have dropped so far, (m + 1,).
        splitting_error: what the splitting has changed so far, (m + 1,).
        fields: those of :class:`.LargeTrajectory`.
    """

    layout: Layout
    chains: list[ChainState]
    truncation_error: Real
    splitting_error: Real

    def __init__(
        self, *, layout: Layout, chains: list[ChainState], truncation_error: Real, splitting_error: Real, **fields: Any
    ) -> None:
        super().__init__(error_bound=truncation_error + splitting_error, **fields)
        values = {"layout": layout, "chains": chains}
        values |= {"truncation_error": truncation_error, "splitting_error": splitting_error}
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def bond_dimensions(self) -> NDArray[np.int64]:
        """The largest bond dimension of every state, (m + 1,)."""
        return np.array([max(chain.bonds, default=1) for chain in self.chains])

    def pauli_means(self, paulis: PauliList) -> Real:
        """Expectation values of Pauli strings, (m + 1, strings)."""
        letters = np.array([0, 1, 3, 2])[np.asarray(paulis.x) + 2 * np.asarray(paulis.z)]
        letters = letters[:, list(self.layout.order)]
        return np.array([_string_means(chain, letters) for chain in self.chains])


def _string_means(chain: ChainState, letters: NDArray[np.int64]) -> Real:
    """Entries r_P of a matrix product."""
    left, right = chain.edges_from_left(), chain.edges_from_right()
    found = np.empty(len(letters))
    for index, string in enumerate(letters):
        support = np.flatnonzero(string)
        if not len(support):
            found[index] = float(left[-1][0])
            continue
        vector = left[support[0]]
        for site in range(support[0], support[-1] + 1):
            vector = vector @ chain.tensors[site][:, string[site], :]
        found[index] = float(vector @ right[support[-1] + 1])
    return found


@dataclass(frozen=True, eq=False)
class Mean:
    """An observable on one or two sites of a chain."""

    sites: tuple[int, int]
    row: Real

    @classmethod
    def of(cls, layout: Layout, terms: Sequence[Term]) -> list[Mean]:
        """A sum of terms as observables of as few sites as may be."""
        groups: dict[tuple[int, int], list[Term]] = {}
        for term in terms:
            if sites := layout.sites_of(term[1]):
                groups.setdefault((sites[0], sites[-1]), []).append(term)
        return [
            cls(sites, functional(layout.matrix(own, range(sites[0], sites[1] + 1)))) for sites, own in groups.items()
        ]


class ChainCollision:
    """One collision of a chain."""

    def __init__(self, layout: Layout) -> None:
        model = layout.model
        n = model.num_system_qubits
        self.layout = layout
        self.gates = Gates(layout, layout.terms, model.dt)
        ancilla = [
            (value, tuple(q + n for q in support), letters)
            for value, support, letters in terms_of(model.ancilla.hamiltonian)
        ]
        self._energies = [
            Mean.of(layout, [term for term in ancilla if set(term[1]) <= set(part.qubits) and term[1]])
            for part in layout.parts
        ]
        self._interaction = Mean.of(layout, terms_of(model.interaction))
        self._flows = _flows(layout)

    def attach(self, state: ChainState) -> None:
        """Give the sites their fresh parts of the ancilla."""
        for part in self.layout.parts:
            left, _, right = state.tensors[part.site].shape
            joined = np.einsum("lpr,q->lpqr", state.tensors[part.site], part.thermal)
            state.tensors[part.site] = joined.reshape(left, -1, right)
        state.canonicalise(0)

    def detach(self, state: ChainState) -> None:
        """Trace them out."""
        for part in self.layout.parts:
            left, p, right = state.tensors[part.site].shape
            split = state.tensors[part.site].reshape(left, 4, p // 4, right)
            state.tensors[part.site] = np.ascontiguousarray(split[:, :, 0])
        state.canonicalise(0)

    def ledger(self, state: ChainState) -> Real:
        """Energies of the ancilla's parts, of the interaction, and the observables of the entropy flow."""
        left, right = state.edges_from_left(), state.edges_from_right()

        def value(means: Sequence[Mean]) -> float:
            return sum(_local(state, left, right, mean) for mean in means)

        return np.array([*map(value, self._energies), value(self._interaction), *map(value, self._flows)])

    def evolve(self, state: ChainState, splitting: Splitting, truncation: Truncation) -> float:
        """The gates of one collision; returns the norm of what was dropped."""
        layers = [(parity, fraction) for parity, fraction in splitting.layers if parity < len(state) - 1]
        return sum(state.apply_layer(self.gates.layer(*layer), truncation) for layer in layers)

    def collide(self, state: ChainState, splitting: Splitting, truncation: Truncation) -> tuple[float, Real]:
        """One collision in place; returns what was dropped and the changes of the ledger's observables."""
        self.attach(state)
        before = self.ledger(state)
        dropped = self.evolve(state, splitting, truncation)
        trace = state.trace()
        state.scale(1 / trace)
        changes = self.ledger(state) - before
        self.detach(state)
        return dropped + abs(trace - 1), changes


def _local(state: ChainState, left: list[Real], right: list[Real], mean: Mean) -> float:
    first, last = mean.sites
    block = left[first][None, :]
    for site in range(first, last + 1):
        block = np.tensordot(block, state.tensors[site], (-1, 0)).reshape(-1, state.tensors[site].shape[2])
    return float(mean.row @ (block @ right[last + 1]))


def _flows(layout: Layout) -> list[list[Mean]]:
    """The modular Hamiltonians of parts in given states, and the projectors onto what is not in their support."""
    if layout.model.ancilla.state is None:
        return []
    modular: list[Mean] = []
    rest: list[Mean] = []
    for part in layout.parts:
        state = from_pauli_vector(part.thermal)
        own = Ancilla(hamiltonian=SparsePauliOp("I" * len(part.qubits), 0.0), state=from_matrix(state))
        for operator, found in zip(own.modular_hamiltonian, (modular, rest), strict=True):
            if operator is not None:
                terms = [(v, tuple(part.qubits[q] for q in s), x) for v, s, x in terms_of(operator) if s]
                found += Mean.of(layout, terms)
    return [modular, rest] if rest else [modular]


def evolve_chain(
    model: CollisionModel,
    collisions: NDArray[np.int64],
    initial: Any = None,
    *,
    tolerance: float = TOLERANCE,
    bond_dimension: int = BOND_DIMENSION,
    cutoff: float | None = None,
) -> ChainTrajectory:
    """The trajectory of a chain.

    Args:
        model: the collision model, a chain (:mod:`.layout`).
        collisions: those whose states are kept, starting with 0.
        initial: as for :func:`.initial_chain`.
        tolerance: of observables of norm 1 at the end: half of it for truncations, half for the splitting.
        bond_dimension: the largest that is kept.
        cutoff: norm of what a layer of gates may drop, instead of what the tolerance allows.

    Raises:
        InputError: for a model that is no chain, or an initial state that is none of one.

    Warns:
        AccuracyWarning: where the bond dimension makes truncations drop more than the tolerance.
    """
    layout = Layout.of(model)
    n = int(collisions[-1])
    require_memory(
        8 * len(collisions) * sum(4 * a * b for a, b in _largest_bonds(layout.num_sites, bond_dimension)),
        f"a trajectory of {len(collisions)} matrix products of bond dimension {bond_dimension}",
        "keep fewer states with record=, or a smaller bond_dimension=",
    )
    collision = ChainCollision(layout)
    state, initial_error = initial_chain(layout, initial, bond_dimension, tolerance)
    run = _Run(collision, state, tolerance / (2 * n), bond_dimension, cutoff)
    chains, ledger = [run.state.copy()], []
    for start, stop in itertools.pairwise(collisions):
        changes = [run.next(is_last=number == n) for number in range(int(start) + 1, int(stop) + 1)]
        ledger.append(np.sum(changes, axis=0))
        chains.append(run.state.copy())
    entries = np.array(ledger)
    parts = len(layout.parts)
    found = ChainTrajectory(
        layout=layout,
        chains=chains,
        truncation_error=np.concatenate([[0.0], np.cumsum(run.dropped)])[collisions] + initial_error,
        splitting_error=np.concatenate([[0.0], np.cumsum(run.splitting_errors())])[collisions],
        model=model,
        kind=f"tensor network, bond dimension {max(max(chain.bonds, default=1) for chain in chains)}",
        collisions=collisions,
        heat_of_parts=-entries[:, :parts],
        work=-entries[:, parts],
        entropy_flow=entropy_flow(entries[:, parts + 1 :]),
    )
    if found.truncation_error[-1] > tolerance and cutoff is None:
        warnings.warn(
            f"bond dimension {bond_dimension} drops up to {found.truncation_error[-1]:.1e} from observables of "
            f"{model.name!r}, but the tolerance is {tolerance:g}: take a larger bond_dimension=, or fewer collisions",
            AccuracyWarning,
            stacklevel=4,
        )
    elif found.splitting_error[-1] > tolerance and cutoff is None and run.splitting.steps >= ladder()[-1].steps:
        warnings.warn(
            f"the finest splitting into gates changes observables of {model.name!r} by up to "
            f"{found.splitting_error[-1]:.1e}, but the tolerance is {tolerance:g}: its collisions are long for the "
            'couplings; take fewer of them, or another method, "gaussian" or "matrix_free"',
            AccuracyWarning,
            stacklevel=4,
        )
    return found


def _largest_bonds(sites: int, largest: int) -> list[tuple[int, int]]:
    bonds = [1, *(min(largest, 4 ** min(k, sites - k, 20)) for k in range(1, sites)), 1]
    return list(itertools.pairwise(bonds))


class _Run:
    """A chain on its way, with the splitting that it takes and the errors so far."""

    def __init__(
        self, collision: ChainCollision, state: ChainState, budget: float, bond_dimension: int, cutoff: float | None
    ) -> None:
        self.collision, self.state = collision, state
        self.budget, self.bond_dimension, self.cutoff = budget, bond_dimension, cutoff
        self.splitting = self._choose()
        self.dropped: list[float] = []
        self._measured: list[tuple[int, float]] = []

    def next(self, *, is_last: bool) -> Real:
        """One more collision; returns the changes of the ledger's observables."""
        number = len(self.dropped) + 1
        if number & (number - 1) and not is_last:
            dropped, changes = self._collide(self.state, self.splitting)
        else:
            coarse = self.state.copy()
            blurred, _ = self._collide(coarse, self.splitting)
            dropped, changes = self._collide(self.state, self.splitting.finer)
            error = TO_OWN_ERROR * distance(coarse, self.state)
            self._measured.append((number, error))
            if error > max(self.budget, BLUR * (blurred + dropped)):
                self.splitting = self.splitting.finer
        self.dropped.append(dropped)
        return changes

    def splitting_errors(self) -> Real:
        """Of every collision: the larger one of those measured before and after it."""
        numbers = np.arange(1, len(self.dropped) + 1)
        at, errors = np.array([item[0] for item in self._measured]), np.array([item[1] for item in self._measured])
        after = np.searchsorted(at, numbers)
        return np.asarray(np.maximum(errors[after], errors[np.maximum(after - 1, 0)]))

    def _collide(self, state: ChainState, splitting: Splitting) -> tuple[float, Real]:
        budget = self.budget / len(splitting.layers) if self.cutoff is None else self.cutoff
        return self.collision.collide(state, splitting, Truncation(budget, self.bond_dimension))

    def _choose(self) -> Splitting:
        """The splitting with the fewest layers that is good enough in the first collision."""
        for splitting in ladder():
            coarse, fine = self.state.copy(), self.state.copy()
            blurred = self._collide(coarse, splitting)[0] + self._collide(fine, splitting.finer)[0]
            if TO_OWN_ERROR * distance(coarse, fine) <= max(self.budget, BLUR * blurred):
                return splitting
        return ladder()[-1]
