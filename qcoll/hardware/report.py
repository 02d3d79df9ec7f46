"""What came back, beside the exact values: a table to read and a JSON file to keep."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..exact.dynamics import evolve
from ..measure.combination import MeasuredTrajectory
from ..measure.measured_ledger import CollisionLedger, Measured, exact_ledger
from ..model.collision import CollisionModel
from ..run.comparison import Comparison, compare
from ..storage import write_atomically
from .records.record import Record
from .submission import trajectory

LEDGER = (
    "heat",
    "heat_pulled_back",
    "work",
    "switching_work",
    "work_pulled_back",
    "entropy_production",
    "first_law_residual",
)

#: Standard errors below zero, times the square root of the dimension, at which an eigenvalue is no shot noise: of d
#: dimensions the smallest eigenvalue of pure noise lies some 2 sqrt(d) of its own errors below zero.
UNPHYSICAL = 4.0
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class HardwareResult:
    """Measured values beside exact ones; prints itself.

    Args:
        measured: the trajectory.
        comparison: its states against the exact ones.
        exact: the exact ledger of the chosen collisions.
    """

    measured: MeasuredTrajectory
    comparison: Comparison
    exact: CollisionLedger

    def rows(self) -> list[dict[str, Any]]:
        """One row for each measured tick: values, standard errors and exact values, as plain data."""
        coherence, exact = self.measured.coherence, self.comparison.second.coherence
        error = self.measured.coherence_error()
        rows: list[dict[str, Any]] = []
        for index, k in enumerate(self.measured.collisions.tolist()):
            row: dict[str, Any] = {"collision": k}
            row["coherence"] = _cell(coherence[index], error[index], exact[index])
            row["trace_distance"] = float(self.comparison.trace_distance[index])
            if k:
                for name in LEDGER:
                    own = getattr(self.measured.ledger, name)
                    if own is not None:
                        known = getattr(self.exact, name).value[index - 1]
                        row[name] = _cell(own.value[index - 1], own.error[index - 1], known)
                heats = self.measured.ledger.heat_of_strokes or ()
                for number, (own, exact_heat) in enumerate(zip(heats, self.exact.heat_of_strokes or (), strict=False)):
                    cell = _cell(own.value[index - 1], own.error[index - 1], exact_heat.value[index - 1])
                    row[f"heat_{number}"] = cell
            rows.append(row)
        model = self.measured.model
        fresh = isinstance(model, CollisionModel) and model.memory is None
        known_beta = model.ancilla.beta if isinstance(model, CollisionModel) and fresh else None
        if "heat" in self.measured.counts.plan.quantities and known_beta is not None:
            beta: Measured = self.measured.ancilla_beta()
            for row, value, error_of in zip(rows[1:], beta.value, beta.error, strict=True):
                row["ancilla_beta"] = _cell(value, error_of, known_beta)
        return rows

    def __str__(self) -> str:
        rows = self.rows()
        width = 28
        lines = [
            f"{self.measured.model.name}: {self.measured.kind}; value±standard error (exact)",
            f"  {'after collision':<22}" + "".join(f"{row['collision']:>{width}}" for row in rows),
        ]
        for name in (name for name in rows[-1] if name not in ("collision", "trace_distance")):
            cells = "".join(f"{_readable(row[name]) if name in row else '':>{width}}" for row in rows)
            lines.append(f"  {name.replace('_', ' '):<22}{cells}")
        distances = "".join(f"{row['trace_distance']:>{width}.4f}" for row in rows)
        lines.append(f"  {'trace distance':<22}{distances}")
        smallest = float(self.measured.smallest_eigenvalues()[0].min())
        lines += [f"  WARNING: {line}" for line in self.warnings()]
        lines.append(
            "  states are linear inversions: unbiased"
            + (f", with an eigenvalue {smallest:.4f} (.physical() gives the nearest states)" if smallest < 0 else "")
            + "; coherence and entropies are not linear, so shots bias them"
        )
        return "\n".join(lines)

    def warnings(self) -> list[str]:
        """One line for each state with an eigenvalue so far below zero that shot noise does not explain it."""
        values, errors = self.measured.smallest_eigenvalues()
        limit = UNPHYSICAL * math.sqrt(self.measured.states.shape[-1])
        return [
            f"after {k} collisions the state has the eigenvalue {value:.3f}±{error:.3f}: no quantum state gives such "
            "results, so the readout, its mitigation or the basis rotations have a systematic error; do not use this "
            "column"
            for k, value, error in zip(self.measured.collisions.tolist(), values, errors, strict=True)
            if value < -limit * error - ROUNDING
        ]


def hardware_result(record: Record, *, point: int | None = None, **options: Any) -> HardwareResult:
    """What a record measured, beside the exact values.

    Args:
        record: one that is done.
        point: which point of a sweep.
        options: as for :func:`trajectory`.

    Raises:
        InputError: if it is not done, or is a sweep and no point is named.
    """
    return beside_exact(trajectory(record, point=point, **options), initial_state(record, point))


def hardware_results(record: Record, **options: Any) -> tuple[HardwareResult, ...]:
    """What a record measured at all its points, beside the exact values, as :func:`hardware_result`."""
    return tuple(hardware_result(record, point=index, **options) for index in range(len(record.points)))


def beside_exact(measured: MeasuredTrajectory, initial: Any = None) -> HardwareResult:
    """Any measured trajectory beside the exact values.

    Args:
        measured: from :func:`combine`.
        initial: the initial state, as for :func:`~qcoll.evolve`.
    """
    at = measured.counts.plan.at
    exact = evolve(measured.model, at[-1], initial, record=at)
    return HardwareResult(measured, compare(measured, exact), exact_ledger(measured.model, at, initial))


def save_result(record: Record, result: HardwareResult | Sequence[HardwareResult]) -> Path:
    """Write ``result.json`` into the record's folder: all rows, as plain data.

    Args:
        record: what was measured.
        result: its result; of a sweep, those of all points.
    """
    path = record.folder / "result.json"
    content: dict[str, Any]
    if isinstance(result, HardwareResult):
        content = _content(result)
    else:
        points = zip(record.points, result, strict=True)
        content = {"points": [{"values": dict(point.values), **_content(each)} for point, each in points]}
    write_atomically(path, json.dumps(content, indent=1, allow_nan=False).encode())
    return path


def initial_state(record: Record, point: int | None = None) -> NDArray[np.complex128]:
    """The initial state that a record's experiment started from, (d, d).

    Args:
        record: what was measured.
        point: which point of a sweep.
    """
    return record.points[record.the_point(point)].initial_state


def _content(result: HardwareResult) -> dict[str, Any]:
    return {"kind": result.measured.kind, "rows": result.rows()}


def _cell(value: float, error: float, exact: float) -> dict[str, float | None]:
    cell = {"value": float(value), "error": float(error), "exact": float(exact)}
    return {name: number if math.isfinite(number) else None for name, number in cell.items()}  # JSON has no nan


def _readable(cell: dict[str, float | None]) -> str:
    value, error, exact = (math.nan if cell[name] is None else cell[name] for name in ("value", "error", "exact"))
    return f"{value:+.4f}±{error:.4f} ({exact:+.4f})"
