"""The collision from a thermal ancilla: the unitary up to a V that commutes with the ancilla's Hamiltonian."""

import numpy as np
import pytest
from qiskit.quantum_info import Operator
from scipy.linalg import expm
from synthesis_models import paper_models, structured_models, two_qubit_gates, up_to_phase

import qcoll
from qcoll.compile.levels import collision_pieces
from qcoll.compile.thermal import cx_count
from qcoll.model.random import random_model
from qcoll.synthesis import joint_unitary_circuit, thermal_collision_circuit
from qcoll.synthesis.skeleton import Preceded, Skeleton


def check(model, most):
    circuit, commuting = thermal_collision_circuit(model)
    v = np.eye(2**model.num_ancilla_qubits) if commuting is None else commuting
    h = model.ancilla.hamiltonian.to_matrix()
    assert np.abs(v @ v.conj().T - np.eye(len(v))).max() < 1e-12
    assert np.abs(v @ h - h @ v).max() < 1e-12
    together = Operator(circuit).data @ np.kron(v, np.eye(2**model.num_system_qubits))
    assert up_to_phase(together, expm(-1j * model.dt * model.hamiltonian.to_matrix())) < 1e-11
    assert two_qubit_gates(circuit) <= most
    return commuting


def test_random_exchange_models_take_ten():
    for model in structured_models(30, seed=73, example=1):
        check(model, 10)


def test_unequal_couplings_and_flux_take_ten():
    rng = np.random.default_rng(74)
    for _ in range(8):
        check(
            qcoll.example_1(
                omega_s=rng.uniform(0.3, 2.5),
                omega_1=rng.uniform(0.2, 2.5),
                omega_2=rng.uniform(0.2, 2.5),
                kappa=rng.uniform(-1.5, 1.5),
                alpha_1=rng.uniform(0.05, 1),
                alpha_2=rng.uniform(0.05, 1) * np.exp(1j * rng.uniform(0, 2 * np.pi)),
                dt=rng.uniform(0.05, 2),
            ),
            10,
        )


@pytest.mark.parametrize("dt", [1e-6, 1e-4, 1e-2, 3.0])
def test_short_and_long_exchange_collisions(dt):
    check(qcoll.example_1(omega_s=1.2, alpha=0.3, dt=dt), 10)


@pytest.mark.parametrize("beta", [0.0, np.inf])
def test_extreme_temperatures(beta):
    check(qcoll.example_1(omega_s=1.2, alpha=0.3, beta=beta, dt=0.7), 10)


@pytest.mark.parametrize("dt", [0.1, 0.5, 1.0, 2.0])
def test_a_pair_without_structure_takes_thirteen(dt):
    for seed in range(3):
        check(random_model(seed, dt=dt), 13)


def test_very_short_collisions_without_structure():
    check(random_model(0, dt=1e-4), 14)


@pytest.mark.parametrize("model", paper_models()[:6])
def test_nothing_is_left_out_where_the_unitary_is_as_short(model):
    assert check(model, 10 if model.name == "example 1" else 8) is None


@pytest.mark.parametrize(
    "model",
    [
        qcoll.example_1(alpha=0.0),
        random_model(3, num_ancilla_qubits=1),
        random_model(1, num_system_qubits=2, num_ancilla_qubits=1),
    ],
)
def test_other_models_get_their_unitary(model):
    assert check(model, 14) is None


@pytest.mark.parametrize("frequencies", [(1.0, 0.5, 1.5), (1.3, 0.5, 1.5), (1.0, 0.7, 0.7)])
def test_a_chain_takes_seven(frequencies):
    omega_s, omega_1, omega_2 = frequencies
    model = qcoll.example_1(omega_s=omega_s, omega_1=omega_1, omega_2=omega_2, kappa=0.0, alpha=0.4, dt=0.8)
    check(model, 7)
    assert two_qubit_gates(joint_unitary_circuit(model)) <= 7


def test_the_level_exact_takes_it_and_keeps_the_joint_state():
    model = qcoll.example_1(omega_s=1.3, alpha=0.4 * np.exp(0.5j), dt=0.8)
    pieces = collision_pieces(model, synthesis="exact")
    branch = pieces.only
    assert cx_count(pieces.body(branch)) == 4 + 10
    eta = pieces.prepared_state().data
    rho = np.array([[0.6, 0.2 - 0.1j], [0.2 + 0.1j, 0.4]])
    circuit = Operator(branch.collision).data
    exact = expm(-1j * model.dt * model.hamiltonian.to_matrix())
    after = circuit @ np.kron(eta, rho) @ circuit.conj().T
    assert np.abs(after - exact @ np.kron(eta, rho) @ exact.conj().T).max() < 1e-12
    assert up_to_phase(pieces.unitary(), exact) < 1e-11


def test_derivatives_of_a_preceded_skeleton():
    rng = np.random.default_rng(5)
    first = np.linalg.qr(rng.normal(size=(8, 8)) + 1j * rng.normal(size=(8, 8)))[0]
    ansatz = Preceded(Skeleton(3, ((0, 1), (1, 2))), first)
    angles = rng.normal(size=ansatz.num_parameters)
    unitary, moved = ansatz.heisenberg(angles)
    assert np.allclose(unitary, ansatz.unitary(angles))
    for k in range(len(angles)):
        step = np.eye(len(angles))[k] * 1e-6
        slope = (ansatz.unitary(angles + step) - ansatz.unitary(angles - step)) / 2e-6
        assert np.allclose(slope, -0.5j * unitary @ moved[k], atol=1e-8)
