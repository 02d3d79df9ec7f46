"""The states that a choice of the error budget makes on a device, with its noise and with parts of it."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from qiskit.providers import BackendV2

from ..circuits.segments import after, reads_of
from ..circuits.steps import two_qubit_gates
from ..compile.sequence import CollisionCircuit
from ..device.cost import circuit_cost
from ..device.decoupling import decoupled
from ..device.detuning import FEW_DRAWS
from ..device.mapped import MappedCollisions
from ..device.mapping import map_collisions
from ..device.noise import NoiseSource, resolve_noise
from ..device.rescheduling import with_instant_resets
from ..device.slow_noise import detuned_noise, noise_models
from ..run.aer import states_at_ticks
from ..run.channel import CircuitChannel, extract_channel
from ..run.mean import system_part
from ..run.turns import mean_states_in_turns
from ..trajectory.pauli import Complex, Real, from_pauli_vector, to_pauli_vector


@dataclass(frozen=True, eq=False)
class NoisyStates:
    """The states (n + 1, d, d) that circuits make with more and more of a device's noise.

    Args:
        stages: with the noise of gates alone; with waiting, if resets took no time; with everything, as far as there
            are resets. The last is what the device makes.
        read: what is read of the last stage, without mitigation.
        two_qubit_gates: of one collision, in the mean over what it draws.
    """

    stages: dict[str, Complex]
    read: Complex
    two_qubit_gates: float


def mapped_once(compiled: CollisionCircuit, backend: BackendV2, seeds: Sequence[int]) -> MappedCollisions:
    """A circuit on a device; of a single fresh collision the same circuit, mapped in pieces.

    Args:
        compiled: all collisions with alternating ancillas; otherwise one is enough.
        backend: the device.
        seeds: transpiler seeds.
    """
    one = replace(compiled, ancillas="reset") if compiled.ancillas == "fresh" else compiled
    return map_collisions(one, backend.target, seeds=seeds)


def noisy_states(
    mapped: MappedCollisions,
    backend: BackendV2,
    n: int,
    *,
    fresh: bool,
    detuning: float = 0.0,
    decoupling: str | None = None,
) -> NoisyStates:
    """The states of ``n`` collisions.

    Args:
        mapped: from :func:`mapped_once`.
        backend: the device.
        n: number of collisions.
        fresh: whether every collision has fresh ancillas.
        detuning: rms of constant detunings, in Hz (:mod:`qcoll.device.detuning`).
        decoupling: the sequence of pulses while qubits wait, or ``None``.
    """
    source: NoiseSource = resolve_noise(backend, mapped.compiled.num_qubits)
    if detuning or decoupling:
        source = detuned_noise(source, detuning, decoupling=decoupling, draws=FEW_DRAWS)
    everything = source.build(mapped.target, mapped.qubits)
    models = noise_models(source, mapped, everything)

    def mean(waiting: MappedCollisions, used: Sequence[Any] = models) -> Complex:
        pulsed = waiting if decoupling is None else decoupled(waiting, decoupling)
        return np.asarray(np.mean([_states(pulsed, noise_model, n, fresh) for noise_model in used], axis=0))

    stages = {"gates": mean(mapped, [_without_waiting(everything)])}
    if "reset" in backend.target.operation_names and not fresh:
        stages["waiting"] = mean(with_instant_resets(mapped))
        stages["resets"] = mean(mapped)
    else:
        stages["waiting"] = mean(mapped)
    last = list(stages.values())[-1]
    return NoisyStates(stages, _as_read(last, everything, _system_at_end(mapped, n)), _two_qubit_gates(mapped, n))


def _without_waiting(noise_model: Any) -> Any:
    """The noise model without what happens in delays, of gates alone: Aer adds that by passes."""
    own = copy.copy(noise_model)
    own._custom_noise_passes = []
    return own


def _states(mapped: MappedCollisions, noise_model: Any, n: int, fresh: bool) -> Complex:
    d = 2**mapped.compiled.model.num_system_qubits
    if not mapped.periodic:  # alternating ancillas have no period
        if mapped.turns is not None:
            saved = mean_states_in_turns(mapped, noise_model)
        else:
            saved = states_at_ticks([mapped.initial], noise_model)[0]
        return np.array([system_part(saved[after(k)], d) for k in range(n + 1)])
    start = system_part(states_at_ticks([mapped.initial], noise_model)[0][after(0)], d)
    channel = extract_channel(mapped, noise_model)
    if fresh:  # every collision is a first one, on qubits in |0>
        channel = CircuitChannel(channel.first, channel.first)
    return channel.iterate(start, n)[1]


def _two_qubit_gates(mapped: MappedCollisions, n: int) -> float:
    if not mapped.periodic:
        return circuit_cost(mapped).two_qubit_gates / n
    return sum(branch.probability * two_qubit_gates(branch.first) for branch in mapped.branches)


def _system_at_end(mapped: MappedCollisions, n: int) -> tuple[int, ...]:
    """The system's qubits at the last tick, on which it is read."""
    if mapped.system_at_tick is not None:
        return mapped.system_at_tick
    return reads_of(mapped.initial)[after(n)][: mapped.compiled.model.num_system_qubits]


def _as_read(states: Complex, noise_model: Any, qubits: Sequence[int]) -> Complex:
    r"""States as they are estimated from Pauli means with the readout errors of some qubits.

    A qubit whose 0 is read as 1 with probability e, and whose 1 as 0 with f, turns every Pauli operator P into
    :math:`(1 - e - f) P + f - e`.
    """
    whole: Real = np.ones((1, 1))
    for qubit in qubits:
        error = noise_model._local_readout_errors.get((qubit,), noise_model._default_readout_error)
        own = np.eye(4)
        if error is not None:
            (_, e), (f, _) = np.asarray(error.probabilities)
            own[1:] *= 1 - e - f
            own[1:, 0] = f - e
        whole = np.asarray(np.kron(own, whole))  # the last letter of a string is that of qubit 0
    return from_pauli_vector(to_pauli_vector(states) @ whole.T)
