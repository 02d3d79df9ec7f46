r"""Collisions with the ancilla's eigenvectors absorbed, :math:`U\,(W\otimes 1)`, in as many CX as U alone.

The ancilla comes in the computational basis with its thermal populations, so that the phases of the eigenvectors W are
free, and so is which of them belongs to which basis state as long as the populations stay a product.

- Parity-conserving pairs (example 2): the eight CX of :mod:`.parity`, with angles found from random starts at a
  longer duration and carried back.
- Mirror-symmetric exchange (example 1 at the paper's frequencies and equal couplings): the ten CX of :mod:`.exchange`,
  carried from stored circuits. The two levels in which one excitation is shared must be in the right order: basis state
  01 stands for the lower of them if qubit 1 is the slower half, else for the upper.
"""

from __future__ import annotations

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
_LONG = 0.4


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
    generator = model.dt * model.hamiltonian.to_matrix()
    strength = model.dt * float(np.linalg.norm(model.interaction.to_matrix(), 2))
    longer = max(1.0, _LONG / strength) if strength > 0 else 1.0

    def target(position: float) -> Complex:
        return exponential((longer + (1 - longer) * position) * generator) @ rotation

    def solve(position: float, angles: Real) -> tuple[Real, float]:
        return fit_unitary(EIGHT_CX, target(position), angles, NEWTON_STEPS, levels=4)

    rng = np.random.default_rng(_SEED)
    for _ in range(_ATTEMPTS):
        # Random starts succeed where the collision is long; from there the angles are carried back to its duration.
        starts = rng.uniform(-np.pi, np.pi, (_STARTS, EIGHT_CX.num_parameters))
        residual = unitary_residual(EIGHT_CX, target(0.0), levels=4)
        angles, norm = search(residual, starts, tolerance=_CLOSE, iterations=_ITERATIONS)
        end = follow(solve, angles) if norm < _CLOSE else None
        if end is not None and end[1] < CERTIFICATE:
            return vectors, EIGHT_CX.circuit(end[0])
    return None


def _absorbed_exchange(model: CollisionModel) -> tuple[Complex, QuantumCircuit] | None:
    phases, wanted = gauge_of(coefficients_of(model.dt * model.hamiltonian.to_matrix()))
    if not wanted.symmetric:
        return None
    for reference in sorted(ABSORBED_REFERENCES, key=lambda r: _distance(known_model(r), wanted)):
        known, skeleton = known_model(reference), skeleton_of(reference)
        shift = float(wanted.frequencies.mean() - known.frequencies.mean())
        end = follow(_solver(skeleton, known, wanted.shifted(-shift)), np.array(reference.angles))
        if end is None:
            continue
        # The gauge stands between U and W as well and cancels there: what is left of it acts after the collision.
        angles = turned(skeleton, end[0], np.zeros(3), shift - phases)
        diagonal = np.diag(np.exp(-0.5j * np.array([_z(k, 0) * phases[1] + _z(k, 1) * phases[2] for k in range(4)])))
        vectors = diagonal.conj() @ _eigenvectors(known, wanted, 1.0)
        target = collision_unitary(model) @ np.kron(vectors, np.eye(2))
        solved, error = fit_unitary(skeleton, target, angles, _LAST_STEPS, levels=4)
        if error < CERTIFICATE:
            return vectors, skeleton.circuit(solved)
    return None


def _solver(skeleton: Skeleton, known: Exchange, wanted: Exchange) -> Solve:
    def solve(position: float, angles: Real) -> tuple[Real, float]:
        generator = (1 - position) * known.generator() + position * wanted.generator()
        target = exponential(generator) @ np.kron(_eigenvectors(known, wanted, position), np.eye(2))
        return fit_unitary(skeleton, target, angles, NEWTON_STEPS, levels=4)

    return solve


def _eigenvectors(known: Exchange, wanted: Exchange, position: float) -> Complex:
    """The pair's eigenvectors along the path, without a jump of their signs or places."""
    begin, end = (complex((m.frequencies[2] - m.frequencies[1]) / 2, m.couplings[2].real) for m in (known, wanted))
    here = (1 - position) * begin + position * end
    angle = (np.angle(begin) + np.angle(here / begin)) / 2
    vectors = np.eye(4, dtype=complex)
    lower, upper = [-np.sin(angle), np.cos(angle)], [np.cos(angle), np.sin(angle)]
    slower_first = known.frequencies[1] < known.frequencies[2]
    vectors[1:3, 1:3] = np.array([lower, upper] if slower_first else [upper, lower]).T
    return vectors


def _distance(known: Exchange, wanted: Exchange) -> float:
    h = (known.frequencies - known.frequencies.mean()) - (wanted.frequencies - wanted.frequencies.mean())
    return float(np.linalg.norm(h) + np.linalg.norm(known.couplings - wanted.couplings))


def _z(index: int, bit: int) -> int:
    return 1 - 2 * ((index >> bit) & 1)
