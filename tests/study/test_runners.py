"""Processes and clusters: the same numbers, whatever dies."""

import collections
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import qcoll
from qcoll.errors import InputError
from qcoll.study import Study
from qcoll.study.cluster import on_cluster
from qcoll.study.evaluate import evaluate_packed


def test_processes_give_the_same_file_and_survive_the_death_of_one(tmp_path):
    def deadly(kappa, kills=True):
        if kappa == 0.3 and kills and os.getpid() != home:
            os._exit(1)
        return qcoll.example_2(kappa=kappa, alpha=0.5)

    home = os.getpid()
    compute = {"kind": "trajectory", "n": 5, "method": "second_order", "record": "last"}  # not stacked
    study = Study(deadly, {"kappa": [0.1, 0.2, 0.3, 0.4, 0.5]}, compute, "energy")
    data = study.run(tmp_path / "two", workers=2)
    assert [bool(text) for text in data.error.values] == [False, False, True, False, False]
    assert "died again" in str(data.error[2].values)
    alone = study.run(tmp_path / "one")
    good = [0, 1, 3, 4]
    assert alone.energy[good].equals(data.energy.drop_vars("error", errors="ignore")[good])
    assert not bool(alone.energy.isnull().any())


def test_a_cluster_loses_nothing_when_a_worker_is_killed(tmp_path):
    log, address = tmp_path / "log", tmp_path / "scheduler.json"

    def slow(kappa, beta=1.0):
        with log.open("a") as stream:
            stream.write(f"{os.getpid()} {kappa}\n")
        time.sleep(0.05)
        return qcoll.example_2(kappa=kappa, beta=beta)

    def lines():
        return [line.split() for line in log.read_text().splitlines()] if log.exists() else []

    kappas = [round(0.01 * k, 2) for k in range(1, 31)]
    compute = {"kind": "trajectory", "n": 2, "method": "second_order", "record": "last"}
    study = Study(slow, {"kappa": kappas}, compute, "energy")
    first = len(lines())  # the model of the first point, made to check the study
    killed = []

    def kill_one(progress):
        pids = {int(pid) for pid, _ in lines()[first:]}
        if not killed and progress.done > 8 and len(pids) == 2:
            killed.append(max(pids))
            os.kill(killed[0], signal.SIGKILL)

    with cluster(address, tmp_path) as scheduler:
        summary = study.compute_into(tmp_path / "out", scheduler=scheduler, progress=kill_one)
    assert killed
    assert summary.computed == 30
    assert not summary.errors
    computed = collections.Counter(kappa for _, kappa in lines()[first:])
    assert set(computed) == {str(kappa) for kappa in kappas}
    twice = {kappa for kappa, count in computed.items() if count > 1}
    assert len(twice) <= 2  # what was under way on the worker that died
    assert twice <= {kappa for pid, kappa in lines()[first:] if int(pid) == killed[0]}
    study.run(tmp_path / "alone")
    assert (tmp_path / "alone" / "study.nc").read_bytes() == (tmp_path / "out" / "study.nc").read_bytes()


@contextlib.contextmanager
def cluster(address, folder):
    """A scheduler and two workers, each a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(Path(qcoll.__file__).parents[1]), "OMP_NUM_THREADS": "1"}
    scheduler = ["scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(address)]
    worker = ["worker", "--scheduler-file", str(address), "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment, "cwd": folder}
    started = [
        subprocess.Popen([sys.executable, "-m", "dask", *command], **quiet) for command in (scheduler, worker, worker)
    ]
    try:
        deadline = time.monotonic() + 60
        while not (address.exists() and address.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        yield json.loads(address.read_text())["address"]
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_a_scheduler_that_does_not_answer():
    with pytest.raises(
        InputError, match=r"tcp://127.0.0.1:1 did not answer within 0.3 s .* start it with dask scheduler"
    ):
        on_cluster("tcp://127.0.0.1:1", timeout=0.3)


def test_a_script_without_its_guard_is_told_so(tmp_path):
    script = tmp_path / "script.py"
    compute = '{"kind": "trajectory", "n": 1, "method": "second_order"}'
    script.write_text(f"import qcoll\nqcoll.Study('example_2', {{'kappa': [1, 2]}}, {compute}).run('out', workers=2)\n")
    environment = os.environ | {"PYTHONPATH": str(Path(qcoll.__file__).parents[1])}
    said = subprocess.run(
        [sys.executable, str(script)], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "InputError: processes cannot be started: a script that asks for workers needs if __name__" in said.stderr


def test_another_version_is_refused():
    with pytest.raises(ImportError, match=r"it has qcoll .*, but the study is run with 0.0"):
        evaluate_packed(b"", [0], "0.0")


KILLED = """
import sys, qcoll
def slow(kappa):
    import time
    time.sleep(0.01)
    return qcoll.example_2(kappa=kappa, alpha=0.4)
compute = {"kind": "trajectory", "n": 3, "method": "second_order"}
study = qcoll.Study(slow, {"kappa": {"from": 0.01, "to": 0.4, "count": 40}}, compute, ["state", "heat"])
print(study.compute_into(sys.argv[1]).computed)
"""


def test_killed_and_gone_on_is_the_same_file(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(KILLED)
    rng = np.random.default_rng(5)
    kills = 0
    environment = os.environ | {"PYTHONPATH": str(Path(qcoll.__file__).parents[1])}

    def start(out):
        return subprocess.Popen(
            [sys.executable, str(script), str(tmp_path / out)], env=environment, stdout=subprocess.PIPE
        )

    for _ in range(3):
        process = start("killed")
        rows = tmp_path / "killed" / "rows.sqlite"
        while not rows.exists() and process.poll() is None:
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.15))
        process.kill()
        kills += process.wait() == -signal.SIGKILL
        process.stdout.close()
    assert kills == 3
    process = start("killed")
    rest, _ = process.communicate()
    assert 0 < int(rest) <= 40
    start("whole").communicate()
    assert (tmp_path / "killed" / "study.nc").read_bytes() == (tmp_path / "whole" / "study.nc").read_bytes()
