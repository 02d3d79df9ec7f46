"""The estimator's way, with and without zero-noise extrapolation, in the runtime's local mode."""

import numpy as np
import pytest
from qiskit.primitives import StatevectorEstimator
from qiskit_aer.primitives import EstimatorV2
from qiskit_ibm_runtime.options_models.estimator import EstimatorOptions

import qcoll
from qcoll.device.mapping import map_collisions
from qcoll.hardware import combine, observed_circuits, open_device, run_estimator, runtime_estimator
from qcoll.measure.estimator import extrapolated

DENSITY_MATRIX = {"backend_options": {"method": "density_matrix"}}


def test_exact_means_make_the_ideal_trajectory(compiled):
    observed = observed_circuits(compiled, at=[1, 2])
    found = combine(run_estimator(observed, EstimatorV2(options=DENSITY_MATRIX), precision=0.0))
    ideal = qcoll.simulate(compiled)
    np.testing.assert_allclose(found.states, ideal.states[:3], atol=1e-7)
    np.testing.assert_allclose(found.heat, ideal.heat[:2], atol=1e-7)
    np.testing.assert_allclose(found.work, ideal.work[:2], atol=1e-7)
    np.testing.assert_allclose(found.ancilla_beta().value, compiled.model.ancilla.beta, atol=1e-6)


def test_extrapolation_comes_closer_and_keeps_the_raw_values(compiled):
    device = open_device("fake_manila")
    mapped = map_collisions(compiled, device.backend.target, seeds=(0,), schedule=False)
    observed = observed_circuits(mapped, at=[1], quantities=["state"]).on_device(device.backend.num_qubits)
    estimator = runtime_estimator(device, zne=True, seed=4)
    found = combine(run_estimator(observed, estimator, precision=0.02))
    assert found.unmitigated is not None
    exact = qcoll.simulate(compiled).coherence[1]
    # the readout error is not extrapolated away, so only a part of the distance goes
    assert abs(found.coherence[1] - exact) < 0.85 * abs(found.unmitigated.coherence[1] - exact)
    assert np.trace(found.pauli_covariance[1]) > np.trace(found.unmitigated.pauli_covariance[1])
    assert "extrapolated" in found.kind


def test_extrapolation_is_a_weighted_straight_line():
    rng = np.random.default_rng(1)
    factors = np.array([1.0, 3.0, 5.0])
    values, errors = rng.normal(size=(4, 3)), rng.uniform(0.1, 0.3, size=(4, 3))
    found, spread = extrapolated(factors, values, errors)
    for index in range(4):
        line, covariance = np.polyfit(factors, values[index], 1, w=1 / errors[index], cov="unscaled")
        assert found[index] == pytest.approx(line[1])
        assert spread[index] == pytest.approx(np.sqrt(covariance[1, 1]))


@pytest.mark.parametrize("zne", [False, True])
def test_options_arrive_at_the_estimator(zne):
    options = runtime_estimator(open_device("fake_manila"), zne=zne, default_precision=0.1).options
    assert isinstance(options, EstimatorOptions)
    assert options.resilience.zne_mitigation is zne
    assert options.resilience.measure_mitigation is False
    assert options.resilience_level == 0
    assert options.default_precision == 0.1
    if zne:
        assert tuple(options.resilience.zne.noise_factors) == (1, 3, 5)


def test_wrong_estimators_are_refused(compiled):
    observed = observed_circuits(compiled, at=[2], quantities=["state"])
    with pytest.raises(qcoll.InputError, match="StatevectorEstimator"):
        run_estimator(observed, StatevectorEstimator(), 0.1)
    with pytest.raises(qcoll.InputError, match="BaseEstimatorV2"):
        run_estimator(observed, None, 0.1)
    exact = run_estimator(observed, EstimatorV2(options=DENSITY_MATRIX), 0.0)
    with pytest.raises(qcoll.InputError, match="mitigates readout itself"):
        combine(exact, readout_mitigation=True)
