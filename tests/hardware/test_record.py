"""Nothing is lost: processes killed at every step, full disks, two processes, old records, the same thing twice."""

import errno
import functools
import io
import json
import os
import subprocess
import sys
import textwrap
import types
from pathlib import Path

import numpy as np
import pytest
from qiskit import QuantumCircuit, qasm3, qpy

import qcoll
from qcoll.hardware import (
    DeviceOptions,
    combine,
    design_experiment,
    fetch,
    find_record,
    hardware_result,
    initial_state,
    list_jobs,
    open_device,
    predicted_counts,
    read_record,
    save_result,
    submit,
    trajectory,
)
from qcoll.hardware.records.lock import locked
from qcoll.hardware.records.migrations import FORMAT
from qcoll.hardware.service.local import LocalSimulator
from qcoll.hardware.submission import circuits_hash
from qcoll.model.files import model_from_toml
from qcoll.trajectory.pauli import to_pauli_vector

MODEL = (Path(__file__).parent / "data" / "five_qubits.toml").read_text(encoding="utf-8")
SHOTS = 300


@functools.cache
def the_small_experiment():
    return small_experiment(seed=5)


def small_experiment(**options):
    if not options:
        return the_small_experiment()
    compiled = qcoll.compile_collisions(model_from_toml(MODEL), n=2, initial="+", trotter_order=1)
    settings = {"at": [2], "shots": SHOTS, "quantities": ["state"], "seeds": [0], "seed": 5} | options
    return design_experiment(compiled, "fake_manila", **settings)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """An experiment that nobody interrupted."""
    return submit(small_experiment(), tmp_path_factory.mktemp("reference"))


#: Runs a submission in children that are killed before their n-th change of the disk, with everything buffered lost.
KILLED = """
    import os, sys
    from pathlib import Path
    import qcoll, qcoll.storage
    from qcoll.hardware import design_experiment, submit
    from qcoll.model.files import model_from_toml
    compiled = qcoll.compile_collisions(model_from_toml(sys.argv[2]), n=2, initial="+", trotter_order=1)
    experiment = design_experiment(
        compiled, "fake_manila", at=[2], shots=300, quantities=["state"], seeds=[0], seed=5
    )
    for point in range(1, 20):
        child = os.fork()
        if child == 0:
            steps = 0
            def counted(original):
                def step(*arguments):
                    global steps
                    steps += 1
                    if steps == point:
                        os._exit(9)
                    return original(*arguments)
                return step
            qcoll.storage.os.replace = counted(os.replace)
            Path.rename = counted(Path.rename)
            submit(experiment, Path(sys.argv[1]) / f"killed-{point}")
            os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            break
    print(point)
"""


def test_killed_at_every_step(tmp_path, reference):
    """The last child is not killed; each one before leaves a state from which fetch, or submit, goes on."""
    script = textwrap.dedent(KILLED)
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), MODEL], capture_output=True, text=True, check=True, timeout=300
    )
    points = int(done.stdout)
    assert points == 9  # qpy, qasm, toml, record, the folder's name, submitted, counts, done: eight steps, and survival
    states = []
    for point in range(1, points + 1):
        root = tmp_path / f"killed-{point}"
        records = list_jobs(root)
        states.append(records[0].state if records else "nothing")
        record = fetch(records[0]) if records else submit(small_experiment(), root)
        assert record.state == "done"
        assert record.counts().counts == reference.counts().counts
        assert len(list_jobs(root)) == 1
    assert states == ["nothing"] * 5 + ["prepared", "submitted", "submitted", "done"]


def test_fetched_results_lie_within_the_error_bars_of_the_noisy_density_matrix_run(tmp_path):
    """The judge's path: submit on fake_torino, lose the process, fetch, compare. Seeds are fixed."""
    compiled = qcoll.compile_collisions(
        qcoll.example_2(alpha=0.4, dt=0.5, kappa=1.0), n=3, initial="+", trotter_order=1
    )
    experiment = design_experiment(compiled, "fake_torino", at=[3], shots=1500, seeds=[0, 1], seed=3)
    submitted = submit(experiment, tmp_path)
    for path in submitted.folder.glob("counts-*.npz"):
        path.unlink()
    data = json.loads((submitted.folder / "record.json").read_text())
    data["jobs"][0]["state"] = "submitted"
    (submitted.folder / "record.json").write_text(json.dumps(data))
    with pytest.raises(qcoll.InputError, match="fetch it first"):
        trajectory(read_record(submitted.folder))
    measured = trajectory(fetch(submitted.folder))
    device = open_device("fake_torino")
    expected = combine(predicted_counts(experiment.measurement.compact(), 1500, noise=device.backend), bootstrap=0)
    pulls = []
    for index in range(2):
        means = to_pauli_vector(measured.states[index] - expected.states[index])[1:]
        covariance = measured.pauli_covariance[index][1:, 1:]
        pulls += list(means / np.sqrt(np.diagonal(covariance)))
    for name in ("heat", "work", "switching_work", "first_law_residual"):
        own, known = getattr(measured.ledger, name), getattr(expected.ledger, name)
        pulls += list((own.value - known.value) / own.error)
    assert np.sqrt(np.mean(np.square(pulls))) < 1.7  # 10 values, mostly independent
    assert np.max(np.abs(pulls)) < 4
    exact = qcoll.evolve(compiled.model, 3, "+", record=[3])
    assert qcoll.compare(measured, exact).trace_distance[-1] > 0.02  # the noise is really there


def test_circuits_of_a_local_job_have_shot_noise_of_their_own(reference):
    """In the runtime's local mode all circuits of one job share a seed; here they must not."""
    experiment = small_experiment(shots=500, seed=8)
    pub = experiment.pubs[0]
    first, second = LocalSimulator.of(experiment.device, [pub, pub], 500, DeviceOptions(), seed=1).counts()
    assert first != second
    assert LocalSimulator.of(experiment.device, [pub], 500, DeviceOptions(), seed=2).counts() == (second,)


def test_the_folder_says_everything(reference):
    names = {path.name for path in reference.folder.iterdir()}
    assert names >= {"record.json", "circuits.qpy", "circuits.qasm", "model.toml", "counts-0.npz"}
    data = json.loads((reference.folder / "record.json").read_text())
    assert data["format"] == FORMAT
    assert data["definition"]["shots"] == SHOTS
    assert data["definition"]["compilation"]["trotter_order"] == 1
    assert data["device"]["name"] == "fake_manila"
    assert data["device"]["calibration"].startswith("2024-")
    assert qcoll.load_model(reference.folder / "model.toml") == model_from_toml(MODEL)
    circuits = reference.circuits()
    assert [circuit.name for circuit in circuits][:3] == ["tick:0 X", "tick:0 Y", "tick:0 Z"]
    texts = (reference.folder / "circuits.qasm").read_text().split("// circuit ")[1:]
    assert len(texts) == len(circuits)
    assert qasm3.dumps(circuits[-1]) in texts[-1]
    assert circuits_hash(circuits) == data["circuits_sha256"]
    with np.load(reference.folder / "counts-0.npz", allow_pickle=False) as table:
        assert table["number"].sum() == SHOTS * len(circuits)
    np.testing.assert_allclose(initial_state(reference), np.full((2, 2), 0.5))


def test_results_are_plain_json(reference):
    path = save_result(reference, hardware_result(reference))
    rows = json.loads(path.read_text())["rows"]
    assert [row["collision"] for row in rows] == [0, 2]
    assert rows[1]["coherence"].keys() == {"value", "error", "exact"}


def test_the_same_experiment_twice_is_noticed(tmp_path):
    first = submit(small_experiment(), tmp_path)
    with pytest.raises(qcoll.InputError, match=r"was submitted at .* and is done: fetch"):
        submit(small_experiment(), tmp_path)
    second = submit(small_experiment(), tmp_path, again=True)
    assert second.name == f"{first.name}-2"
    other = submit(small_experiment(shots=SHOTS + 1), tmp_path)
    assert other.data["experiment"] != first.data["experiment"]
    assert len(list_jobs(tmp_path)) == 3


def test_the_hash_is_of_everything_that_defines_the_experiment():
    base = small_experiment()
    assert small_experiment().hash == base.hash
    others = [
        small_experiment(shots=301),
        small_experiment(seed=6),
        small_experiment(at=[1]),
        small_experiment(quantities=["state", "heat"]),
        small_experiment(options=DeviceOptions(dynamical_decoupling="XX")),
    ]
    assert len({base.hash, *(other.hash for other in others)}) == 6


def test_two_processes_on_one_record(tmp_path, reference):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from qcoll.hardware.records.lock import locked\n"
            "with locked(sys.argv[1]):\n    print('held', flush=True); time.sleep(60)",
            str(reference.folder),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(qcoll.InputError, match="another process"):
            fetch(reference)
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    assert fetch(reference).state == "done"  # the lock died with its process


def test_the_lock_is_free_again_after_use(tmp_path):
    for _ in range(2):
        with locked(tmp_path), pytest.raises(qcoll.InputError, match="another process"), locked(tmp_path):
            pass


class WindowsLocks:
    """The part of ``msvcrt`` that is used, over a table of held files: what Windows does, without Windows."""

    LK_NBLCK = 2

    def __init__(self):
        self.held = {}

    def locking(self, descriptor, mode, size):
        assert (mode, size) == (self.LK_NBLCK, 1)
        status = os.fstat(descriptor)
        holder = self.held.get(status.st_ino)
        if holder not in (None, descriptor) and self.is_open(holder):
            raise PermissionError(errno.EACCES, "Permission denied")
        self.held[status.st_ino] = descriptor

    @staticmethod
    def is_open(descriptor):
        try:
            os.fstat(descriptor)
        except OSError:
            return False
        return True


def test_the_lock_on_windows(tmp_path, monkeypatch):
    """The path of the code, not the system: no Windows was at hand."""
    monkeypatch.setitem(sys.modules, "msvcrt", WindowsLocks())
    monkeypatch.setattr("qcoll.hardware.records.lock.os", types.SimpleNamespace(**vars(os) | {"name": "nt"}))
    for _ in range(2):
        with locked(tmp_path), pytest.raises(qcoll.InputError, match="another process"), locked(tmp_path):
            pass


def test_a_file_system_without_locks_is_refused(tmp_path, monkeypatch):
    def none(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", none)
    with pytest.raises(qcoll.InputError, match="file system with locks"), locked(tmp_path):
        pass


def test_two_processes_submit_the_same_experiment_at_once(tmp_path, monkeypatch):
    """The folder's name goes to the one that is first; the other one sends nothing."""
    from qcoll.hardware.records import record as record_module

    real = record_module._free_name

    def slower(root, data, again):
        name = real(root, data, again)
        (root / name).mkdir()
        (root / name / "record.json").write_text("{}")
        return name

    monkeypatch.setattr(record_module, "_free_name", slower)
    with pytest.raises(qcoll.InputError, match="another process has just submitted"):
        submit(small_experiment(), tmp_path)


@pytest.mark.parametrize("full_at", range(1, 9))
def test_a_full_disk(tmp_path, monkeypatch, full_at):
    """Whichever file is the one that does not fit: one line says so, and nothing half-written stays."""
    calls = 0
    real = os.fsync

    def full(descriptor):
        nonlocal calls
        calls += 1
        if calls == full_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    experiment = small_experiment()
    monkeypatch.setattr("qcoll.storage.os.fsync", full)
    if full_at == 8:
        assert submit(experiment, tmp_path).state == "done"  # seven files are written
        return
    with pytest.raises(qcoll.InputError, match="No space left on device"):
        submit(experiment, tmp_path)
    assert not list(tmp_path.rglob("*.part"))
    records = list_jobs(tmp_path)
    assert [record.state for record in records] == (
        [] if full_at <= 4 else ["prepared"] if full_at == 5 else ["submitted"]
    )
    record = fetch(records[0]) if records else submit(experiment, tmp_path)
    assert record.state == "done"


def copied(record, folder, **changes):
    folder.mkdir()
    data = json.loads((record.folder / "record.json").read_text())
    (folder / "record.json").write_text(json.dumps(data | changes))
    return folder


@pytest.mark.parametrize(
    ("found", "message"), [(0, "older qcoll .*plain arrays"), (99, "newer qcoll"), (None, "older")]
)
def test_records_of_other_versions(tmp_path, reference, found, message):
    folder = copied(reference, tmp_path / "other", format=found)
    with pytest.raises(qcoll.InputError, match=message):
        fetch(folder)


def test_damaged_records(tmp_path, reference):
    with pytest.raises(qcoll.InputError, match="no record in"):
        fetch(tmp_path)
    (tmp_path / "record.json").write_text("{")
    with pytest.raises(qcoll.InputError, match="damaged"):
        fetch(tmp_path)
    folder = copied(reference, tmp_path / "other")
    with pytest.raises(qcoll.InputError, match="cannot read the counts"):
        read_record(folder).counts()


def test_records_are_found_by_the_beginning_of_their_names(reference, tmp_path):
    root = reference.folder.parent
    assert find_record(reference.name[:14], root).name == reference.name
    assert find_record(str(reference.folder)).name == reference.name
    with pytest.raises(qcoll.InputError, match="nothing called 'example-7'"):
        find_record("example-7", root)


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(qcoll.InputError, match="cannot write"):
        submit(small_experiment(), tmp_path / "file")


def test_qpy_keeps_the_ticks(reference):
    stream = io.BytesIO()
    qpy.dump(reference.circuits(), stream)
    stream.seek(0)
    (last,) = [circuit for circuit in qpy.load(stream) if circuit.name == "tick:2 Z"]
    assert isinstance(last, QuantumCircuit)
    assert [item.operation.label for item in last.data if item.operation.name == "barrier"][-1] == "tick:2"
