"""Devices of any provider: a backend that runs circuits itself, with what has to be known before anything is sent.

A provider needs no more here than a backend (``BackendV2``) with a ``run`` method, and an :func:`opener`
where its devices have names. Its native gates come from its target, its noise from what it reports or simulates with,
its limits from what it states.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Delay, Measure, Parameter
from qiskit.providers import BackendV2
from qiskit.quantum_info import average_gate_fidelity
from qiskit.transpiler import InstructionProperties, Target

from ...device.fakes import PartOfBackend
from ...errors import InputError
from ..pubs import Pub
from .device import Device

#: Modules whose backends are simulators.
SIMULATORS = (
    "qiskit.providers.fake_provider",
    "qiskit.providers.basic_provider",
    "qiskit_aer",
    "qiskit_ibm_runtime.fake_provider",
)

#: What opens a device by its name, by the beginning of the names in lower case.
OPENERS: dict[str, Callable[[str], Device]] = {}


def opener(beginning: str) -> Callable[[Callable[[str], Device]], Callable[[str], Device]]:
    """A decorator: devices whose names begin like this are opened by the function, wherever a device is named.

    Args:
        beginning: of the names, in lower case.

    Raises:
        InputError: if the names are taken.
    """
    taken = [known for known in ("fake", "ibm", *OPENERS) if known.startswith(beginning) or beginning.startswith(known)]
    if taken:
        raise InputError(f"names of devices that begin with {beginning!r} are taken by {taken[0]!r}: choose others")

    def registered(function: Callable[[str], Device]) -> Callable[[str], Device]:
        OPENERS[beginning] = function
        return function

    return registered


def device_of(backend: BackendV2, *, simulated: bool | None = None) -> Device:
    """Any backend as a device that experiments are designed for and that runs them itself.

    Args:
        backend: with a target and a ``run`` method that takes circuits, ``shots`` and, of a simulator,
            ``seed_simulator``.
        simulated: whether it is a simulator. ``None`` finds out for those of Qiskit, Aer and the fake devices; any
            other backend may be a real device, so that ``qcoll submit`` asks before it runs there, and ``fetch`` runs
            nothing there again unless it is told to.

    Raises:
        InputError: if it has no target with a number of qubits.
    """
    if backend.target is None or backend.target.num_qubits is None:
        raise InputError(f"the backend {backend.name} says neither its gates nor how many qubits it has")
    description = PartOfBackend(explicit_target(backend), str(backend.name))
    shots, circuits = limits_of(backend)
    real = not (_is_simulator(backend) if simulated is None else simulated)
    return Device(
        description,
        runs=lambda pubs, count, seed: _counts(backend, pubs, count, None if real else seed),
        largest_shots=shots,
        largest_job=circuits,
        real=real,
    )


def _is_simulator(backend: BackendV2) -> bool:
    """Whether a backend, or what it is derived from, is a simulator of Qiskit's."""
    return any(each.__module__.startswith(SIMULATORS) for each in type(backend).__mro__)


def explicit_target(backend: BackendV2) -> Target:
    """The target of a backend with every gate on every qubit or pair where it says "everywhere", and with its errors.

    Errors of a simulator's noise model are taken where the target reports none.
    """
    target = backend.target
    simulator = getattr(backend, "simulator", backend)
    noise = getattr(getattr(simulator, "options", None), "noise_model", None)
    own = Target(
        num_qubits=target.num_qubits,
        dt=target.dt,
        description=str(backend.name),
        qubit_properties=target.qubit_properties,
    )
    for name in target.operation_names:
        operation, table = target.operation_from_name(name), target[name]
        if isinstance(operation, type):
            own.add_instruction(operation, name=name)
            continue
        if table is None or None in table:
            table = dict.fromkeys(itertools.permutations(range(target.num_qubits), operation.num_qubits))
        error = None if noise is None else _error(noise, name)
        known = {
            qubits: value if value is not None or error is None else InstructionProperties(error=error)
            for qubits, value in table.items()
        }
        own.add_instruction(operation, known, name=name)
    every = {(qubit,): None for qubit in range(target.num_qubits)}
    for operation in (Measure(), Delay(Parameter("t"))):
        if operation.name not in own.operation_names:
            own.add_instruction(operation, every)
    return own


def limits_of(backend: BackendV2) -> tuple[int | None, int | None]:
    """The most shots of a circuit and the most circuits of a job that a backend states; ``None`` where it does not."""
    configuration = getattr(backend, "configuration", None)
    stated = configuration() if callable(configuration) else None
    shots = next(
        (
            value
            for source, name in ((backend, "max_shots"), (backend, "MAX_SHOTS"), (stated, "max_shots"))
            if isinstance(value := getattr(source, name, None), int) and value > 0
        ),
        None,
    )
    circuits = getattr(backend, "max_circuits", None)
    return shots, circuits if isinstance(circuits, int) and circuits > 0 else None


def _error(noise: Any, name: str) -> float | None:
    """One minus the average fidelity of a gate, or of reading, by a noise model that is the same everywhere."""
    if name == "measure":
        read = noise._default_readout_error
        return None if read is None else float(1 - np.mean(np.diag(read.probabilities)))
    error = noise._default_quantum_errors.get(name)
    return None if error is None else float(1 - average_gate_fidelity(error.to_quantumchannel()))


def _counts(backend: BackendV2, pubs: Sequence[Pub], shots: int, seed: int | None) -> tuple[dict[int, int], ...]:
    """Counts of every circuit with every parameter set, from the backend itself, in jobs as large as it takes.

    Real devices know no seed.
    """
    circuits: list[QuantumCircuit] = []
    for pub in pubs:
        names = [parameter.name for parameter in pub.circuit.parameters]
        circuits += [
            pub.circuit.assign_parameters(dict(zip(names, row, strict=True))) if names else pub.circuit
            for row in pub.values
        ]
    largest = limits_of(backend)[1] or len(circuits)
    found: list[dict[int, int]] = []
    for number, start in enumerate(range(0, len(circuits), largest)):
        batch = circuits[start : start + largest]
        seeded = {} if seed is None else {"seed_simulator": seed + number}
        result = backend.run(batch, shots=shots, **seeded).result()
        for index in range(len(batch)):
            seen = result.get_counts(index)
            found.append({int(outcome.replace(" ", ""), 2): int(count) for outcome, count in seen.items()})
    return tuple(found)
