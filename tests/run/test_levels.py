"""Runs at every level of synthesis: states and ledger, noise, shots, and what a draw means."""

import itertools

import numpy as np
import pytest
from qiskit.quantum_info import DensityMatrix, SparsePauliOp

import qcoll
from qcoll.device import map_collisions
from qcoll.exact import pulled_back_operators
from qcoll.exact.joint import JointCollision
from qcoll.model.random import random_model
from qcoll.run.aer import states_at_ticks
from qcoll.run.channel import joint_output, whole_channel
from qcoll.run.mean import mean_states, system_part
from qcoll.run.simulation import prepare_run, sampled_runs

MODELS = [qcoll.example_1(alpha=0.3, dt=0.4), qcoll.example_2(alpha=0.3, dt=0.4)]
LEVELS = {
    "trotter": {"synthesis": "trotter"},
    "exact": {"synthesis": "exact"},
    "exact, absorbed": {"synthesis": "exact", "preparation": "absorbed"},
    "purified_channel": {"synthesis": "purified_channel"},
    "channel": {"synthesis": "channel"},
    "sampled": {"synthesis": "sampled"},
    "exact, sampled preparation": {"synthesis": "exact", "preparation": "sampled"},
    "trotter, sampled preparation": {"synthesis": "trotter", "preparation": "sampled"},
}
UNSPLIT = [name for name in LEVELS if not name.startswith("trotter")]
DRAWN = ["sampled", "exact, sampled preparation"]
LEDGER = ("energy_change", "heat", "work", "switching_work", "entropy_change", "entropy_production")


def compiled(model, level, n=20, **options):
    return qcoll.compile_collisions(model, n=n, **LEVELS[level], **options)


@pytest.mark.parametrize("method", ["direct", "iterated"])
@pytest.mark.parametrize("level", UNSPLIT)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_states_and_ledger_are_exact(model, level, method):
    run = qcoll.simulate(compiled(model, level), method=method)
    exact = qcoll.evolve(model, n=20)
    assert np.abs(run.states - exact.states).max() < 1e-10
    for name in LEDGER:
        assert np.abs(getattr(run, name) - getattr(exact, name)).max() < 1e-10


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("model", [*MODELS, random_model(1, num_ancilla_qubits=1)], ids=lambda model: model.name)
def test_fresh_and_reset_ancillas_agree(model, level):
    fresh, reset = (qcoll.simulate(compiled(model, level, n=2, ancillas=kind)) for kind in ("fresh", "reset"))
    for name in ("states", "heat", "work", "switching_work"):
        assert np.abs(getattr(fresh, name) - getattr(reset, name)).max() < 1e-10


@pytest.mark.parametrize(
    ("model", "noise"),
    [(MODELS[0], {"two_qubit": 5e-3, "t1": 2e-4, "t2": 1e-4, "reset": 0.01}), (MODELS[1], "FakeTorino")],
    ids=["example 1, figures", "example 2, FakeTorino"],
)
@pytest.mark.parametrize("level", LEVELS)
def test_the_noisy_channel_iterated_is_the_direct_noisy_run(model, level, noise):
    circuit = compiled(model, level, n=6)
    direct, iterated = (
        qcoll.simulate(circuit, noise=noise, seeds=[0], method=method) for method in ("direct", "iterated")
    )
    for name in ("states", "heat", "work", "switching_work"):
        assert np.abs(getattr(direct, name) - getattr(iterated, name)).max() < 1e-12


@pytest.mark.parametrize("noise", [None, "FakeTorino", {"two_qubit": 0.01, "t1": 1e-4, "t2": 1e-4}], ids=str)
@pytest.mark.parametrize("level", DRAWN)
@pytest.mark.parametrize(
    "model",
    # of the second an eigenstate of the ancilla needs neither preparation nor collision, but is read all the same
    [qcoll.example_1(alpha=0.3, dt=0.8, kappa=0.8), qcoll.example_2(alpha=1.0, dt=0.5, kappa=1.0)],
    ids=lambda model: model.name,
)
def test_the_mean_is_the_mean_over_all_sequences(model, level, noise):
    """Every sequence of two collisions that can be sampled, run as one circuit, weighted by its probability."""
    circuit = compiled(model, level, n=2)
    mapped, noise_model, _ = prepare_run(circuit, noise, seeds=[0])
    probabilities = circuit.pieces.probabilities
    draws = list(itertools.product(range(len(probabilities)), repeat=2))
    assert len(draws) >= 4
    runs = states_at_ticks([mapped.sequence(2, pair) for pair in draws], noise_model, traced=())
    for label, state in mean_states(mapped, noise_model).items():
        expected = sum(np.prod(probabilities[list(pair)]) * run[label] for pair, run in zip(draws, runs, strict=True))
        assert np.abs(state - expected).max() < 1e-12


def test_one_realisation_is_not_the_mean():
    circuit = compiled(MODELS[0], "sampled", n=10)
    one = states_at_ticks([prepare_run(circuit, None)[0].sequence()])[0]["tick:10"]
    assert np.abs(system_part(one, 2) - qcoll.simulate(circuit).states[-1]).max() > 1e-3


@pytest.mark.parametrize("level", ["purified_channel", "channel", "sampled"])
class TestSystemOnlyLedger:
    def test_heat_and_work_are_those_of_the_runs_own_states(self, level):
        """Also with noise, when those states are not the exact ones."""
        run = qcoll.simulate(compiled(MODELS[1], level), noise={"two_qubit": 0.02}, method="direct")
        operators = pulled_back_operators(run.model)
        assert np.abs(run.heat - run.expectation(operators.heat)[:-1]).max() < 1e-14
        assert np.abs(run.work - run.expectation(operators.work)[:-1]).max() < 1e-14
        assert np.abs(run.work - run.switching_work).max() < 1e-15
        assert np.abs(run.first_law_residual).max() > 1e-5, (
            "noise changes the energy, and no heat or work accounts for it"
        )

    def test_the_kind_says_so(self, level):
        run = qcoll.simulate(compiled(MODELS[1], level, n=3), noise={"two_qubit": 0.02}, shots=10, seed=0)
        assert run.kind == "circuit of the system alone with noise of plain figures, 10 shots"

    def test_sums_between_recorded_collisions(self, level):
        circuit = compiled(MODELS[1], level, n=12)
        full = qcoll.simulate(circuit)
        for method in ("direct", "iterated"):
            some = qcoll.simulate(circuit, method=method, record=5)
            assert np.abs(some.heat - np.add.reduceat(full.heat, [0, 5, 10])).max() < 1e-12

    def test_synthesis_is_one_source_of_error(self, level):
        exact = qcoll.evolve(MODELS[1], n=20)
        ideal = qcoll.compare(qcoll.simulate(compiled(MODELS[1], level)), exact)
        assert set(ideal.sources) == {"synthesis"}
        assert ideal.sources["synthesis"].max() < 1e-10
        noisy = qcoll.compare(qcoll.simulate(compiled(MODELS[1], level), noise="FakeTorino", seeds=[0]), exact)
        assert set(noisy.sources) == {"synthesis", "mapping", "noise"}
        assert noisy.sources["mapping"].max() < 1e-7  # the transpiler's own tolerance


@pytest.mark.parametrize("noise", [None, {"two_qubit": 0.01, "readout": 0.01}], ids=str)
@pytest.mark.parametrize("level", ["exact, absorbed", "channel", *DRAWN])
def test_shots_cover_at_their_stated_rate(level, noise):
    """Each estimate within two standard errors of the mean about 95 times in 100 (seeds 0 to 9)."""
    circuit = compiled(MODELS[1], level, n=6)
    scores = {"states": [], "heat": [], "work": []}
    for run in sampled_runs(circuit, noise, [(400, seed) for seed in range(10)]):
        bias = 1.0 if noise is None else 1 - 2 * noise["readout"]
        for pauli in "XYZ":
            operator = SparsePauliOp(pauli)
            difference = run.expectation(operator) - bias * run.expected.expectation(operator)
            scores["states"].extend(difference / run.standard_error(operator))
        if noise is None:
            scores["heat"].extend((run.heat - run.expected.heat) / run.heat_error)
            scores["work"].extend((run.work - run.expected.work) / run.work_error)
    for values in filter(None, scores.values()):
        assert 0.88 < np.mean(np.abs(values) < 2) < 0.995
        assert np.std(values) == pytest.approx(1, abs=0.2)


def test_system_only_shots_measure_the_system_alone():
    run = qcoll.simulate(compiled(MODELS[1], "channel", n=4), shots=1000, seed=1)
    operators = pulled_back_operators(run.model)
    assert np.abs(run.heat_error - run.standard_error(operators.heat)[:-1]).max() < 1e-14
    assert np.abs(run.work_error - run.standard_error(operators.work)[:-1]).max() < 1e-14
    joint = qcoll.simulate(compiled(MODELS[1], "exact", n=4), shots=1000, seed=1)
    assert np.all(run.heat_error < joint.heat_error), "two measured energies fluctuate more than one predicted one"


@pytest.mark.parametrize("level", DRAWN)
def test_noisy_draws_of_fresh_ancillas_are_refused(level):
    with pytest.raises(qcoll.InputError, match=r"fresh ancillas and noise every draw.*ancillas=.reset."):
        qcoll.simulate(compiled(MODELS[1], level, n=2, ancillas="fresh"), noise={"two_qubit": 0.01})


@pytest.mark.parametrize("level", ["purified_channel", "channel"])
def test_noisy_fresh_ancillas(level):
    """On qubits that are all alike a fresh ancilla differs from a reset one by the time that the reset takes."""
    noise = {"two_qubit": 0.01, "one_qubit": 1e-3}
    fresh, reset = (
        qcoll.simulate(compiled(MODELS[1], level, n=2, ancillas=kind, initial="0"), noise=noise, seeds=[0])
        for kind in ("fresh", "reset")
    )
    assert np.abs(fresh.states - reset.states).max() < 1e-3
    assert np.abs(fresh.states - qcoll.evolve(MODELS[1], n=2, initial="0").states).max() > 1e-3


@pytest.mark.parametrize(
    "model", [qcoll.example_1(alpha=0.2), qcoll.example_2(alpha=0.2)], ids=lambda model: model.name
)
def test_fewer_gates_end_closer_on_a_device(model):
    """Fifty collisions under the noise of FakeTorino: each level closer to the exact state than the product formula."""
    exact = qcoll.evolve(model, n=50, record=50)
    distance = {
        level: qcoll.compare(
            qcoll.simulate(compiled(model, level, n=50), noise="FakeTorino", method="iterated", record=50),
            exact,
        ).trace_distance[-1]
        for level in ("trotter", "channel", "sampled")
    }
    assert distance["channel"] < 0.95 * distance["trotter"]
    assert distance["sampled"] < 0.4 * distance["trotter"]


def test_a_hundred_thousand_sampled_collisions():
    circuit = compiled(MODELS[1], "sampled", n=100_000)
    run = qcoll.simulate(circuit, record=[50, 100_000])
    assert np.abs(run.states[-1] - qcoll.steady_state(MODELS[1]).data).max() < 1e-9
    assert "circuit" not in vars(circuit)


@pytest.mark.parametrize("noise", [None, "FakeTorino"])
@pytest.mark.parametrize("level", ["exact", "channel"])
def test_the_map_of_an_alternating_sequence_is_its_run(level, noise):
    """The channel of the whole, from one entangled run, against the states of a plain one."""
    model = qcoll.example_2(alpha=0.9, kappa=0.8, dt=0.5)
    circuit = compiled(model, level, n=3, ancillas="alternating", initial="0")
    mapped, noise_model, _ = prepare_run(circuit, noise, seeds=(0,))
    found = DensityMatrix(circuit.initial_state).evolve(whole_channel(mapped, noise_model)).data
    run = qcoll.simulate(circuit, noise=noise, seeds=(0,))
    assert np.abs(run.states[-1] - found).max() < 1e-9
    if noise is None:
        assert np.abs(run.states - qcoll.evolve(model, n=3, initial="0").states).max() < 1e-9


def test_the_map_of_a_sequence_starts_from_zeros():
    circuit = compiled(qcoll.example_2(), "channel", n=2, ancillas="alternating", initial="+")
    mapped, _, _ = prepare_run(circuit, None)
    with pytest.raises(qcoll.InputError, match="starts from tick 0"):
        whole_channel(mapped)


def test_two_ancillas_in_turn_end_closer_on_a_device():
    """The system waits for half as long."""
    model = qcoll.example_2(kappa=1.0, alpha=1.0, beta=2.0, dt=0.5)
    exact = qcoll.evolve(model, n=30, initial="0")
    distance = {}
    for ancillas in ("reset", "alternating"):
        circuit = compiled(model, "channel", n=30, ancillas=ancillas, initial="0")
        distance[ancillas] = qcoll.compare(qcoll.simulate(circuit, noise="FakeTorino"), exact).trace_distance[-1]
    assert distance["alternating"] < 0.8 * distance["reset"]


@pytest.mark.parametrize("shots", [None, 500])
def test_alternating_ancillas_are_measured_too(shots):
    """Heat and work are read on the ancilla whose turn it is."""
    model = qcoll.example_2(alpha=0.9, kappa=0.8, dt=0.5)
    circuit = compiled(model, "exact", n=3, ancillas="alternating")
    run = qcoll.simulate(circuit, shots=shots, seed=3)
    exact = qcoll.evolve(model, n=3)
    for name in ("heat", "work"):
        off = np.abs(getattr(run, name) - getattr(exact, name))
        assert off.max() < (1e-9 if shots is None else 0.5)
    assert circuit.keeps == "joint state"


@pytest.mark.parametrize(
    ("preparation", "target"), [("purified", None), ("absorbed", None), ("purified", "FakeTorino")]
)
def test_the_joint_output_of_a_circuit_is_the_models(preparation, target):
    """U (rho x eta) U+ for matrices |k><l| of the system, from dense matrices."""
    model = qcoll.example_2(kappa=1.0, alpha=1.0, beta=2.0, dt=0.5)
    compiled = qcoll.compile_collisions(model, 1, "0", synthesis="exact", preparation=preparation)
    if target is None:
        mapped = map_collisions(compiled, basis_gates=["cx", "u"], optimization_level=1, seeds=[0])
    else:
        mapped = prepare_run(compiled, target, seeds=[0])[0]
    joint = JointCollision.of(model)
    for column, (col, row) in enumerate(itertools.product(range(2), repeat=2)):
        unit = np.zeros((2, 2))
        unit[row, col] = 1
        expected = joint.unitary @ np.kron(joint.thermal, unit) @ joint.unitary.conj().T
        assert np.abs(joint_output(mapped).data[:, column].reshape(8, 8, order="F") - expected).max() < 1e-11
