r"""Exchange collisions of three qubits with a thermal pair: ten CX at any frequencies and couplings.

The pair comes in a mixture of its eigenstates, so that the phases of those do not matter: with the eigenvectors W as
columns, all circuits C and phases with

.. math:: C\,(F\otimes 1) = U\,(W\,e^{i\gamma}\otimes 1)

give the same joint state. Either the pair is prepared in its eigenstates and C follows, F = W; or it is prepared in the
computational basis and C has the eigenvectors in it, F = 1. The phases are what ten CX lack for U alone, which takes
eleven at general frequencies (:mod:`.exchange`). A few placements of ten hold nearly every collision that was tried:

- F = W: ``01 12 01 12 01 01 12 01 12 01`` and ``12 02 12 02 12 12 02 12 02 12``, all of 750 random ones. Nine are
  not enough: all 10,032 placements of nine, searched from 32 starts each, stay at least 0.027 (Frobenius norm) away
  from an example 1 at other frequencies.
- F = 1: ``02 12 02 12 02 02 12 02 12 02`` and the first of the above, all but two of 750.

The angles are found from stored circuits (:mod:`.exchange_search`).
"""

from __future__ import annotations

import numpy as np
from qiskit import QuantumCircuit

from .continuation import exponential
from .dense import Complex, collision_unitary, on_ancilla
from .evolution import Evolution
from .exchange_family import Exchange, gauged_exchange, turned
from .exchange_references import ABSORBED, THERMAL, stored
from .exchange_search import Problem, circuits_of
from .fit import Residual, refined, unitary_residual
from .skeleton import Preceded, Skeleton

#: Norm of the difference between circuit and unitary.
CERTIFICATE = 1e-11
_LAST_STEPS = 20


def thermal_exchange(model: Evolution, *, absorb: bool) -> tuple[Complex, QuantumCircuit] | None:
    """Eigenvectors W (4, 4) as columns, and a circuit C with C (F x 1) = U (W x 1) up to phases of the columns.

    Args:
        model: the collision model.
        absorb: whether the circuit has the eigenvectors in it, F = 1; else F = W.

    Returns:
        None where the model is no exchange collision, one of its couplings is zero, or no circuit was found.

    >>> import qcoll
    >>> from qcoll.synthesis.exchange_thermal import thermal_exchange
    >>> vectors, circuit = thermal_exchange(qcoll.example_1(omega_s=1.3), absorb=False)
    >>> circuit.num_nonlocal_gates()
    10
    """
    gauged = gauged_exchange(model)
    if gauged is None:
        return None
    unitary = collision_unitary(model)
    phases = gauged.before
    diagonal = np.diag(np.exp(0.5j * np.array([_z(k, 0) * phases[1] + _z(k, 1) * phases[2] for k in range(4)])))
    references = stored(ABSORBED if absorb else THERMAL)
    # An absorbed gauge stands between U and W as well and cancels there.
    before = np.zeros(3) if absorb else phases
    for skeleton, lower_first, start in circuits_of(gauged.exchange, references, problem(absorb=absorb)):
        vectors = diagonal @ _eigenvectors(gauged.exchange, lower_first)
        residual = _residual(skeleton, unitary, vectors, absorb)
        angles, error = refined(residual, turned(skeleton, start, before, gauged.after), _LAST_STEPS)
        if error < CERTIFICATE:
            return vectors, skeleton.circuit(angles)
    return None


def problem(*, absorb: bool) -> Problem:
    """What the circuits have to be for a collision in its gauge."""

    def residual(skeleton: Skeleton, exchange: Exchange, lower_first: bool) -> Residual:
        return _residual(skeleton, exponential(exchange.generator()), _eigenvectors(exchange, lower_first), absorb)

    return residual


def _residual(skeleton: Skeleton, unitary: Complex, vectors: Complex, absorb: bool) -> Residual:
    """C (F x 1) - U (W x 1), the phases matched."""
    rotation = on_ancilla(vectors, 1)
    return unitary_residual(skeleton if absorb else Preceded(skeleton, rotation), unitary @ rotation, levels=4)


def _eigenvectors(exchange: Exchange, lower_first: bool) -> Complex:
    """The pair's eigenvectors (4, 4) as columns, those with one excitation in the order asked for."""
    levels = exchange.shared_levels()
    vectors = np.eye(4, dtype=complex)
    vectors[1:3, 1:3] = levels if lower_first else levels[:, ::-1]
    return vectors


def _z(index: int, bit: int) -> int:
    return 1 - 2 * ((index >> bit) & 1)
