"""Level sampled: exact mean, the marks, and optimality by the dual programme; eigenstates of the ancilla."""

import itertools

import numpy as np
import pytest
from qiskit import transpile
from qiskit.quantum_info import Statevector, SuperOp, random_quantum_channel
from synthesis_models import channel_of, paper_models, structured_models, two_qubit_gates

import qcoll
from qcoll.exact import gibbs_state
from qcoll.model.random import random_model
from qcoll.synthesis import eigenstate_circuits, sampled_circuits
from qcoll.synthesis.dense import choi_matrix, kraus_operators
from qcoll.synthesis.unital import MAGIC, unital_part


def mean_cx(branches):
    return sum(probability * two_qubit_gates(circuit) for probability, circuit in branches)


def mean_channel(branches):
    return sum(probability * channel_of(circuit) for probability, circuit in branches)


@pytest.mark.parametrize("model", paper_models())
def test_the_marks_of_the_paper(model):
    branches = sampled_circuits(model)
    assert sum(p for p, _ in branches) == pytest.approx(1, abs=1e-14)
    assert all(circuit.num_qubits == 2 for _, circuit in branches)
    assert np.abs(mean_channel(branches) - qcoll.collision_channel(model).data).max() < 1e-12
    assert mean_cx(branches) <= (0.663 if model.name == "example 1" else 0.20)


@pytest.mark.parametrize("example", [1, 2])
def test_random_structured_models(example):
    for model in structured_models(15, seed=60 + example, example=example):
        branches = sampled_circuits(model)
        assert np.abs(mean_channel(branches) - qcoll.collision_channel(model).data).max() < 1e-12
        assert mean_cx(branches) <= 2


@pytest.mark.parametrize("example", [qcoll.example_1, qcoll.example_2])
def test_weak_collisions_are_exact_and_never_take_more(example):
    """The optimum does not depend on a weak strength until its square drowns in rounding; then it falls to nothing."""
    means = []
    for dt in (0.1, 0.03, 0.01, 6e-3, 3e-3, 1e-3, 3e-4, 1e-4, 1e-6):
        model = example(dt=dt)
        branches = sampled_circuits(model)
        assert np.abs(mean_channel(branches) - qcoll.collision_channel(model).data).max() < 1e-13
        means.append(mean_cx(branches))
    assert means[:4] == pytest.approx([means[0]] * 4, rel=1e-2)
    assert all(later < 1.001 * earlier for earlier, later in itertools.pairwise(means))
    assert means[-1] < 1e-3


def test_wide_ranges_are_exact():
    rng = np.random.default_rng(70)
    for k in range(60):
        dt = 10 ** rng.uniform(-7, 0.7)
        parameters = {
            "omega_s": rng.uniform(-1, 3),
            "omega_1": rng.uniform(-1, 3),
            "omega_2": rng.uniform(-1, 3),
            "kappa": rng.normal(),
            "alpha": 10 ** rng.uniform(-4, 0.3) * np.exp(2j * np.pi * rng.random()),
            "beta": float(rng.choice([0.0, 0.3, 3.0, 8.0, 30.0, np.inf])),
            "dt": dt,
        }
        example = (qcoll.example_1, qcoll.example_2)[k % 2]
        model = example(**parameters) if k % 3 else random_model(k, dt=dt)
        difference = mean_channel(sampled_circuits(model)) - qcoll.collision_channel(model).data
        assert np.abs(difference).max() < 2e-12


@pytest.mark.parametrize(("seed", "dt"), [(1350, 3.5914323798824426), (1128, 0.9555655933795649)])
def test_rests_that_hardly_keep_two_directions(seed, dt):
    """Two extremal channels with two singular values of the Bloch map near zero: squares of them would be lost."""
    model = random_model(seed, dt=dt)
    assert np.abs(mean_channel(sampled_circuits(model)) - qcoll.collision_channel(model).data).max() < 1e-13


def test_what_rounding_could_choose_is_chosen_to_cost_nothing():
    """Example 1 treats all directions across z alike: after the last CX its rest needs no gate at all."""
    for model in structured_models(20, seed=5, example=1):
        for _, circuit in sampled_circuits(model):
            if circuit.num_nonlocal_gates():
                assert transpile(circuit, basis_gates=["u", "cx"], optimization_level=1).data[-1].name == "cx"


def test_the_weight_is_the_largest():
    # A dual point bounds q from above; random perturbations of the channel's unital part from below must not beat it.
    for seed in range(8):
        channel = SuperOp(random_quantum_channel(2, 2, rank=3 + seed % 2, seed=seed))
        kraus = kraus_operators(channel)
        part = unital_part(kraus)
        magic = MAGIC.conj().T @ choi_matrix(kraus) @ MAGIC / 2
        optimum = MAGIC.conj().T @ (choi_matrix(kraus) - part.rest) @ MAGIC / 2
        assert np.abs(optimum.imag).max() < 1e-12
        assert np.linalg.eigvalsh(magic - optimum)[0] > -1e-12
        assert part.gap < 1e-10
        # The rest has no unital part of its own, or the weight could grow.
        rest = magic - optimum
        values, vectors = np.linalg.eigh(rest)
        support = vectors[:, values > 1e-9]
        assert np.linalg.norm(support.T @ support, 2) < 1 - 1e-6


@pytest.mark.parametrize("correction", ["coherent", "measured"])
@pytest.mark.parametrize("example", [qcoll.example_1, qcoll.example_2])
def test_a_unital_channel_needs_no_gate(example, correction):
    """Not even in a branch that is never sampled: it would bring an ancilla into every circuit."""
    for parameters in ({}, {"alpha": 0.4, "dt": 0.8}):
        hot = example(beta=0.0, **parameters)
        branches = sampled_circuits(hot, correction)
        assert [two_qubit_gates(circuit) for _, circuit in branches] == [0] * len(branches)
        assert sum(p for p, _ in branches) == pytest.approx(1, abs=1e-14)
        assert np.abs(mean_channel(branches) - qcoll.collision_channel(hot).data).max() < 1e-12
        assert qcoll.compile_collisions(hot, 3, "0", synthesis="sampled", correction=correction).num_qubits == 1


def test_a_unitary_is_one_circuit():
    branches = sampled_circuits(qcoll.example_2(alpha=0.0))
    assert [(p, two_qubit_gates(circuit)) for p, circuit in branches] == [(1.0, 0)]


def test_amplitude_damping_has_no_larger_unital_part():
    # Kraus operators diag(1, sqrt(1-g)) and sqrt(g)|0><1|: no unitary lies in their span, so q = 0.
    kraus = np.array([np.diag([1, 0.8]), [[0, 0.6], [0, 0]]], dtype=complex)
    assert unital_part(kraus).weights.sum() < 1e-12


def test_zero_temperature():
    cold = qcoll.example_1(beta=float("inf"), alpha=0.3)
    branches = sampled_circuits(cold)
    assert np.abs(mean_channel(branches) - qcoll.collision_channel(cold).data).max() < 1e-12


def test_more_system_qubits_are_refused():
    with pytest.raises(qcoll.InputError, match="one system qubit"):
        sampled_circuits(random_model(1, num_system_qubits=2, num_ancilla_qubits=1))


@pytest.mark.parametrize("beta", [0.0, 0.7, float("inf")])
def test_eigenstates_average_to_the_thermal_state(beta):
    for size in (1, 2, 3):
        ancilla = random_model(size, num_ancilla_qubits=size, beta=beta).ancilla
        mean = 0
        for probability, circuit in eigenstate_circuits(ancilla):
            vector = Statevector(circuit).data
            mean = mean + probability * np.outer(vector, vector.conj())
        assert np.abs(mean - gibbs_state(ancilla)).max() < 1e-12


def test_eigenstates_of_the_pair_take_at_most_one():
    counts = [two_qubit_gates(circuit) for _, circuit in eigenstate_circuits(qcoll.example_1().ancilla)]
    assert sorted(counts) == [0, 0, 1, 1]
