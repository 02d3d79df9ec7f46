"""The data of Figs. 2, 5 and 7, and of the plot that shows where exact and second order part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..exact import SteadyStates, second_order_quality
from ..exact.joint import Method
from ..model import example_2
from ..trajectory.pauli import Real
from ..trajectory.trajectory import Trajectory
from .claims_coherence import coherence_damping
from .draws import ALPHA_FIGURE_3, ALPHA_FIGURE_5
from .grids import steady_grid
from .pair import Pair
from .panels import Marks, Panel, PaperFigure, Series

BETAS = (0.2, 0.5, 1.0, 2.0, 5.0)
KAPPAS = (0.1, 0.3, 0.5, 1.0, 2.0)
KAPPA_AXIS = np.linspace(0.02, 4.0, 200)
BETA_AXIS = np.linspace(0.05, 10.0, 200)
MARKS = 9
_METHODS: tuple[tuple[str, Method], ...] = (("exact", "exact"), ("second order", "second_order"))
_KAPPA, _BETA = r"$\kappa_{12}$", r"$\beta$"


def _curves(along: str, which: str, marks: Sequence[Marks]) -> list[Series]:
    """Steady coherence, work or heat along kappa for several beta, or the other way round."""
    axis, others = (KAPPA_AXIS, BETAS) if along == "kappa" else (BETA_AXIS, KAPPAS)
    found = []
    for kind, method in _METHODS:
        grid = _grid(along, axis, np.array(others), method)
        values = _scaled(grid, which)
        found += [Series(_label(along, o), kind, c, axis, values[:, c]) for c, o in enumerate(others)]
    places = np.linspace(axis[4], axis[-1], MARKS)
    for other in marks:
        for color, value in enumerate(others):
            runs = [other.steady(example_2(alpha=ALPHA_FIGURE_5, **_point(along, x, value))) for x in places]
            marked = np.array([_marked(run, which) for run in runs])
            found.append(Series(_label(along, value), other.kind, color, places, marked))
    return found


def _marked(run: Trajectory, which: str) -> float:
    return float(run.coherence[0]) if which == "coherence" else 1e4 * float(getattr(run, which)[0])


def _grid(along: str, axis: Real, others: Real, method: Method) -> SteadyStates:
    kappa, beta = (axis[:, None], others) if along == "kappa" else (others, axis[:, None])
    return steady_grid(kappa, beta, method, alpha=ALPHA_FIGURE_5)


def _scaled(grid: SteadyStates, which: str) -> Real:
    return grid.coherence if which == "coherence" else np.asarray(1e4 * getattr(grid, which))


def _point(along: str, x: float, other: float) -> dict[str, Any]:
    return {"kappa": float(x), "beta": other} if along == "kappa" else {"kappa": other, "beta": float(x)}


def _label(along: str, value: float) -> str:
    return rf"$\beta = {value:g}$" if along == "kappa" else rf"$\kappa_{{12}} = {value:g}$"


def figure_2() -> PaperFigure:
    """Levels of the pair without and with exchange (kappa = 0.3), and along kappa."""
    panels = []
    for kappa in (0.0, 0.3):
        energies = Pair(omega_1=0.5, omega_2=1.5, kappa=kappa, beta=1.0).energies
        levels = [
            Series(_name(index, kappa), "exact", index, np.array([0.0, 1.0]), np.full(2, energy))
            for index, energy in enumerate(energies)
        ]
        panels.append(Panel("free" if kappa == 0 else rf"$\kappa_{{12}} = {kappa:g}$", "", "energy", levels))
    axis = np.linspace(0.0, 2.0, 201)
    energies = np.array([Pair(omega_1=0.5, omega_2=1.5, kappa=float(k), beta=1.0).energies for k in axis])
    curves = [Series(_name(i, 0.3), "exact", i, axis, energies[:, i]) for i in range(4)]
    panels.append(Panel("", _KAPPA, "energy", curves))
    return PaperFigure("figure_2", panels, columns=3)


def _name(index: int, kappa: float) -> str:
    prime = "'" if kappa else ""
    return rf"$E{prime}_{index + 1}$"


def figure_5(marks: Sequence[Marks] = ()) -> PaperFigure:
    """Steady coherence along kappa for several beta, and along beta for several kappa (alpha = 0.2)."""
    label = r"steady $C_{\ell_1}$"
    panels = [
        Panel("", name, label, _curves(along, "coherence", marks))
        for along, name in (("kappa", _KAPPA), ("beta", _BETA))
    ]
    return PaperFigure("figure_5", panels)


def figure_7(marks: Sequence[Marks] = ()) -> PaperFigure:
    """Steady work (positive) and heat (negative) along kappa and along beta (alpha = 0.2)."""
    label = r"$W_{sw}$ and $\delta Q$, $\times 10^4$"
    panels = []
    for along, name, place in (("kappa", _KAPPA, "upper left"), ("beta", _BETA, (0.7, 0.045))):
        both = [*_curves(along, "work", marks), *_curves(along, "heat", marks)]
        panels.append(Panel("", name, label, both, legend_place=place))
    return PaperFigure("figure_7", panels)


def parting_figure() -> PaperFigure:
    """Where exact and second order part: far along kappa, in the approach to the steady state, and as maps."""
    panels = [
        Panel("", _KAPPA, r"steady $C_{\ell_1}$", _far_along_kappa(), legend_place=(0.28, 0.66)),
        Panel("", _BETA, r"damping per collision $\times 10^5$", _damping()),
        Panel("", _KAPPA, "error of one collision", _map_errors(), x_log=True, y_log=True, y_limits=(5e-6, 2e-3)),
    ]
    return PaperFigure("second_order", panels, columns=3)


def _far_along_kappa() -> list[Series]:
    far = np.linspace(0.05, 45.0, 1200)
    return [
        Series(rf"$\beta = {beta:g}$", kind, color, far, steady_grid(far, beta, method).coherence)
        for color, beta in enumerate((0.2, 1.0, 5.0))
        for kind, method in _METHODS
    ]


def _damping() -> list[Series]:
    """One minus the modulus of the channel's eigenvalue that turns the coherence: negative means growth."""
    axis = np.linspace(0.1, 6.0, 60)
    found = []
    for color, alpha in enumerate((ALPHA_FIGURE_3, ALPHA_FIGURE_5)):
        for kind, method in _METHODS:
            rates = [1e5 * coherence_damping(example_2(beta=float(b), alpha=alpha), method) for b in axis]
            found.append(Series(rf"$\alpha = {alpha:g}$", kind, color, axis, np.array(rates)))
    found.append(Series("", "plain", 5, axis, np.zeros(len(axis)), "plain"))
    return found


def _map_errors() -> list[Series]:
    axis = np.geomspace(0.05, 70.0, 24)
    qualities = [second_order_quality(example_2(kappa=float(k), alpha=ALPHA_FIGURE_5)) for k in axis]
    distance = np.array([quality.distance.upper for quality in qualities])
    negative = np.array([-quality.smallest_choi_eigenvalue for quality in qualities])
    return [
        Series("diamond distance", "map error", 0, axis, distance, "plain"),
        Series("$-$ smallest Choi eigenvalue", "map error", 1, axis, negative, "plain"),
    ]
