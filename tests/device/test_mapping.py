"""One compiled collision on a target, repeated: the same map, the system back home, nothing transpiled twice."""

import numpy as np
import pytest
from qiskit import transpile
from qiskit.circuit.library import CZGate
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import CouplingMap, Target

import qcoll
from qcoll.device import circuit_cost, mapper
from qcoll.device.fakes import fake_backend
from qcoll.device.mapping import map_collisions
from qcoll.device.target import restricted
from qcoll.model.random import random_model
from qcoll.run.channel import extract_channel

LINE = GenericBackendV2(8, ["cz", "rz", "sx", "x", "reset"], coupling_map=CouplingMap.from_line(8), seed=1)
GRID = GenericBackendV2(9, ["ecr", "rz", "sx", "x", "reset"], coupling_map=CouplingMap.from_grid(3, 3), seed=2)
MODELS = [
    qcoll.example_1(alpha=0.4, dt=0.3),
    qcoll.example_2(alpha=0.4, dt=0.3),
    random_model(1, num_ancilla_qubits=1),
    random_model(2, num_system_qubits=2, num_ancilla_qubits=1),
]


@pytest.mark.parametrize("target", [LINE.target, GRID.target], ids=["line", "grid"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_mapped_collisions_make_the_compiled_map(model, target):
    compiled = qcoll.compile_collisions(model, n=2)
    mapped = map_collisions(compiled, target, seeds=range(3))
    channel = extract_channel(mapped)
    assert np.abs(channel.superop.data - compiled.channel().data).max() < 1e-10


@pytest.mark.parametrize("level", [0, 1, 3])
@pytest.mark.parametrize("seed", range(4))
def test_the_system_comes_home_whatever_the_routing_did(seed, level):
    """On a line example 1 needs swaps; every seed must end where it began, or the second collision goes wrong."""
    model = qcoll.example_1(alpha=0.4, dt=0.3)
    compiled = qcoll.compile_collisions(model, n=3)
    mapped = map_collisions(compiled, LINE.target, seeds=[seed], optimization_level=level)
    states = qcoll.run.aer.states_at_ticks([mapped.sequence()])[0]
    ideal = qcoll.simulate(compiled).states
    for number in range(4):
        state = states[f"tick:{number}"]
        reduced = np.einsum("aiaj->ij", state.reshape(len(state) // 2, 2, len(state) // 2, 2))
        assert np.abs(reduced - ideal[number]).max() < 1e-7


def test_ticks_survive_and_are_numbered():
    compiled = qcoll.compile_collisions(qcoll.example_2(), n=4)
    for level in range(4):
        circuit = map_collisions(compiled, LINE.target, seeds=[0], optimization_level=level).sequence()
        found = [item.operation.label for item in circuit.data if item.operation.name == "barrier"]
        assert found == ["tick:0", *(f"{kind}:{k}" for k in range(1, 5) for kind in ("prepared", "tick"))]


@pytest.mark.parametrize("level", range(4))
def test_ticks_survive_a_users_own_transpilation(level):
    circuit = qcoll.compile_collisions(qcoll.example_2(), n=3).circuit
    mapped = transpile(circuit, LINE, optimization_level=level, seed_transpiler=1)
    ticks = [item.operation.label for item in mapped.data if item.operation.name == "barrier"]
    assert [tick for tick in ticks if tick.startswith("tick")] == ["tick:0", "tick:1", "tick:2", "tick:3"]


def test_only_one_body_per_seed_is_transpiled(monkeypatch):
    calls = []
    monkeypatch.setattr(mapper, "transpile", lambda *args, **options: calls.append(1) or transpile(*args, **options))
    counts = []
    for n in (2, 200):
        calls.clear()
        map_collisions(qcoll.compile_collisions(qcoll.example_2(), n=n), LINE.target, seeds=range(3))
        counts.append(len(calls))
    assert counts[0] == counts[1] > 0


def test_delays_fill_every_gap_of_the_schedule():
    target = qcoll.device.noise.resolve_noise({"t1": 1e-4, "t2": 1e-4}, 6).target
    compiled = qcoll.compile_collisions(qcoll.example_2(), n=2)
    scheduled = map_collisions(compiled, target, layout=range(6), seeds=[0])
    unscheduled = map_collisions(compiled, target, layout=range(6), seeds=[0], schedule=False)
    assert "delay" not in unscheduled.sequence().count_ops()
    lengths = []
    for qubit in range(6):
        total = 0
        for item in scheduled.period.data:
            if scheduled.period.qubits[qubit] in item.qubits and item.operation.name != "barrier":
                operation = item.operation
                if operation.name == "delay":
                    total += operation.duration
                else:
                    indices = tuple(scheduled.period.find_bit(q).index for q in item.qubits)
                    total += round(target[operation.name][indices].duration / target.dt)
        lengths.append(total)
    busy = [length for length in lengths if length]
    assert len(set(busy)) == 1, f"all qubits in use are accounted for to the end: {lengths}"


def test_a_restricted_target_keeps_the_properties():
    part = restricted(LINE.target, [3, 2])
    assert part.num_qubits == 2
    assert part["cz"][(0, 1)].error == LINE.target["cz"][(3, 2)].error
    assert part["sx"][(1,)].duration == LINE.target["sx"][(2,)].duration
    assert part.qubit_properties[0].t1 == LINE.target.qubit_properties[3].t1
    assert (0, 2) not in part["cz"]


def without_reset(target):
    bare = Target(num_qubits=target.num_qubits)
    for name in target.operation_names:
        if name not in ("reset", "delay", "measure"):
            bare.add_instruction(target.operation_from_name(name), target[name], name=name)
    return bare


def test_a_target_without_reset_is_refused_with_a_way_out():
    bare = without_reset(LINE.target)
    with pytest.raises(qcoll.InputError, match=r"no reset.*ancillas='fresh' \(4 new qubits per collision\)"):
        map_collisions(qcoll.compile_collisions(qcoll.example_2(), n=2), bare)
    mapped = map_collisions(qcoll.compile_collisions(qcoll.example_2(), n=1, initial="0"), bare, seeds=[0])
    assert mapped.sequence().count_ops().keys() <= {"rz", "sx", "x", "cz", "barrier", "delay"}


def test_a_target_too_small_is_refused():
    small = GenericBackendV2(4, ["cz", "rz", "sx", "x", "reset"], seed=1).target
    with pytest.raises(qcoll.InputError, match="the circuit needs 5 qubits, but the target has 4"):
        map_collisions(qcoll.compile_collisions(qcoll.example_2(), n=2), small)


def test_a_target_without_a_size_is_refused():
    endless = Target.from_configuration(["cx", "rz", "sx", "x", "reset"])
    with pytest.raises(qcoll.InputError, match="does not say how many qubits it has"):
        map_collisions(qcoll.compile_collisions(qcoll.example_2(), n=2), endless)


def test_fresh_ancillas_are_mapped_whole():
    compiled = qcoll.compile_collisions(qcoll.example_2(), n=1, initial="0", ancillas="fresh")
    mapped = map_collisions(compiled, LINE.target, seeds=[0, 1])
    assert not mapped.periodic
    with pytest.raises(qcoll.InputError, match="mapped for n = 1"):
        mapped.sequence(2)
    with pytest.raises(qcoll.InputError, match="no one channel can be iterated"):
        extract_channel(mapped)


JOINT = ["trotter", "exact"]


@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("target", [None, GRID.target], ids=["as compiled", "grid"])
@pytest.mark.parametrize("level", [*JOINT, "purified_channel", "channel"])
def test_alternating_ancillas_make_the_same_states(level, target, n):
    """Without noise it does not matter on which qubits the next ancilla is prepared, or when."""
    model = qcoll.example_2(alpha=0.8, kappa=0.7, dt=0.4)
    alternating, one_set = (
        qcoll.compile_collisions(model, n=n, initial="+", synthesis=level, ancillas=ancillas)
        for ancillas in ("alternating", "reset")
    )
    mapped = map_collisions(alternating, target, seeds=[0])
    states = qcoll.run.aer.states_at_ticks([mapped.sequence()])[0]
    ideal = qcoll.run.aer.states_at_ticks([map_collisions(one_set, schedule=False).sequence()])[0]
    assert set(states) == set(ideal)
    for label, state in ideal.items():
        assert np.abs(states[label] - state).max() < 1e-7


@pytest.mark.parametrize("level", ["trotter", "channel"])
def test_alternating_ancillas_hide_resets(level):
    """A sequence takes less time on a device, and every set is reset before it is used again."""
    target = fake_backend("FakeTorino").target
    model = qcoll.example_2(alpha=1.0, dt=0.5)
    costs = {}
    for ancillas in ("reset", "alternating"):
        compiled = qcoll.compile_collisions(model, n=10, initial="0", synthesis=level, ancillas=ancillas)
        costs[ancillas] = circuit_cost(map_collisions(compiled, target, seeds=range(3)))
    assert costs["alternating"].duration < 0.75 * costs["reset"].duration
    assert costs["alternating"].qubits > costs["reset"].qubits
    assert costs["alternating"].resets >= 8 * compiled.pieces.num_fresh


def test_alternating_ancillas_need_resets_and_one_circuit():
    model = qcoll.example_2()
    with pytest.raises(qcoll.InputError, match="has no reset, which alternating ancillas need"):
        map_collisions(qcoll.compile_collisions(model, n=4, ancillas="alternating"), without_reset(GRID.target))
    mapped = map_collisions(qcoll.compile_collisions(model, n=4, ancillas="alternating"), schedule=False)
    with pytest.raises(qcoll.InputError, match="alternating ancillas were mapped for n = 4"):
        mapped.sequence(3)


def test_the_layout_is_the_best_of_the_seeds():
    compiled = qcoll.compile_collisions(qcoll.example_1(), n=2)
    pairs = [
        sum(isinstance(item.operation, CZGate) for item in map_collisions(compiled, LINE.target, seeds=[s]).first.data)
        for s in range(5)
    ]
    best = map_collisions(compiled, LINE.target, seeds=range(5))
    assert best.seed in range(5)
    assert sum(isinstance(item.operation, CZGate) for item in best.first.data) in pairs


def test_a_device_is_a_target_a_backend_or_a_name():
    """All three say the same, and the circuit on the device's own qubits uses gates and pairs that the device has."""
    backend = fake_backend("FakeKingston")
    compiled = qcoll.compile_collisions(qcoll.example_2(dt=0.5), n=2, initial="0", synthesis="channel")
    ways = [map_collisions(compiled, device, seeds=[0]) for device in (backend.target, backend, "fake_kingston")]
    circuits = [mapped.on_device(backend.num_qubits) for mapped in ways]
    assert circuits[0] == circuits[1] == circuits[2]
    for instruction in circuits[0].data:
        if instruction.operation.name != "barrier":
            qubits = tuple(circuits[0].find_bit(qubit).index for qubit in instruction.qubits)
            assert backend.target.instruction_supported(instruction.operation.name, qubits)
    assert len(repr(ways[0])) < 120


@pytest.mark.parametrize(("device", "said"), [(7, "target is a int"), ("FakeKingsten", "did you mean FakeKingston")])
def test_no_device_is_refused_in_words(device, said):
    compiled = qcoll.compile_collisions(qcoll.example_2(), n=1, initial="0")
    with pytest.raises(qcoll.InputError, match=said):
        map_collisions(compiled, device)
