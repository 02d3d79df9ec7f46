"""Targets with fractional gates get circuits that use them: the same collision in fewer two-qubit gates."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from qiskit.circuit import Measure, Parameter, Reset
from qiskit.circuit.library import CZGate, RXGate, RZGate, RZZGate, SXGate, XGate
from qiskit.quantum_info import Operator, random_unitary
from qiskit.transpiler import Target

import qcoll
from qcoll.compile.fractional import with_fractional_gates
from qcoll.device import circuit_cost, map_collisions
from qcoll.device.fractional import with_fractional_gates_of
from qcoll.run.channel import extract_channel
from qcoll.synthesis.dense import on_ancilla
from qcoll.synthesis.fit import largest_difference, search, unitary_residual
from qcoll.synthesis.fractional import RotationSkeleton, fractional_circuit, largest_angle
from qcoll.synthesis.skeleton import Preceded

STRONG = {"kappa": 1.0, "alpha": 1.0, "beta": 2.0, "dt": 0.5}


def connected(*, fractional):
    """Every pair of six qubits, with CZ, and with RZZ beside it."""
    angle, pairs = Parameter("angle"), {(a, b): None for a in range(6) for b in range(6) if a != b}
    target = Target(num_qubits=6)
    for gate in (RZGate(angle), SXGate(), XGate(), RXGate(angle), Reset(), Measure()):
        target.add_instruction(gate, {(qubit,): None for qubit in range(6)})
    target.add_instruction(CZGate(), dict(pairs))
    if fractional:
        target.add_instruction(RZZGate(angle), dict(pairs))
    return target


def test_derivatives_are_those_of_the_matrix():
    skeleton, rng = RotationSkeleton(3, ((0, 1), (2, 1))), np.random.default_rng(1)
    angles, step = rng.uniform(-3, 3, skeleton.num_parameters), 1e-6
    unitary, moved = skeleton.heisenberg(angles)
    for k, shift in enumerate(np.eye(len(angles)) * step):
        slope = (skeleton.unitary(angles + shift) - skeleton.unitary(angles - shift)) / (2 * step)
        np.testing.assert_allclose(slope, -0.5j * unitary @ moved[k], atol=1e-8)


def test_any_three_qubits_take_eleven_with_angles_in_range():
    unitary = random_unitary(8, seed=1).data
    circuit = fractional_circuit(unitary)
    assert circuit.count_ops()["rzz"] == circuit.num_nonlocal_gates() == 11
    assert largest_difference(Operator(circuit).data, unitary) < 1e-10
    angles = [item.operation.params[0] for item in circuit.data if item.operation.name == "rzz"]
    assert min(angles) >= 0
    assert largest_angle(circuit) <= math.pi / 2 + 1e-12


CASES = [(qcoll.example_2, "exact", 6), (qcoll.example_2, "trotter", 6)]


@pytest.mark.parametrize(("example", "synthesis", "most"), CASES, ids=lambda item: getattr(item, "__name__", item))
def test_collisions_are_the_same_in_fewer_gates(example, synthesis, most):
    compiled = qcoll.compile_collisions(example(**STRONG), 2, "0", synthesis=synthesis)
    shorter = with_fractional_gates(compiled)
    assert (
        shorter.collision.num_nonlocal_gates() <= most < compiled.collision.decompose("xx_plus_yy").num_nonlocal_gates()
    )
    assert largest_difference(shorter.collision_unitary(), compiled.collision_unitary()) < 1e-10
    np.testing.assert_allclose(shorter.channel().data, compiled.channel().data, atol=1e-10)


def test_a_target_with_fractional_gates_gets_them():
    compiled = qcoll.compile_collisions(qcoll.example_2(**STRONG), 4, "0", synthesis="exact")
    mapped = [map_collisions(compiled, connected(fractional=own), seeds=[0]) for own in (False, True)]
    costs = [circuit_cost(each).two_qubit_gates / 4 for each in mapped]
    assert costs == [12, 10]  # four of them are the preparation
    assert "rzz" in mapped[1].operations
    angles = [
        float(item.operation.params[0]) for item in mapped[1].branches[0].period.data if item.operation.name == "rzz"
    ]
    assert min(angles) >= 0
    assert max(angles) <= math.pi / 2 + 1e-12
    exact = qcoll.collision_channel(compiled.model).data
    np.testing.assert_allclose(extract_channel(mapped[1]).superop.data, exact, atol=1e-10)


def test_on_the_calibration_of_a_device():
    device = with_fractional_gates_of("FakeKingston")
    assert device.target["rzz"][1, 0].duration == pytest.approx(68e-9)
    run = qcoll.simulate(
        qcoll.compile_collisions(qcoll.example_2(**STRONG), 3, "0", synthesis="exact"), noise=device, seeds=[0]
    )
    assert "rzz" in run.mapped.operations
    sources = qcoll.compare(run, qcoll.evolve(run.model, 3, "0")).sources
    assert sources["mapping"].max() < 1e-9
    assert sources["noise"][-1] > 1e-3
    with pytest.raises(qcoll.InputError, match="has no RZZ gates"):
        with_fractional_gates_of("FakeMiami")


@pytest.mark.parametrize("synthesis", ["exact", "trotter"])
@pytest.mark.parametrize("example", [qcoll.example_1, qcoll.example_2])
def test_no_fewer_than_three_by_operator_schmidt_ranks(example, synthesis):
    """RZZ = cos - i sin ZZ doubles the rank of the two cuts that it crosses at most; each of three cuts needs 4."""
    compiled = qcoll.compile_collisions(example(**STRONG), 1, "0", synthesis=synthesis)
    legs = np.asarray(compiled.collision_unitary()).reshape((2,) * 6)
    for qubit in range(3):
        own = [qubit, qubit + 3]
        others = [leg for leg in range(6) if leg not in own]
        weights = np.linalg.svd(legs.transpose(own + others).reshape(4, 16), compute_uv=False)
        assert weights.min() > 1e-3


def test_three_are_not_enough_for_example_2():
    """Of all orders of one gate on each pair, the only ones that cross every cut twice; phases of H_A are free."""
    compiled = qcoll.compile_collisions(qcoll.example_2(**STRONG), 1, "0", synthesis="exact")
    vectors = np.linalg.eigh(np.asarray(compiled.prepared_state().data))[1]
    first, rng = on_ancilla(vectors, 1), np.random.default_rng(3)
    target, norms = np.asarray(compiled.collision_unitary()) @ first, []
    for placements in itertools.permutations([(0, 1), (0, 2), (1, 2)]):
        skeleton = RotationSkeleton(3, placements)
        residual = unitary_residual(Preceded(skeleton, first), target, 4)
        starts = rng.uniform(-np.pi, np.pi, (4, skeleton.num_parameters))
        norms.append(search(residual, starts, tolerance=1e-9, iterations=60)[1])
    assert min(norms) > 0.5
