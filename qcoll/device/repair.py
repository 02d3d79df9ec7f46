"""Descriptions of devices with holes: what is missing or impossible is repaired or left out, and said.

Calibration data with holes is normal: a pair that was not calibrated, a qubit without a relaxation time, no durations
at all. What a circuit does not touch must not matter to it, and what it touches must not be guessed without a word.
"""

from __future__ import annotations

import math
import statistics
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import rustworkx
from qiskit.providers import QubitProperties
from qiskit.transpiler import InstructionProperties, Target

from ..errors import DeviceWarning, InputError
from .target import empty_like

#: Seconds of a time step where a target has durations but no time step of its own.
TIME_STEP = 1e-12
#: A reported error that means that the gate does not work.
BROKEN = 0.99
#: Two-qubit gates that a circuit can be compiled to, and that Aer runs.
TWO_QUBIT_GATES = ("cx", "cz", "ecr", "rzz", "rzx", "rxx", "ryy", "swap", "cy", "cp", "crx", "cry", "crz")


@dataclass(frozen=True)
class Repairs:
    """What was repaired in a target.

    Args:
        target: without holes.
        notes: sentences about single qubits and pairs, by the qubits that they are about.
    """

    target: Target
    notes: tuple[tuple[frozenset[int], str], ...]

    def say(self, name: str, used: Iterable[int]) -> None:
        """Warn of what concerns the qubits in use."""
        touched = set(used)
        said = [text for qubits, text in self.notes if qubits <= touched]
        if said:
            warnings.warn(f"{name}: {'; '.join(said)}", DeviceWarning, stacklevel=3)


def repaired(target: Target) -> Repairs:
    """The target without missing or impossible values.

    A gate whose error is not a number is left out. Durations that are missing are the longest of the same gate;
    impossible relaxation times are the device's median. A target with durations but without a time step gets one.

    Raises:
        InputError: if no two-qubit gate is left that a circuit can be compiled to.
    """
    notes: list[tuple[frozenset[int], str]] = []
    tables = {name: _entries(target, name) for name in target.operation_names}
    timed = any(_is_time(value.duration) for table in tables.values() for value in table.values() if value)
    step = target.dt or (TIME_STEP if timed else None)
    fresh: dict[str, dict[tuple[int, ...], InstructionProperties | None]] = {}
    for name, table in tables.items():
        fresh[name] = _repaired_gate(name, table, timed, step if target.dt is None else None, notes)
    properties = _relaxation_times(target.qubit_properties, target.num_qubits or 0, notes)
    _check_gates(target, fresh)
    unchanged = all(fresh[name] == tables[name] for name in tables) and step == target.dt
    if unchanged and properties is target.qubit_properties:
        return Repairs(target, ())
    new = empty_like(target, dt=step, qubit_properties=properties)
    for name in target.operation_names:
        operation = target.operation_from_name(name)
        if isinstance(operation, type) or not tables[name]:  # control flow, and what acts everywhere alike
            new.add_instruction(operation, None if isinstance(operation, type) else target[name], name=name)
        elif fresh[name]:
            new.add_instruction(operation, fresh[name], name=name)
    return Repairs(new, tuple(notes))


def require_connected(target: Target, num_qubits: int, name: str) -> None:
    """Refuse a target none of whose connected parts has so many qubits.

    Raises:
        InputError: if so.
    """
    if num_qubits < 2:
        return
    coupling = target.build_coupling_map()
    if coupling is None:
        return
    parts = rustworkx.connected_components(coupling.graph.to_undirected(multigraph=False))
    largest = max(map(len, parts), default=0)
    if largest < num_qubits <= (target.num_qubits or 0):
        raise InputError(
            f"{name} has {target.num_qubits} qubits, but its connected ones fall into parts of at most {largest}, and "
            f"the circuits need {num_qubits}: take another device, or a level with fewer qubits"
        )


def warn_of_broken_pairs(target: Target, used: Iterable[tuple[str, tuple[int, ...]]], name: str) -> None:
    """Warn where a circuit uses pairs whose gates do not work, by the device's own report."""
    broken = set()
    for gate, qubits in used:
        value = _entries(target, gate).get(qubits) if gate in target.operation_names else None
        if len(qubits) == 2 and value is not None and (value.error or 0.0) >= BROKEN:
            broken.add(tuple(sorted(qubits)))
    if broken:
        warnings.warn(
            f"{name} reports an error of {BROKEN:g} or more for the gates of the pairs {sorted(broken)}, which the "
            "circuit uses: nothing of the state comes through them; no better place was found",
            DeviceWarning,
            stacklevel=3,
        )


def _entries(target: Target, name: str) -> dict[tuple[int, ...], InstructionProperties | None]:
    """What the target says of an operation, by qubits; nothing of one that is the same everywhere."""
    known = target[name]
    return {} if known is None or None in known else dict(known)


def _is_time(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and value >= 0


def _repaired_gate(
    name: str,
    table: dict[tuple[int, ...], InstructionProperties | None],
    timed: bool,
    step: float | None,
    notes: list[tuple[frozenset[int], str]],
) -> dict[tuple[int, ...], InstructionProperties | None]:
    """One operation's entries, repaired; times are rounded to ``step`` where the target has none of its own."""
    known = [float(value.duration) for value in table.values() if value is not None and _is_time(value.duration)]
    longest = max(known, default=None)
    found: dict[tuple[int, ...], InstructionProperties | None] = {}
    for qubits, value in table.items():
        if value is None:
            missing = timed and longest is not None and name != "delay"
            found[qubits] = InstructionProperties(duration=longest) if missing else None
            continue
        error, duration = value.error, value.duration
        where = f"{name} on {qubits[0] if len(qubits) == 1 else qubits}"
        if error is not None and math.isnan(error):
            if len(qubits) > 1:
                notes.append((frozenset(qubits), f"{where} has no error that is a number and is not used"))
                continue
            errors = [v.error for v in table.values() if v is not None and v.error is not None and v.error == v.error]
            error = statistics.median(errors) if errors else None
            notes.append((frozenset(qubits), f"{where} has an error that is not a number; the median is taken"))
        elif error is not None and not 0 <= error <= 1:
            notes.append((frozenset(qubits), f"{where} has the error {error:g}; it is taken as {float(error > 1):g}"))
            error = float(error > 1)
        if duration is not None and not _is_time(duration):
            notes.append(
                (frozenset(qubits), f"the duration of {where} is {duration}; the longest of its kind is taken")
            )
            duration = longest
        elif duration is None and name != "delay":
            duration = longest
        if step is not None and duration is not None:
            duration = round(duration / step) * step
        same = error == value.error and duration == value.duration
        found[qubits] = value if same else InstructionProperties(duration=duration, error=error)
    return found


def _relaxation_times(
    properties: Sequence[QubitProperties] | None, num_qubits: int, notes: list[tuple[frozenset[int], str]]
) -> Any:
    """Qubit properties with possible times: what is impossible becomes the median."""
    if properties is None:
        return [QubitProperties()] * num_qubits
    changed, fresh = False, []
    medians = {
        name: statistics.median(times) if (times := _possible(properties, name)) else None for name in ("t1", "t2")
    }
    for qubit in range(num_qubits):
        own = properties[qubit] if qubit < len(properties) else None
        values = {name: getattr(own, name, None) for name in ("t1", "t2")}
        for name, value in values.items():
            if value is not None and not (value > 0 and value == value):
                values[name], changed = medians[name], True
                notes.append((frozenset([qubit]), f"{name} of qubit {qubit} is {value}; the median is taken"))
        if values["t1"] is not None and values["t2"] is not None and values["t2"] > 2 * values["t1"]:
            values["t2"], changed = 2 * values["t1"], True  # the physical limit, which Aer would take too
        fresh.append(QubitProperties(**values, frequency=getattr(own, "frequency", None)))
    return fresh if changed else properties


def _possible(properties: Sequence[QubitProperties], name: str) -> list[float]:
    values = (getattr(own, name, None) for own in properties)
    return [value for value in values if value is not None and value > 0 and value == value]


def _check_gates(target: Target, fresh: dict[str, dict[tuple[int, ...], InstructionProperties | None]]) -> None:
    """Refuse a target without a two-qubit gate that Aer runs."""
    pairs = {name for name, table in fresh.items() if any(len(qubits) == 2 for qubits in table)}
    everywhere = {
        name
        for name in target.operation_names
        if not fresh[name] and getattr(target.operation_from_name(name), "num_qubits", 0) == 2
    }
    if (pairs or everywhere) and not (pairs | everywhere) & set(TWO_QUBIT_GATES):
        raise InputError(
            f"the device's two-qubit gates are {', '.join(sorted(pairs | everywhere))}, which Aer does not run: give a "
            f"device with one of {', '.join(TWO_QUBIT_GATES[:4])}"
        )
