"""Mapped collisions on another schedule: as they would be if resets took no time.

What waiting for resets costs is the difference; gates and places stay the same.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from qiskit import QuantumCircuit
from qiskit.transpiler import InstructionProperties, Target

from ..circuits.steps import leaving_out
from .mapped import MappedCollisions
from .target import Entries, rebuilt, scheduled


def with_instant_resets(mapped: MappedCollisions) -> MappedCollisions:
    """The same gates on the same qubits, scheduled as if every reset took no time.

    Args:
        mapped: on a target; without delays there is nothing to change.

    >>> import qcoll
    >>> from qcoll.device import circuit_cost, map_collisions
    >>> from qcoll.device.fakes import fake_backend
    >>> from qcoll.device.rescheduling import with_instant_resets
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(), n=10, initial="+", synthesis="channel")
    >>> mapped = map_collisions(compiled, fake_backend("FakeKingston").target, seeds=[0])
    >>> bool(circuit_cost(with_instant_resets(mapped)).duration < 0.3 * circuit_cost(mapped).duration)
    True
    """
    if mapped.target is None or not (mapped.scheduled or mapped.turns):
        return mapped
    target = _instant(mapped.target)

    def again(circuit: QuantumCircuit) -> QuantumCircuit:
        return scheduled(leaving_out(circuit, {"delay"}), target)

    turns = mapped.turns
    return replace(
        mapped,
        target=target,
        initial=again(mapped.initial),
        branches=tuple(
            replace(branch, first=again(branch.first), period=again(branch.period)) for branch in mapped.branches
        ),
        turns=None if turns is None else replace(turns, resets=np.zeros_like(turns.resets)),
    )


def _instant(target: Target) -> Target:
    def change(name: str, table: Entries) -> Entries:
        if name != "reset":
            return table
        return {
            own: InstructionProperties(duration=0.0, error=None if value is None else value.error)
            for own, value in table.items()
        }

    return rebuilt(target, change, qubit_properties=target.qubit_properties)
