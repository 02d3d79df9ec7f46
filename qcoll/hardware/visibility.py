"""What a run cannot show: values below the error bars or the device's own error, and devices that report nonsense.

A value can be seen where it is larger than two standard errors and than the predicted deviation of the device from it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from qiskit import QuantumCircuit
from qiskit.transpiler import Target

from ..circuits.steps import MARKS, steps
from ..measure.combination import MeasuredTrajectory
from ..measure.counts import MeasuredCounts
from ..measure.measured_ledger import CollisionLedger
from ..trajectory.pauli import Real

#: A value this many standard errors from zero counts as seen.
STANDARD_ERRORS = 2.0
#: A reported error of readout or of a two-qubit gate above which a qubit or pair tells nothing.
HOPELESS = 0.25


def advice(predicted: MeasuredTrajectory, exact: CollisionLedger, exact_coherence: Real) -> list[str]:
    """One line for each quantity that would be seen after no collision; nothing where all would.

    Args:
        predicted: what the device's noise model predicts, with the error bars of the shots.
        exact: the exact ledger.
        exact_coherence: after the chosen collisions.
    """
    expected = {"coherence": (exact_coherence, predicted.coherence[1:], predicted.coherence_error()[1:])}
    for name in ("heat", "work", "entropy_production"):
        own = getattr(predicted.ledger, name)
        if own is not None:
            expected[name] = (getattr(exact, name).value, own.value, own.error)
    assert isinstance(predicted.counts, MeasuredCounts)  # predictions are of circuits that are measured
    shots = predicted.counts.shots
    lines = [line for name, values in expected.items() if (line := _unseen(name, *values, shots=shots))]
    if len(lines) == len(expected):
        lines.insert(0, "nothing that is measured can be seen: make the collisions stronger or longer, or take fewer")
    return lines


def hopeless(target: Target, circuits: Iterable[QuantumCircuit]) -> list[str]:
    """Which measured qubits and which pairs of the circuits have reported errors that leave nothing to see.

    Args:
        target: of the device.
        circuits: on the target's qubits.
    """
    used: dict[tuple[str, tuple[int, ...]], None] = {}
    for circuit in circuits:
        for operation, qubits, _ in steps(circuit, without=MARKS):
            if operation.name == "measure" or len(qubits) == 2:
                used[operation.name, qubits] = None
    lines = []
    for (name, qubits), error in ((key, _reported(target, *key)) for key in sorted(used)):
        if error > HOPELESS:
            place = f"qubit {qubits[0]}" if len(qubits) == 1 else f"the pair {qubits}"
            lines.append(f"the device reports an error of {100 * error:.0f} % for {name} on {place}")
    return lines


def _reported(target: Target, name: str, qubits: tuple[int, ...]) -> float:
    properties = target[name].get(qubits) if name in target.operation_names else None
    error = None if properties is None else properties.error
    return 0.0 if error is None or math.isnan(error) else float(error)


def _unseen(name: str, exact: Real, predicted: Real, error: Real, shots: int) -> str | None:
    """Why a quantity would not be seen, or ``None`` where it would be after at least one collision."""
    exact, predicted, error = (np.asarray(each, dtype=float) for each in (exact, predicted, error))
    known = np.isfinite(exact) & np.isfinite(predicted) & np.isfinite(error)
    if not known.any():
        return None
    size, bars, deviation = np.abs(exact[known]), STANDARD_ERRORS * error[known], np.abs(predicted - exact)[known]
    if ((size > bars) & (size > deviation)).any():
        return None
    best = int(np.argmax(size / np.maximum(np.maximum(bars, deviation), 1e-300)))
    readable = name.replace("_", " ")
    start = f"{readable} cannot be seen: the exact value is at most {size.max():.2g}"
    if deviation[best] >= size[best]:
        return f"{start}, the device's own error {deviation[best]:.2g}, the standard error {error[known][best]:.2g}"
    needed = shots * (bars[best] / size[best]) ** 2
    much = f"; some {needed:.1g} shots would show it" if needed < 1e7 else ""
    return f"{start}, the standard error {error[known][best]:.2g}{much}"
