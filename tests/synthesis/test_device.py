"""The counts survive transpilation to a heavy-hex device, and so do the channels."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.compiler import transpile

import qcoll
from qcoll.synthesis import (
    absorbed_circuit,
    channel_circuit,
    joint_unitary_circuit,
    purified_channel_circuit,
    sampled_circuits,
)

# Chains of FakeTorino's heavy-hex lattice around qubit 2: 3-1-S-2-4 is 0-1-2-3-4.
STAR = {3: [2, 1, 3], 2: [2, 1], 5: [2, 1, 3, 0, 4]}
LINE = {3: [0, 1, 2], 5: None}


@pytest.fixture(scope="module")
def torino():
    provider = pytest.importorskip("qiskit_ibm_runtime.fake_provider")
    return provider.FakeTorino()


def device_count(circuit, backend, layout):
    mapped = transpile(circuit, backend, optimization_level=3, seed_transpiler=7, initial_layout=layout)
    return sum(i.operation.num_qubits == 2 for i in mapped.data)


@pytest.mark.parametrize(("model", "joint"), [(qcoll.example_1(alpha=0.2, dt=0.5), 10), (qcoll.example_2(dt=0.5), 8)])
def test_counts_on_torino(torino, model, joint):
    assert device_count(channel_circuit(model), torino, STAR[3]) == 3
    assert device_count(purified_channel_circuit(model), torino, STAR[5]) == 6
    assert device_count(joint_unitary_circuit(model), torino, LINE[3]) == joint
    for _, circuit in sampled_circuits(model):
        assert device_count(circuit, torino, STAR[2]) == circuit.num_nonlocal_gates()


def test_absorbed_circuit_is_native_on_heavy_hex(torino):
    # S-1-2 with a purifier on each half: the half in the middle needs three neighbours.
    edges = {frozenset(pair) for pair in torino.coupling_map.get_edges()}
    neighbours = {
        q: [p for p in range(torino.num_qubits) if frozenset((p, q)) in edges] for q in range(torino.num_qubits)
    }
    hub = next(q for q in neighbours if len(neighbours[q]) == 3)
    system, second, purifier = neighbours[hub]
    other = next(p for p in neighbours[second] if p != hub)
    circuit = absorbed_circuit(qcoll.example_2(alpha=0.2, dt=0.5))
    assert device_count(circuit, torino, [system, hub, second, purifier, other]) == 10
    circuit = absorbed_circuit(qcoll.example_1(alpha=0.2, dt=0.5, omega_s=1.3))  # the other half in the middle
    assert device_count(circuit, torino, [system, second, hub, other, purifier]) == 12


def test_emitted_gates_are_the_stated_ones():
    names = set()
    for model in (qcoll.example_1(), qcoll.example_2()):
        for circuit in (channel_circuit(model), joint_unitary_circuit(model), purified_channel_circuit(model)):
            assert isinstance(circuit, QuantumCircuit)
            names |= set(circuit.count_ops())
    assert names <= {"cx", "cz", "u", "ry"}
    assert np.isfinite(len(names))
