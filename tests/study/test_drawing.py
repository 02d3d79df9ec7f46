import csv

import numpy as np
import pytest
from typer.testing import CliRunner

import qcoll
from qcoll.cli.commands import app
from qcoll.errors import InputError
from qcoll.study import Study
from qcoll.study.drawing import draw, panels, table

WIDE = {"kappa": np.linspace(0.1, 1, 5), "beta": [0.5, 1.0]}


@pytest.fixture(scope="module")
def lines():
    return Study("example_2", WIDE, "steady_state", ["coherence", "heat"], title="lines").run()


@pytest.fixture(scope="module")
def runs():
    compute = {"kind": "trajectory", "n": 6}
    return Study("example_2", {"kappa": [0.2, 0.4], "beta": [0.5, 1.0, 3.0]}, compute, title="runs").run()


def test_lines_for_few_values_and_a_map_for_many(lines):
    chosen = panels({"lines": lines})
    assert [(panel.quantity, panel.x, panel.by, panel.is_map) for panel in chosen] == [
        ("coherence", "kappa", "beta", False),
        ("heat", "kappa", "beta", False),
    ]
    figure = draw(chosen)
    drawn = figure.axes[0].get_lines()
    assert [line.get_label() for line in drawn] == ["beta = 0.5", "beta = 1"]
    assert np.array_equal(drawn[1].get_ydata(), lines.coherence.values[:, 1])
    assert figure.axes[0].get_xlabel() == "kappa [energy]"
    many = Study(
        "example_2", {"kappa": [0.1, 0.2, 0.3], "beta": np.geomspace(0.1, 10, 9)}, "steady_state", "heat"
    ).run()
    (panel,) = panels({"many": many})
    assert panel.is_map
    figure = draw([panel])
    assert np.array_equal(figure.axes[0].collections[0].get_array(), many.heat.values.T)
    assert figure.axes[0].get_yscale() == "log"
    assert figure.axes[1].get_ylabel() == "heat absorbed by the system [energy]"


def test_error_bands_and_the_numbers_behind():
    compute = {"kind": "circuit", "n": 1, "shots": 50, "record": "last"}
    data = Study("example_2", {"kappa": [0.2, 0.4], "seed": [1, 2, 3]}, compute, ["energy"]).run()
    chosen = panels({"shots": data})
    (band,) = draw(chosen).axes[0].collections
    heights = {float(y) for _, y in band.get_paths()[0].vertices}
    assert float(data.energy[0] + data.energy_error[0]) in heights
    rows = list(csv.DictReader(table(chosen).decode().splitlines()))
    assert [float(row["value"]) for row in rows] == list(data.energy.values)
    assert [float(row["standard_error"]) for row in rows] == list(data.energy_error.values)
    assert [row["at"] for row in rows] == ["0.2", "0.4"]


def test_the_end_of_runs_unless_they_are_drawn_themselves(runs):
    (panel,) = panels({"runs": runs}, ["coherence"])
    values, _ = panel.studies["runs"]
    assert np.array_equal(values, runs.coherence.values[..., -1])
    (panel,) = panels({"runs": runs}, ["coherence"], x="collision", at={"kappa": "0.39"})
    values, _ = panel.studies["runs"]
    assert (panel.x, panel.by) == ("collision", "beta")
    assert np.array_equal(values, runs.coherence.values[1].T)
    (panel,) = panels({"runs": runs}, ["coherence"], at={"kappa": "last", "collision": "3"})
    assert np.array_equal(panel.studies["runs"][0], runs.coherence.values[1, :, 3])


def test_studies_over_one_another(lines):
    other = Study("example_2", {"kappa": [0.2, 0.9], "beta": [0.5, 1.0]}, "steady_state", ["coherence"]).run()
    drawn = draw(panels({"lines": lines, "other": other}, ["coherence"])).axes[0].get_lines()
    assert len(drawn) == 4
    assert {line.get_linestyle() for line in drawn} == {"-", "--"}


def test_too_many_lines_of_several_studies(lines):
    wide = {"kappa": np.linspace(0.1, 1, 10), "beta": [0.5, 1.0]}
    many = Study("example_2", wide, "steady_state", ["coherence"]).run()
    with pytest.raises(InputError, match="10 lines of each study along kappa cannot be told apart"):
        panels({"lines": many, "many": many}, ["coherence"], x="beta")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"quantities": ["fidelity"]}, "runs has no quantity 'fidelity'; it has coherence, energy"),
        ({"x": "alpha"}, "no axis 'alpha'; it has kappa, beta, collision"),
        ({"x": "collision"}, "a picture has two axes: fix beta with --at beta=...|fix kappa with --at kappa=..."),
        ({"at": {"kappa": "x"}}, "--at kappa=x: the axis has numbers"),
    ],
)
def test_what_cannot_be_drawn(runs, options, message):
    with pytest.raises(InputError, match=message):
        panels({"runs": runs}, **options)


def test_one_command_draws(tmp_path):
    compute = {"kind": "trajectory", "n": 3}
    axes = {"pair": {"zip": {"alpha": [0.1, 0.2], "kappa": [1, 2]}}}
    qcoll.Study("example_2", axes, compute, ["heat"], title="zipped").run(tmp_path / "a")
    said = CliRunner().invoke(app, ["plot", str(tmp_path / "a"), "--out", str(tmp_path / "picture")])
    assert said.exit_code == 0
    assert {path.name for path in tmp_path.glob("picture.*")} == {"picture.png", "picture.pdf", "picture.csv"}
    assert "alpha = 0.1, kappa = 1" in (tmp_path / "picture.csv").read_text().replace(
        "kappa = 1, alpha = 0.1", "alpha = 0.1, kappa = 1"
    )
    wrong = CliRunner().invoke(app, ["plot", str(tmp_path / "a"), "--at", "kappa"])
    assert isinstance(wrong.exception, InputError)
