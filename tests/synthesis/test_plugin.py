"""The plugin of Qiskit's unitary synthesis: what ``transpile`` makes with it, against what it makes without."""

from __future__ import annotations

import importlib.metadata

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import Operator, random_unitary
from qiskit.transpiler.passes import UnitarySynthesis
from scipy.linalg import expm

BASIS = ["rz", "sx", "x", "cz"]


def both(unitary, level=1):
    """Two-qubit gates with and without the plugin, and its largest entry off."""
    num_qubits = len(unitary).bit_length() - 1
    circuit = QuantumCircuit(num_qubits)
    circuit.append(UnitaryGate(unitary), range(num_qubits))
    options = {"basis_gates": BASIS, "optimization_level": level, "seed_transpiler": 0}
    ours = transpile(circuit, unitary_synthesis_method="qcoll", **options)
    theirs = transpile(circuit, **options)
    off = float(np.abs(Operator(ours).data - unitary).max())  # the phase too
    return ours.num_nonlocal_gates(), theirs.num_nonlocal_gates(), off


def test_it_is_registered():
    (found,) = (
        each for each in importlib.metadata.entry_points(group="qiskit.unitary_synthesis") if each.name == "qcoll"
    )
    assert found.load().__name__ == "QcollUnitarySynthesis"
    assert UnitarySynthesis(method="qcoll").method == "qcoll"


@pytest.mark.parametrize("level", [0, 3])
@pytest.mark.parametrize("seed", range(2))
def test_three_qubits_take_fourteen_instead_of_nineteen(seed, level):
    ours, theirs, off = both(random_unitary(8, seed=seed).data, level)
    assert (ours, theirs) == (14, 19)
    assert off < 1e-10


@pytest.mark.parametrize("num_qubits", [1, 2, 4])
def test_other_sizes_are_no_worse(num_qubits):
    ours, theirs, off = both(random_unitary(2**num_qubits, seed=5).data, level=3)
    assert ours <= theirs
    assert off < 1e-10


def test_a_product_takes_no_more_than_qiskit():
    pair = random_unitary(4, seed=2).data
    product = np.kron(random_unitary(2, seed=1).data, pair)
    ours, theirs, off = both(product, level=3)
    assert ours <= theirs
    assert off < 1e-10


def test_close_to_the_identity_nothing_is_lost():
    generator = random_unitary(16, seed=3).data
    short = expm(-1e-5j * (generator + generator.conj().T))
    ours, _, off = both(short)
    assert ours <= 100
    assert off < 1e-11


def test_on_a_device_and_in_a_controlled_gate():
    gate = UnitaryGate(random_unitary(8, seed=7).data)
    circuit = QuantumCircuit(4)
    circuit.append(gate, [0, 2, 3])
    circuit.cx(0, 1)
    line = [[0, 1], [1, 2], [2, 3]]
    options = {"basis_gates": BASIS, "coupling_map": line, "optimization_level": 1, "seed_transpiler": 0}
    ours = transpile(circuit, unitary_synthesis_method="qcoll", **options)
    assert Operator.from_circuit(ours).equiv(Operator(circuit))
    assert ours.num_nonlocal_gates() < transpile(circuit, **options).num_nonlocal_gates()
