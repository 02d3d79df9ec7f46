"""States and isometries: their columns to rounding, in few CX."""

import numpy as np
import pytest
from qiskit.quantum_info import Operator, Statevector, random_statevector, random_unitary
from scipy.linalg import expm
from synthesis_models import two_qubit_gates

from qcoll.synthesis.isometry import isometry_circuit, state_circuit

#: CX of one state of n qubits (Plesch and Brukner 2011).
MOST = {1: 0, 2: 1, 3: 3, 4: 8}


def off(images, expected):
    phase = np.exp(1j * np.angle(np.vdot(expected, images)))
    return np.abs(images - phase * expected).max()


@pytest.mark.parametrize("size", MOST)
def test_random_states(size):
    for seed in range(3):
        vector = random_statevector(2**size, seed=seed).data
        circuit = state_circuit(vector)
        assert two_qubit_gates(circuit) <= MOST[size]
        assert off(Statevector(circuit).data, vector) < 1e-14


@pytest.mark.parametrize("small", [1e-17, 1e-12, 1e-8, 1e-4])
def test_small_amplitudes_keep_their_digits(small):
    for size in (2, 3, 4):
        vector = np.full(2**size, small)
        vector[[0, -1]] = 1.0
        vector /= np.linalg.norm(vector)
        circuit = state_circuit(vector)
        assert two_qubit_gates(circuit) <= MOST[size]
        assert off(Statevector(circuit).data, vector) < 1e-12


def test_products_take_none():
    one, other = random_statevector(2, seed=1).data, random_statevector(4, seed=2).data
    assert two_qubit_gates(state_circuit(np.kron(np.kron(one, one), one))) == 0
    assert two_qubit_gates(state_circuit(np.kron(other, one))) == 1


@pytest.mark.parametrize("distance", [1e-14, 1e-8, 1e-4, 1.0])
@pytest.mark.parametrize("columns", [1, 2, 4])
def test_columns_close_to_those_of_the_identity(columns, distance):
    rng = np.random.default_rng(columns)
    matrix = rng.normal(size=(2, 16, 16))
    isometry = expm(-1j * distance * (matrix[0] + matrix[0].T + 1j * (matrix[1] - matrix[1].T)))[:, :columns]
    circuit = isometry_circuit(isometry)
    assert off(Operator(circuit).data[:, :columns], isometry) < 1e-11


def test_generic_isometries():
    isometry = random_unitary(8, seed=5).data[:, :2]
    assert off(Operator(isometry_circuit(isometry)).data[:, :2], isometry) < 1e-11
