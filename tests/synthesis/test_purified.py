"""Purified levels: the system's channel, and the joint state of system and ancilla."""

import itertools

import numpy as np
import pytest
from qiskit.quantum_info import DensityMatrix, Operator, Statevector, partial_trace, random_statevector
from scipy.linalg import expm
from synthesis_models import channel_of, structured_models, two_qubit_gates

import qcoll
from qcoll.exact import gibbs_state
from qcoll.model.operators import exchange, zeeman
from qcoll.model.random import random_model
from qcoll.synthesis import absorbed_circuit, purified_channel_circuit


def joint_state_error(model, circuit):
    """Distance of the state of system and ancilla after the circuit from that after the collision."""
    n, total = model.num_system_qubits, model.num_qubits
    system = random_statevector(2**n, seed=3)
    start = Statevector.from_label("0" * (circuit.num_qubits - n)).tensor(system)
    after = partial_trace(start.evolve(circuit), list(range(total, circuit.num_qubits)))
    unitary = Operator(expm(-1j * model.dt * model.hamiltonian.to_matrix()))
    expected = DensityMatrix(np.kron(gibbs_state(model.ancilla), DensityMatrix(system).data)).evolve(unitary)
    return np.abs(after.data - expected.data).max()


@pytest.mark.parametrize("alpha", [0.1, 0.2])
@pytest.mark.parametrize("dt", [0.1, 1.0])
@pytest.mark.parametrize("example", [qcoll.example_1, qcoll.example_2])
def test_the_paper_takes_six(example, alpha, dt):
    model = example(alpha=alpha, dt=dt)
    circuit = purified_channel_circuit(model)
    assert two_qubit_gates(circuit) == 6
    assert np.abs(channel_of(circuit) - qcoll.collision_channel(model).data).max() < 1e-11


@pytest.mark.parametrize("example", [1, 2])
def test_random_structured_models_keep_the_system(example):
    for model in structured_models(5, seed=80 + example, example=example):
        circuit = purified_channel_circuit(model)
        assert two_qubit_gates(circuit) == 6
        assert np.abs(channel_of(circuit) - qcoll.collision_channel(model).data).max() < 1e-11


@pytest.mark.parametrize(("example", "count"), [(1, 12), (2, 10)])
def test_absorbed_circuits_of_random_structured_models(example, count):
    for model in structured_models(12, seed=90 + example, example=example):
        circuit = absorbed_circuit(model)
        assert two_qubit_gates(circuit) == count
        assert joint_state_error(model, circuit) < 1e-11


@pytest.mark.parametrize(
    "parameters",
    [
        {"omega_s": 1.692, "omega_1": 2.397, "omega_2": 1.135, "kappa": -0.392, "alpha": 0.1231 - 0.0462j, "dt": 1.825},
        {
            "omega_s": 2.43,
            "omega_1": 0.616,
            "omega_2": 0.811,
            "kappa": 0.737,
            "alpha": 0.216,
            "beta": 0.3,
            "dt": 12.476,
        },
        {"omega_s": 1.744, "omega_1": 2.396, "omega_2": 2.18, "kappa": -1.027, "alpha": 0.033, "dt": 20.049},
    ],
)
def test_absorbed_pairs_that_take_another_order(parameters):
    model = qcoll.example_2(**{"beta": 1.0} | parameters)
    circuit = absorbed_circuit(model)
    assert two_qubit_gates(circuit) == 10
    collision = {frozenset(circuit.find_bit(q).index for q in i.qubits) for i in circuit.data if len(i.qubits) == 2}
    assert len(collision & {frozenset(pair) for pair in ((0, 1), (0, 2), (1, 2))}) == 2  # a line
    assert joint_state_error(model, circuit) < 1e-11


def test_absorbed_exchange_of_any_three_qubits():
    """Unequal couplings, a complex one within the pair, either sign of the coupling and of the detuning."""
    coupling = [0.6, 0.4j, -0.5, 0.3 - 0.4j]
    for k, (within, detuning) in enumerate(itertools.product(coupling, (0.5, -0.5))):
        model = qcoll.CollisionModel(
            system=zeeman(1, [0.7]),
            ancilla=qcoll.Ancilla(
                hamiltonian=zeeman(2, [0.5 + detuning / 2, 0.5 - detuning / 2])
                + exchange(2, within, raising=[0], lowering=[1]),
                beta=0.8,
            ),
            interaction=exchange(3, 0.3 + 0.1j * k, raising=[0], lowering=[1])
            + exchange(3, 0.5, raising=[0], lowering=[2]),
            dt=0.9,
        )
        circuit = absorbed_circuit(model)
        assert two_qubit_gates(circuit) == 12
        assert joint_state_error(model, circuit) < 1e-11


def test_fewer_gates_where_a_coupling_is_missing():
    apart = qcoll.example_1(kappa=0.0, alpha=0.3, dt=0.5)
    alone = qcoll.example_1(alpha=0.0, dt=0.5)
    assert two_qubit_gates(absorbed_circuit(apart)) <= 9
    assert two_qubit_gates(absorbed_circuit(alone)) <= 6


@pytest.mark.parametrize(
    ("model", "count"),
    [
        (qcoll.example_1(), 12),
        (qcoll.example_1(alpha=0.1, dt=1.0), 12),
        (qcoll.example_1(omega_1=1.5, omega_2=0.5, alpha=0.3, dt=0.6), 12),
        (qcoll.example_1(alpha=0.2, dt=0.5), 12),
        (qcoll.example_1(alpha=0.001, dt=0.001), 12),
        (qcoll.example_1(omega_1=1.0, omega_2=1.0, alpha=0.2, dt=0.5), 12),
        (qcoll.example_2(alpha=0.1, dt=0.1), 10),
        (qcoll.example_2(alpha=0.2j, dt=1.0), 10),
    ],
)
def test_absorbed_counts_of_the_paper(model, count):
    circuit = absorbed_circuit(model)
    assert two_qubit_gates(circuit) == count
    assert joint_state_error(model, circuit) < 1e-11


def test_other_sizes():
    for size in (1, 2):
        model = random_model(7, num_system_qubits=1, num_ancilla_qubits=size)
        assert joint_state_error(model, absorbed_circuit(model)) < 1e-11
        circuit = purified_channel_circuit(model)
        assert np.abs(channel_of(circuit) - qcoll.collision_channel(model).data).max() < 1e-11


@pytest.mark.parametrize("beta", [0.0, float("inf")])
def test_extreme_temperatures(beta):
    model = qcoll.example_2(beta=beta, alpha=0.3, dt=0.8)
    assert joint_state_error(model, absorbed_circuit(model)) < 1e-11
