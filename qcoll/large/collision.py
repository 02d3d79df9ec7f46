"""One collision of a chain: ancillas that come and go, gates in between, and the means of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from ..model.ancilla import Ancilla
from ..model.operators import from_matrix
from ..trajectory.pauli import Real, from_pauli_vector, functional
from .block_algebra import without_noise
from .chain_state import ChainState, Truncation
from .layout import Layout, Term, terms_of
from .splitting import Gates, Splitting


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
            joined = np.einsum("lpr,q->lpqr", state.tensors[part.site], without_noise(part.thermal))
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
