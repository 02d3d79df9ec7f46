"""Design an experiment for a device: points, circuits, options. Nothing is sent."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qiskit import QuantumCircuit

from ...compile.mapping import DEFAULT_SEEDS, map_collisions
from ...compile.sequence import CollisionCircuit
from ...errors import InputError
from ...limits import positive_integer
from . import runtime
from .circuits import MeasurementCircuits, measurement_circuits
from .estimator import ObservedCircuits, observed_circuits
from .migrations import experiment_hash
from .options import DeviceOptions
from .plan import QUANTITIES, Quantity
from .points import Point
from .pubs import CircuitGroup, Pub
from .runtime import Device

#: Executions that IBM takes in one job.
LARGEST_JOB = 10_000_000


@dataclass(frozen=True, eq=False)
class Experiment:
    """All that is needed to submit: circuits for a device, shots, options, seed.

    Args:
        device: where it will run.
        points: what is measured of which models; one, or those of a sweep.
        groups: the circuits on the device's qubits; points of one group share theirs.
        shots: of every circuit with every parameter set; of an estimator in every basis at every noise factor.
        options: what is switched on.
        seed: of the simulator, for fake devices.
        definition: all that defines the experiment, as plain data.
    """

    device: Device
    points: tuple[Point, ...]
    groups: tuple[CircuitGroup, ...]
    shots: int
    options: DeviceOptions
    seed: int
    definition: dict[str, Any]

    @property
    def measurement(self) -> MeasurementCircuits | ObservedCircuits:
        """The circuits of the first group, often the only one."""
        return self.groups[0].measurement

    @property
    def circuits(self) -> tuple[QuantumCircuit, ...]:
        """The circuits of all groups."""
        return tuple(circuit for group in self.groups for circuit in group.measurement.circuits)

    @functools.cached_property
    def pubs(self) -> tuple[Pub, ...]:
        """All circuits with their parameter sets."""
        return tuple(pub for group in self.groups for pub in group.pubs())

    @functools.cached_property
    def executions_of_circuits(self) -> tuple[int, ...]:
        """How often each circuit runs, with all parameter sets, bases and noise factors."""
        if self.options.primitive == "estimator":
            return tuple(self._estimated[0])
        return tuple(self.shots * pub.sets for pub in self.pubs)

    @property
    def calibrations(self) -> int:
        """Executions that an estimator adds to each job to measure the readout."""
        return self._estimated[1] if self.options.primitive == "estimator" else 0

    @property
    def executions(self) -> int:
        """How often anything runs: circuits times parameter sets times shots, times what an estimator adds."""
        return sum(self.executions_of_circuits) + self.calibrations * len(self.jobs)

    @property
    def jobs(self) -> list[tuple[int, int]]:
        """The circuits of each job: first, and one after the last."""
        bounds, total = [0], self.calibrations
        for index, own in enumerate(self.executions_of_circuits):
            if total + own > LARGEST_JOB and index > bounds[-1]:
                bounds.append(index)
                total = self.calibrations
            total += own
        return list(zip(bounds, [*bounds[1:], len(self.circuits)], strict=True))

    @property
    def hash(self) -> str:
        """SHA-256 of the definition."""
        return experiment_hash(self.definition)

    @functools.cached_property
    def _estimated(self) -> tuple[list[int], int]:
        return runtime.estimator_executions(self.device, self.pubs, self.shots, self.options)


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
    >>> from qcoll.run.hardware import DeviceOptions, design_experiment
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=4)
    >>> design_experiment(compiled, "fake_lagos", at=[4], shots=1000).executions
    13000
    """
    count = positive_integer(shots, "shots")
    chosen = options or DeviceOptions()
    opened = _opened(device, circuit.num_qubits, chosen)
    target = opened.backend.target
    mapped = map_collisions(
        circuit, target, optimization_level=optimization_level, seeds=seeds, schedule=chosen.scheduled
    )
    asked = _Asked(at, tuple(quantities), tuple(observables), chosen)
    group = CircuitGroup((0,), asked.measurement(mapped, opened), {})
    points = (Point(group.measurement.plan, circuit.initial_state),)
    definition = {
        "name": circuit.model.name,
        "points": [each.to_dict() for each in points],
        "structures": "one",
        "compilation": _compilation(circuit) | {"optimization_level": optimization_level, "seeds": list(seeds)},
        "device": opened.name,
        "shots": count,
        "options": chosen.to_dict(),
        "seed": seed,
    }
    experiment = Experiment(opened, points, (group,), count, chosen, seed, definition)
    _check_size(experiment)
    return experiment


@dataclass(frozen=True)
class _Asked:
    """What is to be measured, and how."""

    at: int | Sequence[int]
    quantities: tuple[Quantity, ...]
    observables: tuple[str, ...]
    options: DeviceOptions

    def measurement(self, mapped: Any, device: Device) -> MeasurementCircuits | ObservedCircuits:
        """The circuits on the device's qubits, as it takes them."""
        found: MeasurementCircuits | ObservedCircuits
        if self.options.primitive == "estimator":
            found = observed_circuits(mapped, self.at, self.quantities, observables=self.observables)
        else:
            readout = self.options.mitigates_readout
            found = measurement_circuits(
                mapped, self.at, self.quantities, observables=self.observables, readout=readout
            )
        found = found.on_device(device.backend.num_qubits)
        if self.options.shorter_resets:
            target = device.backend.target
            shortened = tuple(runtime.shorter_resets(each, target) for each in found.circuits)
            found = dataclasses.replace(found, circuits=shortened)
        runtime.check_isa(found.circuits, device)
        return found


def _opened(device: Device | str, num_qubits: int, options: DeviceOptions) -> Device:
    opened = runtime.open_device(device, num_qubits=num_qubits) if isinstance(device, str) else device
    if options.shorter_resets and opened.local:
        raise InputError("shorter_resets is for real devices: simulators do not know these instructions")
    return opened


def _check_size(experiment: Experiment) -> None:
    largest = max(experiment.executions_of_circuits) + experiment.calibrations
    if largest > LARGEST_JOB:
        raise InputError(
            f"one circuit would run {largest} times, more than the {LARGEST_JOB} executions that one job may have: "
            "give fewer shots, points or noise factors"
        )


def _compilation(circuit: CollisionCircuit) -> dict[str, Any]:
    """What defines the circuit of a model."""
    return {
        "synthesis": circuit.synthesis,
        "trotter_order": circuit.trotter_order,
        "trotter_steps": circuit.trotter_steps,
        "ancillas": circuit.ancillas,
        "preparation_gates": dict(circuit.preparation.circuit.count_ops()),
    }
