r"""Collisions with one eigenstate of the ancilla: the joint state of each in five CX or fewer as a rule, no purifier.

The thermal state is a mixture of eigenstates, :math:`\eta = \sum_k p_k|E_k\rangle\langle E_k|` (Eq. 41). A collision
that draws one of them needs the joint unitary U on that state alone: a circuit :math:`V_k` with

.. math:: V_k\,(|k\rangle\otimes|\psi\rangle) = U\,(|E_k\rangle\otimes|\psi\rangle) \quad\text{for every }|\psi\rangle

and the basis state :math:`|k\rangle`, an isometry of the system's qubit into three. Its joint state is exact for every
k, and so is their mean. Such an isometry has 27 real parameters and a circuit of m CX :math:`4m + 7`, so that five CX
are the lower bound of a generic one (counted as Shende, Markov and Bullock 2004 do for unitaries). Five on a line of
the qubits, in turn on its two edges, hold most isometries, six or seven the others: a few in a hundred. The eigenstates
of the examples often take fewer:

- example 2: none where the pair's parity is even, for nothing happens there. Where it is odd the pair is one qubit,
  whose collision with the system from a known state takes two CX, and one more spreads it over the pair: three, in
  closed form (:mod:`.parity_eigenstate`).
- example 1: four for the states with no and with two excitations, in closed form, and five for the two that share one
  (:mod:`.exchange_eigenstate`).

The other angles are found from random starts (:mod:`.fit`) at a longer collision, or at a stronger interaction, and
carried to the model's (:mod:`.continuation`); the norm of what is left is the certificate. A generic isometry of a
short collision is found most often where the system is in the middle of the line, and from a collision that is hardly
longer: the solutions of five CX are points, and many of them end in folds on the way. Four qubits and more are left to
Qiskit. Where its synthesis fails as well, which is in collisions so weak that their angles are degenerate, the
eigenstate is prepared before the collision that is right for every state (:mod:`.joint`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator

from .continuation import Path, Powers, Stronger, Turned, follow_together
from .dense import Complex, Real, collision_unitary, on_ancilla, thermal_spectrum
from .evolution import Evolution
from .exchange_eigenstate import exchange_of_eigenstate
from .fit import NEWTON_STEPS, descend, fit_isometries, isometry_residual
from .isometry import state_circuit, synthesized_isometry
from .joint import in_one_and_two_qubit_gates, joint_unitary_circuit, unitary_circuit
from .parity_eigenstate import parity_of_eigenstate
from .sampled_channel import basis_circuit, occupied_levels
from .skeleton import Skeleton

#: Norm of the difference between the images of a circuit and those of the collision.
CERTIFICATE = 1e-12
_PRODUCT_TOLERANCE = 1e-13
#: Edges that the CX take in turn, by the number of qubits. It is best for a device if all eigenstates have the first.
_LINES = {2: (((0, 1),),), 3: (((0, 1), (1, 2)), ((0, 2), (1, 2)), ((0, 1), (0, 2)))}
#: CX beyond the fewest of a generic isometry, for those to which few starts or none lead.
_MORE = 2
#: How many random starts have to fail before so few CX count as not enough; how often paths to the model are tried.
_PROBES, _PATHS = 16, 2
#: Largest eigenphase of the longer collision where paths to a generic isometry begin: as near as random starts allow.
_NEAR = 0.5
#: Strengths of the interaction times dt where paths begin to those that random starts do not find, or the least factor.
_STRENGTHS, _LEAST = (1.5, 3.0), 2.0
#: Strength of the interaction times dt below which a collision is weak.
_WEAKLY = 1.0
# Which path is tried with which skeleton. Paths: from the two strengths, from the longer collision, from another
# eigenstate, from a collision that is hardly longer. Skeletons: in the order of the lines, each with either edge first.
_STRUCTURED, _GENERIC = ((2, 0), (2, 0)), ((4, 4), (4, 5)) * 3
_WEAK = ((0, 1), (1, 1), (2, 0), (3, 0), (3, 1), (0, 3), (1, 3))
_OTHERS = ((2, 0), (0, 0), (2, 2), (0, 2), (2, 4), (0, 4))
#: How many skeletons of more CX are tried with each path.
_LONGER = 3
# Random starts: how many, their iterations, how many that arrive are carried; the shortest step on the way.
_STARTS, _ITERATIONS, _ENOUGH, _SHORTEST, _SEED, _CLOSE = 8, 60, 4, 1e-3, 2026, 1e-9


def collisions_of_eigenstates(model: Evolution) -> tuple[Complex, list[tuple[float, int, QuantumCircuit]]]:
    r"""The ancilla's eigenstates, and for each of them that is occupied the collision with it as a circuit.

    .. math:: \mathcal E_{SA}(\rho) = \sum_k p_k\,V_k\,(|k\rangle\langle k|\otimes\rho)\,V_k^\dagger
        = U\,(\eta\otimes\rho)\,U^\dagger

    Args:
        model: any collision model small enough for dense matrices.

    Returns:
        The eigenvectors (d, d) as columns, with phases such that :math:`V_k(|k\rangle\otimes\psi)` is
        :math:`U(|E_k\rangle\otimes\psi)`, and for each occupied one its probability, its column k, and the circuit
        :math:`V_k` on the system's qubits followed by the ancilla's.

    Raises:
        InputError: if the model is too large for dense matrices.

    >>> import qcoll
    >>> from qcoll.synthesis import collisions_of_eigenstates
    >>> for probability, k, circuit in collisions_of_eigenstates(qcoll.example_2())[1]:
    ...     print(k, f"{probability:.2f}", circuit.num_nonlocal_gates())
    0 0.50 0
    1 0.33 3
    2 0.10 3
    3 0.07 0
    """
    populations, vectors = thermal_spectrum(model.ancilla)
    unitary = collision_unitary(model)
    system = model.num_system_qubits
    inputs = on_ancilla(vectors, system).reshape(len(unitary), -1, 2**system)
    levels = occupied_levels(populations)
    circuits: dict[int, QuantumCircuit | None] = {}
    searches: dict[int, _Search] = {}
    for k, _ in levels:
        first, other = inputs[:, k], inputs[:, ~k]
        circuits[k] = _product(unitary @ first, system, k)
        if circuits[k] is None and (system, model.num_ancilla_qubits) == (1, 2):
            circuits[k] = parity_of_eigenstate(unitary @ first, k)
        if circuits[k] is None:
            circuits[k] = exchange_of_eigenstate(model, unitary, vectors[:, k], k)
        if circuits[k] is None and model.num_qubits in _LINES:
            searches[k] = _Search(model, unitary, first, other, k)
            circuits[k] = searches[k].shorter()
    # The eigenstates share the qubits of a device, and should share its edges.
    structured = any(circuits[k] is not None for k in searches)
    drawn = []
    for k, probability in levels:
        target = unitary @ inputs[:, k]
        circuit = circuits[k]
        if circuit is None and k in searches:
            circuit = searches[k].generic(structured)
        if circuit is None:  # one without a gate is false
            circuit = _general(target, system, k)
        if circuit is None:
            circuit = _prepared(model, vectors[:, k], k)
        images = Operator(circuit).data[:, k << system : (k + 1) << system]
        vectors[:, k] *= np.exp(1j * np.angle(np.vdot(target, images)))
        drawn.append((probability, k, circuit))
    return vectors, drawn


def _product(target: Complex, system: int, index: int) -> QuantumCircuit | None:
    """The circuit where nothing is entangled: a unitary of the system and a state of the ancilla, else None."""
    size = 2**system
    left, scales, right = np.linalg.svd(target.reshape(-1, size * size), full_matrices=False)
    if len(scales) > 1 and scales[1] > _PRODUCT_TOLERANCE * scales[0]:
        return None
    num_qubits = len(target).bit_length() - 1
    ancilla = range(system, num_qubits)
    circuit = QuantumCircuit(num_qubits)
    circuit.compose(basis_circuit(len(ancilla), index), ancilla, inplace=True)
    circuit.compose(state_circuit(left[:, 0]), ancilla, inplace=True)
    return circuit.compose(unitary_circuit(right[0].reshape(size, size) * np.sqrt(size)), range(system))


class _Search:
    """The shortest circuit that a search finds for one eigenstate, for up to three qubits.

    Args:
        model: the collision model.
        unitary: of the collision.
        first: the eigenstate with the system in each basis state, as columns.
        other: another eigenstate, likewise.
        index: the basis state that stands for the eigenstate.
    """

    def __init__(self, model: Evolution, unitary: Complex, first: Complex, other: Complex, index: int) -> None:
        system = model.num_system_qubits
        self._num_qubits, self._ancilla = model.num_qubits, range(system, model.num_qubits)
        self._fewest = _generic_count(model.num_qubits, system)
        self._inputs = np.eye(len(unitary), dtype=complex)[:, index << system : (index + 1) << system]
        self._rng, self._seen = np.random.default_rng(_SEED), False  # whether random starts found anything yet
        self._longer = Powers.to(unitary, first)
        stronger = (Stronger.than(model, first, strength, least=_LEAST, most=np.inf) for strength in _STRENGTHS)
        near = Powers.to(unitary, first, largest=_NEAR)
        self._paths: list[Path] = [*stronger, self._longer, Turned(unitary, first, other), near]
        self._weak = model.dt * float(np.linalg.norm(model.interaction.to_matrix(), 2)) < _WEAKLY

    def shorter(self) -> QuantumCircuit | None:
        """A circuit of fewer CX than a generic isometry takes, or None."""
        steps = []
        for count in range(self._fewest - 1, 0, -1):
            skeleton = next(_skeletons(self._num_qubits, count))
            solutions = self._found(self._longer, skeleton, _PROBES, 1)
            if not len(solutions):
                break
            steps.append((skeleton, solutions))
        for skeleton, solutions in reversed(steps):
            for again in range(_PATHS):
                if again:  # a path may fold where another one does not
                    solutions = self._found(self._longer, skeleton)
                if (circuit := self._at_end(self._longer, skeleton, solutions)) is not None:
                    return circuit
        return None

    def generic(self, structured: bool) -> QuantumCircuit | None:
        """A circuit of as many CX as a generic isometry takes, or of a few more, or None.

        Args:
            structured: whether other eigenstates take fewer, on the first line.
        """

        def ways() -> Iterator[tuple[Path, Skeleton]]:
            skeletons = list(_skeletons(self._num_qubits, self._fewest))
            for path, skeleton in _STRUCTURED if structured else _GENERIC:
                yield self._paths[path], skeletons[skeleton % len(skeletons)]
            # The isometry of a weak collision that random starts do not find at all is found where the ancilla's qubits
            # meet first. Others are not: these qubits come in a basis state, so that such a CX has less to do.
            for path, skeleton in _WEAK if self._weak and not self._seen else _OTHERS:
                yield self._paths[path], skeletons[skeleton % len(skeletons)]
            for count in range(self._fewest + 1, self._fewest + _MORE + 1):
                longer = itertools.islice(_skeletons(self._num_qubits, count), _LONGER)
                yield from itertools.product(reversed(self._paths[:4]), longer)

        for path, skeleton in ways():
            if (circuit := self._at_end(path, skeleton, self._found(path, skeleton))) is not None:
                return circuit
        return None

    def _found(self, path: Path, skeleton: Skeleton, number: int = _STARTS, enough: int = _ENOUGH) -> Real:
        """Angles (B, P) at the beginning of a path, from random starts."""
        starts = self._rng.uniform(-np.pi, np.pi, (number, skeleton.num_parameters))
        residual = isometry_residual(skeleton, path(0.0), self._inputs)
        angles, norms = descend(residual, starts, tolerance=_CLOSE, iterations=_ITERATIONS, damping=1.0, enough=enough)
        arrived = norms < _CLOSE
        self._seen = self._seen or bool(arrived.any())
        return angles[arrived]

    def _at_end(self, path: Path, skeleton: Skeleton, angles: Real) -> QuantumCircuit | None:
        """The circuit at the end of a path, if any of the angles (B, P) gets there."""

        def solve(position: float, starts: Real) -> tuple[Real, Real]:
            return fit_isometries(skeleton, path(position), self._inputs, starts, NEWTON_STEPS)

        angles = follow_together(solve, angles, shortest=_SHORTEST)
        if not len(angles):
            return None
        angles, errors = solve(1.0, angles)
        best = int(np.argmin(errors))
        return skeleton.circuit(angles[best], empty=self._ancilla) if errors[best] < CERTIFICATE else None


def _skeletons(num_qubits: int, count: int) -> Iterator[Skeleton]:
    """Skeletons of ``count`` CX, in turn on the edges of a line."""
    for edges in _LINES[num_qubits]:
        for order in (edges, edges[::-1]):
            yield Skeleton(num_qubits, (order * count)[:count])


def _general(target: Complex, system: int, index: int) -> QuantumCircuit | None:
    """Qiskit's synthesis of isometries, or None where it fails or rounds: it does if hardly anything is entangled."""
    num_qubits = len(target).bit_length() - 1
    flips = QuantumCircuit(num_qubits)
    flips.compose(basis_circuit(num_qubits - system, index), range(system, num_qubits), inplace=True)
    return synthesized_isometry(target, flips, index << system)


def _prepared(model: Evolution, state: Complex, index: int) -> QuantumCircuit:
    """The eigenstate prepared, then the collision that is right for every state: more CX, but it always exists."""
    ancilla = range(model.num_system_qubits, model.num_qubits)
    circuit = QuantumCircuit(model.num_qubits)
    circuit.compose(basis_circuit(len(ancilla), index), ancilla, inplace=True)
    circuit.compose(state_circuit(state), ancilla, inplace=True)
    return in_one_and_two_qubit_gates(circuit.compose(joint_unitary_circuit(model)))


def _generic_count(num_qubits: int, system: int) -> int:
    """The fewest CX of a generic isometry of the system's qubits: as many angles as it has parameters."""
    parameters = (2 << (num_qubits + system)) - (1 << 2 * system) - 1
    free = 3 * system + 2 * (num_qubits - system)
    return max(1, -(-(parameters - free) // 4))
