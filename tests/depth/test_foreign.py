"""Other compilers: what they return is verified, put back on its qubits and counted; wrong answers are not."""

import dataclasses

import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.transpiler import CouplingMap

import qcoll
from qcoll.depth import COMPILERS, grid, measure
from qcoll.depth.compilers import Routed

OPTIONS = {"models": ["example2-strong"], "synthesis": ["channel"], "seeds": 2, "collisions": 4, "optimization": [1]}


class Stub:
    """A compiler made of Qiskit's transpiler, that may err.

    It may move the system, leave out the last two-qubit gate, or flip the ancilla's first qubit at the end.
    """

    package = "qiskit"
    efforts = (1,)
    native = False

    def __init__(self, *, moves=False, forgets=False, spoils=False):
        self.moves, self.forgets, self.spoils = moves, forgets, spoils

    def version(self):
        return "1.0"

    def route(self, circuit, size, coupling, effort, seed):
        both = [pair for a, b in coupling for pair in ((a, b), (b, a))]
        routed = transpile(
            circuit,
            coupling_map=CouplingMap(both),
            basis_gates=["cx", "u"],
            optimization_level=1,
            seed_transpiler=seed,
        )
        start = routed.layout.initial_index_layout(filter_ancillas=True)
        end = routed.layout.final_index_layout(filter_ancillas=True)
        plain = QuantumCircuit(size)
        last = max(index for index, item in enumerate(routed.data) if len(item.qubits) == 2)
        for index, item in enumerate(routed.data):
            if self.forgets and index == last:
                continue
            plain.append(item.operation, [routed.find_bit(qubit).index for qubit in item.qubits])
        if self.spoils:
            plain.x(end[1])
        if self.moves:
            other = next(b if a == end[0] else a for a, b in coupling if end[0] in (a, b))
            plain.swap(end[0], other)
            moved = {end[0]: other, other: end[0]}
            end = [moved.get(qubit, qubit) for qubit in end]
        return Routed(plain, tuple(start), tuple(end))


@pytest.fixture
def registered(monkeypatch):
    def add(**options):
        monkeypatch.setitem(COMPILERS._entries, "stub", Stub(**options))
        return grid(**OPTIONS, targets=["line"], compilers=["stub"])[0]

    return add


def test_a_right_answer_is_counted(registered):
    row = measure(registered())
    assert row["distance"]["channel"] < 1e-10
    assert min(row["slope"]["two_qubit_gates"]) >= 3
    assert row["slope"]["resets"] == [2.0, 2.0]
    assert row["slope"]["duration"][0] > 2e-6  # a reset alone
    assert 0 < row["distance"]["noisy"] < 1


def test_a_system_that_was_moved_is_brought_home(registered):
    still, moved = measure(registered()), measure(registered(moves=True))
    assert moved["distance"]["channel"] < 1e-10
    for before, after in zip(still["slope"]["two_qubit_gates"], moved["slope"]["two_qubit_gates"], strict=True):
        assert after == before + 6  # the swap away and the swap home


def test_a_wrong_answer_is_refused(registered):
    row = measure(registered(forgets=True))
    assert "the output differs from the input: diamond-norm distance" in row["refused"]


@pytest.mark.parametrize("synthesis", ["trotter", "exact", "naive"])
def test_a_wrong_ancilla_is_refused_where_it_is_kept(registered, synthesis):
    """A gate on the ancilla alone, after the collision, does not change the system's channel."""
    case = dataclasses.replace(registered(), synthesis=synthesis)
    if synthesis == "trotter":
        case = dataclasses.replace(case, trotter_order=2, trotter_steps=1)
    assert measure(case)["distance"]["channel"] < 0.1
    registered(spoils=True)
    assert "of the joint state of system and ancilla" in measure(case)["refused"]
    if synthesis == "trotter":
        alone = measure(dataclasses.replace(case, keep="system"))
        assert "refused" not in alone


def test_the_last_gate_of_a_collision_may_be_on_the_ancilla_alone(registered):
    """Where the joint state is kept it must be there: it is the cheaper row that would win."""
    case = dataclasses.replace(registered(forgets=True), synthesis="exact")
    assert "of the joint state" in measure(case)["refused"]


def test_drawn_collisions_and_fresh_ancillas_are_refused(registered):
    case = registered()
    assert "is sampled from" in measure(dataclasses.replace(case, synthesis="sampled"))["refused"]
    assert "fresh ancillas do not repeat" in measure(dataclasses.replace(case, ancillas="fresh"))["refused"]


@pytest.mark.parametrize("name", ["pytket", "bqskit"])
@pytest.mark.parametrize("target", ["all-to-all", "line"])
def test_installed_compilers_are_verified(name, target):
    pytest.importorskip(name)
    (case,) = grid(**(OPTIONS | {"seeds": 1}), targets=[target], compilers=[name])
    row = measure(case)
    assert row["distance"]["channel"] < 1e-5
    assert row["slope"]["two_qubit_gates"][0] >= 3


@pytest.mark.parametrize("name", ["pytket", "bqskit"])
def test_absent_compilers_say_what_to_do(name, monkeypatch):
    monkeypatch.setattr(COMPILERS.find(name), "package", f"no-{name}", raising=False)
    with pytest.raises(qcoll.MissingExtraError, match=f"pip install no-{name}"):
        COMPILERS.find(name).version()


def test_all_compilers_are_placed_alike(registered):
    """Same gates, same noise: a compiler is not judged by the qubits that it happened to choose."""
    options = OPTIONS | {"targets": ["FakeTorino"], "seeds": 1, "collisions": 50}
    registered()
    own, other = (measure(grid(**options, compilers=[name])[0]) for name in ("qiskit", "stub"))
    assert own["slope"]["two_qubit_gates"] == other["slope"]["two_qubit_gates"] == [3.0]
    assert other["distance"]["noisy"] == pytest.approx(own["distance"]["noisy"], rel=0.1)
