r"""Collisions of long chains: the density operator as a matrix product, collisions as gates with truncation.

In a collision the sites that meet an ancilla hold it beside their own qubit; afterwards it is traced out, exactly. Two
things are approximate, and both are measured while they happen: what truncations drop (:mod:`.chain_state`), and what
the splitting into gates makes of a collision, from the same collision with twice the steps, at the collisions 1, 2, 4,
8, ... and the last (:mod:`.stepping`). Their sums are in ``error_bound``, which is far above the true error as a rule;
``error_estimate`` is the difference from a coarser chain that runs beside this one.
"""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import PauliList

from ..errors import AccuracyWarning
from ..limits import require_memory
from ..model.collision import CollisionModel
from ..trajectory.entropy import entropy_flow
from ..trajectory.large import LargeTrajectory
from ..trajectory.pauli import Real
from .chain_state import ChainState
from .collision import ChainCollision
from .initial import initial_chain
from .layout import Layout
from .splitting import ladder
from .stepping import Companion, Stepping

#: Error of observables of norm 1, unless another is asked for.
TOLERANCE = 1e-3
#: Bond dimension, unless another is asked for.
BOND_DIMENSION = 256


class ChainTrajectory(LargeTrajectory):
    """What collisions make of a chain, with matrix products for states.

    Args:
        layout: the chain.
        chains: the state after every recorded collision.
        truncation_error: what truncations have dropped so far, (m + 1,).
        splitting_error: what the splitting has changed so far, (m + 1,).
        error_estimate: the largest difference in a Pauli string on one site or two neighbours between this chain and
            one that drops four times as much, keeps half the bond dimension and is split into fewer gates, (m + 1,).
            No bound: it is above the true error of such strings where the coarser chain's is at least twice as large.
        fields: those of :class:`.LargeTrajectory`.
    """

    layout: Layout
    chains: list[ChainState]
    truncation_error: Real
    splitting_error: Real
    error_estimate: Real

    def __init__(
        self,
        *,
        layout: Layout,
        chains: list[ChainState],
        truncation_error: Real,
        splitting_error: Real,
        error_estimate: Real,
        **fields: Any,
    ) -> None:
        super().__init__(error_bound=truncation_error + splitting_error, **fields)
        values = {"layout": layout, "chains": chains}
        values |= {"truncation_error": truncation_error, "splitting_error": splitting_error}
        values |= {"error_estimate": error_estimate}
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"{super().__repr__()}, on one or two sites about {self.error_estimate[-1]:.1e}"

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
    state, coarse, initial_error = initial_chain(layout, initial, bond_dimension, tolerance)
    run = Stepping(collision, state, tolerance / (2 * n), bond_dimension, cutoff)
    companion = Companion(run, coarse)
    chains, ledger, differences = [run.state.copy()], [], [companion.difference()]
    for start, stop in itertools.pairwise(collisions):
        changes = []
        for number in range(int(start) + 1, int(stop) + 1):
            companion.next()
            changes.append(run.next(is_last=number == n))
        ledger.append(np.sum(changes, axis=0))
        chains.append(run.state.copy())
        differences.append(companion.difference())
    entries = np.array(ledger)
    parts = len(layout.parts)
    truncation = np.concatenate([[0.0], np.cumsum(run.dropped)])[collisions] + initial_error
    splitting = np.concatenate([[0.0], np.cumsum(run.splitting_errors())])[collisions]
    found = ChainTrajectory(
        layout=layout,
        chains=chains,
        truncation_error=truncation,
        splitting_error=splitting,
        error_estimate=np.minimum(differences, truncation + splitting),
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
