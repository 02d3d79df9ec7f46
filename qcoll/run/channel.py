r"""The channel of one compiled, noisy, scheduled collision, extracted once and iterated.

One run with the system maximally entangled with noiseless reference qubits gives the joint states of system and
ancilla at every tick for all initial states at once (Choi and Jamiołkowski). From them come the transfer matrix of a
period and the ledger as operators on the system. A noisy trajectory of any length is then a matter of matrix powers.

Where collisions are sampled from several circuits, the channel is the mean of theirs: draws are independent, so the
mean state after n collisions is the n-th power of the mean channel.

It agrees with the direct run to rounding whenever a period forgets everything but the system's state: all noise of
gates, delays and resets does, because the ancilla is reset. With a measured correction it is not: noise may leave it in
\|1>, and the maps are then those of system and ancilla together. It cannot be used where collisions differ from each
other: fresh or alternating ancillas on a device, whose qubits differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import DensityMatrix, SparsePauliOp, SuperOp

from ..circuits.segments import PREPARED, TICK, ReadPoint, after
from ..circuits.steps import steps
from ..device.lightcone import economical
from ..device.mapped import MappedCollisions
from ..errors import InputError
from ..model.collision import require_fresh
from ..model.cycle import Cycle
from ..trajectory.iterate import Record, fixed_point, iterate_after_first, recorded_collisions, spectral_gap
from ..trajectory.pauli import (
    Real,
    from_pauli_vector,
    functional,
    to_pauli_vector,
    to_superop,
    trace_preserving,
    transfer_matrix,
)
from .aer import require_state, states_at_ticks
from .cycle_ledger import cycle_columns, image_means
from .mean import on_register, system_part
from .system_ledger import ledger_observables, system_ledger

Complex = NDArray[np.complex128]

#: What a map may take out of the levels of a system's modes and still be taken for one that keeps to them.
LEVELS_TOLERANCE = 1e-11


@dataclass(frozen=True, eq=False)
class CollisionMap:
    """One compiled collision as a linear map of the system's state, with its ledger.

    Args:
        matrix: Pauli transfer matrix from tick to tick, (D, D).
        ledger: row vectors of heat, work and switching work of the collision, (3, D), or of the columns of a cycle's
            ledger (:func:`qcoll.trajectory.strokes.columns_of`).
    """

    matrix: Real
    ledger: Real


@dataclass(frozen=True, eq=False)
class CircuitChannel:
    """The maps of the first and of every later collision of a compiled circuit.

    The first differs with noise: no reset comes before it.

    Args:
        first: the first collision.
        period: every later one.
        carried: ancilla qubits that the maps act on beside the system, and that start in |0>: those of a measured
            correction with noise.
        physical: which computational states of the system are levels of its modes, where not all of them are.
    """

    first: CollisionMap
    period: CollisionMap
    carried: int = 0
    physical: NDArray[np.bool_] | None = None

    @property
    def superop(self) -> SuperOp:
        """The channel of one period, from tick to tick, on carried ancilla (x) system."""
        return to_superop(self.period.matrix)

    @property
    def spectral_gap(self) -> float:
        """One minus the second-largest modulus of the period's eigenvalues."""
        return spectral_gap(self.period.matrix)

    def steady_state(self) -> DensityMatrix:
        """The state at the ticks after very many collisions.

        Raises:
            InputError: if it is not unique.
        """
        if self.physical is not None and (within := self._within_levels()) is not None:
            return within
        return DensityMatrix(self._system(from_pauli_vector(fixed_point(self.period.matrix))))

    def iterate(self, initial: Complex, n: int, record: Record = 1) -> tuple[NDArray[np.int64], Complex, Real]:
        """States and ledger of ``n`` collisions.

        Args:
            initial: density matrix at tick 0, (d, d).
            n: number of collisions.
            record: as for :func:`qcoll.evolve`.

        Returns:
            The recorded collisions (m + 1,), the states (m + 1, d, d), and the ledger (m, 3), or (m, k) of a cycle.
        """
        chosen = recorded_collisions(n, record)
        start = to_pauli_vector(on_register(initial, range(len(initial).bit_length() - 1), self._size))
        first, period = ((one.matrix, one.ledger) for one in (self.first, self.period))
        vectors, sums = iterate_after_first(first, period, start, chosen)
        return chosen, self._system(from_pauli_vector(vectors)), sums

    def _within_levels(self) -> DensityMatrix | None:
        """The steady state on the levels of the system's modes, where the map does not lead out of them."""
        assert self.physical is not None
        d, levels = len(self.physical), np.flatnonzero(self.physical)
        chosen = (levels[:, None] + d * levels).ravel()  # entries of column-stacked states
        own = self.superop.data[np.ix_(chosen, chosen)]
        trace = (levels[:, None] == levels).ravel().astype(float)
        if self.carried or np.abs(trace @ own - trace).max() > LEVELS_TOLERANCE:
            return None
        equations = np.vstack([own - np.eye(len(own)), trace])
        wanted = np.append(np.zeros(len(own)), 1.0)
        solved, _, rank, _ = np.linalg.lstsq(equations, wanted, rcond=LEVELS_TOLERANCE)
        if rank < len(own):
            raise InputError("the steady state is not unique on the levels of the system: evolve from an initial state")
        state = np.zeros(d * d, dtype=complex)
        state[chosen] = solved
        return DensityMatrix(state.reshape(d, d, order="F"))

    @property
    def _size(self) -> int:
        """Qubits that the maps act on."""
        return (len(self.period.matrix).bit_length() - 1) // 2

    def _system(self, states: Complex) -> Complex:
        return system_part(states, 2 ** (self._size - self.carried))


def extract_channel(mapped: MappedCollisions, noise_model: Any = None) -> CircuitChannel:
    """The channel of a mapped circuit's collision, noisy if there is a noise model.

    Raises:
        InputError: for alternating and fresh ancillas, and such as meet each other, where no collision stands alone.
    """
    if mapped.compiled.memory is not None:
        require_fresh(mapped.compiled.memory.model)
    if not mapped.branches or mapped.system_at_tick is None:
        raise InputError(
            f"with {mapped.compiled.ancillas} ancillas the next one is prepared on other qubits meanwhile, so no one "
            'channel can be iterated: compile with ancillas="reset"'
        )
    model = mapped.compiled.model
    physical = None if model.physical.all() else model.physical
    firsts, periods = zip(*((branch.first, branch.period) for branch in mapped.branches), strict=True)
    if noise_model is None:  # then the way home and the reset change nothing, and flips leave the ancilla in |0>
        only = _mean_map(mapped, firsts, mapped.system, None)
        return CircuitChannel(only, only, physical=physical)
    first = _mean_map(mapped, firsts, (*mapped.system, *mapped.carried), noise_model)
    period = _mean_map(mapped, periods, (*mapped.system_at_tick, *mapped.carried_at_tick), noise_model)
    return CircuitChannel(first, period, len(mapped.carried), physical)


def whole_channel(mapped: MappedCollisions, noise_model: Any = None) -> SuperOp:
    """The map of all collisions together on the system, from tick 0 to the last, from one run.

    For alternating ancillas, of which one is prepared while the other collides, so that no period stands alone, and
    for fresh ones. Without noise it takes the qubits of about one collision (:mod:`qcoll.device.lightcone`).

    Args:
        mapped: a whole sequence whose initial state is all zeros, which takes no gates.
        noise_model: Aer's, or ``None``.

    Raises:
        InputError: for another initial state, sampled collisions, or if the density matrix does not fit into memory.
    """
    compiled = mapped.compiled
    if mapped.turns is not None:
        raise InputError("these collisions are sampled, and a whole sequence is one sample: simulate their mean")
    if compiled.initial.circuit.data:
        raise InputError('the channel of a whole sequence starts from tick 0: compile with initial="00...0"')
    sequence, system = mapped.implicit_sequence(), mapped.system
    if noise_model is None:
        sequence = economical(sequence, system, len(system))
        system = tuple(range(len(system)))
    circuit, references = entangled(sequence, system, noise_model)
    saved = states_at_ticks([circuit], noise_model, traced=references)[0][after(compiled.n)]
    d = 2**compiled.model.num_system_qubits
    return SuperOp(_superop_of_images(images_of(saved, d), d))


def joint_output(mapped: MappedCollisions) -> SuperOp:
    """The map without noise from the system's state to that of system and ancilla after one collision.

    Args:
        mapped: a collision that is no draw and keeps the joint state.
    """
    first = mapped.first
    assert first is not None
    circuit, references = entangled(first, mapped.system, None)
    d = 2 ** len(references)
    images = images_of(states_at_ticks([circuit], traced=references)[0][after(1)], d)
    joint = images.shape[-1]
    # column-stacked, for all k, l
    return SuperOp(images.transpose(3, 2, 1, 0).reshape(joint**2, d**2), (d,), (joint,))


def _mean_map(
    mapped: MappedCollisions, pieces: Sequence[QuantumCircuit], system: tuple[int, ...], noise_model: Any
) -> CollisionMap:
    """The mean of the maps of all branches, on the system and what it carries along."""
    maps = []
    for piece in pieces:
        circuit, references = entangled(piece, system, noise_model)
        saved = states_at_ticks([circuit], noise_model, traced=references)[0]
        maps.append(_collision_map(mapped, saved, 2 ** len(system)))
    weights = [branch.probability for branch in mapped.branches]
    return CollisionMap(
        trace_preserving(np.asarray(sum(p * one.matrix for p, one in zip(weights, maps, strict=True)))),
        np.asarray(sum(p * one.ledger for p, one in zip(weights, maps, strict=True))),
    )


def entangled(
    piece: QuantumCircuit, system: tuple[int, ...], noise_model: Any
) -> tuple[QuantumCircuit, tuple[int, ...]]:
    """The piece on a system that is maximally entangled with qubits that it leaves alone."""
    from qiskit_aer.library import SetDensityMatrix, SetStatevector

    busy = set(system).union(*(step.qubits for step in steps(piece, without={"delay"})))  # what is read, too
    idle = [index for index in range(piece.num_qubits) if index not in busy]
    missing = max(0, len(system) - len(idle))
    size = piece.num_qubits + missing
    references = tuple([*idle, *range(piece.num_qubits, size)][: len(system)])
    circuit = QuantumCircuit(size, piece.num_clbits)
    mixed = noise_model is not None or piece.num_clbits > 0 or "reset" in piece.count_ops()
    require_state(size, pure=not mixed)
    vector = np.zeros(2**size, dtype=complex)
    for value in range(2 ** len(system)):
        bits = (value >> position & 1 for position in range(len(system)))
        index = sum(bit << own | bit << other for bit, own, other in zip(bits, system, references, strict=True))
        vector[index] = 2 ** (-len(system) / 2)
    circuit.append(SetDensityMatrix(np.outer(vector, vector)) if mixed else SetStatevector(vector), circuit.qubits)
    for operation, qubits, clbits in steps(piece):
        if operation.name == "delay" and qubits[0] in references:
            continue  # the reference qubit is virtual and has no noise
        circuit.append(operation, qubits, clbits, copy=False)
    return circuit, references


def _collision_map(mapped: MappedCollisions, saved: dict[ReadPoint, Complex], d: int) -> CollisionMap:
    """The transfer matrix (d**2, d**2) and ledger from the states of system, ancilla and reference at the ticks."""
    compiled, model = mapped.compiled, mapped.compiled.model
    images = {point.kind: images_of(state, d) for point, state in saved.items()}
    matrix = trace_preserving(transfer_matrix(SuperOp(_superop_of_images(images[TICK], d))))
    if isinstance(model, Cycle):
        assert compiled.cycle is not None
        return CollisionMap(matrix, cycle_columns(compiled.cycle, image_means(images, d)))
    if compiled.keeps == "system":
        own = system_ledger(model)
        # the system's Pauli strings come first, with nothing on what is carried
        return CollisionMap(matrix, np.pad(own, ((0, 0), (0, d * d - own.shape[1]))))

    def row(observable: SparsePauliOp) -> Real:
        """Tr[O after] - Tr[O before] for all |k><l|, as a functional of the state."""
        first, last = (operator.to_matrix() for operator in (compiled.pieces.before(observable), observable))
        means = np.einsum("ij,klji->kl", last, images[TICK]) - np.einsum("ij,klji->kl", first, images[PREPARED])
        operator = means.T
        return functional((operator + operator.conj().T) / 2)

    return CollisionMap(matrix, np.stack([row(observable) for observable in ledger_observables(model)]))


def _superop_of_images(images: Complex, d: int) -> Complex:
    """The system's superoperator from the joint operators E(|k><l|)."""
    others = images.shape[-1] // d
    reduced = np.einsum("klaiaj->klij", images.reshape(d, d, others, d, others, d))
    # column-stacked, for all k, l
    return np.asarray(reduced.transpose(3, 2, 1, 0).reshape(d * d, d * d))


def images_of(choi: Complex, dimension: int) -> Complex:
    """The operators E(|k><l|) (d, d, D, D) from a Choi state on reference (x) joint."""
    joint = len(choi) // dimension
    return np.asarray(dimension * choi.reshape(dimension, joint, dimension, joint).transpose(0, 2, 1, 3))
