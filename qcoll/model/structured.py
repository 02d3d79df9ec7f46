r"""Ancillas made of interacting subsystems, Eqs. (3)-(5) of Cusumano and De Chiara.

.. math::

    H_A = \sum_k \omega_k\,C_k^\dagger C_k + \sum_{j<k}\left(\kappa_{jk}\,C_k^\dagger C_j + \mathrm{h.c.}\right)

with the lowering operators :math:`C_k` of two-level systems, bosons or fermions: Eq. (5) in normal order, which for
fermions is what makes :math:`\kappa` and :math:`\omega` one matrix.
"""

from __future__ import annotations

import cmath
import itertools
import math
from collections.abc import Mapping, Sequence
from numbers import Complex
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError
from ..limits import real_number
from .ancilla import Ancilla
from .modes import Modes
from .truncation import Truncation, truncations

Frequencies = Mapping[str, float] | Sequence[float]
Couplings = Mapping[tuple[str, str], complex] | NDArray[Any] | Sequence[Sequence[complex]]

#: Of a thermal state beyond a cutoff, unless another share is allowed.
LARGEST_DROPPED = 0.01


def structured_ancilla(
    modes: Modes,
    *,
    frequencies: Frequencies,
    couplings: Couplings | None = None,
    beta: float,
    largest_dropped: float = LARGEST_DROPPED,
) -> Ancilla:
    """An ancilla of interacting subsystems in its thermal state.

    Args:
        modes: the subsystems.
        frequencies: of each mode, by name or in order; that of a two-level system is its splitting.
        couplings: by pairs of names, ``{("a", "b"): 0.3}``, each pair once; or a Hermitian matrix (K, K) with zeros on
            its diagonal. Chains, rings, stars and all-to-all are only different pairs.
        beta: inverse temperature; negative only without bosons, whose spectrum has no upper end.
        largest_dropped: the share of a boson's thermal state that its cutoff may drop.

    Returns:
        The ancilla; what its cutoffs do is in :func:`truncation_of`.

    Raises:
        InputError: for a frequency or coupling that is missing or no number, a fermion coupled to something else (odd
            in the fermions), bosons without a thermal state, or a cutoff that drops more than ``largest_dropped``; the
            message names the mode and the number of levels that would do.

    >>> import qcoll
    >>> modes = qcoll.Modes(a=qcoll.Qubit(), b=qcoll.Qubit())
    >>> pair = qcoll.structured_ancilla(modes, frequencies=[0.5, 1.5], couplings={("a", "b"): 0.3}, beta=1.0)
    >>> pair.hamiltonian
    SparsePauliOp(['II', 'IZ', 'XX', 'YY', 'ZI'],
                  coeffs=[1.  +0.j, 0.25+0.j, 0.15+0.j, 0.15+0.j, 0.75+0.j])
    """
    if not isinstance(modes, Modes):
        raise InputError(f"modes must be a qcoll.Modes, but a {type(modes).__name__} was given")
    given = frequencies_of(modes, frequencies)
    terms = [value * modes.number(name) for name, value in given.items()]
    terms += [modes.exchange(k, j, value) for (j, k), value in couplings_of(modes, couplings).items()]
    hamiltonian = SparsePauliOp.sum(terms).simplify(atol=0, rtol=0)
    ancilla = Ancilla(hamiltonian=hamiltonian, beta=beta, modes=modes)
    assert ancilla.beta is not None
    share = real_number(largest_dropped, "largest_dropped")
    if not 0 < share <= 1:
        raise InputError(f"largest_dropped is {share}, but a share lies between 0 and 1")
    for name, found in truncations(modes, ancilla.hamiltonian, ancilla.beta, share).items():
        if found.dropped > share:
            raise InputError(
                f"mode {name!r} has {found.levels} levels, which drop {found.dropped:.2g} of its thermal state, but "
                f"largest_dropped is {share:g}: {found.enough} levels would do"
            )
    return ancilla


def truncation_of(ancilla: Ancilla) -> dict[str, Truncation]:
    """What the cutoffs of a thermal ancilla's bosons do to its state, by name.

    Raises:
        InputError: for an ancilla without modes, or in a given state, whose part beyond a cutoff nobody knows.

    >>> import qcoll
    >>> ancilla = qcoll.structured_ancilla(qcoll.Modes(a=qcoll.Boson(levels=8)), frequencies=[1.0], beta=1.0)
    >>> print(qcoll.truncation_of(ancilla)["a"])
    8 levels drop 0.00034 of the thermal state; on it the commutator is 0.0046 from one
    """
    if ancilla.modes is None or ancilla.beta is None:
        raise InputError("only a thermal ancilla with modes has cutoffs to report: see qcoll.structured_ancilla")
    return truncations(ancilla.modes, ancilla.hamiltonian, ancilla.beta, LARGEST_DROPPED)


def frequencies_of(modes: Modes, given: Frequencies) -> dict[str, float]:
    """The frequency of every mode, by name."""
    if isinstance(given, Mapping):
        named = dict(given)
    else:
        values = list(given)
        if len(values) != len(modes):
            raise InputError(f"{len(values)} frequencies were given for {len(modes)} modes: one for each is needed")
        named = dict(zip(modes, values, strict=True))
    if set(named) != set(modes):
        raise InputError(
            f"frequencies are given for {', '.join(map(repr, named)) or 'no mode'}, but the modes are "
            f"{', '.join(map(repr, modes))}"
        )
    found = {name: real_number(named[name], f"the frequency of mode {name!r}") for name in modes}
    for name, value in found.items():
        if not math.isfinite(value):
            raise InputError(f"the frequency of mode {name!r} is {value}, but must be finite")
    return found


def couplings_of(modes: Modes, given: Couplings | None) -> dict[tuple[str, str], complex]:
    """The coupling of every pair that has one, the earlier mode of the pair first."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        return _from_matrix(modes, given)
    found: dict[tuple[str, str], complex] = {}
    order = {name: place for place, name in enumerate(modes)}
    for pair, value in given.items():
        if not (isinstance(pair, tuple) and len(pair) == 2 and pair[0] != pair[1] and set(pair) <= set(order)):
            raise InputError(
                f"a coupling is given for {pair!r}, but must be for a pair of different modes among "
                f"{', '.join(map(repr, order))}"
            )
        first, second = sorted(pair, key=order.__getitem__)
        if (first, second) in found:
            raise InputError(f"the coupling of {first!r} and {second!r} is given twice: give each pair once")
        number = _coupling(value, pair)
        found[first, second] = number if pair == (first, second) else number.conjugate()
    return found


def _from_matrix(modes: Modes, given: Any) -> dict[tuple[str, str], complex]:
    matrix = np.asarray(given, dtype=complex)
    if matrix.shape != (len(modes), len(modes)):
        raise InputError(f"couplings have shape {matrix.shape}, but ({len(modes)}, {len(modes)}) was expected")
    if np.any(matrix.diagonal()):
        raise InputError("couplings have entries on the diagonal: those are frequencies, give them there")
    largest = np.abs(matrix).max(initial=0.0)
    if not np.all(np.isfinite(matrix)) or np.abs(matrix - matrix.conj().T).max(initial=0.0) > 1e-12 * largest:
        raise InputError("the matrix of couplings is not Hermitian: the entry (k, j) is the conjugate of (j, k)")
    pairs = itertools.combinations(enumerate(modes), 2)
    return {(a, b): complex(matrix[j, k]) for (j, a), (k, b) in pairs if matrix[j, k]}


def _coupling(value: object, pair: tuple[str, str]) -> complex:
    if isinstance(value, bool) or not isinstance(value, Complex) or not cmath.isfinite(complex(value)):
        raise InputError(f"the coupling of {pair[0]!r} and {pair[1]!r} must be a finite number, but is {value!r}")
    return complex(value)
