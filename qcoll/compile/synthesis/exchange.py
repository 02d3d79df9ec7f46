r"""The joint unitary of three qubits that exchange excitations: ten or eleven CX on the line S-1-2.

Example 1, with any frequencies and couplings,

.. math:: G = \delta t\,H = \sum_q \tfrac{h_q}{2} Z_q + \sum_{i<j} c_{ij}\,\sigma_i^+\sigma_j^- + \mathrm{h.c.},

conserves the number of excitations. Rotations about z make :math:`c_{S1}` and :math:`c_{S2}` positive (the phase of
:math:`c_{12}` that is left is the flux through the triangle), and a common shift of the frequencies commutes with
everything.

Two families of circuits hold these unitaries. Eleven CX hold all of them. Ten CX,
``12 01 12 01 12 12 01 12 01 12``, hold those with one more symmetry: :math:`XXX` times the exchange of 1 and 2, which
needs :math:`2h_S = h_1 + h_2` and :math:`|c_{S1}| = |c_{S2}|` (the parameters of the paper), or :math:`XXX` alone,
which needs equal frequencies. That these are the conditions was found numerically. Every placement of ten CX on three
qubits (12186 up to reversal and the exchange of 1 and 2, without four equal ones in a row) was searched from 96 random
angles for an example 1 at other frequencies, and the 600 that came closest from 2000 each for another one. No search
ended at the unitary. The closest come near (Frobenius norm :math:`4\cdot10^{-4}` for the one, :math:`10^{-5}` for the
other), but at isolated minima, which the same placement reaches again and again and which lie elsewhere for the next
model. Eleven on the line reach rounding from about one start in 32. So eleven stand, on strong evidence and without a
proof. For a pair in its thermal state ten are enough at all frequencies (:mod:`.exchange_thermal`).

The angles are not in closed form. They are carried from stored circuits (:mod:`.exchange_references`) to the model
along a path that stays in the family (:mod:`.continuation`), and certified by the entries of the unitary.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from qiskit import QuantumCircuit

from ...model.collision import CollisionModel
from .continuation import Solve, exponential, follow
from .dense import Complex, Real, collision_unitary
from .exchange_references import REFERENCES, Reference
from .fit import fit_unitary
from .skeleton import Skeleton

#: Largest entry of the difference between circuit and unitary.
CERTIFICATE = 1e-12
_STRUCTURE = 1e-12
_SYMMETRIC_CX = 10
# Newton steps on the way and at the end, the error on the way and the shortest step: short collisions are close to the
# identity, where one that is on the path cannot be told by little from one that has left it.
_STEPS, _LAST_STEPS, _ON_PATH, _SHORTEST = 7, 60, 1e-12, 1e-3
#: Couplings below this are as good as none.
_SMALLEST_SCALE = 1e-9
_PAIRS = ((0, 1), (0, 2), (1, 2))


def _on(factors: dict[int, Complex]) -> Complex:
    matrix = np.ones((1, 1), dtype=complex)
    for qubit in (2, 1, 0):
        matrix = np.kron(matrix, factors.get(qubit, np.eye(2)))
    return matrix


_RAISING = np.array([[0, 1], [0, 0]], dtype=complex)
#: Z on each qubit and the transfer of an excitation between each pair, shape (3, 8, 8) each.
_ZS = np.array([_on({qubit: np.diag([1.0 + 0j, -1.0])}) for qubit in range(3)])
_HOPS = np.array([_on({i: _RAISING, j: _RAISING.T}) for i, j in _PAIRS])


@dataclass(frozen=True)
class Exchange:
    """Frequencies h (3,), couplings c of the pairs S1, S2, 12, and a constant, all times dt."""

    frequencies: Real
    couplings: Complex
    constant: float

    def generator(self) -> Complex:
        """The matrix G, shape (8, 8)."""
        hops = np.tensordot(self.couplings, _HOPS, 1)
        diagonal = np.tensordot(self.frequencies / 2, _ZS, 1) + self.constant * np.eye(8)
        return np.asarray(diagonal + hops + hops.conj().T)

    def towards(self, other: Exchange, position: float) -> Exchange:
        """On the way to another collision: couplings and the scale of the rest change by equal factors."""
        here, there = (
            np.array([*(m.frequencies - m.frequencies.mean()), m.couplings[2].real, m.couplings[2].imag])
            for m in (self, other)
        )
        scales = [max(float(np.linalg.norm(each)), _SMALLEST_SCALE) for each in (here, there)]
        rest = (1 - position) * here / scales[0] + position * there / scales[1]
        rest *= scales[0] ** (1 - position) * scales[1] ** position
        mean = (1 - position) * self.frequencies.mean() + position * other.frequencies.mean()
        system = np.maximum(np.abs([self.couplings[:2], other.couplings[:2]]), _SMALLEST_SCALE)
        couplings = system[0] ** (1 - position) * system[1] ** position
        return Exchange(mean + rest[:3], np.array([*couplings, rest[3] + 1j * rest[4]]), 0.0)

    def straight(self, other: Exchange, position: float) -> Exchange:
        """On the straight way to another collision."""
        frequencies = (1 - position) * self.frequencies + position * other.frequencies
        return Exchange(frequencies, (1 - position) * self.couplings + position * other.couplings, 0.0)

    def shifted(self, shift: float) -> Exchange:
        """The same couplings with all frequencies shifted."""
        return Exchange(self.frequencies + shift, self.couplings, self.constant)

    @property
    def symmetric(self) -> bool:
        """Whether the spin flip, alone or with the exchange of 1 and 2, is a symmetry."""
        h, c = self.frequencies, np.abs(self.couplings)
        scale = _STRUCTURE * max(1.0, float(np.abs(h).max()), float(c.max()))
        mirrored = abs(2 * h[0] - h[1] - h[2]) <= scale and abs(c[0] - c[1]) <= scale
        return bool((mirrored or np.ptp(h) <= scale) and abs(self.couplings[2].imag) <= scale)


def exchange_circuit(model: CollisionModel) -> QuantumCircuit | None:
    """The joint unitary of an exchange collision of three qubits, or None if the model is not one.

    None as well where one of the couplings is zero, for a chain takes fewer, and if no stored circuit leads to it,
    which the tests do not meet.

    >>> import qcoll
    >>> from qcoll.compile.synthesis.exchange import exchange_circuit
    >>> exchange_circuit(qcoll.example_1(alpha=0.2, dt=1.0)).num_nonlocal_gates()
    10
    """
    found = gauged_exchange(model)
    if found is None:
        return None
    phases, gauged = found
    target = collision_unitary(model)
    for reference in ordered(gauged):
        shift = float(gauged.frequencies.mean() - known_model(reference).frequencies.mean())
        skeleton = skeleton_of(reference)
        solve = _solver(skeleton, known_model(reference), gauged.shifted(-shift))
        end = follow(solve, np.array(reference.angles), shortest=_SHORTEST, tolerance=_ON_PATH)
        if end is None:
            continue
        start = turned(skeleton, end[0], phases + shift, -phases)
        angles, error = fit_unitary(skeleton, target, start, _LAST_STEPS)
        if error < CERTIFICATE:
            return skeleton.circuit(angles)
    return None


def is_exchange(model: CollisionModel) -> bool:
    """Whether a model is three qubits, the first the system, that only exchange excitations."""
    if (model.num_system_qubits, model.num_ancilla_qubits) != (1, 2):
        return False
    generator = model.dt * model.hamiltonian.to_matrix()
    difference = np.abs(coefficients_of(generator).generator() - generator).max()
    return bool(difference <= _STRUCTURE * max(1.0, float(np.abs(generator).max())))


def gauged_exchange(model: CollisionModel) -> tuple[Real, Exchange] | None:
    """A model in the gauge of :func:`gauge_of`, or None if it is no exchange, or a chain, which takes fewer CX."""
    if not is_exchange(model):
        return None
    phases, gauged = gauge_of(coefficients_of(model.dt * model.hamiltonian.to_matrix()))
    return (phases, gauged) if np.abs(gauged.couplings).all() else None


def gauge_of(found: Exchange) -> tuple[Real, Exchange]:
    """Rotations about z that make the couplings to the system positive, and the model in that gauge."""
    phases = np.array([0.0, -np.angle(found.couplings[0]), -np.angle(found.couplings[1])])
    gauged = found.couplings * np.exp(-1j * np.array([phases[i] - phases[j] for i, j in _PAIRS]))
    return phases, Exchange(found.frequencies, gauged, 0.0)


def coefficients_of(generator: Complex) -> Exchange:
    """The part of a generator (8, 8) that is an exchange collision."""
    frequencies = np.einsum("ij,qji->q", generator, _ZS).real / 4
    couplings = np.einsum("ij,pij->p", generator, _HOPS) / 2
    return Exchange(frequencies, couplings, float(np.trace(generator).real / 8))


def ordered(wanted: Exchange) -> list[Reference]:
    """The stored circuits that can lead there: fewest CX first, then the same sign of the coupling within the pair."""
    usable = [r for r in REFERENCES if wanted.symmetric or len(r.placements.split()) > _SYMMETRIC_CX]
    other_class = np.ptp(wanted.frequencies) <= _STRUCTURE
    return sorted(
        usable,
        key=lambda r: (
            len(r.placements.split()),
            (r.omega_1 == r.omega_2) != other_class,
            r.kappa * wanted.couplings[2].real < 0,
            (r.omega_1 - r.omega_2) * (wanted.frequencies[1] - wanted.frequencies[2]) < 0,
        ),
    )


def _solver(skeleton: Skeleton, known: Exchange, wanted: Exchange) -> Solve:
    def solve(position: float, angles: Real) -> tuple[Real, float]:
        target = exponential(known.towards(wanted, position).generator())
        return fit_unitary(skeleton, target, angles, _STEPS)

    return solve


def known_model(reference: Reference) -> Exchange:
    """The collision whose circuit a reference is."""
    return Exchange(
        np.array([reference.omega_s, reference.omega_1, reference.omega_2]),
        np.array([reference.alpha_1, reference.alpha_2, reference.kappa * np.exp(1j * reference.flux)]),
        0.0,
    )


def skeleton_of(reference: Reference) -> Skeleton:
    """Where a reference has its CZ gates."""
    return Skeleton(3, tuple((int(pair[0]), int(pair[1])) for pair in reference.placements.split()))


def turned(skeleton: Skeleton, angles: Real, before: Real, after: Real) -> Real:
    """The angles with rotations about z added to every qubit before and after the circuit."""
    turned = np.array(angles)
    slots = skeleton.slots
    for qubit in range(3):
        turned[3 * qubit] += before[qubit]
        last = max(k for k, other in enumerate(slots) if other == qubit)
        turned[9 + 2 * (last - 3) + 1] += after[qubit]
    return turned
