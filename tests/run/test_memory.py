"""Circuits of ancillas that meet each other against the exact dynamics."""

import dataclasses

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.models import remembering_bath

SWAPPED = remembering_bath(swap=0.8, coupling=0.4, beta=1.0, omega=0.9)
PAIR = dataclasses.replace(
    qcoll.example_2(alpha=0.4, dt=0.5),
    memory=qcoll.Memory(interaction=SparsePauliOp(["IXXI", "IYYI", "ZIIZ"], [0.4, 0.4, 0.3]), dt=0.8, evolves="all"),
)
GIVEN = dataclasses.replace(
    SWAPPED,
    ancilla=qcoll.Ancilla(hamiltonian=SWAPPED.ancilla.hamiltonian, state=[[0.7, 0.2], [0.2, 0.3]]),
    memory=qcoll.Memory(interaction=SparsePauliOp(["XX", "YZ"], [0.5, 0.3]), dt=1.1),
)
NAMES = ("heat", "work", "switching_work", "memory_work", "entropy_production")


@pytest.mark.parametrize(
    ("model", "n", "ancillas"),
    [(SWAPPED, 8, "reset"), (SWAPPED, 4, "fresh"), (GIVEN, 5, "alternating"), (PAIR, 2, "reset")],
    ids=["swapped", "fresh", "given", "pair"],
)
def test_exact_synthesis_is_the_exact_dynamics(model, n, ancillas):
    compiled = qcoll.compile_collisions(model, n, "+", synthesis="exact", ancillas=ancillas)
    run, exact = qcoll.simulate(compiled), qcoll.evolve(model, n, "+")
    assert np.abs(run.states - exact.states).max() < 1e-10
    for name in NAMES:
        assert np.abs(getattr(run, name) - getattr(exact, name)).max() < 1e-9, name
    assert compiled.num_qubits == compiled.circuit.num_qubits
    assert (np.abs(exact.memory_work).max() > 1e-3) == (model is not SWAPPED), "a partial swap changes no energy"


def test_a_product_formula_converges_and_its_error_is_found():
    errors = []
    for steps in (1, 2):
        compiled = qcoll.compile_collisions(PAIR, 2, "0", trotter_steps=steps)
        comparison = qcoll.compare(qcoll.simulate(compiled), qcoll.evolve(PAIR, 2, "0"))
        assert comparison.dominant_source == "splitting"
        assert comparison.sources["preparation"].max() < 1e-12
        assert np.abs(comparison.sources["splitting"] - comparison.trace_distance).max() < 1e-10
        errors.append(comparison.trace_distance[-1])
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.2)


def test_noise_acts_and_mapping_does_not():
    compiled = qcoll.compile_collisions(SWAPPED, 5, "0", synthesis="exact")
    run = qcoll.simulate(compiled, {"two_qubit": 1e-2, "t1": 1e-4, "t2": 1e-4})
    comparison = qcoll.compare(run, qcoll.evolve(SWAPPED, 5, "0"))
    assert comparison.dominant_source == "noise"
    assert comparison.sources["mapping"].max() < 1e-9
    assert comparison.sources["noise"][-1] > 1e-3


def test_two_sets_of_ancilla_qubits():
    compiled = qcoll.compile_collisions(SWAPPED, 6, "0", synthesis="exact")
    assert compiled.num_qubits == 1 + 2 * 2
    labels = [item.operation.label for item in compiled.circuit.data if item.operation.name == "barrier"]
    assert labels[:7] == ["tick:0", "prepared:1", "tick:1", "apart:2", "joined:2", "prepared:2", "tick:2"]
    assert compiled.circuit.count_ops()["reset"] == 4 * 2


def test_what_rests_on_fresh_ancillas_is_refused():
    for options, message in [
        ({"synthesis": "channel"}, "forgets the ancilla"),
        ({"keep": "system"}, "forgets the ancilla"),
        ({"synthesis": "exact", "preparation": "sampled"}, "collisions of fresh ancillas"),
        ({"synthesis": "exactly"}, "synthesis is 'exactly'"),
        ({"trotter_order": 3}, "trotter_order is 3"),
    ]:
        with pytest.raises(qcoll.InputError, match=message):
            qcoll.compile_collisions(SWAPPED, 3, **options)
    compiled = qcoll.compile_collisions(SWAPPED, 3)
    for run in (
        lambda: qcoll.circuit_channel(compiled),
        lambda: qcoll.simulate(compiled, method="iterated"),
        lambda: compiled.channel(),
    ):
        with pytest.raises(qcoll.InputError, match="has a memory"):
            run()


def test_files_keep_the_memory(tmp_path):
    for model in (SWAPPED, PAIR, GIVEN):
        qcoll.save_model(model, tmp_path / "model.toml")
        assert qcoll.load_model(tmp_path / "model.toml") == model
    text = (tmp_path / "model.toml").read_text().replace('evolves = "ancillas"', 'evolves = "both"')
    (tmp_path / "model.toml").write_text(text)
    with pytest.raises(qcoll.InputError, match=r"line \d+: evolves is 'both'"):
        qcoll.load_model(tmp_path / "model.toml")


@pytest.mark.parametrize("model", [SWAPPED, GIVEN], ids=["thermal", "given"])
def test_shots_estimate_heat_and_the_work_on_the_ancillas(model):
    n = 4
    compiled = qcoll.compile_collisions(model, n, "+", synthesis="exact")
    run, exact = qcoll.simulate(compiled, shots=20_000, seed=3), qcoll.evolve(model, n, "+")
    assert np.abs((run.heat - exact.heat) / run.heat_error).max() < 4
    assert np.abs((run.work - exact.work) / run.work_error).max() < 4
    assert np.abs(run.memory_work - exact.memory_work).max() < 0.05
    assert np.abs(run.entropy_production - exact.entropy_production).max() < 0.15
    assert run.memory_work[0] == 0
    assert np.abs(run.memory_work[1:]).min() > 0, "from shots it is not even zero where nothing is done"


def test_a_device_measures_the_heat_of_collisions_with_memory():
    compiled = qcoll.compile_collisions(SWAPPED, 3, "+", synthesis="exact")
    exact = qcoll.evolve(SWAPPED, 3, "+", record=[1, 2, 3])
    for merge in (False, True):
        circuits = qcoll.hardware.measurement_circuits(compiled, at=[1, 2, 3], merge=merge)
        measured = qcoll.hardware.combine(qcoll.hardware.predicted_counts(circuits, shots=1000))
        assert np.abs(measured.states - exact.states).max() < 1e-6
        assert np.abs(measured.heat - exact.heat).max() < 1e-6
        assert np.abs(measured.work - exact.work).max() < 1e-6
    assert measured.ledger.entropy_production is None
    assert measured.ledger.heat_pulled_back is None
    row = qcoll.hardware.beside_exact(measured, "+").rows()[3]
    assert row["heat"]["value"] == pytest.approx(row["heat"]["exact"], abs=1e-6)
    assert "ancilla_beta" not in row
