r"""Any unitary of three qubits in fourteen CX, the fewest that a generic one can have, or in fewer where they do.

A circuit of m CX has :math:`4m + 9` angles that matter, a unitary 63, so that fourteen is the lower bound of a generic
one (Shende, Markov and Bullock 2004). Fourteen on a line of three qubits, in turn on its two edges, held every unitary
that was tried; the last resort is the cycle ``01 12 02``. Unitaries with structure that the closed forms and
:mod:`.exchange` do not know often take fewer: 7 where example 2 has no coupling within the pair, 6 for an XX chain, 10
for a Heisenberg chain. So one CX after the other is left out as long as a search succeeds.

The angles come from a few random starts (:mod:`.fit`), and the largest entry of what is left is the certificate.
A short collision is close to the identity, where the angles are degenerate and random starts crawl. It is reached from
a longer one, :math:`U^t` with :math:`t > 1`, by continuation (:mod:`.continuation`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from qiskit import QuantumCircuit

from .continuation import Powers
from .dense import Complex, Real
from .fit import NEWTON_STEPS, Ansatz, fit_unitary, refined, search, unitary_residual
from .skeleton import Preceded, Skeleton

#: Largest entry of the difference between circuit and unitary.
CERTIFICATE = 1e-12
#: Two-qubit gates of a generic unitary of three qubits.
GENERIC = 14
_LINES = (((0, 1), (1, 2)), ((0, 1), (0, 2)))
_CYCLE = ((0, 1), (1, 2), (0, 2))
# In this order; the sixteen are for unitaries close to degenerate ones, where paths along fourteen break off.
_GENERIC = tuple(
    Skeleton(3, (edges * GENERIC)[:count])
    for edges, count in ((_LINES[0], GENERIC), (_CYCLE, GENERIC), (_CYCLE, GENERIC), (_CYCLE, 16))
)
_STARTS, _ITERATIONS, _PROBE_ITERATIONS, _SEED = 4, 120, 70, 2026
_CLOSE = 1e-9
#: Further paths along the longest of the circuits that are shorter than asked for.
_PATHS = 2


def three_qubit_circuit(
    unitary: Complex,
    *,
    first: Complex | None = None,
    after: Complex | None = None,
    levels: int = 1,
    below: int | None = None,
) -> QuantumCircuit | None:
    """The unitary U (8, 8), up to a global phase, in at most fourteen CX, on a line of its qubits where possible.

    Args:
        unitary: U.
        first: a unitary W; the circuit is then of U W. A short collision U is close to the identity, U W is not.
        after: a unitary F that comes before the circuit: it is the circuit after F that is U W.
        levels: how many groups of neighbouring columns have phases that do not matter.
        below: take only a circuit of fewer CX.

    Returns:
        The circuit, or None if no start ends at the unitary. Without ``below`` the tests do not meet that.

    >>> from qiskit.quantum_info import random_unitary
    >>> from qcoll.synthesis.generic import three_qubit_circuit
    >>> three_qubit_circuit(random_unitary(8, seed=1).data).num_nonlocal_gates()
    14
    """
    path = Powers.to(unitary, np.eye(len(unitary), dtype=np.complex128) if first is None else first)
    rng = np.random.default_rng(_SEED)

    def ansatz(skeleton: Skeleton) -> Ansatz:
        return skeleton if after is None else Preceded(skeleton, after)

    def found(skeleton: Skeleton, iterations: int = _PROBE_ITERATIONS) -> Real | None:
        starts = rng.uniform(-np.pi, np.pi, (_STARTS, skeleton.num_parameters))
        residual = unitary_residual(ansatz(skeleton), path(0.0), levels)
        angles, norm = search(residual, starts, tolerance=_CLOSE, iterations=iterations)
        return angles if norm < _CLOSE else None

    def carried(skeleton: Skeleton, angles: Real) -> QuantumCircuit | None:
        family = ansatz(skeleton)
        end = path.carry(lambda target, start: fit_unitary(family, target, start, NEWTON_STEPS, levels), angles)
        if end is None:
            return None
        # Where the collision is very short, the normal equations lose the last digits.
        solved, error = refined(unitary_residual(family, path(1.0), levels), end[0])
        return skeleton.circuit(solved) if error < CERTIFICATE else None

    shorter: list[tuple[Skeleton, Real]] = []
    for line in _LINES:
        shorter += _descending(line, len(shorter[-1][0].placements) if shorter else below or GENERIC, found)
    for skeleton, angles in reversed(shorter):
        if (circuit := carried(skeleton, angles)) is not None:
            return circuit
    again = [shorter[0][0]] * _PATHS if shorter else []  # a path may fold where another one does not
    for skeleton in (*again, *(_GENERIC if below is None else ())):
        start = found(skeleton, _ITERATIONS)
        if start is not None and (circuit := carried(skeleton, start)) is not None:
            return circuit
    return None


def _descending(
    line: tuple[tuple[int, int], tuple[int, int]], count: int, found: Callable[[Skeleton], Real | None]
) -> list[tuple[Skeleton, Real]]:
    """Ever shorter skeletons of less than ``count`` CX, in turn on the edges of a line, with what was found for them.

    Ends at the first count for which neither order of the edges has angles.
    """
    steps: list[tuple[Skeleton, Real]] = []
    while count > 1:
        count -= 1
        for order in (line, line[::-1]):
            skeleton = Skeleton(3, (order * count)[:count])
            angles = found(skeleton)
            if angles is not None:
                steps.append((skeleton, angles))
                break
        else:
            break
    return steps
