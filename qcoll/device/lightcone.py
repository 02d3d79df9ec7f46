"""A circuit on as few simulated qubits as it needs at a time, exactly.

Without noise it does not matter when a gate runs, nor on which qubit. So what a tick needs can be run just before it,
and a qubit that nothing needs any more can be reset and taken for another. A sequence of many collisions with fresh or
alternating ancillas then fits on the qubits of about one collision, whatever it takes on a device. The same is true of
a noisy circuit once its noise stands in it as channels (:mod:`.noisy_circuit`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qiskit import QuantumCircuit

from ..circuits.segments import TICK, ReadPoint, append_tick, point_of
from ..circuits.steps import steps as steps_of

#: A step, the qubits it is run on, and those of them that were another wire's before.
_Placed = tuple["_Step", list[int], list[int]]


@dataclass(frozen=True)
class _Step:
    """An instruction on wires that are never reset, with the steps that come before it on them."""

    operation: Any
    wires: tuple[int, ...]
    clbits: tuple[int, ...]
    before: frozenset[int]
    point: ReadPoint | None


def economical(circuit: QuantumCircuit, start: Sequence[int], num_read: int) -> QuantumCircuit:
    """The circuit on fewer qubits, with the ticks after collisions on their first qubits alone.

    Args:
        circuit: gates, resets, delays, measurements with implied flips, and ticks.
        start: the qubits that may start in any state; they are the first ones of the result.
        num_read: how many qubits of a tick are read.

    Returns:
        A circuit that makes the same states at the ticks if there is no noise. What no tick needs is left out.

    >>> from qcoll.circuits.segments import after
    >>> circuit = QuantumCircuit(4)
    >>> for ancilla in (1, 2, 3):
    ...     _ = circuit.h(ancilla), circuit.cx(ancilla, 0)
    ...     append_tick(circuit, after(ancilla), [0])
    >>> economical(circuit, [0], 1).num_qubits
    2
    """
    steps = _steps(circuit, num_read)
    cones = _cones(steps)
    uses = Counter(wire for cone in cones for index in cone for wire in steps[index].wires)
    tries = []
    for order in (_fewest_alive_first, _longest_past_first):
        register = _Register(list(start), uses.copy())
        tries.append((register, order(steps, cones, register)))
    register, placed = min(tries, key=lambda each: each[0].size)
    small = QuantumCircuit(register.size, circuit.num_clbits)
    for step, qubits, used_before in placed:
        if used_before:
            small.reset(used_before)
        if step.point is not None:
            append_tick(small, step.point, qubits)
        else:
            small.append(step.operation, qubits, step.clbits, copy=False)
    return small


def _fewest_alive_first(steps: list[_Step], cones: list[set[int]], register: _Register) -> list[_Placed]:
    """Of the steps that can be run the one that leaves the fewest wires alive: good without noise."""
    placed = []
    for cone in cones:
        missing = {index: len(steps[index].before & cone) for index in cone}
        after: dict[int, list[int]] = {}
        for index in cone:
            for earlier in steps[index].before & cone:
                after.setdefault(earlier, []).append(index)
        ready = {index for index, count in missing.items() if not count}
        while ready:
            chosen = min(ready, key=lambda index: (register.growth(steps[index].wires), index))
            ready.remove(chosen)
            placed.append((steps[chosen], *register.take(steps[chosen].wires)))
            for later in after.get(chosen, ()):
                missing[later] -= 1
                if not missing[later]:
                    ready.add(later)
    return placed


def _longest_past_first(steps: list[_Step], cones: list[set[int]], register: _Register) -> list[_Placed]:
    """Each step just before the one that needs it, of several needed ones that with the longest past first.

    That is how an expression is evaluated in few registers. It brings a collision to its end before the next ancilla is
    begun, whatever happens to the ancillas while they wait.
    """
    past: list[int] = []  # the longest chain of steps up to each
    for step in steps:
        past.append(1 + max((past[each] for each in step.before), default=0))
    done: set[int] = set()
    placed = []
    for cone in cones:
        waiting = [max(cone)]  # the point
        while waiting:
            index = waiting[-1]
            missing = [each for each in steps[index].before & cone if each not in done]
            if missing:
                waiting.append(max(missing, key=lambda each: (past[each], -each)))
                continue
            waiting.pop()
            if index not in done:
                done.add(index)
                placed.append((steps[index], *register.take(steps[index].wires)))
    return placed


def _steps(circuit: QuantumCircuit, num_read: int) -> list[_Step]:
    """The instructions on wires of which a reset begins a new one."""
    wire_of = list(range(circuit.num_qubits))
    num_wires = circuit.num_qubits
    last: dict[int, int] = {}
    steps: list[_Step] = []
    for operation, qubits, clbits in steps_of(circuit, without={"delay"}):
        if operation.name == "reset":
            wire_of[qubits[0]] = num_wires
            num_wires += 1
            continue
        point = point_of(operation)
        if point is not None:
            if point.kind != TICK:
                continue
            qubits = qubits[:num_read]
        wires = tuple(wire_of[qubit] for qubit in qubits)
        before = frozenset(last[wire] for wire in wires if wire in last)
        last.update(dict.fromkeys(wires, len(steps)))
        steps.append(_Step(operation, wires, clbits, before, point))
    return steps


def _cones(steps: list[_Step]) -> list[set[int]]:
    """What each tick needs that the ticks before it do not."""
    done: set[int] = set()
    cones = []
    for index, step in enumerate(steps):
        if step.point is None:
            continue
        needed, found = {index}, [index]
        while found:
            new = steps[found.pop()].before - done - needed
            needed |= new
            found.extend(new)
        cones.append(needed)
        done |= needed
    return cones


class _Register:
    """Which qubit a wire is on.

    Args:
        start: wires that are on the first qubits from the beginning.
        uses: how many steps each wire has.
    """

    def __init__(self, start: Sequence[int], uses: Counter[int]) -> None:
        self._place = {wire: place for place, wire in enumerate(start)}
        self._uses = uses
        self._free: list[int] = []
        self.size = len(start)

    def growth(self, wires: Sequence[int]) -> int:
        """How many more wires are alive after a step than before it."""
        return sum((wire not in self._place) - (self._uses[wire] == 1) for wire in wires)

    def take(self, wires: Sequence[int]) -> tuple[list[int], list[int]]:
        """The qubits of a step's wires, and those of them that were another's; a wire's last step frees its qubit."""
        anew = []
        for wire in wires:
            if wire in self._place:
                continue
            if self._free:
                self._place[wire] = self._free.pop()
                anew.append(self._place[wire])
            else:
                self._place[wire] = self.size
                self.size += 1
        qubits = [self._place[wire] for wire in wires]
        for wire in wires:
            self._uses[wire] -= 1
            if not self._uses[wire]:
                self._free.append(self._place[wire])
        return qubits, anew
