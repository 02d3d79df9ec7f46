"""``qcoll depth`` and ``qcoll circuits`` as a user meets them."""

import functools
import json
import sys

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

import qcoll
from qcoll.cli import depth as command
from qcoll.depth import export
from qcoll.errors import MissingExtraError

APP = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode="markdown")
command.register(APP)
SMALL = ["depth", "--quick", "--levels", "channel", "--targets", "line", "--seeds", "2", "-n", "3"]


def run(*arguments):
    return CliRunner(env={"COLUMNS": "160", "NO_COLOR": "1"}).invoke(APP, list(arguments))


def test_a_benchmark_prints_and_writes(tmp_path):
    result = run(*SMALL, "--report", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    for word in (
        "example2 on line",
        "channel",
        "2q depth",
        "noisy",
        "1 rows measured",
        "report.md, pareto-example2.png",
    ):
        assert word in result.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "pareto-example2.png",
        "report.md",
        "rows.jsonl",
    ]
    again = run(*SMALL, "--out", str(tmp_path / "out"))
    assert "0 rows measured, 1 were there already" in again.output
    assert "channel" in again.output


def test_what_is_skipped_or_refused_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "Console", functools.partial(Console, width=300))
    from qcoll.depth import COMPILERS

    monkeypatch.setattr(COMPILERS.find("pytket"), "package", "no-pytket", raising=False)
    result = run(*SMALL, "--compilers", "pytket,qiskit", "--preparations", "state_preparation", "--out", str(tmp_path))
    assert "skipped: no-pytket is not installed: pip install no-pytket" in result.output
    assert "leave preparation out" in result.output
    assert "of which 1 say why" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--models", "exampel1"], "unknown model 'exampel1'; did you mean example1"),
        (["--orders", "two"], "--orders is 'two', but must be whole numbers separated by commas"),
        (["--optimization", "7"], "no compiler has these optimisation levels"),
        (["--seeds", "0"], "positive integer"),
        (["--out", "/proc/nowhere"], "cannot write into the folder"),
    ],
)
def test_errors_are_for_the_user_and_leave_nothing(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    result = run("depth", "--quick", *arguments)
    assert isinstance(result.exception, qcoll.InputError)
    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["depth", "circuits"])
def test_help_teaches(name):
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "Examples" in result.output
    assert f"qcoll {name} --" in result.output


def test_circuits_without_a_reader_are_refused_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "qiskit_qasm3_import", None)
    result = run("circuits", "--out", str(tmp_path / "circuits"))
    assert isinstance(result.exception, MissingExtraError)
    assert str(result.exception).endswith('needs qiskit-qasm3-import: pip install "qcoll[circuits]"')
    assert not (tmp_path / "circuits" / "manifest.json").exists()


def test_circuits_are_written_again_and_old_ones_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "EXPORTED_MODELS", ("example2",))
    monkeypatch.setattr(export, "COLLISIONS", (1,))
    few = [each for each in _all() if each.synthesis in ("channel", "sampled")]
    monkeypatch.setattr(export, "canonical", lambda device: few)
    monkeypatch.setattr(export.circuits_of, "__defaults__", ((1, 2),))
    (tmp_path / "qasm3").mkdir()
    (tmp_path / "qasm3" / "old.qasm").write_text("")
    (tmp_path / "qasm3" / "notes.txt").write_text("")
    (tmp_path / "manifest.json").write_text(json.dumps({"files": [{"file": "qasm3/old.qasm"}]}))
    result = run("circuits", "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert not (tmp_path / "qasm3" / "old.qasm").exists()
    assert (tmp_path / "qasm3" / "notes.txt").exists()
    files = json.loads((tmp_path / "manifest.json").read_text())["files"]
    assert f"wrote {len(files)} circuits" in result.output
    assert {entry["file"] for entry in files} == {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.qasm")}


_all = export.canonical
