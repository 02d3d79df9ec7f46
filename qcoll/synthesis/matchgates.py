r"""Circuits of matchgates on neighbours for rotations of Majorana operators, each gate two CX.

A rotation O in SO(2m) is reduced to the diagonal by rotations of two neighbouring modes (four Majorana operators) at a
time, as in a QR decomposition; each is a matchgate. Where excitations are conserved, O is a unitary of m modes and each
matchgate an exchange gate, a Givens rotation. Their order is then the brickwork of Clements et al. (Optica 3, 1460,
2016): m(m-1)/2 gates in depth m. Entries that vanish need no gate, so that short evolutions of long chains, whose light
cones end, take fewer.

Of an isometry, the first rows of such a matrix, only what those rows need is made: the others belong to what is
discarded.
"""

from __future__ import annotations

import cmath
import math

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit.library import XXPlusYYGate
from scipy.linalg import cossin

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]

ANGLE_TOLERANCE = 1e-14
COMMUTATOR_TOLERANCE = 1e-13


def gaussian_circuit(rotation: Real) -> tuple[QuantumCircuit, Real]:
    r"""Matchgates for a rotation of Majorana operators.

    Args:
        rotation: O in SO(2m).

    Returns:
        ``(circuit, angles)``: the unitary is the circuit of matchgates after :math:`R_Z(\text{angles}_j)` on each
        qubit j. Whoever prepares a state that is diagonal in the computational basis leaves the RZ out.
    """
    if conserves_number(rotation):
        return _brickwork(complex_form(rotation))
    size = len(rotation) // 2
    remaining = rotation.copy()
    eliminations: list[tuple[int, Real]] = []
    for column in range(size - 1):
        for row in range(size - 2, column - 1, -1):
            rows = slice(2 * row, 2 * row + 4)
            block = remaining[rows, 2 * column : 2 * column + 2]
            if np.abs(block[2:]).max() < ANGLE_TOLERANCE:
                continue
            gate = _elimination(block)
            remaining[rows] = gate @ remaining[rows]
            eliminations.append((row, gate))
    circuit = QuantumCircuit(size)
    for row, gate in reversed(eliminations):
        append_matchgate(circuit, gate.T, row, row + 1)
    angles = [math.atan2(remaining[2 * j + 1, 2 * j], remaining[2 * j, 2 * j]) for j in range(size)]
    return circuit, np.array(angles)


def isometry_of_modes(rows: Real) -> QuantumCircuit:
    """Matchgates whose first Majorana operators are given combinations of all, which the others complete.

    Args:
        rows: (2s, 2m), orthonormal, m > s unless they are a rotation: the first rows of a rotation of m modes.

    Returns:
        A circuit on m qubits of at most s(2m - s - 1)/2 matchgates.
    """
    kept, size = len(rows) // 2, rows.shape[1] // 2
    if conserves_number(rows):
        return _exchange_isometry(complex_form(rows))
    remaining = rows.copy()
    eliminations: list[tuple[int, Real]] = []
    for mode in range(kept):
        for column in range(size - 2, mode - 1, -1):
            columns = slice(2 * column, 2 * column + 4)
            block = remaining[2 * mode : 2 * mode + 2, columns]
            if np.abs(block[:, 2:]).max() < ANGLE_TOLERANCE:
                continue
            gate = _elimination(block.T)
            remaining[:, columns] = remaining[:, columns] @ gate.T
            eliminations.append((column, gate))
    circuit = QuantumCircuit(size)
    for column, gate in eliminations:
        append_matchgate(circuit, gate, column, column + 1)
    for mode in range(kept):
        append_rz(circuit, math.atan2(remaining[2 * mode + 1, 2 * mode], remaining[2 * mode, 2 * mode]), mode)
    return circuit


def conserves_number(matrix: Real) -> bool:
    """Whether a matrix on Majorana operators, or some rows of it, is complex linear on the modes."""
    turn = np.array([[0, -1], [1, 0]])
    blocks = matrix.reshape(len(matrix) // 2, 2, -1, 2)
    difference = np.einsum("aibj,jk->aibk", blocks, turn) - np.einsum("ki,aibj->akbj", turn, blocks)
    return bool(np.abs(difference).max() <= COMMUTATOR_TOLERANCE * np.abs(matrix).max())


def complex_form(matrix: Real) -> Complex:
    """The matrix on the modes, (m, m), of a matrix on Majorana operators that is complex linear."""
    return np.asarray(matrix[::2, ::2] + 1j * matrix[1::2, ::2])


def real_form(matrix: Complex) -> Real:
    """The inverse of :func:`complex_form`."""
    return np.asarray(np.kron(matrix.real, np.eye(2)) + np.kron(matrix.imag, [[0, -1], [1, 0]]))


def append_matchgate(circuit: QuantumCircuit, rotation: Real, first: int, second: int) -> None:
    r"""Append the matchgate of a rotation in SO(4) of the Majorana operators of two neighbours.

    The cosine-sine decomposition gives local RZ gates around
    :math:`S_b\,e^{-\frac i2(\theta_2 XX + \theta_1 YY)}\,S_b^\dagger`.
    """
    (u1, u2), theta, (v1, v2) = cossin(rotation, p=2, q=2, separate=True)
    # The local blocks may be reflections. Their signs move into the second angle, which leaves proper rotations:
    # those of the left blocks read from their first columns, those of the right blocks from their first rows.
    sign_u1, sign_u2, sign_v1 = (np.sign(np.linalg.det(block)) for block in (u1, u2, v1))
    theta_2 = math.atan2(sign_u2 * sign_v1 * math.sin(theta[1]), sign_u1 * sign_v1 * math.cos(theta[1]))
    append_rz(circuit, math.atan2(-v1[0, 1], v1[0, 0]), first)
    append_rz(circuit, math.atan2(-v2[0, 1], v2[0, 0]) - math.pi / 2, second)
    _append_xx_yy(circuit, theta_2, float(theta[0]), first, second)
    append_rz(circuit, math.atan2(u1[1, 0], u1[0, 0]), first)
    append_rz(circuit, math.atan2(u2[1, 0], u2[0, 0]) + math.pi / 2, second)


def append_rz(circuit: QuantumCircuit, angle: float, qubit: int) -> None:
    """Append RZ unless only rounding keeps its angle from zero."""
    if wrapped := _wrapped(angle):
        circuit.rz(wrapped, qubit)


def _brickwork(unitary: Complex) -> tuple[QuantumCircuit, Real]:
    r"""Exchange gates for a unitary of the modes, in layers that alternate (Clements et al. 2016).

    Entries below the diagonal vanish one antidiagonal after the other, from the right and from the left in turn. The
    phases that remain between the gates of both sides go to the beginning.
    """
    size = len(unitary)
    remaining = unitary.copy()
    left: list[tuple[int, Complex]] = []
    right: list[tuple[int, Complex]] = []
    for length in range(1, size):
        for step in range(length):
            if length % 2:
                row, column = size - 1 - step, length - 1 - step
                upper, lower = remaining[row, column + 1], remaining[row, column]
                if abs(lower) >= ANGLE_TOLERANCE:
                    gate = _givens(upper, lower)[::-1, ::-1].T
                    remaining[:, column : column + 2] = remaining[:, column : column + 2] @ gate
                    right.append((column, gate))
            else:
                row, column = size - length + step, step
                upper, lower = remaining[row - 1, column], remaining[row, column]
                if abs(lower) >= ANGLE_TOLERANCE:
                    gate = _givens(upper, lower)
                    remaining[row - 1 : row + 1] = gate @ remaining[row - 1 : row + 1]
                    left.append((row - 1, gate))
    phases = remaining.diagonal()
    circuit = QuantumCircuit(size)
    for mode, gate in right:
        turn = phases[mode : mode + 2, None] / phases[mode : mode + 2]
        _append_exchange(circuit, turn * gate.conj().T, mode)
    for mode, gate in reversed(left):
        _append_exchange(circuit, gate.conj().T, mode)
    return circuit, np.angle(phases)


def _exchange_isometry(rows: Complex) -> QuantumCircuit:
    """Exchange gates whose first modes are given combinations of all, (s, m)."""
    kept, size = rows.shape
    remaining = rows.copy()
    circuit = QuantumCircuit(size)
    for mode in range(kept):
        for column in range(size - 2, mode - 1, -1):
            upper, lower = remaining[mode, column], remaining[mode, column + 1]
            if abs(lower) >= ANGLE_TOLERANCE:
                gate = _givens(upper, lower).T
                remaining[:, column : column + 2] = remaining[:, column : column + 2] @ gate
                _append_exchange(circuit, gate.conj().T, column)
    for mode in range(kept):
        append_rz(circuit, cmath.phase(remaining[mode, mode]), mode)
    return circuit


def _givens(upper: complex, lower: complex) -> Complex:
    """The exchange of two modes that turns the column (upper, lower) into one whose second entry vanishes."""
    half, beta = math.atan2(abs(lower), abs(upper)), cmath.phase(-1j * lower * np.conj(upper))
    sine = -1j * math.sin(half)
    return np.array([[math.cos(half), sine * cmath.exp(-1j * beta)], [sine * cmath.exp(1j * beta), math.cos(half)]])


def _append_exchange(circuit: QuantumCircuit, matrix: Complex, first: int) -> None:
    r"""Append the exchange gate of two neighbouring modes, (2, 2).

    ``XXPlusYYGate(theta, beta)`` on neighbours acts on their modes as
    :math:`\begin{pmatrix}\cos & -ie^{-i\beta}\sin\\ -ie^{i\beta}\sin & \cos\end{pmatrix}(\theta/2)`.
    """
    theta = 2 * math.atan2(abs(matrix[1, 0]), matrix[0, 0].real)
    circuit.append(XXPlusYYGate(theta, _wrapped(cmath.phase(1j * matrix[1, 0]))), [first, first + 1])


def _elimination(block: Real) -> Real:
    """The rotation in SO(4) that turns a 4 x 2 block of rank 2 into one whose last two rows vanish."""
    orthogonal = np.asarray(np.linalg.qr(block, mode="complete")[0]).T
    if np.linalg.det(orthogonal) < 0:
        orthogonal[-1] *= -1
    if np.linalg.det((orthogonal @ block)[:2]) < 0:
        orthogonal[1] *= -1  # keep the diagonal blocks proper rotations, so that RZ gates remain
        orthogonal[-1] *= -1
    return orthogonal


def _append_xx_yy(circuit: QuantumCircuit, xx: float, yy: float, first: int, second: int) -> None:
    """Append exp(-i (xx X X + yy Y Y) / 2): one exchange gate where xx = yy, otherwise two CX."""
    if abs(xx) < ANGLE_TOLERANCE and abs(yy) < ANGLE_TOLERANCE:
        return
    if abs(xx - yy) < ANGLE_TOLERANCE:
        circuit.append(XXPlusYYGate(2 * xx), [first, second])
        return
    circuit.rx(math.pi / 2, [first, second])
    circuit.cx(first, second)
    circuit.rx(xx, first)
    circuit.rz(yy, second)
    circuit.cx(first, second)
    circuit.rx(-math.pi / 2, [first, second])


def _wrapped(angle: float) -> float:
    """The angle between -pi and pi, exactly zero where only rounding keeps it from zero."""
    wrapped = math.remainder(angle, 2 * math.pi)
    return wrapped if abs(wrapped) > ANGLE_TOLERANCE else 0.0
