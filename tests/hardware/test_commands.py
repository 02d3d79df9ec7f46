"""The commands: what is printed, asked and refused."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

import qcoll
from qcoll.cli.commands import app
from qcoll.cli.sweeps import points
from qcoll.hardware import hardware_results, list_jobs
from qcoll.plots import plot_results

SMALL = ["--collisions", "1", "--shots", "100", "--order", "1", "-p", "dt=0.5", "-p", "alpha=0.4"]
STATE = ["--quantity", "state", "--initial", "+"]
#: Where the prediction is not what is tested.
PLAIN = ["--no-predict"]


def call(*arguments, answer=None):
    return CliRunner().invoke(app, [str(each) for each in arguments], input=answer)


def test_submit_jobs_fetch(tmp_path):
    sent = call("submit", "example2", "--backend", "fake_manila", *SMALL, *STATE, *PLAIN, "--dir", tmp_path)
    assert sent.exit_code == 0, sent.output
    for expected in ("QPU time", "two-qubit gates", "is done", "coherence", "wrote"):
        assert expected in sent.output
    (folder,) = tmp_path.iterdir()
    listed = call("jobs", "--dir", tmp_path)
    asked = "dt=0.5 alpha=0.4, collisions 1, trotter of order 1, 100 shots"
    assert all(word in listed.output for word in (f"{folder.name}: done", "fake_manila, 20", asked))
    assert max(map(len, listed.output.splitlines())) <= 100
    fetched = call("fetch", "example-2", "--dir", tmp_path)
    assert fetched.exit_code == 0, fetched.output
    assert json.loads((folder / "result.json").read_text())["rows"][1]["collision"] == 1
    assert call("fetch", "--dir", tmp_path).output == fetched.output  # the latest by default
    picture = tmp_path / "picture.svg"
    assert f"and {picture}" in call("fetch", "--dir", tmp_path, "--plot", picture).output
    for expected in ("example 2", "fake_manila", "coherence", "measured", "exact"):
        assert f"<!-- {expected}" in picture.read_text() or expected in picture.read_text()
    twice = call("submit", "example2", "--backend", "fake_manila", *SMALL, *STATE, *PLAIN, "--dir", tmp_path)
    assert isinstance(twice.exception, qcoll.InputError)
    assert "--again" in str(twice.exception)


def test_submit_merged_collisions_of_another_level(tmp_path):
    """Only the system is kept, so that the state is all there is to measure, and nobody has to say so."""
    arguments = ["-n", "2", "--shots", "200", "--initial", "+", "-p", "alpha=0.8", "-p", "dt=0.5"]
    sent = call(
        *("submit", "example2", "--backend", "fake_lagos", *arguments, "--synthesis", "channel", "--merge"),
        *("--ancillas", "alternating", "--dir", tmp_path),
    )
    assert sent.exit_code == 0, (sent.output, sent.exception)
    assert "merged collisions" in sent.output
    assert "not measured" in sent.output
    (folder,) = tmp_path.iterdir()
    definition = json.loads((folder / "record.json").read_text())["definition"]
    assert definition["options"]["merge"] is True
    assert definition["compilation"]["synthesis"] == "channel"


def test_submit_sampled_collisions(tmp_path):
    arguments = ["-n", "1", "--shots", "160", "--draws", "16", "--quantity", "heat", *STATE, "-p", "alpha=0.8"]
    arguments += ["-p", "dt=0.5", "--synthesis", "exact", "--preparation", "sampled"]
    sent = call("submit", "example2", "--backend", "fake_lagos", *arguments, "--dir", tmp_path)
    assert sent.exit_code == 0, (sent.output, sent.exception)
    for expected in ("16 draws of each setting with 10 shots each", "own spread", "160 shots in 16 draws", "heat"):
        assert expected in sent.output
    (folder,) = tmp_path.iterdir()
    definition = json.loads((folder / "record.json").read_text())["definition"]
    assert definition["draws"] == {"number": 16, "seeds": [0]}
    assert folder.name in call("jobs", "--dir", tmp_path).output
    assert "160 shots in 16 draws" in call("fetch", "--dir", tmp_path).output


def test_submit_a_sweep_with_extrapolation(tmp_path):
    small = ["--collisions", "1", "--shots", "100", "--order", "1", "-p", "dt=0.5", *STATE]
    arguments = ["--sweep", "alpha=0.3:0.9:2", "--zne", "--noise-factors", "1,2"]
    sent = call("submit", "example2", "--backend", "fake_lagos", *small, *arguments, "--dir", tmp_path)
    assert sent.exit_code == 0, (sent.output, sent.exception)
    for expected in (
        "for 2 points",
        "extrapolation from 1, 2",
        "\nalpha=0.3\n",
        "\nalpha=0.9\n",
        "without extrapolation",
    ):
        assert expected in sent.output
    (folder,) = tmp_path.iterdir()
    points = json.loads((folder / "result.json").read_text())["points"]
    assert [each["values"] for each in points] == [{"alpha": 0.3}, {"alpha": 0.9}]
    assert "alpha=0.9" in call("fetch", "--dir", tmp_path).output
    assert "alpha=0.3...0.9" in call("jobs", "--dir", tmp_path).output
    record = list_jobs(tmp_path)[0]
    results, values = hardware_results(record), [point.values for point in record.points]
    axis = plot_results(results, values, "fake_lagos").axes[0]
    measured, bars = axis.containers[0].lines[0], axis.containers[0].lines[2][0].get_segments()
    assert axis.get_xlabel() == "alpha"
    assert measured.get_xdata().tolist() == [0.3, 0.9]
    cells = [result.rows()[1]["coherence"] for result in results]
    np.testing.assert_allclose(measured.get_ydata().astype(float), [cell["value"] for cell in cells])
    np.testing.assert_allclose([bar[1][1] - bar[0][1] for bar in bars], [2 * cell["error"] for cell in cells])
    with pytest.raises(qcoll.InputError, match="nothing that has a name"):
        plot_results(results, [{}, {}])


def test_sweeps_are_every_combination():
    models, swept = points("example2", ["beta=2"], ["alpha=0.2:1:3", "dt=0.1,0.3"])
    assert swept == {"alpha": [0.2, 0.2, 0.6, 0.6, 1.0, 1.0], "dt": [0.1, 0.3] * 3}
    assert [model.dt for model in models] == swept["dt"]
    assert models[3] == qcoll.example_2(beta=2, alpha=0.6, dt=0.3)


def test_dry_run_sends_nothing(tmp_path):
    shown = call("submit", "example2", "--backend", "fake_manila", *SMALL, *STATE, "--dir", tmp_path, "--dry-run")
    assert shown.exit_code == 0
    assert "predicted by the device's noise model" in shown.output
    assert list(tmp_path.iterdir()) == []


def test_ibm_is_asked_before_anything_is_spent(tmp_path, monkeypatch, server, service):
    monkeypatch.setattr("qcoll.hardware.service.runtime.connect", lambda instance=None: service)
    arguments = ["submit", "example2", "--backend", "ibm_lagos", *SMALL, *STATE, *PLAIN, "--dir", tmp_path]
    refused = call(*arguments, answer="n\n")
    assert refused.exit_code == 1
    assert "Send 1 job(s) to ibm_lagos?" in refused.output
    assert server.submitted == []
    server.state = {"status": "Queued"}
    sent = call(*arguments, answer="y\n")
    assert "come back with: qcoll fetch" in sent.output
    assert len(server.submitted) == 1
    assert "is still submitted" in call("fetch", "--dir", tmp_path).output
    server.state = {"status": "Completed"}
    assert "coherence" in call("fetch", "--wait", "--dir", tmp_path).output


def test_budget(tmp_path):
    arguments = ["--collisions", "3", "--order", "1", "--steps", "1", "-p", "dt=0.5", "--synthesis", "trotter"]
    arguments += ["--preparation", "purified"]
    picture = tmp_path / "budget.svg"
    shown = call("budget", "example2", "--backend", "fake_lagos", *arguments, "--plot", picture)
    assert shown.exit_code == 0, shown.output
    assert picture.read_text().count("<path") > 10
    refused = call("budget", "example2", "--backend", "fake_lagos", *arguments, "--plot", "budget.bmp")
    assert "must end in .png, .pdf or .svg" in str(refused.exception)
    command = "qcoll submit example2 -p dt=0.5 --backend fake_lagos --synthesis trotter --ancillas reset --order 1"
    assert f"measure it with: {command} --steps 1 --preparation purified\n" in shown.output
    assert re.search(r"best: order 1, 1 step, reset ancillas, purified; worth running: \d+ collisions", shown.output)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["submit", "example2", "--backend", "fake_torinoo", *SMALL], "did you mean FakeTorino"),
        (["submit", "example2", "--backend", "fake_manila", "-n", "1;2"], "numbers with commas"),
        (["submit", "example9", "--backend", "fake_manila", *SMALL], "example9"),
        (["submit", "example2", "--backend", "fake_manila", *SMALL, "--decoupling", "ZZ"], "XX, XpXm, XY4"),
        (["submit", "example2", "--backend", "fake_manila", *SMALL, "--readout", "m3"], "trex"),
        (["submit", "example2", "--backend", "fake_miami", *SMALL, "-n", "2", "--ancillas", "reset"], "no reset"),
        (["submit", "example2", "--backend", "fake_manila", "-n", "1", "--sweep", "alpha=0.2:1"], "start:stop:count"),
        (["submit", "example2", "--backend", "fake_manila", "-n", "1", "--sweep", "alpha"], "start:stop:count"),
        (["submit", "example2", "--backend", "fake_manila", "-n", "1", "--sweep", "alpha=1:2:0"], "count"),
        (["submit", "example2", "--backend", "fake_manila", *SMALL, "--sweep", "alpha=1,2"], "fixed with -p as well"),
        (["submit", "example2", "--backend", "fake_manila", "-n", "1", "--sweep", "gamma=1,2"], "no parameter 'gamma'"),
        (["submit", "example2", "--backend", "fake_manila", *SMALL, "--zne", "--noise-factors", "3;1"], "with commas"),
        (["submit", "example2", "--backend", "fake_manila", *SMALL, "--noise-factors", "1,2"], "--zne"),
        (["submit", "example2", "--backend", "fake_lagos", *SMALL, "--draws", "10"], "leave draws out"),
        (["fetch", "nothing"], "nothing called 'nothing'"),
        (["fetch"], "nothing was submitted"),
    ],
)
def test_what_can_be_put_right_is_one_line(tmp_path, arguments, message):
    refused = call(*arguments, "--dir", tmp_path)
    assert isinstance(refused.exception, qcoll.InputError), refused.output
    assert message in str(refused.exception)
    assert "\n" not in str(refused.exception)


def test_no_submissions_yet(tmp_path):
    assert "nothing was submitted" in call("jobs", "--dir", tmp_path).output


BLOCKED = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "qiskit_ibm_runtime":
            raise ImportError("No module named 'qiskit_ibm_runtime'")
sys.meta_path.insert(0, Block())
from typer.testing import CliRunner
from qcoll.cli.commands import app
import qcoll
out = sys.argv[1]
run = lambda *arguments: CliRunner().invoke(app, [*arguments])
other = run("run", "example2", "--collisions", "3", "--out", out + "/run")
assert other.exit_code == 0, (other.output, other.exception)
assert run("jobs", "--dir", out).exit_code == 0
for command in (
    ["submit", "example2", "--backend", "fake_torino", "-n", "1"],
    ["submit", "example2", "--backend", "ibm_fez", "-n", "1"],
    ["budget", "example2", "--backend", "fake_torino"],
):
    error = run(*command).exception
    assert isinstance(error, qcoll.MissingExtraError), repr(error)
    assert 'pip install "qcoll[ibm]"' in str(error), error
print("fine")
"""


def test_without_the_runtime_everything_else_works(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, str(tmp_path)], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.stdout == "fine\n", done.stderr[-2000:]


def test_more_sets_of_ancillas_than_two():
    """They were refused whatever --ancillas was, because the circuits were compiled with resets first."""
    arguments = ["-n", "3", "--shots", "100", *STATE, "--synthesis", "channel", "--ancillas", "alternating"]
    shown = call("submit", "example1", "--backend", "fake_lagos", *arguments, "--sets", "3", "--dry-run", *PLAIN)
    assert shown.exit_code == 0, (shown.output, shown.exception)
    refused = call("submit", "example1", "--backend", "fake_lagos", "--sets", "3", "--dry-run", *PLAIN)
    assert "no sets take turns" in str(refused.exception)


@pytest.mark.parametrize("command", ["run", "submit", "depth"])
def test_help_is_in_panels(command):
    """Hardly any option stands alone: the list of options that no panel has is short."""
    printed = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "100", "NO_COLOR": "1"}).output
    panels = re.findall(r"╭─ (.*?) ─+╮", printed)
    assert {"The model", "How collisions are compiled"} <= set(panels)
    loose = printed.split("╭─ Options ")[1].split("╰")[0] if "Options" in panels else ""
    assert len(re.findall(r"│ (--[\w-]+)", loose)) <= 8
    for line in printed.splitlines():
        assert len(line) <= 100
