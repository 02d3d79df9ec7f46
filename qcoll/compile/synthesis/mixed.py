r"""Short circuits of a system and a mixed ancilla that only have to give the right state of the system.

The ancilla's two qubits start in :math:`\sum_k p_k|k\rangle\langle k|` and are discarded:

.. math:: \mathcal E(\rho) = \mathrm{Tr}_A[V\,(\rho\otimes\textstyle\sum_k p_k|k\rangle\langle k|)\,V^\dagger].

V is a skeleton of CX between the system and either of the ancilla's qubits. What is solved for is the map of Bloch
vectors, :math:`t_{aj} = \tfrac12\mathrm{Tr}[\sigma_a\,\mathcal E(\sigma_j)]`, twelve numbers, weighed as in
:mod:`.channel` by the Choi matrix of the target, so that a small jump counts as much as the unitary part.

The first starts come from weak collisions, where every gate between the CX is close to the identity up to rotations
that commute with them. Where they do not end at the channel, random ones do at a stronger interaction and another
temperature. The solutions of one collision form a surface, whose dimension is the number of angles left over, and a
single one that is carried along ends where its surface folds. So a population of them is carried to the model
(:mod:`.population`).

Not every channel has four CX. The tests have one from which the closest placements of four end at the same distance,
whatever the start, and which five reach. Which channels they are is not known in general; an example 1 whose ancilla
qubits hardly interact is typical. Its channels are phase-covariant, Bloch vectors shrink by :math:`|\lambda_\perp|`
across and :math:`\lambda_z` along z. Traced by bisection, where the channel's fixed point is the polarization of the
colder mode, four CX reach exactly :math:`|\lambda_\perp|^2\le\lambda_z` in every placement tried, while complete
positivity and the model itself allow more. With five, a CX within the ancilla often is the one that helps: it
correlates the populations, which come as those of two modes, before they meet the system.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
from qiskit import QuantumCircuit
from scipy.linalg import expm

from ...model.collision import CollisionModel
from .channel import CERTIFICATE, SHAPES, SIGMA, whitening
from .continuation import Stronger
from .dense import (
    Complex,
    Real,
    choi_matrix,
    collision_kraus,
    hermitian_coordinates,
    kraus_operators,
    thermal_populations,
    thermal_spectrum,
)
from .fit import Residual, descend, levenberg_marquardt
from .population import LOST, carry_population, solved
from .skeleton import Skeleton
from .weak_channel import PAULI, spin_rotation

#: Which ancilla qubit, 1 (the warmer one) or 2, each CX of the system goes to (A: a CX within the ancilla); how strong
#: the interaction times dt is where the population starts, 0 for the model's own, and by which factor colder. In the
#: order of trying: the alternating one first, which overlaps with the preparation, and what is native on heavy-hex
#: before the others.
_ATTEMPTS = (
    ("2121", 0.8, 0.4),
    ("2112", 0.8, 0.4),
    ("2112", 0.5, 1.0),
    ("2121", 1.5, 0.4),
    ("2112", 1.5, 0.4),
    ("1221", 0.5, 1.0),
    ("2A12", 0.5, 1.0),
    ("A212", 0.5, 1.0),
    ("21A2", 0.0, 1.0),
    ("2A12", 0.0, 1.0),
    ("2A21", 0.8, 0.4),
    ("A1212", 0.8, 0.4),
    ("A1212", 0.4, 0.15),
    ("2A222", 0.4, 0.15),
    ("A1A21", 0.8, 0.4),
    ("A2112", 0.8, 0.4),
    ("A1A21", 0.5, 1.0),
    ("A12A1", 0.5, 1.0),
    ("A2A12", 0.5, 1.0),
    ("2A212", 0.5, 1.0),
    ("A1A21", 0.4, 0.15),
    ("A1A21", 0.5, 1.0),
)
#: By which power of its weights the residual is scaled on the way: a compromise. With 1 paths break off at channels
#: whose smallest weight vanishes, with 0 they end at others.
_POWER = 0.5
_WEAK_PLACEMENTS, _WEAK_STARTS, _WEAK_STEPS, _SEED, _PATHS_SEED = ("1212", "2121"), 4, 40, 2026, 7
# Random starts: how many, their iterations, how many that arrive are enough, and the residual at which they are kept.
# How many of those at the end are looked at.
_RANDOM, _BLIND, _ENOUGH, _KEPT, _CHECKED = 16, 100, 4, 1e-4, 2
#: How many steps on paths, renewals included, are taken in all, by the number of CX, before it is given up.
_MOST = {4: 90, 5: 50}
#: Weights of the target below this, relative to the largest, drown in the rounding of the twelve numbers.
_SMALLEST_WEIGHT = 1e-9
# Axes in which an exchange XX + YY with a qubit reads X Z + Z X: to leading order, rotations about X between the CX.
_SYSTEM_AXES = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
_ANCILLA_AXES = np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]])
_IDENTITY = np.eye(2, dtype=complex)
#: What sigma_x and sigma_z of the system do to the joint basis: the flipped index, and the sign.
_FLIPPED, _SIGNS = np.arange(8) ^ 1, 1.0 - 2 * (np.arange(8) & 1)


def mixed_circuit(model: CollisionModel) -> QuantumCircuit | None:
    """A circuit of four or five CX on the system's and the ancilla's qubits, or None if none was found.

    The ancilla comes with its thermal populations in the computational basis, by rising energy.

    >>> import qcoll
    >>> from qcoll.compile.synthesis.mixed import mixed_circuit
    >>> mixed_circuit(qcoll.example_2()).num_nonlocal_gates()
    4
    """
    kraus, populations = kraus_operators(model), thermal_spectrum(model.ancilla)[0]
    for skeleton, angles in _candidates(model, kraus, populations):
        found = collision_kraus(skeleton.unitary(angles), populations, np.eye(4, dtype=complex))
        if np.abs(choi_matrix(found) - choi_matrix(kraus)).max() < CERTIFICATE:
            return skeleton.circuit(angles, discarded=(1, 2))
    return None


def _candidates(model: CollisionModel, kraus: Complex, populations: Real) -> Iterator[tuple[Skeleton, Real]]:
    """Skeletons and angles to be checked."""
    rng = np.random.default_rng(_SEED)
    dominant, strength = _dominant(kraus)

    def refined(skeleton: Skeleton, found: Real) -> Iterator[tuple[Skeleton, Real]]:
        for angles, power in itertools.product(found[:_CHECKED], (1.0, _POWER)):
            residual = _residual(skeleton, kraus, populations, power)
            yield skeleton, levenberg_marquardt(residual, angles, tolerance=1e-13, iterations=30, damping=1e-15)[0]

    for skeleton in map(_skeleton, _WEAK_PLACEMENTS):
        weak = [skeleton.parameters(_weak_gates(dominant, strength, rng)) for _ in range(_WEAK_STARTS)]
        yield from refined(
            skeleton, solved(_residual(skeleton, kraus, populations, _POWER), np.array(weak), _WEAK_STEPS)
        )
    taken = dict.fromkeys(_MOST, 0)
    for number, (placements, start, colder) in enumerate(_ATTEMPTS):
        if taken[count := len(placements)] > _MOST[count]:
            continue
        skeleton, rng = _skeleton(placements), np.random.default_rng([_PATHS_SEED, number])
        found, steps = _arriving(skeleton, _path(skeleton, model, start, colder), rng)
        yield from refined(skeleton, found)
        taken[count] += steps


def _skeleton(placements: str) -> Skeleton:
    return Skeleton(3, tuple((1, 2) if qubit == "A" else (0, int(qubit)) for qubit in placements))


def _path(skeleton: Skeleton, model: CollisionModel, strength: float, colder: float) -> Callable[[float], Residual]:
    """The residual from a strong interaction at another temperature (position 0) to the model's (1)."""
    collision = Stronger.than(model, np.eye(2**model.num_qubits, dtype=complex), strength, least=1.0, most=np.inf)
    energies, vectors = np.linalg.eigh(model.ancilla.hamiltonian.to_matrix())

    def residual(position: float) -> Residual:
        populations = thermal_populations(energies, colder ** (1 - position) * model.ancilla.beta)
        return _residual(skeleton, collision_kraus(collision(position), populations, vectors), populations, _POWER)

    return residual


def _arriving(skeleton: Skeleton, path: Callable[[float], Residual], rng: np.random.Generator) -> tuple[Real, int]:
    """Angles (B, P) of the solutions that reach the end of the path from random starts, and how many steps it took."""
    positions: list[float] = []

    def noted(position: float) -> Residual:
        positions.append(position)
        return path(position)

    starts = rng.uniform(-np.pi, np.pi, (_RANDOM, skeleton.num_parameters))
    angles, norms = descend(path(0.0), starts, tolerance=LOST, iterations=_BLIND, damping=1.0, enough=_ENOUGH)
    return carry_population(noted, angles[norms < _KEPT], len(SHAPES), rng), len(positions)


def _residual(skeleton: Skeleton, kraus: Complex, populations: Real, power: float) -> Residual:
    """The weighed difference of the twelve numbers from those of a channel, and its Jacobian (..., 12, P)."""
    scale = whitening(kraus, power, smallest=_SMALLEST_WEIGHT)[0]
    weights = np.linalg.qr(hermitian_coordinates(scale.conj().T @ SHAPES @ scale).T).R
    target = np.einsum("aik,ekl,jlm,eim->aj", PAULI, kraus, SIGMA, kraus.conj()).real.reshape(-1) / 2
    halves = np.repeat(populations, 2) / 2

    def residual(angles: Real) -> tuple[Real, Real]:
        unitary, moved = skeleton.heisenberg(angles)
        # sigma_a U for the three sigma_a, side by side; then U+ sigma_a U, and its products with the inputs.
        flipped = unitary[..., _FLIPPED, :]
        rotated = np.concatenate([flipped, -1j * _SIGNS[:, None] * flipped, _SIGNS[:, None] * unitary], axis=-1)
        evolved = unitary.conj().swapaxes(-1, -2) @ rotated
        evolved = evolved.reshape(*evolved.shape[:-1], 3, -1).swapaxes(-3, -2)
        plain = evolved * halves
        crossed = plain[..., _FLIPPED]
        products = np.stack([plain, crossed, 1j * _SIGNS * crossed, _SIGNS * plain], axis=-3)
        values = np.trace(products, axis1=-2, axis2=-1).real
        # The derivative of U+ s U is i/2 [H_k, U+ s U].
        columns = products.reshape(*unitary.shape[:-2], len(target), -1).swapaxes(-1, -2)
        slopes = -(moved.swapaxes(-1, -2).reshape(*moved.shape[:-2], -1) @ columns).imag
        return (
            (values.reshape(*unitary.shape[:-2], -1) - target) @ weights.T,
            (slopes @ weights.T).swapaxes(-1, -2),
        )

    return residual


def _dominant(kraus: Complex) -> tuple[Complex, float]:
    """The unitary that the channel is near to, and the size of its other Kraus operators."""
    left, _, right = np.linalg.svd(kraus[0])
    return left @ right, float(np.sqrt(np.sum(np.abs(kraus[1:]) ** 2) / max(len(kraus) - 1, 1)))


def _weak_gates(dominant: Complex, strength: float, rng: np.random.Generator) -> list[Complex]:
    """The free gates of a weak collision with alternating CX, close to the identity between them."""
    into = spin_rotation(_SYSTEM_AXES) @ expm(1j * rng.uniform(0, np.pi) * PAULI[2])
    flips = [PAULI[0] if flip else _IDENTITY for flip in rng.integers(2, size=2)]
    ancillas = [spin_rotation(_ANCILLA_AXES) @ flip for flip in flips]
    small = [expm(1j * strength * weight * PAULI[0]) for weight in rng.normal(size=5)]
    return [into, *ancillas, *small, _IDENTITY, dominant @ into.conj().T, _IDENTITY]
