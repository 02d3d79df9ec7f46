r"""Trapped ions of IonQ: simulated here from published figures, and circuits in their native gates.

All ions are connected. Native gates are rotations by a quarter and a half turn about any axis in the plane (GPI2, GPI)
and an entangling rotation by up to a quarter turn: ZZ on Forte, MS on Aria. Rotations about Z cost nothing. Circuits of
one job can be reset or measured half way only one at a time (provider's release 1.1), so that ancillas are fresh ions.

=====  ======  =========  =========  ======================  =====================================================
name   qubits  one qubit  two qubit  prepared and read       source
=====  ======  =========  =========  ======================  =====================================================
Forte  36      2.0e-4     46.4e-4    3.9e-3 (that of Aria)   medians of arXiv:2308.05071; qubits: Microsoft's page of
                                                             the provider, read in November 2026
Aria   25      5e-4       4e-3       3.9e-3                  the same page
=====  ======  =========  =========  ======================  =====================================================

These are errors of gates. Gates run one after the other (135 and 600 us on Aria, T2 is 1 s), and what waiting costs is
not part of the simulation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import Measure, Parameter
from qiskit.circuit.library import RXXGate, RZGate, RZZGate, SXGate, XGate
from qiskit.providers import BackendV2, Options
from qiskit.transpiler import Target

from ...circuits.steps import MARKS, steps
from ...errors import InputError, MissingExtraError
from .device import Device
from .providers import device_of, opener

#: The most shots of a circuit that the provider's package states.
LARGEST_SHOTS = 10_000
#: A gate of the native set: its name, its qubits, and its parameters in turns.
Native = tuple[str, tuple[int, ...], tuple[float, ...]]


@dataclass(frozen=True)
class IonFacts:
    """What is published of a device; sources in the module's text.

    Args:
        qubits: how many ions.
        entangling: "zz" or "ms".
        one_qubit: one minus the average fidelity of a one-qubit gate.
        two_qubit: the same of an entangling gate by a quarter turn.
        read: probability of a wrong bit, preparation included.
    """

    qubits: int
    entangling: str
    one_qubit: float
    two_qubit: float
    read: float


DEVICES = {
    "ionq_forte": IonFacts(36, "zz", 2.0e-4, 46.4e-4, 3.9e-3),
    "ionq_aria": IonFacts(25, "ms", 5e-4, 4e-3, 3.9e-3),
}


class IonQSimulator(BackendV2):  # type: ignore[misc]  # Qiskit has no types
    """A device of IonQ as its published figures have it, simulated by Aer.

    Args:
        name: one of :data:`DEVICES`.
    """

    max_shots = LARGEST_SHOTS

    def __init__(self, name: str) -> None:
        super().__init__(name=f"{name}_offline", description="from published figures")
        facts = DEVICES[name]
        entangling = RZZGate if facts.entangling == "zz" else RXXGate
        self.simulator = _simulator(facts, entangling(0.0).name)
        self._target = Target(num_qubits=facts.qubits, description=self.name)
        for gate in (RZGate(Parameter("angle")), SXGate(), XGate(), entangling(Parameter("angle")), Measure()):
            self._target.add_instruction(gate)

    @property
    def target(self) -> Target:
        """Virtual rotations about Z, quarter and half turns, the entangling rotation; no reset."""
        return self._target

    @property
    def max_circuits(self) -> int | None:
        """Nothing is stated."""
        return None

    @classmethod
    def _default_options(cls) -> Options:
        return Options()

    def run(self, run_input: Any, **options: Any) -> Any:
        """Run circuits by Aer."""
        return self.simulator.run(run_input, **options)


@opener("ionq")
def open_ionq(name: str) -> Device:
    """A device of IonQ, simulated here.

    Args:
        name: "ionq_forte_offline" or "ionq_aria_offline".

    Raises:
        InputError: for another name.

    >>> from qcoll.hardware.service.ionq import open_ionq
    >>> device = open_ionq("ionq_forte_offline")
    >>> device.backend.num_qubits, device.largest_shots, "reset" in device.backend.target.operation_names
    (36, 10000, False)
    """
    own = name.removesuffix("_offline")
    if own == name or own not in DEVICES:
        known = ", ".join(f"{each}_offline" for each in DEVICES)
        raise InputError(
            f"unknown device {name!r}; of IonQ there are {known} (simulated here from published figures). To run on a "
            "device, hand native_circuit(...) to qiskit-ionq's backend"
        )
    return device_of(IonQSimulator(own), simulated=True).named(name)


def native_gates(circuit: QuantumCircuit) -> list[Native]:
    """A circuit in the native gates, but for measurements and the rotations about Z before them.

    Args:
        circuit: in the gates of a target of this module.

    Returns:
        Gates in their order, angles in turns, entangling ones between 0 and a quarter.

    Raises:
        InputError: for an operation that the devices do not have.

    >>> from qiskit import QuantumCircuit
    >>> from qcoll.hardware.service.ionq import native_gates
    >>> circuit = QuantumCircuit(2)
    >>> _ = circuit.rz(3.141592653589793, 0), circuit.sx(0), circuit.rzz(3.141592653589793 / 4, 0, 1)
    >>> native_gates(circuit)
    [('gpi2', (0,), (0.5,)), ('zz', (0, 1), (0.125,))]
    """
    turns = [0.0] * circuit.num_qubits  # by which each qubit's frame is behind
    found: list[Native] = []

    def pulse(name: str, qubit: int) -> None:
        found.append((name, (qubit,), (-turns[qubit] % 1.0,)))

    for operation, qubits, _ in steps(circuit, without={*MARKS, "measure"}):
        if operation.name == "rz":
            turns[qubits[0]] += float(operation.params[0]) / (2 * math.pi)
        elif operation.name in ("sx", "x"):
            pulse("gpi2" if operation.name == "sx" else "gpi", qubits[0])
        elif operation.name in ("rzz", "rxx"):
            angle, half = _folded(float(operation.params[0]) / (2 * math.pi))
            if operation.name == "rzz":
                for qubit in qubits:
                    turns[qubit] += 0.5 * half
                if angle < 0:  # between two half turns of one qubit the sign is the other
                    pulse("gpi", qubits[0])
                if angle:
                    found.append(("zz", qubits, (abs(angle),)))
                if angle < 0:
                    pulse("gpi", qubits[0])
                continue
            for qubit in qubits * half:
                pulse("gpi", qubit)
            first, second = (-turns[qubit] % 1.0 for qubit in qubits)
            if angle:
                found.append(("ms", qubits, ((first + 0.5 * (angle < 0)) % 1.0, second, abs(angle))))
        else:
            raise InputError(
                f"IonQ's devices have no {operation.name}: compile for the target of open_ionq(), with fresh ancillas"
            )
    return found


def native_circuit(circuit: QuantumCircuit) -> QuantumCircuit:
    """A circuit in the native gates of the provider's package, with its measurements, to hand to its backend.

    Args:
        circuit: in the gates of a target of this module.

    Raises:
        InputError: for an operation that the devices do not have.
        MissingExtraError: if the provider's package is not installed.
    """
    try:
        from qiskit_ionq import GPI2Gate, GPIGate, MSGate, ZZGate
    except ImportError as error:
        raise MissingExtraError("IonQ's native gates are in its provider: pip install qiskit-ionq") from error
    gates = {"gpi": GPIGate, "gpi2": GPI2Gate, "ms": MSGate, "zz": ZZGate}
    native = circuit.copy_empty_like()
    for name, qubits, parameters in native_gates(circuit):
        native.append(gates[name](*parameters), qubits)
    for operation, qubits, clbits in steps(circuit):
        if operation.name == "measure":
            native.append(operation, qubits, clbits)
    return native


def _folded(turns: float) -> tuple[float, int]:
    """An angle in turns between minus a quarter and a quarter, and the half turns besides, 0 or 1."""
    halves = round(2 * turns)
    return turns - halves / 2, halves % 2


def _simulator(facts: IonFacts, entangling: str) -> Any:
    """Aer with depolarizing gates of the published infidelities and wrong bits."""
    from qiskit_aer import AerSimulator
    from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error

    model = NoiseModel(basis_gates=["rz", "sx", "x", entangling])
    # 1 - F = p (d - 1) / d
    model.add_all_qubit_quantum_error(depolarizing_error(2 * facts.one_qubit, 1), ["sx", "x"])
    model.add_all_qubit_quantum_error(depolarizing_error(facts.two_qubit * 4 / 3, 2), [entangling])
    keep, wrong = 1 - facts.read, facts.read
    model.add_all_qubit_readout_error(ReadoutError([[keep, wrong], [wrong, keep]]))
    return AerSimulator(method="statevector", noise_model=model)
