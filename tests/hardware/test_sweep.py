"""Sweeps: one parametrised circuit for all points, equal to the circuits mapped one by one."""

import json

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import Operator
from scipy.stats import chi2

import qcoll
from qcoll.device.mapping import map_collisions
from qcoll.hardware import (
    DeviceOptions,
    design_experiment,
    dry_run,
    fetch,
    hardware_results,
    open_device,
    predicted_counts,
    read_record,
    save_result,
    submit,
    trajectories,
    trajectory,
)
from qcoll.hardware.pubs import Pub
from qcoll.hardware.service.local import LocalSimulator
from qcoll.hardware.shared_circuits import shared_circuits, structure_difference
from qcoll.measure.circuits import bound
from qcoll.trajectory.pauli import to_pauli_vector

PLAIN = {"alpha": 0.4, "dt": 0.5, "kappa": 1.0}
LEVELS = ["trotter", "exact", "channel"]
SWEPT = {"alpha": [0.3, 0.6, 1.0], "beta": [0.5, 1.0, 2.0], "dt": [0.1, 0.3, 0.5], "kappa": [0.3, 0.6, 1.0]}


def points(name, values, n=2, **options):
    formula = {"trotter_order": 1} if options.get("synthesis", "trotter") == "trotter" else {}
    settings = {"initial": "+"} | formula | options
    return [qcoll.compile_collisions(qcoll.example_2(**PLAIN | {name: value}), n=n, **settings) for value in values]


def shared(circuits, target, **options):
    settings = {"optimization_level": 3, "seeds": (0,), "schedule": True, "labels": [""] * len(circuits)} | options
    return shared_circuits(circuits, target, **settings)


def unitary(circuit):
    """Of everything but resets, ticks, delays and measurements, which the structure keeps in place."""
    plain = QuantumCircuit(circuit.num_qubits)
    for item in circuit.data:
        if item.operation.name not in ("barrier", "delay", "reset", "measure"):
            plain.append(item.operation, [circuit.find_bit(qubit).index for qubit in item.qubits])
    return Operator(plain)


@pytest.mark.parametrize(
    ("device", "synthesis", "name"),
    [
        *(("fake_lagos", "trotter", name) for name in SWEPT),
        *(("fake_torino", level, name) for level in LEVELS for name in ("alpha", "beta")),
    ],
)
def test_bound_circuits_are_those_mapped_one_by_one(device, synthesis, name):
    target = open_device(device).backend.target
    circuits = points(name, SWEPT[name], synthesis=synthesis)
    (found,) = shared(circuits, target, schedule=False)
    assert found.points == (0, 1, 2)
    assert found.values
    for index, circuit in enumerate(circuits):
        values = {key: float(each[index]) for key, each in found.values.items()}
        (alone, *_) = [
            mapped
            for layout in (None, found.mapped.layout)
            if structure_difference(
                found.mapped,
                mapped := map_collisions(circuit, target, layout=layout, seeds=(found.mapped.seed,), schedule=False),
            )
            is None
        ]
        for piece in ("initial", "first", "period"):
            own = unitary(bound(getattr(found.mapped, piece), values))
            assert own.equiv(unitary(getattr(alone, piece)), rtol=0, atol=1e-9)


def test_the_whole_channel_is_that_of_the_model():
    """Resets, ticks, delays and all: what the bound circuits predict is what each model's own circuit gives."""
    values = SWEPT["alpha"]
    circuits = points("alpha", values)
    experiment = design_experiment(circuits, "fake_lagos", at=[2], shots=100, seeds=[0], swept={"alpha": values})
    forecasts = dry_run(experiment, predict=False).forecasts
    group = experiment.groups[0]
    assert any("delay" in circuit.count_ops() for circuit in experiment.circuits)
    for index, circuit in enumerate(circuits):
        assert forecasts[index].point.values == {"alpha": values[index]}
        assert forecasts[index].point.plan.model == circuit.model
        here = group.measurement.compact().bound(group.at(index))
        own = qcoll.hardware.combine(predicted_counts(here, 1000), bootstrap=0)
        np.testing.assert_allclose(own.states[-1], qcoll.simulate(circuit).states[-1], atol=1e-7)


def test_delays_are_those_of_the_longest_run():
    """At every point the qubits of a gate, and of a tick, are free at the same time: nothing waits unaccounted for."""
    target = open_device("fake_torino").backend.target
    circuits = points("kappa", SWEPT["kappa"], synthesis="exact")
    (found,) = shared(circuits, target)
    part = found.mapped.target
    for index in range(3):
        values = {key: float(each[index]) for key, each in found.values.items()}
        piece = bound(found.mapped.period, values)
        ends = dict.fromkeys(range(piece.num_qubits), 0.0)
        for item in piece.data:
            qubits = [piece.find_bit(qubit).index for qubit in item.qubits]
            if item.operation.name == "barrier":
                assert len({round(ends[qubit] / part.dt) for qubit in qubits}) == 1  # all arrive at once
                continue
            length = (
                item.operation.duration * part.dt
                if item.operation.name == "delay"
                else part[item.operation.name][tuple(qubits)].duration
            )
            assert len({round(ends[qubit] / part.dt) for qubit in qubits}) == 1
            for qubit in qubits:
                ends[qubit] += length


def test_counts_of_all_points_lie_within_their_error_bars(tmp_path):
    values = [0.3, 0.9]
    circuits = points("alpha", values)
    experiment = design_experiment(
        circuits, "fake_lagos", at=[2], shots=8000, quantities=["state"], seeds=[0], swept={"alpha": values}
    )
    single = design_experiment(circuits[0], "fake_lagos", at=[2], shots=8000, quantities=["state"], seeds=[0])
    assert len(experiment.circuits) == len(single.circuits) == 6  # settings, not settings times points
    assert experiment.executions == 8000 * (3 + 3 * 2)  # the initial state is the same at both points
    assert "for 2 points" in str(dry_run(experiment, predict=False))
    record = submit(experiment, tmp_path)
    expected = [each.predicted for each in dry_run(experiment).forecasts]
    measured = trajectories(fetch(record))
    assert len(measured) == 2
    total, freedom = 0.0, 0
    for own, known in zip(measured, expected, strict=True):
        difference = to_pauli_vector(own.states[1] - known.states[1])[1:]
        total += difference @ np.linalg.solve(own.pauli_covariance[1][1:, 1:], difference)
        freedom += len(difference)
    assert chi2.ppf(1e-4, freedom) < total < chi2.ppf(1 - 1e-4, freedom)
    apart = to_pauli_vector(measured[0].states[1] - measured[1].states[1])[1:]
    assert np.abs(apart).max() > 4 * np.sqrt(measured[0].pauli_covariance[1].max())  # the points are told apart
    with pytest.raises(qcoll.InputError, match="has 2 points: name one"):
        trajectory(record)
    with pytest.raises(qcoll.InputError, match="points 0 to 1"):
        trajectory(record, point=2)
    assert trajectory(record, point=1).states[1] == pytest.approx(measured[1].states[1])
    content = json.loads(save_result(record, hardware_results(record)).read_text())
    assert [each["values"] for each in content["points"]] == [{"alpha": 0.3}, {"alpha": 0.9}]


def test_the_record_of_a_sweep_holds_plain_arrays_and_goes_on(tmp_path):
    values = [0.3, 0.9]
    experiment = design_experiment(
        points("alpha", values), "fake_manila", at=[1], shots=50, quantities=["state"], seeds=[0]
    )
    record = submit(experiment, tmp_path)
    with np.load(record.folder / "parameters-0.npz", allow_pickle=False) as table:
        assert table["values"].shape == (2, len(table["names"]))
    assert {path.name for path in record.folder.glob("model*.toml")} == {"model.toml", "model-1.toml"}
    before = [each.counts.counts for each in trajectories(record)]
    (record.folder / "counts-0.npz").unlink()
    data = json.loads((record.folder / "record.json").read_text())
    data["jobs"][0]["state"] = "submitted"
    (record.folder / "record.json").write_text(json.dumps(data))
    again = fetch(read_record(record.folder))
    assert [each.counts.counts for each in trajectories(again)] == before
    with pytest.raises(qcoll.InputError, match="same experiment"):
        submit(experiment, tmp_path)
    (record.folder / "parameters-0.npz").unlink()
    with pytest.raises(qcoll.InputError, match="cannot read the parameters"):
        read_record(record.folder).pubs()


def test_points_of_one_circuit_have_shot_noise_of_their_own():
    circuit = QuantumCircuit(1, name="x")
    circuit.rz(Parameter("a"), 0)
    circuit.sx(0)
    circuit.add_register(ClassicalRegister(1, "meas"))
    circuit.measure(0, 0)
    pub = Pub(circuit, np.zeros((2, 1)))
    device = open_device("fake_manila")
    first, second = LocalSimulator.of(device, [pub], 500, DeviceOptions(), seed=1).counts()
    assert first != second
    assert LocalSimulator.of(device, [pub.single(1)], 500, DeviceOptions(), seed=2).counts() == (second,)
    here = LocalSimulator.of(device, [pub], 500, DeviceOptions(), seed=1)
    seeds = [here._seeded({}, index)["simulator"]["seed_simulator"] for index in range(50)]
    assert np.diff(np.sort(seeds)).min() > 10_000  # Aer numbers shots upwards from the seed


def test_points_of_another_structure_are_refused_or_get_their_own():
    values = [0.0, 0.4, 0.8]
    circuits = points("alpha", values)
    options = {"at": [1], "shots": 10, "quantities": ["state"], "seeds": [0], "swept": {"alpha": values}}
    with pytest.raises(qcoll.InputError, match=r"compared with alpha=0.4, alpha=0 in the .* two-qubit gates.*separate"):
        design_experiment(circuits, "fake_lagos", **options)
    experiment = design_experiment(circuits, "fake_lagos", **options, structures="separate")
    assert [group.points for group in experiment.groups] == [(0,), (1, 2)]
    assert len(experiment.circuits) == 12
    whole = {"quantities": ["state", "work"], "structures": "one"}
    with pytest.raises(qcoll.InputError, match=r"alpha=0 in the Pauli strings to be measured"):
        design_experiment(circuits, "fake_lagos", **options | whole)


def test_separate_structures_are_combined_point_by_point(tmp_path):
    values = [0.0, 0.8]
    experiment = design_experiment(
        points("alpha", values),
        "fake_lagos",
        at=[1],
        shots=400,
        quantities=["state"],
        seeds=[0],
        swept={"alpha": values},
        structures="separate",
    )
    record = submit(experiment, tmp_path)
    for result in hardware_results(record):
        model = result.measured.model
        assert result.measured.ledger.collisions.tolist() == [1]
        assert model.name == "example 2"
    assert [point.plan.model.fingerprint() for point in record.points] == [
        each.model.fingerprint() for each in points("alpha", values)
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": 3}, "circuit 1 was compiled with n=3 and circuit 0 with n=2:"),
        ({"trotter_order": 2}, "trotter_order=2"),
        ({"ancillas": "fresh"}, "ancillas='fresh'"),
    ],
)
def test_points_are_compiled_in_the_same_way(change, message):
    circuits = [*points("alpha", [0.4]), *points("alpha", [0.6], **change)]
    with pytest.raises(qcoll.InputError, match=message):
        design_experiment(circuits, "fake_lagos", at=[1], shots=10)


@pytest.mark.parametrize(
    ("circuits", "options", "message"),
    [
        ([], {}, "there are no circuits"),
        (["x"], {}, "circuit 0 is a str"),
        (None, {"swept": {"alpha": [1.0]}}, "1 values of alpha, but there are 2"),
        (None, {"structures": "two"}, '"one" or "separate"'),
    ],
)
def test_bad_sweeps(circuits, options, message):
    chosen = points("alpha", [0.4, 0.6]) if circuits is None else circuits
    with pytest.raises(qcoll.InputError, match=message):
        design_experiment(chosen, "fake_lagos", at=[1], shots=10, **options)


def test_fresh_ancillas_share_too():
    circuits = points("beta", [0.5, 1.5], ancillas="fresh")
    experiment = design_experiment(circuits, "fake_torino", at=[1, 2], shots=10, seeds=[0], quantities=["state"])
    group = experiment.groups[0]
    for index, circuit in enumerate(circuits):
        found = predicted_counts(group.measurement.compact().bound(group.at(index)), 100)
        own = qcoll.hardware.combine(found, bootstrap=0).states
        np.testing.assert_allclose(own, qcoll.simulate(circuit).states, atol=1e-7)


def test_a_sweep_is_one_job_with_arrays_on_ibm(server, service, tmp_path):
    values = [0.3, 0.6, 0.9]
    device = open_device("ibm_lagos", service=service)
    options = DeviceOptions(dynamical_decoupling="XX", readout="trex")
    experiment = design_experiment(
        points("alpha", values), device, at=[1], shots=640, quantities=["state"], seeds=[0], options=options
    )
    record = submit(experiment, tmp_path)
    assert len(server.submitted) == 1
    assert len(server.inputs()["quantum_program"]["items"]) == len(experiment.circuits) == 7
    assert experiment.executions == 640 * (4 + 3 * 3)
    assert server.executions() == experiment.executions
    found = trajectories(fetch(record, service))
    assert [each.counts.shots for each in found] == [640] * 3
    assert found[2].unmitigated is not None
