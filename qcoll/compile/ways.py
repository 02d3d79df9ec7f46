"""The ways to make one collision, from which the levels (:mod:`.levels`) take the one with the fewest gates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator
from scipy.linalg import expm

from ..circuits.discard import without_discarded
from ..circuits.steps import active_qubits, on_qubits
from ..errors import InputError
from ..model.collision import CollisionModel
from ..synthesis import (
    Correction,
    absorbed_parts,
    basis_circuit,
    channel_circuit,
    collisions_of_eigenstates,
    eigenstate_circuits,
    exact_collisions,
    free_fermion_channel_circuit,
    free_fermion_circuit,
    free_fermion_parts,
    free_fermion_sampled_circuits,
    purified_channel_circuit,
    sampled_circuits,
)
from ..synthesis.dense import kraus_operators
from .branches import Branch, CollisionPieces
from .collision import split_collision
from .converged import converged_formulas
from .sizes import LARGEST_FRAME, LARGEST_UNITARY
from .thermal import Purification, cx_count, thermal_purification

OfEigenbasis = Literal["purified", "state_preparation", "sampled"]

#: Up to so many qubits a collision with one eigenstate never takes more gates than one with any state of the ancilla.
_ALWAYS_SAMPLED = 3
# Up to so many qubits, and from so few gates or with fewer than so many Kraus operators, the exact collision is not
# always longer than a purified ancilla and a collision that is right for the system alone.
_SHORT_QUBITS, _SHORT, _FULL_RANK = 3, 7, 4


def split_way(model: CollisionModel, preparation: OfEigenbasis, order: int, steps: int) -> CollisionPieces:
    """Preparation and product formula; what the ancilla's state does not change under is left out."""
    idle, collision = split_collision(model, trotter_order=order, trotter_steps=steps)
    if model.num_ancilla_qubits > LARGEST_FRAME:  # the unitary that commutes with H_A is kept as a matrix
        return _joint(model, idle.compose(collision), None, preparation)
    size = model.num_ancilla_qubits
    own = on_qubits(idle, {model.num_system_qubits + qubit: qubit for qubit in range(size)}, size)
    return _joint(model, collision, np.asarray(Operator(own).data) if own.data else None, preparation)


def exact_ways(model: CollisionModel, preparation: OfEigenbasis | Literal["absorbed"]) -> list[CollisionPieces]:
    """The ways to make the collision without splitting, with every preparation that this one may be made by."""
    if preparation == "absorbed":
        return [*_absorbed(model), *_exact(model, "purified")]
    if preparation == "sampled":
        own = _sampled_eigenstates(model)
        return [own] if model.num_qubits <= _ALWAYS_SAMPLED else [*_exact(model, preparation), own]
    return _exact(model, preparation)


def _exact(model: CollisionModel, preparation: OfEigenbasis) -> list[CollisionPieces]:
    """The collision without splitting: free fermions, general synthesis, conserved strings, a converged formula."""
    ways = [_joint(model, *way, preparation) for way in exact_collisions(model)]
    prepared = cx_count(ways[0].branches[0].preparation.circuit)
    below = min(map(_mean_gates, ways)) - prepared
    for order, steps in converged_formulas(model, below):
        formula = split_way(model, preparation, order, steps)
        if _mean_gates(formula) < below + prepared:
            return [*ways, formula]
    return ways


def _joint(
    model: CollisionModel,
    collision: QuantumCircuit,
    commuting: NDArray[np.complex128] | None,
    preparation: OfEigenbasis,
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
        commuting=commuting,
    )


def without_ancilla(model: CollisionModel, joint: CollisionPieces) -> CollisionPieces:
    """The same collision for the system alone: the ancilla is discarded with all that acts on it last."""
    system = range(joint.num_system)
    circuits = [(branch.probability, without_discarded(joint.body(branch), system)) for branch in joint.branches]
    return system_only(model, circuits, joint.num_ancilla)


def purified_channel_way(model: CollisionModel) -> CollisionPieces:
    """The short collision with a purified ancilla, or the exact one without the ancilla if that takes fewer gates."""
    free = _free_channel(model)
    if free and model.num_qubits > _SHORT_QUBITS:
        return shortest(free)
    own = system_only(model, [(1.0, purified_channel_circuit(model))], model.num_ancilla_qubits)
    if model.num_qubits <= _SHORT_QUBITS and _mean_gates(own) <= _SHORT and len(kraus_operators(model)) == _FULL_RANK:
        return shortest([own, *free])
    return shortest([own, *free, *(without_ancilla(model, exact) for exact in _exact(model, "purified"))])


def channel_way(model: CollisionModel) -> CollisionPieces:
    """The system's channel from qubits in |0>; of several by a purified ancilla, if that takes fewer gates."""
    free = _free_channel(model)
    if free and (model.num_system_qubits > 1 or model.num_qubits > LARGEST_UNITARY):
        return shortest(free)
    own = system_only(model, [(1.0, channel_circuit(model))], None)
    return own if model.num_system_qubits == 1 else shortest([purified_channel_way(model), own])


def sampled_way(model: CollisionModel, correction: Correction) -> CollisionPieces:
    """The system's channel in the mean; of several qubits by sampled eigenstates, of the modes where it has such.

    Raises:
        InputError: for a measured correction of several system qubits.
    """
    if model.num_system_qubits == 1:
        return system_only(model, sampled_circuits(model, correction), None)
    if correction == "measured":
        raise InputError(
            f'correction="measured" goes with one system qubit, but this system has {model.num_system_qubits}: use '
            'correction="coherent"'
        )
    drawn = free_fermion_sampled_circuits(model)
    if drawn is not None:
        return shortest([system_only(model, drawn, None), channel_way(model)])
    ways = [without_ancilla(model, each) for each in exact_ways(model, "sampled")]
    return shortest([*ways, channel_way(model)])


def _free_channel(model: CollisionModel) -> list[CollisionPieces]:
    """The system's channel of free fermions: from the modes that the system meets, and from the whole ancilla."""
    own = free_fermion_channel_circuit(model)
    ways = [] if own is None else [system_only(model, [(1.0, own)], None)]
    free = free_fermion_circuit(model)
    if free is not None:
        ways.append(without_ancilla(model, _joint(model, free, None, "purified")))
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
    touched = active_qubits(preparation)
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


def _sampled_eigenstates(model: CollisionModel) -> CollisionPieces:
    """The exact collision with an eigenstate of the ancilla, each as a circuit of its own from a basis state."""
    vectors, drawn = collisions_of_eigenstates(model)
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


def shortest(ways: Sequence[CollisionPieces]) -> CollisionPieces:
    """The one of the fewest two-qubit gates, the first of several."""
    return ways[0] if len(ways) == 1 else min(ways, key=_mean_gates)


def _mean_gates(pieces: CollisionPieces) -> float:
    return sum(branch.probability * cx_count(pieces.body(branch)) for branch in pieces.branches)


def system_only(
    model: CollisionModel, circuits: Sequence[tuple[float, QuantumCircuit]], num_ancilla: int | None
) -> CollisionPieces:
    """Circuits from fresh qubits in |0>, without those that none of them uses."""
    num_system = model.num_system_qubits
    used = set().union(*(active_qubits(circuit) for _, circuit in circuits))
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
    position = {index: place for place, index in enumerate(qubits)}
    local = num_system > 0 and all(position[qubit] < num_system for qubit in active_qubits(circuit))
    return on_qubits(circuit, position, num_system if local else len(qubits))
