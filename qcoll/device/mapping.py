r"""Collisions on the gates and qubits of a target: one collision is compiled once and repeated.

The body of a collision (preparation, collision, ticks) is transpiled alone, the best of several seeds is kept, and
swaps return the system to its first qubits if routing moved it. Every period is then the same piece of circuit, so that

* all numbers of collisions share one layout and one transpilation,
* the channel of one period, iterated, is the noisy dynamics of the whole sequence.

Where collisions are sampled from several circuits, each is compiled like this, on the layout of the one with the most
two-qubit gates, and all leave the system in the same place.

Alternating ancillas are two or more collisions mapped as one, repeated, and scheduled as a whole: what one collision
does to its ancilla last, and the next one first, then overlaps. Where collisions are sampled, every set has circuits of
its own (:mod:`~qcoll.device.turns`).

Gates are left out that act on nothing but discarded qubits. Only the qubits in use are kept, with the part of the
target that describes them. Fresh ancillas have no period: there the whole sequence is transpiled, once.

With a measured correction the ancilla returns like the system, and nothing is reset on the way: the measured flips
have left it in |0>, up to noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from qiskit.providers import BackendV2
from qiskit.transpiler import Target

from ..compile.fractional import with_fractional_gates
from ..compile.sequence import CollisionCircuit
from ..errors import InputError
from ..keywords import with_changes
from .fakes import target_of
from .mapped import MappedCollisions
from .mapper import Mapper
from .mapping_in_turns import mapped_in_turns
from .options import MappingKeywords, MappingOptions
from .qubits import least_qubits, qubit_account
from .repair import Repairs, repaired, require_connected, warn_of_broken_pairs
from .verification import UNROUNDED_LEVEL

#: The gate of targets on which collisions are made of fractional gates.
FRACTIONAL = "rzz"

#: Alternating and fresh ancillas make one circuit of all collisions: more of them would take hours and all memory.
LONGEST_WHOLE = 10_000


def map_collisions(
    compiled: CollisionCircuit,
    target: Target | BackendV2 | str | None = None,
    *,
    basis_gates: Sequence[str] | None = None,
    layout: Sequence[int] | None = None,
    verify: bool = True,
    measured: bool = False,
    options: MappingOptions | None = None,
    **changes: Unpack[MappingKeywords],
) -> MappedCollisions:
    """Map a compiled circuit to a target, or just to a set of gates.

    Args:
        compiled: from :func:`~qcoll.compile_collisions`.
        target: a device: a backend, its target, or the name of a fake one ("FakeKingston"). On one with fractional
            gates (RZZ) collisions of a qubit and a pair are made of them, where that takes fewer two-qubit gates.
        basis_gates: gates to use where there is no target (all qubits connected). Without either nothing is
            transpiled: the gates stay as they are.
        layout: physical qubits for the qubits of ``compiled.circuit``, in its order; ``None`` chooses by the target's
            reported errors and relaxation times.
        verify: where the level rounds the gates of a circuit of up to 12 qubits, use level 1 instead if that does not
            (:mod:`~qcoll.device.verification`).
        measured: whether the last point is measured without mitigation of the readout, so that the place is chosen by
            readout errors too.
        options: transpiler level and seeds, and whether to schedule, as one object.
        changes: single ones of them, as keywords: ``optimization_level``, ``seeds``, ``schedule``.

    Raises:
        InputError: for more than 10,000 collisions with alternating or fresh ancillas, or if the target is none, has
            too few qubits, no reset where ancillas are to be reset, or no measurement and control flow where outcomes
            correct.

    >>> import qcoll
    >>> from qcoll.device import circuit_cost, map_collisions
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(dt=0.5), n=10, initial="0", synthesis="channel")
    >>> mapped = map_collisions(compiled, "FakeKingston", seeds=[0])
    >>> mapped
    MappedCollisions of 'example 2': 10 collisions on 3 qubits, scheduled
    >>> circuit = mapped.sequence()  # a QuantumCircuit; its qubit i is qubit mapped.qubits[i] of the device
    >>> circuit.num_qubits, circuit_cost(mapped).two_qubit_gates == circuit.num_nonlocal_gates()
    (3, True)
    >>> mapped.on_device(156).num_qubits  # the same on the device's own qubits
    156
    """
    device = target_of(target)
    if not compiled.periodic and compiled.n > LONGEST_WHOLE:
        raise InputError(
            f"{compiled.n} collisions with {compiled.ancillas} ancillas are one circuit, of at most {LONGEST_WHOLE}: "
            "use ancillas='reset', whose collisions repeat one piece, or fewer collisions"
        )
    repairs = None
    if device is not None:
        needed = _check_target(compiled, device)
        repairs = repaired(device)
        device = repairs.target
        require_connected(device, needed, device.description or "the device")
    asked = with_changes(options, MappingOptions, changes, map_collisions, "options")
    level = asked.optimization_level
    if device is not None and FRACTIONAL in device.operation_names:
        shorter = with_fractional_gates(compiled)
        if shorter is not compiled:  # higher levels would make two gates of a fraction again
            compiled, level = shorter, min(level, UNROUNDED_LEVEL)
    gates: dict[str, object] = {"target": device} if device is not None else {"basis_gates": basis_gates}
    mapper = Mapper(compiled, gates, layout, level, tuple(asked.seeds), verify, measured)
    ways = {"reset": mapper.periodic, "alternating": mapper.alternating, "fresh": mapper.fresh}
    way = _way(compiled)
    drawn_in_turns = way == "alternating" and len(compiled.pieces.branches) > 1
    mapped = mapped_in_turns(mapper, asked.schedule) if drawn_in_turns else ways[way](asked.schedule)
    if repairs is not None:
        _say_what_is_wrong(repairs, mapped)
    return mapped


def _way(compiled: CollisionCircuit) -> str:
    """How a sequence is mapped: as the collisions of one ancilla set, of two, or as a whole."""
    if compiled.periodic:
        return "reset"
    return "fresh" if compiled.memory is not None else compiled.ancillas


def _say_what_is_wrong(repairs: Repairs, mapped: MappedCollisions) -> None:
    """Warn of what was repaired on the qubits in use, and of pairs in use that do not work."""
    name = repairs.target.description or "the device"
    repairs.say(name, mapped.qubits)
    used = {(gate, tuple(mapped.qubits[qubit] for qubit in own)) for gate, own in mapped.operations_on_qubits}
    warn_of_broken_pairs(repairs.target, used, name)


def _check_target(compiled: CollisionCircuit, target: Target) -> int:
    """How many qubits a target must have for the circuit; refuse it if it has fewer, or not what the circuit needs."""
    needed = least_qubits(compiled)
    if target.num_qubits is None:
        raise InputError(
            "the target does not say how many qubits it has: give it num_qubits=, or give basis_gates= and no target"
        )
    if target.num_qubits < needed:
        raise InputError(
            f"the circuit needs {needed} qubits, but the target has {target.num_qubits}: {qubit_account(compiled)}"
        )
    if compiled.pieces.measured:
        if missing := [name for name in ("measure", "if_else") if name not in target.operation_names]:
            raise InputError(
                f"the target has no {' and no '.join(missing)}, which a measured correction needs: use a device with "
                'dynamic circuits, or compile with correction="coherent"'
            )
    elif compiled.resets and "reset" not in target.operation_names:
        raise InputError(
            f"the target has no reset, which {compiled.ancillas} ancillas need: compile with ancillas='fresh' "
            f"({compiled.pieces.num_fresh} new qubits per collision)"
        )
    return needed
