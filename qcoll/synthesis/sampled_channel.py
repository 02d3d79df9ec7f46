r"""Level ``sampled``: the same channel as a mixture of cheap circuits, with at most one ancilla qubit.

A one-qubit channel is :math:`\mathcal E = \sum_i p_i\,\mathcal U_i + (1-q)\,\mathcal F`: a mixture of one-qubit
unitaries of total weight :math:`q`, which cost no two-qubit gate (:mod:`.unital`), and a rest that is the mean of at
most two extremal channels, two CX each (:mod:`.extremal`). The mean number of CX is :math:`2(1-q)`, the smallest that
circuits with one fresh ancilla, no measurement and at most two CX can have: with one CX such a circuit only dephases,
which is a mixture of unitaries already. With the ancilla measured, the system corrected by the outcome and the ancilla
flipped back, the mean is :math:`1-q`.

Sampling the ancilla's eigenstates instead keeps the joint state: :math:`\eta = \sum_k p_k |E_k\rangle\langle E_k|`
needs no purifier, only a circuit that prepares :math:`|E_k\rangle` with probability :math:`p_k`.
"""

from __future__ import annotations

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info.operators.channel.quantum_channel import QuantumChannel

from ..errors import InputError
from .dense import Complex, Real, canonical_kraus, kraus_operators, thermal_spectrum
from .evolution import Environment, Evolution
from .extremal import Correction, extremal_circuit, mean_of_two
from .isometry import state_circuit
from .skeleton import append_matrix
from .unital import RELATIVE_GAP, SMALLEST_REST, unital_part

#: Branches of smaller probability are dropped: that changes a channel by less than rounding does.
PROBABILITY_CUTOFF = 1e-15
#: A rest of smaller weight is dropped, with its CX and its ancilla: the largest weight q is not known any better.
REST_CUTOFF = RELATIVE_GAP * SMALLEST_REST
#: Weight of further Kraus operators, relative to all, below which the rest of the channel is extremal.
EXTREMAL_TOLERANCE = 1e-12


def sampled_circuits(
    model: Evolution | QuantumChannel, correction: Correction = "coherent"
) -> list[tuple[float, QuantumCircuit]]:
    r"""The system's channel as circuits to draw with their probabilities, exact in the mean.

    .. math:: \mathcal E(\rho) = \sum_k p_k\,\mathrm{Tr}_1[V_k\,(|0\rangle\langle 0|\otimes\rho)\,V_k^\dagger]

    Args:
        model: a model with one system qubit, or a one-qubit channel.
        correction: "measured" replaces the last CX of a branch by a measurement and flips
            (:mod:`~qcoll.circuits.correction`).

    Returns:
        Probabilities, which sum to one, and circuits on the system (qubit 0) and one ancilla in |0> (qubit 1, untouched
        where the circuit is local). The circuits have 0 or 2 CX; the mean is :math:`2(1-q)` with the largest possible
        :math:`q`. With a measured correction 0 or 1, and :math:`1-q`.

    Raises:
        InputError: for more than one system qubit, or a map that is not a channel.

    >>> import qcoll
    >>> from qcoll.synthesis.sampled_channel import sampled_circuits
    >>> branches = sampled_circuits(qcoll.example_2())
    >>> round(sum(p * circuit.num_nonlocal_gates() for p, circuit in branches), 2)
    0.19
    """
    kraus = kraus_operators(model)
    if kraus.shape[1] != 2:
        raise InputError(
            f"sampled circuits exist for one system qubit, but this channel acts on {kraus.shape[1].bit_length() - 1}; "
            'use synthesis="channel", or eigenstate_circuits for the ancilla'
        )
    part = unital_part(kraus)
    branches = [(float(weight), _local(unitary)) for weight, unitary in zip(part.weights, part.unitaries, strict=True)]
    branches += [(weight, extremal_circuit(operators, correction)) for weight, operators in _extremal_parts(part.rest)]
    total = sum(weight for weight, _ in branches)
    return [(weight / total, circuit) for weight, circuit in branches if weight > PROBABILITY_CUTOFF]


def eigenstate_circuits(ancilla: Environment) -> list[tuple[float, QuantumCircuit]]:
    r"""Circuits that prepare the ancilla's eigenstates from |0>, with their thermal populations (Eq. 41).

    Drawn with these probabilities they are the thermal state in the mean, so that the joint state of system and ancilla
    is kept and no purifier is needed.

    Returns:
        Probabilities, which sum to one, and circuits on the ancilla's qubits.

    >>> import qcoll
    >>> from qcoll.synthesis.sampled_channel import eigenstate_circuits
    >>> [circuit.num_nonlocal_gates() for _, circuit in eigenstate_circuits(qcoll.example_2().ancilla)]
    [0, 1, 1, 0]
    """
    populations, vectors = thermal_spectrum(ancilla)
    return [(probability, state_circuit(vectors[:, k])) for k, probability in occupied_levels(populations)]


def occupied_levels(populations: Real) -> list[tuple[int, float]]:
    """The levels (d,) that are occupied, with their probabilities, which sum to one."""
    levels = np.flatnonzero(populations > PROBABILITY_CUTOFF)
    total = populations[levels].sum()
    return [(int(k), float(populations[k] / total)) for k in levels]


def basis_circuit(num_qubits: int, index: int) -> QuantumCircuit:
    """The flips between the first basis state of some qubits and another one."""
    circuit = QuantumCircuit(num_qubits)
    for qubit in range(num_qubits):
        if index >> qubit & 1:
            circuit.x(qubit)
    return circuit


def _local(unitary: Complex) -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    append_matrix(circuit, unitary, 0)
    return circuit


def _extremal_parts(rest: Complex) -> list[tuple[float, Complex]]:
    """A multiple of a channel's Choi matrix as one or two weighted channels of Kraus rank two."""
    weight = float(np.trace(rest).real) / 2
    if weight <= REST_CUTOFF:
        return []
    values, vectors = np.linalg.eigh(rest / weight)
    if values[:-2].sum() < EXTREMAL_TOLERANCE * 2:
        columns = (vectors[:, -2:] * np.sqrt(np.clip(values[-2:], 0, None))).T.reshape(-1, 2, 2)
        return [(weight, canonical_kraus(_trace_preserving(columns)))]
    return [(weight / 2, _trace_preserving(part)) for part in mean_of_two(rest / weight)]


def _trace_preserving(operators: Complex) -> Complex:
    r"""The operators times :math:`(\sum_e K_e^\dagger K_e)^{-1/2}`, which rounding has moved from one."""
    values, vectors = np.linalg.eigh(np.einsum("eji,ejk->ik", operators.conj(), operators))
    return np.asarray(operators @ ((vectors / np.sqrt(values)) @ vectors.conj().T))
