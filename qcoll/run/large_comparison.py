"""How far two trajectories of a large system are apart: polarizations of every qubit, energy, heat and work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import PauliList, SparsePauliOp

from ..trajectory.large import LargeTrajectory
from ..trajectory.pauli import Real
from ..trajectory.trajectory import Trajectory


@dataclass(frozen=True, eq=False)
class LargeComparison:
    """Differences between two trajectories, of which one has no density matrices; prints itself as a summary.

    Args:
        first: the trajectory that is judged.
        second: what it is judged by.
        collisions: recorded collisions that both have, (m + 1,).
        polarization: difference of <Z> of every qubit, (m + 1, qubits).
        energy: difference of the energy, (m + 1,).
        heat: difference of the heat, (m,).
        work: difference of the work, (m,).
    """

    first: Trajectory
    second: Trajectory
    collisions: NDArray[np.int64]
    polarization: Real
    energy: Real
    heat: Real
    work: Real

    @classmethod
    def of(cls, first: Trajectory, second: Trajectory) -> LargeComparison:
        """Compare two trajectories of one model with the same recorded collisions."""
        return cls(
            first=first,
            second=second,
            collisions=first.collisions,
            polarization=polarizations(first) - polarizations(second),
            energy=first.energy - second.energy,
            heat=first.heat - second.heat,
            work=first.work - second.work,
        )

    @property
    def largest(self) -> Real:
        """The largest difference of a polarization, (m + 1,)."""
        return np.asarray(np.abs(self.polarization).max(axis=1))

    def __str__(self) -> str:
        qubit = int(np.abs(self.polarization[-1]).argmax())
        lines = [
            f"{self.first.kind} against {self.second.kind}: {self.first.model.name}, {self.first.n} {self.first.steps}",
            f"  <Z>              largest difference at the end {self.largest[-1]:.3e} (qubit {qubit}), on the way "
            f"{self.largest.max():.3e}",
            f"  energy           last {self.first.energy[-1]:.6f}   instead of {self.second.energy[-1]:.6f}",
        ]
        for name in ("heat", "work"):
            values = [float(getattr(trajectory, name).sum()) for trajectory in (self.first, self.second)]
            lines.append(f"  {name:<16} sum {values[0]:+.4e}   instead of {values[1]:+.4e}")
        lines.extend(
            f"  error said       {trajectory.kind}: {trajectory.error_bound[-1]:.1e}"
            for trajectory in (self.first, self.second)
            if trajectory.error_bound is not None and trajectory.error_bound[-1] > 0
        )
        return "\n".join(lines)

    def __repr__(self) -> str:
        return (
            f"LargeComparison of {self.first.kind} with {self.second.kind}: <Z> differs by up to {self.largest[-1]:.3e}"
        )


def polarizations(trajectory: Trajectory) -> Real:
    """<Z> of every qubit, (m + 1, qubits)."""
    size = trajectory.model.num_system_qubits
    labels = ["I" * (size - 1 - qubit) + "Z" + "I" * qubit for qubit in range(size)]
    if isinstance(trajectory, LargeTrajectory):
        return trajectory.pauli_means(PauliList(labels))
    return np.array([trajectory.expectation(SparsePauliOp(label)) for label in labels]).T
