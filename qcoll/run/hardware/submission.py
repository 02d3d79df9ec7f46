"""Submit an experiment, come back, and fetch what it measured.

The order of steps is what makes a record safe to lose the process over: first the record is on disk, then a job is sent
with a tag, then its id is written, then its counts, then its state. A job that was sent but whose id was lost is found
by its tag. On a fake device there is no server: the "job" runs inside :func:`submit`, and if that was cut off
:func:`fetch` runs it again with the recorded seed, which gives the same counts.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qiskit import QuantumCircuit, qpy

from ...compile.mapping import DEFAULT_SEEDS, map_collisions
from ...compile.sequence import CollisionCircuit
from ...errors import InputError
from ...limits import positive_integer
from ...storage import write_atomically
from . import runtime
from .circuits import MeasurementCircuits, measurement_circuits
from .combine import MeasuredTrajectory, combine
from .counts import counts_to_npz
from .lock import locked
from .options import DeviceOptions
from .plan import QUANTITIES, Quantity
from .record import DEFAULT_ROOT, Record, create_record, experiment_hash, read_record
from .runtime import Device

#: Executions that IBM takes in one sampler job.
LARGEST_JOB = 10_000_000


@dataclass(frozen=True, eq=False)
class Experiment:
    """All that is needed to submit: circuits for a device, shots, options, seed.

    Args:
        device: where it will run.
        measurement: the circuits on the device's qubits.
        shots: per circuit.
        options: what is switched on.
        seed: of the simulator, for fake devices.
        definition: all that defines the experiment, as plain data.
    """

    device: Device
    measurement: MeasurementCircuits
    shots: int
    options: DeviceOptions
    seed: int
    definition: dict[str, Any]

    @property
    def executions(self) -> int:
        """Circuits times shots."""
        return len(self.measurement) * self.shots

    @property
    def jobs(self) -> list[tuple[int, int]]:
        """The circuits of each job: first, and one after the last."""
        size = LARGEST_JOB // self.shots
        count = len(self.measurement)
        return [(start, min(start + size, count)) for start in range(0, count, size)]

    @property
    def hash(self) -> str:
        """SHA-256 of the definition."""
        return experiment_hash(self.definition)


def design_experiment(
    circuit: CollisionCircuit,
    device: Device | str,
    at: int | Sequence[int],
    shots: int,
    quantities: Sequence[Quantity] = QUANTITIES,
    *,
    observables: Sequence[str] = (),
    options: DeviceOptions | None = None,
    optimization_level: int = 3,
    seeds: Sequence[int] = DEFAULT_SEEDS,
    seed: int = 0,
) -> Experiment:
    """Prepare an experiment for a device: transpile once, cut, measure. Nothing is sent.

    Args:
        circuit: from :func:`~qcoll.compile_collisions`.
        device: from :func:`open_device`, or its name.
        at: collisions after which to measure.
        shots: per circuit.
        quantities: "state", "heat", "work".
        observables: more Pauli strings of the system.
        options: dynamical decoupling, twirling, readout mitigation, ...
        optimization_level: of the transpiler.
        seeds: transpiler seeds, of which the mapping with the smallest reported error is kept.
        seed: of the simulator, for fake devices.

    Raises:
        InputError: if the device cannot run it (too small, no reset), or an argument is bad.

    >>> import qcoll
    >>> from qcoll.run.hardware import design_experiment
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=4)
    >>> design_experiment(compiled, "fake_lagos", at=[4], shots=1000).executions
    13000
    """
    count = positive_integer(shots, "shots")
    if count > LARGEST_JOB:
        raise InputError(f"{count} shots are more than the {LARGEST_JOB} executions that one job may have")
    chosen = options or DeviceOptions()
    if isinstance(device, str):
        device = runtime.open_device(device, num_qubits=circuit.num_qubits)
    if chosen.shorter_resets and device.local:
        raise InputError("shorter_resets is for real devices: simulators do not know these instructions")
    target = device.backend.target
    mapped = map_collisions(
        circuit, target, optimization_level=optimization_level, seeds=seeds, schedule=chosen.scheduled
    )
    measurement = measurement_circuits(
        mapped, at, quantities, observables=observables, readout=chosen.mitigates_readout
    ).on_device(device.backend.num_qubits)
    if chosen.shorter_resets:
        shortened = tuple(runtime.shorter_resets(each, target) for each in measurement.circuits)
        measurement = dataclasses.replace(measurement, circuits=shortened)
    runtime.check_isa(measurement.circuits, device)
    transpiler = {"optimization_level": optimization_level, "seeds": list(seeds)}
    definition = _definition(circuit, measurement, transpiler) | {
        "device": device.name,
        "shots": count,
        "options": chosen.to_dict(),
        "seed": seed,
    }
    return Experiment(device, measurement, count, chosen, seed, definition)


def submit(experiment: Experiment, root: str | Path = DEFAULT_ROOT, *, again: bool = False) -> Record:
    """Submit an experiment without waiting for a queue; its record is on disk before anything is sent.

    On a fake device the experiment runs here and now.

    Args:
        experiment: from :func:`design_experiment`.
        root: folder of all records.
        again: submit although the same experiment was submitted before.

    Raises:
        InputError: if it was submitted before, the record cannot be written, or the service refuses it. Whatever was
            sent by then is in the record.
    """
    mapped, device = experiment.measurement.mapped, experiment.device
    circuits = experiment.measurement.circuits
    data = {
        "experiment": experiment.hash,
        "definition": experiment.definition,
        "device": {
            "name": device.name,
            "local": device.local,
            "instance": device.instance,
            "calibration": device.calibration_time,
            "qubits": list(mapped.qubits),
            "transpiler_seed": mapped.seed,
        },
        "circuits_sha256": circuits_hash(circuits),
        "versions": runtime.versions(),
    }
    record = create_record(Path(root), data, experiment.jobs, circuits, again)
    with locked(record.folder):
        return _run_here(record, device) if device.local else _send(record, device)


def fetch(
    record: Record | str | Path,
    service: Any = None,
    *,
    wait: bool = False,
    submit_missing: bool = False,
) -> Record:
    """Go on with a record from wherever it was left: find its jobs, store their counts.

    Args:
        record: a record or its folder.
        service: a ``QiskitRuntimeService``; ``None`` connects with the saved account if that is needed.
        wait: wait for jobs that are still in the queue.
        submit_missing: send jobs that were confirmed but never sent (on a fake device this is always done).

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


def trajectory(record: Record, *, readout_mitigation: bool | None = None, **options: Any) -> MeasuredTrajectory:
    """The trajectory of a record that is done; readout mitigation as it was submitted, unless said otherwise.

    Raises:
        InputError: if it is not done.
    """
    counts = record.counts()
    mitigated = counts.twirled if readout_mitigation is None else readout_mitigation
    return combine(counts, readout_mitigation=mitigated, **options)


def circuits_hash(circuits: Sequence[QuantumCircuit]) -> str:
    """SHA-256 of the circuits as QPY without their names' accidents."""
    stream = io.BytesIO()
    qpy.dump(list(circuits), stream)
    return hashlib.sha256(stream.getvalue()).hexdigest()


def _definition(
    circuit: CollisionCircuit, measurement: MeasurementCircuits, transpiler: dict[str, Any]
) -> dict[str, Any]:
    """What defines the circuits: the model, the initial state, how they are compiled, what is measured."""
    return {
        "name": circuit.model.name,
        "physics": circuit.model.fingerprint(),
        "plan": measurement.plan.to_dict(),
        "initial_state": [[float(z.real), float(z.imag)] for z in circuit.initial_state.ravel()],
        "compilation": {
            "synthesis": circuit.synthesis,
            "trotter_order": circuit.trotter_order,
            "trotter_steps": circuit.trotter_steps,
            "ancillas": circuit.ancillas,
            "preparation_gates": dict(circuit.preparation.circuit.count_ops()),
            **transpiler,
        },
    }


def _run_here(record: Record, device: Device) -> Record:
    """Run the jobs of a fake device that have no counts yet."""
    circuits = record.circuits()
    definition = record.data["definition"]
    options = DeviceOptions(**definition["options"])
    for index, job in enumerate(record.jobs):
        if job.state == "done":
            continue
        record = record.with_job(index, state="submitted", id=f"local-{record.data['experiment'][:12]}-{index}")
        start, stop = job.circuits
        seed = definition["seed"] * 1_000_003 + start
        counts = runtime.run_local(device, circuits[start:stop], definition["shots"], options, seed)
        record = _stored(record, index, counts)
    return record


def _send(record: Record, device: Device) -> Record:
    """Send the jobs that were not sent yet, and write down the id of each before the next."""
    circuits = record.circuits()
    definition = record.data["definition"]
    options = DeviceOptions(**definition["options"])
    missing = [index for index, job in enumerate(record.jobs) if job.state == "prepared"]
    with runtime.execution_mode(device, len(missing)) as mode:
        for index in missing:
            job = record.jobs[index]
            chosen = circuits[job.circuits[0] : job.circuits[1]]
            job_id = runtime.submit_job(mode, chosen, definition["shots"], options, ["qcoll", job.tag])
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
            if state == "done" or (state == "submitted" and wait):
                counts, seconds = runtime.job_counts(service, job.id)
                record = _stored(record, index, counts, quantum_seconds=seconds)
                continue
        except runtime.LostJobError as error:
            state, reason = "failed", str(error)
        if state in ("failed", "cancelled"):
            record = record.with_job(index, state=state, reason=reason)
    for job in record.jobs:
        if job.state in ("failed", "cancelled"):
            why = f": {job.reason}" if job.reason else ""
            raise InputError(f"job {job.id} of {record.name} {_WORDS[job.state]}{why}; submit it again with --again")
    return record


_WORDS = {"failed": "failed", "cancelled": "was cancelled"}


def _stored(record: Record, index: int, counts: Sequence[Any], **changes: Any) -> Record:
    start, stop = record.jobs[index].circuits
    if len(counts) != stop - start:
        raise InputError(
            f"job {record.jobs[index].id} has results of {len(counts)} circuits, but {stop - start} were sent: "
            "it belongs to another experiment"
        )
    write_atomically(record.folder / f"counts-{index}.npz", counts_to_npz(counts))
    return record.with_job(index, state="done", **changes)
