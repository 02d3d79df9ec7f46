"""Two collisions on one register of system and two ancillas: what Eqs. 11-16 say, with nothing traced out early."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.linalg import expm

from ..exact import collision_channel, gibbs_state
from ..model.collision import CollisionModel
from ..model.operators import embedded
from ..trajectory.pauli import Complex
from .draws import draws_1, draws_2


def two_collisions_on_one_register() -> Iterator[float]:
    """How far two channels in a row are from two unitaries on the joint register, traced once at the end.

    The ancilla that waits keeps its own free evolution here, which Eq. 14 leaves out; it makes no difference.
    """
    for draw in [*draws_1(), *draws_2()]:
        after = _register_after_two(draw.model, draw.rho)
        channel = collision_channel(draw.model).data
        expected = (channel @ channel @ draw.rho.flatten(order="F")).reshape(2, 2, order="F")
        yield float(np.abs(after - expected).max())


def _register_after_two(model: CollisionModel, rho: Complex) -> Complex:
    """The system after meeting the ancilla on qubits 1-2, then the one on qubits 3-4."""
    first, second = [0, 1, 2], [0, 3, 4]
    free = embedded(model.system, [0], 5)
    for qubits in (first, second):
        free = free + embedded(model.ancilla.hamiltonian, qubits[1:], 5)
    thermal = gibbs_state(model.ancilla)
    state = np.kron(thermal, np.kron(thermal, rho))
    for qubits in (first, second):
        hamiltonian = (free + embedded(model.interaction, qubits, 5)).to_matrix()
        unitary = expm(-1j * model.dt * hamiltonian)
        state = unitary @ state @ unitary.conj().T
    return np.asarray(np.einsum("aiaj->ij", state.reshape(16, 2, 16, 2)))
