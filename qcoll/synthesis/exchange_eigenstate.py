r"""Exchange collisions of three qubits with one eigenstate of the pair: four CX or five on the line S-1-2.

With no excitation in the pair there is at most one altogether, which the system hands on:

.. math:: U\,|1\rangle_S|00\rangle = c_S|100\rangle + c_1|010\rangle + c_2|001\rangle,

two rotations of an excitation from one qubit to its neighbour, of two CX each, and phases. With two excitations it is
the hole that is handed on. So four CX hold these for every collision, in closed form.

An eigenstate that shares one excitation takes five, as a generic isometry does. Their angles are found from stored
circuits (:mod:`.exchange_search`), also in short collisions, where random starts hardly find them
(:mod:`.eigenstate_collisions`).
"""

from __future__ import annotations

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import XXPlusYYGate

from .continuation import exponential
from .dense import Complex
from .evolution import Evolution
from .exchange_family import Exchange, gauged_exchange, is_exchange, turned
from .exchange_references import DRAWN, stored
from .exchange_search import circuits_of
from .fit import Residual, isometry_residual, refined
from .joint import in_one_and_two_qubit_gates
from .sampled_channel import basis_circuit
from .skeleton import ANGLE_CUTOFF, Skeleton

#: Norm of the difference between circuit and isometry.
CERTIFICATE = 1e-12
_STRUCTURE = 1e-12
_LAST_STEPS = 20
#: The pair's basis states with no, one and two excitations.
_EMPTY, _SHARED, _FULL = 0, [1, 2], 3
#: The system's basis states with an empty pair.
_INPUTS = np.eye(8, 2, dtype=complex)


def exchange_of_eigenstate(model: Evolution, unitary: Complex, state: Complex, index: int) -> QuantumCircuit | None:
    r"""The circuit of a collision with one eigenstate :math:`|E\rangle` of the pair.

    .. math:: V\,(|k\rangle\otimes|\psi\rangle) = e^{i\gamma}\,U\,(|E\rangle\otimes|\psi\rangle)

    Args:
        model: the collision model.
        unitary: U (8, 8).
        state: the eigenstate (4,).
        index: k, the basis state of the pair that stands for it.

    Returns:
        V, or None where the model is no exchange collision, the state does not have a number of excitations, or
        shares one and no stored circuit leads there.

    >>> import numpy as np, qcoll
    >>> from qcoll.synthesis.dense import collision_unitary
    >>> from qcoll.synthesis.exchange_eigenstate import exchange_of_eigenstate
    >>> model = qcoll.example_1()
    >>> exchange_of_eigenstate(model, collision_unitary(model), np.eye(4)[0], 0).num_nonlocal_gates()
    4
    """
    if not is_exchange(model):
        return None
    target = unitary @ np.kron(state[:, None], np.eye(2))
    if abs(state[_EMPTY]) > 1 - _STRUCTURE:
        return _from_basis_state(index, _handed_on(target))
    if abs(state[_FULL]) > 1 - _STRUCTURE:
        flips = QuantumCircuit(3)
        flips.x(range(3))
        swapped = QuantumCircuit(3)
        swapped.x(0)
        return _from_basis_state(index, swapped.compose(_handed_on(target[::-1, ::-1])).compose(flips))
    if np.linalg.norm(state[_SHARED]) > 1 - _STRUCTURE:
        return _shared(model, target, state, index)
    return None


def _from_basis_state(index: int, circuit: QuantumCircuit) -> QuantumCircuit:
    """A circuit for an empty pair, for a pair in a basis state."""
    flips = QuantumCircuit(3).compose(basis_circuit(2, index), [1, 2])
    return in_one_and_two_qubit_gates(flips.compose(circuit))


def _handed_on(target: Complex) -> QuantumCircuit:
    r"""Closed form of an isometry (8, 2): :math:`|000\rangle` to itself, the system's excitation to any of three."""
    amplitudes = target[[1, 2, 4], 1] * np.exp(-1j * np.angle(target[0, 0]))
    sizes = np.abs(amplitudes)
    circuit = QuantumCircuit(3)
    for qubit, angle in enumerate((np.arctan2(np.hypot(*sizes[1:]), sizes[0]), np.arctan2(sizes[2], sizes[1]))):
        if angle > ANGLE_CUTOFF:
            circuit.append(XXPlusYYGate(2 * angle, np.pi / 2), [qubit, qubit + 1])
    for qubit, phase in enumerate(np.angle(amplitudes)):
        circuit.p(phase, qubit)
    return circuit


def _shared(model: Evolution, target: Complex, state: Complex, index: int) -> QuantumCircuit | None:
    """The circuit for a shared excitation, from stored ones."""
    gauged = gauged_exchange(model)
    if gauged is None:
        return None
    energies = model.ancilla.hamiltonian.to_matrix()[np.ix_(_SHARED, _SHARED)]
    upper = np.vdot(state[_SHARED], energies @ state[_SHARED]).real > np.trace(energies).real / 2
    wanted = _conjugate(gauged.exchange) if upper else gauged.exchange
    for skeleton, _, angles in circuits_of(wanted, stored(DRAWN), problem):
        flip = np.zeros(3)
        if upper:
            # Rotations about z turn the other way.
            angles = np.where(skeleton.about_y, angles, -angles)
            flip[0] = np.pi
        close = turned(skeleton, angles, flip, flip + gauged.after)
        solved, error = refined(isometry_residual(skeleton, target, _INPUTS), close, _LAST_STEPS)
        if error < CERTIFICATE:
            # R_y(a - pi)|1> = R_y(a)|0>
            solved[[4, 7]] -= np.pi * np.array([index & 1, index >> 1])
            return skeleton.circuit(solved, empty=(1, 2))
    return None


def _conjugate(exchange: Exchange) -> Exchange:
    r"""The collision :math:`-h^*`, whose lower shared level is the upper one of h, in the gauge of positive couplings.

    Its circuit is the complex conjugate.
    """
    return Exchange(-exchange.frequencies, (exchange.couplings * [1, 1, -1]).conj())


def problem(skeleton: Skeleton, exchange: Exchange, _: bool) -> Residual:
    """What the circuits have to be for a collision in its gauge, and the lower level that shares an excitation."""
    state = np.zeros((4, 1), dtype=complex)
    state[_SHARED] = exchange.shared_levels()[:, :1]
    return isometry_residual(skeleton, exponential(exchange.generator()) @ np.kron(state, np.eye(2)), _INPUTS)
