r"""Ancillas that meet each other as circuits: two sets of ancilla qubits in turn.

::

    system     ─░─ collide ─░──────────────────────────────░─ collide ─░─ ...
    ancilla 1  ─░─ collide ─░─────────░─ join ─░─ reset ─ prepare ────────
    ancilla 2  ── prepare ────────────░─ join ─░───────────░─ collide ─░─
           prepared:1    tick:1   apart:2  joined:2    prepared:2   tick:2

An ancilla that has met another is not thermal any more, so that the whole collision is in the circuit, with local
unitaries that would leave a thermal ancilla as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, QuantumRegister

from ..circuits.segments import APART, JOINED, ReadPoint, SequenceBuilder, after, before
from ..errors import InputError
from ..model.collision import CollisionModel
from ..model.memory import Memory
from ..model.operators import dense, embedded
from ..synthesis.joint import unitary_circuit
from .blocks import layers_of, mode_qubits
from .branches import Branch, CollisionPieces
from .collision import collision_circuit
from .cycle import free_circuit
from .levels import Level
from .product_formula import product_formula
from .thermal import thermal_purification


@dataclass(frozen=True, eq=False)
class MemoryLayout:
    """One collision, and what happens between two.

    Args:
        model: the model.
        pieces: preparation and collision.
        joining: the circuit of two ancillas, on the qubits of ancilla k and of ancilla k + 1.
        waiting: the circuit of the system meanwhile, or ``None`` if it waits.
    """

    model: CollisionModel
    pieces: CollisionPieces
    joining: QuantumCircuit
    waiting: QuantumCircuit | None

    def sequence(self, initial: QuantumCircuit, n: int, *, fresh: bool) -> SequenceBuilder:
        """Collisions from an initial state on system and reference, on two sets of ancilla qubits or on fresh ones."""
        pieces = self.pieces
        sets = [
            (QuantumRegister(pieces.num_ancilla, f"ancilla{k}"), QuantumRegister(pieces.num_purifiers, f"purifier{k}"))
            for k in range(1, 1 + (n if fresh else min(n, 2)))
        ]
        system = QuantumRegister(pieces.num_system, "system")
        reference = QuantumRegister(initial.num_qubits - system.size, "reference")
        registers = [register for pair in [*sets, (reference,)] for register in pair if register.size]
        circuit = QuantumCircuit(system, *registers, name=self.model.name)
        sequence = SequenceBuilder(circuit)
        sequence.piece.compose(initial, [*system, *reference], inplace=True)
        last: list[Any] = []
        for number in range(1, n + 1):
            ancilla, purifier = (list(register) for register in sets[(number - 1) % len(sets)])
            if number > len(sets):
                sequence.piece.reset([*ancilla, *purifier])
            sequence.piece.compose(pieces.only.preparation.circuit, [*ancilla, *purifier], inplace=True)
            if number == 1:
                sequence.read(after(0), [*system, *ancilla])
            else:
                sequence.read(ReadPoint.at(APART, number), [*last, *ancilla])
                sequence.piece.compose(self.joining, [*last, *ancilla], inplace=True)
                if self.waiting is not None:
                    sequence.piece.compose(self.waiting, list(system), inplace=True)
                sequence.read(ReadPoint.at(JOINED, number), [*last, *ancilla])
            sequence.read(before(number), [*system, *ancilla])
            sequence.piece.compose(pieces.only.collision, [*system, *ancilla], inplace=True)
            sequence.read(after(number), [*system, *ancilla])
            last = ancilla
        return sequence


def memory_layout(model: CollisionModel, level: Level) -> MemoryLayout:
    """Compile a model with memory.

    Args:
        model: the model.
        level: of the collision and of the ancillas' meeting, one that keeps the joint state, with the preparation
            "purified" or "state_preparation".

    Raises:
        InputError: for a level or preparation that rests on ancillas that are fresh at every collision.

    >>> import qcoll
    >>> from qcoll.compile.memory import memory_layout
    >>> from qcoll.compile.levels import Exact
    >>> memory_layout(qcoll.models.remembering_bath(), Exact()).joining.num_nonlocal_gates()
    3
    """
    options = level.options()
    synthesis, preparation, splitting = level.name, options["preparation"], level.splitting
    if synthesis not in ("trotter", "exact") or options["keep"] == "system":
        what = 'keep="system"' if options["keep"] == "system" else f"synthesis={synthesis!r}"
        raise InputError(
            f"{what} forgets the ancilla, but {model.name!r} has a memory, which begins where a collision leaves it: "
            'use synthesis="trotter" or "exact", without keep'
        )
    if preparation not in ("purified", "state_preparation"):
        raise InputError(
            f"preparation={preparation!r} goes with collisions of fresh ancillas, but {model.name!r} has a memory: use "
            'preparation="purified"'
        )
    prepared = thermal_purification(model.ancilla, preparation)
    order, steps = splitting or (0, 1)
    collision = collision_circuit(
        model, synthesis="trotter" if splitting else "exact", trotter_order=order or 2, trotter_steps=steps
    )
    pieces = CollisionPieces(
        num_system=model.num_system_qubits,
        num_ancilla=model.num_ancilla_qubits,
        num_purifiers=prepared.num_purifiers,
        branches=(Branch(1.0, prepared, collision),),
        keeps="joint state",
    )
    assert model.memory is not None
    waiting = None
    if model.memory.evolves == "all":
        modes = mode_qubits(model.system_modes)
        waiting = free_circuit(model.system, model.memory.dt, modes, order, steps)
    return MemoryLayout(model, pieces, _joining(model, model.memory, order, steps), waiting)


def _joining(model: CollisionModel, memory: Memory, order: int, steps: int) -> QuantumCircuit:
    """The circuit of two ancillas that meet, by a product formula where an order is given."""
    size = model.num_ancilla_qubits
    free = embedded(model.ancilla.hamiltonian, range(size), 2 * size)
    free = free + embedded(model.ancilla.hamiltonian, range(size, 2 * size), 2 * size)
    free = free * float(memory.evolves != "none")
    if order == 0:
        energies, vectors = np.linalg.eigh(dense((free + memory.interaction).simplify(atol=0)))
        return unitary_circuit((vectors * np.exp(-1j * memory.dt * energies)) @ vectors.conj().T)
    modes: Sequence[tuple[int, ...]] = mode_qubits(model.ancilla.modes)
    whole = [*modes, *(tuple(size + qubit for qubit in mode) for mode in modes)]
    parts = layers_of(free.simplify(atol=0), memory.interaction, whole)
    circuit = QuantumCircuit(2 * size)
    for layer, fraction in product_formula(len(parts), order, steps):
        for block in parts[layer]:
            circuit.compose(block.evolution(fraction * memory.dt), block.qubits, inplace=True)
    return circuit
