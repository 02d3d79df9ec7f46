"""Steady states of example 2 on grids of exchange strength and temperature, as in Figs. 5 and 7."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..exact import ModelStack, SteadyStates, steady_states
from ..exact.joint import Method
from ..model import example_2


def example_2_stack(kappa: ArrayLike, beta: ArrayLike, **parameters: Any) -> ModelStack:
    """Example 2 at arrays of kappa and beta that broadcast; the other parameters as for :func:`qcoll.example_2`.

    The pair's Hamiltonian is linear in kappa, so that two models give them all.

    >>> import numpy as np
    >>> example_2_stack(np.linspace(0.1, 1, 4)[:, None], np.array([1.0, 2.0]), alpha=0.2).shape
    (4, 2)
    """
    free, coupled = (example_2(kappa=value, **parameters) for value in (0.0, 1.0))
    constant = free.ancilla.hamiltonian.to_matrix()
    slope = coupled.ancilla.hamiltonian.to_matrix() - constant
    strength, coldness = np.broadcast_arrays(np.asarray(kappa, dtype=float), np.asarray(beta, dtype=float))
    return ModelStack(
        system=free.system.to_matrix(),
        ancilla=constant + strength[..., None, None] * slope,
        interaction=free.interaction.to_matrix(),
        beta=coldness,
        dt=np.array(free.dt),
    )


def steady_grid(kappa: ArrayLike, beta: ArrayLike, method: Method = "exact", **parameters: Any) -> SteadyStates:
    """Steady states, heat and work of example 2 on a grid; alpha is 0.2 as in Figs. 5 and 7 unless given.

    >>> round(float(steady_grid(0.3, 1.0).coherence), 4)
    0.0107
    """
    return steady_states(example_2_stack(kappa, beta, **{"alpha": 0.2, **parameters}), method)
