r"""The joint unitary of system and ancilla, without any splitting.

The first of these that fits the model makes the circuit:

==========================================================  =============  ==================================
structure                                                   two-qubit      derivation
==========================================================  =============  ==================================
system and ancilla do not interact                          the ancilla's  a product
qubit and pair of conserved parity (example 2)              8, line S-1-2  closed form, :mod:`.parity`
three qubits that exchange excitations (example 1): at the  10, line       continuation, :mod:`.exchange`
paper's frequencies (2 w_S = w_1 + w_2), equal couplings
the same, any frequencies and couplings                     11, line       continuation, :mod:`.exchange`
two qubits                                                  at most 3      Cartan decomposition
three qubits (also a chain: 6 or 7)                         at most 14     search, :mod:`.generic`
anything else                                               95 at 4        block-ZXZ, :mod:`.shannon`
==========================================================  =============  ==================================

Level ``exact`` starts from a thermal ancilla, which leaves more freedom: see :mod:`.thermal_collision`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator

from ..circuits.transpiling import in_gates
from ..errors import InputError
from .dense import Complex, collision_unitary
from .evolution import Evolution
from .exchange import exchange_circuit
from .fit import largest_difference
from .generic import three_qubit_circuit
from .parity import parity_circuit
from .shannon import shannon_circuit
from .skeleton import append_matrix
from .two_qubit import two_qubit_circuit

#: Largest entry of the difference between circuit and unitary.
LARGEST_ERROR = 1e-11
_PRODUCT_TOLERANCE = 1e-13


def joint_unitary_circuit(model: Evolution) -> QuantumCircuit:
    r"""The collision :math:`e^{-i\,\delta t\,(H_S + H_A + H_{SA})}` (Eq. 14) as a circuit, exact up to a global phase.

    Args:
        model: any collision model small enough for dense matrices.

    Returns:
        A circuit of one-qubit gates and CX or CZ on the system's qubits followed by the ancilla's. Every observable of
        system and ancilla is that of the collision.

    Raises:
        InputError: if the model is too large for dense matrices.

    >>> import qcoll
    >>> from qcoll.synthesis.joint import joint_unitary_circuit
    >>> [joint_unitary_circuit(model).num_nonlocal_gates() for model in (qcoll.example_1(dt=1.0), qcoll.example_2())]
    [10, 8]
    """
    structured = structured_circuit(model)
    return unitary_circuit(collision_unitary(model)) if structured is None else structured


def structured_circuit(model: Evolution) -> QuantumCircuit | None:
    """The joint unitary of a model whose structure is known, or None."""
    return first_circuit(model, (product_circuit, parity_circuit, exchange_circuit))


def first_circuit(
    model: Evolution, attempts: Iterable[Callable[[Evolution], QuantumCircuit | None]]
) -> QuantumCircuit | None:
    """What the first attempt makes that does not give None."""
    # Not by "or": a circuit without a gate, as of a collision that does nothing, is false.
    circuits = (attempt(model) for attempt in attempts)
    return next((circuit for circuit in circuits if circuit is not None), None)


def unitary_circuit(unitary: Complex) -> QuantumCircuit:
    """Any unitary up to a global phase: of three qubits by :mod:`.generic`, of more by :mod:`.shannon`."""
    num_qubits = len(unitary).bit_length() - 1
    if num_qubits == 1:
        circuit = QuantumCircuit(1)
        append_matrix(circuit, unitary, 0)
        return circuit
    if num_qubits == 2:
        return two_qubit_circuit(unitary)
    if num_qubits == 3 and (short := three_qubit_circuit(unitary)) is not None:
        return short
    circuit = shannon_circuit(unitary)
    error = largest_difference(Operator(circuit).data, unitary)
    if error > LARGEST_ERROR:
        raise InputError(
            f"the circuit of this matrix of {num_qubits} qubits differs from it by {error:.1e}, so it is no unitary to "
            "rounding: give a unitary"
        )
    return circuit


def in_one_and_two_qubit_gates(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit in U and CX gates."""
    # Levels above 1 synthesise pairs again and round those that are close to a simpler class: errors up to 1e-5.
    return in_gates(circuit, ["u", "cx"], 1)


def product_circuit(model: Evolution) -> QuantumCircuit | None:
    """The circuit of a collision that is a product of one unitary on the system and one on the ancilla, else None."""
    num_system, num_ancilla = model.num_system_qubits, model.num_ancilla_qubits
    a, s = 2**num_ancilla, 2**num_system
    rearranged = collision_unitary(model).reshape(a, s, a, s).transpose(0, 2, 1, 3).reshape(a * a, s * s)
    left, scales, right = np.linalg.svd(rearranged, full_matrices=False)
    if len(scales) > 1 and scales[1] > _PRODUCT_TOLERANCE * scales[0]:
        return None
    circuit = QuantumCircuit(num_system + num_ancilla)
    for matrix, size, qubits in (
        (right[0].reshape(s, s), s, range(num_system)),
        (left[:, 0].reshape(a, a), a, range(num_system, num_system + num_ancilla)),
    ):
        circuit.compose(unitary_circuit(matrix * np.sqrt(size)), list(qubits), inplace=True)
    return circuit
