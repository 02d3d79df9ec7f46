r"""Dynamical decoupling: pulses on qubits that wait, written into mapped collisions.

An even number of pi pulses at equal distances turns a constant detuning against itself: the phases before and after
each pulse cancel (:mod:`.slow_noise`). Relaxation goes on as before, but T1 then pulls a waiting qubit half of the time
the other way: less harm to a state that is close to Qiskit's \|1>. Each pulse is a gate with errors of its own.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from qiskit import QuantumCircuit, QuantumRegister
from qiskit.circuit import Gate
from qiskit.circuit.library import XGate, YGate
from qiskit.transpiler import PassManager, Target
from qiskit.transpiler.passes import ALAPScheduleAnalysis, PadDynamicalDecoupling, TimeUnitConversion

from ..circuits.steps import active_qubits, steps
from ..errors import InputError
from .mapped import MappedCollisions

#: Pulses of each sequence. X and its inverse are the same up to a phase, where pulses have no coherent errors.
SEQUENCES: dict[str, tuple[type[Gate], ...]] = {
    "XX": (XGate, XGate),
    "XpXm": (XGate, XGate),
    "XY4": (XGate, YGate, XGate, YGate),
}


def decoupled(mapped: MappedCollisions, sequence: str) -> MappedCollisions:
    """Mapped collisions with pulses on all qubits that wait for long enough.

    The system's qubits are pulsed also while they wait for a reset at the beginning of a collision, an ancilla's
    between its first gate and its last.

    Args:
        mapped: scheduled on a target with X gates.
        sequence: "XX", "XpXm" or "XY4".

    Raises:
        InputError: for an unknown sequence, or if nothing is scheduled, a flip is measured, or X is no gate.

    >>> import qcoll
    >>> from qcoll.device import map_collisions
    >>> from qcoll.device.decoupling import decoupled
    >>> from qcoll.device.fakes import fake_backend
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(), 2, "+", synthesis="channel")
    >>> mapped = map_collisions(compiled, fake_backend("FakeKingston").target, seeds=[0])
    >>> plain, pulsed = (each.period.count_ops().get("x", 0) for each in (mapped, decoupled(mapped, "XX")))
    >>> pulsed - plain >= 2
    True
    """
    target = _checked(mapped, sequence)
    system = () if mapped.system_at_tick is None else mapped.system_at_tick

    def pulsed(circuit: QuantumCircuit, awake: Collection[int]) -> QuantumCircuit:
        return with_pulses(circuit, target, sequence, awake)

    turns = mapped.turns
    if turns is not None:
        pieces = tuple(tuple(pulsed(piece, system) for piece in each) for each in turns.pieces)
        turns = replace(turns, pieces=pieces, decoupler=lambda wait: pulsed(wait, system))
    return replace(
        mapped,
        initial=pulsed(mapped.initial, ()),
        branches=tuple(
            replace(each, first=pulsed(each.first, mapped.system), period=pulsed(each.period, system))
            for each in mapped.branches
        ),
        turns=turns,
    )


def checked_sequence(name: str) -> str:
    """The name of a sequence, refused if there is none of it.

    Raises:
        InputError: for an unknown name.
    """
    if name not in SEQUENCES:
        raise InputError(f"the decoupling sequence is {name!r}, but must be one of {', '.join(SEQUENCES)}")
    return name


def with_pulses(circuit: QuantumCircuit, target: Target, sequence: str, awake: Collection[int] = ()) -> QuantumCircuit:
    r"""A scheduled circuit with pulses in its delays, as Qiskit's ``PadDynamicalDecoupling`` puts them.

    Args:
        circuit: on the target's qubits, with delays.
        target: with durations.
        sequence: as for :func:`decoupled`.
        awake: qubits that hold a state when the circuit begins; the others are in \|0> until something acts on them.
    """
    acting = active_qubits(circuit)
    pulsed = circuit
    for qubits, skipped in ((sorted(awake), False), (sorted(acting - set(awake)), True)):
        if qubits:
            pulsed = _padded(pulsed, target, sequence, qubits, skipped)
    found = circuit.copy_empty_like()
    for operation, own, clbits in steps(pulsed):
        if operation.name == "y":  # a virtual rotation and an X, up to a phase
            found.rz(math.pi, own[0])
            found.x(own[0])
        elif operation.name != "delay" or own[0] in acting:  # the pass fills idle qubits too
            found.append(operation, own, clbits, copy=False)
    return found


def _padded(
    circuit: QuantumCircuit, target: Target, sequence: str, qubits: Sequence[int], skip_reset: bool
) -> QuantumCircuit:
    plain = QuantumCircuit(QuantumRegister(circuit.num_qubits, "q"), *circuit.cregs)  # what the pass takes
    for operation, own, clbits in steps(circuit):
        plain.append(operation, own, clbits, copy=False)
    durations: Any = target.durations()
    durations.update([("y", own, value.duration, "s") for own, value in target["x"].items()], dt=target.dt)
    passes = [
        TimeUnitConversion(durations),
        ALAPScheduleAnalysis(durations),
        PadDynamicalDecoupling(
            durations,
            [gate() for gate in SEQUENCES[sequence]],
            qubits=list(qubits),
            skip_reset_qubits=skip_reset,
            pulse_alignment=target.pulse_alignment,
        ),
    ]
    return PassManager(passes).run(plain)


def _checked(mapped: MappedCollisions, sequence: str) -> Target:
    checked_sequence(sequence)
    if mapped.compiled.pieces.measured:
        raise InputError('decoupling does not go with a measured correction: compile with correction="coherent"')
    target = mapped.target
    if target is None or not (mapped.scheduled or mapped.turns):
        raise InputError("decoupling fills waits, but nothing is scheduled: take a device with durations")
    if "x" not in target.operation_names:
        raise InputError(f"decoupling takes X gates, but the device has {', '.join(target.operation_names)}")
    return target
