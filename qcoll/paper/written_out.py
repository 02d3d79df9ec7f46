"""Collisions written out on joint matrices: one of them with its energies, and two in a row on one register.

What Eqs. 11-16 and 60-66 say, with nothing traced out early and none of the package's channels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.linalg import expm

from ..exact import collision_channel, gibbs_state
from ..model.collision import CollisionModel
from ..model.operators import embedded
from ..trajectory.pauli import Complex
from .draws import Draw, draws_1, draws_2

Part = Literal["system", "ancilla", "interaction"]


@dataclass(frozen=True, eq=False)
class Joint:
    """One collision on joint matrices, written out: Hamiltonians, unitary, states before and after."""

    model: CollisionModel
    parts: dict[Part, Complex]
    unitary: Complex
    before: Complex
    after: Complex

    @classmethod
    def of(cls, draw: Draw) -> Joint:
        """The exact collision of a draw."""
        model = draw.model
        parts: dict[Part, Complex] = {
            "system": np.kron(np.eye(4), model.system.to_matrix()),
            "ancilla": np.kron(model.ancilla.hamiltonian.to_matrix(), np.eye(2)),
            "interaction": model.interaction.to_matrix(),
        }
        unitary = np.asarray(expm(-1j * model.dt * np.asarray(sum(parts.values()))), dtype=complex)
        before = np.asarray(np.kron(gibbs_state(model.ancilla), draw.rho), dtype=complex)
        return cls(model, parts, unitary, before, np.asarray(unitary @ before @ unitary.conj().T))

    def mean(self, operator: Complex) -> float:
        """Mean before the collision."""
        return float(np.trace(operator @ self.before).real)

    def change(self, part: Part) -> float:
        """Exact change of the mean of one part of the Hamiltonian."""
        return float(np.trace(self.parts[part] @ (self.after - self.before)).real)

    def expanded(self, part: Part) -> float:
        """The change to second order as Eqs. 61, 62 and 66 have it: -i dt <[P, H]> + dt^2/2 <[H, [P, H]]>."""
        total, dt = sum(self.parts.values()), self.model.dt
        once = commutator(self.parts[part], np.asarray(total))
        return self.mean(-1j * dt * once) + self.mean(dt**2 / 2 * commutator(np.asarray(total), once))


def joints() -> Iterator[tuple[Draw, Joint]]:
    """Every draw of both examples with its collision written out."""
    for draw in [*draws_1(), *draws_2()]:
        yield draw, Joint.of(draw)


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


def commutator(left: Complex, right: Complex) -> Complex:
    """Left right - right left."""
    return np.asarray(left @ right - right @ left)
