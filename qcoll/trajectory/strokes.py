r"""The ledger of a cycle, stroke by stroke.

In stroke k, with its own system Hamiltonian :math:`H_k`, the state goes from :math:`\rho` to :math:`\rho'`, and then
the Hamiltonian is switched to that of the next stroke (after the last one, the first's):

.. math::

    \Delta U_k &= \mathrm{Tr}[H_k(\rho' - \rho)] = Q_k + W_k                      &&\text{(60, 67)}\\
    W^{drive}_k &= \mathrm{Tr}[(H_{k+1} - H_k)\,\rho']                           &&\text{(64)}\\
    \Delta U &= \sum_k (Q_k + W_k + W^{drive}_k),\qquad
    \Sigma = \Delta S - \sum_k\beta_k Q_k                                         &&\text{(67, 72)}
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from ..model.collision import CollisionModel
from ..model.cycle import Cycle
from .entropy import entropy_flow, flow_observables, thermal_flow
from .pauli import Real


@dataclass(frozen=True, eq=False)
class StrokeLedger:
    """What happened in each stroke; every array has shape (m, strokes).

    Args:
        energy_change: of the system, with the stroke's own Hamiltonian.
        heat: absorbed by the system from the stroke's ancilla; zero in a free evolution.
        work: done on system and ancilla in the stroke.
        switching_work: the part of it done by switching the interaction.
        driving_work: done by the change of the system's Hamiltonian after the stroke.
        entropy_flow: entropy that flows into the system with the heat: beta times it, or what
            :mod:`.entropy` says of an ancilla that is not thermal.
    """

    energy_change: Real
    heat: Real
    work: Real
    switching_work: Real
    driving_work: Real
    entropy_flow: Real

    @classmethod
    def of(cls, cycle: Cycle, columns: Real) -> StrokeLedger:
        """The ledger from the columns (m, k) of :func:`columns_of`.

        >>> import qcoll
        >>> from qcoll.trajectory.strokes import StrokeLedger, columns_of
        >>> cycle = qcoll.Cycle([qcoll.example_2(beta=1.0), qcoll.example_2(beta=2.0)])
        >>> StrokeLedger.of(cycle, np.ones((5, len(columns_of(cycle))))).heat.shape
        (5, 2)
        """
        names = columns_of(cycle)
        rows = len(columns)

        def column(kind: str, stroke: int) -> Real:
            wanted = [place for place, (own, number) in enumerate(names) if (own, number) == (kind, stroke)]
            return columns[:, wanted[0]] if wanted else np.zeros(rows)

        flows = []
        for number, stroke in enumerate(cycle.strokes):
            changes = [place for place, name in enumerate(names) if name == ("flow", number)]
            given = entropy_flow(columns[:, changes])
            if given is None:
                heat = column("heat", number)
                given = (
                    thermal_flow(stroke.ancilla, heat) if isinstance(stroke, CollisionModel) else np.zeros_like(heat)
                )
            flows.append(given)

        def entry(kind: str) -> Real:
            return np.stack([column(kind, number) for number in range(len(cycle.strokes))], axis=1)

        return cls(
            energy_change=entry("energy change"),
            heat=entry("heat"),
            work=entry("work"),
            switching_work=entry("switching work"),
            driving_work=entry("driving work"),
            entropy_flow=np.stack(flows, axis=1),
        )


def columns_of(cycle: Cycle) -> list[tuple[str, int]]:
    """Which entry of the ledger, and of which stroke, the columns of a cycle's ledger are.

    Every dynamics fills them its own way; free evolutions have no heat, switching work and flow.
    """
    names = []
    for number, stroke in enumerate(cycle.strokes):
        kinds = ["energy change"]
        if isinstance(stroke, CollisionModel):
            kinds += ["heat", "work", "switching work", *("flow" for _ in flow_observables(stroke))]
        names += [(kind, number) for kind in (*kinds, "driving work")]
    return names


def change_after(cycle: Cycle, stroke: int) -> SparsePauliOp:
    """How the system's Hamiltonian changes after a stroke, on the system."""
    following = cycle.strokes[(stroke + 1) % len(cycle.strokes)]
    return following.system - cycle.strokes[stroke].system
