"""What a circuit costs: qubits, two-qubit gates and depth, resets, time on the device."""

from __future__ import annotations

from dataclasses import dataclass

from qiskit import QuantumCircuit

from .mapping import MappedCollisions


@dataclass(frozen=True, kw_only=True)
class CircuitCost:
    """The cost of a mapped circuit of n collisions.

    Args:
        qubits: number of qubits in use.
        two_qubit_gates: number of two-qubit gates.
        two_qubit_depth: depth of the two-qubit gates alone.
        depth: depth of all gates.
        resets: number of resets.
        duration: scheduled duration in seconds, where the target knows durations.
    """

    qubits: int
    two_qubit_gates: int
    two_qubit_depth: int
    depth: int
    resets: int
    duration: float | None


def circuit_cost(mapped: MappedCollisions) -> CircuitCost:
    """The cost of all n collisions; long periodic circuits are counted from three periods, not built.

    >>> import qcoll
    >>> from qcoll.compile import circuit_cost, map_collisions
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(), n=100_000)
    >>> cost = circuit_cost(map_collisions(compiled, basis_gates=["cx", "u"], optimization_level=1, seeds=[0]))
    >>> cost.qubits, cost.two_qubit_gates
    (6, 1500001)
    """
    n = mapped.compiled.n
    if not mapped.periodic or n <= 4:
        return _cost(mapped, mapped.sequence())
    three, four = (_cost(mapped, mapped.sequence(count)) for count in (3, 4))

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
    )


def _cost(mapped: MappedCollisions, circuit: QuantumCircuit) -> CircuitCost:
    duration = None
    if "delay" in circuit.count_ops():
        duration = float(circuit.estimate_duration(mapped.target, unit="s"))
    operations = circuit.count_ops()
    return CircuitCost(
        qubits=len(mapped.qubits),
        two_qubit_gates=circuit.num_nonlocal_gates(),
        two_qubit_depth=circuit.depth(lambda item: len(item.qubits) == 2 and item.operation.name != "barrier"),
        depth=circuit.depth(lambda item: item.operation.name not in ("barrier", "delay")),
        resets=operations.get("reset", 0),
        duration=duration,
    )
