"""The part of a device's target that a circuit uses, and schedules on it."""

from __future__ import annotations

from collections.abc import Sequence

from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Delay, Parameter, Reset
from qiskit.transpiler import InstructionProperties, Target


def restricted(target: Target, qubits: Sequence[int]) -> Target:
    """The part of a target on some of its qubits, renumbered in the order given."""
    position = {qubit: index for index, qubit in enumerate(qubits)}
    properties = target.qubit_properties
    part = Target(
        num_qubits=len(qubits),
        dt=target.dt,
        granularity=target.granularity,
        min_length=target.min_length,
        pulse_alignment=target.pulse_alignment,
        acquire_alignment=target.acquire_alignment,
        qubit_properties=None if properties is None else [properties[qubit] for qubit in qubits],
    )
    for name in target.operation_names:
        operation = target.operation_from_name(name)
        known = target[name]
        if isinstance(operation, type) or known is None or None in known:
            continue  # control flow and global operations are not part of a collision
        chosen = {
            tuple(position[qubit] for qubit in qargs): value
            for qargs, value in known.items()
            if all(qubit in position for qubit in qargs)
        }
        if chosen:
            part.add_instruction(operation, chosen, name=name)
    if "delay" not in part.operation_names:
        part.add_instruction(Delay(Parameter("t")), {(q,): None for q in range(len(qubits))})
    if "reset" not in part.operation_names and "reset" in target.operation_names:
        part.add_instruction(Reset(), {(q,): InstructionProperties(duration=0.0) for q in range(len(qubits))})
    return part


def scheduled(circuit: QuantumCircuit, target: Target | None) -> QuantumCircuit:
    """The circuit with the delays of an as-late-as-possible schedule, if the target knows durations."""
    if target is None or target.dt is None or not _has_durations(target):
        return circuit
    return transpile(
        circuit,
        target=target,
        initial_layout=range(circuit.num_qubits),
        optimization_level=0,
        routing_method="none",
        scheduling_method="alap",
    )


def _has_durations(target: Target) -> bool:
    return any(
        properties is not None and properties.duration is not None
        for name in target.operation_names
        if target[name] is not None
        for properties in target[name].values()
    )
