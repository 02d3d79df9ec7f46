r"""Noise from the calibration data of a day, as IBM's page of a device offers them for download (CSV).

A line for each qubit, and columns by their names. Other columns are ignored, and case, blanks and brackets in names::

    Qubit,T1 (us),T2 (us),Readout assignment error,...,√x (sx) error,Pauli-X error,CZ error,RZZ error,...
    0,245.1,112.0,0.0105,...,0.00021,0.00021,1:0.0016;4:0.0021,1:0.0017,...

Errors of pairs are ``other:error`` or ``first_second:error``, with semicolons between. What a file does not say are the
device's gates, connections and durations: they are those of its snapshot, or of a backend that is given. Holes are
normal: a qubit without a time or an error gets the median of the others, with a warning if it is used, and a pair
without an error, or with an error of one, is not used where there is another way.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from pathlib import Path

from qiskit.providers import BackendV2, QubitProperties
from qiskit.transpiler import InstructionProperties, Target

from ..errors import InputError
from .fakes import PartOfBackend, fake_backend
from .target import Entries, rebuilt

#: Names of columns in the file, without what stands in brackets, and what they are about.
TIMES = {"t1": "t1", "t2": "t2"}
QUBIT_ERRORS = {"readout assignment error": "measure", "sx error": "sx", "pauli-x error": "x", "rx error": "rx"}
PAIR_ERRORS = {"cz error": "cz", "ecr error": "ecr", "cnot error": "cx", "rzz error": "rzz"}
#: Longer than any qubit keeps anything: such a number is no time in microseconds.
LONGEST_TIME = 1e5

Column = dict[int, float]
Pairs = dict[tuple[int, int], float]


def calibrated_backend(path: Path | str, device: BackendV2 | str | None = None) -> BackendV2:
    """A device with the figures of a calibration file.

    Args:
        path: of the file.
        device: a backend or the name of a fake device, for gates, connections and durations. ``None`` takes the
            snapshot of the device after which the file is named (``ibm_kingston_calibrations_....csv``).

    Returns:
        A description of a device, which :func:`qcoll.simulate` takes as ``noise``. It runs nothing.

    Raises:
        InputError: if the file cannot be read, is of another device, or says something impossible.
        MissingExtraError: if a snapshot is needed and fake devices are not installed.
    """
    file = Path(path)
    named = re.match(r"(?:ibm|fake)_([a-z]+)", file.name.lower())
    if device is None:
        if named is None:
            raise InputError(
                f"{file.name} does not begin with the name of a device, such as ibm_kingston_calibrations.csv: say "
                'which it is of, calibrated_backend(path, "FakeKingston")'
            )
        device = f"Fake{named[1].capitalize()}"
    backend = fake_backend(device) if isinstance(device, str) else device
    own = re.sub(r"^(ibm|fake)_", "", str(backend.name).lower())
    if named is not None and named[1] != own:
        raise InputError(
            f"{file.name} is of ibm_{named[1]}, but the device is {backend.name}: give the file of that device"
        )
    times, errors, pairs = _read(file, backend.target)
    target = _with_figures(backend.target, times, errors, pairs)
    return PartOfBackend(target, f"{backend.name} as in {file.name}")


def _read(file: Path, target: Target) -> tuple[dict[str, Column], dict[str, Column], dict[str, Pairs]]:
    """Relaxation times in seconds, errors of qubits and of pairs; nothing where the file has a hole."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the calibration file {file} cannot be read: {error}") from error
    columns = {name: _plain(name) for name in (rows[0] if rows else {}) if name}
    if "qubit" not in columns.values() or not set(columns.values()) & {*QUBIT_ERRORS, *PAIR_ERRORS, *TIMES}:
        raise InputError(
            f"{file.name} has no column Qubit with T1, T2 or errors beside it, so it is no calibration file: download "
            "one from the page of the device"
        )
    times: dict[str, Column] = {name: {} for name in TIMES.values()}
    errors: dict[str, Column] = {}
    pairs: dict[str, Pairs] = {}
    seen: set[int] = set()
    for row in rows:
        cells = {columns[name]: (text or "").strip() for name, text in row.items() if name in columns}
        where = f"{file.name}, qubit {cells['qubit']!r}"
        if not cells["qubit"].isdigit() or int(cells["qubit"]) in seen:
            raise InputError(f"{where}: qubits are numbers from 0, each in one line")
        qubit = int(cells["qubit"])
        seen.add(qubit)
        for name, kind in TIMES.items():
            if (value := _number(cells.get(name, ""), where, name, LONGEST_TIME)) is not None:
                times[kind][qubit] = value * 1e-6
        for name, gate in QUBIT_ERRORS.items():
            if (value := _number(cells.get(name, ""), where, name, 1.0)) is not None:
                errors.setdefault(gate, {})[qubit] = value
        for name, gate in PAIR_ERRORS.items():
            if name in cells:
                pairs.setdefault(gate, {}).update(_pairs(cells[name], qubit, where, name))
    if seen != set(range(target.num_qubits)):
        raise InputError(
            f"{file.name} has {len(seen)} qubits, the last of them {max(seen)}, but the device has {target.num_qubits}"
            ": it is of another device, or not complete"
        )
    known = {
        frozenset(pair) for name in target.operation_names for pair in target[name] or () if pair and len(pair) == 2
    }
    foreign = sorted({tuple(sorted(pair)) for own in pairs.values() for pair in own if frozenset(pair) not in known})
    if foreign:
        raise InputError(
            f"{file.name} has errors of pairs that are not connected on the device ({foreign[:3]}): it is of another"
        )
    return times, errors, pairs


def _plain(name: str) -> str:
    """A column's name without units, signs, case and double blanks."""
    name = re.sub(r"√x \(sx\)", "sx", name.lower())
    return " ".join(re.sub(r"\([^)]*\)", "", name).replace("√x", "sx").split())


def _number(text: str, where: str, name: str, largest: float) -> float | None:
    """A number from zero to the largest, ``None`` for a hole."""
    if text.lower() in ("", "-", "n/a", "na", "nan", "none", "null"):
        return None
    try:
        value = float(text)
    except ValueError:
        raise InputError(f"{where}: {name} is {text!r}, but must be a number or empty") from None
    if not 0 <= value <= largest or (largest > 1 and value == 0):
        raise InputError(f"{where}: {name} is {text}, but must be a number up to {largest:g}, or empty")
    return value


def _pairs(text: str, qubit: int, where: str, name: str) -> Pairs:
    """Errors of the pairs of a qubit."""
    found: Pairs = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        match = re.fullmatch(r"(?:[a-z]*(\d+)_)?(\d+)\s*:\s*(\S+)", part.lower())
        if match is None:
            raise InputError(f"{where}: {name} has {part!r}, but must have the form 1:0.002;4:0.003")
        value = _number(match[3], where, name, 1.0)
        if value is not None:
            found[int(match[1]) if match[1] else qubit, int(match[2])] = value
    return found


def _with_figures(
    target: Target, times: Mapping[str, Column], errors: Mapping[str, Column], pairs: Mapping[str, Pairs]
) -> Target:
    """The target with the figures of the file; where the file has a hole, not a number."""
    qubits = range(target.num_qubits)
    known = target.qubit_properties or [None] * len(qubits)

    def change(name: str, table: Entries) -> Entries:
        fresh = {}
        for own, value in table.items():
            error = None if value is None else value.error
            if name in errors and len(own) == 1:
                error = errors[name].get(own[0], math.nan)
            elif name in pairs and len(own) == 2:
                error = pairs[name].get(own, pairs[name].get(own[::-1], math.nan))
            fresh[own] = InstructionProperties(duration=None if value is None else value.duration, error=error)
        return fresh

    return rebuilt(
        target,
        change,
        qubit_properties=[
            QubitProperties(
                **{
                    name: times[name].get(qubit, math.nan if times[name] else getattr(old, name, None))
                    for name in times
                },
                frequency=getattr(old, "frequency", None),
            )
            for qubit, old in zip(qubits, known, strict=True)
        ],
    )
