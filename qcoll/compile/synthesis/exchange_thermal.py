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

The angles are carried from stored circuits (:mod:`.exchange_references`), the nearest first. Where none leads there,
which happens when the collision is strong, they are found from random starts.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import numpy as np
from qiskit import QuantumCircuit

from ...model.collision import CollisionModel
from .continuation import NEWTON_STEPS, Solve, exponential, follow
from .dense import Complex, Real, collision_unitary, on_ancilla
from .exchange import Exchange, gauged_exchange, known_model, skeleton_of, turned
from .exchange_references import ABSORBED_REFERENCES, THERMAL_REFERENCES, Reference
from .fit import Ansatz, fit_unitary, search, unitary_residual
from .skeleton import Preceded, Skeleton

#: From one collision to another one: the collision at a position from 0 to 1.
Way = Callable[[Exchange, Exchange, float], Exchange]

#: Largest entry of the difference between circuit and unitary.
CERTIFICATE = 1e-11
_ITERATIONS, _LAST_STEPS, _SEED, _CLOSE = 80, 20, 2026, 1e-9
#: Random starts at a time.
_STARTS = 16
# The shortest step on the way from a stored circuit, where another one leads there sooner than shorter ones would; a
# shorter one for those that are nearest, and how many they are.
_SHORTEST, _FINER, _FINELY = 5e-3, 2e-4, 3


def thermal_exchange(model: CollisionModel, *, absorb: bool) -> tuple[Complex, QuantumCircuit] | None:
    """Eigenvectors W (4, 4) as columns, and a circuit C with C (F x 1) = U (W x 1) up to phases of the columns.

    Args:
        model: the collision model.
        absorb: whether the circuit has the eigenvectors in it, F = 1; else F = W.

    Returns:
        None where the model is no exchange collision, one of its couplings is zero, or no circuit was found.

    >>> import qcoll
    >>> from qcoll.compile.synthesis.exchange_thermal import thermal_exchange
    >>> vectors, circuit = thermal_exchange(qcoll.example_1(omega_s=1.3), absorb=False)
    >>> circuit.num_nonlocal_gates()
    10
    """
    gauged = gauged_exchange(model)
    if gauged is None:
        return None
    phases, wanted = gauged
    unitary = collision_unitary(model)
    diagonal = np.diag(np.exp(0.5j * np.array([_z(k, 0) * phases[1] + _z(k, 1) * phases[2] for k in range(4)])))
    for skeleton, lower_first, shift, start in _found(wanted, absorb):
        # An absorbed gauge stands between U and W as well and cancels there.
        angles = turned(skeleton, start, np.zeros(3) if absorb else phases, shift - phases)
        vectors = diagonal @ _eigenvectors(wanted, lower_first)
        rotation = on_ancilla(vectors, 1)
        solved, error = fit_unitary(
            _ansatz(skeleton, rotation, absorb), unitary @ rotation, angles, _LAST_STEPS, levels=4
        )
        if error < CERTIFICATE:
            return vectors, skeleton.circuit(solved)
    return None


def _found(wanted: Exchange, absorb: bool) -> Iterator[tuple[Skeleton, bool, float, Real]]:
    """Skeletons, orders of the levels, shifts of the frequencies and angles: carried along, then from random starts."""
    references = ABSORBED_REFERENCES if absorb else THERMAL_REFERENCES
    nearest = sorted(references, key=lambda r: _distance(known_model(r), wanted))
    rng = np.random.default_rng(_SEED)
    yield from _carried(nearest, Exchange.towards, wanted, absorb, _SHORTEST)
    yield from _from_random(skeleton_of(references[0]), wanted, absorb, rng)
    yield from _carried(nearest, Exchange.straight, wanted, absorb, _SHORTEST)
    for path in (Exchange.towards, Exchange.straight):
        yield from _carried(nearest[:_FINELY], path, wanted, absorb, _FINER)
    yield from _from_random(skeleton_of(references[0]), wanted, absorb, rng)


def _carried(
    nearest: list[Reference], path: Way, wanted: Exchange, absorb: bool, shortest: float
) -> Iterator[tuple[Skeleton, bool, float, Real]]:
    """What stored circuits lead to along one kind of path."""
    for reference in nearest:
        known, skeleton = known_model(reference), skeleton_of(reference)
        shift = float(wanted.frequencies.mean() - known.frequencies.mean())
        way = functools.partial(path, known, wanted.shifted(-shift))
        solve = _solver(skeleton, way, reference.lower_first, absorb)
        end = follow(solve, np.array(reference.angles), shortest=shortest)
        if end is not None:
            yield skeleton, reference.lower_first, shift, end[0]


def _from_random(
    skeleton: Skeleton, wanted: Exchange, absorb: bool, rng: np.random.Generator
) -> Iterator[tuple[Skeleton, bool, float, Real]]:
    """What random starts lead to, for either order of the levels."""
    for lower_first in (True, False) if absorb else (True,):
        unitary, rotation = _collision(wanted, lower_first)
        residual = unitary_residual(_ansatz(skeleton, rotation, absorb), unitary @ rotation, levels=4)
        starts = rng.uniform(-np.pi, np.pi, (_STARTS, skeleton.num_parameters))
        angles, norm = search(residual, starts, tolerance=_CLOSE, iterations=_ITERATIONS)
        if norm < _CLOSE:
            yield skeleton, lower_first, 0.0, angles


def _solver(skeleton: Skeleton, way: Callable[[float], Exchange], lower_first: bool, absorb: bool) -> Solve:
    def solve(position: float, angles: Real) -> tuple[Real, float]:
        unitary, rotation = _collision(way(position), lower_first)
        return fit_unitary(_ansatz(skeleton, rotation, absorb), unitary @ rotation, angles, NEWTON_STEPS, levels=4)

    return solve


def _ansatz(skeleton: Skeleton, rotation: Complex, absorb: bool) -> Ansatz:
    return skeleton if absorb else Preceded(skeleton, rotation)


def _collision(exchange: Exchange, lower_first: bool) -> tuple[Complex, Complex]:
    """U and W x 1."""
    return exponential(exchange.generator()), on_ancilla(_eigenvectors(exchange, lower_first), 1)


def _eigenvectors(exchange: Exchange, lower_first: bool) -> Complex:
    """The pair's eigenvectors (4, 4) as columns, those with one excitation in the order asked for."""
    shared = exchange.generator().reshape(4, 2, 4, 2)[1:3, 0, 1:3, 0]
    levels = np.linalg.eigh(shared)[1]
    vectors = np.eye(4, dtype=complex)
    vectors[1:3, 1:3] = levels if lower_first else levels[:, ::-1]
    return vectors


def _distance(known: Exchange, wanted: Exchange) -> float:
    h = (known.frequencies - known.frequencies.mean()) - (wanted.frequencies - wanted.frequencies.mean())
    return float(np.linalg.norm(h) + np.linalg.norm(known.couplings - wanted.couplings))


def _z(index: int, bit: int) -> int:
    return 1 - 2 * ((index >> bit) & 1)
