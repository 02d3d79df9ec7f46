"""Registered experiments: written before they run, resumed after a kill, refused where anything was changed."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import qcoll
from qcoll.cli.commands import app
from qcoll.hardware import (
    design_experiment,
    dry_run,
    fetch,
    list_jobs,
    preregister,
    read_registration,
    registered_comparison,
    submit,
)

MODEL = qcoll.example_2(kappa=1.0, alpha=1.0, beta=2.0, dt=0.5)


@functools.cache
def designed(shots=1000, seed=1):
    compiled = qcoll.compile_collisions(MODEL, 2, "+", synthesis="exact", preparation="absorbed")
    return design_experiment(compiled, "fake_lagos", [2], shots, ["state", "heat"], seeds=[0], seed=seed)


@pytest.fixture(scope="module")
def registered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("registered")
    file = folder / "two.json"
    known = preregister(designed(), file, safety=2.0)
    return known, submit(designed(), folder / "runs", registration=file)


def test_a_registration_says_everything_before_anything_runs(registered):
    known, record = registered
    content = known.content
    assert {row["quantity"] for row in content["prediction"]} == {"coherence", "heat"}
    examined = dry_run(designed())
    (coherence,) = (row for row in content["prediction"] if row["quantity"] == "coherence")
    assert coherence["as_reported"] == pytest.approx(float(examined.predicted.coherence[1]), abs=1e-9)
    assert coherence["low"] < coherence["high"] == coherence["as_reported"]  # more noise, less coherence
    assert content["experiment"] == designed().hash == record.data["experiment"]
    assert content["analysis"]["safety"] == 2.0


def test_what_was_measured_is_compared_with_exactly_that(registered):
    known, record = registered
    compared = registered_comparison(record)
    assert compared.registration.sha256 == known.sha256
    assert compared.agreeing == len(compared.rows) == 2  # a fake device is its noise model
    assert known.sha256[:16] in str(compared)
    assert "2 of 2 values agree" in str(compared)
    far = {**compared.rows[0], "measured": 1.0, "agrees": False}
    assert "DISAGREES" in str(type(compared)(known, (far,)))


def test_a_registration_is_never_overwritten(registered):
    known, _ = registered
    assert preregister(designed(), known.path).sha256 == known.sha256  # the same experiment again
    with pytest.raises(qcoll.InputError, match="registers another experiment than this one, and is never overwritten"):
        preregister(designed(shots=900), known.path)
    with pytest.raises(qcoll.InputError, match="registers another experiment"):
        submit(designed(shots=900), known.path.parent / "runs", registration=known.path)


def copied(registered, tmp_path):
    """A registered record of its own, with its original file beside it."""
    import shutil

    known, record = registered
    file = tmp_path / "two.json"
    shutil.copy(known.path, file)
    folder = tmp_path / record.name
    shutil.copytree(record.folder, folder)
    data = json.loads((folder / "record.json").read_text())
    data["registration"]["file"] = str(file)
    (folder / "record.json").write_text(json.dumps(data))
    return file, folder


def changed(path, change):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


@pytest.mark.parametrize("which", ["the file", "the copy"])
def test_changed_after_the_fact(registered, tmp_path, which):
    file, folder = copied(registered, tmp_path)
    changed(
        file if which == "the file" else folder / "registration.json",
        lambda content: content["prediction"][0].__setitem__("high", 1.0),
    )
    with pytest.raises(qcoll.InputError, match="was changed after it was registered"):
        registered_comparison(fetch(folder))


def test_changed_with_a_new_hash_or_other_circuits(registered, tmp_path):
    file, folder = copied(registered, tmp_path)
    content = dict(read_registration(file).content)
    content["prediction"] = []
    from qcoll.hardware.registration import content_hash

    file.write_text(json.dumps({**content, "sha256": content_hash(content)}))
    with pytest.raises(qcoll.InputError, match="changed after the fact"):
        registered_comparison(fetch(folder))
    file.unlink()  # the copy in the record is enough
    assert registered_comparison(fetch(folder)).agreeing == 2
    from qiskit import qpy

    circuits = fetch(folder).circuits()
    circuits[0].x(0)
    with (folder / "circuits.qpy").open("wb") as stream:
        qpy.dump(circuits, stream)
    with pytest.raises(qcoll.InputError, match=r"circuits of .* are not those that were registered"):
        registered_comparison(fetch(folder))


KILLED = """
import os, sys
import qcoll.hardware.submission as submission
from tests_of_registration import designed
from qcoll.hardware import submit

submission.LocalSimulator.of = lambda *_: os._exit(9)
submit(designed(), sys.argv[1], registration=sys.argv[2])
"""


def test_killed_and_resumed(registered, tmp_path):
    """The process dies in the job; another one goes on, with the counts that the first would have had."""
    known, record = registered
    script = KILLED.replace(
        "from tests_of_registration import designed",
        "import importlib.util\n"
        f"spec = importlib.util.spec_from_file_location('own', {str(Path(__file__))!r})\n"
        "own = importlib.util.module_from_spec(spec); spec.loader.exec_module(own); designed = own.designed",
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path), str(known.path)], check=False)
    assert done.returncode == 9
    (cut_off,) = list_jobs(tmp_path)
    assert cut_off.state == "submitted"
    resumed = fetch(cut_off)
    assert [row["measured"] for row in registered_comparison(resumed).rows] == pytest.approx(
        [row["measured"] for row in registered_comparison(record).rows]
    )


def test_the_command_line(tmp_path):
    arguments = ["submit", "example2", "--backend", "fake_manila", "-n", "1", "--shots", "2000"]
    arguments += ["--synthesis", "channel", "-p", "alpha=1", "-p", "dt=0.5", "--initial", "+"]
    arguments += ["--preregister", tmp_path / "one.json"]
    prepared = CliRunner().invoke(app, [str(each) for each in [*arguments, "--dry-run"]])
    assert prepared.exit_code == 0, (prepared.output, prepared.exception)
    assert "registered as" in prepared.output
    sent = CliRunner().invoke(app, [str(each) for each in [*arguments, "--dir", tmp_path / "runs"]])
    assert sent.exit_code == 0, (sent.output, sent.exception)
    assert "1 of 1 values agree" in sent.output
    (folder,) = (tmp_path / "runs").iterdir()
    assert np.isclose(json.loads((folder / "registration.json").read_text())["analysis"]["safety"], 2.2)


def test_what_cannot_be_registered(tmp_path):
    compiled = qcoll.compile_collisions(MODEL, 1, "+")
    experiment = design_experiment(compiled, "fake_lagos", [1], 100, ["heat"], seeds=[0])
    with pytest.raises(qcoll.InputError, match='add "state" to the quantities'):
        preregister(experiment, tmp_path / "heat.json")
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(qcoll.InputError, match="is no registration of this version"):
        read_registration(tmp_path / "other.json")
