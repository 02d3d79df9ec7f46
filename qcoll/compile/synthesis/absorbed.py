r"""Collisions with the ancilla's eigenvectors absorbed, :math:`U\,(W\otimes 1)`, in no more CX than U alone.

The ancilla comes in the computational basis with its thermal populations, so that the phases of the eigenvectors W are
free, and so is which of them belongs to which basis state as long as the populations stay a product.

- Parity-conserving pairs (example 2): the eight CX of :mod:`.parity`, with angles found from random starts at a
  stronger interaction and carried to the model's.
- Exchange (example 1): ten CX, ``02 12 02 12 02 02 12 02 12 02``, at any frequencies and couplings, where the joint
  unitary alone takes eleven. Both orders of the two levels that share one excitation have such a circuit. The angles
  are carried from stored circuits, the nearest first; where none leads there, which happens when the collision is
  strong, they are found from random starts.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import numpy as np
from qiskit import QuantumCircuit

from ...model.collision import CollisionModel
from .continuation import NEWTON_STEPS, Solve, exponential, follow
from .dense import Complex, Real, collision_unitary, thermal_spectrum
from .exchange import Exchange, coefficients_of, gauge_of, is_exchange, known_model, skeleton_of, turned
from .exchange_references import ABSORBED_REFERENCES
from .fit import fit_unitary, search, unitary_residual
from .parity import EIGHT_CX, parity_circuit
from .skeleton import Skeleton

#: Largest entry of the difference between circuit and unitary.
CERTIFICATE = 1e-11
_ATTEMPTS, _STARTS, _ITERATIONS, _LAST_STEPS, _SEED = 6, 8, 80, 20, 2026
_CLOSE = 1e-9
#: Interaction times dt from which random starts succeed.
_STRONG = 0.4
# Random starts for exchange: how many at a time and how many times, for each order of the levels.
_EXCHANGE_STARTS, _EXCHANGE_ATTEMPTS = 16, 3
# The shortest step on the way from a stored circuit, where another one leads there sooner than shorter ones would; a
# shorter one for those that are nearest, and how many they are.
_SHORTEST, _FINER, _FINELY = 5e-3, 2e-4, 3


def absorbed_collision(model: CollisionModel) -> tuple[Complex, QuantumCircuit] | None:
    """Eigenvectors W (d, d) as columns and a circuit of U (W x 1) up to their phases, or None for other models."""
    if (model.num_system_qubits, model.num_ancilla_qubits) != (1, 2):
        return None
    if is_exchange(model):
        return _absorbed_exchange(model)
    return _absorbed_parity(model) if parity_circuit(model) is not None else None


def _absorbed_parity(model: CollisionModel) -> tuple[Complex, QuantumCircuit] | None:
    vectors = thermal_spectrum(model.ancilla)[1]
    rotation = np.kron(vectors, np.eye(2))
    generator, interaction = (model.dt * h.to_matrix() for h in (model.hamiltonian, model.interaction))
    strength = float(np.linalg.norm(interaction, 2))
    stronger = max(1.0, _STRONG / strength) if strength > 0 else 1.0

    def target(position: float) -> Complex:
        factor = stronger ** (1 - position)
        return exponential(generator + (factor - 1) * interaction) @ rotation

    def solve(position: float, angles: Real) -> tuple[Real, float]:
        return fit_unitary(EIGHT_CX, target(position), angles, NEWTON_STEPS, levels=4)

    rng = np.random.default_rng(_SEED)
    residual = unitary_residual(EIGHT_CX, target(0.0), levels=4)
    for _ in range(_ATTEMPTS):
        # Random starts succeed where the interaction is strong; from there the angles are carried to the model's.
        starts = rng.uniform(-np.pi, np.pi, (_STARTS, EIGHT_CX.num_parameters))
        angles, norm = search(residual, starts, tolerance=_CLOSE, iterations=_ITERATIONS)
        end = follow(solve, angles, shortest=_SHORTEST) if norm < _CLOSE else None
        if end is None:
            continue
        solved, error = fit_unitary(EIGHT_CX, target(1.0), end[0], _LAST_STEPS, levels=4)
        if error < CERTIFICATE:
            return vectors, EIGHT_CX.circuit(solved)
    return None


def _absorbed_exchange(model: CollisionModel) -> tuple[Complex, QuantumCircuit] | None:
    phases, wanted = gauge_of(coefficients_of(model.dt * model.hamiltonian.to_matrix()))
    if not np.abs(wanted.couplings).all():
        return None  # a chain takes fewer
    unitary = collision_unitary(model)
    diagonal = np.diag(np.exp(0.5j * np.array([_z(k, 0) * phases[1] + _z(k, 1) * phases[2] for k in range(4)])))
    for skeleton, lower_first, shift, start in _exchange_angles(wanted):
        # The gauge stands between U and W as well and cancels there: what is left of it acts after the collision.
        angles = turned(skeleton, start, np.zeros(3), shift - phases)
        vectors = diagonal @ _eigenvectors(wanted, lower_first)
        target = unitary @ np.kron(vectors, np.eye(2))
        solved, error = fit_unitary(skeleton, target, angles, _LAST_STEPS, levels=4)
        if error < CERTIFICATE:
            return vectors, skeleton.circuit(solved)
    return None


def _exchange_angles(wanted: Exchange) -> Iterator[tuple[Skeleton, bool, float, Real]]:
    """Skeletons, orders of the levels, shifts of the frequencies and angles: carried along, then from random starts."""
    nearest = sorted(ABSORBED_REFERENCES, key=lambda r: _distance(known_model(r), wanted))
    for place, reference in enumerate(nearest):
        known, skeleton = known_model(reference), skeleton_of(reference)
        shift = float(wanted.frequencies.mean() - known.frequencies.mean())
        shortest = _FINER if place < _FINELY else _SHORTEST
        for path in (Exchange.towards, Exchange.straight):
            way = functools.partial(path, known, wanted.shifted(-shift))
            end = follow(_solver(skeleton, way, reference.lower_first), np.array(reference.angles), shortest=shortest)
            if end is not None:
                yield skeleton, reference.lower_first, shift, end[0]
    rng = np.random.default_rng(_SEED)
    skeleton = skeleton_of(ABSORBED_REFERENCES[0])
    for lower_first in (True, False) * _EXCHANGE_ATTEMPTS:
        residual = unitary_residual(skeleton, _absorbed_unitary(wanted, lower_first), levels=4)
        starts = rng.uniform(-np.pi, np.pi, (_EXCHANGE_STARTS, skeleton.num_parameters))
        angles, norm = search(residual, starts, tolerance=_CLOSE, iterations=_ITERATIONS)
        if norm < _CLOSE:
            yield skeleton, lower_first, 0.0, angles


def _solver(skeleton: Skeleton, way: Callable[[float], Exchange], lower_first: bool) -> Solve:
    def solve(position: float, angles: Real) -> tuple[Real, float]:
        here = way(position)
        return fit_unitary(skeleton, _absorbed_unitary(here, lower_first), angles, NEWTON_STEPS, levels=4)

    return solve


def _absorbed_unitary(exchange: Exchange, lower_first: bool) -> Complex:
    return exponential(exchange.generator()) @ np.kron(_eigenvectors(exchange, lower_first), np.eye(2))


def _eigenvectors(exchange: Exchange, lower_first: bool) -> Complex:
    """The pair's eigenvectors (4, 4) as columns, those with one excitation in the order asked for."""
    shared = exchange.generator().reshape(4, 2, 4, 2)[1:3, 0, 1:3, 0]
    levels = np.linalg.eigh(shared)[1]
    vectors = np.eye(4, dtype=complex)
    vectors[1:3, 1:3] = levels if lower_first else levels[:, ::-1]
    return vectors


def _distance(known: Exchange, wanted: Exchange) -> float:
    h = (known.frequencies - known.frequencies.mean()) - (wanted.frequencies - wanted.frequencies.mean())
    return float(np.linalg.norm(h) + np.linalg.norm(known.couplings - wanted.couplings))


def _z(index: int, bit: int) -> int:
    return 1 - 2 * ((index >> bit) & 1)
