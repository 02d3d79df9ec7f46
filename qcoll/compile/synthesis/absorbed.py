r"""Collisions with the ancilla's eigenvectors absorbed, :math:`U\,(W\otimes 1)`, in no more CX than U alone.

The ancilla comes in the computational basis with its thermal populations, so that the phases of the eigenvectors W are
free, and so is which of them belongs to which basis state as long as the populations stay a product.

- Parity-conserving pairs (example 2): the eight CX of :mod:`.parity`, with angles found from random starts at a
  stronger interaction and carried to the model's.
- Exchange (example 1): ten CX, at any frequencies and couplings (:mod:`.exchange_thermal`).
"""

from __future__ import annotations

import numpy as np
from qiskit import QuantumCircuit

from ...model.collision import CollisionModel
from .continuation import NEWTON_STEPS, Stronger, follow
from .dense import Complex, Real, on_ancilla, thermal_spectrum
from .exchange import is_exchange
from .exchange_thermal import thermal_exchange
from .fit import fit_unitary, search, unitary_residual
from .parity import EIGHT_CX, parity_circuit

#: Largest entry of the difference between circuit and unitary.
CERTIFICATE = 1e-11
_ATTEMPTS, _STARTS, _ITERATIONS, _LAST_STEPS, _SEED = 6, 8, 80, 20, 2026
_CLOSE = 1e-9
#: Interaction times dt from which random starts succeed.
_STRONG = 0.4
#: The shortest step on the way: another start leads there sooner than shorter ones would.
_SHORTEST = 5e-3


def absorbed_collision(model: CollisionModel) -> tuple[Complex, QuantumCircuit] | None:
    """Eigenvectors W (d, d) as columns and a circuit of U (W x 1) up to their phases, or None for other models."""
    if (model.num_system_qubits, model.num_ancilla_qubits) != (1, 2):
        return None
    if is_exchange(model):
        return thermal_exchange(model, absorb=True)
    return _absorbed_parity(model) if parity_circuit(model) is not None else None


def _absorbed_parity(model: CollisionModel) -> tuple[Complex, QuantumCircuit] | None:
    vectors = thermal_spectrum(model.ancilla)[1]
    rotation = on_ancilla(vectors, 1)
    target = Stronger.than(model, rotation, _STRONG, least=1.0, most=np.inf)

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
