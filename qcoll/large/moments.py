r"""Collisions of free fermions by their second moments: any number of qubits, exactly.

.. math:: \langle\gamma_a\gamma_b\rangle = \delta_{ab} + iG_{ab},\qquad G \mapsto O(G\oplus G_A)O^T,\qquad
    O = e^{h\,\delta t},\qquad G = -\tan(\beta h/2)\ \text{in a thermal state},

with :math:`H = \frac i4\sum h_{ab}\gamma_a\gamma_b`; every Pauli mean of the system is a Pfaffian of G.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import PauliList

from ..errors import InputError
from ..limits import require_memory
from ..model.collision import CollisionModel
from ..model.states import checked_state
from ..trajectory.large import LargeTrajectory
from ..trajectory.pauli import Real
from .fermions import Fermions, string_mean
from .layout import terms_of

#: Levels closer to zero than this, relative to the largest, are empty to one half at beta = inf.
DEGENERACY_TOLERANCE = 1e-12
#: By how much a given state may miss being Gaussian.
GAUSSIAN_TOLERANCE = 1e-9
#: Ancilla qubits of a given state, of which every Pauli mean is compared.
LARGEST_GIVEN = 6


class MomentTrajectory(LargeTrajectory):
    """What collisions make of free fermions.

    Args:
        fermions: the order of the modes.
        covariances: G of the system after every recorded collision, (m + 1, 2 n, 2 n).
        fields: those of :class:`.LargeTrajectory`.
    """

    fermions: Fermions
    covariances: Real

    def __init__(self, *, fermions: Fermions, covariances: Real, **fields: Any) -> None:
        super().__init__(error_bound=np.zeros(len(covariances)), **fields)
        object.__setattr__(self, "fermions", fermions)
        object.__setattr__(self, "covariances", covariances)

    def _accuracy(self) -> str:
        return "exact to rounding"

    def pauli_means(self, paulis: PauliList) -> Real:
        """Expectation values of Pauli strings, (m + 1, strings)."""
        letters = np.array([0, 1, 3, 2])[np.asarray(paulis.x) + 2 * np.asarray(paulis.z)]
        letters = letters[:, list(self.fermions.system_order)]
        return np.array([string_mean(string, self.covariances) for string in letters]).reshape(len(letters), -1).T

    @property
    def entropy(self) -> Real:
        """Von Neumann entropy in nats, from the occupations of the normal modes, (m + 1,)."""
        filled = np.clip((1 + np.linalg.eigvalsh(1j * self.covariances)) / 2, 0.0, 1.0)
        logarithms = np.log(filled, where=filled > 0, out=np.zeros_like(filled))
        return np.asarray(-(filled * logarithms).sum(axis=1))


def evolve_moments(
    model: CollisionModel, collisions: NDArray[np.int64], initial: Any = None, *, fermions: Fermions | None = None
) -> MomentTrajectory:
    """The trajectory of a model of free fermions.

    Args:
        model: the collision model.
        collisions: those whose states are kept, starting with 0.
        initial: ``None`` for the thermal state of H_S at inverse temperature 1, a label of 0 and 1, or a list of states
            of single qubits without coherence.
        fermions: the model's, if they are known.

    Raises:
        InputError: if the model or a state is not Gaussian.
    """
    fermions = fermions or Fermions.of(model)
    n = model.num_system_qubits
    own, other = fermions.places(range(n)), fermions.places(range(n, model.num_qubits))
    require_memory(
        8 * len(collisions) * len(own) ** 2,
        f"the moments of {len(collisions)} states",
        "keep fewer states with record=, a stride or the chosen collisions",
    )
    turn = _exponential(fermions.generator(terms_of(model.hamiltonian)), model.dt)
    observables = _observables(fermions)
    whole = np.zeros_like(turn)
    whole[np.ix_(other, other)] = _fresh(fermions, other)
    system = _initial(fermions, initial, own)
    covariances, ledger = [system], []
    for start, stop in itertools.pairwise(collisions):
        changes = np.zeros(len(observables))
        for _ in range(int(stop - start)):
            before = whole.copy()
            before[np.ix_(own, own)] = system
            after = turn @ before @ turn.T
            # the mean of (i/4) h_ab gamma_a gamma_b is -(1/4) h_ab G_ab
            changes -= [np.sum(observable * (after - before)) / 4 for observable in observables]
            system = after[np.ix_(own, own)]
            system = (system - system.T) / 2
        ledger.append(changes)
        covariances.append(system)
    entries = np.array(ledger)
    parts = len(fermions.parts)
    return MomentTrajectory(
        fermions=fermions,
        covariances=np.array(covariances),
        model=model,
        kind="exact, Gaussian",
        collisions=collisions,
        heat_of_parts=-entries[:, :parts],
        work=-entries[:, parts],
        entropy_flow=-entries[:, parts + 1] if entries.shape[1] > parts + 1 else None,
    )


def require_gaussian(model: CollisionModel, initial: Any = None) -> None:
    """Raise unless a model and its initial state are those of free fermions.

    Raises:
        InputError: if they are not, with what is not.
    """
    fermions = Fermions.of(model)
    n = model.num_system_qubits
    _fresh(fermions, fermions.places(range(n, model.num_qubits)))
    _initial(fermions, initial, fermions.places(range(n)))


def _exponential(generator: Real, time: float) -> Real:
    """exp(h t) of an antisymmetric h."""
    values, vectors = np.linalg.eigh(1j * generator)
    return np.asarray(((vectors * np.exp(-1j * time * values)) @ vectors.conj().T).real)


def _thermal(generator: Real, beta: float) -> Real:
    """G of the thermal state, from the eigenvalues of i h."""
    values, vectors = np.linalg.eigh(1j * generator)
    flat = np.abs(values) <= DEGENERACY_TOLERANCE * np.abs(values).max(initial=0.0)
    exponents = np.where(flat, 0.0, beta * np.where(flat, 1.0, values))
    return np.asarray(((vectors * np.tanh(exponents / 2)) @ vectors.conj().T).imag)


def _observables(fermions: Fermions) -> list[Real]:
    """Generators of the energies of the ancilla's parts, of the interaction, and of minus the logarithm of a state."""
    model = fermions.model
    n = model.num_system_qubits
    ancilla = [(v, tuple(q + n for q in s), x) for v, s, x in terms_of(model.ancilla.hamiltonian)]
    found = [fermions.generator(t for t in ancilla if set(t[1]) <= set(part)) for part in fermions.parts]
    found.append(fermions.generator(terms_of(model.interaction)))
    if model.ancilla.state is not None:
        other = fermions.places(range(n, model.num_qubits))
        values, vectors = np.linalg.eigh(1j * _fresh(fermions, other))
        if np.abs(values).max() < 1 - DEGENERACY_TOLERANCE:  # where it has full rank
            modular = np.zeros_like(found[0])
            modular[np.ix_(other, other)] = ((vectors * (2 * np.arctanh(values))) @ vectors.conj().T).imag
            found.append(modular)
    return found


def _fresh(fermions: Fermions, other: NDArray[np.intp]) -> Real:
    """G of a fresh ancilla.

    Raises:
        InputError: if its given state is not Gaussian.
    """
    model = fermions.model
    n = model.num_system_qubits
    ancilla = model.ancilla
    if ancilla.beta is not None:
        terms = [(v, tuple(q + n for q in s), x) for v, s, x in terms_of(ancilla.hamiltonian)]
        return _thermal(fermions.generator(terms)[np.ix_(other, other)], ancilla.beta)
    order = [qubit - n for qubit in fermions.order if qubit >= n]
    if len(order) > LARGEST_GIVEN:
        raise InputError(f"the ancilla's given state has {len(order)} qubits, but is compared up to {LARGEST_GIVEN}")
    means = {(s, x): v * 2 ** len(order) for v, s, x in terms_of(ancilla.state)}
    covariance = np.zeros((2 * len(order), 2 * len(order)))
    for first in range(len(order)):
        for last in range(first, len(order)):
            for a, b, sign, letters in _bilinears(first, last):
                support = [(order[first + k], letter) for k, letter in enumerate(letters)]
                key = (tuple(q for q, _ in sorted(support)), "".join(letter for _, letter in sorted(support)))
                covariance[a, b] = sign * means.get(key, 0.0)
                covariance[b, a] = -covariance[a, b]
    _check_gaussian(covariance, means, order)
    return covariance


def _bilinears(first: int, last: int) -> list[tuple[int, int, float, str]]:
    """The strings between two modes as <i gamma_a gamma_b> = -G_ab: (a, b, sign, letters)."""
    if first == last:
        return [(2 * first, 2 * first + 1, 1.0, "Z")]
    middle = "Z" * (last - first - 1)
    return [
        (2 * first + 1, 2 * last, 1.0, f"X{middle}X"),
        (2 * first, 2 * last + 1, -1.0, f"Y{middle}Y"),
        (2 * first + 1, 2 * last + 1, 1.0, f"X{middle}Y"),
        (2 * first, 2 * last, -1.0, f"Y{middle}X"),
    ]


def _check_gaussian(covariance: Real, means: dict[tuple[tuple[int, ...], str], float], order: Sequence[int]) -> None:
    """Refuse a state whose Pauli means are not all those of its second moments."""
    for number in range(4 ** len(order)):
        letters = [number >> 2 * k & 3 for k in range(len(order))]
        support = sorted((order[k], "IXYZ"[letter]) for k, letter in enumerate(letters) if letter)
        given = means.get((tuple(q for q, _ in support), "".join(x for _, x in support)), 0.0)
        if abs(given - string_mean(letters, covariance[None])[0]) > GAUSSIAN_TOLERANCE:
            name = "".join(x for _, x in support)
            raise InputError(
                f"the ancilla's given state is not Gaussian: its mean of {name} on qubits {[q for q, _ in support]} is "
                f'{given:.6g}, and is not that of its second moments: use method="tensor_network" or "matrix_free"'
            )


def _initial(fermions: Fermions, initial: Any, own: NDArray[np.intp]) -> Real:
    """G of the initial state.

    Raises:
        InputError: if it is not an even Gaussian state that is known how to read.
    """
    model = fermions.model
    n = model.num_system_qubits
    if initial is None:
        return _thermal(fermions.generator(terms_of(model.system))[np.ix_(own, own)], 1.0)
    what = (
        f"the initial state must be a label of {n} letters 0 and 1, a list of {n} states of single qubits without "
        'coherence, or None for the thermal one with method="gaussian"'
    )
    if isinstance(initial, str):
        if len(initial) != n or set(initial) - {"0", "1"}:
            raise InputError(f"{what}, but {initial!r} was given")
        polarizations = [1.0 if letter == "0" else -1.0 for letter in reversed(initial)]
    elif isinstance(initial, Sequence) and len(initial) == n:
        single = [checked_state(one, 1, f"the state of qubit {k}", "qubit") for k, one in enumerate(initial)]
        if any(abs(state[0, 1]) > GAUSSIAN_TOLERANCE for state in single):
            raise InputError(f"{what}, but one of them has coherence")
        polarizations = [float((state[0, 0] - state[1, 1]).real) for state in single]
    else:
        raise InputError(f"{what}, but a {type(initial).__name__} was given")
    covariance = np.zeros((2 * n, 2 * n))
    for place, qubit in enumerate(fermions.system_order):
        covariance[2 * place, 2 * place + 1] = polarizations[qubit]
        covariance[2 * place + 1, 2 * place] = -polarizations[qubit]
    return covariance
