"""What the device is asked to do besides running the circuits. Everything is off unless it is named."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ...errors import InputError
from ...limits import positive_integer

DECOUPLING = ("XX", "XpXm", "XY4")
READOUT_MITIGATION = ("trex",)


@dataclass(frozen=True, kw_only=True)
class DeviceOptions:
    """Options of a run on a device.

    Args:
        dynamical_decoupling: a sequence ("XX", "XpXm" or "XY4") on idle qubits, or ``None``.
        gate_twirling: twirl two-qubit gates with random Paulis, which makes their errors stochastic. The circuits are
            then left to the device to schedule, because the runtime cannot twirl circuits with delays.
        readout: ``"trex"`` twirls the measurements, measures their attenuation in one more circuit, and divides by it;
            the values without it are kept. ``None`` leaves the readout as it is.
        shorter_resets: replace each reset by the shortest kind that the target has (real devices only). The circuits
            are then left to the device to schedule.
        max_execution_time: seconds of QPU time after which IBM stops the job.

    Raises:
        InputError: for an unknown name.

    >>> from qcoll.run.hardware import DeviceOptions
    >>> DeviceOptions(dynamical_decoupling="XY4").summary()
    'dynamical decoupling XY4'
    """

    dynamical_decoupling: str | None = None
    gate_twirling: bool = False
    readout: str | None = None
    shorter_resets: bool = False
    max_execution_time: int | None = None

    def __post_init__(self) -> None:
        if self.dynamical_decoupling is not None and self.dynamical_decoupling not in DECOUPLING:
            raise InputError(
                f"dynamical_decoupling is {self.dynamical_decoupling!r}, but must be one of {', '.join(DECOUPLING)}"
            )
        if self.readout is not None and self.readout not in READOUT_MITIGATION:
            raise InputError(f"readout is {self.readout!r}, but must be {' or '.join(READOUT_MITIGATION)}, or None")
        if self.max_execution_time is not None:
            positive_integer(self.max_execution_time, "max_execution_time, in seconds,")

    @property
    def mitigates_readout(self) -> bool:
        """Whether the readout error is measured and divided out."""
        return self.readout == "trex"

    @property
    def scheduled(self) -> bool:
        """Whether the circuits carry the delays of their own schedule, rather than leaving them to the device."""
        return not (self.shorter_resets or self.gate_twirling)

    def summary(self) -> str:
        """What is on, in words."""
        parts = []
        if self.dynamical_decoupling:
            parts.append(f"dynamical decoupling {self.dynamical_decoupling}")
        parts += ["gate twirling"] * self.gate_twirling
        parts += ["readout mitigation (TREX)"] * self.mitigates_readout
        parts += ["shorter resets"] * self.shorter_resets
        return ", ".join(parts) or "none"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)

    def for_sampler(self) -> dict[str, Any]:
        """The options of the runtime's sampler, with nothing in it that is off."""
        found: dict[str, Any] = {}
        if self.dynamical_decoupling is not None:
            found["dynamical_decoupling"] = {"enable": True, "sequence_type": self.dynamical_decoupling}
        twirling = {"enable_gates": self.gate_twirling, "enable_measure": self.mitigates_readout}
        if any(twirling.values()):
            found["twirling"] = twirling
        if self.max_execution_time is not None:
            found["max_execution_time"] = self.max_execution_time
        return found
