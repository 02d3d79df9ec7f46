"""Options as one object: the same names in Python, in studies and on the command line, and the keywords as before."""

import inspect
from dataclasses import asdict, fields

import pytest

import qcoll
from qcoll.cli.run import run
from qcoll.compile.options import CompileKeywords
from qcoll.device.options import MappingKeywords
from qcoll.study.computations import OPTIONS

MODEL = qcoll.example_1()


def gates(circuit):
    return [(item.operation.name, list(item.operation.params)) for item in circuit.circuit.data]


def test_keywords_are_the_fields():
    names = {each.name for each in fields(qcoll.CompileOptions)}
    assert names == {"synthesis", *CompileKeywords.__annotations__}
    assert {each.name for each in fields(qcoll.MappingOptions)} == set(MappingKeywords.__annotations__)


def test_studies_and_the_command_line_have_the_same_names_and_defaults():
    defaults = asdict(qcoll.CompileOptions())
    own_seed = defaults.pop("seed")  # there a seed is that of the shots
    assert own_seed == 0
    assert {name: OPTIONS["circuit"][name] for name in defaults} == defaults
    parameters = inspect.signature(run).parameters
    short = {"trotter_order": "order", "trotter_steps": "steps"}
    assert {name: parameters[short.get(name, name)].default for name in defaults} == defaults


@pytest.mark.parametrize(
    "chosen",
    [
        {"synthesis": "trotter", "trotter_order": 4, "trotter_steps": 2},
        {"synthesis": "sampled", "ancillas": "alternating", "sets": 3, "seed": 5},
        {"synthesis": "sampled", "correction": "measured", "feedforward": 1e-6},
        {"synthesis": qcoll.Exact(preparation="absorbed"), "ancillas": "fresh"},
    ],
)
def test_an_object_is_its_keywords(chosen):
    by_object = qcoll.compile_collisions(MODEL, 3, "0", options=qcoll.CompileOptions(**chosen))
    by_keywords = qcoll.compile_collisions(MODEL, 3, "0", **chosen)
    assert gates(by_object) == gates(by_keywords)
    assert repr(by_object) == repr(by_keywords)
    assert (by_object.feedforward, by_object.sets) == (chosen.get("feedforward", 0.0), chosen.get("sets", 2))


def test_keywords_change_an_object():
    usual = qcoll.CompileOptions(trotter_order=4, ancillas="fresh")
    changed = qcoll.compile_collisions(MODEL, 2, "0", options=usual, trotter_order=1)
    assert (changed.trotter_order, changed.ancillas) == (1, "fresh")
    assert usual.trotter_order == 4
    exact = qcoll.compile_collisions(MODEL, 2, "0", "exact", options=qcoll.CompileOptions(ancillas="fresh"))
    assert (exact.synthesis, exact.ancillas) == ("exact", "fresh")


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"trotter_order": 3}, "trotter_order is 3"),
        ({"synthesis": "best"}, "synthesis is 'best'"),
        ({"sets": 3}, "no sets take turns"),
        ({"sets": 1, "ancillas": "alternating"}, "at least two alternate"),
        ({"feedforward": 1e-6}, "nothing is fed forward"),
        ({"ancillas": "recycled"}, "ancillas is 'recycled'"),
        ({"seed": -1}, "seed"),
    ],
)
def test_what_cannot_be_is_refused_where_it_is_written(chosen, message):
    with pytest.raises(qcoll.InputError, match=message):
        qcoll.CompileOptions(**chosen)


def test_unknown_options_are_errors():
    with pytest.raises(TypeError, match="order"):
        qcoll.compile_collisions(MODEL, 1, order=4)
    with pytest.raises(TypeError, match="level"):
        qcoll.simulate(qcoll.compile_collisions(MODEL, 1), level=3)


def test_mapping_as_an_object():
    compiled = qcoll.compile_collisions(MODEL, 2, "0")
    quick = qcoll.MappingOptions(optimization_level=1, seeds=3)
    figures = {"two_qubit": 3e-3}
    runs = [
        qcoll.simulate(compiled, figures, mapping=quick),
        qcoll.simulate(compiled, figures, optimization_level=1, seeds=[3]),
        qcoll.simulate(compiled, figures, mapping=qcoll.MappingOptions(seeds=[3]), optimization_level=1),
    ]
    assert {(run.mapped.seed, run.mapped.optimization_level) for run in runs} == {(3, 1)}
    assert all((run.states == runs[0].states).all() for run in runs)
    with pytest.raises(qcoll.InputError, match="optimization_level is 4"):
        qcoll.MappingOptions(optimization_level=4)
    with pytest.raises(qcoll.InputError, match="leave schedule out"):
        qcoll.hardware.design_experiment(compiled, "fake_lagos", [1], 100, schedule=False)


def test_pure_runs_as_an_object():
    compiled = qcoll.compile_collisions(MODEL, 1, "0")
    kept = {"observables": ["X"], "bond_dimension": 4}
    runs = [
        qcoll.simulate(compiled, shots=20, method="matrix_product_state", seed=3, pure=qcoll.PureOptions(**kept)),
        qcoll.simulate(compiled, shots=20, method="matrix_product_state", seed=3, **kept),
    ]
    assert "bond dimension 4" in runs[0].kind
    assert (runs[0].samples == runs[1].samples).all()
    for given in ({"pure": qcoll.PureOptions()}, {"target_error": 0.1}):
        with pytest.raises(qcoll.InputError, match="trajectories"):
            qcoll.simulate(compiled, **given)
    with pytest.raises(qcoll.InputError, match="target_error is -1"):
        qcoll.PureOptions(target_error=-1)


def test_unknown_keywords_are_told_by_the_function_that_took_them():
    compiled = qcoll.compile_collisions(MODEL, 1, "0")
    for call, told in (
        (
            lambda: qcoll.compile_collisions(MODEL, 1, trotter_oder=2),
            r"compile_collisions\(\).*did you mean trotter_order",
        ),
        (lambda: qcoll.simulate(compiled, nois=None), r"simulate\(\) takes no 'nois'; did you mean noise"),
        (lambda: qcoll.hardware.error_budget(MODEL, "FakeLagosV2", 1, levls=()), r"error_budget\(\) takes no 'levls'"),
    ):
        with pytest.raises(TypeError, match=told):
            call()
    with pytest.raises(qcoll.InputError, match="options is 3, but must be CompileOptions"):
        qcoll.compile_collisions(MODEL, 1, options=3)
    with pytest.raises(qcoll.InputError, match="pure is 3, but must be PureOptions"):
        qcoll.simulate(compiled, method="trajectories", pure=3)
