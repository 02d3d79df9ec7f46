"""Trajectories that remember the circuit they came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..compile.mapping import MappedCollisions
from ..trajectory.trajectory import Trajectory


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CircuitTrajectory(Trajectory):
    """A trajectory that came from a circuit, which it remembers.

    Args:
        mapped: the circuit on the gates and qubits that ran.
        noise_model: Aer's noise model, or ``None`` for an ideal run.
        expected: the trajectory without shot noise that the shots sampled, if there were shots.
        shots: shots per measured circuit, if there were shots.
    """

    mapped: MappedCollisions
    noise_model: Any = None
    expected: Trajectory | None = None
    shots: int | None = None
