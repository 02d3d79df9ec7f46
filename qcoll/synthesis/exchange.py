r"""The joint unitary of three qubits that exchange excitations: ten or eleven CX on the line S-1-2.

Two kinds of circuits hold the unitaries of :mod:`.exchange_family`. Eleven CX hold all of them. Ten CX,
``12 01 12 01 12 12 01 12 01 12``, hold those with one more symmetry: :math:`XXX` times the exchange of 1 and 2, which
needs :math:`2h_S = h_1 + h_2` and :math:`|c_{S1}| = |c_{S2}|` (the parameters of the paper), or :math:`XXX` alone,
which needs equal frequencies. That these are the conditions was found numerically. Every placement of ten CX on three
qubits (12186 up to reversal and the exchange of 1 and 2, without four equal ones in a row) was searched from 96 random
angles for an example 1 at other frequencies, and the 600 that came closest from 2000 each for another one. No search
ended at the unitary. The closest come near (Frobenius norm :math:`4\cdot10^{-4}` for the one, :math:`10^{-5}` for the
other), but at isolated minima, which the same placement reaches again and again and which lie elsewhere for the next
model. Eleven on the line reach rounding from about one start in 32. So eleven stand, on strong evidence and without a
proof. For a pair in its thermal state ten are enough at all frequencies (:mod:`.exchange_thermal`).

The angles are not in closed form. They are found from stored circuits (:mod:`.exchange_search`), and certified by the
entries of the unitary.
"""

from __future__ import annotations

from qiskit import QuantumCircuit

from .continuation import exponential
from .dense import collision_unitary
from .evolution import Evolution
from .exchange_family import Exchange, Gauged, gauged_exchange, turned
from .exchange_references import JOINT, SYMMETRIC, stored
from .exchange_search import circuits_of
from .fit import Residual, refined, unitary_residual
from .skeleton import Skeleton

#: Norm of the difference between circuit and unitary.
CERTIFICATE = 1e-12
_LAST_STEPS = 20


def exchange_circuit(model: Evolution) -> QuantumCircuit | None:
    """The joint unitary of an exchange collision of three qubits, or None if the model is not one.

    None as well where one of the couplings is zero, for a chain takes fewer, and if no stored circuit leads to it,
    which the tests do not meet.

    >>> import qcoll
    >>> from qcoll.synthesis.exchange import exchange_circuit
    >>> exchange_circuit(qcoll.example_1(alpha=0.2, dt=1.0)).num_nonlocal_gates()
    10
    """
    return symmetric_circuit(model) or _found(model, gauged_exchange(model), JOINT)


def symmetric_circuit(model: Evolution) -> QuantumCircuit | None:
    """The same in ten CX, or None if the model has not the symmetry, or no stored circuit leads to it."""
    gauged = gauged_exchange(model)
    return _found(model, gauged, SYMMETRIC) if gauged is not None and gauged.exchange.symmetric else None


def _found(model: Evolution, gauged: Gauged | None, kind: str) -> QuantumCircuit | None:
    if gauged is None:
        return None
    unitary = collision_unitary(model)
    for skeleton, _, start in circuits_of(gauged.exchange, stored(kind), problem):
        close = turned(skeleton, start, gauged.before, gauged.after)
        angles, error = refined(unitary_residual(skeleton, unitary), close, _LAST_STEPS)
        if error < CERTIFICATE:
            return skeleton.circuit(angles)
    return None


def problem(skeleton: Skeleton, exchange: Exchange, _: bool) -> Residual:
    """What the circuits have to be for a collision in its gauge."""
    return unitary_residual(skeleton, exponential(exchange.generator()))
