"""Trajectories that remember the circuit they came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..device.mapped import MappedCollisions
from ..trajectory.trajectory import Trajectory


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CircuitTrajectory(Trajectory):
    """A trajectory that came from a circuit, which it remembers.

    Its ``kind`` says what its ledger is. "circuit": heat and work are read off system and ancilla. "circuit of the
    system alone": the circuit kept nothing but the system; states and energy changes are the circuit's, heat and work
    are what the model's exact collision would take from those states (:mod:`qcoll.run.system_ledger`), and the work
    is the switching work.

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
