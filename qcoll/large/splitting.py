r"""Splittings of a collision into gates on neighbours, and their gates in the Pauli basis.

The Hamiltonian is a sum over bonds, the even ones :math:`A` and the odd ones :math:`B`, and

.. math:: e^{-i\tau(A + B)} \approx e^{-ia_1\tau A}e^{-ib_1\tau B}e^{-ia_2\tau A}\cdots e^{-ia_1\tau A} .

Second order: Strang. Fourth order: the six-stage formula of S. Blanes and P. C. Moan, J. Comput. Appl. Math. 142, 313
(2002), whose error is some hundred times smaller than that of Suzuki's.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..trajectory.pauli import Complex, Real, pauli_matrices
from .block_algebra import without_noise
from .layout import Layout, Term

_A1, _A2, _A3 = 0.0792036964311957, 0.353172906049774, -0.0420650803577195
_B1, _B2 = 0.209515106613362, -0.143851773179818
_A4, _B3 = 1 - 2 * (_A1 + _A2 + _A3), 0.5 - (_B1 + _B2)
#: Fourth order with fewer stages and a larger error: I. P. Omelyan, I. M. Mryglod and R. Folk, Comput. Phys. Commun.
#: 146, 188 (2002).
_XI, _LAMBDA, _CHI = 0.1786178958448091, -0.2123418310626054, -0.06626458266981849
_HALF = 0.5 - _LAMBDA
LEAN = (_XI, _HALF, _CHI, _LAMBDA, 1 - 2 * (_CHI + _XI), _LAMBDA, _CHI, _HALF, _XI)

#: Fractions of a step for the even and the odd bonds in turn.
STAGES = {
    1: (1.0, 1.0),
    2: (0.5, 1.0, 0.5),
    4: (_A1, _B1, _A2, _B2, _A3, _B3, _A4, _B3, _A3, _B2, _A2, _B1, _A1),
}


@dataclass(frozen=True)
class Splitting:
    """A splitting of one collision.

    Args:
        order: 2 or 4, or 1 beside those of order 2.
        steps: how often it is repeated.
        lean: of order 4, with nine layers for thirteen.
    """

    order: int
    steps: int
    lean: bool = False

    @property
    def layers(self) -> list[tuple[int, float]]:
        """Parity of the bonds and fraction of the collision, for every layer; layers of two steps that meet are one.

        >>> from qcoll.large.splitting import Splitting
        >>> Splitting(2, 2).layers
        [(0, 0.25), (1, 0.5), (0, 0.5), (1, 0.5), (0, 0.25)]
        """
        stages = LEAN if self.lean else STAGES[self.order]
        single = [(index % 2, fraction / self.steps) for index, fraction in enumerate(stages)]
        every = single * self.steps
        return [
            (parity, sum(item[1] for item in same)) for parity, same in itertools.groupby(every, lambda item: item[0])
        ]

    @property
    def finer(self) -> Splitting:
        """Twice the steps."""
        return Splitting(self.order, 2 * self.steps)

    @property
    def coarser(self) -> Splitting:
        """Half the steps, or a lower order with fewer layers; its error is several times as large."""
        if self.steps > 1:
            return Splitting(self.order, self.steps // 2)
        return Splitting(4, 1, lean=True) if self.order == 4 else Splitting(1, 1)


def ladder() -> list[Splitting]:
    """Splittings by their number of layers, to choose from."""
    every = [Splitting(2, 2**k) for k in range(4)] + [Splitting(4, 2**k) for k in range(6)]
    return sorted(every, key=lambda item: len(item.layers))


class Gates:
    """The gates of one duration of a Hamiltonian on a chain, made when they are asked for.

    Args:
        layout: the chain.
        terms: of the Hamiltonian.
        time: the duration; imaginary ones cool, rho -> exp(-tau H) rho exp(-tau H).
        with_ancilla: whether the sites have their parts of the ancilla.
    """

    def __init__(self, layout: Layout, terms: Sequence[Term], time: complex, *, with_ancilla: bool = True) -> None:
        self._time = time
        self._hamiltonians = [
            layout.matrix(bond, (site, site + 1), with_ancilla=with_ancilla)
            for site, bond in enumerate(bond_terms(layout, terms))
        ]
        self._layer = functools.lru_cache(maxsize=None)(self._make)

    def layer(self, parity: int, fraction: float) -> dict[int, Real]:
        """The gates of a layer by their bonds."""
        return self._layer(parity, fraction)

    def _make(self, parity: int, fraction: float) -> dict[int, Real]:
        known: dict[bytes, Real] = {}
        found = {}
        for bond in range(parity, len(self._hamiltonians), 2):
            hamiltonian = self._hamiltonians[bond]
            key = hamiltonian.tobytes()
            if key not in known:
                known[key] = conjugation(hamiltonian, fraction * self._time)
            found[bond] = known[key]
        return found


def bond_terms(layout: Layout, terms: Sequence[Term]) -> list[list[Term]]:
    """The terms of every bond; those of one site are shared by its bonds."""
    bonds: list[list[Term]] = [[] for _ in range(layout.num_sites - 1)]
    for value, support, letters in terms:
        sites = layout.sites_of(support)
        if len(sites) == 2:
            bonds[sites[0]].append((value, support, letters))
        elif sites:
            own = [bond for bond in (sites[0] - 1, sites[0]) if 0 <= bond < len(bonds)]
            for bond in own:
                bonds[bond].append((value / len(own), support, letters))
    return bonds


def conjugation(hamiltonian: Complex, time: complex) -> Real:
    r"""The matrix :math:`R_{PQ} = 2^{-m}\,\mathrm{Tr}[P\,V Q V^\dagger]` with :math:`V = e^{-iHt}`, real."""
    energies, vectors = np.linalg.eigh(hamiltonian)
    evolution = (vectors * np.exp(-1j * time * energies)) @ vectors.conj().T
    size = len(hamiltonian)
    paulis = pauli_matrices(size.bit_length() - 1)
    images = (evolution @ paulis @ evolution.conj().T).reshape(size * size, -1)
    return without_noise(np.ascontiguousarray((paulis.reshape(size * size, -1).conj() @ images.T).real / size))
