"""The points of an experiment: what is measured of which model from which state. A single experiment has one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..trajectory.pauli import Complex
from .plan import MeasurementPlan, from_pairs, to_pairs


@dataclass(frozen=True, eq=False)
class Point:
    """One point.

    Args:
        plan: what is measured, of which model.
        initial_state: density matrix (d, d) of the system before the first collision.
        values: the swept quantities' values, by name, for tables.
    """

    plan: MeasurementPlan
    initial_state: Complex
    values: Mapping[str, float] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The swept values in words; empty if nothing was swept by name."""
        return ", ".join(f"{name}={value:g}" for name, value in self.values.items())

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "values": dict(self.values),
            "physics": self.plan.model.fingerprint(),
            "plan": self.plan.to_dict(),
            "initial_state": to_pairs(self.initial_state),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Point:
        """The point that :meth:`to_dict` wrote."""
        plan = MeasurementPlan.from_dict(data["plan"])
        return cls(plan, from_pairs(data["initial_state"]), dict(data["values"]))
