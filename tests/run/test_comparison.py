"""Distances against Qiskit's and QuTiP's, and the sources of error, each made on purpose."""

import dataclasses

import numpy as np
import pytest
import qutip
from qiskit.quantum_info import random_density_matrix, state_fidelity

import qcoll
from qcoll.device import verification
from qcoll.run.aer import states_at_ticks
from qcoll.run.comparison import fidelity, trace_distance

MODEL = qcoll.example_2(alpha=0.4, dt=0.4)
EXACT = qcoll.evolve(MODEL, n=30)


@pytest.mark.parametrize("dimension", [2, 4, 8])
def test_distances_against_other_libraries(dimension):
    first = np.array([random_density_matrix(dimension, seed=seed).data for seed in range(5)])
    second = np.array([random_density_matrix(dimension, seed=seed).data for seed in range(10, 15)])
    for index, (a, b) in enumerate(zip(first, second, strict=True)):
        assert trace_distance(first, second)[index] == pytest.approx(
            qutip.tracedist(qutip.Qobj(a), qutip.Qobj(b)), abs=1e-7
        )
        assert fidelity(first, second)[index] == pytest.approx(state_fidelity(a, b), abs=1e-9)


def test_a_trajectory_is_no_distance_from_itself():
    comparison = qcoll.compare(EXACT, EXACT)
    assert comparison.trace_distance.max() == 0
    assert np.abs(comparison.fidelity - 1).max() < 1e-12
    assert all(np.abs(values).max() == 0 for values in comparison.ledger.values())
    assert comparison.sources == {}
    assert comparison.dominant_source is None


class TestSources:
    def test_splitting_dominates_an_ideal_circuit(self):
        comparison = qcoll.compare(qcoll.simulate(qcoll.compile_collisions(MODEL, n=30)), EXACT)
        assert set(comparison.sources) == {"preparation", "splitting"}
        assert comparison.dominant_source == "splitting"
        assert np.abs(comparison.sources["splitting"] - comparison.trace_distance).max() < 1e-12
        assert comparison.sources["preparation"].max() < 1e-13

    def test_a_wrong_preparation_is_found(self):
        """A circuit whose ancilla is too hot, against the model's exact dynamics."""
        hot = dataclasses.replace(MODEL, ancilla=dataclasses.replace(MODEL.ancilla, beta=0.2))
        wrong = qcoll.compile_collisions(hot, n=30)
        compiled = dataclasses.replace(qcoll.compile_collisions(MODEL, n=30), pieces=wrong.pieces)
        comparison = qcoll.compare(qcoll.simulate(compiled), EXACT)
        assert comparison.dominant_source == "preparation"
        expected = trace_distance(qcoll.evolve(hot, n=30).states, EXACT.states)
        assert np.abs(comparison.sources["preparation"] - expected).max() < 1e-12

    def test_noise_and_shots(self):
        run = qcoll.simulate(qcoll.compile_collisions(MODEL, n=30), noise={"two_qubit": 0.02}, shots=200, seed=3)
        comparison = qcoll.compare(run, EXACT)
        assert set(comparison.sources) == {"preparation", "splitting", "mapping", "noise", "shots"}
        assert comparison.dominant_source == "noise"
        assert comparison.sources["mapping"].max() < 1e-9
        assert np.mean(comparison.sources["shots"]) > 0.02
        total = sum(comparison.sources.values())
        assert np.all(comparison.trace_distance <= total + 1e-12), "the triangle inequality"

    @pytest.mark.parametrize(("ancillas", "n"), [("fresh", 3), ("alternating", 5)])
    @pytest.mark.parametrize("initial", ["0", None])
    def test_mapping_is_a_source_where_collisions_do_not_repeat(self, ancillas, n, initial):
        compiled = qcoll.compile_collisions(MODEL, n, initial, synthesis="channel", ancillas=ancillas)
        run = qcoll.simulate(compiled, noise={"two_qubit": 0.02}, record=2)
        sources = qcoll.compare(run, qcoll.evolve(MODEL, n, initial, record=2)).sources
        assert list(sources) == ["synthesis", "mapping", "noise"]
        assert sources["mapping"].max() < 1e-9

    def test_mapping_that_rounds_is_found(self, monkeypatch):
        """As if the circuit were too large to be compared with what was written: Qiskit rounds short collisions."""
        monkeypatch.setattr(verification, "LARGEST", 1)
        model = qcoll.example_2(alpha=0.1, dt=0.01)
        compiled = qcoll.compile_collisions(model, 2, "+", synthesis="exact", keep="system", ancillas="fresh")
        run = qcoll.simulate(compiled, noise="FakeTorino", seeds=[0])
        sources = qcoll.compare(run, qcoll.evolve(model, 2, "+")).sources
        assert sources["synthesis"].max() < 1e-12
        (direct,) = states_at_ticks([run.mapped.implicit_sequence()])
        assert sources["mapping"][-1] > 1e-7
        found = trace_distance(direct["tick:2"], qcoll.evolve(model, 2, "+").states[-1])
        assert sources["mapping"][-1] == pytest.approx(float(found), rel=1e-6)


def test_the_summary_can_be_read():
    comparison = qcoll.compare(qcoll.simulate(qcoll.compile_collisions(MODEL, n=30)), EXACT)
    text = str(comparison)
    assert text.splitlines()[0] == "circuit against exact: example 2, 30 collisions"
    for word in ("trace distance", "fidelity", "coherence", "heat", "work", "splitting"):
        assert word in text
    assert "Comparison of circuit with exact" in repr(comparison)


def test_infinite_entropy_production_is_compared():
    cold = qcoll.example_2(beta=float("inf"), kappa=2.0)
    exact = qcoll.evolve(cold, n=5)
    comparison = qcoll.compare(qcoll.simulate(qcoll.compile_collisions(cold, n=5)), exact)
    assert np.all(np.isposinf(exact.entropy_production))
    assert not np.isnan(comparison.ledger["entropy_production"]).any()


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (qcoll.evolve(MODEL, n=29), "recorded different collisions"),
        (qcoll.evolve(qcoll.example_1(), n=30), "of different models"),
        ("nothing", "takes two trajectories, but a str"),
    ],
)
def test_what_cannot_be_compared(other, message):
    with pytest.raises(qcoll.InputError, match=message):
        qcoll.compare(EXACT, other)
