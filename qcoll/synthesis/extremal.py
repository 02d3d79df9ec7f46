r"""Extremal one-qubit channels: the ones with two Kraus operators, one ancilla qubit and two CX.

Ruskai, Szarek and Werner (2002): up to one-qubit unitaries before and after, a channel of Kraus rank two is

.. math::

    K_0 = \begin{pmatrix}\cos a & 0\\ 0 & \cos b\end{pmatrix},\qquad
    K_1 = \begin{pmatrix}0 & \sin b\\ \sin a & 0\end{pmatrix}.

Its circuit: the ancilla, from \|0>, turns by :math:`R_y(2a)` if the system is \|0> and by :math:`R_y(2b)` if it is
\|1>, then flips the system. With :math:`Z R_y(x) Z = R_y(-x)` the first part is :math:`R_y(a+b)`, CZ,
:math:`R_y(a-b)`, CZ, and the last CZ and the flip CX, both controlled by the ancilla, are one controlled
:math:`XZ = -iY`, whose phase stays on an ancilla that nobody reads. That makes two CX.

The last gate is controlled by an ancilla that is then discarded, so that its measurement and a flip of the system where
the outcome is 1 do the same (:mod:`~qcoll.circuits.correction`). That makes one CX.

The frames follow from the Bloch map :math:`r \mapsto T r + t`. In the normal form :math:`T` is diagonal and :math:`t`
points along z, so that the output frame diagonalises :math:`T T^T` and :math:`t t^T` together.

Every one-qubit channel is the mean of two of these: in the block form
:math:`J = \begin{pmatrix}A & C\\ C^\dagger & 1-A\end{pmatrix}` of its Choi matrix (blocks numbered by the output),
:math:`C = \sqrt A\,R\,\sqrt{1-A}` with a contraction :math:`R`, and :math:`R = V\cos\theta\,W^\dagger` is the mean of
the unitaries :math:`V e^{\pm i\theta} W^\dagger`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from qiskit import QuantumCircuit

from ..circuits.correction import append_measured_flip
from .dense import Complex, Real, canonical_kraus
from .one_qubit import PAULI, spin_rotation
from .skeleton import append_matrix

#: How an extremal channel ends: with a gate that the ancilla controls, or with its measurement and a flip.
Correction = Literal["coherent", "measured"]

#: Largest deviation of a Choi matrix from the normal form that counts as rounding.
NORMAL_FORM_TOLERANCE = 1e-11
#: A smaller one is as small as it gets; two axes that shrink alike, up to rounding.
_ROUNDING, _ALIKE = 1e-14, 1e-13
#: What turns about the axes do to the axes of a frame: half ones as signs, and the gate S.
_HALF_TURNS = np.array([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
_QUARTER_TURN = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])


def bloch_map(kraus: Complex) -> tuple[Real, Real]:
    """The matrix T (3, 3) and the shift t (3,) of a one-qubit channel on Bloch vectors."""
    matrix = np.einsum("aij,ejk,bkl,eil->ab", PAULI, kraus, PAULI, kraus.conj()).real / 2
    shift = np.einsum("aij,ejk,eik->a", PAULI, kraus, kraus.conj()).real / 2
    return matrix, shift


def mean_of_two(choi: Complex) -> list[Complex]:
    """Kraus operators (2, 2, 2) of two channels of rank at most two whose mean has the Choi matrix ``choi`` (4, 4).

    >>> import numpy as np
    >>> from qcoll.synthesis.dense import choi_matrix
    >>> from qcoll.synthesis.extremal import mean_of_two
    >>> depolarizing = np.eye(4) / 2
    >>> first, second = mean_of_two(depolarizing)
    >>> bool(np.allclose(choi_matrix(first) + choi_matrix(second), 2 * depolarizing))
    True
    """
    weights, frame = np.linalg.eigh(choi[:2, :2])
    weights = np.clip(weights, 0.0, 1.0)
    upper, lower = np.sqrt(weights), np.sqrt(1 - weights)
    corner = frame.conj().T @ choi[:2, 2:] @ frame
    scale = np.outer(upper, lower)
    contraction = np.divide(corner, scale, out=np.zeros_like(corner), where=scale > 1e-12)
    left, cosines, right = np.linalg.svd(contraction)
    phases = np.exp(1j * np.arccos(np.clip(cosines, 0.0, 1.0)))
    channels = []
    for phase in (phases, phases.conj()):
        # J = B B^dagger with B = (sqrt(A) Q ; sqrt(1 - A)), one Kraus operator for each column of B.
        top = frame @ (upper[:, None] * ((left * phase) @ right))
        bottom = frame @ np.diag(lower)
        columns = np.concatenate([top, bottom])
        channels.append(canonical_kraus(np.ascontiguousarray(columns.T).reshape(-1, 2, 2)))
    return channels


def extremal_circuit(kraus: Complex, correction: Correction = "coherent") -> QuantumCircuit:
    """The circuit of a channel of Kraus rank one or two, on the system (qubit 0) and an ancilla in |0>.

    A unitary channel takes no CX and leaves the ancilla alone. Pure dephasing takes one CX, the others two; with a
    measured correction none and one.

    Args:
        kraus: canonical Kraus operators (r, 2, 2) with r at most 2.
        correction: "measured" ends with a measurement of the ancilla, into the circuit's one bit, and the barrier that
            implies the flips of system and ancilla (:mod:`~qcoll.circuits.correction`).

    >>> import numpy as np
    >>> from qcoll.synthesis.extremal import extremal_circuit
    >>> damping = np.array([[[1, 0], [0, 0.8]], [[0, 0.6], [0, 0]]], dtype=complex)
    >>> extremal_circuit(damping).num_nonlocal_gates()
    2
    >>> extremal_circuit(damping, "measured").num_nonlocal_gates()
    1
    """
    circuit = QuantumCircuit(2, int(correction == "measured" and len(kraus) > 1))
    if len(kraus) == 1:
        append_matrix(circuit, kraus[0], 0)
        return circuit
    matrix, shift = bloch_map(kraus)
    out_frame, in_frame = _settled(matrix, *_frames(matrix, shift))
    scales = np.diagonal(out_frame.T @ matrix @ in_frame)
    a, b = _angles(scales, float(out_frame[:, 2] @ shift))
    append_matrix(circuit, spin_rotation(in_frame.T), 0)
    _append_normal_form(circuit, a, b, correction)
    append_matrix(circuit, spin_rotation(out_frame.T).conj().T, 0)
    return circuit


def _frames(matrix: Real, shift: Real) -> tuple[Real, Real]:
    """Rotations (columns: axes) that bring the Bloch map to normal form, the shift along the third axis."""
    length = float(np.linalg.norm(shift))
    candidates: list[tuple[float, int, Real, Real]] = []
    for out_frame, in_frame in _possible_frames(matrix, shift, length):
        reduced = out_frame.T @ matrix @ in_frame
        scales, along = np.abs(np.diagonal(reduced)), out_frame.T @ shift
        third = int(np.argmax(np.abs(along))) if length > NORMAL_FORM_TOLERANCE else int(np.argmin(scales))
        error = float(np.abs(reduced - np.diag(np.diagonal(reduced))).max() + np.linalg.norm(np.delete(along, third)))
        axes = [int(k) for k in np.argsort(-scales) if k != third] + [third]
        candidates.append((error, len(candidates), _right_handed(out_frame[:, axes]), _right_handed(in_frame[:, axes])))
        if error < _ROUNDING:
            break
    _, _, out_frame, in_frame = min(candidates)
    return out_frame, in_frame


def _settled(matrix: Real, out_frame: Real, in_frame: Real) -> tuple[Real, Real]:
    """Frames of the same normal form, by what they are rather than by rounding: few gates at the end.

    Half turns about the axes leave the form as it is, and so does any turn about the third one where the first two
    shrink alike. The first axis is then to shrink to a positive multiple: pure dephasing has a = b.
    """
    first, second = np.diagonal(out_frame.T @ matrix @ in_frame)[:2]
    if abs(abs(first) - abs(second)) < _ALIKE:
        # The axes of the plane such that the rotation and the gate S before it are as little as they can be.
        flip = _HALF_TURNS[1 if out_frame[2, 2] < 0 else 0]
        out_frame, in_frame = out_frame * flip, in_frame * flip
        plane = (out_frame @ _QUARTER_TURN)[:, :2]
        angle = np.arctan2(plane[0, 1] - plane[1, 0], plane[0, 0] + plane[1, 1])
        turn = np.eye(3)
        turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        signs = np.array([1.0, np.copysign(1.0, first * second), 1.0])
        out_frame, in_frame = out_frame @ turn, in_frame @ (turn * signs[:, None] * signs)
    out_frame = max((out_frame * signs for signs in _HALF_TURNS), key=lambda frame: np.trace(frame @ _QUARTER_TURN))
    positive = [
        frame for frame in (in_frame * signs for signs in _HALF_TURNS) if out_frame[:, 0] @ matrix @ frame[:, 0] >= 0
    ]
    return out_frame, max(positive, key=np.trace)


def _possible_frames(matrix: Real, shift: Real, length: float) -> Iterator[tuple[Real, Real]]:
    """Axes for all cases but accidents, one pair after the other."""
    yield _about(np.array([0.0, 0, 1]), matrix)  # the axis of most models, which rounding would tilt
    direction = shift / length if length > 0 else shift
    # Any coefficient separates the shift's axis from those that T leaves degenerate with it, except by accident.
    for coefficient in (1.0, -1.0, 0.37):
        square = matrix @ matrix.T + coefficient * np.outer(shift, direction)
        out_frame = np.linalg.eigh(square)[1]
        images = matrix.T @ out_frame
        order = np.argsort(-np.linalg.norm(images, axis=0))
        in_frame = np.empty((3, 3))
        in_frame[:, order] = np.linalg.qr(images[:, order])[0]
        yield out_frame, in_frame
    if length > 0:  # the square above loses what T hardly keeps; a clear shift is an axis without it
        yield _about(direction, matrix)


def _about(direction: Real, matrix: Real) -> tuple[Real, Real]:
    """Axes with a given one as the third."""
    across = np.linalg.svd(direction[None])[2][1:]
    left, _, right = np.linalg.svd(across @ matrix)
    return np.column_stack([across.T @ left, direction]), right.T


def _right_handed(frame: Real) -> Real:
    return frame if np.linalg.det(frame) > 0 else frame * np.array([-1.0, 1.0, 1.0])


def _angles(scales: Real, shift: float) -> tuple[float, float]:
    """The angles a, b with T = diag(cos(a-b), cos(a+b), ...) and t = sin(b-a) sin(a+b)."""
    # The angle of the smaller cosine is well conditioned; the other one follows from the shift, which a cosine near one
    # would not resolve.
    wide = 0 if abs(scales[0]) < abs(scales[1]) else 1
    wide_angle = np.arccos(np.clip(scales[wide], -1.0, 1.0))
    sine = shift / np.sin(wide_angle) if np.sin(wide_angle) > 1e-9 else 0.0
    narrow_angle = np.arctan2(sine, scales[1 - wide])
    difference, total = (narrow_angle, wide_angle) if wide == 1 else (wide_angle, narrow_angle)
    return float(total - difference) / 2, float(total + difference) / 2


def _append_normal_form(circuit: QuantumCircuit, a: float, b: float, correction: Correction) -> None:
    if abs(np.sin(a - b)) < NORMAL_FORM_TOLERANCE and np.cos(a - b) > 0:
        circuit.ry(2 * a, 1)
        _append_flip(circuit, correction)
        return
    circuit.ry(a + b, 1)
    circuit.cz(0, 1)
    circuit.ry(a - b, 1)
    # Controlled XZ = -iY: a controlled Y, and a phase on the ancilla that is left out.
    circuit.sdg(0)
    _append_flip(circuit, correction)
    circuit.s(0)


def _append_flip(circuit: QuantumCircuit, correction: Correction) -> None:
    """Flip the system if the ancilla is in |1>."""
    if correction == "measured":
        append_measured_flip(circuit, system=0, ancilla=1)
    else:
        circuit.cx(1, 0)
