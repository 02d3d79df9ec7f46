"""Constant detunings of qubits that wait, and pulses against them, by closed forms and by a loop over dense maps."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Delay, Measure, Parameter, Reset
from qiskit.circuit.library import CZGate, RZGate, SXGate, XGate
from qiskit.quantum_info import DensityMatrix, Operator
from qiskit.transpiler import InstructionProperties, QubitProperties, Target
from qiskit_aer.noise import NoiseModel

import qcoll
from qcoll.circuits.segments import after, append_tick
from qcoll.device.decoupling import SEQUENCES, with_pulses
from qcoll.device.detuning import Detuning, rms_detuning
from qcoll.device.fakes import PartOfBackend
from qcoll.device.slow_noise import detuned_noise
from qcoll.run.aer import states_at_ticks

DT, RESET = 1e-9, 1e-6
MODEL = qcoll.example_2(alpha=0.8, kappa=0.7, dt=0.5)
HERTZ = 60e3


def device(size=5):
    """Perfect gates that take no time: nothing but resets makes anybody wait."""
    properties = [QubitProperties(t1=1e6, t2=1e6)] * size
    target = Target(num_qubits=size, dt=DT, qubit_properties=properties)
    instant = InstructionProperties(duration=0.0, error=0.0)
    for gate in (RZGate(Parameter("a")), SXGate(), XGate(), Measure()):
        target.add_instruction(gate, {(qubit,): instant for qubit in range(size)})
    target.add_instruction(CZGate(), {(a, b): instant for a in range(size) for b in range(size) if a != b})
    target.add_instruction(Reset(), {(q,): InstructionProperties(duration=RESET, error=0.0) for q in range(size)})
    target.add_instruction(Delay(Parameter("t")), {(qubit,): None for qubit in range(size)})
    return PartOfBackend(target, "patient")


def coherence_after(seconds, sequence, detuning):
    """Twice the coherence of a qubit in |+> that waits, in the mean over detunings."""
    circuit = QuantumCircuit(1)
    circuit.delay(round(seconds / DT), 0, unit="dt")
    if sequence:
        circuit = with_pulses(circuit, device(1).target, sequence, awake=[0])
    run = QuantumCircuit(1)
    run.h(0)
    run.compose(circuit, inplace=True)
    append_tick(run, after(1), [0])
    models = detuning.models(NoiseModel(), 1, DT)
    return 2 * np.mean([states_at_ticks([run], model)[0][after(1)][0, 1] for model in models])


def test_free_induction_decays_and_an_echo_brings_it_back():
    detuning = Detuning(hertz=HERTZ, draws=64)
    sigma = 2 * np.pi * HERTZ
    for time in (0.5e-6, 1e-6, 3e-6, 5e-6):
        expected = np.exp(-((sigma * time) ** 2) / 2)
        assert coherence_after(time, None, detuning) == pytest.approx(expected, abs=0.015)
        for sequence in SEQUENCES:
            assert coherence_after(time, sequence, detuning) == pytest.approx(1, abs=1e-9)


def test_the_width_is_that_of_a_ramsey_experiment():
    """exp(-t/T2) exp(-sigma^2 t^2 / 2) is 1/e at T2*."""
    star, echo = 80e-6, 150e-6
    sigma = 2 * np.pi * rms_detuning(star, echo)
    assert star / echo + (sigma * star) ** 2 / 2 == pytest.approx(1)
    drawn = Detuning(hertz=1e3, draws=12).drawn(3)
    np.testing.assert_allclose(np.sqrt(np.mean(drawn**2, axis=0)), 2 * np.pi * 1e3)
    np.testing.assert_allclose(drawn.mean(axis=0), 0, atol=1e-9)


@pytest.mark.parametrize("method", ["direct", "iterated"])
def test_collisions_of_a_detuned_system_are_those_of_dense_maps(method):
    """The system turns while the ancilla is reset; the mean over detunings is taken at the end, not in between."""
    draws = 6
    compiled = qcoll.compile_collisions(MODEL, 4, "+", synthesis="channel")
    noise = detuned_noise(device(), HERTZ, draws=draws)
    run = qcoll.simulate(compiled, noise=noise, seeds=[0], method=method)
    channel, initial = qcoll.collision_channel(MODEL), DensityMatrix(qcoll.evolve(MODEL, 1, "+").states[0])
    (system,) = run.mapped.system
    expected = np.zeros((5, 2, 2), dtype=complex)
    for delta in Detuning(hertz=HERTZ, draws=draws).drawn(len(run.mapped.qubits))[:, system]:
        turn, state = Operator(np.diag([1, np.exp(1j * delta * RESET)])), initial
        expected[0] += state.data / draws
        for number in range(1, 5):
            state = (state if number == 1 else state.evolve(turn)).evolve(channel)
            expected[number] += state.data / draws
    np.testing.assert_allclose(run.states, expected, atol=1e-7)


@pytest.mark.parametrize("turns", [{}, {"ancillas": "alternating", "sets": 2}], ids=str)
@pytest.mark.parametrize("synthesis", ["channel", "sampled"])
def test_pulses_make_detuned_collisions_exact(synthesis, turns):
    compiled = qcoll.compile_collisions(MODEL, 4, "+", synthesis=synthesis, **turns)
    exact = qcoll.evolve(MODEL, 4, "+")
    off, echoed = (
        qcoll.simulate(compiled, noise=detuned_noise(device(), HERTZ, decoupling=each, draws=4), seeds=[0])
        for each in (None, "XY4")
    )
    assert qcoll.compare(off, exact).trace_distance[-1] > 1e-4
    np.testing.assert_allclose(echoed.states, exact.states, atol=1e-7)


def test_detunings_are_not_one_channel():
    compiled = qcoll.compile_collisions(MODEL, 2, "+", synthesis="channel")
    with pytest.raises(qcoll.InputError, match="no channel of one collision"):
        qcoll.circuit_channel(compiled, noise=detuned_noise("FakeLagos", 1e3), seeds=[0])
    pulsed = qcoll.circuit_channel(compiled, noise=detuned_noise("FakeLagos", 0, decoupling="XX"), seeds=[0])
    assert pulsed.superop.is_cptp()


@pytest.mark.parametrize(
    ("noise", "hertz", "options", "message"),
    [
        ("FakeLagos", -1.0, {}, "0 or more"),
        ("FakeLagos", 1e3, {"decoupling": "CPMG"}, "must be one of XX, XpXm, XY4"),
        ({"t1": 1e-4, "t2": 1e-4}, 1e3, {}, "plain figures is no device"),
        ("FakeLagos", 1e3, {"draws": 0}, "draws"),
    ],
)
def test_bad_detunings(noise, hertz, options, message):
    with pytest.raises(qcoll.InputError, match=message):
        detuned_noise(noise, hertz, **options)


def test_an_echo_is_not_shorter_than_a_ramsey_decay():
    with pytest.raises(qcoll.InputError, match="an echo decays no faster"):
        rms_detuning(2e-4, 1e-4)
