"""Leaving out what nobody looks at changes nothing that somebody looks at."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, Parameter
from qiskit.quantum_info import DensityMatrix, Kraus, partial_trace
from scipy.stats import unitary_group

from qcoll.circuits.discard import without_discarded, without_phases_of_empty

FORGET = Kraus([np.array([[1, 0], [0, 0]]), np.array([[0, 1], [0, 0]])])


def random_circuit(seed, size=4, length=14):
    """Random gates on one or two qubits, and resets."""
    generator = np.random.default_rng(seed)
    circuit = QuantumCircuit(size)
    for _ in range(length):
        kind = generator.choice(["one", "two", "reset"], p=[0.35, 0.45, 0.2])
        qubits = [int(q) for q in generator.choice(size, 2, replace=False)]
        if kind == "reset":
            circuit.reset(qubits[0])
        else:
            chosen = qubits[: 1 if kind == "one" else 2]
            circuit.unitary(unitary_group.rvs(2 ** len(chosen), random_state=generator), chosen)
    return circuit


def final_state(circuit, kept):
    state = DensityMatrix.from_label("0" * circuit.num_qubits)
    for item in circuit.data:
        qubits = [circuit.find_bit(qubit).index for qubit in item.qubits]
        state = state.evolve(FORGET if item.operation.name == "reset" else item.operation, qubits)
    return partial_trace(state, [qubit for qubit in range(circuit.num_qubits) if qubit not in kept]).data


@pytest.mark.parametrize("kept", [(0,), (2,), (0, 3)])
@pytest.mark.parametrize("seed", range(12))
def test_the_kept_state_stays_and_nothing_more_could_go(seed, kept):
    circuit = random_circuit(seed)
    pruned = without_discarded(circuit, kept)
    expected = final_state(circuit, kept)
    assert np.abs(final_state(pruned, kept) - expected).max() < 1e-12
    assert pruned.size() < circuit.size() or seed not in (0, 1, 2)
    for index in range(len(pruned.data)):  # without any one of these random gates the state is another
        if pruned.data[index].operation.name == "reset":
            continue
        less = pruned.copy_empty_like()
        for position, item in enumerate(pruned.data):
            if position != index:
                less.append(item)
        assert np.abs(final_state(less, kept) - expected).max() > 1e-6


def test_what_a_tick_reads_stays_unless_ticks_are_given_up():
    circuit = QuantumCircuit(2)
    circuit.cx(0, 1)
    circuit.append(Barrier(2, label="tick:1"), [0, 1])
    circuit.h(1)
    circuit.reset(1)
    assert [item.operation.name for item in without_discarded(circuit, [0]).data] == ["cx", "barrier"]
    circuit.data.pop(0)
    circuit.data.insert(0, circuit.data[1].replace(qubits=[circuit.qubits[1]]))
    assert [item.operation.name for item in without_discarded(circuit, [0]).data] == ["h", "barrier"]
    assert not without_discarded(circuit, [0], ticks=False).data


def test_measured_qubits_are_looked_at():
    circuit = QuantumCircuit(2, 1)
    circuit.h(1)
    circuit.measure(1, 0)
    circuit.h(1)
    assert [item.operation.name for item in without_discarded(circuit, [0]).data] == ["h", "measure"]


@pytest.mark.parametrize("seed", range(8))
def test_phases_of_empty_qubits_change_no_state(seed):
    """Whatever the state of the qubit that is not empty."""
    generator = np.random.default_rng(seed)
    circuit = QuantumCircuit(3)
    circuit.unitary(unitary_group.rvs(2, random_state=generator), 0)
    circuit.rz(0.3, 2)
    for _ in range(12):
        kind = generator.choice(["rz", "sx", "cz", "reset"], p=[0.5, 0.2, 0.15, 0.15])
        qubit = int(generator.integers(3))
        if kind == "rz":
            circuit.rz(generator.uniform(-3, 3), qubit)
        elif kind == "cz":
            circuit.cz(qubit, (qubit + 1) % 3)
        else:
            getattr(circuit, str(kind))(qubit)
    shorter = without_phases_of_empty(circuit, empty=[1, 2])
    assert shorter.size() < circuit.size()
    assert np.abs(final_state(shorter, range(3)) - final_state(circuit, range(3))).max() < 1e-14


def test_phases_of_empty_qubits_end_with_the_first_gate_that_fills_them():
    circuit = QuantumCircuit(2)
    circuit.rz(0.1, 0)
    circuit.u(0.0, 0.2, 0.3, 1)
    circuit.rz(Parameter("a"), 1)
    circuit.delay(10, 1)
    circuit.cz(0, 1)
    circuit.rz(0.4, 1)
    circuit.reset(1)
    circuit.append(Barrier(2, label="tick:1"), [0, 1])
    circuit.z(1)
    circuit.u(Parameter("b"), 0.0, 0.0, 1)
    names = [item.operation.name for item in without_phases_of_empty(circuit, empty=[1]).data]
    assert names == ["rz", "delay", "cz", "rz", "reset", "barrier", "u"]
