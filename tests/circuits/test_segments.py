"""Segments, joined to a circuit with ticks and read back; circuits rebuilt on other qubits."""

import pickle

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.quantum_info import Operator

import qcoll
from qcoll.circuits.segments import (
    ReadPoint,
    after,
    before,
    joined,
    reads_of,
    segments_of,
    stroke_kinds,
    stroke_of,
    up_to,
    with_ends_marked,
)
from qcoll.circuits.steps import compacted, depth, on_qubits, two_qubit_depth, two_qubit_gates


@pytest.fixture(scope="module")
def compiled():
    return qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=3)


def instructions(circuit):
    return [
        (item.operation.name, item.operation.label, [circuit.find_bit(q).index for q in item.qubits])
        for item in circuit.data
    ]


def test_a_sequence_is_its_segments(compiled):
    """The initial state, and of each collision the preparation and the collision."""
    points = [segment.point for segment in compiled.segments]
    assert points == ["tick:0", "prepared:1", "tick:1", "prepared:2", "tick:2", "prepared:3", "tick:3"]
    assert all("barrier" not in segment.circuit.count_ops() for segment in compiled.segments)
    num_system, num_ancilla = compiled.model.num_system_qubits, compiled.model.num_ancilla_qubits
    assert {segment.reads for segment in compiled.segments} == {tuple(range(num_system + num_ancilla))}
    # gates of a collision and its preparation as those that were compiled
    third = compiled.segments[-2:]
    assert dict(third[1].circuit.count_ops()) == dict(compiled.collision.count_ops())
    assert third[0].circuit.count_ops()["reset"] == compiled.pieces.num_fresh


def test_joined_and_read_back(compiled):
    circuit = joined(compiled.segments)
    assert instructions(circuit) == instructions(compiled.circuit)
    assert instructions(joined(segments_of(circuit))) == instructions(circuit)
    assert reads_of(circuit) == {segment.point: segment.reads for segment in compiled.segments}


@pytest.mark.parametrize("level", [0, 3])
def test_segments_survive_the_transpiler(compiled, level):
    """Whatever it does to the gates, what is read where stays in order, on the qubits that hold it then."""
    mapped = transpile(compiled.circuit, basis_gates=["u", "cz", "reset"], optimization_level=level, seed_transpiler=1)
    found = [each for each in segments_of(mapped) if each.point]  # gates on other qubits may follow the last point
    assert [each.point for each in found] == [each.point for each in compiled.segments]
    assert [len(each.reads) for each in found] == [len(each.reads) for each in compiled.segments]


def test_phases_and_what_follows_the_last_point():
    circuit = QuantumCircuit(1, global_phase=0.3)
    circuit.h(0)
    whole = joined([*segments_of(circuit)[:1]])
    assert len(segments_of(circuit)) == 1
    assert segments_of(circuit)[0].point is None
    assert np.allclose(Operator(whole).data, Operator(circuit).data)


def test_the_points():
    assert after(3) == "tick:3"
    assert before(2) == "prepared:2"
    assert after(3).later(4).number == 7
    assert pickle.loads(pickle.dumps(before(2))).kind == "prepared"  # processes of a study send them
    assert [stroke_of(kind) for kind in stroke_kinds(12)] == [12, 12]
    assert ReadPoint("stroke3:5").kind == "stroke3"


def test_cut_and_marked(compiled):
    cut = up_to(compiled.circuit, before(2))
    assert list(reads_of(cut))[-1] == before(2)
    assert cut.count_ops()["barrier"] == 4
    with pytest.raises(ValueError, match="no tick:9"):
        up_to(compiled.circuit, after(9))
    plain = with_ends_marked(compiled.circuit)
    assert plain.count_ops()["barrier"] == 3
    assert reads_of(plain) == {}


def test_other_qubits():
    """A circuit moved and made smaller has the matrix of its gates on those qubits."""
    circuit = QuantumCircuit(4, 1)
    circuit.h(1)
    circuit.cx(1, 3)
    circuit.rz(0.3, 3)
    moved = on_qubits(circuit, [3, 0, 1, 2], 4)
    expected = QuantumCircuit(4)
    expected.h(0)
    expected.cx(0, 2)
    expected.rz(0.3, 2)
    assert np.allclose(Operator(moved).data, Operator(expected).data)
    small = compacted(circuit, [1, 3])
    assert (small.num_qubits, small.num_clbits) == (2, 1)
    assert instructions(small) == [("h", None, [0]), ("cx", None, [0, 1]), ("rz", None, [1])]
    with pytest.raises(KeyError):
        compacted(circuit, [1])


def test_counts_leave_marks_and_waiting_out():
    circuit = QuantumCircuit(3)
    circuit.cx(0, 1)
    circuit.barrier()
    circuit.delay(10, 0, unit="dt")
    circuit.barrier([0, 1])
    circuit.cx(1, 2)
    circuit.x(0)
    assert (two_qubit_gates(circuit), two_qubit_depth(circuit), depth(circuit)) == (2, 2, 2)
