r"""Any unitary of n qubits in CX and one-qubit gates, by the block-ZXZ decomposition, to rounding.

With the cosine-sine decomposition :math:`U = (V_1\oplus V_2)\,(c, -s; s, c)\,(W_1\oplus W_2)` for the uppermost qubit,
:math:`c + is = e^{i\theta}`, every unitary is

.. math::

    U = (A_1\oplus A_2)\,(H\otimes 1)\,(1\oplus B)\,(H\otimes 1)\,(1\oplus C),\qquad
    A_1 = V_1 e^{i\theta} W_1,\quad A_2 = -i V_2 e^{i\theta} W_1,\quad B = W_1^\dagger e^{-2i\theta} W_1,\quad
    C = i W_1^\dagger W_2

(Krol and Al-Ars 2024). A block-diagonal unitary is :math:`M_1\oplus M_2 = (1\otimes V)(D\oplus D^\dagger)(1\otimes W)`
with :math:`M_1 M_2^\dagger = V D^2 V^\dagger` (Shende, Bullock and Markov 2006), a rotation of the uppermost qubit
between two unitaries of the others. Four of those remain, and so on down to two qubits. The outer rotations leave one
CX each to the middle one, and each unitary of two qubits passes a diagonal on to the one before it, which commutes with
all that is between and lets it take two CX: 19 CX for a generic unitary of three qubits, 95 for one of four.

No step loses digits where entries are small or blocks hardly differ: the cosine-sine decomposition is backward stable,
and the eigenvectors of the unitary :math:`M_1 M_2^\dagger` come from its Schur form, which is unitary whatever the
eigenvalues are. Decompositions that divide by such differences round short collisions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import CXGate
from qiskit.quantum_info import Operator
from qiskit.transpiler import PassManager
from qiskit.transpiler.passes import InverseCancellation
from scipy.linalg import cossin, hadamard, schur

from ..circuits.steps import steps
from .dense import Complex, Real
from .one_qubit import HADAMARD, IDENTITY
from .skeleton import append_matrix
from .two_qubit import circuit_up_to_diagonal, two_qubit_circuit

#: Smaller angles do nothing.
ANGLE_CUTOFF = 1e-14
#: CX that a unitary of two qubits takes, and takes at most up to a diagonal.
_FULL, _UP_TO_DIAGONAL = 3, 2


@dataclass
class _Pair:
    """A unitary of qubits 0 and 1."""

    matrix: Complex


@dataclass
class _Hadamard:
    """On one qubit."""

    qubit: int


@dataclass
class _Rotation:
    """Rotations about z of a qubit, each by an angle when it holds the parity of itself and some qubits below it.

    It starts and ends with such a parity, given by the bits of an integer.
    """

    qubit: int
    steps: list[tuple[int, float]]
    starts: int = 0
    ends: int = 0


@dataclass
class _Part:
    """A circuit of the first qubits that is known."""

    circuit: QuantumCircuit


_Step = _Pair | _Hadamard | _Rotation | _Part


def shannon_circuit(unitary: Complex) -> QuantumCircuit:
    """The circuit of a unitary (2**n, 2**n) of at least two qubits, up to a global phase.

    >>> from qiskit.quantum_info import random_unitary
    >>> from qcoll.synthesis.shannon import shannon_circuit
    >>> [shannon_circuit(random_unitary(2**n, seed=1).data).num_nonlocal_gates() for n in (2, 3, 4)]
    [3, 19, 95]
    """
    return _written(len(unitary).bit_length() - 1, _decomposed(np.asarray(unitary, dtype=np.complex128)))


def block_diagonal_circuit(
    unitary: Complex, controls: int, short: Callable[[Complex], QuantumCircuit | None] = lambda _: None
) -> QuantumCircuit:
    """The circuit of a unitary that is diagonal in its uppermost qubits, up to a global phase.

    Args:
        unitary: (2**n, 2**n); entries between different states of the uppermost qubits are not looked at.
        controls: how many these are; at least one other qubit.
        short: makes a circuit of a unitary of the other qubits, where it can; otherwise Shannon's decomposition does.

    >>> from qiskit.quantum_info import random_unitary
    >>> from scipy.linalg import block_diag
    >>> blocks = block_diag(random_unitary(8, seed=1).data, random_unitary(8, seed=2).data)
    >>> block_diagonal_circuit(blocks, 1).num_nonlocal_gates()
    45
    """
    blocks = np.asarray(unitary, dtype=np.complex128).reshape(2 * (2**controls, len(unitary) >> controls))
    steps = _multiplexed(np.einsum("cicj->cij", blocks), short)
    return _written(len(unitary).bit_length() - 1, steps)


def _multiplexed(blocks: Complex, short: Callable[[Complex], QuantumCircuit | None]) -> list[_Step]:
    """The steps of unitaries (c, d, d) that the states of the uppermost qubits choose from."""
    count, size = blocks.shape[:2]
    if count == 1:
        if (circuit := short(blocks[0])) is not None:
            return [_Part(circuit)]
        if size == 2:
            part = QuantumCircuit(1)
            append_matrix(part, blocks[0], 0)
            return [_Part(part)]
        return _decomposed(blocks[0])
    pairs = [_demultiplexed(*pair) for pair in zip(blocks[: count // 2], blocks[count // 2 :], strict=True)]
    after, angles, before = (np.array(part) for part in zip(*pairs, strict=True))
    top = (count // 2 * size).bit_length() - 1
    return [*_multiplexed(before, short), _Rotation(top, _parities(angles.ravel())), *_multiplexed(after, short)]


def _written(size: int, steps: list[_Step]) -> QuantumCircuit:
    """The circuit of some steps."""
    pairs = iter(_pair_circuits([step.matrix for step in steps if isinstance(step, _Pair)]))
    writer = _Writer(size)
    for step in steps:
        if isinstance(step, _Pair):
            writer.compose(next(pairs))
        elif isinstance(step, _Part):
            writer.compose(step.circuit)
        elif isinstance(step, _Hadamard):
            writer.turn(HADAMARD, step.qubit)
        else:
            writer.rotate(step)
    return writer.finished()


def _decomposed(unitary: Complex) -> list[_Step]:
    """The steps of a unitary, in the order of application."""
    if len(unitary) == 4:
        return [_Pair(unitary)]
    half = len(unitary) // 2
    top = half.bit_length() - 1
    (v1, v2), theta, (w1, w2) = cossin(unitary, p=half, q=half, separate=True)
    phases = np.exp(1j * theta)[:, None]
    middle = w1.conj().T @ (phases**-2 * w1)
    before = _demultiplexed(np.eye(half, dtype=np.complex128), 1j * w1.conj().T @ w2)
    after = _demultiplexed(v1 @ (phases * w1), -1j * v2 @ (phases * w1))
    opening, closing = _parities(before[1]), _parities(after[1])[::-1]
    ends, starts = (opening[-1][0] if opening else 0), (closing[0][0] if closing else 0)
    between = _demultiplexed(
        after[2] @ before[0],
        _signs(half, starts)[:, None] * (after[2] @ middle @ before[0]) * _signs(half, ends),
    )
    return [
        *_decomposed(before[2]),
        _Rotation(top, opening, ends=ends),
        _Hadamard(top),
        *_decomposed(between[2]),
        _Rotation(top, _parities(between[1])),
        *_decomposed(between[0]),
        _Hadamard(top),
        _Rotation(top, closing, starts=starts),
        *_decomposed(after[0]),
    ]


def _demultiplexed(first: Complex, second: Complex) -> tuple[Complex, Real, Complex]:
    r"""V, the angles of D and W of :math:`M_1\oplus M_2 = (1\otimes V)(D\oplus D^\dagger)(1\otimes W)`."""
    triangle, vectors = schur(first @ second.conj().T, output="complex")
    halves = np.angle(np.diagonal(triangle)) / 2
    if np.abs(halves).max() < ANGLE_CUTOFF:
        return np.eye(len(first), dtype=np.complex128), np.zeros(len(first)), second
    return vectors, halves, np.exp(1j * halves)[:, None] * (vectors.conj().T @ second)


def _parities(halves: Real) -> list[tuple[int, float]]:
    r"""The rotations that make :math:`D\oplus D^\dagger`, with the parity of each, in the order of the Gray code."""
    count = len(halves)
    angles = hadamard(count) @ (-2 * halves) / count
    gray = [step ^ (step >> 1) for step in range(count)]
    return [(parity, float(angles[parity])) for parity in gray if abs(angles[parity]) > ANGLE_CUTOFF]


def _signs(size: int, parity: int) -> Real:
    """The diagonal of the product of the Z of the qubits whose bits are set."""
    return np.array([1.0 - 2.0 * ((index & parity).bit_count() % 2) for index in range(size)])


def _pair_circuits(matrices: list[Complex]) -> list[QuantumCircuit]:
    """Circuits of the unitaries of two qubits, each up to a diagonal that the one before it takes where that helps."""
    circuits: list[QuantumCircuit] = []
    rest = list(matrices)
    while rest:
        matrix = rest.pop()
        circuit = two_qubit_circuit(matrix)
        if rest and circuit.num_nonlocal_gates() == _FULL:
            shorter = circuit_up_to_diagonal(matrix)
            diagonal = np.diagonal(Operator(shorter).data.conj().T @ matrix)[:, None] * rest[-1]
            saved = _FULL - shorter.num_nonlocal_gates()
            if saved > _least(diagonal) - _least(rest[-1]):
                circuit, rest[-1] = shorter, diagonal
        circuits.append(circuit)
    return circuits[::-1]


def _least(matrix: Complex) -> int:
    """CX of a unitary of two qubits that may pass on a diagonal."""
    return min(int(two_qubit_circuit(matrix).num_nonlocal_gates()), _UP_TO_DIAGONAL)


class _Writer:
    """A circuit whose one-qubit gates are joined before they are written."""

    def __init__(self, size: int) -> None:
        self._circuit = QuantumCircuit(size)
        self._waiting = [IDENTITY] * size

    def turn(self, matrix: Complex, qubit: int) -> None:
        """A gate of one qubit."""
        self._waiting[qubit] = matrix @ self._waiting[qubit]

    def rotate(self, rotation: _Rotation) -> None:
        """Rotations of one qubit, and the CX between them that change its parity."""
        parity = rotation.starts
        for following, angle in rotation.steps:
            self._change(rotation.qubit, parity ^ following)
            self.turn(np.diag(np.exp([-0.5j * angle, 0.5j * angle])), rotation.qubit)
            parity = following
        self._change(rotation.qubit, parity ^ rotation.ends)

    def compose(self, circuit: QuantumCircuit) -> None:
        """A circuit of the first qubits."""
        for operation, qubits, _ in steps(circuit):
            if len(qubits) == 1:
                self.turn(operation.to_matrix(), qubits[0])
                continue
            if operation.name == "cz":
                self.turn(HADAMARD, qubits[1])
            self._cx(*qubits)
            if operation.name == "cz":
                self.turn(HADAMARD, qubits[1])

    def finished(self) -> QuantumCircuit:
        """The circuit, with all one-qubit gates."""
        self._write(range(len(self._waiting)))
        return PassManager([InverseCancellation([CXGate()])]).run(self._circuit)

    def _change(self, qubit: int, bits: int) -> None:
        for control in range(bits.bit_length()):
            if bits >> control & 1:
                self._cx(control, qubit)

    def _cx(self, control: int, target: int) -> None:
        self._write((control, target))
        self._circuit.cx(control, target)

    def _write(self, qubits: Iterable[int]) -> None:
        for qubit in qubits:
            append_matrix(self._circuit, self._waiting[qubit], qubit)
            self._waiting[qubit] = IDENTITY
