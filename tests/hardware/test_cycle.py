"""Cycles on a device: the heat of every stroke and the work of a cycle, measured, beside the exact values."""

import json

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer.primitives import EstimatorV2

import qcoll
from qcoll.hardware import (
    beside_exact,
    combine,
    design_experiment,
    dry_run,
    exact_ledger,
    measurement_circuits,
    observed_circuits,
    predicted_counts,
    run_estimator,
)
from qcoll.measure.plan import MeasurementPlan


def stroke(name, omega, beta):
    return qcoll.CollisionModel(
        system=SparsePauliOp("Z", omega / 2),
        ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", omega / 2), beta=beta),
        interaction=SparsePauliOp(["XX", "YY", "XZ"], [0.3, 0.3, 0.2]),
        dt=1.0,
        name=name,
    )


PAUSE = qcoll.FreeEvolution(hamiltonian=SparsePauliOp(["Z", "X"], [0.3, 0.2]), dt=0.4, name="pause")
ENGINE = qcoll.Cycle([stroke("hot", 2.0, 0.5), PAUSE, stroke("cold", 1.0, 2.0)], name="engine")
NAMES = ("heat", "work", "switching_work", "energy_change")


def assert_exact(measured, at, tolerance):
    exact = exact_ledger(ENGINE, at, "+")
    for name in NAMES:
        assert np.abs(getattr(measured.ledger, name).value - getattr(exact, name).value).max() < tolerance, name
    for own, known in zip(measured.ledger.heat_of_strokes, exact.heat_of_strokes, strict=True):
        assert np.abs(own.value - known.value).max() < tolerance
    assert np.abs(measured.ledger.first_law_residual.value).max() < tolerance
    assert np.abs(measured.states - qcoll.evolve(ENGINE, at[-1], "+", record=at).states).max() < tolerance


@pytest.fixture(scope="module")
def compiled():
    return qcoll.compile_collisions(ENGINE, 3, "+", synthesis="exact")


def test_exact_probabilities_give_the_exact_ledger(compiled):
    measured = combine(predicted_counts(measurement_circuits(compiled, at=[1, 3]), shots=1000))
    assert_exact(measured, [1, 3], 1e-6)
    assert np.isnan(measured.heat[1]), "nobody measured cycle 2"
    assert measured.heat_of_strokes[0] == pytest.approx([own.value[0] for own in measured.ledger.heat_of_strokes])
    assert measured.ledger.heat.error.min() > 1e-3
    result = beside_exact(measured, "+")
    row = result.rows()[1]
    assert abs(row["heat_2"]["value"] - row["heat_2"]["exact"]) < 1e-6
    assert "heat 0" in str(result)


def test_merged_circuits_and_an_estimator_give_the_same(compiled):
    merged = combine(predicted_counts(measurement_circuits(compiled, at=[2], merge=True), shots=1000))
    assert_exact(merged, [2], 1e-6)
    exact = EstimatorV2(options={"backend_options": {"method": "density_matrix"}})
    assert_exact(combine(run_estimator(observed_circuits(compiled, at=[2]), exact, precision=0.0)), [2], 1e-6)


def test_plans_are_plain_data(compiled):
    plan = measurement_circuits(compiled, at=[1]).plan
    again = MeasurementPlan.from_dict(json.loads(json.dumps(plan.to_dict())))
    assert again.model == ENGINE
    assert again.settings == plan.settings
    assert {setting.tick for setting in plan.settings} == {
        "tick:0",
        "tick:1",
        "prepared0:1",
        "stroke0:1",
        "stroke1:1",
        "prepared2:1",
        "stroke2:1",
    }


def test_an_experiment_is_designed_and_forecast(compiled):
    experiment = design_experiment(compiled, "fake_kingston", at=[2], shots=500, quantities=["state", "heat"])
    forecast = dry_run(experiment)
    assert len(forecast.predicted.ledger.heat_of_strokes) == 3
    assert np.all(forecast.predicted.ledger.heat.error > 0)
    assert "heat" in str(forecast)


def test_what_a_cycle_cannot_measure_is_refused(compiled):
    for options, arguments, message in [
        ({"synthesis": "channel"}, {}, r"the circuit of stroke 0, 'hot', synthesis='channel', keeps only the system"),
        ({"synthesis": "exact", "preparation": "absorbed"}, {}, "stroke 0, 'hot', prepares its ancilla in a basis"),
        ({"synthesis": "exact"}, {"readout": True}, "leave readout out"),
    ]:
        circuit = qcoll.compile_collisions(ENGINE, 1, "+", **options)
        with pytest.raises(qcoll.InputError, match=message):
            measurement_circuits(circuit, at=[1], **arguments)
    states = combine(predicted_counts(measurement_circuits(compiled, at=[1], quantities=["state"], readout=True), 100))
    assert np.isnan(states.heat).all()
    with pytest.raises(qcoll.InputError, match="is a cycle"):
        states.ancilla_beta()
