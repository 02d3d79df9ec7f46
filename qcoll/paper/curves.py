"""The data of Figs. 3, 4, 6 and 8: trajectories of example 2 for several temperatures and exchange strengths."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..exact import evolve
from ..model import example_2
from ..trajectory.pauli import Real
from ..trajectory.trajectory import Trajectory
from .claims_coherence import PERIOD
from .draws import ALPHA_FIGURE_3, ALPHA_FIGURE_5
from .panels import Marks, Panel, PaperFigure, Series, sparse

#: The legends' values are not in the captions; these are our choice.
BETAS = (0.5, 1.0, 2.0, 5.0)
KAPPAS = (0.1, 0.3, 0.5)
LONG, SHORT, MARKS = 120_000, 260, 14
NUMBER = "collisions $n$"
THOUSANDS = r"collisions $n$ / 1000"

Quantity = Callable[[Trajectory], Real]


def sigma_z(run: Trajectory) -> Real:
    """Mean of sigma_z after every collision."""
    return np.asarray((run.states[:, 0, 0] - run.states[:, 1, 1]).real)


def coherence(run: Trajectory) -> Real:
    """l1 norm of coherence after every collision (Eq. 57)."""
    return run.coherence


def entropy(run: Trajectory) -> Real:
    """Entropy production of every collision (Eq. 72)."""
    return run.entropy_production


def _choices(along: str, alpha: float) -> Iterator[tuple[str, dict[str, Any]]]:
    if along == "beta":
        for beta in BETAS:
            yield rf"$\beta = {beta:g}$", {"beta": beta, "kappa": 0.3, "alpha": alpha}
    else:
        for kappa in KAPPAS:
            yield rf"$\kappa_{{12}} = {kappa:g}$", {"beta": 1.0, "kappa": kappa, "alpha": alpha}


def _runs(along: str, alpha: float, n: int, marks: Sequence[Marks]) -> Iterator[tuple[int, str, str, Trajectory]]:
    """Trajectories of every choice of parameters, exact, second order and marked."""
    for color, (label, parameters) in enumerate(_choices(along, alpha)):
        model = example_2(**parameters)
        yield color, label, "exact", evolve(model, n)
        yield color, label, "second order", evolve(model, n, method="second_order")
        for other in marks:
            yield color, label, other.kind, other.evolve(model, n)


def _is_line(kind: str) -> bool:
    return kind in ("exact", "second order")


def _short(
    along: str, alpha: float, quantity: Quantity, n: int, marks: Sequence[Marks], first: int = 0
) -> list[Series]:
    """A quantity collision by collision; marks are thinned out."""
    found = []
    for color, label, kind, run in _runs(along, alpha, n, marks):
        y = quantity(run)
        x = np.arange(first, first + len(y), dtype=float)
        if not _is_line(kind):
            x, y = sparse(x, 2 * MARKS), sparse(y, 2 * MARKS)
        found.append(Series(label, kind, color, x, y))
    return found


def _long(along: str, quantity: Quantity, marks: Sequence[Marks], *, inset: bool) -> list[Series]:
    """A quantity up to the steady state: its mean over one turn of the system, and its range where that shows."""
    found = []
    for color, label, kind, run in _runs(along, ALPHA_FIGURE_3, LONG, marks):
        y = quantity(run)
        turns = len(y) // PERIOD
        blocks = y[: turns * PERIOD].reshape(turns, PERIOD)
        x = (np.arange(turns) + 0.5) * PERIOD / 1000
        count = 400 if _is_line(kind) else MARKS
        parts = [sparse(part, count) for part in (x, blocks.mean(axis=1), blocks.min(axis=1), blocks.max(axis=1))]
        found.append(Series(label, kind, color, parts[0], parts[1], "band", parts[2], parts[3]))
        if inset:
            early = np.arange(3 * PERIOD, dtype=float)
            chosen = early if _is_line(kind) else sparse(early, MARKS)
            found.append(Series(label, kind, color, chosen, y[chosen.astype(int)], "inset"))
    return found


def figure_3(marks: Sequence[Marks] = ()) -> PaperFigure:
    """Population and coherence on the way to the steady state, for several beta and kappa (alpha = 0.1).

    Lines are means over one turn of the system, the shaded range is what lies within it.
    """
    z_label, c_label = r"$\langle\sigma_z\rangle$", r"$C_{\ell_1}$"
    panels = []
    for along, top in (("beta", 0.024), ("kappa", 0.034)):
        panels.append(Panel("", THOUSANDS, z_label, _long(along, sigma_z, marks, inset=False)))
        coherences = _long(along, coherence, marks, inset=True)
        panels.append(Panel("", THOUSANDS, c_label, coherences, y_limits=(-0.0005, top), legend=False))
    return PaperFigure("figure_3", panels)


def figure_4(marks: Sequence[Marks] = ()) -> PaperFigure:
    """The first collisions of the population in detail (alpha = 0.2)."""
    label = r"$\langle\sigma_z\rangle$"
    panels = [Panel("", NUMBER, label, _short(a, ALPHA_FIGURE_5, sigma_z, SHORT, marks)) for a in ("beta", "kappa")]
    return PaperFigure("figure_4", panels)


def figure_6(marks: Sequence[Marks] = ()) -> PaperFigure:
    """Energy change, heat and switching work of the first collisions (alpha = 0.1)."""
    quantities: tuple[tuple[str, Quantity], ...] = (
        (r"$\Delta U \times 10^6$", lambda run: 1e6 * run.energy_change),
        (r"$\delta Q \times 10^6$", lambda run: 1e6 * run.heat),
        (r"$W_{sw} \times 10^6$", lambda run: 1e6 * run.switching_work),
    )
    panels = [
        Panel("", NUMBER, label, _short("beta", ALPHA_FIGURE_3, quantity, SHORT, marks, first=1), legend=False)
        for label, quantity in quantities
    ]
    return PaperFigure("figure_6", panels, columns=3)


def figure_8(marks: Sequence[Marks] = ()) -> PaperFigure:
    """Entropy production of every collision up to the steady state (alpha = 0.1)."""
    label = r"entropy production $\Sigma$"
    panels = [
        Panel(
            "",
            THOUSANDS,
            label,
            _long(along, entropy, marks, inset=False),
            y_log=True,
            y_limits=limits,
            legend_place="upper right",
        )
        for along, limits in (("beta", (3e-7, 7e-5)), ("kappa", (1e-7, 3e-5)))
    ]
    return PaperFigure("figure_8", panels)
