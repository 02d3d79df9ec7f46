"""The ways to compile that an error budget tries."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypedDict

from qiskit.transpiler import Target

from ..compile import CollisionCircuit, CompileOptions, compile_collisions
from ..compile.branches import Keeps
from ..compile.levels import LEVELS, TROTTER_ORDER, TROTTER_STEPS, Preparation, joint_levels
from ..compile.sequence import Ancillas
from ..device.decoupling import checked_sequence
from ..device.target import knows_durations
from ..errors import InputError
from ..model.collision import CollisionModel

#: The levels, and preparations of the ancilla where it is kept, that are tried by default. (The other preparations are
#: longer, or make no difference to the states.)
SUBMITTED_LEVELS = tuple(LEVELS)
#: Levels at which the system waits for resets more than for gates, so that pulses may help.
FEW_GATES = ("channel", "sampled")
SUBMITTED_PREPARATIONS: tuple[Preparation, ...] = ("purified", "sampled")


@dataclass(frozen=True)
class Choice:
    """One way to compile a collision.

    Args:
        trotter_order: of the product formula.
        trotter_steps: of the product formula per collision.
        ancillas: "reset", "alternating" or "fresh".
        preparation: of the thermal state.
        synthesis: the level; order and steps are those of "trotter".
        sets: of ancilla qubits, where they alternate.
        decoupling: the sequence of pulses while qubits wait, or ``None``.
        keep: "system" where nobody reads the ancilla, although the level keeps it.
    """

    trotter_order: int = 2
    trotter_steps: int = 1
    ancillas: Ancillas = "reset"
    preparation: Preparation = "purified"
    synthesis: str = "trotter"
    sets: int = 2
    decoupling: str | None = None
    keep: Keeps | None = None

    def __str__(self) -> str:
        pulses = f", {self.decoupling}" if self.decoupling else ""
        policy = f"{self.sets} alternating" if self.ancillas == "alternating" and self.sets > 2 else self.ancillas
        how = f"{self.synthesis}, {policy} ancillas"
        if self.synthesis == "trotter":
            steps = f"{self.trotter_steps} step{'s' if self.trotter_steps > 1 else ''}"
            how = f"order {self.trotter_order}, {steps}, {policy} ancillas"
        kept = f", keeps the {self.keep}" if self.keep else ""
        return (f"{how}, {self.preparation}" if self.synthesis in joint_levels() else how) + kept + pulses

    @property
    def sampled(self) -> bool:
        """Whether each collision may be one of several circuits."""
        return "sampled" in (self.synthesis, self.preparation)

    def compile(self, model: CollisionModel, n: int, initial: Any = None) -> CollisionCircuit:
        """The circuit of ``n`` collisions."""
        how = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "decoupling"}
        return compile_collisions(model, n, initial, options=CompileOptions(**how))


class ChoiceKeywords(TypedDict, total=False):
    """The fields of :class:`Choices` as keywords of :func:`error_budget`."""

    synthesis: Sequence[str]
    trotter_orders: Sequence[int]
    trotter_steps: Sequence[int]
    preparations: Sequence[Preparation]
    ancillas: Sequence[Ancillas] | None
    sets: Sequence[int]
    decoupling: Sequence[str | None] | None


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What is tried of everything that one can choose; every combination that there is.

    Args:
        synthesis: levels to try; by default all.
        trotter_orders: product formulas to try, at the level "trotter".
        trotter_steps: numbers of steps to try, likewise.
        preparations: of the thermal state, at the levels that keep the ancilla. Sampled collisions (level "sampled",
            preparation "sampled") are predicted by their mean.
        ancillas: policies to try; ``None`` is "fresh" where the device has no reset, else "reset", and "alternating"
            at the levels of few gates: "channel", "sampled", and "exact" with sampled eigenstates.
        sets: numbers of alternating sets of ancilla qubits to try. What needs more than nine qubits is left out unless
            it is sampled: it is run as a whole.
        decoupling: sequences of pulses to try while qubits wait, ``None`` for none of them. By default none, and "XX"
            too with detunings, or where the system alone is kept by few gates ("channel", "sampled", and "exact" with
            sampled eigenstates of an ancilla that nobody reads), on devices that say how long everything takes.
            Without detunings pulses change what T1 does, for better or worse (:mod:`qcoll.device.decoupling`).

    Raises:
        InputError: for an unknown level or sequence of pulses.

    >>> from qcoll.depth.targets import load_target
    >>> from qcoll.hardware import Choices
    >>> few = Choices(
    ...     synthesis=["channel", "trotter"], trotter_orders=[2], trotter_steps=[1], preparations=["purified"]
    ... )
    >>> for choice in few.on(load_target("fake_lagos").target):
    ...     print(choice)
    channel, reset ancillas
    channel, reset ancillas, XX
    channel, alternating ancillas
    channel, alternating ancillas, XX
    channel, 3 alternating ancillas
    channel, 3 alternating ancillas, XX
    order 2, 1 step, reset ancillas, purified
    """

    synthesis: Sequence[str] = SUBMITTED_LEVELS
    trotter_orders: Sequence[int] = (1, 2)
    trotter_steps: Sequence[int] = (1, 2)
    preparations: Sequence[Preparation] = SUBMITTED_PREPARATIONS
    ancillas: Sequence[Ancillas] | None = None
    sets: Sequence[int] = (2, 3)
    decoupling: Sequence[str | None] | None = None

    def __post_init__(self) -> None:
        for level in self.synthesis:
            if level not in SUBMITTED_LEVELS:
                raise InputError(f"unknown level {level!r}: choose among {', '.join(SUBMITTED_LEVELS)}")
        for pulses in self.decoupling or ():
            if pulses is not None:
                checked_sequence(pulses)

    def on(self, target: Target, detuning: float = 0.0) -> list[Choice]:
        """Every level with what it has, as far as a device can do it.

        Args:
            target: of the device.
            detuning: whether qubits are detuned, so that pulses help.

        Raises:
            InputError: if there is none.
        """
        has_reset = "reset" in target.operation_names
        usual: tuple[Ancillas, ...] = ("reset",) if has_reset else ("fresh",)
        further: tuple[Ancillas, ...] = ("alternating",) if self.ancillas is None and has_reset else ()
        given = tuple(self.ancillas or usual)
        found: list[Choice] = []
        for level in self.synthesis:
            formulas: Any = [(TROTTER_ORDER, TROTTER_STEPS)]
            if level == "trotter":
                formulas = itertools.product(self.trotter_orders, self.trotter_steps)
            prepared = self.preparations if level in joint_levels() else ("purified",)
            for (order, steps), preparation in itertools.product(formulas, prepared):
                short = level in FEW_GATES or (level, preparation) == ("exact", "sampled")
                kept: tuple[Keeps | None, ...] = (None,) if level in FEW_GATES or not short else (None, "system")
                for policy, keep in itertools.product(given + further if short else given, kept):
                    choice = Choice(order, steps, policy, preparation, level, keep=keep)
                    if policy == "alternating":
                        found += [replace(choice, sets=number) for number in self.sets]
                    elif policy == "reset" or not choice.sampled:
                        found.append(choice)
        if not found:
            raise InputError(
                "none of the choices can be compiled: sampled collisions need resets, which the device does not have"
            )
        timed = knows_durations(target) and "x" in target.operation_names
        pulsed: list[Choice] = []
        for choice in found:
            few = choice.synthesis in FEW_GATES or choice.keep is not None
            waits = timed and few and choice.ancillas != "fresh"
            usual_pulses: tuple[str | None, ...] = (None, "XX") if detuning or waits else (None,)
            tried = usual_pulses if self.decoupling is None else self.decoupling
            pulsed += [replace(choice, decoupling=pulses) for pulses in tried]
        return pulsed
