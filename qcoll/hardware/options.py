"""What the device is asked to do besides running the circuits. Everything is off unless it is named."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ..device.decoupling import SEQUENCES
from ..errors import InputError
from ..limits import positive_integer

DECOUPLING = tuple(SEQUENCES)
READOUT_MITIGATION = ("trex",)
NOISE_FACTORS = (1.0, 3.0, 5.0)

#: Shots with one random choice of Paulis, as few as the runtime takes on its own.
SHORTEST_ROUND = 64

Primitive = Literal["sampler", "estimator"]


@dataclass(frozen=True, kw_only=True)
class DeviceOptions:
    """Options of a run on a device.

    Args:
        dynamical_decoupling: a sequence ("XX", "XpXm" or "XY4") on idle qubits, or ``None``.
        gate_twirling: twirl two-qubit gates with random Paulis, which makes their errors stochastic. The circuits are
            then left to the device to schedule, because the runtime cannot twirl circuits with delays. Measurements are
            twirled too.
        readout: ``"trex"`` twirls the measurements, measures their attenuation in one more circuit, and divides by it;
            the values without it are kept. ``None`` leaves the readout as it is.
        shorter_resets: replace each reset by the shortest kind that the target has (real devices only). The circuits
            are then left to the device to schedule.
        max_execution_time: seconds of QPU time after which IBM stops the job.
        merge: leave out what acts on discarded qubits alone, and merge collisions between which nothing is measured
            (see :func:`measurement_circuits`).
        zne: zero-noise extrapolation: an estimator measures with two-qubit gates folded to each of ``noise_factors``,
            and a weighted straight line is drawn to no noise. The values at every factor are kept. The circuits are
            then left to the device to schedule, and ``readout="trex"`` is the estimator's own.
        noise_factors: of the extrapolation, two or more from 1 on, increasing.

    Raises:
        InputError: for an unknown name, or noise factors that nothing can be extrapolated from.

    >>> from qcoll.hardware import DeviceOptions
    >>> DeviceOptions(dynamical_decoupling="XY4").summary()
    'dynamical decoupling XY4'
    """

    dynamical_decoupling: str | None = None
    gate_twirling: bool = False
    readout: str | None = None
    shorter_resets: bool = False
    max_execution_time: int | None = None
    merge: bool = False
    zne: bool = False
    noise_factors: tuple[float, ...] = NOISE_FACTORS

    def __post_init__(self) -> None:
        if self.dynamical_decoupling is not None and self.dynamical_decoupling not in DECOUPLING:
            raise InputError(
                f"dynamical_decoupling is {self.dynamical_decoupling!r}, but must be one of {', '.join(DECOUPLING)}"
            )
        if self.readout is not None and self.readout not in READOUT_MITIGATION:
            raise InputError(f"readout is {self.readout!r}, but must be {' or '.join(READOUT_MITIGATION)}, or None")
        if self.max_execution_time is not None:
            seconds = positive_integer(self.max_execution_time, "max_execution_time, in seconds,")
            object.__setattr__(self, "max_execution_time", seconds)
        object.__setattr__(self, "noise_factors", _checked_factors(self.noise_factors))
        if not self.zne and self.noise_factors != NOISE_FACTORS:
            raise InputError(f"noise_factors are {self.noise_factors}, but are used with zne=True (--zne) only")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> DeviceOptions:
        """The options that :meth:`to_dict` wrote."""
        return cls(**data)

    @property
    def primitive(self) -> Primitive:
        """What runs the circuits: extrapolation works on expectation values, so that it takes an estimator."""
        return "estimator" if self.zne else "sampler"

    @property
    def mitigates_readout(self) -> bool:
        """Whether the readout error is measured and divided out."""
        return self.readout == "trex"

    @property
    def scheduled(self) -> bool:
        """Whether the circuits carry the delays of their own schedule, rather than leaving them to the device."""
        return not (self.shorter_resets or self.gate_twirling or self.zne)

    def summary(self) -> str:
        """What is on, in words."""
        parts = []
        if self.dynamical_decoupling:
            parts.append(f"dynamical decoupling {self.dynamical_decoupling}")
        parts += ["gate twirling"] * self.gate_twirling
        parts += ["readout mitigation (TREX)"] * self.mitigates_readout
        parts += ["shorter resets"] * self.shorter_resets
        parts += ["merged collisions"] * self.merge
        if self.zne:
            parts.append(f"zero-noise extrapolation from {', '.join(f'{each:g}' for each in self.noise_factors)}")
        return ", ".join(parts) or "none"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "noise_factors": list(self.noise_factors)}

    def for_sampler(self, shots: int) -> dict[str, Any]:
        """The options of the runtime's sampler, with nothing in it that is off.

        Args:
            shots: of a circuit. The runtime would twirl them in rounds of 64 or more and do all of the last round (2048
                shots where 2000 were asked for); in rounds that divide them they stay as many as they are.
        """
        found = self._for_both()
        # The runtime (0.51) drops the last one-qubit gates of a circuit without two-qubit gates if it twirls gates and
        # not measurements: tomography of the initial state would measure |0> as |+>.
        twirls = self.gate_twirling or self.mitigates_readout
        twirling: dict[str, Any] = {"enable_gates": self.gate_twirling, "enable_measure": twirls}
        if any(twirling.values()):
            found["twirling"] = twirling | {"shots_per_randomization": _round_of_twirling(shots)}
        return found

    def for_estimator(self, shots: int) -> dict[str, Any]:
        """The options of the runtime's estimator: no mitigation but what is named.

        Args:
            shots: for every measured basis, noise factor and parameter set.
        """
        resilience: dict[str, Any] = {"measure_mitigation": self.mitigates_readout, "zne_mitigation": self.zne}
        if self.zne:
            resilience["zne"] = {"noise_factors": list(self.noise_factors), "extrapolator": "linear"}
        found = self._for_both() | {"resilience_level": 0, "default_shots": shots, "resilience": resilience}
        if self.gate_twirling:
            found["twirling"] = {"enable_gates": True}
        return found

    def _for_both(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.dynamical_decoupling is not None:
            found["dynamical_decoupling"] = {"enable": True, "sequence_type": self.dynamical_decoupling}
        if self.max_execution_time is not None:
            found["max_execution_time"] = self.max_execution_time
        return found


def _round_of_twirling(shots: int) -> int:
    """The smallest divisor of the shots that is long enough for a round, or all of them."""
    return next((size for size in range(SHORTEST_ROUND, shots) if shots % size == 0), shots)


def _checked_factors(factors: Any) -> tuple[float, ...]:
    try:
        found = tuple(float(each) for each in factors)
    except (TypeError, ValueError):
        found = ()
    if len(found) < 2 or found[0] < 1 or any(b <= a for a, b in itertools.pairwise(found)):
        raise InputError(
            f"noise_factors are {factors!r}, but must be two or more increasing numbers from 1 on, such as (1, 3, 5)"
        )
    return found
