r"""Any number of collisions as one plain circuit.

::

    system    ─ initial state ─░───────────░─ collide ─░─────────────░─ collide ─░─ ...
    ancilla   ─ prepare ───────░─ prepare ─░─ collide ─░─ reset ─ prepare ...
    purifier  ─ prepare ────────── prepare ────────────── reset ─ prepare ...
                             tick:0   prepared:1     tick:1

The barriers are labelled ticks on the system's and ancilla's qubits. They survive every level of transpilation, so that
one compiled circuit serves all numbers of collisions: a simulator saves the state at the ticks
(:func:`qcoll.simulate`), hardware runs are cut there and measured.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit, QuantumRegister
from qiskit.circuit import Barrier
from qiskit.quantum_info import DensityMatrix, Operator, Statevector, SuperOp, partial_trace

from ..errors import InputError
from ..limits import positive_integer
from ..model.collision import Ancilla, CollisionModel
from ..model.initial import initial_density_matrix
from .collision import Synthesis, collision_circuit
from .thermal import Preparation, Purification, state_purification, thermal_purification

Ancillas = Literal["reset", "fresh"]

TICK = "tick"
PREPARED = "prepared"


@dataclass(frozen=True, eq=False, repr=False)
class CollisionCircuit:
    """``n`` collisions compiled for a model; made by :func:`compile_collisions`.

    Args:
        model: the collision model.
        n: number of collisions.
        initial_state: density matrix (d, d) of the system before the first collision.
        initial: circuit of the initial state on the system's qubits and its purifier (the reference).
        preparation: circuit of the ancilla's thermal state on the ancilla's and the purifier's qubits.
        collision: circuit of one collision on the system's and the ancilla's qubits.
        synthesis: how the collision was synthesised.
        trotter_order: order of the product formula.
        trotter_steps: its steps per collision.
        ancillas: ``"reset"`` (one ancilla, reset after each collision) or ``"fresh"`` (new qubits each time).
    """

    model: CollisionModel
    n: int
    initial_state: NDArray[np.complex128]
    initial: Purification
    preparation: Purification
    collision: QuantumCircuit
    synthesis: Synthesis
    trotter_order: int
    trotter_steps: int
    ancillas: Ancillas

    @functools.cached_property
    def circuit(self) -> QuantumCircuit:
        """The whole sequence as a plain ``QuantumCircuit``, with a labelled tick after every collision."""
        registers = [self._system]
        pairs = list(self._ancilla_registers())
        for ancilla, purifier in dict.fromkeys(pairs):
            registers += [register for register in (ancilla, purifier) if register.size]
        reference = QuantumRegister(self.initial.num_purifiers, "reference")
        circuit = QuantumCircuit(*registers, *([reference] if reference.size else []), name=self.model.name)
        system = list(self._system)
        circuit.compose(self.initial.circuit, [*system, *reference], inplace=True)
        append_tick(circuit, f"{TICK}:0", [*system, *pairs[0][0]])
        for number, (ancilla, purifier) in enumerate(pairs, start=1):
            self.append_collision(circuit, number, system, [*ancilla], [*purifier])
            if self.ancillas == "reset" and number < self.n:
                circuit.reset([*ancilla, *purifier])
        return circuit

    @property
    def num_qubits(self) -> int:
        """Number of qubits of :attr:`circuit`, without building it."""
        each = self.model.num_ancilla_qubits + self.preparation.num_purifiers
        sets = 1 if self.ancillas == "reset" else self.n
        return self.model.num_system_qubits + each * sets + self.initial.num_purifiers

    def append_collision(
        self, circuit: QuantumCircuit, number: int, system: list[Any], ancilla: list[Any], purifier: list[Any]
    ) -> None:
        """Append preparation and collision ``number`` with its ticks to ``circuit``, on qubits in |0>."""
        circuit.compose(self.preparation.circuit, [*ancilla, *purifier], inplace=True)
        append_tick(circuit, f"{PREPARED}:{number}", [*system, *ancilla])
        circuit.compose(self.collision, [*system, *ancilla], inplace=True)
        append_tick(circuit, f"{TICK}:{number}", [*system, *ancilla])

    def prepared_state(self) -> DensityMatrix:
        """The ancilla's state that the preparation makes without noise."""
        purifiers = list(range(self.preparation.num_qubits, self.preparation.circuit.num_qubits))
        state = Statevector(self.preparation.circuit)
        return partial_trace(state, purifiers) if purifiers else DensityMatrix(state)

    def collision_unitary(self) -> NDArray[np.complex128]:
        """The joint unitary of the collision's circuit, on ancilla (x) system."""
        return np.asarray(Operator(self.collision).data)

    def channel(self) -> SuperOp:
        """The map of one collision on the system that this circuit makes without noise.

        >>> import qcoll
        >>> compiled = qcoll.compile_collisions(qcoll.example_2(), n=1, synthesis="exact")
        >>> bool(abs(compiled.channel().data - qcoll.collision_channel(qcoll.example_2()).data).max() < 1e-12)
        True
        """
        system = 2**self.model.num_system_qubits
        unitary = self.collision_unitary().reshape(-1, system, len(self.collision_unitary()) // system, system)
        weights, vectors = np.linalg.eigh(self.prepared_state().data)
        kraus = np.einsum("aisj,sk->akij", unitary, vectors * np.sqrt(np.clip(weights, 0.0, None)))
        kraus = kraus.reshape(-1, system, system)
        return SuperOp(np.einsum("kij,klm->lijm", kraus, kraus.conj()).transpose(0, 1, 3, 2).reshape(system**2, -1))

    def __repr__(self) -> str:
        how = f"product formula of order {self.trotter_order}, {self.trotter_steps} step(s)"
        return (
            f"CollisionCircuit of {self.model.name!r}: {self.n} collisions on {self.num_qubits} qubits, "
            f"{how if self.synthesis == 'trotter' else 'exact joint unitary'}, {self.ancillas} ancillas"
        )

    @property
    def _system(self) -> QuantumRegister:
        return QuantumRegister(self.model.num_system_qubits, "system")

    def _ancilla_registers(self) -> Iterator[tuple[QuantumRegister, QuantumRegister]]:
        """The ancilla's and purifier's registers of every collision."""
        sizes = self.model.num_ancilla_qubits, self.preparation.num_purifiers
        if self.ancillas == "reset":
            shared = QuantumRegister(sizes[0], "ancilla"), QuantumRegister(sizes[1], "purifier")
            yield from [shared] * self.n
        else:
            for number in range(1, self.n + 1):
                yield QuantumRegister(sizes[0], f"ancilla{number}"), QuantumRegister(sizes[1], f"purifier{number}")


def compile_collisions(
    model: CollisionModel,
    n: int,
    initial: Any = None,
    synthesis: Synthesis = "trotter",
    trotter_order: int = 2,
    trotter_steps: int = 1,
    ancillas: Ancillas = "reset",
    preparation: Preparation = "purified",
) -> CollisionCircuit:
    r"""Compile ``n`` collisions into one circuit.

    Args:
        model: the collision model.
        n: number of collisions, positive.
        initial: anything that ``DensityMatrix`` takes; ``None`` is the thermal state of H_S at inverse temperature 1.
            A mixed initial state is purified with a reference register.
        synthesis: ``"trotter"``, a product formula in blocks, or ``"exact"``, the joint unitary without splitting.
        trotter_order: 1, 2, 4 or 6.
        trotter_steps: steps of the product formula per collision.
        ancillas: ``"reset"``: one set of ancilla qubits, reset after use; ``"fresh"``: new qubits for each collision.
        preparation: ``"purified"``: the thermal state in Schmidt form; ``"state_preparation"``: Qiskit's generic
            state preparation of the same purification.

    Raises:
        InputError: for a bad argument; the message says which and what to do.

    >>> import qcoll
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=3)
    >>> compiled
    CollisionCircuit of 'example 2': 3 collisions on 6 qubits, product formula of order 2, 1 step(s), reset ancillas
    >>> compiled.circuit.count_ops()["reset"]
    8
    """
    if not isinstance(model, CollisionModel):
        raise InputError(f"model must be a qcoll.CollisionModel, but a {type(model).__name__} was given")
    count = positive_integer(n, "n, the number of collisions,")
    if ancillas not in get_args(Ancillas):
        raise InputError(f'ancillas is {ancillas!r}, but must be "reset" or "fresh"')
    state = initial_density_matrix(model, initial)
    if initial is None:  # its structure is known, which makes the circuit shorter
        purified = thermal_purification(Ancilla(hamiltonian=model.system, beta=1.0))
    else:
        purified = state_purification(state)
    return CollisionCircuit(
        model=model,
        n=count,
        initial_state=state,
        initial=purified,
        preparation=thermal_purification(model.ancilla, preparation),
        collision=collision_circuit(
            model, synthesis=synthesis, trotter_order=trotter_order, trotter_steps=trotter_steps
        ),
        synthesis=synthesis,
        trotter_order=trotter_order,
        trotter_steps=trotter_steps,
        ancillas=ancillas,
    )


def append_tick(circuit: QuantumCircuit, label: str, qubits: list[Any]) -> None:
    """Append a labelled barrier."""
    circuit.append(Barrier(len(qubits), label=label), qubits)
