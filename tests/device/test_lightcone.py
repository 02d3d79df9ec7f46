"""Circuits on as few qubits as they need at a time, against runs of all qubits at once."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Barrier
from qiskit.quantum_info import DensityMatrix, SuperOp, partial_trace

import qcoll
from qcoll.circuits.segments import after, append_tick
from qcoll.device import map_collisions
from qcoll.device.lightcone import economical
from qcoll.device.noise import resolve_noise
from qcoll.exact import diamond_distance
from qcoll.run.aer import states_at_ticks
from qcoll.run.channel import whole_channel

STRONG = qcoll.example_2(kappa=1.0, alpha=1.0, beta=2.0, dt=0.5)


def random_circuit(seed):
    """Two-qubit gates anywhere, resets of all qubits but the first, and a tick on the first after each round."""
    rng = np.random.default_rng(seed)
    circuit = QuantumCircuit(5)
    for number in range(1, 7):
        for _ in range(5):
            first, second = (int(qubit) for qubit in rng.choice(5, size=2, replace=False))
            circuit.ry(rng.normal(), first)
            circuit.cx(first, second)
        circuit.append(Barrier(2, label=f"tick:{number}"), [0, int(rng.integers(1, 5))])
        circuit.reset(int(rng.integers(1, 5)))
    return circuit


@pytest.mark.parametrize("seed", range(5))
def test_ticks_see_the_same_states(seed):
    circuit = random_circuit(seed)
    small = economical(circuit, [0], 1)
    assert small.num_qubits <= circuit.num_qubits
    (found,), (joint,) = states_at_ticks([small]), states_at_ticks([circuit])
    assert found.keys() == joint.keys()
    for label, state in joint.items():
        assert np.abs(found[label] - partial_trace(DensityMatrix(state), [1]).data).max() < 1e-12


@pytest.mark.parametrize(("ancillas", "n"), [("fresh", 4), ("alternating", 5)])
@pytest.mark.parametrize("level", ["trotter", "purified_channel", "channel"])
def test_mapped_sequences_fit_on_the_qubits_of_one_collision(ancillas, n, level):
    compiled = qcoll.compile_collisions(STRONG, n, "0", synthesis=level, ancillas=ancillas)
    mapped = map_collisions(compiled, resolve_noise("FakeTorino", 0).target, seeds=[1])
    small = economical(mapped.implicit_sequence(), mapped.system, 1)
    assert small.num_qubits <= 8 < max(9, len(mapped.qubits))
    expected = SuperOp(np.linalg.matrix_power(compiled.channel().data, n))
    assert diamond_distance(whole_channel(mapped), expected).upper < 1e-12


def test_a_rounded_gate_is_seen_in_the_channel_of_a_mapped_sequence():
    """Qiskit's resynthesis rounds these collisions; the statevector of all 17 qubits says by how much."""
    model = qcoll.example_2(alpha=0.1, dt=0.01)
    compiled = qcoll.compile_collisions(model, 4, "0", synthesis="exact", keep="system", ancillas="fresh")
    mapped = map_collisions(compiled, resolve_noise("FakeTorino", 0).target, seeds=[0], schedule=False)
    found = whole_channel(mapped).data @ DensityMatrix.from_label("0").data.reshape(-1, order="F")
    (direct,) = states_at_ticks([mapped.implicit_sequence()])  # fresh qubits are never reset: a state vector
    assert np.abs(found.reshape(2, 2, order="F") - direct["tick:4"]).max() < 1e-12
    exact = SuperOp(np.linalg.matrix_power(qcoll.collision_channel(model).data, 4))
    assert diamond_distance(whole_channel(mapped), exact).upper > 1e-7


def test_what_no_tick_needs_is_left_out():
    circuit = QuantumCircuit(3)
    circuit.h(1)
    circuit.cx(1, 0)
    circuit.append(Barrier(1, label="tick:1"), [0])
    circuit.cx(1, 2)
    small = economical(circuit, [0], 1)
    assert (small.num_qubits, small.count_ops()["cx"]) == (2, 1)


def test_noise_of_waiting_ancillas_does_not_keep_them_all_alive():
    """Each of six fresh ancillas waits in noise before its collision: two wires are enough, one after the other."""
    circuit = QuantumCircuit(7)
    for ancilla in range(1, 7):
        circuit.t(ancilla)  # stands for what happens to it while it waits
    for ancilla in range(1, 7):
        circuit.h(ancilla)
        circuit.cx(ancilla, 0)
    append_tick(circuit, after(6), [0])
    assert economical(circuit, (), 1).num_qubits == 2
