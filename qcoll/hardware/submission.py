"""Submit an experiment, come back, and fetch what it measured.

The order of steps is what makes a record safe to lose the process over: first the record is on disk, then a job is sent
with a tag, then its id is written, then its counts, then its state. A job that was sent but whose id was lost is found
by its tag. On a fake device there is no server: the "job" runs inside :func:`submit`, and if that was cut off
:func:`fetch` runs it again with the recorded seed, which gives the same counts.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qiskit import QuantumCircuit, qpy

from ..errors import InputError
from ..measure.combination import MeasuredTrajectory, combine
from ..measure.counts import MeasuredCounts, counts_of, counts_to_npz
from ..measure.estimator import ObservedCircuits, means_of, means_to_npz
from ..storage import write_atomically
from .experiment import Experiment
from .pubs import CircuitGroup
from .records.listing import DEFAULT_ROOT
from .records.lock import locked
from .records.record import Record, create_record, read_record
from .registration import registered_as
from .service import runtime
from .service.local import LocalSimulator
from .service.messages import LostJobError
from .service.runtime import Device


def submit(
    experiment: Experiment,
    root: str | Path = DEFAULT_ROOT,
    *,
    again: bool = False,
    registration: str | Path | None = None,
    parameters: Mapping[str, str] | None = None,
) -> Record:
    """Submit an experiment without waiting for a queue; its record is on disk before anything is sent.

    On a fake device, and on a backend of another provider, the experiment runs here and now.

    Args:
        experiment: from :func:`design_experiment`.
        root: folder of all records.
        again: submit although the same experiment was submitted before.
        registration: the file in which it was registered (:func:`preregister`), to be compared with afterwards.
        parameters: of the model, by name and in words, for the list of submissions.

    Raises:
        InputError: if it was submitted before, it is not what was registered, the record cannot be written, or the
            service refuses it. Whatever was sent by then is in the record.
    """
    device = experiment.device
    data = {
        "experiment": experiment.hash,
        "definition": experiment.definition,
        "device": {
            "name": device.name,
            "local": device.local,
            "simulated": device.simulated,
            "instance": device.instance,
            "calibration": device.calibration_time,
        },
        "groups": _described(experiment.groups),
        "circuits_sha256": circuits_hash(experiment.circuits),
        "versions": runtime.versions(),
    }
    if parameters:
        data["parameters"] = dict(parameters)
    registered = None
    if registration is not None:
        known = registered_as(experiment, registration)
        data["registration"] = {"file": str(known.path.resolve()), "sha256": known.sha256}
        registered = known.path.read_bytes()
    record = create_record(Path(root), data, experiment.jobs, experiment.groups, again, registered)
    with locked(record.folder):
        return _run_here(record, device) if device.local else _send(record, device)


def fetch(
    record: Record | str | Path,
    service: Any = None,
    *,
    wait: bool = False,
    submit_missing: bool = False,
) -> Record:
    """Go on with a record from wherever it was left: find its jobs, store their results.

    Args:
        record: a record or its folder.
        service: a ``QiskitRuntimeService``; ``None`` connects with the saved account if that is needed.
        wait: wait for jobs that are still in the queue.
        submit_missing: send jobs that were confirmed but never sent, and run again what another provider's device was
            interrupted in (on a fake device this is always done).

    Returns:
        The record: done, or still submitted if ``wait`` is off.

    Raises:
        InputError: if a job failed, was cancelled or expired (the record then says so too), was never sent, or another
            process works on the record.
    """
    folder = record.folder if isinstance(record, Record) else Path(record)
    read_record(folder)
    with locked(folder):
        known = read_record(folder)
        if known.state == "done":
            return known
        if known.data["device"]["local"]:
            if not known.data["device"].get("simulated", True) and not submit_missing:
                raise InputError(
                    f"{known.name} was interrupted while {known.data['device']['name']} ran it, and what had not come "
                    "back is lost: run that again, which may be charged again, with submit_missing=True "
                    "(--submit-missing)"
                )
            return _run_here(known, runtime.open_device(known.data["device"]["name"]))
        service = service or runtime.connect(known.data["device"]["instance"])
        known = _found_again(known, service)
        if any(job.state == "prepared" for job in known.jobs):
            if not submit_missing:
                raise InputError(
                    f"{known.name} was interrupted before it was sent, so nothing was spent: send it with "
                    "submit_missing=True (--submit-missing)"
                )
            device = runtime.open_device(known.data["device"]["name"], service=service)
            known = _send(known, device)
        return _collected(known, service, wait)


def trajectory(
    record: Record, *, point: int | None = None, readout_mitigation: bool | None = None, **options: Any
) -> MeasuredTrajectory:
    """The trajectory of a record that is done, mitigated as it was submitted.

    Args:
        record: from :func:`submit` or :func:`fetch`.
        point: which point of a sweep.
        readout_mitigation: ``False`` leaves out the readout mitigation of counts.
        options: more options of :func:`combine`.

    Raises:
        InputError: if it is not done, or is a sweep and no point is named.
    """
    found = record.measured(point)
    mitigated = readout_mitigation
    if mitigated is None:
        mitigated = isinstance(found, MeasuredCounts) and found.twirled
    return combine(found, readout_mitigation=mitigated, **options)


def trajectories(record: Record, **options: Any) -> tuple[MeasuredTrajectory, ...]:
    """The trajectories of all points of a record, as :func:`trajectory`.

    Raises:
        InputError: if it is not done.
    """
    return tuple(trajectory(record, point=index, **options) for index in range(len(record.points)))


def circuits_hash(circuits: Sequence[QuantumCircuit]) -> str:
    """SHA-256 of the circuits as QPY without their names' accidents."""
    stream = io.BytesIO()
    qpy.dump(list(circuits), stream)
    return hashlib.sha256(stream.getvalue()).hexdigest()


def _described(groups: Sequence[CircuitGroup]) -> list[dict[str, Any]]:
    """Which points share which circuits, on which qubits, and what is estimated there."""
    found, first = [], 0
    for group in groups:
        own, mapped = group.measurement, group.measurement.mapped
        observed = None
        if isinstance(own, ObservedCircuits):
            parts = zip(own.ticks, own.labels, own.qubits, strict=True)
            observed = [{"tick": tick, "labels": list(labels), "qubits": list(on)} for tick, labels, on in parts]
        found.append(
            {
                "points": list(group.points),
                "circuits": [first, first + len(own.circuits)],
                "sets": [pub.sets for pub in group.pubs()],
                "observed": observed,
                "qubits": list(mapped.qubits),
                "transpiler_seed": mapped.seed,
            }
        )
        first += len(own.circuits)
    return found


def _run_here(record: Record, device: Device) -> Record:
    """Run the jobs of a fake device that have no results yet."""
    pubs, definition = record.pubs(), record.data["definition"]
    for index, job in enumerate(record.jobs):
        if job.state == "done":
            continue
        record = record.with_job(index, state="submitted", id=f"local-{record.data['experiment'][:12]}-{index}")
        start, stop = job.circuits
        seed = definition["seed"] * 1_000_003 + sum(record.sets[:start])
        if device.runs is not None:
            counts = device.runs(pubs[start:stop], record.shots_of_a_circuit, seed)
            record = _stored(record, index, counts)
            continue
        here = LocalSimulator.of(
            device, pubs[start:stop], record.shots_of_a_circuit, record.options, seed, record.draws > 1
        )
        record = _stored(record, index, here.means() if record.options.zne else here.counts())
    return record


def _send(record: Record, device: Device) -> Record:
    """Send the jobs that were not sent yet, and write down the id of each before the next."""
    pubs, shots = record.pubs(), record.shots_of_a_circuit
    missing = [index for index, job in enumerate(record.jobs) if job.state == "prepared"]
    with runtime.execution_mode(device, len(missing)) as mode:
        for index in missing:
            job = record.jobs[index]
            tags = ["qcoll", job.tag]
            if (registered := record.data.get("registration")) is not None:
                tags.append(f"qcoll-registered-{registered['sha256'][:16]}")
            job_id = runtime.submit_job(mode, pubs[slice(*job.circuits)], shots, record.options, tags, record.draws > 1)
            try:
                record = record.with_job(index, state="submitted", id=job_id)
            except InputError as error:
                raise InputError(
                    f"job {job_id} was sent, but its id could not be written down ({error}): once there is space, "
                    f"fetch {record.name}, which finds it by its tag {job.tag}"
                ) from error
    return record


def _found_again(record: Record, service: Any) -> Record:
    """The record with the ids of jobs that were sent just before the process ended."""
    for index, job in enumerate(record.jobs):
        if job.state == "prepared":
            job_id = runtime.find_job(service, job.tag, record.data["device"]["instance"])
            if job_id is not None:
                record = record.with_job(index, state="submitted", id=job_id)
    return record


def _collected(record: Record, service: Any, wait: bool) -> Record:
    for index, job in enumerate(record.jobs):
        if job.state != "submitted" or job.id is None:
            continue
        try:
            state, reason = runtime.job_state(service, job.id)
            left = None
            if reason is not None and reason.startswith(runtime.UNKNOWN_STATE):
                left = runtime.leftover_result(service, job.id)
            if left is not None or state == "done" or (state == "submitted" and wait):
                result, seconds = left or runtime.job_result(service, job.id)
                found = means_of(result) if record.options.zne else counts_of(result)
                record = _stored(record, index, found, quantum_seconds=seconds)
                continue
        except LostJobError as error:
            state, reason = "failed", str(error)
        if state in ("failed", "cancelled"):
            record = record.with_job(index, state=state, reason=reason)
    for job in record.jobs:
        if job.state in ("failed", "cancelled"):
            why = f": {job.reason}" if job.reason else ""
            raise InputError(f"job {job.id} of {record.name} {_WORDS[job.state]}{why}; submit it again with --again")
    return record


_WORDS = {"failed": "failed", "cancelled": "was cancelled"}


def _stored(record: Record, index: int, found: Sequence[Any], **changes: Any) -> Record:
    """Keep the results of a job: counts, or what an estimator found."""
    sets = sum(record.sets[slice(*record.jobs[index].circuits)])
    extrapolates = record.options.zne
    arrived = sum(len(each.values) for each in found) if extrapolates else len(found)
    if arrived != sets:
        raise InputError(
            f"job {record.jobs[index].id} has results of {arrived} circuits and parameter sets, but {sets} were sent: "
            "it belongs to another experiment"
        )
    content = means_to_npz(found, record.options.noise_factors) if extrapolates else counts_to_npz(found)
    write_atomically(record.folder / f"{'means' if extrapolates else 'counts'}-{index}.npz", content)
    return record.with_job(index, state="done", **changes)
