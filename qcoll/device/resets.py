"""Devices with more than one kind of reset, as they would be with the shortest of them.

Some devices have ``reset_2`` and the like beside ``reset``: 1.7 instead of 2.2 us on FakeBoston. Simulators do not know
these instructions, but what matters is how long they take.
"""

from __future__ import annotations

import re

from qiskit.providers import BackendV2
from qiskit.transpiler import InstructionProperties, Target

from ..errors import InputError
from .fakes import PartOfBackend, fake_backend
from .target import Entries, rebuilt


def shortest_resets(device: BackendV2 | str) -> BackendV2:
    """A device whose resets take as long as the shortest kind that it has on each qubit.

    Args:
        device: a backend, or the name of a fake device.

    Returns:
        A description, to give as ``noise`` to :func:`qcoll.simulate` or as the device to
        :func:`qcoll.hardware.error_budget`. On the device itself ``shorter_resets`` of
        :class:`~qcoll.hardware.DeviceOptions` sends those instructions.

    Raises:
        InputError: if it has no other kind of reset.

    >>> from qcoll.device.resets import shortest_resets
    >>> shortest_resets("FakeBoston").target["reset"][0,].duration
    1.656e-06
    """
    backend = fake_backend(device) if isinstance(device, str) else device
    target = backend.target
    kinds = other_resets(target)
    if not kinds or "reset" not in target.operation_names:
        raise InputError(f"{backend.name} has no other kind of reset than {'reset' if not kinds else kinds[0]}")
    return PartOfBackend(_with_shortest(target, kinds), f"{backend.name}, shortest resets")


def other_resets(target: Target) -> list[str]:
    """The names of the kinds of reset that a target has beside the plain one."""
    return [name for name in target.operation_names if re.fullmatch(r"reset_\w+", name)]


def _with_shortest(target: Target, kinds: list[str]) -> Target:
    def change(name: str, table: Entries) -> Entries:
        return {own: _shortest(target, kinds, own) for own in table} if name == "reset" else table

    return rebuilt(target, change, qubit_properties=target.qubit_properties, without=kinds)


def _shortest(target: Target, kinds: list[str], qubits: tuple[int, ...]) -> InstructionProperties | None:
    known = [value for name in ("reset", *kinds) if (value := (target[name] or {}).get(qubits)) is not None]
    timed = [value for value in known if value.duration is not None]
    return min(timed, key=lambda value: value.duration) if timed else next(iter(known), None)
