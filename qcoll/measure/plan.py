r"""Which Pauli bases have to be measured where, for the questions asked.

A plan is plain data: it needs no circuit and no device, so that counts can be combined years later. Every setting is a
tick of the sequence ("tick:k" after collision k, "prepared:k" before it, with the fresh ancilla) and a basis, one
letter per measured qubit in Qiskit's order: system first (rightmost), then ancilla.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from ..circuits.segments import PREPARED, TICK, ReadPoint, after
from ..compile.branches import in_frame
from ..compile.sequence import CollisionCircuit
from ..errors import InputError
from ..model.collision import CollisionModel
from ..model.cycle import Cycle, Model
from ..model.files import model_from_toml, model_to_toml
from ..trajectory.pauli import Complex
from .cycle_plan import kinds as cycle_kinds
from .cycle_plan import size_at
from .settings import settings_for, system_paulis

Quantity = Literal["state", "heat", "work"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)

#: The setting that measures the readout error: all measured qubits in |0>.
READOUT = "readout"

#: Digits of a frame that are kept: those beyond depend on the machine, and the experiment's hash should not.
FRAME_DECIMALS = 10
#: Pauli strings of an observable below this, relative to its largest, are that rounding, and are not measured.
FRAME_ROUNDING = 1e-8

#: Systems of more qubits have too many Pauli bases (3**m) for tomography.
LARGEST_TOMOGRAPHY = 4


class Setting(NamedTuple):
    """One measured circuit: a tick and a Pauli basis."""

    tick: str
    basis: str


@dataclass(frozen=True, kw_only=True, eq=False)
class MeasurementPlan:
    """What is measured, and after which collisions.

    The initial state (tick 0) is always measured. Heat and work are those of each chosen collision alone: the energies
    are measured before and after it.

    Args:
        model: the collision model, or a cycle, of which heat and work are those of every stroke.
        at: chosen collisions, increasing, each at least 1.
        quantities: "state" (tomography of the system), "heat" (the ancilla's energy) and "work" (all energies).
        observables: Pauli strings of the system that are measured besides, for systems too large for tomography.
        readout: whether the readout error is measured too.
        frame: unitary (d, d) that the collision applies to the ancilla first, where the circuit prepares it in other
            coordinates (:attr:`CollisionPieces.frame <qcoll.compile.branches.CollisionPieces>`).
        selective: whether each of several circuits is for one basis state of the ancilla there, likewise.

    Raises:
        InputError: if nothing is measured, or a collision, quantity or observable is bad.

    >>> import qcoll
    >>> from qcoll.hardware import MeasurementPlan
    >>> plan = MeasurementPlan(model=qcoll.example_2(), at=(5,), quantities=("state",))
    >>> [tuple(setting) for setting in plan.settings][-3:]
    [('tick:5', 'X'), ('tick:5', 'Y'), ('tick:5', 'Z')]
    """

    model: Model
    at: tuple[int, ...]
    quantities: tuple[Quantity, ...] = QUANTITIES
    observables: tuple[str, ...] = ()
    readout: bool = False
    frame: Complex | None = None
    selective: bool = False

    def __post_init__(self) -> None:
        if not self.at or any(isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1 for k in self.at):
            raise InputError(
                f"at is {self.at!r}, but must be one or more collisions from 1 on (the initial state comes for free)"
            )
        if list(self.at) != sorted(set(self.at)):
            raise InputError(f"at is {self.at!r}, but collisions must increase")
        for quantity in self.quantities:
            if quantity not in QUANTITIES:
                raise InputError(f"unknown quantity {quantity!r}; known: {', '.join(QUANTITIES)}")
        if not self.quantities and not self.observables:
            raise InputError("nothing is measured: give quantities or observables")
        size = self.model.num_system_qubits
        for label in self.observables:
            if len(label) != size or not set(label) <= set("IXYZ") or set(label) == {"I"}:
                raise InputError(
                    f"the observable {label!r} is not a Pauli string (not all I) of {size} system qubit(s)"
                )
        if "state" in self.quantities and size > LARGEST_TOMOGRAPHY:
            raise InputError(
                f"tomography of {size} system qubits takes 3^{size} bases, and is done for up to {LARGEST_TOMOGRAPHY}: "
                'measure quantities=["heat"], or in Python give observables'
            )

        if isinstance(self.model, Cycle) and self.joint and self.readout:
            raise InputError(
                f"the readout error is measured on the qubits of one ancilla, but {self.model.name!r} is a cycle: "
                'leave readout out, or measure quantities=["state"]'
            )

    @property
    def joint(self) -> bool:
        """Whether the ancilla is measured too."""
        return "heat" in self.quantities or "work" in self.quantities

    @property
    def num_measured(self) -> int:
        """Number of qubits measured at the ticks after the first."""
        joint = self.joint and not isinstance(self.model, Cycle)
        return self.model.num_qubits if joint else self.model.num_system_qubits

    def num_measured_at(self, tick: str) -> int:
        """Number of qubits measured at a tick."""
        kind = ReadPoint(tick).kind
        if isinstance(self.model, Cycle) and kind != TICK:
            return size_at(self.model, kind)
        return self.model.num_system_qubits if tick == after(0) else self.num_measured

    @functools.cached_property
    def settings(self) -> tuple[Setting, ...]:
        """All measured circuits, in the order of the counts."""
        found = [Setting(after(0), basis) for basis in settings_for(self.labels_at(after(0)))]
        kinds: tuple[str, ...] = (PREPARED, TICK) if self.joint else (TICK,)
        if isinstance(self.model, Cycle):
            kinds = (*cycle_kinds(self.model, self.quantities), TICK)
        bases = {kind: settings_for(self.labels_at(kind)) for kind in kinds}
        found += [Setting(ReadPoint.at(kind, k), basis) for k in self.at for kind in kinds for basis in bases[kind]]
        if self.readout:
            found.append(Setting(READOUT, "Z" * self.num_measured))
        return tuple(found)

    def labels_at(self, tick: str) -> tuple[str, ...]:
        """All Pauli strings that the questions need at a tick, on the qubits measured there.

        Args:
            tick: "tick:k" or "prepared:k"; "tick" or "prepared" for those of all k from 1 on.
        """
        if tick == after(0):
            return tuple(label[-self.model.num_system_qubits :] for label in self._states)
        if isinstance(self.model, Cycle):
            kind = ReadPoint(tick).kind
            return tuple(self._states if kind == TICK else cycle_kinds(self.model, self.quantities)[kind])
        before = ReadPoint(tick).kind == PREPARED
        energies = [label for own in self._energies for label in _labels(self.before(own) if before else own)]
        return tuple(dict.fromkeys([*self._states, *energies]))

    def before(self, observable: SparsePauliOp) -> SparsePauliOp:
        """What to measure after the preparation to have an observable of system and ancilla before the collision."""
        return (
            observable
            if self.frame is None
            else in_frame(observable, self.frame, self.selective, rounding=FRAME_ROUNDING)
        )

    @property
    def _states(self) -> list[str]:
        """Pauli strings of the system on the measured qubits."""
        size = self.model.num_system_qubits
        padding = "I" * (self.num_measured - size)
        labels = [padding + label for label in self.observables]
        if "state" in self.quantities:
            labels += system_paulis(size, self.num_measured)[1:]
        elif not labels or "work" in self.quantities:
            labels += [padding + label for label in _labels(self.model.system)]
        return list(dict.fromkeys(labels))

    @property
    def _energies(self) -> list[SparsePauliOp]:
        model = self.model
        assert isinstance(model, CollisionModel)
        found = [model.joint_ancilla] if self.joint else []
        return found + [model.joint_system, model.interaction] * ("work" in self.quantities)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; the model as the text of a model file, which keeps every coefficient exactly."""
        found: dict[str, Any] = {
            "model": model_to_toml(self.model),
            "at": list(self.at),
            "quantities": list(self.quantities),
            "observables": list(self.observables),
            "readout": self.readout,
        }
        if self.frame is not None:  # left out where there is none, for hashes of experiments must not change
            found["frame"] = to_pairs(np.round(self.frame, FRAME_DECIMALS) + 0.0)
            found["selective"] = self.selective
        return found

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> MeasurementPlan:
        """The plan that :meth:`to_dict` wrote."""
        return cls(
            model=model_from_toml(data["model"], source="the record's model"),
            at=tuple(data["at"]),
            quantities=tuple(data["quantities"]),
            observables=tuple(data["observables"]),
            readout=data["readout"],
            frame=from_pairs(data["frame"]) if "frame" in data else None,
            selective=data.get("selective", False),
        )


def to_pairs(matrix: Complex) -> list[list[float]]:
    """A complex matrix (d, d) as plain data: real and imaginary part of each entry, row by row."""
    return [[float(z.real), float(z.imag)] for z in matrix.ravel()]


def from_pairs(pairs: Sequence[Sequence[float]]) -> Complex:
    """The matrix (d, d) that :func:`to_pairs` wrote."""
    size = math.isqrt(len(pairs))
    return np.array([complex(*each) for each in pairs]).reshape(size, size)


def plan_for(
    compiled: CollisionCircuit,
    at: int | Sequence[int],
    quantities: Sequence[Quantity],
    observables: Sequence[str],
    readout: bool = False,
) -> MeasurementPlan:
    """What is measured of a compiled circuit.

    Raises:
        InputError: for a collision beyond the compiled ones, or an unknown quantity or observable.
    """
    if compiled.cycle is not None and {"heat", "work"} & set(quantities):
        for number, pieces in enumerate(compiled.cycle.strokes):
            if pieces.frame is not None or len(pieces.branches) > 1:
                name = compiled.cycle.cycle.strokes[number].name
                raise InputError(
                    f"stroke {number}, {name!r}, prepares its ancilla in a basis of its own or draws its state, and "
                    'then heat and work of a cycle are not measured: compile with preparation="purified"'
                )
    return MeasurementPlan(
        model=compiled.model,
        at=chosen_collisions(at, compiled.n),
        quantities=tuple(quantities),
        observables=tuple(observables),
        readout=readout,
        frame=compiled.pieces.frame,
        selective=compiled.pieces.selective,
    )


def chosen_collisions(at: int | Sequence[int], n: int) -> tuple[int, ...]:
    """The collisions that ``at`` chooses out of ``n``, sorted, without 0.

    Args:
        at: one collision or several.
        n: number of collisions that were compiled.

    Raises:
        InputError: if one is not in 0..n.
    """
    wanted = [at] if isinstance(at, int | np.integer) else list(at)
    for k in wanted:
        if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 0 <= k <= n:
            raise InputError(f"at contains {k!r}, but collisions are integers from 0 to the n = {n} that were compiled")
    return tuple(sorted({int(k) for k in wanted} - {0}))


def _labels(operator: SparsePauliOp) -> list[str]:
    return [label for label in operator.paulis.to_labels() if set(label) != {"I"}]
