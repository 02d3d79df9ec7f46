r"""Sampled collisions on several sets of ancilla qubits in turn: their circuits, and who waits for whom.

Only some of the sampled circuits need an ancilla. Those take the sets in turn; a set is reset as soon as it was used,
and the system goes on meanwhile. Only if the next set is not ready when it is needed does the system wait.

How long is known from what was sampled. The clock counts in steps of 32 ns: circuits count as the whole steps that they
fill, so that a reset has always ended before its qubits are used.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.transpiler import Target

from ..circuits.segments import append_later
from ..circuits.steps import active_qubits
from .target import reset_properties

#: Seconds of a step of the clock, the length of a one-qubit gate.
STEP = 32e-9
#: Of times in steps.
ROUNDING = 1e-6

Integers = NDArray[np.int64]
#: What histories become: their weights or states (k, ...), steps waited (k,), the set, a group of branches.
Advance = Callable[[Any, Integers, int, tuple[int, ...]], Any]


@dataclass(frozen=True, eq=False)
class Turns:
    """The circuits of sampled collisions for every set of ancilla qubits, on the used qubits of a target.

    Args:
        pieces: of each set, the circuits of all branches, from tick to tick with the system at home; no resets.
        needed: whether a branch takes a set.
        discarded: of each set, the qubits that are reset before its next turn.
        seconds: that the circuits take, (sets, branches).
        resets: steps of the clock from the end of a circuit until the set is ready again, (sets,).
        step: of the clock, in the target's time steps; 0 where nothing is timed.
        dt: the target's time step in seconds.
        decoupler: what puts pulses into the circuit of a wait, if anything does.
    """

    pieces: tuple[tuple[QuantumCircuit, ...], ...]
    needed: tuple[bool, ...]
    discarded: tuple[tuple[int, ...], ...]
    seconds: NDArray[np.float64]
    resets: Integers
    step: int
    dt: float
    decoupler: Callable[[QuantumCircuit], QuantumCircuit] | None = None

    @functools.cached_property
    def lengths(self) -> Integers:
        """Whole steps of the clock that the circuits fill, (sets, branches)."""
        return np.array([[steps_within(time, self.step * self.dt) for time in each] for each in self.seconds])

    @functools.cached_property
    def groups(self) -> list[tuple[int, ...]]:
        """Branches that are the same to the clock: that take a set or not, and as long."""
        found: dict[tuple[Any, ...], list[int]] = {}
        for branch, needed in enumerate(self.needed):
            found.setdefault((needed, *self.lengths[:, branch]), []).append(branch)
        return [tuple(group) for group in found.values()]

    def sequence(self, initial: QuantumCircuit, system: Sequence[int], branches: Iterable[int]) -> QuantumCircuit:
        """The circuit of collisions with given branches after the initial state, with waits and resets."""
        sets = len(self.pieces)
        circuit, ready, dirty, turn = initial.copy(), [0] * sets, [False] * sets, 0
        for number, branch in enumerate(branches):
            own = turn if self.needed[branch] else 0
            wait = 0
            if self.needed[branch]:
                wait = ready[own]
                if dirty[own]:
                    circuit.reset(self.discarded[own])
                dirty[own], turn = True, (turn + 1) % sets
            circuit.compose(self.wait(wait, system, circuit.num_qubits), inplace=True)
            append_later(circuit, self.pieces[own][branch], number)
            ready = [max(0, left - wait - int(self.lengths[own, branch])) for left in ready]
            if self.needed[branch]:
                ready[own] = int(self.resets[own])
        return circuit

    def wait(self, steps: int, system: Sequence[int], size: int) -> QuantumCircuit:
        """The circuit, on so many qubits, in which the system waits for some steps of the clock."""
        circuit = QuantumCircuit(size)
        if steps * self.step:
            circuit.delay(steps * self.step, list(system), unit="dt")
            if self.decoupler is not None:
                circuit = self.decoupler(circuit)
        return circuit

    def histories(self, start: Any, n: int, advance: Advance, note: Callable[[int, Any], None]) -> None:
        """Follow all draws of n collisions together: histories with the same clock are one.

        Args:
            start: weight or state of the only history at the beginning, (1, ...).
            n: number of collisions.
            advance: what becomes of histories in a group of branches, their probabilities included.
            note: called after every collision with its number and everything there is, (k, ...).
        """
        sets = len(self.pieces)
        scale = sets * (int(self.resets.max()) + 1) ** np.arange(sets)  # makes one number of a clock
        ready, turn, there = np.zeros((1, sets), dtype=np.int64), np.zeros(1, dtype=np.int64), start
        for number in range(1, n + 1):
            parts: list[tuple[Integers, Integers, Any]] = []
            for group in self.groups:
                branch, needed = group[0], self.needed[group[0]]
                for own in range(sets) if needed else (0,):
                    chosen = np.flatnonzero(turn == own) if needed else np.arange(len(turn))
                    if not chosen.size:
                        continue
                    waits = ready[chosen, own] if needed else np.zeros(len(chosen), dtype=np.int64)
                    left = np.maximum(ready[chosen] - (waits + self.lengths[own, branch])[:, None], 0)
                    after = turn[chosen]
                    if needed:
                        left[:, own], after = self.resets[own], (after + 1) % sets
                    parts.append((left, after, advance(there[chosen], waits, own, group)))
            everything = np.concatenate([part for _, _, part in parts])
            note(number, everything)
            clocks, turns = (np.concatenate([part[index] for part in parts]) for index in (0, 1))
            _, first, index = np.unique(clocks @ scale + turns, return_index=True, return_inverse=True)
            there = np.zeros((len(first), *everything.shape[1:]), dtype=everything.dtype)
            np.add.at(there, index, everything)
            ready, turn = clocks[first], turns[first]

    def mean_duration(self, probabilities: NDArray[np.float64], n: int) -> float:
        """Seconds that n collisions take, in the mean over what is sampled."""
        total = 0.0

        def advance(weights: Any, waits: Integers, own: int, group: tuple[int, ...]) -> Any:
            nonlocal total
            for branch in group:
                total += probabilities[branch] * float(
                    weights @ (waits * self.step * self.dt + self.seconds[own, branch])
                )
            return sum(probabilities[branch] for branch in group) * weights

        self.histories(np.ones(1), n, advance, lambda *_: None)
        return total


def seconds_of(circuit: QuantumCircuit, target: Target | None) -> float:
    """How long a circuit takes, 0 without durations."""
    if target is None or target.dt is None or not active_qubits(circuit):
        return 0.0
    return float(circuit.estimate_duration(target, unit="s"))


def steps_within(seconds: float, step: float) -> int:
    """Whole steps of the clock that a time fills, 0 where nothing is timed."""
    return math.floor(seconds / step + ROUNDING) if step else 0


def reset_steps(target: Target | None, qubits: Sequence[int], step: float) -> int:
    """Steps of the clock after which resets of some qubits have ended."""
    if target is None or not step:
        return 0
    seconds = max((reset_properties(target, qubit).duration or 0.0 for qubit in qubits), default=0.0)
    return math.ceil(seconds / step - ROUNDING)


def step_of(target: Target | None) -> int:
    """The step of the clock in a target's time steps, 0 without durations."""
    return 0 if target is None or target.dt is None else max(1, round(STEP / target.dt))
