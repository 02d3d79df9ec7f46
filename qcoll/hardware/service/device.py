"""A device: a backend, how to reach it, and what it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from qiskit.providers import BackendV2

from ..pubs import Pub


@dataclass(frozen=True, eq=False)
class Device:
    """A backend and how to reach it.

    Args:
        backend: what the runtime's primitives take as their mode.
        service: the runtime's service, or ``None`` for a fake device on this machine.
        runs: of a provider's own backend, what runs circuits: (circuits, shots, seed) to the counts of each.
        largest_shots: the most shots of a circuit, where the device states it.
        largest_job: the most circuits of a job, likewise.
        own_name: another name than the backend's.
        real: whether what ``runs`` is a real device, or may be one: nothing runs there unasked, and nothing twice.
    """

    backend: BackendV2
    service: Any = None
    runs: Callable[[Sequence[Pub], int, int], tuple[dict[int, int], ...]] | None = None
    largest_shots: int | None = None
    largest_job: int | None = None
    own_name: str | None = None
    real: bool = False

    def named(self, name: str) -> Device:
        """The same under another name."""
        return replace(self, own_name=name)

    @property
    def name(self) -> str:
        """Name of the backend, by which :func:`open_device` finds it."""
        return self.own_name or str(self.backend.name)

    @property
    def local(self) -> bool:
        """Whether its jobs run inside :func:`submit`: those of a fake device, or of a provider's own backend."""
        return self.service is None

    @property
    def simulated(self) -> bool:
        """Whether it is simulated: by a fake device on this machine, or by a provider's simulator."""
        return self.service is None and not self.real

    @property
    def instance(self) -> str | None:
        """The instance (CRN) that jobs are charged to."""
        return None if self.local else getattr(self.backend, "_instance", None)

    @property
    def calibration_time(self) -> str | None:
        """When the device was calibrated, as far as it says (ISO 8601)."""
        properties = getattr(self.backend, "properties", None)
        known = properties() if callable(properties) else None
        for name in ("last_update_date", "last_update"):
            if known is not None and getattr(known, name, None) is not None:
                return str(getattr(known, name).isoformat())
        return None
