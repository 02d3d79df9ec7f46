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

**Which channels four CX make.** Let :math:`\Lambda` be the linear part of the map of Bloch vectors, t the
displacement, and z the largest polarization of the ancilla's qubits. Four CX make a collision's channel, as a rule,
exactly if

.. math:: (\Lambda,\;t/z)\quad\text{is completely positive too,}

which for the phase-covariant channels of exchange is :math:`4|\lambda_\perp|^2\le(1+\lambda_z)^2-t_z^2/z^2`. This was
found numerically. Of a thousand random models like the examples it tells which are reached with four, but for two. And
where channels get more and more coherent, the four CX of any placement end at the same one, where the inequality
becomes an equation, to three digits.

For an ancilla of one qubit it is a theorem, whatever the circuit. Of
:math:`\mathcal E=\tfrac{1+z}2\mathcal E_++\tfrac{1-z}2\mathcal E_-` the displacements of :math:`\mathcal E_\pm` are
opposite, since a unitary leaves what is mixed mixed. Turning all spins round before and after reverses a displacement
and leaves :math:`\Lambda`. So :math:`\mathcal E_+` and the turned :math:`\mathcal E_-` have the same displacement,
and their mixture has t/z. For two qubits it is none: there are four CX, far from any collision, that violate it, and a
CX within the ancilla before it meets the system, which correlates the two, goes round it now and then. So some are
tried all the same.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator

import numpy as np
from qiskit import QuantumCircuit
from scipy.linalg import expm

from .channel import CERTIFICATE, SHAPES, SIGMA, whitening
from .continuation import Stronger
from .dense import (
    Complex,
    Real,
    canonical_kraus,
    choi_matrix,
    collision_kraus,
    hermitian_coordinates,
    kraus_operators,
    thermal_populations,
    thermal_spectrum,
)
from .evolution import Evolution
from .fit import Residual, descend, levenberg_marquardt
from .one_qubit import IDENTITY, PAULI, spin_rotation
from .population import LOST, carry_population, solved
from .skeleton import Skeleton

#: Paths from stronger interactions. Which ancilla qubit, 1 (the warmer one) or 2, each CX of the system goes to (A: a
#: CX within the ancilla); how strong the interaction times dt is where the population starts, 0 for the model's own,
#: and by which factor colder. In the order of trying: the alternating one first, which overlaps with the preparation,
#: and what is native on heavy-hex before the others.
_FOUR = (
    ("2121", 0.8, 0.4),
    ("2112", 0.8, 0.4),
    ("2112", 0.5, 1.0),
    ("2121", 1.5, 0.4),
    ("2112", 1.5, 0.4),
    ("1221", 0.5, 1.0),
    ("2A21", 0.8, 0.4),
    ("2A12", 0.5, 1.0),
    ("A212", 0.5, 1.0),
    ("21A2", 0.0, 1.0),
    ("2A12", 0.0, 1.0),
)
#: Paths from smaller displacements of the Bloch vector, and from which share of the model's.
_DISPLACED = (("2121", 0.0), ("21A2", 0.7), ("2112", 0.7), ("2A12", 0.7))
#: Those of four that are tried where four should not suffice.
_ANYHOW = (("A212", 0.5, 1.0), ("2112", 0.8, 0.4))
_FIVE = (
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
_MOST = {4: 80, 5: 50}
#: Polarization below which displacements are scaled up to what they would be there, and the largest factor.
_POLARIZED, _LARGEST_FACTOR = 0.3, 1e6
#: Of the entries of a Choi matrix.
_ROUNDING = 1e-15
#: Weights of the target below this, relative to the largest, drown in the rounding of the twelve numbers.
_SMALLEST_WEIGHT = 1e-9
# Axes in which an exchange XX + YY with a qubit reads X Z + Z X: to leading order, rotations about X between the CX.
_SYSTEM_AXES = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
_ANCILLA_AXES = np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]])
#: What sigma_x and sigma_z of the system do to the joint basis: the flipped index, and the sign.
_FLIPPED, _SIGNS = np.arange(8) ^ 1, 1.0 - 2 * (np.arange(8) & 1)

#: From a skeleton and a position on the way to the residual there.
_Path = Callable[[Skeleton, float], Residual]


def mixed_circuit(model: Evolution) -> QuantumCircuit | None:
    """A circuit of four or five CX on the system's and the ancilla's qubits, or None if none was found.

    The ancilla comes with its thermal populations in the computational basis, by rising energy.

    >>> import qcoll
    >>> from qcoll.synthesis.mixed import mixed_circuit
    >>> mixed_circuit(qcoll.example_2()).num_nonlocal_gates()
    4
    """
    kraus, populations = kraus_operators(model), thermal_spectrum(model.ancilla)[0]
    for skeleton, angles in _candidates(model, kraus, populations):
        found = collision_kraus(skeleton.unitary(angles), populations, np.eye(4, dtype=complex))
        if np.abs(choi_matrix(found) - choi_matrix(kraus)).max() < CERTIFICATE:
            return skeleton.circuit(angles, discarded=(1, 2))
    return None


def _candidates(model: Evolution, kraus: Complex, populations: Real) -> Iterator[tuple[Skeleton, Real]]:
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
    for number, (placements, path) in enumerate(_paths(model, kraus, populations)):
        if taken[count := len(placements)] > _MOST[count]:
            continue
        skeleton, rng = _skeleton(placements), np.random.default_rng([_PATHS_SEED, number])
        found, steps = _arriving(skeleton, functools.partial(path, skeleton), rng)
        yield from refined(skeleton, found)
        taken[count] += steps


def four_suffice(kraus: Complex, populations: Real) -> bool:
    """Whether four CX should be enough: the displacement over the largest polarization is completely positive.

    Args:
        kraus: the channel's Kraus operators (r, 2, 2).
        populations: of the ancilla (4,), in the computational basis.

    >>> import qcoll
    >>> from qcoll.synthesis.dense import kraus_operators, thermal_spectrum
    >>> from qcoll.synthesis.mixed import four_suffice
    >>> model = qcoll.example_1(omega_1=0.6, omega_2=1.2, kappa=-0.02, alpha=0.65, beta=0.3, dt=0.9)
    >>> four_suffice(kraus_operators(model), thermal_spectrum(model.ancilla)[0])
    False
    """
    polarization = _polarization(populations)
    if polarization == 0:
        return True
    more, less = (1 + 1 / polarization) / 2, (1 - 1 / polarization) / 2
    choi = more * choi_matrix(kraus) + less * choi_matrix(_turned(kraus))
    return bool(np.linalg.eigvalsh(choi)[0] > -CERTIFICATE - _ROUNDING / polarization)


def _polarization(populations: Real) -> float:
    """The largest of the ancilla's qubits, and of their product."""
    first, second = (np.array([1.0, -1])[np.arange(4) >> bit & 1] for bit in (0, 1))
    return float(np.abs(np.array([first, second, first * second]) @ populations).max())


def _turned(kraus: Complex) -> Complex:
    """The channel before and after which all spins are turned round: the opposite displacement."""
    return np.asarray(PAULI[1] @ kraus.conj() @ PAULI[1])


def _displaced(kraus: Complex, share: float) -> Complex:
    """The channel with a share of the displacement, from -1 to 1."""
    mixture = np.sqrt((1 + share) / 2) * kraus, np.sqrt((1 - share) / 2) * _turned(kraus)
    return canonical_kraus(np.concatenate(mixture))


def _paths(model: Evolution, kraus: Complex, populations: Real) -> Iterator[tuple[str, _Path]]:
    """Placements and paths to the model's channel, in the order of trying."""
    expected = four_suffice(kraus, populations)
    for placements, strength, colder in _FOUR if expected else _ANYHOW:
        yield placements, _from_stronger(model, strength, colder)
    for placements, share in _DISPLACED if expected else ():
        yield placements, _from_displaced(kraus, populations, share)
    for placements, strength, colder in _FIVE:
        yield placements, _from_stronger(model, strength, colder)


def _skeleton(placements: str) -> Skeleton:
    return Skeleton(3, tuple((1, 2) if qubit == "A" else (0, int(qubit)) for qubit in placements))


def _from_stronger(model: Evolution, strength: float, colder: float) -> _Path:
    """From a strong interaction at another temperature (position 0) to the model's (1)."""
    collision = Stronger.than(model, np.eye(2**model.num_qubits, dtype=complex), strength, least=1.0, most=np.inf)
    own, vectors = thermal_spectrum(model.ancilla)
    energies, beta = np.linalg.eigvalsh(model.ancilla.hamiltonian.to_matrix()), model.ancilla.beta
    plain = beta is not None and bool(model.ancilla.physical.all())

    def residual(skeleton: Skeleton, position: float) -> Residual:
        populations = thermal_populations(energies, colder ** (1 - position) * (beta or 0.0)) if plain else own
        return _residual(skeleton, collision_kraus(collision(position), populations, vectors), populations, _POWER)

    return residual


def _from_displaced(kraus: Complex, populations: Real, share: float) -> _Path:
    """From a share of the displacement (position 0) to all of it (1)."""

    def residual(skeleton: Skeleton, position: float) -> Residual:
        present = share + (1 - share) * position
        return _residual(skeleton, _displaced(kraus, present), populations, _POWER)

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
    # The displacement is as small as the polarization, and so is what the angles do to it.
    weights[:, ::4] *= np.clip(_POLARIZED / max(_polarization(populations), _ROUNDING), 1.0, _LARGEST_FACTOR)
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
    flips = [PAULI[0] if flip else IDENTITY for flip in rng.integers(2, size=2)]
    ancillas = [spin_rotation(_ANCILLA_AXES) @ flip for flip in flips]
    small = [expm(1j * strength * weight * PAULI[0]) for weight in rng.normal(size=5)]
    return [into, *ancillas, *small, IDENTITY, dominant @ into.conj().T, IDENTITY]
