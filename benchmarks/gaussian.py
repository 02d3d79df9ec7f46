"""Steady states of chains of free fermions between two structured baths, beside SciPy's Lyapunov solver.

``python benchmarks/gaussian.py [MODES ...]``: one row of a Markdown table for each length (40, 200 and 1,000 by
default), in seconds, both solvers in one run; the difference is the largest between correlations.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from scipy.linalg import solve_discrete_lyapunov

import qcoll
from qcoll.gaussian.channel import cycle_map
from qcoll.gaussian.quadratic import Form

#: SciPy's solver takes minutes beyond.
LARGEST_FOR_SCIPY = 400


def chain(modes: int) -> qcoll.GaussianCycle:
    """A chain with a hot pair at one end and a cold one at the other, in turn."""
    hopping = np.diag(np.full(modes - 1, 1.0), 1)
    ends = []
    for beta, end in ((0.5, 0), (2.0, modes - 1)):
        interaction = np.zeros((modes, 2))
        interaction[end] = [0.8, 0.5]
        ends.append(
            qcoll.GaussianModel(
                statistics="fermions",
                system=hopping + hopping.T,
                ancilla=[[-0.2, 0.6], [0.6, 0.3]],
                interaction=interaction,
                beta=beta,
                dt=0.7,
            )
        )
    return qcoll.GaussianCycle(ends)


def main() -> None:
    """Print the table."""
    print("| modes | steady state (s) | SciPy's solver alone (s) | difference | gap |")
    print("|---|---|---|---|---|")
    for modes in [int(argument) for argument in sys.argv[1:]] or [40, 200, 1000]:
        cycle = chain(modes)
        begin = time.perf_counter()
        state = cycle.steady_state()
        took, scipy_took, difference = f"{time.perf_counter() - begin:.3g}", "", ""
        if modes <= LARGEST_FOR_SCIPY:
            one = cycle_map(cycle.strokes, Form("fermions", False))
            begin = time.perf_counter()
            other = solve_discrete_lyapunov(one.matrix, one.noise)
            scipy_took = f"{time.perf_counter() - begin:.3g}"
            difference = f"{np.abs(other - state.correlations).max():.1e}"
        print(f"| {modes} | {took} | {scipy_took} | {difference} | {cycle.spectral_gap():.1e} |")


if __name__ == "__main__":
    main()
