r"""The levels of synthesis: from a model to the pieces of its collision.

======================  ============================================  ===============  =========================
level                   one collision is                              keeps            two-qubit gates, examples
======================  ============================================  ===============  =========================
``trotter``             preparation, product formula in blocks        joint state      4 + 8 and 4 + 9
the same, system kept   likewise, without what is discarded           system           4 + 6 and 4 + 7
``exact``               preparation, collision without splitting      joint state      4 + 10 and 4 + 8
the same, absorbed      likewise, without the ancilla's eigenbasis    joint state      2 + 10 and 2 + 8
the same, drawn         a circuit for each eigenstate of the ancilla  joint state      4.4 and 1.3 in the mean
``purified_channel``    preparation and collision, ancilla purified   system           6
``channel``             a circuit with two ancilla qubits in |0>      system           3
``sampled``             one of several circuits with one ancilla      system           0.66 and 0.19 in the mean
the same, measured      likewise, and a measurement with correction   system           0.33 and 0.09 in the mean
======================  ============================================  ===============  =========================

The counts are those of the paper's two examples at their default parameters. Free-fermionic collisions of any length
are made from their one-particle matrix (:mod:`..synthesis.free_fermions`) wherever that takes fewer gates. At the level
``exact`` the collision is the joint unitary, for some models up to an evolution of the ancilla that its thermal state
does not notice (:mod:`..synthesis.thermal_collision`).

``preparation="sampled"`` draws an eigenstate of the ancilla for each collision at the levels that keep the joint state:
no purifier, and at most one two-qubit gate for a pair. At the level ``exact`` each eigenstate has a collision of its
own, right for this state alone, in at most five two-qubit gates as a rule (:mod:`..synthesis.eigenstate_collisions`).
``preparation="absorbed"``, at the level ``exact``, prepares the ancilla's populations in the computational basis and
leaves its eigenbasis to the collision, unless that takes more gates.

With ``keep="system"`` the first three give up the ancilla too: nothing is read on it, the gates that act only on what
is discarded go, and its preparation can run beside the previous collision.

Where the joint state is kept, heat and work are read off system and ancilla. Where only the system is kept they cannot
be; a run then gives the heat and work that the model's exact collision takes from the run's own states.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator
from scipy.linalg import expm

from ..circuits.discard import without_discarded
from ..errors import InputError
from ..model.collision import CollisionModel, require_fresh
from ..synthesis import (
    Correction,
    absorbed_parts,
    basis_circuit,
    channel_circuit,
    drawn_collisions,
    eigenstate_circuits,
    free_fermion_channel_circuit,
    free_fermion_circuit,
    free_fermion_parts,
    purified_channel_circuit,
    sampled_circuits,
    thermal_collision_circuit,
)
from ..synthesis.dense import kraus_operators
from .branches import Branch, CollisionPieces, Keeps
from .collision import split_collision
from .sizes import LARGEST_FRAME, LARGEST_UNITARY, require_size
from .thermal import Purification, cx_count, thermal_purification

Synthesis = Literal["trotter", "exact", "purified_channel", "channel", "sampled"]
Preparation = Literal["purified", "state_preparation", "sampled", "absorbed"]

#: The product formula where nothing else is asked for.
TROTTER_ORDER = 2
TROTTER_STEPS = 1
#: Up to so many qubits a collision with one eigenstate never takes more gates than one with any state of the ancilla.
_ALWAYS_DRAWN = 3
# Up to so many qubits, and from so few gates or with fewer than so many Kraus operators, the exact collision is not
# always longer than a purified ancilla and a collision that is right for the system alone.
_SHORT_QUBITS, _SHORT, _FULL_RANK = 3, 7, 4


def collision_pieces(
    model: CollisionModel,
    *,
    synthesis: Synthesis = "trotter",
    preparation: Preparation = "purified",
    trotter_order: int = TROTTER_ORDER,
    trotter_steps: int = TROTTER_STEPS,
    keep: Keeps | None = None,
    correction: Correction = "coherent",
) -> CollisionPieces:
    """The circuits of one collision at a level of synthesis.

    Args:
        model: the collision model.
        synthesis: the level.
        preparation: of the ancilla, at the levels that keep the joint state.
        trotter_order: of the product formula, at the level ``trotter``.
        trotter_steps: likewise.
        keep: "system" to give up the ancilla where the level keeps it; ``None`` keeps what the level keeps.
        correction: at the level ``sampled``.

    Raises:
        InputError: for an unknown level, preparation or correction, a preparation, product formula, joint state or
            measured correction where the level has none, or a model that the level cannot do.

    >>> import qcoll
    >>> from qcoll.compile.levels import collision_pieces
    >>> pieces = collision_pieces(qcoll.example_2(), synthesis="channel")
    >>> pieces.keeps, pieces.num_ancilla, pieces.only.collision.num_nonlocal_gates()
    ('system', 2, 3)
    """
    require_fresh(model)
    check_options(
        synthesis=synthesis,
        preparation=preparation,
        trotter_order=trotter_order,
        trotter_steps=trotter_steps,
        keep=keep,
        correction=correction,
    )
    require_size(model, synthesis, preparation)
    if synthesis == "trotter" or synthesis == "exact":
        joint = _joint_pieces(model, synthesis, preparation, trotter_order, trotter_steps)
        return _shortest(joint if keep != "system" else [_without_ancilla(model, pieces) for pieces in joint])
    if keep == "joint state":
        raise InputError(
            f'keep is "joint state", but synthesis={synthesis!r} keeps only the system: use synthesis="trotter" or '
            '"exact"'
        )
    if preparation != "purified":
        raise InputError(
            f"preparation is {preparation!r}, but synthesis={synthesis!r} keeps only the system's state and prepares "
            'the ancilla in its own way: leave preparation out, or use synthesis="trotter" or "exact"'
        )
    if synthesis == "purified_channel":
        return _purified_channel(model)
    if synthesis == "channel":
        return _channel(model)
    return _system_only(model, sampled_circuits(model, correction), None)


def check_options(
    *,
    synthesis: Synthesis,
    preparation: Preparation,
    trotter_order: int,
    trotter_steps: int,
    keep: Keeps | None,
    correction: Correction,
) -> None:
    """Refuse unknown options, and a product formula or a measured correction where the level has none.

    Raises:
        InputError: if one is.
    """
    if synthesis not in get_args(Synthesis):
        raise InputError(f"synthesis is {synthesis!r}, but must be one of {', '.join(map(repr, get_args(Synthesis)))}")
    if preparation not in get_args(Preparation):
        known = ", ".join(map(repr, get_args(Preparation)))
        raise InputError(f"preparation is {preparation!r}, but must be one of {known}")
    if keep is not None and keep not in get_args(Keeps):
        raise InputError(f"keep is {keep!r}, but must be one of {', '.join(map(repr, get_args(Keeps)))}")
    _refuse_product_formula(synthesis, trotter_order, trotter_steps)
    _check_correction(synthesis, correction)


def _refuse_product_formula(synthesis: Synthesis, order: int, steps: int) -> None:
    """Refuse an order or a number of steps where nothing is split."""
    if synthesis == "trotter":
        return
    for name, value, default in (("trotter_order", order, TROTTER_ORDER), ("trotter_steps", steps, TROTTER_STEPS)):
        if value != default:
            raise InputError(
                f"{name} is {value!r}, but synthesis={synthesis!r} has no product formula: leave {name} out, or use "
                'synthesis="trotter"'
            )


def _check_correction(synthesis: Synthesis, correction: Correction) -> None:
    """Refuse an unknown correction, or a measured one where no ancilla's measurement could replace a gate."""
    if correction not in get_args(Correction):
        raise InputError(
            f"correction is {correction!r}, but must be one of {', '.join(map(repr, get_args(Correction)))}"
        )
    if correction == "measured" and synthesis != "sampled":
        raise InputError(
            f'correction="measured" goes with synthesis="sampled", but synthesis is {synthesis!r}: leave correction '
            'out, or use synthesis="sampled"'
        )


def _joint_pieces(
    model: CollisionModel,
    synthesis: Literal["trotter", "exact"],
    preparation: Preparation,
    trotter_order: int,
    trotter_steps: int,
) -> list[CollisionPieces]:
    """The levels that keep system and ancilla: ways to do it, of which the shortest is wanted."""
    if preparation == "absorbed":
        if synthesis != "exact":
            raise InputError(f'preparation="absorbed" goes with synthesis="exact", but synthesis is {synthesis!r}')
        return [*_absorbed(model), *_exact(model, "purified")]
    if synthesis == "exact":
        if preparation == "sampled" and model.num_qubits <= _ALWAYS_DRAWN:
            return [_drawn(model)]
        pieces = _exact(model, preparation)
        return [*pieces, _drawn(model)] if preparation == "sampled" else pieces
    idle, collision = split_collision(model, trotter_order=trotter_order, trotter_steps=trotter_steps)
    if model.num_ancilla_qubits > LARGEST_FRAME:  # what the thermal state does not notice is kept as a matrix
        return [_joint(model, idle.compose(collision), None, preparation)]
    own = QuantumCircuit(model.num_ancilla_qubits)
    for item in idle.data:
        own.append(item.operation, [idle.find_bit(qubit).index - model.num_system_qubits for qubit in item.qubits])
    return [_joint(model, collision, np.asarray(Operator(own).data) if own.data else None, preparation)]


def _exact(
    model: CollisionModel, preparation: Literal["purified", "state_preparation", "sampled"]
) -> list[CollisionPieces]:
    """The collision without splitting: as free fermions where it is, and what general synthesis makes of a few qubits.

    Of more than three qubits, general synthesis takes more gates than free fermions do.
    """
    free = free_fermion_circuit(model)
    ways = [] if free is None else [_joint(model, free, None, preparation)]
    if not ways or model.num_qubits <= _SHORT_QUBITS:
        ways.insert(0, _joint(model, *thermal_collision_circuit(model), preparation))
    return ways


def _joint(
    model: CollisionModel,
    collision: QuantumCircuit,
    unnoticed: NDArray[np.complex128] | None,
    preparation: Literal["purified", "state_preparation", "sampled"],
) -> CollisionPieces:
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
        unnoticed=unnoticed,
    )


def _without_ancilla(model: CollisionModel, joint: CollisionPieces) -> CollisionPieces:
    """The same collision for the system alone: the ancilla is discarded with all that acts on it last."""
    system = range(joint.num_system)
    circuits = [(branch.probability, without_discarded(joint.body(branch), system)) for branch in joint.branches]
    return _system_only(model, circuits, joint.num_ancilla)


def _purified_channel(model: CollisionModel) -> CollisionPieces:
    """The short collision with a purified ancilla, or the exact one without the ancilla if that takes fewer gates."""
    free = _free_channel(model)
    if free and model.num_qubits > _SHORT_QUBITS:
        return _shortest(free)
    own = _system_only(model, [(1.0, purified_channel_circuit(model))], model.num_ancilla_qubits)
    if model.num_qubits > _SHORT_QUBITS or (_mean_gates(own) <= _SHORT and len(kraus_operators(model)) == _FULL_RANK):
        return _shortest([own, *free])
    return _shortest([own, *free, *(_without_ancilla(model, exact) for exact in _exact(model, "purified"))])


def _channel(model: CollisionModel) -> CollisionPieces:
    """The system's channel from qubits in |0>; of several by the exact collision, if that takes fewer gates."""
    free = _free_channel(model)
    if free and (model.num_system_qubits > 1 or model.num_qubits > LARGEST_UNITARY):
        return _shortest(free)
    own = _system_only(model, [(1.0, channel_circuit(model))], None)
    if model.num_system_qubits == 1:
        return own
    return _shortest([*(_without_ancilla(model, exact) for exact in _exact(model, "purified")), own])


def _free_channel(model: CollisionModel) -> list[CollisionPieces]:
    """The system's channel of free fermions: from the modes that the system meets, and from the whole ancilla."""
    own = free_fermion_channel_circuit(model)
    ways = [] if own is None else [_system_only(model, [(1.0, own)], None)]
    free = free_fermion_circuit(model)
    if free is not None:
        ways.append(_without_ancilla(model, _joint(model, free, None, "purified")))
    return ways


def _absorbed(model: CollisionModel) -> list[CollisionPieces]:
    """The exact collision with the ancilla's eigenvectors in its circuit."""
    free = free_fermion_parts(model)
    ways = [] if free is None else [_with_frame(model, *free)]
    if free is not None and model.num_qubits > _SHORT_QUBITS:
        return ways
    preparation, collision = absorbed_parts(model)
    n = model.num_system_qubits
    exact = expm(-1j * model.dt * model.hamiltonian.to_matrix())
    rotation = (exact.conj().T @ Operator(collision).data).reshape(2 * (2**model.num_ancilla_qubits, 2**n))
    return [_with_frame(model, preparation, collision, np.asarray(np.einsum("aibi->ab", rotation) / 2**n)), *ways]


def _with_frame(
    model: CollisionModel, preparation: QuantumCircuit, collision: QuantumCircuit, frame: NDArray[np.complex128]
) -> CollisionPieces:
    """A preparation of the ancilla's populations, and a collision that begins with the rotation of its eigenbasis."""
    n = model.num_system_qubits
    touched = {preparation.find_bit(qubit).index for item in preparation.data for qubit in item.qubits}
    kept = [*range(n, model.num_qubits), *sorted(index for index in touched if index >= model.num_qubits)]
    purified = Purification(_on(preparation, kept, 0), model.num_ancilla_qubits, len(kept) - model.num_ancilla_qubits)
    return CollisionPieces(
        num_system=n,
        num_ancilla=model.num_ancilla_qubits,
        num_purifiers=purified.num_purifiers,
        branches=(Branch(1.0, purified, collision),),
        keeps="joint state",
        frame=frame,
    )


def _drawn(model: CollisionModel) -> CollisionPieces:
    """The exact collision with an eigenstate of the ancilla, each as a circuit of its own from a basis state."""
    vectors, drawn = drawn_collisions(model)
    a = model.num_ancilla_qubits
    return CollisionPieces(
        num_system=model.num_system_qubits,
        num_ancilla=a,
        num_purifiers=0,
        branches=tuple(Branch(p, Purification(basis_circuit(a, k), a, 0), collision) for p, k, collision in drawn),
        keeps="joint state",
        frame=vectors,
        selective=True,
    )


def _shortest(ways: Sequence[CollisionPieces]) -> CollisionPieces:
    """The one of the fewest two-qubit gates, the first of several."""
    return ways[0] if len(ways) == 1 else min(ways, key=_mean_gates)


def _mean_gates(pieces: CollisionPieces) -> float:
    return sum(branch.probability * cx_count(pieces.body(branch)) for branch in pieces.branches)


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
    part = QuantumCircuit(num_system if local else len(qubits), circuit.num_clbits)
    for item in circuit.data:
        bits = [circuit.find_bit(bit).index for bit in item.clbits]
        part.append(item.operation, [position[qubit] for qubit in item.qubits], bits)
    return part
