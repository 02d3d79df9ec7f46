"""Trajectories as tables (CSV, for pandas and spreadsheets) and arrays (NPZ, for NumPy)."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..storage import write_atomically
from .exports import columns
from .trajectory import Trajectory


def save_csv(trajectories: Mapping[str, Trajectory], path: Path) -> None:
    """Write trajectories below each other into one table with a column ``source``, atomically.

    Columns that one of them does not have, such as standard errors, are empty in its rows.

    Raises:
        InputError: if the file cannot be written.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    tables = {source: columns(trajectory) for source, trajectory in trajectories.items()}
    header = list(dict.fromkeys(name for table in tables.values() for name in table))
    writer.writerow(["source", *header])
    for source, table in tables.items():
        for index, collision in enumerate(table["collision"]):
            values = (repr(float(table[name][index])) if name in table else "" for name in header[1:])
            writer.writerow([source, int(collision), *values])
    write_atomically(path, stream.getvalue().encode())


def save_npz(trajectories: Mapping[str, Trajectory], path: Path) -> None:
    """Write states and ledgers as arrays named ``source/quantity``, atomically.

    Raises:
        InputError: if the file cannot be written.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for source, trajectory in trajectories.items():
        arrays[f"{source}/states"] = trajectory.states
        arrays[f"{source}/collisions"] = trajectory.collisions
        for name in ("heat", "work", "switching_work"):
            arrays[f"{source}/{name}"] = getattr(trajectory, name)
        for name in ("entropy_flow", "pauli_covariance", "heat_error", "work_error"):
            if getattr(trajectory, name) is not None:
                arrays[f"{source}/{name}"] = getattr(trajectory, name)
        if trajectory.strokes is not None:
            for entry in dataclasses.fields(trajectory.strokes):
                arrays[f"{source}/strokes/{entry.name}"] = getattr(trajectory.strokes, entry.name)
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]  # names are chosen here, not keywords of savez
    write_atomically(path, stream.getvalue())
