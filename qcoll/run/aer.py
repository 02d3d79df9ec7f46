"""One density-matrix run on Aer that saves the state at every tick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit

from ..circuits.segments import ReadPoint, reads_of, replaced
from ..limits import COMPLEX_BYTES, require_memory
from .instruments import Instruments, with_memory

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel

Complex = NDArray[np.complex128]

#: Up to this size one thread is faster than several (measured from 8 qubits on; smaller ones never use more).
LARGEST_SINGLE_THREADED = 10

#: Instructions after which a state may be mixed.
_MIXING = {"reset", "superop", "set_density_matrix"}


def states_at_ticks(
    circuits: Sequence[QuantumCircuit],
    noise_model: NoiseModel | None = None,
    *,
    traced: Sequence[int] | None = None,
    instruments: Instruments | None = None,
) -> list[dict[ReadPoint, Complex]]:
    """Density matrices at the points of circuits, in one Aer job.

    Args:
        circuits: circuits in gates that Aer runs, with ticks. Measurements with implied flips are averaged over their
            outcomes (:mod:`.instruments`).
        noise_model: Aer's noise model for their qubits.
        traced: save these qubits at every point, after those that are read there.
        instruments: those of the noise model, where several runs share them.

    Returns:
        For every circuit the reduced density matrix on the qubits that are read at each point, in their order.

    Raises:
        InputError: if a density matrix does not fit into memory.
    """
    from qiskit_aer import AerSimulator

    instruments = instruments or Instruments(noise_model)
    circuits = [with_memory(circuit, instruments) for circuit in circuits]
    size = max(circuit.num_qubits for circuit in circuits)
    mixes = any(_MIXING & circuit.count_ops().keys() for circuit in circuits)
    pure = noise_model is None and not mixes
    require_state(size, pure=pure)
    simulator = AerSimulator(
        method="statevector" if pure else "density_matrix",
        noise_model=noise_model,
        max_parallel_threads=1 if size <= LARGEST_SINGLE_THREADED else 0,
    )
    saving = [_with_saves(circuit, tuple(traced or ())) for circuit in circuits]
    result = simulator.run(saving, shots=1).result()
    if not result.success:
        raise RuntimeError(f"Aer failed: {result.status}")
    return [
        {point: _normalised(np.asarray(result.data(index)[point])) for point in reads_of(circuit)}
        for index, circuit in enumerate(circuits)
    ]


def require_state(size: int, *, pure: bool) -> None:
    """Raise unless the state vector or density matrix of ``size`` qubits fits into memory.

    Raises:
        InputError: if it does not.
    """
    require_memory(
        3 * COMPLEX_BYTES * 2 ** (size if pure else 2 * size),
        f"the {'state vector' if pure else 'density matrix'} of {size} qubits",
        "use ancillas='reset', fewer collisions with fresh ancillas, or a smaller model"
        + ("" if pure else ', or in Python pure states, qcoll.simulate with method "trajectories"'),
    )


def _normalised(state: Complex) -> Complex:
    """The state with trace one: Aer drops the smallest Kraus operators, which loses some 1e-9 of it per collision."""
    return np.asarray(state / np.trace(state).real)


def _with_saves(circuit: QuantumCircuit, extra: tuple[int, ...]) -> QuantumCircuit:
    """The circuit with a labelled save in the place of every tick."""

    def save(saving: Any, point: ReadPoint, qubits: tuple[int, ...]) -> None:
        saving.save_density_matrix([*qubits, *extra], label=str(point))

    return replaced(circuit, save)
