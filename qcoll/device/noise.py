r"""What noise a run has: a fake device's name, a backend, an Aer ``NoiseModel``, or plain figures.

Each becomes a :class:`NoiseSource`: the target to compile for, and a function that builds Aer's noise model for the
qubits in use alone. A noise model of 133 qubits takes Aer many times longer than one of the five that matter, for the
same numbers.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qiskit.circuit import Delay, IfElseOp, Measure, Parameter, Reset
from qiskit.circuit.library import CZGate, RZGate, SXGate, XGate
from qiskit.providers import BackendV2, QubitProperties
from qiskit.transpiler import InstructionProperties, Target

from ..errors import InputError, near
from ..limits import real_number
from .calibration import calibrated_backend
from .device_noise import device_noise
from .fakes import fake_backend

if TYPE_CHECKING:
    from qiskit_aer.backends.aerbackend import AerBackend
    from qiskit_aer.noise import NoiseModel

    from .detuning import Detuning


@dataclass(frozen=True, kw_only=True)
class NoiseFigures:
    """A device in plain figures, the same on all qubits and between all pairs. Times are in seconds.

    Args:
        one_qubit: depolarizing probability of a one-qubit gate (virtual Z rotations are free).
        two_qubit: depolarizing probability of a two-qubit gate.
        t1: energy relaxation time, towards Qiskit's |0>.
        t2: dephasing time, at most 2 t1.
        readout: probability that a measured bit is flipped.
        reset: probability that a reset leaves the qubit in |1>.
        one_qubit_time: duration of a one-qubit gate.
        two_qubit_time: duration of a two-qubit gate.
        reset_time: duration of a reset.
        readout_time: duration of a measurement.

    Raises:
        InputError: if a figure is out of range.

    >>> from qcoll.run import NoiseFigures
    >>> NoiseFigures(two_qubit=5e-3, t1=200e-6, t2=150e-6).two_qubit
    0.005
    """

    one_qubit: float = 0.0
    two_qubit: float = 0.0
    t1: float = math.inf
    t2: float = math.inf
    readout: float = 0.0
    reset: float = 0.0
    one_qubit_time: float = 32e-9
    two_qubit_time: float = 68e-9
    reset_time: float = 1.6e-6
    readout_time: float = 1.5e-6

    def __post_init__(self) -> None:
        for field in fields(self):
            value = real_number(getattr(self, field.name), f"the noise figure {field.name}")
            if math.isnan(value) or value < 0:
                raise InputError(
                    f"the noise figure {field.name} is {value!r}, but must be a number that is not negative"
                )
            object.__setattr__(self, field.name, value)  # NumPy's numbers become plain ones
        for name in ("one_qubit", "two_qubit", "readout", "reset"):
            if getattr(self, name) > 1:
                raise InputError(f"the noise figure {name} is {getattr(self, name)}, but a probability is at most 1")
        for name in ("t1", "t2"):
            if getattr(self, name) == 0:
                raise InputError(f"the noise figure {name} is zero, but a relaxation time is positive (or infinite)")
        if self.t2 > 2 * self.t1:
            raise InputError(f"t2 is {self.t2:g}, but at most twice t1 = {self.t1:g} is physical")

    @classmethod
    def typical(cls) -> NoiseFigures:
        """Round figures of a good superconducting device of the mid-2020s."""
        return cls(one_qubit=3e-4, two_qubit=3e-3, t1=200e-6, t2=150e-6, readout=1e-2, reset=5e-3)


@dataclass(frozen=True, eq=False)
class NoiseSource:
    """A resolved noise option.

    Args:
        name: for summaries.
        target: what to compile for, or ``None`` where only gate names are known.
        basis_gates: gates to compile to where there is no target.
        build: makes Aer's noise model from the restricted target and the qubits it was restricted to.
        fixed_layout: whether circuit qubit i must stay the noise model's qubit i.
        detuning: wrong frequencies while qubits wait, and pulses against them (:mod:`.detuning`), if there are any.
    """

    name: str
    target: Target | None
    basis_gates: tuple[str, ...] | None
    build: Callable[[Target | None, Sequence[int]], NoiseModel]
    fixed_layout: bool
    detuning: Detuning | None = None


def resolve_noise(noise: Any, num_qubits: int) -> NoiseSource:
    """Find out what kind of noise was asked for.

    Args:
        noise: a fake device's name ("FakeKingston"), the calibration file of a device (``ibm_....csv``), a backend, an
            Aer ``NoiseModel``, :class:`NoiseFigures` or a mapping of its fields, ``"typical"`` for
            :meth:`NoiseFigures.typical`, or what this function returned.
        num_qubits: size of the circuit, for the kinds that have no size of their own.

    Raises:
        InputError: for an unknown device (with near matches) or anything else.
        MissingExtraError: if fake devices are not installed.
    """
    from qiskit_aer.backends.aerbackend import AerBackend
    from qiskit_aer.noise import NoiseModel

    if isinstance(noise, NoiseSource):
        return noise
    if isinstance(noise, str) and noise == "typical":
        return _from_figures(NoiseFigures.typical(), num_qubits)
    if isinstance(noise, Path) or (isinstance(noise, str) and noise.lower().endswith(".csv")):
        return _from_backend(calibrated_backend(noise))
    if isinstance(noise, str):
        return _from_name(noise)
    if isinstance(noise, AerBackend):
        return _from_simulator(noise)
    if isinstance(noise, BackendV2):
        return _from_backend(noise)
    if isinstance(noise, NoiseModel):
        return _from_noise_model(noise, num_qubits)
    if isinstance(noise, Mapping):
        known = {field.name for field in fields(NoiseFigures)}
        for name in noise:
            if name not in known:
                raise InputError(
                    f"unknown noise figure {name!r}{near(str(name), known)}; known: {', '.join(sorted(known))}"
                )
        return _from_figures(NoiseFigures(**noise), num_qubits)
    if isinstance(noise, NoiseFigures):
        return _from_figures(noise, num_qubits)
    raise InputError(
        f"noise is a {type(noise).__name__}, but must be the name of a fake device, a backend, an Aer NoiseModel, "
        "qcoll.NoiseFigures or a mapping of its fields"
    )


@functools.lru_cache(maxsize=8)
def _from_name(name: str) -> NoiseSource:
    """Snapshots do not change: a device is read once, and its noise model built once for the same qubits."""
    return _from_backend(fake_backend(name))


def _from_backend(backend: BackendV2) -> NoiseSource:
    known: dict[tuple[int, ...], NoiseModel] = {}

    def build(target: Target | None, qubits: Sequence[int]) -> NoiseModel:
        key = tuple(qubits)
        if key not in known:
            assert target is not None
            known[key] = device_noise(target, backend.name)
        return known[key]

    return NoiseSource(backend.name, backend.target, None, build, fixed_layout=False)


def _from_simulator(simulator: AerBackend) -> NoiseSource:
    """The noise model that an Aer simulator carries."""
    model = simulator.options.noise_model
    if model is None or model.is_ideal():
        raise InputError(
            f"the simulator {simulator.name} carries no noise: leave noise out for an ideal run, or pass a noise "
            "model, a device, or plain figures"
        )
    return _from_noise_model(model, 0)


def _from_noise_model(model: NoiseModel, num_qubits: int) -> NoiseSource:
    """A noise model; where its errors are those of single pairs, these are the pairs that gates can act on."""
    gates = _two_qubit_gates(model)
    if model.is_ideal():
        raise InputError("the noise model has no errors: leave noise out for an ideal run")
    if model._custom_noise_passes:
        raise InputError(
            "the noise model is that of a device, with noise of waiting that needs the device's connections and "
            "durations: pass the device itself, noise=backend"
        )
    pairs = _noisy_pairs(model, gates)
    if pairs is None:
        return NoiseSource("noise model", None, gates, lambda *_: model, fixed_layout=True)
    target = _target_of_pairs(gates, pairs)
    return NoiseSource("noise model", target, None, lambda _, qubits: on_qubits(model, qubits), fixed_layout=False)


def _two_qubit_gates(model: NoiseModel) -> tuple[str, ...]:
    """The gates to compile to: one-qubit gates of the basis, and the two-qubit gates that have errors."""
    from qiskit.circuit.library import get_standard_gate_name_mapping

    standard = get_standard_gate_name_mapping()
    noisy = [name for name in model.noise_instructions if name in standard and standard[name].num_qubits == 2]
    gates = [
        name
        for name in model.basis_gates
        if name in standard and (standard[name].num_qubits == 1 or not noisy or name in noisy)
    ]
    if not any(standard[name].num_qubits == 2 for name in gates):
        raise InputError(
            f"the noise model's basis gates {model.basis_gates} contain no two-qubit gate that a circuit can be "
            "compiled to: make it with NoiseModel(basis_gates=[...]) and put its errors on those gates"
        )
    return tuple(gates)


def _noisy_pairs(model: NoiseModel, gates: Sequence[str]) -> dict[str, list[tuple[int, int]]] | None:
    """The pairs on which each two-qubit gate has errors of its own; ``None`` where one has the same on all."""
    found: dict[str, list[tuple[int, int]]] = {}
    for name in gates:
        local = [qubits for qubits in model._local_quantum_errors.get(name, {}) if len(qubits) == 2]
        if local and name in model._default_quantum_errors:
            return None  # the other pairs have the errors that hold for all
        if local:
            found[name] = local
    return found or None


def _target_of_pairs(gates: Sequence[str], pairs: Mapping[str, Sequence[tuple[int, int]]]) -> Target:
    """A target whose two-qubit gates act where the noise model knows their errors."""
    from qiskit.circuit.library import get_standard_gate_name_mapping

    standard = get_standard_gate_name_mapping()
    size = 1 + max(max(pair) for known in pairs.values() for pair in known)
    target = Target(num_qubits=size, description="the noise model")
    for name in gates:
        if standard[name].num_qubits == 1:
            target.add_instruction(standard[name], {(qubit,): None for qubit in range(size)})
        elif name in pairs:
            target.add_instruction(standard[name], dict.fromkeys(pairs[name]))
    for operation in (Reset(), Measure(), Delay(Parameter("t"))):
        if operation.name not in target.operation_names:
            target.add_instruction(operation, {(qubit,): None for qubit in range(size)})
    target.add_instruction(IfElseOp, name="if_else")
    return target


def on_qubits(model: NoiseModel, qubits: Sequence[int]) -> NoiseModel:
    """The part of a noise model on some qubits, renumbered in the order given."""
    from qiskit_aer.noise import NoiseModel

    position = {qubit: index for index, qubit in enumerate(qubits)}
    part = NoiseModel(basis_gates=model.basis_gates)
    for name, error in model._default_quantum_errors.items():
        part.add_all_qubit_quantum_error(error, name)
    for name, table in model._local_quantum_errors.items():
        for own, error in table.items():
            if all(qubit in position for qubit in own):
                part.add_quantum_error(error, name, [position[qubit] for qubit in own])
    if model._default_readout_error is not None:
        part.add_all_qubit_readout_error(model._default_readout_error)
    for own, error in model._local_readout_errors.items():
        if all(qubit in position for qubit in own):
            part.add_readout_error(error, [position[qubit] for qubit in own])
    return part


def _from_figures(figures: NoiseFigures, num_qubits: int) -> NoiseSource:
    return NoiseSource(
        "plain figures",
        _figures_target(figures, num_qubits),
        None,
        lambda target, qubits: _figures_model(figures, len(qubits)),
        fixed_layout=True,
    )


def _figures_target(figures: NoiseFigures, num_qubits: int) -> Target:
    qubits = range(num_qubits)
    properties = [QubitProperties(t1=figures.t1, t2=figures.t2)] * num_qubits
    target = Target(num_qubits=num_qubits, dt=1e-9, qubit_properties=properties)

    def single(duration: float, error: float) -> dict[tuple[int], InstructionProperties]:
        return {(qubit,): InstructionProperties(duration=duration, error=error) for qubit in qubits}

    target.add_instruction(RZGate(Parameter("angle")), single(0.0, 0.0))
    target.add_instruction(SXGate(), single(figures.one_qubit_time, figures.one_qubit))
    target.add_instruction(XGate(), single(figures.one_qubit_time, figures.one_qubit))
    pair = InstructionProperties(duration=figures.two_qubit_time, error=figures.two_qubit)
    target.add_instruction(CZGate(), {(a, b): pair for a in qubits for b in qubits if a != b})
    target.add_instruction(Reset(), single(figures.reset_time, figures.reset))
    target.add_instruction(Measure(), single(figures.readout_time, figures.readout))
    target.add_instruction(IfElseOp, name="if_else")
    target.add_instruction(Delay(Parameter("t")), {(qubit,): None for qubit in qubits})
    return target


def _figures_model(figures: NoiseFigures, num_qubits: int) -> NoiseModel:
    from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error, pauli_error, thermal_relaxation_error
    from qiskit_aer.noise.passes import RelaxationNoisePass

    from .shared_noise import SharedNoiseModel

    def relaxation(duration: float) -> Any:
        return thermal_relaxation_error(figures.t1, figures.t2, duration)

    model = NoiseModel(basis_gates=["rz", "sx", "x", "cz", "reset", "delay"])
    single = depolarizing_error(figures.one_qubit, 1).compose(relaxation(figures.one_qubit_time))
    double = relaxation(figures.two_qubit_time).tensor(relaxation(figures.two_qubit_time))
    double = depolarizing_error(figures.two_qubit, 2).compose(double)
    flip = pauli_error([("X", figures.reset), ("I", 1 - figures.reset)])
    for error, names in ((single, ["sx", "x"]), (double, ["cz"]), (flip, ["reset"])):
        if not error.ideal():
            model.add_all_qubit_quantum_error(error, names)
    if figures.readout:
        keep, wrong = 1 - figures.readout, figures.readout
        model.add_all_qubit_readout_error(ReadoutError([[keep, wrong], [wrong, keep]]))
    if math.isfinite(figures.t1) or math.isfinite(figures.t2):
        model._custom_noise_passes.append(
            RelaxationNoisePass([figures.t1] * num_qubits, [figures.t2] * num_qubits, dt=1e-9, op_types=Delay)
        )
    return SharedNoiseModel.of(model)


def unused_errors(model: NoiseModel, used: Set[tuple[str, tuple[int, ...]]]) -> tuple[bool, list[str]]:
    """Whether any error of a noise model acts in a circuit, and which of id and delay have errors that do not.

    Aer skips errors on operations that a circuit does not contain without a word.

    Args:
        model: on the circuit's qubits.
        used: the operations of the circuit and their qubits.
    """
    names = {name for name, _ in used}
    acting = {name for name in model._default_quantum_errors if name in names}
    acting |= {
        name for name, table in model._local_quantum_errors.items() if any((name, tuple(own)) in used for own in table)
    }
    waits = bool(model._custom_noise_passes) and "delay" in names
    readout = model._default_readout_error is not None or bool(model._local_readout_errors)
    idle = [name for name in ("id", "delay") if name in model.noise_instructions and name not in acting]
    return bool(acting or waits or (readout and not model.noise_instructions)), idle
