"""Construct, run, combine: against the exact dynamics, the density-matrix run, and the error bars' own promise."""

import dataclasses
import json

import numpy as np
import pytest
from qiskit.primitives import StatevectorSampler
from qiskit.quantum_info import DensityMatrix, SparsePauliOp, random_density_matrix
from qiskit_aer.primitives import SamplerV2
from scipy.stats import binom

import qcoll
from qcoll.device.fakes import fake_backend
from qcoll.device.mapping import map_collisions
from qcoll.exact import gibbs_state
from qcoll.hardware import (
    MeasuredCounts,
    MeasurementPlan,
    beside_exact,
    combine,
    effective_beta,
    exact_ledger,
    expectation,
    measurement_circuits,
    nearest_state,
    open_device,
    predicted_counts,
    run,
)
from qcoll.measure.counts import counts_from_npz, counts_to_npz
from qcoll.measure.estimates import Frequencies, estimate
from qcoll.measure.settings import Estimates
from qcoll.trajectory.pauli import to_pauli_vector

LEDGER = ("heat", "work", "switching_work", "energy_change", "first_law_residual", "heat_pulled_back")


@pytest.fixture(scope="module")
def measurement(compiled):
    return measurement_circuits(compiled, at=[1, 2, 4])


@pytest.fixture(scope="module")
def noisy_measurement(compiled):
    device = open_device("fake_lagos")
    mapped = map_collisions(compiled, device.backend.target, seeds=(0, 1))
    return measurement_circuits(mapped, at=[2], readout=True), device.backend


def sampled(counts, shots, rng):
    """Counts drawn from expected counts."""
    drawn = []
    for each in counts.counts:
        outcomes, numbers = list(each), np.array(list(each.values()))
        seen = rng.multinomial(shots, numbers / numbers.sum())
        drawn.append({k: int(n) for k, n in zip(outcomes, seen, strict=True) if n})
    return MeasuredCounts(counts.plan, tuple(drawn), "drawn", counts.twirled)


def test_prediction_without_noise_is_the_ideal_circuit(measurement, compiled):
    predicted = combine(predicted_counts(measurement, 1000))
    ideal = qcoll.simulate(compiled)
    np.testing.assert_allclose(predicted.states, ideal.states[[0, 1, 2, 4]], atol=1e-7)
    for index, k in enumerate((1, 2, 4)):
        assert predicted.ledger.heat.value[index] == pytest.approx(ideal.heat[k - 1], abs=1e-7)
        assert predicted.ledger.work.value[index] == pytest.approx(ideal.work[k - 1], abs=1e-7)
        assert predicted.ledger.switching_work.value[index] == pytest.approx(ideal.switching_work[k - 1], abs=1e-7)


def test_the_trajectory_keeps_the_meaning_of_its_ledger(measurement):
    predicted = combine(predicted_counts(measurement, 1000), bootstrap=0)
    assert predicted.collisions.tolist() == [0, 1, 2, 4]
    np.testing.assert_allclose(predicted.heat[:2], predicted.ledger.heat.value[:2])
    assert np.isnan(predicted.heat[2])  # collision 3 was not measured, so the sum of 3 and 4 is not known
    assert np.isfinite(predicted.ledger.heat.value[2])


def test_prediction_with_noise_is_the_density_matrix_run(noisy_measurement, compiled):
    measurement, backend = noisy_measurement
    quiet = backend.target
    predicted = predicted_counts(measurement, 1000, noise=backend)
    noisy = qcoll.simulate(compiled, noise=backend, seeds=(0, 1))
    # readout and rotation noise shrink the states; with the readout divided out the rest is small
    twirled = combine(predicted_counts(measurement, 1000, noise=backend, twirled=True), readout_mitigation=True)
    raw = combine(predicted)
    distance = [np.abs(each.states[1] - noisy.states[2]).max() for each in (raw, twirled)]
    assert distance[1] < 2e-3 < distance[0]
    assert quiet is backend.target


def test_error_bars_cover_at_their_stated_rate(noisy_measurement):
    """300 experiments drawn from the noisy probabilities: 68.3% within one standard error, to binomial bounds."""
    measurement, backend = noisy_measurement
    expected = predicted_counts(measurement, 800, noise=backend)
    truth = combine(expected, bootstrap=0)
    rng = np.random.default_rng(2026)
    trials, inside = 300, dict.fromkeys((*LEDGER, "energy", "beta"), 0)
    true_beta = truth.ancilla_beta().value
    for _ in range(trials):
        found = combine(sampled(expected, 800, rng), bootstrap=0)
        for name in LEDGER:
            own, known = getattr(found.ledger, name), getattr(truth.ledger, name)
            inside[name] += int(abs(own.value[0] - known.value[0]) < own.error[0])
        error = found.standard_error(found.model.system)
        inside["energy"] += int(abs(found.energy[1] - truth.energy[1]) < error[1])
        beta = found.ancilla_beta()
        inside["beta"] += int(abs(beta.value[0] - true_beta[0]) < beta.error[0])
    low, high = binom.ppf([1e-4, 1 - 1e-4], trials, 0.6827)
    assert {name: number for name, number in inside.items() if not low <= number <= high} == {}


def test_error_bars_cover_for_a_sampler(compiled):
    """60 seeds of Aer's own sampler: the same, with the heat and the states' Pauli means."""
    measurement = measurement_circuits(compiled, at=[2])
    truth = combine(predicted_counts(measurement, 400), bootstrap=0)
    density_matrix = {"backend_options": {"method": "density_matrix", "max_parallel_threads": 1}}
    pulls = []
    for seed in range(60):
        counts = run(measurement, SamplerV2(seed=1000 * seed, options=density_matrix), 400)
        found = combine(counts, bootstrap=0)
        means = to_pauli_vector(found.states - truth.states)[1, 1:]
        errors = np.sqrt(np.diagonal(found.pauli_covariance[1])[1:])
        heat = found.ledger.heat
        pulls.append([(heat.value[0] - truth.ledger.heat.value[0]) / heat.error[0], *(means / errors)])
    inside = np.sum(np.abs(pulls) < 1, axis=0)
    low, high = binom.ppf([1e-4, 1 - 1e-4], 60, 0.6827)
    assert np.all((inside >= low) & (inside <= high)), inside


def test_bootstrap_errors_of_the_entropy_production_match_the_spread(noisy_measurement):
    measurement, backend = noisy_measurement
    expected = predicted_counts(measurement, 2000, noise=backend)
    rng = np.random.default_rng(5)
    drawn = [combine(sampled(expected, 2000, rng)).ledger.entropy_production for _ in range(120)]
    spread = np.std([each.value[0] for each in drawn], ddof=1)
    claimed = np.mean([each.error[0] for each in drawn])
    assert claimed == pytest.approx(spread, rel=0.25)  # a standard deviation of 120 values is known to 6.5%
    assert abs(np.mean([each.bias[0] for each in drawn])) < claimed


def test_two_estimators_of_pauli_means_agree():
    rng = np.random.default_rng(3)
    counts = {basis: dict(enumerate(rng.integers(1, 50, size=8).tolist())) for basis in ("XXZ", "XZZ", "ZZZ")}
    labels = ["IIZ", "XII", "XIZ", "IZZ", "ZZI", "IXI"]
    means, covariance = estimate(Frequencies.of(counts), labels)
    other_means, other_covariance = Estimates(counts).paulis(labels)
    np.testing.assert_allclose(means, other_means, atol=1e-14)
    np.testing.assert_allclose(covariance, other_covariance, atol=1e-15)


def test_any_model_is_measured():
    """A random model of two system and one ancilla qubits: every Pauli string, every energy."""
    from qcoll.model.random import random_model

    model = random_model(11, num_system_qubits=2, num_ancilla_qubits=1)
    compiled = qcoll.compile_collisions(model, n=2, initial=DensityMatrix.from_label("+r"), synthesis="exact")
    predicted = combine(predicted_counts(measurement_circuits(compiled, at=[1, 2]), 100), bootstrap=0)
    exact = qcoll.evolve(model, n=2, initial=DensityMatrix.from_label("+r"))
    np.testing.assert_allclose(predicted.states, exact.states, atol=1e-6)
    np.testing.assert_allclose(predicted.heat, exact.heat, atol=1e-6)
    np.testing.assert_allclose(predicted.work, exact.work, atol=1e-6)
    np.testing.assert_allclose(predicted.ledger.heat_pulled_back.value, exact.heat, atol=1e-6)
    np.testing.assert_allclose(predicted.ledger.first_law_residual.value, 0, atol=1e-6)


def test_fresh_ancillas_are_measured_too(model):
    compiled = qcoll.compile_collisions(model, n=2, initial="0", ancillas="fresh")
    predicted = combine(predicted_counts(measurement_circuits(compiled, at=[1, 2]), 100), bootstrap=0)
    ideal = qcoll.simulate(compiled)
    np.testing.assert_allclose(predicted.states, ideal.states, atol=1e-7)
    np.testing.assert_allclose(predicted.heat, ideal.heat, atol=1e-7)


def test_single_observables_of_a_system(compiled, measurement):
    few = measurement_circuits(compiled, at=[2], quantities=(), observables=["X", "Z"])
    assert {setting.basis for setting in few.plan.settings} == {"X", "Z"}
    counts = predicted_counts(few, 100)
    operator = SparsePauliOp(["I", "X", "Z"], [0.5, 2.0, -1.0])
    values, errors = expectation(counts, operator)
    ideal = qcoll.simulate(compiled).expectation(operator)
    np.testing.assert_allclose(values, ideal[[0, 2]], atol=1e-7)
    assert errors[1] > 0
    with pytest.raises(qcoll.InputError, match="Y were not measured"):
        expectation(counts, SparsePauliOp("Y"))
    with pytest.raises(qcoll.InputError, match="add 'state'"):
        combine(counts)


def test_statevector_sampler_is_refused_where_it_is_wrong(compiled, model):
    with pytest.raises(qcoll.InputError, match="StatevectorSampler"):
        run(measurement_circuits(compiled, at=[2]), StatevectorSampler(seed=1), 10)
    fresh = qcoll.compile_collisions(model, n=1, ancillas="fresh")
    assert run(measurement_circuits(fresh, at=[1]), StatevectorSampler(seed=1), 10).shots == 10
    with pytest.raises(qcoll.InputError, match="BaseSamplerV2"):
        run(measurement_circuits(fresh, at=[1]), "aer", 10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"at": [5]}, "0 to the n = 4"),
        ({"at": []}, "one or more collisions"),
        ({"at": [1], "quantities": ["power"]}, "unknown quantity 'power'"),
        ({"at": [1], "quantities": []}, "nothing is measured"),
        ({"at": [1], "observables": ["XX"]}, "not a Pauli string"),
    ],
)
def test_bad_requests(compiled, arguments, message):
    with pytest.raises(qcoll.InputError, match=message):
        measurement_circuits(compiled, **arguments)


def test_counts_survive_storage(measurement):
    counts = run(measurement, SamplerV2(seed=4), 50).counts
    assert counts_from_npz(counts_to_npz(counts)) == counts
    assert counts_from_npz(counts_to_npz(({}, {3: 1}))) == ({}, {3: 1})


def test_counts_of_another_experiment_are_refused(measurement):
    with pytest.raises(qcoll.InputError, match="another experiment"):
        MeasuredCounts(measurement.plan, ({0: 1},), "somewhere")


@pytest.mark.parametrize("seed", range(5))
def test_nearest_state(seed):
    """A state is its own nearest state; nothing physical is nearer to an unphysical matrix."""
    rng = np.random.default_rng(seed)
    state = random_density_matrix(4, seed=seed).data
    np.testing.assert_allclose(nearest_state(state), state, atol=1e-12)
    noise = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
    noise = noise + noise.conj().T - 2 * np.eye(4) * np.trace(noise).real / 4
    matrix = state + 0.3 * noise
    matrix += np.eye(4) * (1 - np.trace(matrix).real) / 4
    found = nearest_state(matrix)
    assert np.linalg.eigvalsh(found)[0] > -1e-12
    assert np.trace(found).real == pytest.approx(1.0)
    for step in np.linspace(0.01, 1, 20):  # the objective is convex: every way to another state goes up
        other = found + step * (random_density_matrix(4, seed=rng).data - found)
        assert np.linalg.norm(other - matrix) > np.linalg.norm(found - matrix)


@pytest.mark.parametrize("beta", [-0.7, 0.0, 0.4, 1.0, 5.0])
def test_effective_beta_inverts_the_thermal_energy(model, beta):
    hamiltonian = model.ancilla.hamiltonian
    energies = np.linalg.eigvalsh(hamiltonian.to_matrix())
    weights = np.exp(-beta * energies)
    energy = weights @ energies / weights.sum()
    found, error = effective_beta(model.ancilla, energy, 1e-3)
    assert found == pytest.approx(beta, abs=1e-8)
    shifted = effective_beta(model.ancilla, energy - 1e-5)[0]
    assert error == pytest.approx(1e-3 * abs(shifted - found) / 1e-5, rel=1e-3)


def test_effective_beta_beyond_the_spectrum(model):
    assert effective_beta(model.ancilla, -100.0)[0] == np.inf
    assert effective_beta(model.ancilla, 100.0)[0] == -np.inf


def test_the_prepared_ancilla_has_its_temperature(measurement, model):
    predicted = combine(predicted_counts(measurement, 1000), bootstrap=0)
    np.testing.assert_allclose(predicted.ancilla_beta().value, model.ancilla.beta, atol=1e-6)
    assert np.isclose(np.trace(gibbs_state(model.ancilla)).real, 1)


def test_results_beside_exact_values(measurement, compiled, model):
    result = beside_exact(combine(predicted_counts(measurement, 1000)), "+")
    ledger = exact_ledger(model, [1, 2, 4], "+")
    row = result.rows()[-1]
    assert row["collision"] == 4
    assert row["heat"]["exact"] == pytest.approx(ledger.heat.value[-1])
    assert row["coherence"]["exact"] == pytest.approx(qcoll.evolve(model, 4, "+").coherence[-1])
    assert "ancilla beta" in str(result)


def test_zero_temperature_is_measured_without_warnings():
    compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.4, dt=0.5, beta=float("inf")), n=1)
    found = combine(run(measurement_circuits(compiled, at=[1]), SamplerV2(seed=2), 300))
    assert not np.isfinite(found.ledger.entropy_production.error).any()
    assert np.isfinite(found.ledger.entropy_change.error).all()


class TestSynthesisLevels:
    """Circuits that keep only the system are measured for its state, and refuse what they have given up."""

    def test_energies_of_an_ancilla_that_is_not_there(self):
        compiled = qcoll.compile_collisions(qcoll.example_2(), n=2, synthesis="channel")
        with pytest.raises(qcoll.InputError, match=r"keeps only the system.*quantities=\[\"state\"\]"):
            measurement_circuits(compiled, at=[1])
        assert len(measurement_circuits(compiled, at=[1], quantities=["state"])) == 6

    def test_collisions_that_are_sampled(self):
        compiled = qcoll.compile_collisions(qcoll.example_2(), n=2, synthesis="sampled")
        with pytest.raises(qcoll.InputError, match="take sampled_measurements"):
            measurement_circuits(compiled, at=[1], quantities=["state"])


@pytest.mark.parametrize("synthesis", ["trotter", "exact", "channel"])
def test_merged_circuits_measure_the_same_with_less(synthesis):
    """What is left out changes no probability, and leaves fewer gates and less time on a device."""
    model = qcoll.example_2(alpha=1.0, kappa=1.0, beta=2.0, dt=0.5)
    compiled = qcoll.compile_collisions(model, n=6, initial="0", synthesis=synthesis)
    ideal = [
        combine(predicted_counts(measurement_circuits(compiled, [3, 6], ["state"], merge=merge), 1000))
        for merge in (False, True)
    ]
    assert np.abs(ideal[0].states - ideal[1].states).max() < 1e-9
    backend = fake_backend("FakeTorino")
    mapped = map_collisions(compiled, backend.target, seeds=(0,))
    whole, merged = (measurement_circuits(mapped, [6], ["state"], merge=merge) for merge in (False, True))
    assert merged.circuits[-1].size() < whole.circuits[-1].size()
    assert merged.circuits[-1].num_nonlocal_gates() <= whole.circuits[-1].num_nonlocal_gates()
    assert "barrier" not in merged.circuits[-1].count_ops()
    durations = [each.circuits[-1].estimate_duration(mapped.target) for each in (whole, merged)]
    assert durations[1] < durations[0]
    noisy = [combine(predicted_counts(each, 1000, noise=backend)).states[-1] for each in (whole, merged)]
    assert 0 < np.abs(noisy[0] - noisy[1]).max() < 0.05


def test_energies_of_an_ancilla_prepared_in_other_coordinates(model):
    """With its eigenbasis in the collision the ancilla is prepared elsewhere, and its energies are measured there."""
    compiled = qcoll.compile_collisions(model, n=2, initial="+", synthesis="exact", preparation="absorbed")
    measurement = measurement_circuits(compiled, at=[1, 2])
    stored = MeasurementPlan.from_dict(json.loads(json.dumps(measurement.plan.to_dict())))
    assert stored.settings == measurement.plan.settings
    counts = predicted_counts(measurement, 1000)
    found = combine(dataclasses.replace(counts, plan=stored))
    known = exact_ledger(model, [1, 2], "+")
    for name in ("heat", "work", "switching_work", "energy_change", "entropy_production"):
        np.testing.assert_allclose(getattr(found.ledger, name).value, getattr(known, name).value, atol=1e-6)
    np.testing.assert_allclose(found.ancilla_beta().value, model.ancilla.beta, atol=1e-6)
