"""Rows against numbers that were got another way: built circuits, direct runs, single states."""

import dataclasses
import importlib
import statistics

import numpy as np
import pytest
from qiskit import transpile

import qcoll
from qcoll.depth import grid, levels, measure
from qcoll.depth.baseline import naive_collisions
from qcoll.depth.case import load_model
from qcoll.depth.report import markdown
from qcoll.depth.targets import load_target
from qcoll.device import map_collisions
from qcoll.run.aer import states_at_ticks
from qcoll.run.channel import whole_channel
from qcoll.run.comparison import trace_distance

measuring = importlib.import_module("qcoll.depth.measurement")

SMALL = {"models": ["example2-strong"], "optimization": [3], "seeds": 2, "collisions": 6}


@pytest.fixture(scope="module")
def line_rows():
    cases = grid(**SMALL, synthesis=levels(), orders=[1, 2], targets=["line"])
    return {case.label: measure(case) for case in cases}


@pytest.mark.parametrize("level", [level for level in levels() if level != "sampled"])
def test_slope_and_offset_give_the_cost_of_a_built_circuit(line_rows, level):
    row = line_rows["trotter 2x1" if level == "trotter" else level]
    compiled = qcoll.compile_collisions(qcoll.depth.models.MODELS.find(row["model"])(), 7, "0", synthesis=level)
    target = load_target("line").target
    for index, seed in enumerate(row["seeds"]):
        mapped = map_collisions(compiled, target, seeds=[seed])
        circuit = mapped.sequence()
        counted = {
            "two_qubit_gates": circuit.num_nonlocal_gates(),
            "resets": circuit.count_ops()["reset"],
            "duration": circuit.estimate_duration(mapped.target, unit="s"),
        }
        for metric, value in counted.items():
            assert row["offset"][metric][index] + 7 * row["slope"][metric][index] == pytest.approx(value)


def test_sampled_collisions_cost_their_mean(line_rows):
    compiled = grid(**SMALL, synthesis=["sampled"], targets=["line"])[0].compiled()
    mean = sum(branch.probability * branch.collision.num_nonlocal_gates() for branch in compiled.pieces.branches)
    assert line_rows["sampled"]["slope"]["two_qubit_gates"] == pytest.approx([mean] * 2)


def test_levels_are_exact_but_for_the_product_formula(line_rows):
    for label, row in line_rows.items():
        if label.startswith("trotter"):
            assert 1e-6 < row["distance"]["channel"] < 0.1
        else:
            assert row["distance"]["channel"] < 1e-10
            assert row["distance"]["steady_state"] < 1e-9
    assert line_rows["trotter 2x1"]["distance"]["channel"] < line_rows["trotter 1x1"]["distance"]["channel"] / 3


def test_fewer_gates_end_closer_under_noise(line_rows):
    order = ["trotter 2x1", "purified_channel", "channel"]
    gates = [statistics.median(line_rows[label]["slope"]["two_qubit_gates"]) for label in order]
    noisy = [line_rows[label]["distance"]["noisy"] for label in order]
    assert gates == sorted(gates, reverse=True)
    assert noisy == sorted(noisy, reverse=True)


@pytest.mark.parametrize("initial", ["0", "1", "+", "r"])
def test_no_direct_noisy_run_is_further_off_than_the_row_says(line_rows, initial):
    """The reported distance is the largest over initial states, of a run with the kept seed."""
    row = line_rows["channel"]
    model = qcoll.depth.models.MODELS.find(row["model"])()
    compiled = qcoll.compile_collisions(model, 6, initial, synthesis="channel")
    noisy = qcoll.simulate(compiled, load_target("line"), method="direct", seeds=[row["kept_seed"]])
    exact = qcoll.evolve(model, 6, initial)
    distance = float(trace_distance(noisy.states[-1:], exact.states[-1:])[0])
    assert distance < row["distance"]["noisy"] + 2e-3  # the preparation of the initial state is noisy here, too
    if initial == "1":
        assert distance > 0.5 * row["distance"]["noisy"]


def test_one_ideal_collision_moves_no_state_further_than_the_row_says(line_rows):
    row = line_rows["trotter 1x1"]
    model = qcoll.depth.models.MODELS.find(row["model"])()
    circuit = qcoll.compile_collisions(model, 1, trotter_order=1).channel().data
    difference = (circuit - qcoll.collision_channel(model).data).reshape(2, 2, 2, 2)
    rng = np.random.default_rng(5)
    largest = 0.0
    for _ in range(300):
        vector = rng.normal(size=2) + 1j * rng.normal(size=2)
        vector /= np.linalg.norm(vector)
        image = np.einsum("jilk,kl->ij", difference, np.outer(vector, vector.conj()))
        largest = max(largest, np.abs(np.linalg.eigvalsh(image)).sum() / 2)
    assert 0.7 * row["distance"]["channel"] < largest <= row["distance"]["channel"] * (1 + 1e-9)


def test_fresh_ancillas_have_costs_but_no_period():
    (case,) = grid(**SMALL, synthesis=["channel"], targets=["all-to-all"], ancillas=["fresh"])
    row = measure(case)
    assert row["slope"]["resets"] == [0.0, 0.0]
    assert row["slope"]["two_qubit_gates"] == [3.0, 3.0]
    assert row["qubits"] == [9, 9]
    assert row["distance"]["noisy"] is None
    assert row["distance"]["channel"] < 1e-12


@pytest.fixture
def short(monkeypatch):
    """A model whose two-qubit gates Qiskit rounds where nobody compares: 17 qubits with fresh ancillas."""
    model = qcoll.example_2(alpha=0.1, dt=0.01)
    monkeypatch.setitem(qcoll.depth.models.MODELS._entries, "short", lambda: model)
    yield model
    load_model.cache_clear()


def test_the_error_is_that_of_the_mapped_circuit(short):
    options = {"models": ["short"], "synthesis": ["exact"], "keeps": ["system"], "ancillas": ["fresh"], "seeds": 1}
    (case,) = grid(**(SMALL | options), targets=["FakeTorino"], preparations=["purified"])
    row = measure(case)
    compiled = qcoll.compile_collisions(short, 4, "+", synthesis="exact", ancillas="fresh", keep="system")
    mapped = map_collisions(compiled, load_target("FakeTorino").target, seeds=[0])
    (direct,) = states_at_ticks([mapped.implicit_sequence()])  # nothing is reset: the state vector of all qubits
    off = float(trace_distance(direct["tick:4"], qcoll.evolve(short, 4, "+").states[-1]))
    assert 1e-7 < off <= 4 * row["distance"]["channel"] < 1e-4


@pytest.mark.parametrize("ancillas", ["reset", "alternating"])
def test_rows_say_where_a_lower_level_was_taken(monkeypatch, ancillas):
    model = qcoll.example_2(alpha=0.1, dt=1e-4)
    monkeypatch.setitem(qcoll.depth.models.MODELS._entries, "very short", lambda: model)
    options = {"models": ["very short"], "synthesis": ["trotter"], "orders": [2], "ancillas": [ancillas]}
    (case,) = grid(**(SMALL | options), targets=["all-to-all"])
    row = measure(case)
    assert row["levels"] == [1, 1]
    assert "| qiskit 3, at 1 |" in markdown([row])


@pytest.mark.parametrize("model", ["example1", "example2"])
def test_the_naive_circuit_costs_what_qiskit_makes_of_it(model):
    """Not what level 1 makes, even where level 3 rounds, as it does with example 1."""
    (case,) = grid(**(SMALL | {"models": [model]}), synthesis=["naive"], targets=["all-to-all"])
    row = measure(case)
    circuit = naive_collisions(load_model(model), 1, "0").circuit
    options = {"target": load_target("all-to-all").target, "initial_layout": range(circuit.num_qubits)}
    plain = [transpile(circuit, optimization_level=3, seed_transpiler=seed, **options) for seed in row["seeds"]]
    assert row["levels"] == [3, 3]
    assert row["slope"]["two_qubit_gates"] == [made.num_nonlocal_gates() for made in plain]


def test_a_sequence_that_is_one_draw_is_not_compared():
    (case,) = grid(**SMALL, synthesis=["sampled"], targets=["all-to-all"], ancillas=["fresh"])
    row = measure(case)
    assert row["distance"]["channel"] is None
    assert "its collisions are sampled" in row["not_compared"]
    assert f"- example2-strong, sampled, fresh ancillas, all-to-all, qiskit 3: {row['not_compared']}" in markdown([row])


def test_a_sequence_that_does_not_fit_gives_way_to_a_shorter_one(monkeypatch):
    (case,) = grid(**(SMALL | {"seeds": 1}), synthesis=["trotter"], orders=[1], targets=["line"], ancillas=["fresh"])
    lengths = []

    def whole(mapped):
        lengths.append(mapped.compiled.n)
        if mapped.compiled.n > longest:
            raise qcoll.InputError("too large")
        return whole_channel(mapped)

    monkeypatch.setattr(measuring, "whole_channel", whole)
    longest = 2
    row = measure(case)
    assert lengths == [4, 2]
    assert 1e-3 < row["distance"]["channel"] < 0.1
    longest = 1
    assert measure(case)["not_compared"] == "too large"


def test_what_does_not_exist_says_why():
    (case,) = grid(**SMALL, synthesis=["channel"], targets=["line"], preparations=["state_preparation"])
    assert "leave preparation out" in measure(case)["refused"]
    too_large = dataclasses.replace(case, synthesis="exact", ancillas="fresh", preparation="purified")
    row = measure(dataclasses.replace(too_large, model="chain3"))
    assert "the circuit needs 25 qubits, but the target has 24" in row["refused"]


def test_alternating_ancillas_take_less_time():
    rows = {}
    for ancillas in ("reset", "alternating"):
        (case,) = grid(**(SMALL | {"seeds": 1}), synthesis=["channel"], targets=["FakeTorino"], ancillas=[ancillas])
        rows[ancillas] = measure(case)
    assert rows["alternating"]["slope"]["duration"][0] < 0.75 * rows["reset"]["slope"]["duration"][0]
    assert 0 < rows["alternating"]["distance"]["noisy"] < 2 * rows["reset"]["distance"]["noisy"]
    assert rows["alternating"]["distance"]["channel"] < 1e-12


def test_what_nobody_reads_costs_nothing():
    kinds = {
        "synthesis": ["trotter", "channel"],
        "targets": ["all-to-all"],
        "keeps": ["joint state", "system"],
        "orders": [2],
    }
    cases = grid(**(SMALL | {"seeds": 1}), **kinds)
    assert [each.label for each in cases] == ["trotter 2x1", "trotter 2x1, system kept", "channel"]
    joint, alone = (measure(each)["slope"]["two_qubit_gates"][0] for each in cases[:2])
    assert (joint, alone) == (13.0, 11.0)


def test_a_cycle_has_a_row_and_the_naive_way_says_why_not():
    settings = SMALL | {"models": ["engine"]}
    exact, naive = grid(**settings, synthesis=["exact", "naive"], preparations=["purified"], targets=["line"])
    row = measure(exact)
    assert row["distance"]["channel"] < 1e-12
    assert row["distance"]["steady_state"] < 1e-12
    assert 0 < row["distance"]["noisy"] < 0.5
    compiled = qcoll.compile_collisions(load_model("engine"), 7, "0", synthesis="exact")
    mapped = map_collisions(compiled, load_target("line").target, seeds=[0])
    counted = sum(item.operation.num_qubits == 2 for item in mapped.sequence().data if item.operation.name != "barrier")
    slope, offset = (row[name]["two_qubit_gates"][0] for name in ("slope", "offset"))
    assert slope * 7 + offset == counted
    assert "is a cycle" in str(measure(naive))
