"""The circuit of the system's initial state: as a density matrix for few qubits, and for any number by its label.

Long systems begin in a product state given by its label, in what a circuit makes of |0...0>, or in their thermal state
where that has a circuit without dense matrices (free fermions, small connected parts).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit

from ..circuits.steps import MARKS, leaving_out, on_qubits, steps
from ..errors import InputError
from ..model.collision import Ancilla
from ..model.cycle import Model
from ..model.initial import initial_density_matrix
from ..model.modes import COUPLING_TOLERANCE
from ..model.states import LABELS, checked_state
from .thermal import Purification, state_purification, thermal_purification

#: Systems of at most so many qubits have their initial state as a density matrix.
LARGEST_DENSE = 10

#: Gates from |0> to the states of a label.
_GATES = {"0": (), "1": ("x",), "+": ("h",), "-": ("x", "h"), "r": ("h", "s"), "l": ("h", "sdg")}
#: What a circuit from |0...0> to a pure state cannot have.
_NOT_UNITARY = ("measure", "reset", "initialize", "if_else", "for_loop", "while_loop", "switch_case")


def prepared_initial(model: Model, initial: Any = None) -> tuple[NDArray[np.complex128] | None, Purification]:
    """The density matrix (d, d) of the initial state, where the system has few qubits, and its circuit.

    Args:
        model: the collision model, or a cycle.
        initial: as for :func:`~qcoll.compile_collisions`.

    Raises:
        InputError: if it is no state of the system, or one that only a dense matrix could give, of too many qubits.

    >>> import qcoll
    >>> from qcoll.compile.initial import prepared_initial
    >>> prepared_initial(qcoll.example_2(), "+")[1].num_purifiers
    0
    """
    size = model.num_system_qubits
    thermal = Ancilla(hamiltonian=model.system, beta=1.0, modes=model.system_modes)
    if size <= LARGEST_DENSE:
        state = initial_density_matrix(model, initial)
        # The thermal state's structure is known, which makes the circuit shorter.
        return state, state_purification(state) if initial is not None else thermal_purification(thermal)
    if initial is None:
        return None, thermal_purification(thermal)
    if isinstance(initial, str):
        return None, Purification(_product_state(model, initial), size, 0)
    if isinstance(initial, QuantumCircuit):
        return None, Purification(_checked_circuit(model, initial), size, 0)
    raise InputError(
        f"the initial state of {size} system qubits is given as a {type(initial).__name__}, but a system of more than "
        f"{LARGEST_DENSE} qubits begins in a product state, given by a label such as {'0' * 3 + '+' + '1'!r} of its "
        "length, or in what a QuantumCircuit makes of |0...0>"
    )


def _product_state(model: Model, label: str) -> QuantumCircuit:
    """The product state of a label, whose last letter is qubit 0."""
    size = model.num_system_qubits
    if not set(label) <= set(LABELS) or len(label) != size:
        raise InputError(
            f"the initial state is {label!r}, of {len(label)} letters, but a label has one of {', '.join(LABELS)} for "
            f"each of the {size} qubits of the system"
        )
    letters = label[::-1]
    modes = model.system_modes
    if modes is not None:
        for name in modes.cut_off:
            qubits = modes.qubits(name)
            own = checked_state("".join(letters[qubit] for qubit in reversed(qubits)), len(qubits), "the initial state")
            if float(np.abs(own).diagonal() @ ~modes.physical_mask(qubits)) > COUPLING_TOLERANCE:
                raise InputError(
                    f"the initial state has population beyond the levels of the system's mode {name!r}: see "
                    "Modes.basis_state"
                )
    circuit = QuantumCircuit(size)
    for qubit, letter in enumerate(letters):
        for gate in _GATES[letter]:
            getattr(circuit, gate)(qubit)
    return circuit


def _checked_circuit(model: Model, circuit: QuantumCircuit) -> QuantumCircuit:
    """A circuit of gates alone on the system's qubits."""
    size = model.num_system_qubits
    if circuit.num_qubits != size:
        raise InputError(
            f"the initial state's circuit has {circuit.num_qubits} qubits, but the system has {size}: give a circuit "
            "on the system's qubits"
        )
    if found := next((step.operation.name for step in steps(circuit) if step.operation.name in _NOT_UNITARY), None):
        raise InputError(f"the initial state's circuit has a {found!r}, but must be made of gates: leave it out")
    if circuit.num_parameters:
        raise InputError("the initial state's circuit has free parameters: assign numbers to them")
    if model.system_modes is not None and model.system_modes.cut_off:
        raise InputError(
            "the initial state's circuit may lead beyond the levels of the system's modes: give a label, see "
            "Modes.basis_state"
        )
    gates = leaving_out(circuit, MARKS)
    return on_qubits(gates, range(size), size)
