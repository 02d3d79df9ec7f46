r"""The levels of synthesis: from a model to the pieces of its collision.

======================  ============================================  ===============  =========================
level                   one collision is                              keeps            two-qubit gates, examples
======================  ============================================  ===============  =========================
``trotter``             preparation, product formula in blocks        joint state      4 + 10 and 4 + 11
``exact``               preparation, joint unitary without splitting  joint state      4 + 10 and 4 + 8
``purified_channel``    preparation and collision, ancilla purified   system           6
``channel``             a circuit with two ancilla qubits in |0>      system           3
``sampled``             one of several circuits with one ancilla      system           0.66 and 0.19 in the mean
======================  ============================================  ===============  =========================

The counts are those of the paper's two examples at their default parameters. ``preparation="sampled"`` draws an
eigenstate of the ancilla for each collision at the levels that keep the joint state: no purifier, and at most one
two-qubit gate for a pair.

Where the joint state is kept, heat and work are read off system and ancilla. Where only the system is kept they cannot
be; a run then gives the heat and work that the model's exact collision takes from the run's own states.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from qiskit import QuantumCircuit

from ..errors import InputError
from ..model.collision import CollisionModel
from .collision import collision_circuit
from .pieces import Branch, CollisionPieces
from .synthesis import channel_circuit, eigenstate_circuits, purified_channel_circuit, sampled_circuits
from .thermal import Purification, thermal_purification

Synthesis = Literal["trotter", "exact", "purified_channel", "channel", "sampled"]
Preparation = Literal["purified", "state_preparation", "sampled"]


def collision_pieces(
    model: CollisionModel,
    *,
    synthesis: Synthesis = "trotter",
    preparation: Preparation = "purified",
    trotter_order: int = 2,
    trotter_steps: int = 1,
) -> CollisionPieces:
    """The circuits of one collision at a level of synthesis.

    Args:
        model: the collision model.
        synthesis: the level.
        preparation: of the ancilla, at the levels that keep the joint state.
        trotter_order: of the product formula, at the level ``trotter``.
        trotter_steps: likewise.

    Raises:
        InputError: for an unknown level or preparation, a preparation where the level has its own, or a model that
            the level cannot do.

    >>> import qcoll
    >>> from qcoll.compile.levels import collision_pieces
    >>> pieces = collision_pieces(qcoll.example_2(), synthesis="channel")
    >>> pieces.keeps, pieces.num_ancilla, pieces.only.collision.num_nonlocal_gates()
    ('system', 2, 3)
    """
    if synthesis not in get_args(Synthesis):
        raise InputError(f"synthesis is {synthesis!r}, but must be one of {', '.join(map(repr, get_args(Synthesis)))}")
    if preparation not in get_args(Preparation):
        known = ", ".join(map(repr, get_args(Preparation)))
        raise InputError(f"preparation is {preparation!r}, but must be one of {known}")
    if synthesis == "trotter" or synthesis == "exact":
        collision = collision_circuit(
            model, synthesis=synthesis, trotter_order=trotter_order, trotter_steps=trotter_steps
        )
        return _joint(model, collision, preparation)
    if preparation != "purified":
        raise InputError(
            f"preparation is {preparation!r}, but synthesis={synthesis!r} keeps only the system's state and prepares "
            'the ancilla in its own way: leave preparation out, or use synthesis="trotter" or "exact"'
        )
    if synthesis == "purified_channel":
        return _system_only(model, [(1.0, purified_channel_circuit(model))], model.num_ancilla_qubits)
    branches = [(1.0, channel_circuit(model))] if synthesis == "channel" else sampled_circuits(model)
    return _system_only(model, branches, None)


def _joint(model: CollisionModel, collision: QuantumCircuit, preparation: Preparation) -> CollisionPieces:
    """Preparation and collision as circuits of their own."""
    if preparation == "sampled":
        prepared = [
            (probability, Purification(circuit, circuit.num_qubits, 0))
            for probability, circuit in eigenstate_circuits(model.ancilla)
        ]
    else:
        prepared = [(1.0, thermal_purification(model.ancilla, preparation))]
    return CollisionPieces(
        num_system=model.num_system_qubits,
        num_ancilla=model.num_ancilla_qubits,
        num_purifiers=prepared[0][1].num_purifiers,
        branches=tuple(Branch(probability, purified, collision) for probability, purified in prepared),
        keeps="joint state",
    )


def _system_only(
    model: CollisionModel, circuits: Sequence[tuple[float, QuantumCircuit]], num_ancilla: int | None
) -> CollisionPieces:
    """Circuits from fresh qubits in |0>, without those that none of them uses."""
    num_system = model.num_system_qubits
    used = {circuit.find_bit(q).index for _, circuit in circuits for item in circuit.data for q in item.qubits}
    kept = [*range(num_system), *sorted(index for index in used if index >= num_system)]
    fresh = kept[num_system:]
    ancillas = len(fresh) if num_ancilla is None else sum(index < num_system + num_ancilla for index in fresh)
    nothing = Purification(QuantumCircuit(len(fresh)), len(fresh), 0)
    return CollisionPieces(
        num_system=num_system,
        num_ancilla=ancillas,
        num_purifiers=len(fresh) - ancillas,
        branches=tuple(
            Branch(probability, nothing, _on(circuit, kept, num_system)) for probability, circuit in circuits
        ),
        keeps="system",
    )


def _on(circuit: QuantumCircuit, qubits: Sequence[int], num_system: int) -> QuantumCircuit:
    """The circuit on some of its qubits, which are all that it uses; on the system's alone if it uses no other."""
    position = {circuit.qubits[index]: place for place, index in enumerate(qubits)}
    local = all(position[qubit] < num_system for item in circuit.data for qubit in item.qubits)
    part = QuantumCircuit(num_system if local else len(qubits))
    for item in circuit.data:
        part.append(item.operation, [position[qubit] for qubit in item.qubits])
    return part
