"""The whole circuit: layout, ticks, resets, initial states, and the map it makes."""

import numpy as np
import pytest
from qiskit.quantum_info import DensityMatrix, Statevector, partial_trace, random_density_matrix

import qcoll
from qcoll.compile.thermal import cx_count
from qcoll.model.random import random_models


def labels(circuit):
    return [item.operation.label for item in circuit.data if item.operation.name == "barrier"]


def test_one_register_layout_with_reset_ancillas():
    circuit = qcoll.compile_collisions(qcoll.example_2(), n=3).circuit
    assert [(register.name, register.size) for register in circuit.qregs] == [
        ("system", 1),
        ("ancilla", 2),
        ("purifier", 2),
        ("reference", 1),
    ]
    assert labels(circuit) == ["tick:0", "prepared:1", "tick:1", "prepared:2", "tick:2", "prepared:3", "tick:3"]
    assert circuit.count_ops()["reset"] == 8, "ancilla and purifier after the first two collisions"
    names = [item.operation.name for item in circuit.data]
    assert names[-1] == "barrier", "nothing happens after the last tick"


def test_fresh_ancillas_have_registers_of_their_own():
    compiled = qcoll.compile_collisions(qcoll.example_2(), n=2, initial="0", ancillas="fresh")
    names = [register.name for register in compiled.circuit.qregs]
    assert names == ["system", "ancilla1", "purifier1", "ancilla2", "purifier2"]
    assert "reset" not in compiled.circuit.count_ops()
    assert compiled.num_qubits == compiled.circuit.num_qubits == 9


@pytest.mark.parametrize("ancillas", ["reset", "fresh"])
@pytest.mark.parametrize("n", [1, 4])
def test_num_qubits_is_known_without_the_circuit(ancillas, n):
    compiled = qcoll.compile_collisions(qcoll.example_1(), n=n, ancillas=ancillas)
    assert compiled.num_qubits == compiled.circuit.num_qubits


def test_a_circuit_of_many_collisions_is_built_only_when_asked_for():
    compiled = qcoll.compile_collisions(qcoll.example_2(), n=10_000_000)
    assert compiled.num_qubits == 6
    assert "circuit" not in vars(compiled)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("dimension", [2, 4])
def test_mixed_initial_states_are_purified(seed, dimension):
    state = random_density_matrix(dimension, seed=seed)
    model = next(m for m in random_models(20, seed=1, largest=2) if m.num_system_qubits == dimension.bit_length() - 1)
    compiled = qcoll.compile_collisions(model, n=1, initial=state)
    vector = Statevector(compiled.initial.circuit)
    reduced = partial_trace(vector, range(model.num_system_qubits, vector.num_qubits))
    assert np.abs(reduced.data - state.data).max() < 1e-12


def test_pure_initial_states_need_no_reference():
    assert qcoll.compile_collisions(qcoll.example_2(), n=1, initial="+").num_qubits == 5


@pytest.mark.parametrize("model", [qcoll.example_1(), qcoll.example_2(), *random_models(6, seed=4)], ids=str)
def test_the_circuits_map_with_exact_synthesis_is_the_channel(model):
    compiled = qcoll.compile_collisions(model, n=1, synthesis="exact")
    assert np.abs(compiled.channel().data - qcoll.collision_channel(model).data).max() < 1e-12


def test_the_papers_collision_costs_thirteen_cx():
    """4 for the thermal state and 9 for a second-order collision, which has 11 with the ancilla's first evolution."""
    compiled = qcoll.compile_collisions(qcoll.example_2(), n=1, initial="0")
    assert cx_count(compiled.circuit) == 13


def test_steady_state_shift_does_not_grow_with_n():
    """The splitting shifts the fixed point once: by the error of one collision, not by n times it."""
    model = qcoll.example_2(alpha=0.4, dt=0.4)
    compiled = qcoll.compile_collisions(model, n=20_000)
    exact = qcoll.evolve(model, n=20_000, record=[2000, 20_000])
    split = qcoll.simulate(compiled, record=[2000, 20_000], method="iterated")
    distance = qcoll.compare(split, exact).trace_distance
    one = qcoll.compare(qcoll.simulate(qcoll.compile_collisions(model, n=1)), qcoll.evolve(model, n=1))
    assert distance[2] == pytest.approx(distance[1], rel=1e-3)
    assert distance[2] < 20 * one.trace_distance[1], "and not 20,000 times"
    shift = qcoll.circuit_channel(compiled).steady_state().data - qcoll.steady_state(model).data
    assert distance[2] == pytest.approx(np.abs(np.linalg.eigvalsh(shift)).sum() / 2, rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n, the number of collisions, must be a positive integer, but 0"),
        ({"n": 2.0}, "positive integer"),
        ({"ancillas": "old"}, "ancillas is 'old'"),
        ({"preparation": "x"}, "preparation is 'x'"),
        ({"synthesis": "x"}, "synthesis is 'x'"),
        ({"trotter_order": 5}, "one of 1, 2, 4, 6"),
        ({"initial": DensityMatrix.from_label("00")}, "dimension 4, but the system has 1 qubit"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(qcoll.InputError, match=message):
        qcoll.compile_collisions(qcoll.example_2(), **({"n": 2} | arguments))


def test_only_models_are_compiled():
    with pytest.raises(qcoll.InputError, match=r"must be a qcoll\.CollisionModel or a qcoll\.Cycle, but a str"):
        qcoll.compile_collisions("example2", n=2)


@pytest.mark.parametrize("ancillas", ["reset", "fresh"])
def test_sets_that_do_not_take_turns_are_refused_and_not_ignored(ancillas):
    with pytest.raises(qcoll.InputError, match=f'sets is 3, but with ancillas="{ancillas}" no sets take turns'):
        qcoll.compile_collisions(qcoll.example_2(), n=2, ancillas=ancillas, sets=3)
