"""The part of a device's target that a circuit uses, and schedules on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import rustworkx
from qiskit import QuantumCircuit
from qiskit.circuit import Delay, Parameter, Reset
from qiskit.transpiler import InstructionProperties, PassManager, Target
from qiskit.transpiler.passes import Optimize1qGatesDecomposition

from ..circuits.steps import IDLE, steps
from .transpiling import transpile

#: What an operation is on each of its qubits or pairs.
Entries = Mapping[tuple[int, ...], InstructionProperties | None]

#: What a target is besides its operations.
_SETTINGS = (
    "num_qubits",
    "dt",
    "granularity",
    "min_length",
    "pulse_alignment",
    "acquire_alignment",
    "qubit_properties",
)

#: An error of a two-qubit gate that counts as much as another step.
ERROR_OF_A_STEP = 0.01


def empty_like(target: Target, **changes: Any) -> Target:
    """A target without operations, with the sizes and times of another, or others where they are named."""
    return Target(**{name: getattr(target, name) for name in _SETTINGS} | changes)


def rebuilt(
    target: Target,
    change: Callable[[str, Entries], Entries],
    *,
    qubit_properties: Sequence[Any] | None,
    without: Collection[str] = (),
) -> Target:
    """A target whose operations have other entries; control flow, and what acts everywhere alike, stays as it is.

    Args:
        target: the target.
        change: from the name of an operation and its entries to the new ones.
        qubit_properties: of the new target.
        without: names of operations that are left out.
    """
    new = empty_like(target, qubit_properties=qubit_properties, description=target.description)
    for name in target.operation_names:
        operation, table = target.operation_from_name(name), target[name]
        if name in without:
            continue
        if isinstance(operation, type):
            new.add_instruction(operation, name=name)
        elif table is None or None in table:
            new.add_instruction(operation, table, name=name)
        else:
            new.add_instruction(operation, change(name, table), name=name)
    return new


def distances(target: Target, start: Sequence[int]) -> list[float]:
    """Steps to every qubit from the nearest of some, each longer by the reported error of its two-qubit gate.

    A device has pairs whose gates have failed: they are neighbours, but far.
    """
    coupling = target.build_coupling_map()
    if coupling is None:
        return [float(qubit not in start) for qubit in range(target.num_qubits)]
    weights: dict[tuple[int, int], float] = {}
    for name in target.operation_names:
        for qubits, properties in (target[name] or {}).items():
            if qubits is not None and len(qubits) == 2:
                pair = (min(qubits), max(qubits))
                error = (properties.error or 0.0) if properties is not None else 0.0
                weights[pair] = min(weights.get(pair, math.inf), 1 + error / ERROR_OF_A_STEP)
    graph = rustworkx.PyGraph()
    graph.add_nodes_from(range(target.num_qubits))
    graph.add_edges_from([(*pair, weight) for pair, weight in weights.items()])
    steps = [math.inf] * target.num_qubits
    for qubit in start:
        steps[qubit] = 0.0
        for other, length in rustworkx.dijkstra_shortest_path_lengths(graph, qubit, float).items():
            steps[other] = min(steps[other], length)
    return steps


def restricted(target: Target, qubits: Sequence[int]) -> Target:
    """The part of a target on some of its qubits, renumbered in the order given."""
    position = {qubit: index for index, qubit in enumerate(qubits)}
    properties = target.qubit_properties
    part = empty_like(
        target,
        num_qubits=len(qubits),
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
        if chosen and name != "reset":
            part.add_instruction(operation, chosen, name=name)
    if "delay" not in part.operation_names:
        part.add_instruction(Delay(Parameter("t")), {(q,): None for q in range(len(qubits))})
    if "reset" in target.operation_names:
        part.add_instruction(Reset(), {(q,): reset_properties(target, qubit) for q, qubit in enumerate(qubits)})
    return part


def reset_properties(target: Target, qubit: int) -> InstructionProperties:
    """What the target says of a reset; one without a stated duration lasts as long as the measurement it contains."""
    error = None
    for name in ("reset", "measure"):
        properties = (target[name] if name in target.operation_names else {}).get((qubit,))
        if properties is not None:
            error = properties.error if name == "reset" else error
            if properties.duration is not None:
                return InstructionProperties(duration=properties.duration, error=error)
    return InstructionProperties(duration=0.0, error=error)


def scheduled(circuit: QuantumCircuit, target: Target | None) -> QuantumCircuit:
    """The circuit with the delays of an as-late-as-possible schedule, if the target knows durations."""
    if target is None or target.dt is None or not _all_timed(circuit, target):
        return circuit
    return transpile(
        circuit,
        target=target,
        initial_layout=range(circuit.num_qubits),
        optimization_level=0,
        routing_method="none",
        scheduling_method="alap",
    )


def knows_durations(target: Target) -> bool:
    """Whether a target says how long everything in it takes, so that any circuit can be scheduled."""
    tables = (target[name] or {} for name in target.operation_names if name not in IDLE)
    values = [value for table in tables for qubits, value in table.items() if qubits is not None]
    return target.dt is not None and all(value is not None and value.duration is not None for value in values)


def merged(circuit: QuantumCircuit, target: Target | None) -> QuantumCircuit:
    """The circuit with each run of one-qubit gates as one, in the target's gates."""
    if target is None:
        return circuit
    return PassManager([Optimize1qGatesDecomposition(target=target)]).run(circuit)


def _all_timed(circuit: QuantumCircuit, target: Target) -> bool:
    """Whether the target says how long everything in the circuit takes; else there is nothing to schedule by."""
    for operation, qubits, _ in steps(circuit, without=IDLE):
        known = target[operation.name] if operation.name in target.operation_names else None
        value = None if known is None else known.get(qubits)
        if value is None or value.duration is None:
            return False
    return True
