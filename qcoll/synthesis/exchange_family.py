r"""Three qubits that exchange excitations: the coefficients of such a collision, its gauge, and how far two are apart.

Example 1, with any frequencies and couplings,

.. math:: G = \delta t\,H = \sum_q \tfrac{h_q}{2} Z_q + \sum_{i<j} c_{ij}\,\sigma_i^+\sigma_j^- + \mathrm{h.c.},

conserves the number of excitations. Rotations about z make :math:`c_{S1}` and :math:`c_{S2}` positive (the phase of
:math:`c_{12}` that is left is the flux through the triangle), and the mean frequency commutes with everything. Both are
rotations of single qubits before and after a circuit (:func:`turned`), so that all that circuits have to be found for
is a collision in this gauge, with a mean frequency of zero.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .dense import Complex, Real
from .evolution import Evolution
from .skeleton import Skeleton

_STRUCTURE = 1e-12
_PAIRS = ((0, 1), (0, 2), (1, 2))
# What the direction of what is not coupled to the system, and the ratio of the couplings to it, weigh against the
# distance.
_DIRECTION, _RATIO = 1.5, 0.4
#: Sizes of what is not coupled to the system, and of the couplings to it, below which a collision is weak.
_MODERATE = (0.5, 0.3)
#: From which ratio on the coupling within the pair is weak by itself.
_MUCH = 3.0
#: How much weaker a level of the pair meets the system if it is almost dark.
_DARK = 0.3


def _on(factors: dict[int, Complex]) -> Complex:
    matrix = np.ones((1, 1), dtype=complex)
    for qubit in (2, 1, 0):
        matrix = np.kron(matrix, factors.get(qubit, np.eye(2)))
    return matrix


_RAISING = np.array([[0, 1], [0, 0]], dtype=complex)
#: Z on each qubit and the transfer of an excitation between each pair, shape (3, 8, 8) each.
_ZS = np.array([_on({qubit: np.diag([1.0 + 0j, -1.0])}) for qubit in range(3)])
_HOPS = np.array([_on({i: _RAISING, j: _RAISING.T}) for i, j in _PAIRS])


#: From one collision to another one: the collision at a position from 0 to 1.
Way = Callable[[float], "Exchange"]


@dataclass(frozen=True)
class Exchange:
    """Frequencies h (3,) and couplings c of the pairs S1, S2, 12 (3,), all times dt."""

    frequencies: Real
    couplings: Complex

    def generator(self) -> Complex:
        """The matrix G, shape (8, 8)."""
        hops = np.tensordot(self.couplings, _HOPS, 1)
        return np.asarray(np.tensordot(self.frequencies / 2, _ZS, 1) + hops + hops.conj().T)

    @property
    def symmetric(self) -> bool:
        """Whether the spin flip, alone or with the exchange of 1 and 2, is a symmetry."""
        h, c = self.frequencies, np.abs(self.couplings)
        scale = _STRUCTURE * max(1.0, float(np.abs(h).max()), float(c.max()))
        mirrored = abs(2 * h[0] - h[1] - h[2]) <= scale and abs(c[0] - c[1]) <= scale
        return bool((mirrored or np.ptp(h) <= scale) and abs(self.couplings[2].imag) <= scale)

    def shared_levels(self) -> Complex:
        """The pair's eigenvectors (2, 2) with one excitation, by rising energy, as columns in the basis of 01, 10."""
        return np.asarray(np.linalg.eigh(self.generator().reshape(4, 2, 4, 2)[1:3, 0, 1:3, 0])[1])

    def apart(self, other: Exchange) -> float:
        """How far away another collision is."""
        distance = np.linalg.norm(self._rest() - other._rest())
        distance += np.linalg.norm(self.couplings[:2] - other.couplings[:2])
        here, there = (m._rest() / np.linalg.norm(m._rest()) for m in (self, other))
        ratios = [np.log(np.abs(m.couplings[0] / m.couplings[1])) for m in (self, other)]
        return float(distance + _DIRECTION * np.linalg.norm(here - there) + _RATIO * abs(ratios[0] - ratios[1]))

    def ways(self) -> list[Way]:
        """Ways to this collision (position 1) from one that is moderate (0), or none of its own if it is.

        Frequencies and the coupling within the pair grow by the same factor, or each by its own where that coupling is
        small. So do the couplings of the pair's two levels to the system, where one of them is almost dark (one that is
        dark stays that).
        """
        rest = max(1.0, float(_MODERATE[0] / np.linalg.norm(self._rest())))
        coupled, within = np.maximum(1.0, _MODERATE[1] / np.abs([self.couplings[:2].max(), self.couplings[2]]))
        ways: list[Way] = [functools.partial(self._scaled, np.array([rest, coupled, coupled, rest]))]
        if within > _MUCH * rest:
            ways.append(functools.partial(self._scaled, np.array([rest, coupled, coupled, within])))
        bright = np.abs(self.couplings[:2] @ self.shared_levels())
        if _STRUCTURE * bright.max() < bright.min() < _DARK * bright.max() and self.couplings[2].imag == 0:
            factors = coupled * np.maximum(1.0, _DARK * bright.max() / bright)
            ways.append(functools.partial(self._scaled, np.array([rest, *factors, rest]), by_level=True))
        return ways

    def stronger(self, factors: Real, *, by_level: bool = False) -> Exchange:
        """With frequencies and each of the couplings stronger by four factors.

        Those of the couplings to the system for the qubits, or for the levels of the pair.
        """
        to_system = self.couplings[:2] * factors[1:3]
        if by_level:
            levels = self.shared_levels()
            to_system = (self.couplings[:2] @ levels * factors[1:3]) @ levels.conj().T
        return Exchange(factors[0] * self.frequencies, np.array([*to_system, factors[3] * self.couplings[2]]))

    def _scaled(self, factors: Real, position: float, *, by_level: bool = False) -> Exchange:
        return self if (factors == 1.0).all() else self.stronger(factors ** (1 - position), by_level=by_level)

    def _rest(self) -> Real:
        """What is not coupled to the system."""
        return np.array([*self.frequencies, self.couplings[2].real, self.couplings[2].imag])


@dataclass(frozen=True)
class Gauged:
    """A collision in its gauge, and the rotations about z (3,) before and after it that make it that of the model."""

    exchange: Exchange
    before: Real
    after: Real


def is_exchange(model: Evolution) -> bool:
    """Whether a model is three qubits, the first the system, that only exchange excitations."""
    if (model.num_system_qubits, model.num_ancilla_qubits) != (1, 2):
        return False
    generator = model.dt * model.hamiltonian.to_matrix()
    difference = coefficients_of(generator).generator() + np.trace(generator) / 8 * np.eye(8) - generator
    return bool(np.abs(difference).max() <= _STRUCTURE * max(1.0, float(np.abs(generator).max())))


def gauged_exchange(model: Evolution) -> Gauged | None:
    """A model in its gauge, or None if it is no exchange, or a chain, which takes fewer CX."""
    if not is_exchange(model):
        return None
    found = coefficients_of(model.dt * model.hamiltonian.to_matrix())
    if not np.abs(found.couplings).all():
        return None
    phases = np.array([0.0, -np.angle(found.couplings[0]), -np.angle(found.couplings[1])])
    gauged = found.couplings * np.exp(-1j * np.array([phases[i] - phases[j] for i, j in _PAIRS]))
    mean = float(found.frequencies.mean())
    return Gauged(Exchange(found.frequencies - mean, gauged), phases, mean - phases)


def coefficients_of(generator: Complex) -> Exchange:
    """The part of a generator (8, 8) that is an exchange collision."""
    frequencies = np.einsum("ij,qji->q", generator, _ZS).real / 4
    return Exchange(frequencies, np.einsum("ij,pij->p", generator, _HOPS) / 2)


def turned(skeleton: Skeleton, angles: Real, before: Real, after: Real) -> Real:
    """The angles with rotations about z added to every qubit before and after the circuit."""
    turned = np.array(angles)
    slots = skeleton.slots
    for qubit in range(3):
        turned[3 * qubit] += before[qubit]
        last = max(k for k, other in enumerate(slots) if other == qubit)
        turned[9 + 2 * (last - 3) + 1] += after[qubit]
    return turned
