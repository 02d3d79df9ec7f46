"""Figures: complete, reproducible, with marks of other dynamics, and the numbers behind them."""

import csv
import io

import numpy as np
import pytest

import qcoll
from qcoll.paper.claims_coherence import PERIOD
from qcoll.paper.curves import figure_4
from qcoll.paper.drawing import draw, rendered
from qcoll.paper.figures import FIGURES, draw_figures
from qcoll.paper.panels import Marks, sparse
from qcoll.paper.steady_curves import figure_5, figure_7

EXACT_AGAIN = Marks(
    kind="circuit",
    evolve=lambda model, n: qcoll.evolve(model, n),
    steady=lambda model: qcoll.evolve(model, 1, qcoll.steady_state(model)),
)


def rows(figure):
    return list(csv.DictReader(io.StringIO(figure.csv().decode())))


def test_every_figure_is_written_three_ways(tmp_path):
    names = [name for name in FIGURES if name != "second_order"]
    written = draw_figures(tmp_path, only=names)
    assert names == [f"figure_{n}" for n in range(2, 9)]
    assert {path.name for path in written} == {f"{name}.{end}" for name in names for end in ("png", "pdf", "csv")}
    for path in written:
        magic = {"png": b"\x89PNG", "pdf": b"%PDF", "csv": b"panel"}[path.suffix[1:]]
        assert path.read_bytes().startswith(magic)


def test_the_same_bytes_every_time():
    assert rendered(FIGURES["figure_2"](())) == rendered(FIGURES["figure_2"](()))


def test_numbers_of_figure_4():
    exact = [r for r in rows(figure_4()) if r["panel"] == "b" and r["kind"] == "exact" and "0.3" in r["label"]]
    states = qcoll.evolve(qcoll.example_2(alpha=0.2), n=len(exact) - 1).states
    expected = (states[:, 0, 0] - states[:, 1, 1]).real
    assert [float(r["y"]) for r in exact] == pytest.approx(list(expected), abs=1e-9)


def test_numbers_of_figures_5_and_7():
    for figure, value in ((figure_5(), "coherence"), (figure_7(), "work")):
        chosen = [r for r in rows(figure) if r["panel"] == "a" and r["kind"] == "exact" and r["label"] == "beta = 2"]
        row = chosen[37]
        model = qcoll.example_2(kappa=float(row["x"]), beta=2.0, alpha=0.2)
        run = qcoll.evolve(model, 1, qcoll.steady_state(model))
        expected = run.coherence[0] if value == "coherence" else 1e4 * run.work[0]
        assert float(row["y"]) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", ["figure_4", "figure_5", "figure_6", "figure_7"])
def test_marks_of_the_exact_dynamics_lie_on_its_lines(name):
    found = rows(FIGURES[name]([EXACT_AGAIN]))
    lines, marks = {}, []
    for row in found:
        key = (row["panel"], row["label"])
        if row["kind"] == "exact":
            lines.setdefault(key, ([], []))
            lines[key][0].append(float(row["x"]))
            lines[key][1].append(float(row["y"]))
        elif row["kind"] == "circuit":
            marks.append((key, float(row["x"]), float(row["y"])))
    assert marks
    for key, x, y in marks:
        xs, ys = (np.array(part) for part in lines[key])
        branches = [ys[: len(ys) // 2], ys[len(ys) // 2 :]] if name == "figure_7" else [ys]
        grids = [xs[: len(branch)] for branch in branches]
        nearest = min(abs(np.interp(x, g, b) - y) for g, b in zip(grids, branches, strict=True))
        assert nearest < 2e-3 * np.ptp(ys)


def test_marks_of_long_runs_are_drawn():
    page = draw(FIGURES["figure_8"]([EXACT_AGAIN]))
    labels = [text.get_text() for legend in page.legends for text in legend.get_texts()]
    assert labels == ["exact", "second order", "circuit"]


def test_one_turn_of_the_system_is_a_period():
    assert round(2 * np.pi / 0.1) == PERIOD


def test_sparse_keeps_the_ends():
    values = np.arange(1000.0)
    assert sparse(values, 7)[[0, -1]] == pytest.approx([0, 999])
    assert len(sparse(values, 7)) == 7
    assert len(sparse(values[:5], 7)) == 5


def test_bad_input(tmp_path):
    with pytest.raises(qcoll.InputError, match="no figure 'figure_9': choose from figure_2"):
        draw_figures(tmp_path, only=["figure_9"])
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    with pytest.raises(qcoll.InputError, match="cannot write into the folder"):
        draw_figures(blocked, only=["figure_2"])
