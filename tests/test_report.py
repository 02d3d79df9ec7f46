"""Checked runs and their pictures."""

import matplotlib
import numpy as np
import pytest

import qcoll
from qcoll.device import circuit_cost, map_collisions
from qcoll.model.random import random_model
from qcoll.plots import plot_run, save_figure
from qcoll.report import checked_run
from qcoll.trajectory.files import columns

MODEL = qcoll.example_2(alpha=0.4, dt=0.4)


def test_a_checked_run_has_all_ways_and_says_what_it_does():
    said = []
    run = checked_run(MODEL, 8, noise={"two_qubit": 0.01}, shots=100, seed=1, progress=said.append)
    assert list(run.trajectories) == ["exact", "ideal circuit", "noisy circuit", "shots"]
    assert said == ["exact dynamics", "ideal circuit", "cost", "noisy circuit", "comparison"]
    assert run.comparisons["noisy circuit"].dominant_source == "noise"
    assert set(run.costs) == {"all qubits connected", "plain figures"}


def test_a_system_too_large_for_density_matrices_is_refused_before_any_work():
    chain = qcoll.models.boundary_driven_chain(sites=14, betas=(0.5, 2.0), dt=0.2)
    said = []
    with pytest.raises(qcoll.InputError, match=r"14 system qubits.* end at 13: larger systems run in Python"):
        checked_run(chain, 1, progress=said.append)
    assert said == []


def test_bad_noise_is_refused_before_any_work():
    said = []
    with pytest.raises(qcoll.InputError, match="fake device"):
        checked_run(MODEL, 8, noise="FakeNothing", progress=said.append)
    assert said == []


def test_costs_of_long_circuits_are_counted_not_built():
    for n in (6, 9):
        compiled = qcoll.compile_collisions(MODEL, n=n)
        mapped = map_collisions(compiled, basis_gates=["cx", "u"], optimization_level=1, seeds=[0])
        circuit = mapped.sequence()
        cost = circuit_cost(mapped)
        assert cost.two_qubit_gates == circuit.num_nonlocal_gates()
        assert cost.resets == circuit.count_ops()["reset"]
        assert cost.two_qubit_depth == circuit.depth(lambda item: item.operation.name == "cx")


def test_durations_add_up_over_the_periods():
    from qcoll.run.simulation import prepare_run

    figures = {"t1": 1e-4, "t2": 1e-4, "reset_time": 1e-6}
    durations = []
    for n in (3, 5, 50):
        mapped, _, _ = prepare_run(qcoll.compile_collisions(MODEL, n=n), figures)
        durations.append(circuit_cost(mapped).duration)
    period = (durations[1] - durations[0]) / 2
    assert durations[2] == pytest.approx(durations[1] + 45 * period, rel=1e-9)
    assert period > 1e-6, "a reset and the collision"


def test_columns_are_named_pauli_means():
    trajectory = qcoll.evolve(random_model(1, num_system_qubits=2), n=3)
    table = columns(trajectory)
    from qiskit.quantum_info import SparsePauliOp

    assert np.allclose(table["<XY>"], trajectory.expectation(SparsePauliOp("XY")))
    assert np.allclose(table["<IZ>"], trajectory.expectation(SparsePauliOp("IZ")))
    assert table["heat"][0] == 0
    assert np.array_equal(table["heat"][1:], trajectory.heat)


@pytest.mark.parametrize("ending", ["png", "pdf", "svg"])
def test_figures_are_written_whole(tmp_path, ending):
    figure = plot_run(checked_run(MODEL, 5, shots=50, seed=1).trajectories)
    path = tmp_path / f"run.{ending}"
    save_figure(figure, path)
    assert path.stat().st_size > 5000
    assert len(list(tmp_path.iterdir())) == 1


def test_the_plot_shows_the_numbers():
    run = checked_run(MODEL, 10)
    figure = plot_run(run.trajectories)
    coherence = figure.axes[0]
    lines = {line.get_label(): line for line in coherence.get_lines()}
    assert np.array_equal(lines["exact"].get_ydata(), run.trajectories["exact"].coherence)
    assert np.array_equal(lines["ideal circuit"].get_ydata(), run.trajectories["ideal circuit"].coherence)
    assert all(axis.get_xlabel() and axis.get_ylabel() for axis in figure.axes)
    assert matplotlib.get_backend().lower() != "tkagg"
