r"""Free fermions on qubits: which Hamiltonians are quadratic, and exact circuits of matchgates for them.

Under the Jordan-Wigner transformation :math:`\gamma_{2j} = Z_0\cdots Z_{j-1}X_j`,
:math:`\gamma_{2j+1} = Z_0\cdots Z_{j-1}Y_j`, a Hamiltonian is free-fermionic if

.. math:: H = \tfrac{i}{4}\sum_{ab} A_{ab}\,\gamma_a\gamma_b + \text{const},\qquad A = -A^T \in \mathbb R^{2m\times 2m}.

Its evolution rotates the Majorana operators, :math:`e^{iHt}\gamma_a e^{-iHt} = \sum_b (e^{At})_{ab}\gamma_b`, and every
rotation in SO(2m) is a circuit of :math:`m(m-1)/2` matchgates on neighbours, each of two CX, and RZ gates (Terhal and
DiVincenzo 2002; Jozsa and Miyake 2008). Where the number of excitations is conserved the rotation is a unitary of the
modes :math:`a_j = (\gamma_{2j} + i\gamma_{2j+1})/2 = Z_0\cdots Z_{j-1}\sigma_j^+` and every matchgate an exchange gate.
Thermal states are products of modes after such a circuit.
"""

from __future__ import annotations

import cmath
import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit.library import XXPlusYYGate
from qiskit.quantum_info import Pauli, SparsePauliOp
from scipy.linalg import cossin, expm, null_space

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]

#: Orders of at most this many qubits are searched for one in which the Hamiltonian is quadratic.
LARGEST_ORDER_SEARCH = 5
ANGLE_TOLERANCE = 1e-14
COMMUTATOR_TOLERANCE = 1e-13
ZERO_MODE_TOLERANCE = 1e-12


@dataclass(frozen=True, eq=False)
class QuadraticHamiltonian:
    """A Hamiltonian that is quadratic in the Majorana operators of some order of its qubits."""

    order: tuple[int, ...]
    matrix: Real

    def rotation(self, time: float) -> Real:
        """The rotation of the Majorana operators by the evolution for ``time``, in SO(2m)."""
        return np.asarray(expm(self.matrix * time))

    def modes(self) -> tuple[Real, Real]:
        r"""Energies :math:`\varepsilon_j` (m,) and a rotation O in SO(2m) to the normal modes.

        :math:`A = O\,[\oplus_j \varepsilon_j J]\,O^T` with :math:`J = ((0, 1), (-1, 0))`, so that the Hamiltonian is
        :math:`G\,(-\tfrac12\sum_j\varepsilon_j Z_j)\,G^\dagger` with the circuit G of O.
        """
        if _conserves_number(self.matrix):
            energies, unitary = np.linalg.eigh(-1j * _complex_form(self.matrix))
            return -energies, _real_form(unitary)
        values, vectors = np.linalg.eigh(1j * self.matrix)
        positive = values > ZERO_MODE_TOLERANCE * np.abs(values).max()
        found, columns = list(values[positive]), []
        for vector in vectors[:, positive].T:
            columns += [math.sqrt(2) * vector.real, -math.sqrt(2) * vector.imag]
        if len(columns) < len(self.matrix):
            rest = null_space(np.array(columns)) if columns else np.eye(len(self.matrix))
            columns += list(rest.T)
            found += [0.0] * (rest.shape[1] // 2)
        rotation = np.array(columns).T
        if np.linalg.det(rotation) < 0:
            rotation[:, -1] *= -1
            found[-1] *= -1
        return np.array(found), rotation


def quadratic_form(hamiltonian: SparsePauliOp) -> QuadraticHamiltonian | None:
    """The Hamiltonian in Majorana operators, in the first order of its qubits that makes it quadratic, or ``None``.

    >>> import qcoll
    >>> quadratic_form(qcoll.example_2().ancilla.hamiltonian).order
    (0, 1)
    >>> from qiskit.quantum_info import SparsePauliOp
    >>> quadratic_form(SparsePauliOp(["ZZ", "XI"])) is None
    True
    """
    size = hamiltonian.num_qubits
    searched = size <= LARGEST_ORDER_SEARCH
    for order in itertools.permutations(range(size)) if searched else [tuple(range(size))]:
        if order[0] > order[-1]:
            continue  # a reversed order gives the same Hamiltonians
        matrix = _majorana_matrix(hamiltonian, order)
        if matrix is not None:
            return QuadraticHamiltonian(order, matrix)
    return None


def gaussian_circuit(rotation: Real) -> tuple[QuantumCircuit, Real]:
    r"""Matchgates for a rotation of Majorana operators.

    Args:
        rotation: O in SO(2m).

    Returns:
        ``(circuit, angles)``: the unitary is the circuit of matchgates after :math:`R_Z(\text{angles}_j)` on each
        qubit j. Whoever prepares a state that is diagonal in the computational basis leaves the RZ out.
    """
    if _conserves_number(rotation):
        return _exchange_circuit(_complex_form(rotation))
    size = len(rotation) // 2
    remaining = rotation.copy()
    eliminations: list[tuple[int, Real]] = []
    for column in range(size - 1):
        for row in range(size - 2, column - 1, -1):
            rows = slice(2 * row, 2 * row + 4)
            gate = _elimination(remaining[rows, 2 * column : 2 * column + 2])
            remaining[rows] = gate @ remaining[rows]
            eliminations.append((row, gate))
    circuit = QuantumCircuit(size)
    for row, gate in reversed(eliminations):
        _append_matchgate(circuit, gate.T, row, row + 1)
    angles = [math.atan2(remaining[2 * j + 1, 2 * j], remaining[2 * j, 2 * j]) for j in range(size)]
    return circuit, np.array(angles)


def evolution_circuit(hamiltonian: QuadraticHamiltonian, time: float) -> QuantumCircuit:
    """The exact circuit of exp(-i t H) on the Hamiltonian's qubits."""
    matchgates, angles = gaussian_circuit(hamiltonian.rotation(time))
    circuit = QuantumCircuit(len(angles))
    for position, angle in enumerate(angles):
        _append_rz(circuit, angle, hamiltonian.order[position])
    circuit.compose(matchgates, hamiltonian.order, inplace=True)
    return circuit


def _majorana_matrix(hamiltonian: SparsePauliOp, order: tuple[int, ...]) -> Real | None:
    size = len(order)
    products = _majorana_products(order)
    matrix = np.zeros((2 * size, 2 * size))
    for label, coefficient in hamiltonian.to_list():
        if set(label) == {"I"}:
            continue
        if label not in products:
            return None
        a, b, phase = products[label]
        matrix[a, b] += (2 * coefficient / (1j * phase)).real
    return matrix - matrix.T


def _majorana_products(order: tuple[int, ...]) -> dict[str, tuple[int, int, complex]]:
    """Pauli label -> (a, b, phase) with gamma_a gamma_b = phase * Pauli, a < b."""
    size = len(order)
    majoranas = []
    for position in range(size):
        for letter in "XY":
            letters = ["I"] * size
            for earlier in order[:position]:
                letters[earlier] = "Z"
            letters[order[position]] = letter
            majoranas.append(Pauli("".join(reversed(letters))))
    products = {}
    for a, b in itertools.combinations(range(2 * size), 2):
        product = majoranas[a].dot(majoranas[b])
        phase = (-1j) ** product.phase
        products[Pauli((product.z, product.x)).to_label()] = (a, b, phase)
    return products


def _conserves_number(matrix: Real) -> bool:
    """Whether a matrix on Majorana operators is complex linear on the modes."""
    turn = np.kron(np.eye(len(matrix) // 2), [[0, -1], [1, 0]])
    return bool(np.abs(matrix @ turn - turn @ matrix).max() <= COMMUTATOR_TOLERANCE * np.abs(matrix).max())


def _complex_form(matrix: Real) -> Complex:
    """The matrix on the modes, (m, m), of a matrix on Majorana operators that is complex linear."""
    return np.asarray(matrix[::2, ::2] + 1j * matrix[1::2, ::2])


def _real_form(matrix: Complex) -> Real:
    """The inverse of :func:`_complex_form`."""
    return np.asarray(np.kron(matrix.real, np.eye(2)) + np.kron(matrix.imag, [[0, -1], [1, 0]]))


def _exchange_circuit(unitary: Complex) -> tuple[QuantumCircuit, Real]:
    r"""Exchange gates for a unitary of the modes.

    ``XXPlusYYGate(theta, beta)`` on neighbours acts on their modes as
    :math:`\begin{pmatrix}\cos & -ie^{-i\beta}\sin\\ -ie^{i\beta}\sin & \cos\end{pmatrix}(\theta/2)`.
    """
    size = len(unitary)
    remaining = unitary.copy()
    gates: list[tuple[int, float, float]] = []
    for column in range(size - 1):
        for row in range(size - 2, column - 1, -1):
            upper, lower = remaining[row, column], remaining[row + 1, column]
            if abs(lower) < ANGLE_TOLERANCE:
                continue
            half, beta = math.atan2(abs(lower), abs(upper)), cmath.phase(-1j * lower * np.conj(upper))
            sine = -1j * math.sin(half)
            gate = np.array(
                [[math.cos(half), sine * cmath.exp(-1j * beta)], [sine * cmath.exp(1j * beta), math.cos(half)]]
            )
            remaining[row : row + 2] = gate @ remaining[row : row + 2]
            gates.append((row, half, beta))
    circuit = QuantumCircuit(size)
    for row, half, beta in reversed(gates):
        circuit.append(XXPlusYYGate(2 * half, _wrapped(beta + math.pi)), [row, row + 1])
    return circuit, np.angle(remaining.diagonal())


def _elimination(block: Real) -> Real:
    """The rotation in SO(4) that turns a 4 x 2 block of rank 2 into one whose last two rows vanish."""
    orthogonal = np.asarray(np.linalg.qr(block, mode="complete")[0]).T
    if np.linalg.det(orthogonal) < 0:
        orthogonal[-1] *= -1
    if np.linalg.det((orthogonal @ block)[:2]) < 0:
        orthogonal[1] *= -1  # keep the diagonal blocks proper rotations, so that RZ gates remain
        orthogonal[-1] *= -1
    return orthogonal


def _append_matchgate(circuit: QuantumCircuit, rotation: Real, first: int, second: int) -> None:
    r"""Append the matchgate of a rotation in SO(4) of the Majorana operators of two neighbours.

    The cosine-sine decomposition gives local RZ gates around
    :math:`S_b\,e^{-\frac i2(\theta_2 XX + \theta_1 YY)}\,S_b^\dagger`.
    """
    (u1, u2), theta, (v1, v2) = cossin(rotation, p=2, q=2, separate=True)
    # The local blocks may be reflections. Their signs move into the second angle, which leaves proper rotations:
    # those of the left blocks read from their first columns, those of the right blocks from their first rows.
    sign_u1, sign_u2, sign_v1 = (np.sign(np.linalg.det(block)) for block in (u1, u2, v1))
    theta_2 = math.atan2(sign_u2 * sign_v1 * math.sin(theta[1]), sign_u1 * sign_v1 * math.cos(theta[1]))
    _append_rz(circuit, math.atan2(-v1[0, 1], v1[0, 0]), first)
    _append_rz(circuit, math.atan2(-v2[0, 1], v2[0, 0]) - math.pi / 2, second)
    _append_xx_yy(circuit, theta_2, float(theta[0]), first, second)
    _append_rz(circuit, math.atan2(u1[1, 0], u1[0, 0]), first)
    _append_rz(circuit, math.atan2(u2[1, 0], u2[0, 0]) + math.pi / 2, second)


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


def _append_rz(circuit: QuantumCircuit, angle: float, qubit: int) -> None:
    if wrapped := _wrapped(angle):
        circuit.rz(wrapped, qubit)


def _wrapped(angle: float) -> float:
    """The angle between -pi and pi, exactly zero where only rounding keeps it from zero."""
    wrapped = math.remainder(angle, 2 * math.pi)
    return wrapped if abs(wrapped) > ANGLE_TOLERANCE else 0.0
