"""What pure-state runs keep at which point of a sequence, and the ledger from what they kept."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit.library import UGate, UnitaryGate
from qiskit.quantum_info import PauliList, SparsePauliOp

from ..circuits.segments import APART, JOINED, PREPARED, TICK, ReadPoint, after, replaced
from ..circuits.steps import steps
from ..compile.sequence import CollisionCircuit
from ..errors import InputError
from ..exact.thermodynamics import pulled_back_operators
from ..model.cycle import Cycle
from ..model.operators import from_matrix, pauli_operator
from ..trajectory.pauli import Complex, Real
from .cycle_ledger import START, Means, cycle_columns
from .memory_ledger import meeting_observables
from .system_ledger import ledger_observables

#: Polar and azimuthal angle of the direction in which qubits are measured when they are reset.
DIRECTION = (1.2, np.pi / 4)
#: Up to this many system qubits all Pauli strings are kept, so that the states are known.
LARGEST_WHOLE = 3

#: A kind of point, and an operator that is read there, by its strings and coefficients.
Key = tuple[str, tuple[Any, ...]]


def ledger_columns(compiled: CollisionCircuit, means: Means) -> Real:
    """The columns of the ledger, (k, ...), from means at the points, (...).

    Of a collision model heat, work, switching work, and flows of entropy where the ancilla is not thermal; with a
    memory also the energy that two ancillas gain when they meet, and their flows; of a cycle those of its strokes.
    Where the circuit keeps the system alone, they are those of the exact collision from the state before.
    """
    model = compiled.model
    if isinstance(model, Cycle):
        assert compiled.cycle is not None
        return cycle_columns(compiled.cycle, means)
    if compiled.keeps == "system":
        operators = pulled_back_operators(model)
        return np.stack(
            [means(START, each) for each in (operators.heat, *2 * [operators.work], *operators.entropy_flow)]
        )
    columns = [
        means(TICK, observable) - means(PREPARED, compiled.pieces.before(observable))
        for observable in ledger_observables(model)
    ]
    if model.memory is not None:
        columns += [means(JOINED, each) - means(APART, each) for each in meeting_observables(model)]
    return np.stack(columns)


@dataclass(frozen=True, eq=False)
class Plan:
    """What is kept at which point.

    Args:
        compiled: the circuit.
        strings: of the system, after the recorded collisions.
        collisions: those that are recorded.
        operators: of the ledger, with the kind of point where each is read.
    """

    compiled: CollisionCircuit
    strings: PauliList
    collisions: NDArray[np.int64]
    operators: dict[Key, SparsePauliOp] = field(default_factory=dict)

    @classmethod
    def of(cls, compiled: CollisionCircuit, collisions: NDArray[np.int64], observables: Sequence[Any]) -> Plan:
        """The plan for a circuit.

        Raises:
            InputError: for observables of another size, or a circuit with a measured correction.
        """
        model = compiled.model
        if compiled.pieces.measured:
            raise InputError('pure-state runs take no measured correction: use method="direct"')
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
        plan = cls(compiled, PauliList(sorted(known)), collisions)

        def note(kind: str, given: SparsePauliOp | Complex) -> Real:
            operator = strings_of(given)
            plan.operators.setdefault(key_of(kind, operator), operator)
            return np.zeros(1)

        ledger_columns(compiled, note)
        return plan

    def saved(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """The circuit with what is kept in the place of its ticks, and qubits turned before they are reset."""
        from qiskit_aer.library import SaveExpectationValue

        wanted = {after(number) for number in self.collisions}
        size = self.strings.num_qubits

        def keep(saving: QuantumCircuit, point: ReadPoint, qubits: tuple[int, ...]) -> None:
            for index, string in enumerate(self.strings if point in wanted else ()):
                save = SaveExpectationValue(SparsePauliOp(string), f"{point}|{index}", pershot=True)
                saving.append(save, qubits[:size])
            kinds = {START if point.kind == TICK else None, point.kind if point.number else None}
            for index, ((kind, _), operator) in enumerate(self.operators.items()):
                if kind in kinds:
                    save = SaveExpectationValue(operator, f"{point}|ledger {index}", pershot=True)
                    saving.append(save, qubits[: operator.num_qubits])

        return replaced(turned(circuit), keep)

    def read(self, data: Any, runs: int, n: int) -> tuple[Real, Real]:
        """Samples (runs, m + 1, strings), and the columns of the ledger (runs, n, k)."""

        def values(label: str) -> Real:
            return np.broadcast_to(np.real(np.asarray(data[label])).reshape(-1), (runs,))

        strings = range(len(self.strings))
        samples = [[values(f"{after(number)}|{index}") for index in strings] for number in self.collisions]
        places = {key: index for index, key in enumerate(self.operators)}

        def means(kind: str, given: SparsePauliOp | Complex) -> Real:
            key = key_of(kind, strings_of(given))
            found = np.zeros((n, runs))
            # no ancilla meets one before the first collision
            for number in range(2 if kind in (APART, JOINED) else 1, n + 1):
                point = after(number - 1) if kind == START else ReadPoint.at(kind, number)
                found[number - 1] = values(f"{point}|ledger {places[key]}")
            return found

        columns = ledger_columns(self.compiled, means)
        return np.moveaxis(np.array(samples), -1, 0), np.moveaxis(columns, (0, 1, 2), (2, 1, 0))


def strings_of(operator: SparsePauliOp | Complex) -> SparsePauliOp:
    """An operator as a sum of Pauli strings."""
    return operator if isinstance(operator, SparsePauliOp) else from_matrix(operator)


def key_of(kind: str, operator: SparsePauliOp) -> Key:
    """What tells an operator at a kind of point from others."""
    return kind, tuple(operator.to_list())


def turned(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit with every qubit turned before it is reset."""
    turn = UnitaryGate(UGate(*DIRECTION, 0.0).to_matrix().conj().T)
    found = circuit.copy_empty_like()
    for operation, qubits, clbits in steps(circuit):
        if operation.name == "reset":
            found.append(turn, qubits)
        found.append(operation, qubits, clbits, copy=False)
    return found
