"""Sampled collisions mapped for several sets of ancilla qubits in turn (:mod:`.turns`).

The branch with the most two-qubit gates, once with each set, decides where the system and the sets are. Then every
branch is mapped for each set alone, on its own qubits and the system's, and returns what is read to where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from qiskit import QuantumCircuit
from qiskit.transpiler import Target

from ..circuits.segments import before_last_read, read_qubits
from ..circuits.steps import active_qubits, compacted, kept_steps, on_qubits
from ..errors import DoesNotFitError
from .bodies import Bodies, moves
from .mapped import MappedCollisions
from .mapper import Mapper
from .target import restricted, scheduled
from .turns import Turns, reset_steps, seconds_of, step_of


def mapped_in_turns(mapper: Mapper, schedule: bool) -> MappedCollisions:
    """The circuits of every set and branch, on the qubits in use.

    Raises:
        DoesNotFitError: if the sets of ancilla qubits cannot all be within reach of the system.
    """
    compiled, target = mapper.compiled, mapper.target
    branches = compiled.pieces.branches
    main = max(range(len(branches)), key=lambda index: branches[index].collision.num_nonlocal_gates())
    placed = mapper.best_bodies([mapper.abstract_round(main)])
    own = _qubits_of_sets(mapper, placed.start)
    bodies = [_at_home(mapper.for_set(qubits), mapper.abstract_bodies()) for qubits in own]
    system = own[0][: compiled.model.num_system_qubits]
    initial = mapper.initial_on(system, {qubit for qubits in own for qubit in qubits} - set(system))
    used = sorted(active_qubits(initial).union(*own))
    part = None if target is None else restricted(target, used)
    timed = part if schedule else None
    step, dt = step_of(timed), 0.0 if timed is None or timed.dt is None else float(timed.dt)
    pieces = [
        [_piece(body, qubits, used, None if timed is None else target) for body in each.bodies]
        for qubits, each in zip(own, bodies, strict=True)
    ]
    discarded = [
        tuple(used.index(qubit) for qubit in sorted(_touched(each, qubits) - set(system)))
        for qubits, each in zip(own, bodies, strict=True)
    ]
    return MappedCollisions(
        compiled=compiled,
        qubits=tuple(used),
        target=part,
        initial=scheduled(compacted(initial, used), timed),
        branches=(),
        system=tuple(used.index(qubit) for qubit in system),
        system_at_tick=tuple(used.index(qubit) for qubit in system),
        seed=placed.seed,
        layout=tuple(placed.start),
        optimization_level=min(each.level for each in bodies),
        flip=mapper.flip,
        turns=Turns(
            pieces=tuple(tuple(each) for each in pieces),
            needed=tuple(compiled.takes_qubits),
            discarded=tuple(discarded),
            seconds=np.array([[seconds_of(piece, timed) for piece in each] for each in pieces]),
            resets=np.array([reset_steps(timed, qubits, step * dt) for qubits in discarded]),
            step=step,
            dt=dt,
        ),
    )


def _qubits_of_sets(mapper: Mapper, start: Sequence[int]) -> list[list[int]]:
    """The system's qubits followed by those of a set, for every set."""
    pieces, size = mapper.compiled.pieces, mapper.compiled.model.num_system_qubits
    count = (len(start) - size) // pieces.num_fresh
    if mapper.target is None:
        start = range(len(start))
    found = []
    for turn in range(count):
        first = size + turn * pieces.num_fresh
        found.append([*start[:size], *start[first : first + pieces.num_fresh]])
        if mapper.target is not None and not _joined(mapper.target, found[-1]):
            raise DoesNotFitError(
                f"{count} sets of ancilla qubits do not all fit beside the system on this device: take fewer sets, or "
                'ancillas="reset"'
            )
    return found


def _joined(target: Target, qubits: Sequence[int]) -> bool:
    coupling = restricted(target, qubits).build_coupling_map()
    return coupling is None or bool(coupling.is_connected())


def _at_home(mapper: Mapper, abstract: list[QuantumCircuit]) -> Bodies:
    """All branches on the qubits of one set, with what is read at the last tick where it was at the beginning."""
    best = mapper.best_bodies(abstract)
    home = list(range(len(best.at_tick)))
    swaps = moves(best.way_home.num_qubits, best.at_tick, home, mapper.target, best.seed)
    return replace(best, bodies=[before_last_read(body, swaps, home) for body in best.bodies], at_tick=home)


def _touched(bodies: Bodies, qubits: Sequence[int]) -> set[int]:
    """The target's qubits on which any branch acts, or that are read."""
    return {qubits[index] for body in bodies.bodies for index in active_qubits(body) | read_qubits(body)}


def _piece(body: QuantumCircuit, qubits: Sequence[int], used: Sequence[int], target: Target | None) -> QuantumCircuit:
    """A body, scheduled on its own qubits, on all qubits in use.

    Without delays where nothing else happens: those qubits may be reset meanwhile.
    """
    acting = active_qubits(body) | read_qubits(body)
    own = scheduled(body, None if target is None else restricted(target, qubits))
    kept = kept_steps(own, lambda step: step.operation.name != "delay" or step.qubits[0] in acting)
    return on_qubits(kept, [used.index(qubit) for qubit in qubits], len(used))
