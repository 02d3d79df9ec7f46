"""Fake devices with the fractional gates that their calibration reports: RZZ and RX, which snapshots leave out."""

from __future__ import annotations

import math

from qiskit.circuit import Parameter
from qiskit.circuit.library import RXGate, RZZGate
from qiskit.providers import BackendV2
from qiskit.transpiler import InstructionProperties, Target

from ..errors import InputError
from .fakes import PartOfBackend, fake_backend
from .target import restricted

#: A reported error that means that the gate was not calibrated.
NOT_CALIBRATED = 1.0


def with_fractional_gates_of(device: BackendV2 | str) -> BackendV2:
    """A device with the RZZ and RX gates of its calibration, where their errors are known.

    Args:
        device: a fake device or its name; its calibration has these gates although its target does not.

    Returns:
        A description, to give as ``noise`` to :func:`qcoll.simulate` or its target to
        :func:`~qcoll.device.map_collisions`. (Of a real device ask the service for ``use_fractional_gates=True``.)

    Raises:
        InputError: if its calibration has no RZZ.

    >>> from qcoll.device.fractional import with_fractional_gates_of
    >>> target = with_fractional_gates_of("FakeKingston").target
    >>> sorted(set(target.operation_names) & {"rx", "rzz", "cz"})
    ['cz', 'rx', 'rzz']
    """
    backend = fake_backend(device) if isinstance(device, str) else device
    properties = backend.properties() if callable(getattr(backend, "properties", None)) else None
    gates = {"rzz": RZZGate(Parameter("angle")), "rx": RXGate(Parameter("angle"))}
    found: dict[str, dict[tuple[int, ...], InstructionProperties]] = {name: {} for name in gates}
    for gate in [] if properties is None else properties.gates:
        if gate.gate not in gates:
            continue
        values = {each.name: each.value * (1e-9 if each.unit == "ns" else 1.0) for each in gate.parameters}
        error, length = values.get("gate_error"), values.get("gate_length")
        if error is not None and error < NOT_CALIBRATED and length is not None and math.isfinite(length):
            found[gate.gate][tuple(gate.qubits)] = InstructionProperties(error=error, duration=length)
    if not found["rzz"]:
        raise InputError(
            f"the calibration of {backend.name} has no RZZ gates: take another device, such as FakeKingston"
        )
    target: Target = restricted(backend.target, range(backend.target.num_qubits))
    for name, gate in gates.items():
        if name not in target.operation_names and found[name]:
            target.add_instruction(gate, found[name], name=name)
    return PartOfBackend(target, f"{backend.name}, fractional gates")
