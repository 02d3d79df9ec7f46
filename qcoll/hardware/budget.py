r"""The error budget: how far from the exact dynamics a device will be, for every way to compile, before spending.

For each choice the channel of one noisy collision is extracted and iterated, so that any number of collisions costs
the same. On the way from the exact dynamics to the device the trace distance of every step is found:

* preparation: the ancilla as its circuit prepares it,
* splitting: the product formula (at other levels: synthesis),
* gates: the noise of gates and resets themselves,
* waiting: decoherence of qubits while gates act on others,
* resets: what more of it there is because resets take time.

The total is at most their sum. Readout is not part of it: it does not grow with the number of collisions, and readout
mitigation removes most of it. What it adds to the best choice without mitigation is said below the table.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray
from qiskit.providers import BackendV2
from qiskit.quantum_info import SuperOp

from ..device.fakes import fake_backend
from ..device.options import DEFAULT_SEEDS
from ..errors import DoesNotFitError, InputError
from ..exact.channel import superoperator
from ..exact.dynamics import evolve
from ..exact.joint import JointCollision
from ..keywords import with_changes
from ..limits import positive_integer
from ..model.collision import CollisionModel, require_fresh
from ..run.comparison import trace_distance
from ..trajectory.iterate import iterate
from ..trajectory.pauli import Complex, Real, from_pauli_vector, to_pauli_vector, transfer_matrix
from .choice_states import mapped_once, noisy_states
from .choices import Choice, ChoiceKeywords, Choices
from .service.runtime import Device

#: Qubits of the largest sequence that is run as a whole, for levels that sample nothing.
LARGEST_WHOLE_RUN = 9


@dataclass(frozen=True, eq=False)
class ChoiceBudget:
    """The predicted error of one choice against the number of collisions.

    Args:
        choice: how the collision is compiled.
        two_qubit_gates: of one collision on the device, in the mean over what it draws.
        error: trace distance to the exact states, (n + 1,).
        sources: what each source adds, (n + 1,) each.
        last: the last collision that the device has qubits for.
        readout: how far the states that are read without mitigation are from those that are there, (n + 1,).
    """

    choice: Choice
    two_qubit_gates: float
    error: Real
    sources: Mapping[str, Real]
    last: int
    readout: Real

    def dominant(self, n: int) -> str:
        """The largest source of error after ``n`` collisions."""
        return max(self.sources, key=lambda name: self.sources[name][n])

    def worth(self, tolerance: float) -> int:
        """The last collision up to which the error stays within a tolerance."""
        beyond = np.flatnonzero(self.error[: self.last + 1] > tolerance)
        return int(beyond[0]) - 1 if beyond.size else self.last


@dataclass(frozen=True, eq=False)
class ErrorBudget:
    """Budgets of all choices on one device, best first; prints itself.

    Args:
        model: the collision model.
        device: its name.
        n: number of collisions.
        tolerance: the trace distance up to which a state is worth measuring.
        choices: the budgets, the best first: most collisions within the tolerance, then the smallest error there.
            (Beyond, a small error may only mean that device and model end up in similar steady states.)
    """

    model: CollisionModel
    device: str
    n: int
    tolerance: float
    choices: tuple[ChoiceBudget, ...]

    @property
    def best(self) -> ChoiceBudget:
        """The best choice."""
        return self.choices[0]

    def __str__(self) -> str:
        marks = [k for k in sorted({1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, self.n}) if k <= self.n]
        header = " ".join(f"{f'n={k}':>16}" for k in marks)
        width = max(len(str(each.choice)) for each in self.choices)
        lines = [
            f"{self.model.name} on {self.device}: predicted trace distance to the exact state, and what dominates",
            f"  {'choice':<{width}} {'2q':>5} {header} {f'within {self.tolerance:g}':>12}",
        ]
        for each in self.choices:
            cells = " ".join(
                f"{f'{each.error[k]:.4f} {each.dominant(k)}' if k <= each.last else 'no qubits left':>16}"
                for k in marks
            )
            worth = each.worth(self.tolerance)
            lines.append(f"  {each.choice!s:<{width}} {each.two_qubit_gates:>5.3g} {cells} {f'n <= {worth}':>12}")
        worth = self.best.worth(self.tolerance)
        lines.append(f"best: {self.best.choice}; worth running: {worth} collisions")
        lines.append(
            f"limited by {self.best.dominant(worth)}; readout without mitigation adds {self.best.readout[worth]:.4f}"
        )
        return "\n".join(lines)


def error_budget(
    model: CollisionModel,
    device: Device | BackendV2 | str,
    n: int,
    initial: Any = None,
    *,
    choices: Choices | None = None,
    tolerance: float = 0.1,
    seeds: Sequence[int] = DEFAULT_SEEDS,
    detuning: float = 0.0,
    **changes: Unpack[ChoiceKeywords],
) -> ErrorBudget:
    """Predict the error of a model on a device for every choice, from the device's noise model.

    For fresh ancillas the prediction is a bound from below: it takes the best qubits of the device for each collision
    and moves the system to them for free.

    Args:
        model: the collision model.
        device: from :func:`open_device`, a backend, or the name of a fake device.
        n: number of collisions.
        initial: the initial state, as for :func:`~qcoll.evolve`.
        choices: the ways to compile that are tried, as one object.
        tolerance: trace distance up to which a collision is worth running.
        seeds: transpiler seeds.
        detuning: root mean square in Hz of detunings that are constant in each shot (:mod:`qcoll.device.detuning`), of
            which a device reports nothing. Every choice is then run eight times.
        changes: single entries of ``choices``, as keywords: ``synthesis``, ``trotter_orders``, ``trotter_steps``,
            ``preparations``, ``ancillas``, ``sets``, ``decoupling``; see :class:`Choices`.

    Raises:
        InputError: for a bad argument, or if the device can run none of the choices.

    >>> import qcoll
    >>> from qcoll.hardware import error_budget
    >>> model, levels = qcoll.example_2(alpha=0.4, dt=0.5), ["channel", "sampled"]
    >>> budget = error_budget(model, "fake_lagos", 20, synthesis=levels, ancillas=["reset"], seeds=[0])
    >>> budget.best.choice.synthesis
    'sampled'
    """
    require_fresh(model)
    count = positive_integer(n, "n, the number of collisions,")
    if not 0 < tolerance <= 1:
        raise InputError(f"tolerance is {tolerance!r}, but a trace distance is between 0 and 1")
    backend = device.backend if isinstance(device, Device) else device
    if isinstance(backend, str):
        backend = fake_backend(backend)
    asked = with_changes(choices, Choices, changes, error_budget, "choices")
    budgets = _possible_budgets(asked.on(backend.target, detuning), model, initial, backend, count, seeds, detuning)
    budgets.sort(key=lambda each: (-each.worth(tolerance), float(each.error[max(1, each.worth(tolerance))])))
    return ErrorBudget(model, backend.name, count, tolerance, tuple(budgets))


def _possible_budgets(
    choices: Sequence[Choice],
    model: CollisionModel,
    initial: Any,
    backend: BackendV2,
    n: int,
    seeds: Sequence[int],
    detuning: float,
) -> list[ChoiceBudget]:
    """The budgets of all choices that the device can run."""
    exact = evolve(model, n, initial)
    pulses: dict[Choice, list[str | None]] = {}  # of choices that have the same circuit
    for choice in choices:
        pulses.setdefault(replace(choice, decoupling=None), []).append(choice.decoupling)
    lasts = [_last_collision(choice, model, initial, backend, n) for choice in pulses]  # bad choices end here
    found = []
    for (choice, tried), last in zip(pulses.items(), lasts, strict=True):
        if last > 0:
            with contextlib.suppress(DoesNotFitError):  # one that the device has no place for is none
                found += _budgets(choice, tried, exact.states, initial, backend, last, seeds, model, detuning)
    if not found:
        raise InputError(
            f"{backend.name} ({backend.num_qubits} qubits) can run none of the choices: it is too small or has no reset"
        )
    return found


def _last_collision(choice: Choice, model: CollisionModel, initial: Any, backend: BackendV2, n: int) -> int:
    """The last collision that the device can run, at most n."""
    if choice.ancillas != "fresh":
        size = choice.compile(model, min(n, choice.sets), initial).num_qubits
        if choice.ancillas == "alternating" and not choice.sampled and size > LARGEST_WHOLE_RUN:
            return 0
        possible = "reset" in backend.target.operation_names and size <= backend.num_qubits
        return n if possible else 0
    size = choice.compile(model, 1, initial).num_qubits
    each = choice.compile(model, 2, initial).num_qubits - size
    return min(n, int(backend.num_qubits - size) // each + 1) if size <= backend.num_qubits else 0


def _budgets(
    choice: Choice,
    pulses: Sequence[str | None],
    exact: Complex,
    initial: Any,
    backend: BackendV2,
    last: int,
    seeds: Sequence[int],
    model: CollisionModel,
    detuning: float,
) -> list[ChoiceBudget]:
    """The budgets of one circuit, compiled and mapped once, without pulses and with those that are tried."""
    n = len(exact) - 1
    compiled = choice.compile(model, n if choice.ancillas == "alternating" else 1, initial)
    mapped = mapped_once(compiled, backend, seeds)
    steps: dict[str, Complex] = {}
    if compiled.keeps == "joint state":
        prepared = replace(JointCollision.of(model), thermal=compiled.prepared_state().data)
        steps["preparation"] = _ideal(superoperator(prepared), exact[0], n)
    steps["splitting" if choice.synthesis == "trotter" else "synthesis"] = _ideal(compiled.channel().data, exact[0], n)
    found = []
    for decoupling in pulses:
        fresh = choice.ancillas == "fresh"
        noisy = noisy_states(mapped, backend, n, fresh=fresh, detuning=detuning, decoupling=decoupling)
        sources, previous = {}, exact
        for name, states in (steps | noisy.stages).items():
            sources[name] = trace_distance(states, previous)
            previous = states
        error, readout = trace_distance(previous, exact), trace_distance(noisy.read, previous)
        own = replace(choice, decoupling=decoupling)
        found.append(ChoiceBudget(own, noisy.two_qubit_gates, error, sources, last, readout))
    return found


def _ideal(superoperator_matrix: NDArray[np.complex128], initial: Complex, n: int) -> Complex:
    matrix = transfer_matrix(SuperOp(superoperator_matrix))
    vectors, _ = iterate(matrix, to_pauli_vector(initial), np.arange(n + 1), np.zeros((1, len(matrix))))
    return from_pauli_vector(vectors)
