r"""Sampled collisions: an experiment is R draws of the whole sequence of branches, each with circuits of its own.

All settings at all ticks of one draw are cut from the same sequence, so that what differs between two ticks is known
draw by draw. With N shots of every setting, N / R in each draw, the variance of a mean is

.. math:: \frac{\sigma^2_{\text{draws}}}{R} + \frac{\sigma^2_{\text{shots}}}{N},

with the spread of the draws' true means and the mean variance of a shot within a draw. The executions do not depend on
R, the number of circuits does. The sum of the two is estimated by the spread of the R means that were measured; its
square root is known to a relative :math:`1/\sqrt{2(R-1)}`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..compile.sequence import CollisionCircuit
from ..device import MappedCollisions
from ..errors import InputError
from ..limits import positive_integer
from .circuits import MeasurementCircuits, as_mapped, check_level, cut_and_measured, is_sampled
from .plan import QUANTITIES, MeasurementPlan, Quantity, plan_for

#: Draws where nothing else is asked for, at most: the error bars are then known to 9 %.
DEFAULT_DRAWS = 64

#: The fewest that are taken without being asked for: the error bars are then known to 18 %.
FEWEST_BY_DEFAULT = 16


def shots_of_a_circuit(shots: int, draws: int) -> int:
    """The shots of each circuit, where ``shots`` are those of a setting in all draws together.

    Raises:
        InputError: if they are no positive number, or cannot be divided equally.
    """
    count = positive_integer(shots, "shots")
    if count % draws:
        raise InputError(
            f"{count} shots cannot be divided equally among {draws} draws: give {max(1, round(count / draws)) * draws} "
            "shots, or another number of draws"
        )
    return count // draws


def default_draws(shots: int) -> int:
    """The largest divisor of the shots up to :data:`DEFAULT_DRAWS`.

    Raises:
        InputError: if there is none from :data:`FEWEST_BY_DEFAULT` on.

    >>> from qcoll.measure.sampled_sequences import default_draws
    >>> default_draws(4000), default_draws(4096)
    (50, 64)
    """
    for draws in range(min(DEFAULT_DRAWS, shots), FEWEST_BY_DEFAULT - 1, -1):
        if shots % draws == 0:
            return draws
    multiple = max(1, round(shots / DEFAULT_DRAWS)) * DEFAULT_DRAWS
    raise InputError(
        f"{shots} shots have no divisor from {FEWEST_BY_DEFAULT} to {DEFAULT_DRAWS}, so that as many draws could share "
        f"them equally: give {multiple} shots, or say how many draws"
    )


def draw_seeds(compiled: CollisionCircuit, draws: int, point: int = 0) -> list[int]:
    """Independent seeds of the draws, derived from the circuit's own; those of fewer draws are their beginning.

    Args:
        compiled: a sampled circuit.
        draws: how many.
        point: of a sweep, whose points draw independently.
    """
    sequence = np.random.SeedSequence(compiled.seed, spawn_key=(point,))
    return [int(seed) for seed in sequence.generate_state(draws, np.uint64)]


def sampled_measurements(
    circuit: MappedCollisions | CollisionCircuit,
    at: int | Sequence[int],
    quantities: Sequence[Quantity] = QUANTITIES,
    *,
    draws: int = DEFAULT_DRAWS,
    observables: Sequence[str] = (),
    readout: bool = False,
    merge: bool = False,
) -> tuple[MeasurementCircuits, ...]:
    """The circuits that measure sampled collisions: for each draw those of :func:`measurement_circuits`.

    Args:
        circuit: a sampled circuit (``synthesis="sampled"`` or ``preparation="sampled"``), mapped or compiled. It is
            mapped once for all draws.
        at: collisions after which to measure.
        quantities: "state", "heat", "work".
        draws: how many sequences of branches are sampled, independently, from the circuit's seed.
        observables: more Pauli strings of the system.
        readout: add a circuit that measures the readout error.
        merge: as for :func:`measurement_circuits`.

    Raises:
        InputError: for a circuit that samples nothing or on fresh ancillas, fewer than two draws, a bad collision,
            quantity or observable, or circuits that have given up what is asked for.

    >>> import qcoll
    >>> from qiskit_aer.primitives import SamplerV2
    >>> from qcoll.hardware import combine, sampled_measurements, run
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.8, dt=0.5), n=3, initial="0", synthesis="sampled")
    >>> drawn = sampled_measurements(compiled, at=[3], quantities=["state"], draws=20)
    >>> counts = run(drawn, SamplerV2(seed=1), shots=1000)  # 50 in each draw
    >>> combine(counts).kind
    'SamplerV2, 1000 shots in 20 draws'
    """
    mapped = as_mapped(circuit)
    compiled = mapped.compiled
    if not is_sampled(compiled):
        raise InputError("each collision of this circuit is the same, so nothing is sampled: take measurement_circuits")
    check_draws(compiled, draws)
    return draws_of(mapped, plan_for(compiled, at, quantities, observables, readout), draws, merge=merge)


def draws_of(
    mapped: MappedCollisions, plan: MeasurementPlan, draws: int, point: int = 0, *, merge: bool = False
) -> tuple[MeasurementCircuits, ...]:
    """The circuits of a plan for each draw of a mapped circuit; all the same if it happens to draw nothing.

    Args:
        mapped: on reset ancillas.
        plan: what is measured.
        draws: how many.
        point: of a sweep, whose points draw independently.
        merge: as for :func:`measurement_circuits`.
    """
    compiled = mapped.compiled
    check_level(compiled, plan)
    sequences = [replace(mapped, compiled=replace(compiled, seed=seed)) for seed in draw_seeds(compiled, draws, point)]
    return cut_and_measured(sequences, plan, merge)


def check_draws(compiled: CollisionCircuit, draws: int) -> None:
    """Refuse draws that would run on qubits of their own, or are too few to have a spread."""
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 2:
        raise InputError(f"draws is {draws!r}, but must be an integer from 2 on: their spread is the error bar")
    if compiled.ancillas == "fresh":
        raise InputError(
            f"with {compiled.ancillas} ancillas every draw would run on other qubits, with other errors: compile with "
            'ancillas="reset", or with a level that samples nothing, such as synthesis="channel"'
        )
