r"""Level ``purified_channel``: a purified thermal ancilla, and a collision that only has to be right for the system.

The ancilla's eigenbasis belongs to the collision: the ancilla is prepared with its thermal populations in the
computational basis, :math:`\sum_k\sqrt{p_k}\,|k\rangle_A|k\rangle_P`, and nothing rotates it into its eigenvectors.
For a pair whose levels are sums of two modes, as for every exchange-coupled pair, :math:`p_k` is a product: one R_y
for each qubit and one CX for each purifier.

- :func:`absorbed_circuit` follows with :math:`U (W\otimes 1)`, W the eigenvectors: the joint state of system and
  ancilla is that of the collision, exactly. Ten CX for example 1 and eight for example 2 (:mod:`.absorbed`).
- :func:`purified_channel_circuit` follows with four CX that give the right state of the system from this mixed ancilla,
  or five where four do not suffice (:mod:`.mixed`). About four in a thousand random models are reached with neither,
  for want of starts or of circuits, and get the circuit above, without what acts last on the ancilla.

The CX of the mixed ancilla are placed on S-1 and S-2, with purifiers on 1 and 2: the chain 3-1-S-2-4, which is native
on heavy-hex.
"""

from __future__ import annotations

import numpy as np
from qiskit import QuantumCircuit

from ..circuits.discard import without_discarded
from .absorbed import absorbed_collision
from .dense import Complex, Real, collision_unitary, on_ancilla, thermal_spectrum
from .evolution import Evolution
from .generic import three_qubit_circuit
from .isometry import state_circuit
from .joint import structured_circuit, unitary_circuit
from .mixed import mixed_circuit

#: Populations this close to those of independent qubits are prepared without a two-qubit gate.
_PRODUCT_TOLERANCE = 1e-12


def purified_channel_circuit(model: Evolution) -> QuantumCircuit:
    r"""Preparation of the purified thermal ancilla and a collision that gives the right state of the system.

    .. math:: \mathcal E(\rho) = \mathrm{Tr}_A[V\,(\rho\otimes\textstyle\sum_k p_k|k\rangle\langle k|)\,V^\dagger]

    Args:
        model: a model of one system qubit and two ancilla qubits; others fall back to :func:`absorbed_circuit`.

    Returns:
        A circuit on the system's, the ancilla's and as many purifier qubits, which start in |0>: two CX of preparation
        and four of collision for an exchange-coupled pair. Only the system's state survives.

    Raises:
        InputError: if the model is too large for dense matrices.

    >>> import qcoll
    >>> from qcoll.synthesis.purified import purified_channel_circuit
    >>> purified_channel_circuit(qcoll.example_2()).num_nonlocal_gates()
    6
    """
    if (model.num_system_qubits, model.num_ancilla_qubits) != (1, 2):
        return absorbed_circuit(model)
    collision = mixed_circuit(model)
    if collision is not None:
        return _preparation(thermal_spectrum(model.ancilla)[0], 1).compose(collision, range(3))
    preparation, collision = absorbed_parts(model, shorten=False)
    return preparation.compose(without_discarded(collision, kept=[0]), range(3))


def absorbed_circuit(model: Evolution) -> QuantumCircuit:
    r"""Preparation and the exact collision, with the ancilla's eigenvectors W absorbed: :math:`U\,(W\otimes 1)`.

    Args:
        model: any collision model small enough for dense matrices.

    Returns:
        A circuit on the system's, the ancilla's and as many purifier qubits, which start in |0>. The joint state of
        system and ancilla afterwards is that of the collision.

    Raises:
        InputError: if the model is too large for dense matrices.

    >>> import qcoll
    >>> from qcoll.synthesis.purified import absorbed_circuit
    >>> absorbed_circuit(qcoll.example_2(alpha=0.2, dt=1.0)).num_nonlocal_gates()
    10
    """
    preparation, collision = absorbed_parts(model)
    return preparation.compose(collision, range(collision.num_qubits))


def absorbed_parts(model: Evolution, *, shorten: bool = True) -> tuple[QuantumCircuit, QuantumCircuit]:
    """Preparation and collision of :func:`absorbed_circuit`, on all its qubits and on system and ancilla.

    Args:
        model: the collision model.
        shorten: search for a collision in fewer CX than its structure gives.
    """
    populations, vectors = thermal_spectrum(model.ancilla)
    n, a = model.num_system_qubits, model.num_ancilla_qubits
    known = absorbed_collision(model)
    if known is not None:
        vectors, collision = known
        energies = np.diagonal(vectors.conj().T @ model.ancilla.hamiltonian.to_matrix() @ vectors)
        populations = populations[np.argsort(np.argsort(energies.real))]
    else:
        structured = structured_circuit(model)
        if structured is None:
            searched = _together(model, vectors, None)
            collision = (
                unitary_circuit(collision_unitary(model) @ on_ancilla(vectors, n)) if searched is None else searched
            )
        else:
            rotation = unitary_circuit(vectors)
            separate = QuantumCircuit(n + a).compose(rotation, list(range(n, n + a))).compose(structured)
            shorter = _together(model, vectors, separate.num_nonlocal_gates()) if shorten else None
            collision = separate if shorter is None else shorter
    return _preparation(populations, n), collision


def _together(model: Evolution, vectors: Complex, below: int | None) -> QuantumCircuit | None:
    """The circuit of U (W x 1), the eigenvectors' phases free, by search: three qubits, fewer CX than ``below``."""
    if model.num_qubits != 3:
        return None
    first = on_ancilla(vectors, model.num_system_qubits)
    return three_qubit_circuit(collision_unitary(model), first=first, levels=len(vectors), below=below)


def _preparation(populations: Real, num_system: int) -> QuantumCircuit:
    """Purified populations on ancilla and purifier, next to the system's qubits."""
    num_ancilla = len(populations).bit_length() - 1
    circuit = QuantumCircuit(num_system + 2 * num_ancilla)
    ancilla = range(num_system, num_system + num_ancilla)
    index = np.arange(len(populations))
    excited = np.array([populations[(index >> qubit) & 1 == 1].sum() for qubit in range(num_ancilla)])
    bits = (index[:, None] >> np.arange(num_ancilla)) & 1
    if np.abs(np.where(bits, excited, 1 - excited).prod(axis=1) - populations).max() < _PRODUCT_TOLERANCE:
        for qubit, weight in zip(ancilla, excited, strict=True):
            circuit.ry(2 * np.arctan2(np.sqrt(weight), np.sqrt(1 - weight)), qubit)
    else:
        circuit.compose(state_circuit(np.sqrt(populations)), ancilla, inplace=True)
    for qubit, weight in zip(ancilla, excited, strict=True):
        if 0 < weight < 1:  # a qubit without mixture needs no purifier
            circuit.cx(qubit, qubit + num_ancilla)
    return circuit
