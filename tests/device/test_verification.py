"""Transpiled circuits do what was written: the transpiler's rounding of short collisions is kept away."""

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.circuit.library import UnitaryGate
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import Operator, random_unitary
from qiskit.transpiler import CouplingMap

import qcoll
from qcoll.device.fakes import fake_backend
from qcoll.device.mapping import map_collisions
from qcoll.device.verification import UNROUNDED_LEVEL, difference, verified_transpile
from qcoll.run.channel import extract_channel

LINE = GenericBackendV2(7, ["cz", "rz", "sx", "x", "reset"], coupling_map=CouplingMap.from_line(7), seed=1)


def mixed_up(seed):
    """Gates between qubits that are far apart on a line, so that routing moves them."""
    circuit = QuantumCircuit(4)
    for k, pair in enumerate([(0, 3), (1, 2), (0, 2), (1, 3), (0, 1)]):
        circuit.append(UnitaryGate(random_unitary(4, seed=10 * seed + k)), pair)
    return circuit


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("level", range(4))
def test_verified_circuits_are_found_so_wherever_routing_takes_them(seed, level):
    circuit = mixed_up(seed)
    mapped = transpile(circuit, LINE, optimization_level=level, seed_transpiler=seed)
    assert difference(circuit, mapped, 4) < 1e-12
    assert difference(circuit, mapped, 2) < 1e-12


def test_the_difference_is_that_of_the_states():
    circuit, other = mixed_up(1), mixed_up(1)
    other.rx(1e-6, 2)
    other.rzz(1e-6, 0, 3)
    assert 1e-7 < difference(circuit, other, 4) < 2e-6
    phase = mixed_up(1)
    phase.global_phase = 0.7
    assert difference(circuit, phase, 4) < 1e-13


def test_rounded_circuits_are_transpiled_again():
    circuit = QuantumCircuit(2)
    circuit.rxx(1e-5, 0, 1)
    levels = []

    def transpiled(level):
        levels.append(level)
        return transpile(circuit, basis_gates=["u", "cz"], optimization_level=level)

    mapped, level = verified_transpile(circuit, transpiled, 3, 2)
    assert levels == [3, UNROUNDED_LEVEL]
    assert level == UNROUNDED_LEVEL
    assert difference(circuit, mapped, 2) < 1e-12
    levels.clear()
    assert verified_transpile(circuit, transpiled, 0, 2)[1] == 0
    assert levels == [0]


@pytest.mark.parametrize(("error", "level"), [(2e-6, 3), (2e-7, UNROUNDED_LEVEL), (1e-12, UNROUNDED_LEVEL)])
def test_level_1_is_taken_only_if_it_is_closer(error, level):
    """A generic unitary is rounded at every level; there the longer circuit would be no better."""

    def turned(angle):
        circuit = QuantumCircuit(2)
        circuit.rzz(angle, 0, 1)
        return circuit

    made = {3: turned(0.3 + 1e-5), UNROUNDED_LEVEL: turned(0.3 + error)}
    assert verified_transpile(turned(0.3), made.get, 3, 2) == (made[level], level)


def gates(mapped):
    return [piece.num_nonlocal_gates() for piece in (mapped.initial, *(branch.first for branch in mapped.branches))]


@pytest.mark.parametrize(
    ("ancillas", "preparation"),
    [("reset", "purified"), ("alternating", "purified"), ("fresh", "purified"), ("reset", "sampled")],
)
def test_a_mapped_circuit_says_which_level_it_is_from(ancillas, preparation):
    """Of the four circuits of sampled eigenstates two are rounded and two are not: the lowest level counts."""
    short = qcoll.example_2(alpha=0.1, dt=1e-4)
    compiled = qcoll.compile_collisions(short, n=1, ancillas=ancillas, preparation=preparation)
    options = {"basis_gates": ["u", "cz", "reset"], "seeds": [0]}
    mapped = map_collisions(compiled, **options)
    rounded = map_collisions(compiled, **options, verify=False)
    assert (mapped.optimization_level, rounded.optimization_level) == (UNROUNDED_LEVEL, 3)
    assert sum(gates(rounded)) < sum(gates(mapped))


@pytest.mark.parametrize("synthesis", ["trotter", "exact", "purified_channel", "channel"])
@pytest.mark.parametrize("example", [qcoll.example_1, qcoll.example_2])
def test_very_short_collisions_survive_mapping(example, synthesis):
    """The change that one collision makes, 1e-5 and less, is there on a device to a part in ten thousand."""
    compiled = qcoll.compile_collisions(example(alpha=0.1, dt=1e-4), n=2, synthesis=synthesis)
    mapped = map_collisions(compiled, LINE.target, seeds=range(2))
    error = np.abs(extract_channel(mapped).superop.data - compiled.channel().data).max()
    assert error < 1e-10


@pytest.mark.parametrize("level", ["exact", "absorbed", "purified_channel", "channel"])
@pytest.mark.parametrize("model", [qcoll.example_1(), qcoll.example_2()], ids=["example 1", "example 2"])
def test_qiskit_leaves_the_default_examples_exact(model, level):
    """Two phases that cancel, a millionth each, were left apart; Qiskit drops one of them where the other stays."""
    options = {"synthesis": "exact", "preparation": level} if level == "absorbed" else {"synthesis": level}
    circuit = qcoll.compile_collisions(model, 1, "0", **options).circuit
    backend = fake_backend("FakeTorino")
    for optimization in (1, 2, 3):
        mapped = transpile(circuit, backend, optimization_level=optimization, seed_transpiler=0)
        assert np.abs(system_map(mapped) - qcoll.collision_channel(model).data).max() < 1e-10


def system_map(mapped):
    """The superoperator on the first virtual qubit of a mapped circuit whose qubits start in |0>, without resets."""
    touched = {mapped.find_bit(q).index for item in mapped.data if item.name != "barrier" for q in item.qubits}
    first, last = (mapped.layout.initial_index_layout()[0], mapped.layout.final_index_layout()[0])
    others = sorted(touched - {first})
    place = {index: k for k, index in enumerate([first, *others])}
    circuit = QuantumCircuit(len(place))
    for item in mapped.data:
        if item.name != "barrier":
            circuit.append(item.operation, [place[mapped.find_bit(q).index] for q in item.qubits])
    columns = Operator(circuit).data[:, :2].reshape([2] * len(place) + [2])
    kraus = np.moveaxis(columns, len(place) - 1 - place[last], -2).reshape(-1, 2, 2)
    return sum(np.kron(k.conj(), k) for k in kraus)
