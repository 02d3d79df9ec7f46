r"""The mean states of sampled collisions on several sets of ancilla qubits in turn, with noise, exactly.

How long the system waits depends on what was sampled before. Draws with the same clock (:mod:`..device.turns`) have the
same future, so that their states are added up, collision by collision:

.. math:: \rho'_{c'} = \sum_{c, b \to c'} p_b\,\mathcal E_b\big[\mathcal W^{w(c, b)}[\rho_c]\big]

with the noisy circuit :math:`\mathcal E_b` of branch b, the noise :math:`\mathcal W` of the system in one step of the
clock, and the steps w that a history with clock c waits. All of it is of the system alone: sets of ancilla qubits come
fresh from their reset.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit import QuantumCircuit

from ..circuits.segments import TICK, ReadPoint, after, append_tick, read_qubits
from ..circuits.steps import active_qubits, compacted
from ..device.mapped import MappedCollisions
from ..device.noisy_circuit import with_noise_inside
from ..device.turns import Integers
from ..trajectory.pauli import Complex
from .aer import states_at_ticks
from .channel import entangled, images_of
from .mean import system_part


def mean_states_in_turns(mapped: MappedCollisions, noise_model: Any = None) -> dict[ReadPoint, Complex]:
    """The mean density matrices at all points.

    Args:
        mapped: with turns.
        noise_model: Aer's, or ``None``.
    """
    turns, pieces = mapped.turns, mapped.compiled.pieces
    assert turns is not None
    d = 2**pieces.num_system
    start = states_at_ticks([mapped.initial], noise_model)[0][after(0)]
    saved = {after(0): start}
    weights = pieces.probabilities
    images = [[_images(piece, mapped.system, noise_model) for piece in each] for each in turns.pieces]
    # of every set and group of branches, with their probabilities
    means = [
        {
            group: {kind: sum(weights[b] * own[b][kind] for b in group) for kind in own[0]}  # the same kinds in all
            for group in turns.groups
        }
        for own in images
    ]
    waiting = _waiting(mapped, noise_model)
    # what enters a circuit in one collision, of which the joint states at its ticks follow
    entering: dict[tuple[int, tuple[int, ...]], Complex] = {}

    def advance(states: Any, waits: Integers, own: int, group: tuple[int, ...]) -> Any:
        moved = states if not waits.any() else np.einsum("kij,kj->ki", waiting[waits], states)
        entering[own, group] = moved.sum(axis=0)
        return moved @ _system_map(np.asarray(means[own][group][TICK]), d).T

    def note(number: int, _: Any) -> None:
        for kind in images[0][0]:
            joint = sum(
                np.einsum("kl,klij->ij", vector.reshape(d, d), means[own][group][kind])
                for (own, group), vector in entering.items()
            )
            saved[ReadPoint.at(kind, number)] = np.asarray(joint)
        entering.clear()

    turns.histories(system_part(start, d).reshape(1, -1), mapped.compiled.n, advance, note)
    return saved


def _images(piece: QuantumCircuit, system: tuple[int, ...], noise_model: Any) -> dict[str, Complex]:
    """The joint operators (d, d, D, D) at each kind of tick that a circuit makes of all |k><l|.

    On its own qubits alone, without those of the other sets, which takes the noise to be in the circuit.
    """
    noisy = piece if noise_model is None else with_noise_inside(piece, noise_model)
    own = sorted(active_qubits(noisy) | read_qubits(noisy) | set(system))
    place = tuple(own.index(qubit) for qubit in system)
    circuit, references = entangled(compacted(noisy, own), place, noise_model)
    found = states_at_ticks([circuit], traced=references)[0]
    return {point.kind: images_of(state, 2 ** len(system)) for point, state in found.items()}


def _system_map(images: Complex, d: int) -> Complex:
    """The system's map on row-stacked states (d**2, d**2)."""
    return np.asarray(system_part(images, d).reshape(d * d, d * d).T)


def _waiting(mapped: MappedCollisions, noise_model: Any) -> Complex:
    """The maps (steps, d**2, d**2) of the system that waits for so many steps."""
    turns, d = mapped.turns, 2 ** len(mapped.system)
    assert turns is not None
    longest, unit = int(turns.resets.max()), np.eye(d * d, dtype=complex)
    if noise_model is None or not turns.step:
        return np.stack([unit] * (longest + 1))

    def waiting(steps: int) -> Complex:
        circuit = turns.wait(steps, mapped.system, len(mapped.qubits))
        append_tick(circuit, after(1), mapped.system)
        return _system_map(_images(circuit, mapped.system, noise_model)[TICK], d)

    if turns.decoupler is not None:  # pulses depend on the whole wait
        return np.stack([unit, *(waiting(steps) for steps in range(1, longest + 1))])
    powers = [unit]
    step = waiting(1)
    for _ in range(longest):
        powers.append(step @ powers[-1])
    return np.stack(powers)
