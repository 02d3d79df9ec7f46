"""Zero-noise extrapolation through submit: the same record, resume and hash as for counts."""

import json
from pathlib import Path

import numpy as np
import pytest

import qcoll
from qcoll.hardware import (
    DeviceOptions,
    design_experiment,
    dry_run,
    fetch,
    hardware_result,
    list_jobs,
    open_device,
    read_record,
    submit,
    trajectories,
    trajectory,
)
from qcoll.hardware import experiment as design_module
from qcoll.measure.estimator import PubMeans, means_from_npz, means_to_npz
from qcoll.model.files import model_from_toml

MODEL = (Path(__file__).parent / "data" / "five_qubits.toml").read_text(encoding="utf-8")
ZNE = DeviceOptions(zne=True)


def small(device="fake_manila", **options):
    compiled = qcoll.compile_collisions(model_from_toml(MODEL), n=1, initial="+", trotter_order=1)
    settings = {"at": [1], "shots": 400, "quantities": ["state"], "seeds": [0], "seed": 5, "options": ZNE} | options
    return design_experiment(compiled, device, **settings)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    return submit(small(shots=4000), tmp_path_factory.mktemp("zne"))


def test_extrapolation_comes_closer_and_every_factor_is_kept(done):
    measured = trajectory(done)
    exact = qcoll.simulate(small(shots=4000).groups[0].measurement.mapped.compiled).coherence[1]
    factors = measured.counts.at_factors
    assert list(factors) == [1, 3, 5]
    shrunk = [np.abs(each.ticks["tick:1"].values).max() for each in factors.values()]
    assert shrunk[0] > shrunk[1] > shrunk[2]
    assert measured.unmitigated.kind == "fake_manila, 4000 shots, noise factor 1"
    assert abs(measured.coherence[1] - exact) < abs(measured.unmitigated.coherence[1] - exact)
    assert np.trace(measured.pauli_covariance[1]) > np.trace(measured.unmitigated.pauli_covariance[1])
    assert "extrapolated" in str(hardware_result(done))
    with np.load(done.folder / "means-0.npz", allow_pickle=False) as table:
        assert table["noise_factors"].tolist() == [1, 3, 5]
        assert table["values_1"].shape == (1, 3, 3)  # parameter sets, Pauli strings, noise factors
        own = measured.counts.ticks["tick:1"].values
        np.testing.assert_allclose(table["reported_1"][0], own, atol=0.05)  # the runtime's own fit


def test_error_bars_of_extrapolated_means_match_their_spread(done):
    """Twelve seeds of one circuit: the spread of twelve values is known to 21%."""
    from qcoll.hardware.service.local import LocalSimulator

    experiment = small()
    pub = experiment.pubs[-1]
    means = []
    for seed in range(12):
        (found,) = LocalSimulator.of(experiment.device, [pub], 400, ZNE, seed=1000 * seed).means()
        means.append(found.reported[0])
    errors = trajectory(done).pauli_covariance[1].diagonal()[1:] ** 0.5 * np.sqrt(4000 / 400)
    spread = np.std(means, axis=0, ddof=1)
    assert np.all((spread[:2] > 0.4 * errors[:2]) & (spread[:2] < 1.8 * errors[:2])), (spread, errors)


def test_a_lost_process_goes_on_with_the_same_values(tmp_path):
    record = submit(small(), tmp_path)
    before = trajectory(record).states
    (record.folder / "means-0.npz").unlink()
    data = json.loads((record.folder / "record.json").read_text())
    data["jobs"][0]["state"] = "submitted"
    (record.folder / "record.json").write_text(json.dumps(data))
    with pytest.raises(qcoll.InputError, match="no means yet"):
        trajectory(read_record(record.folder))
    np.testing.assert_array_equal(trajectory(fetch(record.folder)).states, before)
    with pytest.raises(qcoll.InputError, match="gives no counts"):
        record.counts()


def test_killed_while_it_runs(tmp_path, monkeypatch):
    def cut_off(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("qcoll.hardware.service.local.LocalSimulator.means", cut_off)
        with pytest.raises(KeyboardInterrupt):
            submit(small(), tmp_path)
    (record,) = list_jobs(tmp_path)
    assert record.state == "submitted"
    assert fetch(record).state == "done"


def test_the_same_twice_is_noticed_and_factors_are_part_of_the_hash(tmp_path):
    submit(small(), tmp_path)
    with pytest.raises(qcoll.InputError, match="same experiment"):
        submit(small(), tmp_path)
    others = [small(options=DeviceOptions()), small(options=DeviceOptions(zne=True, noise_factors=(1, 2)))]
    assert len({small().hash, *(each.hash for each in others)}) == 3


def test_the_dry_run_counts_bases_and_noise_factors():
    experiment = small()
    assert experiment.executions == 400 * 3 * (3 + 3)  # noise factors, bases of two circuits
    examined = dry_run(experiment)
    assert "zero-noise extrapolation from 1, 3, 5" in str(examined)
    assert "extrapolation is not part of it" in str(examined)
    plain = dry_run(small(options=DeviceOptions(gate_twirling=True)), predict=False)
    assert examined.qpu_seconds > 2 + 2.9 * (plain.qpu_seconds - 2)  # three times as often, with more gates


def test_options_arrive_at_ibm(server, service, compiled, tmp_path):
    device = open_device("ibm_lagos", service=service)
    options = DeviceOptions(
        zne=True, noise_factors=(1, 2, 3.5), readout="trex", dynamical_decoupling="XY4", max_execution_time=55
    )
    experiment = design_experiment(
        compiled, device, at=[1], shots=640, quantities=["state"], seeds=[0], options=options
    )
    record = submit(experiment, tmp_path)
    assert record.state == "submitted"
    call = server.submitted[0]
    assert server.sessions == []
    assert call["max_execution_time"] == 55
    assert record.jobs[0].tag in call["job_tags"]
    program = server.inputs()["quantum_program"]
    assert program["semantic_role"] == "estimator_v2"
    sent = program["passthrough_data"]["post_processor"]["options"]
    assert sent["resilience"]["zne_mitigation"] is True
    assert sent["resilience"]["zne"]["noise_factors"] == [1, 2, 3.5]
    assert sent["resilience"]["zne"]["extrapolator"] == "linear"
    assert sent["resilience"]["measure_mitigation"] is True
    assert sent["dynamical_decoupling"]["sequence_type"] == "XY4"
    assert sent["twirling"]["enable_gates"] is False
    assert server.executions() == experiment.executions
    measured = trajectory(fetch(read_record(record.folder), service))
    assert list(measured.counts.at_factors) == [1, 2, 3.5]
    assert np.all(np.isfinite(measured.pauli_covariance))


def test_what_is_off_stays_off(server, service, compiled, tmp_path):
    device = open_device("ibm_lagos", service=service)
    submit(design_experiment(compiled, device, at=[1], shots=64, seeds=[0], options=ZNE), tmp_path)
    sent = server.inputs()["quantum_program"]["passthrough_data"]["post_processor"]["options"]
    assert sent["resilience"]["measure_mitigation"] is False
    assert sent["dynamical_decoupling"]["enable"] is False
    assert not sent["twirling"]["enable_gates"]
    assert not sent["twirling"]["enable_measure"]


def test_many_executions_are_several_jobs(server, service, compiled, tmp_path, monkeypatch):
    device = open_device("ibm_lagos", service=service)
    settings = {"at": [1], "shots": 64, "quantities": ["state"], "seeds": [0], "options": ZNE}
    experiment = design_experiment(compiled, device, **settings)
    monkeypatch.setattr(design_module, "LARGEST_JOB", max(experiment.executions_of_circuits))
    assert len(experiment.jobs) == 2
    found = trajectory(fetch(submit(experiment, tmp_path), service))
    assert len(found.states) == 2
    assert server.sessions == ["batch", "closed"]
    monkeypatch.setattr(design_module, "LARGEST_JOB", 100)
    with pytest.raises(qcoll.InputError, match="fewer shots, points or noise factors"):
        design_experiment(compiled, device, **settings)


def test_a_sweep_is_extrapolated_point_by_point(tmp_path):
    values = [0.3, 0.9]
    circuits = [
        qcoll.compile_collisions(qcoll.example_2(alpha=alpha, dt=0.5, kappa=1.0), n=1, initial="+", trotter_order=1)
        for alpha in values
    ]
    experiment = design_experiment(
        circuits, "fake_lagos", at=[1], shots=100, quantities=["state"], seeds=[0], options=ZNE, swept={"alpha": values}
    )
    assert len(experiment.circuits) == 2  # ticks, not ticks times points
    assert experiment.executions == 100 * 3 * (3 + 2 * 3)
    first, second = trajectories(submit(experiment, tmp_path))
    assert first.counts.at_factors.keys() == second.counts.at_factors.keys()
    assert not np.allclose(first.states[1], second.states[1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"zne": True, "noise_factors": (1,)}, "two or more increasing"),
        ({"zne": True, "noise_factors": (0.5, 1)}, "from 1 on"),
        ({"zne": True, "noise_factors": (3, 1)}, "increasing"),
        ({"zne": True, "noise_factors": "abc"}, "increasing numbers"),
        ({"noise_factors": (1, 3)}, "with zne=True"),
    ],
)
def test_bad_noise_factors(options, message):
    with pytest.raises(qcoll.InputError, match=message):
        DeviceOptions(**options)


def test_means_survive_storage():
    rng = np.random.default_rng(1)
    means = [PubMeans(*(rng.normal(size=(2, 3, 3)[: 3 - short]) for short in (0, 0, 1, 1))) for _ in range(2)]
    for own, back in zip(means, means_from_npz(means_to_npz(means, (1, 3, 5))), strict=True):
        for name, array in vars(own).items():
            np.testing.assert_array_equal(array, getattr(back, name))
