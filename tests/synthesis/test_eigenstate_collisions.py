"""Collisions with one eigenstate of the ancilla: images of the circuits against the matrix exponential, and counts."""

import numpy as np
import pytest
from qiskit.quantum_info import Operator, SparsePauliOp
from scipy.linalg import expm
from synthesis_models import paper_models, structured_models, two_qubit_gates

import qcoll
from qcoll.exact import gibbs_state
from qcoll.model.random import random_model
from qcoll.synthesis import collisions_of_eigenstates, eigenstate_collisions

LINE = [{0, 1}, {1, 2}]


def counts(model):
    """CX of each eigenstate, after all that is promised has been checked."""
    vectors, drawn = collisions_of_eigenstates(model)
    size = 2**model.num_system_qubits
    unitary = expm(-1j * model.dt * model.hamiltonian.to_matrix())
    mean = np.zeros_like(vectors)
    for probability, k, circuit in drawn:
        images = Operator(circuit).data[:, k * size : (k + 1) * size]
        expected = unitary @ np.kron(vectors[:, k : k + 1], np.eye(size))
        assert np.abs(images - expected).max() < 1e-11
        mean = mean + probability * np.outer(vectors[:, k], vectors[:, k].conj())
    assert np.abs(mean - gibbs_state(model.ancilla).data).max() < 1e-12
    return [two_qubit_gates(circuit) for _, _, circuit in drawn]


@pytest.mark.parametrize("model", paper_models())
def test_the_examples(model):
    assert counts(model) == ([4, 5, 5, 4] if model.name == "example 1" else [0, 3, 3, 0])
    for _, _, circuit in collisions_of_eigenstates(model)[1]:
        used = [{circuit.find_bit(q).index for q in i.qubits} for i in circuit.data if len(i.qubits) == 2]
        assert all(pair in LINE for pair in used)


def test_random_parity_conserving_models_take_none_or_three_as_a_rule():
    found = [sorted(counts(model)) for model in structured_models(25, seed=76, example=2)]
    assert all(each[:2] == [0, 0] and each[3] <= 5 for each in found)
    assert sum(each == [0, 0, 3, 3] for each in found) >= 24


def test_random_exchange_models_take_four_or_five_as_a_rule():
    found = [count for model in structured_models(25, seed=77, example=1) for count in counts(model)]
    assert max(found) <= 7
    assert sum(count > 5 for count in found) <= 2, found
    assert sum(count == 4 for count in found) >= 0.45 * len(found)


def test_a_dark_eigenstate_takes_five():
    """Almost equal frequencies: one of the two levels that share an excitation meets the system with weight 1e-7."""
    model = qcoll.example_1(
        omega_s=1.94, omega_1=1.975, omega_2=1.972, kappa=-1.265, alpha=0.25 * np.exp(-0.66j), beta=1.0, dt=1.765
    )
    assert counts(model) == [4, 5, 5, 4]


@pytest.mark.parametrize("dt", [1e-4, 1e-2, 0.3, 1.0, 3.0])
def test_unstructured_collisions_of_three_qubits(dt):
    found = [count for seed in range(4) for count in counts(random_model(seed, dt=dt))]
    assert max(found) <= 7
    assert np.mean(found) < 5.5


@pytest.mark.parametrize(("sizes", "most"), [((1, 1), 2), ((2, 1), 11), ((1, 3), 25)])
def test_other_sizes(sizes, most):
    for seed in range(2):
        assert max(counts(random_model(seed, num_system_qubits=sizes[0], num_ancilla_qubits=sizes[1]))) <= most


def test_only_occupied_eigenstates():
    assert counts(qcoll.example_2(beta=float("inf"))) == [0]
    vectors, drawn = collisions_of_eigenstates(qcoll.example_1(beta=0.0))
    assert [k for _, k, _ in drawn] == [0, 1, 2, 3]
    assert np.abs(vectors.conj().T @ vectors - np.eye(4)).max() < 1e-12


def test_nothing_is_entangled_without_interaction():
    """The eigenstates of the pair themselves take one CX, or none where they are products."""
    assert sorted(counts(qcoll.example_1(alpha=0.0))) == [0, 0, 1, 1]
    two = qcoll.CollisionModel(
        system=SparsePauliOp(["XX", "ZI"], [0.4, 0.3]),
        ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), beta=1.0),
        interaction=SparsePauliOp("ZZZ", 0.0),
        dt=0.7,
    )
    assert max(counts(two)) <= 2


@pytest.mark.parametrize("alpha", [1e-2, 1e-5, 9.999999999999999e-06, 1e-7, 1e-9, 1e-11])
@pytest.mark.parametrize("dt", [1e-3, 1e-2, 2.0])
def test_a_pair_of_conserved_parity_takes_three_however_weak(alpha, dt):
    """Searches met degenerate angles there, took seven CX or more, and Qiskit's isometries rounded the rest away."""
    found = counts(qcoll.example_2(alpha=alpha, dt=dt))
    # what is entangled less than rounding is a product
    assert found == [0, 3, 3, 0] or (alpha * dt < 1e-12 and found == [0, 1, 1, 0])


def test_closed_forms_of_parity_need_no_search(monkeypatch):
    monkeypatch.setattr(eigenstate_collisions, "_Search", None)
    assert counts(qcoll.example_2(alpha=0.7j, dt=1.3)) == [0, 3, 3, 0]
    assert counts(qcoll.example_2(kappa=0.0, alpha=1e-6)) == [0, 3, 3, 0]
    # a dephasing system: K_0 and K_1 are multiples of unitaries, two CX in all
    dephasing = qcoll.CollisionModel(
        system=SparsePauliOp("Z", 0.5),
        ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp(["ZI", "IZ"], [0.3, 0.7]), beta=1.0),
        interaction=SparsePauliOp("XXZ", 0.2),
        dt=0.7,
    )
    assert counts(dephasing) == [2, 2, 2, 2]


@pytest.mark.parametrize("alpha", [1e-7, 1e-8, 1e-11])
def test_weak_collisions_that_no_search_finds_are_exact(alpha):
    """Qiskit rounds these isometries, or fails: the eigenstate is prepared and the joint unitary follows."""
    found = counts(qcoll.example_1(alpha=alpha, dt=2))
    assert found[0] == found[3] == 4
    assert max(found) <= 12
