"""Grids of cases: names are checked, and a hash is everything that defines a row."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
from qiskit.quantum_info import Operator

import qcoll
from qcoll.depth import COMPILERS, MODELS, TARGETS, circumstances, grid, levels, quick
from qcoll.depth.baseline import naive_collisions
from qcoll.depth.bodies import bodies
from qcoll.depth.registry import Registry
from qcoll.depth.targets import load_target, snapshot_hash

ONE = {"models": ["example2"], "synthesis": ["trotter"], "orders": [2], "targets": ["line"], "optimization": [1]}


def test_a_grid_is_the_product_of_its_lists():
    cases = grid(models=["example1", "example2"], targets=["line"], optimization=[0, 3], orders=[1, 2], seeds=3)
    circuits = len(levels()) + 3  # one more for the second order, the absorbed preparation, and the naive way
    assert len(cases) == 2 * circuits * 2
    assert len({case.hash() for case in cases}) == len(cases)
    assert {case.seeds for case in cases} == {(0, 1, 2)}


@pytest.mark.parametrize(
    "change",
    [
        {"model": "example2-strong"},
        {"trotter_order": 4},
        {"trotter_steps": 2},
        {"target": "all-to-all"},
        {"optimization": 2},
        {"seeds": (0,)},
        {"collisions": 7},
        {"ancillas": "fresh"},
        {"preparation": "state_preparation"},
    ],
)
def test_every_setting_changes_the_hash(change):
    (case,) = grid(**ONE)
    assert dataclasses.replace(case, **change).hash() != case.hash()
    assert dataclasses.replace(case).hash() == case.hash()


@pytest.mark.parametrize(
    ("name", "value"), [("code_hash", "other"), ("decisive_versions", {"qiskit": "3.0"}), ("snapshot_hash", "other")]
)
def test_circumstances_change_the_hash(monkeypatch, name, value):
    (case,) = grid(**ONE)
    before = case.hash()
    monkeypatch.setattr(f"qcoll.depth.case.{name}", lambda *_: value)
    assert case.hash() != before


def test_the_code_that_decides_numbers_is_hashed(tmp_path, monkeypatch):
    """Of a copy of the package: a mapping's source changes the hash, a plot's does not."""
    package = tmp_path / "qcoll"
    shutil.copytree(Path(qcoll.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(circumstances, "__file__", str(package / "depth" / "circumstances.py"))
    hashed = circumstances.code_hash.__wrapped__
    assert hashed() == circumstances.code_hash()
    for name, changes in (("plots.py", False), ("hardware/budget.py", False), ("device/mapping.py", True)):
        before = hashed()
        with (package / name).open("a") as stream:
            stream.write("# changed\n")
        assert (hashed() != before) == changes


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"models": ["example3"]}, "unknown model 'example3'; did you mean example"),
        ({"targets": ["FakeTurin"]}, "unknown target 'FakeTurin'; did you mean FakeTorino"),
        ({"synthesis": ["troter"]}, "unknown synthesis level 'troter'; did you mean trotter"),
        ({"compilers": ["gcc"]}, "unknown compiler 'gcc'; known: qiskit, pytket, bqskit"),
        ({"ancillas": ["old"]}, "unknown ancilla policy 'old'"),
        ({"synthesis": ["channel"], "orders": [2, 3]}, "trotter_order is 3, but must be one of 1, 2, 4, 6"),
        ({"synthesis": ["channel"], "steps": [0]}, "trotter_steps must be a positive integer"),
        ({"seeds": 0}, "the number of seeds must be a positive integer"),
    ],
)
def test_unknown_names_are_refused_before_anything_is_measured(options, message):
    with pytest.raises(qcoll.InputError, match=message):
        grid(**options)


def test_a_name_is_registered_once():
    registry = Registry("thing")
    registry.register("a")(1)
    with pytest.raises(ValueError, match="already a thing 'a'"):
        registry.register("a")(2)
    assert registry.find("a") == 1


@pytest.mark.parametrize("name", list(MODELS))
def test_every_model_compiles_at_the_default_level(name):
    compiled = quick(models=[name], synthesis=["trotter"])[0].compiled()
    assert compiled.channel().is_cptp()


@pytest.mark.parametrize("name", list(TARGETS))
def test_every_target_has_reset_errors_and_durations(name):
    target = load_target(name).target
    assert {"reset", "cz"} <= set(target.operation_names)
    errors = [properties.error for properties in target["cz"].values() if properties is not None]
    assert min(errors) >= 0
    assert min(properties.duration for properties in target["cz"].values() if properties is not None) > 0
    assert len(snapshot_hash(name)) == 16


def test_snapshots_differ():
    assert len({snapshot_hash(name) for name in TARGETS}) == len(list(TARGETS))


def test_every_compiler_says_what_it_is():
    assert COMPILERS.find("qiskit").version().split(".")[0] == "2"


@pytest.mark.parametrize("level", ["naive", *levels()])
def test_bodies_make_the_channel_of_their_circuit(level):
    """The mean of Tr_fresh[V (|0><0| x rho) V+], from dense matrices, is the compiled channel."""
    compiled = quick(synthesis=[level])[0].compiled()
    total = 0.0
    superop = 0.0
    for probability, circuit in bodies(compiled):
        unitary = Operator(circuit).data.reshape(-1, 2, 2 ** (circuit.num_qubits - 1), 2)
        kraus = unitary[:, :, 0, :]
        superop = superop + probability * sum(np.kron(k.conj(), k) for k in kraus)
        total += probability
    assert total == pytest.approx(1.0, abs=1e-12)
    assert abs(superop - compiled.channel().data).max() < 1e-12


def test_the_naive_way_is_exact():
    model = qcoll.example_2()
    naive = naive_collisions(model, n=2)
    assert abs(naive.channel().data - qcoll.collision_channel(model).data).max() < 1e-12
