r"""Circuits of fixed two-qubit gates with free one-qubit gates between, and how their parameters are found.

A skeleton is a list of CZ placements. Every qubit starts with a free gate :math:`R_z R_y R_z`, and after every CZ both
of its qubits have a free :math:`R_z(a) R_y(b)`: the missing third rotation commutes with the CZ and merges with the
gate before it. Such a circuit of :math:`n` qubits and :math:`m` CZ has :math:`3n + 4m` parameters.

Derivatives are exact: with :math:`U = L_k\,e^{-i\theta_k P_k/2}\,A_k`, the derivative is :math:`-\tfrac i2\,U\,H_k`
with :math:`H_k = A_k'^\dagger P_k A_k'` and :math:`A_k'` everything up to and including rotation :math:`k`. All
of it is computed for a stack of parameters at once, so that many starts of a search cost little more than one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
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

    >>> from qcoll.synthesis.skeleton import Skeleton
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

    @property
    def about_y(self) -> NDArray[np.bool_]:
        """Which of the angles are of rotations about y, not z."""
        flags = np.zeros(self.num_parameters, dtype=bool)
        flags[self._layout[3] - 1] = True
        return flags

    def unitary(self, parameters: Real) -> Complex:
        """The circuit's matrix, shape (2**n, 2**n); a stack of them for a stack of parameters (..., P)."""
        return np.asarray(self._prefixes(parameters)[..., -1, :, :])

    def heisenberg(self, parameters: Real) -> tuple[Complex, Complex]:
        r"""The matrix U (..., d, d) and the Hermitian :math:`H_k` with :math:`\partial_k U = -\tfrac i2 U H_k`.

        Args:
            parameters: of one circuit (P,) or of a stack of them (..., P).

        Returns:
            U and H, of shape (..., P, d, d).
        """
        prefixes = self._prefixes(parameters)
        all_inputs = np.eye(2**self.num_qubits, dtype=complex)
        return prefixes[..., -1, :, :], self._moved(parameters, prefixes, prefixes, all_inputs)

    def derivatives(self, parameters: Real, inputs: Complex) -> tuple[Complex, Complex]:
        """The images (..., 2**n, k) of ``inputs`` and their derivatives (..., P, 2**n, k)."""
        prefixes = self._prefixes(parameters)
        moved = self._moved(parameters, prefixes, prefixes @ inputs, inputs)
        unitary = prefixes[..., -1, :, :]
        # All derivatives side by side: one product of matrices instead of many small ones.
        columns = np.moveaxis(moved, -3, -2)
        together = -0.5j * unitary @ columns.reshape(*columns.shape[:-2], -1)
        return unitary @ inputs, np.moveaxis(together.reshape(columns.shape), -2, -3)

    def _moved(self, parameters: Real, prefixes: Complex, images: Complex, inputs: Complex) -> Complex:
        """The matrices H_k times ``inputs`` (d, c), from the images (..., slots, d, c) after each free gate."""
        _, flips, signs, last = self._layout
        phases = np.exp(1j * signs * np.asarray(parameters)[..., last, None])
        about_z = signs[..., None] * images
        # R_z(b) Y R_z(-b), where b is the angle of the rotation after the one about Y.
        about_y = (-1j * signs * phases.conj())[..., None] * images[..., np.arange(len(last))[:, None], flips, :]
        adjoint = prefixes.conj().swapaxes(-1, -2)
        moved = np.empty((*images.shape[:-3], self.num_parameters, *images.shape[-2:]), dtype=complex)
        moved[..., last, :, :] = adjoint @ about_z
        moved[..., last - 1, :, :] = adjoint @ about_y
        first = last[: self.num_qubits]
        moved[..., first - 2, :, :] = signs[: self.num_qubits, :, None] * inputs
        return moved

    @cached_property
    def _layout(self) -> tuple[Real, NDArray[np.intp], Real, NDArray[np.intp]]:
        """For each slot: the CZ before it, the flip and the sign of its qubit's bit, and where its last angle is."""
        index = np.arange(2**self.num_qubits)
        slots = np.array(self.slots)
        before = np.ones((len(slots), len(index)))
        for position, pair in enumerate(self.placements):
            before[self.num_qubits + 2 * position] = _cz_diagonal(self.num_qubits, *pair)
        bits = (index >> slots[:, None]) & 1
        counts = np.where(np.arange(len(slots)) < self.num_qubits, 3, 2)
        return before, index ^ (1 << slots[:, None]), 1.0 - 2.0 * bits, np.cumsum(counts) - 1

    def _prefixes(self, parameters: Real) -> Complex:
        """The circuit up to and including each free gate, shape (..., slots, d, d)."""
        before, flips, signs, last = self._layout
        angles = np.asarray(parameters)
        first = last[: self.num_qubits]
        cosines, sines = np.cos(angles[..., last - 1] / 2), np.sin(angles[..., last - 1] / 2)
        phases = np.exp(-0.5j * signs * angles[..., last, None])
        columns = np.arange(2**self.num_qubits)
        gates = np.zeros((*phases.shape, len(columns)), dtype=complex)
        gates[..., columns, columns] = phases * cosines[..., None]
        rows = np.arange(len(last))[:, None]
        # Row r of R_y has -sin where r has the bit 0 and +sin where it has 1.
        gates[..., rows, columns, flips] = -signs * phases * sines[..., None]
        turn = np.exp(-0.5j * signs[: self.num_qubits] * angles[..., first - 2, None])
        gates[..., : self.num_qubits, :, :] *= turn[..., None, :]
        gates *= before[:, None, :]
        prefixes = np.empty_like(gates)
        prefixes[..., 0, :, :] = gates[..., 0, :, :]
        for slot in range(1, len(last)):
            np.matmul(gates[..., slot, :, :], prefixes[..., slot - 1, :, :], out=prefixes[..., slot, :, :])
        return prefixes

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
        slots, angles = self.slots, list(self._settled(parameters))
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

    def _settled(self, parameters: Real) -> Real:
        r"""The angles with :math:`R_z(\phi)R_y(\pi) = R_y(\pi)R_z(-\phi)` handed back through CZ to the gate before.

        The two phases add up, and only what they add up to does anything. Left apart they may both err by the same
        millionth, of which Qiskit's optimization drops one.
        """
        angles = np.array(parameters)
        slots, last = self.slots, self._layout[3]
        for slot in range(len(slots) - 1, self.num_qubits - 1, -1):
            theta, phi = angles[last[slot] - 1], angles[last[slot]]
            if abs(np.sin(theta)) < ANGLE_CUTOFF:
                before = max(k for k in range(slot) if slots[k] == slots[slot])
                angles[last[before]] += phi if np.cos(theta) > 0 else -phi
                angles[last[slot]] = 0.0
        return angles


@dataclass(frozen=True)
class Preceded:
    """A skeleton after a fixed unitary F (d, d): the circuit's matrix times F, with the circuit's angles.

    Phases of its columns are phases of the states F|k>, which the circuit alone could not tell apart.

    Args:
        skeleton: the circuit.
        first: F.
    """

    skeleton: Skeleton
    first: Complex

    @property
    def num_parameters(self) -> int:
        """Number of rotation angles."""
        return self.skeleton.num_parameters

    def unitary(self, parameters: Real) -> Complex:
        """The matrix; a stack of them for a stack of parameters (..., P)."""
        return np.asarray(self.skeleton.unitary(parameters) @ self.first)

    def heisenberg(self, parameters: Real) -> tuple[Complex, Complex]:
        """The same as :meth:`Skeleton.heisenberg`."""
        unitary, moved = self.skeleton.heisenberg(parameters)
        return unitary @ self.first, self.first.conj().T @ moved @ self.first


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


def _cz_diagonal(num_qubits: int, first: int, second: int) -> Real:
    index = np.arange(2**num_qubits)
    return np.where((index >> first) & (index >> second) & 1, -1.0, 1.0)
