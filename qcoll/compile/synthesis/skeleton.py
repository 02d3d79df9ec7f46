r"""Circuits of fixed two-qubit gates with free one-qubit gates between, and how their parameters are found.

A skeleton is a list of CZ placements. Every qubit starts with a free gate :math:`R_z R_y R_z`, and after every CZ both
of its qubits have a free :math:`R_z(a) R_y(b)`: the missing third rotation commutes with the CZ and merges with the
gate before it. Such a circuit of :math:`n` qubits and :math:`m` CZ has :math:`3n + 4m` parameters.

Derivatives are exact: with :math:`U = L_k\,e^{-i\theta_k P_k/2}\,A_k`, the derivative is
:math:`-\tfrac i2\,U\,(A_k'^\dagger P_k A_k')` with :math:`A_k'` everything up to and including rotation :math:`k`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from qiskit import QuantumCircuit

from .dense import Complex, Real

#: Rotations smaller than this are left out of circuits.
ANGLE_CUTOFF = 1e-14


@dataclass(frozen=True)
class Skeleton:
    """CZ gates at given places with free one-qubit gates between.

    Args:
        num_qubits: size of the register.
        placements: pairs of qubits, in the order in which their CZ gates act.

    >>> from qcoll.compile.synthesis.skeleton import Skeleton
    >>> Skeleton(3, ((0, 1), (0, 2), (0, 1))).num_parameters
    21
    """

    num_qubits: int
    placements: tuple[tuple[int, int], ...]

    @property
    def num_parameters(self) -> int:
        """Number of rotation angles."""
        return 3 * self.num_qubits + 4 * len(self.placements)

    @property
    def slots(self) -> list[int]:
        """The qubit of every free gate: first one for each qubit, then two for each CZ."""
        return [*range(self.num_qubits), *(qubit for pair in self.placements for qubit in pair)]

    @cached_property
    def _moves(self) -> list[tuple[Complex, bool]]:
        """Every gate in order: a generator (True) or the diagonal of a CZ (False)."""
        moves: list[tuple[Complex, bool]] = []
        for slot, qubit in enumerate(self.slots):
            if slot >= self.num_qubits and (slot - self.num_qubits) % 2 == 0:
                moves.append((_cz_diagonal(self.num_qubits, *self.placements[(slot - self.num_qubits) // 2]), False))
            z, y = (_pauli(self.num_qubits, qubit, letter) for letter in "ZY")
            moves += [(z, True), (y, True), (z, True)] if slot < self.num_qubits else [(y, True), (z, True)]
        return moves

    @cached_property
    def _generators(self) -> Complex:
        return np.array([matrix for matrix, rotates in self._moves if rotates])

    def unitary(self, parameters: Real) -> Complex:
        """The circuit's matrix, shape (2**n, 2**n)."""
        return self._prefixes(parameters)[1]

    def derivatives(self, parameters: Real, inputs: Complex) -> tuple[Complex, Complex]:
        """The images (2**n, k) of ``inputs`` and their derivatives (parameters, 2**n, k)."""
        prefixes, unitary = self._prefixes(parameters)
        inner = prefixes.conj().transpose(0, 2, 1) @ (self._generators @ (prefixes @ inputs))
        return unitary @ inputs, -0.5j * (unitary @ inner)

    def _prefixes(self, parameters: Real) -> tuple[Complex, Complex]:
        current = np.eye(2**self.num_qubits, dtype=complex)
        prefixes, angles = [], iter(parameters)
        for matrix, rotates in self._moves:
            if rotates:
                half = next(angles) / 2
                current = np.cos(half) * current - 1j * np.sin(half) * (matrix @ current)
                prefixes.append(current)
            else:
                current = matrix[:, None] * current
        return np.array(prefixes), current

    def parameters(self, gates: Sequence[Complex]) -> Real:
        """The angles that make the free gates equal ``gates``, one 2 x 2 matrix for each slot, up to a phase.

        The first rotation of each gate is handed back through the CZ to the gate before it.
        """
        slots = self.slots
        pending = [np.asarray(gate, dtype=complex) for gate in gates]
        angles: list[tuple[float, ...]] = [()] * len(slots)
        for slot in reversed(range(len(slots))):
            theta, phi, lam = zyz_angles(pending[slot])
            if slot < self.num_qubits:
                angles[slot] = (lam, theta, phi)
                continue
            angles[slot] = (theta, phi)
            before = max(k for k in range(slot) if slots[k] == slots[slot])
            pending[before] = np.diag([1, np.exp(1j * lam)]) @ pending[before]
        return np.array([angle for slot in angles for angle in slot])

    def circuit(self, parameters: Real, *, empty: Sequence[int] = (), discarded: Sequence[int] = ()) -> QuantumCircuit:
        """The circuit of CZ and U gates.

        Args:
            parameters: the angles.
            empty: qubits that start in |0>, where a first rotation about z does nothing.
            discarded: qubits that are not used afterwards, whose last gates are left out.
        """
        circuit = QuantumCircuit(self.num_qubits)
        slots, angles = self.slots, list(parameters)
        last = {qubit: max(k for k, other in enumerate(slots) if other == qubit) for qubit in discarded}
        for slot, qubit in enumerate(slots):
            first = slot < self.num_qubits
            if not first and (slot - self.num_qubits) % 2 == 0:
                circuit.cz(*self.placements[(slot - self.num_qubits) // 2])
            lam = angles.pop(0) if first else 0.0
            theta, phi = angles.pop(0), angles.pop(0)
            if last.get(qubit) != slot:
                append_u(circuit, theta, phi, 0.0 if first and qubit in empty else lam, qubit)
        return circuit


def zyz_angles(matrix: Complex) -> tuple[float, float, float]:
    r"""Angles with :math:`R_z(\phi) R_y(\theta) R_z(\lambda)` equal to a 2 x 2 unitary up to a phase."""
    theta = 2 * np.arctan2(abs(matrix[1, 0]), abs(matrix[0, 0]))
    phi = float(np.angle(matrix[1, 0] * matrix[0, 0].conj()))
    # Of the two combinations of angles the one that the larger entries fix is read from them alone: a small entry
    # knows its own phase badly, and must not pass that on.
    if abs(matrix[0, 0]) >= abs(matrix[1, 0]):
        lam = float(np.angle(matrix[1, 1] * matrix[0, 0].conj())) - phi
    else:
        lam = phi - float(np.angle(-matrix[1, 0] * matrix[0, 1].conj()))
    return float(theta), phi, lam


def append_u(circuit: QuantumCircuit, theta: float, phi: float, lam: float, qubit: int) -> None:
    """Append :math:`R_z(phi) R_y(theta) R_z(lam)` as one U gate unless it is the identity."""
    phi, lam, theta = (float(np.remainder(angle + np.pi, 2 * np.pi) - np.pi) for angle in (phi, lam, theta))
    if abs(theta) > ANGLE_CUTOFF or abs(np.remainder(phi + lam + np.pi, 2 * np.pi) - np.pi) > ANGLE_CUTOFF:
        circuit.u(theta, phi, lam, qubit)


def append_matrix(circuit: QuantumCircuit, matrix: Complex, qubit: int) -> None:
    """Append a 2 x 2 unitary, up to its phase, as one U gate unless it is the identity."""
    append_u(circuit, *zyz_angles(matrix), qubit)


def _pauli(num_qubits: int, qubit: int, letter: str) -> Complex:
    matrix = {"Y": np.array([[0, -1j], [1j, 0]]), "Z": np.diag([1.0 + 0j, -1.0])}[letter]
    return np.asarray(np.kron(np.kron(np.eye(2 ** (num_qubits - 1 - qubit)), matrix), np.eye(2**qubit)))


def _cz_diagonal(num_qubits: int, first: int, second: int) -> Complex:
    index = np.arange(2**num_qubits)
    return np.where((index >> first) & (index >> second) & 1, -1.0, 1.0).astype(complex)
