r"""Collisions with the ancilla's eigenvectors absorbed, :math:`U\,(W\otimes 1)`, in no more CX than U alone.

The ancilla comes in the computational basis with its thermal populations, so that the phases of the eigenvectors W are
free, and so is which of them belongs to which basis state as long as the populations stay a product.

- Parity-conserving pairs (example 2): the eight CX of :mod:`.parity`, with angles carried from those of U alone by
  powers of W, or from those that random starts find at a stronger interaction. Where these have none, eight in
  another order, on S-1-2 or S-2-1.
- Exchange (example 1): ten CX, at any frequencies and couplings (:mod:`.exchange_thermal`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from qiskit import QuantumCircuit
from scipy.linalg import expm, logm

from .continuation import Stronger, carried
from .dense import Complex, Real, collision_unitary, on_ancilla, thermal_spectrum
from .evolution import Evolution
from .exchange_family import is_exchange
from .exchange_thermal import thermal_exchange
from .fit import Residual, descend, refined, unitary_residual
from .parity import EIGHT_CX, SOLUTIONS, closed_form, parity_circuit
from .skeleton import Skeleton

#: Norm of the difference between circuit and unitary.
CERTIFICATE = 1e-11
# Random starts at a time, their iterations, the residual at which they are carried on, and how many are enough.
_STARTS, _ITERATIONS, _CLOSE, _ENOUGH, _LAST_STEPS, _SEED = 16, 80, 1e-9, 2, 20, 2026
# Others on a line, by the pair's qubit next to the system, and the CX on which that one meets the system.
_LINES = tuple(
    Skeleton(3, tuple((0, near) if place in with_system else (1, 2) for place in range(8)))
    for near, with_system in itertools.product((1, 2), ((1, 3, 5, 6), (1, 2, 4, 6)))
)
#: Placements, and interactions times dt from which random starts succeed, in the order of trying.
_ATTEMPTS = (
    *((EIGHT_CX, strength) for strength in (0.4, 1.0, 0.4, 1.0, 2.0)),
    *((line, strength) for strength in (1.0, 2.0, 0.4) for line in _LINES),
)


def absorbed_collision(model: Evolution) -> tuple[Complex, QuantumCircuit] | None:
    """Eigenvectors W (d, d) as columns and a circuit of U (W x 1) up to their phases, or None for other models."""
    if (model.num_system_qubits, model.num_ancilla_qubits) != (1, 2) or not _plainly_thermal(model):
        return None
    if is_exchange(model):
        return thermal_exchange(model, absorb=True)
    return _absorbed_parity(model) if parity_circuit(model) is not None else None


def _plainly_thermal(model: Evolution) -> bool:
    """Whether every eigenstate of the ancilla's Hamiltonian has the population of its energy."""
    return model.ancilla.state is None and bool(model.ancilla.physical.all())


def _absorbed_parity(model: Evolution) -> tuple[Complex, QuantumCircuit] | None:
    vectors = thermal_spectrum(model.ancilla)[1]
    target = collision_unitary(model) @ on_ancilla(vectors, 1)
    for skeleton, close in _close(model, vectors):
        angles, error = refined(unitary_residual(skeleton, target, levels=4), close, _LAST_STEPS)
        if error < CERTIFICATE:
            return vectors, skeleton.circuit(angles)
    return None


def _close(model: Evolution, vectors: Complex) -> Iterator[tuple[Skeleton, Real]]:
    """Angles that are close: from the circuit of U alone by powers of W, then from random ones where U is stronger."""
    unitary = collision_unitary(model)
    turn = logm(vectors * np.exp(-1j * np.angle(np.diagonal(vectors))))

    def turning(position: float) -> Residual:
        return unitary_residual(EIGHT_CX, unitary @ on_ancilla(expm(position * turn), 1), levels=4)

    for angles in itertools.islice(closed_form(model.hamiltonian.to_matrix() * model.dt), SOLUTIONS):
        if (end := carried(turning, angles)) is not None:
            yield EIGHT_CX, end
    rng = np.random.default_rng(_SEED)
    for skeleton, strength in _ATTEMPTS:
        target = Stronger.than(model, on_ancilla(vectors, 1), strength, least=1.0, most=np.inf)

        def weakening(position: float, skeleton: Skeleton = skeleton, target: Stronger = target) -> Residual:
            return unitary_residual(skeleton, target(position), levels=4)

        starts = rng.uniform(-np.pi, np.pi, (_STARTS, skeleton.num_parameters))
        found, norms = descend(
            weakening(0.0), starts, tolerance=_CLOSE, iterations=_ITERATIONS, damping=1.0, enough=_ENOUGH
        )
        for angles in found[norms < _CLOSE]:
            if (end := carried(weakening, angles)) is not None:
                yield skeleton, end
