"""Trapped ions of AQT: their offline simulators, which run here, by name.

All ions are connected, the gates are rotations and RXX, nothing can be reset: ancillas are fresh ions. The provider's
package says what it needs; its release 2.0 takes Qiskit up to 2.4 alone.
"""

from __future__ import annotations

from ...errors import InputError, MissingExtraError
from .device import Device
from .providers import device_of, opener

#: Names of the simulators, and what the provider calls them.
SIMULATORS = {"aqt_offline_noisy": "noisy", "aqt_offline_ideal": "ideal"}


@opener("aqt")
def open_aqt(name: str) -> Device:
    """An offline simulator of AQT.

    Args:
        name: "aqt_offline_noisy" or "aqt_offline_ideal".

    Raises:
        InputError: for another name.
        MissingExtraError: if the provider's package is not installed.
    """
    if name not in SIMULATORS:
        raise InputError(f"unknown device {name!r}; of AQT there are {', '.join(SIMULATORS)} (simulated here)")
    try:
        from qiskit_aqt_provider.aqt_provider import AQTProvider
    except ImportError as error:
        raise MissingExtraError(
            f"{name} needs AQT's provider: pip install qiskit-aqt-provider (release 2.0 takes Qiskit up to 2.4)"
        ) from error
    found = device_of(getattr(AQTProvider().offline, SIMULATORS[name])(), simulated=True)
    return found.named(name)
