"""Cycles as circuits against their exact dynamics, and their noisy channel against the direct noisy run."""

import dataclasses

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.compile.cycle import cycle_layout
from qcoll.model.random import random_model

HOT = qcoll.example_2(alpha=0.4, beta=0.5, dt=0.4)
COLD = qcoll.CollisionModel(
    system=SparsePauliOp(["Z", "X"], [0.3, 0.1]),
    ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), beta=2.0),
    interaction=SparsePauliOp(["XX", "YZ"], [0.3, 0.2]),
    dt=0.7,
    name="cold",
)
PAUSE = qcoll.FreeEvolution(hamiltonian=SparsePauliOp("Y", 0.4), dt=0.3)
GIVEN = dataclasses.replace(
    COLD, ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), state=[[0.7, 0.2], [0.2, 0.3]]), name="given"
)
TWO = qcoll.Cycle([HOT, COLD], name="two")
THREE = qcoll.Cycle([COLD, PAUSE, GIVEN], name="three")
LEDGER = ("energy_change", "heat", "work", "switching_work", "driving_work", "entropy_flow")


def assert_same(run, exact, states=1e-10, ledger=1e-9):
    assert np.abs(run.states - exact.states).max() < states
    for name in LEDGER:
        assert np.abs(getattr(run.strokes, name) - getattr(exact.strokes, name)).max() < ledger, name
    assert np.abs(run.entropy_production - exact.entropy_production).max() < 1e-8


@pytest.mark.parametrize("ancillas", ["reset", "fresh", "alternating"])
@pytest.mark.parametrize("cycle", [TWO, THREE], ids=lambda c: c.name)
def test_exact_synthesis_is_the_exact_dynamics(cycle, ancillas):
    compiled = qcoll.compile_collisions(
        cycle, 3 if ancillas == "fresh" else 5, "+", synthesis="exact", ancillas=ancillas
    )
    if ancillas == "fresh" and compiled.num_qubits > 10:
        compiled = qcoll.compile_collisions(cycle, 2, "+", synthesis="exact", ancillas=ancillas)
    run, exact = qcoll.simulate(compiled), qcoll.evolve(cycle, compiled.n, "+")
    assert_same(run, exact)
    assert compiled.num_qubits == compiled.circuit.num_qubits


def test_shared_and_own_qubits():
    widths = {
        a: qcoll.compile_collisions(TWO, 4, "+", synthesis="exact", ancillas=a).num_qubits
        for a in ("reset", "alternating", "fresh")
    }
    assert widths == {"reset": 1 + 4, "alternating": 1 + 4 + 2, "fresh": 1 + 4 * 6}
    circuit = qcoll.compile_collisions(TWO, 2, "+", ancillas="reset").circuit
    labels = [item.operation.label for item in circuit.data if item.operation.name == "barrier"]
    assert labels[:6] == ["tick:0", "prepared0:1", "stroke0:1", "prepared1:1", "stroke1:1", "tick:1"]


@pytest.mark.parametrize(
    "options",
    [
        {"synthesis": "trotter", "trotter_order": 6, "trotter_steps": 4},
        {"synthesis": "exact", "keep": "system"},
        {"synthesis": "exact", "preparation": "sampled"},
        {"synthesis": "exact", "preparation": "absorbed"},
        {"synthesis": "purified_channel"},
        {"synthesis": "channel"},
        {"synthesis": "sampled"},
    ],
    ids=lambda o: "-".join(map(str, o.values())),
)
def test_every_level_makes_the_cycle(options):
    cycle = TWO if options["synthesis"] != "sampled" else qcoll.Cycle([COLD, PAUSE, HOT])
    compiled = qcoll.compile_collisions(cycle, 4, "0", **options)
    loose = options["synthesis"] == "trotter"
    assert_same(qcoll.simulate(compiled), qcoll.evolve(cycle, 4, "0"), *((1e-7, 1e-7) if loose else (1e-8, 1e-8)))
    assert np.abs(compiled.channel().data - qcoll.collision_channel(cycle).data).max() < (1e-7 if loose else 1e-8)


def test_a_system_of_two_qubits_with_a_free_evolution_split_and_whole():
    free = qcoll.FreeEvolution(hamiltonian=SparsePauliOp(["XX", "ZI", "IY"], [0.3, 0.4, 0.2]), dt=0.5)
    cycle = qcoll.Cycle([dataclasses.replace(qcoll.models.collective_bath(beta=1.0), dt=0.6), free])
    for synthesis in ("exact", "trotter"):
        run = qcoll.simulate(qcoll.compile_collisions(cycle, 3, "0+", synthesis=synthesis))
        assert np.abs(run.states - qcoll.evolve(cycle, 3, "0+").states).max() < (
            1e-10 if synthesis == "exact" else 1e-1
        )


def test_a_long_free_evolution_is_split_by_its_product_formula():
    labels = ["XXII", "IYYI", "IIZZ", "ZIII", "IXII"]
    free = qcoll.FreeEvolution(hamiltonian=SparsePauliOp(labels, [0.3, 0.2, 0.4, 0.5, 0.1]), dt=0.3)
    errors = []
    for steps in (1, 2):
        layout = cycle_layout(qcoll.Cycle([free]), own_qubits=False, level=qcoll.Trotter(steps=steps))
        errors.append(np.abs(layout.channel().data - qcoll.collision_channel(qcoll.Cycle([free])).data).max())
    assert 1e-6 < errors[0] < 1e-2
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.1)


NOISE = {"one_qubit": 1e-3, "two_qubit": 8e-3, "t1": 8e-5, "t2": 6e-5, "readout": 0.01}


@pytest.mark.parametrize(
    ("synthesis", "ancillas"), [("trotter", "reset"), ("exact", "alternating"), ("channel", "reset")]
)
def test_noisy_channel_iterated_is_the_direct_noisy_run(synthesis, ancillas):
    compiled = qcoll.compile_collisions(TWO, 6, "+", synthesis=synthesis, ancillas=ancillas)
    direct = qcoll.simulate(compiled, NOISE, method="direct")
    iterated = qcoll.simulate(compiled, NOISE, method="iterated")
    assert np.abs(direct.states - iterated.states).max() < 1e-12
    for name in LEDGER:
        assert np.abs(getattr(direct.strokes, name) - getattr(iterated.strokes, name)).max() < 1e-12
    assert np.abs(direct.states - qcoll.evolve(TWO, 6, "+").states).max() > 1e-3
    assert np.abs(direct.first_law_residual).max() > 1e-5, "what noise does to the system between the ticks"


def test_a_device_runs_a_cycle_and_its_noisy_limit_is_found():
    compiled = qcoll.compile_collisions(TWO, 3, "0", synthesis="channel")
    direct = qcoll.simulate(compiled, "FakeTorino", method="direct", seeds=(0,))
    iterated = qcoll.simulate(compiled, "FakeTorino", method="iterated", seeds=(0,))
    assert np.abs(direct.states - iterated.states).max() < 1e-12
    channel = qcoll.circuit_channel(compiled, "FakeTorino", seeds=(0,))
    limit = channel.steady_state()
    assert np.abs(limit.evolve(channel.superop).data - limit.data).max() < 1e-10


def test_comparison_finds_the_sources_of_error():
    compiled = qcoll.compile_collisions(TWO, 5, synthesis="trotter")
    run = qcoll.simulate(compiled, NOISE)
    comparison = qcoll.compare(run, qcoll.evolve(TWO, 5))
    assert set(comparison.sources) == {"preparation", "splitting", "mapping", "noise"}
    assert comparison.dominant_source == "noise"
    assert comparison.sources["preparation"].max() < 1e-12
    assert comparison.sources["mapping"].max() < 1e-10
    assert "5 cycles" in str(comparison)


def test_recorded_cycles_of_a_circuit_sum_the_ledger():
    compiled = qcoll.compile_collisions(TWO, 7, synthesis="exact")
    for record in (3, [2, 5]):
        run, exact = qcoll.simulate(compiled, record=record), qcoll.evolve(TWO, 7, record=record)
        assert np.abs(run.heat_of_strokes - exact.heat_of_strokes).max() < 1e-9
        assert np.array_equal(run.collisions, exact.collisions)


def test_what_a_cycle_has_not():
    compiled = qcoll.compile_collisions(TWO, 2)
    for what in ("preparation", "collision"):
        with pytest.raises(qcoll.InputError, match=r"a cycle of 2 strokes.*\.cycle\.strokes"):
            getattr(compiled, what)
    large = qcoll.Ancilla(hamiltonian=SparsePauliOp([f"{'I' * k}Z{'I' * (8 - k)}" for k in range(9)]), beta=1.0)
    long = qcoll.CollisionModel(
        name="long", system=COLD.system, ancilla=large, interaction=SparsePauliOp("XXXXIIIIIX"), dt=0.1
    )
    with pytest.raises(qcoll.InputError, match="stroke 1, 'long': synthesis='exact' takes"):
        qcoll.compile_collisions(qcoll.Cycle([PAUSE, long]), 2, synthesis="exact")
    wide = random_model(3, num_system_qubits=1, num_ancilla_qubits=3)
    with pytest.raises(qcoll.InputError, match="combinations of circuits"):
        qcoll.compile_collisions(qcoll.Cycle([wide] * 3), 2, synthesis="exact", preparation="sampled")


@pytest.mark.parametrize("options", [{"synthesis": "exact"}, {"synthesis": "channel"}], ids=["joint", "system"])
def test_shots_estimate_every_stroke_with_honest_errors(options):
    cycle = qcoll.Cycle([COLD, PAUSE, dataclasses.replace(COLD, name="again")])
    compiled = qcoll.compile_collisions(cycle, 3, "+", **options)
    run = qcoll.simulate(compiled, shots=20_000, seed=5)
    exact = qcoll.evolve(cycle, 3, "+")
    for name, error in (("heat", run.heat_error), ("work", run.work_error)):
        off = (getattr(run, name) - getattr(exact, name)) / error
        assert np.all(error > 1e-5)
        assert np.abs(off).max() < 4
    assert np.abs(run.states - exact.states).max() < 0.03
    assert np.abs(run.heat_of_strokes - exact.heat_of_strokes).max() < 0.05
    assert np.abs(run.heat_of_strokes.sum(axis=1) - run.heat).max() < 1e-12
    assert run.expected.kind == qcoll.simulate(compiled).kind


def test_errors_of_shots_are_the_spread_of_many_runs():
    compiled = qcoll.compile_collisions(qcoll.Cycle([COLD, GIVEN]), 1, "0", synthesis="exact")
    runs = [qcoll.simulate(compiled, shots=200, seed=seed) for seed in range(25)]
    for name in ("heat", "work"):
        values = np.array([getattr(run, name)[0] for run in runs])
        claimed = np.mean([getattr(run, f"{name}_error")[0] for run in runs])
        assert 0.6 < values.std(ddof=1) / claimed < 1.5
