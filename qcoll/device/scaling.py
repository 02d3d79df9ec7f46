r"""Noise that is worse than reported: the safety factor of predictions.

Errors that a device reports are those of gates one by one, on a good day. What a whole circuit shows is worse. Of
public results of mirror circuits (8 qubits, 64 layers; metriq-data, read in November 2026) and the noise models of the
snapshots of the same devices:

============  ========  =========  ===========================================
device        measured  predicted  :math:`\ln(\text{measured}) / \ln(\text{predicted})`
============  ========  =========  ===========================================
ibm_boston    .748      .813       1.4
ibm_kingston  .519      .690       1.8
ibm_fez       .451      .577       1.5
ibm_torino    .317      .484       1.6
============  ========  =========  ===========================================

Over 378 such records the errors were too small by 1.4 to 2.2. On which days and with which settings of the compiler the
real runs were made is not known. So a prediction is a range: from the noise as reported to :data:`SAFETY` times it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qiskit.providers import QubitProperties
from qiskit.transpiler import InstructionProperties, Target

from ..errors import InputError
from ..limits import real_number
from .device_noise import device_noise
from .noise import NoiseSource, resolve_noise
from .target import Entries, rebuilt

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel

#: By which factor errors of real devices are larger than reported, at worst; the module says where it is from.
SAFETY = 2.2
#: Errors larger than this leave nothing, and are not made larger.
LARGEST_ERROR = 0.5


def worse_noise(noise: Any, factor: float = SAFETY) -> NoiseSource:
    """The noise of a device with all errors larger by a factor, and all relaxation times shorter.

    Circuits are mapped as for the device itself, which does not know.

    Args:
        noise: a fake device's name, a calibration file or a backend.
        factor: at least one.

    Returns:
        What :func:`qcoll.simulate` takes as ``noise``.

    Raises:
        InputError: for a factor below one, or noise that is not a device's.

    >>> import qcoll
    >>> from qcoll.device.scaling import worse_noise
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.8, dt=0.5), 3, "+", synthesis="channel")
    >>> exact = qcoll.evolve(compiled.model, 3, "+")
    >>> runs = [qcoll.simulate(compiled, noise=noise) for noise in ("FakeLagos", worse_noise("FakeLagos", 2.0))]
    >>> near, far = (qcoll.compare(run, exact).trace_distance[-1] for run in runs)
    >>> bool(1.5 * near < far < 2.5 * near)
    True
    """
    value = real_number(factor, "the safety factor")
    if not 1 <= value < float("inf"):
        raise InputError(f"the safety factor is {factor!r}, but must be a number from 1 on")
    source = resolve_noise(noise, 0)
    if source.target is None or source.fixed_layout or source.name == "noise model":
        raise InputError("a safety factor is for the noise of a device: give plain figures that are worse instead")

    def build(target: Target | None, qubits: Sequence[int]) -> NoiseModel:
        assert target is not None
        return device_noise(scaled_target(target, value), source.name)

    return replace(source, name=f"{source.name}, errors times {value:g}", build=build)


def scaled_target(target: Target, factor: float) -> Target:
    """A target with errors larger by a factor and relaxation times shorter by it."""
    properties = target.qubit_properties

    def change(_: str, table: Entries) -> Entries:
        return {
            own: None
            if value is None
            else InstructionProperties(duration=value.duration, error=_larger(value.error, factor))
            for own, value in table.items()
        }

    return rebuilt(
        target,
        change,
        qubit_properties=None
        if properties is None
        else [
            QubitProperties(
                t1=_shorter(each, "t1", factor),
                t2=_shorter(each, "t2", factor),
                frequency=getattr(each, "frequency", None),
            )
            for each in properties
        ],
    )


def _shorter(properties: Any, name: str, factor: float) -> float | None:
    time = getattr(properties, name, None)
    return None if time is None else time / factor


def _larger(error: float | None, factor: float) -> float | None:
    return error if error is None or error >= LARGEST_ERROR else min(factor * error, LARGEST_ERROR)
