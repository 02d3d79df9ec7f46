"""Trajectories of quadratic modes: moments and ledger of any number of collisions, or rounds of them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..limits import COMPLEX_BYTES, require_memory
from ..trajectory.iterate import Record, recorded_collisions
from .channel import MomentMap, Stroke, cycle_map, power
from .quadratic import Form, Matrix, Real
from .state import GaussianState, state_of, thermal_state


@dataclass(frozen=True, eq=False, repr=False)
class GaussianTrajectory:
    """States of quadratic modes after chosen collisions (rounds, where there are several strokes), and the ledger.

    Args:
        strokes: the collisions of a round.
        form: of the moments.
        collisions: number of collisions behind each state, starting with 0, shape (m + 1,).
        moments: second moments, shape (m + 1, D, D).
        displacements: first moments, shape (m + 1, D).
        heat_of_strokes: absorbed by the system from the ancillas of each stroke, shape (m, strokes).
        switching_work: done by switching the interactions, shape (m,).
        driving_work: done by changes of the system's Hamiltonian between strokes (Eq. 64), shape (m,).
    """

    strokes: tuple[Stroke, ...]
    form: Form
    collisions: NDArray[np.int64]
    moments: Matrix
    displacements: Matrix
    heat_of_strokes: Real
    switching_work: Real
    driving_work: Real

    def __len__(self) -> int:
        return len(self.collisions)

    @functools.cached_property
    def states(self) -> tuple[GaussianState, ...]:
        """The states, (m + 1,)."""
        return tuple(
            state_of(moments, shift, self.form) for moments, shift in zip(self.moments, self.displacements, strict=True)
        )

    @property
    def occupations(self) -> Real:
        """Mean number of particles in each mode, (m + 1, n)."""
        return np.array([state.occupations for state in self.states])

    @property
    def heat(self) -> Real:
        """Absorbed by the system from all ancillas, (m,)."""
        return np.asarray(self.heat_of_strokes.sum(axis=1))

    @property
    def work(self) -> Real:
        """Done on the system and the ancillas, (m,)."""
        return self.switching_work + self.driving_work

    @functools.cached_property
    def energy(self) -> Real:
        """Internal energy with the first stroke's Hamiltonian, (m + 1,)."""
        system = self.strokes[0].system
        matrix = self.form.energy(system)
        return np.asarray(np.einsum("ij,kji->k", matrix, self.moments).real + self.form.constant(system))

    @property
    def energy_change(self) -> Real:
        """Change of the internal energy, (m,)."""
        return np.diff(self.energy)

    @functools.cached_property
    def entropy(self) -> Real:
        """Von Neumann entropy in nats, (m + 1,)."""
        return np.array([state.entropy() for state in self.states])

    @property
    def entropy_change(self) -> Real:
        """Change of the entropy, (m,)."""
        return np.diff(self.entropy)

    @property
    def entropy_production(self) -> Real:
        """Entropy change minus beta times the heat of each stroke, (m,); infinite at beta = inf where heat flows."""
        flow = np.zeros(len(self) - 1)
        for stroke, heat in zip(self.strokes, self.heat_of_strokes.T, strict=True):
            flow += np.array([0.0 if value == 0 else stroke.beta * value for value in heat])
        return self.entropy_change - flow

    @property
    def first_law_residual(self) -> Real:
        """What the first law leaves open: rounding, (m,)."""
        return self.energy_change - self.heat - self.work

    def log_negativity(self, first: Sequence[int], second: Sequence[int]) -> Real:
        """Logarithmic negativity between two groups of modes, (m + 1,)."""
        return np.array([state.log_negativity(first, second) for state in self.states])

    def __repr__(self) -> str:
        return (
            f"GaussianTrajectory of {self.strokes[0].name!r}: {int(self.collisions[-1])} collisions, {len(self)} "
            f"states of {self.strokes[0].system.num_modes} {self.form.statistics}"
        )


def evolve_moments(
    strokes: tuple[Stroke, ...], n: int, initial: GaussianState | None, record: Record
) -> GaussianTrajectory:
    """The trajectory of n rounds of strokes."""
    first = strokes[0]
    modes = first.system.num_modes
    if initial is None:
        initial = thermal_state(first.system, first.statistics, 1.0, f"the system of {first.name!r}")
    if not isinstance(initial, GaussianState) or (initial.statistics, initial.num_modes) != (first.statistics, modes):
        raise InputError(f"the initial state must be a GaussianState of {modes} {first.statistics}, not {initial!r}")
    collisions = recorded_collisions(n, record)
    assert initial.anomalous is not None
    plain = not initial.anomalous.any()
    form = Form(first.statistics, not (all(stroke.conserving for stroke in strokes) and plain))
    size = 2 * modes if form.paired else modes
    require_memory(
        2 * COMPLEX_BYTES * len(collisions) * size**2,
        f"the moments of {len(collisions)} states",
        "keep fewer states with record=, a stride or the chosen collisions",
    )
    return _stepped(strokes, form, collisions, initial)


def _stepped(
    strokes: tuple[Stroke, ...], form: Form, collisions: NDArray[np.int64], initial: GaussianState
) -> GaussianTrajectory:
    one = cycle_map(strokes, form)
    known: dict[int, MomentMap] = {}
    moments, shifts = [initial.moments(form)], [_shift(initial, form)]
    ledger = np.zeros((len(collisions) - 1, len(one.ledger)))
    for index, gap in enumerate(np.diff(collisions)):
        if int(gap) not in known:
            known[int(gap)] = power(one, int(gap))
        steps = known[int(gap)]
        ledger[index] = [functional(moments[-1]) for functional in steps.ledger]
        moments.append(steps(moments[-1]))
        shifts.append(steps.matrix @ shifts[-1])
    return GaussianTrajectory(
        strokes=strokes,
        form=form,
        collisions=collisions,
        moments=np.array(moments),
        displacements=np.array(shifts),
        heat_of_strokes=ledger[:, : len(strokes)],
        switching_work=ledger[:, -2],
        driving_work=ledger[:, -1],
    )


def _shift(state: GaussianState, form: Form) -> Matrix:
    alpha = state.displacement
    assert alpha is not None
    return np.sqrt(2) * np.concatenate([alpha.real, alpha.imag]) if form.paired else alpha
