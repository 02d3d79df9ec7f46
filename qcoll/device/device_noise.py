"""Aer's noise model of a device, made once for every set of qubits and of reported figures.

Aer takes longer to make a noise model than to run a small circuit with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiskit.transpiler import Target

from .fakes import PartOfBackend
from .fingerprint import target_hash

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel

#: The models that were made, by all that they are made from; the oldest leave first.
_KNOWN: dict[str, NoiseModel] = {}
_LARGEST = 64


def device_noise(target: Target, name: str) -> NoiseModel:
    """Aer's noise model of what a target reports: gates, relaxation, waiting and readout.

    Args:
        target: a device's, or the part of it that is in use.
        name: of the device.

    Returns:
        The model; the same object for a target that reports the same, so not to be changed.
    """
    from qiskit_aer.noise import NoiseModel

    from .shared_noise import SharedNoiseModel

    key = target_hash(target)
    if key not in _KNOWN:
        if len(_KNOWN) >= _LARGEST:
            del _KNOWN[next(iter(_KNOWN))]
        _KNOWN[key] = SharedNoiseModel.of(NoiseModel.from_backend(PartOfBackend(target, name)))
    return _KNOWN[key]
