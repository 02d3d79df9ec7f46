"""Sampled collisions: the mean is the model's, error bars keep their promise, nothing is lost, and what is refused."""

import dataclasses
import itertools
import json

import numpy as np
import pytest
from qiskit_aer.primitives import SamplerV2
from scipy.stats import chi2

import qcoll
from qcoll.device.mapping import map_collisions
from qcoll.hardware import (
    DeviceOptions,
    MeasuredCounts,
    combine,
    design_experiment,
    dry_run,
    exact_ledger,
    fetch,
    measurement_circuits,
    observed_circuits,
    open_device,
    predicted_counts,
    read_record,
    run,
    sampled_measurements,
    submit,
    trajectories,
    trajectory,
)
from qcoll.hardware import experiment as design_module
from qcoll.hardware.service.local import LocalSimulator, dealt
from qcoll.measure.circuits import cut_and_measured
from qcoll.measure.estimates import estimate, estimates_at_ticks, pauli_row
from qcoll.measure.plan import plan_for
from qcoll.measure.sampled_sequences import default_draws, draw_seeds
from qcoll.trajectory.pauli import to_pauli_vector

DRAWS, SHOTS, TRIALS = 40, 800, 150
JOINT = {"synthesis": "exact", "preparation": "sampled"}


@pytest.fixture(scope="module")
def compiled():
    """Two collisions with an eigenstate of the ancilla each: four circuits, sixteen sequences."""
    return qcoll.compile_collisions(qcoll.example_2(alpha=1.0, dt=0.5, kappa=1.0), n=2, initial="+", **JOINT)


@pytest.fixture(scope="module")
def system_only():
    return qcoll.compile_collisions(qcoll.example_2(alpha=1.0, dt=0.5), n=3, initial="+", synthesis="sampled")


@pytest.fixture(scope="module")
def probabilities(compiled):
    """What every sequence would give: for each, the frequencies of every setting."""
    mapped = map_collisions(compiled, seeds=(0,), schedule=False)
    plan = plan_for(compiled, [2], ("state", "heat", "work"), ())
    branches = range(len(compiled.pieces.branches))
    found = {}
    for sequence in itertools.product(branches, repeat=2):
        seed = next(s for s in range(10**6) if tuple(dataclasses.replace(compiled, seed=s).draws()) == sequence)
        one = dataclasses.replace(mapped, compiled=dataclasses.replace(compiled, seed=seed))
        (circuits,) = cut_and_measured([one], plan, merge=False)
        counts = predicted_counts(circuits, 1).counts
        size = [2 ** len(setting.basis) for setting in plan.settings]
        found[sequence] = [np.array([own.get(k, 0.0) for k in range(s)]) for own, s in zip(counts, size, strict=True)]
    return plan, found


def experiment_of(compiled, probabilities, seed, rng):
    """Counts of an ideal experiment: the draws that it would make, and shots of each."""
    plan, known = probabilities
    drawn = []
    for own in draw_seeds(dataclasses.replace(compiled, seed=seed), DRAWS):
        sequence = tuple(dataclasses.replace(compiled, seed=own).draws())
        seen = [rng.multinomial(SHOTS // DRAWS, each / each.sum()) for each in known[sequence]]
        drawn.append(tuple({k: int(n) for k, n in enumerate(each) if n} for each in seen))
    return MeasuredCounts.of(plan, drawn, "ideal")


def test_error_bars_keep_their_promise(compiled, probabilities):
    """150 experiments with draws of their own: (value - exact) / error has variance one, for states and the ledger."""
    rng = np.random.default_rng(11)
    exact = qcoll.evolve(compiled.model, 2, "+")
    known = exact_ledger(compiled.model, [2], "+")
    names = ("heat", "work", "switching_work", "energy_change", "heat_pulled_back")
    pulls = []
    for trial in range(TRIALS):
        found = combine(experiment_of(compiled, probabilities, trial, rng), bootstrap=0)
        error = np.sqrt(np.diagonal(found.pauli_covariance[1])[1:])
        states = to_pauli_vector(found.states[1] - exact.states[2])[1:] / error
        ledger = [(getattr(found.ledger, name), getattr(known, name)) for name in names]
        pulls.append([*states, *((own.value[0] - right.value[0]) / own.error[0] for own, right in ledger)])
    squares = np.sum(np.square(pulls), axis=0)
    # of 39 degrees of freedom, Student's t has a variance of 39/37; 99.99 % of the chi squared values lie between
    low, high = chi2.ppf([5e-5, 1 - 5e-5], TRIALS) * np.array([1.0, 39 / 37])
    assert np.all((squares > low) & (squares < high)), squares / TRIALS


def test_changes_are_those_of_every_draw(compiled, probabilities):
    """The eigenstate that is sampled changes the ancilla's energy far more than a collision does."""
    counts = experiment_of(compiled, probabilities, 5, np.random.default_rng(5))
    found = combine(counts, bootstrap=0)
    estimates = estimates_at_ticks(counts)
    energy = compiled.model.joint_ancilla
    variance = 0.0
    for tick, operator in (("tick:2", energy), ("prepared:2", counts.plan.before(energy))):
        labels, row = pauli_row(operator)
        variance += row @ estimate(estimates[tick], labels)[1] @ row
    assert found.ledger.heat.error[0] < np.sqrt(variance) / 2


def test_the_mean_of_the_draws_is_the_model(compiled, probabilities):
    """All sequences with their probabilities: to rounding; and what a prediction of many draws tends to."""
    plan, known = probabilities
    weights = {sequence: np.prod(compiled.pieces.probabilities[list(sequence)]) for sequence in known}
    mean = [sum(weights[s] * known[s][index] for s in known) for index in range(len(plan.settings))]
    counts = tuple(dict(enumerate(1000 * each)) for each in mean)
    found = combine(MeasuredCounts(plan, counts, "mean"), bootstrap=0)
    ideal = qcoll.simulate(compiled)
    np.testing.assert_allclose(found.states[1], ideal.states[2], atol=1e-7)
    np.testing.assert_allclose(found.ledger.heat.value[0], ideal.heat[1], atol=1e-7)
    np.testing.assert_allclose(found.ledger.work.value[0], ideal.work[1], atol=1e-7)
    many = combine(predicted_counts(sampled_measurements(compiled, 2, draws=1000), 10**6), bootstrap=0)
    pulls = to_pauli_vector(many.states[1] - ideal.states[2])[1:] / np.sqrt(np.diagonal(many.pauli_covariance[1])[1:])
    assert np.abs(pulls).max() < 3
    assert np.abs(many.states[1] - ideal.states[2]).max() < 0.03
    # each draw conserves the energy, and has no shot noise here
    assert abs(many.ledger.first_law_residual.value[0]) < 1e-7


def test_predicted_error_bars_are_those_of_the_run(compiled, probabilities):
    """The variances, in the mean over 60 runs, are the predicted ones of the same draws; so are bootstrap errors."""
    seeds = draw_seeds(dataclasses.replace(compiled, seed=3), DRAWS)
    plan, known = probabilities
    sequences = [tuple(dataclasses.replace(compiled, seed=own).draws()) for own in seeds]
    expected = [tuple(dict(enumerate(SHOTS // DRAWS * each)) for each in known[own]) for own in sequences]
    predicted = combine(MeasuredCounts.of(plan, expected, "prediction", expected=True))
    rng = np.random.default_rng(8)
    runs = [combine(experiment_of(compiled, probabilities, 3, rng), seed=trial) for trial in range(60)]
    # entropies are not linear: shots move the state to where they are less steep
    for name, within in (("heat", 0.1), ("work", 0.1), ("heat_pulled_back", 0.1), ("entropy_production", 0.25)):
        own = np.sqrt(np.mean([getattr(each.ledger, name).error[0] ** 2 for each in runs]))
        assert getattr(predicted.ledger, name).error[0] == pytest.approx(own, rel=within), name
    covariance = np.mean([each.pauli_covariance for each in runs], axis=0)
    np.testing.assert_allclose(predicted.pauli_covariance[1], covariance[1], atol=0.12 * covariance[1].max())


def test_bootstrap_errors_match_the_spread_of_experiments(compiled, probabilities):
    rng = np.random.default_rng(21)
    found = [combine(experiment_of(compiled, probabilities, 500 + trial, rng), bootstrap=100) for trial in range(120)]
    production = [each.ledger.entropy_production for each in found]
    spread = np.std([each.value[0] for each in production], ddof=1)
    assert np.mean([each.error[0] for each in production]) == pytest.approx(spread, rel=0.25)


def test_construct_run_combine(system_only):
    drawn = sampled_measurements(system_only, at=[1, 3], quantities=["state"], draws=20)
    assert len({tuple(each.mapped.compiled.draws()) for each in drawn}) > 1
    density_matrix = {"backend_options": {"method": "density_matrix", "max_parallel_threads": 1}}
    counts = run(drawn, SamplerV2(seed=4, options=density_matrix), shots=2000)
    assert counts.shots == 2000
    assert [sum(each.values()) for each in counts.draws[7]] == [100] * 9
    assert counts.summary == "SamplerV2, 2000 shots in 20 draws"
    found = combine(counts)
    exact = qcoll.evolve(system_only.model, 3, "+", record=[1, 3])
    pulls = to_pauli_vector(found.states - exact.states)[1:, 1:]
    pulls /= np.sqrt(np.diagonal(found.pauli_covariance, axis1=1, axis2=2)[1:, 1:])
    assert np.abs(pulls).max() < 4
    assert [tuple(each.mapped.compiled.draws()) for each in drawn[:5]] == [
        tuple(each.mapped.compiled.draws()) for each in sampled_measurements(system_only, 1, ["state"], draws=5)
    ]


def test_merged_and_mapped_circuits_of_draws_measure_the_same(system_only):
    device = open_device("fake_lagos")
    mapped = map_collisions(system_only, device.backend.target, seeds=(0,))
    for merge in (False, True):
        own = sampled_measurements(mapped, 3, ["state"], draws=6, merge=merge)
        other = sampled_measurements(system_only, 3, ["state"], draws=6)
        found = [combine(predicted_counts(each, 600), bootstrap=0).states for each in (own, other)]
        np.testing.assert_allclose(found[0], found[1], atol=1e-7)


def test_readout_mitigation_of_draws(system_only):
    """The readout circuit is the same in all draws: the states come out as without readout errors."""
    device = open_device("fake_lagos")
    mapped = map_collisions(system_only, device.backend.target, seeds=(0,))
    drawn = sampled_measurements(mapped, 3, ["state"], draws=8, readout=True)
    counts = predicted_counts(drawn, 800, noise=device.backend, twirled=True)
    mitigated = combine(counts, readout_mitigation=True)
    plain = predicted_counts([dataclasses.replace(each, plan=each.plan) for each in drawn], 800)
    raw, right = mitigated.unmitigated, combine(plain)
    assert np.abs(mitigated.states - right.states).max() < np.abs(raw.states - right.states).max() / 2
    assert np.all(np.diagonal(mitigated.pauli_covariance[1])[1:] > np.diagonal(raw.pauli_covariance[1])[1:])


def small_experiment(circuits, **options):
    settings = {"at": [2], "shots": 320, "quantities": ["state"], "seeds": [0], "seed": 5, "draws": 16} | options
    return design_experiment(circuits, "fake_lagos", **settings)


def test_a_record_survives_a_kill_between_jobs(tmp_path, monkeypatch, system_only):
    """Several jobs, the second never begun: fetch goes on, and the counts are those of the one that was not cut off."""
    monkeypatch.setattr(design_module, "LARGEST_JOB", 1000)
    experiment = small_experiment(system_only)
    assert experiment.executions == 320 * 6
    assert [stop - start for start, stop in experiment.jobs] == [50, 46]
    whole = submit(experiment, tmp_path / "whole")
    counts = whole.counts()
    assert (counts.shots, len(counts.draws)) == (320, 16)
    assert all(sum(each.values()) == 20 for own in counts.draws for each in own)
    original = LocalSimulator.counts
    calls = []

    def cut_off(self):
        if calls:
            raise KeyboardInterrupt
        calls.append(1)
        return original(self)

    with monkeypatch.context() as patch:
        patch.setattr(LocalSimulator, "counts", cut_off)
        with pytest.raises(KeyboardInterrupt):
            submit(experiment, tmp_path / "cut")
    (folder,) = (tmp_path / "cut").iterdir()
    assert read_record(folder).state == "submitted"
    again = fetch(folder)
    assert again.counts().draws == counts.draws
    assert trajectory(again).kind == "fake_lagos, 320 shots in 16 draws"
    with pytest.raises(qcoll.InputError, match="same experiment was submitted"):
        submit(experiment, tmp_path / "whole")


def test_points_of_a_sweep_draw_on_their_own(tmp_path):
    """Circuits of their own each, without asking for it; the record gives each point its own draws."""
    alphas = [0.4, 1.0]
    points = [
        qcoll.compile_collisions(qcoll.example_2(alpha=alpha, dt=0.5), 2, "+", synthesis="sampled") for alpha in alphas
    ]
    experiment = small_experiment(points, swept={"alpha": alphas})
    assert len(experiment.circuits) == 2 * 16 * 6
    draws = [[tuple(g.measurement.mapped.compiled.draws()) for g in experiment.groups if p in g.points] for p in (0, 1)]
    assert draws[0] != draws[1]
    record = submit(experiment, tmp_path)
    found = trajectories(record)
    assert [each.counts.shots for each in found] == [320, 320]
    examined = dry_run(experiment)
    for own, forecast in zip(found, examined.forecasts, strict=True):
        predicted = forecast.predicted
        difference = to_pauli_vector(own.states - predicted.states)[:, 1:]
        error = np.sqrt(np.diagonal(predicted.pauli_covariance, axis1=1, axis2=2)[:, 1:])
        assert np.all(np.abs(difference) < 4 * error + 1e-9)


def test_a_point_that_happens_to_draw_nothing():
    """Without a coupling every collision is the same: all its draws are alike."""
    models = [qcoll.example_2(alpha=alpha, dt=0.5) for alpha in (0.0, 1.0)]
    points = [qcoll.compile_collisions(each, 2, "+", synthesis="sampled") for each in models]
    assert [len(each.pieces.branches) > 1 for each in points] == [False, True]
    experiment = small_experiment(points)
    forecasts = dry_run(experiment).forecasts
    np.testing.assert_allclose(forecasts[0].predicted.pauli_covariance[1][1, 1], 0.0, atol=1 / 320)


def test_dry_run_says_what_draws_do(compiled):
    experiment = small_experiment(compiled, quantities=["state", "heat"], shots=640)
    examined = dry_run(experiment)
    assert "16 draws of each setting with 40 shots each" in str(examined)
    assert str(examined).count("transpiler seed") == 1
    assert 0 < examined.share_of_draws < 1
    assert f"{100 * examined.share_of_draws:.0f} % of the last state's variance" in str(examined)
    assert experiment.executions == 640 * 9
    assert examined.qpu_seconds == pytest.approx(2 + 250e-6 * 640 * 9, rel=0.1)
    assert examined.predicted.counts.shots == 640


def test_twirled_draws_have_no_shots_but_theirs(system_only):
    """The runtime twirls in rounds of 64 and more; of 80 shots it would make 128."""
    options = DeviceOptions(readout="trex")
    experiment = small_experiment(system_only, shots=160, draws=2, options=options)
    here = LocalSimulator.of(experiment.device, experiment.pubs[-2:], 80, options, 1, sampled=True)
    assert [sum(each.values()) for each in here.counts()] == [80, 80]
    assert options.for_sampler(80)["twirling"]["shots_per_randomization"] == 80
    assert options.for_sampler(256)["twirling"]["shots_per_randomization"] == 64
    assert options.for_sampler(2000)["twirling"]["shots_per_randomization"] == 80  # not 32 rounds of 64, which are 2048


def test_jobs_of_a_real_device(tmp_path, server, service, system_only):
    """Over the wire: one job with all draws, each circuit with its share of the shots."""
    device = open_device("ibm_lagos", service=service)
    settings = {"at": [2], "shots": 64, "quantities": ["state"], "seeds": [0], "draws": 4}
    experiment = design_experiment(system_only, device, **settings)
    record = submit(experiment, tmp_path)
    assert server.executions() == experiment.executions == 64 * 6
    found = fetch(record, service).counts()
    assert (found.shots, len(found.draws)) == (64, 4)


def test_shots_are_dealt_out_at_random():
    counts = {0: 900, 3: 100}
    parts = dealt(counts, 10, seed=1)
    assert {k: sum(part.get(k, 0) for part in parts) for k in counts} == counts
    assert all(sum(part.values()) == 100 for part in parts)
    drawn = np.array([part[3] for seed in range(200) for part in dealt(counts, 10, seed)])
    assert np.var(drawn) == pytest.approx(100 * 0.1 * 0.9 * 900 / 999, rel=0.15)  # hypergeometric


def test_hashes_of_other_experiments_have_not_changed():
    """As recorded before there were draws; and what was not drawn says nothing of draws."""
    model = qcoll.example_2(alpha=0.4, dt=0.5, kappa=1.0)
    one = qcoll.compile_collisions(model, n=2, initial="+", trotter_order=1)
    experiment = design_experiment(one, "fake_lagos", at=[2], shots=300, seeds=[0], seed=5)
    assert experiment.hash == "6ccdf98ae861d8900edfa507968ef96194c461d1f49ce28e946b9ab167c70206"
    alphas = [0.2, 0.4]
    points = [qcoll.compile_collisions(qcoll.example_2(alpha=a), 2, "0", synthesis="channel") for a in alphas]
    settings = {"at": [2], "shots": 300, "quantities": ["state"], "seeds": [0], "seed": 5, "swept": {"alpha": alphas}}
    sweep = design_experiment(points, "fake_lagos", options=DeviceOptions(readout="trex"), **settings)
    assert sweep.hash == "1e1e098b03a4be0a55b13188198ca8561a2fc027db36cd75eb8889de2d6bd766"
    assert "draws" not in sweep.definition


def test_what_is_drawn_is_in_the_hash(system_only):
    first = small_experiment(system_only)
    assert json.loads(json.dumps(first.definition))["draws"] == {"number": 16, "seeds": [0]}
    hashes = {first.hash, small_experiment(system_only, draws=32).hash}
    hashes.add(small_experiment(dataclasses.replace(system_only, seed=1)).hash)
    assert len(hashes) == 3


def test_default_draws():
    assert [default_draws(shots) for shots in (64, 100, 1000, 4000, 4096)] == [64, 50, 50, 50, 64]
    for shots in (10, 4001):
        with pytest.raises(qcoll.InputError, match="or say how many draws"):
            default_draws(shots)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"draws": 1}, "from 2 on"),
        ({"draws": 2.5}, "from 2 on"),
        ({"draws": 30}, "give 330 shots"),
        ({"draws": None, "shots": 4001}, "no divisor from 16 to 64.*give 4032 shots"),
        ({"options": DeviceOptions(zne=True)}, "zero-noise extrapolation"),
    ],
)
def test_bad_requests(system_only, options, message):
    with pytest.raises(qcoll.InputError, match=message):
        small_experiment(system_only, **options)


def test_what_cannot_be_drawn(system_only):
    plain = qcoll.compile_collisions(system_only.model, n=2, synthesis="channel")
    with pytest.raises(qcoll.InputError, match="nothing is sampled"):
        small_experiment(plain)
    with pytest.raises(qcoll.InputError, match="take measurement_circuits"):
        sampled_measurements(plain, 1, ["state"])
    with pytest.raises(qcoll.InputError, match="take sampled_measurements"):
        measurement_circuits(system_only, 1, ["state"])
    with pytest.raises(qcoll.InputError, match="an estimator"):
        observed_circuits(system_only, 1, ["state"])
    fresh = qcoll.compile_collisions(system_only.model, n=2, synthesis="sampled", ancillas="fresh")
    with pytest.raises(qcoll.InputError, match="on other qubits"):
        sampled_measurements(fresh, 1, ["state"])
    with pytest.raises(qcoll.InputError, match="on other qubits"):
        small_experiment(fresh)
    measured = qcoll.compile_collisions(system_only.model, n=2, synthesis="sampled", correction="measured")
    with pytest.raises(qcoll.InputError, match="measured correction"):
        small_experiment(measured)
    with pytest.raises(qcoll.InputError, match="keeps only the system"):
        sampled_measurements(system_only, 1)
    with pytest.raises(qcoll.InputError, match="cannot be divided equally among 64 draws"):
        run(sampled_measurements(system_only, 1, ["state"]), SamplerV2(seed=1), 1000)
