r"""Thermal states by purification: circuits for :math:`\sum_j \sqrt{p_j}\,|E_j\rangle|j\rangle` with few CX.

The ancilla's part of this state is :math:`e^{-\beta H}/Z`; the purifier is never touched again. The circuit is the
Schmidt form read from right to left: weights :math:`\sqrt{p_j}` on the ancilla, a copy of j to the purifier by one CX
each, and the eigenbasis. Three kinds of freedom make it short:

* The ancilla's connected parts are prepared one by one.
* A free-fermionic part (:mod:`qcoll.synthesis.gaussian`) is a product of modes, one RY and one CX each, followed by
  m(m-1)/2 matchgates of two CX: 4 CX for an exchange-coupled pair, 9 for three sites, 16 for four.
* Otherwise which eigenvector is called j, and its phase, are free. Two qubits then take at most 5 CX.

Weights that vanish need no purifier: a state of rank r takes ceil(log2 r) purifier qubits, a free-fermionic one as many
as it has mixed modes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit.library import StatePreparation
from qiskit.quantum_info import SparsePauliOp, Statevector
from scipy.optimize import linear_sum_assignment

from ..circuits.steps import steps
from ..circuits.transpiling import in_gates
from ..errors import InputError
from ..model.collision import Ancilla
from ..model.modes import Modes
from ..synthesis.dense import thermal_levels, thermal_populations
from ..synthesis.gaussian import QuadraticHamiltonian, append_axes, occupations, quadratic_form
from ..synthesis.generic import three_qubit_circuit
from ..synthesis.isometry import isometry_circuit, state_circuit
from ..synthesis.joint import unitary_circuit
from ..synthesis.matchgates import gaussian_circuit
from ..synthesis.two_qubit import append_one_qubit, circuit_up_to_diagonal

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]

Preparation = Literal["purified", "state_preparation"]

#: Weights below this are rounding and count as zero.
WEIGHT_TOLERANCE = 1e-15
#: Largest entry by which Qiskit's state preparation may differ from the state.
LARGEST_ERROR = 1e-12

#: Free-fermionic parts of at most this many qubits are also prepared by their spectrum, to take the shorter circuit,
#: where modes are empty or full or all of the Hamiltonian commutes: elsewhere four CX and nine are the fewest.
LARGEST_COMPARISON = 3


#: Connected parts of more qubits that are no free fermions have no thermal state here: 30,000 CX for eight.
LARGEST_SPECTRUM = 8


@dataclass(frozen=True, eq=False)
class Purification:
    """A circuit from |0...0> to a purified state.

    Args:
        circuit: acts on the ``num_qubits`` of the state, followed by the purifier's.
        num_qubits: size of the state.
        num_purifiers: size of the purifier.
    """

    circuit: QuantumCircuit
    num_qubits: int
    num_purifiers: int


def thermal_purification(ancilla: Ancilla, preparation: Preparation = "purified") -> Purification:
    r"""The purified thermal state of an ancilla, or the given one, exact for every Hamiltonian and temperature.

    Args:
        ancilla: Hamiltonian and inverse temperature.
        preparation: ``"purified"`` for the Schmidt form; ``"state_preparation"`` for Qiskit's generic
            ``StatePreparation`` of the same state, which is longer and there to compare with.

    Raises:
        InputError: for an unknown preparation.

    >>> import qcoll
    >>> from qcoll.compile import thermal_purification
    >>> pair = thermal_purification(qcoll.example_2().ancilla)
    >>> pair.num_purifiers, pair.circuit.num_nonlocal_gates()
    (2, 3)

    Two copies and one exchange gate of two CX: 4 CX.
    """
    if preparation not in get_args(Preparation):
        known = ", ".join(map(repr, get_args(Preparation)))
        raise InputError(f"preparation is {preparation!r}, but must be one of {known}")
    if ancilla.beta is None:
        parts = [(tuple(range(ancilla.num_qubits)), state_purification(ancilla.state.to_matrix()))]
    else:
        connected = connected_parts(ancilla.hamiltonian, _cut_off(ancilla.modes))
        scale = _largest_energy(ancilla.hamiltonian, [part for _, part in connected])
        parts = [
            (qubits, _thermal_part(part, ancilla.beta, scale, _levels(ancilla.modes, qubits)))
            for qubits, part in connected
        ]
    purified = _side_by_side(ancilla.num_qubits, parts)
    return purified if preparation == "purified" else _generic(purified)


def state_purification(state: Complex) -> Purification:
    """The purification of a density matrix (d, d), with the fewest purifier qubits."""
    weights, vectors = np.linalg.eigh(state)
    return purification(np.clip(weights[::-1], 0.0, None), vectors[:, ::-1])


def purification(weights: Real, vectors: Complex) -> Purification:
    """The Schmidt-form circuit of a state with given eigenvalues (d,) and eigenvectors (d, d) as columns."""
    size = len(weights).bit_length() - 1
    order = np.argsort(-weights, kind="stable")
    weights, vectors = weights[order], vectors[:, order]
    rank = int(np.sum(weights > WEIGHT_TOLERANCE))
    purifiers = (rank - 1).bit_length()
    if rank == len(weights):  # nothing depends on the order, so take the one closest to the computational basis
        order = linear_sum_assignment(-(np.abs(vectors) ** 2))[1]
        weights, vectors = weights[order], vectors[:, order]
    if rank == len(weights) and np.ptp(weights) < WEIGHT_TOLERANCE:
        vectors = np.eye(len(weights), dtype=complex)  # maximally mixed: every basis is an eigenbasis
    if size == 2 and purifiers == 2:
        return _two_qubits(weights, vectors)
    circuit = QuantumCircuit(size + purifiers)
    _append_weights(circuit, weights[: 2**purifiers])
    for qubit in range(purifiers):
        circuit.cx(qubit, size + qubit)
    circuit.compose(_eigenbasis(vectors, purifiers), range(size), inplace=True)
    return Purification(circuit, size, purifiers)


def connected_parts(
    hamiltonian: SparsePauliOp, whole: Sequence[tuple[int, ...]] = ()
) -> list[tuple[tuple[int, ...], SparsePauliOp]]:
    """Groups of qubits that interact, each with its own Hamiltonian; together they are the whole up to a constant.

    Args:
        hamiltonian: of all qubits.
        whole: qubits that stay together even if they do not interact.
    """
    group = list(range(hamiltonian.num_qubits))
    supports = [tuple(map(int, np.flatnonzero(pauli.x | pauli.z))) for pauli in hamiltonian.paulis]
    for support in (*supports, *whole):
        for qubit in support[1:]:
            old, new = group[qubit], group[support[0]]
            group = [new if label == old else label for label in group]
    parts = []
    for label in dict.fromkeys(group):
        qubits = tuple(qubit for qubit, own in enumerate(group) if own == label)
        chosen = [index for index, support in enumerate(supports) if support and group[support[0]] == label]
        terms = [
            (hamiltonian.paulis[index][list(qubits)].to_label(), hamiltonian.coeffs[index].real) for index in chosen
        ]
        parts.append((qubits, SparsePauliOp.from_list(terms or [("I" * len(qubits), 0.0)])))
    return parts


def _largest_energy(hamiltonian: SparsePauliOp, parts: list[SparsePauliOp]) -> float:
    """The largest level of a Hamiltonian, its sign aside, from those of its parts: what is degenerate depends on it."""
    constant = ~np.any(hamiltonian.paulis.x | hamiltonian.paulis.z, axis=1)
    ends = np.full(2, hamiltonian.coeffs[constant].real.sum())
    for part in parts:
        quadratic = quadratic_form(part, turned=True)
        if quadratic is None:
            _require_spectrum(part)
            ends += np.linalg.eigvalsh(part.to_matrix())[[0, -1]]
        else:
            ends += np.array([-0.5, 0.5]) * np.abs(quadratic.modes()[0]).sum()
    return float(np.abs(ends).max())


def _cut_off(modes: Modes | None) -> list[tuple[int, ...]]:
    """The qubits of each mode that has fewer levels than its qubits have states."""
    return [] if modes is None else [modes.qubits(name) for name in modes.cut_off]


def _levels(modes: Modes | None, qubits: tuple[int, ...]) -> NDArray[np.bool_] | None:
    """Which computational states of some qubits are levels, (2**k,); ``None`` where all of them are."""
    if modes is None or not any(set(modes.qubits(name)) <= set(qubits) for name in modes.cut_off):
        return None
    return modes.physical_mask(qubits)


def _thermal_part(
    hamiltonian: SparsePauliOp, beta: float, scale: float, levels: NDArray[np.bool_] | None
) -> Purification:
    """The thermal state of one connected part, as free fermions or by its spectrum, whichever takes fewer CX."""
    size = int(hamiltonian.num_qubits)
    if levels is not None:
        _require_spectrum(hamiltonian)
        return purification(*thermal_levels(hamiltonian.to_matrix(), beta, levels, scale))
    quadratic = quadratic_form(hamiltonian, turned=True) if size > 1 and beta != 0 else None
    if quadratic is not None:
        gaussian = _free_fermions(quadratic, beta, scale)
        commuting = bool(np.all([hamiltonian.paulis.commutes(pauli) for pauli in hamiltonian.paulis]))
        if size > LARGEST_COMPARISON or (gaussian.num_purifiers == size and not commuting):
            return gaussian
        return min(gaussian, _by_spectrum(hamiltonian, beta, scale), key=lambda candidate: cx_count(candidate.circuit))
    return _by_spectrum(hamiltonian, beta, scale)


def cx_count(circuit: QuantumCircuit) -> int:
    """Number of CX, counting an exchange gate as two."""
    return sum(2 if step.operation.name == "xx_plus_yy" else 1 for step in steps(circuit) if len(step.qubits) == 2)


def _by_spectrum(hamiltonian: SparsePauliOp, beta: float, scale: float) -> Purification:
    _require_spectrum(hamiltonian)
    energies, vectors = np.linalg.eigh(hamiltonian.to_matrix())
    return purification(thermal_populations(energies, beta, scale), vectors)


def _require_spectrum(hamiltonian: SparsePauliOp) -> None:
    """Refuse a connected part whose eigenvectors would take hours to synthesise."""
    if hamiltonian.num_qubits > LARGEST_SPECTRUM:
        raise InputError(
            f"the thermal state of {hamiltonian.num_qubits} qubits that interact and are no free fermions takes its "
            f"spectrum, of at most {LARGEST_SPECTRUM} connected qubits: use a smaller ancilla, or as the initial state "
            "of a long system a label such as '000'"
        )


def _free_fermions(hamiltonian: QuadraticHamiltonian, beta: float, scale: float) -> Purification:
    energies, rotation = hamiltonian.modes()
    filled = occupations(energies, beta, scale)
    size = len(energies)
    mixed = [j for j in range(size) if WEIGHT_TOLERANCE < filled[j] < 1 - WEIGHT_TOLERANCE]
    circuit = QuantumCircuit(size + len(mixed))
    for j in range(size):
        if j in mixed:
            circuit.ry(2 * math.asin(math.sqrt(filled[j])), hamiltonian.order[j])
            circuit.cx(hamiltonian.order[j], size + mixed.index(j))
        elif filled[j] > 0.5:
            circuit.x(hamiltonian.order[j])
    circuit.compose(gaussian_circuit(rotation)[0], hamiltonian.order, inplace=True)
    append_axes(circuit, hamiltonian.axes)
    return Purification(circuit, size, len(mixed))


def _two_qubits(weights: Real, vectors: Complex) -> Purification:
    """Two qubits of rank three or four, with the labelling of the eigenvectors that costs least."""
    best: QuantumCircuit | None = None
    for labels in itertools.permutations(range(4)):
        chosen = list(labels)
        circuit = QuantumCircuit(4)
        _append_weights(circuit, weights[chosen])
        circuit.cx([0, 1], [2, 3])
        circuit.compose(circuit_up_to_diagonal(vectors[:, chosen]), [0, 1], inplace=True)
        if best is None or circuit.num_nonlocal_gates() < best.num_nonlocal_gates():
            best = circuit
    assert best is not None
    return Purification(best, 2, 2)


def _append_weights(circuit: QuantumCircuit, weights: Real) -> None:
    """Append the preparation of sum_j sqrt(p_j) |j> on the first qubits."""
    size = len(weights).bit_length() - 1
    if size == 0:
        return
    if size == 1:
        circuit.ry(2 * math.atan2(math.sqrt(weights[1]), math.sqrt(weights[0])), 0)
        return
    amplitudes = np.sqrt(weights / weights.sum())
    circuit.compose(state_circuit(amplitudes), range(size), inplace=True)


def _eigenbasis(vectors: Complex, purifiers: int) -> QuantumCircuit:
    """Map |j> on the first ``purifiers`` qubits, the others in |0>, to the eigenvector j."""
    size = len(vectors).bit_length() - 1
    circuit = QuantumCircuit(size)
    if np.allclose(vectors, np.eye(len(vectors)), rtol=0, atol=1e-15):
        return circuit
    if size == 1:
        append_one_qubit(circuit, vectors, 0)
    elif size == 2 and purifiers == 1:
        circuit.compose(circuit_up_to_diagonal(vectors), inplace=True)
    elif purifiers == size:
        circuit.compose(_eigenvectors(vectors), inplace=True)
    else:
        circuit.compose(isometry_circuit(vectors[:, : 2**purifiers]), inplace=True)
    return circuit


def _eigenvectors(vectors: Complex) -> QuantumCircuit:
    """A circuit that makes each of the eigenvectors, whose phases are free."""
    if len(vectors) == 8 and (short := three_qubit_circuit(vectors, levels=len(vectors))) is not None:
        return short
    return unitary_circuit(vectors)


def _side_by_side(size: int, parts: list[tuple[tuple[int, ...], Purification]]) -> Purification:
    """Purifications of groups of qubits as one, their purifiers one after the other."""
    total = sum(part.num_purifiers for _, part in parts)
    circuit = QuantumCircuit(size + total)
    position = size
    for qubits, part in parts:
        own = range(position, position + part.num_purifiers)
        circuit.compose(part.circuit, [*qubits, *own], inplace=True)
        position += part.num_purifiers
    return Purification(circuit, size, total)


def _generic(purified: Purification) -> Purification:
    """The same purified state by Qiskit's generic state preparation, or the own one where Qiskit's loses digits."""
    vector = Statevector(purified.circuit).data
    circuit = QuantumCircuit(purified.circuit.num_qubits)
    circuit.append(StatePreparation(vector), circuit.qubits)
    circuit = in_gates(circuit, ["cx", "u"], 0)
    made = Statevector(circuit).data
    if np.abs(made - vector * np.exp(1j * np.angle(np.vdot(vector, made)))).max() > LARGEST_ERROR:
        circuit = state_circuit(vector)
    return Purification(circuit, purified.num_qubits, purified.num_purifiers)
