r"""One collision of quadratic modes as a map of the system's moments, with its ledger.

.. math:: M \mapsto X M X^\dagger + Y,\qquad U = \begin{pmatrix} X & Z\\ W & V\end{pmatrix},\quad
    Y = Z M_A Z^\dagger

with U of system and ancilla modes and :math:`M_A` the fresh ancilla's moments. Heat and work are linear in M: each is a
:class:`Functional`. Strokes one after the other compose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .quadratic import Complex, Form, Matrix, Quadratic, Statistics, joint

Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Stroke:
    """One collision of quadratic modes.

    Args:
        statistics: of all modes.
        system: Hamiltonian of the system's modes during the stroke.
        ancilla: Hamiltonian of the ancilla's modes.
        coupling: exchange and pairing between them.
        beta: inverse temperature of the ancilla.
        dt: duration.
        name: of the model, for messages.
    """

    statistics: Statistics
    system: Quadratic
    ancilla: Quadratic
    coupling: tuple[Complex, Complex]
    beta: float
    dt: float
    name: str

    @property
    def conserving(self) -> bool:
        """Whether it conserves the number of particles."""
        return self.system.conserving and self.ancilla.conserving and not self.coupling[1].any()


@dataclass(frozen=True, eq=False)
class Functional:
    """A mean that is linear in the moments, Tr[matrix M] + constant."""

    matrix: Matrix
    constant: float

    def __call__(self, moments: Matrix) -> float:
        """Its value."""
        return float(np.sum(self.matrix.T * moments).real) + self.constant

    def __add__(self, other: Functional) -> Functional:
        return Functional(self.matrix + other.matrix, self.constant + other.constant)


@dataclass(frozen=True, eq=False)
class MomentMap:
    """A map of moments, and what happens meanwhile.

    Args:
        matrix: X.
        noise: Y.
        ledger: heat of each stroke, switching work, driving work.
        sources: matrices Z and fresh moments M_A with Y the sum of their Z M_A Z^dagger.
        losses: matrices W with 1 - X^dagger X the sum of their W^dagger W, where X is part of a unitary.
    """

    matrix: Matrix
    noise: Matrix
    ledger: tuple[Functional, ...]
    sources: tuple[tuple[Matrix, Matrix], ...] = ()
    losses: tuple[Matrix, ...] = ()

    def __call__(self, moments: Matrix) -> Matrix:
        """The moments afterwards."""
        after = self.matrix @ moments @ self.matrix.conj().T + self.noise
        return np.asarray((after + after.conj().T) / 2)

    def pulled_back(self, later: Functional) -> Functional:
        """A functional of the moments afterwards as one of those before."""
        return Functional(self.matrix.conj().T @ later.matrix @ self.matrix, later(self.noise))

    def then(self, later: MomentMap) -> MomentMap:
        """This map and another after it, ledgers added."""
        noise = later.matrix @ self.noise @ later.matrix.conj().T + later.noise
        ledger = tuple(own + self.pulled_back(other) for own, other in zip(self.ledger, later.ledger, strict=True))
        sources = (*((later.matrix @ source, fresh) for source, fresh in self.sources), *later.sources)
        losses = (*self.losses, *(loss @ self.matrix for loss in later.losses))
        return MomentMap(later.matrix @ self.matrix, (noise + noise.conj().T) / 2, ledger, sources, losses)


def cycle_map(strokes: Sequence[Stroke], form: Form, *, ledger: bool = True) -> MomentMap:
    """The map of one round of strokes; the driving work after the last leads back to the first."""
    rounds = list(strokes)
    maps = [
        stroke_map(stroke, form, (number, len(rounds)), rounds[(number + 1) % len(rounds)].system, ledger=ledger)
        for number, stroke in enumerate(rounds)
    ]
    whole = maps[0]
    for later in maps[1:]:
        whole = whole.then(later)
    return whole


def stroke_map(
    stroke: Stroke, form: Form, number: tuple[int, int], following: Quadratic, *, ledger: bool = True
) -> MomentMap:
    """The map of one stroke.

    Args:
        stroke: which one.
        form: of the moments.
        number: which of the strokes it is, from 0, and how many there are.
        following: the system's Hamiltonian in the next one.
        ledger: whether heat and work are wanted.
    """
    n, m = stroke.system.num_modes, stroke.ancilla.num_modes
    whole, _ = joint(stroke.system, stroke.ancilla, stroke.coupling, stroke.statistics)
    unitary = form.propagator(whole, stroke.dt)
    own, other = form.places(np.arange(n), n + m), form.places(np.arange(n, n + m), n + m)
    to_system, to_ancilla = unitary[own], unitary[other]
    fresh = form.thermal(stroke.ancilla, stroke.beta, f"the ancilla of {stroke.name!r}")
    source = to_system[:, other]
    noise = source @ fresh @ source.conj().T
    losses = () if form.paired and form.statistics == "bosons" else (to_ancilla[:, own],)
    entries = _ledger(stroke, form, number, following, unitary, fresh) if ledger else ()
    return MomentMap(to_system[:, own], (noise + noise.conj().T) / 2, entries, ((source, fresh),), losses)


def _ledger(
    stroke: Stroke, form: Form, number: tuple[int, int], following: Quadratic, unitary: Matrix, fresh: Matrix
) -> tuple[Functional, ...]:
    """Heat of each stroke, of which only one is not zero, switching work and driving work."""
    n, m = stroke.system.num_modes, stroke.ancilla.num_modes
    own, other = form.places(np.arange(n), n + m), form.places(np.arange(n, n + m), n + m)
    _, between = joint(stroke.system, stroke.ancilla, stroke.coupling, stroke.statistics)
    energy = form.energy(stroke.ancilla)
    stay = Functional(energy, -float(np.sum(energy.T * fresh).real))
    nothing = Functional(np.zeros((len(own), len(own))), 0.0)
    entries = [nothing] * number[1] + [nothing, nothing]
    entries[number[0]] = _negative(_after(unitary[other], stay, own, other, fresh))
    entries[-2] = _negative(_after(unitary, Functional(form.energy(between), 0.0), own, other, fresh))
    if following is not stroke.system:
        constant = form.constant(following) - form.constant(stroke.system)
        change = Functional(form.energy(following) - form.energy(stroke.system), constant)
        entries[-1] = _after(unitary[own], change, own, other, fresh)
    return tuple(entries)


def power(one: MomentMap, count: int) -> MomentMap:
    """So many rounds, by squaring; ledgers added."""
    found, square = None, replace(one, sources=(), losses=())  # they would double with every squaring
    while True:
        if count & 1:
            found = square if found is None else found.then(square)
        count >>= 1
        if not count:
            assert found is not None
            return found
        square = square.then(square)


def _after(rows: Matrix, observable: Functional, own: Places, other: Places, fresh: Matrix) -> Functional:
    """An observable of some modes after the stroke as a functional of the system's moments before it."""
    from_own, from_other = rows[:, own], rows[:, other]
    there = from_other @ fresh @ from_other.conj().T
    return Functional(from_own.conj().T @ observable.matrix @ from_own, observable(there))


def _negative(functional: Functional) -> Functional:
    return Functional(-functional.matrix, -functional.constant)
