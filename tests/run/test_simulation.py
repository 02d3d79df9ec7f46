"""Circuits on Aer against the exact dynamics, and the noisy channel iterated against direct noisy runs."""

import functools
import itertools
import subprocess
import sys

import numpy as np
import pytest
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

import qcoll
from qcoll.device.fakes import fake_backend
from qcoll.model.random import random_models
from qcoll.run import aer
from qcoll.run.comparison import trace_distance

RANDOM = random_models(25, seed=2026)
STRONG = qcoll.example_2(alpha=0.4, dt=0.4)
BUILT = pytest.importorskip("qiskit_ibm_runtime", reason="fake devices come with the extra qcoll[ibm]")


@pytest.mark.parametrize("model", RANDOM, ids=lambda model: model.name)
def test_exact_synthesis_against_the_exact_dynamics(model):
    # three collisions from a mixed state where that is at most 8 qubits; larger density matrices take minutes to
    # show the same, so there one collision from a pure state
    compiled = qcoll.compile_collisions(model, n=3, synthesis="exact")
    if compiled.num_qubits > 8:
        compiled = qcoll.compile_collisions(model, n=1, synthesis="exact", initial=_pure(model))
    circuit = qcoll.simulate(compiled)
    exact = qcoll.evolve(model, n=compiled.n, initial=compiled.initial_state)
    assert np.abs(circuit.states - exact.states).max() < 1e-10
    for name in ("energy_change", "heat", "work", "switching_work", "entropy_change"):
        assert np.abs(getattr(circuit, name) - getattr(exact, name)).max() < 1e-9
    if np.isfinite(model.ancilla.beta):
        assert np.abs(circuit.entropy_production - exact.entropy_production).max() < 1e-9


def _pure(model):
    return "0" * model.num_system_qubits


@pytest.mark.parametrize("order", [1, 2, 4, 6])
@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("model", [qcoll.example_1(alpha=0.4, dt=0.4), STRONG], ids=lambda model: model.name)
def test_the_first_law_closes_for_every_splitting(model, order, steps):
    compiled = qcoll.compile_collisions(model, n=20, trotter_order=order, trotter_steps=steps)
    trajectory = qcoll.simulate(compiled)
    assert np.abs(trajectory.first_law_residual).max() < 1e-13


def test_splitting_does_work_that_vanishes_with_the_step():
    """Work beyond switching comes from the splitting: it shrinks with the order of the formula."""
    extra = []
    for steps in (1, 2, 4):
        run = qcoll.simulate(qcoll.compile_collisions(STRONG, n=10, trotter_steps=steps))
        extra.append(np.abs(run.work - run.switching_work).max())
    assert extra[0] > 1e-6
    assert np.log2(extra[0] / extra[1]) == pytest.approx(2, abs=0.2)
    assert np.log2(extra[1] / extra[2]) == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("synthesis", ["trotter", "exact"])
@pytest.mark.parametrize("initial", [None, "+"])
@pytest.mark.parametrize("model", [qcoll.example_1(alpha=0.4), STRONG, RANDOM[0]], ids=lambda model: model.name)
def test_fresh_and_reset_ancillas_agree(model, initial, synthesis):
    if initial == "+":
        initial = "+" * model.num_system_qubits
    runs = [
        qcoll.simulate(qcoll.compile_collisions(model, n=2, initial=initial, ancillas=kind, synthesis=synthesis))
        for kind in ("fresh", "reset")
    ]
    assert np.abs(runs[0].states - runs[1].states).max() < 1e-10
    assert np.abs(runs[0].heat - runs[1].heat).max() < 1e-10
    assert np.abs(runs[0].work - runs[1].work).max() < 1e-10


def test_ideal_iterated_and_direct_runs_agree():
    compiled = qcoll.compile_collisions(STRONG, n=60)
    direct, iterated = (qcoll.simulate(compiled, method=method) for method in ("direct", "iterated"))
    assert np.abs(direct.states - iterated.states).max() < 1e-13
    assert np.abs(direct.heat - iterated.heat).max() < 1e-13
    assert np.abs(direct.switching_work - iterated.switching_work).max() < 1e-13


def gate_noise():
    model = NoiseModel(basis_gates=["rz", "sx", "x", "cx"])
    model.add_all_qubit_quantum_error(depolarizing_error(0.01, 2), ["cx"])
    model.add_all_qubit_quantum_error(depolarizing_error(1e-3, 1), ["sx", "x"])
    return model


NOISES = {
    "one_qubit": {"one_qubit": 2e-3},
    "two_qubit": {"two_qubit": 1e-2},
    "relaxation": {"t1": 1e-4, "t2": 8e-5},
    "dephasing": {"t2": 1e-4},
    "reset": {"reset": 0.05},
    "all figures": {"one_qubit": 1e-3, "two_qubit": 5e-3, "t1": 2e-4, "t2": 1e-4, "reset": 0.01, "readout": 0.02},
    "typical": "typical",
    "Aer noise model": gate_noise(),
    "FakeTorino": "FakeTorino",
    "FakeSherbrooke": "fake_sherbrooke",
    "a backend": GenericBackendV2(7, ["cz", "rz", "sx", "x", "reset"], seed=5),
}


@functools.cache
def noisy_run(name, n=12):
    return qcoll.simulate(qcoll.compile_collisions(STRONG, n=n), noise=NOISES[name], method="direct", seeds=[0])


@pytest.mark.parametrize(
    ("name", "schedule", "n"),
    [*itertools.product(NOISES, [True, False], [12]), ("all figures", True, 50)],
)
def test_the_noisy_channel_iterated_is_the_direct_noisy_run(name, schedule, n):
    compiled = qcoll.compile_collisions(STRONG, n=n)
    options = {"noise": NOISES[name], "schedule": schedule, "seeds": [0]}
    direct = noisy_run(name, n) if schedule else qcoll.simulate(compiled, method="direct", **options)
    iterated = qcoll.simulate(compiled, method="iterated", **options)
    assert np.abs(direct.states - iterated.states).max() < 1e-12
    assert np.abs(direct.heat - iterated.heat).max() < 1e-12
    assert np.abs(direct.work - iterated.work).max() < 1e-12
    assert np.abs(direct.switching_work - iterated.switching_work).max() < 1e-12


@pytest.mark.parametrize("name", [name for name in NOISES if name != "readout"])
def test_noise_moves_the_states(name):
    exact = qcoll.evolve(STRONG, n=12)
    ideal = trace_distance(qcoll.simulate(qcoll.compile_collisions(STRONG, n=12)).states, exact.states)[-1]
    assert trace_distance(noisy_run(name).states, exact.states)[-1] > 3 * ideal


def test_noisy_records_are_those_of_the_full_trajectory():
    compiled = qcoll.compile_collisions(STRONG, n=12)
    full = qcoll.simulate(compiled, noise={"two_qubit": 0.01}, method="direct")
    for method in ("direct", "iterated"):
        for record in (5, [5, 6, 12], [12], [1, 12]):
            some = qcoll.simulate(compiled, noise={"two_qubit": 0.01}, method=method, record=record)
            sums = np.add.reduceat(full.heat, some.collisions[:-1])
            assert np.abs(some.states - full.states[some.collisions]).max() < 1e-12
            assert np.abs(some.heat - sums).max() < 1e-12


@pytest.mark.parametrize("noise", [None, {"two_qubit": 0.01}])
def test_a_single_collision_by_its_channel(noise):
    compiled = qcoll.compile_collisions(STRONG, n=1)
    direct, iterated = (qcoll.simulate(compiled, noise, method=method) for method in ("direct", "iterated"))
    assert np.abs(direct.states - iterated.states).max() < 1e-13
    assert np.abs(direct.heat - iterated.heat).max() < 1e-13


def test_a_hundred_thousand_noisy_collisions_end_in_the_noisy_steady_state():
    compiled = qcoll.compile_collisions(STRONG, n=100_000)
    trajectory = qcoll.simulate(compiled, noise="FakeTorino", record=[50, 100_000])
    channel = qcoll.circuit_channel(compiled, noise="FakeTorino")
    assert channel.superop.is_cptp(atol=1e-7)
    assert np.abs(trajectory.states[-1] - channel.steady_state().data).max() < 1e-12
    assert 0 < channel.spectral_gap < 1


def test_thermal_relaxation_alone_is_its_closed_form():
    """Without interaction the system only decays and dephases, at the rates that were asked for."""
    t1, t2, reset = 5e-5, 4e-5, 2e-6
    model = qcoll.CollisionModel(
        system=SparsePauliOp("Z", 0.0),
        ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), beta=float("inf")),
        interaction=SparsePauliOp("ZZ", 0.0),
        dt=0.1,
    )
    compiled = qcoll.compile_collisions(model, n=30, initial=np.array([[0.2, 0.3], [0.3, 0.8]]))
    figures = {"t1": t1, "t2": t2, "one_qubit_time": 0.0, "two_qubit_time": 0.0, "reset_time": reset}
    trajectory = qcoll.simulate(compiled, noise=figures)
    idle = reset * np.maximum(trajectory.collisions - 1, 0)  # no reset before the first collision
    population = trajectory.states[:, 1, 1].real
    assert np.abs(population - population[0] * np.exp(-idle / t1)).max() < 1e-9
    assert (
        np.abs(np.abs(trajectory.states[:, 0, 1]) - abs(trajectory.states[0, 0, 1]) * np.exp(-idle / t2)).max() < 1e-9
    )


@pytest.mark.parametrize("device", ["FakeTorino", "FakeSherbrooke", "FakeFez", "FakeKyiv"])
def test_the_initial_states_reference_avoids_faulty_pairs(device):
    """Fake devices report pairs whose gate always fails; the state before the first collision shows their use."""
    run = qcoll.simulate(qcoll.compile_collisions(STRONG, n=1), noise=device, seeds=[0])
    assert qcoll.compare(run, qcoll.evolve(STRONG, n=1)).trace_distance[0] < 0.02


def test_scheduling_lets_idle_qubits_decohere():
    compiled = qcoll.compile_collisions(STRONG, n=20, initial="1")
    populations = [
        qcoll.simulate(compiled, noise="FakeTorino", schedule=schedule, seeds=[0]).states[-1, 1, 1].real
        for schedule in (False, True)
    ]
    assert populations[1] < populations[0] - 0.01


def test_the_restricted_noise_model_gives_the_full_ones_numbers():
    """The same circuit on the whole device with the whole device's noise, the slow way."""
    backend = fake_backend("FakeManilaV2")
    compiled = qcoll.compile_collisions(STRONG, n=4, initial="0")
    run = qcoll.simulate(compiled, noise=backend, seeds=[0])
    from qiskit import QuantumCircuit

    whole = QuantumCircuit(backend.num_qubits)
    whole.compose(run.mapped.sequence(), run.mapped.qubits, inplace=True)
    saving = aer._with_saves(whole, ())
    simulator = AerSimulator(method="density_matrix", noise_model=NoiseModel.from_backend(backend))
    data = simulator.run(saving).result().data(0)
    for number in range(5):
        joint = np.asarray(data[f"tick:{number}"])
        size = len(joint) // 2
        reduced = np.einsum("aiaj->ij", joint.reshape(size, 2, size, 2))
        assert np.abs(reduced / np.trace(reduced) - run.states[number]).max() < 1e-12


class TestRefusals:
    def refused(self, message, **options):
        compiled = qcoll.compile_collisions(qcoll.example_2(), n=2)
        with pytest.raises(qcoll.InputError, match=message):
            qcoll.simulate(compiled, **options)

    def test_unknown_devices_with_near_matches(self):
        self.refused(r"there is no fake device 'FakeTorin'; did you mean FakeTorino", noise="FakeTorin")
        self.refused(r"there is no fake device 'xyz'$", noise="xyz")

    def test_what_is_no_noise(self):
        self.refused("noise is a int, but must be the name of a fake device", noise=3)
        self.refused(r"unknown noise figure 'twoqubit'; did you mean two_qubit", noise={"twoqubit": 0.1})
        self.refused("two_qubit is 1.5, but a probability is at most 1", noise={"two_qubit": 1.5})
        self.refused("one_qubit is -0.1, but must be a number that is not negative", noise={"one_qubit": -0.1})
        self.refused("t2 is 0.003, but at most twice t1 = 0.001", noise={"t1": 1e-3, "t2": 3e-3})
        self.refused("t1 is zero", noise={"t1": 0, "t2": 0})

    def test_a_noise_model_on_gates_that_are_not_in_the_circuit(self):
        only = NoiseModel(basis_gates=["rz", "sx", "cz"])
        only.add_all_qubit_quantum_error(depolarizing_error(0.1, 3), ["ccx"])
        self.refused("errors on ccx, but the compiled circuit has only .*Aer would ignore", noise=only)
        none = NoiseModel(basis_gates=["rz", "sx"])
        self.refused("no two-qubit gate", noise=none)

    def test_a_device_without_reset(self):
        self.refused("no reset.*ancillas='fresh'", noise="FakeMiami")

    def test_other_options(self):
        self.refused("method is 'fast'", method="fast")
        self.refused("shots must be a positive integer", shots=0)
        self.refused("shots are sampled from a direct run", shots=10, method="iterated")
        self.refused("record", record=0)

    def test_a_plain_circuit(self):
        with pytest.raises(qcoll.InputError, match=r"must be a qcoll\.CollisionCircuit, but a QuantumCircuit"):
            qcoll.simulate(qcoll.compile_collisions(qcoll.example_2(), n=2).circuit)

    def test_circuits_too_large_for_the_memory(self):
        compiled = qcoll.compile_collisions(qcoll.example_2(), n=12, ancillas="fresh")
        with pytest.raises(qcoll.InputError, match=r"the state vector of 50 qubits needs .* TB.*ancillas='reset'"):
            qcoll.simulate(compiled)
        with pytest.raises(qcoll.InputError, match=r"the density matrix of 50 qubits needs 10\^31 bytes"):
            qcoll.simulate(compiled, noise={"two_qubit": 0.01})

    def test_circuits_too_large_for_the_memory_are_not_mapped_first(self, monkeypatch):
        monkeypatch.setattr(sys.modules["qcoll.run.noisy"], "map_collisions", None)
        compiled = qcoll.compile_collisions(qcoll.example_1(), 60, synthesis="channel", ancillas="fresh")
        with pytest.raises(qcoll.InputError, match=r"the density matrix of 122 qubits needs .*ancillas='reset'"):
            qcoll.simulate(compiled, noise="FakeTorino")

    @pytest.mark.parametrize("options", [{"noise": {"two_qubit": 0.01}}, {"method": "direct"}])
    @pytest.mark.parametrize("ancillas", ["alternating", "fresh"])
    def test_more_collisions_than_one_circuit_can_hold(self, ancillas, options):
        compiled = qcoll.compile_collisions(
            qcoll.example_2(alpha=0), 10**6, "0", synthesis="channel", ancillas=ancillas
        )
        with pytest.raises(qcoll.InputError, match=r"1000000 collisions .* of at most 10000: use ancillas='reset'"):
            qcoll.simulate(compiled, **options)


@pytest.mark.parametrize("method", ["automatic", "iterated"])
def test_alternating_ancillas_without_noise_are_iterated_like_one_set(method):
    n = 10**6
    alternating, one_set = (
        qcoll.simulate(
            qcoll.compile_collisions(qcoll.example_1(alpha=0.2), n, synthesis="channel", ancillas=kind),
            record=n // 4,
            method=method,
        )
        for kind in ("alternating", "reset")
    )
    for name in ("collisions", "states", "heat", "work"):
        assert np.abs(getattr(alternating, name) - getattr(one_set, name)).max() == 0


FIRST_CALLS = [
    "qcoll.circuit_channel(qcoll.compile_collisions(model, n=1))",
    'qcoll.circuit_channel(qcoll.compile_collisions(model, n=1), {"two_qubit": 0.01})',
    'qcoll.simulate(qcoll.compile_collisions(model, n=1), method="iterated")',
    "qcoll.simulate(qcoll.compile_collisions(model, n=1), shots=10)",
    'qcoll.simulate(qcoll.compile_collisions(model, n=2, synthesis="sampled"), shots=10)',
]
#: Every call in a child of its own, of a process that has imported everything but Aer.
CHILDREN = """
import os, sys
import qcoll
model, calls = qcoll.example_2(), sys.argv[1:]
qcoll.compile_collisions, qcoll.simulate
assert "qiskit_aer" not in sys.modules
for number, call in enumerate(calls):
    if os.fork() == 0:
        eval(call)
        os._exit(0)
    print(os.wait()[1])
"""


@pytest.fixture(scope="module")
def ends():
    """How each child ended, and what it said."""
    command = [sys.executable, "-c", CHILDREN, *FIRST_CALLS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.splitlines(), done.stderr


@pytest.mark.parametrize("number", range(len(FIRST_CALLS)), ids=FIRST_CALLS)
def test_every_way_into_aer_works_in_a_new_process(ends, number):
    """Aer adds methods to circuits when it is imported, which must not be left to chance."""
    assert ends[0][number] == "0", ends[1]


def test_the_channel_of_what_is_no_circuit_is_refused():
    with pytest.raises(qcoll.InputError, match=r"must be a qcoll.CollisionCircuit, but a CollisionModel was given"):
        qcoll.circuit_channel(qcoll.example_2())
