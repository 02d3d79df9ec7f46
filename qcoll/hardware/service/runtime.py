"""Everything that touches the IBM runtime but its local mode (:mod:`.local`): one module, imported lazily.

A device is either IBM's, with a service behind it, or a fake one, for which the runtime runs Aer on this machine
through the same sampler and the same options ("local mode"). Credentials are read by the runtime from its own account
file or environment; qcoll neither takes nor stores them, and masks them in messages.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import re
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from qiskit import QuantumCircuit
from qiskit.providers.exceptions import QiskitBackendNotFoundError

from ...circuits.steps import MARKS, steps
from ...device.fakes import fake_backend
from ...errors import InputError, MissingExtraError, near
from ...run.seeds import aer_seed
from ..options import DeviceOptions
from ..pubs import Pub
from . import aqt as aqt  # its names
from . import ionq as ionq  # likewise
from .device import Device as Device
from .messages import LostJobError, reported_errors, without_secrets
from .providers import OPENERS, limits_of

#: States of a job of the runtime, in the words of a record. Any other one ends the wait, which else might never end.
_JOB_STATES = {
    "INITIALIZING": "submitted",
    "QUEUED": "submitted",
    "VALIDATING": "submitted",
    "RUNNING": "submitted",
    "DONE": "done",
    "ERROR": "failed",
    "CANCELLED": "cancelled",
}

LEAST_BUSY = "least-busy"

#: How long to wait for the result of a job that has ended in an unknown state.
LEFTOVER_SECONDS = 5.0
#: How the reason of a state begins that is not one of the runtime's.
UNKNOWN_STATE = "IBM calls its state"


def require_runtime() -> Any:
    """The runtime's package.

    Raises:
        MissingExtraError: if it is not installed, or too old.
    """
    try:
        import qiskit_ibm_runtime
        import qiskit_ibm_runtime.executor_sampler
    except ImportError as error:
        raise MissingExtraError(
            f'IBM hardware needs qiskit-ibm-runtime 0.50 or newer: pip install "qcoll[ibm]" ({error})'
        ) from error
    return qiskit_ibm_runtime


def connect(instance: str | None = None) -> Any:
    """The runtime's service with the saved account.

    Raises:
        InputError: if there is no account, it is refused, or IBM cannot be reached.
    """
    runtime = require_runtime()
    with reported_errors():
        return runtime.QiskitRuntimeService(instance=instance or "auto")


def open_device(
    name: str, *, service: Any = None, instance: str | None = None, num_qubits: int = 1, account: str = ""
) -> Device:
    """Find a device by its name: "fake_kingston" (simulated here), "ibm_kingston", "least-busy", or a provider's.

    Args:
        name: of the backend.
        service: a ``QiskitRuntimeService``; ``None`` connects with the saved account when one is needed.
        instance: the instance to use, if not the account's own choice.
        num_qubits: qubits that the circuits need.
        account: what takes them, for the message.

    Raises:
        InputError: if there is none (near matches are named), it is paused or too small, or there is no account.
        MissingExtraError: if the runtime is not installed.
    """
    own = next((found for beginning, found in OPENERS.items() if name.lower().startswith(beginning)), None)
    if own is None:
        require_runtime()
    if own is not None:
        device = own(name.lower())
    elif name.replace("_", "").lower().startswith("fake"):
        device = Device(fake_backend(name))
    else:
        service = service or connect(instance)
        with reported_errors():
            backend = _backend(service, name, num_qubits)
            device = Device(backend, service, largest_shots=limits_of(backend)[0])
        _check_status(device)
    if device.backend.num_qubits < num_qubits:
        raise InputError(
            f"{device.name} has {device.backend.num_qubits} qubits, but the circuits need {num_qubits}: "
            + (account or "choose a larger device")
        )
    return device


def _backend(service: Any, name: str, num_qubits: int) -> Any:
    if name == LEAST_BUSY:
        try:
            return service.least_busy(min_num_qubits=num_qubits, operational=True)
        except QiskitBackendNotFoundError:
            raise InputError(
                f"no operational device with at least {num_qubits} qubits is open to this account"
            ) from None
    try:
        return service.backend(name)
    except QiskitBackendNotFoundError:
        known = sorted(backend.name for backend in service.backends())
        raise InputError(
            f"there is no device {name!r}{near(name, known)}; known: {', '.join(known) or 'none'}; fake_kingston and "
            "others run here"
        ) from None


def _check_status(device: Device) -> None:
    with reported_errors():
        status = device.backend.status()
    if not status.operational or status.status_msg != "active":
        raise InputError(
            f"{device.name} is paused (status {status.status_msg!r}, {status.pending_jobs} jobs waiting): choose "
            "another device, or try again later"
        )


def check_isa(circuits: Sequence[QuantumCircuit], device: Device) -> None:
    """Refuse circuits that the device cannot run as they are; the runtime's local mode does not check.

    Raises:
        InputError: naming the first instruction that it lacks.
    """
    from qiskit_ibm_runtime.utils.utils import is_isa_circuit

    check = is_isa_circuit if device.runs is None else _lacking  # IBM's own also bounds the angles of RZZ
    for circuit in circuits:
        if message := check(circuit, device.backend.target):
            raise InputError(f"{device.name} cannot run the circuit {circuit.name!r}: {message}")


def submit_job(
    mode: Any, pubs: Sequence[Pub], shots: int, options: DeviceOptions, tags: Sequence[str], sampled: bool = False
) -> str:
    """Send circuits to a device as one job and return its id without waiting.

    Args:
        mode: a backend (job mode) or a batch.
        pubs: ISA circuits with their parameter sets.
        shots: for every circuit (and basis and noise factor of an estimator) with every parameter set.
        options: what is switched on; they decide between sampler and estimator.
        tags: by which the job can be found again.
        sampled: whether these are the circuits of draws.
    """
    from qiskit_ibm_runtime.executor_estimator import Estimator
    from qiskit_ibm_runtime.executor_sampler import Sampler

    environment = {"environment": {"job_tags": list(tags)}}
    with reported_errors():
        if options.primitive == "estimator":
            estimator = Estimator(mode=mode, options=options.for_estimator(shots) | environment)
            return str(estimator.run([pub.for_estimator() for pub in pubs]).job_id())
        sampler = Sampler(mode=mode, options=options.for_sampler(shots) | environment)
        return str(sampler.run([pub.for_sampler() for pub in pubs], shots=shots).job_id())


def estimator_executions(
    device: Device, pubs: Sequence[Pub], shots: int, options: DeviceOptions
) -> tuple[list[int], int]:
    """How often an estimator would run each circuit, and its calibration of the readout, by the runtime's own count.

    Each Pauli string is in one of the bases that the runtime groups them into; each basis runs at each noise factor
    with each parameter set.
    """
    from qiskit_ibm_runtime.executor_estimator.prepare import prepare
    from qiskit_ibm_runtime.options_models.estimator import EstimatorOptions

    with reported_errors():
        chosen = EstimatorOptions(**options.for_estimator(shots))
        program, _ = prepare([pub.for_estimator() for pub in pubs], chosen, None, device.local, device.backend)
    sizes = [program.shots * int(item.size()) for item in program.items]
    factors = len(options.noise_factors)  # an item of the program for each
    own = [sum(sizes[start : start + factors]) for start in range(0, factors * len(pubs), factors)]
    return own, sum(sizes[factors * len(pubs) :])


def estimator_on(device: Device, options: dict[str, Any], seed: int | None = None) -> Any:
    """The runtime's estimator with some of its options, on a device."""
    require_runtime()
    from qiskit_ibm_runtime.executor_estimator import Estimator

    if device.local:
        options = {**options, "simulator": {"seed_simulator": aer_seed(seed), "angle_decimals": 12}}
    with reported_errors():
        return Estimator(mode=device.backend, options=options)


@contextlib.contextmanager
def execution_mode(device: Device, jobs: int) -> Iterator[Any]:
    """Job mode for one job, a batch for several; never a session."""
    if jobs == 1:
        yield device.backend
        return
    from qiskit_ibm_runtime import Batch

    with reported_errors():
        batch = Batch(backend=device.backend)
    try:
        yield batch
    finally:
        with reported_errors():
            batch.close()  # runs what was submitted, and takes nothing more


def find_job(service: Any, tag: str, instance: str | None) -> str | None:
    """The id of the job with a tag, if the service has one: a submission that was cut off before it was recorded."""
    with reported_errors():
        jobs = service.jobs(job_tags=[tag], instance=instance, limit=2)
    return str(jobs[0].job_id()) if jobs else None


def job_state(service: Any, job_id: str) -> tuple[str, str | None]:
    """The state of a job ("submitted" while it waits or runs, else "done", "failed" or "cancelled") and why.

    Raises:
        LostJobError: if the service does not know it (any more).
    """
    with reported_errors():
        job = service.job(job_id)
        status = str(job.status())
        state = _JOB_STATES.get(status.upper())
        if state is None:  # such as "Cancelled - Ran too long", which max_execution_time causes
            return ("cancelled" if status.upper().startswith("CANCEL") else "failed"), f"{UNKNOWN_STATE} {status!r}"
        reason = job.error_message() if state == "failed" else None
    return state, None if reason is None else without_secrets(str(reason))


def job_result(service: Any, job_id: str) -> tuple[Any, float | None]:
    """The result of a job, waiting for it if need be, and the QPU seconds it took.

    Raises:
        LostJobError: if its result was deleted.
        InputError: if it failed or was cancelled.
    """
    with reported_errors(), own_extrapolation():
        job = service.job(job_id)
        result = job.result()
        usage = None if result is None else float(job.usage())
    if result is None:
        raise LostJobError(f"IBM no longer has the result of job {job_id}: it expired or was deleted")
    return result, usage


def leftover_result(service: Any, job_id: str) -> tuple[Any, float | None] | None:
    """The result of a job that ended in a state that nobody knows, and its QPU seconds; ``None`` if there is none.

    Such as "Cancelled - Ran too long": what had run by then may be there.
    """
    try:
        with reported_errors(), own_extrapolation():
            job = service.job(job_id)
            job.JOB_FINAL_STATES = (*job.JOB_FINAL_STATES, job.status())  # or the runtime would wait for another
            result = job.result(timeout=LEFTOVER_SECONDS)
            return None if result is None else (result, float(job.usage()))
    except InputError:
        return None


@contextlib.contextmanager
def own_extrapolation() -> Iterator[None]:
    """Without the runtime's warning that its fit had no errors to weight with: qcoll fits on its own, and has them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "No positive, finite standard errors", UserWarning)
        yield


def versions() -> dict[str, str]:
    """Versions of the packages that define a run."""
    names = ("qcoll", "qiskit", "qiskit-aer", "qiskit-ibm-runtime", "numpy", "scipy")
    return {name: importlib.metadata.version(name) for name in names}


def _lacking(circuit: QuantumCircuit, target: Any) -> str:
    """What a target lacks of a circuit, or nothing."""
    for operation, qubits, _ in steps(circuit, without=MARKS):
        if not target.instruction_supported(operation.name, qubits):
            return f"The instruction {operation.name} on qubits {qubits} is not supported by the target system."
    return ""


def shorter_resets(circuit: QuantumCircuit, target: Any) -> QuantumCircuit:
    """The circuit with every reset replaced by the shortest kind that the target has on its qubit.

    Some devices have ``reset_2`` and the like besides ``reset``. Simulators do not know them, so this is the last pass,
    for real devices only; delays that waited for longer resets should not be in the circuit.
    """
    kinds = [name for name in target.operation_names if re.fullmatch(r"reset(_\w+)?", name)]
    replaced = circuit.copy_empty_like()
    for operation, qubits, clbits in steps(circuit):
        kind = operation
        if operation.name == "reset":
            durations = {
                name: target[name][qubits].duration
                for name in kinds
                if target[name].get(qubits) is not None and target[name][qubits].duration is not None
            }
            if durations:
                kind = target.operation_from_name(min(durations, key=lambda name: durations[name]))
        replaced.append(kind, qubits, clbits)
    return replaced
