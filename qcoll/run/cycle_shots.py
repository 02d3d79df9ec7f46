"""What an experiment with a finite number of shots would see of a cycle: states, and the ledger of every stroke.

At every tick that the ledger needs, system and ancilla are measured in as few Pauli bases as there have to be. Every
entry of the ledger is then a row of Pauli means, so that sums over strokes have the errors of all that is in them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from qiskit.quantum_info import SparsePauliOp
from scipy.linalg import block_diag

from ..circuits.segments import TICK, ReadPoint, after
from ..compile.cycle import CycleLayout
from ..errors import InputError
from ..measure.settings import Estimates, settings_for, system_paulis
from ..model.operators import from_matrix
from ..trajectory.pauli import Complex, Real, from_pauli_vector
from ..trajectory.strokes import StrokeLedger, columns_of
from .circuit_trajectory import CircuitTrajectory
from .cycle_ledger import START, cycle_columns, matrix_of
from .shots import sample


def sampled_cycles(
    expected: CircuitTrajectory, saved: dict[ReadPoint, Any], shots: int, seed: int | None
) -> CircuitTrajectory:
    """Estimate states and ledger of a cycle from shots, as :func:`.shots.sampled_trajectory` of one collision model.

    Args:
        expected: the trajectory without shot noise.
        saved: the states at the ticks.
        shots: shots per setting and tick.
        seed: of the sampling.
    """
    if len(expected) != expected.n + 1:
        raise InputError("with shots every cycle is measured, so record must be 1")
    layout, n = expected.mapped.compiled.cycle, expected.n
    assert layout is not None
    sizes = {point.kind: state.shape[-1].bit_length() - 1 for point, state in saved.items() if point.number == 1}
    own = system_paulis(sizes[TICK], sizes[TICK])
    rows = _Rows(layout, sizes)
    bases = {
        kind: settings_for(labels) for kind, labels in rows.labels.items() if kind != START and any(map(_acts, labels))
    }
    wanted = [(after(k), basis) for k in range(n + 1) for basis in settings_for(own)]
    wanted += [(ReadPoint.at(kind, k), basis) for k in range(1, n + 1) for kind in bases for basis in bases[kind]]
    seen = sample(expected, saved, wanted, shots, seed)
    estimates = {tick: Estimates({b: seen[t, b] for t, b in wanted if t == tick}) for tick in dict(wanted)}
    vectors, covariances = zip(*(estimates[after(k)].paulis(own) for k in range(n + 1)), strict=True)
    columns, spreads = zip(*(rows.of_cycle(estimates, k) for k in range(1, n + 1)), strict=True)
    strokes, spread = StrokeLedger.of(layout.cycle, np.array(columns)), np.array(spreads)
    names = [kind for kind, _ in columns_of(layout.cycle)]
    errors = {
        quantity: np.sqrt(np.einsum("p,npq,q->n", chosen, spread, chosen).clip(0.0))
        for quantity, kinds in (("heat", ["heat"]), ("work", ["work", "driving work"]))
        for chosen in [np.array([float(name in kinds) for name in names])]
    }
    return replace(
        expected,
        kind=f"{expected.kind}, {shots} shots",
        states=from_pauli_vector(np.array(vectors)),
        pauli_covariance=np.array(covariances),
        strokes=strokes,
        heat=strokes.heat.sum(axis=1),
        work=(strokes.work + strokes.driving_work).sum(axis=1),
        switching_work=strokes.switching_work.sum(axis=1),
        entropy_flow=strokes.entropy_flow.sum(axis=1),
        heat_error=errors["heat"],
        work_error=errors["work"],
        expected=expected,
        shots=shots,
    )


class _Rows:
    """The columns of the ledger as rows of Pauli means at the ticks of a cycle.

    Args:
        layout: the strokes.
        sizes: how many qubits are measured at each kind of tick.
    """

    def __init__(self, layout: CycleLayout, sizes: dict[str, int]) -> None:
        self._sizes = sizes | {START: sizes[TICK]}
        self.labels: dict[str, list[str]] = {}
        cycle_columns(layout, self._note)
        starts = np.cumsum([0, *map(len, self.labels.values())])
        self._place = dict(zip(self.labels, starts, strict=False))
        self._size = int(starts[-1])
        self._matrix = cycle_columns(layout, self._row)

    def of_cycle(self, estimates: dict[ReadPoint, Estimates], k: int) -> tuple[Real, Real]:
        """The columns of cycle k and their covariance."""
        means, covariances = [], []
        for kind, labels in self.labels.items():
            point = after(k - 1) if kind == START else ReadPoint.at(kind, k)
            constant = not any(map(_acts, labels))
            mean, covariance = (
                (np.ones(len(labels)), np.zeros(2 * (len(labels),))) if constant else estimates[point].paulis(labels)
            )
            means.append(mean)
            covariances.append(covariance)
        spread = self._matrix @ block_diag(*covariances) @ self._matrix.T
        return self._matrix @ np.concatenate(means), np.asarray(spread)

    def _terms(self, kind: str, given: SparsePauliOp | Complex) -> list[tuple[str, float]]:
        operator = matrix_of(given)
        padding = "I" * (self._sizes[kind] - (len(operator).bit_length() - 1))
        return [(padding + label, float(value.real)) for label, value in from_matrix(operator).to_list()]

    def _note(self, kind: str, operator: SparsePauliOp | Complex) -> Real:
        known = self.labels.setdefault(kind, [])
        known += [label for label, _ in self._terms(kind, operator) if label not in known]
        return np.zeros(1)

    def _row(self, kind: str, operator: SparsePauliOp | Complex) -> Real:
        row = np.zeros(self._size)
        for label, value in self._terms(kind, operator):
            row[self._place[kind] + self.labels[kind].index(label)] += value
        return row


def _acts(label: str) -> bool:
    return set(label) != {"I"}
