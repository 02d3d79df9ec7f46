r"""The density matrix of a chain as a matrix product of real tensors in the Pauli basis.

.. math:: r_{P_1\dots P_N} = \mathrm{Tr}[P_1\cdots P_N\,\rho] = A^{P_1}_1 A^{P_2}_2\cdots A^{P_N}_N

Unitary gates rotate the vector r, so that in the canonical form what a truncation drops is a distance of vectors,
:math:`\|\delta r\|_2`. An observable :math:`O = \sum_P o_P P` changes by at most :math:`\|o\|_2\,\|\delta r\|_2`, and
:math:`\|o\|_2 \le \|O\|` whatever happens afterwards, because a unital map does not enlarge :math:`\|O\|`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..trajectory.pauli import Real
from .block_algebra import orthogonal, truncated, without_noise


@dataclass(frozen=True)
class Truncation:
    """What a layer of gates may drop.

    Args:
        budget: norm of what one layer may drop.
        largest: bond dimension, whatever is dropped then.
    """

    budget: float
    largest: int


@dataclass(eq=False)
class ChainState:
    """A matrix product; ``centre`` is the site that all others are isometric towards.

    Args:
        tensors: (left, p, right) of every site.
        centre: of the canonical form.
    """

    tensors: list[Real]
    centre: int = 0
    _norms: list[float] = field(default_factory=list)

    @classmethod
    def product(cls, vectors: Sequence[Real]) -> ChainState:
        """A product of Pauli vectors."""
        state = cls([without_noise(np.asarray(vector, dtype=float)).reshape(1, -1, 1) for vector in vectors])
        state.canonicalise(0)
        return state

    def copy(self) -> ChainState:
        """Another that may be changed on its own."""
        return ChainState([tensor.copy() for tensor in self.tensors], self.centre)

    def __len__(self) -> int:
        return len(self.tensors)

    @property
    def bonds(self) -> list[int]:
        """Bond dimensions, (N - 1,)."""
        return [tensor.shape[2] for tensor in self.tensors[:-1]]

    def canonicalise(self, centre: int) -> None:
        """Make all sites isometric towards one, whatever they were."""
        for site in range(centre):
            self._move_right(site)
        for site in range(len(self) - 1, centre, -1):
            self._move_left(site)
        self.centre = centre

    def move(self, centre: int) -> None:
        """Move the centre."""
        while self.centre < centre:
            self._move_right(self.centre)
            self.centre += 1
        while self.centre > centre:
            self._move_left(self.centre)
            self.centre -= 1

    def apply_layer(self, gates: Mapping[int, Real], truncation: Truncation) -> float:
        """Gates on bonds that share no site, from the end at which the centre is to the other end.

        What the truncations of one sweep drop is orthogonal, so that the squares of the norms add up.

        Args:
            gates: for bond k, between the sites k and k + 1, a matrix (p q, p q).
            truncation: what may be dropped.

        Returns:
            The norm of what was dropped.
        """
        last = len(self) - 1
        rightward = self.centre <= last // 2
        self.move(0 if rightward else last)
        allowed = truncation.budget / np.sqrt(max(1, len(gates)))
        dropped = 0.0
        bonds = range(last) if rightward else range(last - 1, -1, -1)
        for bond in bonds:
            gate = gates.get(bond)
            if gate is None:
                self.move(bond + 1 if rightward else bond)
            else:
                dropped += self._apply(gate, bond, allowed, truncation.largest, rightward=rightward) ** 2
        return float(np.sqrt(dropped))

    def compress(self, truncation: Truncation) -> None:
        """Drop what a layer may drop, without gates."""
        self.move(0)
        sizes = [tensor.shape[1] for tensor in self.tensors]
        for bond in range(len(self) - 1):
            unit = np.eye(sizes[bond] * sizes[bond + 1])
            self._apply(unit, bond, truncation.budget / np.sqrt(len(self)), truncation.largest, rightward=True)

    def _apply(self, gate: Real, bond: int, allowed: float, largest: int, *, rightward: bool) -> float:
        """One gate, and a truncation of its bond; the centre moves past it."""
        first, second = self.tensors[bond], self.tensors[bond + 1]
        left, p, _ = first.shape
        _, q, right = second.shape
        pair = np.tensordot(first, second, (2, 0)).reshape(left, p * q, right)
        pair = np.matmul(gate, pair).reshape(left * p, q * right)
        u, s, v, lost = truncated(pair, allowed, largest)
        kept = len(s)
        if rightward:
            v = s[:, None] * v
        else:
            u = u * s
        self.tensors[bond], self.tensors[bond + 1] = u.reshape(left, p, kept), v.reshape(kept, q, right)
        self.centre = bond + 1 if rightward else bond
        return lost

    def _move_right(self, site: int) -> None:
        left, p, right = self.tensors[site].shape
        q, r = orthogonal(self.tensors[site].reshape(left * p, right))
        self.tensors[site] = q.reshape(left, p, -1)
        self.tensors[site + 1] = np.tensordot(r, self.tensors[site + 1], (1, 0))

    def _move_left(self, site: int) -> None:
        left, p, right = self.tensors[site].shape
        q, r = orthogonal(self.tensors[site].reshape(left, p * right).T)
        self.tensors[site] = np.ascontiguousarray(q.T).reshape(-1, p, right)
        self.tensors[site - 1] = np.tensordot(self.tensors[site - 1], r.T, (2, 0))

    def norm(self) -> float:
        """Of the vector r."""
        return float(np.linalg.norm(self.tensors[self.centre]))

    def trace(self) -> float:
        """Of the density matrix."""
        return float(self.edges_from_left()[-1][0])

    def edges_from_left(self) -> list[Real]:
        """For every bond the vector (D,) of what is left of it, traced; from the left end to the right one."""
        found = [np.ones(1)]
        for tensor in self.tensors:
            found.append(found[-1] @ tensor[:, 0, :])
        return found

    def edges_from_right(self) -> list[Real]:
        """The same of what is right of it; entry k is the bond left of site k."""
        found = [np.ones(1)]
        for tensor in reversed(self.tensors):
            found.append(tensor[:, 0, :] @ found[-1])
        return found[::-1]

    def pauli_means(self, first: int, last: int) -> Real:
        """The Pauli vector of the sites from ``first`` to ``last``, those beyond traced out, shape (p, q, ...)."""
        block = self.edges_from_left()[first][None, :]
        for site in range(first, last + 1):
            block = np.tensordot(block, self.tensors[site], (-1, 0))
            block = block.reshape(-1, self.tensors[site].shape[2])
        return np.asarray(block @ self.edges_from_right()[last + 1])

    def neighbour_means(self) -> Real:
        """Means of the strings on every site and the next one, (N - 1, p, q), or (1, p) of one site alone."""
        left, right = self.edges_from_left(), self.edges_from_right()
        if len(self) == 1:
            return self.tensors[0][0, :, 0][None]
        pairs = zip(self.tensors, self.tensors[1:], left, right[2:], strict=False)
        return np.array([np.einsum("l,lpm,mqr,r->pq", a, first, second, b) for first, second, a, b in pairs])

    def scale(self, factor: float) -> None:
        """Multiply by a number."""
        self.tensors[self.centre] = self.tensors[self.centre] * factor


def distance(first: ChainState, second: ChainState) -> float:
    """The norm of the difference of two vectors, without the cancellation that scalar products would have."""
    last = len(first) - 1
    tensors = []
    for site, (a, b) in enumerate(zip(first.tensors, second.tensors, strict=True)):
        if site == 0:
            tensors.append(np.concatenate([a, -b], axis=2))
        elif site == last:
            tensors.append(np.concatenate([a, b], axis=0))
        else:
            both = np.zeros((a.shape[0] + b.shape[0], a.shape[1], a.shape[2] + b.shape[2]))
            both[: a.shape[0], :, : a.shape[2]] = a
            both[a.shape[0] :, :, a.shape[2] :] = b
            tensors.append(both)
    difference = ChainState(tensors)
    difference.canonicalise(0)
    return difference.norm()
