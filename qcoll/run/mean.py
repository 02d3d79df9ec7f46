"""The mean states of collisions that are sampled from several circuits, collision by collision.

The draws of different collisions are independent, and nothing but the system's state passes from one to the next (and a
measured ancilla's, which is not reset). So the mean state after a collision is the mean over its branches, each run
from the mean state before.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from qiskit import QuantumCircuit

from ..circuits.segments import ReadPoint, after
from ..device.mapped import MappedCollisions
from ..device.mapping import map_collisions
from ..errors import InputError
from ..trajectory.pauli import Complex
from .aer import states_at_ticks
from .instruments import Instruments


def mean_states(mapped: MappedCollisions, noise_model: Any = None) -> dict[ReadPoint, Complex]:
    """The mean density matrices at all points.

    Raises:
        InputError: for fresh ancillas with noise: every draw would run on other qubits.
    """
    pieces = _repeatable(mapped, noise_model)
    d = 2**mapped.compiled.model.num_system_qubits
    weights = [branch.probability for branch in pieces.branches]
    saved = {after(0): states_at_ticks([pieces.initial], noise_model)[0][after(0)]}
    state, system = system_part(saved[after(0)], d), pieces.system
    assert pieces.system_at_tick is not None
    instruments = Instruments(noise_model)
    at_tick = (*pieces.system_at_tick, *pieces.carried_at_tick)
    for number in range(1, mapped.compiled.n + 1):
        circuits = [
            _from_state(branch.first if number == 1 else branch.period, system, state) for branch in pieces.branches
        ]
        runs = states_at_ticks(circuits, noise_model, traced=(), instruments=instruments)
        for point in runs[0]:
            mean = sum(weight * run[point] for weight, run in zip(weights, runs, strict=True))
            saved[ReadPoint.at(point.kind, number)] = np.asarray(mean)
        state, system = system_part(saved[after(number)], 2 ** len(at_tick)), at_tick
    return saved


def system_part(joint: Complex, dimension: int) -> Complex:
    """The system's states (..., d, d) from joint states (..., D, D) with the system least significant."""
    others = joint.shape[-1] // dimension
    return np.asarray(
        np.einsum("...aiaj->...ij", joint.reshape(*joint.shape[:-2], others, dimension, others, dimension))
    )


def on_register(state: Complex, qubits: Any, size: int) -> Complex:
    """A density matrix of some qubits with the others of a register in |0>."""
    full = np.zeros((2**size, 2**size), dtype=complex)
    index = np.zeros(len(state), dtype=int)
    for position, qubit in enumerate(qubits):
        index |= (np.arange(len(state)) >> position & 1) << qubit
    full[np.ix_(index, index)] = state
    return full


def _repeatable(mapped: MappedCollisions, noise_model: Any) -> MappedCollisions:
    """The same collisions as pieces that repeat."""
    if mapped.branches:
        return mapped
    if noise_model is not None:
        raise InputError(
            "with fresh ancillas and noise every draw of the collisions runs on other qubits, and their mean cannot "
            'be computed: compile with ancillas="reset", or with a level that samples nothing, such as '
            'synthesis="channel"'
        )
    # without noise a fresh qubit and a reset one are the same
    return map_collisions(dataclasses.replace(mapped.compiled, ancillas="reset"), seeds=(0,), schedule=False)


def _from_state(piece: QuantumCircuit, system: Any, state: Complex) -> QuantumCircuit:
    """The piece from a given state of the system."""
    from qiskit_aer.library import SetDensityMatrix

    circuit = piece.copy_empty_like()
    circuit.append(SetDensityMatrix(on_register(state, system, piece.num_qubits)), circuit.qubits)
    circuit.compose(piece, inplace=True)
    return circuit
