"""The error budget against the noisy simulation of the circuits it talks about."""

from dataclasses import replace

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import InstructionProperties

import qcoll
from qcoll.circuits.steps import two_qubit_gates
from qcoll.device import map_collisions
from qcoll.device.fakes import PartOfBackend, fake_backend
from qcoll.device.slow_noise import detuned_noise
from qcoll.device.target import rebuilt
from qcoll.hardware import Choice, Choices, DeviceOptions, design_experiment, dry_run, error_budget, open_device
from qcoll.hardware.service.runtime import shorter_resets
from qcoll.hardware.times import circuit_duration
from qcoll.plots import plot_budget

SEEDS = [0, 1]


@pytest.fixture(scope="module")
def budget(model):
    return error_budget(model, "fake_torino", 12, "+", seeds=SEEDS, synthesis=["trotter"], preparations=["purified"])


def test_prediction_is_the_noisy_simulation_of_every_choice(budget, model):
    """The budget iterates a channel; here the whole sequence is simulated gate by gate."""
    exact = qcoll.evolve(model, 12, "+")
    for each in budget.choices[:2]:
        noisy = qcoll.simulate(each.choice.compile(model, 12, "+"), noise="fake_torino", seeds=SEEDS, method="direct")
        distance = qcoll.compare(noisy, exact).trace_distance
        np.testing.assert_allclose(each.error, distance, atol=1e-9)


def test_the_sources_bound_the_total(budget):
    for each in budget.choices:
        total = sum(each.sources.values())
        assert np.all(each.error <= total + 1e-12)
        assert each.dominant(12) == "gates"
        assert each.sources["preparation"].max() < 1e-7


def test_the_best_choice_is_worth_most(budget):
    worths = [each.worth(budget.tolerance) for each in budget.choices]
    assert worths == sorted(worths, reverse=True)
    best = budget.best
    worth = best.worth(budget.tolerance)
    assert np.all(best.error[: worth + 1] <= 0.1)
    assert best.error[worth + 1] > 0.1
    assert str(best.choice) in str(budget)
    assert f"worth running: {worth} collisions" in str(budget)


def test_the_picture_shows_the_numbers(budget):
    left, right = plot_budget(budget).axes
    curves = {line.get_label(): line.get_ydata() for line in left.get_lines()}
    for each in budget.choices[:2]:  # of one level
        np.testing.assert_array_equal(curves[str(each.choice)], each.error)
    assert len(curves) == 3, "and the tolerance"
    assert str(budget.best.choice) in right.get_title()
    top = right.collections[-1].get_paths()[0].vertices[:, 1].max()
    assert np.isclose(top, sum(budget.best.sources.values()).max())


def test_splitting_is_that_of_the_ideal_circuit_and_of_second_order(model):
    settings = {"trotter_orders": [2], "seeds": [0], "synthesis": ["trotter"], "preparations": ["purified"]}
    budget = error_budget(model, "fake_torino", 3, "+", **settings)
    by_steps = {each.choice.trotter_steps: each for each in budget.choices}
    compiled = by_steps[1].choice.compile(model, 3, "+")
    ideal = qcoll.compare(qcoll.simulate(compiled), qcoll.evolve(model, 3, "+"))
    np.testing.assert_allclose(by_steps[1].sources["splitting"], ideal.trace_distance, atol=1e-7)
    ratio = by_steps[1].sources["splitting"][1:] / by_steps[2].sources["splitting"][1:]
    assert np.all((ratio > 3.5) & (ratio < 4.5))


def test_devices_without_reset_take_fresh_ancillas(model):
    settings = {"trotter_orders": [1], "trotter_steps": [1], "seeds": [0], "synthesis": ["trotter"]}
    budget = error_budget(model, "fake_miami", 40, **settings)
    assert budget.best.choice.ancillas == "fresh"
    assert budget.best.last == 29  # 120 qubits, two for the mixed initial state, four for each collision
    assert "no qubits left" in str(budget)


@pytest.mark.parametrize("ancillas", ["reset", "alternating"])
def test_levels_of_synthesis_are_choices_too(model, ancillas):
    """Predicted for each level as the noisy simulation of its circuit has it; fewer gates are worth more collisions."""
    settings = {"trotter_orders": [2], "trotter_steps": [1], "seeds": [0], "preparations": ["purified"]}
    settings["decoupling"] = [None]
    levels = (
        ["trotter", "channel"] if ancillas == "alternating" else ["trotter", "exact", "purified_channel", "channel"]
    )
    budget = error_budget(model, "fake_torino", 4, "+", ancillas=[ancillas], sets=[2], synthesis=levels, **settings)
    found = {each.choice.synthesis: each for each in budget.choices}
    assert set(found) == set(levels)
    assert found["channel"].two_qubit_gates < found["trotter"].two_qubit_gates
    assert found["channel"].error[-1] < found["trotter"].error[-1]
    assert set(found["channel"].sources) == {"synthesis", "gates", "waiting", "resets"}
    choice = found["channel"].choice
    noisy = qcoll.simulate(choice.compile(model, 4, "+"), noise="fake_torino", seeds=[0], method="direct")
    distance = qcoll.compare(noisy, qcoll.evolve(model, 4, "+")).trace_distance
    np.testing.assert_allclose(found["channel"].error, distance, atol=1e-9)
    assert str(choice) == f"channel, {ancillas} ancillas"


@pytest.mark.parametrize("turns", [{"ancillas": ["reset"]}, {"ancillas": ["alternating"], "sets": [3]}], ids=str)
@pytest.mark.parametrize(("level", "preparation"), [("sampled", "purified"), ("exact", "sampled")])
def test_sampled_levels_are_predicted_by_their_mean(model, level, preparation, turns):
    """As the noisy simulation of their mean, collision by collision, has it."""
    settings = {"synthesis": [level], "preparations": [preparation], "seeds": [0]}
    budget = error_budget(model, "fake_torino", 4, "+", **settings, **turns)
    pulses = {each.choice.decoupling for each in budget.choices}
    assert pulses == {None, "XX"}
    table = str(budget).splitlines()[1 : 2 + len(budget.choices)]
    assert len({len(line) for line in table}) == 1  # columns stand below each other, whatever the names
    for found in budget.choices:
        pulsed = found.choice.decoupling
        noise = "fake_torino" if pulsed is None else detuned_noise("fake_torino", 0.0, decoupling=pulsed)
        noisy = qcoll.simulate(found.choice.compile(model, 4, "+"), noise=noise, seeds=[0], method="direct")
        distance = qcoll.compare(noisy, qcoll.evolve(model, 4, "+")).trace_distance
        np.testing.assert_allclose(found.error, distance, atol=1e-9)
        assert found.sources["synthesis"].max() < 1e-9
        assert 0 < found.two_qubit_gates < 3  # a channel of two ancilla qubits takes three
        assert found.choice.sampled


def test_resets_limit_channels_and_cost_nothing_if_they_take_no_time(model):
    """What the source "resets" says is what a device with instant resets would not have."""
    settings = {"synthesis": ["channel"], "ancillas": ["reset"], "seeds": [0], "decoupling": [None]}
    (found,) = error_budget(model, "fake_kingston", 10, "+", **settings).choices
    assert found.dominant(10) == "resets"
    backend = fake_backend("fake_kingston")

    def instant(name, table):
        return {own: InstructionProperties(duration=0.0) for own in table} if name == "reset" else table

    target = rebuilt(backend.target, instant, qubit_properties=backend.target.qubit_properties)
    (without,) = error_budget(model, PartOfBackend(target, "instant"), 10, "+", **settings).choices
    assert without.sources["resets"].max() < 1e-12
    assert without.error[-1] < 0.5 * found.error[-1]


def test_readout_is_that_of_the_qubit_that_holds_the_system():
    """e of 0 read as 1 and f of 1 as 0 turn <Z> into (1 - e - f) <Z> + f - e."""
    model = qcoll.example_2(alpha=0.4, dt=0.5)
    settings = {"synthesis": ["channel"], "ancillas": ["reset"], "seeds": [0], "decoupling": [None]}
    (found,) = error_budget(model, "fake_lagos", 3, "0", **settings).choices
    mapped = map_collisions(found.choice.compile(model, 1, "0"), fake_backend("fake_lagos").target, seeds=[0])
    (qubit,) = (mapped.qubits[each] for each in mapped.system_at_tick)
    errors = fake_backend("fake_lagos").properties()
    e, f = errors.qubit_property(qubit, "prob_meas1_prep0")[0], errors.qubit_property(qubit, "prob_meas0_prep1")[0]
    # |0> as it is there at tick 0: X and Y read as f - e, Z as 1 - 2e, half the length of the difference apart
    assert found.readout[0] == pytest.approx(np.sqrt(2 * (f - e) ** 2 + (2 * e) ** 2) / 2, rel=0.05)


def test_systems_of_two_qubits_have_the_level_sampled():
    pair = qcoll.CollisionModel(
        system=SparsePauliOp(["ZI", "IZ"], [0.5, 0.5]),
        ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), beta=1.0),
        interaction=SparsePauliOp("XIX", 0.4),
        dt=0.5,
    )
    settings = {"synthesis": ["sampled"], "ancillas": ["reset"], "seeds": [0], "decoupling": [None]}
    (found,) = error_budget(pair, "fake_lagos", 2, "00", **settings).choices
    noisy = qcoll.simulate(found.choice.compile(pair, 2, "00"), noise="fake_lagos", seeds=[0])
    distance = qcoll.compare(noisy, qcoll.evolve(pair, 2, "00")).trace_distance
    np.testing.assert_allclose(found.error, distance, atol=1e-9)


def test_pulses_are_chosen_against_detunings(model):
    """As the simulation with the same detunings has it."""
    settings = {"synthesis": ["channel"], "ancillas": ["reset"], "seeds": [0], "decoupling": [None, "XX"]}
    budget = error_budget(model, "fake_kingston", 3, "+", detuning=1e4, **settings)
    assert budget.best.choice.decoupling == "XX"
    for each in budget.choices:
        noise = detuned_noise("fake_kingston", 1e4, decoupling=each.choice.decoupling, draws=8)
        noisy = qcoll.simulate(each.choice.compile(model, 3, "+"), noise=noise, seeds=[0])
        distance = qcoll.compare(noisy, qcoll.evolve(model, 3, "+")).trace_distance
        np.testing.assert_allclose(each.error, distance, atol=1e-9)
    assert str(budget.best.choice) == "channel, reset ancillas, XX"


def test_choices_that_cannot_be_sampled(model):
    with pytest.raises(qcoll.InputError, match="sampled collisions need resets"):
        error_budget(model, "fake_torino", 3, synthesis=["sampled"], ancillas=["fresh"])
    with pytest.raises(qcoll.InputError, match="unknown level 'exakt'"):
        error_budget(model, "fake_torino", 3, synthesis=["exakt"])


def test_sets_that_do_not_fit_are_left_out(model):
    settings = {"synthesis": ["exact"], "preparations": ["sampled"], "sets": [2, 3], "seeds": [0]}
    choices = error_budget(model, "fake_lagos", 3, **settings).choices
    joint = {(each.choice.ancillas, each.choice.sets) for each in choices if each.choice.keep is None}
    assert joint == {("reset", 2), ("alternating", 2)}
    with pytest.raises(qcoll.InputError, match="can run none"):
        error_budget(model, "fake_lagos", 7, **settings | {"sets": [7], "ancillas": ["alternating"]})


def test_devices_that_are_too_small(model):
    with pytest.raises(qcoll.InputError, match="too small or has no reset"):
        error_budget(model, "fake_manila", 3, synthesis=["trotter"], preparations=["purified"])
    with pytest.raises(qcoll.InputError, match="between 0 and 1"):
        error_budget(model, "fake_torino", 3, tolerance=2.0)


def test_choices_say_what_they_are():
    assert str(Choice(1, 2, "fresh")) == "order 1, 2 steps, fresh ancillas, purified"


def test_dry_run_counts_what_is_sent(compiled):
    device = open_device("fake_lagos")
    experiment = design_experiment(compiled, device, at=[2, 4], shots=1000, seeds=[0])
    examined = dry_run(experiment, predict=False)
    assert examined.predicted is None
    longest = max(experiment.measurement.circuits, key=two_qubit_gates)
    assert examined.two_qubit_gates == longest.num_nonlocal_gates()
    durations = [circuit.estimate_duration(device.backend.target) for circuit in experiment.measurement.circuits]
    np.testing.assert_allclose(
        [circuit_duration(circuit, device.backend.target) for circuit in experiment.measurement.circuits],
        durations,
        rtol=1e-6,
    )
    expected = 2 + 1000 * sum(250e-6 + duration for duration in durations)
    assert examined.qpu_seconds == pytest.approx(expected, rel=1e-6)
    assert examined.t2 < examined.t1 < 1e-3
    assert "fake_lagos (simulated on this machine)" in str(examined)


def test_dry_run_predicts_and_says_what_it_cannot(compiled):
    experiment = design_experiment(
        compiled, "fake_lagos", at=[2], shots=1000, seeds=[0], options=DeviceOptions(gate_twirling=True)
    )
    examined = dry_run(experiment)
    assert "waiting is predicted for a schedule of ours" in str(examined)
    assert examined.predicted.coherence[1] < examined.exact_coherence[0]
    assert "delay" not in experiment.measurement.circuits[-1].count_ops()
    ours = dry_run(design_experiment(compiled, "fake_lagos", at=[2], shots=1000, seeds=[0])).predicted.coherence[1]
    assert ours < examined.predicted.coherence[1] < ours + 0.03  # the whole circuit as one: less waiting


def test_shorter_resets_are_part_of_the_prediction():
    """Circuits have the device's own kinds of reset, which take 1.7 instead of 2.2 us on fake_boston."""
    compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.4, dt=0.5), 4, "+", synthesis="channel")
    experiment = design_experiment(
        compiled, "fake_boston", [4], 1000, ["state"], seeds=[0], options=DeviceOptions(gate_twirling=True)
    )
    (group,) = experiment.groups
    target = experiment.device.backend.target
    circuits = tuple(shorter_resets(each, target) for each in group.measurement.circuits)
    assert "reset_2" in circuits[-1].count_ops()
    shorter = replace(
        experiment,
        options=DeviceOptions(shorter_resets=True),
        groups=(replace(group, measurement=replace(group.measurement, circuits=circuits)),),
    )
    usual, less = (abs(dry_run(each).predicted.states[-1][0, 1]) for each in (experiment, shorter))
    untouched = abs(qcoll.evolve(compiled.model, 4, "+").states[-1][0, 1])
    assert usual < less < untouched


def test_dry_run_predicts_detunings_and_the_pulses_against_them():
    model = qcoll.example_2(alpha=0.4, dt=0.5)
    compiled = qcoll.compile_collisions(model, 2, "+", synthesis="channel")
    found = {}
    for pulses in (None, "XX"):
        options = DeviceOptions(dynamical_decoupling=pulses)
        experiment = design_experiment(compiled, "fake_kingston", [2], 1000, ["state"], seeds=[0], options=options)
        examined = dry_run(experiment, detuning=3e4)
        assert "detuned by 30000 Hz rms" in str(examined)
        found[pulses] = abs(examined.predicted.states[-1][0, 1])
    plain = dry_run(experiment)
    assert "the prediction has no decoupling" in str(plain)
    undisturbed = abs(plain.predicted.states[-1][0, 1])
    assert found[None] < 0.95 * undisturbed
    assert found["XX"] == pytest.approx(undisturbed, rel=0.02)


def test_what_is_tried_is_one_object():
    """Every combination that there is, and keywords change an object."""
    target = fake_backend("FakeLagos").target
    few = Choices(synthesis=["trotter", "channel"], preparations=["purified"], trotter_orders=[2])
    names = [str(choice) for choice in few.on(target)]
    assert names == [
        "order 2, 1 step, reset ancillas, purified",
        "order 2, 2 steps, reset ancillas, purified",
        "channel, reset ancillas",
        "channel, reset ancillas, XX",
        "channel, alternating ancillas",
        "channel, alternating ancillas, XX",
        "channel, 3 alternating ancillas",
        "channel, 3 alternating ancillas, XX",
    ]
    pulsed = few.on(target, detuning=100.0)
    assert [choice.decoupling for choice in pulsed] == [None, "XX"] * 5
    assert len(Choices(sets=[2], synthesis=["channel"]).on(target)) == 4
    with pytest.raises(qcoll.InputError, match="unknown level 'best'"):
        Choices(synthesis=["best"])


def test_jobs_have_no_more_control_instructions_than_a_qubit_takes(compiled, monkeypatch):
    """IBM's own count: 50 for a circuit, 5 for each CZ, 17 for each reset, ...; one job more when it is exceeded."""
    experiment = design_experiment(compiled, "fake_lagos", at=[2, 4], shots=1000, seeds=[0])
    counts = experiment.instructions
    circuit = max(experiment.circuits, key=len)
    row = counts[experiment.circuits.index(circuit)]
    qubit = int(row.argmax())
    table = {"rz": 1, "delay": 1, "sx": 2, "x": 2, "cx": 5, "measure": 10, "reset": 17}
    names = [item.operation.name for item in circuit.data if circuit.qubits[qubit] in item.qubits]
    assert row[qubit] == 50 + sum(table[name] for name in names if name != "barrier")
    assert len(experiment.jobs) == 1
    assert "limits" not in str(dry_run(experiment, predict=False))
    monkeypatch.setattr("qcoll.hardware.experiment.LARGEST_PER_QUBIT", int(counts.sum(axis=0).max()) - 1)
    monkeypatch.setattr("qcoll.hardware.forecast.LARGEST_PER_QUBIT", int(counts.sum(axis=0).max()) - 1)
    assert len(experiment.jobs) == 2
    assert "% of the control instructions per qubit" in str(dry_run(experiment, predict=False))
    monkeypatch.setattr("qcoll.hardware.experiment.LARGEST_PER_QUBIT", int(row.max()) - 1)
    with pytest.raises(qcoll.InputError, match="instructions of the control system on one qubit"):
        design_experiment(compiled, "fake_lagos", at=[2, 4], shots=1000, seeds=[0])
