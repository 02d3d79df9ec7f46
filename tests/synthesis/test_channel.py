"""Level channel: three CX, the channel to rounding, against qcoll.collision_channel and Qiskit's random channels."""

import dataclasses

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp, SuperOp, random_quantum_channel
from synthesis_models import channel_of, paper_models, structured_models, two_qubit_gates

import qcoll
from qcoll.model.random import random_model
from qcoll.synthesis import channel_circuit
from qcoll.synthesis.dense import canonical_kraus, choi_matrix, kraus_operators
from qcoll.synthesis.extremal import extremal_circuit, mean_of_two


@pytest.mark.parametrize("model", paper_models())
def test_the_marks_of_the_paper(model):
    circuit = channel_circuit(model)
    assert circuit.num_qubits == 3
    assert two_qubit_gates(circuit) == 3
    assert np.abs(channel_of(circuit) - qcoll.collision_channel(model).data).max() < 1e-12
    placements = [{circuit.find_bit(q).index for q in i.qubits} for i in circuit.data if len(i.qubits) == 2]
    assert placements == [{0, 1}, {0, 2}, {0, 1}]


@pytest.mark.parametrize("example", [1, 2])
def test_random_structured_models_take_three(example):
    for model in structured_models(25, seed=40 + example, example=example):
        circuit = channel_circuit(model)
        assert two_qubit_gates(circuit) <= 3, model
        assert np.abs(channel_of(circuit) - qcoll.collision_channel(model).data).max() < 1e-12


@pytest.mark.parametrize("dt", [1e-3, 0.05, 0.3, 1.0])
def test_unstructured_collisions_take_three(dt):
    for seed in range(4):
        model = random_model(seed, num_ancilla_qubits=2, dt=dt)
        circuit = channel_circuit(model)
        assert two_qubit_gates(circuit) <= 3
        assert np.abs(channel_of(circuit) - qcoll.collision_channel(model).data).max() < 1e-12


@pytest.mark.parametrize("beta", [5.0, 8.0, 30.0])
def test_cold_ancillas_take_three_or_four(beta):
    """The fourth Kraus operator hardly counts, or not at all: one search alone does not get there."""
    found = []
    for model in structured_models(12, seed=int(beta), example=2):
        cold = dataclasses.replace(model, ancilla=dataclasses.replace(model.ancilla, beta=beta))
        circuit = channel_circuit(cold)
        found.append(two_qubit_gates(circuit))
        assert np.abs(channel_of(circuit) - qcoll.collision_channel(cold).data).max() < 1e-12
    assert sum(count == 4 for count in found) <= (2 if beta < 10 else 6)
    assert sum(count > 4 for count in found) <= (0 if beta < 10 else 2)


@pytest.mark.parametrize(
    ("omega_s", "omega_1", "omega_2", "kappa", "alpha", "beta", "dt"),
    [
        (2.2343, 2.2221, 1.3385, 0.5697, 0.1, 0.3, 0.010158),
        (1.5211, 0.3606, 0.3421, -0.6862, 0.1, 3.0, 0.004558),
        (0.36399, 0.74131, 1.48939, 1.25233, 0.0093628, 0.3, 0.0256906),
        (0.74658, 2.41125, 1.16039, -0.09411, 0.0037137, 0.3, 0.8183942),
    ],
)
def test_weak_channels_that_the_closed_form_does_not_lead_to(omega_s, omega_1, omega_2, kappa, alpha, beta, dt):
    model = qcoll.example_2(
        omega_s=omega_s, omega_1=omega_1, omega_2=omega_2, kappa=kappa, alpha=alpha, beta=beta, dt=dt
    )
    circuit = channel_circuit(model)
    assert two_qubit_gates(circuit) == 3
    assert np.abs(channel_of(circuit) - qcoll.collision_channel(model).data).max() < 1e-12


@pytest.mark.parametrize(("rank", "most"), [(1, 0), (2, 2), (3, 4), (4, 4)])
def test_any_one_qubit_channel(rank, most):
    for seed in range(3):
        channel = SuperOp(random_quantum_channel(2, 2, rank=rank, seed=seed))
        circuit = channel_circuit(channel)
        assert two_qubit_gates(circuit) <= most
        assert np.abs(channel_of(circuit) - channel.data).max() < 1e-11


def test_channels_at_the_edge():
    paulis = [np.eye(2), np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])]
    reset = [np.array([[1, 0], [0, 0]]), np.array([[0, 1], [0, 0]])]
    for kraus, most in (
        ([p / 2 for p in paulis], 4),
        (reset, 2),
        ([np.sqrt(0.7) * paulis[0], np.sqrt(0.3) * paulis[2]], 1),
        ([np.sqrt(0.6) * paulis[0], *(np.sqrt(0.4 / 3) * p for p in paulis[1:])], 4),
    ):
        channel = SuperOp(sum(np.kron(np.conj(k), k) for k in kraus))
        circuit = channel_circuit(channel)
        assert two_qubit_gates(circuit) <= most
        assert np.abs(channel_of(circuit) - channel.data).max() < 1e-11


def test_zero_temperature_and_no_interaction():
    cold = qcoll.example_1(beta=float("inf"), alpha=0.3, dt=0.7)
    assert np.abs(channel_of(channel_circuit(cold)) - qcoll.collision_channel(cold).data).max() < 1e-12
    free = qcoll.example_2(alpha=0.0)
    assert two_qubit_gates(channel_circuit(free)) == 0
    assert np.abs(channel_of(channel_circuit(free)) - qcoll.collision_channel(free).data).max() < 1e-12


def test_two_system_qubits_by_an_isometry():
    weak = qcoll.CollisionModel(
        system=SparsePauliOp(["ZI", "IZ"], [0.5, 0.5]),
        ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), beta=1.0),
        interaction=SparsePauliOp("XXI", 0.1),
        dt=0.1,
    )
    for model in (weak, random_model(3, num_system_qubits=2, num_ancilla_qubits=1)):
        circuit = channel_circuit(model)
        assert np.abs(channel_of(circuit, 2) - qcoll.collision_channel(model).data).max() < 1e-11


def test_a_map_that_is_no_channel_is_refused():
    strong = dataclasses.replace(qcoll.example_1(alpha=1.0), dt=1.5)
    with pytest.raises(qcoll.InputError, match="completely positive"):
        channel_circuit(qcoll.collision_channel(strong, method="second_order"))
    with pytest.raises(qcoll.InputError, match="CollisionModel"):
        channel_circuit(np.eye(4))


def test_kraus_operators_are_the_channel():
    for model in structured_models(5, seed=9, example=1):
        kraus = kraus_operators(model)
        assert np.abs(sum(np.kron(k.conj(), k) for k in kraus) - qcoll.collision_channel(model).data).max() < 1e-13


def test_extremal_channels_from_unitary_mixtures_and_damping():
    rng = np.random.default_rng(5)
    for _ in range(20):
        a, b = rng.uniform(0, np.pi, 2)
        kraus = np.array([np.diag([np.cos(a), np.cos(b)]), [[0, np.sin(b)], [np.sin(a), 0]]], dtype=complex)
        left, right = (np.linalg.qr(rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2)))[0] for _ in range(2))
        kraus = canonical_kraus(left @ kraus @ right)
        circuit = extremal_circuit(kraus)
        assert two_qubit_gates(circuit) <= 2
        assert np.abs(channel_of(circuit) - sum(np.kron(k.conj(), k) for k in kraus)).max() < 1e-12


def test_every_channel_is_the_mean_of_two():
    for seed in range(10):
        channel = SuperOp(random_quantum_channel(2, 2, rank=4, seed=seed))
        choi = choi_matrix(kraus_operators(channel))
        parts = mean_of_two(choi)
        assert all(len(part) <= 2 for part in parts)
        assert np.abs(sum(choi_matrix(part) for part in parts) / 2 - choi).max() < 1e-12


@pytest.mark.parametrize("dt", [1e-6, 1e-3, 0.01, 0.05])
@pytest.mark.parametrize("beta", [0.0, 1.0, 5.0])
def test_jumps_in_fewer_than_three_directions(beta, dt):
    """Rates of rank one or two: what is zero but for rounding must not be divided by."""
    for system, interaction in ((["X", "Z"], ["YY"]), (["Z", "Y"], ["XX"]), (["X", "Y"], ["ZX", "YZ"])):
        model = qcoll.CollisionModel(
            system=SparsePauliOp(system, [0.5, 0.3]),
            ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("X", 0.5), beta=beta),
            interaction=SparsePauliOp(interaction, 0.2),
            dt=dt,
        )
        circuit = channel_circuit(model)
        assert two_qubit_gates(circuit) <= 3
        assert np.abs(channel_of(circuit) - qcoll.collision_channel(model).data).max() < 1e-12


@pytest.mark.parametrize("dt", [1e-6, 1e-4, 1e-2])
def test_short_collisions_of_two_system_qubits(dt):
    """Qiskit's synthesis of isometries fails or rounds for some of them."""
    pairs = [
        SparsePauliOp(["IZ", "ZI", "XX", "YY"], [one / 2, other / 2, kappa / 2, kappa / 2])
        for one, other, kappa in ((1.0, 1.2, 0.2), (0.9, 1.1, 0.3))
    ]
    model = qcoll.CollisionModel(
        system=pairs[0],
        ancilla=qcoll.Ancilla(hamiltonian=pairs[1], beta=1.0),
        interaction=SparsePauliOp(["IXIX", "IYIY"], 0.2),
        dt=dt,
    )
    circuit = channel_circuit(model)
    assert np.abs(channel_of(circuit, 2) - qcoll.collision_channel(model).data).max() < 1e-10
