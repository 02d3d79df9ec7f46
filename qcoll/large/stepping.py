r"""A chain on its way: which splitting its collisions take, what they drop, and a coarser chain beside it.

The coarser chain drops several times as much and is split into fewer gates. What is different on sites and pairs of
neighbours is an estimate of the error: where the coarser chain's error is at least twice that of the finer one, it is
not smaller than the finer one's.
"""

from __future__ import annotations

import numpy as np

from ..trajectory.pauli import Real
from .chain_state import ChainState, Truncation, distance
from .collision import ChainCollision
from .initial import COARSER
from .splitting import Splitting, ladder

#: The difference between a splitting and one of twice the steps, made up to the splitting's own error, of low order.
TO_OWN_ERROR = 4 / 3
#: A difference below this share of what truncations drop is theirs, which more steps do not make smaller.
BLUR = 2.0


class Stepping:
    """A chain on its way.

    Args:
        collision: of the chain.
        state: the initial one.
        budget: norm of what the truncations of one collision may drop, and of what its splitting may change.
        bond_dimension: the largest that is kept.
        cutoff: norm of what a layer may drop, instead.

    Attributes:
        splitting: what collisions are split into now.
        dropped: norm of what every collision has dropped.
    """

    def __init__(
        self,
        collision: ChainCollision,
        state: ChainState,
        budget: float,
        bond_dimension: int,
        cutoff: float | None = None,
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


class Companion:
    """The coarser chain beside another.

    Args:
        finer: the other one.
        state: the initial one.
    """

    def __init__(self, finer: Stepping, state: ChainState) -> None:
        self.finer, self.state = finer, state
        self._bond_dimension = max(1, finer.bond_dimension // 2)

    def next(self) -> None:
        """One more collision."""
        splitting = self.finer.splitting.coarser
        budget = self.finer.budget / len(splitting.layers) if self.finer.cutoff is None else self.finer.cutoff
        self.finer.collision.collide(self.state, splitting, Truncation(COARSER * budget, self._bond_dimension))

    def difference(self) -> float:
        """The largest one in the mean of a Pauli string on a site or on two neighbours."""
        return float(np.abs(self.state.neighbour_means() - self.finer.state.neighbour_means()).max())
