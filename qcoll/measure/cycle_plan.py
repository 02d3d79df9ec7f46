"""What is measured of a cycle: the energies before and after every stroke, on the system and the stroke's ancilla.

Of cycle k the ticks are "prepared0:k", "stroke0:k", ... and "tick:k" for the system's state. Everything is the change
of an operator from one tick to another, each with circuits of its own, so that what is summed has independent errors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from ..circuits.segments import stroke_kinds, stroke_of
from ..model.collision import CollisionModel
from ..model.cycle import Cycle
from ..model.operators import embedded
from ..trajectory.pauli import Real
from ..trajectory.strokes import change_after


@dataclass(frozen=True, eq=False)
class Term:
    """A part of the ledger: the mean of an operator at one kind of tick.

    Args:
        quantity: "heat", "switching_work", "driving_work", or "work" or "energy_change", both with the driving work.
        stroke: of which it is.
        kind: of tick.
        operator: on the qubits that are measured there, with its sign.
    """

    quantity: str
    stroke: int
    kind: str
    operator: SparsePauliOp


def terms(cycle: Cycle, quantities: tuple[str, ...]) -> Iterator[Term]:
    """The parts of the ledger that are asked for.

    >>> import qcoll
    >>> from qcoll.measure.cycle_plan import terms
    >>> sorted({term.kind for term in terms(qcoll.Cycle([qcoll.example_1(), qcoll.example_2()]), ("heat",))})
    ['prepared0', 'prepared1', 'stroke0', 'stroke1']
    """
    for number, stroke in enumerate(cycle.strokes):
        begins, ends = stroke_kinds(number)
        if isinstance(stroke, CollisionModel):
            both = stroke.joint_system + stroke.joint_ancilla
            for kind, sign in ((begins, -1.0), (ends, 1.0)):
                if "heat" in quantities:
                    yield Term("heat", number, kind, -sign * stroke.joint_ancilla)
                if "work" in quantities:
                    yield Term("work", number, kind, sign * both)
                    yield Term("switching_work", number, kind, -sign * stroke.interaction)
                    yield Term("energy_change", number, kind, sign * stroke.joint_system)
        if "work" in quantities:
            driving = embedded(change_after(cycle, number), range(cycle.num_system_qubits), stroke.num_qubits)
            for quantity in ("driving_work", "work", "energy_change"):
                yield Term(quantity, number, ends, driving)


def kinds(cycle: Cycle, quantities: tuple[str, ...]) -> dict[str, list[str]]:
    """The kinds of ticks at which anything is measured for the ledger, with the Pauli strings wanted there."""
    found: dict[str, list[str]] = {}
    for term in terms(cycle, quantities):
        labels = [label for label in term.operator.simplify(atol=0).paulis.to_labels() if set(label) != {"I"}]
        if labels:
            known = found.setdefault(term.kind, [])
            known += [label for label in labels if label not in known]
    return found


def rows(cycle: Cycle, quantities: tuple[str, ...]) -> dict[tuple[str, int], dict[str, tuple[list[str], Real]]]:
    """For every quantity and stroke, at every kind of tick, Pauli strings and their coefficients."""
    found: dict[tuple[str, int], dict[str, SparsePauliOp]] = {}
    for term in terms(cycle, quantities):
        own = found.setdefault((term.quantity, term.stroke), {})
        own[term.kind] = own[term.kind] + term.operator if term.kind in own else term.operator
    return {key: dict(_plain(own)) for key, own in found.items()}


def size_at(cycle: Cycle, kind: str) -> int:
    """How many qubits are measured at a kind of tick of a stroke."""
    return cycle.strokes[stroke_of(kind)].num_qubits


def _plain(operators: Mapping[str, SparsePauliOp]) -> Iterator[tuple[str, tuple[list[str], Real]]]:
    for kind, operator in operators.items():
        kept = [
            (label, float(np.real(value)))
            for label, value in operator.simplify(atol=0).to_list()
            if set(label) != {"I"} and value != 0
        ]
        if kept:
            yield kind, ([label for label, _ in kept], np.array([value for _, value in kept]))
