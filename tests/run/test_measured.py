"""Runs with a measured correction: exact means, Aer's own outcomes, wrong outcomes, and what passes to the next one."""

import itertools

import numpy as np
import pytest
from qiskit.quantum_info import Pauli, SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error

import qcoll
from qcoll.device import circuit_cost, map_collisions
from qcoll.hardware import observed_circuits
from qcoll.run.aer import states_at_ticks
from qcoll.run.comparison import trace_distance
from qcoll.run.instruments import Instruments
from qcoll.run.mean import mean_states, system_part
from qcoll.run.simulation import prepare_run

MODELS = [qcoll.example_1(alpha=0.3, dt=0.4), qcoll.example_2(alpha=0.3, dt=0.4)]
STRONG = qcoll.example_1(alpha=0.6, dt=0.9, kappa=1.0)
FIGURES = {"two_qubit": 5e-3, "one_qubit": 1e-3, "t1": 2e-4, "t2": 1e-4, "reset": 0.01, "readout": 0.02}
#: An exchange with ancillas in |0> damps the system by sin(g dt)^2.
COUPLING, DT = 0.8, 0.9
DAMPING = qcoll.CollisionModel(
    system=SparsePauliOp("Z", -0.5),
    ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", -0.5), beta=np.inf),
    interaction=SparsePauliOp(["XX", "YY"], [COUPLING / 2, COUPLING / 2]),
    dt=DT,
)


def compiled(model, n=20, **options):
    return qcoll.compile_collisions(model, n=n, synthesis="sampled", correction="measured", **options)


def asymmetric_readout():
    """A noise model without x among its gates, and with a readout that loses excitations."""
    model = NoiseModel(basis_gates=["rz", "sx", "cz"])
    model.add_all_qubit_quantum_error(depolarizing_error(0.01, 2), "cz")
    model.add_all_qubit_quantum_error(depolarizing_error(0.2, 1), "sx")
    model.add_all_qubit_readout_error(ReadoutError([[0.98, 0.02], [0.25, 0.75]]))
    return model


@pytest.mark.parametrize(("ancillas", "method"), [("reset", "direct"), ("reset", "iterated"), ("fresh", "direct")])
@pytest.mark.parametrize("model", [*MODELS, DAMPING], ids=lambda model: model.name)
def test_states_and_ledger_are_exact(model, ancillas, method):
    n = 20 if ancillas == "reset" else 3
    run, exact = qcoll.simulate(compiled(model, n, ancillas=ancillas), method=method), qcoll.evolve(model, n=n)
    for name in ("states", "energy_change", "heat", "work"):
        assert np.abs(getattr(run, name) - getattr(exact, name)).max() < 1e-10


@pytest.mark.parametrize(
    ("model", "noise"),
    [(MODELS[0], "FakeTorino"), (DAMPING, "FakeTorino"), (MODELS[1], FIGURES), (DAMPING, FIGURES)],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_the_noisy_channel_iterated_is_the_direct_noisy_run(model, noise):
    """Also for a single branch, whose direct run is one circuit with the ancilla in it."""
    circuit = compiled(model, n=7, feedforward=1e-6)
    direct, iterated = (
        qcoll.simulate(circuit, noise=noise, seeds=[0], method=method) for method in ("direct", "iterated")
    )
    for name in ("states", "heat", "work", "switching_work"):
        assert np.abs(getattr(direct, name) - getattr(iterated, name)).max() < 1e-12
    some = qcoll.simulate(circuit, noise=noise, seeds=[0], method="iterated", record=[4, 7])
    assert np.abs(some.states - direct.states[[0, 4, 7]]).max() < 1e-12


def test_the_steady_state_is_that_of_many_collisions():
    circuit = compiled(STRONG, n=400)
    channel = qcoll.circuit_channel(circuit, noise=FIGURES)
    last = qcoll.simulate(circuit, noise=FIGURES, record=400, method="iterated").states[-1]
    assert channel.carried == 1
    assert channel.superop.input_dims() == (2, 2)
    assert np.abs(channel.steady_state().data - last).max() < 1e-10


@pytest.mark.parametrize("noise", [None, FIGURES], ids=str)
def test_the_mean_is_the_mean_over_all_sequences(noise):
    circuit = compiled(qcoll.example_1(alpha=0.3, dt=0.8, kappa=0.8), n=2)
    mapped, noise_model, _ = prepare_run(circuit, noise, seeds=[0])
    probabilities = circuit.pieces.probabilities
    draws = list(itertools.product(range(len(probabilities)), repeat=2))
    runs = states_at_ticks([mapped.implicit_sequence(2, pair) for pair in draws], noise_model, traced=())
    for label, state in mean_states(mapped, noise_model).items():
        expected = sum(np.prod(probabilities[list(pair)]) * run[label] for pair, run in zip(draws, runs, strict=True))
        assert np.abs(state - expected).max() < 1e-12


@pytest.mark.parametrize(
    "noise",
    [
        None,
        {"two_qubit": 0.03, "one_qubit": 0.05, "t1": 6e-5, "t2": 4e-5, "readout": 0.07},
        "FakeTorino",
        asymmetric_readout(),
    ],
    ids=["ideal", "figures", "FakeTorino", "asymmetric readout"],
)
def test_aer_draws_the_same_mean(noise):
    """The circuit with its ``if_test``, shot by shot, noisy flips, delays and all, on system and ancilla."""
    circuit = compiled(STRONG, n=3, initial="+", feedforward=20e-6 if noise else 0.0)
    mapped, noise_model, _ = prepare_run(circuit, noise, seeds=[0])
    with_ancilla = len(circuit.pieces.branches) - 1
    draws = [with_ancilla, 0, with_ancilla]
    exact = states_at_ticks([mapped.implicit_sequence(3, draws)], noise_model, traced=())[0]["tick:3"]
    drawn = mapped.sequence(3, draws)
    assert drawn.count_ops()["if_else"] == 2
    qubits = [*mapped.system_at_tick, *mapped.carried_at_tick]
    labels = ["IX", "IY", "IZ", "ZI", "ZZ"]
    for label in labels:
        drawn.save_expectation_value(Pauli(label), qubits, label=label, pershot=True)
    simulator = AerSimulator(
        method="density_matrix", noise_model=noise_model, seed_simulator=11, max_parallel_threads=1
    )
    data = simulator.run(drawn, shots=8000).result().data(0)
    ideal = states_at_ticks([mapped.implicit_sequence(3, draws)], traced=())[0]["tick:3"]
    visible = []
    for label in labels:
        seen, expected = np.array(data[label]), np.trace(exact @ Pauli(label).to_matrix()).real
        error = seen.std() / np.sqrt(len(seen))
        assert abs(seen.mean() - expected) < 4 * error + 1e-6
        visible.append(abs(np.trace(ideal @ Pauli(label).to_matrix()).real - expected) / (error + 1e-9))
    assert noise is None or max(visible) > 20, "the noise is what is seen"


class TestWrongOutcomes:
    """Damping with a readout that errs with probability p: populations are a classical chain.

    A wrong outcome flips the system, and leaves the next ancilla in |1>, which is one more wrong outcome there.
    """

    def expected(self, n, wrong, *, memory=True):
        damping = np.sin(COUPLING * DT) ** 2
        damp = np.array([[1, damping], [0, 1 - damping]])
        flip = np.array([[0, 1], [1, 0]])
        chance = [1 - wrong, wrong]
        states = {0: np.array([0.0, 1.0]), 1: np.zeros(2)}  # by whether the last outcome was wrong
        found = [states[0]]
        for _ in range(n):
            states = {
                now: chance[now]
                * sum((flip if (now + last * memory) % 2 else np.eye(2)) @ damp @ states[last] for last in (0, 1))
                for now in (0, 1)
            }
            found.append(states[0] + states[1])
        return np.array(found)

    @pytest.mark.parametrize("wrong", [0.0, 0.03, 0.3])
    @pytest.mark.parametrize("method", ["direct", "iterated"])
    def test_closed_form(self, wrong, method):
        circuit = compiled(DAMPING, n=6, initial="1")
        assert len(circuit.pieces.branches) == 1
        run = qcoll.simulate(circuit, noise={"readout": wrong}, method=method)
        populations = np.einsum("nii->ni", run.states).real
        assert np.abs(populations - self.expected(6, wrong)).max() < 1e-7
        if wrong:
            assert np.abs(populations - self.expected(6, wrong, memory=False)).max() > 0.1 * wrong

    def test_readouts_of_single_qubits(self):
        model = NoiseModel(basis_gates=["rz", "sx", "x", "cz"])
        model.add_readout_error(ReadoutError([[0.9, 0.1], [0.2, 0.8]]), [1])
        instruments = Instruments(model)
        assert np.array_equal(instruments.assignment(0), np.eye(2))
        assert np.array_equal(instruments.assignment(1), [[0.9, 0.1], [0.2, 0.8]])
        model.add_all_qubit_readout_error(ReadoutError([[0.7, 0.3], [0.3, 0.7]]), warnings=False)
        assert Instruments(model).assignment(5)[0, 1] == 0.3

    def test_gate_errors_on_measurements_are_refused(self):
        model = NoiseModel(basis_gates=["rz", "sx", "x", "cz"])
        model.add_all_qubit_quantum_error(depolarizing_error(0.01, 2), "cz")
        model.add_all_qubit_quantum_error(depolarizing_error(0.01, 1), "measure")
        with pytest.raises(qcoll.InputError, match="error on measurements that is not the assignment of one qubit's"):
            qcoll.simulate(compiled(DAMPING, n=2, initial="0"), noise=model)


def test_a_good_readout_wins_and_a_bad_one_loses():
    """The CX that is saved against the wrong flips: 0.3 % a CX, and 0.5 % a reset."""
    model = qcoll.example_2(kappa=1.0, alpha=1.0, beta=2.0, dt=0.5)
    exact = qcoll.evolve(model, n=50)

    def distance(correction, readout):
        circuit = qcoll.compile_collisions(model, n=50, synthesis="sampled", correction=correction)
        noise = {"one_qubit": 3e-4, "two_qubit": 3e-3, "t1": 2e-4, "t2": 1.5e-4, "reset": 5e-3, "readout": readout}
        return trace_distance(qcoll.simulate(circuit, noise=noise, method="iterated").states, exact.states)[-1]

    coherent = distance("coherent", 0.0)
    assert distance("measured", 0.0) < 0.8 * coherent
    assert distance("measured", 0.02) > 1.2 * coherent


def test_waiting_for_the_flips_costs():
    results = [
        qcoll.simulate(compiled(MODELS[1], n=10, feedforward=t), noise={"t1": 2e-4, "t2": 1e-4}) for t in (0.0, 5e-6)
    ]
    costs = [circuit_cost(run.mapped) for run in results]
    assert costs[1].duration - costs[0].duration == pytest.approx(5e-6 * costs[0].measurements, rel=1e-9)
    exact = qcoll.evolve(MODELS[1], n=10).states[-1]
    distances = [trace_distance(run.states[-1], exact) for run in results]
    assert distances[1] > 1.5 * distances[0]


def test_shots_measure_the_system_alone():
    run = qcoll.simulate(compiled(MODELS[1], n=6), noise={"two_qubit": 0.01}, shots=1000, seed=2)
    for pauli in "XYZ":
        operator = SparsePauliOp(pauli)
        difference = run.expectation(operator) - run.expected.expectation(operator)
        assert np.abs(difference / run.standard_error(operator)).max() < 4
    assert run.kind == "circuit of the system alone with noise of plain figures, 1000 shots"


def test_the_sources_of_error():
    noisy = qcoll.compare(qcoll.simulate(compiled(MODELS[1]), noise=FIGURES), qcoll.evolve(MODELS[1], n=20))
    assert set(noisy.sources) == {"synthesis", "mapping", "noise"}
    assert noisy.sources["synthesis"].max() < 1e-10
    assert noisy.sources["mapping"].max() < 1e-7
    assert noisy.dominant_source == "noise"


def test_fresh_ancillas_on_a_target():
    """Each ancilla on a qubit of its own: no memory of wrong outcomes, unlike a flipped one."""
    noise = {"readout": 0.3}
    run = qcoll.simulate(compiled(DAMPING, n=3, initial="1", ancillas="fresh"), noise=noise)
    populations = np.einsum("nii->ni", run.states).real
    assert np.abs(populations - TestWrongOutcomes().expected(3, 0.3, memory=False)).max() < 1e-7


def test_hardware_takes_no_measured_correction():
    circuit = compiled(DAMPING, n=2, initial="0")
    with pytest.raises(qcoll.InputError, match="cannot be cut and measured at a tick"):
        observed_circuits(circuit, at=[2], quantities=["state"])


def test_the_reduced_state_of_a_carried_ancilla():
    mapped, noise_model, _ = prepare_run(compiled(DAMPING, n=1, initial="0"), {"readout": 0.2})
    state = states_at_ticks([mapped.implicit_sequence()], noise_model)[0]["tick:1"]
    ancilla = np.einsum("aibi->ab", state.reshape(2, 2, 2, 2))
    assert ancilla[1, 1].real == pytest.approx(0.2, abs=1e-7)
    assert system_part(state, 2).shape == (2, 2)
    assert map_collisions(compiled(DAMPING)).carried_at_tick == (1,)
