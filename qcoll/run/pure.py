r"""Circuits as pure states: every run draws its resets, its noise and its ancillas; the mean over runs is the result.

A state vector of the qubits, or a matrix product of limited bond dimension, takes the place of the density matrix. At
every tick the expectation values of chosen Pauli strings are kept for each run, so that the standard error of every sum
of them, and of heat and work, is the spread over runs divided by the square root of their number. Runs stop when the
errors that were asked for are reached.

A reset is a measurement whose outcome is forgotten, and any basis will do. In the qubit's own basis one outcome is
often rare and changes much: few runs then have it, and the spread of those without it is too small an error. So a qubit
is turned first, to a direction in which both outcomes come and neither changes much.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import PauliList

from ..device.mapped import MappedCollisions
from ..errors import InputError
from ..limits import COMPLEX_BYTES, positive_integer, real_number, require_memory
from ..model.cycle import Cycle, Model
from ..model.operators import pauli_operator
from ..trajectory.entropy import entropy_flow
from ..trajectory.large import LargeTrajectory
from ..trajectory.pauli import Real
from ..trajectory.strokes import StrokeLedger, columns_of
from .aer import require_state
from .memory_ledger import fields_with_memory
from .pure_plan import Plan
from .system_ledger import HEAT, SWITCHING, WORK

PureMethod = Literal["trajectories", "matrix_product_state"]
#: Runs of one Aer job, after which the errors are looked at.
BATCH = 50
#: Runs, unless a number is given.
RUNS = 1000
#: Bond dimension of matrix products, unless one is given.
BOND_DIMENSION = 64


class PureKeywords(TypedDict, total=False):
    """The fields of :class:`PureOptions` as keywords of :func:`qcoll.simulate`."""

    target_error: float | None
    observables: Sequence[Any]
    bond_dimension: int | None


@dataclass(frozen=True, kw_only=True, eq=False)
class PureOptions:
    """What pure-state runs keep, and when they are enough.

    Args:
        target_error: stop when no string that is kept has a larger standard error.
        observables: operators of the system that are kept, beside H_S and Z of every qubit (up to three qubits
            everything is).
        bond_dimension: of matrix product states, 64 unless given.

    Raises:
        InputError: for a target that is not positive.

    >>> import qcoll
    >>> compiled = qcoll.compile_collisions(qcoll.example_1(), n=1, initial="0")
    >>> until = qcoll.PureOptions(target_error=0.2)
    >>> qcoll.simulate(compiled, method="trajectories", pure=until, seed=1).runs
    100
    """

    target_error: float | None = None
    observables: Sequence[Any] = ()
    bond_dimension: int | None = None

    def __post_init__(self) -> None:
        if self.target_error is not None and not real_number(self.target_error, "target_error") > 0:
            raise InputError(f"target_error is {self.target_error}, but must be positive")
        if self.bond_dimension is not None:
            positive_integer(self.bond_dimension, "bond_dimension")


class PureTrajectory(LargeTrajectory):
    """What a circuit makes in the mean over pure-state runs.

    Args:
        strings: the Pauli strings of the system that were kept.
        samples: their expectation values in every run, (runs, m + 1, strings).
        heat_samples: heat in every run, (runs, m).
        work_samples: work in every run, (runs, m).
        mapped: the circuit that ran.
        fields: those of :class:`.LargeTrajectory`.
    """

    strings: PauliList
    samples: Real
    heat_samples: Real
    work_samples: Real
    mapped: MappedCollisions

    def __init__(self, *, strings: PauliList, samples: Real, ledger: Real, mapped: MappedCollisions, **fields: Any):
        model: Model = fields["model"]
        mean = ledger.mean(axis=0)
        values: dict[str, Any] = {"strings": strings, "samples": samples, "mapped": mapped}
        if isinstance(model, Cycle):
            names = np.array([name for name, _ in columns_of(model)])
            strokes = StrokeLedger.of(model, mean)
            values["strokes"] = strokes
            heat = ledger[..., names == "heat"].sum(axis=-1)
            work = ledger[..., (names == "work") | (names == "driving work")].sum(axis=-1)
            switching, flow = strokes.switching_work.sum(axis=1), strokes.entropy_flow.sum(axis=1)
        else:
            heat, work, switching = ledger[..., HEAT], ledger[..., WORK], mean[:, SWITCHING]
            flow = entropy_flow(mean[:, SWITCHING + 1 :])
            if model.memory is not None:
                with_memory = fields_with_memory(model, fields["collisions"], np.empty(0, dtype=complex), mean)
                values["memory_work"], flow = with_memory["memory_work"], with_memory["entropy_flow"]
        super().__init__(
            error_bound=standard_errors(samples).max(axis=-1),
            heat_of_parts=heat.mean(axis=0)[:, None],
            work=work.mean(axis=0),
            entropy_flow=flow,
            **fields,
        )
        values |= {"heat_samples": heat, "work_samples": work, "switching_work": switching}
        values |= {"heat_error": standard_errors(heat), "work_error": standard_errors(work)}
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _accuracy(self) -> str:
        return f"standard errors up to {self.error_bound[-1]:.1e}"

    @property
    def has_states(self) -> bool:
        """Whether all Pauli strings of the system were kept."""
        return bool(len(self.strings) == 4**self.model.num_system_qubits)

    @property
    def runs(self) -> int:
        """How many runs there were."""
        return len(self.samples)

    def pauli_means(self, paulis: PauliList) -> Real:
        """Expectation values of Pauli strings that were kept, (m + 1, strings).

        Raises:
            InputError: for others.
        """
        return np.asarray(self.samples[:, :, self._places(paulis)].mean(axis=0))

    def standard_error(self, operator: Any) -> Real:
        """Standard error of :meth:`expectation`, (m + 1,)."""
        terms = pauli_operator(operator).simplify(atol=0)
        return standard_errors(self.samples[:, :, self._places(terms.paulis)] @ terms.coeffs.real)

    def _places(self, paulis: PauliList) -> list[int]:
        known = {label: place for place, label in enumerate(self.strings.to_labels())}
        try:
            return [known[label] for label in paulis.to_labels()]
        except KeyError as error:
            raise InputError(
                f"{error.args[0]} was not kept in the runs: simulate with observables=[...], operators with all the "
                "strings that are wanted"
            ) from None


def standard_errors(samples: Real) -> Real:
    """Standard error of the mean over the first axis."""
    return np.asarray(samples.std(axis=0, ddof=1) / np.sqrt(len(samples)))


def pure_trajectory(
    mapped: MappedCollisions,
    noise_model: Any,
    kind: str,
    method: PureMethod,
    collisions: NDArray[np.int64],
    *,
    options: PureOptions | None = None,
    runs: int | None = None,
    seed: int | None = None,
    progress: Callable[[int, float], None] | None = None,
) -> PureTrajectory:
    """The trajectory of a mapped circuit from pure-state runs.

    Args:
        mapped: the circuit on the qubits that run.
        noise_model: Aer's noise model, or ``None``.
        kind: of the trajectory.
        method: state vectors or matrix products.
        collisions: those that are recorded, starting with 0.
        options: what is kept, and when there are enough runs.
        runs: how many at most; 1000 unless given.
        seed: of the draws; ``None`` draws a new one.
        progress: called after every batch with the runs so far and the largest error.

    Raises:
        InputError: for a bad option, or a circuit that does not fit into memory.
    """
    from qiskit_aer import AerSimulator

    largest = RUNS if runs is None else positive_integer(runs, "shots, the number of runs,")
    if largest < 2:
        raise InputError("shots is 1, but errors from a spread need at least 2 runs")
    asked = options or PureOptions()
    compiled = mapped.compiled
    plan = Plan.of(compiled, collisions, asked.observables)
    size = mapped.initial.num_qubits
    running: dict[str, Any] = {"method": "statevector"}
    if method == "matrix_product_state":
        kept = BOND_DIMENSION if asked.bond_dimension is None else int(asked.bond_dimension)
        require_matrix_product(size, kept)
        # Aer's own check counts layers of gates, whatever the bond dimension is
        running = {"method": method, "matrix_product_state_max_bond_dimension": kept, "max_memory_mb": -1}
        kind = f"{kind}, matrix product states of bond dimension {kept}"
    elif asked.bond_dimension is not None:
        raise InputError('bond_dimension is for method="matrix_product_state"')
    else:
        require_state(size, pure=True)
    simulator = AerSimulator(noise_model=noise_model, max_parallel_threads=1, **running)
    seeds = np.random.SeedSequence(seed)
    sampled = len(compiled.pieces.branches) > 1
    whole = None if sampled else plan.saved(mapped.implicit_sequence())
    samples: list[Real] = []
    ledgers: list[Real] = []
    done = 0
    while done < largest:
        count = min(BATCH, largest - done)
        own = seeds.spawn(1)[0]
        if whole is None:
            rng = np.random.default_rng(own)
            weights = [branch.probability for branch in compiled.pieces.branches]
            drawn = rng.choice(len(weights), (count, compiled.n), p=np.array(weights) / sum(weights))
            circuits, shots = [plan.saved(mapped.implicit_sequence(branches=row)) for row in drawn], 1
        else:
            circuits, shots = [whole], count
        result = simulator.run(circuits, shots=shots, seed_simulator=int(own.generate_state(1)[0] >> 1)).result()
        if not result.success:
            raise RuntimeError(f"Aer failed: {result.status}")
        for index in range(len(circuits)):
            found = plan.read(result.data(index), shots, compiled.n)
            samples.append(found[0])
            ledgers.append(found[1])
        done += count
        error = float(standard_errors(np.concatenate(samples)).max())
        if progress is not None:
            progress(done, error)
        if asked.target_error is not None and done >= 2 * BATCH and error <= asked.target_error:
            break
    changes = np.concatenate(ledgers)
    sums = np.add.reduceat(changes, collisions[:-1], axis=1)
    return PureTrajectory(
        strings=plan.strings,
        samples=np.concatenate(samples),
        ledger=sums,
        mapped=mapped,
        model=compiled.model,
        kind=f"{kind}, {done} runs",
        collisions=collisions,
    )


def require_matrix_product(size: int, bond_dimension: int) -> None:
    """Raise unless a matrix product of ``size`` qubits fits into memory, with the copies that a gate takes.

    Raises:
        InputError: if it does not.
    """
    bonds = [min(bond_dimension, 2 ** min(k, size - k, 60)) for k in range(size + 1)]
    entries = sum(2 * left * right for left, right in itertools.pairwise(bonds))
    largest = max(bonds)
    require_memory(
        COMPLEX_BYTES * (2 * entries + 8 * (2 * largest) ** 2),
        f"a matrix product of {size} qubits with bond dimension {bond_dimension}",
        "take a smaller bond_dimension=",
    )
