"""Shots: estimators without bias, standard errors that cover, settings that measure what is asked."""

import numpy as np
import pytest
from qiskit.quantum_info import Pauli, SparsePauliOp

import qcoll
from qcoll.measure.settings import Estimates, rotation_circuit, settings_for, system_paulis
from qcoll.model.random import random_model
from qcoll.run.simulation import sampled_runs

MODEL = qcoll.example_2(alpha=0.4, dt=0.4)


@pytest.mark.parametrize("noise", [None, {"two_qubit": 0.01}])
def test_errors_cover_at_their_stated_rate(noise):
    """Each estimate within two standard errors of its expectation about 95 times in 100 (seeds 0 to 9)."""
    compiled = qcoll.compile_collisions(MODEL, n=6)
    scores = {"states": [], "heat": [], "work": []}
    for run in sampled_runs(compiled, noise, [(400, seed) for seed in range(10)]):
        for pauli in "XYZ":
            operator = SparsePauliOp(pauli)
            difference = run.expectation(operator) - run.expected.expectation(operator)
            scores["states"].extend(difference / run.standard_error(operator))
        scores["heat"].extend((run.heat - run.expected.heat) / run.heat_error)
        scores["work"].extend((run.work - run.expected.work) / run.work_error)
    for values in scores.values():
        assert 0.90 < np.mean(np.abs(values) < 2) < 0.99
        assert np.std(values) == pytest.approx(1, abs=0.2)
        assert abs(np.mean(values)) < 4 / np.sqrt(len(values))


def test_errors_shrink_with_the_root_of_the_shots():
    compiled = qcoll.compile_collisions(MODEL, n=2)
    errors = [
        qcoll.simulate(compiled, shots=shots, seed=1).standard_error(SparsePauliOp("X"))[-1] for shots in (100, 10_000)
    ]
    assert errors[0] / errors[1] == pytest.approx(10, rel=0.1)


def test_readout_errors_bias_what_is_measured():
    compiled = qcoll.compile_collisions(MODEL, n=2, initial="0")
    run = qcoll.simulate(compiled, noise={"readout": 0.1}, shots=200_000, seed=2)
    z = SparsePauliOp("Z")
    assert run.expectation(z)[0] == pytest.approx(0.8, abs=5 * run.standard_error(z)[0])
    assert run.expected.expectation(z)[0] == pytest.approx(1, abs=1e-12)


def test_seeds_repeat_and_differ():
    compiled = qcoll.compile_collisions(MODEL, n=2)
    first, again, other = (qcoll.simulate(compiled, shots=100, seed=seed).states for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_two_qubit_systems():
    model = random_model(3, num_system_qubits=2, num_ancilla_qubits=1)
    run = qcoll.simulate(qcoll.compile_collisions(model, n=1), shots=50_000, seed=4)
    assert run.pauli_covariance.shape == (2, 16, 16)
    assert np.abs(run.states - run.expected.states).max() < 0.02
    for operator in (SparsePauliOp("XY"), SparsePauliOp(["ZI", "ZZ", "IX"], [0.5, -1.0, 2.0])):
        difference = run.expectation(operator) - run.expected.expectation(operator)
        assert np.all(np.abs(difference) < 5 * run.standard_error(operator))


@pytest.mark.parametrize("noise", [None, {"two_qubit": 0.01}])
def test_fresh_ancillas_are_measured_where_they_are(noise):
    """Every collision has qubits of its own; the estimates must come from the right ones."""
    compiled = qcoll.compile_collisions(MODEL, n=2, initial="0", ancillas="fresh")
    run = qcoll.simulate(compiled, noise=noise, shots=20_000, seed=3)
    assert np.abs(run.heat - run.expected.heat).max() < 5 * run.heat_error.max()
    assert np.abs(run.states - run.expected.states).max() < 0.02


def test_shots_need_every_collision():
    with pytest.raises(qcoll.InputError, match="record must be 1"):
        qcoll.simulate(qcoll.compile_collisions(MODEL, n=4), shots=10, record=2)


class TestSettings:
    def test_every_string_is_measured(self):
        labels = [*system_paulis(2, 3), *qcoll.example_2().interaction.paulis.to_labels(), "IZZ", "XXI"]
        bases = settings_for(labels)
        for label in labels:
            assert any(all(own in ("I", b) for own, b in zip(label, basis, strict=True)) for basis in bases)

    def test_the_papers_collision_takes_few_settings(self):
        model = qcoll.example_2()
        terms = [*system_paulis(1, 3)]
        for operator in (model.joint_ancilla, model.interaction):
            terms += operator.paulis.to_labels()
        assert len(settings_for(terms)) <= 7

    @pytest.mark.parametrize("letter", "XYZ")
    def test_rotations_turn_the_basis_to_z(self, letter):
        circuit = rotation_circuit(letter)
        assert Pauli("Z").evolve(circuit, frame="h") == Pauli(letter)

    def test_estimates_of_correlated_strings(self):
        """Two strings from one setting: their sum has the variance of the sum, not the sum of variances."""
        estimates = Estimates({"ZZ": {0b00: 50, 0b11: 50}})
        value, variance = estimates.value(SparsePauliOp(["ZI", "IZ"], [1.0, -1.0]))
        assert value == 0
        assert variance == pytest.approx(0, abs=1e-15)
        value, variance = estimates.value(SparsePauliOp(["ZI", "IZ", "II"], [1.0, 1.0, 3.0]))
        assert value == 3
        assert variance == pytest.approx(4 / 100)


def test_devices_with_measurements_of_their_own_kind():
    """FakeKingston lists measure_2 beside measure, which no transpiler knows as a gate."""
    run = qcoll.simulate(
        qcoll.compile_collisions(qcoll.example_2(), 1, "+", synthesis="channel"), "FakeKingston", 4000, seed=1
    )
    assert np.all(abs(run.states - run.expected.states) < 0.1)
