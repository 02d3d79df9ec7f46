"""An experiment for a device: points, circuits, options, and how it is cut into jobs."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit

from ..errors import InputError
from ..measure.circuits import MeasurementCircuits
from ..measure.estimator import ObservedCircuits
from ..measure.points import Point
from ..measure.sampled_sequences import shots_of_a_circuit
from .control import LARGEST_PER_QUBIT, control_instructions
from .options import DeviceOptions
from .pubs import CircuitGroup, Pub
from .records.migrations import experiment_hash
from .service import runtime
from .service.runtime import Device

#: Executions that IBM takes in one job.
LARGEST_JOB = 10_000_000


@dataclass(frozen=True, eq=False)
class Experiment:
    """All that is needed to submit: circuits for a device, shots, options, seed.

    Args:
        device: where it will run.
        points: what is measured of which models; one, or those of a sweep.
        groups: the circuits on the device's qubits; points of one group share theirs.
        shots: of every setting at every point; of an estimator in every basis at every noise factor.
        options: what is switched on.
        seed: of the simulator, for fake devices.
        definition: all that defines the experiment, as plain data.
        draws: of sampled collisions how many sequences share the shots, each in a group of its own; else 1.
    """

    device: Device
    points: tuple[Point, ...]
    groups: tuple[CircuitGroup, ...]
    shots: int
    options: DeviceOptions
    seed: int
    definition: dict[str, Any]
    draws: int = 1

    @property
    def shots_of_a_circuit(self) -> int:
        """Shots of every circuit with every parameter set."""
        return shots_of_a_circuit(self.shots, self.draws)

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
        return tuple(self.shots_of_a_circuit * pub.sets for pub in self.pubs)

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
        bounds, total, control = [0], self.calibrations, np.zeros_like(self.instructions[0])
        for index, own in enumerate(self.executions_of_circuits):
            control = control + self.instructions[index]
            full = index - bounds[-1] >= (self.device.largest_job or len(self.circuits))
            if (total + own > LARGEST_JOB or control.max() > LARGEST_PER_QUBIT or full) and index > bounds[-1]:
                bounds.append(index)
                total, control = self.calibrations, self.instructions[index]
            total += own
        return list(zip(bounds, [*bounds[1:], len(self.circuits)], strict=True))

    @functools.cached_property
    def instructions(self) -> NDArray[np.int64]:
        """Of IBM's control system on each qubit, for each circuit with all parameter sets, (circuits, qubits)."""
        if self.device.runs is not None:
            return np.zeros((len(self.pubs), 1), dtype=np.int64)
        return np.array([pub.sets * control_instructions(pub.circuit, self.options) for pub in self.pubs])

    @property
    def hash(self) -> str:
        """SHA-256 of the definition."""
        return experiment_hash(self.definition)

    def check_size(self) -> None:
        """Refuse an experiment of which one circuit does not fit into a job.

        Raises:
            InputError: if there is such a circuit.
        """
        largest = max(self.executions_of_circuits) + self.calibrations
        if largest > LARGEST_JOB:
            raise InputError(
                f"one circuit would run {largest} times, more than the {LARGEST_JOB} executions that one job may have: "
                "give fewer shots, points or noise factors"
            )
        busiest = int(self.instructions.max())
        if busiest > LARGEST_PER_QUBIT:
            raise InputError(
                f"one circuit takes {busiest} instructions of the control system on one qubit, more than the "
                f"{LARGEST_PER_QUBIT} that one job may have: give fewer collisions or points, or no decoupling"
            )
        most = self.device.largest_shots
        if most is not None and self.shots_of_a_circuit > most:
            raise InputError(
                f"{self.device.name} takes at most {most} shots of a circuit, but {self.shots_of_a_circuit} are asked "
                "for: give fewer, and submit again with another seed for more"
            )

    @functools.cached_property
    def _estimated(self) -> tuple[list[int], int]:
        return runtime.estimator_executions(self.device, self.pubs, self.shots, self.options)
