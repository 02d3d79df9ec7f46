"""Devices described with holes, simulators as noise, noise models of single pairs: used, or refused, never dropped."""

import warnings

import numpy as np
import pytest
from qiskit.circuit import Delay, Measure, Parameter, Reset
from qiskit.circuit.library import CZGate, RZGate, SXGate, XGate, iSwapGate
from qiskit.providers import QubitProperties
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import InstructionProperties, Target
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error, thermal_relaxation_error

import qcoll
from qcoll.device.fakes import PartOfBackend, fake_backend

NAN = float("nan")
MODEL = qcoll.example_2(kappa=1.0, alpha=1.0, beta=2.0, dt=0.5)
EXACT = qcoll.evolve(MODEL, n=5, initial="+")


def line(n=5, dt=1e-9, qubits=True, special=None, error=5e-3, duration=68e-9, two=None, dead=()):
    """A line of qubits, one of which, or the first pair, has something the matter with it."""
    properties = [QubitProperties(t1=100e-6, t2=80e-6) for _ in range(n)]
    if special:
        properties[1] = QubitProperties(**special)
    target = Target(num_qubits=n, dt=dt, qubit_properties=properties if qubits else None)
    own = [i for i in range(n) if i not in dead]
    singles = (
        (RZGate(Parameter("a")), 0.0),
        (SXGate(), 32e-9),
        (XGate(), 32e-9),
        (Reset(), 1.5e-6),
        (Measure(), 1.5e-6),
    )
    for gate, seconds in singles:
        target.add_instruction(gate, {(i,): InstructionProperties(seconds, 3e-4) for i in own})
    pairs = [(i, i + 1) for i in range(n - 1) if i in own and i + 1 in own]
    entries = {
        ordered: InstructionProperties(duration if min(pair) == 0 else 68e-9, error if min(pair) == 0 else 5e-3)
        for pair in pairs
        for ordered in (pair, pair[::-1])
    }
    target.add_instruction(two or CZGate(), entries)
    target.add_instruction(Delay(Parameter("t")), {(i,): None for i in own})
    return PartOfBackend(target, "line")


def off(noise, synthesis="channel"):
    compiled = qcoll.compile_collisions(MODEL, n=5, initial="+", synthesis=synthesis)
    run = qcoll.simulate(compiled, noise=noise, seeds=(0,))
    return qcoll.compare(run, EXACT).trace_distance[-1], run


@pytest.fixture(scope="module")
def complete():
    """How far the complete line is off."""
    return off(line())[0]


def test_a_target_without_time_step_still_waits(complete):
    assert off(line(dt=None))[0] == pytest.approx(complete, abs=1e-9)


def test_a_pair_without_an_error_is_avoided(complete):
    distance, run = off(line(error=NAN))
    assert distance == pytest.approx(complete, abs=1e-9)
    assert not {0, 1} <= set(run.mapped.qubits)


@pytest.mark.parametrize(
    ("hole", "said"),
    [
        ({"special": {"t1": NAN, "t2": 80e-6}}, "t1 of qubit 1 is nan; the median is taken"),
        ({"special": {"t1": 100e-6, "t2": -1e-6}}, "t2 of qubit 1 is -1e-06; the median is taken"),
        ({"special": {"t1": 0.0, "t2": 80e-6}}, "t1 of qubit 1 is 0.0; the median is taken"),
        ({"duration": NAN}, "duration of cz on .0, 1. is nan; the longest of its kind is taken"),
    ],
)
def test_impossible_values_are_replaced_and_said(complete, hole, said):
    device = line(3, **hole)
    with pytest.warns(qcoll.DeviceWarning, match=said):
        distance, _ = off(device)
    assert distance == pytest.approx(complete, abs=1e-9)


def test_no_relaxation_times_are_said(complete):
    with pytest.warns(qcoll.DeviceWarning, match="no relaxation times, so that waiting costs nothing"):
        assert off(line(qubits=False))[0] < complete


def test_a_dead_qubit_that_splits_the_device():
    with pytest.raises(qcoll.InputError, match="fall into parts of at most 3, and the circuits need 5"):
        off(line(7, dead=(3,)), "exact")


def test_gates_that_aer_does_not_run():
    with pytest.raises(qcoll.InputError, match="two-qubit gates are iswap, which Aer does not run"):
        off(line(two=iSwapGate()))


def test_a_backend_without_errors():
    with pytest.raises(qcoll.InputError, match="reports no errors at all"):
        off(GenericBackendV2(5, seed=1, noise_info=False))


def test_broken_pairs_in_use_are_named():
    with pytest.warns(qcoll.DeviceWarning, match=r"pairs \[\(0, 1\)\], which the circuit uses"):
        off(line(3, error=1.0))


def test_directed_pairs_of_old_devices():
    assert off(fake_backend("FakeCairo"))[0] < 0.5


def depolarizing(probability=0.05):
    model = NoiseModel(basis_gates=["u", "cx"])
    model.add_all_qubit_quantum_error(depolarizing_error(probability, 2), ["cx"])
    return model


def after_one_collision(probability):
    """Closed form: the channel of a circuit whose every CX depolarizes, from its gates as dense matrices."""
    from qiskit.quantum_info import DensityMatrix, Operator, partial_trace

    compiled = qcoll.compile_collisions(MODEL, n=1, initial="+", synthesis="exact")
    run = qcoll.simulate(compiled, noise=depolarizing(probability))
    circuit = run.mapped.implicit_sequence()
    state = DensityMatrix.from_label("0" * circuit.num_qubits)
    for item in circuit.data:
        own = [circuit.find_bit(qubit).index for qubit in item.qubits]
        if item.operation.name == "reset":
            state = state.reset(own)
        elif item.operation.name != "barrier":
            state = state.evolve(Operator(item.operation), own)
            if item.operation.name == "cx":
                rest = [q for q in range(circuit.num_qubits) if q not in own]
                mixed = np.kron(np.eye(4) / 4, partial_trace(state, own).data)
                order = [*rest, *own]  # qubits of ``mixed``, least significant first
                mixed = DensityMatrix(mixed).data.reshape((2,) * (2 * circuit.num_qubits))
                size = circuit.num_qubits
                axes = [size - 1 - order.index(size - 1 - k) for k in range(size)]
                mixed = mixed.transpose([*axes, *(size + a for a in axes)]).reshape(state.data.shape)
                state = DensityMatrix((1 - probability) * state.data + probability * mixed)
    system = run.mapped.system_at_tick[0]
    return run, partial_trace(state, [q for q in range(circuit.num_qubits) if q != system]).data


def test_a_simulator_runs_with_the_noise_that_it_carries():
    run, expected = after_one_collision(0.05)
    np.testing.assert_allclose(run.states[-1], expected, atol=1e-9)
    other = AerSimulator()
    other.set_options(noise_model=depolarizing())
    for simulator in (AerSimulator(noise_model=depolarizing()), other):
        compiled = qcoll.compile_collisions(MODEL, n=1, initial="+", synthesis="exact")
        np.testing.assert_allclose(qcoll.simulate(compiled, noise=simulator).states[-1], expected, atol=1e-9)


def test_a_simulator_without_noise_is_refused():
    with pytest.raises(qcoll.InputError, match="carries no noise"):
        off(AerSimulator())
    with pytest.raises(qcoll.InputError, match="has no errors"):
        off(NoiseModel(basis_gates=["u", "cx"]))


def test_a_devices_noise_model_wants_the_device():
    device = fake_backend("FakeManilaV2")
    for noise in (NoiseModel.from_backend(device), AerSimulator.from_backend(device)):
        with pytest.raises(qcoll.InputError, match="pass the device itself"):
            off(noise)


def test_errors_of_single_pairs_decide_who_is_connected():
    """A line 2 - 0 - 1 of noisy pairs: no gate acts between 1 and 2."""
    local, everywhere = NoiseModel(basis_gates=["u", "cx"]), depolarizing()
    for pair in ((0, 1), (1, 0), (0, 2), (2, 0)):
        local.add_quantum_error(depolarizing_error(0.05, 2), "cx", pair)
    local.add_readout_error(ReadoutError([[0.9, 0.1], [0.1, 0.9]]), [0])
    distance, run = off(local)
    used = {tuple(run.mapped.qubits[q] for q in own) for name, own in run.mapped.operations_on_qubits if name == "cx"}
    assert used <= {(0, 1), (1, 0), (0, 2), (2, 0)}
    assert distance >= off(everywhere)[0] - 1e-9


@pytest.mark.parametrize("gate", ["id", "delay"])
def test_noise_of_waiting_without_durations(gate):
    waiting = thermal_relaxation_error(5e-6, 5e-6, 1e-6)
    alone = NoiseModel(basis_gates=["rz", "sx", "x", "cx"])
    alone.add_all_qubit_quantum_error(waiting, gate)
    with pytest.raises(qcoll.InputError, match="waiting needs durations, which come with a device"):
        off(alone)
    both = depolarizing()
    both.add_all_qubit_quantum_error(waiting, gate)
    with pytest.warns(qcoll.DeviceWarning, match=f"errors on {gate} have no effect"):
        off(both)


def test_complete_devices_say_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        off("FakeManilaV2")
