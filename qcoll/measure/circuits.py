"""Construct: circuits that stop at chosen ticks and measure there.

One mapped sequence serves all of them: each is a prefix of it, followed by the basis rotation in the device's gates
and a measurement into the classical register ``meas``. Merged, it is the same without the gates that change nothing of
what is measured, and without the seams between collisions.
"""

from __future__ import annotations

import functools
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.transpiler import Target

from ..circuits.segments import after, append_segment, segments_of
from ..circuits.steps import on_qubits, steps
from ..compile.sequence import CollisionCircuit
from ..device import MappedCollisions, map_collisions
from ..device.transpiling import transpile
from ..errors import InputError
from ..model.collision import CollisionModel
from .plan import QUANTITIES, READOUT, MeasurementPlan, Quantity, plan_for
from .settings import rotation_circuit

#: Name of the classical register.
REGISTER = "meas"


@dataclass(frozen=True, eq=False)
class MeasurementCircuits:
    """The circuits of a plan, in the order of its settings.

    Args:
        plan: what is measured.
        mapped: the sequence that the circuits are prefixes of.
        circuits: one for each of ``plan.settings``.
    """

    plan: MeasurementPlan
    mapped: MappedCollisions
    circuits: tuple[QuantumCircuit, ...]

    def __len__(self) -> int:
        return len(self.circuits)

    def on_device(self, num_qubits: int) -> MeasurementCircuits:
        """The same circuits on the physical qubits of a device with ``num_qubits``, which real devices want."""
        return replace(self, circuits=tuple(on_qubits(each, self.mapped.qubits, num_qubits) for each in self.circuits))

    def compact(self) -> MeasurementCircuits:
        """The same circuits on the qubits in use alone, which simulators want."""
        size = len(self.mapped.qubits)
        if self.circuits[0].num_qubits == size:
            return self
        position = {qubit: index for index, qubit in enumerate(self.mapped.qubits)}
        narrow = tuple(on_qubits(each, position, size) for each in self.circuits)
        return replace(self, circuits=narrow)

    def bound(self, values: Mapping[str, float]) -> MeasurementCircuits:
        """The same circuits with values for the parameters of these names."""
        return replace(self, circuits=tuple(bound(each, values) for each in self.circuits))


def bound(circuit: QuantumCircuit, values: Mapping[str, float]) -> QuantumCircuit:
    """A circuit with its parameters' values, by name; names that it does not have do not matter."""
    if not circuit.parameters:
        return circuit
    return circuit.assign_parameters({each: float(values[each.name]) for each in circuit.parameters})


def contents(circuit: QuantumCircuit) -> Hashable:
    """What is the same for circuits without parameters that do the same on the same qubits in the same order."""
    return tuple(
        (
            operation.name,
            getattr(operation, "unit", None),
            tuple(np.asarray(each, dtype=complex).tobytes() for each in operation.params),
            qubits,
            clbits,
        )
        for operation, qubits, clbits in steps(circuit)
    )


def measurement_circuits(
    circuit: MappedCollisions | CollisionCircuit,
    at: int | Sequence[int],
    quantities: Sequence[Quantity] = QUANTITIES,
    *,
    observables: Sequence[str] = (),
    readout: bool = False,
    merge: bool = False,
) -> MeasurementCircuits:
    """The circuits that measure a model after chosen collisions: the first of three steps (construct, run, combine).

    Args:
        circuit: a circuit mapped to a device with :func:`~qcoll.device.mapping.map_collisions`, or a compiled one,
            whose gates are then left as they are (for simulators).
        at: collisions after which the system is measured. Heat and work are those of each of these collisions alone,
            from energies measured before and after it.
        quantities: "state" (all Pauli strings of the system), "heat" (the ancilla's energy), "work" (the system's and
            the interaction's energy).
        observables: more Pauli strings of the system, or all there is for a system too large for tomography.
        readout: add a circuit that measures the readout error (needed for readout mitigation).
        merge: leave out what acts on discarded qubits alone and merge neighbouring collisions: fewer gates and less
            time. Without it the circuits are, tick by tick, those that :func:`qcoll.simulate` runs. (The system then
            waits for resets in another basis, so that relaxation acts on it differently: look at both predictions.)

    Raises:
        InputError: for a collision beyond the compiled ones, an unknown quantity or observable, or sampled collisions
            (see :func:`~qcoll.hardware.sampled_measurements`).

    >>> import qcoll
    >>> from qcoll.hardware import measurement_circuits
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(), n=10)
    >>> len(measurement_circuits(compiled, at=[5, 10], quantities=["state"]))
    9
    """
    mapped = as_mapped(circuit)
    compiled = mapped.compiled
    if is_sampled(compiled):
        raise InputError(
            "the collisions are sampled from several circuits, and this would be one sequence of them: take "
            "sampled_measurements, which samples several"
        )
    plan = plan_for(compiled, at, quantities, observables, readout)
    check_level(compiled, plan)
    return cut_and_measured([mapped], plan, merge)[0]


def cut_and_measured(
    sequences: Sequence[MappedCollisions], plan: MeasurementPlan, merge: bool
) -> tuple[MeasurementCircuits, ...]:
    """The circuits of a plan for each of several sequences (draws) of one mapping, whose rotations are the same."""
    target, size = sequences[0].target, len(sequences[0].qubits)
    rotation = functools.cache(lambda qubits, basis: _rotation(target, size, qubits, basis))
    found = []
    for mapped in sequences:
        cut, built = prefixes(mapped, plan, merge), []
        for setting in plan.settings:
            prefix, qubits = cut[setting.tick]
            circuit = prefix.compose(rotation(tuple(qubits), setting.basis))
            register = ClassicalRegister(len(qubits), REGISTER)
            circuit.add_register(register)
            circuit.measure(qubits, register)
            circuit = mapped.finished(circuit) if merge else circuit
            circuit.name = f"{setting.tick} {setting.basis}"
            built.append(circuit)
        found.append(MeasurementCircuits(plan, mapped, tuple(built)))
    return tuple(found)


def as_mapped(circuit: MappedCollisions | CollisionCircuit) -> MappedCollisions:
    """A mapped circuit as it is, a compiled one with its gates left as they are.

    Raises:
        InputError: for anything else.
    """
    if isinstance(circuit, CollisionCircuit):
        return map_collisions(circuit, seeds=(0,), schedule=False)
    if not isinstance(circuit, MappedCollisions):
        raise InputError(
            f"circuit is a {type(circuit).__name__}, but must come from qcoll.compile_collisions or map_collisions"
        )
    return circuit


def is_sampled(compiled: CollisionCircuit) -> bool:
    """Whether each collision samples one of several circuits."""
    return len(compiled.pieces.branches) > 1


def check_level(compiled: CollisionCircuit, plan: MeasurementPlan) -> None:
    """Refuse what the circuit's synthesis has given up: energies of the ancilla, or a classical bit of its own."""
    if compiled.pieces.measured:
        raise InputError(
            "circuits with a measured correction use their classical bit on the way, and cannot be cut and measured at "
            'a tick here: run compiled.circuit with a sampler of your own, or compile with correction="coherent"'
        )
    if compiled.keeps != "joint state" and plan.joint:
        which = "this circuit"
        if compiled.cycle is not None:
            strokes = zip(compiled.cycle.cycle.strokes, compiled.cycle.strokes, strict=True)
            forgets = [
                isinstance(stroke, CollisionModel) and pieces.keeps != "joint state" for stroke, pieces in strokes
            ]
            number = forgets.index(True)
            which = f"the circuit of stroke {number}, {compiled.cycle.cycle.strokes[number].name!r}"
        raise InputError(
            f"{which}, synthesis={compiled.synthesis!r}, keeps only the system; the ancilla's energy cannot be "
            'measured: measure quantities=["state"], or compile with synthesis="trotter" or "exact" and without '
            'keep="system"'
        )


def prefixes(
    mapped: MappedCollisions, plan: MeasurementPlan, merge: bool = False
) -> dict[str, tuple[QuantumCircuit, list[int]]]:
    """The circuits up to each tick of the plan and the qubits to measure; merged, they are yet to be finished."""
    ticks = dict.fromkeys(setting.tick for setting in plan.settings if setting.tick != READOUT)
    sizes = {label: plan.num_measured_at(label) for label in ticks}
    sequence = mapped.sequence(plan.at[-1] if mapped.periodic or mapped.turns is not None else None)
    found: dict[str, tuple[QuantumCircuit, list[int]]] = {}
    if merge:
        found |= {label: mapped.read_at(label, size) for label, size in sizes.items()}
    else:
        prefix = sequence.copy_empty_like()
        prefix.global_phase = 0  # the first segment has it
        for segment in segments_of(sequence):
            append_segment(prefix, segment)
            if segment.point in sizes:
                found[segment.point] = prefix.copy(), list(segment.reads[: sizes[segment.point]])
    if plan.readout:
        found[READOUT] = sequence.copy_empty_like(), found[after(plan.at[-1])][1]
    return found


def _rotation(target: Target | None, num_qubits: int, qubits: Sequence[int], basis: str) -> QuantumCircuit:
    """The rotation of some of the qubits to a basis, in the target's gates."""
    rotation = QuantumCircuit(num_qubits)
    rotation.compose(rotation_circuit(basis), qubits, inplace=True)
    if target is None:
        return rotation
    return transpile(
        rotation, target=target, initial_layout=range(num_qubits), routing_method="none", optimization_level=1
    )
