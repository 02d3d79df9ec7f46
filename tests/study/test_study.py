import json
import sqlite3
import tracemalloc

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.compile.levels import Channel, Trotter
from qcoll.errors import InputError
from qcoll.study import OFFERED, Study, open_study
from qcoll.study.evaluate import Row
from qcoll.study.store import Store

SWEPT = {"kappa": [0.2, 0.7, 1.5], "beta": [0.4, 2.0]}
FIXED = {"alpha": 0.3 + 0.2j, "dt": 0.4}


def models():
    return {
        (i, j): qcoll.example_2(kappa=kappa, beta=beta, **FIXED)
        for i, kappa in enumerate(SWEPT["kappa"])
        for j, beta in enumerate(SWEPT["beta"])
    }


def test_steady_states_are_those_of_each_model():
    data = Study("example_2", SWEPT, "steady_state", OFFERED["steady_state"], FIXED).run()
    assert data.coherence.dims == ("kappa", "beta")
    for place, model in models().items():
        state = qcoll.steady_state(model)
        assert np.allclose(data.state.values[place], state.data, atol=1e-12, rtol=0)
        step = qcoll.evolve(model, 1, state)
        for name in ("heat", "work", "entropy_production"):
            assert data[name].values[place] == pytest.approx(getattr(step, name)[0], abs=1e-13)
        assert data.energy.values[place] == pytest.approx(step.energy[0], abs=1e-13)
        assert data.entropy.values[place] == pytest.approx(step.entropy[0], abs=1e-12)
        assert data.spectral_gap.values[place] == pytest.approx(qcoll.spectral_gap(model), rel=1e-9)


@pytest.mark.parametrize("record", [1, [3, 7, 8, 20]])
def test_trajectories_are_those_of_each_model(record):
    compute = {"kind": "trajectory", "n": 20, "initial": "+", "record": record}
    names = [*OFFERED["trajectory"], "mean_X"]
    data = Study("example_2", SWEPT, compute, names, FIXED).run()
    for place, model in models().items():
        exact = qcoll.evolve(model, 20, "+", record=record)
        assert np.array_equal(data.collision, exact.collisions)
        assert np.allclose(data.state.values[place], exact.states, atol=1e-12, rtol=0)
        assert np.allclose(data.mean_X.values[place], exact.expectation(SparsePauliOp("X")), atol=1e-12, rtol=0)
        for name in ("coherence", "energy", "entropy"):
            assert np.allclose(data[name].values[place], getattr(exact, name), atol=1e-12, rtol=0)
        for name in ("energy_change", "heat", "work", "switching_work", "entropy_change", "entropy_production"):
            assert data[name].values[place][0] == 0
            assert np.allclose(data[name].values[place][1:], getattr(exact, name), atol=1e-12, rtol=0)


def test_the_end_of_trajectories_of_different_length():
    data = Study("example_2", {"n": [1, 5, 30]}, "trajectory", ["coherence", "heat"], FIXED).run()
    for n, end in zip((1, 5, 30), data.coherence.values, strict=True):
        exact = qcoll.evolve(qcoll.example_2(**FIXED), n)
        assert end == pytest.approx(exact.coherence[-1], abs=1e-13)
        assert data.heat.sel(n=n) == pytest.approx(exact.heat.sum(), abs=1e-13)


def test_a_failing_point_is_kept_beside_its_error(tmp_path):
    study = Study("example_2", {"alpha": [0.0, 0.3], "dt": [0.1, -1.0, 0.2]}, "steady_state", "coherence")
    data = study.run(tmp_path)
    assert np.array_equal(np.isnan(data.coherence), [[True, True, True], [False, True, False]])
    assert "the duration of a collision is positive" in str(data.error[1, 1].values)
    assert "is not unique" in str(data.error[0, 0].values)
    assert str(data.error[1, 0].values) == ""
    assert data.attrs["failed_points"] == 4
    assert study.compute_into(tmp_path).computed == 0  # an error is a result
    assert study.compute_into(tmp_path, retry=True).computed == 4


def test_an_extended_axis_computes_only_what_is_new(tmp_path):
    calls = tmp_path / "calls"

    def counted(kappa=0.3, beta=1.0):
        with calls.open("a") as stream:
            stream.write(f"{kappa} {beta}\n")
        return qcoll.example_2(kappa=kappa, beta=beta)

    out = tmp_path / "out"
    Study(counted, {"kappa": [0.1, 0.2], "beta": [1.0, 2.0]}, "steady_state").run(out)
    before = len(calls.read_text().splitlines())
    wider = Study(counted, {"kappa": [0.1, 0.15, 0.2], "beta": [1.0, 2.0]}, "steady_state")
    again = len(calls.read_text().splitlines())
    assert wider.compute_into(out).computed == 2
    new = calls.read_text().splitlines()[again:]
    assert before >= 4
    assert set(new) == {"0.15 1.0", "0.15 2.0"}
    alone = wider.run(tmp_path / "alone")
    assert (tmp_path / "alone" / "study.nc").read_bytes() == (out / "study.nc").read_bytes()
    assert alone.coherence.shape == (3, 2)


def test_seeds_reduce_to_mean_and_standard_error():
    compute = {"kind": "circuit", "n": 2, "shots": 200, "record": "last"}
    single = Study("example_2", {"seed": range(4)}, compute, ["energy"], {"alpha": 0.5}, reduce=[]).run()
    data = Study("example_2", {"kappa": [0.3], "seed": range(4)}, compute, ["energy"], {"alpha": 0.5}).run()
    values = single.energy.values
    assert len(set(values)) > 1
    assert data.energy.dims == ("kappa",)
    assert data.energy.item() == pytest.approx(values.mean(), abs=1e-15)
    assert data.energy_error.item() == pytest.approx(values.std(ddof=1) / 2, abs=1e-15)
    assert data.samples.item() == 4
    assert single.energy_error.shape == (4,)  # from the shots of each
    assert data.attrs["seeds"] == "those of the axis seed"


def test_more_shots_weigh_more():
    compute = {"kind": "circuit", "n": 1, "record": "last", "seed": 5}
    parts = Study("example_2", {"shots": [100, 300]}, compute, ["energy"], reduce=[]).run().energy.values
    data = Study("example_2", {"shots": [100, 300]}, compute, ["energy"]).run()
    mean = (100 * parts[0] + 300 * parts[1]) / 400
    assert data.energy.item() == pytest.approx(mean, abs=1e-15)
    spread = 100 * (parts[0] - mean) ** 2 + 300 * (parts[1] - mean) ** 2
    assert data.energy_error.item() == pytest.approx(np.sqrt(spread / 400), abs=1e-15)


def test_circuits_at_different_levels_and_noise():
    noise = [None, {"two_qubit": 3e-3}]
    names = ["coherence", "trace_distance", "two_qubit_gates"]
    compute = {"kind": "circuit", "n": 3, "record": "last"}
    data = Study("example_2", {"synthesis": ["trotter", "exact"], "noise": noise}, compute, names, {"alpha": 0.5}).run()
    assert list(data.noise.values) == ["none", '{"two_qubit": 0.003}']
    run = qcoll.simulate(qcoll.compile_collisions(qcoll.example_2(alpha=0.5), 3), noise[1])
    assert data.coherence.sel(synthesis="trotter")[1] == pytest.approx(run.coherence[-1], abs=1e-14)
    assert data.trace_distance.sel(synthesis="exact")[0] < 1e-10
    assert data.two_qubit_gates.sel(synthesis="exact")[0] < data.two_qubit_gates.sel(synthesis="trotter")[0]


def test_what_makes_it_reproducible(tmp_path):
    compute = {"kind": "circuit", "n": 1, "noise": "FakeManilaV2", "shots": 20, "record": "last"}
    data = Study("example_2", {"kappa": [0.3]}, compute, "energy").run()
    assert json.loads(data.attrs["versions"])["qcoll"] == qcoll.__version__
    assert list(json.loads(data.attrs["targets"])) == ["FakeManilaV2"]
    assert json.loads(data.attrs["fingerprints_of_models"]) == {"first": qcoll.example_2(kappa=0.3).fingerprint()}
    assert "key" in data.attrs["seeds"]
    assert data.kappa.attrs["units"].startswith("energy")
    assert data.energy.attrs["long_name"] == "internal energy of the system"
    assert data.energy.equals(Study("example_2", {"kappa": [0.3]}, compute, "energy").run().energy)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("example_3", {"kappa": [1]}, "steady_state"), "there is no model 'example_3'"),
        (
            ("example_2", {"gamma": [1]}, "steady_state"),
            "example_2 has no parameter for the axis 'gamma'; it has omega",
        ),
        (("example_2", {"kappa": [1]}, "steady"), "the computation is 'steady', but must be one of 'steady_state'"),
        (("example_2", {"kappa": [1]}, "trajectory"), "trajectory needs 'n'"),
        (("example_2", {"kappa": [1]}, {"kind": "trajectory", "n": 0}), "must be a positive integer, but 0 was given"),
        (("example_2", {"n": [5, 0]}, "trajectory"), "must be a positive integer, but 0 was given"),
        (("example_2", {"kappa": [1]}, {"kind": "steady_state", "n": 5}), "steady_state has no option 'n'"),
        (
            ("example_2", {"kappa": [1]}, "steady_state", ["trace_distance"]),
            "steady_state does not give the quantity 'trace_distance'",
        ),
        (("example_2", {"kappa": [1]}, "steady_state", None, {"kappa": 2}), "'kappa' is an axis and has a fixed value"),
        (("example_2", {"kappa": [1]}, "steady_state", None, {"gamma": 2}), "no parameter for the parameter 'gamma'"),
        (("example_2", {"row": [1]}, "steady_state"), "the axis 'row' needs another name|no parameter for the axis"),
        (("example_2", {"kappa": ["a"]}, "steady_state"), "the models .* are refused: kappa must be a finite real"),
        (
            ("example_2", {"noise": ["FakeTorin"]}, {"kind": "circuit", "n": 1}),
            "FakeTorin",
        ),
        (
            ("example_2", {"kappa": [1]}, "steady_state", None, {}, ["seed"]),
            "reduce names 'seed', but the axes are kappa",
        ),
        (
            ("example_2", {"kappa": [1]}, "steady_state", ["mean_XX"]),
            "mean_XX has 2 letters, but the system has 1 qubit",
        ),
        (("example_2", {"kappa": [1]}, {"kind": "trajectory", "n": 5, "record": [6]}), "record contains 6"),
        (
            ("example_2", {"kappa": [1]}, {"kind": "trajectory", "n": 5, "record": "end"}),
            "record is 'end', but must be",
        ),
        (
            ("example_2", {"kappa": [1]}, {"kind": "trajectory", "n": 5, "initial": "0+"}),
            "the initial state has dimens",
        ),
        (
            ("example_2", {"synthesis": ["trotter", "best"]}, {"kind": "circuit", "n": 1}),
            "synthesis is 'best', but must",
        ),
        (("example_2", {"trotter_order": [2, 3]}, {"kind": "circuit", "n": 1}), "trotter_order is 3, but must be one"),
        (("example_2", {"kappa": [1]}, {"kind": "circuit", "n": 1, "noise": {"two": 1}}), "unknown noise figure 'two'"),
        ((lambda kappa: 3, {"kappa": [1]}, "steady_state"), "made a int, but a study needs a qcoll.CollisionModel"),
    ],
)
def test_wrong_studies(arguments, message):
    with pytest.raises(InputError, match=message):
        Study(*arguments)


def test_the_folder_of_another_study(tmp_path):
    Study("example_2", {"kappa": [0.1]}, "steady_state").run(tmp_path)
    with pytest.raises(InputError, match=r"holds another study: compute, .* differ; choose another folder"):
        Study("example_2", {"kappa": [0.1]}, {"kind": "trajectory", "n": 2}, ["state"]).run(tmp_path)
    with pytest.raises(InputError, match="give one of the two"):
        Study("example_2", {"kappa": [0.1]}, "steady_state").run(tmp_path, workers=2, scheduler="tcp://localhost:1")


def test_a_folder_in_use(tmp_path):
    study = Study("example_2", {"kappa": [0.1]}, "steady_state")
    study.run(tmp_path)
    other = sqlite3.connect(tmp_path / "rows.sqlite")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(InputError, match="another run is writing"):
        study.run(tmp_path)
    other.close()


def test_shapes_that_are_no_grid():
    def chain(sites=1):
        return qcoll.CollisionModel(
            system=SparsePauliOp("I" * (sites - 1) + "Z"),
            ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z"), beta=1.0),
            interaction=SparsePauliOp(["X" + "X" * sites, "Y" + "Y" * sites], [0.3, 0.1]),
            dt=0.3,
        )

    compute = {"kind": "trajectory", "n": 3, "record": "last"}
    assert Study(chain, {"sites": [1, 2]}, compute, "energy").run().energy.shape == (2,)
    with pytest.raises(InputError, match=r"'state' has the shape .* at one point and .* at another"):
        Study(chain, {"sites": [1, 2]}, compute, "state").run()


def test_a_study_that_was_not_run(tmp_path):
    with pytest.raises(InputError, match="run the study first"):
        open_study(tmp_path)


def test_seeds_share_one_run_and_give_what_each_alone_gives(monkeypatch):
    from qcoll.study import circuits

    compiled = []

    def counted(*arguments, **options):
        compiled.append(options)
        return qcoll.compile_collisions(*arguments, **options)

    monkeypatch.setattr(circuits, "compile_collisions", counted)
    compute = {"kind": "circuit", "n": 2, "record": "last"}
    axes = {"seed": [3, 4], "shots": [50, None, 80], "kappa": [0.3, 0.6]}
    with pytest.raises(InputError, match=r"exact states .* weigh more than any shots"):
        Study("example_2", axes, compute, ["energy"])
    alone = Study("example_2", axes, compute, ["energy"], {"alpha": 0.5}, reduce=[]).run()
    assert len(compiled) == 12
    assert np.array_equal(
        alone.energy_error.values > 0, np.isin(alone.shots, ["50", "80"])[None, :, None] & np.ones((2, 3, 2), bool)
    )
    axes["shots"] = [50, 80]
    data = Study("example_2", axes, compute, ["energy"], {"alpha": 0.5}).run()
    assert len(compiled) == 12 + 2
    values, weights = alone.energy.values[:, [0, 2], 1], np.array([50, 80])
    assert data.energy[1] == pytest.approx((values * weights).sum() / (2 * weights.sum()), abs=1e-14)
    run = qcoll.simulate(qcoll.compile_collisions(qcoll.example_2(kappa=0.6, alpha=0.5), 2), shots=80, seed=4)
    assert values[1, 1] == run.energy[-1]


def test_costs_need_no_run_and_levels_may_be_objects(monkeypatch):
    from qcoll.study import circuits

    monkeypatch.setattr(circuits, "simulate", None)
    compute = {"kind": "circuit", "n": 2, "noise": "FakeManilaV2"}
    levels = [Trotter(order=2), Channel()]
    data = Study("example_2", {"synthesis": levels}, compute, ["two_qubit_gates", "duration"]).run()
    assert [str(name).split()[0] for name in data.synthesis.values] == ["Trotter", "Channel"]
    assert data.two_qubit_gates[0] > data.two_qubit_gates[1] > 0
    assert data.duration.attrs["units"] == "s"
    assert 0 < data.duration[1] < 1e-4


def test_steady_states_that_are_hardly_decided_come_with_a_warning(monkeypatch):
    """As if rounding had taken digits of every one."""
    monkeypatch.setattr("qcoll.exact.channel.EXPECTED_ACCURACY", 0.0)
    monkeypatch.setattr("qcoll.study.batches.EXPECTED_ACCURACY", 0.0)
    data = Study("example_2", {"alpha": [0.3, 0.5]}, "steady_state", "coherence").run()
    assert all("is known to" in str(text) for text in data.warning.values)
    with pytest.warns(qcoll.AccuracyWarning):
        state = qcoll.steady_state(qcoll.example_2(alpha=0.5)).data
    assert data.coherence[1] == pytest.approx(2 * abs(state[0, 1]), abs=1e-15)


def test_memory_does_not_grow_with_the_points(tmp_path):
    peaks = []
    for count in (1000, 2500):
        study = Study("example_2", {"kappa": np.linspace(0.1, 1, count), "beta": [0.5, 1.0]}, "steady_state", "heat")
        tracemalloc.start()
        study.compute_into(tmp_path / str(count))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def test_a_study_without_axes_is_a_point():
    data = Study("example_2", {}, "steady_state", ["coherence", "state"]).run()
    assert data.coherence.shape == ()
    assert np.allclose(data.state, qcoll.steady_state(qcoll.example_2()).data, atol=1e-13)


def test_a_memory_has_steady_states_and_trajectories_but_no_steady_ledger():
    bath = qcoll.models.remembering_bath
    axes = {"swap": [0.0, 0.9]}
    settings = {"parameters": {"beta": 1.0}, "compute": "steady_state"}
    solved = Study(bath, axes=axes, quantities=["energy", "spectral_gap"], **settings).run()
    for swap in axes["swap"]:
        model = bath(swap=swap, beta=1.0)
        energy = np.trace(model.system.to_matrix() @ qcoll.steady_state(model).data).real
        assert float(solved.energy.sel(swap=swap)) == pytest.approx(energy, abs=1e-12)
        assert float(solved.spectral_gap.sel(swap=swap)) == pytest.approx(qcoll.spectral_gap(model), abs=1e-12)
    compute = {"kind": "trajectory", "n": 12}
    runs = Study(bath, axes=axes, parameters={"beta": 1.0}, compute=compute, quantities=["energy", "heat"]).run()
    for swap in axes["swap"]:
        exact = qcoll.evolve(bath(swap=swap, beta=1.0), 12)
        np.testing.assert_allclose(runs.energy.sel(swap=swap), exact.energy, rtol=0, atol=1e-12)
        np.testing.assert_allclose(runs.heat.sel(swap=swap)[1:], exact.heat, rtol=0, atol=1e-12)
    refused = Study(bath, axes=axes, quantities=["heat"], **settings).run()
    assert np.isfinite(float(refused.heat.sel(swap=0.0)))
    assert np.isnan(float(refused.heat.sel(swap=0.9)))


def test_a_full_disk_is_said(tmp_path):
    study = Study("example_2", {"kappa": [0.1, 0.2]}, "steady_state")
    with Store(tmp_path, study.plan.identity(), "{}") as store:
        store._database.execute("PRAGMA max_page_count = 1")
        with pytest.raises(InputError, match=r"rows.sqlite: database or disk is full; free space"):
            store.add([Row(b"key", "layout", b"0" * 100_000)])
        assert store.done([b"key"]) == set()


def test_axes_that_are_no_mapping_or_are_named_like_a_result_are_refused_before_anything_is_computed():
    with pytest.raises(qcoll.InputError, match=r"axes is .*must be names with their values"):
        qcoll.Study(qcoll.example_2, axes=[0.1, 0.2], compute="steady_state")
    for name in ("coherence", "heat_error"):
        made = lambda **values: qcoll.example_2(kappa=next(iter(values.values())))  # noqa: E731
        with pytest.raises(qcoll.InputError, match=f"'{name}' is the name of an axis and of a result"):
            qcoll.Study(made, axes={name: [0.1, 0.2]}, compute="steady_state")


def test_a_cycle_itself_has_no_named_numbers():
    cycle = qcoll.Cycle([qcoll.example_2()], name="engine")
    with pytest.raises(qcoll.InputError, match="the cycle 'engine', whose numbers have no names: give a function"):
        qcoll.Study(cycle, axes={}, compute="steady_state")
