"""A reader of OpenQASM files that shares nothing with Qiskit: plain statements, dense matrices."""

import cmath
import itertools
import math
import re

import numpy as np
import pytest

CHANNELS = {}
STATEMENT = re.compile(r"^(\w+)(?:\((.*)\))? ([^;]+);$")


def matrix_of(name, angles):
    if name == "u3":
        theta, phi, lam = angles
        c, s = math.cos(theta / 2), math.sin(theta / 2)
        return np.array([[c, -cmath.exp(1j * lam) * s], [cmath.exp(1j * phi) * s, cmath.exp(1j * (phi + lam)) * c]])
    if name == "rz":
        return np.diag([cmath.exp(-0.5j * angles[0]), cmath.exp(0.5j * angles[0])])
    if name == "rx":
        c, s = math.cos(angles[0] / 2), math.sin(angles[0] / 2)
        return np.array([[c, -1j * s], [-1j * s, c]])
    return {
        "x": np.array([[0, 1], [1, 0]]),
        "sx": np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2,
        "cz": np.diag([1, 1, 1, -1]),
        "cx": np.array([[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0]]),  # control least significant
    }[name]


def number(text):
    assert re.fullmatch(r"[-+*/.\deE ]*(pi)?[-+*/.\deE ]*", text), text
    return float(eval(text, {"__builtins__": {}}, {"pi": math.pi}))


class Reader:
    """The gates, resets and barriers of a file, and the map that they make of the system."""

    def __init__(self, text):
        self.size = None
        self.statements = []
        for line in text.splitlines():
            if declared := re.fullmatch(r"q(?:reg q\[(\d+)\]|ubit\[(\d+)\] q);", line):
                self.size = int(declared[1] or declared[2])
            elif self.size is not None and line:
                name, angles, qubits = STATEMENT.fullmatch(line).groups()
                values = tuple(number(angle) for angle in angles.split(",")) if angles else ()
                self.statements.append((name, values, tuple(int(q) for q in re.findall(r"q\[(\d+)\]", qubits))))

    def count(self, name):
        return sum(statement[0] == name for statement in self.statements)

    @property
    def two_qubit_gates(self):
        return self.count("cx") + self.count("cz")

    def collisions(self):
        """The statements before each barrier, of which one ends every collision, and those after the last."""
        pieces, piece = [], []
        for statement in self.statements:
            if statement[0] == "barrier":
                pieces.append(piece)
                piece = []
            else:
                piece.append(statement)
        return pieces, piece

    def channel(self, start, end):
        """The superoperator on column-stacked density matrices of the system's qubits, the first least significant."""
        key = self.size, tuple(self.statements), tuple(start), tuple(end)
        if key not in CHANNELS:  # what several files say, and several tests ask of one
            CHANNELS[key] = self._channel(start, end)
        return CHANNELS[key].copy()

    def _channel(self, start, end):
        columns = []
        dimension = 2 ** len(start)
        for column, row in itertools.product(range(dimension), repeat=2):
            state = np.zeros((2,) * (2 * self.size), dtype=complex)  # axes: rows of qubits, then columns
            where = [0] * (2 * self.size)
            for bit, qubit in enumerate(start):
                where[qubit], where[self.size + qubit] = row >> bit & 1, column >> bit & 1
            state[tuple(where)] = 1
            columns.append(self._reduced(self._evolved(state), end).T.reshape(-1))
        return np.array(columns).T

    def _evolved(self, state):
        for name, angles, qubits in self.statements:
            if name == "barrier":
                continue
            if name == "reset":
                (qubit,) = qubits
                kept = np.trace(state, axis1=qubit, axis2=self.size + qubit)
                state = np.zeros_like(state)
                moved = np.moveaxis(state, (qubit, self.size + qubit), (0, 1))
                moved[0, 0] = kept
                continue
            matrix = np.asarray(matrix_of(name, angles), dtype=complex)
            state = self._applied(matrix, state, qubits)
            state = self._applied(matrix.conj(), state, [self.size + qubit for qubit in qubits])
        return state

    @staticmethod
    def _applied(matrix, state, axes):
        axes = list(axes)[::-1]  # the first qubit is the least significant
        count = len(axes)
        tensor = matrix.reshape((2,) * (2 * count))
        return np.moveaxis(np.tensordot(tensor, state, (range(count, 2 * count), axes)), range(count), axes)

    def _reduced(self, state, kept):
        """The density matrix of the kept qubits, the first least significant."""
        axes = [*range(self.size), *(self.size + q if q in kept else q for q in range(self.size))]
        own = [*reversed(kept), *(self.size + q for q in reversed(kept))]
        return np.einsum(state, axes, own).reshape(2 * (2 ** len(kept),))


@pytest.fixture
def reader():
    return Reader
