"""The record of a submission: a folder that says all about it, at every moment.

::

    example-2-fake_kingston-3f0a9c51d2e4/
        record.json        what was asked, of whom, when; ids and states of its jobs; versions and seeds
        circuits.qpy       the circuits as submitted
        circuits.qasm      the same in OpenQASM 3, one after the other
        model.toml         the model; model-1.toml ... those of further points
        parameters-0.npz   where circuits have parameters: their names and values, one row for each point of group 0
        counts-0.npz       the counts of job 0, once it is done; from an estimator means-0.npz

The folder appears whole or not at all, before anything is submitted; each later change replaces one file in one step.
So whatever interrupts a process, the folder tells where to go on. Plain JSON, arrays and text: no pickles, no secrets.

Counts are those of every circuit with every parameter set, in this order; the column ``circuit`` numbers the two
together. Records of older formats are migrated when they are read (:mod:`qcoll.hardware.records.migrations`).
"""

from __future__ import annotations

import datetime
import io
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, qpy

from ...errors import InputError
from ...measure.counts import MeasuredCounts, by_sequence, counts_from_npz
from ...measure.estimator import EstimatedMeans, PubMeans, estimated_means, means_from_npz
from ...measure.plan import MeasurementPlan
from ...measure.points import Point
from ...measure.sampled_sequences import shots_of_a_circuit
from ...model.files import save_model
from ...storage import writable_folder, write_atomically
from ...trajectory.pauli import Real
from ..options import DeviceOptions
from ..pubs import CircuitGroup, Pub, parameter_sets, write_circuits
from .migrations import FORMAT, migrated

RECORD = "record.json"
#: The copy of what was registered before (:mod:`qcoll.hardware.preregistration`).
REGISTRATION = "registration.json"

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
        older: the format of the file, if it is an older one that was migrated.
    """

    folder: Path
    jobs: tuple[Job, ...]
    data: Mapping[str, Any]
    older: int | None = None

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
    def points(self) -> tuple[Point, ...]:
        """What was measured, of which models: one point, or those of a sweep."""
        return tuple(Point.from_dict(each) for each in self.data["definition"]["points"])

    @property
    def plan(self) -> MeasurementPlan:
        """What was measured; of a sweep, at its first point."""
        return self.points[0].plan

    @property
    def options(self) -> DeviceOptions:
        """What was switched on."""
        return DeviceOptions.from_dict(self.data["definition"]["options"])

    @property
    def sets(self) -> list[int]:
        """The number of parameter sets of every circuit."""
        return [number for group in self.data["groups"] for number in group["sets"]]

    @property
    def draws(self) -> int:
        """How many draws of the sequence share the shots; 1 where nothing is sampled."""
        return int(self.data["definition"].get("draws", {"number": 1})["number"])

    @property
    def shots_of_a_circuit(self) -> int:
        """Shots of every circuit with every parameter set."""
        return shots_of_a_circuit(self.data["definition"]["shots"], self.draws)

    def the_point(self, point: int | None) -> int:
        """The point that is meant, where ``None`` is the only one.

        Raises:
            InputError: if there are several and none was named, or there is no such point.
        """
        count = len(self.data["definition"]["points"])
        if point is None and count == 1:
            return 0
        if point is None:
            raise InputError(
                f"{self.name} has {count} points: name one with point=0 to {count - 1}, or take all with "
                "trajectories() or hardware_results()"
            )
        if isinstance(point, bool) or not isinstance(point, int | np.integer) or not 0 <= point < count:
            raise InputError(f"point is {point!r}, but {self.name} has the points 0 to {count - 1}")
        return point

    def measured(self, point: int | None = None) -> MeasuredCounts | EstimatedMeans:
        """What came back for a point: counts, or what an estimator gave.

        Args:
            point: which point of a sweep.

        Raises:
            InputError: if the experiment is not done, a file is missing, or the point is not named.
        """
        chosen = self.the_point(point)
        return self._means(chosen) if self.options.zne else self._counts(chosen)

    def counts(self, point: int | None = None) -> MeasuredCounts:
        """The raw counts, as :meth:`measured`.

        Raises:
            InputError: if the experiment is not done, a file is missing, or an estimator measured it.
        """
        found = self.measured(point)
        if not isinstance(found, MeasuredCounts):
            raise InputError(f"{self.name} was measured by an estimator, which gives no counts: see measured()")
        return found

    def _counts(self, point: int) -> MeasuredCounts:
        seen = by_sequence(self._results(point, "counts", counts_from_npz), self.draws)
        return MeasuredCounts.of(
            self.points[point].plan, seen, self.data["device"]["name"], self.options.mitigates_readout
        )

    def _means(self, point: int) -> EstimatedMeans:
        (group,) = self._groups(point)
        found = self._results(point, "means", _means_by_set)
        ticks = [each["tick"] for each in group["observed"]]
        labels = [tuple(each["labels"]) for each in group["observed"]]
        name = f"{self.data['device']['name']}, {self.data['definition']['shots']} shots"
        return estimated_means(self.points[point].plan, ticks, labels, found, self.options.noise_factors, name)

    def _results(self, point: int, kind: str, read: Callable[[bytes], Sequence[Any]]) -> list[Any]:
        """A point's results of all circuits of its group, or of its draws one after the other."""
        if self.state != "done":
            raise InputError(f"{self.name} is {self.state}, so it has no {kind} yet: fetch it first")
        found: list[Any] = []
        for index, job in enumerate(self.jobs):
            path = self.folder / f"{kind}-{index}.npz"
            try:
                own = read(path.read_bytes())
            except OSError as error:
                raise InputError(f"cannot read the {kind} {path}: {error.strerror or error}") from error
            expected = sum(self.sets[slice(*job.circuits)])
            if len(own) != expected:
                raise InputError(f"{path} has {kind} of {len(own)} circuits instead of {expected}: it is damaged")
            found += own
        sets = self.sets
        starts = np.concatenate([[0], np.cumsum(sets)])
        return [
            found[starts[circuit] + (group["points"].index(point) if sets[circuit] > 1 else 0)]
            for group in self._groups(point)
            for circuit in range(*group["circuits"])
        ]

    def _groups(self, point: int) -> list[Mapping[str, Any]]:
        """The groups of circuits of a point: one, or one for each draw."""
        return [each for each in self.data["groups"] if point in each["points"]]

    def pubs(self) -> list[Pub]:
        """All circuits with their parameter sets, and what an estimator is to estimate, as submitted.

        Raises:
            InputError: if they cannot be read.
        """
        circuits = self.circuits()
        found = []
        for index, group in enumerate(self.data["groups"]):
            own = circuits[slice(*group["circuits"])]
            values = self.parameters(index)
            observed = group["observed"] or [{"labels": (), "qubits": ()}] * len(own)
            found += [
                Pub(circuit, parameter_sets(circuit, values), tuple(each["labels"]), tuple(each["qubits"]))
                for circuit, each in zip(own, observed, strict=True)
            ]
        return found

    def parameters(self, group: int) -> dict[str, Real]:
        """The values of a group's parameters, by name, one for each of its points; none without parameters.

        Raises:
            InputError: if they cannot be read.
        """
        if max(self.data["groups"][group]["sets"]) == 1:
            return {}
        path = self.folder / f"parameters-{group}.npz"
        try:
            with np.load(path, allow_pickle=False) as table:
                return dict(zip(table["names"].tolist(), table["values"].T, strict=True))
        except OSError as error:
            raise InputError(f"cannot read the parameters {path}: {error.strerror or error}") from error

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
        changed = replace(self, jobs=tuple(jobs), older=None)
        if self.older is not None:
            original = self.folder / f"record.format-{self.older}.json"
            write_atomically(original, (self.folder / RECORD).read_bytes())
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
    groups: Sequence[CircuitGroup],
    again: bool,
    registration: bytes | None = None,
) -> Record:
    """Write a new record, whole or not at all.

    Args:
        root: folder of all records.
        data: what ``record.json`` says, with the experiment's hash under "experiment".
        jobs: circuits of each job.
        groups: circuits as they will be submitted, with their parameters.
        again: whether the same experiment may be there already.
        registration: a file that was registered before, to keep beside it.

    Raises:
        InputError: if the same experiment was submitted before, or the folder cannot be written.
    """
    root = writable_folder(root, "--dir")
    name = _free_name(root, data, again)
    data = {**data, "created": now()}
    record = Record(root / name, tuple(Job(own, f"{name}-{index}") for index, own in enumerate(jobs)), data)
    part = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=root))
    try:
        write_circuits(part, groups)
        if registration is not None:
            write_atomically(part / REGISTRATION, registration)
        for index, point in enumerate(record.points):
            save_model(point.plan.model, part / (f"model-{index}.toml" if index else "model.toml"))
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
    if not isinstance(data, dict):
        raise InputError(f"{path} is damaged: it holds no record")
    older = data.get("format")
    data = migrated(data, path)
    data.pop("format")
    data.pop("state")
    jobs = tuple(Job(**{**job, "circuits": tuple(job["circuits"])}) for job in data.pop("jobs"))
    return Record(Path(folder), jobs, data, None if older == FORMAT else older)


def now() -> str:
    """The time in ISO 8601, UTC."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def _free_name(root: Path, data: Mapping[str, Any], again: bool) -> str:
    model = re.sub(r"[^a-z0-9]+", "-", data["definition"]["name"].lower()).strip("-") or "model"
    prefix = f"{model}-{data['device']['name']}-"
    known = (read_record(path.parent) for path in sorted(root.glob(f"{prefix}*/{RECORD}")))
    # by the hash, not the folder's name: older formats had other hashes
    taken = sorted((each for each in known if each.data["experiment"] == data["experiment"]), key=created)
    name = f"{prefix}{data['experiment'][:12]}"
    if not taken:
        return name
    if not again:
        before = taken[-1]
        raise InputError(
            f"the same experiment was submitted at {before.data['created']} and is {before.state}: fetch "
            f"{before.name}, or submit it once more with again=True (--again)"
        )
    return f"{name}-{len(taken) + 1}"


def created(record: Record) -> str:
    """When it was submitted, for sorting."""
    return str(record.data["created"])


def _means_by_set(content: bytes) -> list[tuple[Real, Real]]:
    """Values and errors of every circuit with every parameter set."""
    found: Sequence[PubMeans] = means_from_npz(content)
    return [pair for each in found for pair in zip(each.values, each.errors, strict=True)]
