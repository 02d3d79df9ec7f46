"""The command line as a user meets it: files, tables, one-line errors, interruption."""

import csv
import os
import signal
import subprocess
import sys
import time
import types

import numpy as np
import pytest

import qcoll
from qcoll.cli import main


def qcoll_command(*arguments, cwd, **options):
    environment = os.environ | {"COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", "qcoll", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        **options,
    )


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """The command line in this process: a new one spends most of its time importing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")

    def called(*arguments):
        monkeypatch.setattr(sys, "argv", ["qcoll", *arguments])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = capsys.readouterr()
        return types.SimpleNamespace(returncode=stopped.value.code, stdout=printed.out, stderr=printed.err)

    return called


def test_run_prints_and_writes_everything(tmp_path):
    result = qcoll_command("run", "example2", "-n", "12", "--noise", "FakeTorino", "--shots", "200", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    for word in ("exact", "ideal circuit", "noisy circuit", "shots", "trace distance", "splitting", "2q depth", " us"):
        assert word in result.stdout
    folder = tmp_path / "qcoll-run"
    assert sorted(path.name for path in folder.iterdir()) == [
        "model.toml",
        "run.csv",
        "run.npz",
        "run.png",
        "summary.txt",
    ]
    assert qcoll.load_model(folder / "model.toml") == qcoll.example_2()
    with (folder / "run.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 4 * 13
    exact = qcoll.evolve(qcoll.example_2(), n=12)
    written = [float(row["coherence"]) for row in rows if row["source"] == "exact"]
    assert np.array_equal(written, exact.coherence)
    with np.load(folder / "run.npz") as arrays:
        assert np.array_equal(arrays["exact/states"], exact.states)
        assert arrays["shots/pauli_covariance"].shape == (13, 4, 4)
    assert (folder / "run.png").read_bytes().startswith(b"\x89PNG")


def test_a_written_model_runs_again(tmp_path, command):
    first = command("run", "-n", "3", "--noise", "none", "--out", "a", "-p", "alpha=0.5+0.2j")
    second = command("run", "a/model.toml", "-n", "3", "--noise", "none", "--out", "b")
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert (tmp_path / "a" / "run.csv").read_text() == (tmp_path / "b" / "run.csv").read_text()


def test_a_measured_correction_is_counted(command):
    levels = ("--synthesis", "sampled", "--correction", "measured")
    result = command("run", "-n", "5", *levels, "--noise", "two_qubit=0.01")
    assert result.returncode == 0
    assert "sampled channel of the system with measured correction" in result.stdout
    assert "measurements" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "example3"], "'example3' is neither example1, example2 nor example2-strong"),
        (["run", "-p", "gamma=3"], "example2 has no parameter 'gamma'; it has omega_s"),
        (["run", "-p", "alpha"], "must have the form name=value"),
        (["run", "-p", "beta=cold"], "beta is 'cold', but must be a number"),
        (["run", "-p", "beta=nan"], "beta is nan, but an inverse temperature"),
        (["run", "--noise", "FakeTorin"], "did you mean FakeTorino"),
        (["run", "--noise", "ideal"], "there is no fake device 'ideal' (--noise takes a fake device, a calibration"),
        (["run", "--noise", "two_qubit=lots"], "two_qubit is 'lots'"),
        (["run", "--noise", "FakeMiami"], "no reset"),
        (["run", "-n", "0"], "must be a positive integer, but 0"),
        (["run", "--order", "3"], "one of 1, 2, 4, 6"),
        (["run", "--initial", "00"], "dimension 4"),
        (["run", "--shots", "-5"], "shots must be a positive integer"),
        (["run", "--ancillas", "fresh", "-n", "40"], "use --ancillas reset"),
        (["run", "--correction", "measured"], "goes with --synthesis sampled, but synthesis is 'trotter'"),
        (["run", "--out", "/proc/nowhere"], "cannot write into the folder"),
    ],
)
def test_errors_are_one_line_and_leave_nothing_behind(tmp_path, command, arguments, message):
    result = command(*arguments)
    assert result.returncode == 2
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    assert len(lines) == 1
    assert lines[0].startswith("error: ")
    assert message in lines[0]
    assert not list(tmp_path.rglob("*.*"))


def test_a_malformed_model_file_is_named_with_its_line(tmp_path, command):
    (tmp_path / "bad.toml").write_text("dt = 0.1\n[system]\nQ = 1.0\n[ancilla]\n[interaction]\n")
    result = command("run", "bad.toml")
    assert result.returncode == 2
    assert "bad.toml, line" in result.stderr


def test_interruption_leaves_nothing_half_written(tmp_path):
    process = subprocess.Popen(
        # Aer cannot be interrupted within a job: with few shots none takes long.
        [sys.executable, "-m", "qcoll", "run", "-n", "500", "--noise", "FakeTorino", "--shots", "2000"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Tests that a shell runs in the background inherit an ignored SIGINT, and so would the command.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "qcoll-run").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert list((tmp_path / "qcoll-run").iterdir()) == []


def test_help_teaches(command):
    result = command("run", "--help")
    assert result.returncode == 0
    for word in ("Examples", "FakeKingston", "--collisions", "--order", "TOML"):
        assert word in result.stdout


def test_version(tmp_path):
    assert qcoll_command("--version", cwd=tmp_path).stdout.strip() == f"qcoll {qcoll.__version__}"


def test_a_cycle_runs_from_its_file_and_is_refused_where_one_collision_is_wanted(tmp_path, command):
    cycle = qcoll.Cycle([qcoll.example_2(beta=0.5, dt=0.5), qcoll.example_1(beta=2.0, dt=0.5)], name="engine")
    qcoll.save_model(cycle, tmp_path / "engine.toml")
    result = command("run", "engine.toml", "-n", "4", "--synthesis", "channel", "--noise", "two_qubit=0.01")
    assert result.returncode == 0, result.stderr
    for word in ("after 4 cycles", "heat of example 2", "heat of example 1", "noisy circuit"):
        assert word in result.stdout
    assert qcoll.load_model(tmp_path / "qcoll-run" / "model.toml") == cycle
    assert "driving_work" in (tmp_path / "qcoll-run" / "run.csv").read_text().splitlines()[0]
    refused = command("budget", "engine.toml")
    assert refused.returncode == 2
    assert "is a cycle" in refused.stderr
