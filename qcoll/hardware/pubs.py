"""What a primitive takes: a circuit, its parameter sets, and for an estimator the Pauli strings."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, qasm3, qpy
from qiskit.quantum_info import SparsePauliOp

from ..circuits.steps import on_qubits, steps
from ..measure.circuits import MeasurementCircuits
from ..measure.estimator import ObservedCircuits
from ..storage import write_atomically
from ..trajectory.pauli import Real


@dataclass(frozen=True, eq=False)
class Pub:
    """One circuit of a job with all its parameter sets (a "primitive unified bloc").

    Args:
        circuit: with or without parameters.
        values: shape (sets, parameters), in the order of ``circuit.parameters``; (1, 0) for a circuit without.
        labels: Pauli strings to estimate; none for a sampler.
        qubits: the qubits that they are on.
    """

    circuit: QuantumCircuit
    values: Real
    labels: tuple[str, ...] = ()
    qubits: tuple[int, ...] = ()

    @property
    def sets(self) -> int:
        """Number of parameter sets, each with shots of its own."""
        return len(self.values)

    @property
    def parametrised(self) -> bool:
        """Whether there is anything to set."""
        return bool(self.values.shape[1])

    def single(self, index: int) -> Pub:
        """The same with one of the parameter sets."""
        return replace(self, values=self.values[index : index + 1])

    def on(self, position: Mapping[int, int], num_qubits: int) -> Pub:
        """The same on other qubits: qubit q on ``position[q]`` of ``num_qubits``."""
        qubits = tuple(position[qubit] for qubit in self.qubits)
        return replace(self, circuit=on_qubits(self.circuit, position, num_qubits), qubits=qubits)

    def for_sampler(self) -> tuple[Any, ...]:
        """As a sampler takes it; its result has shape (sets,), or none without parameters."""
        return (self.circuit, self.values) if self.parametrised else (self.circuit,)

    def for_estimator(self) -> tuple[Any, ...]:
        """As an estimator takes it; its result has shape (Pauli strings, sets)."""
        observables = [
            [SparsePauliOp(label).apply_layout(list(self.qubits), self.circuit.num_qubits)] for label in self.labels
        ]
        return (self.circuit, observables, self.values) if self.parametrised else (self.circuit, observables)


@dataclass(frozen=True, eq=False)
class CircuitGroup:
    """Points that share their circuits, on one layout, or one draw of a point.

    A single experiment is one group with one point; of sampled collisions each draw of each point is a group.

    Args:
        points: which points of the experiment.
        measurement: the circuits.
        values: values of each parameter, shape (points,) each.
    """

    points: tuple[int, ...]
    measurement: MeasurementCircuits | ObservedCircuits
    values: Mapping[str, Real]

    def at(self, position: int) -> dict[str, float]:
        """The parameters of one of the group's points."""
        return {name: float(each[position]) for name, each in self.values.items()}

    def pubs(self) -> list[Pub]:
        """The circuits with their parameter sets."""
        own = self.measurement
        if isinstance(own, MeasurementCircuits):
            return [Pub(circuit, parameter_sets(circuit, self.values)) for circuit in own.circuits]
        return [
            Pub(circuit, parameter_sets(circuit, self.values), labels, qubits)
            for circuit, labels, qubits in zip(own.circuits, own.labels, own.qubits, strict=True)
        ]


def parameter_sets(circuit: QuantumCircuit, values: Mapping[str, Real]) -> Real:
    """The values of a circuit's parameters, shape (sets, parameters).

    A circuit in which nothing depends on the point (often that of the initial state) has one set, and is measured once
    for all points.
    """
    if not circuit.parameters:
        return np.empty((1, 0))
    return np.stack([values[parameter.name] for parameter in circuit.parameters], axis=1)


def qubits_in_use(pubs: Sequence[Pub]) -> list[int]:
    """Qubits that any of the circuits, or a Pauli string, is on."""
    acted = {qubit for pub in pubs for step in steps(pub.circuit) for qubit in step.qubits}
    return sorted(acted | {qubit for pub in pubs for qubit in pub.qubits})


def write_circuits(folder: Path, groups: Sequence[CircuitGroup]) -> None:
    """The circuits in both formats, and the values of their parameters."""
    circuits = [circuit for group in groups for circuit in group.measurement.circuits]
    stream = io.BytesIO()
    qpy.dump(circuits, stream)
    write_atomically(folder / "circuits.qpy", stream.getvalue())
    write_atomically(folder / "circuits.qasm", _qasm(circuits))
    for index, group in enumerate(groups):
        if group.values:
            stream = io.BytesIO()
            np.savez(stream, names=np.array(list(group.values)), values=np.stack(list(group.values.values()), axis=1))
            write_atomically(folder / f"parameters-{index}.npz", stream.getvalue())


def _qasm(circuits: Sequence[QuantumCircuit]) -> bytes:
    return "\n".join(f"// circuit {i}: {each.name}\n{qasm3.dumps(each)}" for i, each in enumerate(circuits)).encode()
