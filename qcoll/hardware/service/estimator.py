"""The runtime's estimator with nothing switched on that is not named."""

from __future__ import annotations

from typing import Any

from .runtime import estimator_on


def runtime_estimator(device: Any, *, zne: bool = False, seed: int | None = None, **options: Any) -> Any:
    """The runtime's estimator on a device, without any mitigation but what is named.

    Args:
        device: from :func:`open_device`.
        zne: zero-noise extrapolation by folding gates (not resets) to 1, 3 and 5 times their noise. The extrapolated
            means can lie outside [-1, 1]; those at the smallest factor are kept.
        seed: of the simulator, for fake devices.
        options: more of the runtime's options.
    """
    resilience: dict[str, Any] = {"measure_mitigation": False, "zne_mitigation": zne}
    if zne:
        resilience["zne"] = {"noise_factors": (1, 3, 5), "extrapolator": "linear"}
    return estimator_on(device, {"resilience_level": 0, "resilience": resilience, **options}, seed)
