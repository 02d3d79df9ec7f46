"""The record of a submission: a folder that says all about it, at every moment.

::

    example-2-fake_torino-3f0a9c51d2e4/
        record.json        what was asked, of whom, when; ids and states of its jobs; versions and seeds
        circuits.qpy       the circuits as submitted
        circuits.qasm      the same in OpenQASM 3, one after the other
        model.toml         the model
        counts-0.npz       the counts of job 0, once it is done

The folder appears whole or not at all, before anything is submitted; each later change replaces one file in one step.
So whatever interrupts a process, the folder tells where to go on. Plain JSON, arrays and text: no pickles, no secrets.
"""

from __future__ import annotations

import datetime
import difflib
import hashlib
import io
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qiskit import QuantumCircuit, qasm3, qpy

from ...errors import InputError
from ...model.files import save_model
from ...storage import writable_folder, write_atomically
from .counts import MeasuredCounts, counts_from_npz
from .plan import MeasurementPlan

#: Version of the record's format; there was none before it.
FORMAT = 1
RECORD = "record.json"
DEFAULT_ROOT = Path("hardware-runs")

#: In the order of a job's life; a record is as far as its least advanced job.
STATES = ("prepared", "submitted", "done", "cancelled", "failed")


@dataclass(frozen=True)
class Job:
    """One job of an experiment.

    Args:
        circuits: first circuit, and the one after the last.
        tag: by which the service finds it, should its id have been lost.
        state: one of :data:`STATES`.
        id: as the service calls it, once it is known.
        reason: why it failed.
        quantum_seconds: QPU time it took.
    """

    circuits: tuple[int, int]
    tag: str
    state: str = "prepared"
    id: str | None = None
    reason: str | None = None
    quantum_seconds: float | None = None


@dataclass(frozen=True, eq=False)
class Record:
    """A submitted experiment as its folder describes it.

    Args:
        folder: where it is kept.
        jobs: its jobs.
        data: everything else in ``record.json``.
    """

    folder: Path
    jobs: tuple[Job, ...]
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The folder's name, by which the command line calls it."""
        return self.folder.name

    @property
    def state(self) -> str:
        """``"prepared"``, ``"submitted"``, ``"done"``, ``"cancelled"`` or ``"failed"``."""
        states = {job.state for job in self.jobs}
        for state in ("failed", "cancelled", "prepared", "submitted"):
            if state in states:
                return state
        return "done"

    @property
    def plan(self) -> MeasurementPlan:
        """What was measured."""
        return MeasurementPlan.from_dict(self.data["definition"]["plan"])

    def counts(self) -> MeasuredCounts:
        """The raw counts.

        Raises:
            InputError: if the experiment is not done, or a file is missing.
        """
        if self.state != "done":
            raise InputError(f"{self.name} is {self.state}, so it has no counts yet: fetch it first")
        seen: list[Mapping[int, float]] = []
        for index, job in enumerate(self.jobs):
            path = self.folder / f"counts-{index}.npz"
            try:
                own = counts_from_npz(path.read_bytes())
            except OSError as error:
                raise InputError(f"cannot read the counts {path}: {error.strerror or error}") from error
            if len(own) != job.circuits[1] - job.circuits[0]:
                raise InputError(f"{path} has counts of {len(own)} circuits instead of {job.circuits}: it is damaged")
            seen += own
        twirled = self.data["definition"]["options"]["readout"] is not None
        return MeasuredCounts(self.plan, tuple(seen), self.data["device"]["name"], twirled)

    def circuits(self) -> list[QuantumCircuit]:
        """The circuits as submitted.

        Raises:
            InputError: if they cannot be read.
        """
        try:
            return list(qpy.load(io.BytesIO((self.folder / "circuits.qpy").read_bytes())))
        except OSError as error:
            raise InputError(f"cannot read the circuits of {self.name}: {error.strerror or error}") from error

    def with_job(self, index: int, **changes: Any) -> Record:
        """The record with one job changed, written to its folder."""
        jobs = list(self.jobs)
        jobs[index] = replace(jobs[index], **changes)
        changed = replace(self, jobs=tuple(jobs))
        write_atomically(self.folder / RECORD, changed.to_json())
        return changed

    def to_json(self) -> bytes:
        """The content of ``record.json``."""
        jobs = [{**vars(job), "circuits": list(job.circuits)} for job in self.jobs]
        return json.dumps({"format": FORMAT, "state": self.state, **self.data, "jobs": jobs}, indent=1).encode()


def create_record(
    root: Path,
    data: Mapping[str, Any],
    jobs: Sequence[tuple[int, int]],
    circuits: Sequence[QuantumCircuit],
    again: bool,
) -> Record:
    """Write a new record, whole or not at all.

    Args:
        root: folder of all records.
        data: what ``record.json`` says, with the experiment's hash under "experiment".
        jobs: circuits of each job.
        circuits: as they will be submitted.
        again: whether the same experiment may be there already.

    Raises:
        InputError: if the same experiment was submitted before, or the folder cannot be written.
    """
    root = writable_folder(root)
    name = _free_name(root, data, again)
    data = {**data, "created": now()}
    record = Record(root / name, tuple(Job(own, f"{name}-{index}") for index, own in enumerate(jobs)), data)
    part = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=root))
    try:
        stream = io.BytesIO()
        qpy.dump(list(circuits), stream)
        write_atomically(part / "circuits.qpy", stream.getvalue())
        write_atomically(part / "circuits.qasm", _qasm(circuits))
        save_model(record.plan.model, part / "model.toml")
        write_atomically(part / RECORD, record.to_json())
        part.chmod(0o755)
        part.rename(record.folder)  # fails if another process was faster: a folder that is not empty is not replaced
    except OSError as error:
        if record.folder.exists():
            raise InputError(f"another process has just submitted the same experiment: fetch {name}") from error
        raise InputError(f"cannot write the record {record.folder}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return record


def read_record(folder: Path) -> Record:
    """The record in a folder.

    Raises:
        InputError: if there is none, it is damaged, or it has a format that this version cannot read.
    """
    path = Path(folder) / RECORD
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"there is no record in {folder}: {error.strerror or error}") from error
    except ValueError as error:
        raise InputError(f"{path} is damaged: {error}") from error
    found = data.pop("format", None)
    if found != FORMAT:
        writer = data.get("versions", {}).get("qcoll", "unknown")
        if isinstance(found, int) and found > FORMAT:
            raise InputError(
                f"{path} has format {found}, of a newer qcoll ({writer}): update with pip install -U qcoll"
            )
        raise InputError(
            f"{path} has format {found}, of an older qcoll ({writer}), and this version reads format {FORMAT}: read it "
            "with that version; the counts-*.npz beside it are plain arrays that anything reads"
        )
    data.pop("state")
    jobs = tuple(Job(**{**job, "circuits": tuple(job["circuits"])}) for job in data.pop("jobs"))
    return Record(Path(folder), jobs, data)


def list_jobs(root: str | Path = DEFAULT_ROOT) -> list[Record]:
    """All records in a folder, oldest first.

    Raises:
        InputError: if one cannot be read.
    """
    folders = [path.parent for path in Path(root).glob(f"*/{RECORD}") if not path.parent.name.startswith(".")]
    return sorted((read_record(folder) for folder in folders), key=lambda record: record.data["created"])


def find_record(name: str | None = None, root: str | Path = DEFAULT_ROOT) -> Record:
    """The record with a name, the only one whose name begins so, the one in a folder, or the latest of all.

    Raises:
        InputError: if there is none, or several.
    """
    if name is None:
        records = list_jobs(root)
        if not records:
            raise InputError(f"nothing was submitted from {root}: start with qcoll submit")
        return records[-1]
    if (Path(name) / RECORD).exists():
        return read_record(Path(name))
    names = [path.parent.name for path in Path(root).glob(f"*/{RECORD}")]
    found = [each for each in names if each == name] or [each for each in names if each.startswith(name)]
    if len(found) == 1:
        return read_record(Path(root) / found[0])
    if found:
        raise InputError(f"{name!r} is the beginning of several submissions: {', '.join(sorted(found))}")
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.3)
    hint = f"; there are {', '.join(near)}" if near else ": list them with qcoll jobs"
    raise InputError(f"nothing called {name!r} was submitted from {root}{hint}")


def experiment_hash(definition: Mapping[str, Any]) -> str:
    """SHA-256 of all that defines an experiment, as plain data."""
    text = json.dumps(definition, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def now() -> str:
    """The time in ISO 8601, UTC."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def _free_name(root: Path, data: Mapping[str, Any], again: bool) -> str:
    model = re.sub(r"[^a-z0-9]+", "-", data["definition"]["name"].lower()).strip("-") or "model"
    name = f"{model}-{data['device']['name']}-{data['experiment'][:12]}"
    taken = [path for path in (root / name, *sorted(root.glob(f"{name}-*"))) if path.exists()]
    if not taken:
        return name
    if not again:
        before = read_record(taken[-1])
        raise InputError(
            f"the same experiment was submitted at {before.data['created']} and is {before.state}: fetch "
            f"{before.name}, or submit it once more with again=True (--again)"
        )
    return f"{name}-{len(taken) + 1}"


def _qasm(circuits: Sequence[QuantumCircuit]) -> bytes:
    return "\n".join(f"// circuit {i}: {each.name}\n{qasm3.dumps(each)}" for i, each in enumerate(circuits)).encode()
