r"""Level ``purified_channel``: a purified thermal ancilla, and a collision that only has to be right for the system.

The ancilla's eigenbasis belongs to the collision: the ancilla is prepared with its thermal populations in the
computational basis, :math:`\sum_k\sqrt{p_k}\,|k\rangle_A|k\rangle_P`, and nothing rotates it into its eigenvectors.
For a pair whose levels are sums of two modes, as for every exchange-coupled pair, :math:`p_k` is a product: one R_y
for each qubit and one CX for each purifier.

- :func:`absorbed_circuit` follows with :math:`U (W\otimes 1)`, W the eigenvectors: the joint state of system and
  ancilla is that of the collision, exactly.
- :func:`purified_channel_circuit` follows with four CX that give the right state of the system from this mixed ancilla.
  They are found as in :mod:`.channel`, with Kraus operators :math:`\sqrt{p_k}\,\langle i|V|k\rangle`; the first angles
  come from weak couplings, where every gate between the CX is close to the identity up to rotations that commute with
  them. Where none of these starts ends at the channel, random ones do at a stronger interaction, and are carried down.
  Some channels of strong collisions take five CX; about one random model in ten is not reached with the starts there
  is time for, and gets the circuit above.

Placements are S-1 and S-2, with purifiers on 1 and 2: the chain 3-1-S-2-4, which is native on heavy-hex.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import StatePreparation
from qiskit.compiler import transpile
from scipy.linalg import expm

from ...model.collision import CollisionModel
from .absorbed import absorbed_collision
from .channel import CERTIFICATE, whitening
from .dense import (
    Complex,
    Real,
    choi_matrix,
    collision_unitary,
    hermitian_coordinates,
    kraus_operators,
    thermal_spectrum,
)
from .fit import Residual, levenberg_marquardt, search
from .generic import three_qubit_circuit
from .joint import structured_circuit, unitary_circuit
from .skeleton import Skeleton
from .weak_channel import PAULI, spin_rotation

ALTERNATING = Skeleton(3, ((0, 1), (0, 2), (0, 1), (0, 2)))
NESTED = (Skeleton(3, ((0, 1), (0, 2), (0, 2), (0, 1))), Skeleton(3, ((0, 2), (0, 1), (0, 1), (0, 2))))
FIVE = Skeleton(3, ((0, 1), (0, 2), (0, 1), (0, 2), (0, 1)))
_ATTEMPTS = (*NESTED, ALTERNATING, FIVE)
#: Populations this close to those of independent qubits are prepared without a two-qubit gate.
_PRODUCT_TOLERANCE = 1e-12
_WEAK_STARTS, _STARTS, _ITERATIONS, _FOUND, _SEED = 3, 12, 60, 1e-9, 2026
# Interaction times dt where random starts succeed, the step down from there, the one at which to give up and how
# many, a residual that has left the solution, and iterations at each step.
_STRONG, _WEAKENING, _TOO_SLOW, _STEPS, _LOST, _CARRYING = 0.8, 0.6, 0.9, 20, 1e-6, 16
# Axes in which an exchange XX + YY with a qubit reads X Z + Z X: to leading order, rotations about X between the CX.
_SYSTEM_AXES = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
_ANCILLA_AXES = np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]])
_IDENTITY = np.eye(2, dtype=complex)


def purified_channel_circuit(model: CollisionModel) -> QuantumCircuit:
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
    >>> from qcoll.compile.synthesis.purified import purified_channel_circuit
    >>> purified_channel_circuit(qcoll.example_2()).num_nonlocal_gates()
    6
    """
    if (model.num_system_qubits, model.num_ancilla_qubits) != (1, 2):
        return absorbed_circuit(model)
    kraus = kraus_operators(model)
    populations, _ = thermal_spectrum(model.ancilla)
    circuit = _preparation(populations, 1)
    for skeleton, angles in _searches(model, kraus, populations):
        found = _mixed_kraus(skeleton.unitary(angles), populations)
        if np.abs(choi_matrix(found) - choi_matrix(kraus)).max() < CERTIFICATE:
            return circuit.compose(skeleton.circuit(angles, discarded=(1, 2)), [0, 1, 2])
    preparation, collision = absorbed_parts(model, shorten=False)
    return preparation.compose(collision, range(3))


def absorbed_circuit(model: CollisionModel) -> QuantumCircuit:
    r"""Preparation and the exact collision, with the ancilla's eigenvectors W absorbed: :math:`U\,(W\otimes 1)`.

    Args:
        model: any collision model small enough for dense matrices.

    Returns:
        A circuit on the system's, the ancilla's and as many purifier qubits, which start in |0>. The joint state of
        system and ancilla afterwards is that of the collision.

    Raises:
        InputError: if the model is too large for dense matrices.

    >>> import qcoll
    >>> from qcoll.compile.synthesis.purified import absorbed_circuit
    >>> absorbed_circuit(qcoll.example_2(alpha=0.2, dt=1.0)).num_nonlocal_gates()
    10
    """
    preparation, collision = absorbed_parts(model)
    return preparation.compose(collision, range(collision.num_qubits))


def absorbed_parts(model: CollisionModel, *, shorten: bool = True) -> tuple[QuantumCircuit, QuantumCircuit]:
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
            collision = _together(model, vectors, None) or unitary_circuit(
                collision_unitary(model) @ np.kron(vectors, np.eye(2**n))
            )
        else:
            rotation = unitary_circuit(vectors)
            separate = QuantumCircuit(n + a).compose(rotation, list(range(n, n + a))).compose(structured)
            shorter = _together(model, vectors, separate.num_nonlocal_gates()) if shorten else None
            collision = shorter or separate
    return _preparation(populations, n), collision


def _together(model: CollisionModel, vectors: Complex, below: int | None) -> QuantumCircuit | None:
    """The circuit of U (W x 1), the eigenvectors' phases free, by search: three qubits, fewer CX than ``below``."""
    if model.num_qubits != 3:
        return None
    first = np.asarray(np.kron(vectors, np.eye(2**model.num_system_qubits)), dtype=complex)
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
        state = QuantumCircuit(num_ancilla)
        state.append(StatePreparation(np.sqrt(populations)), state.qubits)
        circuit.compose(transpile(state, basis_gates=["u", "cx"], optimization_level=1), ancilla, inplace=True)
    for qubit, weight in zip(ancilla, excited, strict=True):
        if 0 < weight < 1:  # a qubit without mixture needs no purifier
            circuit.cx(qubit, qubit + num_ancilla)
    return circuit


def _mixed_kraus(unitary: Complex, populations: Real) -> Complex:
    r"""Kraus operators :math:`\sqrt{p_k}\langle i|V|k\rangle`, shape (16, 2, 2)."""
    blocks = unitary.reshape(4, 2, 4, 2) * np.sqrt(populations)[:, None]
    return np.ascontiguousarray(blocks.transpose(0, 2, 1, 3)).reshape(16, 2, 2)


def _mixed_residual(skeleton: Skeleton, kraus: Complex, populations: Real, power: float) -> Residual:
    scale, target = whitening(kraus, power)
    inputs = np.eye(8, dtype=complex)
    roots = np.sqrt(populations)[:, None]

    def amplitudes(unitary: Complex) -> Complex:
        blocks = unitary.reshape(*unitary.shape[:-2], 4, 2, 4, 2) * roots
        return np.asarray(blocks.swapaxes(-3, -2).reshape(*unitary.shape[:-2], 16, 4) @ scale)

    def residual(angles: Real) -> tuple[Real, Real]:
        unitary, slopes = skeleton.derivatives(angles, inputs)
        here = amplitudes(unitary)
        adjoint = here.conj().swapaxes(-1, -2)
        products = adjoint[..., None, :, :] @ amplitudes(slopes)
        return (
            hermitian_coordinates(adjoint @ here - target),
            hermitian_coordinates(products + products.conj().swapaxes(-1, -2)).swapaxes(-1, -2),
        )

    return residual


def _searches(model: CollisionModel, kraus: Complex, populations: Real) -> Iterator[tuple[Skeleton, Real]]:
    """Skeletons and angles to be checked: from weak couplings first, then carried down from strong ones."""
    rng = np.random.default_rng(_SEED)
    residual = _mixed_residual(ALTERNATING, kraus, populations, 0.5)
    for _ in range(_WEAK_STARTS):
        start = ALTERNATING.parameters(_alternating_gates(*_dominant(kraus), rng))
        yield ALTERNATING, levenberg_marquardt(residual, start, tolerance=1e-13, iterations=40)[0]
    for skeleton in _ATTEMPTS:
        angles = _from_strong_coupling(skeleton, model, populations, rng)
        if angles is not None:
            yield skeleton, angles


def _from_strong_coupling(
    skeleton: Skeleton, model: CollisionModel, populations: Real, rng: np.random.Generator
) -> Real | None:
    """Angles found where the interaction is strong and random starts succeed, and carried down to the model's."""
    strength = model.dt * float(np.linalg.norm(model.interaction.to_matrix(), 2))
    factor = max(1.0, _STRONG / strength) if strength > 0 else 1.0

    def weaker(scale: float, power: float) -> Residual:
        kraus = kraus_operators(dataclasses.replace(model, interaction=scale * model.interaction))
        return _mixed_residual(skeleton, kraus, populations, power)

    starts = rng.uniform(-np.pi, np.pi, (_STARTS, skeleton.num_parameters))
    angles, norm = search(weaker(factor, 0.5), starts, tolerance=_FOUND, iterations=_ITERATIONS)
    if norm > _LOST:
        return None
    reached, ratio = factor, _WEAKENING
    for _ in range(_STEPS):
        if reached == 1.0:
            return levenberg_marquardt(weaker(1.0, 1.0), angles, tolerance=1e-13, iterations=_CARRYING)[0]
        ahead = max(1.0, reached * ratio)
        trial, norm = levenberg_marquardt(weaker(ahead, 1.0), angles, tolerance=_FOUND, iterations=_CARRYING)
        if norm < _LOST:
            angles, reached, ratio = trial, ahead, max(ratio**1.5, _WEAKENING)
        elif ratio > _TOO_SLOW:
            return None
        else:
            ratio = ratio**0.5
    return None


def _dominant(kraus: Complex) -> tuple[Complex, float]:
    """The unitary that the channel is near to, and the size of its other Kraus operators."""
    left, _, right = np.linalg.svd(kraus[0])
    return left @ right, float(np.sqrt(np.sum(np.abs(kraus[1:]) ** 2) / max(len(kraus) - 1, 1)))


def _alternating_gates(dominant: Complex, strength: float, rng: np.random.Generator) -> list[Complex]:
    into = spin_rotation(_SYSTEM_AXES) @ expm(1j * rng.uniform(0, np.pi) * PAULI[2])
    flips = [PAULI[0] if flip else _IDENTITY for flip in rng.integers(2, size=2)]
    ancillas = [spin_rotation(_ANCILLA_AXES) @ flip for flip in flips]
    small = [expm(1j * strength * weight * PAULI[0]) for weight in rng.normal(size=5)]
    return [into, *ancillas, *small, _IDENTITY, dominant @ into.conj().T, _IDENTITY]
