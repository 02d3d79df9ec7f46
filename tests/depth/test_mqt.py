"""The family of circuits for MQT Bench: it makes the collisions, and the installed package takes it."""

from __future__ import annotations

import numpy as np
import pytest

import qcoll
from qcoll.depth import mqt


@pytest.mark.parametrize("num_qubits", [3, 5])
def test_the_circuit_makes_the_collisions(num_qubits):
    from qiskit_aer import AerSimulator

    circuit = mqt.create_circuit(num_qubits)
    assert circuit.num_qubits == num_qubits
    assert circuit.count_ops()["measure"] == num_qubits
    circuit.remove_final_measurements()
    system = num_qubits - mqt.OTHERS
    circuit.save_density_matrix(list(range(system)))
    made = AerSimulator(method="density_matrix").run(circuit, shots=1).result().data()["density_matrix"]
    model = mqt.collision_model(system)
    exact = qcoll.evolve(model, mqt.COLLISIONS, "0" * system).states[-1]
    compiled = qcoll.compile_collisions(model, mqt.COLLISIONS, "0" * system)
    np.testing.assert_allclose(np.asarray(made), qcoll.simulate(compiled).states[-1], atol=1e-9)
    assert np.abs(np.asarray(made) - exact).max() < 0.05  # the product formula


def test_the_installed_package_takes_it():
    bench = pytest.importorskip("mqt.bench")
    mqt.register()
    mqt.register()  # a second time is no error
    circuit = bench.get_benchmark("collision", bench.BenchmarkLevel.ALG, 6)
    assert circuit.count_ops()["reset"] == 2 * (mqt.COLLISIONS - 1)
    native = bench.get_benchmark("collision", bench.BenchmarkLevel.INDEP, 4)
    assert native.num_qubits == 4


def test_refusals():
    with pytest.raises(qcoll.InputError, match="num_qubits is 2, but a system qubit, an ancilla and its purifier"):
        mqt.create_circuit(2)
