"""Run: the circuits go to any sampler and come back as plain counts.

Nothing of a primitive's result is kept but the counts, as integers: they can be stored as arrays and read by any
version of anything.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.primitives import BaseSamplerV2, StatevectorSampler

from ..errors import InputError
from .circuits import REGISTER, MeasurementCircuits
from .plan import MeasurementPlan
from .sampled_sequences import shots_of_a_circuit

#: For every circuit, how often each outcome (as an integer, first measured qubit least significant) was seen.
#: Predictions have fractions.
Counts = Mapping[int, float]


@dataclass(frozen=True, eq=False)
class MeasuredCounts:
    """Counts of all settings of a plan.

    Args:
        plan: what was measured.
        counts: one for each of ``plan.settings``.
        source: where they were measured, for summaries.
        twirled: whether the measurements were twirled, without which readout errors are not symmetric.
        draws: of sampled collisions the counts of each draw, of which ``counts`` are the sums.
        expected: whether these are expected counts, without the noise of shots.

    Raises:
        InputError: if there are more or fewer counts than settings.
    """

    plan: MeasurementPlan
    counts: tuple[Counts, ...]
    source: str
    twirled: bool = False
    draws: tuple[tuple[Counts, ...], ...] = ()
    expected: bool = False

    def __post_init__(self) -> None:
        for each in (self.counts, *self.draws):
            if len(each) != len(self.plan.settings):
                raise InputError(
                    f"the result has counts of {len(each)} circuits, but {len(self.plan.settings)} were measured: it "
                    "belongs to another experiment, or a part is missing"
                )

    @classmethod
    def of(
        cls,
        plan: MeasurementPlan,
        sequences: Sequence[tuple[Counts, ...]],
        source: str,
        twirled: bool = False,
        *,
        expected: bool = False,
    ) -> MeasuredCounts:
        """From the counts of one sequence of collisions, or of several draws."""
        if len(sequences) == 1:
            return cls(plan, sequences[0], source, twirled, expected=expected)
        merged: list[dict[int, float]] = [{} for _ in sequences[0]]
        for own in sequences:
            for total, seen in zip(merged, own, strict=True):
                for outcome, number in seen.items():
                    total[outcome] = total.get(outcome, 0) + number
        return cls(plan, tuple(merged), source, twirled, tuple(sequences), expected)

    @property
    def summary(self) -> str:
        """Where and with how many shots they were measured."""
        return f"{self.source}, {self.shots} shots" + (f" in {len(self.draws)} draws" if self.draws else "")

    @property
    def shots(self) -> int:
        """Shots of the setting that has fewest, in all draws together."""
        return round(min(sum(each.values()) for each in self.counts))


def run(
    circuits: MeasurementCircuits | Sequence[MeasurementCircuits],
    sampler: BaseSamplerV2,
    shots: int,
    *,
    twirled: bool = False,
) -> MeasuredCounts:
    """Run measurement circuits on any sampler: the second of three steps.

    Args:
        circuits: from :func:`measurement_circuits`, or the draws from :func:`sampled_measurements`; for a real device
            ``.on_device(backend.num_qubits)``, each.
        sampler: any ``BaseSamplerV2``: Aer's, the runtime's, your own.
        shots: of every setting; the draws share them.
        twirled: whether the sampler twirls measurements, as readout mitigation needs.

    Raises:
        InputError: for a sampler that cannot run these circuits, a result without the expected register, or shots that
            the draws cannot share equally.

    >>> import qcoll
    >>> from qiskit_aer.primitives import SamplerV2
    >>> from qcoll.hardware import combine, measurement_circuits, run
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=4)
    >>> counts = run(measurement_circuits(compiled, at=[2, 4]), SamplerV2(seed=1), shots=2000)
    >>> combine(counts).collisions
    array([0, 2, 4])
    """
    sequences = sequences_of(circuits)
    count = shots_of_a_circuit(shots, len(sequences))
    whole = [circuit for each in sequences for circuit in each.circuits]
    check_sampler(sampler, whole)
    counts, plan = counts_of(sampler.run(whole, shots=count).result()), sequences[0].plan
    return MeasuredCounts.of(plan, by_sequence(counts, len(sequences)), type(sampler).__name__, twirled)


def sequences_of(circuits: MeasurementCircuits | Sequence[MeasurementCircuits]) -> tuple[MeasurementCircuits, ...]:
    """The circuits of each sequence: of the only one, or of the draws.

    Raises:
        InputError: if there are none.
    """
    found = (circuits,) if isinstance(circuits, MeasurementCircuits) else tuple(circuits)
    if not found:
        raise InputError("there are no circuits: take those of measurement_circuits or sampled_measurements")
    return found


def by_sequence(counts: Sequence[Counts], number: int) -> list[tuple[Counts, ...]]:
    """The counts of all circuits, one sequence after the other, as those of each sequence."""
    each = len(counts) // number
    return [tuple(counts[first : first + each]) for first in range(0, number * each, each)]


def check_sampler(sampler: Any, circuits: Sequence[QuantumCircuit]) -> None:
    """Refuse samplers that give wrong numbers without a word.

    Raises:
        InputError: for ``StatevectorSampler`` with resets (it collapses once and samples that one trajectory), or for
            anything that is not a sampler.
    """
    if not isinstance(sampler, BaseSamplerV2):
        raise InputError(
            f"sampler is a {type(sampler).__name__}, but must be a BaseSamplerV2, e.g. qiskit_aer.primitives.SamplerV2"
        )
    if isinstance(sampler, StatevectorSampler) and any("reset" in circuit.count_ops() for circuit in circuits):
        raise InputError(
            "StatevectorSampler runs one random outcome of every reset and samples only that, which gives wrong "
            "numbers: use qiskit_aer.primitives.SamplerV2, or compile with ancillas='fresh'"
        )


def counts_of(result: Any) -> tuple[dict[int, int], ...]:
    """Plain counts from a ``PrimitiveResult``: for every circuit, with every parameter set.

    Raises:
        InputError: if a circuit's result has no register ``meas``.
    """
    found = []
    for index, each in enumerate(result):
        if REGISTER not in each.data:
            raise InputError(
                f"the result of circuit {index} has the registers {sorted(each.data)!r}, but not {REGISTER!r}: "
                "it belongs to another experiment"
            )
        bits = each.data[REGISTER]
        for place in np.ndindex(bits.shape):
            seen = bits.get_int_counts(place)
            found.append({int(outcome): int(number) for outcome, number in seen.items()})
    return tuple(found)


def counts_to_npz(counts: Sequence[Counts]) -> bytes:
    """Counts as the bytes of an npz file: columns ``circuit``, ``outcome`` and ``number``."""
    rows = [(index, outcome, number) for index, each in enumerate(counts) for outcome, number in sorted(each.items())]
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    stream = io.BytesIO()
    np.savez(stream, circuit=table[:, 0], outcome=table[:, 1], number=table[:, 2], circuits=np.int64(len(counts)))
    return stream.getvalue()


def counts_from_npz(content: bytes) -> tuple[dict[int, int], ...]:
    """Counts that :func:`counts_to_npz` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as table:
        columns: list[NDArray[np.int64]] = [table[name] for name in ("circuit", "outcome", "number")]
        found: list[dict[int, int]] = [{} for _ in range(int(table["circuits"]))]
    for index, outcome, number in zip(*(column.tolist() for column in columns), strict=True):
        found[index][outcome] = number
    return tuple(found)
