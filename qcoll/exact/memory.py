r"""Exact dynamics of ancillas that meet each other: the joint state of the system and the ancilla that it has just met.

After collision n the state :math:`R_n` of system and ancilla n has in it all that matters later. Then ancilla n passes
on what it knows to ancilla n + 1, by a map of ancillas alone, and the next collision follows:

.. math::

    \mathcal M(\sigma) = \mathrm{Tr}_{A_n}\!\left[U_{AA}(\sigma\otimes\eta)U_{AA}^\dagger\right],\qquad
    R_{n+1} = U\,(\mathcal M \otimes u_S)(R_n)\,U^\dagger,\qquad R_1 = U(\rho\otimes\eta)U^\dagger

with :math:`u_S` the system's free evolution, or nothing. Means of collision and memory are functionals of :math:`R_n`.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError
from ..limits import COMPLEX_BYTES, require_memory
from ..model.collision import CollisionModel
from ..model.memory import Memory
from ..model.operators import dense, embedded
from ..trajectory.entropy import entropy_flow, flow_observables, flows_of_ancilla, thermal_flow
from ..trajectory.iterate import fixed_point, iterate_after_first
from ..trajectory.pauli import Complex, Real, from_pauli_vector, functional, pauli_matrices, to_pauli_vector
from .joint import JointCollision

#: Up to so many qubits of system and ancilla there are powers of a transfer matrix; beyond, states are stepped.
LARGEST_TRANSFER_MATRIX = 5
#: A relative singular value below this is one of a conserved quantity.
LEVELS_RESOLUTION = 1e-12


@dataclass(frozen=True, eq=False)
class MemoryDynamics:
    """The maps of a model with memory, as matrices on ancilla (x) system.

    Args:
        joint: the collision.
        memory: the unitary of two ancillas on ancilla k + 1 (x) ancilla k.
        system: the system's evolution meanwhile, (d, d).
        model: what they are of.
    """

    joint: JointCollision
    memory: Complex
    system: Complex
    model: CollisionModel

    @classmethod
    def of(cls, model: CollisionModel) -> MemoryDynamics:
        """The exact matrices of a model.

        Raises:
            InputError: if they do not fit into memory.
        """
        require_memory(
            6 * COMPLEX_BYTES * 16**model.num_ancilla_qubits,
            f"the dense unitary of two ancillas of {model.num_ancilla_qubits} qubits",
            "use a smaller ancilla",
        )
        memory = memory_of(model)
        own = dense(model.system) * (memory.evolves == "all")
        joint = JointCollision.of(dataclasses.replace(model, memory=None))
        return cls(joint, _evolution(pair_hamiltonian(model), memory.dt), _evolution(own, memory.dt), model)

    @functools.cached_property
    def passing(self) -> Complex:
        """The map from ancilla k to ancilla k + 1 as a tensor [new, new', old, old'], (a, a, a, a)."""
        a = self.joint.ancilla_dimension
        unitary = self.memory.reshape(a, a, a, a)  # [new, old; fresh, given]
        thermal = self.joint.thermal
        return np.asarray(np.einsum("nocx,cd,mody->nmxy", unitary, thermal, unitary.conj(), optimize=True))

    def passed_on(self, states: Complex) -> Complex:
        """Joint states (..., D, D) with the next ancilla in the place of the last, before its collision."""
        a, d = self.joint.ancilla_dimension, self.joint.system_dimension
        parts = states.reshape(*states.shape[:-2], a, d, a, d)
        moved = np.einsum(
            "nmxy,ik,...xkyl,jl->...nimj", self.passing, self.system, parts, self.system.conj(), optimize=True
        )
        return np.asarray(moved.reshape(states.shape))

    def collided(self, states: Complex) -> Complex:
        """Joint states after the collision."""
        return self.joint.apply(states)

    def first(self, states: Complex) -> Complex:
        """The joint state of the system, in states (..., d, d), with the first ancilla before their collision."""
        return self.joint.fresh(states)

    @functools.cached_property
    def collision_changes(self) -> list[Complex]:
        """Observables of system and ancilla before a collision whose means are heat, work and entropy flow."""
        model = self.model
        rows = [-1.0 * model.joint_ancilla, -1.0 * model.interaction, *flow_observables(model)]
        return [_hermitian(self.joint.dual(matrix) - matrix) for matrix in map(dense, rows)]

    @functools.cached_property
    def memory_changes(self) -> list[Complex]:
        """Observables of the ancilla before it meets the next: the energy that both gain, and their entropy flow."""
        a, found = self.joint.ancilla_dimension, []
        for operator in (self.model.ancilla.hamiltonian, *flows_of_ancilla(self.model)):
            own = dense(operator)
            both = np.kron(np.eye(a), own) + np.kron(own, np.eye(a))
            change = (self.memory.conj().T @ both @ self.memory - both).reshape(a, a, a, a)
            found.append(_hermitian(np.einsum("cd,dxcy->xy", self.joint.thermal, change)))
        return found

    def transfer(self) -> tuple[tuple[Real, Real], tuple[Real, Real]]:
        """Transfer matrices and functionals of the first and of later collisions, on vectors of ancilla (x) system.

        The functionals are heat, work and flows of the collision, then memory work and flows of the memory.
        """
        size = self.model.num_qubits
        basis = np.asarray(pauli_matrices(size))
        collision, passing = (_matrix(move, basis) for move in (self.collided, self.passed_on))
        own = np.stack([functional(change) for change in self.collision_changes])
        eye = np.eye(self.joint.system_dimension, dtype=complex)
        before = np.stack(
            [functional(np.asarray(np.kron(change, eye), dtype=complex)) for change in self.memory_changes]
        )
        first = collision, np.vstack([own, np.zeros_like(before)])
        return first, (collision @ passing, np.vstack([own @ passing, before]))


def memory_of(model: CollisionModel) -> Memory:
    """A model's memory.

    Raises:
        InputError: if it has none.
    """
    if model.memory is None:
        raise InputError(f"{model.name!r} has no memory: give CollisionModel(..., memory=qcoll.Memory(...))")
    return model.memory


def pair_hamiltonian(model: CollisionModel) -> Complex:
    """What two ancillas evolve under when they meet, on ancilla k + 1 (x) ancilla k."""
    memory, size = memory_of(model), model.num_ancilla_qubits
    total = memory.interaction
    if memory.evolves != "none":
        for start in (0, size):
            total = total + embedded(model.ancilla.hamiltonian, range(start, start + size), 2 * size)
    return dense(total.simplify(atol=0))


def evolve_with_memory(dynamics: MemoryDynamics, state: Complex, collisions: np.ndarray) -> tuple[Complex, Real]:
    """States (m + 1, d, d) after chosen collisions, and columns (m, k) of :meth:`MemoryDynamics.transfer`."""
    if dynamics.model.num_qubits > LARGEST_TRANSFER_MATRIX:
        return _stepped(dynamics, state, collisions)
    first, period = dynamics.transfer()
    start = to_pauli_vector(dynamics.first(state))
    vectors, sums = iterate_after_first(first, period, start, collisions)
    return dynamics.joint.trace_ancilla(from_pauli_vector(vectors)), sums


def ledger_with_memory(model: CollisionModel, columns: Real) -> dict[str, Any]:
    """What a trajectory takes of the columns (m, k): heat, work, memory work and entropy flow.

    All that ancillas lose counts in the entropy flow: the heat, and minus the memory work.
    """
    flows = len(flow_observables(model))
    heat, work, memory_work = columns[:, 0], columns[:, 1], columns[:, 2 + flows]
    flow = entropy_flow(columns[:, 2 : 2 + flows] + columns[:, 3 + flows :])
    return {
        "heat": heat,
        "work": work,
        "switching_work": work,
        "memory_work": memory_work,
        "entropy_flow": thermal_flow(model.ancilla, heat - memory_work) if flow is None else flow,
    }


def steady_with_memory(dynamics: MemoryDynamics) -> Complex:
    """The system's state after very many collisions, (d, d).

    Raises:
        InputError: if it is not unique.
    """
    model = dynamics.model
    if not (model.physical.all() and model.ancilla.physical.all()):
        return _steady_within_levels(dynamics, np.flatnonzero(np.kron(model.ancilla.physical, model.physical)))
    _, (matrix, _) = dynamics.transfer()
    return dynamics.joint.trace_ancilla(from_pauli_vector(fixed_point(matrix)))


def _steady_within_levels(dynamics: MemoryDynamics, levels: np.ndarray) -> Complex:
    """The same where only some joint states are levels of the modes: beyond them there is nothing."""
    size, whole = len(levels), dynamics.joint.system_dimension * dynamics.joint.ancilla_dimension
    units = np.zeros((size, size, whole, whole), dtype=complex)
    first, second = np.indices((size, size))
    units[first, second, levels[first], levels[second]] = 1.0
    images = dynamics.collided(dynamics.passed_on(units))[..., levels[:, None], levels]
    matrix = images.reshape(size**2, size**2).T
    equations = np.vstack([matrix - np.eye(size**2), np.eye(size).reshape(1, -1)])
    solved, _, rank, _ = np.linalg.lstsq(equations, np.append(np.zeros(size**2), 1.0), rcond=LEVELS_RESOLUTION)
    if rank < size**2:
        raise InputError(
            f"the steady state of {dynamics.model.name!r} is not unique; evolve from an initial state instead"
        )
    state = np.zeros((whole, whole), dtype=complex)
    state[np.ix_(levels, levels)] = solved.reshape(size, size)
    return _hermitian(dynamics.joint.trace_ancilla(state))


def _stepped(dynamics: MemoryDynamics, state: Complex, collisions: np.ndarray) -> tuple[Complex, Real]:
    own, before = dynamics.collision_changes, dynamics.memory_changes
    a, d = dynamics.joint.ancilla_dimension, dynamics.joint.system_dimension
    states = np.empty((len(collisions), d, d), dtype=complex)
    states[0] = state
    ledger = np.zeros((len(collisions) - 1, len(own) + len(before)))
    joint, index, done = dynamics.first(state), 0, 0
    while index < len(ledger):
        if done:
            ancilla = np.einsum("xiyi->xy", joint.reshape(a, d, a, d))
            ledger[index, len(own) :] += [np.sum(change * ancilla.T).real for change in before]
            joint = dynamics.passed_on(joint)
        ledger[index, : len(own)] += [np.sum(change * joint.T).real for change in own]
        joint = dynamics.collided(joint)
        joint = (joint + joint.conj().T) / (2 * np.trace(joint).real)
        done += 1
        if done == collisions[index + 1]:
            index += 1
            states[index] = dynamics.joint.trace_ancilla(joint)
    return states, ledger


def _matrix(move: Callable[[Complex], Complex], basis: Complex) -> Real:
    """The transfer matrix of a map of joint operators."""
    return np.asarray(to_pauli_vector(move(basis)).T / basis.shape[-1])


def _evolution(hamiltonian: Complex, time: float) -> Complex:
    energies, vectors = np.linalg.eigh(hamiltonian)
    return np.asarray((vectors * np.exp(-1j * time * energies)) @ vectors.conj().T)


def _hermitian(matrix: Complex) -> Complex:
    return np.asarray((matrix + matrix.conj().T) / 2)
