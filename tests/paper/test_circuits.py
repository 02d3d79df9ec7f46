"""Marks from compiled circuits: the exact numbers up to the splitting, and noise that shows."""

import numpy as np
import pytest

import qcoll
from qcoll.cli import main
from qcoll.paper.circuits import circuit_marks
from qcoll.paper.figures import draw_figures

MODEL = qcoll.example_2(alpha=0.2)


def test_ideal_marks_lie_on_the_exact_curves():
    marks = circuit_marks()
    run, exact = marks.evolve(MODEL, 5000), qcoll.evolve(MODEL, n=5000)
    assert len(run) == 5001
    assert np.abs(run.states - exact.states).max() < 5e-5
    assert np.abs(run.heat - exact.heat).max() < 1e-7
    steady = marks.steady(MODEL)
    assert np.abs(steady.states[0] - qcoll.steady_state(MODEL).data).max() < 2e-4
    assert np.abs(steady.states[1] - steady.states[0]).max() < 1e-14


def test_a_higher_order_brings_them_closer():
    model = qcoll.example_2(alpha=0.5, dt=0.5, kappa=1.0)
    steady = qcoll.steady_state(model).data
    errors = [np.abs(circuit_marks(trotter_order=order).steady(model).states[0] - steady).max() for order in (1, 2, 4)]
    assert errors[0] > errors[1] > 10 * errors[2]


def test_noisy_marks_end_in_the_noisy_steady_state():
    noise = {"two_qubit": 1e-3}
    marks = circuit_marks(noise)
    steady = marks.steady(MODEL)
    compiled = qcoll.compile_collisions(MODEL, n=200_000)
    far = qcoll.simulate(compiled, noise, record=[200_000]).states[-1]
    assert np.abs(steady.states[0] - far).max() < 1e-10
    assert steady.coherence[0] < 0.5 * circuit_marks().steady(MODEL).coherence[0]


def test_marks_reach_the_figures_and_their_data(tmp_path):
    paths = draw_figures(tmp_path, marks=[circuit_marks()], only=["figure_4"])
    table = next(path for path in paths if path.suffix == ".csv").read_text()
    kinds = {line.split(",")[1] for line in table.splitlines()[1:]}
    assert kinds == {"exact", "second order", "circuit"}


def test_the_command_draws_and_refuses(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["qcoll", "figures", "--out", str(tmp_path), "--only", "figure_2"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"figure_2.png", "figure_2.pdf", "figure_2.csv"}
    monkeypatch.setattr("sys.argv", ["qcoll", "figures", "--out", str(tmp_path), "--only", "figure_9"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert "there is no figure 'figure_9'" in capsys.readouterr().err
