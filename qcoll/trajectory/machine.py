r"""Heat engines, refrigerators and accelerators: what a cycle between baths is, how well it works, and Carnot's bounds.

With the heats :math:`Q` that the system absorbs from all strokes at one temperature and the work :math:`W` done on it
in a cycle, between a hot bath (:math:`\beta_h`) and a cold one (:math:`\beta_c > \beta_h`):

.. math::

    \text{engine } (W < 0 < Q_h): &\quad -W/Q_h \le 1 - \beta_h/\beta_c,\\
    \text{refrigerator } (W, Q_c > 0): &\quad Q_c/W \le \beta_h/(\beta_c - \beta_h),\\
    \text{accelerator } (W, Q_h > 0 > Q_c), &\quad \text{heater } (W > 0 > Q_h, Q_c).

The bounds hold where the cycle is closed, that is in the limit cycle, and in a sum over many cycles on the way there.
"""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..model.collision import CollisionModel
from ..model.cycle import Cycle, Model
from .pauli import Real

#: Work and heat below this, relative to the largest heat of the cycle, are rounding.
NOTHING = 1e-12


class Heats(Protocol):
    """What is read of a trajectory here."""

    @property
    def model(self) -> Model:
        """The cycle."""

    @property
    def work(self) -> Real:
        """Done in every recorded cycle, (m,)."""

    @property
    def heat_of_strokes(self) -> Real:
        """Absorbed in every recorded cycle, (m, strokes)."""


def betas_of(model: Model, wanted: str) -> dict[float, list[int]]:
    """The strokes of a cycle by their baths' inverse temperature, the hottest first.

    Raises:
        InputError: if the cycle is none between two or more baths of positive temperature; the message says why.

    >>> import qcoll
    >>> from qcoll.trajectory.machine import betas_of
    >>> betas_of(qcoll.Cycle([qcoll.example_2(beta=2.0), qcoll.example_2(beta=1.0)]), "efficiency")
    {1.0: [1], 2.0: [0]}
    """
    strokes = model.strokes if isinstance(model, Cycle) else (model,)
    found: dict[float, list[int]] = {}
    for number, stroke in enumerate(strokes):
        if not isinstance(stroke, CollisionModel):
            continue
        beta = stroke.ancilla.beta
        if beta is None:
            raise InputError(
                f"there is no {wanted}: the ancilla of stroke {number}, {stroke.name!r}, is in a given state and has "
                "no temperature"
            )
        if beta < 0:
            raise InputError(
                f"there is no {wanted} with Carnot's bound: the ancilla of stroke {number}, {stroke.name!r}, is "
                f"inverted (beta = {beta:g})"
            )
        found.setdefault(beta, []).append(number)
    if len(found) < 2:
        baths = "no bath" if not found else f"baths at beta = {next(iter(found)):g} alone"
        raise InputError(
            f"there is no {wanted}: {model.name!r} has {baths}, and a heat engine or refrigerator works between two "
            "temperatures: make a qcoll.Cycle of strokes with two"
        )
    return {beta: found[beta] for beta in sorted(found)}


def two_betas_of(model: Model, wanted: str) -> tuple[float, float]:
    """The inverse temperatures of the hot and the cold bath.

    Raises:
        InputError: as for :func:`betas_of`, and if there are more than two temperatures.
    """
    betas = tuple(betas_of(model, wanted))
    if len(betas) > 2:
        listed = ", ".join(f"{beta:g}" for beta in betas)
        raise InputError(
            f"there is no {wanted}: {model.name!r} has baths at {len(betas)} temperatures (beta = {listed}), none of "
            "which is the hot one and none the cold one; see heat_of_strokes"
        )
    return betas[0], betas[1]


def efficiency(trajectory: Heats) -> Real:
    """Work output by heat taken in, (m,); nan where the cycle gives no work.

    Raises:
        InputError: if there are not two temperatures, or no recorded cycle gives work.
    """
    heats = np.stack([_heat(trajectory, strokes) for strokes in _baths(trajectory, "efficiency").values()])
    taken = np.clip(heats, 0.0, None).sum(axis=0)
    least = NOTHING * np.abs(heats).max(axis=0)
    works = (-trajectory.work > least) & (taken > least)
    if not works.any():
        raise InputError(
            f"there is no efficiency: {trajectory.model.name!r} gives no work in any recorded cycle"
            f"{_instead(trajectory, 'refrigerator', 'coefficient_of_performance')}"
        )
    return np.asarray(np.divide(-trajectory.work, taken, where=works, out=np.full(len(works), np.nan)))


def coefficient_of_performance(trajectory: Heats) -> Real:
    """Heat taken from the cold bath by work put in, (m,); nan where it is not cooled.

    Raises:
        InputError: if there are not two temperatures, or the cold bath is not cooled in any recorded cycle.
    """
    two_betas_of(trajectory.model, "coefficient of performance")
    hot, cold = (_heat(trajectory, own) for own in _baths(trajectory, "coefficient of performance").values())
    least = NOTHING * np.maximum(np.abs(hot), np.abs(cold))
    cools = (cold > least) & (trajectory.work > least)
    if not cools.any():
        raise InputError(
            f"there is no coefficient of performance: {trajectory.model.name!r} does not cool its cold bath with work "
            f"in any recorded cycle{_instead(trajectory, 'engine', 'efficiency')}"
        )
    return np.asarray(np.divide(cold, trajectory.work, where=cools, out=np.full(len(cools), np.nan)))


def machines(trajectory: Heats) -> NDArray[np.str_]:
    """What the machine is in every recorded cycle, (m,).

    "engine", "refrigerator", "accelerator", "heater", or "none" where nothing flows or the system only stores.

    Raises:
        InputError: if there are not two temperatures.
    """
    two_betas_of(trajectory.model, "kind of machine")
    hot, cold = (_heat(trajectory, own) for own in _baths(trajectory, "kind of machine").values())
    work = trajectory.work
    least = NOTHING * np.maximum(np.abs(hot), np.abs(cold))
    gives, takes = work < -least, work > least
    kinds = [
        gives & (hot > least),
        takes & (cold > least),
        takes & (hot > least) & (cold < -least),
        takes & (hot < -least) & (cold < -least),
    ]
    return np.select(kinds, ["engine", "refrigerator", "accelerator", "heater"], "none")


def carnot_efficiency(model: Model) -> float:
    """Carnot's bound on the efficiency, one minus the ratio of the lowest and highest temperature.

    Raises:
        InputError: if there are not two temperatures.
    """
    betas = list(betas_of(model, "efficiency"))
    return 1.0 - betas[0] / betas[-1]


def carnot_coefficient_of_performance(model: Model) -> float:
    """Carnot's bound on the coefficient of performance.

    Raises:
        InputError: if there are not two temperatures.
    """
    hot, cold = two_betas_of(model, "coefficient of performance")
    return 0.0 if math.isinf(cold) else hot / (cold - hot)


def _baths(trajectory: Heats, wanted: str) -> dict[float, list[int]]:
    return betas_of(trajectory.model, wanted)


def _heat(trajectory: Heats, strokes: list[int]) -> Real:
    return np.asarray(trajectory.heat_of_strokes[:, strokes].sum(axis=1))


def _instead(trajectory: Heats, kind: str, name: str) -> str:
    """What to look at instead, where the machine is the other one in the end."""
    if len(betas_of(trajectory.model, name)) != 2 or machines(trajectory)[-1] != kind:
        return ""
    return f"; it is {'an' if kind == 'engine' else 'a'} {kind} in the last one: see {name}"
