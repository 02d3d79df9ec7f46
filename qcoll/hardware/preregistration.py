"""Experiments whose prediction and analysis are written down before they run, and that are compared with exactly that.

A registration is one JSON file: what is measured, the circuits and their hash, what the device's noise model predicts
(a range from the noise as reported to a safety factor times it), which measured values will be compared with it and by
which rule, and a hash of all of this. The record of the submission keeps a copy, the jobs carry the hash in a tag, and
what was changed afterwards, in the file, in the copy or in the circuits, is refused.
"""

from __future__ import annotations

import base64
import io
import json
import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qiskit import QuantumCircuit, qpy

from ..device.scaling import SAFETY
from ..errors import InputError
from ..storage import write_atomically
from .experiment import Experiment
from .forecast import dry_run
from .records.record import REGISTRATION, Record, now
from .registration import FORMAT, Registration, content_hash, fingerprint, read_registration, registered_as
from .report import beside_exact, hardware_result

#: What is compared, where it is measured. Entropies are not: shots bias them, and predictions know no shots.
COMPARED = ("coherence", "heat", "work")
#: Standard errors of a measured value by which it may lie outside of the predicted range.
STANDARD_ERRORS = 2.0
RULE = "a measured value agrees if it lies within the predicted range widened by two of its standard errors"


@dataclass(frozen=True, eq=False)
class RegisteredComparison:
    """Measured values beside what was registered; prints itself.

    Args:
        registration: what was written down.
        rows: point, collision, quantity, the predicted range, exact and measured value with its error, and whether
            they agree.
    """

    registration: Registration
    rows: tuple[Mapping[str, Any], ...]

    @property
    def agreeing(self) -> int:
        """How many of the rows agree."""
        return sum(bool(row["agrees"]) for row in self.rows)

    def __str__(self) -> str:
        content = self.registration.content
        lines = [
            f"registered {content['created']} as {self.registration.sha256[:16]} in {self.registration.path.name}: "
            f"{self.agreeing} of {len(self.rows)} values agree",
            f"  {'collision':>9} {'quantity':<20} {'predicted range':>20} {'measured':>18} {'exact':>9}",
        ]
        for row in self.rows:
            where = f"{row['collision']}" + (f" (point {row['point']})" if content["points"] > 1 else "")
            bounds = f"{row['low']:+.4f} to {row['high']:+.4f}"
            measured = f"{row['measured']:+.4f}±{row['error']:.4f}"
            verdict = "" if row["agrees"] else "  DISAGREES"
            lines.append(
                f"  {where:>9} {row['quantity']:<20} {bounds:>20} {measured:>18} {row['exact']:>+9.4f}{verdict}"
            )
        return "\n".join([*lines, f"  rule: {content['analysis']['rule']}"])


def preregister(
    experiment: Experiment,
    path: str | Path,
    *,
    safety: float = SAFETY,
    progress: Callable[[str], None] = lambda _: None,
) -> Registration:
    """Write down an experiment's circuits, prediction and analysis; one that is there already is kept as it is.

    Args:
        experiment: from :func:`design_experiment`, with "state" among its quantities.
        path: of the file.
        safety: factor by which errors may be larger than the device reports, the other end of the predicted range.
        progress: called with a short text before every circuit that is simulated.

    Raises:
        InputError: if the file registers another experiment, was changed, or cannot be written; or if the experiment
            measures no states.
    """
    file = Path(path)
    if file.exists():
        return registered_as(experiment, file)
    if not all("state" in point.plan.quantities for point in experiment.points):
        raise InputError('a registered prediction needs the states: add "state" to the quantities')
    examined = dry_run(experiment, safety=safety, progress=progress)
    content: dict[str, Any] = {
        "format": FORMAT,
        "created": now(),
        "experiment": experiment.hash,
        "definition": experiment.definition,
        "points": len(experiment.points),
        "device": {"name": experiment.device.name, "calibration": experiment.device.calibration_time},
        "executions": experiment.executions,
        "qpu_seconds": round(examined.qpu_seconds, 1),
        "circuits_sha256": fingerprint(experiment.circuits),
        "circuits_qpy": _packed(experiment.circuits),
        "analysis": {"rule": RULE, "standard_errors": STANDARD_ERRORS, "compared": list(COMPARED), "safety": safety},
        "prediction": [row for index in range(len(experiment.points)) for row in _predictions(examined, index)],
    }
    content["sha256"] = content_hash(content)
    write_atomically(file, json.dumps(content, indent=1, allow_nan=False).encode())
    return Registration(file, content)


def registered_comparison(record: Record) -> RegisteredComparison | None:
    """What a record measured beside what was registered before; ``None`` if nothing was.

    Args:
        record: one that is done.

    Raises:
        InputError: if it is not done, or registration or circuits were changed after the fact.
    """
    known = record.data.get("registration")
    if known is None:
        return None
    found = read_registration(record.folder / REGISTRATION)
    original = Path(known["file"])
    for other in [found, *([read_registration(original)] if original.exists() else [])]:
        if other.sha256 != known["sha256"]:
            raise InputError(
                f"{other.path} is not what was registered before {record.name} was sent (its hash is "
                f"{other.sha256[:16]}, that of the record {known['sha256'][:16]}): it was changed after the fact"
            )
    if record.data["experiment"] != found.content["experiment"]:
        raise InputError(f"{record.name} is not the experiment that was registered in {found.path.name}")
    if fingerprint(record.circuits()) != found.content["circuits_sha256"]:
        raise InputError(f"the circuits of {record.name} are not those that were registered: they were changed")
    measured = [hardware_result(record, point=index).rows() for index in range(len(record.points))]
    rows = []
    for row in found.content["prediction"]:
        own = next(each for each in measured[row["point"]] if each["collision"] == row["collision"])[row["quantity"]]
        value, error = own["value"], own["error"]
        slack = found.content["analysis"]["standard_errors"] * (error or 0.0)
        agrees = value is not None and row["low"] - slack <= value <= row["high"] + slack
        rows.append({**row, "measured": math.nan if value is None else value, "error": error or 0.0, "agrees": agrees})
    return RegisteredComparison(found, tuple(rows))


def _predictions(examined: Any, index: int) -> list[dict[str, Any]]:
    """The predicted ranges of all values of a point that are compared."""
    forecast = examined.forecasts[index]
    ends = [beside_exact(each, forecast.point.initial_state).rows() for each in (forecast.predicted, forecast.worst)]
    found = []
    for near, far in zip(*ends, strict=True):
        for name in COMPARED:
            if near["collision"] == 0 or name not in near or near[name]["value"] is None or far[name]["value"] is None:
                continue
            values = sorted((near[name]["value"], far[name]["value"]))
            found.append(
                {
                    "point": index,
                    "collision": near["collision"],
                    "quantity": name,
                    "low": values[0],
                    "high": values[1],
                    "as_reported": near[name]["value"],
                    "expected_error": near[name]["error"],
                    "exact": near[name]["exact"],
                }
            )
    return found


def _packed(circuits: Sequence[QuantumCircuit]) -> str:
    stream = io.BytesIO()
    qpy.dump(list(circuits), stream)
    return base64.b64encode(zlib.compress(stream.getvalue(), 9)).decode()
