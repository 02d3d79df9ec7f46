"""Initial states of chains: products, and the thermal state of the system by imaginary time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import InputError
from ..model.states import LABELS, checked_state
from ..trajectory.pauli import Real, to_pauli_vector
from .chain_state import ChainState, Truncation, distance
from .layout import Layout, terms_of
from .splitting import Gates, Splitting

#: Steps of imaginary time from infinite temperature to 1; half of them give the error.
COOLING = Splitting(4, 8)
#: The error of the finer cooling is a sixteenth of that of the coarser one, of fourth order; this is less.
COOLING_GAIN = 4
#: How much more a coarser chain may drop.
COARSER = 4.0
#: Share of the tolerance that the truncations of cooling may take.
COOLING_SHARE = 0.02


def initial_chain(
    layout: Layout, initial: Any, bond_dimension: int, tolerance: float
) -> tuple[ChainState, ChainState, float]:
    """The initial state of a chain, a coarser one, and the error of the first.

    Args:
        layout: the chain.
        initial: ``None`` for the thermal state of H_S at inverse temperature 1; a label with a letter for each qubit;
            or a list of states of single qubits, that of qubit 0 first.
        bond_dimension: the largest that is kept.
        tolerance: of the whole trajectory, of which a thermal state takes a small share.

    Raises:
        InputError: if it is something else.
    """
    n = layout.num_sites
    if initial is None:
        return _thermal(layout, bond_dimension, COOLING_SHARE * tolerance)
    if isinstance(initial, str):
        if len(initial) != n or not set(initial) <= set(LABELS):
            raise InputError(
                f"the initial state is {initial!r}, but a label has one of {', '.join(LABELS)} for each of {n} qubits"
            )
        initial = list(reversed(initial))  # the last letter is qubit 0
    if not isinstance(initial, Sequence) or len(initial) != n:
        raise InputError(
            f"the initial state of a chain of {n} qubits must be a label, a list of {n} states of one qubit, or None "
            "for the thermal one"
        )
    single = [
        to_pauli_vector(checked_state(one, 1, f"the state of qubit {k}", "qubit")) for k, one in enumerate(initial)
    ]
    state = ChainState.product([single[qubit] for qubit in layout.order])
    return state, state.copy(), 0.0


def _thermal(layout: Layout, bond_dimension: int, budget: float) -> tuple[ChainState, ChainState, float]:
    """exp(-H_S) / Z from exp(-H_S / 2) on both sides of the identity, and the same in half as many steps, cut down."""
    gates = Gates(layout, terms_of(layout.model.system), -0.5j, with_ancilla=False)
    coarse, _ = _cooled(layout, gates, Splitting(COOLING.order, COOLING.steps // 2), bond_dimension, budget)
    state, dropped = _cooled(layout, gates, COOLING, bond_dimension, budget)
    error = distance(coarse, state) / COOLING_GAIN + dropped
    coarse.compress(Truncation(COARSER * budget, max(1, bond_dimension // 2)))
    coarse.canonicalise(0)
    coarse.scale(1 / coarse.trace())
    return state, coarse, error


def _cooled(
    layout: Layout, gates: Gates, splitting: Splitting, bond_dimension: int, budget: float
) -> tuple[ChainState, float]:
    hottest: Real = np.array([1.0, 0.0, 0.0, 0.0])
    state = ChainState.product([hottest] * layout.num_sites)
    dropped = 0.0
    truncation = Truncation(budget / len(splitting.layers), bond_dimension)
    for parity, fraction in splitting.layers:
        if parity < layout.num_sites - 1:
            dropped += state.apply_layer(gates.layer(parity, fraction), truncation)
            state.canonicalise(state.centre)  # gates of imaginary time are not isometric
            state.scale(1 / state.trace())
    state.canonicalise(0)
    return state, dropped
