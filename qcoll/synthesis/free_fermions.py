r"""Collisions of free fermions: exchange chains, transverse-field Ising chains and whatever else is quadratic.

Where H_S, H_A and H_SA are quadratic in one order of the qubits (:mod:`.gaussian`), a collision rotates the Majorana
operators of its N modes and takes N (N - 1)/2 matchgates of two CX, fewer where light cones end: no matrix grows with
2^N.

- :func:`free_fermion_circuit` is the joint unitary.
- :func:`free_fermion_parts` starts from the ancilla's normal modes, whose populations one RY and one CX each prepare.
- :func:`free_fermion_channel_circuit` is right for the system alone. With the first rows (A, B) of the rotation, in
  system and ancilla modes, and the ancilla's covariance matrix Gamma, the system's map depends on A and
  :math:`B\Gamma B^T` only. With the singular values :math:`B = P\Sigma Q^T` it is that of as many modes as B has rank,
  at most those of the system, with the rows :math:`(A, P\Sigma V)` and the populations of
  :math:`Q^T\Gamma Q = V(\oplus_j\nu_j J)V^T`: a longer ancilla costs no more than a short one.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator
from scipy.linalg import expm

from .dense import Complex, Real
from .evolution import Evolution
from .gaussian import append_axes, majorana_matrix, normal_modes, occupations, quadratic_form
from .matchgates import (
    append_rz,
    complex_form,
    conserves_number,
    gaussian_circuit,
    isometry_of_modes,
    real_form,
)

#: Amplitudes between system and ancilla below this are rounding.
AMPLITUDE_TOLERANCE = 1e-14
#: Occupations whose rarer state weighs less than this are pure: the same as for other thermal states.
PURE_TOLERANCE = 1e-15
#: Modes whose occupations are sampled: 256 circuits.
MOST_DRAWN = 8


@dataclass(frozen=True, eq=False)
class FreeCollision:
    """A collision that is quadratic in the Majorana operators of one order of its qubits.

    Args:
        order: the qubit of each mode.
        axes: the letter that plays Z on each qubit.
        rotation: of the Majorana operators in a collision, (2N, 2N).
        ancilla: the matrix of H_A on the ancilla's modes, (2a, 2a), in the same order.
        num_system: qubits of the system.
    """

    order: tuple[int, ...]
    axes: str
    rotation: Real
    ancilla: Real
    num_system: int

    @property
    def num_ancilla(self) -> int:
        """Qubits of the ancilla."""
        return len(self.order) - self.num_system

    @property
    def ancilla_modes(self) -> list[int]:
        """Which modes are the ancilla's."""
        return [mode for mode, qubit in enumerate(self.order) if qubit >= self.num_system]

    @property
    def system_first(self) -> bool:
        """Whether the system's modes come before all of the ancilla's, so that no string crosses it."""
        return self.ancilla_modes == list(range(self.num_system, len(self.order)))

    def on_qubits(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """A circuit of the modes on the qubits, in their axes."""
        turned = QuantumCircuit(len(self.order))
        append_axes(turned, self.axes, inverse=True)
        turned.compose(circuit, self.order, inplace=True)
        append_axes(turned, self.axes)
        return turned


def free_collision(model: Evolution) -> FreeCollision | None:
    """The quadratic form of a collision, or ``None`` if it has none.

    >>> import qcoll
    >>> from qcoll.synthesis.free_fermions import free_collision
    >>> free_collision(qcoll.example_2()) is None
    True
    """
    whole = quadratic_form(model.hamiltonian, turned=True)
    if whole is None:
        return None
    num_system, order, matrix = model.num_system_qubits, whole.order, whole.matrix
    if order[0] >= num_system:  # read from the other end, if the system is there: the same Hamiltonian
        order = order[::-1]
        again = majorana_matrix(model.hamiltonian, order, whole.axes)
        assert again is not None
        matrix = again
    own = majorana_matrix(model.joint_ancilla, order, whole.axes)
    if own is None:  # the interaction has a part that undoes one of H_A
        return None
    modes = [place for place, qubit in enumerate(order) if qubit >= num_system]
    chosen = np.ravel([(2 * mode, 2 * mode + 1) for mode in modes])
    rotation = np.asarray(expm(matrix * model.dt))
    return FreeCollision(order, whole.axes, rotation, own[np.ix_(chosen, chosen)], num_system)


def free_fermion_circuit(model: Evolution) -> QuantumCircuit | None:
    """The joint unitary of system and ancilla up to a global phase, or ``None`` if it is not free-fermionic.

    >>> import qcoll
    >>> from qcoll.model.operators import exchange, zeeman
    >>> chain = zeeman(3, [1.0, 1.1, 1.2]) + exchange(3, 0.4, raising=[0], lowering=[1])
    >>> chain += exchange(3, 0.4, raising=[1], lowering=[2])
    >>> model = qcoll.CollisionModel(
    ...     system=zeeman(1, [1.0]),
    ...     ancilla=qcoll.Ancilla(hamiltonian=chain, beta=1.0),
    ...     interaction=exchange(4, 0.3, raising=[0], lowering=[1]),
    ...     dt=0.5,
    ... )
    >>> dict(free_fermion_circuit(model).count_ops())["xx_plus_yy"]
    6
    """
    collision = free_collision(model)
    return None if collision is None else collision.on_qubits(_circuit(collision.rotation))


def free_fermion_parts(model: Evolution) -> tuple[QuantumCircuit, QuantumCircuit, Complex] | None:
    """Preparation of the ancilla's normal modes, the collision from there, and the rotation that it absorbs.

    Returns:
        ``(preparation, collision, frame)``: on system, ancilla and purifier; on system and ancilla; and the unitary
        (2**a, 2**a) from the prepared ancilla to the thermal one. ``None`` if the collision is not free-fermionic, or
        its ancilla not thermal.
    """
    collision = free_collision(model)
    if collision is None or model.ancilla.beta is None or _cut_off(model):
        return None
    energies, modes = normal_modes(collision.ancilla)
    filled = occupations(energies, model.ancilla.beta, _largest(energies))
    whole = np.eye(len(collision.rotation))
    chosen = np.ravel([(2 * mode, 2 * mode + 1) for mode in collision.ancilla_modes])
    whole[np.ix_(chosen, chosen)] = modes
    qubits = [collision.order[mode] for mode in collision.ancilla_modes]
    preparation = _populations(len(collision.order), qubits, filled)
    # All in the axes of the modes, where the populations are those of |0> and |1>: turned back at the end alone.
    circuit = QuantumCircuit(len(collision.order))
    append_axes(circuit, collision.axes[: collision.num_system], inverse=True)
    circuit.compose(_circuit(collision.rotation @ whole), collision.order, inplace=True)
    append_axes(circuit, collision.axes)
    frame = QuantumCircuit(collision.num_ancilla)
    frame.compose(_circuit(modes), [qubit - collision.num_system for qubit in qubits], inplace=True)
    append_axes(frame, collision.axes[collision.num_system :])
    return preparation, circuit, np.asarray(Operator(frame).data)


def free_fermion_channel_circuit(model: Evolution) -> QuantumCircuit | None:
    """The system's channel from qubits in |0>, or ``None`` where no string of modes leaves the system alone.

    Returns:
        A circuit on the system's qubits, then one ancilla qubit for each mode that the system meets, then its
        purifier: at most as many of either as the system has qubits. Only the system's state survives.
    """
    found = _channel_parts(model)
    if found is None:
        return None
    filled, isometry = found
    size = model.num_system_qubits
    circuit = _populations(isometry.num_qubits, range(size, isometry.num_qubits), filled)
    return circuit.compose(isometry, range(isometry.num_qubits))


def free_fermion_sampled_circuits(model: Evolution) -> list[tuple[float, QuantumCircuit]] | None:
    """The same channel as the mean over full and empty modes, each a circuit without purifiers, with probabilities.

    ``None`` where there is no such channel, or more than eight modes are met.
    """
    found = _channel_parts(model)
    if found is None or len(found[0]) > MOST_DRAWN:
        return None
    filled, isometry = found
    branches = []
    for pattern in itertools.product((0, 1), repeat=len(filled)):
        probability = float(np.prod(np.where(pattern, filled, 1 - filled)))
        if probability > PURE_TOLERANCE:
            circuit = QuantumCircuit(isometry.num_qubits)
            for mode, full in enumerate(pattern):
                if full:
                    circuit.x(model.num_system_qubits + mode)
            branches.append((probability, circuit.compose(isometry)))
    total = sum(probability for probability, _ in branches)
    return [(probability / total, circuit) for probability, circuit in branches]


def _channel_parts(model: Evolution) -> tuple[Real, QuantumCircuit] | None:
    """Populations of the modes that the system meets, and the circuit from them, on the system's qubits and theirs."""
    collision = free_collision(model)
    if collision is None or model.ancilla.beta is None or _cut_off(model) or not collision.system_first:
        return None
    size = collision.num_system
    rows, filled = _met_modes(collision, model.ancilla.beta)
    met = len(filled)
    circuit = QuantumCircuit(size + met)
    append_axes(circuit, collision.axes[:size], inverse=True)
    circuit.compose(isometry_of_modes(rows), [*collision.order[:size], *range(size, size + met)], inplace=True)
    append_axes(circuit, collision.axes[:size])
    return filled, circuit


def _cut_off(model: Evolution) -> bool:
    """Whether states of the ancilla's qubits are no levels, so that its thermal state is not that of free fermions."""
    return model.ancilla.modes is not None and bool(model.ancilla.modes.cut_off)


def _met_modes(collision: FreeCollision, beta: float) -> tuple[Real, Real]:
    """The rows (A, P Sigma V) of the modes that the system meets, and their populations of |1>."""
    split = 2 * collision.num_system
    kept, coupled = collision.rotation[:split, :split], collision.rotation[:split, split:]
    energies, modes = normal_modes(collision.ancilla)
    filled = occupations(energies, beta, _largest(energies))
    if conserves_number(collision.rotation) and conserves_number(collision.ancilla):
        left, scales, right = np.linalg.svd(complex_form(coupled), full_matrices=False)
        count = int(np.sum(scales > AMPLITUDE_TOLERANCE))
        reached = right[:count] @ complex_form(modes)
        occupied, turn = np.linalg.eigh((reached * filled) @ reached.conj().T)
        met = (left[:, :count] * scales[:count]) @ turn
        return np.hstack([kept, real_form(met)]), np.clip(occupied, 0.0, 1.0)
    return _met_majoranas(kept, coupled, modes, filled)


def _met_majoranas(kept: Real, coupled: Real, modes: Real, filled: Real) -> tuple[Real, Real]:
    """The same where the number of excitations is not conserved."""
    left, scales, right = np.linalg.svd(coupled)
    count = int(np.sum(scales > AMPLITUDE_TOLERANCE))
    padded = count + count % 2  # Majorana operators come in pairs
    reached = right[:padded] @ modes
    covariance = np.kron(np.diag(1 - 2 * filled), [[0, 1], [-1, 0]])
    strengths, turn = normal_modes(reached @ covariance @ reached.T)
    amplitudes = np.zeros((len(kept), padded))
    amplitudes[:, :count] = left[:, :count] * scales[:count]
    return np.hstack([kept, amplitudes @ turn]), np.clip((1 - strengths) / 2, 0.0, 1.0)


def _populations(num_qubits: int, qubits: NDArray[np.intp] | range | list[int], filled: Real) -> QuantumCircuit:
    """Purified populations of some of the qubits, with purifiers after all of them."""
    mixed = [place for place, weight in enumerate(filled) if PURE_TOLERANCE < weight < 1 - PURE_TOLERANCE]
    circuit = QuantumCircuit(num_qubits + len(mixed))
    for place, (qubit, weight) in enumerate(zip(qubits, filled, strict=True)):
        if place in mixed:
            circuit.ry(2 * math.atan2(math.sqrt(weight), math.sqrt(1 - weight)), int(qubit))
            circuit.cx(int(qubit), num_qubits + mixed.index(place))
        elif weight > 0.5:
            circuit.x(int(qubit))
    return circuit


def _circuit(rotation: Real) -> QuantumCircuit:
    """RZ and matchgates of a rotation, on its modes."""
    matchgates, angles = gaussian_circuit(rotation)
    circuit = QuantumCircuit(len(angles))
    for mode, angle in enumerate(angles):
        append_rz(circuit, angle, mode)
    return circuit.compose(matchgates)


def _largest(energies: Real) -> float:
    """The largest energy of all levels of the modes."""
    return float(np.abs(energies).sum() / 2)
