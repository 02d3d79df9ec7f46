"""Three qubits in at most fourteen CX: any unitary, with structure in fewer, and with free phases of columns."""

import numpy as np
import pytest
from qiskit.quantum_info import Operator, SparsePauliOp, random_unitary
from scipy.linalg import expm
from synthesis_models import two_qubit_gates, up_to_phase

from qcoll.synthesis.fit import descend, largest_difference, levenberg_marquardt, search, unitary_residual
from qcoll.synthesis.generic import three_qubit_circuit
from qcoll.synthesis.skeleton import Skeleton

XX_CHAIN = SparsePauliOp(["IXX", "IYY", "XXI", "YYI", "IIZ", "IZI", "ZII"], [1, 1, 0.7, 0.7, 0.4, 0.9, 0.3])


def test_random_unitaries_take_fourteen_on_a_line():
    for seed in range(6):
        unitary = random_unitary(8, seed=seed).data
        circuit = three_qubit_circuit(unitary)
        assert two_qubit_gates(circuit) == 14
        assert up_to_phase(Operator(circuit).data, unitary) < 1e-11
        pairs = {frozenset(circuit.find_bit(q).index for q in i.qubits) for i in circuit.data if len(i.qubits) == 2}
        assert len(pairs) == 2


@pytest.mark.parametrize("dt", [0.05, 0.7])
def test_a_chain_of_exchange_takes_six(dt):
    unitary = expm(-1j * dt * XX_CHAIN.to_matrix())
    circuit = three_qubit_circuit(unitary)
    assert two_qubit_gates(circuit) <= 6
    assert up_to_phase(Operator(circuit).data, unitary) < 1e-11


def test_the_same_circuit_every_time():
    unitary = random_unitary(8, seed=9).data
    assert three_qubit_circuit(unitary) == three_qubit_circuit(unitary)


@pytest.mark.parametrize("turn", [0.0, np.pi, -np.pi, 3 * np.pi])
def test_phases_that_a_gate_passes_on_stand_in_one_place(turn):
    skeleton = Skeleton(3, ((0, 1), (0, 2), (1, 2), (0, 1)))
    angles = np.random.default_rng(5).uniform(-np.pi, np.pi, skeleton.num_parameters)
    slots = skeleton.slots
    gate = slots.index(0, 4)  # the second gate that is on qubit 0 and after a CZ
    angles[np.flatnonzero(skeleton.about_y)[gate]] = turn
    circuit = skeleton.circuit(angles)
    assert up_to_phase(Operator(circuit).data, skeleton.unitary(angles)) < 1e-13
    on_system = [
        item.operation for item in circuit.data if item.name == "u" and circuit.find_bit(item.qubits[0]).index == 0
    ]
    idle = [gate for gate in on_system if abs(np.sin(gate.params[0])) < 1e-13]
    assert all(abs(np.sin(gate.params[1] / 2)) < 1e-13 for gate in idle)


def test_fewer_than_a_generic_unitary_can_have_are_not_found():
    assert three_qubit_circuit(random_unitary(8, seed=4).data, below=14) is None


def test_free_phases_of_columns():
    unitary, first = random_unitary(8, seed=2).data, random_unitary(8, seed=3).data
    circuit = three_qubit_circuit(unitary, first=first, levels=4)
    assert two_qubit_gates(circuit) <= 14
    assert largest_difference(Operator(circuit).data, unitary @ first, levels=4) < 1e-11


@pytest.mark.parametrize("placements", [((0, 1), (1, 2), (0, 2)), ((1, 2), (1, 2), (0, 1), (0, 2))])
def test_derivatives_are_those_of_the_circuit(placements):
    skeleton = Skeleton(3, placements)
    stack = np.random.default_rng(1).uniform(-3, 3, (2, skeleton.num_parameters))
    inputs = np.eye(8, 2, dtype=complex)
    _, slopes = skeleton.derivatives(stack, inputs)
    step = 1e-6
    for k in range(skeleton.num_parameters):
        moved = np.zeros(skeleton.num_parameters)
        moved[k] = step
        difference = (skeleton.unitary(stack + moved) - skeleton.unitary(stack - moved)) @ inputs / (2 * step)
        assert np.abs(slopes[:, k] - difference).max() < 1e-8
    circuit = Operator(skeleton.circuit(stack[0])).data
    assert up_to_phase(circuit, skeleton.unitary(stack[0])) < 1e-13


def test_both_searches_end_at_the_same_unitary():
    skeleton = Skeleton(3, ((0, 1), (1, 2)) * 2)
    rng = np.random.default_rng(3)
    known = rng.uniform(-3, 3, skeleton.num_parameters)
    residual = unitary_residual(skeleton, skeleton.unitary(known))
    near = known + 0.05 * rng.normal(size=len(known))
    _, single = levenberg_marquardt(residual, near, tolerance=1e-13, iterations=30)
    _, stacked = search(residual, near[None], tolerance=1e-13, iterations=60)
    assert max(single, stacked) < 1e-12


def test_damping_that_drowns_in_the_square_of_the_jacobian_is_raised():
    """A square of two equal rows of ones is singular whatever is added below rounding: on any processor."""

    def residual(angles):
        together = angles.sum(axis=-1, keepdims=True) - 3.0
        jacobian = np.ones((len(angles), 2, 3))
        return 1e8 * np.concatenate([together, together], axis=-1), 1e8 * jacobian

    angles, norms = descend(residual, np.zeros((2, 3)), tolerance=1e-6, iterations=20, damping=1e-3)
    assert norms.max() < 1e-6
    assert np.allclose(angles.sum(axis=-1), 3.0)
