r"""Collisions with an eigenstate of a pair whose parity is conserved: three CX on the line S-1-2, in closed form.

If the pair stays in the states of one parity, one qubit holds it, and a CX spreads it over the two at the end. What is
left is an isometry of the system into two qubits, :math:`|\psi\rangle \mapsto |0\rangle K_0|\psi\rangle + |1\rangle
K_1|\psi\rangle`, which is the extremal channel of :math:`K_0, K_1` with its ancilla kept: two CX (:mod:`.extremal`). Up
to a unitary W of the ancilla and unitaries A, B of the system

.. math::

    A^\dagger K_0 B^\dagger = \begin{pmatrix}\cos a & 0\\ 0 & \cos b\end{pmatrix},\qquad
    A^\dagger K_1 B^\dagger = \begin{pmatrix}0 & \sin b\\ \sin a & 0\end{pmatrix} .

All of these are read off the amplitudes. A Bloch map has their squares, in which a weak collision drowns: W makes
:math:`K_0, K_1` orthogonal, B diagonalises :math:`K_1^\dagger K_1`, and A takes the images of :math:`K_0` there. So the
circuit is right for every strength, where a search for a weak collision meets degenerate angles
(:mod:`.eigenstate_collisions`).
"""

from __future__ import annotations

import numpy as np
from qiskit import QuantumCircuit

from .dense import Complex
from .fit import isometry_residual, refined
from .one_qubit import HADAMARD, IDENTITY, PAULI, about_y
from .skeleton import Skeleton

#: Norm of the difference between circuit and isometry.
CERTIFICATE = 1e-12
#: Norm of what is left of the other parity, and the difference of a and b, that count as rounding.
_STRUCTURE, _ALIKE = 1e-13, 1e-13
#: Singular values of K_1 this close, relative to the larger, hardly tell its axes apart.
_DEGENERATE = 1e-6
_LAST_STEPS = 20
_S = np.diag([1, 1j])
_TWO_CX, _THREE_CX = Skeleton(3, ((0, 1), (1, 2))), Skeleton(3, ((0, 1), (0, 1), (1, 2)))
#: The states of the pair by parity, by the qubit 1 that holds them. An index is 2 q2 + q1.
_STATES = ([0, 3], [2, 1])


def parity_of_eigenstate(target: Complex, index: int) -> QuantumCircuit | None:
    r"""The circuit of a collision that leaves the pair in the states of one parity.

    .. math:: V\,(|k\rangle\otimes|\psi\rangle) = e^{i\gamma}\,T\,|\psi\rangle

    Args:
        target: T (8, 2), what the collision makes of the eigenstate and each state of the system.
        index: k, the basis state of the pair that stands for the eigenstate.

    Returns:
        V, or None where both parities are there, or where K_0 and K_1 are too much alike to be told apart.

    >>> import numpy as np, qcoll
    >>> from qcoll.synthesis.dense import collision_unitary
    >>> from qcoll.synthesis.parity_eigenstate import parity_of_eigenstate
    >>> target = collision_unitary(qcoll.example_2(alpha=1e-7)) @ np.kron(np.eye(4)[:, 1:2], np.eye(2))
    >>> parity_of_eigenstate(target, 1).num_nonlocal_gates()
    3
    """
    blocks = target.reshape(4, 2, 2)
    for odd in (0, 1):
        if np.linalg.norm(blocks[_STATES[1 - odd]]) < _STRUCTURE:
            skeleton, gates = _gates(blocks[_STATES[odd]], odd, index)
            inputs = np.eye(8, dtype=complex)[:, index << 1 : (index + 1) << 1]
            residual = isometry_residual(skeleton, target, inputs)
            angles, error = refined(residual, skeleton.parameters(gates), _LAST_STEPS)
            return skeleton.circuit(angles, empty=(1, 2)) if error < CERTIFICATE else None
    return None


def _gates(kraus: Complex, odd: int, index: int) -> tuple[Skeleton, list[Complex]]:
    """The skeleton and its free gates for K_0, K_1 (2, 2, 2) in the basis of qubit 1."""
    mixing, scales, rows = np.linalg.svd(kraus.reshape(2, 4))
    first, second = scales[:, None, None] * rows[:2].reshape(2, 2, 2)
    before = _right_axes(first, second)
    images = first @ before.conj().T
    cosines = np.linalg.norm(images, axis=0)
    # orthogonal up to rounding, also where one of them vanishes
    left, _, right = np.linalg.svd(images / np.maximum(cosines, np.finfo(float).tiny))
    after = left @ right
    flips = after.conj().T @ second @ before.conj().T
    a, b = np.arctan2(abs(flips[1, 0]), cosines[0]), np.arctan2(abs(flips[0, 1]), cosines[1])
    # Two phases make both entries of K_1 positive: one of K_1 itself, one between the two axes.
    up, down = np.angle(flips[0, 1]), np.angle(flips[1, 0])
    turn = np.diag(np.exp(0.25j * (up - down) * np.array([-1, 1])))
    before, after = turn @ before, after @ turn.conj()
    mixing = mixing * np.exp([0, 0.5j * (up + down)])
    start_1, start_2 = (np.linalg.matrix_power(PAULI[0], index >> bit & 1) for bit in (0, 1))
    end_2 = np.linalg.matrix_power(PAULI[0], odd) @ HADAMARD
    if abs(a - b) < _ALIKE:
        return _TWO_CX, [
            HADAMARD @ before, about_y(a) @ start_1, HADAMARD @ start_2,
            after @ HADAMARD, mixing,
            IDENTITY, end_2,
        ]  # fmt: skip
    # The last CZ of the controlled rotation and the flip are one controlled XZ = -iY.
    return _THREE_CX, [
        before, about_y((a + b) / 2) @ start_1, HADAMARD @ start_2,
        HADAMARD @ _S.conj(), about_y((a - b) / 2),
        after @ _S @ HADAMARD, mixing @ _S.conj(),
        IDENTITY, end_2,
    ]  # fmt: skip


def _right_axes(first: Complex, second: Complex) -> Complex:
    """B: its rows are the axes of the system before, of K_1's singular values."""
    left, scales, right = np.linalg.svd(second)
    if scales[0] - scales[1] > _DEGENERATE * scales[0]:
        return np.asarray(right)
    # Then K_0 and K_1 are unitaries up to factors, that differ by a half turn. Any axis across it will do.
    outer, _, inner = np.linalg.svd(first)
    half_turn = (outer @ inner).conj().T @ left @ right
    direction = np.einsum("aij,ji->a", PAULI, half_turn)
    direction = (direction * np.exp(-1j * np.angle(direction[np.argmax(abs(direction))]))).real
    across = np.linalg.svd(direction[None])[2][1]
    vectors = np.linalg.eigh(np.tensordot(across, PAULI, 1))[1]
    return np.asarray(vectors.conj().T)
