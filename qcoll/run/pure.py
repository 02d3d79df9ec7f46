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
from qiskit import QuantumCircuit
from qiskit.circuit.library import UGate, UnitaryGate
from qiskit.quantum_info import PauliList, SparsePauliOp

from ..circuits.segments import PREPARED, ReadPoint, after, before, replaced
from ..circuits.steps import steps
from ..compile.sequence import CollisionCircuit
from ..device.mapped import MappedCollisions
from ..errors import InputError
from ..limits import COMPLEX_BYTES, positive_integer, real_number, require_memory
from ..model.collision import CollisionModel
from ..model.operators import pauli_operator
from ..trajectory.large import LargeTrajectory
from ..trajectory.pauli import Real
from .aer import require_state

PureMethod = Literal["trajectories", "matrix_product_state"]
#: Runs of one Aer job, after which the errors are looked at.
BATCH = 50
#: Runs, unless a number is given.
RUNS = 1000
#: Bond dimension of matrix products, unless one is given.
BOND_DIMENSION = 64
#: Polar and azimuthal angle of the direction in which qubits are measured when they are reset.
DIRECTION = (1.2, np.pi / 4)
#: Up to this many system qubits all Pauli strings are kept, so that the states are known.
LARGEST_WHOLE = 3


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
        heat, work = ledger[..., 0], ledger[..., 1]
        super().__init__(
            error_bound=standard_errors(samples).max(axis=-1),
            heat_of_parts=heat.mean(axis=0)[:, None],
            work=work.mean(axis=0),
            **fields,
        )
        values = {"strings": strings, "samples": samples, "heat_samples": heat, "work_samples": work, "mapped": mapped}
        values |= {"heat_error": standard_errors(heat), "work_error": standard_errors(work)}
        values |= {"switching_work": ledger[..., 2].mean(axis=0)}
        for name, value in values.items():
            object.__setattr__(self, name, value)

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


@dataclass(frozen=True, eq=False)
class Plan:
    """What is kept at which tick.

    Args:
        strings: of the system, at the recorded ticks.
        collisions: those that are recorded.
        before: H_A and H_SA, and the energies of system and ancilla, at the ticks after a preparation.
        after: the same after a collision.
    """

    strings: PauliList
    collisions: NDArray[np.int64]
    before: tuple[SparsePauliOp, ...]
    after: tuple[SparsePauliOp, ...]

    @classmethod
    def of(cls, compiled: CollisionCircuit, collisions: NDArray[np.int64], observables: Sequence[Any]) -> Plan:
        """The plan for a circuit.

        Raises:
            InputError: for observables of another size, or a circuit whose heat cannot be read.
        """
        model = compiled.model
        if not isinstance(model, CollisionModel) or compiled.memory is not None or compiled.pieces.measured:
            raise InputError(
                "pure-state runs take collisions without memory and without a measured correction, and no cycles: use "
                'method="direct"'
            )
        if compiled.keeps != "joint state":
            raise InputError(
                f"the level {compiled.synthesis!r} keeps the system alone, but pure-state runs read heat and work off "
                'the ancilla: compile with synthesis="trotter" or "exact"'
            )
        size = model.num_system_qubits
        known = {"I" * size, *model.system.paulis.to_labels()}
        if size <= LARGEST_WHOLE:
            known |= {"".join(letters) for letters in itertools.product("IXYZ", repeat=size)}
        known |= {"I" * (size - 1 - k) + "Z" + "I" * k for k in range(size)}
        for operator in observables:
            given = pauli_operator(operator, "an observable")
            if given.num_qubits != size:
                raise InputError(f"an observable acts on {given.num_qubits} qubits, but the system has {size}")
            known |= set(given.simplify(atol=0).paulis.to_labels())
        both = model.joint_system + model.joint_ancilla
        final = (-1.0 * model.joint_ancilla, both, -1.0 * model.interaction)
        first = tuple(compiled.pieces.before(operator) for operator in final)
        return cls(PauliList(sorted(known)), collisions, first, final)

    def saved(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """The circuit with what is kept in the place of its ticks, and qubits turned before they are reset."""
        from qiskit_aer.library import SaveExpectationValue

        wanted = {after(number) for number in self.collisions}
        size = self.strings.num_qubits

        def keep(saving: QuantumCircuit, point: ReadPoint, qubits: tuple[int, ...]) -> None:
            for index, string in enumerate(self.strings if point in wanted else ()):
                save = SaveExpectationValue(SparsePauliOp(string), f"{point}|{index}", pershot=True)
                saving.append(save, qubits[:size])
            operators = self.before if point.kind == PREPARED else self.after if point.number else ()
            for index, operator in enumerate(operators):
                save = SaveExpectationValue(operator, f"{point}|ledger {index}", pershot=True)
                saving.append(save, qubits[: operator.num_qubits])

        return replaced(turned(circuit), keep)

    def read(self, data: Any, runs: int, n: int) -> tuple[Real, Real]:
        """Samples (runs, m + 1, strings), and changes of the ledger's operators (runs, n, 3)."""

        def values(label: str) -> Real:
            return np.broadcast_to(np.real(np.asarray(data[label])).reshape(-1), (runs,))

        strings = range(len(self.strings))
        samples = [[values(f"{after(number)}|{index}") for index in strings] for number in self.collisions]
        changes = [
            [
                values(f"{after(number)}|ledger {index}") - values(f"{before(number)}|ledger {index}")
                for index in range(len(self.after))
            ]
            for number in range(1, n + 1)
        ]
        return np.moveaxis(np.array(samples), -1, 0), np.moveaxis(np.array(changes), -1, 0)


def turned(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit with every qubit turned before it is reset."""
    turn = UnitaryGate(UGate(*DIRECTION, 0.0).to_matrix().conj().T)
    found = circuit.copy_empty_like()
    for operation, qubits, clbits in steps(circuit):
        if operation.name == "reset":
            found.append(turn, qubits)
        found.append(operation, qubits, clbits, copy=False)
    return found


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
