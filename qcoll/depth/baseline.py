"""The obvious way to compile a collision, to compare with: generic state preparation and generic unitary synthesis.

The benchmark takes what Qiskit makes of it at the level asked for, rounded or not. Which of the two depends on the
processor: by the last digits Qiskit's synthesis of a generic unitary takes a small angle for none or does not.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit.library import UnitaryGate
from scipy.linalg import expm

from ..compile import Branch, CollisionCircuit, compile_collisions
from ..errors import InputError
from ..limits import COMPLEX_BYTES, require_memory
from ..model import Cycle, Model

#: What the benchmark calls it, beside the synthesis levels.
NAIVE = "naive"


def naive_collisions(model: Model, n: int, initial: Any = None, **options: Any) -> CollisionCircuit:
    r"""Collisions whose thermal state is one ``StatePreparation`` and whose :math:`U` is one ``UnitaryGate``.

    Args:
        model: the collision model.
        n: number of collisions.
        initial: initial state, as for :func:`qcoll.compile_collisions`.
        options: further arguments of it.

    Raises:
        InputError: if the joint unitary does not fit into memory, or for a cycle, which is no one unitary.

    >>> import qcoll
    >>> naive_collisions(qcoll.example_2(), n=1).collision.count_ops()["unitary"]
    1
    """
    if isinstance(model, Cycle):
        raise InputError(
            f"{model.name!r} is a cycle of several collisions, which no one gate is: leave the naive level out"
        )
    size = model.num_qubits
    require_memory(6 * COMPLEX_BYTES * 4**size, f"the joint unitary of {size} qubits", "leave the naive level out")
    compiled = compile_collisions(model, n, initial, **(options | {"preparation": "state_preparation"}))
    collision = QuantumCircuit(size)
    collision.append(UnitaryGate(expm(-1j * model.dt * model.hamiltonian.to_matrix())), collision.qubits)
    branch = Branch(1.0, compiled.pieces.only.preparation, collision)
    return dataclasses.replace(compiled, pieces=dataclasses.replace(compiled.pieces, branches=(branch,)))
