"""Block-ZXZ decomposition: the unitary to rounding, in no more CX than a generic one takes."""

import numpy as np
import pytest
from qiskit.quantum_info import Operator, SparsePauliOp, random_unitary
from scipy.linalg import expm
from synthesis_models import two_qubit_gates, up_to_phase

import qcoll
from qcoll.model.operators import exchange, zeeman
from qcoll.synthesis import joint_unitary_circuit
from qcoll.synthesis.shannon import shannon_circuit
from qcoll.synthesis.two_qubit import circuit_up_to_diagonal

#: CX of generic unitaries (Krol and Al-Ars 2024, table 1).
GENERIC = {2: 3, 3: 19, 4: 95, 5: 423}


@pytest.mark.parametrize("num_qubits", GENERIC)
def test_generic_unitaries(num_qubits):
    unitary = random_unitary(2**num_qubits, seed=num_qubits).data
    circuit = shannon_circuit(unitary)
    assert two_qubit_gates(circuit) == GENERIC[num_qubits]
    assert up_to_phase(Operator(circuit).data, unitary) < 1e-13


@pytest.mark.parametrize("num_qubits", [3, 4])
@pytest.mark.parametrize("distance", [0.0, 1e-16, 1e-14, 1e-11, 1e-8, 1e-5, 1e-3, 0.1])
def test_close_to_the_identity(num_qubits, distance):
    rng = np.random.default_rng(num_qubits)
    matrix = rng.normal(size=(2, 2**num_qubits, 2**num_qubits))
    generator = matrix[0] + matrix[0].T + 1j * (matrix[1] - matrix[1].T)
    unitary = expm(-1j * distance * generator)
    circuit = shannon_circuit(unitary)
    assert two_qubit_gates(circuit) <= (GENERIC[num_qubits] if distance else 0)
    assert up_to_phase(Operator(circuit).data, unitary) < 1e-12 * max(distance, 0.1)


PAIR = zeeman(2, [1.0, 1.0]) + exchange(2, 0.2, raising=[0], lowering=[1])
MODELS = {
    "chain": ("Z", ["IXX", "XXI", "ZII", "IZI", "IIZ"], [0.4, 0.4, 0.5, 0.5, 0.5], SparsePauliOp(["IIXX"], [0.3])),
    "Heisenberg trimer": (
        "Z",
        ["IXX", "IYY", "IZZ", "XXI", "YYI", "ZZI", "IIZ", "IZI", "ZII"],
        [0.3] * 6 + [0.5] * 3,
        SparsePauliOp(["IIXX", "IIYY"], [0.2, 0.2]),
    ),
    "two pairs": (
        PAIR,
        ["XX", "YY", "IZ", "ZI"],
        [0.3, 0.3, 1.0, 1.0],
        exchange(4, 0.4, raising=[0], lowering=[2]) + exchange(4, 0.4, raising=[1], lowering=[3]),
    ),
}


@pytest.mark.parametrize("dt", [1e-8, 1e-4, 0.01, 0.1, 1.0])
@pytest.mark.parametrize("name", MODELS)
def test_collisions_with_structure(name, dt):
    """Entries that vanish and blocks that hardly differ: other decompositions lose up to eleven digits of them."""
    system, labels, strengths, interaction = MODELS[name]
    model = qcoll.CollisionModel(
        system=SparsePauliOp(system, 0.5) if isinstance(system, str) else system,
        ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp(labels, strengths), beta=1.0),
        interaction=interaction,
        dt=dt,
    )
    unitary = expm(-1j * dt * model.hamiltonian.to_matrix())
    circuit = joint_unitary_circuit(model)
    assert two_qubit_gates(circuit) <= GENERIC[4] + 1
    assert up_to_phase(Operator(circuit).data, unitary) < 1e-13


def test_permutations_and_products():
    rng = np.random.default_rng(5)
    for unitary in (
        np.eye(16)[rng.permutation(16)],
        np.kron(random_unitary(4, seed=1).data, random_unitary(4, seed=2).data),
        np.kron(np.eye(4), random_unitary(4, seed=3).data),
        np.diag(np.exp(1j * rng.uniform(0, 6, 16))),
    ):
        circuit = shannon_circuit(unitary)
        assert two_qubit_gates(circuit) <= GENERIC[4]
        assert up_to_phase(Operator(circuit).data, unitary) < 1e-13


def test_two_cx_up_to_a_diagonal_where_the_interaction_is_weak():
    """The condition for two CX is a product of three small sines there, which rounds to zero before they do."""
    rng = np.random.default_rng(8)
    for strength in 10.0 ** np.arange(-7, -2):
        matrix = rng.normal(size=(2, 4, 4))
        weak = expm(-1j * strength * (matrix[0] + matrix[0].T + 1j * (matrix[1] - matrix[1].T)))
        unitary = weak @ np.kron(random_unitary(2, seed=1).data, random_unitary(2, seed=2).data)
        circuit = circuit_up_to_diagonal(unitary)
        difference = Operator(circuit).data.conj().T @ unitary
        assert two_qubit_gates(circuit) <= 2
        assert np.abs(difference - np.diag(np.diagonal(difference))).max() < 1e-12
