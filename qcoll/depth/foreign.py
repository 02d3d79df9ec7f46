"""The output of another compiler, verified and made into a repeating sequence of collisions.

Other compilers know neither ticks nor periods. They get one collision, from fresh ancillas to the end, and may place
it anywhere in a region of the target: the qubits that Qiskit chose and those within two steps of them. What they return
is translated into the target's gates (one-qubit gates and the direction of the two-qubit gate, no routing), the system
is swapped back if it was moved, and the used qubits are reset: the same period that Qiskit's circuit has. Like that it
is then moved as a whole to the best place of its shape by the errors that the device reports.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from qiskit import QuantumCircuit, transpile
from qiskit.transpiler import Target
from qiskit.transpiler.passes.routing.algorithms import ApproximateTokenSwapper

from ..circuits.segments import after, append_tick, before, read_qubits
from ..circuits.steps import active_qubits, compacted, on_qubits
from ..compile import CollisionCircuit
from ..device import MappedBranch, MappedCollisions, map_collisions
from ..device.placement import LayoutScore
from ..device.target import restricted, scheduled
from ..errors import InputError
from ..exact import diamond_distance
from ..run.channel import extract_channel, joint_output
from .bodies import bodies
from .compilers import Compiler, Routed
from .targets import everyone_meets

#: Largest diamond-norm distance of the output of a compiler from its input: of the map from the system's state to the
#: joint one where the level keeps that, else of the system's channel. Compilers that synthesise to an infidelity of
#: 1e-10 may be wrong by its square root.
LARGEST_DEVIATION = 1e-5
REGION_STEPS = 2


def map_by(
    compiler: Compiler, compiled: CollisionCircuit, target: Target, around: tuple[int, ...], effort: int, seed: int
) -> tuple[MappedCollisions, float]:
    """Map a collision by another compiler.

    Args:
        compiler: the compiler.
        compiled: the collision, with reset ancillas.
        target: the whole target.
        around: qubits around which the region lies.
        effort: the compiler's optimisation level.
        seed: its seed.

    Returns:
        The mapped circuit, verified, and the seconds that the compiler took.

    Raises:
        InputError: for fresh ancillas, or where the output is not what the input does.
    """
    if compiled.ancillas == "fresh":
        raise InputError("other compilers are given one collision, which fresh ancillas do not repeat")
    if compiled.cycle is not None:
        raise InputError("other compilers are given one collision, but a cycle resets its ancillas within")
    choices = bodies(compiled)
    if len(choices) > 1:
        raise InputError(f"other compilers are given one circuit, but this collision is sampled from {len(choices)}")
    body = transpile(choices[0][1], basis_gates=["cx", "u3"], optimization_level=1, seed_transpiler=0)
    region = _region(target, around, body.num_qubits)
    part = restricted(target, region)
    coupling = part.build_coupling_map()
    pairs = [(a, b) for a in range(len(region)) for b in range(a)] if coupling is None else list(coupling.get_edges())
    start = time.perf_counter()
    routed = compiler.route(body, len(region), pairs, effort, seed)
    seconds = time.perf_counter() - start
    mapped = _assembled(compiled, routed, target, region, effort, seed)
    _verify(mapped)
    return mapped, seconds


def _verify(mapped: MappedCollisions) -> None:
    """Compare what the compiler returned with what it was given, in all that the level keeps.

    Raises:
        InputError: if they differ.
    """
    compiled = mapped.compiled
    if compiled.keeps == "joint state":
        # an ancilla that is wrong after the collision does not show in the system's channel: the next one is fresh
        what = "joint state of system and ancilla"
        given = map_collisions(compiled, basis_gates=["cx", "u3"], optimization_level=0, seeds=(0,), schedule=False)
        maps = joint_output(mapped), joint_output(given)
    else:
        what, maps = "channel", (extract_channel(mapped).superop, compiled.channel())
    deviation = diamond_distance(*maps).upper
    if deviation > LARGEST_DEVIATION:
        raise InputError(f"the output differs from the input: diamond-norm distance {deviation:.1e} of the {what}")


def _region(target: Target, around: tuple[int, ...], size: int) -> list[int]:
    """The qubits that another compiler may use."""
    coupling = target.build_coupling_map()
    if coupling is None or everyone_meets(coupling):
        return list(range(size))
    return [
        qubit
        for qubit in range(coupling.size())
        if min(coupling.distance(qubit, chosen) for chosen in around) <= REGION_STEPS
    ]


def _assembled(
    compiled: CollisionCircuit, routed: Routed, target: Target, region: Sequence[int], effort: int, seed: int
) -> MappedCollisions:
    """First collision and period from a routed body, on the used qubits alone, in the best place of their shape."""
    model, size, part = compiled.model, len(region), restricted(target, region)
    home, at_tick = routed.start[: model.num_system_qubits], routed.end[: model.num_system_qubits]
    body = _native(routed.circuit, part, seed)
    busy = active_qubits(body) | set(home)
    joint = compiled.keeps == "joint state"
    for point in (before(1), after(1)) if joint else (after(1),):  # the ledger is not read
        append_tick(body, point, routed.end[: model.num_qubits] if joint else at_tick)
    period = QuantumCircuit(size)
    period.reset(sorted(busy - set(at_tick)))
    if home != at_tick:
        graph = part.build_coupling_map().graph.to_undirected(multigraph=False)
        swaps = QuantumCircuit(size)
        for pair in ApproximateTokenSwapper(graph, seed=seed).map(dict(zip(at_tick, home, strict=True)), trials=20):
            swaps.swap(*pair)
        period.compose(_native(swaps, part, seed), inplace=True)
    period.compose(body, inplace=True)
    initial = QuantumCircuit(size)
    append_tick(initial, after(0), home)
    used = sorted(active_qubits(period) | read_qubits(period) | set(home))
    physical = _best_place(period, [region[qubit] for qubit in at_tick], target, region, used)
    small = restricted(target, physical)
    return MappedCollisions(
        compiled=compiled,
        qubits=tuple(physical),
        target=small,
        initial=compacted(initial, used),
        branches=(
            MappedBranch(1.0, scheduled(compacted(body, used), small), scheduled(compacted(period, used), small)),
        ),
        system=tuple(used.index(qubit) for qubit in home),
        system_at_tick=tuple(used.index(qubit) for qubit in at_tick),
        seed=seed,
        optimization_level=effort,
    )


def _best_place(
    period: QuantumCircuit, waiting: Sequence[int], target: Target, region: Sequence[int], used: Sequence[int]
) -> list[int]:
    """Where the used qubits go: moved as a whole by all that the device reports, as qcoll moves its own circuits.

    A comparison of compilers should not turn on which of them happened to land on the better qubits.
    """
    wide = on_qubits(period, region, target.num_qubits or len(region))
    place, _ = LayoutScore([(1.0, wide)], target, waiting).best_place()
    return [place.get(region[qubit], region[qubit]) for qubit in used]


def _native(circuit: QuantumCircuit, part: Target, seed: int) -> QuantumCircuit:
    """A routed circuit in the target's gates."""
    return transpile(
        circuit,
        target=part,
        initial_layout=range(circuit.num_qubits),
        routing_method="none",
        optimization_level=1,
        seed_transpiler=seed,
    )
