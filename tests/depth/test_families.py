"""Families of growing size: what grows, what does not, and what cannot be measured."""

import json

import pytest
import typer
from typer.testing import CliRunner

import qcoll
from qcoll.cli import depth as command
from qcoll.depth.families import growth_plot, measure_growth, save_growth
from qcoll.depth.models import exchange_chain

APP = typer.Typer(pretty_exceptions_enable=False)
command.register(APP)


def run(*arguments):
    return CliRunner(env={"COLUMNS": "160", "NO_COLOR": "1"}).invoke(APP, list(arguments))


def test_the_depth_of_a_step_does_not_grow_with_the_system():
    rows = measure_growth("system", [6, 8, 10], levels=["trotter"], targets=["all-to-all", "FakeKingston"], seeds=1)
    for target in ("all-to-all", "FakeKingston"):
        own = [row for row in rows if row.target == target]
        assert len({row.depth for row in own}) == 1
        assert own[1].gates - own[0].gates == own[2].gates - own[1].gates > 0


def test_a_channel_does_not_grow_with_the_ancilla():
    rows = measure_growth("ancilla", [1, 4], levels=["exact", "channel"], targets=["all-to-all"], seeds=1)
    costs = {(row.level, row.size): row.gates for row in rows}
    assert costs["channel", 1] == costs["channel", 4] == 3
    assert costs["exact", 1] == 3
    assert costs["exact", 4] <= 36


def test_what_cannot_be_measured_is_said_and_not_drawn(tmp_path):
    rows = measure_growth("system", [2, 30], levels=["sampled", "trotter"], targets=["line"], seeds=1)
    refused = {(row.level, row.size): row.refused for row in rows}
    assert "no one circuit" in refused["sampled", 2]
    assert "the target has 24" in refused["trotter", 30]
    assert not refused["trotter", 2]
    assert len(growth_plot(rows).axes) == 2
    picture, numbers = save_growth(rows, tmp_path)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert [row["gates"] for row in json.loads(numbers.read_text())] == [row.gates for row in rows]


def test_the_command(tmp_path):
    result = run(
        *("depth", "--family", "ancilla", "--sizes", "1,3", "--levels", "exact,channel"),
        *("--targets", "all-to-all", "--seeds", "1", "--out", str(tmp_path)),
    )
    assert result.exit_code == 0, result.output
    for word in ("by ancilla qubits on", "exact", "21, ", "3, 3", "growth-ancilla.png"):
        assert word in " ".join(result.output.split())
    assert {path.name for path in tmp_path.iterdir()} == {"growth-ancilla.png", "growth-ancilla.json"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--sizes", "1,2"], "goes with --family"),
        (["--family", "systems"], "systems"),
        (["--family", "system", "--orders", "2"], "--orders does not go with --family"),
        (["--family", "system", "--sizes", "0"], "a size must be a positive integer"),
        (["--family", "system", "--levels", "magic"], "there is no level 'magic'"),
    ],
)
def test_bad_input(arguments, message, tmp_path):
    result = run("depth", *arguments, "--out", str(tmp_path))
    assert isinstance(result.exception, qcoll.InputError)
    assert message in str(result.exception)


def test_the_chain_is_that_of_its_name():
    model = exchange_chain(2, 3)
    assert (model.num_system_qubits, model.num_ancilla_qubits) == (2, 3)
    assert len(model.interaction) == 2
