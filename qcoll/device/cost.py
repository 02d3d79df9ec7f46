"""What a circuit costs: qubits, two-qubit gates and depth, resets, time on the device."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from qiskit import QuantumCircuit

from ..circuits.steps import depth, two_qubit_depth
from .mapped import MappedCollisions
from .turns import Turns


@dataclass(frozen=True, kw_only=True)
class CircuitCost:
    """The cost of a mapped circuit of n collisions; the mean where collisions are sampled from several circuits.

    Args:
        qubits: number of qubits in use.
        two_qubit_gates: number of two-qubit gates.
        two_qubit_depth: depth of the two-qubit gates alone.
        depth: depth of all gates.
        resets: number of resets.
        duration: scheduled duration in seconds, where the target knows durations.
        measurements: number of measurements, each with two flips where the outcome is 1, which count nothing.
    """

    qubits: int
    two_qubit_gates: float
    two_qubit_depth: float
    depth: float
    resets: float
    duration: float | None
    measurements: float = 0


def circuit_cost(mapped: MappedCollisions) -> CircuitCost:
    """The cost of all n collisions; long periodic circuits are counted from three periods, not built.

    Where every collision samples its circuit, the cost is the mean over circuits that repeat one of them: that is the
    mean number of gates and resets, and the mean depth and duration of sequences whose collisions do not overlap.
    With fresh ancillas it is the cost of the one sampled sequence.

    >>> import qcoll
    >>> from qcoll.device import circuit_cost, map_collisions
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(), n=100_000)
    >>> cost = circuit_cost(map_collisions(compiled, basis_gates=["cx", "u"], optimization_level=1, seeds=[0]))
    >>> cost.qubits, cost.two_qubit_gates
    (6, 1300001)
    """
    if mapped.turns is not None:
        return _in_turns(mapped, mapped.turns)
    if not mapped.periodic:
        return _cost(mapped, mapped.implicit_sequence())
    costs = [_repeated(mapped, index) for index in range(len(mapped.branches))]
    if len(costs) == 1:
        return costs[0]
    weights = [branch.probability for branch in mapped.branches]

    def mean(name: str) -> float:
        return float(sum(weight * getattr(cost, name) for weight, cost in zip(weights, costs, strict=True)))

    return CircuitCost(
        qubits=len(mapped.qubits),
        two_qubit_gates=mean("two_qubit_gates"),
        two_qubit_depth=mean("two_qubit_depth"),
        depth=mean("depth"),
        resets=mean("resets"),
        duration=None if any(cost.duration is None for cost in costs) else mean("duration"),
        measurements=mean("measurements"),
    )


def _in_turns(mapped: MappedCollisions, turns: Turns) -> CircuitCost:
    """The mean cost of sampled collisions on sets of ancilla qubits in turn; gates in the mean over the sets."""
    n, sets = mapped.compiled.n, len(turns.pieces)
    probabilities = mapped.compiled.pieces.probabilities
    own = [[_cost(mapped, piece) for piece in each] for each in turns.pieces]
    taken = float(probabilities @ np.array(turns.needed))
    # the mean of max(uses - sets, 0), if so many of n collisions need an ancilla
    fewer = sum((sets - k) * math.comb(n, k) * taken**k * (1 - taken) ** (n - k) for k in range(min(sets, n + 1)))
    later = n * taken - sets + fewer

    def mean(name: str) -> float:
        means = [sum(p * getattr(cost, name) for p, cost in zip(probabilities, each, strict=True)) for each in own]
        return float(getattr(_cost(mapped, mapped.initial), name) + n * sum(means) / sets)

    initial = _cost(mapped, mapped.initial).duration
    return CircuitCost(
        qubits=len(mapped.qubits),
        two_qubit_gates=mean("two_qubit_gates"),
        two_qubit_depth=mean("two_qubit_depth"),
        depth=mean("depth"),
        resets=mean("resets") + later * sum(map(len, turns.discarded)) / sets,
        duration=None if initial is None else initial + turns.mean_duration(probabilities, n),
    )


def _repeated(mapped: MappedCollisions, branch: int) -> CircuitCost:
    """The cost of n collisions that are all the same branch."""
    n = mapped.compiled.n
    if n <= 4:
        return _cost(mapped, mapped.implicit_sequence(n, [branch] * n))
    three, four = (_cost(mapped, mapped.implicit_sequence(count, [branch] * count)) for count in (3, 4))

    def extended(name: str) -> int:
        last, before = getattr(four, name), getattr(three, name)
        return int(last + (n - 4) * (last - before))

    duration = None
    if four.duration is not None and three.duration is not None:
        duration = four.duration + (n - 4) * (four.duration - three.duration)
    return CircuitCost(
        qubits=len(mapped.qubits),
        two_qubit_gates=extended("two_qubit_gates"),
        two_qubit_depth=extended("two_qubit_depth"),
        depth=extended("depth"),
        resets=extended("resets"),
        duration=duration,
        measurements=extended("measurements"),
    )


def _cost(mapped: MappedCollisions, circuit: QuantumCircuit) -> CircuitCost:
    duration = float(circuit.estimate_duration(mapped.target, unit="s")) if mapped.scheduled else None
    operations = circuit.count_ops()
    return CircuitCost(
        qubits=len(mapped.qubits),
        two_qubit_gates=circuit.num_nonlocal_gates(),
        two_qubit_depth=two_qubit_depth(circuit),
        depth=depth(circuit),
        resets=operations.get("reset", 0),
        duration=duration,
        measurements=operations.get("measure", 0),
    )
