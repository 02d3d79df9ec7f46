"""Measure and correct: the same channel from one two-qubit gate, as circuits that run, on any target that can."""

import itertools

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import Operator, random_quantum_channel
from qiskit.transpiler import CouplingMap, Target

import qcoll
from qcoll.circuits.correction import CORRECT, append_measured_flip, flip_in, with_control_flow
from qcoll.circuits.discard import without_discarded
from qcoll.device import circuit_cost, map_collisions
from qcoll.model.random import random_model
from qcoll.run.channel import extract_channel
from qcoll.synthesis import sampled_circuits
from qcoll.synthesis.dense import kraus_operators
from qcoll.synthesis.extremal import extremal_circuit

LINE = GenericBackendV2(
    5, ["cz", "rz", "sx", "x", "reset"], coupling_map=CouplingMap.from_line(5), control_flow=True, seed=1
)
EXAMPLES = [qcoll.example_1(), qcoll.example_2(), qcoll.example_1(alpha=0.9, dt=0.8, kappa=0.8)]
RANDOM = [random_model(seed, num_ancilla_qubits=1 + seed % 2) for seed in range(4)]


def without_reset(target):
    part = Target(num_qubits=target.num_qubits, dt=target.dt, qubit_properties=target.qubit_properties)
    for name in target.operation_names:
        if name != "reset":
            operation = target.operation_from_name(name)
            part.add_instruction(operation, None if isinstance(operation, type) else target[name], name=name)
    return part


NO_RESET = without_reset(LINE.target)


def measured(model, n=1, **options):
    return qcoll.compile_collisions(model, n=n, synthesis="sampled", correction="measured", **options)


def paths(circuit):
    """The operators of a circuit on its qubits for every sequence of outcomes, by following the control flow."""
    size = circuit.num_qubits
    number = sum(item.operation.name == "measure" for item in circuit.data)
    for outcomes in itertools.product((0, 1), repeat=number):
        operator, bits, left = np.eye(2**size), {}, list(outcomes)
        for item in circuit.data:
            qubits = [circuit.find_bit(qubit).index for qubit in item.qubits]
            part = QuantumCircuit(size)
            if item.operation.name == "measure":
                bits[item.clbits[0]] = value = left.pop(0)
                keep = (np.arange(2**size) >> qubits[0] & 1) == value
                operator = keep[:, None] * operator
                continue
            if item.operation.name == "if_else":
                bit, value = item.operation.condition
                if bits[bit] == value:
                    part.compose(item.operation.blocks[0], qubits, inplace=True)
            elif item.operation.name != "barrier":
                part.append(item.operation, qubits)
            operator = Operator(part).data @ operator
        yield operator


def channel_of(circuit):
    """The system's channel with the ancilla from |0>, and the probability (times two) that it does not end there."""
    matrix, left = np.zeros((4, 4), dtype=complex), 0.0
    for operator in paths(circuit):
        for end in range(2 ** (circuit.num_qubits - 1)):
            kraus = operator[2 * end : 2 * end + 2, :2]
            matrix += np.kron(kraus.conj(), kraus)
            left += (end > 0) * np.abs(kraus) ** 2 @ np.ones(2) @ np.ones(2)
    return matrix, left


@pytest.mark.parametrize(
    "what",
    [
        *EXAMPLES,
        *RANDOM,
        *(random_quantum_channel(2, 2, rank=rank, seed=seed) for rank in (2, 3, 4) for seed in (1, 2)),
    ],
    ids=lambda what: getattr(what, "name", "channel"),
)
def test_the_mean_of_the_branches_is_the_channel(what):
    """Against the coherent circuits and the channel itself; the control flow is followed outcome by outcome."""
    found = np.zeros((4, 4), dtype=complex)
    drawn, coherent = (sampled_circuits(what, correction) for correction in ("measured", "coherent"))
    for (weight, circuit), (same, plain) in zip(drawn, coherent, strict=True):
        assert weight == same
        matrix, left = channel_of(with_control_flow(circuit, flip_in(None)))
        assert np.abs(matrix - channel_of(plain)[0]).max() < 1e-12
        assert left < 1e-24, "the ancilla is back in |0>"
        assert 2 * circuit.num_nonlocal_gates() == plain.num_nonlocal_gates()
        found += weight * matrix
    exact = sum(np.kron(kraus.conj(), kraus) for kraus in kraus_operators(what))
    assert np.abs(found - exact).max() < 1e-12


@pytest.mark.parametrize(("model", "mean"), [(EXAMPLES[0], 0.33), (EXAMPLES[1], 0.094)], ids=["example 1", "example 2"])
def test_the_mean_cost(model, mean):
    compiled = measured(model, n=1000, initial="0")
    cost = circuit_cost(map_collisions(compiled, LINE.target, seeds=[0]))
    assert cost.two_qubit_gates / 1000 == pytest.approx(mean, abs=0.005)
    assert cost.measurements == pytest.approx(cost.two_qubit_gates, rel=1e-12)
    assert cost.resets == 0
    assert np.abs(compiled.channel().data - qcoll.collision_channel(model).data).max() < 1e-12


def test_dephasing_takes_no_two_qubit_gate():
    dephasing = np.array([np.sqrt(0.7) * np.eye(2), np.sqrt(0.3) * np.diag([1, -1])], dtype=complex)
    circuit = extremal_circuit(dephasing, "measured")
    assert circuit.num_nonlocal_gates() == 0
    matrix, left = channel_of(with_control_flow(circuit, flip_in(None)))
    assert np.abs(matrix - np.diag([1, 0.4, 0.4, 1])).max() < 1e-12
    assert left < 1e-24


@pytest.mark.parametrize("ancillas", ["reset", "fresh"])
def test_the_circuit_is_a_plain_one(ancillas):
    compiled = measured(EXAMPLES[0], n=30, initial="+", ancillas=ancillas, seed=4)
    used = int(np.sum([compiled.pieces.branches[b].collision.num_nonlocal_gates() for b in compiled.draws()]))
    assert used > 3
    counts = compiled.circuit.count_ops()
    assert (counts["measure"], counts["if_else"], counts["cz"]) == (used, used, used)
    assert "reset" not in counts
    labels = [item.operation.label for item in compiled.circuit.data if item.operation.name == "barrier"]
    assert labels == [f"tick:{k}" for k in range(31)]
    assert [register.name for register in compiled.circuit.cregs] == ["outcome"]
    assert compiled.num_qubits == compiled.circuit.num_qubits == (2 if ancillas == "reset" else 1 + used)


@pytest.mark.parametrize("layout", [None, [0, 1], [3, 0]], ids=str)
@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_mapped_collisions_make_the_compiled_map(level, layout):
    """Also where swaps lie between system and ancilla, which both have to come home."""
    compiled = measured(EXAMPLES[2], n=3, initial="+")
    mapped = map_collisions(compiled, LINE.target, seeds=[2], optimization_level=level, layout=layout)
    assert np.abs(extract_channel(mapped).superop.data - compiled.channel().data).max() < 1e-8
    used = next(k for k, branch in enumerate(compiled.pieces.branches) if branch.collision.num_clbits)
    for drawn in ([used] * 3, [used, 0, used]):
        states = qcoll.run.aer.states_at_ticks([mapped.implicit_sequence(3, drawn)])[0]
        expected = compiled.initial_state
        for number, branch in enumerate(drawn, start=1):
            circuit = with_control_flow(compiled.pieces.branches[branch].collision, flip_in(None))
            matrix = channel_of(circuit)[0]
            expected = (matrix @ expected.T.reshape(-1)).reshape(2, 2).T
            joint = states[f"tick:{number}"].reshape(2, 2, 2, 2)
            assert np.abs(np.einsum("aiaj->ij", joint) - expected).max() < 1e-7
            assert abs(np.einsum("aiai->a", joint)[1]) < 1e-7


@pytest.mark.parametrize("target", [LINE.target, NO_RESET], ids=["reset", "no reset"])
def test_the_mapped_circuit_is_in_the_targets_gates(target):
    mapped = map_collisions(measured(EXAMPLES[0], n=12, initial="+", seed=4), target, seeds=[0])
    circuit = mapped.sequence()
    assert circuit.count_ops()["if_else"] == circuit.count_ops()["measure"] > 1
    assert "reset" not in circuit.count_ops()
    assert CORRECT not in [item.operation.label for item in circuit.data if item.operation.name == "barrier"]
    inner = [body for item in circuit.data if item.operation.name == "if_else" for body in item.operation.blocks]
    for part in (circuit, *inner):
        assert part.count_ops().keys() <= {*target.operation_names, "barrier"}


def test_flips_in_other_gates():
    flip = flip_in(["rz", "sx", "cz", "measure"])
    assert flip.count_ops().keys() <= {"rz", "sx"}
    assert Operator(flip).equiv(Operator.from_label("X"))
    mapped = map_collisions(measured(EXAMPLES[0], n=3), basis_gates=["rz", "sx", "cz"], seeds=[0], optimization_level=1)
    used = [len(mapped.compiled.pieces.branches) - 1] * 3
    body = next(item.operation.blocks[0] for item in mapped.sequence(3, used).data if item.operation.name == "if_else")
    assert body.count_ops().keys() <= {"rz", "sx"}


def test_flips_wait_for_a_stated_feedforward():
    costs = [
        circuit_cost(map_collisions(measured(EXAMPLES[0], n=10, initial="0", feedforward=t), LINE.target, seeds=[0]))
        for t in (0.0, 2e-6)
    ]
    assert costs[1].duration - costs[0].duration == pytest.approx(costs[0].measurements * 2e-6, rel=1e-3)


def test_flips_are_not_discarded():
    circuit = QuantumCircuit(3, 1)
    circuit.h(1)
    append_measured_flip(circuit, 0, 1)
    circuit.h(2)
    for ticks in (True, False):
        assert without_discarded(circuit, [0], ticks=ticks).count_ops() == {"h": 1, "measure": 1, "barrier": 1}


@pytest.mark.parametrize("level", ["trotter", "exact", "purified_channel", "channel"])
def test_other_levels_have_none(level):
    with pytest.raises(qcoll.InputError, match=f"goes with synthesis=.sampled., but synthesis is '{level}': leave"):
        qcoll.compile_collisions(EXAMPLES[0], n=1, synthesis=level, correction="measured")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"correction": "classical"}, "correction is 'classical', but must be one of 'coherent', 'measured'"),
        ({"correction": "measured", "ancillas": "alternating"}, "no reset to wait for: use ancillas=.reset."),
        ({"correction": "measured", "feedforward": -1e-6}, "feedforward is -1e-06, but must be a number of seconds"),
        ({"correction": "measured", "feedforward": "1 us"}, "feedforward must be a real number, but '1 us' was given"),
        ({"feedforward": 1e-6}, "nothing is fed forward with correction='coherent'"),
    ],
)
def test_bad_arguments_are_refused(options, message):
    with pytest.raises(qcoll.InputError, match=message):
        qcoll.compile_collisions(EXAMPLES[0], n=1, synthesis="sampled", **options)


def test_targets_without_control_flow_are_refused():
    plain = GenericBackendV2(3, ["cz", "rz", "sx", "x", "reset"], seed=1)
    with pytest.raises(
        qcoll.InputError, match=r"the target has no if_else, .*device with dynamic circuits, or compile"
    ):
        map_collisions(measured(EXAMPLES[0]), plain.target)


def test_a_way_over_other_qubits_needs_a_reset():
    with pytest.raises(qcoll.InputError, match=r"no reset, which qubits \[.*\] on the way .* need: give a layout"):
        map_collisions(measured(EXAMPLES[0], n=2, initial="0"), NO_RESET, layout=[3, 0], seeds=[0])


def test_circuits_are_not_cut_at_a_tick():
    mapped = map_collisions(measured(EXAMPLES[0], n=2, initial="0"))
    with pytest.raises(qcoll.InputError, match=r"not cut and merged at a tick: take sequence\(\), or compile with"):
        mapped.read_at("tick:1", 1)
