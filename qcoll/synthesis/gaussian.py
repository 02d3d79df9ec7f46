r"""Free fermions on qubits: which Hamiltonians are quadratic, and their normal modes.

Under the Jordan-Wigner transformation :math:`\gamma_{2j} = Z_0\cdots Z_{j-1}X_j`,
:math:`\gamma_{2j+1} = Z_0\cdots Z_{j-1}Y_j`, a Hamiltonian is free-fermionic if

.. math:: H = \tfrac{i}{4}\sum_{ab} A_{ab}\,\gamma_a\gamma_b + \text{const},\qquad A = -A^T \in \mathbb R^{2m\times 2m}.

Its evolution rotates the Majorana operators, :math:`e^{iHt}\gamma_a e^{-iHt} = \sum_b (e^{At})_{ab}\gamma_b`, and every
rotation in SO(2m) is a circuit of :math:`m(m-1)/2` matchgates on neighbours, each of two CX, and RZ gates (Terhal and
DiVincenzo 2002; Jozsa and Miyake 2008): :mod:`.matchgates`. Where the number of excitations is conserved the rotation
is a unitary of the modes :math:`a_j = (\gamma_{2j} + i\gamma_{2j+1})/2 = Z_0\cdots Z_{j-1}\sigma_j^+` and every
matchgate an exchange gate. Thermal states are products of modes after such a circuit.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from scipy.linalg import expm, null_space
from scipy.special import expit

from .dense import DEGENERACY_TOLERANCE
from .matchgates import append_rz, complex_form, conserves_number, gaussian_circuit, real_form

Real = NDArray[np.float64]

#: Orders of at most this many qubits are searched for one in which the Hamiltonian is quadratic.
LARGEST_ORDER_SEARCH = 5
ZERO_MODE_TOLERANCE = 1e-12
#: What X, Y and Z become where a qubit's own Z is another letter, with signs: by gates H, and H then S.
_AXES = {
    "Z": {"X": ("X", 1), "Y": ("Y", 1), "Z": ("Z", 1)},
    "X": {"X": ("Z", 1), "Y": ("Y", -1), "Z": ("X", 1)},
    "Y": {"X": ("Y", 1), "Y": ("Z", 1), "Z": ("X", 1)},
}


@dataclass(frozen=True, eq=False)
class QuadraticHamiltonian:
    """A Hamiltonian that is quadratic in the Majorana operators of some order of its qubits.

    Args:
        order: the qubit of each mode.
        matrix: A of the module's formula, (2m, 2m).
        axes: the letter that plays Z on each qubit.
    """

    order: tuple[int, ...]
    matrix: Real
    axes: str

    def rotation(self, time: float) -> Real:
        """The rotation of the Majorana operators by the evolution for ``time``, in SO(2m)."""
        return np.asarray(expm(self.matrix * time))

    def modes(self) -> tuple[Real, Real]:
        r"""Energies :math:`\varepsilon_j` (m,) and a rotation O in SO(2m) to the normal modes.

        :math:`A = O\,[\oplus_j \varepsilon_j J]\,O^T` with :math:`J = ((0, 1), (-1, 0))`, so that the Hamiltonian is
        :math:`G\,(-\tfrac12\sum_j\varepsilon_j Z_j)\,G^\dagger` with the circuit G of O.
        """
        return normal_modes(self.matrix)

    def in_own_axes(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """A circuit of the modes, (m,), on the qubits, with what plays Z turned to Z before it and back after it."""
        turned = QuantumCircuit(circuit.num_qubits)
        append_axes(turned, self.axes, inverse=True)
        turned.compose(circuit, self.order, inplace=True)
        append_axes(turned, self.axes)
        return turned


def normal_modes(matrix: Real) -> tuple[Real, Real]:
    """Energies (m,) and rotation (2m, 2m) of :meth:`QuadraticHamiltonian.modes` for a matrix A."""
    if conserves_number(matrix):
        energies, unitary = np.linalg.eigh(-1j * complex_form(matrix))
        return -energies, real_form(unitary)
    values, vectors = np.linalg.eigh(1j * matrix)
    positive = values > ZERO_MODE_TOLERANCE * np.abs(values).max()
    found, columns = list(values[positive]), []
    for vector in vectors[:, positive].T:
        columns += [math.sqrt(2) * vector.real, -math.sqrt(2) * vector.imag]
    if len(columns) < len(matrix):
        rest = null_space(np.array(columns)) if columns else np.eye(len(matrix))
        columns += list(rest.T)
        found += [0.0] * (rest.shape[1] // 2)
    rotation = np.array(columns).T
    if np.linalg.det(rotation) < 0:
        rotation[:, -1] *= -1
        found[-1] *= -1
    return np.array(found), rotation


def occupations(energies: Real, beta: float, scale: float) -> Real:
    r"""Weights of :math:`|1\rangle` of modes :math:`-\tfrac12\varepsilon_j Z_j` in their thermal state, (m,).

    Args:
        energies: of the modes.
        beta: inverse temperature; where it is infinite, modes without energy are half full.
        scale: the largest energy of all, beside which a mode has none.
    """
    if math.isinf(beta):
        without = np.abs(energies) <= DEGENERACY_TOLERANCE * scale
        return np.where(without, 0.5, energies * math.copysign(1, beta) < 0)
    return np.asarray(expit(-beta * energies))


def quadratic_form(hamiltonian: SparsePauliOp, *, turned: bool = False) -> QuadraticHamiltonian | None:
    """The Hamiltonian in Majorana operators, in the first order of its qubits that makes it quadratic, or ``None``.

    Args:
        hamiltonian: of at least one qubit.
        turned: whether other letters than Z may play its part, as X does in a transverse-field Ising chain of ZZ.

    >>> import qcoll
    >>> quadratic_form(qcoll.example_2().ancilla.hamiltonian).order
    (0, 1)
    >>> from qiskit.quantum_info import SparsePauliOp
    >>> quadratic_form(SparsePauliOp(["ZZ", "XI"])) is None
    True
    >>> quadratic_form(SparsePauliOp(["ZZ", "XI"]), turned=True).axes
    'XX'
    """
    for axes in _possible_axes(hamiltonian, turned):
        letters = turned_letters(hamiltonian, axes)
        for order in _possible_orders(letters):
            matrix = majorana_matrix(hamiltonian, order, axes)
            if matrix is not None:
                return QuadraticHamiltonian(order, matrix, axes)
    return None


def evolution_circuit(hamiltonian: QuadraticHamiltonian, time: float) -> QuantumCircuit:
    """The exact circuit of exp(-i t H) on the Hamiltonian's qubits."""
    matchgates, angles = gaussian_circuit(hamiltonian.rotation(time))
    circuit = QuantumCircuit(len(angles))
    for position, angle in enumerate(angles):
        append_rz(circuit, angle, position)
    return hamiltonian.in_own_axes(circuit.compose(matchgates))


def append_axes(circuit: QuantumCircuit, axes: str, *, inverse: bool = False) -> None:
    """Append the gates that turn Z to the letter of each qubit, or back."""
    for qubit, axis in enumerate(axes):
        if axis == "Y" and inverse:
            circuit.sdg(qubit)
        if axis != "Z":
            circuit.h(qubit)
        if axis == "Y" and not inverse:
            circuit.s(qubit)


def turned_letters(hamiltonian: SparsePauliOp, axes: str) -> list[tuple[list[str], float]]:
    """Letters by qubit, and coefficients, of the Pauli strings after Z has taken the place of each qubit's axis."""
    terms = []
    for label, coefficient in zip(hamiltonian.paulis.to_labels(), hamiltonian.coeffs.real, strict=True):
        letters, sign = [], 1
        for letter, axis in zip(reversed(label), axes, strict=True):
            own, flip = ("I", 1) if letter == "I" else _AXES[axis][letter]
            letters.append(own)
            sign *= flip
        terms.append((letters, sign * float(coefficient)))
    return terms


def majorana_matrix(hamiltonian: SparsePauliOp, order: tuple[int, ...], axes: str) -> Real | None:
    r"""The matrix A of a Hamiltonian in an order of its qubits, (2m, 2m), or ``None`` if it is not quadratic.

    :math:`i\gamma_a\gamma_b` of two modes is a Pauli string of X or Y at both, Z between them and nothing else.
    """
    size = len(order)
    matrix = np.zeros((2 * size, 2 * size))
    for letters, coefficient in turned_letters(hamiltonian, axes):
        string = [letters[qubit] for qubit in order]
        ends = [position for position, letter in enumerate(string) if letter in "XY"]
        dressed = [position for position, letter in enumerate(string) if letter == "Z"]
        if not ends and len(dressed) == 1:
            matrix[2 * dressed[0], 2 * dressed[0] + 1] -= 2 * coefficient
        elif len(ends) == 2 and dressed == list(range(ends[0] + 1, ends[1])):
            first, second = ends
            # gamma_{2j} gamma_{2k} = -i Y_j Z..Z X_k, and gamma_{2j+1} gamma_{2k} = i X_j Z..Z X_k
            row, sign = (2 * first, 1) if string[first] == "Y" else (2 * first + 1, -1)
            matrix[row, 2 * second + (string[second] == "Y")] += 2 * sign * coefficient
        elif ends or dressed:
            return None
    return np.asarray(matrix - matrix.T)


def _possible_axes(hamiltonian: SparsePauliOp, turned: bool) -> Iterator[str]:
    """Which letter may play Z on each qubit: Z itself; what the qubits' own fields say; the same letter on all."""
    size = int(hamiltonian.num_qubits)
    yield "Z" * size
    if not turned:
        return
    fields = ["Z"] * size
    for label in hamiltonian.paulis.to_labels():
        acting = [qubit for qubit, letter in enumerate(reversed(label)) if letter != "I"]
        if len(acting) == 1:
            fields[acting[0]] = label[-1 - acting[0]]
    yield from dict.fromkeys(("".join(fields), "X" * size, "Y" * size))


def _possible_orders(terms: list[tuple[list[str], float]]) -> Iterator[tuple[int, ...]]:
    """Orders of the qubits in which a Hamiltonian may be quadratic: as they come, along its chain, all of a few."""
    size = len(terms[0][0])
    if any(sum(letter in "XY" for letter in letters) not in (0, 2) for letters, _ in terms):
        return  # no quadratic Hamiltonian has other strings, in any order
    yield tuple(range(size))
    if size > LARGEST_ORDER_SEARCH:
        if (order := _along_the_chain(terms)) is not None:
            yield order
        return
    for order in itertools.permutations(range(size)):
        if order[0] < order[-1]:  # a reversed order gives the same Hamiltonians
            yield order


def _along_the_chain(terms: list[tuple[list[str], float]]) -> tuple[int, ...] | None:
    """The order in which strings of two letters join neighbours, if there is one: chain after chain."""
    size = len(terms[0][0])
    near: list[set[int]] = [set() for _ in range(size)]
    for letters, _ in terms:
        acting = [qubit for qubit, letter in enumerate(letters) if letter != "I"]
        if len(acting) == 2:
            near[acting[0]].add(acting[1])
            near[acting[1]].add(acting[0])
    if any(len(others) > 2 for others in near):
        return None
    order: list[int] = []
    for start in (qubit for qubit in range(size) if len(near[qubit]) < 2):
        here: int | None = start
        while here is not None and here not in order:
            order.append(here)
            here = next((other for other in near[here] if other not in order), None)
    return tuple(order) if len(order) == size else None
