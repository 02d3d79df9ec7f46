r"""Whether a transpiled circuit still is the circuit that was written.

Qiskit's transpiler synthesises neighbouring two-qubit gates again (optimization levels 2 and 3) and takes those within
an infidelity of :math:`10^{-9}` of a simpler class for that class: an error of up to :math:`3\cdot10^{-5}`, which is
the whole of a short collision. What it made is compared with what was written, on a random state of the qubits that
matter; where the two differ the circuit is transpiled at level 1, which leaves two-qubit gates as they are. A generic
unitary is synthesised, and may be rounded, at every level: where level 1 is no closer, its longer circuit is not taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import DensityMatrix, Statevector, partial_trace, random_statevector

from ..circuits.steps import IDLE, active_qubits, leaving_out, on_qubits, steps
from .bodies import ends

#: The highest optimization level that leaves two-qubit gates as they are.
UNROUNDED_LEVEL = 1
#: Norm of the difference of two states that counts as rounding: some thousand gates stay below.
TOLERANCE = 1e-11
#: Where level 1 rounds too, it is taken if it is closer by this factor.
CLOSER = 10
#: Largest circuits that are compared, in qubits.
LARGEST = 12
#: With resets, where density matrices are compared.
LARGEST_WITH_RESETS = 6
_SEED = 11
_UNCOMPARED = IDLE | {"measure"}


def verified_transpile(
    circuit: QuantumCircuit, transpiled: Callable[[int], QuantumCircuit], level: int, carried: int
) -> tuple[QuantumCircuit, int]:
    """The circuit transpiled at an optimization level, or at level 1 where only that level keeps what it does.

    Args:
        circuit: gates and measurements.
        transpiled: transpiles the circuit at a level.
        level: the optimization level asked for.
        carried: how many qubits, the first ones, may be in any state at the beginning; the others are in |0>.

    Returns:
        The circuit, and the level that it is from.

    Circuits on more than 12 qubits, or with resets on more than 6, are not compared.
    """
    mapped = transpiled(level)
    if level <= UNROUNDED_LEVEL or (off := difference(circuit, mapped, carried)) < TOLERANCE:
        return mapped, level
    plain = transpiled(UNROUNDED_LEVEL)
    if difference(circuit, plain, carried) < max(TOLERANCE, off / CLOSER):
        return plain, UNROUNDED_LEVEL
    return mapped, level


def difference(circuit: QuantumCircuit, mapped: QuantumCircuit, carried: int) -> float:
    """Norm of the difference, up to a phase, of the states that two circuits make of a random one; 0 if too large.

    >>> from qiskit import QuantumCircuit, transpile
    >>> from qcoll.device.verification import difference
    >>> circuit = QuantumCircuit(2)
    >>> circuit.rxx(1e-5, 0, 1)  # doctest: +ELLIPSIS
    <qiskit...>
    >>> bool(difference(circuit, transpile(circuit, basis_gates=["u", "cz"], optimization_level=3), 2) > 1e-6)
    True
    """
    size = circuit.num_qubits
    start, end = ends(mapped, size)
    used = sorted(active_qubits(mapped).union(start, end))
    names = circuit.count_ops().keys() | mapped.count_ops().keys()
    if len(used) > (LARGEST_WITH_RESETS if "reset" in names else LARGEST):
        return 0.0
    state = random_statevector(2**carried, seed=_SEED).data if carried else np.ones(1, dtype=complex)
    place = {qubit: index for index, qubit in enumerate(used)}
    if "reset" in names:
        if not carried:
            return 0.0
        plain = {qubit: qubit for qubit in range(size)}
        kept = range(carried)
        before = _density_after(circuit, state, start=range(size), end=kept, place=plain)
        after = _density_after(mapped, state, start=start, end=[end[qubit] for qubit in kept], place=place)
        return float(np.linalg.norm(after - before))
    written = _after(circuit, state, start=range(size), end=range(size), place={q: q for q in range(size)})
    made = _after(mapped, state, start=start, end=end, place=place)
    overlap = np.vdot(made, written)
    phase = overlap / abs(overlap) if abs(overlap) > 0 else 1.0
    # Qubits of the mapped circuit that hold nothing at the end are in |0>, or the norm falls short.
    return float(np.linalg.norm(phase * made - written))


def _density_after(
    circuit: QuantumCircuit,
    state: NDArray[np.complex128],
    *,
    start: Sequence[int],
    end: Sequence[int],
    place: dict[int, int],
) -> NDArray[np.complex128]:
    """The density matrix of the qubits ``end`` of a circuit with resets; the first of ``start`` begin in a state."""
    qubits = [place[qubit] for qubit in start[: len(state).bit_length() - 1]]
    density = DensityMatrix.from_label("0" * len(place)).data.copy()
    index = np.arange(len(state))
    where = sum((((index >> bit) & 1) << qubit for bit, qubit in enumerate(qubits)), start=0 * index)
    density[0, 0] = 0.0
    density[np.ix_(where, where)] = np.outer(state, state.conj())
    evolved = DensityMatrix(density)
    for step in steps(circuit, without=_UNCOMPARED):
        evolved = evolved.evolve(step.operation, [place[qubit] for qubit in step.qubits])
    kept = [place[qubit] for qubit in end]
    reduced = partial_trace(evolved, [qubit for qubit in range(len(place)) if qubit not in kept]).data
    index = np.arange(len(reduced))  # from the order of the register to that of the end
    order = sum((((index >> bit) & 1) << sorted(kept).index(qubit) for bit, qubit in enumerate(kept)), start=0 * index)
    return np.asarray(reduced[np.ix_(order, order)])


def _after(
    circuit: QuantumCircuit,
    state: NDArray[np.complex128],
    *,
    start: Sequence[int],
    end: Sequence[int],
    place: dict[int, int],
) -> NDArray[np.complex128]:
    """The state of the qubits ``end`` with all others in |0>, when the first of ``start`` begin in ``state``."""
    gates = on_qubits(leaving_out(circuit, _UNCOMPARED), place, len(place))
    count = len(state).bit_length() - 1
    data = np.zeros(2 ** len(place), dtype=complex)
    index = np.arange(len(state))
    data[sum((((index >> bit) & 1) << place[start[bit]] for bit in range(count)), start=0 * index)] = state
    final = Statevector(data).evolve(gates).data
    index = np.arange(2 ** len(end))
    return np.asarray(final[sum(((index >> bit) & 1) << place[qubit] for bit, qubit in enumerate(end))])
