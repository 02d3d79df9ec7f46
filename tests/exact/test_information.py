"""Landauer's equality and its ingredients against matrix logarithms, closed forms and Qiskit."""

import dataclasses

import numpy as np
import pytest
import qiskit.quantum_info as qi
from scipy.linalg import expm, logm

import qcoll
from qcoll.exact import entropy_balance, gibbs_state, mutual_information, relative_entropy
from qcoll.model.random import random_model, random_models

MODELS = [qcoll.example_1(), qcoll.example_2(), qcoll.example_2(levels="as_printed"), *random_models(12, seed=12)]
THERMAL = [m for m in MODELS if 0 < m.ancilla.beta < np.inf and m.num_qubits < 6]


def random_states(size, count, seed):
    return np.array([qi.random_density_matrix(size, seed=seed + k).data for k in range(count)])


@pytest.mark.parametrize("model", THERMAL, ids=lambda m: m.name)
def test_landauers_equality_and_the_ledger(model):
    """Eq. 70 = Eq. 72 for every state, with the logarithms written out for the first one."""
    states = random_states(2**model.num_system_qubits, 6, seed=2)
    balance = entropy_balance(model, states)
    assert np.abs(balance.from_information - balance.from_heat).max() < 1e-11
    assert balance.from_information.min() > -1e-13
    assert balance.mutual_information.min() > -1e-13
    assert balance.relative_entropy.min() > -1e-13
    unitary = expm(-1j * model.dt * model.hamiltonian.to_matrix())
    thermal = gibbs_state(model.ancilla)
    after = qi.DensityMatrix(unitary @ np.kron(thermal, states[0]) @ unitary.conj().T)
    system = list(range(model.num_system_qubits))
    outgoing = qi.partial_trace(after, system).data
    assert balance.relative_entropy[0] == pytest.approx(
        np.trace(outgoing @ (logm(outgoing) - logm(thermal))).real, abs=1e-10
    )
    rest = list(range(model.num_system_qubits, model.num_qubits))
    parts = [qi.partial_trace(after, rest), qi.DensityMatrix(outgoing), after]
    entropies = [qi.entropy(part, base=np.e) for part in parts]
    assert balance.mutual_information[0] == pytest.approx(entropies[0] + entropies[1] - entropies[2], abs=1e-10)


@pytest.mark.parametrize("model", [qcoll.example_2(alpha=0.2), random_model(6)], ids=lambda m: m.name)
def test_agrees_with_the_trajectory(model):
    trajectory = qcoll.evolve(model, n=30)
    balance = entropy_balance(model, trajectory.states[:-1])
    assert np.abs(balance.from_information - trajectory.entropy_production).max() < 1e-12
    assert np.abs(balance.heat - trajectory.heat).max() < 1e-14
    assert np.abs(balance.entropy_change - trajectory.entropy_change).max() < 1e-12


def test_any_unitary_collision_obeys_landauer():
    model = qcoll.example_2()
    unitary = qi.random_unitary(8, seed=5).data
    balance = entropy_balance(model, random_states(2, 4, seed=9), unitary=unitary)
    assert np.abs(balance.from_information - balance.from_heat).max() < 1e-12
    exact = entropy_balance(model, random_states(2, 4, seed=9))
    same = entropy_balance(
        model, random_states(2, 4, seed=9), unitary=expm(-1j * model.dt * model.hamiltonian.to_matrix())
    )
    assert np.abs(same.from_information - exact.from_information).max() < 1e-14


def test_the_second_order_map_breaks_landauers_equality_at_third_order():
    """That map is not unitary on joint states, so that the joint entropy is not conserved."""

    def gap(dt):
        model = dataclasses.replace(random_model(4), dt=dt)
        balance = entropy_balance(model, np.diag([0.3, 0.7]), "second_order")
        return abs(balance.from_information - balance.from_heat)[0]

    assert np.log2(gap(0.005) / gap(0.0025)) == pytest.approx(3, abs=0.1)


def test_at_zero_temperature_only_the_informational_form_is_there():
    model = qcoll.example_2(beta=np.inf, kappa=2.0)
    balance = entropy_balance(model, np.diag([0.5, 0.5]))
    assert np.isposinf(balance.from_information).all()
    with pytest.raises(qcoll.InputError, match="beta is inf"):
        _ = balance.from_heat


def test_relative_entropy_closed_forms():
    p, q = 0.3, 0.8
    expected = p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))
    assert relative_entropy(np.diag([p, 1 - p]), np.diag([q, 1 - q])) == pytest.approx(expected, abs=1e-14)
    assert np.isposinf(relative_entropy(np.diag([0.5, 0.5]), np.diag([1.0, 0.0])))
    assert relative_entropy(np.diag([1.0, 0.0]), np.diag([1.0, 0.0])) == pytest.approx(0, abs=1e-15)


def test_mutual_information_of_products_and_of_classical_copies():
    product = np.kron(np.diag([0.2, 0.8]), np.diag([0.6, 0.4]))
    assert mutual_information(product, 2) == pytest.approx(0, abs=1e-15)
    assert mutual_information(np.diag([0.5, 0, 0, 0.5]), 2) == pytest.approx(np.log(2), abs=1e-15)


def test_bad_input():
    model = qcoll.example_2()
    with pytest.raises(qcoll.InputError, match=r"\(n, 2, 2\) or \(2, 2\) was expected"):
        entropy_balance(model, np.eye(4) / 4)
    with pytest.raises(qcoll.InputError, match="not unitary"):
        entropy_balance(model, np.eye(2) / 2, unitary=2 * np.eye(8))
    with pytest.raises(qcoll.InputError, match=r"shape \(4, 4\)"):
        entropy_balance(model, np.eye(2) / 2, unitary=np.eye(4))
    with pytest.raises(qcoll.InputError, match="no subsystem of dimension 3"):
        mutual_information(np.eye(4) / 4, 3)
