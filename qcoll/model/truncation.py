r"""What cutting a boson off at a number of levels does to a thermal state.

Bosons that only exchange excitations have Gaussian thermal states: mode k has the populations
:math:`p_n \propto r_k^n` with :math:`r_k = \bar n_k/(1 + \bar n_k)` and
:math:`\bar n = \left[(e^{\beta h} - 1)^{-1}\right]_{kk}`, of which a cutoff at L levels drops :math:`r_k^L`. With other
subsystems the populations of the model with its cutoff are continued beyond its highest level, which is an estimate. On
the state with its cutoff the commutator :math:`[b, b^\dagger] = 1 - L\,|L-1\rangle\langle L-1|` is
:math:`L\,p_{L-1}` from one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError
from ..limits import COMPLEX_BYTES, require_memory
from .modes import Modes
from .operators import dense

#: By how much a Hamiltonian may miss the quadratic one that it is taken for, relative to its largest entry.
QUADRATIC_TOLERANCE = 1e-12
#: Levels closer to the lowest than this, relative to the largest, are degenerate with it.
DEGENERACY_TOLERANCE = 1e-12
#: Oscillators that exchange excitations on more qubits are taken for independent in the state with its cutoff.
LARGEST_DENSE = 10
#: The most levels that are ever advised.
MOST_LEVELS = 1 << 20


@dataclass(frozen=True)
class Truncation:
    """What the cutoff of a boson does.

    Args:
        levels: how many are kept.
        dropped: share of the thermal state without a cutoff that lies beyond them.
        commutator_error: how far the mean of the commutator is from one on the state with its cutoff.
        exact: whether ``dropped`` is exact; else it is continued from the highest levels.
        enough: how many levels would drop no more than is allowed.
    """

    levels: int
    dropped: float
    commutator_error: float
    exact: bool
    enough: int

    def __str__(self) -> str:
        about = "" if self.exact else "about "
        return (
            f"{self.levels} levels drop {about}{self.dropped:.2g} of the thermal state; on it the commutator is "
            f"{self.commutator_error:.2g} from one"
        )


def truncations(modes: Modes, hamiltonian: SparsePauliOp, beta: float, allowed: float) -> dict[str, Truncation]:
    """The cutoff of every boson, by name.

    Args:
        modes: the subsystems.
        hamiltonian: theirs.
        beta: inverse temperature.
        allowed: share that may be dropped.

    Raises:
        InputError: if the bosons have no thermal state without a cutoff.
    """
    if not modes.bosons:
        return {}
    if beta <= 0:
        raise InputError(
            f"beta is {beta:g}, but bosons have no thermal state at such a temperature: their spectrum has no upper end"
        )
    among = {name: _hopping(modes, hamiltonian, name) for name in modes.bosons}
    quadratic = np.array([[among[j][k] for k in modes.bosons] for j in modes.bosons])
    quadratic = (quadratic + quadratic.conj().T) / 2
    lowest = float(np.linalg.eigvalsh(quadratic)[0])
    if lowest <= 0:
        raise InputError(
            f"the bosons have a normal mode of frequency {lowest:.3g}: without a cutoff they have no thermal state; "
            "take larger frequencies or weaker couplings"
        )
    occupations = _occupations(quadratic, beta) if _is_quadratic(modes, hamiltonian, quadratic) else None
    if occupations is not None and modes.num_qubits > LARGEST_DENSE:
        populations = {
            name: _geometric(number, modes[name].num_levels)
            for name, number in zip(modes.bosons, occupations, strict=True)
        }
    else:
        populations = _populations(modes, hamiltonian, beta)
    found = {}
    for place, name in enumerate(modes.bosons):
        own = populations[name]
        levels = len(own)
        if occupations is not None:
            ratio = occupations[place] / (1 + occupations[place])
            dropped = ratio**levels
        else:
            ratio, dropped = _continued(own)
        found[name] = Truncation(
            levels=levels,
            dropped=float(dropped),
            commutator_error=float(levels * own[-1]),
            exact=occupations is not None,
            enough=_enough(levels, float(dropped), float(ratio), allowed),
        )
    return found


def _geometric(number: float, levels: int) -> NDArray[np.float64]:
    """Populations of a thermal oscillator that is cut off, for a mean number without the cutoff."""
    weights = (number / (1 + number)) ** np.arange(levels)
    return np.asarray(weights / weights.sum())


def _continued(populations: NDArray[np.float64]) -> tuple[float, float]:
    """The ratio by which populations fall from level to level, and what is beyond them if they go on falling so.

    Levels are taken in pairs where there are enough, for squeezing occupies every other one.
    """
    step = 2 if len(populations) >= 4 else 1
    top, below = populations[-step:].sum(), populations[-2 * step : -step].sum()
    ratio = min(float(top / below), 1 - 1e-6) if below > 0 else 0.0
    return ratio ** (1 / step), float(top) * ratio / (1 - ratio)


def _hopping(modes: Modes, hamiltonian: SparsePauliOp, name: str) -> dict[str, complex]:
    """Matrix elements of one excitation of a boson to each of the bosons, less the energy of none."""
    none, one = _bits(modes), _bits(modes, name)
    found = {other: _element(hamiltonian, _bits(modes, other), one) for other in modes.bosons}
    found[name] -= _element(hamiltonian, none, none)
    return found


def _bits(modes: Modes, *excited: str) -> NDArray[np.bool_]:
    """The computational state with one excitation in some modes, as bits, the least significant first."""
    bits = np.zeros(modes.num_qubits, dtype=bool)
    for name in modes:
        state = modes[name].states[int(name in excited)]
        for place, qubit in enumerate(modes.qubits(name)):
            bits[qubit] = state >> place & 1
    return bits


def _element(operator: SparsePauliOp, row: NDArray[np.bool_], column: NDArray[np.bool_]) -> complex:
    """A matrix element between computational states: a Pauli string is i^(xz) X^x Z^z on every qubit."""
    x, z = operator.paulis.x, operator.paulis.z
    flips = np.all(x == (row ^ column), axis=1)
    phases = 1j ** (x & z)[flips].sum(axis=1) * (-1.0) ** (z[flips] & column).sum(axis=1)
    return complex(np.sum(operator.coeffs[flips] * phases))


def _is_quadratic(modes: Modes, hamiltonian: SparsePauliOp, quadratic: NDArray[np.complex128]) -> bool:
    """Whether the Hamiltonian is that of its bosons alone, hopping and nothing else."""
    if set(modes.bosons) != set(modes):
        return False
    rebuilt = [
        quadratic[j, k] * (modes.number(a) if j == k else modes.raising(a) @ modes.lowering(b))
        for j, a in enumerate(modes.bosons)
        for k, b in enumerate(modes.bosons)
    ]
    difference = (SparsePauliOp.sum(rebuilt) - hamiltonian).simplify(atol=0, rtol=0)
    moving = np.any(difference.paulis.x | difference.paulis.z, axis=1)
    rest = np.abs(difference.coeffs[moving]).max(initial=0.0)
    return bool(rest <= QUADRATIC_TOLERANCE * np.abs(hamiltonian.coeffs).max())


def _occupations(quadratic: NDArray[np.complex128], beta: float) -> NDArray[np.float64]:
    """The mean occupation of each boson."""
    energies, vectors = np.linalg.eigh(quadratic)
    exponent = np.minimum(beta * energies, 700.0)
    return np.asarray((np.abs(vectors) ** 2) @ (1 / np.expm1(exponent)))


def _populations(modes: Modes, hamiltonian: SparsePauliOp, beta: float) -> dict[str, NDArray[np.float64]]:
    """The populations of each boson's levels in the thermal state with its cutoff."""
    require_memory(4 * COMPLEX_BYTES * 4**modes.num_qubits, "the thermal state of the modes", "keep fewer levels")
    matrix = dense(hamiltonian)
    physical = np.flatnonzero(modes.physical_mask())
    energies, vectors = np.linalg.eigh(matrix[np.ix_(physical, physical)])
    above = energies - energies[0]
    above[above <= DEGENERACY_TOLERANCE * np.abs(energies).max()] = 0.0
    weights = np.where(above > 0, np.exp(-np.minimum(beta * np.where(above > 0, above, 1.0), 745.0)), 1.0)
    diagonal = (np.abs(vectors) ** 2) @ (weights / weights.sum())
    found = {}
    for name in modes.bosons:
        qubits = modes.qubits(name)
        local = (physical >> qubits[0]) & (2 ** len(qubits) - 1)
        found[name] = np.array([diagonal[local == state].sum() for state in modes[name].states])
    return found


def _enough(levels: int, dropped: float, ratio: float, allowed: float) -> int:
    """How many levels drop no more than is allowed, if their populations fall by a ratio."""
    if dropped <= allowed:
        return levels
    return min(levels + math.ceil(math.log(allowed / dropped) / math.log(ratio)), MOST_LEVELS)
